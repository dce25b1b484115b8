from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.microsatellites import sites
from genomodel.calls.microsatellites.lengths import LengthLimits, read_lengths
from genomodel.calls.microsatellites.sites import AMBIGUOUS, BEYOND, EDGE, SiteLimits, find_sites, repeats_in
from genomodel.calls.tools import find_tool
from genomodel.core.errors import InputError
from tests.calls.microsatellites.repeats import genome, lengths_at, write_bed, write_reads
from tests.calls.molecules import CONTIG, Molecule, deletion, write_bam, write_reference

LIMITS = SiteLimits()


@given(st.text("AC", max_size=80))
def test_repeats_are_those_of_a_plain_count(text: str) -> None:
    found = repeats_in(text, LIMITS)
    runs = [(m.start(), m.end(), m.group()[0]) for m in re.finditer("A+|C+", text) if 10 <= len(m.group()) <= 25]
    assert [item for item in found if len(item[2]) == 1] == runs
    for start, end, unit in found:
        assert text[start:end] == unit * ((end - start) // len(unit))


def test_sites_are_found_with_their_place_unit_and_length(tmp_path: Path) -> None:
    sequence, starts = genome(3)
    reference = write_reference(tmp_path, sequence)
    found = find_sites(reference, write_bed(tmp_path / "a.bed", sequence))
    assert [(s.site.start, s.site.unit, s.site.repeats) for s in found.sites] == [(p, "A", 12) for p in starts]
    site = found.sites[0]
    assert sequence[site.site.start - 9 : site.site.start - 1] == site.left
    assert sequence[site.site.end : site.site.end + 8] == site.right
    dinucleotides, places = genome(2, repeat="AC" * 7)
    (tmp_path / "di").mkdir()
    found = find_sites(write_reference(tmp_path / "di", dinucleotides), None)
    assert [(s.site.start, s.site.unit, s.site.repeats) for s in found.sites] == [(p, "AC", 7) for p in places]


def test_a_site_at_the_edge_of_a_region_or_beyond_the_limit_is_left_out_by_name(tmp_path: Path) -> None:
    sequence, starts = genome(4)
    reference = write_reference(tmp_path, sequence)
    bed = tmp_path / "a.bed"
    bed.write_text(f"{CONTIG}\t{starts[0] - 4}\t{starts[2] + 60}\tG\n")
    found = find_sites(reference, bed)
    assert found.left_out == {EDGE: 1}
    assert [s.site.start for s in found.sites] == starts[1:3]
    assert find_sites(reference, None, SiteLimits(most=2)).left_out == {BEYOND: 2}


def test_a_site_with_a_twin_nearby_is_left_out(tmp_path: Path) -> None:
    sequence, starts = genome(1)
    twin = sequence[starts[0] - 20 : starts[0] + 30]
    doubled = sequence[: starts[0] + 60] + twin + sequence[starts[0] + 60 :]
    found = find_sites(write_reference(tmp_path, doubled), None)
    assert found.sites == ()
    assert found.left_out == {AMBIGUOUS: 2}


def test_of_a_large_genome_evenly_spread_pieces_are_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sequence, starts = genome(40)
    reference = write_reference(tmp_path, sequence)
    monkeypatch.setattr(sites, "MOST_SEARCHED", len(sequence) // 4)
    monkeypatch.setattr(sites, "PIECE", 1000)
    found = find_sites(reference, None)
    assert len(sequence) / 5 < found.assay_bases < len(sequence) / 3
    places = [item.site.start for item in found.sites]
    assert set(places) <= set(starts)
    assert 6 <= len(places) <= 14
    assert places[0] < len(sequence) / 4 < 3 * len(sequence) / 4 < places[-1]


def test_a_bed_of_another_genome_is_named(tmp_path: Path) -> None:
    reference = write_reference(tmp_path, genome(1)[0])
    bed = tmp_path / "a.bed"
    bed.write_text("22\t1\t500\tG\n")
    with pytest.raises(InputError, match="contig '22' is not in the reference"):
        find_sites(reference, bed)


@pytest.mark.parametrize("change", [-4, -1, 1, 3])
def test_lengths_are_read_right_and_mates_count_once(tmp_path: Path, change: int) -> None:
    sequence, starts = genome(2)
    reference = write_reference(tmp_path, sequence)
    reads = write_reads(tmp_path / "t.bam", sequence, starts, [{0: 40, change: 9}, {0: 30}], "T")
    found = read_lengths(reads, reference, find_sites(reference, None).sites)
    assert list(found.values()) == [{12: 40, 12 + change: 9}, {12: 30}]
    short = [Molecule(starts[0] - 60, length=110) for _ in range(25)]
    both = read_lengths(
        write_bam(tmp_path / "b.bam", sequence, short, "T"), reference, find_sites(reference, None).sites
    )
    assert next(iter(both.values())) == {12: 25}


def test_the_length_does_not_rest_on_the_alignment(tmp_path: Path) -> None:
    sequence, starts = genome(1)
    reference = write_reference(tmp_path, sequence)
    reads = write_reads(tmp_path / "t.bam", sequence, starts, [{-2: 30}], "T")
    clipped = tmp_path / "clipped.bam"
    changed = 0
    with (
        pysam.AlignmentFile(str(reads)) as source,
        pysam.AlignmentFile(str(clipped), "wb", header=source.header) as out,
    ):
        for read in source:
            if any(operation == 2 for operation, _ in read.cigartuples or ()):
                first = read.cigartuples[0][1]
                read.cigartuples = [(0, first + 1), (4, len(read.query_sequence) - first - 1)]
                changed += 1
            out.write(read)
    pysam.index(str(clipped))
    assert changed == 30
    assert read_lengths(clipped, reference, find_sites(reference, None).sites) == {
        f"{CONTIG}:{starts[0]}:A12": {10: 30}
    }


def fastq_of(path: Path) -> str:
    """Pairs one after the other, as they came off the sequencer."""
    with pysam.AlignmentFile(str(path)) as reads:
        named = sorted(reads, key=lambda read: (str(read.query_name), read.is_read2))
    return "".join(
        f"@{read.query_name}\n{read.get_forward_sequence()}\n+\n{'F' * read.query_length}\n" for read in named
    )


def test_what_an_aligner_makes_of_the_reads_is_read_alike(tmp_path: Path) -> None:
    if find_tool("bwa") is None:
        pytest.skip("bwa is not installed")
    sequence, starts = genome(8)
    reference = write_reference(tmp_path, sequence)
    counts = [{0: 20, change: 9} for change in (-6, -4, -3, -2, -1, 1, 2, 4)]
    made = write_reads(tmp_path / "made.bam", sequence, starts, counts, "T")
    aligned = tmp_path / "aligned.bam"
    (tmp_path / "reads.fq").write_text(fastq_of(made))
    subprocess.run(["bwa", "index", str(reference)], check=True, capture_output=True)
    done = subprocess.run(
        ["bwa", "mem", "-p", str(reference), str(tmp_path / "reads.fq")], check=True, capture_output=True, text=True
    )
    (tmp_path / "aligned.sam").write_text(done.stdout)
    pysam.sort("-o", str(aligned), str(tmp_path / "aligned.sam"))
    pysam.index(str(aligned))
    found = read_lengths(aligned, reference, find_sites(reference, None).sites)
    assert list(found.values()) == [
        dict(sorted({12: 20, 12 + change: 9}.items())) for change in (-6, -4, -3, -2, -1, 1, 2, 4)
    ]


def test_reads_that_end_near_the_repeat_or_are_poor_say_nothing(tmp_path: Path) -> None:
    sequence, starts = genome(1)
    reference = write_reference(tmp_path, sequence)
    places = find_sites(reference, None).sites
    ends_in_flank = [Molecule(starts[0] - 100 + 12 + 6) for _ in range(5)]
    poor = [Molecule(starts[0] - 40, quality=10) for _ in range(6)]
    unsure = [Molecule(starts[0] - 40, mapping=5) for _ in range(7)]
    good = [Molecule(starts[0] - 40) for _ in range(8)]
    reads = write_bam(tmp_path / "t.bam", sequence, ends_in_flank + poor + unsure + good, "T")
    assert next(iter(read_lengths(reads, reference, places).values())) == {12: 8}
    kept = read_lengths(reads, reference, places, LengthLimits(min_mapping_quality=0, min_base_quality=0))
    assert next(iter(kept.values())) == {12: 21}


def test_mates_that_differ_are_left_out(tmp_path: Path) -> None:
    sequence, starts = genome(1)
    reference = write_reference(tmp_path, sequence)
    whole = Molecule(starts[0] - 50, length=110)
    changed = Molecule(starts[0] - 50, (deletion(sequence, starts[0] - 1, 1),), length=110)
    one = write_bam(tmp_path / "one.bam", sequence, [whole], "T")
    two = write_bam(tmp_path / "two.bam", sequence, [changed], "T")
    mixed = tmp_path / "mixed.bam"
    with pysam.AlignmentFile(str(one)) as a, pysam.AlignmentFile(str(two)) as b:
        pair = [next(read for read in a if not read.is_reverse), next(read for read in b if read.is_reverse)]
        with pysam.AlignmentFile(str(mixed), "wb", header=a.header) as out:
            for read in sorted(pair, key=lambda read: read.reference_start):
                out.write(read)
    pysam.index(str(mixed))
    assert next(iter(read_lengths(mixed, reference, find_sites(reference, None).sites).values())) == {}


def test_reads_of_another_genome_are_named(tmp_path: Path) -> None:
    sequence, starts = genome(1)
    reference = write_reference(tmp_path, sequence)
    reads = write_bam(tmp_path / "t.bam", sequence, lengths_at(sequence, starts[0], {0: 3}), "T")
    other = tmp_path / "other.fa"
    other.write_text(f">chr9\n{sequence}\n")
    pysam.faidx(str(other))
    with pytest.raises(InputError, match="no contig of the assay"):
        read_lengths(reads, reference, find_sites(other, None).sites)
