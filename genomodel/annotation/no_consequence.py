"""Why nothing is known of what an allele does: it has no bases, stands on no chromosome, or hits no transcript."""

from __future__ import annotations

import re

from genomodel.core.builds import bare
from genomodel.core.findings import DispositionKind
from genomodel.core.variants import Variant

_CHROMOSOME = re.compile(r"(\d{1,2}|X|Y|MT)")
_BASES = re.compile(r"[ACGT]*")
_ELSEWHERE = "rearrangements are read from files of structural variants."
_ALLELES = (
    (re.compile(r"\."), DispositionKind.REFERENCE_ONLY, "The record holds no alternate allele."),
    (re.compile(r"\*|<\*.*|<NON_REF>"), DispositionKind.NO_SEQUENCE, "{} stands for no sequence of its own."),
    (re.compile(r"<.*"), DispositionKind.SYMBOLIC, f"{{}} names no bases; {_ELSEWHERE}"),
    (re.compile(r".*[\[\]].*|\..+|.+\."), DispositionKind.SYMBOLIC, f"{{}} is a breakend; {_ELSEWHERE}"),
)
"""Alternate alleles that are no run of bases, and what to say of them."""
NO_ALLELE = frozenset({DispositionKind.REFERENCE_ONLY, DispositionKind.NO_SEQUENCE})
"""What is no allele at all, whatever else the record says."""


def without_consequence(variant: Variant) -> tuple[DispositionKind, str]:
    """Return what becomes of a variant that has no consequence on a gene, and why as a sentence."""
    ref, alt = variant.ref.upper().strip("-"), variant.alt.upper().strip("-")
    for looks, kind, reason in _ALLELES:
        if looks.fullmatch(alt):
            return kind, reason.format(variant.alt)
    if not _BASES.fullmatch(ref + alt):
        reason = "Its alleles hold letters other than A, C, G and T, so that what it does is open."
        return DispositionKind.UNREADABLE, reason
    if not _CHROMOSOME.fullmatch(bare(variant.chrom)):
        reason = f"{variant.chrom} is no chromosome; no transcript of the annotation overlaps it."
        return DispositionKind.NO_TRANSCRIPT, reason
    return DispositionKind.NO_TRANSCRIPT, "No transcript is named for it by the annotation."
