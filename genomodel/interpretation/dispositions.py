"""The one thing that becomes of each allele of each input record, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from genomodel.annotation.no_consequence import NO_ALLELE, without_consequence
from genomodel.core.builds import bare
from genomodel.core.findings import Disposition, DispositionKind, Finding
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant, Label, Origin, VariantClass
from genomodel.interpretation.consent import is_withheld
from genomodel.interpretation.findings import gene_of
from genomodel.interpretation.inherited import inherited_words
from genomodel.interpretation.matching.build import is_common
from genomodel.interpretation.matching.harmless import harmless_truncation
from genomodel.interpretation.phase import SharedCodons
from genomodel.interpretation.set_aside import CONFIRM_WORDS

NOT_CALLED = "The input does not call it a variant of the tumor."
NO_CLAIM_ON_INHERITED = "Germline variants are not reported but for pathogenic ones that a claim covers"
BENIGN_TIER = "IV"
WITH_TIER = frozenset(
    {DispositionKind.FINDING, DispositionKind.LISTED, DispositionKind.PART_OF_CHANGE, DispositionKind.DUPLICATE}
)


def dispose(
    variant: AnnotatedVariant, finding: Finding | None, outside: str | None, earlier: Mapping[str, Finding]
) -> Disposition:
    """Return the one thing that becomes of an allele of a record, and why.

    A variant with evidence, or on a hotspot, is shown even when it lies outside the assay as stated: the statement may
    be wrong, and a hidden actionable variant costs more than a remark.

    Parameters
    ----------
    variant
        The allele.
    finding
        The finding it is, if any; only where its origin lets it be reported, or a claim covers inherited variants.
    outside
        Why it lies outside the assay, ``None`` when it does not.
    earlier
        Findings of earlier records by their id, to report a repeated allele once.
    """
    kind, reason = (
        _of_consent(variant)
        or _of_the_record(variant, finding)
        or _of_a_finding(variant, finding, earlier)
        or _of_the_consequence(variant, outside)
    )
    return Disposition(
        record=variant.record, variant=variant.variant.key, gene=gene_of(variant), kind=kind, reason=reason
    )


def _of_consent(variant: AnnotatedVariant) -> tuple[DispositionKind, str] | None:
    return (DispositionKind.WITHHELD, _sentences(variant.origin_reason)) if is_withheld(variant.variant.key) else None


def _of_the_record(variant: AnnotatedVariant, finding: Finding | None) -> tuple[DispositionKind, str] | None:
    """Return what becomes of an allele by what its record says of it, whatever it does to a gene."""
    found = None if variant.variant.alt.isalpha() else without_consequence(variant.variant)
    if found is not None and found[0] in NO_ALLELE:
        return found
    if Label.CONFIRM in variant.labels:
        return DispositionKind.TO_CONFIRM, _sentences(variant.origin_reason, CONFIRM_WORDS)
    if variant.repeats is not None:
        return DispositionKind.DUPLICATE, _sentences(variant.origin_reason)
    if variant.origin is Origin.NOT_CALLED:
        failed = [name for name in variant.filters if name != "PASS"]
        filters = f"Filters: {', '.join(failed)}" if failed else ""
        kind = DispositionKind.FILTERED if failed else DispositionKind.NOT_CALLED
        return kind, _sentences(filters, variant.origin_reason) or NOT_CALLED
    if variant.origin is Origin.GERMLINE and finding is None:
        return DispositionKind.GERMLINE, _sentences(variant.origin_reason, NO_CLAIM_ON_INHERITED)
    return None


def _of_a_finding(
    variant: AnnotatedVariant, finding: Finding | None, earlier: Mapping[str, Finding]
) -> tuple[DispositionKind, str] | None:
    if finding is None:
        return None
    first = earlier.get(finding.id)
    if first is not None and first.variant is not None:
        return DispositionKind.DUPLICATE, f"The same variant as record {first.variant.record}, reported once."
    if variant.origin is Origin.GERMLINE:
        return DispositionKind.GERMLINE, _sentences(inherited_words(finding), variant.origin_reason)
    origin = variant.origin_reason if variant.origin is Origin.SOMATIC else ""
    return DispositionKind.FINDING, _sentences(finding.why, origin)


def _of_the_consequence(variant: AnnotatedVariant, outside: str | None) -> tuple[DispositionKind, str]:
    """Return what becomes of a called allele that is no finding."""
    if outside is not None:
        return DispositionKind.OUTSIDE_ASSAY, _sentences(outside)
    effect = variant.consequence
    if effect is None:
        return without_consequence(variant.variant)
    if effect.variant_class not in PROTEIN_CHANGING:
        terms = ", ".join(effect.terms) or effect.variant_class.value
        silent = effect.variant_class is VariantClass.SYNONYMOUS
        kind = DispositionKind.SYNONYMOUS if silent else DispositionKind.NONCODING
        return kind, _sentences(f"{terms} in {effect.gene}: the protein is not changed")
    what = "Protein-changing, but neither evidence, nor a hotspot, nor loss of a driver gene"
    if (harmless := harmless_truncation(effect)) is not None:
        what = f"Protein-changing, but {harmless.words}"
    elif is_common(variant):
        what = f"Protein-changing, but known in the population at {variant.population_frequency:.2g}"
    return DispositionKind.LISTED, _sentences(what, variant.origin_reason)


def as_part(variant: AnnotatedVariant, codons: SharedCodons) -> Disposition | None:
    """Return the disposition of a part of a joint change that is reported elsewhere; ``None`` for other alleles."""
    leader = codons.reported_with(variant)
    if leader is None:
        return None
    return Disposition(
        record=variant.record,
        variant=variant.variant.key,
        gene=gene_of(leader),
        kind=DispositionKind.PART_OF_CHANGE,
        reason=codons.part_words(leader),
    )


def with_tiers(
    dispositions: Iterable[Disposition], findings: Iterable[Finding], others: Iterable[Finding], codons: SharedCodons
) -> tuple[Disposition, ...]:
    """Return the dispositions with the tier that the variant has in the end; what has tier IV is benign.

    An allele that is counted under another record has the tier that it has there.

    Parameters
    ----------
    dispositions
        Of all alleles, in the order of the input.
    findings, others
        The findings after all of them were held against each other, and the listed variants.
    codons
        The alleles that are reported as one change.
    """
    shown = [(one, one.variant) for one in (*others, *findings) if one.variant is not None]
    tiers = {_place(variant.variant.key): one.tier or "" for one, variant in shown}
    inherited = {variant.record for _, variant in shown if variant.origin is Origin.GERMLINE}
    done = []
    for item in dispositions:
        leader = codons.leaders.get(item.variant) if item.kind is DispositionKind.PART_OF_CHANGE else None
        tier = tiers.get(_place(item.variant if leader is None else leader.variant.key), "")
        has_tier = item.kind in WITH_TIER or (item.kind is DispositionKind.GERMLINE and item.record in inherited)
        if not has_tier or not tier:
            done.append(item)
            continue
        benign = item.kind is DispositionKind.LISTED and tier == BENIGN_TIER
        kind = DispositionKind.BENIGN if benign else item.kind
        done.append(item.model_copy(update={"kind": kind, "tier": tier}))
    return tuple(done)


def _place(key: str) -> str:
    """Return the key of an allele whichever way its contig is written."""
    chrom, _, rest = key.partition(":")
    return f"{bare(chrom)}:{rest}"


def _sentences(*parts: str) -> str:
    """Join texts into sentences that each begin with a capital and end with one period."""
    texts = [part.strip().rstrip(".") for part in parts]
    return " ".join(text[:1].upper() + text[1:] + "." for text in texts if text)
