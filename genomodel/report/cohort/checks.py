"""How each check of a patient's samples ended, in one mark for a table of many patients."""

from __future__ import annotations

from enum import StrEnum

from genomodel.core.identity import CheckStatus, waiver_reasons
from genomodel.core.report import PatientReport
from genomodel.core.sample_quality import QualityStatus

EXONS = "exons"
"""Whether every exon of the actionable genes was read deeply enough."""


class Mark(StrEnum):
    """Outcome of a check, worst first."""

    FAIL = "fail"
    WAIVED = "waived"
    """Failed or warned, and accepted by the sheet or by who signed."""
    WARN = "warn"
    PASS = "pass"


_WORST_FIRST = tuple(Mark)
_OF_IDENTITY = {CheckStatus.PASSED: Mark.PASS, CheckStatus.WARNING: Mark.WARN, CheckStatus.FAILED: Mark.FAIL}
_OF_QUALITY = {QualityStatus.PASS: Mark.PASS, QualityStatus.WARN: Mark.WARN, QualityStatus.FAIL: Mark.FAIL}


def checks_of(report: PatientReport) -> dict[str, Mark]:
    """Return the outcome of each check that was judged, the worst of tumor and normal, by the check's key.

    Keys are those of :class:`genomodel.core.identity.CheckName`, of :data:`genomodel.calls.quality.metrics.METRICS`,
    :data:`EXONS`, and names of other numbers that were held against a limit.
    """
    found: list[tuple[str, Mark]] = []
    waived = waiver_reasons(report.patient.waived)
    for check in report.assays.identity.checks if report.assays.identity else ():
        mark = _OF_IDENTITY.get(check.status)
        if mark in (Mark.FAIL, Mark.WARN) and check.name.value in waived:
            mark = Mark.WAIVED
        found += [(check.name.value, mark)] if mark else []
    measured = report.assays.quality
    if measured is not None:
        found += [
            (measure.name, _OF_QUALITY[measure.status])
            for sample in measured.samples
            for measure in sample.measures
            if measure.status is not None
        ]
        if measured.exons:
            found.append((EXONS, Mark.WARN if measured.failed_exons else Mark.PASS))
    found += [(metric.name, _OF_QUALITY[metric.status]) for metric in report.quality if metric.status is not None]
    worst: dict[str, Mark] = {}
    for name, mark in found:
        worst[name] = min(worst.get(name, mark), mark, key=_WORST_FIRST.index)
    return worst
