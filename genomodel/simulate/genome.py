"""Lay the genes out on small contigs, with random bases wherever nothing real is stated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from genomodel.core.codons import COMPLEMENT, reverse_complement
from genomodel.simulate.genes import GENES, GeneSpec

Bases = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]

FLANK = 700
"""Bases before, between and after the genes of a contig; wider than the longest fragment."""
INTRON = 140
UTR5, UTR3 = 60, 80
PANEL_PADDING = 20
STOPS = ("TAA", "TAG", "TGA")
SENSE = tuple(a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT" if a + b + c not in STOPS)


@dataclass(frozen=True)
class Exon:
    """One exon, 0-based half-open; ``coding`` is its coding part, ``None`` when it has none."""

    number: int
    start: int
    end: int
    coding: tuple[int, int] | None


@dataclass(frozen=True)
class Gene:
    """A gene at its place in the synthetic genome."""

    spec: GeneSpec
    index: int
    start: int
    end: int
    exons: tuple[Exon, ...]
    """In transcript order."""

    @cached_property
    def coding_positions(self) -> Positions:
        """0-based genome position of every coding base, in transcript order."""
        step = 1 if self.spec.strand == "+" else -1
        parts = [np.arange(*exon.coding)[::step] for exon in self.exons if exon.coding]
        return np.concatenate(parts).astype(np.int64)

    @property
    def gene_id(self) -> str:
        """Invented stable id of the gene."""
        return f"SYNG{self.index:011d}"

    @property
    def transcript_id(self) -> str:
        """Invented stable id of the transcript."""
        return f"SYNT{self.index:011d}"


@dataclass(frozen=True)
class Genome:
    """Contig sequences and the genes on them."""

    seed: int
    contigs: dict[str, str]
    genes: tuple[Gene, ...]

    def gene(self, symbol: str) -> Gene:
        """Return the gene of that symbol."""
        return next(gene for gene in self.genes if gene.spec.symbol == symbol)

    def coding_sequence(self, gene: Gene) -> str:
        """Return the coding sequence in transcript direction, stop codon included."""
        contig = self.contigs[gene.spec.contig]
        sequence = "".join(contig[i] for i in gene.coding_positions)
        return sequence if gene.spec.strand == "+" else sequence.translate(COMPLEMENT)

    def panel(self) -> list[tuple[str, int, int, str]]:
        """Return the targeted regions: every coding exon with its padding, as BED rows in genome order."""
        rows = [
            (
                gene.spec.contig,
                exon.coding[0] - PANEL_PADDING,
                exon.coding[1] + PANEL_PADDING,
                f"{gene.spec.symbol}:exon{exon.number}",
            )
            for gene in self.genes
            for exon in gene.exons
            if exon.coding
        ]
        order = {name: i for i, name in enumerate(self.contigs)}
        return sorted(rows, key=lambda row: (order[row[0]], row[1]))


def random_bases(rng: np.random.Generator, length: int) -> str:
    """Return random bases without runs of more than three, which real callers would rightly distrust."""
    letters: list[str] = []
    for code in rng.integers(0, 4, length):
        base = "ACGT"[code]
        if letters[-3:] == [base] * 3:
            base = "ACGT"[(code + 1) % 4]
        letters.append(base)
    return "".join(letters)


def random_coding_sequence(rng: np.random.Generator, spec: GeneSpec) -> str:
    """Return a start codon, random sense codons, the real codons in their places, and a stop codon."""
    n_codons = sum(spec.coding) // 3
    codons = ["ATG", *(SENSE[i] for i in rng.integers(0, len(SENSE), n_codons - 2)), "TAA"]
    for number, triplets in spec.codons.items():
        for offset in range(len(triplets) // 3):
            codons[number - 1 + offset] = triplets[3 * offset : 3 * offset + 3]
    return "".join(codons)


def _transcript_pieces(rng: np.random.Generator, spec: GeneSpec) -> tuple[str, list[tuple[int, int, int, int]]]:
    """Return the gene's bases in transcript direction and per exon (start, end, coding start, coding end) in them."""
    coding = random_coding_sequence(rng, spec)
    with_coding = [i for i, length in enumerate(spec.coding) if length]
    sequence, used, exons = "", 0, []
    for i, length in enumerate(spec.coding):
        if i:
            sequence += "GT" + random_bases(rng, INTRON - 4) + "AG"
        before = UTR5 if i <= with_coding[0] else 0
        after = UTR3 if i >= with_coding[-1] else 0
        start = len(sequence)
        sequence += random_bases(rng, before) + coding[used : used + length] + random_bases(rng, after)
        exons.append((start, len(sequence), start + before, start + before + length))
        used += length
    return sequence, exons


def _place_gene(spec: GeneSpec, index: int, offset: int, length: int, pieces: list[tuple[int, int, int, int]]) -> Gene:
    def span(start: int, end: int) -> tuple[int, int]:
        return (
            (offset + start, offset + end) if spec.strand == "+" else (offset + length - end, offset + length - start)
        )

    exons = tuple(
        Exon(number, *span(start, end), span(coding_start, coding_end) if coding_end > coding_start else None)
        for number, (start, end, coding_start, coding_end) in enumerate(pieces, 1)
    )
    return Gene(spec, index, offset, offset + length, exons)


def build_genome(seed: int) -> Genome:
    """Build the synthetic genome of a seed: about 80 kb on a dozen contigs.

    Parameters
    ----------
    seed
        Same seed, same genome.
    """
    rng = np.random.default_rng([seed, 0])
    contigs: dict[str, str] = {}
    genes: list[Gene] = []
    for index, spec in enumerate(GENES, 1):
        sequence, pieces = _transcript_pieces(rng, spec)
        if spec.strand == "-":
            sequence = reverse_complement(sequence)
        before = contigs.get(spec.contig) or random_bases(rng, FLANK)
        genes.append(_place_gene(spec, index, len(before), len(sequence), pieces))
        contigs[spec.contig] = before + sequence + random_bases(rng, FLANK)
    return Genome(seed, contigs, tuple(genes))
