"""Alleles that matter if they are real and of the tumor, but that the input does not call somatic."""

from __future__ import annotations

from collections.abc import Container, Iterable

from genomodel.core.findings import EvidenceMatch, Finding, VariantOrigin
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant, Label, Origin, VariantClass
from genomodel.interpretation.evidence_search import KnownEvidence, match_if_present
from genomodel.interpretation.findings import finding_of, gene_of, hotspot_words, rank_of_finding
from genomodel.interpretation.matching import Resolution
from genomodel.interpretation.matching.build import alternate_reads, is_common, is_seen
from genomodel.resources.hotspots import find_hotspot

CONFIRM_WORDS = "to be confirmed by another method before anything is concluded from it"
LOSS_WORDS = "loss of heterozygosity: the tumor has lost the other allele, or gained this one"
SET_ASIDE_ORIGINS = (Origin.GERMLINE, Origin.NOT_CALLED)
OF_INHERITED = frozenset({VariantOrigin.GERMLINE, VariantOrigin.EITHER})
"""Origins of which a claim must be to hold for an inherited allele; one that states none is not taken to."""
IF_PATHOGENIC = "were it confirmed to be there and pathogenic"
GERMLINE_WORDS = "confirmatory germline testing and counseling are for the responsible clinician"


def set_aside(
    variants: Iterable[AnnotatedVariant], known: KnownEvidence, reported: Container[str] = ()
) -> tuple[Finding, ...]:
    """Return the germline and the not called alleles that match evidence or sit on a hotspot.

    Parameters
    ----------
    variants
        All alleles of the input; those of another origin are passed over.
    known
        What is known, held against the tumor; each allele is graded as if it were of the tumor.
    reported
        Ids of findings: an allele that another record reports as somatic is not set aside as well.

    Returns
    -------
    tuple of Finding
        Each allele once, with ``why`` saying what is known of it and why it is not reported as somatic.
    """
    found: dict[str, Finding] = {}
    for variant in variants:
        finding = _set_aside(variant, known)
        if finding is not None and finding.id not in reported:
            found.setdefault(finding.id, finding)
    return tuple(sorted(found.values(), key=rank_of_finding))


def to_confirm(
    variants: Iterable[AnnotatedVariant], known: KnownEvidence, reported: Container[str] = ()
) -> tuple[Finding, ...]:
    """Return the hotspot alleles that the decision did not call but wants confirmed, each once; none is left out.

    Parameters are those of :func:`set_aside`. An allele without a consequence on a transcript is kept all the same: the
    decision knows hotspots by their place.
    """
    found: dict[str, Finding] = {}
    for variant in variants:
        if Label.CONFIRM not in variant.labels:
            continue
        consequence, gene = variant.consequence, gene_of(variant)
        evidence = match_if_present(variant, known)
        hotspot = find_hotspot(gene, consequence.protein_change) if consequence else None
        why = [variant.origin_reason.strip().rstrip("."), CONFIRM_WORDS]
        if evidence:
            why.append(hypothetical_words(evidence, "were it confirmed"))
        if hotspot and consequence is not None:
            why.append(hotspot_words(hotspot, consequence.protein_change))
        finding = finding_of(variant, gene, known, hotspot, evidence, [part for part in why if part])
        if finding.id not in reported:
            found.setdefault(finding.id, finding)
    return tuple(sorted(found.values(), key=rank_of_finding))


def _set_aside(variant: AnnotatedVariant, known: KnownEvidence) -> Finding | None:
    if variant.origin not in SET_ASIDE_ORIGINS or Label.CONFIRM in variant.labels or not is_seen(variant):
        return None
    gene, consequence = gene_of(variant), variant.consequence
    evidence = match_if_present(variant, known)
    kind = consequence.variant_class if consequence is not None else VariantClass.NONCODING
    if not (kind in PROTEIN_CHANGING or evidence):
        return None
    change = consequence.protein_change if consequence is not None else ""
    hotspot = find_hotspot(gene, change)
    if variant.origin is Origin.GERMLINE and not hotspot and _names_only_an_exon(evidence, kind):
        return None
    if not (evidence or (hotspot and not is_common(variant))):
        return None
    why = [_reason(variant)]
    if evidence:
        doubted = variant.origin is Origin.GERMLINE and evidence[0].evidence.origin in OF_INHERITED
        why.append(hypothetical_words(evidence, *([IF_PATHOGENIC] if doubted else [])))
    if hotspot:
        why.append(hotspot_words(hotspot, change))
    return finding_of(variant, gene, known, hotspot, evidence, why)


def _names_only_an_exon(evidence: tuple[EvidenceMatch, ...], variant_class: VariantClass) -> bool:
    """Whether the evidence speaks of any mutation of an exon: true of tumors, not of inherited missense variants."""
    return variant_class is VariantClass.MISSENSE and all(match.resolution == Resolution.EXON for match in evidence)


def _reason(variant: AnnotatedVariant) -> str:
    stated = _stated(variant)
    if variant.origin is Origin.GERMLINE:
        return germline_words(variant)
    if variant.filters:
        return f"not called: the record failed {', '.join(variant.filters)}{stated}"
    return f"not called a variant of the tumor{stated}"


def germline_words(variant: AnnotatedVariant) -> str:
    """Say what shows that an allele is inherited, and whose it is to confirm it."""
    seen = variant.normal is not None and alternate_reads(variant.normal, unknown=0) > 0
    where = "also in the normal sample" if seen else "taken for germline"
    lost = f"; {LOSS_WORDS}" if Label.LOH in variant.labels else ""
    return f"{where}{_stated(variant)}{lost}; {GERMLINE_WORDS}"


def _stated(variant: AnnotatedVariant) -> str:
    return f" ({variant.origin_reason.strip().rstrip('.')})" if variant.origin_reason.strip() else ""


def hypothetical_words(evidence: tuple[EvidenceMatch, ...], condition: str = "were it of the tumor") -> str:
    """Name the best statement that an allele would match under a condition, with its tier."""
    best = min(evidence, key=lambda match: match.tier)
    return f"{condition}, it would match evidence of tier {best.tier} for {best.evidence.claim}"
