"""Rows of one sample that give the same allele again: each allele counts once, and no row is lost."""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.annotation.gene_names import why_no_symbol
from genomodel.core.builds import bare
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant, Consequence, Origin

SAME_ALLELE = "the same allele as record"
"""Beginning of the reason of a row whose allele another row has given."""
_ORIGINS = (Origin.SOMATIC, Origin.UNCERTAIN, Origin.GERMLINE, Origin.NOT_CALLED)
"""Which of several rows on one allele is kept: what may be of the tumor before what is not, so that nothing is lost."""


def join_duplicates(variants: Iterable[AnnotatedVariant]) -> tuple[AnnotatedVariant, ...]:
    """Return the variants of one sample in their order, each allele called once.

    Of rows with the same place and alleles the first one of the likeliest origin is kept, with the consequences of all
    of them; the others are not called and name it.
    """
    given = tuple(variants)
    same: dict[tuple[str, int, str, str], list[AnnotatedVariant]] = {}
    for variant in given:
        place = variant.variant
        key = (bare(place.chrom), place.pos, place.ref.upper(), place.alt.upper())
        same.setdefault(key, []).append(variant)
    replaced = {item.record: item for rows in same.values() if len(rows) > 1 for item in _joined(rows)}
    return tuple(replaced.get(variant.record, variant) for variant in given)


def _joined(rows: list[AnnotatedVariant]) -> Iterable[AnnotatedVariant]:
    kept = min(rows, key=lambda row: (_ORIGINS.index(row.origin), row.record))
    found = [item for row in (kept, *rows) for item in (row.consequence, *row.other_consequences) if item is not None]
    told = list(dict.fromkeys(found))
    reported = min(told, key=_rank, default=None)
    others = tuple(item for item in told if item is not reported)
    said = [f"record {row.record} says {row.origin.value}" for row in rows if row.origin is not kept.origin]
    reason = "; ".join([kept.origin_reason, *(f"the same allele, {text}" for text in said)])
    yield kept.model_copy(update={"consequence": reported, "other_consequences": others, "origin_reason": reason})
    for row in rows:
        if row is not kept:
            again = f"{SAME_ALLELE} {kept.record} of this sample, counted once"
            yield row.model_copy(update={"origin": Origin.NOT_CALLED, "origin_reason": again, "germline_risk": None})


def _rank(consequence: Consequence) -> tuple[bool, bool, bool]:
    """Rank what says most first: under the name of a gene, of a protein, and how it changes."""
    nameless = bool(why_no_symbol(consequence.gene))
    return nameless, consequence.variant_class not in PROTEIN_CHANGING, not consequence.protein_change
