"""Drugs beyond the label: what speaks for and against each, what is kept out, and the rule of their order."""

from __future__ import annotations

import re

import pytest

from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, TumorTypeMatch
from genomodel.core.patients import NOT_GIVEN, TumorType
from genomodel.core.predictions import ApplicabilityFlag, DrugPrediction, FlagLevel
from genomodel.core.report import PatientReport
from genomodel.core.report_settings import PredictionsShown, ReportSettings
from genomodel.core.repurposing import RepurposedDrug
from genomodel.interpretation.base_corrections import corrections
from genomodel.interpretation.knowledge import load_evidence_table
from genomodel.report.compose import compose
from genomodel.report.render import render_html
from tests.report import reports
from tests.report.test_html import MEDIA, part, text

OTHER, SAME, AGNOSTIC = TumorTypeMatch.OTHER, TumorTypeMatch.SAME, TumorTypeMatch.AGNOSTIC


def elsewhere(therapy: str, tier: str = "II-C", level: str = "", **changes: object) -> EvidenceMatch:
    found = reports.match(therapy=therapy, tier=tier, relation=OTHER)
    evidence = found.evidence.model_copy(update={"level": level, "tumor_type_text": "Thyroid cancer"})
    return found.model_copy(update={"evidence": evidence} | changes)


def with_predictions(report: PatientReport, *rows: DrugPrediction) -> PatientReport:
    response = reports.response().model_copy(update={"predictions": rows, "flags": ()})
    return report.model_copy(update={"response": response, "response_absent_reason": None})


def listed(*evidence: EvidenceMatch, rows: tuple[DrugPrediction, ...] = ()) -> dict[str, RepurposedDrug]:
    report = reports.report((reports.finding(1, "BRAF", evidence),))
    found = compose(with_predictions(report, *rows) if rows else report).repurposing
    assert bool(found.absent) is not bool(found.drugs)
    return {drug.therapy: drug for drug in found.drugs}


def test_evidence_of_another_tumor_type_gives_a_reason_with_its_source() -> None:
    drug = listed(elsewhere("Drugone"))["Drugone"]
    assert drug.reasons == (
        "BRAF p.V600E: Drugone in Thyroid cancer (II-C; Prescribing information EX:1; braf-drugone-sensitivity)",
    )
    assert (drug.best_tier, drug.finding_ids, drug.evidence_ids) == ("II-C", ("P:1",), ("braf-drugone-sensitivity",))
    assert "The evidence is of another tumor type or not of a label." in drug.against
    assert drug.percentile is None


@pytest.mark.parametrize(("relation", "tier"), [(SAME, "I-A"), (SAME, "II-D"), (AGNOSTIC, "I-A"), (AGNOSTIC, "I-B")])
def test_what_a_claim_recommends_for_this_tumor_type_is_not_listed(relation: TumorTypeMatch, tier: str) -> None:
    own = reports.match(therapy="Drugone + Drugtwo", tier=tier, relation=relation)
    rows = (reports.prediction("Drugone", 95), reports.prediction("Drugthree", 90))
    found = listed(own, elsewhere("Drugone"), elsewhere("Drugtwo + Drugfour"), elsewhere("Drugfive"), rows=rows)
    assert list(found) == ["Drugfive", "Drugthree"]


def test_a_study_in_any_tumor_type_that_is_no_label_is_listed() -> None:
    found = listed(reports.match(therapy="Drugone", tier="II-C", relation=AGNOSTIC))
    assert list(found) == ["Drugone"]


def test_a_drug_that_the_core_recommends_for_the_tumor_type_with_another_alteration_is_not_listed() -> None:
    core = {drug for rule in load_evidence_table().rules for drug in rule.evidence.therapies}
    assert "Ipilimumab" in core or "Trametinib" in core
    rows = (reports.prediction("Trametinib", 97), reports.prediction("Olaparib", 95))
    report = with_predictions(reports.report(), *rows)
    assert [drug.therapy for drug in compose(report).repurposing.drugs] == ["Olaparib"]


def test_a_claim_that_its_source_does_not_bear_out_is_not_listed() -> None:
    rules = load_evidence_table().rules
    own = {drug for rule in rules if "MEL" in rule.evidence.tumor_types for drug in rule.evidence.therapies}
    (base, claim), known = next(
        (key, row)
        for key, row in sorted(corrections().items())
        if not row.variant_effect and " " not in row.therapy and row.therapy not in own
    )
    found = elsewhere(known.therapy)
    evidence = found.evidence.model_copy(update={"id": claim, "knowledge_base": base, "gene": known.gene})
    wrong = found.model_copy(update={"evidence": evidence})
    right = found.model_copy(update={"evidence": evidence.model_copy(update={"id": "another claim"})})
    assert not listed(wrong)
    assert list(listed(right)) == [known.therapy]


@pytest.mark.parametrize("changes", [{"supports": False}, {"withdrawn": "2022-01-01"}])
def test_a_refuted_claim_and_a_withdrawn_approval_are_no_reason(changes: dict[str, object]) -> None:
    found = elsewhere("Drugone")
    assert not listed(found.model_copy(update={"evidence": found.evidence.model_copy(update=changes)}))


def test_resistance_to_a_drug_its_class_or_its_target_speaks_against_it() -> None:
    against = reports.match("EGFR", therapy="Erlotinib", tier="II-C", direction=Direction.RESISTANCE)
    found = listed(elsewhere("Erlotinib"), elsewhere("Gefitinib"), elsewhere("Olaparib"), against)
    said = "BRAF p.V600E, II-C, egfr-erlotinib-resistance."
    assert f"Evidence of resistance to Erlotinib: {said}" in found["Erlotinib"].against
    by_class = f"Evidence of resistance to Erlotinib, of the same class (EGFR TKI): {said}"
    assert by_class in found["Gefitinib"].against
    assert not [line for line in found["Olaparib"].against if "resistance" in line]
    assert next(iter(found)) == "Olaparib"


def test_conditions_not_met_and_open_cautions_and_conflicts_speak_against_a_drug() -> None:
    answers = (
        ConditionAnswer(condition="adult", status=ConditionStatus.NOT_GIVEN),
        ConditionAnswer(condition="stage IV", status=ConditionStatus.NOT_MET, reason="early"),
        ConditionAnswer(condition="by mouth", status=ConditionStatus.FACT),
    )
    told = {"conditions": answers, "cautions": ("drug was given before",), "conflicts": ("KRAS speaks against",)}
    against = listed(elsewhere("Drugone", **told))["Drugone"].against
    for line in (
        "Condition not met: stage IV (early).",
        "To be checked: adult.",
        "Drug was given before.",
        "KRAS speaks against.",
    ):
        assert line in against
    assert not [line for line in against if "by mouth" in line]


def test_the_order_is_that_of_the_rule() -> None:
    against = reports.match(therapy="Drugresisted", tier="II-D", direction=Direction.RESISTANCE)
    evidence = (
        elsewhere("Drugcase", "II-D"),
        elsewhere("Drugstudied"),
        elsewhere("Drugresisted"),
        elsewhere("Druglisted", level="guideline"),
        elsewhere("Drugapproved", level="approved"),
        elsewhere("Druglead"),
        against,
    )
    rows = (reports.prediction("Drugalone", 99), reports.prediction("Druglead", 96))
    expected = ["Drugapproved", "Druglisted", "Druglead", "Drugstudied", "Drugresisted", "Drugcase", "Drugalone"]
    assert list(listed(*evidence, rows=rows)) == expected
    assert list(listed(*reversed(evidence), rows=rows)) == expected


def test_a_prediction_alone_stands_with_rank_interval_gate_and_what_it_lacks() -> None:
    drug = listed(rows=(reports.prediction("Drugalone", 95),))["Drugalone"]
    (reason,) = drug.reasons
    assert "95\u00a0% of 52 skin lines (90\u00a0% interval 75 to 99)" in reason
    assert "passed the gate: r 0.39 within tissues" in reason
    assert (drug.best_tier, drug.percentile, drug.percentile_lower90) == ("", 95, 75)
    assert "No evidence in patients of any tumor type was matched: a prediction from cell lines alone." in drug.against


def test_predictions_that_are_behind_the_gate_wide_or_the_tissues_own_list_no_drug() -> None:
    wide = reports.prediction("Drugwide", 90).model_copy(update={"percentile_overall_lower90": 20.0})
    rows = (
        wide,
        reports.from_tissue("Drugtissue", 95, 0.3),
        reports.prediction("Druggate", 99, predictable=False),
        reports.prediction("Drugok", 80),
    )
    assert list(listed(rows=rows)) == ["Drugok"]
    found = listed(*(elsewhere(name) for name in ("Drugwide", "Drugtissue", "Druggate")), rows=rows)
    assert any(line.startswith("The model does not speak for it. Drugwide: ") for line in found["Drugwide"].against)
    assert any("points the other way" in line for line in found["Drugtissue"].against)
    assert (
        "Druggate: not predictable from mutations, so that the model says nothing of it." in found["Druggate"].against
    )
    assert found["Druggate"].percentile is None


def test_a_prediction_of_resistance_speaks_against_evidence() -> None:
    found = listed(elsewhere("Drugone"), rows=(reports.prediction("Drugone", 10),))["Drugone"]
    assert any(line.startswith("The model speaks against it. Drugone: ") for line in found.against)


def test_cautions_on_the_tumor_stand_beside_a_prediction() -> None:
    flags = (ApplicabilityFlag(name="unseen_tumor_type", level=FlagLevel.CAUTION, text="No line."),)
    report = with_predictions(reports.report(), reports.prediction("Drugalone", 95))
    assert report.response is not None
    report = report.model_copy(update={"response": report.response.model_copy(update={"flags": flags})})
    (drug,) = compose(report).repurposing.drugs
    assert "The model may not apply: unseen tumor type." in drug.against


def test_without_predictions_the_list_rests_on_evidence_alone() -> None:
    report = reports.report((reports.finding(1, "BRAF", (elsewhere("Drugone"),)),))
    report = with_predictions(report, reports.prediction("Drugone", 95), reports.prediction("Drugalone", 90))
    off = report.model_copy(update={"settings": ReportSettings(predictions=PredictionsShown.NONE)})
    (drug,) = compose(off).repurposing.drugs
    assert (drug.therapy, drug.percentile) == ("Drugone", None)
    assert "odel" not in " ".join((*drug.reasons, *drug.against))
    told = compose(off).repurposing.rule
    assert "predict" not in told
    assert "predict" in compose(report).repurposing.rule


def test_without_a_tumor_type_nothing_is_beyond_its_label() -> None:
    """What is approved for the patient's tumor would else stand as evidence in another."""
    found = elsewhere("Drugone")
    report = reports.report((reports.finding(1, "BRAF", (found,)),))
    unknown = TumorType(code=NOT_GIVEN, name="Not given")
    patient = report.patient.model_copy(update={"tumor_type": unknown})
    report = with_predictions(report.model_copy(update={"patient": patient}), reports.prediction("Drugalone", 95))
    told = compose(report).repurposing
    assert told.drugs == ()
    assert told.absent == "The tumor type is not given: nobody can tell which drugs lie beyond its label."


def test_a_failed_sample_names_no_drug() -> None:
    report = reports.report((reports.finding(1, "BRAF", (elsewhere("Drugone"),)),))
    found = compose(report.model_copy(update={"status": "failed", "failures": ("mixed up",)})).repurposing
    assert not found.drugs
    assert found.absent == "The sample failed its checks: no drug is named."


@MEDIA
def test_the_section_shows_every_reason_beside_research_use_and_the_first_page_none(medium: object) -> None:
    report = reports.report((reports.finding(1, "BRAF", (elsewhere("Drugelsewhere"),)),))
    report = compose(with_predictions(report, reports.prediction("Drugalone", 95)))
    page = render_html(report, medium)  # type: ignore[arg-type]
    section = bare(text(part(page, "repurposing")))
    for drug in report.repurposing.drugs:
        for line in (drug.therapy, *drug.reasons, *drug.against):
            assert bare(line) in section
    assert section.count(bare("research use only")) == len(report.repurposing.drugs)
    assert bare(report.repurposing.rule) in section
    assert bare("treated with whatever its alterations, such as chemotherapy, may be among them") in section
    assert "beyond the label" not in part(page, "summary")
    assert all(drug.reasons[0] not in text(part(page, "summary")) for drug in report.repurposing.drugs)


def bare(words: str) -> str:
    """A text without spaces, which stand around what is marked up."""
    return re.sub(r"\s+", "", words)
