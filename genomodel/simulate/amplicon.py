"""A tumor-normal pair of amplicons, deeply read: primers at both ends of every molecule, all reads of one start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genomodel.core.errors import InputError
from genomodel.files import write_text
from genomodel.simulate.genome import build_genome
from genomodel.simulate.loci import Allele, hotspot_alleles, loci_of
from genomodel.simulate.molecules import FEW_LOW_QUALITIES
from genomodel.simulate.reads import Matrix, ReadPairs, complement_rows, fastq_bytes, sequence_templates
from genomodel.simulate.writers import write_fasta, write_gff, write_gzip

PRIMER = 20
LENGTH = 180
"""Bases of an amplicon, primers included; its hotspot allele lies in the middle."""
READ_LENGTH = 100


@dataclass(frozen=True)
class Amplicon:
    """One amplicon, 0-based half-open, with an allele at a share of the tumor's molecules."""

    contig: str
    start: int
    allele: Allele
    label: str
    fraction: float

    @property
    def name(self) -> str:
        """Name in BED files, without blanks: samtools takes one as the end of the column."""
        return self.label.replace(" ", "_")

    @property
    def end(self) -> int:
        """End, primers included."""
        return self.start + LENGTH


@dataclass(frozen=True)
class AmpliconPair:
    """What was simulated and where it lies."""

    folder: Path
    amplicons: tuple[Amplicon, ...]

    @property
    def reference(self) -> Path:
        """The synthetic genome."""
        return self.folder / "genome.fa"

    @property
    def gff(self) -> Path:
        """Its gene models."""
        return self.folder / "genes.gff3"

    @property
    def inserts(self) -> Path:
        """Bases between the primers, BED."""
        return self.folder / "inserts.bed"

    @property
    def primers(self) -> Path:
        """Primers with their strand, BED."""
        return self.folder / "primers.bed"

    def reads(self, sample: str, mate: int) -> Path:
        """Return the path of mate 1 or 2 of ``tumor`` or ``normal``."""
        return self.folder / f"{sample}.R{mate}.fastq.gz"


def _molecules(sequence: str, amplicon: Amplicon, depth: int, fraction: float) -> Matrix:
    """Return whole molecules, the carriers first; their number is exact, so that the true fraction is known."""
    plain = np.frombuffer(sequence[amplicon.start : amplicon.end].encode(), dtype=np.uint8)
    rows = np.tile(plain, (depth, 1))
    rows[: round(depth * fraction), amplicon.allele.pos - amplicon.start] = ord(amplicon.allele.alt)
    return rows


def _pairs(rng: np.random.Generator, molecules: Matrix) -> ReadPairs:
    molecules = molecules[rng.permutation(len(molecules))]
    left, right = molecules[:, :READ_LENGTH].copy(), complement_rows(molecules[:, -READ_LENGTH:])
    swap = rng.random(len(molecules)) < 0.5
    left[swap], right[swap] = right[swap], left[swap].copy()
    shares = np.array(FEW_LOW_QUALITIES)
    first, second = sequence_templates(rng, left, shares), sequence_templates(rng, right, shares)
    return ReadPairs((first[0], second[0]), (first[1], second[1]))


def write_amplicon_pair(
    folder: Path,
    fractions: Sequence[tuple[str, float]] = (("KRAS G12D", 0.01), ("BRAF V600E", 0.01), ("TP53 R175H", 0.0)),
    depth: int = 20_000,
    normal_depth: int = 2_000,
    seed: int = 1,
) -> AmpliconPair:
    """Write reference, gene models, primers, inserts and the reads of a tumor and its normal.

    Parameters
    ----------
    folder
        Made where it does not exist.
    fractions
        Hotspot alleles, each in the middle of an amplicon of its own, with their share of the tumor's molecules.
    depth, normal_depth
        Molecules of each amplicon; every one is read from both ends.
    seed
        Same seed, same bytes.

    Raises
    ------
    InputError
        The synthetic genome holds no such allele.
    """
    genome = build_genome(seed)
    known = hotspot_alleles(loci_of(genome))
    missing = [label for label, _ in fractions if label not in known]
    if missing:
        raise InputError(f"no such hotspot allele: {', '.join(missing)}", fix=f"Known: {', '.join(known)}")
    amplicons = tuple(
        Amplicon(known[label].contig, known[label].pos - LENGTH // 2, known[label], label, fraction)
        for label, fraction in fractions
    )
    pair = AmpliconPair(folder, amplicons)
    folder.mkdir(parents=True, exist_ok=True)
    write_fasta(genome, pair.reference)
    write_gff(genome, pair.gff)
    ordered = sorted(amplicons, key=lambda a: (list(genome.contigs).index(a.contig), a.start))
    write_text(pair.inserts, "".join(f"{a.contig}\t{a.start + PRIMER}\t{a.end - PRIMER}\t{a.name}\n" for a in ordered))
    primers = [
        f"{a.contig}\t{start}\t{start + PRIMER}\t{a.name}\t0\t{strand}\n"
        for a in ordered
        for start, strand in ((a.start, "+"), (a.end - PRIMER, "-"))
    ]
    write_text(pair.primers, "".join(primers))
    for number, (sample, n) in enumerate((("tumor", depth), ("normal", normal_depth))):
        rng = np.random.default_rng([seed, 13, number])
        parts = [
            _molecules(genome.contigs[a.contig], a, n, a.fraction if sample == "tumor" else 0.0) for a in amplicons
        ]
        pairs = _pairs(rng, np.concatenate(parts))
        for mate in (1, 2):
            write_gzip(pair.reads(sample, mate), fastq_bytes(pairs, mate - 1, f"simulated:{sample}:"))
    return pair
