"""Paired reads over a panel: copy number, allele fractions, binned base qualities with errors to match, duplicates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from genomodel.simulate.genome import Bases, Genome, Positions
from genomodel.simulate.truth import TrueVariant

READ_LENGTH = 100
FRAGMENT_MEAN, FRAGMENT_SD = 260.0, 30.0
FRAGMENT_MIN, FRAGMENT_MAX = 2 * READ_LENGTH, 380
"""Mates never overlap, so that no base is counted twice."""
DUPLICATE_RATE = 0.08
QUALITIES = np.array([37, 25, 11, 2], dtype=np.uint8)
"""Binned Phred scores as sequencers of today write them, best first."""
QUALITY_SHARES = np.array([0.93, 0.05, 0.015, 0.005])
"""Share of each bin in the first cycle; the lower bins grow to three times that by the last."""
LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)

Matrix = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class ReadPairs:
    """Mates as matrices of bases (ASCII) and Phred scores, one row a read, in the direction of sequencing."""

    bases: tuple[Matrix, Matrix]
    qualities: tuple[Matrix, Matrix]

    def __len__(self) -> int:
        return len(self.bases[0])

    def rows(self, rows: Positions) -> ReadPairs:
        """Return some of the pairs."""
        return ReadPairs((self.bases[0][rows], self.bases[1][rows]), (self.qualities[0][rows], self.qualities[1][rows]))


@dataclass(frozen=True)
class Library:
    """What decides the reads of one sample, apart from chance."""

    variants: list[TrueVariant]
    tumor: bool
    depth: float
    copy_ratio: dict[str, float]
    """Gene -> copies in the sample over two."""
    dropouts: tuple[str, ...]


def _start_density(genome: Genome, contig: str, library: Library) -> npt.NDArray[np.float64]:
    """Return the expected number of fragments that start at each base of a contig."""
    length = len(genome.contigs[contig])
    density = np.zeros(length)
    base = library.depth / (2 * READ_LENGTH)
    for name, start, end, _ in genome.panel():
        if name == contig:
            density[max(0, start - FRAGMENT_MAX) : min(end, length - FRAGMENT_MAX)] = base
    for gene in genome.genes:
        ratio = library.copy_ratio.get(gene.spec.symbol)
        if gene.spec.contig == contig and ratio is not None:
            shift = int(FRAGMENT_MEAN) // 2
            density[gene.start - shift : gene.end - shift] *= ratio
    return density


def _draw_fragments(rng: np.random.Generator, density: npt.NDArray[np.float64]) -> tuple[Positions, Positions]:
    starts = np.repeat(np.arange(len(density)), rng.poisson(density)).astype(np.int64)
    lengths = rng.normal(FRAGMENT_MEAN, FRAGMENT_SD, len(starts)).round().clip(FRAGMENT_MIN, FRAGMENT_MAX)
    return starts, starts + lengths.astype(np.int64)


def _without_dropouts(
    genome: Genome, contig: str, starts: Positions, ends: Positions, dropouts: tuple[str, ...]
) -> tuple[Positions, Positions]:
    """Leave out fragments of which a read would touch a region that is not covered."""
    keep = np.ones(len(starts), dtype=bool)
    for name, start, end, region in genome.panel():
        if name == contig and region in dropouts:
            left = (starts < end) & (starts + READ_LENGTH > start)
            right = (ends - READ_LENGTH < end) & (ends > start)
            keep &= ~(left | right)
    return starts[keep], ends[keep]


def _haplotype(sequence: str, start: int, end: int, carried: list[TrueVariant]) -> str:
    """Return ``end - start`` bases of the molecule that begins at ``start`` and carries the variants."""
    parts, at = [], start
    for variant in carried:
        if variant.pos >= at:
            parts += [sequence[at : variant.pos], variant.alt]
            at = variant.pos + len(variant.ref)
    parts.append(sequence[at : end + FRAGMENT_MAX])
    return "".join(parts)[: end - start]


def _fragment_ends(
    rng: np.random.Generator,
    sequence: str,
    starts: Positions,
    ends: Positions,
    variants: list[TrueVariant],
    tumor: bool,
) -> tuple[Matrix, Matrix]:
    """Return the first and last bases of every fragment, both along the reference strand."""
    reference = np.frombuffer(sequence.encode(), dtype=np.uint8)
    cycle = np.arange(READ_LENGTH)
    left = reference[starts[:, None] + cycle]
    right = reference[ends[:, None] - READ_LENGTH + cycle]
    carried: dict[int, list[TrueVariant]] = {}
    for variant in variants:
        fraction = variant.tumor_fraction if tumor else variant.normal_fraction
        spans = np.flatnonzero((starts <= variant.pos) & (variant.pos + len(variant.ref) <= ends))
        for row in spans[rng.random(len(spans)) < fraction]:
            carried.setdefault(int(row), []).append(variant)
    for row, its in carried.items():
        molecule = _haplotype(sequence, int(starts[row]), int(ends[row]), its).encode()
        left[row] = np.frombuffer(molecule[:READ_LENGTH], dtype=np.uint8)
        right[row] = np.frombuffer(molecule[-READ_LENGTH:], dtype=np.uint8)
    return left, right


def sequence_templates(
    rng: np.random.Generator, templates: Matrix, shares: npt.NDArray[np.float64] = QUALITY_SHARES
) -> tuple[Matrix, Matrix]:
    """Read templates with errors: the chance of a wrong base is what its quality says.

    Parameters
    ----------
    rng
        Source of chance.
    templates
        Bases (ASCII, A, C, G and T only), one row a read, in the direction of sequencing.
    shares
        Share of each of ``QUALITIES`` in the first cycle.

    Returns
    -------
    tuple
        Bases as read and their Phred scores.
    """
    n, length = templates.shape
    decay = 1.0 + 2.0 * np.arange(length) / (length - 1)
    low = np.cumsum(shares[:0:-1])[::-1, None] * decay
    draw = rng.random((n, length), dtype=np.float32)
    bins = (draw[None] < low[:, None, :]).sum(axis=0)
    qualities = QUALITIES[bins]
    wrong = rng.random((n, length), dtype=np.float32) < 10.0 ** (qualities / -10.0)
    codes = np.searchsorted(LETTERS, templates[wrong])
    bases: Bases = templates.copy()
    bases[wrong] = LETTERS[(codes + rng.integers(1, 4, len(codes))) % 4]
    return bases, qualities


def complement_rows(matrix: Matrix) -> Matrix:
    """Return every row read on the other strand."""
    table = np.zeros(256, dtype=np.uint8)
    table[LETTERS] = LETTERS[::-1]
    return table[matrix][:, ::-1]


def simulate_pairs(rng: np.random.Generator, genome: Genome, library: Library) -> ReadPairs:
    """Draw the read pairs of one sample, duplicates among them, in random order.

    Parameters
    ----------
    rng
        Source of chance.
    genome
        The synthetic genome.
    library
        Variants, depth after duplicates are taken out, copy number and regions without reads.
    """
    lefts, rights = [], []
    for contig, sequence in genome.contigs.items():
        starts, ends = _draw_fragments(rng, _start_density(genome, contig, library))
        starts, ends = _without_dropouts(genome, contig, starts, ends, library.dropouts)
        here = [variant for variant in library.variants if variant.contig == contig]
        left, right = _fragment_ends(rng, sequence, starts, ends, here, library.tumor)
        lefts.append(left)
        rights.append(right)
    left, right = np.concatenate(lefts), complement_rows(np.concatenate(rights))
    swap = rng.random(len(left)) < 0.5
    left[swap], right[swap] = right[swap], left[swap]
    again = np.flatnonzero(rng.random(len(left)) < DUPLICATE_RATE)
    order = rng.permutation(np.concatenate([np.arange(len(left)), again]))
    first, second = sequence_templates(rng, left[order]), sequence_templates(rng, right[order])
    return ReadPairs((first[0], second[0]), (first[1], second[1]))


def fastq_bytes(pairs: ReadPairs, mate: int, prefix: str) -> bytes:
    """Return one mate of every pair as FASTQ, named ``prefix`` and a running number."""
    n = len(pairs)
    names = np.frombuffer("".join(f"@{prefix}{i:08d}\n" for i in range(n)).encode(), dtype=np.uint8).reshape(n, -1)
    newline = np.full((n, 1), ord("\n"), dtype=np.uint8)
    plus = np.tile(np.frombuffer(b"\n+\n", dtype=np.uint8), (n, 1))
    return np.hstack([names, pairs.bases[mate], plus, pairs.qualities[mate] + np.uint8(33), newline]).tobytes()
