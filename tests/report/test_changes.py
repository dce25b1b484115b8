from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.biomarkers import Biomarkers, BurdenCall, MutationalBurden
from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.findings import EvidenceMatch, Finding, NotAssessable
from genomodel.core.provenance import Version
from genomodel.core.report import PatientReport
from genomodel.report.changes import changes
from genomodel.report.claim_tuples import ClaimTuple, claim_tuples
from tests.report import reports


def texts(old: PatientReport, new: PatientReport, kind: str = "") -> list[str]:
    return [change.text for change in changes(old, new) if not kind or change.kind == kind]


def with_content(report: PatientReport, **fields: Any) -> PatientReport:
    return report.model_copy(update={"interpretation": report.interpretation.model_copy(update=fields)})


def one(*evidence: EvidenceMatch, gene: str = "BRAF") -> PatientReport:
    return reports.report((reports.finding(1, gene, evidence),))


MADE: list[Callable[[], PatientReport]] = [
    reports.empty_report,
    reports.set_aside_report,
    reports.decided_report,
    reports.typical_report,
    reports.crowded_report,
    reports.tumor_only_report,
]


@pytest.mark.parametrize("make", MADE)
def test_nothing_changes_from_a_report_to_itself(make: Callable[[], PatientReport]) -> None:
    assert changes(make(), make()) == ()


def test_new_and_gone_calls_are_named_with_their_tier() -> None:
    told = texts(one(reports.match()), one(reports.match("KRAS", tier="II-C"), gene="KRAS").model_copy())
    # The made-up findings share an id: the same place, another name.
    assert "BRAF p.V600E is named KRAS p.V600E." in told
    two = reports.report((reports.finding(1), reports.finding(2, "KRAS", (reports.match("KRAS"),))))
    assert "New: KRAS p.V600E, a finding, I-A." in texts(reports.report((reports.finding(1),)), two)
    assert "Gone: KRAS p.V600E, which was a finding, I-A." in texts(two, reports.report((reports.finding(1),)))


def test_a_tier_that_goes_up_or_down_is_told_with_the_claim() -> None:
    low, high = one(reports.match(tier="II-C")), one(reports.match(tier="I-A"))
    assert "BRAF p.V600E: tier up from II-C to I-A." in texts(low, high, "tier")
    assert "BRAF p.V600E: tier down from I-A to II-C." in texts(high, low, "tier")
    (claim,) = texts(low, high, "claim")
    assert "Drugone + Drugtwo" in claim
    assert "II-C" in claim
    assert "I-A" in claim


def test_new_evidence_is_named_by_its_id() -> None:
    told = texts(one(reports.match()), one(reports.match(), reports.match(therapy="Drugthree")), "claim")
    assert len(told) == 1
    assert "core braf-drugthree-sensitivity" in told[0]
    again = reports.match()
    again = again.model_copy(update={"evidence": again.evidence.model_copy(update={"id": "EID9", "level": "B"})})
    told = texts(one(reports.match()), one(reports.match(), again), "evidence")
    assert len(told) == 1
    assert "core EID9" in told[0]


def test_a_condition_that_stands_otherwise_is_told() -> None:
    def standing(status: ConditionStatus) -> PatientReport:
        answer = ConditionAnswer(condition="metastatic disease", status=status)
        return one(reports.match().model_copy(update={"conditions": (answer,)}))

    open_, met = (standing(ConditionStatus(name)) for name in ("not_given", "met"))
    (told,) = texts(open_, met, "condition")
    assert "metastatic disease" in told
    assert told.endswith("was not given and is met.")


def test_markers_gaps_versions_and_facts_are_told() -> None:
    base = reports.typical_report()
    burden = MutationalBurden(call=BurdenCall.HIGH, mutations=40, megabases=2.0, value=20.0, low=15, high=27, cutoff=10)
    assert texts(base, with_content(base, biomarkers=Biomarkers(burden=burden)), "marker")
    fewer = with_content(base, not_assessable=(NotAssessable(what="Gene fusions", reason="x"),))
    assert texts(base, fewer, "gap") == [
        "Assessable now: Microsatellite instability, Tumor mutational burden.",
        "Not assessable for another reason: Gene fusions.",
    ]
    newer = with_content(base, sources=(Version(name="hotspots", version="v3", kind="knowledge", date="2026-01-01"),))
    assert texts(base, newer, "version") == ["hotspots: v2 (2017-12-15), now v3 (2026-01-01)."]
    asked = base.model_copy(update={"patient": base.patient.model_copy(update={"requester": "Dr. A"})})
    assert texts(base, asked) == ["requester: was not given, is Dr. A."]


def test_a_prediction_beyond_its_interval_is_told_and_one_inside_is_counted() -> None:
    base = reports.typical_report()
    assert base.response is not None
    first, second, *rest = base.response.predictions
    moved = first.model_copy(update={"ln_ic50": first.upper90 + 0.1, "percentile_overall": 12.0})
    inside = second.model_copy(update={"ln_ic50": second.ln_ic50 + 0.01})
    response = base.response.model_copy(update={"predictions": (moved, inside, *rest)})
    told = texts(base, base.model_copy(update={"response": response}), "prediction")
    assert told == [
        "Drug00: percentile 12 (79\u201399), beyond the interval of before, 99 (79\u201399).",
        "One prediction moved inside its interval of before.",
    ]
    none = base.model_copy(update={"response": None, "response_absent_reason": "the reads failed"})
    assert texts(base, none) == ["No prediction any more: the reads failed."]
    assert texts(none, base) == ["There are predictions, which there were not."]


def test_what_a_patient_does_not_want_to_know_is_not_named_among_the_changes() -> None:
    old = reports.report((reports.finding(1), reports.finding(2, "BRCA1", (reports.match("BRCA1"),), change="C61G")))
    new = reports.report((reports.finding(1, "BRAF", (reports.match(tier="II-C"),)),))
    refused = new.interpretation.germline.model_copy(update={"consent": False})
    told = texts(old, with_content(new, germline=refused))
    assert not [text for text in told if "BRCA1" in text]
    assert "BRAF p.V600E: tier up from none to II-C." in told
    assert [text for text in told if "does not consent" in text]
    assert [text for text in texts(old, new) if "BRCA1" in text]


TIERS = st.sampled_from(["I-A", "I-B", "II-C", "II-D"])
matches = st.builds(
    reports.match,
    st.sampled_from(["BRAF", "KRAS"]),
    therapy=st.sampled_from(["Drugone", "Drugtwo + Drugthree"]),
    tier=TIERS,
    conditions=st.lists(st.sampled_from(["metastatic disease", "after another drug"]), unique=True).map(tuple),
)


@st.composite
def some_findings(draw: st.DrawFn) -> tuple[Finding, ...]:
    records = draw(st.lists(st.integers(1, 4), unique=True, max_size=4))
    return tuple(
        reports.finding(record, draw(st.sampled_from(["BRAF", "KRAS"])), draw(st.lists(matches, max_size=4).map(tuple)))
        for record in records
    )


some_reports = some_findings().map(reports.report)


def alone(claim: ClaimTuple, changed: set[ClaimTuple]) -> bool:
    """Whether a claim is one of two that only their tier sets apart, which is all that has to be told."""
    alike = [one for one in changed if replace(one, tier="", level="") == replace(claim, tier="", level="")]
    return len(alike) == 2


@given(some_reports, some_reports)
def test_every_difference_of_claims_is_named(old: PatientReport, new: PatientReport) -> None:
    told = changes(old, new)
    lines = [change.text for change in told if change.kind == "claim"]
    before, now = set(claim_tuples(old)), set(claim_tuples(new))
    for claim in before ^ now:
        tier = f"{claim.tier}-{claim.level}"
        fitting = [
            line
            for line in lines
            if claim.alteration in line
            and claim.therapy in line
            and tier in line
            and (all(text in line for text in claim.conditions) or alone(claim, before ^ now))
        ]
        assert fitting, (claim, lines)
    assert bool(lines) == bool(before ^ now)


@given(some_reports, some_reports)
def test_reports_that_differ_in_anything_have_a_change(old: PatientReport, new: PatientReport) -> None:
    assert bool(changes(old, new)) == (old != new)
