"""Regions to call in, and parting them into shards of equal size.

A panel's regions are never cut: a deletion at the border of two shards would be seen whole by neither. Without a panel
the whole reference is called but for its long runs of N, which no read lies on; contigs of a genome are then cut where
a shard is full.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pysam

from genomodel.cohort.assay import read_assay_bed
from genomodel.core.errors import InputError
from genomodel.files import read_text

Region = tuple[str, int, int]
"""Contig, start, end; 0-based, half-open."""

LONG_GAP = 1000
"""Bases of N in a row that are left out of a genome's regions; more than the fragment of a short-read library."""

CHUNK = 1_000_000
_GAP = re.compile("[Nn]+")


def contig_lengths(fai: str | Path) -> dict[str, int]:
    """Return the contigs of a FASTA index in its order.

    Raises
    ------
    InputError
        The index is missing or damaged.
    """
    try:
        rows = [line.split("\t") for line in read_text(fai, "FASTA index").splitlines()]
        return {row[0]: int(row[1]) for row in rows}
    except (ValueError, IndexError) as error:
        raise InputError("this is no FASTA index", path=fai, fix="Make it again: samtools faidx") from error


def merge_regions(regions: Iterable[Region], contigs: dict[str, int]) -> list[Region]:
    """Return regions in contig order without overlap, since a caller calls a place once for each target over it.

    Parameters
    ----------
    regions
        0-based, half-open.
    contigs
        Name to length, in the order of the reference.

    Raises
    ------
    InputError
        A region lies on no contig, or beyond its end.
    """
    order = {name: i for i, name in enumerate(contigs)}
    merged: list[Region] = []
    for name, start, end in sorted(_checked(regions, contigs), key=lambda region: (order[region[0]], *region[1:])):
        if merged and merged[-1][0] == name and start <= merged[-1][2]:
            merged[-1] = (name, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((name, start, end))
    return merged


def _checked(regions: Iterable[Region], contigs: dict[str, int]) -> Iterable[Region]:
    for name, start, end in regions:
        if name not in contigs:
            listed = ", ".join(list(contigs)[:5])
            fix = "Use a BED file of the same genome build; chr1 and 1 are different names"
            raise InputError(f"the assay's contig '{name}' is not in the reference, which has {listed} …", fix=fix)
        if end > contigs[name]:
            what = f"the assay's region {name}:{start}-{end} ends after the contig, which has {contigs[name]} bases"
            raise InputError(what, fix="Use a BED file of the same genome build")
        yield name, start, end


def assayed_regions(bed: str | Path, reference: str | Path) -> list[Region]:
    """Return the merged regions of an assay, checked against the index of the reference.

    Raises
    ------
    InputError
        No BED, or one that does not fit the reference.
    """
    contigs = contig_lengths(f"{reference}.fai")
    return merge_regions(((r.chrom, r.start, r.end) for r in read_assay_bed(bed).regions), contigs)


def callable_regions(reference: str | Path) -> list[Region]:
    """Return every contig without its runs of N of at least :data:`LONG_GAP` bases.

    Raises
    ------
    InputError
        The reference holds no base.
    """
    regions: list[Region] = []
    with pysam.FastaFile(str(reference)) as fasta:
        for name, length in zip(fasta.references, fasta.lengths, strict=True):
            start = 0
            for gap_start, gap_end in _gaps(fasta, name, length):
                if gap_end - gap_start >= LONG_GAP:
                    if gap_start > start:
                        regions.append((name, start, gap_start))
                    start = gap_end
            if start < length:
                regions.append((name, start, length))
    if not regions:
        raise InputError("the reference holds nothing but N", path=reference)
    return regions


def _gaps(fasta: pysam.FastaFile, name: str, length: int) -> Iterable[tuple[int, int]]:
    """Yield runs of N, joined where a chunk's border cuts them."""
    pending: tuple[int, int] | None = None
    for offset in range(0, length, CHUNK):
        for match in _GAP.finditer(fasta.fetch(name, offset, min(offset + CHUNK, length))):
            start, end = offset + match.start(), offset + match.end()
            if pending is not None and pending[1] == start:
                pending = (pending[0], end)
                continue
            if pending is not None:
                yield pending
            pending = (start, end)
    if pending is not None:
        yield pending


def part(regions: Sequence[Region], shards: int, *, cut: bool) -> list[list[Region]]:
    """Part regions into runs of about the same number of bases, in order; a run may be empty.

    Parameters
    ----------
    regions
        Merged regions in the order of the reference.
    shards
        Number of runs.
    cut
        Whether a region may be cut where a run is full: yes for a genome, no for a panel.
    """
    total = sum(end - start for _, start, end in regions)
    runs: list[list[Region]] = [[] for _ in range(shards)]
    before = 0
    for name, start, end in regions:
        if cut:
            at = start
            while at < end:
                index = min((before * shards) // total, shards - 1)
                full = total if index == shards - 1 else -(-(index + 1) * total // shards)
                stop = min(end, at + max(1, full - before))
                runs[index].append((name, at, stop))
                before += stop - at
                at = stop
        else:
            # A region goes where its middle lies, so that no run is over-full by more than half a region.
            runs[min(((2 * before + end - start) * shards) // (2 * total), shards - 1)].append((name, start, end))
            before += end - start
    return runs


def windows(regions: Iterable[Region], size: int) -> Iterable[Region]:
    """Yield regions cut into pieces of at most ``size`` bases."""
    for name, start, end in regions:
        for at in range(start, end, size):
            yield name, at, min(at + size, end)


def bed_text(regions: Iterable[Region]) -> str:
    """Return regions as BED lines."""
    return "".join(f"{name}\t{start}\t{end}\n" for name, start, end in regions)
