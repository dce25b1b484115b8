"""A variant with a claim of tier I or II must not read as harmless for want of studies."""

from __future__ import annotations

import pytest

from genomodel.core.oncogenicity import OncogenicityClass
from genomodel.report.sections.oncogenicity import beside_tier, oncogenicity
from tests.interpretation.builders import interpreted, variant
from tests.report import told


@pytest.mark.parametrize(
    ("classification", "tier", "said"),
    [
        (OncogenicityClass.UNCERTAIN, "I-A", "that its class is uncertain takes nothing from it"),
        (OncogenicityClass.UNCERTAIN, "II-D", "that its class is uncertain takes nothing from it"),
        (OncogenicityClass.LIKELY_BENIGN, "I-A", "which its class by the codes contradicts: for the reader"),
        (OncogenicityClass.BENIGN, "II-C", "which its class by the codes contradicts: for the reader"),
        (OncogenicityClass.LIKELY_ONCOGENIC, "I-A", ""),
        (OncogenicityClass.ONCOGENIC, "II-C", ""),
        (OncogenicityClass.UNCERTAIN, "III", ""),
        (OncogenicityClass.BENIGN, "IV", ""),
        (OncogenicityClass.UNCERTAIN, None, ""),
    ],
)
def test_a_class_that_falls_short_of_the_tier_says_what_the_tier_rests_on(
    classification: OncogenicityClass, tier: str | None, said: str
) -> None:
    found = told.oncogenicity().model_copy(update={"classification": classification})
    words = beside_tier(found, tier)
    assert words.endswith(said)
    assert bool(words) is bool(said)
    shown = oncogenicity(found, tier)
    assert shown is not None
    assert shown["beside"] == words


def test_a_finding_of_tier_one_without_studies_says_it() -> None:
    (finding,) = interpreted("LUAD", variant("EGFR", "L861Q")).findings
    assert (finding.tier or "").startswith("I")
    shown = oncogenicity(finding.oncogenicity, finding.tier)
    assert shown is not None
    assert shown["classification"].startswith("uncertain significance (")
    assert shown["beside"].startswith(f"Tier {finding.tier} rests on claims about this variant")
