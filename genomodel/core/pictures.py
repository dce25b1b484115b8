"""Data behind pictures that a report draws: reads over a variant, and the protein that it changes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from genomodel.core.base import Noun


class PicturedRead(Noun):
    """One read over the window of a picture."""

    cells: str
    """One sign for each reference base of the window: ``.`` as the reference, ``A C G T N`` another base, ``-``
    deleted, ``~`` soft-clipped, a blank where the read does not reach. Of low quality, ``,`` is as the reference and
    a small letter another base."""
    insertions: dict[int, str] = Field(default_factory=dict)
    """Inserted bases by the cell that they follow, small ones of low quality; of long ones the first and ``+n`` for
    the rest. Before the first cell it is -1."""
    forward: bool
    mapping_quality: int
    supports: bool
    """Whether it carries the alternate allele."""
    counted: bool = True
    """Whether it is among those that the numbers of the picture count."""


class ReadsLeftOut(Noun):
    """Reads over a variant that the numbers of a picture do not count."""

    duplicates: int = 0
    secondary: int = 0
    """Secondary and supplementary alignments."""
    failed: int = 0
    """Marked as failed by the sequencer."""
    low_mapping: int = 0
    low_mapping_supporting: int = 0
    silent: int = 0
    """Base of low quality at the variant, or too little of the read beyond an insertion or deletion to tell."""
    silent_supporting: int = 0
    """Of these, reads that show the allele with bases of low quality."""


class ReadPicture(Noun):
    """The reads of one sample over one small variant."""

    finding_id: str
    variant: str
    """Key."""
    sample: Literal["tumor", "normal"]
    chrom: str
    start: int = Field(ge=0)
    """0-based position of the first cell."""
    reference: str
    """Bases of the window, ``N`` where nobody knows them."""
    reference_source: str = ""
    """Where the reference bases come from: a FASTA by name, or the reads' own MD tags; empty for nowhere."""
    focus: tuple[int, int]
    """First and last cell that the variant changes; of an insertion, the cells beside it."""
    hidden_bases: int = 0
    """Bases of a long deletion or substitution that lie beyond the window."""
    reads: tuple[PicturedRead, ...]
    """Those that are drawn, the ones with the allele first."""
    n_reads: int
    """Reads over the variant that count, before any was left out of the picture."""
    n_supporting: int
    n_forward_supporting: int
    n_forward: int = 0
    """Of all that count."""
    n_other: int = 0
    """Reads that count and carry neither the reference nor the alternate allele."""
    n_fragments: int = 0
    """The same reads with mates put together, as calls count them."""
    n_fragments_supporting: int = 0
    n_edge_supporting: int = 0
    """Reads with the allele in which it lies at the edge of the aligned part."""
    mapping_quality_supporting: float | None = None
    """Median over the reads with the allele; ``None`` where there is none."""
    mapping_quality_rest: float | None = None
    base_quality_supporting: float | None = None
    """Median over the lowest quality of each read's bases at a substitution; ``None`` for other variants."""
    left_out: ReadsLeftOut = ReadsLeftOut()
    min_base_quality: int = 20
    min_mapping_quality: int = 20
    rule: str = ""
    """Which reads count and how those drawn were chosen, in words."""
    source: str = ""
    """Name of the alignment file."""

    @property
    def n_reverse_supporting(self) -> int:
        """Reads with the allele that were read from the reverse strand."""
        return self.n_supporting - self.n_forward_supporting

    @property
    def strands_of_rest(self) -> tuple[int, int]:
        """Forward and reverse reads without the allele."""
        forward = self.n_forward - self.n_forward_supporting
        return forward, self.n_reads - self.n_supporting - forward


class ResidueCount(Noun):
    """Tumors of a collection with a mutation at a residue."""

    residue: int
    tumors: int


class ProteinChange(Noun):
    """An alteration of the tumor, on the protein."""

    residue: int
    label: str
    finding_id: str = ""
    """Empty for a variant that is only listed."""
    tier: str = ""
    truncating: bool = False


class ProteinDomain(Noun):
    """A part of a protein that has a name."""

    start: int
    end: int
    name: str


class ProteinMap(Noun):
    """A protein with the residues that tumors often mutate and those that this tumor mutates."""

    gene: str
    transcript: str
    length: int | None
    """In residues; ``None`` where nobody said, so that the drawing ends at the last known residue."""
    length_source: str = ""
    hotspots: tuple[ResidueCount, ...] = ()
    hotspot_source: str = ""
    changes: tuple[ProteinChange, ...]
    domains: tuple[ProteinDomain, ...] = ()
    domain_source: str = ""
