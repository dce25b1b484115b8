"""One pass over the reads of a tumor and its normal: where they differ from the reference, and how deep they are.

Bases are counted over the assayed regions in an order that is random but always the same, until enough reads were seen;
regions on X and Y come first. A base counts from quality 20, a read from mapping quality 20, duplicates do not count.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.calls.identity.sex import sex_contig
from genomodel.calls.shards import Region, windows

Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

WINDOW = 10_000
NEIGHBORS = 50
ENOUGH_READS = 2_000_000
FIRST_ON_SEX_CHROMOSOMES = 60
"""Windows of X and of Y that are looked at before the others."""
MIN_QUALITY = 20
MIN_DEPTH = 20
HOMOZYGOUS = 0.9
CARRIED = 0.2
"""Share of the reads from which an allele may be inherited."""
SUBCLONAL = (0.08, 0.35)
"""Allele fractions that fit a tumor's variant and no germline genotype."""
EXPECTED_READS = 8
"""Reads that the other sample would show of the allele, were it there at the same fraction."""
LEAST_SOMATIC = 0.1
"""Fraction in the tumor from which an allele may tell of tumor cells in the normal."""
LEAST_READS = 8
MOST_IN_NORMAL = 0.35
"""Fraction in the normal, as a share of that in the tumor, up to which an allele may be the tumor's alone."""
LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)


class Place(NamedTuple):
    """An allele of one base; 0-based."""

    chrom: str
    pos: int
    ref: str
    alt: str


@dataclass
class Survey:
    """Sums and places over all windows that were looked at."""

    reads: list[int]
    bases: int = 0
    homozygous: int = 0
    """Alleles that the normal has at 90 % or more."""
    discordant: int = 0
    """Those of them that the tumor lacks."""
    private: list[int] = field(default_factory=lambda: [0, 0])
    """Alleles at a tumor's fraction that the other sample lacks, of tumor and normal."""
    carried: list[Place] = field(default_factory=list)
    """Alleles that may be inherited, of either sample."""
    of_tumor: list[Place] = field(default_factory=list)
    """Alleles that tell of tumor cells in the normal."""
    in_both: list[Place] = field(default_factory=list)
    """Alleles of the tumor that the normal has too, at a fraction that fits no germline genotype."""
    covered: list[Region] = field(default_factory=list)
    """Where every sample has depth."""
    depth: dict[str, Counts] = field(default_factory=dict)
    """Bases of the reference and bases of reads of each sample, by ``autosome``, ``X`` and ``Y``; shape (3,)."""


def survey_reads(alignments: Sequence[Path], reference: Path, regions: Iterable[Region]) -> Survey:
    """Count bases over the regions.

    Parameters
    ----------
    alignments
        The tumor and, if there is one, the normal.
    reference
        FASTA with its index.
    regions
        Merged regions in the order of the reference.
    """
    found = Survey(reads=[0] * len(alignments))
    handles = [pysam.AlignmentFile(str(path), reference_filename=str(reference)) for path in alignments]
    try:
        with pysam.FastaFile(str(reference)) as fasta:
            lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
            for region in _in_order(list(windows(regions, WINDOW)), lengths):
                # Most windows of a genome hold no read where a panel was sequenced: they are passed over quickly.
                if not any(_has_read(handle, region) for handle in handles):
                    continue
                known = [_depths(handle, region) for handle in handles]
                for index, (reads, _) in enumerate(known):
                    found.reads[index] += reads
                part = sex_contig(region, lengths[region[0]])
                _add(found, region, part, fasta.fetch(*region).upper(), [counts for _, counts in known])
                if sum(found.reads) >= ENOUGH_READS and all(found.reads):
                    break
    finally:
        for handle in handles:
            handle.close()
    found.carried.sort()
    found.of_tumor.sort()
    found.in_both.sort()
    return found


def _in_order(in_order: list[Region], lengths: dict[str, int]) -> Iterator[Region]:
    parts: dict[str, list[Region]] = {"X": [], "Y": []}
    others: list[Region] = []
    for region in in_order:
        parts.get(sex_contig(region, lengths[region[0]]), others).append(region)
    for windows_of_part in parts.values():
        random.Random(0).shuffle(windows_of_part)
        yield from windows_of_part[:FIRST_ON_SEX_CHROMOSOMES]
    others += [region for part in parts.values() for region in part[FIRST_ON_SEX_CHROMOSOMES:]]
    # Neighbors stay together: a CRAM is decoded in stretches.
    runs = [others[start : start + NEIGHBORS] for start in range(0, len(others), NEIGHBORS)]
    random.Random(0).shuffle(runs)
    for run in runs:
        yield from run


def _has_read(handle: pysam.AlignmentFile, region: Region) -> bool:
    return region[0] in handle.references and next(handle.fetch(*region), None) is not None


def _depths(handle: pysam.AlignmentFile, region: Region) -> tuple[int, Counts]:
    """Return the reads over a region, none where the file lacks the contig, and the counts of A, C, G and T in it."""
    if region[0] not in handle.references:
        return 0, np.zeros((4, region[2] - region[1]), dtype=np.int64)
    reads = 0

    def counted(read: pysam.AlignedSegment) -> bool:
        nonlocal reads
        usable = not (read.flag & 0xF04) and read.mapping_quality >= MIN_QUALITY
        reads += usable
        return usable

    counts = handle.count_coverage(*region, quality_threshold=MIN_QUALITY, read_callback=counted)
    return reads, np.array(counts, dtype=np.int64)


def _add(found: Survey, region: Region, part: str, bases: str, counts: Sequence[Counts]) -> None:
    codes = np.frombuffer(bases.encode(), dtype=np.uint8)
    known = np.isin(codes, LETTERS)
    found.bases += int(known.sum())
    is_reference = codes[None, :] == LETTERS[:, None]
    depths = [c.sum(axis=0) for c in counts]
    if part:
        sums = np.array([known.sum(), *(int(d[known].sum()) for d in depths), 0][:3], dtype=np.int64)
        found.depth[part] = found.depth.get(part, np.zeros(3, dtype=np.int64)) + sums
    enough = known & np.all([d >= MIN_DEPTH for d in depths], axis=0)
    shares = [np.where(is_reference | ~enough, 0.0, c / np.maximum(d, 1)) for c, d in zip(counts, depths, strict=True)]
    found.covered += [(region[0], region[1] + start, region[1] + end) for start, end in _runs(enough)]
    if part in {"autosome", "X"}:
        carried = np.any([share >= CARRIED for share in shares], axis=0)
        # A third allele is a sign of reads from elsewhere.
        carried &= carried.sum(axis=0)[None, :] == 1
        found.carried += _places(region, bases, carried)
    if len(counts) == 2:
        _compare(found, region, bases, counts, shares)


def _compare(found: Survey, region: Region, bases: str, counts: Sequence[Counts], shares: Sequence[Flags]) -> None:
    homozygous = shares[1] >= HOMOZYGOUS
    found.homozygous += int(homozygous.sum())
    found.discordant += int((homozygous & (shares[0] < 1 - HOMOZYGOUS)).sum())
    for index, other in ((0, 1), (1, 0)):
        fits = (shares[index] >= SUBCLONAL[0]) & (shares[index] < SUBCLONAL[1])
        expected = shares[index] * counts[other].sum(axis=0)[None, :]
        lacking = counts[other] <= expected / 10
        found.private[index] += int((fits & lacking & (expected >= EXPECTED_READS)).sum())
    somatic = (shares[0] >= LEAST_SOMATIC) & (counts[0] >= LEAST_READS) & (shares[1] < MOST_IN_NORMAL * shares[0])
    found.of_tumor += _places(region, bases, somatic)
    present = (shares[0] >= LEAST_SOMATIC) & (counts[0] >= LEAST_READS)
    odd = (shares[1] >= SUBCLONAL[0]) & (shares[1] < SUBCLONAL[1]) & (shares[1] >= MOST_IN_NORMAL * shares[0])
    found.in_both += _places(region, bases, present & odd)


def _places(region: Region, bases: str, chosen: Flags) -> list[Place]:
    letters, columns = np.nonzero(chosen)
    return [
        Place(region[0], region[1] + int(column), bases[column], "ACGT"[letter])
        for letter, column in zip(letters, columns, strict=True)
    ]


def _runs(flags: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
