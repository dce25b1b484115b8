"""Whether the reads of a tumor and its normal are what the sheet says: two samples of a person, on target, not swapped.

Bases are counted over the assayed regions in an order that is random but always the same, until enough reads were seen.
Only single bases are compared; a base counts from quality 20, a read from mapping quality 20, duplicates do not count.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.calls.read_groups import sample_of_alignment
from genomodel.calls.shards import Region, assayed_regions, contig_lengths, windows
from genomodel.core.base import Noun
from genomodel.core.errors import InputError, raise_collected
from genomodel.files import write_text

Counts = npt.NDArray[np.int64]

WINDOW = 10_000
NEIGHBORS = 50
ENOUGH_READS = 2_000_000
MIN_QUALITY = 20
MIN_DEPTH = 20
SAME_READS = 0.5
COMPARED_READS = 2000
HOMOZYGOUS = 0.9
FEWEST_HOMOZYGOUS = 5
"""Sites below which nothing is said of identity."""
MOST_DISCORDANT = 0.3
"""Share of the normal's homozygous alleles that the tumor may lack: no loss in the tumor removes them."""
SUBCLONAL = (0.08, 0.35)
"""Allele fractions that fit a tumor's variant and no germline genotype."""
EXPECTED_READS = 8
"""Reads that the other sample would show of the allele, were it there at the same fraction."""
FEWEST_PRIVATE = 3
"""Alleles that only the normal has; blood may carry one or two from clonal hematopoiesis."""
PRIVATE_RATIO = 3
OVERRIDE = "; where it is right, set samples_check: report in the config, and the report says the doubt"
OF_NORMALS = {"normal", "germline"}
OF_TUMORS = {"tumor", "tumour", "metastasis", "ctdna"}


class SampleCheck(Noun):
    """What the reads of a tumor and, if there is one, its normal show."""

    tumor_reads: int
    """Reads over the regions that were looked at."""
    normal_reads: int | None = None
    bases: int = 0
    """Bases that were looked at."""
    homozygous: int = 0
    """Alleles that the normal has at 90 % or more."""
    discordant: int = 0
    """Those of them that the tumor lacks."""
    tumor_private: int = 0
    """Alleles at a tumor's fraction in the tumor that the normal lacks."""
    normal_private: int = 0
    """The same the other way round."""
    doubts: tuple[str, ...] = ()
    """Why tumor and normal do not look like what the sheet says, where that was to be told and not to be refused."""

    @property
    def identity(self) -> str:
        """``same person``, ``two persons``, or that too few sites tell."""
        enough = self.homozygous >= FEWEST_HOMOZYGOUS
        agree = self.discordant <= MOST_DISCORDANT * self.homozygous
        return (
            ("same person" if agree else "two persons")
            if enough
            else f"not assessable: {self.homozygous} homozygous sites"
        )

    def lines(self) -> list[str]:
        """Return the table ``measure``, ``value``."""
        rows: list[tuple[str, object]] = [("tumor_reads", self.tumor_reads), ("bases", self.bases)]
        if self.normal_reads is not None:
            rows += [
                ("normal_reads", self.normal_reads),
                ("homozygous_sites", self.homozygous),
                ("discordant_sites", self.discordant),
                ("identity", self.identity),
                ("tumor_private_alleles", self.tumor_private),
                ("normal_private_alleles", self.normal_private),
            ]
        rows += [("doubt", doubt) for doubt in self.doubts]
        return ["measure\tvalue\n", *(f"{name}\t{value}\n" for name, value in rows)]


@dataclass
class _Tally:
    """Sums over windows."""

    reads: list[int]
    bases: int = 0
    homozygous: int = 0
    discordant: int = 0
    private: list[int] = field(default_factory=lambda: [0, 0])


def check_samples(
    tumor: str | Path,
    reference: str | Path,
    out: str | Path,
    *,
    normal: str | Path | None = None,
    bed: str | Path | None = None,
    refuse: bool = True,
) -> SampleCheck:
    """Check the reads of a patient before they are called, and write what was found.

    Parameters
    ----------
    tumor, normal
        Indexed BAM or CRAM.
    reference
        FASTA with its index.
    out
        Table of measures, written where nothing is wrong.
    bed
        Assayed regions; the whole reference where there are none.
    refuse
        Whether samples that look swapped, or of two persons, are an error; otherwise that is written down as a doubt.

    Raises
    ------
    InputError
        The regions do not lie on the reference or hold nothing but N; a sample has no read there; tumor and normal
        are one file, one sample, of different persons, or in each other's place.
    """
    alignments = [Path(tumor), *([Path(normal)] if normal else [])]
    names = [sample_of_alignment(path, reference) for path in alignments]
    regions = _regions(reference, bed)
    _require_two_names(alignments, names)
    if len(alignments) > 1:
        _require_two_files(alignments, reference)
    doubts = list(_wrong_names(alignments, names))
    if bed is not None:
        _require_bases(reference, bed, regions)
    tally = _count(alignments, Path(reference), regions)
    where = f"in the regions of {Path(bed).name}" if bed else "on the reference"
    for path, reads, kind in zip(alignments, tally.reads, ("tumor", "normal"), strict=False):
        if not reads:
            fix = "Check that BED, genome build and sample belong together"
            raise InputError(f"no read of the {kind} lies {where}", path=path, fix=fix)
    found = SampleCheck(
        tumor_reads=tally.reads[0],
        normal_reads=tally.reads[1] if len(alignments) > 1 else None,
        bases=tally.bases,
        homozygous=tally.homozygous,
        discordant=tally.discordant,
        tumor_private=tally.private[0],
        normal_private=tally.private[1],
    )
    doubts += [*_two_persons(found, alignments), *_swapped(found, alignments)]
    if refuse:
        raise_collected(doubts)
    found = found.model_copy(update={"doubts": tuple(doubt.message for doubt in doubts)})
    write_text(out, "".join(found.lines()))
    return found


def _regions(reference: str | Path, bed: str | Path | None) -> list[Region]:
    if bed is None:
        return [(name, 0, length) for name, length in contig_lengths(f"{reference}.fai").items()]
    try:
        return assayed_regions(bed, reference)
    except InputError as error:
        raise InputError(error.what, path=bed, row=error.row, fix=error.fix) from error


def _require_bases(reference: str | Path, bed: str | Path, regions: Iterable[Region]) -> None:
    with pysam.FastaFile(str(reference)) as fasta:
        if not any(fasta.fetch(*region).upper().strip("N") for region in regions):
            fix = "Use a BED file of the same genome build, and a reference that has its bases"
            raise InputError("the reference has nothing but N in the assayed regions", path=bed, fix=fix)


def _wrong_names(alignments: Sequence[Path], names: Sequence[str]) -> Iterator[InputError]:
    """Yield names that say the opposite of the sheet."""
    for path, name, kind, other in zip(alignments, names, ("tumor", "normal"), (OF_NORMALS, OF_TUMORS), strict=False):
        words = set(re.split(r"[^a-z]+", name.lower()))
        if words & other and not words & (OF_TUMORS if kind == "tumor" else OF_NORMALS):
            what = f"the {kind}'s reads name their sample '{name}' (SM)"
            fix = "Check that tumor and normal are not swapped in the samples sheet, or correct the read groups"
            yield InputError(what, path=path, column="SM", fix=fix)


def _require_two_names(alignments: Sequence[Path], names: Sequence[str]) -> None:
    if len(names) > 1 and names[0] == names[1]:
        what = f"tumor {alignments[0]} and normal carry the same sample name (SM) '{names[0]}'"
        fix = "Check that they are not one file, then name them apart with samtools addreplacerg"
        raise InputError(what, path=alignments[1], column="SM", fix=fix)


def _require_two_files(alignments: Sequence[Path], reference: str | Path) -> None:
    first, second = (_first_reads(path, reference) for path in alignments)
    if first and len(first & second) >= SAME_READS * min(len(first), len(second)):
        what = f"{len(first & second)} of the first {len(second)} reads are those of {alignments[0]}"
        fix = "Tumor and normal are one sample given twice: correct the samples sheet"
        raise InputError(what, path=alignments[1], fix=fix)


def _first_reads(path: Path, reference: str | Path) -> set[tuple[str, str | None]]:
    """Return names and bases of the first mapped reads; consensus reads are named alike, so that bases count too."""
    reads: set[tuple[str, str | None]] = set()
    with pysam.AlignmentFile(str(path), reference_filename=str(reference)) as handle:
        for read in handle:
            if not (read.is_unmapped or read.is_secondary or read.is_supplementary):
                reads.add((str(read.query_name), read.query_sequence))
            if len(reads) == COMPARED_READS:
                break
    return reads


def _count(alignments: Sequence[Path], reference: Path, regions: Iterable[Region]) -> _Tally:
    tally = _Tally(reads=[0] * len(alignments))
    in_order = list(windows(regions, WINDOW))
    # Neighbors stay together: a CRAM is decoded in stretches.
    runs = [in_order[start : start + NEIGHBORS] for start in range(0, len(in_order), NEIGHBORS)]
    random.Random(0).shuffle(runs)
    handles = [pysam.AlignmentFile(str(path), reference_filename=str(reference)) for path in alignments]
    try:
        with pysam.FastaFile(str(reference)) as fasta:
            for region in chain.from_iterable(runs):
                # Most windows of a genome hold no read where a panel was sequenced: they are passed over quickly.
                if not any(_has_read(handle, region) for handle in handles):
                    continue
                known = [_depths(handle, region) for handle in handles]
                for index, (reads, _) in enumerate(known):
                    tally.reads[index] += reads
                _add(tally, fasta.fetch(*region).upper(), [counts for _, counts in known])
                if sum(tally.reads) >= ENOUGH_READS and all(tally.reads):
                    break
    finally:
        for handle in handles:
            handle.close()
    return tally


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


def _add(tally: _Tally, bases: str, counts: Sequence[Counts]) -> None:
    codes = np.frombuffer(bases.encode(), dtype=np.uint8)
    known = np.isin(codes, np.frombuffer(b"ACGT", dtype=np.uint8))
    tally.bases += int(known.sum())
    if len(counts) < 2:
        return
    is_reference = codes[None, :] == np.frombuffer(b"ACGT", dtype=np.uint8)[:, None]
    depths = [c.sum(axis=0) for c in counts]
    enough = known & (depths[0] >= MIN_DEPTH) & (depths[1] >= MIN_DEPTH)
    shares = [np.where(is_reference | ~enough, 0.0, c / np.maximum(d, 1)) for c, d in zip(counts, depths, strict=True)]
    homozygous = shares[1] >= HOMOZYGOUS
    tally.homozygous += int(homozygous.sum())
    tally.discordant += int((homozygous & (shares[0] < 1 - HOMOZYGOUS)).sum())
    for index, other in ((0, 1), (1, 0)):
        fits = (shares[index] >= SUBCLONAL[0]) & (shares[index] < SUBCLONAL[1])
        expected = shares[index] * depths[other][None, :]
        lacking = counts[other] <= expected / 10
        tally.private[index] += int((fits & lacking & (expected >= EXPECTED_READS)).sum())


def _two_persons(found: SampleCheck, alignments: Sequence[Path]) -> Iterator[InputError]:
    if found.homozygous >= FEWEST_HOMOZYGOUS and found.discordant > MOST_DISCORDANT * found.homozygous:
        what = f"{found.discordant} of {found.homozygous} alleles that the normal has alone are absent from the tumor"
        fix = f"Tumor and normal are of two persons: correct the samples sheet{OVERRIDE}"
        yield InputError(what, path=alignments[0], fix=fix)


def _swapped(found: SampleCheck, alignments: Sequence[Path]) -> Iterator[InputError]:
    """Yield a normal that looks like the tumor.

    Germline alleles that a tumor lost are at one half in the normal and are left aside; so is, with them, a swapped
    tumor of purity near 1 without subclones.
    """
    if found.normal_private >= FEWEST_PRIVATE and found.normal_private > PRIVATE_RATIO * found.tumor_private:
        what = (
            f"the normal has {found.normal_private} alleles at {SUBCLONAL[0]:.0%} to {SUBCLONAL[1]:.0%} that the tumor "
            f"lacks, and the tumor {found.tumor_private} that the normal lacks"
        )
        fix = f"Tumor and normal look swapped, or the normal holds foreign DNA: check the samples sheet{OVERRIDE}"
        yield InputError(what, path=alignments[1], fix=fix)
