"""What a report says about the approval of a predicted drug: of the drug, never for the patient."""

from __future__ import annotations

import re

import pytest

from genomodel.report.render import render_html
from genomodel.report.sections.predictions import APPROVAL, APPROVAL_UNKNOWN
from genomodel.response.drugs import APPROVALS
from tests.report import reports


@pytest.mark.parametrize("status", ["", *APPROVALS])
def test_every_prediction_shows_the_approval_of_its_drug(status: str) -> None:
    response = reports.response()
    rows = tuple(row.model_copy(update={"approval": status}) for row in response.predictions)
    report = reports.typical_report().model_copy(update={"response": response.model_copy(update={"predictions": rows})})
    page = render_html(report)
    n_numbered = sum(row.predictable for row in rows)
    words = APPROVAL.get(status, APPROVAL_UNKNOWN)
    assert len(re.findall(rf">{re.escape(words)}<", page)) == n_numbered


def test_every_status_has_words_that_do_not_speak_of_the_patient() -> None:
    assert set(APPROVAL) == set(APPROVALS)
    assert "any indication" in APPROVAL["FDA approved for cancer"]
    assert not any("patient" in words for words in APPROVAL.values())


def test_only_approved_drugs_are_called_approved() -> None:
    assert APPROVAL["not FDA approved"].startswith("not approved")
    assert APPROVAL["withdrawn"].endswith("withdrawn")
    assert APPROVAL["FDA approved, not for cancer"].endswith("not for cancer")
    assert "not" in APPROVAL_UNKNOWN.split()
    assert not {"not", "withdrawn"} & set(APPROVAL["FDA approved for cancer"].split())
