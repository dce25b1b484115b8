"""Drugs beyond the label of the tumor type, with what speaks for and against each."""

from __future__ import annotations

from genomodel.core.base import Noun


class RepurposedDrug(Noun):
    """One drug, or combination, that nothing approves or recommends for this tumor type."""

    therapy: str
    drugs: tuple[str, ...]
    """Normalized names."""
    best_tier: str = ""
    """Best tier of the evidence in other tumor types; empty where a prediction alone speaks for it."""
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()
    percentile: float | None = None
    """Of the gated prediction over all lines; ``None`` where there is none."""
    finding_ids: tuple[str, ...] = ()
    evidence_ids: tuple[str, ...] = ()


class Repurposing(Noun):
    """The ranked drugs, and how they were ranked."""

    drugs: tuple[RepurposedDrug, ...] = ()
    rule: str = ""


NO_REPURPOSING = Repurposing()
