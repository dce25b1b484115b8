"""What an allele does to the genome, whatever a transcript says of it: bases lost, bases gained, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from genomodel.core.builds import bare
from genomodel.core.variants import Variant

_BASES = re.compile(r"[ACGTN]*")


@dataclass(frozen=True, slots=True)
class Shape:
    """An allele without the bases that both alleles share.

    ``first`` and ``last`` are the changed bases, 1-based; of an insertion the two bases beside it, of a duplication
    the bases that come twice.
    """

    chrom: str
    """Without ``chr``."""
    first: int
    last: int
    lost: int
    gained: int
    ref: str = ""
    """The bases exchanged, where as many are gained as lost."""
    alt: str = ""

    @property
    def net(self) -> int:
        """Bases won (positive) or lost (negative)."""
        return self.gained - self.lost

    @property
    def is_substitution(self) -> bool:
        """Whether as many bases come as go."""
        return self.lost == self.gained

    def exchanges(self, pos: int, ref: str, alt: str) -> bool:
        """Whether a base is exchanged for another, alone or in a run of exchanged ones."""
        place = pos - self.first
        return self.is_substitution and 0 <= place < len(self.ref) and (self.ref[place], self.alt[place]) == (ref, alt)


def shape_of(variant: Variant, *, end: int | None = None, length: int | None = None) -> Shape | None:
    """Return the shape of an allele, ``None`` where its alleles do not tell it.

    Parameters
    ----------
    variant
        VCF alleles, MAF alleles with ``-``, or a symbolic ``<DEL>``, ``<DUP>`` or ``<INS>``; small letters count as
        capitals. Breakends, ``*`` and ambiguous bases tell no shape.
    end, length
        Of a symbolic allele: last base (``END``) and bases gained or lost (``SVLEN``), where the record says.
    """
    chrom, ref, alt = bare(variant.chrom), variant.ref.upper().strip("-"), variant.alt.upper().strip("-")
    if alt.startswith("<"):
        return _symbolic(chrom, variant.pos, alt.strip("<>").split(":")[0], end, length)
    if not _BASES.fullmatch(ref) or not _BASES.fullmatch(alt) or ref == alt:
        return None
    lead = 0
    while lead < min(len(ref), len(alt)) and ref[lead] == alt[lead]:
        lead += 1
    tail = 0
    while tail < min(len(ref), len(alt)) - lead and ref[-1 - tail] == alt[-1 - tail]:
        tail += 1
    left, right = ref[lead : len(ref) - tail], alt[lead : len(alt) - tail]
    if not ref:
        # A MAF names the two bases beside an insertion; the first of them is its start.
        return Shape(chrom, variant.pos, variant.pos + 1, 0, len(alt))
    first, last = sorted((variant.pos + lead, variant.pos + len(ref) - tail - 1))
    return Shape(chrom, first, last, len(left), len(right), left, right)


def _symbolic(chrom: str, pos: int, kind: str, end: int | None, length: int | None) -> Shape | None:
    size = abs(length) if length else None
    if kind == "INS":
        return Shape(chrom, pos, pos + 1, 0, size) if size else None
    last = end if end is not None and end > pos else (pos + size if size else None)
    if last is None or kind not in ("DEL", "DUP"):
        return None
    bases = last - pos
    return Shape(chrom, pos + 1, last, *((bases, 0) if kind == "DEL" else (0, bases)))
