"""What the reads of one sample say about alleles, counted by fragment.

Both mates of a fragment were read from one molecule, so that they count once: where they agree their qualities add up,
where they do not the fragment speaks for neither allele. Substitutions are read at their place in the alignment.
Insertions, deletions and complex alleles are read by laying the read against the two possible local sequences, since
the aligner clips or misplaces bases beside an indel. No depth is capped here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.calls.read_alleles import (
    ALT,
    BOTH,
    F1R2,
    F2R1,
    FLANK,
    MAX_QUALITY,
    OTHER,
    REF,
    ReadView,
    Spot,
    set_rivals,
)
from genomodel.core.errors import InputError
from genomodel.core.variants import AlleleCounts, Variant

CONFIDENT_QUALITY = 30
"""Phred score from which a base counts for the rate of errors that qualities do not know."""

MAX_GAP = 250
"""Bases between two candidates up to which they are read in one go."""

DUPLEX_LOOKED_AT = 100

TALLY_LIMIT, DEEP_TALLY_LIMIT, TALLIED_READS = 0.02, 0.002, 4
"""Share of other bases at a site from which it is held for a variant and leaves the count of errors: 2 %, less where
the depth lets fewer reads tell a variant from errors, 0.2 % at the least."""

_FRAGMENT = np.dtype(
    [
        ("allele", np.uint8),
        ("quality", np.uint8),
        ("orientation", np.uint8),
        ("strand", np.uint8),
        ("edge", np.bool_),
        ("rich", np.bool_),
        ("mapping", np.uint8),
    ]
)
LETTERS = "ACGT"
_PLAIN, _UNPLAIN = re.compile("[ACGTN]*"), re.compile("[^ACGTN]")
_CODES = np.full(256, 4, dtype=np.uint8)
for _i, _letter in enumerate(LETTERS):
    _CODES[ord(_letter)] = _i

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class AlleleReads:
    """Fragments over one allele in one sample, equal ones put together.

    Attributes
    ----------
    fragments
        One row for each kind of fragment: allele, quality (Phred), orientation, strand, edge, rich, mapping.
    weights
        How many fragments are of that kind.
    low_mapping
        Reads over the place that were left out for their mapping quality.
    """

    fragments: npt.NDArray[np.void]
    weights: Counts
    low_mapping: int = 0

    def count(self, allele: int) -> int:
        """Return the number of fragments of an allele."""
        return int(self.weights[self.fragments["allele"] == allele].sum())

    def split(self, allele: int, column: str, value: int) -> int:
        """Return the number of fragments of an allele with a value in a column."""
        rows = (self.fragments["allele"] == allele) & (self.fragments[column] == value)
        return int(self.weights[rows].sum())

    @property
    def depth(self) -> int:
        """Fragments that speak for any allele."""
        return int(self.weights.sum())

    def counts(self) -> AlleleCounts:
        """Return depth, reference and alternate fragments and the allele fraction."""
        alt, ref, depth = self.count(ALT), self.count(REF), self.depth
        fraction = round(alt / depth, 6) if depth else None
        return AlleleCounts(depth=depth, ref_reads=ref, alt_reads=alt, allele_fraction=fraction)


@dataclass
class ErrorTally:
    """Substitutions that are no variants, by reference base, alternate base and orientation of the pair."""

    errors: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((4, 4, 2)))
    bases: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((4, 2)))

    def add(self, reference: npt.NDArray[np.uint8], seen: Counts, depth: Counts) -> None:
        """Add the sites of one window.

        Parameters
        ----------
        reference
            Codes of the reference bases, shape (sites,).
        seen
            Mismatches, shape (sites, 4, 2): by base and orientation.
        depth
            Bases read, shape (sites, 2).
        """
        total = depth.sum(axis=1)
        share = seen.sum(axis=2) / np.maximum(total, 1)[:, None]
        limit = np.clip(TALLIED_READS / np.maximum(total, 1), DEEP_TALLY_LIMIT, TALLY_LIMIT)
        usable = (share.max(axis=1) < limit) & (reference < 4) & (total >= 20)
        for code in range(4):
            rows = usable & (reference == code)
            self.errors[code] += seen[rows].sum(axis=0)
            self.bases[code] += depth[rows].sum(axis=0)


@dataclass(frozen=True)
class ReadLimits:
    """Reads and bases that count."""

    min_base_quality: int = 20
    min_mapping_quality: int = 20


@dataclass(frozen=True)
class SampleReads:
    """What is needed to open one sample's reads.

    Attributes
    ----------
    alignment
        Sorted, indexed BAM or CRAM.
    reference
        FASTA it was aligned to.
    limits
        Reads and bases that count.
    """

    alignment: str
    reference: str
    limits: ReadLimits = field(default_factory=ReadLimits)


@dataclass(frozen=True)
class Surroundings:
    """What is known of alleles beside those that are read.

    Attributes
    ----------
    parts
        Key of an allele of several changes to the keys of its parts: reads of the whole are reads of its parts too.
    common
        (contig, 0-based place, base) of substitutions that a good share of the molecules carries: they are no sign
        that a read comes from elsewhere.
    """

    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    common: frozenset[tuple[str, int, str]] = frozenset()


def read_fragments(
    samples: Sequence[SampleReads],
    variants: Sequence[Variant],
    threads: int = 1,
    around: Surroundings | None = None,
) -> list[tuple[dict[str, AlleleReads], ErrorTally]]:
    """Read the fragments over alleles from every sample, with processes side by side.

    Parameters
    ----------
    samples
        One or several.
    variants
        Alleles, sorted within their contigs.
    threads
        Processes at a time; the result is the same for any number.
    around
        What is known of alleles beside them.

    Returns
    -------
    list of tuple
        For each sample: the fragments over each allele by its key, and the count of errors around them.
    """
    shares = _shares(variants, threads)
    jobs = [(sample, share, around or Surroundings()) for sample in samples for share in shares]
    if threads == 1 or len(jobs) == 1:
        parts = [_read_share(job) for job in jobs]
    else:
        with ProcessPoolExecutor(threads) as pool:
            parts = list(pool.map(_read_share, jobs))
    result = []
    for i in range(len(samples)):
        fragments: dict[str, AlleleReads] = {}
        tally = ErrorTally()
        for found, counted in parts[i * len(shares) : (i + 1) * len(shares)]:
            fragments.update(found)
            tally.errors += counted.errors
            tally.bases += counted.bases
        result.append((fragments, tally))
    return result


def has_duplex_consensus(alignment: str | Path, reference: str | Path) -> bool:
    """Whether the reads are consensus of both strands of molecules, by the tags of the first ones.

    Such pairs are all of one orientation (the strand of the molecule is no longer that of the read), so that
    orientation tells damage from mutation no more.
    """
    with pysam.AlignmentFile(str(alignment), reference_filename=str(reference)) as reads:
        first = list(islice(reads.fetch(until_eof=True), DUPLEX_LOOKED_AT))
    return bool(first) and all(read.has_tag("aD") and read.has_tag("bD") for read in first)


def _shares(variants: Sequence[Variant], threads: int) -> list[list[Variant]]:
    """Part alleles into shares of about equal number, never within a group that is read in one go."""
    groups = list(_groups(variants))
    size = max(1, -(-len(variants) // max(1, 2 * threads)))
    shares: list[list[Variant]] = [[]]
    for group in groups:
        if len(shares[-1]) >= size and threads > 1:
            shares.append([])
        shares[-1] += group
    return shares


def _read_share(job: tuple[SampleReads, list[Variant], Surroundings]) -> tuple[dict[str, AlleleReads], ErrorTally]:
    sample, share, around = job
    reader = FragmentReader(sample.alignment, sample.reference, sample.limits, around)
    try:
        return reader.read(share), reader.tally
    finally:
        reader.close()


class FragmentReader:
    """Reads the fragments over candidate alleles from one BAM or CRAM.

    Parameters
    ----------
    alignment
        Sorted, indexed BAM or CRAM.
    reference
        FASTA it was aligned to.
    limits
        Reads and bases that count.
    around
        What is known of alleles beside those that are read.

    Raises
    ------
    InputError
        A file cannot be read.
    """

    def __init__(
        self,
        alignment: str | Path,
        reference: str | Path,
        limits: ReadLimits | None = None,
        around: Surroundings | None = None,
    ) -> None:
        self.limits = limits or ReadLimits()
        self.around = around or Surroundings()
        self.tally = ErrorTally()
        try:
            self._reads = pysam.AlignmentFile(str(alignment), reference_filename=str(reference))
            self._fasta = pysam.FastaFile(str(reference))
        except (OSError, ValueError) as error:
            raise InputError(f"cannot be read ({error})", path=alignment, fix="Check it and its index") from error
        self._lengths = dict(zip(self._fasta.references, self._fasta.lengths, strict=True))
        self.contigs = tuple(self._lengths)

    def close(self) -> None:
        """Close the files."""
        self._reads.close()
        self._fasta.close()

    def bases(self, contig: str, start: int, end: int) -> str:
        """Return reference bases, 0-based and half-open, in capitals; an ambiguous one is N."""
        text = str(self._fasta.fetch(contig, max(0, start), min(end, self._lengths[contig]))).upper()
        return text if _PLAIN.fullmatch(text) else _UNPLAIN.sub("N", text)

    def read(self, variants: Sequence[Variant]) -> dict[str, AlleleReads]:
        """Return the fragments over each allele by its key; the variants must be sorted within their contigs."""
        result: dict[str, AlleleReads] = {}
        for group in _groups(variants):
            result.update(self._read_group(group))
        return result

    def alleles_of_fragments(self, variants: Sequence[Variant]) -> dict[str, dict[str, int]]:
        """Return, for each allele by its key, what each fragment that speaks for any shows: `ALT`, `REF` or `OTHER`.

        Parameters
        ----------
        variants
            Alleles, sorted within their contigs; those in one codon may lie on either side of an intron.
        """
        result: dict[str, dict[str, int]] = {}
        for group in _groups(variants):
            spots, seen, _ = self._look(group)
            for spot, rows in zip(spots, seen, strict=True):
                result[spot.variant.key] = {name: told[0] for name, told in rows.items()}
        return result

    def _read_group(self, group: list[Variant]) -> dict[str, AlleleReads]:
        spots, seen, low = self._look(group)
        return {
            spot.variant.key: _summed(list(rows.values()), lost)
            for spot, rows, lost in zip(spots, seen, low, strict=True)
        }

    def _look(self, group: list[Variant]) -> tuple[list[Spot], list[dict[str, tuple[int, ...]]], list[int]]:
        """Return the alleles as spots, what each fragment shows of them by its name, and the reads left out."""
        contig = group[0].chrom
        start = max(0, group[0].pos - 1 - FLANK)
        end = min(self._lengths[contig], max(v.pos + len(v.ref) for v in group) + FLANK)
        window = _Window(self, contig, start, end)
        spots = [Spot(variant, self.bases) for variant in group]
        set_rivals(spots, self.around.parts)
        starts = [spot.start for spot in spots]
        longest = max(spot.end - spot.start for spot in spots)
        seen: list[dict[str, tuple[int, ...]]] = [{} for _ in spots]
        low = [0] * len(spots)
        # A reference may hold contigs that the reads were never aligned to: nobody looked there.
        there = contig in self._reads.references
        for read in self._reads.fetch(contig, start, end) if there else ():
            if read.is_unmapped or read.is_secondary or read.is_supplementary or read.is_duplicate or read.is_qcfail:
                continue
            view = ReadView(read)
            first = bisect_left(starts, view.clipped_start - longest)
            inside = range(first, bisect_left(starts, view.clipped_end))
            if not inside or not view.sequence:
                continue
            if read.mapping_quality < self.limits.min_mapping_quality:
                for i in inside:
                    low[i] += 1
                continue
            mismatches = window.add(view, self.limits.min_base_quality)
            for i in inside:
                told = spots[i].look(view, mismatches, self.limits.min_base_quality)
                if told is not None:
                    name = str(read.query_name)
                    mate = seen[i].get(name)
                    seen[i][name] = told if mate is None else _joined(mate, told)
        window.close()
        return spots, seen, low


def _groups(variants: Sequence[Variant]) -> Iterator[list[Variant]]:
    group: list[Variant] = []
    for variant in variants:
        far = group and (variant.chrom != group[-1].chrom or variant.pos - group[-1].pos > MAX_GAP or len(group) >= 500)
        if far:
            yield group
            group = []
        group.append(variant)
    if group:
        yield group


def _joined(one: tuple[int, ...], two: tuple[int, ...]) -> tuple[int, ...]:
    """Put the two mates of a fragment together."""
    if one[0] == two[0]:
        quality = min(one[1] + two[1], MAX_QUALITY)
        return (one[0], quality, one[2], BOTH, one[4] and two[4], one[5] or two[5], max(one[6], two[6]))
    return (OTHER, min(one[1], two[1]), one[2], BOTH, one[4] or two[4], one[5] or two[5], max(one[6], two[6]))


def _summed(rows: list[tuple[int, ...]], low_mapping: int) -> AlleleReads:
    table = np.array(rows, dtype=_FRAGMENT)
    kinds, weights = np.unique(table, return_counts=True)
    return AlleleReads(kinds, weights.astype(np.int64), low_mapping)


class _Window:
    """Mismatches of all reads over a stretch of the reference, for the count of errors."""

    def __init__(self, reader: FragmentReader, contig: str, start: int, end: int) -> None:
        self.tally, self.start, self.end = reader.tally, start, end
        self.contig, self.common = contig, reader.around.common
        text = reader.bases(contig, start - 600, end + 600).encode()
        self.left = max(0, start - 600)
        self.text = np.frombuffer(text, dtype=np.uint8)
        size = len(self.text)
        self.seen = np.zeros((size, 4, 2), dtype=np.int64)
        self.steps = np.zeros((size + 1, 2), dtype=np.int64)

    def add(self, view: ReadView, min_quality: int) -> int:
        """Count a read in and return how many of its bases differ from the reference, bases of gaps not counted."""
        orientation = F2R1 if view.orientation == F2R1 else F1R2
        mismatches = 0
        for start, end, query in view.blocks:
            low, high = max(start, self.left), min(end, self.left + len(self.text))
            if low >= high:
                continue
            self.steps[low - self.left, orientation] += 1
            self.steps[high - self.left, orientation] -= 1
            if not view.changed:
                continue
            bases = np.frombuffer(view.sequence[query + low - start : query + high - start].encode(), dtype=np.uint8)
            differs = np.flatnonzero(bases != self.text[low - self.left : high - self.left])
            for i in differs.tolist():
                if view.qualities[query + low - start + i] < max(min_quality, CONFIDENT_QUALITY):
                    continue
                mismatches += (self.contig, low + i, chr(bases[i])) not in self.common
                code = int(_CODES[bases[i]])
                if code < 4:
                    self.seen[low - self.left + i, code, orientation] += 1
        return mismatches

    def close(self) -> None:
        """Hand the counts over."""
        self.tally.add(_CODES[self.text], self.seen, np.cumsum(self.steps[:-1], axis=0))
