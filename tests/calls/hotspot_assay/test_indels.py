from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.hotspot_indels import OUTLYING, SpikedReads, align, fillers, random_loci, with_event
from genomodel.calls.hotspot_assay.assay import AssayedReads, ask_loci
from genomodel.calls.hotspot_assay.indels import IndelEvent, Neighborhood, read_changes, touches
from genomodel.calls.hotspot_assay.lengths import name_of
from genomodel.calls.hotspot_assay.limits import fraction_interval
from genomodel.calls.hotspot_assay.recognition import (
    Recognized,
    backed_parts,
    recognized_rows,
    without_backing,
)
from genomodel.calls.tools import find_tool, run_tool
from genomodel.core.loci import EventKind, Locus, LocusClass, LocusEvent, LocusStatus
from tests.calls.hotspot_assay.asked import SUBSTITUTION, region, with_clips
from tests.calls.molecules import READ, Molecule, deletion, random_reference, spread, write_bam, write_reference

SEQUENCE = random_reference()
AROUND = Neighborhood(SEQUENCE, 0)
needs_bwa = pytest.mark.skipif(find_tool("bwa") is None, reason="bwa is not installed")


def seen(sequence: str, cigar: list[tuple[int, int]], start: int) -> list[IndelEvent]:
    return read_changes(sequence, cigar, start, AROUND)[0]


@given(st.integers(200, 1500), st.integers(1, 100), st.integers(8, 60))
def test_a_deletion_is_the_same_event_however_the_read_was_aligned(place: int, length: int, far: int) -> None:
    left, right = SEQUENCE[place - 70 : place], SEQUENCE[place + length : place + length + far]
    (whole,) = seen(left + right, [(0, 70), (2, length), (0, far)], place - 70)
    assert whole.change == -length
    clipped = seen(left + right, [(0, 70), (4, far)], place - 70)
    # Where the bases behind go on as the reference does, nobody can tell.
    if clipped:
        assert clipped[0] == whole or far < 14
    rest = SEQUENCE[place + length : place + length + 70]
    before = seen(SEQUENCE[place - far : place] + rest, [(4, far), (0, 70)], place + length)
    if before:
        assert before[0] == whole or far < 14


@given(st.integers(400, 1500), st.integers(3, 200))
def test_a_tandem_duplication_is_found_in_clips_of_both_sides(place: int, length: int) -> None:
    copy = SEQUENCE[place - length : place]
    after = seen(SEQUENCE[place - 60 : place] + (copy + SEQUENCE[place:])[:40], [(0, 60), (4, 40)], place - 60)
    tail = (SEQUENCE[:place] + copy + SEQUENCE[place:])[place - 40 : place + 60]
    before = seen(tail, [(4, 40), (0, 60)], place - length)
    assert [event.change for event in after + before] == [length, length]
    assert after == before


@given(st.integers(400, 1500), st.integers(20, 150), st.text("ACGT", min_size=1, max_size=15))
def test_a_tandem_duplication_with_inserted_bases_is_found_in_clips_of_both_sides(
    place: int, length: int, filler: str
) -> None:
    copy, size = SEQUENCE[place - length : place], length + len(filler)
    whole = SEQUENCE[:place] + filler + copy + SEQUENCE[place:]
    after = seen(whole[place - 60 : place + 40], [(0, 60), (4, 40)], place - 60)
    start = place + len(filler)
    before = seen(whole[start - 40 : start + 60], [(4, 40), (0, 60)], place - length)
    (one,) = after
    assert before == after
    assert one.change == size
    carried = SEQUENCE[: one.place] + one.inserted + SEQUENCE[one.place :]
    assert carried == whole
    assert "tandem duplication" in name_of(one, AROUND.bases)


@pytest.mark.parametrize("gaps", [(15,), (9, 6), (7, 8), (3, 10, 2)])
def test_a_deletion_that_was_aligned_as_several_gaps_has_its_whole_length(gaps: tuple[int, ...]) -> None:
    cigar, read, at = [(0, 40)], SEQUENCE[760:800], 800
    for gap in gaps:
        at += gap
        read += SEQUENCE[at : at + 4]
        cigar += [(2, gap), (0, 4)]
        at += 4
    read += SEQUENCE[at : at + 40]
    assert [event.change for event in seen(read, [*cigar, (0, 40)], 760)] == [-15]


@pytest.mark.parametrize("parts", [(6, 3), (2, 2), (3, 4, 2)])
def test_an_insertion_that_was_aligned_as_several_has_its_whole_length(parts: tuple[int, ...]) -> None:
    cigar, read, at, gained = [(0, 40)], SEQUENCE[760:800], 800, ""
    for part in parts:
        inserted = "".join({"A": "C", "C": "A", "G": "T", "T": "G"}[base] for base in SEQUENCE[at : at + part])
        read, gained = read + inserted + SEQUENCE[at : at + 4], gained + inserted
        cigar += [(1, part), (0, 4)]
        at += 4
    (event,) = seen(read + SEQUENCE[at : at + 40], [*cigar, (0, 40)], 760)
    assert (event.change, sorted(event.inserted)) == (sum(parts), sorted(gained))


@pytest.mark.parametrize(("first", "between", "second"), [(3, 100, 6), (52, 30, 1), (1, 30, 52)])
def test_gaps_far_from_each_other_are_events_of_their_own(first: int, between: int, second: int) -> None:
    middle, behind = 800 + first, 800 + first + between + second
    read = SEQUENCE[700:800] + SEQUENCE[middle : middle + between] + SEQUENCE[behind : behind + 100]
    cigar = [(0, 100), (2, first), (0, between), (2, second), (0, 100)]
    assert [event.change for event in seen(read, cigar, 700)] == [-first, -second]


@pytest.mark.parametrize("others", [1, 3, 6, 15])
@pytest.mark.parametrize("net", [9, 15, 57])
@pytest.mark.parametrize("place", [500, 800, 1200])
def test_a_deletion_with_other_bases_in_its_stead_is_found_in_clips_of_both_sides(
    place: int, net: int, others: int
) -> None:
    instead, behind = random_reference(seed=9)[:others], place + net + others
    after = SEQUENCE[place - 60 : place] + instead + SEQUENCE[behind : behind + 30]
    before = SEQUENCE[place - 30 : place] + instead + SEQUENCE[behind : behind + 60]
    clipped = [(after, [(0, 60), (4, others + 30)], place - 60), (before, [(4, 30 + others), (0, 60)], behind)]
    assert [event.change for read in clipped for event in seen(*read)] == [-net, -net]


@needs_bwa
@pytest.mark.parametrize("others", [0, 3, 6])
def test_a_deletion_is_found_whatever_stands_in_its_stead_and_told_once(tmp_path: Path, others: int) -> None:
    rng, loci = np.random.default_rng([3, others]), random_loci(np.random.default_rng(5), 8)
    changed = {}
    for locus in loci:
        instead = "".join(rng.choice(list("ACGT"), others))
        changed[locus.name] = locus.sequence[: locus.place] + instead + locus.sequence[locus.place + 15 + others :]
    reference = tmp_path / "ref.fa"
    reference.write_text("".join(f">{locus.name}\n{locus.sequence}\n" for locus in loci), encoding="ascii")
    pysam.faidx(str(reference))
    run_tool(["bwa", "index", reference])
    bam = align(tmp_path, reference, changed, rng, 200, 100)
    asked = LocusEvent(kind=EventKind.DELETION, shortest=9, longest=24)
    regions = [
        region(locus.sequence, locus.place - 9, locus.place + 30, asked).model_copy(
            update={"id": locus.name, "chrom": locus.name}
        )
        for locus in loci
    ]
    for answer in ask_loci(regions, AssayedReads(bam, reference)).answers:
        assert answer.status is LocusStatus.DETECTED, answer.statement
        (allele,) = answer.seen
        assert allele.name == "15-base deletion"
        assert allele.allele_fraction > 0.5


def test_clips_that_go_on_as_the_reference_or_nowhere_are_no_event() -> None:
    primer = seen(SEQUENCE[500:600], [(4, 20), (0, 80)], 520)
    adapter = seen(SEQUENCE[500:570] + "AGATCGGAAGAGCACACGTCTGAACTCCAG", [(0, 70), (4, 30)], 500)
    assert primer == adapter == []
    assert read_changes(SEQUENCE[500:600], [(4, 20), (0, 80)], 520, AROUND)[1] == []
    assert read_changes(SEQUENCE[500:570] + "AGATCGGAAGAGCACACGTCTGAACTCCAG", [(0, 70), (4, 30)], 500, AROUND)[1] == [
        570
    ]


def test_inserted_bases_that_are_no_copy_are_found_where_the_read_goes_on_behind_them() -> None:
    inserted = "GATTACAGATTACA"
    read = SEQUENCE[440:500] + inserted + SEQUENCE[500:520]
    (event,) = seen(read, [(0, 60), (4, 34)], 440)
    assert event.change == 14
    assert seen(read, [(0, 60), (1, 14), (0, 20)], 440) == [event]


def test_events_outside_the_stretch_are_not_of_the_locus() -> None:
    read = SEQUENCE[440:500] + SEQUENCE[510:550]
    (event,) = seen(read, [(0, 60), (2, 10), (0, 40)], 440)
    assert touches(event, 505, 600)
    assert not touches(event, 560, 600)


def test_only_lengths_that_were_spiked_are_backed() -> None:
    rows = (
        Recognized(EventKind.DELETION, 3, 9, 100, 0.9),
        Recognized(EventKind.DELETION, 10, 24, 100, 0.8),
        Recognized(EventKind.DELETION, 30, 60, 100, 0.7),
        Recognized(EventKind.DELETION, 3, 60, 150, 0.95),
    )
    asked = LocusEvent(kind=EventKind.DELETION, shortest=2, longest=57)
    found = backed_parts(asked, 120, rows)
    told = [(part.event.shortest, part.event.longest, part.share, part.read_length) for part in found]
    assert told == [(3, 9, 0.9, 100), (10, 24, 0.8, 100), (30, 57, 0.7, 100)]
    assert [(rest.shortest, rest.longest) for rest in without_backing(asked, found)] == [(2, 2), (25, 29)]
    assert not backed_parts(asked, 99, rows)
    assert without_backing(asked, ()) == (asked,)
    assert not backed_parts(LocusEvent(kind=EventKind.INSERTION), 150, rows)


def test_the_shipped_table_backs_what_is_asked_for_at_the_actionable_loci() -> None:
    for kind, shortest, longest in (
        (EventKind.DELETION, 3, 57),
        (EventKind.INSERTION, 3, 21),
        (EventKind.INSERTION, 4, 4),
        (EventKind.DUPLICATION, 3, 200),
    ):
        event = LocusEvent(kind=kind, shortest=shortest, longest=longest)
        for read_length in (75, 100, 150):
            assert not without_backing(event, backed_parts(event, read_length)), (kind, read_length)


@pytest.mark.parametrize("length", [9, 15])
def test_a_deletion_at_a_locus_is_found_and_its_absence_excluded(tmp_path: Path, length: int) -> None:
    event = LocusEvent(kind=EventKind.DELETION, shortest=9, longest=24)
    locus = region(SEQUENCE, 980, 1030, event)
    reference = write_reference(tmp_path, SEQUENCE)
    plain = spread(1000, 600, seed=2)
    carried = deletion(SEQUENCE, 1000, length)
    with_it = write_bam(tmp_path / "with.bam", SEQUENCE, [*spread(1000, 40, [carried]), *plain], "tumor")
    without = write_bam(tmp_path / "without.bam", SEQUENCE, plain, "tumor")
    (found,) = ask_loci([locus], AssayedReads(with_it, reference)).answers
    assert found.status is LocusStatus.DETECTED
    assert found.seen[0].name == f"{length}-base deletion"
    assert 35 <= found.seen[0].alt_fragments <= 40
    backed = backed_parts(LocusEvent(kind=EventKind.DELETION, shortest=length, longest=length), READ)
    plain_high = fraction_interval(found.seen[0].alt_fragments, found.seen[0].depth)[1]
    # Carriers that are not recognized count as fragments without the deletion.
    assert found.seen[0].fraction_high == pytest.approx(plain_high / backed[0].share, abs=1e-5)
    (negative,) = ask_loci([locus], AssayedReads(without, reference)).answers
    assert negative.status is LocusStatus.NOT_DETECTED
    assert "deletions of 9 to 24 bases" in negative.statement
    # Lengths that are recognized less often are excluded less far down; the sentence has the largest limit.
    one, more = negative.events
    assert (one.event.longest, more.event.shortest, one.depth) == (9, 10, more.depth)
    assert one.excluded_above != more.excluded_above
    assert negative.excluded_above == max(one.excluded_above or 0, more.excluded_above or 0)
    assert "spiked reads" in negative.events[0].backed_by


def test_events_that_nobody_spiked_are_not_spoken_of(tmp_path: Path) -> None:
    long = LocusEvent(kind=EventKind.INSERTION, shortest=50, longest=90)
    asked = LocusEvent(kind=EventKind.SUBSTITUTION)
    locus = region(SEQUENCE, 995, 1005, asked, long)
    reference = write_reference(tmp_path, SEQUENCE)
    bam = write_bam(tmp_path / "t.bam", SEQUENCE, spread(1000, 600), "tumor")
    (answer,) = ask_loci([locus], AssayedReads(bam, reference)).answers
    assert answer.status is LocusStatus.NOT_DETECTED
    assert "SNVs only" in answer.statement
    assert answer.events[1].excluded_above is None
    assert "no spiked reads" in answer.events[1].reason


def test_one_long_read_does_not_back_what_short_reads_cannot_show(tmp_path: Path) -> None:
    locus = region(SEQUENCE, 995, 1005, SUBSTITUTION, LocusEvent(kind=EventKind.DELETION, shortest=3, longest=24))
    reference = write_reference(tmp_path, SEQUENCE)
    short = [Molecule(940 + i % 53, length=50 + i % 7) for i in range(600)]
    bam = write_bam(tmp_path / "t.bam", SEQUENCE, [*short, *spread(1000, 1)], "tumor")
    (answer,) = ask_loci([locus], AssayedReads(bam, reference)).answers
    assert answer.status is LocusStatus.NOT_DETECTED
    assert "SNVs only" in answer.statement
    assert "no spiked reads of up to 50 bases" in answer.events[1].reason


@pytest.mark.parametrize(
    ("regions", "reason"), [(None, "depth: no fragment"), ({}, "not on the assay: none of its bases")]
)
def test_what_was_not_read_is_told_before_what_was_not_spiked(
    tmp_path: Path, regions: dict[str, list[tuple[int, int]]] | None, reason: str
) -> None:
    bam = write_bam(tmp_path / "tumor.bam", SEQUENCE, spread(400, 40), "tumor")
    asked = region(SEQUENCE, 1500, 1530, LocusEvent(kind=EventKind.DELETION, shortest=3, longest=9))
    reads = AssayedReads(bam, write_reference(tmp_path, SEQUENCE), regions=regions, amplicon=True)
    (answer,) = ask_loci([asked], reads).answers
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert answer.reason.startswith(reason)


def test_clipped_ends_of_short_fragments_are_no_length_of_reads(tmp_path: Path) -> None:
    bam, tailed = write_bam(tmp_path / "t.bam", SEQUENCE, spread(900, 400, length=140), "T"), tmp_path / "tailed.bam"
    with pysam.AlignmentFile(str(bam)) as source, pysam.AlignmentFile(str(tailed), "wb", header=source.header) as out:
        for read in source:
            bases, tail = str(read.query_sequence), random_reference(seed=77)[:50]
            read.query_sequence = tail + bases if read.is_reverse else bases + tail
            read.query_qualities = pysam.qualitystring_to_array("F" * (READ + 50))
            read.cigartuples = [(4, 50), (0, READ)] if read.is_reverse else [(0, READ), (4, 50)]
            out.write(read)
    pysam.index(str(tailed))
    asked = region(SEQUENCE, 895, 905, LocusEvent(kind=EventKind.DELETION, shortest=3, longest=9))
    (answer,) = ask_loci([asked], AssayedReads(tailed, write_reference(tmp_path, SEQUENCE))).answers
    assert answer.events[0].backed_by.startswith("spiked reads of 100 bases")


def test_long_reads_say_nothing_of_insertions_and_deletions(tmp_path: Path) -> None:
    header = {"HD": {"SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": len(SEQUENCE)}], "RG": [{"ID": "1", "SM": "T"}]}
    bam = tmp_path / "long.bam"
    with pysam.AlignmentFile(str(bam), "wb", header=header) as out:
        for start in range(0, 600, 2):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.reference_id, read.reference_start = f"r{start}", 0, start
            read.query_sequence, read.cigartuples = SEQUENCE[start : start + 1000], [(0, 1000)]
            read.query_qualities = pysam.qualitystring_to_array("F" * 1000)
            read.mapping_quality = 60
            out.write(read)
    pysam.index(str(bam))
    asked = region(SEQUENCE, 801, 830, SUBSTITUTION, LocusEvent(kind=EventKind.DELETION, shortest=3, longest=9))
    (answer,) = ask_loci([asked], AssayedReads(bam, write_reference(tmp_path, SEQUENCE))).answers
    assert answer.status is LocusStatus.NOT_DETECTED
    assert "(SNVs only); reads of 1,000 bases, far longer than those that were spiked" in answer.statement


def test_fragments_with_fixed_ends_say_nothing_of_insertions_and_deletions(tmp_path: Path) -> None:
    locus = region(SEQUENCE, 995, 1005, SUBSTITUTION, LocusEvent(kind=EventKind.DELETION, shortest=3, longest=24))
    reference = write_reference(tmp_path, SEQUENCE)
    amplicons = [Molecule(900 + 60 * (i % 2), first_forward=i % 4 > 1, length=150) for i in range(600)]
    bam = write_bam(tmp_path / "t.bam", SEQUENCE, amplicons, "tumor")
    (answer,) = ask_loci([locus], AssayedReads(bam, reference)).answers
    assert answer.status is LocusStatus.NOT_DETECTED
    assert "SNVs only); fragments with fixed ends, as of amplicons, were not spiked" in answer.statement
    assert answer.events[1].excluded_above is None


@pytest.mark.parametrize(("clipped", "blocked"), [(30, True), (3, False)])
def test_fragments_clipped_at_one_place_by_nothing_known_block_the_negative(
    tmp_path: Path, clipped: int, blocked: bool
) -> None:
    locus = region(SEQUENCE, 980, 1030, LocusEvent(kind=EventKind.DELETION, shortest=3, longest=24))
    reference = write_reference(tmp_path, SEQUENCE)
    plain = write_bam(tmp_path / "plain.bam", SEQUENCE, spread(1000, 600), "tumor")
    bam = with_clips(plain, tmp_path / "t.bam", 1000, clipped)
    (answer,) = ask_loci([locus], AssayedReads(bam, reference)).answers
    assert (answer.status is LocusStatus.NOT_ASSESSABLE) == blocked, answer.statement
    if blocked:
        assert "30 fragments are clipped at one place, which no event that was looked for explains" in answer.reason


@needs_bwa
@pytest.mark.slow
def test_spiked_reads_are_recognized_as_the_shipped_table_says(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    reads = SpikedReads(tmp_path, random_loci(np.random.default_rng(11), 6), 100, 200, seed=11)
    spiked = (
        (EventKind.DELETION, 15, 0),
        (EventKind.DELETION, 15, 6),
        (EventKind.INSERTION, 6, 0),
        (EventKind.DUPLICATION, 60, 0),
        (EventKind.DUPLICATION, 60, 15),
    )
    for kind, length, filler in spiked:
        shares = sorted(row.share for row in reads.recognize(kind, length, filler))
        row = next(
            row for row in recognized_rows()
            if row.kind is kind and row.shortest <= length <= row.longest and row.read_length == 100
        )  # fmt: skip
        middle = float(np.median(shares))
        record_property(
            "shown",
            f"{length}-base {kind.value}, {filler} random bases, reads of 100: {middle:.0%} recognized, "
            f"{row.share:.0%} told",
        )
        assert middle >= row.share
        assert shares[OUTLYING] >= row.share - 0.12


@pytest.mark.parametrize("length", [3, 10, 60, 200])
@pytest.mark.parametrize("filler", [0, 1, 15])
def test_a_duplication_is_spiked_with_inserted_bases_between_two_copies(length: int, filler: int) -> None:
    (locus,) = random_loci(np.random.default_rng(3), 1)
    if filler > length // 2:
        assert filler not in fillers(EventKind.DUPLICATION, length)
        return
    carried = with_event(locus, EventKind.DUPLICATION, length, np.random.default_rng(4), filler)
    copy = locus.sequence[locus.place - (length - filler) : locus.place]
    assert len(carried) == len(locus.sequence) + length
    assert carried[: locus.place] == locus.sequence[: locus.place]
    assert carried[locus.place + filler :] == copy + locus.sequence[locus.place :]


@pytest.mark.parametrize(("kind", "sign"), [(EventKind.DELETION, -1), (EventKind.INSERTION, 1)])
def test_deletions_and_insertions_are_spiked_with_further_bases_exchanged(kind: EventKind, sign: int) -> None:
    (locus,) = random_loci(np.random.default_rng(3), 1)
    assert fillers(EventKind.DELETION, 2) == (0, 2)
    for filler in (0, 3, 6):
        carried = with_event(locus, kind, 9, np.random.default_rng(4), filler)
        assert len(carried) == len(locus.sequence) + 9 * sign
        assert carried[: locus.place] == locus.sequence[: locus.place]
        lost = filler + (9 if kind is EventKind.DELETION else 0)
        gained = lost + 9 * sign
        assert carried[locus.place + gained :] == locus.sequence[locus.place + lost :]


@needs_bwa
@pytest.mark.slow
@pytest.mark.parametrize(
    ("filler", "name"),
    [(0, "120-base tandem duplication"), (9, "111-base tandem duplication with 9 inserted bases")],
)
def test_an_internal_tandem_duplication_is_found_with_its_length(tmp_path: Path, filler: int, name: str) -> None:
    (locus,) = random_loci(np.random.default_rng(12), 1)
    rng = np.random.default_rng(13)
    reference = tmp_path / "ref.fa"
    reference.write_text(f">{locus.name}\n{locus.sequence}\n", encoding="ascii")
    pysam.faidx(str(reference))
    run_tool(["bwa", "index", reference])
    carried = with_event(locus, EventKind.DUPLICATION, 120, rng, filler)
    paths = []
    for which, text, depth in (("plain", locus.sequence, 400), ("itd", carried, 40)):
        folder = tmp_path / which
        folder.mkdir()
        bam = align(folder, reference, {f"{which}_{locus.name}": text}, rng, depth, 100)
        paths.append(str(bam))
    pysam.merge(str(tmp_path / "t.bam"), *paths)
    pysam.index(str(tmp_path / "t.bam"))
    asked = Locus(
        id="FLT3 internal tandem duplication",
        gene="FLT3",
        locus_class=LocusClass.INDEL,
        chrom=locus.name,
        positions=tuple(range(locus.place - 150, locus.place + 20)),
        bases=locus.sequence[locus.place - 151 : locus.place + 19],
        forward=True,
        events=(LocusEvent(kind=EventKind.DUPLICATION, shortest=3, longest=200),),
    )
    (answer,) = ask_loci([asked], AssayedReads(tmp_path / "t.bam", reference)).answers
    assert answer.status is LocusStatus.DETECTED, answer.statement
    assert answer.seen[0].name == name
    assert answer.seen[0].fraction_low < 1 / 11 < answer.seen[0].fraction_high


@needs_bwa
def test_a_duplicated_stretch_of_the_reference_is_never_negative(tmp_path: Path) -> None:
    (locus,) = random_loci(np.random.default_rng(14), 1)
    copied = locus.sequence[300:900]
    reference = tmp_path / "ref.fa"
    reference.write_text(f">{locus.name}\n{locus.sequence}\n>copy\n{copied}\n", encoding="ascii")
    pysam.faidx(str(reference))
    run_tool(["bwa", "index", reference])
    bam = align(tmp_path, reference, {locus.name: locus.sequence}, np.random.default_rng(15), 300, 100)
    first = locus.place - 1
    asked = Locus(
        id="U2AF1 S34", gene="U2AF1", locus_class=LocusClass.CODON, chrom=locus.name,
        positions=(first, first + 1, first + 2), bases=locus.sequence[first - 1 : first + 2], forward=True,
        events=(LocusEvent(kind=EventKind.SUBSTITUTION, longest=3),),
    )  # fmt: skip
    (answer,) = ask_loci([asked], AssayedReads(bam, reference)).answers
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert answer.reason.startswith("mapping quality"), answer.reason
