"""Alleles that matter if they are real and of the tumor, but that the input does not call somatic."""

from __future__ import annotations

from collections.abc import Container, Iterable

from genomodel.core.findings import EvidenceMatch, Finding
from genomodel.core.patients import Patient
from genomodel.core.variants import PROTEIN_CHANGING, AlleleCounts, AnnotatedVariant, Label, Origin, VariantClass
from genomodel.interpretation.findings import (
    Rules,
    alteration_of,
    finding_of,
    hotspot_words,
    is_by_position,
    is_common,
    match_evidence,
    rank_of_finding,
)
from genomodel.resources.hotspots import find_hotspot

MIN_READS = 3
"""Alternate reads from which an allele that is not called is shown; fewer are within sequencing error."""
CONFIRM_WORDS = "to be confirmed by another method before anything is concluded from it"
LOSS_WORDS = "loss of heterozygosity: the tumor has lost the other allele, or gained this one"
GERMLINE_WORDS = "confirmatory germline testing and counseling are for the responsible clinician"


def set_aside(
    variants: Iterable[AnnotatedVariant], patient: Patient, rules: Rules, reported: Container[str] = ()
) -> tuple[Finding, ...]:
    """Return the germline and the not called alleles that match evidence or sit on a hotspot.

    Parameters
    ----------
    variants
        All alleles of the input; those of another origin are passed over.
    patient
        Whose tumor type grades the evidence as if the allele were of the tumor.
    rules
        Evidence rules by gene.
    reported
        Ids of findings: an allele that another record reports as somatic is not set aside as well.

    Returns
    -------
    tuple of Finding
        Each allele once, with ``why`` saying what is known of it and why it is not reported as somatic.
    """
    found: dict[str, Finding] = {}
    for variant in variants:
        finding = _set_aside(variant, patient, rules)
        if finding is not None and finding.id not in reported:
            found.setdefault(finding.id, finding)
    return tuple(sorted(found.values(), key=rank_of_finding))


def to_confirm(
    variants: Iterable[AnnotatedVariant], patient: Patient, rules: Rules, reported: Container[str] = ()
) -> tuple[Finding, ...]:
    """Return the hotspot alleles that the decision did not call but wants confirmed, each once; none is left out.

    Parameters are those of :func:`set_aside`. An allele without a consequence on a transcript is kept all the same: the
    decision knows hotspots by their place.
    """
    found: dict[str, Finding] = {}
    for variant in variants:
        if Label.CONFIRM not in variant.labels:
            continue
        consequence = variant.consequence
        gene = consequence.gene if consequence is not None else ""
        evidence = match_evidence(alteration_of(variant, patient), patient, rules, variant) if consequence else ()
        hotspot = find_hotspot(gene, consequence.protein_change) if consequence else None
        why = [variant.origin_reason.strip().rstrip("."), CONFIRM_WORDS]
        if evidence:
            why.append(_evidence_words(evidence, "were it confirmed"))
        if hotspot and consequence is not None:
            why.append(hotspot_words(hotspot, consequence.protein_change))
        finding = finding_of(variant, gene, patient, hotspot, evidence, [part for part in why if part])
        if finding.id not in reported:
            found.setdefault(finding.id, finding)
    return tuple(sorted(found.values(), key=rank_of_finding))


def _set_aside(variant: AnnotatedVariant, patient: Patient, rules: Rules) -> Finding | None:
    consequence = variant.consequence
    if consequence is None or Label.CONFIRM in variant.labels or not _is_seen(variant):
        return None
    gene = consequence.gene
    evidence = match_evidence(alteration_of(variant, patient), patient, rules, variant)
    if not (consequence.variant_class in PROTEIN_CHANGING or is_by_position(evidence)):
        return None
    hotspot = find_hotspot(gene, consequence.protein_change)
    if variant.origin is Origin.GERMLINE and not hotspot and _names_only_an_exon(evidence, consequence.variant_class):
        return None
    if not (evidence or (hotspot and not is_common(variant))):
        return None
    why = [_reason(variant)]
    if evidence:
        why.append(_evidence_words(evidence))
    if hotspot:
        why.append(hotspot_words(hotspot, consequence.protein_change))
    return finding_of(variant, gene, patient, hotspot, evidence, why)


def _names_only_an_exon(evidence: tuple[EvidenceMatch, ...], variant_class: VariantClass) -> bool:
    """Whether the evidence speaks of any mutation of an exon: true of tumors, not of inherited missense variants."""
    return variant_class is VariantClass.MISSENSE and all(match.matched_on == "exon class" for match in evidence)


def _is_seen(variant: AnnotatedVariant) -> bool:
    """Whether the tumor's reads show the allele, as far as they are given."""
    if variant.origin is Origin.GERMLINE:
        return True
    return variant.origin is Origin.NOT_CALLED and _alternate_reads(variant.tumor, unknown=MIN_READS) >= MIN_READS


def _alternate_reads(counts: AlleleCounts, unknown: int) -> float:
    if counts.alt_reads is not None:
        return counts.alt_reads
    fraction = counts.known_fraction
    if fraction is not None and (fraction == 0 or counts.depth is not None):
        return round(fraction * (counts.depth or 0))
    return unknown


def _reason(variant: AnnotatedVariant) -> str:
    stated = f" ({variant.origin_reason.strip().rstrip('.')})" if variant.origin_reason.strip() else ""
    if variant.origin is Origin.GERMLINE:
        seen = variant.normal is not None and _alternate_reads(variant.normal, unknown=0) > 0
        where = "also in the normal sample" if seen else "taken for germline"
        lost = f"; {LOSS_WORDS}" if Label.LOH in variant.labels else ""
        return f"{where}{stated}{lost}; {GERMLINE_WORDS}"
    if variant.filters:
        return f"not called: the record failed {', '.join(variant.filters)}{stated}"
    return f"not called a variant of the tumor{stated}"


def _evidence_words(evidence: tuple[EvidenceMatch, ...], condition: str = "were it of the tumor") -> str:
    best = min(evidence, key=lambda match: match.tier)
    claim = f"{best.evidence.therapy} ({best.evidence.direction.value})"
    return f"{condition}, it would match evidence of tier {best.tier} for {claim}"
