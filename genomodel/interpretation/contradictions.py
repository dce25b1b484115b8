"""Claims that findings of the same tumor contradict: a condition does not hold, or a drug meets resistance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from genomodel.core.findings import Direction, EvidenceMatch, Finding, TumorTypeMatch
from genomodel.interpretation.findings import evidence_words, sentences
from genomodel.interpretation.rule_sets import drugs_of
from genomodel.interpretation.tiers import OTHER_TUMOR_TIERS

FOR_OR_AGAINST = (Direction.SENSITIVITY, Direction.RESISTANCE, Direction.REDUCED_SENSITIVITY)
Spoken = dict[tuple[bool, str], tuple[str, ...]]
"""Findings with their tiers, by whether they speak for a drug, and the drug."""
WILD_TYPE_CONDITIONS = {"RAS wild-type": ("KRAS", "NRAS")}
"""A condition as the evidence table writes it, and the genes that must not carry an activating mutation."""


def apply_contradictions(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with what speaks against their claims.

    No claim stays above II-C whose condition another finding contradicts: a hotspot mutation of a gene contradicts the
    condition that the gene is of wild type. The other conditions are left to the reader. A drug that resistance
    evidence of the same tumor type names keeps its tier and carries the conflict, for one does not settle the other.
    """
    listed = list(findings)
    lowered = [tuple(_lowered(match, listed) for match in finding.evidence) for finding in listed]
    held = [_with_evidence(finding, evidence) for finding, evidence in zip(listed, lowered, strict=True)]
    spoken = _spoken(held)
    return [_with_evidence(one, tuple(_opposed(match, spoken) for match in one.evidence)) for one in held]


def _with_evidence(finding: Finding, evidence: tuple[EvidenceMatch, ...]) -> Finding:
    if evidence == finding.evidence:
        return finding
    before, after = (sentences([evidence_words(matches)]).rstrip(".") for matches in (finding.evidence, evidence))
    why = finding.why.replace(before, after, 1)
    return finding.model_copy(update={"evidence": evidence, "why": why})


def _lowered(match: EvidenceMatch, findings: list[Finding]) -> EvidenceMatch:
    cautions = [
        f"the condition '{condition}' is contradicted by {other.label}"
        for condition in match.evidence.conditions
        for other in findings
        if other.gene in WILD_TYPE_CONDITIONS.get(condition, ()) and other.variant is not None and other.hotspot
    ]
    if not cautions:
        return match
    reason = f"{match.tier_reason.rstrip('.')}; {'; '.join(cautions)}, so that it is not graded above II-C."
    return match.model_copy(
        update={
            "tier": OTHER_TUMOR_TIERS[match.tier],
            "tier_reason": reason,
            "cautions": (*match.cautions, *cautions),
        }
    )


def _spoken(findings: Iterable[Finding]) -> Spoken:
    """Return what evidence for this tumor, or any, says of each drug."""
    found: defaultdict[tuple[bool, str], dict[str, None]] = defaultdict(dict)
    for finding in findings:
        for match in finding.evidence:
            direction = match.evidence.direction
            if direction in FOR_OR_AGAINST and match.tumor_type_match is not TumorTypeMatch.OTHER:
                for drug in drugs_of(match.evidence):
                    found[direction is Direction.SENSITIVITY, drug][f"{finding.label}|{match.tier}"] = None
    return {key: tuple(names) for key, names in found.items()}


def _opposed(match: EvidenceMatch, spoken: Spoken) -> EvidenceMatch:
    """Return a match with what other evidence of the tumor says the other way of one of its drugs."""
    if match.evidence.direction not in FOR_OR_AGAINST:
        return match
    is_for = match.evidence.direction is Direction.SENSITIVITY
    words = "against" if is_for else "for"
    found = []
    for drug in sorted(drugs_of(match.evidence)):
        for name in spoken.get((not is_for, drug), ()):
            label, _, tier = name.rpartition("|")
            found.append(f"{label} speaks {words} {drug} ({tier})")
    return match.model_copy(update={"conflicts": (*match.conflicts, *found)}) if found else match
