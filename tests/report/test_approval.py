"""What a report says about the approval of a predicted drug: of the drug, never for the patient."""

from __future__ import annotations

from html import escape

import pytest

from genomodel.report.prediction_words import approval
from genomodel.report.render import render_html
from genomodel.response.drugs import APPROVALS
from tests.report import reports

CANCER, ELSEWHERE, WITHDRAWN, NONE = APPROVALS


@pytest.mark.parametrize("status", ["", *APPROVALS])
def test_every_prediction_shows_the_approval_of_its_drug_and_no_other(status: str) -> None:
    response = reports.response()
    rows = tuple(row.model_copy(update={"approval": status}) for row in response.predictions)
    report = reports.typical_report().model_copy(update={"response": response.model_copy(update={"predictions": rows})})
    page = render_html(report)
    n_numbered = sum(row.predictable for row in rows)
    assert n_numbered > 0
    for other in ("", *APPROVALS):
        shown = sum(page.count(f">{escape(approval(other))}</{tag}>") for tag in ("span", "td"))
        assert (shown >= n_numbered) if other == status else (shown == 0), other


def test_every_status_has_words_of_its_own_that_do_not_speak_of_the_patient() -> None:
    said = [approval(status) for status in ("", *APPROVALS)]
    assert len(set(said)) == len(said)
    assert "any indication" in approval(CANCER)
    assert not any("patient" in text for text in said)


def test_only_approved_drugs_are_called_approved() -> None:
    assert approval(NONE).startswith("not approved")
    assert approval(WITHDRAWN).endswith("withdrawn")
    assert approval(ELSEWHERE).endswith("not for cancer")
    assert "not" in approval("").split()
    assert "not" in approval("another word that no table knows").split()
    assert not {"not", "withdrawn"} & set(approval(CANCER).split())
