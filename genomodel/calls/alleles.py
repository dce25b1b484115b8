"""Alleles as places and bases: trimming, left-alignment, and taking complex haplotypes apart.

Engines spell one event in different ways: a haplotype caller joins a germline SNP and a base error beside it into one
record, another writes two SNVs where a third writes one double substitution. Records are therefore taken apart into
what truly differs from the reference: an alignment of the two alleles gives runs of adjacent substitutions, insertions
and deletions, each normalized on its own.
"""

from __future__ import annotations

from collections.abc import Callable

from genomodel.core.variants import Variant

Bases = Callable[[str, int, int], str]
"""Reference bases of a contig, 0-based and half-open, in capitals."""

MISMATCH, GAP_OPEN, GAP_EXTEND = 4, 6, 1
"""Costs of the alignment of two alleles: a gap is dearer than one substitution and cheaper than two."""

MAX_ALIGNED = 400
"""Bases of an allele beyond which it is kept as one event: the alignment costs the product of both lengths."""


def trimmed(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Remove the bases that two alleles share at their ends; an insertion or deletion keeps the base before it."""
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return pos, ref, alt


def trim(variant: Variant) -> Variant:
    """Return a variant without the bases that its alleles share, by :func:`trimmed`."""
    pos, ref, alt = trimmed(variant.pos, variant.ref.upper(), variant.alt.upper())
    return Variant(chrom=variant.chrom, pos=pos, ref=ref, alt=alt)


def left_aligned(chrom: str, pos: int, ref: str, alt: str, bases: Bases) -> tuple[int, str, str]:
    """Return the leftmost, shortest form of an allele (Tan et al. 2015, doi:10.1093/bioinformatics/btv112).

    Parameters
    ----------
    chrom, pos, ref, alt
        The allele in capitals, 1-based.
    bases
        The reference.

    Returns
    -------
    tuple
        Position and alleles; an insertion or deletion has the base before it, at the first base the one behind.
    """
    if ref == alt:
        return pos, ref, alt
    while ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
        if not ref or not alt:
            if pos == 1:
                after = bases(chrom, len(ref), len(ref) + 1)
                return 1, ref + after, alt + after
            pos -= 1
            before = bases(chrom, pos - 1, pos)
            ref, alt = before + ref, before + alt
    return trimmed(pos, ref, alt)


def left_align(variant: Variant, bases: Bases) -> Variant:
    """Return the leftmost, shortest form of an allele, by :func:`left_aligned`."""
    pos, ref, alt = left_aligned(variant.chrom, variant.pos, variant.ref.upper(), variant.alt.upper(), bases)
    return Variant(chrom=variant.chrom, pos=pos, ref=ref, alt=alt)


def is_substitution(variant: Variant) -> bool:
    """Whether both alleles are of one length."""
    return len(variant.ref) == len(variant.alt)


def components(variant: Variant, bases: Bases) -> tuple[Variant, ...]:
    """Take an allele apart into runs of adjacent substitutions and left-aligned insertions and deletions.

    Parameters
    ----------
    variant
        One allele.
    bases
        The reference.

    Returns
    -------
    tuple of Variant
        In genome order; the allele itself, normalized, when it is one event.
    """
    small = trim(variant)
    if is_substitution(small):
        return _substitution_runs(small)
    if min(len(small.ref), len(small.alt)) == 1 and small.ref[0] == small.alt[0]:
        return (left_align(small, bases),)
    if max(len(small.ref), len(small.alt)) > MAX_ALIGNED:
        return (small,)
    parts: list[Variant] = []
    for part in _aligned_parts(small, bases):
        moved = left_align(part, bases)
        # An indel that would move over the change before it is another event there: it stays where it is.
        free = not parts or moved.pos >= parts[-1].pos + len(parts[-1].ref)
        parts.append(moved if free else part)
    return tuple(parts)


def single_bases(variant: Variant) -> tuple[Variant, ...]:
    """Return the substitutions of single bases that a substitution is made of."""
    return tuple(
        Variant(chrom=variant.chrom, pos=variant.pos + i, ref=ref, alt=alt)
        for i, (ref, alt) in enumerate(zip(variant.ref, variant.alt, strict=True))
        if ref != alt
    )


def _substitution_runs(variant: Variant) -> tuple[Variant, ...]:
    runs: list[Variant] = []
    for base in single_bases(variant):
        last = runs[-1] if runs else None
        if last is not None and last.pos + len(last.ref) == base.pos:
            runs[-1] = Variant(chrom=last.chrom, pos=last.pos, ref=last.ref + base.ref, alt=last.alt + base.alt)
        else:
            runs.append(base)
    return tuple(runs) or (variant,)


def _aligned_parts(variant: Variant, bases: Bases) -> list[Variant]:
    """Walk the cheapest alignment of both alleles and return its differences, with an anchor where one is needed."""
    parts: list[Variant] = []
    ref_at = alt_at = 0
    start: tuple[int, int] | None = None
    for step in [*_cheapest_path(variant.ref, variant.alt), "="]:
        if step == "=" and start is not None:
            parts.append(_part(variant, start, (ref_at, alt_at), bases))
            start = None
        elif step != "=" and start is None:
            start = (ref_at, alt_at)
        ref_at += step in "=XD"
        alt_at += step in "=XI"
    return parts


def _part(variant: Variant, start: tuple[int, int], end: tuple[int, int], bases: Bases) -> Variant:
    ref, alt, pos = variant.ref[start[0] : end[0]], variant.alt[start[1] : end[1]], variant.pos + start[0]
    if ref and alt:
        return Variant(chrom=variant.chrom, pos=pos, ref=ref, alt=alt)
    if pos == 1:
        after = bases(variant.chrom, len(ref), len(ref) + 1)
        return Variant(chrom=variant.chrom, pos=1, ref=ref + after, alt=alt + after)
    before = bases(variant.chrom, pos - 2, pos - 1)
    return Variant(chrom=variant.chrom, pos=pos - 1, ref=before + ref, alt=before + alt)


def _cheapest_path(ref: str, alt: str) -> list[str]:
    """Return the steps (``=``, ``X``, ``D``, ``I``) of a global alignment with affine gaps (Gotoh 1982)."""
    infinity = 10**9
    rows, columns = len(ref) + 1, len(alt) + 1
    match = [[infinity] * columns for _ in range(rows)]
    deletion = [[infinity] * columns for _ in range(rows)]
    insertion = [[infinity] * columns for _ in range(rows)]
    match[0][0] = 0
    for i in range(rows):
        for j in range(columns):
            if i:
                opened = min(match[i - 1][j], insertion[i - 1][j]) + GAP_OPEN
                deletion[i][j] = min(opened, deletion[i - 1][j] + GAP_EXTEND)
            if j:
                opened = min(match[i][j - 1], deletion[i][j - 1]) + GAP_OPEN
                insertion[i][j] = min(opened, insertion[i][j - 1] + GAP_EXTEND)
            if i and j:
                cost = 0 if ref[i - 1] == alt[j - 1] else MISMATCH
                before = min(match[i - 1][j - 1], deletion[i - 1][j - 1], insertion[i - 1][j - 1])
                match[i][j] = before + cost
    i, j, steps = len(ref), len(alt), []
    tables = {"M": match, "D": deletion, "I": insertion}
    state = min("MDI", key=lambda name: tables[name][i][j])
    while i or j:
        here = tables[state][i][j]
        if state == "M":
            cost = 0 if ref[i - 1] == alt[j - 1] else MISMATCH
            steps.append("X" if cost else "=")
            i, j = i - 1, j - 1
            state = next(name for name in "MDI" if tables[name][i][j] + cost == here)
        elif state == "D":
            steps.append("D")
            i -= 1
            extended = deletion[i][j] + GAP_EXTEND == here
            state = "D" if extended else next(n for n in "MI" if tables[n][i][j] + GAP_OPEN == here)
        else:
            steps.append("I")
            j -= 1
            extended = insertion[i][j] + GAP_EXTEND == here
            state = "I" if extended else next(n for n in "MD" if tables[n][i][j] + GAP_OPEN == here)
    return steps[::-1]
