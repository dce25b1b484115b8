"""Copy number: of genes, of segments, and of the genome as a whole."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.provenance import SourceFile


class CopyNumberState(StrEnum):
    """Gene-level copy-number call."""

    AMPLIFICATION = "amplification"
    DEEP_DELETION = "deep_deletion"
    NEUTRAL = "neutral"
    GAIN = "gain"
    LOSS = "loss"


class CopyNumberCall(Noun):
    """Copy number of one gene."""

    gene: str
    state: CopyNumberState
    log2_ratio: float | None = None
    copies: float | None = None
    """Copies in each tumor cell where purity is known, else of the mixture."""
    copies_low: float | None = None
    copies_high: float | None = None
    """Ends of the 95 % interval of :attr:`copies`, from the spread of the bins and the interval of purity."""
    n_regions: int | None = None
    """Bins or regions that it rests on."""
    event_bases: int | None = None
    """Length of the stretch around the gene that is altered alike: how focal the event is."""
    loh: bool | None = None
    """Whether one parental allele is lost; ``None`` where no heterozygous site told."""
    note: str = ""
    """Why less is said than the copies alone would."""


class Segment(Noun):
    """A stretch of one copy number; 1-based, ends included."""

    chrom: str
    start: int = Field(ge=1)
    end: int = Field(ge=1)
    log2_ratio: float
    n_bins: int | None = None
    copies: float | None = None
    """Total copies in each tumor cell; ``None`` without a purity."""
    minor_copies: float | None = None
    """Copies of the lesser allele in each tumor cell; ``None`` where no heterozygous site told."""
    minor_fraction: float | None = None
    """Mean share of reads of the lesser allele at heterozygous germline sites."""
    n_sites: int | None = None


class Bin(Noun):
    """Depth of one bin against the reference; 1-based, ends included."""

    chrom: str
    start: int = Field(ge=1)
    end: int = Field(ge=1)
    gene: str = ""
    """Symbol of the gene that the bin lies in; empty outside of genes and of targets."""
    log2: float
    weight: float = 1.0
    """Trust in :attr:`log2`, 0 to 1, as the program that measured it says."""
    depth: float | None = None


class PurityPloidy(Noun):
    """Share of tumor cells and mean copies of their genome, each with a 95 % interval, and where they come from."""

    purity: float | None = None
    purity_low: float | None = None
    purity_high: float | None = None
    ploidy: float | None = None
    ploidy_low: float | None = None
    ploidy_high: float | None = None
    source: str
    """``given`` by the pathologist, ``estimated`` here, or the program whose file said so."""
    reason: str = ""
    """Why there is no value, or no interval."""
    disagreement: str = ""
    """How an estimate and a given value part, where they do; the given value wins."""


class CopyNumberProfile(Noun):
    """Copy number of genes; ``assayed_genes`` tells a gene that was neutral from one that nobody looked at."""

    source: SourceFile
    calls: tuple[CopyNumberCall, ...] = ()
    assayed_genes: tuple[str, ...] | None = None
    """Genes with a copy-number answer; ``None`` when the file lists only events, so that silence means unknown."""
    not_assessed: dict[str, str] = Field(default_factory=dict)
    """Genes of the assay without an answer, each with the reason."""
    segments: tuple[Segment, ...] = ()
    purity: PurityPloidy | None = None
    method: str = ""
    """Program, segmentation and reference, in words."""
