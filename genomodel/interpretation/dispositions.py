"""The one thing that becomes of each allele of each input record, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from genomodel.annotation.no_consequence import why_no_consequence
from genomodel.core.errors import GenomodelError
from genomodel.core.findings import Disposition, DispositionKind, Finding
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedCalls, AnnotatedVariant, Label, Origin
from genomodel.interpretation.findings import gene_of
from genomodel.interpretation.matching.build import is_common
from genomodel.interpretation.phase import SharedCodons
from genomodel.interpretation.set_aside import CONFIRM_WORDS

NOT_CALLED = "The input does not call it a variant of the tumor."
SHARED_KIND = "maf"
"""Kind of source file that several patients share."""


def check_records(calls: AnnotatedCalls) -> None:
    """Raise unless the variants hold every record of the input.

    The records of a file of one tumor are numbered 1 to ``n_records``. The rows of a mutation annotation file of many
    samples keep their numbers in the file, so that there only their count can be held against ``n_records``.
    """
    seen = {variant.record for variant in calls.variants}
    expected = seen if calls.source.kind == SHARED_KIND else set(range(1, calls.n_records + 1))
    missing, beyond = sorted(expected - seen), sorted(seen - expected)
    if missing or beyond or len(seen) != calls.n_records:
        raise GenomodelError(
            f"{calls.source.name}: {calls.n_records} records were read and {len(seen)} have a variant; without one are "
            f"{missing[:5]}, beyond the last are {beyond[:5]} (five at most are named); this is a defect of the reader"
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
        The finding it is, if any; only where its origin lets it be reported.
    outside
        Why it lies outside the assay, ``None`` when it does not.
    earlier
        Findings of earlier records by their id, to report a repeated allele once.
    """
    if Label.CONFIRM in variant.labels:
        kind, reason = DispositionKind.TO_CONFIRM, _sentences(variant.origin_reason, CONFIRM_WORDS)
    elif variant.origin is Origin.NOT_CALLED:
        failed = [name for name in variant.filters if name != "PASS"]
        filters = f"Filters: {', '.join(failed)}" if failed else ""
        kind, reason = DispositionKind.FILTERED, _sentences(filters, variant.origin_reason) or NOT_CALLED
    elif variant.origin is Origin.GERMLINE:
        kind, reason = DispositionKind.GERMLINE, _sentences(variant.origin_reason, "Germline variants are not reported")
    elif finding is not None:
        kind, reason = DispositionKind.FINDING, _reason_of_finding(variant, finding, earlier)
    elif outside is not None:
        kind, reason = DispositionKind.OUTSIDE_ASSAY, _sentences(outside)
    elif variant.consequence is None:
        kind, reason = DispositionKind.NO_TRANSCRIPT, why_no_consequence(variant.variant)
    elif variant.consequence.variant_class not in PROTEIN_CHANGING:
        terms = ", ".join(variant.consequence.terms) or variant.consequence.variant_class.value
        kind = DispositionKind.NOT_PROTEIN_CHANGING
        reason = _sentences(f"{terms} in {variant.consequence.gene}: the protein is not changed")
    else:
        what = "Protein-changing, but neither evidence, nor a hotspot, nor loss of a driver gene"
        if is_common(variant):
            what = f"Protein-changing, but known in the population at {variant.population_frequency:.2g}"
        kind, reason = DispositionKind.LISTED, _sentences(what, variant.origin_reason)
    return Disposition(
        record=variant.record,
        variant=variant.variant.key,
        gene=gene_of(variant),
        kind=kind,
        reason=reason,
    )


def as_part(variant: AnnotatedVariant, codons: SharedCodons, earlier: Sequence[Disposition]) -> Disposition | None:
    """Return the disposition of a part of a joint change, which is that of the change; ``None`` for other alleles."""
    leader = codons.reported_with(variant)
    if leader is None:
        return None
    place = (leader.record, leader.variant.key)
    whole = next(item for item in earlier if (item.record, item.variant) == place)
    facts = {"record": variant.record, "variant": variant.variant.key, "reason": codons.part_words(leader)}
    return whole.model_copy(update=facts)


def _reason_of_finding(variant: AnnotatedVariant, finding: Finding, earlier: Mapping[str, Finding]) -> str:
    first = earlier.get(finding.id)
    if first is not None and first.variant is not None:
        return f"The same variant as record {first.variant.record}, reported once."
    return _sentences(finding.why, variant.origin_reason if variant.origin is Origin.SOMATIC else "")


def _sentences(*parts: str) -> str:
    """Join texts into sentences that each begin with a capital and end with one period."""
    texts = [part.strip().rstrip(".") for part in parts]
    return " ".join(text[:1].upper() + text[1:] + "." for text in texts if text)
