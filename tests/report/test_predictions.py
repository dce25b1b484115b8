"""What the predictions section says: the gate, the lines behind an alteration, and ranks that are the tissue's."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from genomodel.core.findings import Direction
from genomodel.core.predictions import AlterationSupport, Contribution, CoverageShare, SelectedCoverage
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.cohort.row import cohort_row
from genomodel.report.compose import compose
from genomodel.report.medium import Medium
from genomodel.report.prediction_words import selected_coverage_in_short
from genomodel.report.render import render_html
from genomodel.report.sections.predictions import rank_source, support_text
from tests.report import reports
from tests.report.test_html import MEDIA, part, text


def cards(report: PatientReport, medium: Medium = Medium.SCREEN) -> list[str]:
    """What stands in the list of the highest predictions, one text for each."""
    section = part(render_html(report, medium), "predictions")
    found = re.findall(r'<li class="prediction[^"]*">(.*?)</li>', section, re.DOTALL)
    return [text(f"<li>{card}</li>") for card in found]


BORROWED = AlterationSupport(
    label="BRAF p.V600E", known_as="a hotspot change of EGFR", n_lines=15, n_lines_tissue=3, lines=("A", "B")
)


@MEDIA
def test_lines_are_never_said_to_have_a_change_that_the_model_knows_as_another(medium: Medium) -> None:
    response = reports.response(1, 0).model_copy(update={"support": (BORROWED,)})
    report = reports.typical_report().model_copy(update={"response": response})
    section = text(part(render_html(report, medium), "predictions"))
    assert "BRAF p.V600E \u22121.80 (15 lines with a hotspot change of EGFR)" in section
    assert (
        "BRAF p.V600E: the model does not know this change by itself; 15 screened lines have a hotspot change of EGFR, "
        "3 of them skin: A, B and 13 more."
    ) in section
    assert "(15 lines)" not in section
    legend = section.partition("Behind each:")[2].partition(".")[0]
    assert "where the model does not know it by itself, with what is named there" in legend
    assert "where the model does not know it by itself, this is said" in section


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "1 screened line has a hotspot change of EGFR: A and 0 more"), (0, "no screened line has a hotspot change")],
)
def test_few_lines_with_another_change_in_words(n: int, said: str) -> None:
    entry = BORROWED.model_copy(update={"n_lines": n, "lines": ("A",)[:n]})
    assert said.replace(" and 0 more", "") in support_text(entry, "")


NOT_SEEN = Contribution(feature="BRAF", label="BRAF not assayed, as usual in the tissue", ln_ic50=-0.9)
FOUND = Contribution(feature="NF1", label="NF1 p.R440*", ln_ic50=-0.4)


@pytest.mark.parametrize(
    ("shift", "contributions", "said"),
    [
        (0.0, (), "the rank comes from the tissue: nothing found in this tumor adds to it"),
        (0.04, (), "the rank comes from the tissue: nothing found in this tumor adds to it"),
        (-0.04, (), "the rank comes from the tissue: what was found in this tumor adds next to nothing to it"),
        (0.3, (), "the rank comes from the tissue: what was found in this tumor points the other way"),
        (0.0, (NOT_SEEN,), "the rank comes from the tissue: nothing found in this tumor adds to it"),
        (
            0.0,
            (FOUND, NOT_SEEN.model_copy(update={"ln_ic50": 0.5})),
            "the rank comes from the tissue: what was not observed outweighs what was found in this tumor",
        ),
    ],
)
def test_a_rank_to_which_nothing_found_adds_is_said_to_come_from_the_tissue(
    shift: float, contributions: tuple[Contribution, ...], said: str
) -> None:
    alone = reports.from_tissue("Drugone", 95, shift, contributions)
    rows = (alone, reports.prediction("Drugtwo", 90))
    report = reports.typical_report()
    several = report.model_copy(update={"response": reports.response().model_copy(update={"predictions": rows})})
    one, other = cards(several)
    assert words.sentence(said) in one
    assert "he rank comes" not in other
    assert [row.drug for row in reports.front_predictions(several).rows] == ["Drugtwo"]
    single = report.model_copy(update={"response": reports.response().model_copy(update={"predictions": rows[:1]})})
    shown = reports.front_predictions(single)
    assert shown.nothing.startswith("No drug stands out")
    assert shown.rows == ()


def test_a_drug_to_which_an_alteration_adds_has_its_rank_from_the_tumor() -> None:
    assert rank_source(reports.from_tissue("Drugone", 95, -0.4)) == ""
    assert rank_source(reports.from_tissue("Drugone", 95, 0.0, (FOUND, NOT_SEEN))) == ""


def test_a_rank_is_not_put_down_to_a_tissue_that_was_not_screened() -> None:
    said = rank_source(reports.from_tissue("Drugone", 95, 0.0), "")
    assert said == "the rank is that of an average line: nothing found in this tumor adds to it"


def test_a_further_drug_whose_rank_comes_from_the_tissue_is_marked_too() -> None:
    first = tuple(reports.prediction(f"Drug{index}", 99 - index) for index in range(10))
    rows = (*first, reports.from_tissue("Drugone", 60, 0.0))
    report = reports.typical_report().model_copy(
        update={"response": reports.response().model_copy(update={"predictions": rows})}
    )
    further = text(render_html(report)).partition("further predictable drug")[2]
    assert "The rank comes from the tissue: nothing found in this tumor adds to it." in further


@pytest.mark.parametrize(
    ("screened", "therapy", "direction", "note"),
    [
        ("AZD5363", "Capivasertib + Fulvestrant", Direction.SENSITIVITY, "Curated evidence above speaks of this drug"),
        ("Venotoclax", "Venclexta", Direction.RESISTANCE, "Conflict: curated evidence above says resistance"),
        ("Rapamycin", "Temsirolimus", Direction.SENSITIVITY, ""),
        ("PLX-4720", "Vemurafenib", Direction.RESISTANCE, "to Vemurafenib, with the same target (BRAF); the evidence"),
        ("Cetuximab", "Cetuximab sarotalocan", Direction.RESISTANCE, ""),
        ("Cisplatin", "Trametinib", Direction.RESISTANCE, ""),
        ("Afatinib", "EGFR TKI", Direction.RESISTANCE, "to EGFR TKI, which this drug belongs to (EGFR TKI); the"),
        ("Gefitinib", "Erlotinib", Direction.RESISTANCE, "to Erlotinib, of the same class (EGFR TKI); the evidence"),
        ("Gefitinib", "Erlotinib", Direction.SENSITIVITY, ""),
    ],
)
def test_model_and_evidence_speak_of_the_same_drug_by_whatever_name(
    screened: str, therapy: str, direction: Direction, note: str
) -> None:
    evidence = (reports.match(therapy=therapy, direction=direction),)
    report = reports.report((reports.finding(1, "BRAF", evidence),))
    response = reports.response().model_copy(update={"predictions": (reports.prediction(screened, 90),)})
    section = text(part(render_html(report.model_copy(update={"response": response})), "predictions"))
    said = [words for words in ("Curated evidence above speaks", "Conflict: curated evidence") if words in section]
    assert len(said) == bool(note)
    assert note in section


@MEDIA
def test_drugs_behind_the_gate_get_no_number(medium: Medium) -> None:
    section = part(render_html(reports.typical_report(), medium), "predictions")
    assert "Silent" not in "".join(re.findall(r"<tr.*?</tr>", section, re.DOTALL))
    told = text(section).partition("ot predictable from mutations")[2]
    names = ", ".join(f"Silent{index:02d}" for index in range(20))
    assert names in told
    assert set(re.findall(r"\d+", told.replace(names, ""))) <= {"20"}


def test_a_report_written_as_json_holds_no_number_of_a_drug_behind_the_gate() -> None:
    whole = reports.response(3, 2)
    plain = json.loads(whole.gated().to_json())
    assert [row["drug"] for row in plain["predictions"]] == ["Drug00", "Drug01", "Drug02"]
    assert [row["drug"] for row in plain["not_predictable"]] == ["Silent00", "Silent01"]
    for row in plain["not_predictable"]:
        assert set(row) == {"drug", "screen", "targets", "pathway", "approval", "accuracy"}
    assert whole.gated().gated() == whole.gated()


def test_a_tumor_with_no_predictable_drug_is_told_so_without_a_number() -> None:
    report = reports.typical_report().model_copy(update={"response": reports.response(0, 3)})
    section = text(part(render_html(report), "predictions"))
    assert "No drug is predictable from mutations; no number is shown." in section
    assert reports.front_predictions(report).nothing.startswith("No drug is predictable from the mutations")


@MEDIA
def test_lines_behind_a_contribution_are_counted_beside_it_and_named_below(medium: Medium) -> None:
    section = text(part(render_html(reports.typical_report(), medium), "predictions"))
    first = cards(reports.typical_report(), medium)[0]
    assert "BRAF p.V600E \u22121.80 (52 lines)" in first
    assert "fusions not assayed, as usual in the tissue \u22120.60 TP53 p.R175H +0.20 (28 lines)" in first
    named = "BRAF p.V600E: 52 screened lines, 37 of them skin: A101D, A2058, A375, C32, CHL-1 and 47 more."
    assert section.count(named) == 1
    assert "TP53 p.R175H: 28 screened lines, none of this tissue: AU565, CAL-33 and 26 more." in section
    assert "CDKN2A deep deletion:" not in section


def test_an_alteration_that_no_line_has_is_said_to_have_none() -> None:
    bare = AlterationSupport(label="BRAF p.V600E", n_lines=0, n_lines_tissue=0)
    response = reports.response(1, 0).model_copy(update={"support": (bare,)})
    section = text(render_html(reports.typical_report().model_copy(update={"response": response})))
    assert "BRAF p.V600E \u22121.80 (no line)" in section
    assert "BRAF p.V600E: no screened line has it." in section


@pytest.mark.parametrize(
    ("n", "here", "tissue", "said"),
    [
        (1, 1, "skin", "1 screened line, skin: A"),
        (1, 0, "skin", "1 screened line, none of this tissue: A"),
        (1200, 1100, "skin", "1,200 screened lines, 1,100 of them skin: A and 1,199 more"),
        (2, 0, "", "2 screened lines: A and 1 more"),
    ],
)
def test_support_in_words(n: int, here: int, tissue: str, said: str) -> None:
    assert support_text(AlterationSupport(label="X", n_lines=n, n_lines_tissue=here, lines=("A",)), tissue) == said


def test_a_tissue_that_was_not_screened_is_not_told_of_every_alteration() -> None:
    alone = reports.prediction("Drugone", 90, tissue=False).model_copy(update={"n_lines_tissue": 0})
    response = reports.response().model_copy(
        update={"predictions": (alone,), "tissue": "not among the screened tissues"}
    )
    section = text(render_html(reports.typical_report().model_copy(update={"response": response})))
    assert "BRAF p.V600E: 52 screened lines: A101D" in section


@pytest.mark.parametrize(("share", "said"), [(0.7371, "74 %"), (0.5, "50 %")])
def test_coverage_of_strong_responses_is_that_of_the_model(share: float, said: str) -> None:
    response = reports.response().model_copy(update={"sensitive_coverage": share})
    section = text(part(render_html(reports.typical_report().model_copy(update={"response": response})), "predictions"))
    sentence = re.search(
        r"Of the held-out pairs of line and drug with a truly strong response.*?its interval\.", section
    )
    assert sentence is not None
    assert f"the 90 % intervals held {said}:" in sentence[0]


def test_nothing_is_said_of_strong_responses_where_they_were_not_measured() -> None:
    response = reports.response().model_copy(update={"sensitive_coverage": None})
    page = text(render_html(reports.typical_report().model_copy(update={"response": response})))
    assert "truly strong response" not in page


def test_how_contributions_were_found_is_said_beside_them() -> None:
    section = text(part(render_html(reports.typical_report()), "predictions"))
    assert "exact for the linear part of the model and integrated gradients for its Gaussian part" in section
    assert "for the same tissue without alterations" in section


def test_wide_interval_is_called_uninformative_and_a_conflict_is_named() -> None:
    wide = reports.prediction("Drugfour", 90).model_copy(
        update={"percentile_overall_lower90": 20.0, "percentile_overall_upper90": 99.0}
    )
    report = reports.typical_report()
    response = reports.response().model_copy(update={"predictions": (wide,)})
    shown = text(part(render_html(report.model_copy(update={"response": response})), "predictions"))
    assert "and than 90 % of 925 lines of all tissues (20 to 99: not informative)." in shown
    assert "Conflict: curated evidence above says resistance" in shown


def test_summary_names_predictions_with_their_interval_and_none_whose_interval_says_nothing() -> None:
    report = reports.typical_report()
    first = reports.front_predictions(report).rows
    assert [row.drug for row in first] == ["Drug00", "Drug01", "Drug02"]
    assert all("(90\u00a0% interval" in row.standing and row.gate for row in first)
    rows = [
        reports.prediction(f"Drug{index}", 90).model_copy(update={"percentile_overall_lower90": lower})
        for index, lower in enumerate((20.0, 60.0))
    ]
    response = reports.response().model_copy(update={"predictions": tuple(rows)})
    some = report.model_copy(update={"response": response})
    assert [row.drug for row in reports.front_predictions(some).rows] == ["Drug1"]
    response = response.model_copy(update={"predictions": tuple(rows[:1])})
    none = report.model_copy(update={"response": response})
    assert reports.front_predictions(none).nothing.startswith("No drug stands out")


def test_a_tissue_with_too_few_lines_has_no_percentile_of_its_own() -> None:
    response = reports.response().model_copy(update={"predictions": (reports.prediction("Drugone", 90, tissue=False),)})
    shown = text(render_html(reports.typical_report().model_copy(update={"response": response})))
    assert "of 925 lines of all tissues" in shown
    assert "of its tissue" not in shown


def test_a_prediction_stands_among_all_lines_and_among_those_of_its_tissue() -> None:
    one = reports.prediction("Drugone", 96).model_copy(update={"percentile_tissue": 57.0})
    response = reports.response().model_copy(update={"predictions": (one,)})
    shown = text(render_html(reports.typical_report().model_copy(update={"response": response})))
    said = "Predicted more sensitive than 57 % of 52 skin lines (90 % interval 76 to 99)"
    assert f"{said}, and than 96 % of 925 lines of all tissues (76 to 99)." in shown


def test_a_tumor_of_a_tissue_with_few_measured_pairs_is_told_how_intervals_held_in_such_tissues() -> None:
    """The share over all pairs is mostly that of a few tissues, and higher than that of the others."""
    overall, few = (
        CoverageShare(n_lines=n, n_pairs=2 * n, share=share, lower=share - 0.1, upper=share + 0.1)
        for n, share in ((111, 0.90), (37, 0.86))
    )
    measured = SelectedCoverage(n_shown=3, n_lines_asked=966, overall=overall, few=few)
    response = reports.response().model_copy(update={"selected_coverage": measured})
    report = compose(reports.typical_report().model_copy(update={"response": response}))
    page = render_html(report)
    assert (
        "held 90 % (80 % to 100 %; 111 lines), but 86 % (76 % to 96 %; 37 lines) in tissues such as this one"
        in plain(part(page, "summary"))
    )
    section = plain(part(page, "predictions"))
    assert "in tissues such as this one, which had few such pairs, 86 % together (76 % to 96 %; 74 pairs" in section
    own = measured.model_copy(update={"few": None, "tissue": few})
    told = selected_coverage_in_short(response.model_copy(update={"selected_coverage": own}))
    assert "tissues such as this one" not in told
    assert " ".join(told.split()).endswith("111 lines), in skin lines 86 %.")


@pytest.mark.parametrize("kind", ["tissue", "few", "overall"])
def test_no_prediction_is_put_first_for_tumors_like_which_intervals_held_too_seldom(kind: str) -> None:
    high, low = (
        CoverageShare(n_lines=37, n_pairs=62, share=share, lower=share - 0.1, upper=share + 0.1)
        for share in (0.87, 0.84)
    )
    shares: dict[str, Any] = {"overall": high, kind: low}
    measured = SelectedCoverage(n_shown=3, n_lines_asked=966, **shares)
    response = reports.response().model_copy(update={"selected_coverage": measured})
    report = compose(reports.typical_report().model_copy(update={"response": response}))
    assert report.front.predictions is not None
    assert not report.front.predictions.rows
    page = render_html(report)
    where = {
        "tissue": "held-out skin lines",
        "few": "held-out lines of tissues such as this",
        "overall": "held-out lines,",
    }
    for place in ("summary", "predictions"):
        shown = plain(part(page, place))
        assert (
            "None is put first: the 90 % intervals of predictions chosen so held 84 % (74 % to 94 %; 62 pairs" in shown
        )
        assert where[kind] in shown
        assert "less than the 85 % that are asked for" in shown
    assert cohort_row(report).predictions_text == "none stands out"


@MEDIA
def test_a_conflict_with_resistance_to_a_drug_or_its_class_is_named_on_the_first_page_and_in_the_section(
    medium: Medium,
) -> None:
    against = reports.match("EGFR", therapy="Erlotinib", tier="I-B", direction=Direction.RESISTANCE)
    rows = tuple(reports.prediction(drug, 97 - k) for k, drug in enumerate(("Erlotinib", "Gefitinib", "Olaparib")))
    response = reports.response().model_copy(update={"predictions": rows})
    report = reports.report((reports.finding(1, "EGFR", (against,)),))
    report = compose(report.model_copy(update={"response": response, "response_absent_reason": None}))
    assert report.front.predictions is not None
    assert [(row.drug, row.conflict) for row in report.front.predictions.rows] == [
        ("Erlotinib", True),
        ("Gefitinib", True),
        ("Olaparib", False),
    ]
    page = render_html(report, medium)
    by_class = "Conflict: curated evidence above says resistance to Erlotinib, of the same class (EGFR TKI)"
    for place in ("summary", "predictions"):
        said = plain(part(page, place))
        assert said.count("Conflict: curated evidence above says resistance; the evidence counts.") == 1
        assert said.count(by_class) == 1


def plain(section: str) -> str:
    return " ".join(text(section).split())
