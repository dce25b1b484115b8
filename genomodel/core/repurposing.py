"""Drugs beyond the label of the tumor type, with what speaks for and against each."""

from __future__ import annotations

from genomodel.core.base import Noun


class RepurposedDrug(Noun):
    """One drug, or combination, that no claim on this tumor type recommends."""

    therapy: str
    drugs: tuple[str, ...]
    """Normalized names."""
    best_tier: str = ""
    """Best tier of the evidence in other tumor types; empty where a prediction alone speaks for it."""
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()
    percentile: float | None = None
    """Of the gated prediction over all lines; ``None`` where there is none."""
    percentile_lower90: float | None = None
    percentile_upper90: float | None = None
    """Ends of its 90 % interval."""
    finding_ids: tuple[str, ...] = ()
    evidence_ids: tuple[str, ...] = ()


class Repurposing(Noun):
    """The ranked drugs, and how they were ranked."""

    drugs: tuple[RepurposedDrug, ...] = ()
    rule: str = ""
    absent: str = ""
    """Why there are none, empty where there are."""


NO_REPURPOSING = Repurposing()
