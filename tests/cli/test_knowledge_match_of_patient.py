"""What ``kb match`` makes of a patient's facts, and of alleles that are inherited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run
from tests.cli.test_germline_consent import BRCA1, leaks, pair


def asked(run: Run, folder: Path, *options: str) -> dict[str, Any]:
    done = run("kb", "match", pair(folder), "--tumor-type", "BRCA", *options, "--format", "json")
    assert done.code == 0, done
    return dict(json.loads(done.out)["patients"][0])


def test_claims_on_inherited_variants_hold_for_an_inherited_allele(run: Run, tmp_path: Path) -> None:
    told = {item["evidence"]["id"]: item for item in asked(run, tmp_path)["statements"]}
    assert told["brca1-breast-talazoparib"]["inherited"] is True
    assert not any(item["inherited"] for name, item in told.items() if name.startswith("kras"))
    table = run("kb", "match", pair(tmp_path), "--tumor-type", "BRCA", "--format", "tsv").out
    (row,) = (line.split("\t") for line in table.splitlines() if "brca1-breast-talazoparib" in line)
    assert "chr17:43091434:A>T (inherited)" in row
    assert "HER2-negative [not given" in row[-2]


def test_what_holds_for_it_is_not_open_beside_another_variant_of_the_gene(run: Run, tmp_path: Path) -> None:
    vcf = pair(tmp_path)
    other = BRCA1.replace("43091434", "43091444").replace("stop_gained|HIGH", "missense_variant|MODERATE")
    other = other.replace("Leu1366Ter", "Arg1363Lys").replace("1366|L/*", "1363|R/K")
    vcf.write_text(vcf.read_text() + f"{other}\t0/0:90,0\t0/1:60,30\n")
    done = run("kb", "match", vcf, "--tumor-type", "BRCA", "--format", "json")
    (answer,) = json.loads(done.out)["patients"]
    name = "brca1-breast-talazoparib"
    assert name in {item["evidence"]["id"] for item in answer["statements"]}
    assert name not in {item["evidence"] for item in answer["would_match_if"]}


def test_conditions_are_answered_by_the_options_of_interpret(run: Run, tmp_path: Path) -> None:
    facts = ("--receptor-status", "HER2=negative", "--age", "12", "--sex", "female")
    told = {item["evidence"]["id"]: item for item in asked(run, tmp_path, *facts)["statements"]}
    conditions = told["brca1-breast-talazoparib"]["conditions"]
    status = {item["condition"]: item["status"] for item in conditions}
    assert status["HER2-negative"] == "met"
    assert status["adult"] == "not_met"
    assert status["deleterious or suspected deleterious germline mutation"] == "met"


def test_a_refused_consent_tells_nothing_of_it(run: Run, tmp_path: Path) -> None:
    for form in ("json", "tsv", "text"):
        done = run("kb", "match", pair(tmp_path), "--tumor-type", "BRCA", "--germline-consent", "no", "--format", form)
        assert done.code == 0, done
        assert leaks({"printed": done.out + done.err}) == []
        assert "brca1-" not in done.out
