"""Claims that findings of the same tumor contradict: a condition does not hold, or a drug meets resistance."""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.core.findings import Direction, EvidenceMatch, Finding, TumorTypeMatch
from genomodel.interpretation.findings import evidence_words, sentences
from genomodel.interpretation.tiers import OTHER_TUMOR_TIERS
from genomodel.resources.drugs import normalize_therapy

WILD_TYPE_CONDITIONS = {"RAS wild-type": ("KRAS", "NRAS")}
"""A condition as the evidence table writes it, and the genes that must not carry an activating mutation."""


def apply_contradictions(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with what speaks against their claims.

    No claim stays above II-C whose condition another finding contradicts: a hotspot mutation of a gene contradicts the
    condition that the gene is of wild type. The other conditions are left to the reader. A drug that resistance
    evidence of the same tumor type names keeps its tier and carries the conflict, for one does not settle the other.
    """
    listed = list(findings)
    return [_held_against(finding, listed) for finding in listed]


def _held_against(finding: Finding, findings: list[Finding]) -> Finding:
    evidence = tuple(_opposed(_lowered(match, findings), findings) for match in finding.evidence)
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


def _opposed(match: EvidenceMatch, findings: list[Finding]) -> EvidenceMatch:
    if match.evidence.direction is not Direction.SENSITIVITY:
        return match
    drugs = _drugs(match.evidence.therapy)
    conflicts = [
        f"conflict: {other.label} speaks against {drug} ({against.tier})"
        for other in findings
        for against in other.evidence
        if against.evidence.direction is Direction.RESISTANCE and against.tumor_type_match is TumorTypeMatch.SAME
        for drug in sorted(drugs & _drugs(against.evidence.therapy))
    ]
    return match.model_copy(update={"cautions": (*match.cautions, *conflicts)}) if conflicts else match


def _drugs(therapy: str) -> frozenset[str]:
    """Return the drugs of a therapy: ``Osimertinib + Pemetrexed + Cisplatin or Carboplatin`` are four."""
    return frozenset(normalize_therapy(therapy).parts)
