"""From the facts of a report to what is derived of them and stored beside them, so that every form says the same."""

from __future__ import annotations

from genomodel.core.report import PatientReport
from genomodel.core.report_settings import PredictionsShown
from genomodel.report.front_page import front_page
from genomodel.report.proteins import protein_maps
from genomodel.report.repurposing import repurposing

LEFT_OUT = "left out by the site's setting"


def compose(report: PatientReport) -> PatientReport:
    """Return a report with what is made of its facts: without predictions where the site wants none, then the rest."""
    if report.settings.predictions is PredictionsShown.NONE and report.response is not None:
        report = report.model_copy(update={"response": None, "response_absent_reason": LEFT_OUT})
    report = report.model_copy(update={"proteins": protein_maps(report), "repurposing": repurposing(report)})
    return report.model_copy(update={"front": front_page(report)})


def composed(report: PatientReport) -> PatientReport:
    """Return a report as it was composed when it was written, or compose it where that was not done yet."""
    return report if report.front.summary else compose(report)
