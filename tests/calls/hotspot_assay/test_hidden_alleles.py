"""Alleles that fragments show, or may show, and that must not end as an adequate negative."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pysam
import pytest

from genomodel.calls.hotspot_assay.assay import AssayedReads, ask_loci
from genomodel.core.loci import EventKind, LocusEvent, LocusStatus, is_adequate
from tests.calls.hotspot_assay.asked import codon, region
from tests.calls.hotspot_assay.test_assay import PLACE, SEQUENCE, ask, changed
from tests.calls.molecules import Molecule, deletion, spread, write_bam, write_reference

LOCUS = codon(SEQUENCE, PLACE - 1)
ELSEWHERE = [codon(SEQUENCE, place, f"OTHER A{place}") for place in (400, 1600)]


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return write_reference(tmp_path, SEQUENCE)


def mixed(mutated: int, rest: int, seed: int = 1) -> list[Molecule]:
    return [*spread(PLACE, mutated, [changed()], seed=seed), *spread(PLACE, rest, seed=seed + 1)]


def test_a_little_tumor_in_the_normal_does_not_hide_the_tumors_allele(tmp_path: Path, reference: Path) -> None:
    (answer,) = ask(tmp_path, reference, mixed(128, 700), [LOCUS], mixed(21, 790, seed=4))
    assert answer.status is LocusStatus.DETECTED
    assert answer.seen[0].alt_fragments == 128
    assert "also in 21 of 811 of the normal: tumor in the normal, blood, or an artifact" in answer.statement


@pytest.mark.parametrize("in_normal", [20, 50, 75])
def test_an_allele_that_the_normal_shows_nearly_as_often_has_no_negative(
    tmp_path: Path, reference: Path, in_normal: int
) -> None:
    (answer,) = ask(tmp_path, reference, mixed(60, 740), [LOCUS], mixed(in_normal, 800 - in_normal, seed=4))
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert f"as do {in_normal} of 800 of the normal" in answer.reason


def test_a_deletion_over_a_codon_is_no_depth_for_its_bases(tmp_path: Path, reference: Path) -> None:
    lost = spread(PLACE, 90, [deletion(SEQUENCE, PLACE - 2, 3)])
    answer, *_ = ask(tmp_path, reference, [*lost, *spread(PLACE, 710, seed=2)], [LOCUS])
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert "a deletion over the codon in 90 of 800 fragments" in answer.reason
    assert answer.depth == 710


@pytest.mark.parametrize(
    ("in_normal", "told"), [(0, ""), (24, ": tumor in the normal, blood, or an artifact"), (400, "")]
)
def test_a_deletion_that_the_normal_carries_too_is_found_and_said(
    tmp_path: Path, reference: Path, in_normal: int, told: str
) -> None:
    lost = [deletion(SEQUENCE, PLACE, 15)]
    asked = region(SEQUENCE, PLACE - 10, PLACE + 29, LocusEvent(kind=EventKind.DELETION, shortest=3, longest=57))
    tumor = [*spread(PLACE, 380, lost), *spread(PLACE, 420, seed=2)]
    normal = [*spread(PLACE, in_normal, lost, seed=5), *spread(PLACE, 800 - in_normal, seed=6)]
    (answer,) = ask(tmp_path, reference, tumor, [asked], normal)
    assert answer.status is LocusStatus.DETECTED
    assert (f"; the 15-base deletion is also in {in_normal} of 800 of the normal{told}." in answer.statement) is (
        in_normal > 0
    )


@pytest.mark.parametrize("share", [0.05, 0.2])
@pytest.mark.parametrize("length", [30, 60])
def test_a_long_deletion_over_a_codon_is_not_taken_for_what_is_usual(
    tmp_path: Path, reference: Path, length: int, share: float
) -> None:
    lost = spread(PLACE, round(800 * share), [deletion(SEQUENCE, PLACE - length // 2, length)])
    (answer,) = ask(tmp_path, reference, [*lost, *spread(PLACE, 800 - len(lost), seed=2)], [LOCUS])
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert "a deletion over the codon in" in answer.reason


@pytest.mark.parametrize("share", [0.1, 0.2])
def test_fragments_whose_mates_disagree_may_be_the_mutated_ones(tmp_path: Path, reference: Path, share: float) -> None:
    mutated = spread(PLACE, round(800 * share), [changed()], length=110)
    bam = write_bam(
        tmp_path / "both.bam", SEQUENCE, [*mutated, *spread(PLACE, 800 - len(mutated), length=110, seed=2)], "T"
    )
    (answer,) = ask_loci([LOCUS], AssayedReads(told_by_one_mate(bam, tmp_path / "one.bam"), reference)).answers
    assert is_adequate(answer, 2 * share) is not True
    assert answer.depth <= 800 - len(mutated)
    assert "mates that disagree" in answer.statement


def told_by_one_mate(bam: Path, path: Path) -> Path:
    """Copy fragments that both mates show in full, the allele only in the first of them."""
    with pysam.AlignmentFile(str(bam)) as source, pysam.AlignmentFile(str(path), "wb", header=source.header) as out:
        reads = [read for read in source if read.reference_start < PLACE <= (read.reference_end or 0)]
        both = {name for name, n in Counter(read.query_name for read in reads).items() if n == 2}
        for read in reads:
            bases, quality, at = list(str(read.query_sequence)), read.query_qualities, PLACE - 1 - read.reference_start
            bases[at] = SEQUENCE[PLACE - 1] if read.is_read2 else bases[at]
            read.query_sequence, read.query_qualities = "".join(bases), quality
            if read.query_name in both:
                out.write(read)
    pysam.index(str(path))
    return path


@pytest.mark.parametrize("in_normal", [None, 0, 40])
def test_slips_of_single_bases_do_not_hide_a_longer_deletion(
    tmp_path: Path, reference: Path, in_normal: int | None
) -> None:
    lost = deletion(SEQUENCE, PLACE, 12)
    slips = [deletion(SEQUENCE, PLACE - 12 + 2 * i, 1) for i in range(20)]
    asked = region(SEQUENCE, PLACE - 10, PLACE + 29, LocusEvent(kind=EventKind.DELETION, longest=30))

    def sample(n: int, seed: int) -> list[Molecule]:
        slipped = [replace(m, variants=(slips[i % 20],)) for i, m in enumerate(spread(PLACE, 60, seed=seed))]
        return [*spread(PLACE, n, [lost], seed=seed + 1), *slipped, *spread(PLACE, 740 - n, seed=seed + 2)]

    normal = None if in_normal is None else sample(in_normal, 7)
    (answer,) = ask(tmp_path, reference, sample(60, 1), [asked], normal)
    assert answer.status is LocusStatus.DETECTED
    assert answer.seen[0].name == "12-base deletion"


def test_one_fragment_with_a_deletion_is_an_error(tmp_path: Path, reference: Path) -> None:
    lost = spread(PLACE, 1, [deletion(SEQUENCE, PLACE - 2, 3)])
    answer, *_ = ask(tmp_path, reference, [*lost, *spread(PLACE, 799, seed=2)], [LOCUS])
    assert answer.status is LocusStatus.NOT_DETECTED
    assert answer.depth == 799
    assert "substitutions not detected" in answer.statement


def test_fragments_that_could_lie_elsewhere_may_all_be_the_mutated_ones(tmp_path: Path, reference: Path) -> None:
    tumor = [*(replace(m, mapping=0) for m in spread(PLACE, 120, [changed()])), *spread(PLACE, 680, seed=2)]
    (answer,) = ask(tmp_path, reference, tumor, [LOCUS])
    assert answer.status is LocusStatus.NOT_DETECTED
    assert (answer.excluded_above or 0) > 0.15
    assert is_adequate(answer, 0.3) is False
    assert "120 of 800 fragments could as well lie elsewhere; any of these may carry the variant" in answer.statement


def test_bases_of_low_quality_beyond_the_usual_may_all_be_the_mutated_ones(tmp_path: Path, reference: Path) -> None:
    others = [m for place in (400, 1600) for m in spread(place, 400, seed=place)]
    poor = spread(PLACE, 120, [changed()], quality=10)
    answer = ask(tmp_path, reference, [*poor, *spread(PLACE, 680, seed=2), *others], [LOCUS, *ELSEWHERE])[0]
    assert answer.status is LocusStatus.NOT_DETECTED
    assert (answer.excluded_above or 0) > 0.15
    assert "base quality too low in 120 of 800 fragments" in answer.statement


def test_bases_of_low_quality_everywhere_take_depth_alone(tmp_path: Path, reference: Path) -> None:
    tumor = []
    for place in (400, PLACE, 1600):
        tumor += [*spread(place, 80, quality=10, seed=3), *spread(place, 720, seed=2)]
    answer = ask(tmp_path, reference, tumor, [LOCUS, *ELSEWHERE])[0]
    assert answer.status is LocusStatus.NOT_DETECTED
    assert (answer.excluded_above or 1) < 0.01


@pytest.mark.parametrize("carriers", [97, 250])
def test_an_allele_of_one_orientation_has_no_negative_and_says_why(
    tmp_path: Path, reference: Path, carriers: int
) -> None:
    tumor = [
        *(replace(m, first_forward=True) for m in spread(PLACE, carriers, [changed()])),
        *spread(PLACE, 800 - carriers, seed=2),
    ]
    (answer,) = ask(tmp_path, reference, tumor, [LOCUS])
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert answer.reason.startswith(f"{carriers} fragments of one orientation or strand only: damage or a variant")


@pytest.mark.parametrize("mapping", [0, 19])
@pytest.mark.parametrize("depth", [50, 800, 5000])
@pytest.mark.parametrize("share", [0.08, 0.2])
def test_mutated_fragments_of_low_mapping_quality_are_no_adequate_negative(
    tmp_path: Path, reference: Path, depth: int, mapping: int, share: float
) -> None:
    carriers = round(depth * share)
    low = [replace(m, mapping=mapping) for m in spread(PLACE, carriers, [changed()])]
    (answer,) = ask(tmp_path, reference, [*low, *spread(PLACE, depth - carriers, seed=2)], [LOCUS])
    assert is_adequate(answer, 2 * share) is not True


@pytest.mark.parametrize("clipped", [False, True])
@pytest.mark.parametrize("share", [0.08, 0.2])
def test_deletions_in_fragments_of_low_mapping_quality_are_no_adequate_negative(
    tmp_path: Path, reference: Path, share: float, clipped: bool
) -> None:
    asked = region(SEQUENCE, PLACE, PLACE + 29, LocusEvent(kind=EventKind.DELETION, shortest=3, longest=57))
    lost = deletion(SEQUENCE, PLACE - 6, 45)
    low = [replace(m, mapping=0) for m in spread(PLACE, round(800 * share), [lost])]
    bam = write_bam(tmp_path / "tumor.bam", SEQUENCE, [*low, *spread(PLACE, 800 - len(low), seed=2)], "tumor")
    if clipped:
        bam = clipped_at_gaps(bam, tmp_path / "clipped.bam")
    (answer,) = ask_loci([asked], AssayedReads(bam, reference)).answers
    assert is_adequate(answer, 2 * share) is not True


def clipped_at_gaps(bam: Path, path: Path) -> Path:
    """Copy reads, with what lies behind a gap clipped off, or what lies before it where that is the longer part."""
    with pysam.AlignmentFile(str(bam)) as source:
        reads = list(source)
        for read in reads:
            cigar = read.cigartuples or []
            if len(cigar) == 3:
                (_, left), (_, gap), (_, right) = cigar
                read.cigartuples = [(0, left), (4, right)] if left >= right else [(4, left), (0, right)]
                read.reference_start += 0 if left >= right else left + gap
        reads.sort(key=lambda read: read.reference_start)
        with pysam.AlignmentFile(str(path), "wb", header=source.header) as out:
            for read in reads:
                out.write(read)
    pysam.index(str(path))
    return path


@pytest.mark.parametrize("usual", [0.1, 0.3])
@pytest.mark.parametrize("share", [0.1, 0.2])
def test_mutated_bases_of_low_quality_are_no_adequate_negative_where_many_are_low(
    tmp_path: Path, reference: Path, share: float, usual: float
) -> None:
    depth = 2000
    mutated = round(depth * share)
    low, others = round((depth - mutated) * usual), round(depth * usual)
    tumor = [
        *spread(PLACE, mutated, [changed()], quality=10),
        *spread(PLACE, low, quality=10, seed=2),
        *spread(PLACE, depth - mutated - low, seed=3),
        *(m for place in (400, 1600) for m in spread(place, others, quality=10, seed=place)),
        *(m for place in (400, 1600) for m in spread(place, depth - others, seed=place + 1)),
    ]
    answer = ask(tmp_path, reference, tumor, [LOCUS, *ELSEWHERE])[0]
    assert is_adequate(answer, 2 * share) is not True
