"""What the predictions section says of the lines behind an alteration, and of a rank that is the tissue's."""

from __future__ import annotations

import pytest

from genomodel.core.findings import Direction
from genomodel.core.predictions import AlterationSupport, Contribution
from genomodel.report.medium import Medium
from genomodel.report.render import render_html
from genomodel.report.sections.front import summary
from genomodel.report.sections.predictions import rank_source, support_text
from tests.report import reports
from tests.report.test_html import MEDIA, part, text

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
    section = text(part(render_html(several), "predictions"))
    assert said in section.partition("Drugtwo")[0]
    assert "the rank comes" not in section.partition("Drugtwo")[2]
    assert ": Drugtwo 90 (70\u201394)." in dict(summary(several, Medium.SCREEN)["lines"])["Model"]
    single = report.model_copy(update={"response": reports.response().model_copy(update={"predictions": rows[:1]})})
    line = dict(summary(single, Medium.SCREEN)["lines"])["Model"]
    assert line.startswith("No drug stands out")
    assert "Drugone" not in line


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
        ("PLX-4720", "Vemurafenib", Direction.RESISTANCE, ""),
        ("Cetuximab", "Cetuximab sarotalocan", Direction.RESISTANCE, ""),
        ("Afatinib", "EGFR TKI", Direction.RESISTANCE, ""),
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
