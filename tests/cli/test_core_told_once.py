"""A damaged table of the core stops a verb once, with its place, and not each patient of a MAF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.interpretation import rule_sets
from tests.cli.conftest import Run

MAF = "Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tVariant_Classification\t"
MAF += "Tumor_Sample_Barcode\tHGVSp_Short\tNCBI_Build\n"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def knowledge_bases() -> None:
        raise InputError("the value is missing", path="evidence.tsv", row=7, column="gene")

    monkeypatch.setattr(rule_sets, "knowledge_bases", knowledge_bases)
    rule_sets._rule_set.cache_clear()
    yield
    rule_sets._rule_set.cache_clear()


@pytest.mark.parametrize("verb", ["interpret", "report"])
@pytest.mark.usefixtures("broken")
def test_a_damaged_core_is_told_once(run: Run, tmp_path: Path, verb: str) -> None:
    path = tmp_path / "many.maf"
    rows = (f"BRAF\t7\t140753336\tA\tT\tMissense_Mutation\tS{number}\tp.V600E\tGRCh38\n" for number in range(5))
    path.write_text(MAF + "".join(rows))
    done = run(verb, path, "--tumor-type", "MEL", "--jobs", "1", "--out", tmp_path / "out")
    assert done.code == 2, done
    assert done.err.count("the value is missing") == 1
    assert "row 7" in done.err
    assert not (tmp_path / "out").exists()
