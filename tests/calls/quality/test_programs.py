from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.quality import read_quality
from genomodel.calls.quality.programs import (
    DepthSummary,
    quartiles,
    read_distribution,
    read_pieces,
    read_stats,
    read_summary,
    require_same_reads,
)
from genomodel.core.errors import InputError

STATS = """# This file was produced by samtools stats (1.24+htslib-1.24) and can be plotted using plot-bamstats
SN\traw total sequences:\t1000\t# excluding supplementary and secondary reads
SN\treads mapped:\t990
SN\treads duplicated:\t99\t# PCR or optical duplicate bit set
SN\tbases mapped (cigar):\t99000\t# more accurate
SN\tmismatches:\t198\t# from NM fields
IS\t200\t100\t100\t0\t0
IS\t300\t300\t300\t0\t0
# GC-depth. Use `grep ^GCD | cut -f 2-` to extract this part.
"""
SUMMARY = "chrom\tlength\tbases\tmean\tmin\tmax\nchr7\t1000\t90000\t90.00\t0\t99\n"
SUMMARY += "total\t1000\t90000\t90.00\t0\t99\ntotal_region\t100\t20000\t200.00\t0\t300\n"
REGIONS = "chr7\t0\t50\tA\t120.00\nchr7\t50\t100\tB\t10.00\n"
THRESHOLDS = "#chrom\tstart\tend\tregion\t20X\t100X\nchr7\t0\t50\tA\t50\t45\nchr7\t50\t100\tB\t4\t0\n"


def write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def test_counts_are_read(tmp_path: Path) -> None:
    stats = read_stats(write(tmp_path / "s.txt", STATS))
    assert (stats.reads, stats.mapped, stats.duplicates, stats.mismatches) == (1000, 990, 99, 198)
    assert quartiles(stats.insert_sizes) == (200, 300, 300)
    assert read_summary(write(tmp_path / "m.txt", SUMMARY), on_assay=True) == DepthSummary(100, 20000, 90000)
    assert read_summary(tmp_path / "m.txt", on_assay=False).mean == 90
    pieces = read_pieces(write(tmp_path / "r.bed.gz", REGIONS), write(tmp_path / "t.bed.gz", THRESHOLDS))
    assert pieces[0].bases_at == {20: 50, 100: 45}
    assert read_distribution(write(tmp_path / "d.txt", "chr7\t1\t0.5\ntotal\t2\t0.25\ntotal\t0\t1.00\n")) == {
        2: 0.25,
        0: 1,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (STATS[: STATS.index("# GC-depth")], "was cut"),
        ("raw total sequences: 3\n", "this is no output of samtools stats"),
        (STATS.replace("SN\tmismatches:\t198\t# from NM fields\n", ""), "says nothing of 'mismatches'"),
        (STATS.replace("reads mapped:\t990", "reads mapped:\tnan"), "'nan' is no count"),
        (STATS.replace("reads mapped:\t990", "reads mapped:\t1990"), "contradict each other"),
    ],
)
def test_damaged_output_of_samtools_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_stats(write(tmp_path / "s.txt", text))


def test_damaged_output_of_mosdepth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no total: it was cut"):
        read_summary(write(tmp_path / "m.txt", SUMMARY[: SUMMARY.index("total")]), on_assay=True)
    with pytest.raises(InputError, match="does not end in its total"):
        read_distribution(write(tmp_path / "d.txt", "chr7\t1\t0.5\ntotal\t2\t0.25\n"))
    cut = write(tmp_path / "t.bed.gz", THRESHOLDS)
    cut.write_bytes(cut.read_bytes()[:-12])
    with pytest.raises(InputError, match=r"truncated|damaged|cut"):
        read_pieces(write(tmp_path / "r.bed.gz", REGIONS), cut)


@pytest.mark.parametrize(
    ("regions", "thresholds", "said"),
    [
        (REGIONS, THRESHOLDS.replace("\t50\t45", "\t50\t50").replace("A\t50", "A\t50"), ""),
        (REGIONS.replace("120.00", "12.00"), THRESHOLDS, "the files are of different samples"),
        (REGIONS.replace("\t50\t100\tB", "\t50\t90\tB"), THRESHOLDS, "not the regions of"),
        (REGIONS.splitlines(keepends=True)[0], THRESHOLDS, "1 regions, but"),
        (REGIONS, THRESHOLDS.replace("#chrom", "chrom"), "these are no thresholds of mosdepth"),
    ],
)
def test_files_of_two_samples_or_assays_are_refused(tmp_path: Path, regions: str, thresholds: str, said: str) -> None:
    paths = write(tmp_path / "r.bed.gz", regions), write(tmp_path / "t.bed.gz", thresholds)
    if not said:
        assert len(read_pieces(*paths)) == 2
        return
    with pytest.raises(InputError, match=said):
        read_pieces(*paths)


def test_counts_of_another_sample_are_refused(tmp_path: Path) -> None:
    stats = read_stats(write(tmp_path / "s.txt", STATS))
    require_same_reads(stats, DepthSummary(1, 1, 99000), "s.txt")
    with pytest.raises(InputError, match="not of the same sample"):
        require_same_reads(stats, DepthSummary(1, 1, 150000), "s.txt")


@given(st.dictionaries(st.integers(1, 900), st.integers(1, 50), min_size=1))
def test_quartiles_are_values_that_leave_the_right_share_below(counts: dict[int, int]) -> None:
    found = quartiles(counts)
    assert found is not None
    for value, share in zip(found, (0.25, 0.5, 0.75), strict=True):
        total = sum(counts.values())
        assert sum(n for size, n in counts.items() if size <= value) >= share * total
        assert sum(n for size, n in counts.items() if size < value) < share * total


@given(st.text(max_size=60))
def test_a_foreign_file_is_named_never_half_read(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "q.json"
        path.write_text(text + "{", encoding="utf-8")
        with pytest.raises(InputError):
            read_quality([str(path)])
        with pytest.raises(InputError):
            read_stats(path)
