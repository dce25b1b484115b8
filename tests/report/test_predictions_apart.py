"""Predictions and evidence never mix: other predictions change no byte of what is said of evidence."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from genomodel.core.predictions import ResponsePrediction
from genomodel.core.report import PatientReport
from genomodel.core.report_settings import PredictionsShown, ReportSettings
from genomodel.report.compose import compose
from genomodel.report.medium import Medium
from genomodel.report.render import render_html
from genomodel.report.seal import report_json
from tests.report import reports

MAY_DIFFER = {"predictions", "repurposing"}
"""Sections that predictions are in."""
OF_THE_MODEL = {"methods", "limitations", "glossary"}
"""Sections that speak of the model where it was used."""
BLOCK = re.compile(r'<div class="foretold.*', re.DOTALL)
"""The block of predictions of the first page, its last."""


def others() -> list[ResponsePrediction | None]:
    """Predictions that have nothing in common with those of made-up reports, and none."""
    rows = tuple(reports.prediction(f"Otherdrug{index}", 90 - 7 * index) for index in range(12))
    wide = tuple(row.model_copy(update={"percentile_overall_lower90": 0.5}) for row in rows)
    conflict = (reports.prediction("Drugone", 97), reports.prediction("Drugfour", 96))
    return [
        reports.response().model_copy(update={"predictions": predictions, "support": (), "flags": ()})
        for predictions in (rows, wide, conflict)
    ] + [reports.response(0, 5), None]


def with_response(report: PatientReport, response: ResponsePrediction | None) -> PatientReport:
    reason = None if response is not None else "the model bundle was left out"
    return compose(report.model_copy(update={"response": response, "response_absent_reason": reason}))


def sections(page: str) -> dict[str, str]:
    """Sections of a page by their id, byte for byte."""
    return dict(re.findall(r'<section id="([a-z-]+)"(.*?)</section>', page, re.DOTALL))


def evidence_of(plain: dict[str, Any]) -> dict[str, Any]:
    """A report's JSON without predictions, the list beyond the label, and their block of the first page."""
    kept = {
        name: value for name, value in plain.items() if name not in {"response", "response_absent_reason", "digest"}
    }
    del kept["repurposing"]
    kept["front"] = {name: value for name, value in kept["front"].items() if name != "predictions"}
    return kept


@pytest.mark.parametrize("name", ["typical", "crowded", "tumor-only", "set-aside", "empty"])
@pytest.mark.parametrize("number", range(5))
def test_replacing_all_predictions_changes_no_byte_of_the_rest(name: str, number: int) -> None:
    report = reports.ALL[name]()
    one, other = with_response(report, reports.response()), with_response(report, others()[number])
    assert one.response != other.response
    left, right = (evidence_of(json.loads(report_json(made))) for made in (one, other))
    assert json.dumps(left) == json.dumps(right)
    for medium in Medium:
        before, after = (sections(render_html(made, medium)) for made in (one, other))
        changed = {section for section in before if before[section] != after[section]}
        assert set(before) == set(after)
        assert "predictions" in changed
        gone = OF_THE_MODEL if other.response is None else set()
        assert changed <= MAY_DIFFER | {"summary"} | gone
        assert BLOCK.search(before["summary"])
        assert BLOCK.sub("", before["summary"]) == BLOCK.sub("", after["summary"])


def test_a_site_that_wants_no_predictions_has_none_in_any_form_and_the_same_evidence() -> None:
    report = reports.typical_report()
    shown = with_response(report, reports.response())
    off = report.model_copy(update={"settings": ReportSettings(predictions=PredictionsShown.NONE)})
    hidden = with_response(off, reports.response())
    assert "Drug00" in report_json(shown)
    assert "Drug00" not in report_json(hidden)
    assert "Drug00" not in render_html(hidden)
    before, after = sections(render_html(shown)), sections(render_html(hidden))
    assert {name for name in before if before[name] != after[name]} <= MAY_DIFFER | OF_THE_MODEL | {"summary"}


@pytest.mark.parametrize("medium", list(Medium))
def test_predictions_stand_after_all_evidence_on_the_first_page_and_in_the_report(medium: Medium) -> None:
    report = with_response(reports.typical_report(), reports.response())
    page = render_html(report, medium)
    order = list(sections(page))
    assert order.index("evidence") < order.index("findings") < order.index("predictions") < order.index("repurposing")
    first = sections(page)["summary"]
    assert first.index("Drugone") < first.index('<div class="foretold')
    assert "Drug00" not in first.partition('<div class="foretold')[0]


def test_a_shown_prediction_stands_with_interval_gate_and_flags() -> None:
    report = with_response(reports.typical_report(), reports.response())
    page = report.front.predictions
    assert page is not None
    assert [row.drug for row in page.rows] == ["Drug00", "Drug01", "Drug02"]
    for row in page.rows:
        assert "90\u00a0% interval" in row.standing
        assert "gate" in row.gate
    assert any("copy number unobserved" in note for note in page.notes)
    assert any("intervals of predictions" in note for note in page.notes)
