"""Reads over real genes, some of whose molecules cross a junction of two of them."""

from __future__ import annotations

import gzip
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pysam

from genomodel.core.rearrangements import Frame

READ, MEAN, SPREAD = 100, 320, 40
MARGIN = 1000
WINDOW = 1500
"""Bases to each side of a break that reads cover."""
ERRORS = 0.002
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


CODONS = dict(
    zip(
        ("".join(codon) for codon in product("TCAG", repeat=3)),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)


def translate(bases: str) -> str:
    return "".join(CODONS[bases[i : i + 3]] for i in range(0, len(bases) - 2, 3))


def reverse_complement(bases: str) -> str:
    return bases[::-1].translate(COMPLEMENT)


@dataclass(frozen=True)
class Gene:
    """A gene on a contig of its own; positions of the contig are 1-based."""

    symbol: str
    forward: bool
    bases: str
    rows: tuple[str, ...]
    offset: int

    def exons(self) -> list[tuple[int, int]]:
        """Exons of the first transcript in its order."""
        found: dict[str, list[tuple[int, tuple[int, int]]]] = {}
        for columns in (row.split("\t") for row in self.rows):
            if columns[2] == "exon":
                parent, rank = (re.search(key + r"=([^;]+)", columns[8])[1] for key in ("Parent", "rank"))  # type: ignore[index]
                found.setdefault(parent, []).append((int(rank), (int(columns[3]), int(columns[4]))))
        return [span for _, span in sorted(next(iter(found.values())))]

    def coding(self, pos: int | None, *, upstream: bool) -> str:
        """Coding bases of the first transcript, all or those on one side of a position."""
        first = next(re.search("Parent=([^;]+)", row)[1] for row in self.rows if "\texon\t" in row)  # type: ignore[index]
        rows = [row.split("\t") for row in self.rows if "\tCDS\t" in row and f"Parent={first}" in row]
        spans = sorted((int(columns[3]), int(columns[4])) for columns in rows)
        if pos is not None:
            left = upstream is self.forward
            spans = [span for span in spans if (span[1] < pos if left else span[0] > pos)]
        bases = "".join(self.bases[low - 1 : high] for low, high in spans)
        return bases if self.forward else reverse_complement(bases)

    def intron_middle(self, number: int, shift: int = 0) -> int:
        one, two = self.exons()[number - 1], self.exons()[number]
        return (min(one[1], two[1]) + max(one[0], two[0])) // 2 + shift


def read_genes(genome: Path, symbols: Sequence[str]) -> dict[str, Gene]:
    """Cut genes with their models out of the genome."""
    rows: dict[str, list[list[str]]] = {}
    at = ""
    for line in (genome / "GRCh38.genes.gff3").read_text().splitlines():
        if line.startswith("#"):
            continue
        columns = line.split("\t")
        if columns[8].startswith("ID=gene:"):
            at = re.search(r"Name=([^;]+)", columns[8])[1]  # type: ignore[index]
        if at in symbols:
            rows.setdefault(at, []).append(columns)
    found = {}
    with pysam.FastaFile(str(genome / "GRCh38.sparse.fa.gz")) as fasta:
        for symbol, listed in rows.items():
            chrom, start, end = listed[0][0], int(listed[0][3]) - MARGIN, int(listed[0][4]) + MARGIN
            offset = start - 1
            moved = tuple(
                "\t".join([symbol, *c[1:3], str(int(c[3]) - offset), str(int(c[4]) - offset), *c[5:]]) for c in listed
            )
            bases = fasta.fetch(chrom, offset, end).upper()
            found[symbol] = Gene(symbol, listed[0][6] == "+", bases, moved, offset)
    return found


@dataclass(frozen=True)
class Junction:
    """Upstream part of one gene up to a position, joined to the downstream part of another from a position on."""

    five: Gene
    five_pos: int
    three: Gene
    three_pos: int

    @property
    def label(self) -> str:
        return f"{self.five.symbol}::{self.three.symbol} fusion"

    def frame(self) -> Frame:
        """Whether the joined coding sequences end in the protein of the 3' gene."""
        kept, rest = self.five.coding(self.five_pos, upstream=True), self.three.coding(self.three_pos, upstream=False)
        same = translate(kept + rest)[-20:] == translate(self.three.coding(None, upstream=False))[-20:]
        return Frame.IN_FRAME if same else Frame.OUT_OF_FRAME

    def molecule(self, around: int) -> str:
        """Bases around the junction, along the transcript."""
        a, p = self.five, self.five_pos
        left = a.bases[p - around : p] if a.forward else reverse_complement(a.bases[p - 1 : p - 1 + around])
        b, q = self.three, self.three_pos
        right = b.bases[q - 1 : q - 1 + around] if b.forward else reverse_complement(b.bases[q - around : q])
        return left + right


def write_models(genes: dict[str, Gene], folder: Path) -> tuple[Path, Path]:
    """Write FASTA with its index for bwa and faidx, and GFF3."""
    fasta, gff = folder / "genome.fa", folder / "genes.gff3"
    fasta.write_text("".join(f">{gene.symbol}\n{gene.bases}\n" for gene in genes.values()))
    gff.write_text("##gff-version 3\n" + "".join(row + "\n" for gene in genes.values() for row in gene.rows))
    pysam.faidx(str(fasta))
    subprocess.run(["bwa", "index", str(fasta)], check=True, capture_output=True)
    return fasta, gff


def _pairs(rng: np.random.Generator, bases: str, depth: float) -> list[tuple[str, str]]:
    n = rng.poisson(depth * len(bases) / (2 * READ))
    lengths = rng.normal(MEAN, SPREAD, n).astype(int).clip(2 * READ, 480)
    starts = rng.integers(0, np.maximum(1, len(bases) - lengths))
    pairs = []
    for start, length, turned in zip(starts, lengths, rng.random(n) < 0.5, strict=True):
        molecule = bases[start : start + length]
        if "N" in molecule or len(molecule) < 2 * READ:
            continue
        molecule = reverse_complement(molecule) if turned else molecule
        pairs.append((molecule[:READ], reverse_complement(molecule)[:READ]))
    for at in rng.integers(0, len(pairs), rng.poisson(2 * READ * ERRORS * len(pairs))):
        pairs[at] = tuple(_with_error(rng, mate) for mate in pairs[at])  # type: ignore[assignment]
    return pairs


def _with_error(rng: np.random.Generator, bases: str) -> str:
    at = int(rng.integers(0, 2 * len(bases)))
    if at >= len(bases):
        return bases
    return bases[:at] + str(rng.choice([base for base in "ACGT" if base != bases[at]])) + bases[at + 1 :]


def write_sample(
    folder: Path,
    fasta: Path,
    name: str,
    junctions: Sequence[Junction],
    *,
    fraction: float,
    depth: float,
    seed: int,
    carrying: int | None = None,
) -> Path:
    """Align reads over the windows of all junctions; of the first ``carrying``, ``fraction`` of the molecules cross."""
    rng = np.random.default_rng(seed)
    pairs: list[tuple[str, str]] = []
    for number, item in enumerate(junctions):
        carried = fraction if carrying is None or number < carrying else 0.0
        for gene, pos in ((item.five, item.five_pos), (item.three, item.three_pos)):
            # A molecule of the rearranged chromosome replaces one of each intact gene.
            start, end = max(0, pos - WINDOW), pos + WINDOW
            pairs += _pairs(rng, gene.bases[start:end], depth * (1 - carried / 2))
        if carried:
            pairs += _pairs(rng, item.molecule(WINDOW), depth * carried)
    files = []
    for mate in (0, 1):
        path = folder / f"{name}.{mate + 1}.fastq.gz"
        text = "".join(f"@{name}{n}\n{pair[mate]}\n+\n{'I' * READ}\n" for n, pair in enumerate(pairs))
        path.write_bytes(gzip.compress(text.encode(), 1, mtime=0))
        files.append(str(path))
    bam = folder / f"{name}.bam"
    aligned = subprocess.run(
        ["bwa", "mem", "-R", rf"@RG\tID:{name}\tSM:{name}", str(fasta), *files], check=True, capture_output=True
    )
    (folder / f"{name}.sam").write_bytes(aligned.stdout)
    pysam.sort("-o", str(bam), str(folder / f"{name}.sam"))
    pysam.index(str(bam))
    (folder / f"{name}.sam").unlink()
    return bam
