"""The first page in words, composed from the facts of a report."""

from __future__ import annotations

from genomodel.core.front_page import FrontLine, FrontPage
from genomodel.core.report import PatientReport
from genomodel.report.sections.front import summary_lines


def front_page(report: PatientReport) -> FrontPage:
    """Return the first page of a report."""
    return FrontPage(summary=tuple(FrontLine(topic=topic, text=text) for topic, text in summary_lines(report)[:5]))
