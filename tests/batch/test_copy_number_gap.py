from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.batch import load_tumor
from genomodel.core.provenance import StepStatus
from genomodel.response.bundle import load_bundle
from genomodel.workup import work_up
from tests.batch.test_batch import case


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#not assessed: no normal was given\ngene\tstate\n", "not assessed: no normal was given"),
        ("gene\tstate\nERBB2\tnot_assessed\n", "an answer for no gene"),
    ],
)
def test_a_copy_number_table_without_an_answer_is_not_assessed_and_the_report_says_why(
    tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "cn.tsv").write_text(text)
    given = case(tmp_path, "P1").model_copy(update={"copy_number": str(tmp_path / "cn.tsv")})
    data = load_tumor(given)
    report = work_up(data, load_bundle()).report
    assert data.copy_number is None
    (step,) = (step for step in report.steps if step.name == "copy number")
    assert step.status is StepStatus.SKIPPED
    assert reason in step.detail
    assert "cn.tsv" in [source.name for source in report.inputs]
    assert any(item.what == "Copy number" for item in report.interpretation.not_assessable)


def test_a_table_with_an_answer_is_used(tmp_path: Path) -> None:
    (tmp_path / "cn.tsv").write_text("gene\tstate\nERBB2\tneutral\n")
    data = load_tumor(case(tmp_path, "P1").model_copy(update={"copy_number": str(tmp_path / "cn.tsv")}))
    assert data.copy_number is not None
    assert data.copy_number_gap == ""
