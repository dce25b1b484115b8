"""``genomodel kb validate`` on the conditions of claims: of the core, edited by hand, and of a hospital's own table."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.interpretation import conditions as table_of_conditions
from genomodel.interpretation.conditions import conditions
from genomodel.interpretation.knowledge import EVIDENCE_TABLE, load_evidence_table
from genomodel.interpretation.knowledge_bases import bases
from tests.cli.conftest import Run


def with_condition(path: Path, text: str) -> Path:
    lines = EVIDENCE_TABLE.read_text().splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith("pik3ca-mut-breast-alpelisib\t"))
    lines[number] = lines[number].replace("HER2-negative", text)
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_core_says_that_every_condition_is_held_against_the_patient(run: Run) -> None:
    code, out, _ = run("kb", "validate", "core")
    assert code == 0
    stated = {text for rule in load_evidence_table().rules for text in rule.evidence.conditions}
    assert stated <= set(conditions())
    assert f"Conditions of claims: {len(stated)}, of which {len(stated)} are held against" in out
    assert "nearly known" not in out


def test_an_unknown_condition_of_the_core_ends_with_its_row_and_the_nearest(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = with_condition(tmp_path / "evidence.tsv", "HER2 negative")
    monkeypatch.setattr(bases, "EVIDENCE_TABLE", table)
    code, _, err = run("kb", "validate", "core")
    assert code == 2
    assert "column 'conditions': the condition 'HER2 negative' is not known" in err
    assert "Did you mean 'HER2-negative'?" in err
    assert str(table) in err
    assert "Traceback" not in err


def test_a_broken_row_of_the_conditions_is_told_as_theirs_and_not_as_one_of_the_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = table_of_conditions.CONDITION_TABLE.read_text().splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith("HER2-negative\t"))
    lines[number] = lines[number].replace("receptor:", "receptr:")
    broken = tmp_path / "conditions.tsv"
    broken.write_text("\n".join(lines) + "\n")
    read = table_of_conditions.load_conditions
    monkeypatch.setattr(table_of_conditions, "load_conditions", lambda: read(broken))
    conditions.cache_clear()
    try:
        with pytest.raises(InputError) as caught:
            load_evidence_table()
    finally:
        conditions.cache_clear()
    told = caught.value
    assert (told.path, told.row, told.column) == (str(broken), number + 1, "requirement")
    assert "'receptr'" in told.what


def test_a_free_condition_of_a_hospital_is_taken_and_a_near_one_is_named(run: Run, tmp_path: Path) -> None:
    code, out, err = run("kb", "validate", with_condition(tmp_path / "own.tsv", "HER2 negative"))
    assert code == 0, err
    assert "nearly known: 'HER2 negative' (is it 'HER2-negative'?)" in " ".join(out.split())
    code, out, _ = run("kb", "validate", with_condition(tmp_path / "own.tsv", "reader: as our board decided"))
    assert code == 0
    assert "nearly known" not in out
