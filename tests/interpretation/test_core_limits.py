"""What the core knows of exclusions, receptors and ended approvals limits the claims of CIViC and MOAlmanac."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.findings import Direction, EvidenceMatch
from genomodel.interpretation.rule_sets import rule_set
from tests.interpretation.textbook import Case, matches, run


def given(shared_data: Path, base: str, code: str, alterations: str, facts: str = "") -> list[EvidenceMatch]:
    folder = {"civic": "knowledge/civic_2024-08-01", "moalmanac": "moalmanac_db/molecular-oncology-almanac.json"}[base]
    case = Case({"id": "x", "tumor_type": code, "alterations": alterations, "facts": facts})
    found = matches(run(case, rule_set((f"{shared_data / folder}",))))
    return [match for match in found if match.evidence.direction is Direction.SENSITIVITY]


def tier_one(found: list[EvidenceMatch], base: str) -> set[str]:
    return {m.evidence.therapy for m in found if m.evidence.knowledge_base == base and m.tier.startswith("I-")}


@pytest.mark.parametrize("base", ["civic", "moalmanac"])
def test_a_tumor_type_that_the_approval_excludes_takes_no_claim_on_any_tumor(shared_data: Path, base: str) -> None:
    def of(code: str) -> list[EvidenceMatch]:
        found = given(shared_data, base, code, "BRAF V600E")
        return [match for match in found if set(match.evidence.therapies) == {"Dabrafenib", "Trametinib"}]

    assert {(match.tumor_type_match.value, match.tier) for match in of("COAD")} <= {("same", "II-C"), ("same", "II-D")}
    assert "I-A" in {match.tier for match in of("PAAD")}


@pytest.mark.parametrize("base", ["civic", "moalmanac"])
@pytest.mark.parametrize(
    ("alteration", "unmet", "met"),
    [
        ("PIK3CA H1047R", "HR:negative,HER2:negative", "HR:positive,HER2:negative"),
        ("ESR1 D538G", "ER:negative,PR:negative,HER2:negative", "ER:positive,HER2:negative"),
        ("ERBB2 amplification", "HER2:negative", "HER2:positive"),
    ],
)
def test_receptors_that_the_core_asks_for_are_asked_of_other_bases_too(
    shared_data: Path, base: str, alteration: str, unmet: str, met: str
) -> None:
    found = given(shared_data, base, "BRCA", alteration, f"receptors={unmet}")
    assert tier_one(found, base) == set()
    lowered = [match for match in found if match.evidence.knowledge_base == base and match.cautions]
    assert lowered
    assert all(match.tier == "II-C" and not match.escat for match in lowered if "core asks" in match.tier_reason)
    assert tier_one(given(shared_data, base, "BRCA", alteration, f"receptors={met}"), base)
    assert tier_one(given(shared_data, base, "BRCA", alteration), base)


@pytest.mark.parametrize(
    ("code", "alteration", "therapy", "ended"),
    [
        ("CHOL", "FGFR2::BICC1 fusion", "Infigratinib", "2024-05-16"),
        ("LUAD", "EGFR D770_N771insSVD", "Mobocertinib", "2024-07-15"),
    ],
)
@pytest.mark.parametrize("base", ["civic", "moalmanac"])
def test_an_approval_that_ended_is_none_in_another_base(
    shared_data: Path, base: str, code: str, alteration: str, therapy: str, ended: str
) -> None:
    found = [match for match in given(shared_data, base, code, alteration) if therapy in match.evidence.therapies]
    assert all(match.tier.startswith("II-") for match in found)
    if base == "civic":
        assert any(f"an approval of {therapy} ended on {ended}" in match.tier_reason for match in found)


def test_a_standing_approval_beside_an_ended_one_keeps_its_tier(shared_data: Path) -> None:
    assert "Olaparib" in tier_one(given(shared_data, "civic", "HGSOC", "BRCA1 S1503fs"), "civic")
