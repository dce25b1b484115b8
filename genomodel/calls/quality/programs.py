"""Reading what mosdepth and samtools stats measured, so that a damaged or mixed-up file is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError

_COUNTS = ("raw total sequences", "reads mapped", "reads duplicated", "bases mapped (cigar)", "mismatches")
_ROUNDED = 0.006
"""mosdepth writes means with two decimals."""
_AGAIN = "Measure the sample again"
_LAST_SECTION = "# GC-depth."


@dataclass(frozen=True, slots=True)
class ReadStats:
    """Counts of samtools stats, over all primary reads."""

    reads: int
    mapped: int
    duplicates: int
    mapped_bases: int
    mismatches: int
    insert_sizes: dict[int, int]
    """Pairs by insert size."""


@dataclass(frozen=True, slots=True)
class DepthSummary:
    """Totals of mosdepth; duplicates are left out and overlapping mates are counted once."""

    length: int
    """Bases of the measured regions, or of the genome."""
    bases: int
    """Read bases there."""
    all_bases: int
    """Read bases anywhere."""

    @property
    def mean(self) -> float:
        """Mean depth."""
        return self.bases / self.length if self.length else 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Depth of one interval, 0-based and half-open."""

    chrom: str
    start: int
    end: int
    mean: float
    bases_at: dict[int, int]
    """Bases that were read at least so many times."""


def read_stats(path: str | Path) -> ReadStats:
    """Read the output of ``samtools stats``.

    Raises
    ------
    InputError
        The file is missing, of another program, or cut.
    """
    found: dict[str, str] = {}
    sizes: dict[int, int] = {}
    started = finished = False
    for row, line in read_lines(path, "samtools stats"):
        started = started or line.startswith("# This file was produced by samtools stats")
        finished = finished or line.startswith(_LAST_SECTION)
        cells = line.split("\t")
        if cells[0] == "SN" and len(cells) > 2:
            found[cells[1].rstrip(":")] = cells[2]
        elif cells[0] == "IS" and len(cells) > 2:
            sizes[int(_count(cells[1], path, row))] = int(_count(cells[2], path, row))
    if not started or not finished:
        what = "this is no output of samtools stats" if not started else "the output of samtools stats was cut"
        raise InputError(what, path=path, fix=_AGAIN)
    missing = [name for name in _COUNTS if name not in found]
    if missing:
        raise InputError(f"samtools stats says nothing of '{missing[0]}'", path=path, fix=_AGAIN)
    reads, mapped, duplicates, bases, mismatches = (int(_count(found[name], path)) for name in _COUNTS)
    if mapped > reads or duplicates > reads or mismatches > bases:
        raise InputError("the counts contradict each other: more reads mapped than read", path=path, fix=_AGAIN)
    return ReadStats(reads, mapped, duplicates, bases, mismatches, {s: n for s, n in sizes.items() if s and n})


def _count(text: str, path: str | Path, row: int | None = None) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise InputError(f"'{text[:20]}' is no count", path=path, row=row, fix=_AGAIN)
    return value


def _rows(path: str | Path, what: str, width: int) -> Iterator[tuple[int, list[str]]]:
    for row, line in read_lines(path, what):
        cells = line.split("\t")
        if not line:
            continue
        if len(cells) < width:
            raise InputError(f"{len(cells)} columns where {what} has {width}", path=path, row=row, fix=_AGAIN)
        yield row, cells


def read_summary(path: str | Path, *, on_assay: bool) -> DepthSummary:
    """Read the totals of ``mosdepth.summary.txt``, of the measured regions or, without an assay, of the genome.

    Raises
    ------
    InputError
        The file is missing or damaged, or has no total.
    """
    totals: dict[str, tuple[int, int]] = {}
    for row, cells in _rows(path, "mosdepth's summary", 6):
        if cells[0] in ("total", "total_region"):
            totals[cells[0]] = (int(_count(cells[1], path, row)), int(_count(cells[2], path, row)))
    wanted = "total_region" if on_assay else "total"
    if not {"total", wanted} <= {*totals}:
        raise InputError("mosdepth's summary has no total: it was cut", path=path, fix=_AGAIN)
    length, bases = totals[wanted]
    if bases > totals["total"][1]:
        raise InputError("more bases in the regions than in all", path=path, fix=_AGAIN)
    return DepthSummary(length, bases, totals["total"][1])


def read_distribution(path: str | Path) -> dict[int, float]:
    """Return the share of bases by least depth, from ``mosdepth.region.dist.txt`` or ``mosdepth.global.dist.txt``.

    mosdepth rounds shares to two decimals and leaves out the contigs without a read.

    Raises
    ------
    InputError
        The file is missing or damaged.
    """
    rows = list(_rows(path, "mosdepth's distribution", 3))
    shares = {
        int(_count(cells[1], path, row)): _count(cells[2], path, row) for row, cells in rows if cells[0] == "total"
    }
    if rows and (rows[-1][1][0] != "total" or shares.get(0) != 1):
        raise InputError("mosdepth's distribution does not end in its total: it was cut", path=path, fix=_AGAIN)
    return shares


def read_pieces(regions: str | Path, thresholds: str | Path) -> list[Piece]:
    """Read mosdepth's ``regions.bed.gz`` and ``thresholds.bed.gz`` of one run.

    Raises
    ------
    InputError
        A file is missing or damaged, or the two are of different samples or regions.
    """
    lines = list(_rows(thresholds, "mosdepth's thresholds", 5))
    header = lines[0][1] if lines else []
    if header[:1] != ["#chrom"] or not all(name.rstrip("X").isdigit() for name in header[4:]):
        raise InputError("these are no thresholds of mosdepth", path=thresholds, row=1, fix=_AGAIN)
    depths = [int(name.rstrip("X")) for name in header[4:]]
    means = list(_rows(regions, "mosdepth's regions", 4))
    if len(means) != len(lines) - 1:
        what = f"{len(means)} regions, but {Path(thresholds).name} has {len(lines) - 1}"
        raise InputError(what, path=regions, fix=_AGAIN)
    pieces = []
    for (row, cells), (_, counts) in zip(means, lines[1:], strict=True):
        if cells[:3] != counts[:3] or len(counts) != len(header):
            raise InputError(f"not the regions of {Path(thresholds).name}", path=regions, row=row, fix=_AGAIN)
        start, end, mean = (_count(text, regions, row) for text in (cells[1], cells[2], cells[-1]))
        at = {depth: int(_count(text, thresholds, row)) for depth, text in zip(depths, counts[4:], strict=True)}
        # A piece that has bases read 100 times has a mean to match, unless the two files are of different samples.
        if any(
            count > end - start or depth * count > (mean + _ROUNDED) * (end - start) + 1 for depth, count in at.items()
        ):
            what = f"mean depth {mean:g} does not fit {Path(thresholds).name}: the files are of different samples"
            raise InputError(what, path=regions, row=row, fix=_AGAIN)
        pieces.append(Piece(cells[0], int(start), int(end), mean, at))
    return pieces


def require_same_reads(stats: ReadStats, summary: DepthSummary, stats_path: str | Path) -> None:
    """Refuse measurements of two different samples.

    Raises
    ------
    InputError
        mosdepth counted more bases than samtools found mapped.
    """
    if summary.all_bases > stats.mapped_bases * 1.001 + 1:
        what = f"mosdepth counted {summary.all_bases} bases, and samtools {stats.mapped_bases}: not of the same sample"
        raise InputError(what, path=stats_path, fix=_AGAIN)


def quartiles(counts: dict[int, int]) -> tuple[float, float, float] | None:
    """Return lower quartile, median and upper quartile of values with their counts, ``None`` for none."""
    total = sum(counts.values())
    if not total:
        return None
    found = []
    for share in (0.25, 0.5, 0.75):
        seen = 0
        for value in sorted(counts):
            seen += counts[value]
            if seen >= share * total:
                found.append(float(value))
                break
    return found[0], found[1], found[2]
