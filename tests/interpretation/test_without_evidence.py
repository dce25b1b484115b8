"""Tiers III and IV, of variants and findings that no evidence names."""

from __future__ import annotations

import pytest

from genomodel.core.oncogenicity import Oncogenicity, OncogenicityClass
from genomodel.interpretation.without_evidence import tier_without_evidence
from tests.interpretation.builders import TRUNCATING, interpreted, variant


def oncogenicity(classification: OncogenicityClass) -> Oncogenicity:
    return Oncogenicity(classification=classification, points=-4, codes=())


@pytest.mark.parametrize(
    ("classification", "frequency", "tier", "says"),
    [
        (None, None, "III", "no evidence on therapy"),
        (None, 0.0099, "III", "no evidence on therapy"),
        (None, 0.01, "IV", "a polymorphism, known in a population at 0.01"),
        (OncogenicityClass.BENIGN, None, "IV", "benign by its codes (-4 points)"),
        (OncogenicityClass.LIKELY_BENIGN, None, "IV", "likely benign by its codes"),
        (OncogenicityClass.UNCERTAIN, None, "III", "uncertain significance by its codes; no evidence"),
        (OncogenicityClass.UNCERTAIN, 0.2, "IV", "polymorphism"),
        (OncogenicityClass.LIKELY_ONCOGENIC, 0.2, "III", "likely oncogenic by its codes"),
        (OncogenicityClass.ONCOGENIC, None, "III", "oncogenic by its codes; no evidence"),
    ],
)
def test_without_evidence_benign_and_polymorphic_alleles_are_tier_four(
    classification: OncogenicityClass | None, frequency: float | None, tier: str, says: str
) -> None:
    found = variant("TP53", "S20P").model_copy(update={"population_frequency": frequency})
    known = None if classification is None else oncogenicity(classification)
    told, reason = tier_without_evidence(found, known)
    assert (told, says in reason) == (tier, True), reason


def test_a_frequency_of_one_population_is_enough_for_tier_four() -> None:
    found = variant("TP53", "S20P").model_copy(update={"population_groups": {"afr": 0.03, "nfe": 0.0}})
    assert tier_without_evidence(found, None)[0] == "IV"
    assert tier_without_evidence(None, None)[0] == "III"


def test_listed_variants_and_findings_without_evidence_have_their_tier_and_its_reason() -> None:
    known = variant("TTN", "R100Q").model_copy(update={"population_frequency": 0.05})
    result = interpreted("LUAD", known, variant("MUC16", "A10T"), variant("RB1", "R320*", TRUNCATING))
    assert [item.tier for item in result.other_variants] == ["IV", "III"]
    assert "tier IV: a polymorphism" in result.other_variants[0].why
    assert all(item.tier_without_evidence == "III" for item in result.findings)
    assert [item.why.count("tier III: ") for item in result.findings if not item.evidence] == [1]
    assert {item.tier for item in result.dispositions} <= {"III", "IV", *(item.tier for item in result.findings)}
