"""What leads on the first page, and that a therapy is never named there without what speaks against it."""

from __future__ import annotations

from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, TumorTypeMatch
from genomodel.core.report import PatientReport
from genomodel.report.compose import compose
from genomodel.report.front_page import SUMMARY_LINES
from genomodel.report.page_room import PAGE_WIDTH, lines
from genomodel.report.sections.looked_for import _with_events
from tests.report import reports
from tests.report.told import answer, statement

OPEN, NOT_MET = answer(ConditionStatus.NOT_GIVEN), answer(ConditionStatus.NOT_MET)


def only(*matches: EvidenceMatch) -> PatientReport:
    return compose(reports.report((reports.finding(1, "GENEA", matches),)))


def said(*conditions: ConditionAnswer, therapy: str, tier: str = "I-A", conflicts: bool = False) -> EvidenceMatch:
    found = statement(therapy=therapy, tier=tier, conditions=conditions)
    return found if conflicts else found.model_copy(update={"conflicts": ()})


def test_a_therapy_whose_conditions_are_not_met_leads_neither_the_summary_nor_the_table() -> None:
    report = only(said(NOT_MET, therapy="Early"), said(OPEN, therapy="Now", tier="I-B"))
    assert "(I-B: Now [condition open])" in reports.front_lines(report)["Evidence"]
    row = report.front.rows[0]
    assert (row.therapy, row.tier) == ("Now", "I-B")
    assert row.also == "also Early (I-A, condition not met)"


def test_a_therapy_whose_conditions_are_not_met_still_comes_before_the_next_tier() -> None:
    report = only(said(NOT_MET, therapy="Early"), said(therapy="Late", tier="II-C"))
    assert [row.therapy for row in report.front.rows] == ["Early"]
    assert "Early [condition not met]" in reports.front_lines(report)["Evidence"]


def test_within_a_tier_those_that_hold_come_first_and_conflicts_are_named() -> None:
    report = only(
        said(NOT_MET, therapy="Early"),
        said(therapy="Doubted", conflicts=True),
        said(therapy="Clear"),
    )
    line = reports.front_lines(report)["Evidence"]
    assert "(I-A: Clear, Doubted [conflict]; 1 with a condition not met)" in line
    assert report.front.rows[0].therapy == "Clear"
    assert "Doubted (I-A, conflict)" in report.front.rows[0].also


def test_what_is_open_for_all_therapies_of_a_tier_is_said_once() -> None:
    line = reports.front_lines(only(said(OPEN, therapy="One"), said(OPEN, therapy="Two")))["Evidence"]
    assert "(I-A, condition open: One, Two)" in line


def test_a_page_with_room_names_every_condition_and_the_age_last() -> None:
    given = ("adult", "metastatic disease", "first-line treatment", "biomarker found by an FDA-approved test")
    conditions = tuple(ConditionAnswer(condition=text, status=ConditionStatus.NOT_GIVEN) for text in given)
    row = only(said(*conditions, therapy="One")).front.rows[0]
    assert row.standing == f"Only if: {'; '.join([*given[1:], given[0]])}"


def test_the_summary_takes_five_printed_lines_where_therapies_can_be_counted() -> None:
    many = [
        reports.finding(
            number, f"GENE{number}", tuple(said(OPEN, therapy=f"{'Long' * 8} {n}{number}") for n in range(6))
        )
        for number in range(1, 9)
    ]
    told = compose(reports.report(tuple(many))).front.summary
    assert sum(lines(f"{line.topic}, p. 00: {line.text}", PAGE_WIDTH) for line in told) <= SUMMARY_LINES


def test_a_caution_names_the_therapy_that_it_is_about() -> None:
    doubted = said(therapy="Doubted").model_copy(update={"cautions": ("it was listed before",)})
    check = {line.topic: line.text for line in only(doubted, said(therapy="Clear")).front.check}
    assert check["Caution"] == "GENEA p.V600E, Doubted: It was listed before."


def test_a_claim_on_any_tumor_says_what_it_was_stated_for() -> None:
    found = statement(relation=TumorTypeMatch.AGNOSTIC)
    report = only(found.model_copy(update={"conflicts": ()}))
    assert report.front.rows[0].standing == "Stated for: Melanoma."


def test_a_number_that_only_programs_read_is_left_to_the_section() -> None:
    found = said(therapy="One")
    long = found.evidence.model_copy(update={"source_id": "DailyMed:e0fa4bca-f245-4d92-ae29-b0c630a315c2"})
    row = only(found.model_copy(update={"evidence": long})).front.rows[0]
    assert row.source == "Prescribing information, 2020"


def test_a_locus_of_events_is_named_without_saying_the_event_twice() -> None:
    assert _with_events("EGFR exon 19 deletion", "deletions of 9 to 24 bases") == (
        "EGFR exon 19 deletions of 9 to 24 bases"
    )
    assert _with_events("KRAS", "G12, Q61") == "KRAS G12, Q61"


def test_claims_on_diagnosis_and_outcome_are_named_by_kind_where_their_words_are_too_many() -> None:
    told = statement(EvidenceType.PROGNOSTIC, Direction.POOR_OUTCOME, therapy="", tier="II-C")
    many = [reports.finding(n, f"GENE{n}", (told,)) for n in range(1, 16)]
    line = reports.front_lines(compose(reports.report(tuple(many))))["Diagnosis, outcome"]
    assert line == "GENE1 p.V600E: prognosis (II-C); and 14 more alterations, see Evidence."
