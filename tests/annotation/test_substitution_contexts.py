from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pysam
import pytest

from genomodel.annotation.substitution_contexts import count_contexts
from genomodel.core.errors import InputError
from genomodel.core.substitutions import CHANNELS, SubstitutionContexts, channel_of
from genomodel.core.variants import AnnotatedVariant, Label, Origin, Variant

SEQUENCE = "ACGTTACAGGNTCCA"


def called(
    pos: int, ref: str, alt: str, *, chrom: str = "chr1", origin: Origin = Origin.SOMATIC, labels: tuple[str, ...] = ()
) -> AnnotatedVariant:
    place = Variant(chrom=chrom, pos=pos, ref=ref, alt=alt)
    return AnnotatedVariant(record=1, variant=place, origin=origin, origin_reason="made", labels=labels)


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    path = tmp_path / "made.fa"
    path.write_text(f">1\n{SEQUENCE}\n")
    pysam.faidx(str(path))
    return path


def named(found: SubstitutionContexts) -> dict[str, int]:
    return {channel: count for channel, count in zip(CHANNELS, found.counts, strict=True) if count}


def test_there_are_ninety_six_channels_by_pyrimidine() -> None:
    assert len(CHANNELS) == len(set(CHANNELS)) == 96
    assert (CHANNELS[0], CHANNELS[-1]) == ("A[C>A]A", "T[T>G]T")
    assert Counter(channel[2] for channel in CHANNELS) == {"C": 48, "T": 48}


@pytest.mark.parametrize(
    ("triplet", "alt", "channel"),
    [
        ("ACG", "T", "A[C>T]G"),
        ("CGT", "A", "A[C>T]G"),
        ("TAC", "G", "G[T>C]A"),
        ("acg", "t", "A[C>T]G"),
        ("ANG", "T", None),
        ("NCG", "T", None),
        ("ACG", "C", None),
        ("CG", "T", None),
    ],
)
def test_a_channel_is_that_of_the_strand_with_the_pyrimidine(triplet: str, alt: str, channel: str | None) -> None:
    assert channel_of(triplet, alt) == channel


def test_a_substitution_and_its_reverse_complement_share_a_channel() -> None:
    turn = str.maketrans("ACGT", "TGCA")
    for channel in CHANNELS:
        triplet, alt = channel[0] + channel[2] + channel[6], channel[4]
        assert channel_of(triplet, alt) == channel == channel_of(triplet.translate(turn)[::-1], alt.translate(turn))


def test_substitutions_are_counted_by_hand(fasta: Path) -> None:
    # ACGTTACAGGNTCCA: base 3 is G in CGT; base 7 is C in ACA; base 13 is C in TCC.
    found = count_contexts([called(3, "G", "A"), called(7, "C", "A"), called(13, "C", "T")], fasta)
    assert named(found) == {"A[C>T]G": 1, "A[C>A]A": 1, "T[C>T]C": 1}
    assert (found.total, found.genome) == (3, "made.fa")


def test_what_is_no_single_somatic_substitution_does_not_count(fasta: Path) -> None:
    others = [
        called(3, "G", "A", origin=Origin.GERMLINE),
        called(3, "G", "A", origin=Origin.UNCERTAIN),
        called(3, "G", "A", origin=Origin.NOT_CALLED),
        called(7, "C", "A", labels=(Label.CONFIRM,)),
        called(3, "GT", "G"),
        called(3, "G", "GA"),
        called(3, "GT", "AA"),
        called(3, "G", "*"),
        called(3, "G", "<DEL>"),
    ]
    found = count_contexts(others, fasta)
    assert (found.total, found.neighbors, found.without_bases) == (0, 0, 0)


def test_neighbors_are_one_event_and_do_not_count(fasta: Path) -> None:
    found = count_contexts([called(3, "G", "A"), called(4, "T", "A"), called(7, "C", "A")], fasta)
    assert (found.total, found.neighbors) == (1, 2)


def test_bases_that_the_reference_lacks_are_told(fasta: Path) -> None:
    made = [
        called(1, "A", "C"),
        called(15, "A", "C"),
        called(10, "G", "C"),
        called(12, "T", "C"),
        called(5, "G", "C"),
        called(99, "A", "C"),
        called(7, "C", "A", chrom="chr2"),
    ]
    found = count_contexts(made, fasta)
    assert (found.total, found.without_bases) == (0, 7)


def test_an_allele_counts_once_however_it_is_written(fasta: Path) -> None:
    made = [called(7, "C", "A"), called(7, "C", "A", chrom="1"), called(7, "c", "a"), called(6, "ACA", "AAA")]
    assert named(count_contexts(made, fasta)) == {"A[C>A]A": 1}


def test_order_does_not_matter(fasta: Path) -> None:
    made = [called(3, "G", "A"), called(7, "C", "A"), called(13, "C", "T"), called(9, "G", "T")]
    shuffled = random.Random(1).sample(made, len(made))
    assert count_contexts(shuffled, fasta) == count_contexts(made, fasta)


def test_a_reference_that_cannot_be_read_by_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read by place"):
        count_contexts([called(3, "G", "A")], tmp_path / "absent.fa")


def test_contexts_of_real_genes_are_those_that_the_bases_spell(shared_data: Path) -> None:
    path = shared_data / "genome" / "GRCh38.sparse.fa.gz"
    made = []
    with pysam.FastaFile(str(path)) as genome:
        start = 7_668_000
        bases = genome.fetch("chr17" if "chr17" in genome.references else "17", start, start + 4000).upper()
    expected: Counter[str] = Counter()
    for at in range(1, 3999, 7):
        triplet, alt = bases[at - 1 : at + 2], {"A": "C", "C": "A", "G": "T", "T": "G"}.get(bases[at], "")
        if alt and "N" not in triplet:
            made.append(called(start + at + 1, bases[at], alt, chrom="17"))
            expected[channel_of(triplet, alt) or ""] += 1
    assert len(made) > 500
    assert named(count_contexts(made, path)) == dict(expected)
