"""Rearrangements: fusions of two genes, exons that a gene lost, and of which genes nobody could have seen one."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.provenance import SourceFile
from genomodel.core.variants import Fusion

ACCEPTOR_BASES = 25
"""Intron bases before an exon that are its acceptor site, with its polypyrimidine tract."""
DONOR_BASES = 6
"""Intron bases after an exon that are its donor site."""

LEAST_PURITY = 0.2
"""Share of tumor cells from which on silence of DNA is a negative: a rearrangement of one of two copies is then on 10 %
of the molecules, which the depth that is asked for shows."""

NO_GENE = "no gene"
"""Stands for a partner where the other side lies in no gene."""


class Frame(StrEnum):
    """Whether the part behind the junction is translated in its own frame."""

    IN_FRAME = "in-frame"
    OUT_OF_FRAME = "out-of-frame"
    UNKNOWN = "unknown"


class RearrangementKind(StrEnum):
    """What was joined or lost."""

    FUSION = "fusion"
    EXONS_LOST = "exons_lost"
    SPLICE_SITE_LOST = "splice_site_lost"
    """A splice site of an exon whose skipping matters, deleted: whether the exon is skipped only RNA shows."""


def loss_name(gene: str, lost: tuple[int, int]) -> str:
    """Return ``MET exon 14 skipping``, ``EGFR exons 2-7 loss``."""
    first, last = lost
    exons = f"exon {first}" if first == last else f"exons {first}-{last}"
    return f"{gene} {exons} {'skipping' if (gene, lost) == ('MET', (14, 14)) else 'loss'}"


class Material(StrEnum):
    """What was sequenced."""

    DNA = "DNA"
    RNA = "RNA"


class JoinedGene(Noun):
    """One side of a junction."""

    gene: str
    chrom: str
    pos: int
    """Last base that is kept, 1-based."""
    transcript: str = ""
    place: str = ""
    """``intron 13``, ``exon 20``, ``5' UTR`` …; empty where no gene models were given."""
    exon: int | None = None
    """Exon that the transcript is joined at: the last one kept of the 5' gene, the first one of the 3' gene."""
    n_exons: int | None = None


class Support(Noun):
    """What one caller saw of a junction."""

    material: Material
    program: str
    split_reads: int | None = None
    """Reads, or fragments, across the junction."""
    spanning_pairs: int | None = None
    """Pairs with one mate on each side."""
    fraction: float | None = Field(default=None, ge=0, le=1)
    """Share of the reads, or pairs, at the junction that carry it."""
    normal_reads: int | None = None
    """Reads and pairs of the matched normal with it; ``None`` without a normal."""
    said: str = ""
    """The caller's own verdict: filter, confidence."""
    file: str = ""


class Rearrangement(Noun):
    """One event with all that supports it."""

    kind: RearrangementKind
    five: JoinedGene
    three: JoinedGene
    frame: Frame = Frame.UNKNOWN
    frame_reason: str = ""
    """Why the frame is what it is, or is not known."""
    exons_lost: tuple[int, int] | None = None
    """First and last exon that is lost, or whose splice site is."""
    domain: str = ""
    """``kept``, ``partly kept`` or ``lost``: exons that the actionable gene needs; empty where no source tells."""
    support: tuple[Support, ...]
    reciprocal: bool = False
    """Whether the other product of a balanced rearrangement was seen too."""
    confirmed: bool
    """Told from germline and artifact: by a matched normal, or by RNA beside DNA."""
    unconfirmed_reason: str = ""

    @property
    def label(self) -> str:
        """``EML4::ALK fusion``, ``MET exon 14 skipping``, ``EGFR exons 2-7 loss``, ``MET exon 14 splice site lost``."""
        if self.kind is RearrangementKind.FUSION or self.exons_lost is None:
            return f"{self.five.gene}::{self.three.gene} fusion"
        if self.kind is RearrangementKind.SPLICE_SITE_LOST:
            return f"{self.five.gene} exon {self.exons_lost[0]} splice site lost"
        return loss_name(self.five.gene, self.exons_lost)

    @property
    def materials(self) -> tuple[Material, ...]:
        """What it was seen in, each once."""
        return tuple(material for material in Material if any(item.material is material for item in self.support))


class GeneAnswer(Noun):
    """Whether a fusion of a gene, or a named loss of exons, could have been seen."""

    gene: str
    """Symbol, or the name of the loss."""
    assessable: bool
    material: Material | None = None
    """What it could have been seen in."""
    reason: str
    unresolved: bool = False
    """Whether a break was seen in the gene that the caller filtered or could not place: no fusion, and no negative."""


class RearrangementAssay(Noun):
    """All that was looked for, and found, of rearrangements of one tumor."""

    sample: str = ""
    calls: tuple[Rearrangement, ...] = ()
    """Events of genes of the actionable list."""
    other_fusions: tuple[Fusion, ...] = ()
    """Joined genes outside of the list, without a word on what they mean."""
    genes: tuple[GeneAnswer, ...] = ()
    """Of each gene of the list."""
    exon_losses: tuple[GeneAnswer, ...] = ()
    """Of each loss of exons that has a name."""
    left_out: dict[str, int] = Field(default_factory=dict)
    """Records that are no event of the list, counted by reason."""
    every_pair: bool = False
    """Whether a fusion of any two genes would have been seen, as whole genomes and transcriptomes show them."""
    matched_normal: bool | None = None
    method: str = ""
    """Programs and filters, in words."""
    synthetic: bool = False
    sources: tuple[SourceFile, ...] = ()


def settle_genes(assay: RearrangementAssay, purity: float | None) -> RearrangementAssay:
    """Return the answers that a report may state, now that the purity in force is known.

    Below :data:`LEAST_PURITY` no silence of DNA is a negative; that of RNA is left, and so is what was found.

    Parameters
    ----------
    assay
        What was looked for.
    purity
        Share of tumor cells, where known.
    """
    if purity is None or purity >= LEAST_PURITY - 0.005:
        return assay
    share = f"at a purity of {purity:.0%} an event of one copy is on {purity / 2:.0%} of the molecules"
    why = f"{share}, which the depth that was asked for need not show"

    def settled(answer: GeneAnswer) -> GeneAnswer:
        open_now = answer.assessable and answer.material is Material.DNA
        return answer.model_copy(update={"assessable": False, "reason": why}) if open_now else answer

    genes, losses = (tuple(map(settled, answers)) for answers in (assay.genes, assay.exon_losses))
    by_rna = any(answer.assessable for answer in genes)
    return assay.model_copy(update={"genes": genes, "exon_losses": losses, "every_pair": assay.every_pair and by_rna})
