"""Conditions of a claim that another finding of the same tumor contradicts."""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.core.findings import EvidenceMatch, Finding
from genomodel.interpretation.findings import evidence_words, sentences
from genomodel.interpretation.tiers import OTHER_TUMOR_TIERS

WILD_TYPE_CONDITIONS = {"RAS wild-type": ("KRAS", "NRAS")}
"""A condition as the evidence table writes it, and the genes that must not carry an activating mutation."""


def apply_contradictions(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings; no claim stays above II-C whose condition another finding contradicts.

    A hotspot mutation of a gene contradicts the condition that the gene is of wild type. The other conditions are left
    to the reader.
    """
    listed = list(findings)
    return [_held_against(finding, listed) for finding in listed]


def _held_against(finding: Finding, findings: list[Finding]) -> Finding:
    evidence = tuple(_lowered(match, findings) for match in finding.evidence)
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
