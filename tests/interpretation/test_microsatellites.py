from __future__ import annotations

import pytest

from genomodel.core.assays import Assays
from genomodel.core.findings import Interpretation, TumorTypeMatch
from genomodel.core.microsatellites import Cutoffs, InstabilityClass, MicrosatelliteAssay, msi_high, settle
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.microsatellites import settle_msi
from genomodel.profile.alterations import alterations_from_calls
from tests.interpretation.builders import by_therapy, calls_of, patient

HIGH, STABLE, OPEN = InstabilityClass.HIGH, InstabilityClass.STABLE, InstabilityClass.INDETERMINATE
CUTOFFS = Cutoffs(high=0.1, stable=0.035, source="made for a test")


def assay(status: InstabilityClass, **more: object) -> MicrosatelliteAssay:
    facts = {
        "method": "test",
        "status": status,
        "score": 0.3,
        "score_low": 0.25,
        "score_high": 0.36,
        "n_unstable": 90,
        "n_callable": 300,
        "cutoffs": CUTOFFS,
        "purity": 0.4,
        **more,
    }
    return MicrosatelliteAssay.model_validate(facts)


def result(tumor_type: str, found: MicrosatelliteAssay | None) -> Interpretation:
    return interpret(calls_of(patient(tumor_type)), None, None, Assays(msi=found))


def test_a_high_tumor_is_a_finding_with_its_evidence() -> None:
    found = result("COAD", assay(HIGH))
    (finding,) = found.findings
    assert (finding.label, finding.id, finding.tier) == ("MSI-high", "P1:msi_high", "I-A")
    assert finding.support == "30.0 % of 300 sites unstable (95 % interval 25.0 to 36.0 %)"
    matched = by_therapy(found)
    assert {"Nivolumab", "Ipilimumab + Nivolumab", "Pembrolizumab"} <= set(matched)
    assert matched["Pembrolizumab"].matched_on == "microsatellite instability, high"
    assert matched["Pembrolizumab"].evidence.tumor_type_text == "Colorectal cancer"
    assert "unresectable or metastatic disease" in matched["Pembrolizumab"].tier_reason
    assert "no satisfactory alternative" in by_therapy(result("STAD", assay(HIGH)))["Pembrolizumab"].tier_reason


def test_the_claim_on_any_solid_tumor_is_one_on_other_tumors_for_blood() -> None:
    assert by_therapy(result("BRCA", assay(HIGH)))["Pembrolizumab"].tier == "I-A"
    assert by_therapy(result("BRCA", assay(HIGH)))["Ipilimumab + Nivolumab"].tier == "II-C"
    blood = by_therapy(result("AML", assay(HIGH)))["Pembrolizumab"]
    assert (blood.tier, blood.tumor_type_match) == ("II-C", TumorTypeMatch.OTHER)


@pytest.mark.parametrize(
    ("found", "gap"),
    [
        (None, "Not assayed by this input."),
        (
            assay(OPEN, reason="Only 4 callable sites."),
            "Indeterminate, neither high nor stable. Only 4 callable sites.",
        ),
        (assay(STABLE), None),
        (assay(HIGH), None),
    ],
)
def test_what_nobody_can_say_is_listed_with_its_reason(found: MicrosatelliteAssay | None, gap: str | None) -> None:
    listed = {item.what: item.reason for item in result("COAD", found).not_assessable}
    assert listed.get("Microsatellite instability") == gap
    assert "MSI" not in " ".join(listed)


def test_only_a_high_tumor_is_a_finding() -> None:
    for status in (STABLE, OPEN):
        assert result("COAD", assay(status)).findings == ()


@pytest.mark.parametrize(("status", "feature"), [(HIGH, True), (STABLE, False), (OPEN, None)])
def test_the_model_is_told_what_is_known_and_nothing_else(status: InstabilityClass, feature: bool | None) -> None:
    calls = calls_of(patient("COAD"))
    assert alterations_from_calls(calls, None, Assays(msi=assay(status))).msi_high is feature
    assert alterations_from_calls(calls, None).msi_high is None
    assert msi_high(None) is None


@pytest.mark.parametrize(
    ("found", "purity", "status"),
    [
        (assay(STABLE), None, STABLE),
        (assay(STABLE), 0.4, STABLE),
        (assay(STABLE), 0.385, STABLE),
        (assay(STABLE), 0.37, OPEN),
        (assay(STABLE, purity=0.2, purity_assumed=True), 0.25, STABLE),
        (assay(STABLE, purity=0.2, purity_assumed=True), 0.1, OPEN),
        (assay(STABLE, purity=None, measured_here=False), 0.3, STABLE),
        (assay(STABLE, purity=None, measured_here=False), 0.1, OPEN),
        (assay(HIGH), 0.05, HIGH),
    ],
)
def test_stable_holds_only_at_the_purity_it_was_told_at(
    found: MicrosatelliteAssay, purity: float | None, status: InstabilityClass
) -> None:
    settled = settle(found, purity)
    assert settled.status is status
    assert bool(settled.reason) == (status is OPEN)


def test_a_failed_sample_is_not_called_stable() -> None:
    failed = settle_msi(Assays(msi=assay(STABLE)), 0.8, ("depth of 9",)).msi
    assert failed is not None
    assert (failed.status, failed.reason) == (OPEN, "The sample failed: depth of 9.")
    high = settle_msi(Assays(msi=assay(HIGH)), 0.8, ("depth of 9",)).msi
    assert high is not None
    assert high.status is HIGH
    assert settle_msi(Assays(), 0.8) == Assays()
