"""Rows of one sample that give the same allele again: each allele counts once, and no row is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from genomodel.annotation.gene_names import why_no_symbol
from genomodel.core.builds import bare
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant, Consequence, Origin

_ORIGINS = (Origin.SOMATIC, Origin.UNCERTAIN, Origin.GERMLINE, Origin.NOT_CALLED)
"""Which of several rows on one allele is kept: what may be of the tumor before what is not, so that nothing is lost."""
_BASES = re.compile(r"[ACGTN]+|-")


def join_duplicates(variants: Iterable[AnnotatedVariant]) -> tuple[AnnotatedVariant, ...]:
    """Return the variants of one sample in their order, each allele called once.

    Of rows with the same place and bases the first one of the likeliest origin is kept, with the consequences of all of
    them; the others are not called and name it. Symbolic alleles are left alone: their ends may differ.
    """
    joined = list(variants)
    same: dict[tuple[str, int, str, str], list[int]] = {}
    for index, variant in enumerate(joined):
        place = variant.variant
        ref, alt = place.ref.upper(), place.alt.upper()
        if _BASES.fullmatch(ref) and _BASES.fullmatch(alt):
            same.setdefault((bare(place.chrom), place.pos, ref, alt), []).append(index)
    for places in same.values():
        if len(places) > 1:
            for index, variant in zip(places, _joined([joined[index] for index in places]), strict=True):
                joined[index] = variant
    return tuple(joined)


def _joined(rows: Sequence[AnnotatedVariant]) -> list[AnnotatedVariant]:
    kept = min(rows, key=lambda row: (_ORIGINS.index(row.origin), row.record))
    again = f"the same allele as record {kept.record} of this sample, counted once"
    repeated = {
        "origin": Origin.NOT_CALLED,
        "origin_reason": again,
        "germline_risk": None,
        "repeats": kept.record,
    }
    return [_with_all(kept, rows) if row is kept else row.model_copy(update=repeated) for row in rows]


def _with_all(kept: AnnotatedVariant, rows: Sequence[AnnotatedVariant]) -> AnnotatedVariant:
    """Return the row that is kept with what all rows say of the allele."""
    reported = [row.consequence for row in (kept, *rows) if row.consequence is not None]
    chosen = min(reported, key=_rank, default=None)
    told = dict.fromkeys(item for row in (kept, *rows) for item in (row.consequence, *row.other_consequences) if item)
    frequencies = [row.population_frequency for row in rows if row.population_frequency is not None]
    said = [
        f"the same allele, record {row.record} says {row.origin.value}" for row in rows if row.origin != kept.origin
    ]
    return kept.model_copy(
        update={
            "consequence": chosen,
            "other_consequences": tuple(item for item in told if item != chosen),
            "population_frequency": max(frequencies, default=None),
            "population_groups": _highest_by_group(rows),
            "population_covered": any(row.population_covered for row in rows) or None,
            "origin_reason": "; ".join([kept.origin_reason, *said]),
        }
    )


def _highest_by_group(rows: Sequence[AnnotatedVariant]) -> dict[str, float]:
    highest: dict[str, float] = {}
    for name, value in (item for row in rows for item in row.population_groups.items()):
        highest[name] = max(value, highest.get(name, 0.0))
    return highest


def _rank(consequence: Consequence) -> tuple[bool, bool, bool]:
    """Rank what says most first: under the name of a gene, of a protein, and how it changes."""
    nameless = bool(why_no_symbol(consequence.gene))
    return nameless, consequence.variant_class not in PROTEIN_CHANGING, not consequence.protein_change
