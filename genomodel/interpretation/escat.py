"""Suggested ESCAT tier of a matched statement on a therapy, for expert review; none where the evidence cannot tell.

After Mateo et al. 2018, Annals of Oncology 29:1895 (doi:10.1093/annonc/mdy263): tier I for targets ready for routine
use (A by randomized, B by non-randomized trials, C by trials across tumor types), III-A for benefit shown in another
tumor type, IV-A for models in the laboratory. Which kind of trial an approval rests on is not in the evidence, so that
tier I of one tumor type has no letter here; nor does a clinical study tell tier I from II, so that it has none at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, TumorTypeMatch
from genomodel.core.patients import TumorType
from genomodel.interpretation.knowledge_bases.base_tiers import APPROVED, LISTED
from genomodel.resources.oncotree import BLOOD_AND_LYMPH, may_be_one_of, widened

STANDARD = (*APPROVED, *LISTED, "A", "1", "2")
"""Levels of the sources for what an agency approved or a guideline recommends."""
LABORATORY = ("D", "Preclinical")
"""Levels of the sources for models in the laboratory; ``D`` of the core and of CIViC."""


@dataclass(frozen=True, slots=True)
class EscatRule:
    """One way from evidence to a suggestion."""

    levels: tuple[str, ...]
    match: tuple[TumorTypeMatch, ...]
    escat: str
    reason: str


RULES = (
    EscatRule(
        STANDARD,
        (TumorTypeMatch.SAME,),
        "I",
        "approved or recommended in this tumor type; whether by randomized trials (A) or others (B, C) is not stated",
    ),
    EscatRule(STANDARD, (TumorTypeMatch.AGNOSTIC,), "I-C", "approved by trials across tumor types"),
    EscatRule(STANDARD, (TumorTypeMatch.OTHER,), "III-A", "benefit shown in another tumor type"),
    EscatRule(
        LABORATORY,
        (TumorTypeMatch.SAME, TumorTypeMatch.AGNOSTIC, TumorTypeMatch.OTHER),
        "IV-A",
        "response of models in the laboratory",
    ),
)


def suggest_escat(match: EvidenceMatch, tumor: TumorType) -> str:
    """Return the suggested ESCAT tier of a graded match, empty where none can be suggested.

    None is suggested against a therapy, for diagnosis or prognosis, where the tumor may be of the type of the claim
    but is not known to be, or where it may be one that the claim excludes.
    """
    evidence = match.evidence
    if evidence.evidence_type is not EvidenceType.PREDICTIVE or evidence.direction is not Direction.SENSITIVITY:
        return ""
    met = _relation(match)
    unsure = met is TumorTypeMatch.OTHER and _may_be_the_same(evidence.tumor_types, tumor)
    if unsure and evidence.level not in LABORATORY:
        return ""
    return next((rule.escat for rule in RULES if evidence.level in rule.levels and met in rule.match), "")


def with_escat(match: EvidenceMatch, tumor: TumorType) -> EvidenceMatch:
    """Return a match with its suggested ESCAT tier."""
    suggested = suggest_escat(match, tumor)
    return match.model_copy(update={"escat": suggested}) if suggested else match


def _relation(match: EvidenceMatch) -> TumorTypeMatch:
    """Return how the tumor stands to the claim: to be of another disease is to be of another type."""
    failed = any(item.decides_disease and item.status is ConditionStatus.NOT_MET for item in match.conditions)
    return TumorTypeMatch.OTHER if failed else match.tumor_type_match


def _may_be_the_same(listed: tuple[str, ...], tumor: TumorType) -> bool:
    if not tumor.is_given or tumor.is_a("OTHER"):
        return True
    if not listed:
        return not any(tumor.is_a(code) for code in BLOOD_AND_LYMPH)
    return may_be_one_of(listed, widened(tumor).code)
