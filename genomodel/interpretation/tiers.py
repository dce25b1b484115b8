"""Tier and level of a matched statement of evidence.

After AMP/ASCO/CAP 2017 (Li et al., doi:10.1016/j.jmoldx.2016.10.002): approved in this tumor type I-A; approved in
another tumor type II-C. Nothing is ever tiered up for want of knowledge about the tumor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from genomodel.calls.germline_risk import COMMON_FREQUENCY
from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, TumorTypeMatch, VariantOrigin
from genomodel.core.knowledge import Statement
from genomodel.core.patients import TumorType
from genomodel.core.variants import AnnotatedVariant, Origin, TumorOnlyClass
from genomodel.interpretation.conditions import condition_words
from genomodel.interpretation.escat import with_escat
from genomodel.interpretation.matching import BY_POSITION
from genomodel.resources.oncotree import BLOOD_AND_LYMPH, all_types, may_be_one_of, widened

OTHER_TUMOR_TIERS = {"I-A": "II-C", "I-B": "II-C", "II-C": "II-C", "II-D": "II-D"}
UNKNOWN_PRIMARY = "CUP"
"""OncoTree's branch of cancers of unknown primary."""
UNCLASSIFIED = ("OTHER", "MIXED", "UDMN")
"""Types of OncoTree that do not tell a carcinoma from another kind of tumor: of several kinds, or undifferentiated."""

TYPE_NOT_GIVEN = "the tumor type is not given"
"""Part of the reason of a tier where nobody gave the tumor type."""
MAY_BE, MAY_BE_EXCLUDED = "may be this type", "may be a tumor type that the claim excludes"
KIND_NOT_KNOWN = "it is not known what kind it is"
NOT_TOLD_FURTHER = (MAY_BE, MAY_BE_EXCLUDED, KIND_NOT_KNOWN)
"""Parts of the reason of a tier where the tumor may be of the claim's type, and nobody told it that far."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How a tumor type relates to a rule, and why the tier is what it is."""

    match: TumorTypeMatch
    tier: str
    reason: str
    caution: str = ""


def relate(rule: Statement, tumor: TumorType) -> Relation | None:
    """Return tier and reason of a rule for a tumor type, ``None`` when the claim does not hold for it.

    A claim on a therapy that is stated for other tumor types is II-C at most. One on diagnosis or prognosis says
    nothing of other tumors; for a wider type than its own, as glioma where it is about astrocytoma, it may hold.
    """
    if any(tumor.is_a(code) for code in rule.excluded):
        return None
    if not tumor.is_given:
        return _of_unknown_type(rule)
    return _of_listed_types(rule, tumor) if rule.scope == "listed" else _of_any_type(rule, tumor)


def _of_any_type(rule: Statement, tumor: TumorType) -> Relation | None:
    """Return how a claim on any solid tumor, or any tumor, stands to a tumor type."""
    stated, caution = _stated(rule), ""
    if rule.scope == "solid" and any(tumor.is_a(code) for code in BLOOD_AND_LYMPH):
        return Relation(TumorTypeMatch.OTHER, lowered(rule.tier), f"{stated}, not for this tumor ({tumor.name})")
    if tumor.code in UNCLASSIFIED:
        doubt = f"; of this tumor {KIND_NOT_KNOWN}, so it is not taken to be covered"
        return Relation(TumorTypeMatch.OTHER, lowered(rule.tier), stated + doubt)
    if tumor.is_a(UNKNOWN_PRIMARY) and rule.excluded:
        caution = f"the primary is not known, and the claim excludes {_names(rule.excluded)}: rule it out first"
    elif may_be_one_of(rule.excluded, tumor.code):
        return Relation(TumorTypeMatch.OTHER, lowered(rule.tier), stated, _includes_excluded(rule, tumor))
    return Relation(TumorTypeMatch.AGNOSTIC, rule.tier, f"{stated}, whatever the tumor type ({tumor.name})", caution)


def _of_listed_types(rule: Statement, tumor: TumorType) -> Relation | None:
    stated, listed = _stated(rule), rule.evidence.tumor_types
    if any(tumor.is_a(code) for code in listed):
        if not may_be_one_of(rule.excluded, tumor.code):
            return Relation(TumorTypeMatch.SAME, rule.tier, f"{stated}, which covers this tumor ({tumor.name})")
        return Relation(TumorTypeMatch.OTHER, lowered(rule.tier), stated, _includes_excluded(rule, tumor))
    kind = rule.evidence.evidence_type
    may_be, doubt = may_be_one_of(listed, widened(tumor).code), f"{tumor.name} {MAY_BE}: it is not told further"
    if kind is EvidenceType.PREDICTIVE:
        reason = stated if may_be else f"{stated}, not for this tumor ({tumor.name})"
        return Relation(TumorTypeMatch.OTHER, lowered(rule.tier), reason, doubt if may_be else "")
    unknown = tumor.code in UNCLASSIFIED or tumor.is_a(UNKNOWN_PRIMARY)
    if not (may_be or (unknown and _may_name(rule, tumor))):
        return None
    tier = rule.tier if kind is EvidenceType.DIAGNOSTIC and not unknown else lowered(rule.tier)
    return Relation(TumorTypeMatch.OTHER, tier, stated, doubt)


def _may_name(rule: Statement, tumor: TumorType) -> bool:
    """Whether a claim may name the diagnosis of a tumor of unknown kind; one of unknown primary is a solid one."""
    if rule.evidence.direction is not Direction.FOR_DIAGNOSIS:
        return False
    types = all_types()
    known = [types[code] for code in rule.evidence.tumor_types if code in types]
    solid = any(not any(named.is_a(branch) for branch in BLOOD_AND_LYMPH) for named in known)
    return solid or tumor.code in UNCLASSIFIED


def _of_unknown_type(rule: Statement) -> Relation | None:
    """Return how a claim stands to a tumor of which no type is given.

    A claim with exclusions may be one that does not hold for it; one on diagnosis or prognosis would need the disease.
    """
    if rule.excluded or rule.evidence.evidence_type is not EvidenceType.PREDICTIVE:
        return None
    reason = f"{_stated(rule)}; {TYPE_NOT_GIVEN}, so that nothing is graded above II-C"
    return Relation(TumorTypeMatch.OTHER, lowered(rule.tier), reason)


def lowered(tier: str) -> str:
    """Return the tier of a claim where it is not about the tumor at hand."""
    return OTHER_TUMOR_TIERS.get(tier, tier)


def _stated(rule: Statement) -> str:
    return f"{rule.evidence.agency}: stated for {_lower(rule.evidence.tumor_type_text)}"


CLASS_CAUTIONS = {
    TumorOnlyClass.LIKELY_GERMLINE: "likely germline, so that the claim holds only if it covers inherited variants",
    TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS: "it may be of blood cells and not of the tumor: confirm it in tissue",
}
"""What a reader must know of a variant without matched normal before taking its tier at its word."""


def _includes_excluded(rule: Statement, tumor: TumorType) -> str:
    types = all_types()
    codes = [code for code in rule.excluded if code in types and types[code].is_a(tumor.code)]
    return f"{tumor.name} {MAY_BE_EXCLUDED} ({_names(codes)}): subtype or grade not given"


def _names(codes: Iterable[str]) -> str:
    types = all_types()
    return "; ".join(types[code].name if code in types else code for code in codes)


def _lower(text: str) -> str:
    keep = len(text) > 1 and (text[1].isupper() or text[1] == "-")
    return text if keep else text[:1].lower() + text[1:]


def _may_give_a_tier(rule: Statement, variant: AnnotatedVariant | None) -> bool:
    """Whether the claim stands and is about variants of this origin.

    A claim about inherited variants is none about one that a matched normal shows to be of the tumor alone, nor about
    copies that the tumor lost or genes that it joined.
    """
    if rule.evidence.withdrawn or not rule.tier:
        return False
    inherited = rule.evidence.origin is VariantOrigin.GERMLINE
    return not inherited or (variant is not None and variant.origin is not Origin.SOMATIC)


def grade(
    rule: Statement,
    tumor: TumorType,
    matched_on: str,
    variant: AnnotatedVariant | None = None,
    conditions: tuple[ConditionAnswer, ...] = (),
) -> EvidenceMatch | None:
    """Return the graded match of a rule that an alteration satisfies.

    ``None`` when the claim does not hold for the tumor type, has ended, or is about variants of another origin.

    Parameters
    ----------
    rule
        The satisfied rule.
    tumor
        The patient's tumor type.
    matched_on
        What the match rests on, from :func:`genomodel.interpretation.matching.match_rule`.
    variant
        The variant, whose origin may be uncertain.
    conditions
        How each condition of the claim stands to the patient.
    """
    relation = relate(rule, tumor)
    if relation is None or not _may_give_a_tier(rule, variant):
        return None
    reason = relation.reason
    cautions = [relation.caution] if relation.caution else []
    if rule.evidence.direction is Direction.RESISTANCE:
        reason += "; speaks against the therapy"
    if words := condition_words(conditions, relation.tier, same_disease=relation.match is not TumorTypeMatch.OTHER):
        reason += f"; {words}"
    if variant is not None and variant.origin is Origin.UNCERTAIN:
        risk = f", germline risk {variant.germline_risk}" if variant.germline_risk else ""
        reason += f"; the variant's origin is uncertain{risk}: it may be germline"
    if variant is not None and (variant.population_frequency or 0) >= COMMON_FREQUENCY:
        frequency = f"{variant.population_frequency:.2g}"
        cautions.append(f"the allele is known in the population at {frequency}: it may be germline")
    if variant is not None and variant.tumor_only_class is not None and variant.tumor_only_class in CLASS_CAUTIONS:
        cautions.append(CLASS_CAUTIONS[variant.tumor_only_class])
    if BY_POSITION in matched_on:
        cautions.append("skipping of the exon is inferred from the variant's place: confirm it, by RNA where possible")
    match = EvidenceMatch(
        evidence=rule.evidence,
        matched_on=matched_on,
        tumor_type_match=relation.match,
        tier=relation.tier,
        tier_reason="; ".join([reason, *cautions]) + ".",
        conditions=conditions,
        cautions=tuple(cautions),
    )
    return with_escat(held_to_conditions(match), tumor)


def held_to_conditions(match: EvidenceMatch) -> EvidenceMatch:
    """Return a match whose tier is that of another disease where the patient does not meet what decides the disease.

    A condition on the course (line, stage, what was given before, age) that is not met keeps the tier: the claim is
    about this tumor, at another time.
    """
    failed = [item for item in match.conditions if item.status is ConditionStatus.NOT_MET and item.decides_disease]
    if not failed or lowered(match.tier) == match.tier:
        return match
    reason = f"{match.tier_reason.rstrip('.')}; so that the claim is not about this tumor and at most II-C."
    cautions = (*match.cautions, *(f"the condition '{item.condition}' is not met ({item.reason})" for item in failed))
    return match.model_copy(update={"tier": lowered(match.tier), "tier_reason": reason, "cautions": cautions})
