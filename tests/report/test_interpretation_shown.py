"""What interpretation says is readable in the report, on the screen and on paper."""

from __future__ import annotations

import re

import pytest

from genomodel.core.biomarkers import Biomarkers, BurdenCall, GermlineReview, MutationalBurden, TrialSearch
from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, TherapyInteraction, TumorTypeMatch
from genomodel.core.patients import NOT_GIVEN, TumorType
from genomodel.core.report import PatientReport
from genomodel.core.review import ReviewDecision, ReviewMark
from genomodel.core.variants import AlleleCounts
from genomodel.interpretation.tiers import grade
from genomodel.report import words
from genomodel.report.cohort.row import cohort_row
from genomodel.report.medium import Medium
from genomodel.report.render import render_html
from genomodel.report.sections.claims import Condition, conditions, tables
from genomodel.report.sections.front import patient
from genomodel.report.sections.inherited import WITHHELD
from tests.interpretation.test_tier_rules import claim, tumor
from tests.report import reports
from tests.report.test_html import part, text, tree
from tests.report.told import STATUSES, answer, statement, told_report

MEDIA = pytest.mark.parametrize("medium", list(Medium))


def section(report: PatientReport, name: str, medium: Medium = Medium.SCREEN) -> str:
    return text(part(render_html(report, medium), name))


def with_interpretation(report: PatientReport, **changes: object) -> PatientReport:
    return report.model_copy(update={"interpretation": report.interpretation.model_copy(update=changes)})


def only(*matches: EvidenceMatch) -> PatientReport:
    return reports.report((reports.finding(1, "GENEA", matches),))


def without_conflict(match: EvidenceMatch) -> EvidenceMatch:
    return match.model_copy(update={"conflicts": ()})


@MEDIA
def test_each_condition_stands_under_how_it_stands_to_the_patient(medium: Medium) -> None:
    shown = section(told_report(), "evidence", medium)
    for label, status in (
        ("Not met now:", "not_met"),
        ("For the reader:", "for_reader"),
        ("Met:", "met"),
        ("As stated:", "fact"),
    ):
        assert f"{label} asks {status} (compared {status})" in shown
    assert "I-A only if: asks not_given (compared not_given); status not given" in shown


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_is_met_is_told_as_met(status: ConditionStatus) -> None:
    item = answer(status)
    [line] = conditions((item,), statement(conditions=(item,)))
    assert (line.how == "Met") == (line.status == "met") == (status is ConditionStatus.MET)


def test_a_claim_for_another_disease_depends_on_nothing_that_is_not_given() -> None:
    missing, wrong = answer(ConditionStatus.NOT_GIVEN), answer(ConditionStatus.NOT_MET, disease=True)
    elsewhere = statement(relation=TumorTypeMatch.OTHER, tier="II-C", conditions=(missing,))
    assert [line.how for line in conditions((missing,), elsewhere)] == ["Asked there"]
    both = statement(tier="II-C", conditions=(missing, wrong))
    labels = [line.how for line in conditions((missing, wrong), both)]
    assert labels == ["Asked there", "Not met, so that the claim is not about this tumor"]


def test_a_condition_that_nobody_held_against_the_patient_is_left_open() -> None:
    assert conditions(("adult",), statement()) == [Condition("Only if", "adult")]


def test_what_is_missing_is_said_once() -> None:
    item = answer(ConditionStatus.NOT_GIVEN).model_copy(update={"reason": "line of treatment not given"})
    assert conditions((item,), statement()) == [Condition("I-A only if", "asks not_given", "status not given")]


def test_statements_that_claim_the_same_are_one_row_with_all_their_sources() -> None:
    met, missing = answer(ConditionStatus.MET), answer(ConditionStatus.NOT_GIVEN)
    missing = missing.model_copy(update={"condition": met.condition})
    same = [statement(conditions=(met,), mark=f" {n}").model_copy(update={"ignored": ()}) for n in range(9)]
    other = statement(conditions=(missing,))
    for medium, folded, counted in ((Medium.SCREEN, 6, 6), (Medium.PRINT, 0, 7)):
        [table] = tables(only(*same, other).interpretation.findings[0], medium)["tables"]
        assert [row["conditions"][0].status for row in table["rows"]] == ["met", "open"]
        first = table["rows"][0]
        assert (len(first["more_sources"]), first["n_more"]) == (folded, counted)
        assert len(first["sources"]) == 9 - counted
    shown = section(only(*same, other), "evidence")
    assert all(f"somebase {n}: genea" in shown for n in range(9))
    assert "and 7 more statements: P1.html" in section(only(*same, other), "evidence", Medium.PRINT)


def test_claims_of_lower_tiers_are_folded_on_the_screen_where_there_are_many() -> None:
    many = [statement(therapy=f"Drug{n:03d}", tier="II-D") for n in range(40)]
    [table] = tables(only(*many, statement(therapy="Best")).interpretation.findings[0], Medium.SCREEN)["tables"]
    assert table["rows"][0]["therapy"] == "Best"
    assert len(table["rows"]) + len(table["folded"]) == 41
    assert table["folded_title"] == "29 further claims: II-D 29"
    shown = section(only(*many), "evidence")
    assert all(f"Drug{n:03d}" in shown for n in range(40))


@pytest.mark.parametrize("medium", list(Medium))
def test_what_speaks_against_a_therapy_is_not_folded_or_left_out_unsaid(medium: Medium) -> None:
    many = [statement(therapy=f"Drug{n:03d}", tier="II-C") for n in range(medium.max_statements + 2)]
    against = [statement(therapy=f"Bad{n}", tier="II-D", direction=Direction.RESISTANCE) for n in range(5)]
    outcome = statement(EvidenceType.PROGNOSTIC, Direction.POOR_OUTCOME, tier="II-D")
    shown = section(only(*many, *against, outcome), "evidence", medium)
    assert "8 further claims (2 of them against a therapy) not shown here" in shown
    for kept in ("Bad0", "Bad2", "A poor outcome in Melanoma", "Drug000"):
        assert kept in shown
    if medium is Medium.SCREEN:
        few = section(only(*many[:30], against[0]), "evidence", medium)
        assert "19 further claims: II-C 18, II-D 1 (1 of them against a therapy)" in few


def test_claims_of_tier_one_are_never_folded() -> None:
    best = [statement(therapy=f"Best{n:03d}") for n in range(20)]
    less = [statement(therapy=f"Less{n:03d}", tier="II-D") for n in range(9)]
    [table] = tables(only(*less, *best).interpretation.findings[0], Medium.SCREEN)["tables"]
    assert [row["tier"] for row in table["rows"]] == ["I-A"] * 20
    assert len(table["folded"]) == 9


def test_a_reviewed_finding_shows_the_computed_tier_beside_the_reviewers() -> None:
    mark = ReviewMark(
        decision=ReviewDecision.INCLUDE, computed_tier="I-A", tier="II-C", comment="one case", person="ada", time="x"
    )
    lowered = statement(tier="II-C").model_copy(update={"computed_tier": "I-A"})
    found = only(lowered).interpretation.findings[0]
    found = found.model_copy(update={"reviewed": mark, "evidence_set_aside": (statement(therapy="Drugaside"),)})
    for medium in Medium:
        shown = section(reports.report((found,)), "evidence", medium)
        assert "Reviewed by ada: tier II-C, computed I-A. \u201cone case\u201d" in shown
        assert "1 claim set aside by this tier: I-A Drugaside (sensitivity)" in shown
        assert "computed I-A, before review" in shown
    confirmed = found.model_copy(update={"reviewed": mark.model_copy(update={"tier": ""})})
    assert "computed tier I-A confirmed" in section(reports.report((confirmed,)), "evidence")


@MEDIA
def test_a_statement_tells_base_level_match_escat_conflicts_and_source(medium: Medium) -> None:
    shown = section(told_report(), "evidence", medium)
    assert "matched on allele, by protein; not compared: coordinates of another build" in shown
    assert "ESCAT I suggested, for expert review" in shown
    assert "Conflict: GENEB speaks against Drugone" in shown
    assert "EX:1; somebase: genea-drugone-sensitivity; level B; approved 2019-03-04" in shown
    assert ("Why I-A Stated for melanoma." in shown) == (medium is Medium.SCREEN)


@MEDIA
def test_statements_on_diagnosis_and_outcome_stand_apart_and_name_no_therapy(medium: Medium) -> None:
    html = part(render_html(told_report(), medium), "evidence")
    found = re.findall(r"<h4>(.*?)</h4>.*?<table(.*?)</table>", html, re.DOTALL)
    assert [title.partition(":")[0] for title, _ in found] == ["Therapies", "Diagnosis", "Outcome"]
    therapies, diagnosis, outcome = (table for _, table in found)
    assert "Drugone" in therapies
    assert "The diagnosis of Melanoma" in diagnosis
    assert "A poor outcome in Melanoma" in outcome
    for table in (diagnosis, outcome):
        assert "Drug" not in table.replace("speaks against Drugone", "").replace("genea-drug", "")
        assert "▲" not in table
        assert "Therapy" not in table
    lines = reports.front_lines(told_report())
    assert "Drugnine" not in lines["Evidence"]
    said = "GENEA p.V600E for the diagnosis of Melanoma (I-B), a poor outcome in Melanoma (II-C)."
    assert lines["Diagnosis, outcome"] == said


@pytest.mark.parametrize(
    ("interaction", "said"),
    [
        (TherapyInteraction.SUBSTITUTES, "any one of them"),
        (TherapyInteraction.SEQUENTIAL, "one after the other"),
        (None, "the source does not say how they belong together"),
        (TherapyInteraction.COMBINATION, ""),
    ],
)
def test_it_is_told_how_several_drugs_belong_together(interaction: TherapyInteraction | None, said: str) -> None:
    base = statement()
    changed = base.evidence.model_copy(update={"therapies": ("one", "two"), "interaction": interaction})
    found = reports.finding(1, "GENEA", (base.model_copy(update={"evidence": changed}),))
    row = tables(found, Medium.SCREEN)["tables"][0]["rows"][0]
    assert row["together"] == said


def test_many_statements_are_cut_at_the_end_and_counted() -> None:
    many = [statement(therapy=f"Drug{n:03d}", tier="II-D") for n in range(Medium.PRINT.max_statements)]
    shown = section(only(*many, statement(therapy="Best", tier="I-A")), "evidence", Medium.PRINT)
    assert "Best" in shown
    assert "1 further claims not shown here: see P1.html or, complete, P1.json." in shown


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ((ConditionStatus.NOT_MET, ConditionStatus.NOT_GIVEN), "Drugone [condition not met]"),
        ((ConditionStatus.NOT_GIVEN, ConditionStatus.MET), "Drugone [condition open]"),
        ((ConditionStatus.MET, ConditionStatus.FACT), "Drugone)"),
    ],
)
def test_the_first_page_says_where_a_claim_does_not_hold_as_it_stands(
    statuses: tuple[ConditionStatus, ...], said: str
) -> None:
    asked = without_conflict(statement(conditions=tuple(answer(status) for status in statuses)))
    study = without_conflict(statement())
    for report in (only(asked), only(study, asked)):
        line = reports.front_lines(report)["Evidence"]
        assert f"(I-A: {said}" in line
        finding = cohort_row(report).findings[0].text
        assert finding.endswith({"]": f"({said[:-1].replace('Drugone [', 'I-A, ')})", ")": "(I-A)"}[said[-1]])


def test_what_is_not_known_makes_no_difference_to_a_claim_for_another_tumor_type() -> None:
    missing, wrong = answer(ConditionStatus.NOT_GIVEN), answer(ConditionStatus.NOT_MET)
    for asked, said in (
        ((missing,), "(II-C, another tumor type: Drugone)"),
        ((missing, wrong), "[condition not met]"),
    ):
        report = only(without_conflict(statement(relation=TumorTypeMatch.OTHER, tier="II-C", conditions=asked)))
        assert said in reports.front_lines(report)["Evidence"]


def test_the_first_page_says_which_therapies_are_for_another_tumor_type() -> None:
    other = without_conflict(statement(relation=TumorTypeMatch.OTHER, tier="II-C", therapy="Elsewhere"))
    here = without_conflict(statement(tier="II-C", therapy="Here"))
    line = reports.front_lines(only(other, here))["Evidence"]
    assert "Elsewhere [another tumor type]" in line
    assert "Here [" not in line
    assert cohort_row(only(other)).findings[0].text == "GENEA p.V600E (II-C, another tumor type)"
    assert cohort_row(only(other, statement(tier="II-C"))).findings[0].doubt == ""
    speaks = other.evidence.model_copy(update={"direction": Direction.RESISTANCE})
    against = other.model_copy(update={"evidence": speaks})
    assert "Elsewhere (II-C, another tumor type)" in reports.front_lines(only(against))["Resistance"]


@pytest.mark.parametrize(
    ("code", "types", "excluded", "said"),
    [
        ("LUAD", ("ASTR",), (), "another tumor type"),
        ("blank", ("ASTR",), (), "the tumor type is not given"),
        ("DIFG", ("ASTR",), (), "not told whether this tumor is of it"),
        ("OTHER", (), (), "not told whether this tumor is of it"),
        ("BOWEL", (), ("COAD",), "not told whether this tumor is of it"),
        ("ASTR", ("DIFG",), (), "this tumor type"),
    ],
)
def test_a_tumor_of_which_no_type_or_no_subtype_is_told_is_not_called_of_another(
    code: str, types: tuple[str, ...], excluded: tuple[str, ...], said: str
) -> None:
    rule = claim(scope="listed" if types else "solid", excluded=excluded, tumor_types=types, tumor_type_text="Kind")
    graded = grade(rule, tumor(code), "allele")
    assert graded is not None
    assert words.tumor_type_match(graded) == f"Kind ({said})"


def test_one_claim_that_holds_is_enough() -> None:
    holds = without_conflict(statement(conditions=(answer(ConditionStatus.MET),)))
    fails = without_conflict(statement(conditions=(answer(ConditionStatus.NOT_MET),)))
    assert "(I-A: Drugone)" in reports.front_lines(only(fails, holds))["Evidence"]


@pytest.mark.parametrize("direction", [Direction.REDUCED_SENSITIVITY, Direction.ADVERSE_RESPONSE])
def test_what_speaks_against_a_therapy_reaches_the_summary_and_the_cohort(direction: Direction) -> None:
    report = only(statement(direction=direction))
    assert "against Drugone (I-A)" in reports.front_lines(report)["Resistance"]
    assert cohort_row(report).findings[0].resistance_tier == "I-A"
    assert cohort_row(report).findings[0].tier is None


@MEDIA
def test_oncogenicity_tells_class_points_and_codes_with_reasons(medium: Medium) -> None:
    shown = section(told_report(), "evidence", medium)
    assert "Oncogenicity: likely oncogenic , +7 points (ClinGen/CGC/VICC 2022)" in shown
    assert "O0 +7 key met: rests on met [source of met]" in shown
    if medium is Medium.SCREEN:
        assert "4 other codes, not evaluated: O4" in shown
        for title, state in (("Not met", "not_met"), ("Met, but excluded", "excluded"), ("Not eval", "not_evaluated")):
            assert re.search(rf"{title}.*rests on {state} \[source of {state}\]", shown)
    else:
        assert "Not evaluated, source absent: O4." in shown
    assert "Other allele: biallelic, moderate certainty: Lost by copy number." in shown
    found = section(told_report(), "findings", medium)
    assert "III GENEC p.V600E" in found
    assert "Oncogenicity: likely oncogenic , +7 points" in found


@MEDIA
def test_other_variants_have_tier_and_class_and_tier_iv_is_counted(medium: Medium) -> None:
    shown = section(told_report(), "variants", medium)
    assert "1 of tier III, of unknown meaning; 2 of tier IV, benign or likely benign" in shown
    assert shown.count("likely oncogenic, +7 points") == 3
    assert ("rests on met" in shown) == (medium is Medium.SCREEN)
    assert "O0 +7; 1 of 5 not evaluated" in shown


@MEDIA
def test_markers_tell_value_interval_denominator_rule_and_cutoff(medium: Medium) -> None:
    shown = section(told_report(), "biomarkers", medium)
    for said in (
        "High. Foreign DNA none.",
        "24 per Mb, 95 % interval 17.3 to 32.4",
        "42 mutations",
        "1.75 Mb: refGene inside the BED",
        "coding substitutions",
        "10 per Mb: an assay",
        "SBS7a 62 % 51 % to 70 % sunlight",
        "812 substitutions; nothing is fitted below 200",
        "cosine similarity 0.973",
        "COSMIC",
        "Deficient. Methylation not seen.",
        "both alleles of BRCA2",
        "Signature SBS3 alone is no basis.",
    ):
        assert said in shown
    line = reports.front_lines(told_report())["Markers"]
    assert "burden high (24 per Mb, 95\u00a0% interval 17.3 to 32.4)" in line
    assert "homologous recombination deficient (both alleles of BRCA2)" in line


@MEDIA
def test_markers_that_nobody_looked_at_or_that_have_no_answer_are_no_negative(medium: Medium) -> None:
    assert section(reports.empty_report(), "biomarkers", medium).count("Not looked at: the step did not run") == 3
    silent = MutationalBurden(call=BurdenCall.NOT_ASSESSABLE, reason="less than 1 Mb was read")
    report = with_interpretation(reports.empty_report(), biomarkers=Biomarkers(burden=silent))
    shown = section(report, "biomarkers", medium)
    assert "Not assessable. Less than 1 Mb was read." in shown
    assert "Value" not in shown
    assert "Markers" not in reports.front_lines(report)


@MEDIA
def test_flags_of_inherited_variants_stand_with_consent_and_policy(medium: Medium) -> None:
    shown = section(told_report(), "germline", medium)
    for said in ("given: inherited variants are shown", "GENED p.E1*", "Truncates.", "a list", "no results"):
        assert said in shown
    assert "GENED p.E1*" in reports.front_lines(told_report())["Inherited"]
    assert "GENED p.E1*" in cohort_row(told_report()).inherited


@MEDIA
def test_nothing_of_a_flag_is_shown_where_consent_was_withheld(medium: Medium) -> None:
    report = told_report(consent=False)
    page = render_html(report, medium)
    assert "GENED" not in page
    assert "withheld" in section(report, "germline", medium)
    assert WITHHELD in section(report, "set-aside", medium)
    assert reports.front_lines(report)["Inherited"] == WITHHELD
    assert "GENED" not in cohort_row(report).to_json()
    assert cohort_row(report).inherited == WITHHELD


@MEDIA
def test_where_consent_was_withheld_no_negative_covers_inherited_variants(medium: Medium) -> None:
    report = with_interpretation(reports.empty_report(), germline=GermlineReview(consent=False, reason="refused"))
    assert WITHHELD in section(report, "evidence", medium)
    shown = section(report, "set-aside", medium)
    assert "No germline" not in shown
    assert "No filtered allele of this input matches" in shown
    assert "withheld for want of consent" in section(report, "limitations", medium)
    assert WITHHELD not in text(render_html(reports.empty_report(), medium))


def test_a_review_without_flags_is_no_negative_and_one_that_did_not_run_says_so() -> None:
    assert "Inherited variants were not reviewed." in section(reports.empty_report(), "germline")
    reviewed = with_interpretation(reports.empty_report(), germline=GermlineReview(reason="consent is blank"))
    assert "No variant is flagged, which is no negative germline result." in section(reviewed, "germline")


@MEDIA
def test_trials_are_those_of_the_list_or_were_not_searched(medium: Medium) -> None:
    shown = section(told_report(), "trials", medium)
    for said in ("NCT1", "A trial", "open", "GENEA", "list.tsv, asked on 2026-11-01"):
        assert said in shown
    assert "Not searched: no source of trials is configured." in section(reports.empty_report(), "trials", medium)
    none = TrialSearch(searched=True, source="x", reason="none of the 3 trials of the list takes this tumor")
    empty = with_interpretation(reports.empty_report(), trials=none)
    assert "None of the 3 trials of the list takes this tumor." in section(empty, "trials", medium)


def test_the_account_tells_tiers_that_add_up_to_the_alleles() -> None:
    shown = section(told_report(), "records")
    assert "Finding 2 2 I-A 1, III 1" in shown
    assert "Filtered 3 3 without tier 3" in shown
    assert "All 5 5 I-A 1, III 1, without tier 3" in shown
    assert re.search(r"BRAF Finding I-A reason 1", shown)


def test_the_head_gives_clinical_facts_and_names_those_that_are_not_given() -> None:
    facts = dict(patient(told_report(), Medium.SCREEN)["facts"])
    assert facts["Receptor status"] == "HER2 low"
    assert facts["Line of treatment"] == "2"
    assert facts["Stage"] == "stage iv"
    assert facts["Given before"] == "none"
    assert facts["Clinical facts not given"] == "age"
    assert facts["Score of genomic scars"] == "42 (someassay)"
    assert facts["Consent to inherited variants"].startswith("given")
    blank = dict(patient(reports.typical_report(), Medium.SCREEN)["facts"])
    assert blank["Clinical facts"] == "not given"
    assert "Line of treatment" not in blank


def test_a_tumor_type_that_is_not_given_is_said_beside_the_evidence() -> None:
    said = "The tumor type is not given: no statement is graded above II-C"
    report = told_report()
    unknown = report.patient.model_copy(update={"tumor_type": TumorType(code=NOT_GIVEN, name="not given")})
    assert said in section(report.model_copy(update={"patient": unknown}), "evidence")
    assert said not in section(report, "evidence")


@MEDIA
@pytest.mark.parametrize("consent", [True, False, None])
def test_hostile_strings_stay_text_in_all_that_interpretation_says(medium: Medium, consent: bool | None) -> None:
    html = render_html(told_report(reports.HOSTILE, consent=consent), medium)
    root = tree(html)
    assert [element for element in root.iter() if element.tag in {"img", "script"}] == []
    assert not any(value.startswith("javascript:") for a in root.iter("a") for value in a.attrib.values())
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_the_cohort_page_counts_tiers_and_names_markers() -> None:
    row = cohort_row(told_report())
    assert (row.uncertain, row.benign) == (1, 2)
    assert row.markers[0].startswith("mutational burden high")
    assert row.findings[0].other_tier == "I-B"
    assert all(
        match.evidence.evidence_type in EvidenceType for match in told_report().interpretation.findings[0].evidence
    )


@MEDIA
def test_a_list_that_is_cut_begins_with_genes_that_drive_cancers(medium: Medium) -> None:
    report = told_report()
    first = report.interpretation.other_variants[0]
    plain = first.model_copy(update={"driver_role": None, "oncogenicity": None, "tier_without_evidence": "III"})
    driver = plain.model_copy(update={"driver_role": "loss of function"})
    assert driver.variant is not None
    assert driver.variant.consequence is not None
    consequence = driver.variant.consequence.model_copy(update={"gene": "LASTOFALL"})
    driver = driver.model_copy(update={"variant": driver.variant.model_copy(update={"consequence": consequence})})
    many = (*[plain] * medium.max_variants, driver)
    listed = report.interpretation.model_copy(update={"other_variants": many})
    shown = section(report.model_copy(update={"interpretation": listed}), "variants", medium)
    assert "LASTOFALL" in shown
    assert "Those in genes that are known to drive cancers come first." in shown


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        (AlleleCounts(), "allele fraction not given ; normal:"),
        (AlleleCounts(allele_fraction=0.0), "0 % (reads not given) by the input, which contradicts this call"),
        (AlleleCounts(depth=80, alt_reads=0), "0 % (0 of 80 reads) by the input, which contradicts this call"),
    ],
)
def test_a_call_without_reads_or_at_zero_says_so(counts: AlleleCounts, shown: str) -> None:
    found = reports.finding(1, "GENEA", (reports.match("Drugone"),))
    assert found.variant is not None
    bare = found.model_copy(update={"variant": found.variant.model_copy(update={"tumor": counts})})
    assert shown in section(reports.report((bare,)), "evidence")
