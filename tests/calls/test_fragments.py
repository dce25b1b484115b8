from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from genomodel.calls.fragments import FragmentReader, ReadLimits, SampleReads, has_duplex_consensus, read_fragments
from genomodel.calls.read_alleles import ALT, F1R2, F2R1, REF
from genomodel.core.errors import InputError
from genomodel.core.variants import Variant
from tests.calls.molecules import (
    FRAGMENT,
    Molecule,
    deletion,
    insertion,
    random_reference,
    snv,
    spread,
    write_bam,
    write_reference,
)

SEQUENCE = random_reference()


def counts(folder: Path, molecules: list[Molecule], variant: Variant, sequence: str = SEQUENCE) -> tuple[int, int, int]:
    reference = write_reference(folder, sequence)
    bam = write_bam(folder / "x.bam", sequence, molecules, "x")
    reader = FragmentReader(bam, reference)
    reads = reader.read([variant])[variant.key]
    reader.close()
    return reads.count(REF), reads.count(ALT), reads.depth


def test_mates_over_one_place_count_as_one_fragment(tmp_path: Path) -> None:
    variant = snv(SEQUENCE, 1000)
    overlapping = [Molecule(950, (variant,), length=120) for _ in range(5)]
    assert counts(tmp_path, overlapping + spread(1000, 20), variant) == (20, 5, 25)


def test_mates_that_disagree_speak_for_neither_allele(tmp_path: Path) -> None:
    variant = snv(SEQUENCE, 1000)
    reference = write_reference(tmp_path, SEQUENCE)
    bam = write_bam(tmp_path / "a.bam", SEQUENCE, [Molecule(950, (variant,), length=120)], "x")
    changed = str(tmp_path / "b.bam")
    with (
        pysam.AlignmentFile(str(bam)) as source,
        pysam.AlignmentFile(changed, "wb", template=source) as out,
    ):
        for read in source:
            if read.is_reverse:
                at = read.get_reference_positions().index(999)
                letters, qualities = list(read.query_sequence), read.query_qualities
                letters[at] = SEQUENCE[999]
                read.query_sequence, read.query_qualities = "".join(letters), qualities
            out.write(read)
    pysam.index(changed)
    reads = FragmentReader(changed, reference).read([variant])[variant.key]
    assert (reads.count(REF), reads.count(ALT), reads.depth) == (0, 0, 1)


@pytest.mark.parametrize("length", [1, 3, 12, 50])
def test_deletions_and_insertions_are_counted_whatever_their_length(tmp_path: Path, length: int) -> None:
    variant = deletion(SEQUENCE, 1000, length)
    assert counts(tmp_path, spread(1000, 30) + spread(1000, 12, [variant], seed=2), variant)[:2] == (30, 12)
    inserted = random_reference(length, seed=9)
    variant = insertion(SEQUENCE, 1000, inserted)
    ref, alt, _ = counts(tmp_path, spread(1000, 30) + spread(1000, 12, [variant], seed=2), variant)
    assert ref == 30
    assert 10 <= alt <= 12


def test_a_read_that_ends_within_a_repeat_says_nothing_of_its_length(tmp_path: Path) -> None:
    sequence = SEQUENCE[:999] + "A" * 12 + SEQUENCE[999:]
    variant = Variant(chrom="chr1", pos=999, ref=sequence[998] + "A", alt=sequence[998])
    inside = [Molecule(1005 - 100, length=FRAGMENT) for _ in range(8)]
    ref, alt, depth = counts(tmp_path, inside + spread(1005, 0), variant, sequence)
    assert (ref, alt, depth) == (0, 0, 0)


def test_an_indel_with_a_germline_snp_beside_it_is_still_seen(tmp_path: Path) -> None:
    event, neighbor = deletion(SEQUENCE, 1000, 4), snv(SEQUENCE, 1012)
    molecules = spread(1000, 30, [neighbor]) + spread(1000, 10, [event, neighbor], seed=3)
    assert counts(tmp_path, molecules, event)[:2] == (30, 10)


def test_a_read_that_was_aligned_without_its_insertion_shows_no_substitution(tmp_path: Path) -> None:
    event = insertion(SEQUENCE, 1000, "CATG")
    shown = next(v for v in (snv(SEQUENCE, p, "CATG"[p - 1001]) for p in range(1001, 1005)) if v.ref != v.alt)
    reference = write_reference(tmp_path, SEQUENCE)
    bam = write_bam(tmp_path / "a.bam", SEQUENCE, spread(1000, 20) + spread(1000, 20, [event], seed=2), "x")
    flat = str(tmp_path / "b.bam")
    with pysam.AlignmentFile(str(bam)) as source, pysam.AlignmentFile(flat, "wb", template=source) as out:
        for read in source:
            if read.cigartuples is not None and any(operation == 1 for operation, _ in read.cigartuples):
                read.cigartuples = [(0, len(str(read.query_sequence)))]
                read.set_tag("NM", 20)
            out.write(read)
    pysam.index(flat)
    alone = FragmentReader(flat, reference).read([shown])[shown.key]
    beside = FragmentReader(flat, reference).read([event, shown])[shown.key]
    assert alone.count(ALT) >= 10
    assert beside.count(ALT) == 0


def test_several_processes_read_what_one_reads(tmp_path: Path) -> None:
    variants = [snv(SEQUENCE, pos) for pos in range(200, 1800, 300)]
    molecules = [m for v in variants for m in spread(v.pos, 20) + spread(v.pos, 5, [v], seed=2)]
    reference = write_reference(tmp_path, SEQUENCE)
    sample = SampleReads(str(write_bam(tmp_path / "x.bam", SEQUENCE, molecules, "x")), str(reference))
    ((one, tally),) = read_fragments([sample], variants, threads=1)
    ((several, other),) = read_fragments([sample], variants, threads=3)
    assert {key: (reads.count(REF), reads.count(ALT)) for key, reads in one.items()} == {
        key: (reads.count(REF), reads.count(ALT)) for key, reads in several.items()
    }
    assert set(one) == {v.key for v in variants}
    assert (tally.bases == other.bases).all()


def test_a_read_counts_for_the_allele_that_it_fits_best(tmp_path: Path) -> None:
    inserted = insertion(SEQUENCE, 1000, "CATG")
    other = next(base for base in "ACGT" if base != SEQUENCE[998])
    both = Variant(chrom="chr1", pos=999, ref=SEQUENCE[998:1000], alt=other + SEQUENCE[999] + "CATG")
    reference = write_reference(tmp_path, SEQUENCE)
    molecules = spread(1000, 20) + spread(1000, 20, [inserted], seed=2) + spread(1000, 6, [both], seed=3)
    bam = write_bam(tmp_path / "x.bam", SEQUENCE, molecules, "x")
    found = FragmentReader(bam, reference).read([both, inserted])
    assert found[both.key].count(ALT) == 6
    assert found[inserted.key].count(ALT) == 20


def test_consensus_of_both_strands_is_told_by_its_tags(tmp_path: Path) -> None:
    reference = write_reference(tmp_path, SEQUENCE)
    plain = write_bam(tmp_path / "x.bam", SEQUENCE, spread(1000, 20), "x")
    tagged = str(tmp_path / "y.bam")
    with (
        pysam.AlignmentFile(str(plain)) as source,
        pysam.AlignmentFile(tagged, "wb", template=source) as out,
    ):
        for read in source:
            read.set_tag("aD", 3)
            read.set_tag("bD", 2)
            out.write(read)
    assert not has_duplex_consensus(plain, reference)
    assert has_duplex_consensus(tagged, reference)


def test_depth_is_not_capped_and_the_fraction_is_true(tmp_path: Path) -> None:
    variant = snv(SEQUENCE, 1000)
    ref, alt, depth = counts(tmp_path, spread(1000, 9900) + spread(1000, 100, [variant], seed=2), variant)
    assert (ref, alt, depth) == (9900, 100, 10000)


def test_orientation_is_that_of_the_first_read(tmp_path: Path) -> None:
    variant = snv(SEQUENCE, 1000)
    reference = write_reference(tmp_path, SEQUENCE)
    forward = [Molecule(950, (variant,), first_forward=True) for _ in range(4)]
    backward = [Molecule(950, (variant,), first_forward=False) for _ in range(7)]
    bam = write_bam(tmp_path / "x.bam", SEQUENCE, forward + backward, "x")
    reads = FragmentReader(bam, reference).read([variant])[variant.key]
    assert reads.split(ALT, "orientation", F1R2) == 4
    assert reads.split(ALT, "orientation", F2R1) == 7


def test_reads_of_low_mapping_quality_are_left_out_and_counted_as_such(tmp_path: Path) -> None:
    variant = snv(SEQUENCE, 1000)
    reference = write_reference(tmp_path, SEQUENCE)
    molecules = [Molecule(950, (variant,), mapping=0) for _ in range(6)] + spread(1000, 10)
    bam = write_bam(tmp_path / "x.bam", SEQUENCE, molecules, "x")
    reads = FragmentReader(bam, reference, ReadLimits()).read([variant])[variant.key]
    assert (reads.count(ALT), reads.count(REF), reads.low_mapping) == (0, 10, 6)


def test_an_unreadable_alignment_is_named(tmp_path: Path) -> None:
    reference = write_reference(tmp_path, SEQUENCE)
    (tmp_path / "x.bam").write_bytes(b"no bam")
    with pytest.raises(InputError, match="cannot be read"):
        FragmentReader(tmp_path / "x.bam", reference)
