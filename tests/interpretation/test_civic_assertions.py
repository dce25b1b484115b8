"""CIViC's assertions with an AMP level as cases of their own, held against our rules with CIViC loaded and without.

Every disagreement is explained in ``civic_assertion_disagreements.tsv``; one that is not there, or that is none any
more, fails.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from genomodel.interpretation.knowledge_bases.civic_rows import (
    EVIDENCE_TYPES,
    SIGNIFICANCES,
    disease_of,
    split_therapies,
)
from genomodel.interpretation.rule_sets import rule_set
from genomodel.resources.drugs import normalize_therapy
from tests.interpretation.textbook import Case, matches, run

EXPLAINED = Path(__file__).with_name("civic_assertion_disagreements.tsv")
COLUMNS = ["assertion", "rules", "expected", "got", "why", "source"]
CHOICES = ("civic", "core")
AMP = re.compile(r"Tier (I|II) - Level ([A-D])")
ANY_SOLID_TUMOR = "STAD"
"""What stands for a disease that is any solid tumor, or any cancer."""
TISSUES = {
    "Congenital Mesoblastic Nephroma": "KIDNEY",
    "CNS Neuroblastoma With FOXR2 Activation": "BRAIN",
    "Central Nervous System Tumor With BCOR Internal Tandem Duplication": "BRAIN",
    "Lipofibromatosis-like Neural Tumor": "SOFT_TISSUE",
    "Sclerosing Epithelioid Fibrosarcoma": "SEF",
    "Low-grade Fibromyxoid Sarcoma": "LGFMS",
    "B-lymphoblastic Leukemia/lymphoma With PAX5 P80R": "BLL",
}
"""What a sheet would say of a disease that CIViC's table of codes leaves without one."""
ALTERATIONS = {
    "ALK Fusion": "EML4::ALK fusion",
    "NTRK1 Fusion": "TPM3::NTRK1 fusion",
    "ZFTA Fusion": "ZFTA::RELA fusion",
    "TFE3 Fusion": "PRCC::TFE3 fusion",
    "TFEB Fusion": "MALAT1::TFEB fusion",
    "NUTM1 Fusion": "BRD4::NUTM1 fusion",
    "MYB Rearrangement": "MYB::QKI fusion",
    "MYBL1 Rearrangement": "MYBL1::MMP16 fusion",
    "FOXR2 Rearrangement": "JMJD1C::FOXR2 fusion",
    "YWHAE YWHAE::NUTM2": "YWHAE::NUTM2B fusion",
    "ERBB2 Amplification": "ERBB2 amplification",
    "FLT3 D835": "FLT3 D835Y",
    "FLT3 ITD": "FLT3 N587_D600dup {exon=14/24}",
    "BCOR ITD": "BCOR L1709_E1720dup {exon=15/15}",
}
"""One alteration that a report would hold for a profile that is a class of them."""


@cache
def assertions(data: Path) -> tuple[dict[str, str], ...]:
    """Return the assertions with an AMP level, those that CIViC's curators flagged included."""
    path = data / "knowledge" / "civic_2024-08-01" / "01-Aug-2024-AssertionSummaries.tsv"
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(row for row in csv.DictReader(handle, delimiter="\t") if row["amp_category"])


def alteration_of(profile: str) -> str:
    name = profile.strip()
    if name in ALTERATIONS:
        return ALTERATIONS[name]
    return f"{name.split(' ')[1]} fusion" if "::" in name else name


def tumor_type_of_disease(name: str, doid: str) -> str:
    found = disease_of(name, doid)
    if name in TISSUES or found is None:
        return TISSUES[name]
    return found.codes[0] if found.scope == "listed" else ANY_SOLID_TUMOR


def told(row: dict[str, str], rules: str, data: Path) -> str:
    """Return the best tier that a case gets for the very claim of the assertion, empty for none."""
    folder = str(data / "knowledge" / "civic_2024-08-01")
    case = Case(
        {
            "tumor_type": tumor_type_of_disease(row["disease"], row["doid"]),
            "alterations": alteration_of(row["molecular_profile"]),
            "facts": "",
        }
    )
    result = run(case, rule_set((folder,)) if rules == "civic" else None)
    drugs = {drug for name in split_therapies(row["therapies"]) for drug in normalize_therapy(name).parts}
    return min(
        (
            match.tier
            for match in matches(result)
            if match.evidence.evidence_type is EVIDENCE_TYPES[row["assertion_type"]]
            and match.evidence.direction is SIGNIFICANCES[row["significance"]]
            and set(match.evidence.therapies) == drugs
        ),
        default="",
    )


def expected(row: dict[str, str]) -> str:
    found = AMP.fullmatch(row["amp_category"])
    assert found is not None, row["amp_category"]
    return f"{found[1]}-{found[2]}"


@cache
def explained() -> dict[tuple[str, str], dict[str, str]]:
    with EXPLAINED.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    found = {(row["assertion"], row["rules"]): row for row in rows}
    assert len(found) == len(rows), "a disagreement stands twice"
    return found


def test_the_table_is_sound() -> None:
    for row in explained().values():
        assert list(row) == COLUMNS
        assert row["rules"] in CHOICES
        assert row["got"] != row["expected"]
        assert row["why"], row
        assert row["source"], row


def test_there_are_54_assertions_each_of_which_supports_its_claim(shared_data: Path) -> None:
    found = assertions(shared_data)
    assert len(found) == 54
    assert {row["assertion_direction"] for row in found} == {"Supports"}


@pytest.mark.parametrize("rules", CHOICES)
def test_tier_and_level_of_the_assertions(
    rules: str, shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    unexplained, stale, agreed = [], [], 0
    for row in assertions(shared_data):
        name, wanted, got = f"AID{row['assertion_id']}", expected(row), told(row, rules, shared_data) or "none"
        entry = explained().get((name, rules))
        agreed += got == wanted
        if got == wanted:
            stale += [f"{name} agrees now"] if entry else []
        elif entry is None:
            unexplained.append(f"{name}\t{rules}\t{wanted}\t{got}\t{row['molecular_profile']}, {row['disease']}")
        elif (entry["expected"], entry["got"]) != (wanted, got):
            stale.append(f"{name}: {wanted} by CIViC and {got} here, listed as {entry['expected']} and {entry['got']}")
    record_property("shown", f"CIViC's assertions with an AMP level, by {rules}: {agreed} of 54 of that tier and level")
    assert not unexplained, "\n".join(unexplained)
    assert not stale, "\n".join(stale)
