"""Loci on the small random reference of :mod:`tests.calls.molecules`."""

from __future__ import annotations

from pathlib import Path

import pysam

from genomodel.core.loci import EventKind, Locus, LocusClass, LocusEvent
from tests.calls.molecules import CONTIG, READ, random_reference

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


def with_clips(bam: Path, path: Path, place: int, count: int) -> Path:
    """Copy reads, some of which go on behind a place with bases that are nowhere on the reference."""
    elsewhere = random_reference(seed=77)
    with pysam.AlignmentFile(str(bam)) as source:
        reads = list(source)
        crossing = [
            read
            for read in reads
            if read.reference_start < place - 15
            and (read.reference_end or 0) > place + 15
            and read.cigartuples == [(0, READ)]
        ]
        for read in crossing[:count]:
            kept, quality = place - read.reference_start, read.query_qualities
            read.query_sequence = str(read.query_sequence)[:kept] + elsewhere[: READ - kept]
            read.query_qualities, read.cigartuples = quality, [(0, kept), (4, READ - kept)]
        with pysam.AlignmentFile(str(path), "wb", header=source.header) as out:
            for read in reads:
                out.write(read)
    pysam.index(str(path))
    return path
