"""What is known of whose the samples are, from its files to the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genomodel.batch import run_batch
from genomodel.core.identity import (
    CheckName,
    CheckStatus,
    CohortMatches,
    IdentityCheck,
    IdentityChecks,
    SampleMatch,
)
from genomodel.core.paths import ResultPaths
from genomodel.report.presentation import WITHOUT_PDF
from tests.batch.test_batch import case
from tests.cli.test_report_bad_input import COLUMNS, HEADER

MATCH = SampleMatch(
    patient="P1", type="normal", other_patient="P2", other_type="tumor", n_sites=80, agreement=0.9, log_odds=30,
    kind="samples swapped between patients",
)  # fmt: skip


@pytest.mark.parametrize(
    ("waived", "status"), [((), "failed"), (("match=the same person, known",), "draft"), (("sex",), "failed")]
)
def test_a_match_with_another_patient_reaches_the_report_unless_waived(
    tmp_path: Path, waived: tuple[str, ...], status: str
) -> None:
    check = IdentityCheck(
        name=CheckName.IDENTITY, subject="tumor and normal", status=CheckStatus.PASSED, value="same person: 80 sites"
    )
    (tmp_path / "P1.json").write_text(IdentityChecks(patient="P1", checks=(check,), n_sites=80).to_json())
    (tmp_path / "matches.json").write_text(CohortMatches(threshold="t", matches=(MATCH,)).to_json())
    empty = case(tmp_path, "P1", HEADER + COLUMNS)
    patient = empty.patient.model_copy(update={"waived": waived})
    files = (str(tmp_path / "P1.json"), str(tmp_path / "matches.json"))
    paths = ResultPaths(tmp_path / "results")
    named = empty.model_copy(update={"patient": patient, "assays": {"identity": files}})
    (record,) = run_batch([named], paths.reports, stages=paths, show=WITHOUT_PDF)
    assert record.error is None, record.error
    report = json.loads((paths.reports / "P1.json").read_text())
    assert report["status"] == status
    page = (paths.reports / "P1.html").read_text()
    assert "the normal is of the same person as the tumor of P2" in page
    assert "neither report holds until the sheet is corrected" in page
    assert ("waived in the sheet: the same person, known" in page) == (status == "draft")
