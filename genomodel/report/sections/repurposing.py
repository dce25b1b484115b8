"""Drugs beyond the label of the tumor type: a list to discuss, never on the first page."""

from __future__ import annotations

from typing import Any

from genomodel.core.report import PatientReport
from genomodel.core.repurposing import RepurposedDrug
from genomodel.report.catalog import say
from genomodel.report.medium import Medium


def repurposing(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the ranked drugs with their reasons and what speaks against each, capped for the medium."""
    found = report.repurposing
    shown = found.drugs[: medium.max_repurposed]
    return {
        "rule": found.rule,
        "absent": found.absent,
        "rows": [_row(place, drug) for place, drug in enumerate(shown, start=1)],
        "left_out": len(found.drugs) - len(shown),
    }


def _row(place: int, drug: RepurposedDrug) -> dict[str, Any]:
    tier = say("repurposing.tier", tier=drug.best_tier) if drug.best_tier else say("repurposing.no_tier")
    return {"place": place, "drug": drug.therapy, "tier": tier, "reasons": drug.reasons, "against": drug.against}
