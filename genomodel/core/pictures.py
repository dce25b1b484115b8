"""Data behind pictures that a report draws: reads over a variant, and the protein that it changes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from genomodel.core.base import Noun


class PicturedRead(Noun):
    """One read over the window of a picture."""

    cells: str
    """One sign for each reference base of the window: ``.`` as the reference, ``A C G T N`` another base (small letter
    where its quality is low), ``-`` deleted, a blank where the read does not reach."""
    insertions: dict[int, str] = Field(default_factory=dict)
    """Inserted bases by the cell that they follow."""
    forward: bool
    mapping_quality: int
    supports: bool
    """Whether it carries the alternate allele."""


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
    """Bases of the window."""
    reads: tuple[PicturedRead, ...]
    """Those that are drawn, the ones with the allele first."""
    n_reads: int
    """Reads over the variant before any was left out of the picture."""
    n_supporting: int
    n_forward_supporting: int
    rule: str = ""
    """Which reads count and how those drawn were chosen, in words."""
    source: str = ""
    """Name of the alignment file."""


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
