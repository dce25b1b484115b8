"""Transcripts as places on their own strand, and the numbering of bases by HGVS.

Places are on a *strand axis*: base ``g`` (0-based) of the forward strand lies at ``g``, of the reverse strand at
``-g - 1``. Exons of either strand then come in ascending order and every rule is written once, for a forward gene.

Numbering after the HGVS recommendations (https://hgvs-nomenclature.org, "Numbering"): coding bases from the ``A`` of
the start codon, ``-`` before it, ``*`` after the stop codon, introns by the distance to the nearer exon, the middle
base of an intron by the exon before it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from genomodel.core.builds import bare


@dataclass(frozen=True, slots=True, eq=False)
class Transcript:
    """A transcript of gene models, exons in its own order on the strand axis."""

    name: str
    """Identifier with version where the gene models have one: ``ENST00000275493.7``."""
    id: str
    """Identifier as after ``ID=transcript:``, by which ``bcftools csq`` names it."""
    gene: str
    gene_id: str
    chrom: str
    forward: bool
    biotype: str
    exons: tuple[tuple[int, int], ...]
    """First base and base after the last of each exon, on the strand axis."""
    coding: tuple[int, int] | None = None
    """First coding base and the one after the last, counted from 0 over the exons; stop codon included."""
    phase: int = 0
    """Bases before the first whole codon, of transcripts whose start is not known."""
    start_known: bool = True
    end_known: bool = True
    sound: bool = True
    """Whether the coding rows of the gene models are what lies of the exons between their ends."""
    standing: int = 9
    """As :func:`~genomodel.calls.gene_models.standing` ranks it, 0 for MANE Select."""
    offsets: tuple[int, ...] = ()
    """Bases of the exons before each exon."""

    @property
    def length(self) -> int:
        """Bases of all exons."""
        first, last = self.exons[-1]
        return self.offsets[-1] + last - first

    @property
    def mitochondrial(self) -> bool:
        """Whether the mitochondrion's genetic code applies."""
        return bare(self.chrom) == "MT"

    @property
    def span(self) -> tuple[int, int]:
        """First base and the one after the last on the strand axis."""
        return self.exons[0][0], self.exons[-1][1]

    @property
    def coding_length(self) -> int:
        """Coding bases, 0 of a transcript without."""
        return 0 if self.coding is None else self.coding[1] - self.coding[0]

    def on_strand(self, first: int, last: int) -> tuple[int, int]:
        """Turn bases ``first`` up to ``last`` (0-based, half-open) of the genome into places on the strand axis."""
        return (first, last) if self.forward else (-last, -first)

    def exon_at(self, place: int) -> int:
        """Return the index of the last exon that begins at or before a place, -1 before the first."""
        return bisect_right(self.exons, (place, float("inf"))) - 1

    def count(self, place: int) -> tuple[int, int]:
        """Return the spliced base (from 0) that numbers a place, and the place's distance from it in an intron."""
        index = self.exon_at(place)
        if index < 0:
            return place - self.exons[0][0], 0
        first, after = self.exons[index]
        if place < after or index + 1 == len(self.exons):
            return self.offsets[index] + place - first, 0
        left, right = place - after + 1, self.exons[index + 1][0] - place
        if left <= right:
            return self.offsets[index + 1] - 1, left
        return self.offsets[index + 1], -right

    def label(self, place: int) -> str:
        """Return the number of a base: ``1799``, ``-124``, ``*12``, ``3028+1``; of a noncoding transcript from 1."""
        base, offset = self.count(place)
        return self.number(base) + (f"{offset:+d}" if offset else "")

    def number(self, base: int) -> str:
        """Return the number of a spliced base that is counted from 0."""
        first, after = (0, self.length) if self.coding is None else self.coding
        if base < first:
            return str(base - first)
        return f"*{base - after + 1}" if base >= after else str(base - first + 1)

    @property
    def prefix(self) -> str:
        """``c.`` or, without coding bases, ``n.``."""
        return "n." if self.coding is None else "c."


def make_offsets(exons: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """Return the bases of the exons before each exon."""
    found, total = [], 0
    for first, after in exons:
        found.append(total)
        total += after - first
    return tuple(found)
