"""Joined genes that name a diagnosis, from the files that a user has to what the screen says."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.findings import Finding
from genomodel.interpretation.read_file import read_interpretation
from tests.calls.test_fusion_tables import ARRIBA_2, arriba_row, table
from tests.cli.conftest import Run
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E
from tests.interpretation.builders import interpreted as interpretation_of
from tests.interpretation.builders import variant
from tests.report.exports.builders import write_vcf

DX = "the diagnosis of"


def interpreted(run: Run, folder: Path, five: str, three: str, tumor_type: str) -> list[Finding]:
    """Return the findings of joined genes of a tumor whose RNA Arriba was run on."""
    vcf = write_vcf(folder, HEADER + COLUMNS + V600E)
    row = arriba_row(gene1=five, gene2=three, breakpoint1="chr18:26036000", breakpoint2="chrX:48260000")
    fusions = table(folder / "fusions.tsv", ARRIBA_2, row)
    typed = ("--tumor-type", tumor_type) if tumor_type else ()
    outcome = run("interpret", vcf, "--fusions", fusions, *typed, "--out", folder / "out")
    assert outcome.code == 0, outcome
    findings = read_interpretation(folder / "out" / "P1.json").content.findings
    return [finding for finding in findings if finding.label.endswith(" fusion")]


@pytest.mark.parametrize(
    ("tumor_type", "reason"),
    [
        ("LUAD", "this tumor is given as Lung Adenocarcinoma"),
        ("BRCA", "this tumor is given as Invasive Breast Carcinoma"),
        ("", "the tumor type is not given"),
    ],
)
@pytest.mark.parametrize(
    ("five", "three", "diagnosis"),
    [("EWSR1", "FLI1", "Ewing sarcoma"), ("SS18", "SSX1", "Synovial sarcoma"), ("PML", "RARA", "leukemia")],
)
def test_a_pair_that_names_another_diagnosis_is_told_without_a_tier_of_its_own(
    run: Run, tmp_path: Path, five: str, three: str, diagnosis: str, tumor_type: str, reason: str
) -> None:
    (found,) = interpreted(run, tmp_path, five, three, tumor_type)
    assert found.label == f"{five}::{three} fusion"
    assert diagnosis.lower() in found.why.lower()
    assert f"which gives no tier here, for {reason}" in found.why
    assert not [match for match in found.evidence if match.evidence.evidence_type.value == "diagnostic"]
    assert found.tier != "I-A"
    screen = run("explain", "P1", f"{five}::{three}", "--from", tmp_path / "out")
    assert screen.code == 0, screen
    assert diagnosis.lower() in " ".join(screen.out.split()).lower()


@pytest.mark.parametrize(
    ("five", "three", "diagnosis"), [("EWSR1", "FLI1", "Ewing sarcoma"), ("SS18", "SSX1", "Synovial sarcoma")]
)
def test_a_pair_names_the_diagnosis_of_an_unknown_primary_at_ii_c(
    run: Run, tmp_path: Path, five: str, three: str, diagnosis: str
) -> None:
    (found,) = interpreted(run, tmp_path, five, three, "CUP")
    assert found.tier == "II-C"
    assert [match.evidence.tumor_type_text.lower() for match in found.evidence] == [diagnosis.lower()]


def test_a_sarcoma_that_is_not_told_further_hears_of_synovial_sarcoma(run: Run, tmp_path: Path) -> None:
    for tumor_type in ("SARCNOS", "RCSNOS"):
        (found,) = interpreted(run, tmp_path, "SS18", "SSX1", tumor_type)
        assert "synovial sarcoma" in found.why.lower()


def test_a_pair_that_nothing_names_is_no_finding(run: Run, tmp_path: Path) -> None:
    assert interpreted(run, tmp_path, "TBC1D22A", "ELMO1", "LUAD") == []


@pytest.mark.parametrize("name", ["SS18::SSX1", "ss18::ssx1 fusion", "SS18 fusion", "SSX1 fusion", "SS18-SSX1"])
def test_joined_genes_are_explained_by_every_name_of_theirs(run: Run, tmp_path: Path, name: str) -> None:
    assert interpreted(run, tmp_path, "SS18", "SSX1", "LUAD")
    outcome = run("explain", "P1", name, "--from", tmp_path / "out")
    assert outcome.code == 0, outcome
    assert "SS18::SSX1 fusion of P1" in outcome.out


def test_no_disease_of_blood_is_named_for_an_unknown_primary() -> None:
    jak2 = {code: interpretation_of(code, variant("JAK2", "V617F")) for code in ("CUP", "UDMN")}
    named = {
        code: {match.tier for item in found.findings for match in item.evidence if match.evidence.claim.startswith(DX)}
        for code, found in jak2.items()
    }
    assert named == {"CUP": set(), "UDMN": {"II-C"}}


def therapies(found: Finding) -> dict[str, tuple[str, str]]:
    """Return tier and reason by the therapy of each claim for one."""
    return {
        match.evidence.therapy: (match.tier, match.tier_reason)
        for match in found.evidence
        if match.evidence.direction.value == "sensitivity"
    }


@pytest.mark.parametrize("tumor_type", ["AML", "AMLRGA", "MNM"])
def test_a_leukemia_that_a_fusion_names_has_the_claims_of_that_leukemia(
    run: Run, tmp_path: Path, tumor_type: str
) -> None:
    (found,) = interpreted(run, tmp_path, "PML", "RARA", tumor_type)
    told = therapies(found)
    assert {therapy: tier for therapy, (tier, _) in told.items()} == {
        "Arsenic trioxide": "I-A",
        "Arsenic trioxide + Tretinoin": "I-A",
    }
    for _, reason in told.values():
        assert "if the diagnosis is APL with PML-RARA, as PML::RARA says of this" in reason
    assert {match.tier for match in found.evidence if match.evidence.claim.startswith(DX)} == {"I-A"}


@pytest.mark.parametrize(
    ("five", "three", "tumor_type"),
    [
        ("PML", "RARA", "LUAD"),
        ("PML", "RARA", "CUP"),
        ("PML", "RARA", "MDS"),
        ("PML", "RARA", ""),
        ("BCR", "ABL1", "AML"),
    ],
)
def test_no_claim_is_opened_for_a_tumor_that_cannot_be_of_the_type(
    run: Run, tmp_path: Path, five: str, three: str, tumor_type: str
) -> None:
    for found in interpreted(run, tmp_path, five, three, tumor_type):
        assert not {tier for tier, _ in therapies(found).values()} & {"I-A", "I-B"}
        assert not [match for match in found.evidence if "if the diagnosis is" in match.tier_reason]


def test_a_fusion_of_several_diseases_opens_the_claims_of_none(run: Run, tmp_path: Path) -> None:
    """BCR::ABL1 is of the chronic leukemia among myeloproliferative neoplasms, of acute ones too among myeloid ones."""
    (proliferative,) = interpreted(run, tmp_path, "BCR", "ABL1", "MPN")
    assert therapies(proliferative)["Imatinib"][0] == "I-A"
    assert "if the diagnosis is Chronic Myelogenous Leukemia" in therapies(proliferative)["Imatinib"][1]
    (named,) = (match for match in proliferative.evidence if match.evidence.claim.startswith(DX))
    assert "if the diagnosis is" not in named.tier_reason
    for wider in ("MNM", "MYELOID"):
        (found,) = interpreted(run, tmp_path, "BCR", "ABL1", wider)
        assert therapies(found)["Imatinib"][0] == "II-C", wider
