"""Quality: the numbers of each sample against their limits, and the exons that were not read well enough."""

from __future__ import annotations

from typing import Any

from genomodel.core.report import PatientReport
from genomodel.core.sample_quality import QualityStatus
from genomodel.report import words
from genomodel.report.medium import Medium

_VERDICT = {
    QualityStatus.PASS: "\u2713 pass",
    QualityStatus.WARN: "! warn",
    QualityStatus.FAIL: "\u2717 fail",
    None: "no threshold",
}


def quality(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the quality metrics with verdicts in words."""
    rows = [
        {
            "name": metric.name,
            "value": metric.value or words.NOT_GIVEN,
            "threshold": metric.threshold or "none",
            "verdict": _VERDICT[metric.status],
            "failed": metric.status is QualityStatus.FAIL,
        }
        for metric in report.quality
    ]
    return {"rows": rows}
