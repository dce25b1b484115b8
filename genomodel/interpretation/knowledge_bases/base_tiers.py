"""From the levels of knowledge bases beside the core to tiers of AMP/ASCO/CAP 2017, by one table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.core.findings import Direction, EvidenceType
from genomodel.core.knowledge import Statement

APPROVED, LISTED = ("approved", "FDA-Approved"), ("guideline", "Guideline")
"""Levels of approvals and of guidelines' listings, in the words of the bases that have them."""
GRADED = (EvidenceType.PREDICTIVE, EvidenceType.DIAGNOSTIC, EvidenceType.PROGNOSTIC)


@dataclass(frozen=True, slots=True)
class BaseTier:
    """What a level of a knowledge base is worth, in the tumor types that the statement is about."""

    tier: str
    """Empty where the level holds no study of the claim."""
    source: str
    """Where the base says what the level means."""
    reason: str


@cache
def base_tiers() -> dict[tuple[str, str], BaseTier]:
    """Return the tiers by knowledge base and level."""
    path = files("genomodel.interpretation.knowledge_bases") / "base_tiers.tsv"
    with path.open(encoding="utf-8") as handle:
        rows = csv.DictReader(handle, delimiter="\t")
        return {(row["base"], row["level"]): BaseTier(row["tier"], row["source"], row["reason"]) for row in rows}


def with_tier(statement: Statement) -> Statement:
    """Return a statement with the tier that its level is worth.

    A tier that the source gives itself stays: those of CIViC's assertions and of a hospital's table. Statements on
    function, predisposition or oncogenicity, those of no direction, and a hospital's ended approvals have none.
    """
    evidence = statement.evidence
    if statement.tier or evidence.evidence_type not in GRADED or evidence.direction is Direction.NOT_STATED:
        return statement
    if evidence.withdrawn:
        return statement
    found = base_tiers().get((evidence.knowledge_base, evidence.level))
    return statement if found is None or not found.tier else statement.model_copy(update={"tier": found.tier})
