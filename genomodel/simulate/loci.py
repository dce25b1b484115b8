"""Real or synthetic sequence to simulate over: contigs with their targets, gene models, hotspot alleles and repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

from genomodel.core.codons import CODON_TABLE, reverse_complement
from genomodel.core.errors import InputError
from genomodel.files import read_text
from genomodel.simulate.genome import Genome

FLANK = 1500
"""Bases beside a gene that its contig keeps; wider than the longest molecule."""
EDGE = 620
"""Bases of flank that a target needs for molecules that only reach into it."""
PADDING = 50
"""Bases beside a coding exon that are targeted with it."""
HOMOPOLYMER = re.compile(r"(A{8,}|C{8,}|G{8,}|T{8,})")
DINUCLEOTIDE = re.compile(r"(?=([ACGT])(?!\1)([ACGT]))((?:\1\2){6,})")

HOTSPOTS: tuple[tuple[str, str], ...] = (
    ("BRAF", "V600E"), ("EGFR", "L858R"), ("KRAS", "G12D"), ("PIK3CA", "H1047R"), ("TP53", "R175H"), ("NRAS", "Q61R"),
    ("IDH1", "R132H"), ("KIT", "D816V"), ("EGFR", "T790M"), ("PIK3CA", "E545K"), ("TP53", "R248Q"), ("KRAS", "G13D"),
    ("AKT1", "E17K"), ("JAK2", "V617F"), ("FLT3", "D835Y"), ("TP53", "R273H"), ("IDH2", "R140Q"), ("EGFR", "L861Q"),
    ("KRAS", "G12C"), ("PIK3CA", "E542K"),
)  # fmt: skip
"""Gene and protein change of alleles that tumors often carry, all of them by a change of one base."""


@dataclass(frozen=True)
class Target:
    """A targeted region, 0-based half-open."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Transcript:
    """The coding part of a transcript on its contig, 0-based half-open, in genome order."""

    gene: str
    strand: str
    coding: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Locus:
    """A contig to simulate on.

    Attributes
    ----------
    contig
        Name; of a real locus the chromosome and the 1-based position of its first base there (``chr7_140733480``), so
        that the true position is that number plus the 1-based position on the contig, less one.
    sequence
        Upper-case bases A, C, G and T.
    targets
        In order, not overlapping.
    gff
        Rows of GFF3 on this contig.
    """

    contig: str
    sequence: str
    targets: tuple[Target, ...]
    transcripts: tuple[Transcript, ...] = ()
    gff: tuple[str, ...] = ()

    def with_targets(self, more: Sequence[Target]) -> Locus:
        """Return the locus with further targets, those that touch made one."""
        return Locus(self.contig, self.sequence, merge_targets([*self.targets, *more]), self.transcripts, self.gff)


@dataclass(frozen=True)
class Repeat:
    """A run of one repeated unit: a homopolymer or a dinucleotide repeat, 0-based half-open."""

    start: int
    end: int
    unit: str

    @property
    def units(self) -> int:
        """Number of whole units."""
        return (self.end - self.start) // len(self.unit)

    @property
    def stratum(self) -> str:
        """``homopolymer`` or ``dinucleotide``."""
        return "homopolymer" if len(self.unit) == 1 else "dinucleotide"


def merge_targets(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return targets in order, those that touch or overlap made one under the name of the first."""
    merged: list[Target] = []
    for target in sorted(targets, key=lambda t: (t.start, t.end)):
        if merged and target.start <= merged[-1].end:
            last = merged[-1]
            merged[-1] = Target(last.start, max(last.end, target.end), last.name)
        else:
            merged.append(target)
    return tuple(merged)


def repeats_of(sequence: str) -> list[Repeat]:
    """Return homopolymers of 8 or more bases and dinucleotide repeats of 6 or more units, in order."""
    found = [Repeat(m.start(), m.end(), m.group()[0]) for m in HOMOPOLYMER.finditer(sequence)]
    end = 0
    for match in DINUCLEOTIDE.finditer(sequence):
        if match.start() >= end:
            end = match.end(3)
            found.append(Repeat(match.start(), end, match.group(1) + match.group(2)))
    return sorted(found, key=lambda repeat: repeat.start)


def _attribute(text: str, key: str) -> str:
    match = re.search(rf"(?:^|;){key}=([^;]*)", text)
    return match.group(1) if match else ""


def _gene_rows(gff: Path) -> dict[str, list[list[str]]]:
    """Return the rows of every gene by symbol, children with their gene."""
    genes: dict[str, list[list[str]]] = {}
    owner: dict[str, str] = {}
    for line in read_text(gff, "GFF3").splitlines():
        columns = line.split("\t")
        if line.startswith("#") or len(columns) != 9:
            continue
        own, parent = _attribute(columns[8], "ID"), _attribute(columns[8], "Parent")
        symbol = _attribute(columns[8], "Name") if columns[2] == "gene" else owner.get(parent, "")
        if symbol:
            owner.setdefault(own, symbol)
            genes.setdefault(symbol, []).append(columns)
    return genes


def _transcripts(symbol: str, rows: Sequence[Sequence[str]], offset: int) -> tuple[Transcript, ...]:
    coding: dict[str, list[tuple[int, int]]] = {}
    for columns in rows:
        if columns[2] == "CDS":
            span = (int(columns[3]) - 1 - offset, int(columns[4]) - offset)
            coding.setdefault(_attribute(columns[8], "Parent"), []).append(span)
    strand = rows[0][6]
    return tuple(Transcript(symbol, strand, tuple(sorted(parts))) for parts in coding.values())


def _locus(symbol: str, rows: Sequence[Sequence[str]], fasta: pysam.FastaFile) -> Locus | None:
    """Return a gene as a contig of its own, ``None`` where bases inside it are not known.

    Flanks end where the known bases do; an exon with less than ``EDGE`` of flank is not targeted.
    """
    chrom, start, end = rows[0][0], int(rows[0][3]) - 1, int(rows[0][4])
    offset = max(0, start - FLANK)
    known = fasta.fetch(chrom, offset, end + FLANK).upper()
    sequence = known.strip("N")
    offset += len(known) - len(known.lstrip("N"))
    if set(sequence) - set("ACGT"):
        return None
    transcripts = _transcripts(symbol, rows, offset)
    exons = sorted({part for transcript in transcripts for part in transcript.coding})
    wide = [Target(a - PADDING, b + PADDING, f"{symbol}:{i}") for i, (a, b) in enumerate(exons, 1)]
    targets = merge_targets([target for target in wide if target.start >= EDGE and target.end + EDGE <= len(sequence)])
    contig = f"{chrom}_{offset + 1}"
    spans = ((c, max(1, int(c[3]) - offset), min(len(sequence), int(c[4]) - offset)) for c in rows)
    shifted = [[contig, *c[1:3], str(a), str(b), *c[5:]] for c, a, b in spans if a <= b]
    return Locus(contig, sequence, targets, transcripts, tuple("\t".join(columns) for columns in shifted))


def read_loci(fasta: str | Path, gff: str | Path, bases: int, first: Sequence[str] = ()) -> list[Locus]:
    """Take whole genes from a genome, each a contig of its own, until their exons with flanks reach a size.

    Parameters
    ----------
    fasta
        Genome with an index, plain or bgzipped. Genes with unknown bases in them are left out.
    gff
        Its gene models in Ensembl's style.
    bases
        Targeted bases wanted, all genes together.
    first
        Genes to begin with; the others follow in the order of the file.

    Raises
    ------
    InputError
        Not one gene could be taken.
    """
    rows = _gene_rows(Path(gff))
    loci: list[Locus] = []
    size = 0
    taken: list[tuple[str, int, int]] = []
    with pysam.FastaFile(str(fasta)) as genome:
        for symbol in dict.fromkeys([*(name for name in first if name in rows), *rows]):
            if size >= bases:
                break
            gene = rows[symbol][0]
            span = (gene[0], int(gene[3]) - FLANK, int(gene[4]) + FLANK)
            if any(span[0] == c and span[1] < b and a < span[2] for c, a, b in taken):
                continue
            locus = _locus(symbol, rows[symbol], genome)
            if locus is not None and locus.targets:
                taken.append(span)
                loci.append(locus)
                size += sum(target.end - target.start for target in locus.targets)
    if not loci:
        raise InputError("no gene with known bases", path=gff, fix="Give gene models of the same genome as the FASTA")
    return loci


def loci_of(genome: Genome, gff_rows: Sequence[str] = ()) -> list[Locus]:
    """Return the contigs of the simulator's own genome as loci; ``gff_rows`` are their gene models."""
    loci = []
    for contig, sequence in genome.contigs.items():
        targets = merge_targets([Target(a, b, name) for name_of, a, b, name in genome.panel() if name_of == contig])
        genes = [gene for gene in genome.genes if gene.spec.contig == contig]
        transcripts = tuple(
            Transcript(gene.spec.symbol, gene.spec.strand, tuple(sorted(e.coding for e in gene.exons if e.coding)))
            for gene in genes
        )
        rows = tuple(row for row in gff_rows if row.split("\t", 1)[0] == contig)
        loci.append(Locus(contig, sequence, targets, transcripts, rows))
    return loci


@dataclass(frozen=True)
class Allele:
    """A small variant on a contig; ``pos`` is 0-based."""

    contig: str
    pos: int
    ref: str
    alt: str


def _codon_alleles(locus: Locus, transcript: Transcript, codon: int, old: str, new: str) -> Iterator[Allele]:
    places = [i for start, end in transcript.coding for i in range(start, end)]
    if transcript.strand == "-":
        places.reverse()
    here = places[3 * codon - 3 : 3 * codon]
    if len(here) < 3:
        return
    plus = [locus.sequence[i] for i in here]
    triplet = "".join(plus) if transcript.strand == "+" else "".join(map(reverse_complement, plus))
    if CODON_TABLE[triplet] != old:
        return
    for i in range(3):
        for base in "ACGT":
            if base != triplet[i] and CODON_TABLE[triplet[:i] + base + triplet[i + 1 :]] == new:
                alt = base if transcript.strand == "+" else reverse_complement(base)
                yield Allele(locus.contig, here[i], plus[i], alt)


def hotspot_alleles(loci: Sequence[Locus]) -> dict[str, Allele]:
    """Place those of ``HOTSPOTS`` that the loci hold: ``"BRAF V600E"`` -> its allele by a change of one base.

    A transcript counts where its codon of that number reads the residue that the change names.
    """
    found: dict[str, Allele] = {}
    for locus in loci:
        for gene, change in HOTSPOTS:
            codon, old, new = int(change[1:-1]), change[0], change[-1]
            for transcript in locus.transcripts:
                name = f"{gene} {change}"
                if transcript.gene == gene and name not in found:
                    for allele in _codon_alleles(locus, transcript, codon, old, new):
                        found.setdefault(name, allele)
    return found
