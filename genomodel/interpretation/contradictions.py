"""Evidence of one tumor that points both ways for a drug."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from genomodel.core.findings import Direction, EvidenceMatch, Finding, TumorTypeMatch
from genomodel.interpretation.rule_sets import drugs_of

FOR_OR_AGAINST = (Direction.SENSITIVITY, Direction.RESISTANCE, Direction.REDUCED_SENSITIVITY)
Spoken = Mapping[tuple[bool, str], Mapping[str, str]]
"""Findings with their best tier, by whether they speak for a drug, and the drug."""


def apply_contradictions(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with what speaks against their claims.

    A drug that resistance evidence of the same tumor type names keeps its tier and carries the conflict, for one does
    not settle the other.
    """
    listed = list(findings)
    spoken = _spoken(listed)
    return [_with_evidence(one, tuple(_opposed(match, spoken) for match in one.evidence)) for one in listed]


def _with_evidence(finding: Finding, evidence: tuple[EvidenceMatch, ...]) -> Finding:
    return finding if evidence == finding.evidence else finding.model_copy(update={"evidence": evidence})


def _spoken(findings: Iterable[Finding]) -> Spoken:
    """Return what evidence for this tumor, or any, says of each drug."""
    found: defaultdict[tuple[bool, str], dict[str, str]] = defaultdict(dict)
    for finding in findings:
        for match in finding.evidence:
            direction = match.evidence.direction
            if direction in FOR_OR_AGAINST and match.tumor_type_match is not TumorTypeMatch.OTHER:
                for drug in drugs_of(match.evidence):
                    tiers = found[direction is Direction.SENSITIVITY, drug]
                    tiers[finding.label] = min(match.tier, tiers.get(finding.label, match.tier))
    return found


def _opposed(match: EvidenceMatch, spoken: Spoken) -> EvidenceMatch:
    """Return a match with what other evidence of the tumor says the other way of one of its drugs."""
    if match.evidence.direction not in FOR_OR_AGAINST:
        return match
    is_for = match.evidence.direction is Direction.SENSITIVITY
    words = "against" if is_for else "for"
    found = [
        f"{label} speaks {words} {drug} ({tier})"
        for drug in sorted(drugs_of(match.evidence))
        for label, tier in spoken.get((not is_for, drug), {}).items()
    ]
    return match.model_copy(update={"conflicts": (*match.conflicts, *found)}) if found else match
