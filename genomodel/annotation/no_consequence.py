"""Why nothing is known of what an allele does: it has no bases, stands on no chromosome, or hits no transcript."""

from __future__ import annotations

import re

from genomodel.core.builds import bare
from genomodel.core.variants import Variant

_CHROMOSOME = re.compile(r"(\d{1,2}|X|Y|MT)")
_BASES = re.compile(r"[ACGT]*")
_ELSEWHERE = "rearrangements are read from files of structural variants."
_ALLELES = (
    (re.compile(r"\."), "The record holds no alternate allele."),
    (re.compile(r"\*|<\*.*|<NON_REF>"), "{} stands for no sequence of its own."),
    (re.compile(r"<.*"), f"{{}} names no bases; {_ELSEWHERE}"),
    (re.compile(r".*[\[\]].*|\..+|.+\."), f"{{}} is a breakend; {_ELSEWHERE}"),
)
"""Alternate alleles that are no run of bases, and what to say of them."""


def why_no_consequence(variant: Variant) -> str:
    """Return, as a sentence, why a variant has no consequence on a gene."""
    ref, alt = variant.ref.upper().strip("-"), variant.alt.upper().strip("-")
    for looks, reason in _ALLELES:
        if looks.fullmatch(alt):
            return reason.format(variant.alt)
    if not _BASES.fullmatch(ref + alt):
        return "Its alleles hold letters other than A, C, G and T, so that what it does is open."
    if not _CHROMOSOME.fullmatch(bare(variant.chrom)):
        return f"{variant.chrom} is no chromosome; no transcript of the annotation overlaps it."
    return "No transcript of the annotation overlaps it."
