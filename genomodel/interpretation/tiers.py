"""Tier and level of a matched statement of evidence.

After AMP/ASCO/CAP 2017 (Li et al., doi:10.1016/j.jmoldx.2016.10.002): approved in this tumor type I-A; approved in
another tumor type II-C. Nothing is ever tiered up for want of knowledge about the tumor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from genomodel.calls.germline_risk import COMMON_FREQUENCY
from genomodel.core.findings import Direction, EvidenceMatch, TumorTypeMatch, VariantOrigin
from genomodel.core.knowledge import Statement
from genomodel.core.patients import TumorType
from genomodel.core.variants import AnnotatedVariant, Origin, TumorOnlyClass
from genomodel.interpretation.matching import BY_POSITION
from genomodel.resources.oncotree import all_types

OTHER_TUMOR_TIERS = {"I-A": "II-C", "I-B": "II-C", "II-C": "II-C", "II-D": "II-D"}
BLOOD_AND_LYMPH = ("MYELOID", "LYMPH")
UNKNOWN_PRIMARY = "OTHER"
"""OncoTree's branch of cancers of unknown primary, mixed and unclassified tumors."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How a tumor type relates to a rule, and why the tier is what it is."""

    match: TumorTypeMatch
    tier: str
    reason: str
    caution: str = ""


def relate(rule: Statement, tumor: TumorType) -> Relation | None:
    """Return tier and reason of a rule for a tumor type, ``None`` when the claim does not hold for it."""
    if any(tumor.is_a(code) for code in rule.excluded):
        return None
    evidence = rule.evidence
    doubt = caution = ""
    stated = f"{evidence.agency}: stated for {_lower(evidence.tumor_type_text)}"
    if rule.scope == "listed":
        covered = any(tumor.is_a(code) for code in evidence.tumor_types)
        if covered and not _may_be_excluded(rule.excluded, tumor.code):
            return Relation(TumorTypeMatch.SAME, rule.tier, f"{stated}, which covers this tumor ({tumor.name})")
        if covered:
            caution = _includes_excluded(rule, tumor)
        else:
            doubt = f", not for this tumor ({tumor.name})"
    elif rule.scope == "solid" and any(tumor.is_a(code) for code in BLOOD_AND_LYMPH):
        return None
    elif tumor.is_a(UNKNOWN_PRIMARY):
        doubt = "; this tumor's origin is not known, so it is not taken to be covered"
    elif _may_be_excluded(rule.excluded, tumor.code):
        caution = _includes_excluded(rule, tumor)
    else:
        return Relation(TumorTypeMatch.AGNOSTIC, rule.tier, f"{stated}, whatever the tumor type ({tumor.name})")
    return Relation(TumorTypeMatch.OTHER, OTHER_TUMOR_TIERS.get(rule.tier, rule.tier), stated + doubt, caution)


CLASS_CAUTIONS = {
    TumorOnlyClass.LIKELY_GERMLINE: "likely germline, so that the claim holds only if it covers inherited variants",
    TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS: "it may be of blood cells and not of the tumor: confirm it in tissue",
}
"""What a reader must know of a variant without matched normal before taking its tier at its word."""


@cache
def _may_be_excluded(excluded: tuple[str, ...], code: str) -> bool:
    """Whether a tumor type that is excluded lies below the one given."""
    types = all_types()
    return any(item in types and types[item].is_a(code) for item in excluded)


def _includes_excluded(rule: Statement, tumor: TumorType) -> str:
    types = all_types()
    names = [types[code].name for code in rule.excluded if code in types and types[code].is_a(tumor.code)]
    return f"{tumor.name} may be a tumor type that the claim excludes ({'; '.join(names)}): subtype or grade not given"


def _lower(text: str) -> str:
    keep = len(text) > 1 and text[1].isupper()
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
    rule: Statement, tumor: TumorType, matched_on: str, variant: AnnotatedVariant | None = None
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
    """
    relation = relate(rule, tumor)
    if relation is None or not _may_give_a_tier(rule, variant):
        return None
    reason = relation.reason
    cautions = [relation.caution] if relation.caution else []
    if rule.evidence.direction is Direction.RESISTANCE:
        reason += "; speaks against the therapy"
    conditions = rule.evidence.conditions
    if conditions and relation.match is TumorTypeMatch.OTHER:
        reason += f"; conditions there: {'; '.join(conditions)}"
    elif conditions:
        reason += f"; {relation.tier} only if: {'; '.join(conditions)} (status not given)"
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
    return EvidenceMatch(
        evidence=rule.evidence,
        matched_on=matched_on,
        tumor_type_match=relation.match,
        tier=relation.tier,
        tier_reason="; ".join([reason, *cautions]) + ".",
        cautions=tuple(cautions),
    )
