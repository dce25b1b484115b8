"""Loci on the small random reference of :mod:`tests.calls.molecules`."""

from __future__ import annotations

from genomodel.core.loci import EventKind, Locus, LocusClass, LocusEvent
from tests.calls.molecules import CONTIG

SUBSTITUTION = LocusEvent(kind=EventKind.SUBSTITUTION, longest=3)


def codon(sequence: str, first: int, name: str = "GENE A1", *, forward: bool = True) -> Locus:
    """A codon of three neighboring bases; ``first`` is its lowest 1-based position."""
    order = (first, first + 1, first + 2) if forward else (first + 2, first + 1, first)
    return Locus(
        id=name,
        gene=name.split(maxsplit=1)[0],
        locus_class=LocusClass.CODON,
        chrom=CONTIG,
        positions=order,
        bases="".join(sequence[position - 1] for position in order),
        forward=forward,
        events=(SUBSTITUTION,),
    )


def region(sequence: str, first: int, last: int, *events: LocusEvent) -> Locus:
    """A stretch asked for insertions and deletions."""
    return Locus(
        id="GENE region",
        gene="GENE",
        locus_class=LocusClass.INDEL,
        chrom=CONTIG,
        positions=tuple(range(first, last + 1)),
        bases=sequence[first - 1 : last],
        forward=True,
        events=events,
    )
