"""What ``genomodel explain`` says of a patient whose variants nobody has named yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.findings import DispositionKind
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report.explanation.overview import overview
from genomodel.report.explanation.screen import WIDTH, explain
from tests.cli.conftest import Run
from tests.report.exports.builders import enriched, interpreted, write_vcf


@pytest.fixture
def made(tmp_path: Path) -> InterpretationFile:
    return enriched(interpreted(write_vcf(tmp_path)))


@pytest.fixture
def written(made: InterpretationFile, tmp_path: Path) -> Path:
    path = tmp_path / "out" / "P1.json"
    path.parent.mkdir()
    path.write_text(made.to_json())
    return path


def test_a_patient_without_a_name_lists_findings_with_tiers_and_how_to_ask_for_one(
    run: Run, made: InterpretationFile, written: Path
) -> None:
    done = run("explain", "P1", "--from", written.parent)
    assert done.code == 0, done
    assert max(map(len, done.out.splitlines())) <= WIDTH
    told = " ".join(done.out.split())
    assert made.content.findings
    for finding in made.content.findings:
        assert f"{finding.tier or 'no tier'} {finding.label}" in told
    assert "other alleles" in told
    assert "TMB" in told
    label = made.content.findings[0].label
    assert f'genomodel explain P1 "{label}"' in told
    assert made.research_use_only in told


def test_every_label_that_the_list_offers_leads_to_its_chain(run: Run, made: InterpretationFile, written: Path) -> None:
    for finding in made.content.findings:
        assert run("explain", "P1", finding.label, "--from", written.parent).code == 0


def test_a_name_that_nothing_has_leads_to_the_list(run: Run, written: Path) -> None:
    done = run("explain", "P1", "99999", "--from", written.parent)
    assert done.code == 2
    assert "'genomodel explain PATIENT' without a name lists the findings" in done.err


def test_a_claim_for_another_tumor_type_says_so_in_the_list(tmp_path: Path) -> None:
    listed = overview(interpreted(write_vcf(tmp_path), tumor_type="AML"))
    assert "[another tumor type" in " ".join(listed.split())


def test_a_withheld_allele_is_named_by_its_record_and_its_reason_said_once(tmp_path: Path) -> None:
    made = interpreted(write_vcf(tmp_path), consent=False)
    hidden = [item for item in made.content.dispositions if item.kind is DispositionKind.WITHHELD]
    assert hidden
    told = " ".join(explain(made, str(hidden[0].record)).split())
    assert told.startswith(f"A withheld allele of record {hidden[0].record} of P1,")
    assert "N>N" not in told
    assert told.lower().count("withheld:") == 1


def test_a_tumor_without_a_type_is_titled_so(tmp_path: Path) -> None:
    made = interpreted(write_vcf(tmp_path), tumor_type="unknown")
    for told in (overview(made), explain(made, "BRAF V600E")):
        assert told.splitlines()[0].endswith("P1, tumor type not given")
