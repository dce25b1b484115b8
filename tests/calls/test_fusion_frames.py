from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pysam
import pytest

from genomodel.calls.rearrangements.breakends import Breakend, Side
from genomodel.calls.rearrangements.fusions import cut, frame_of
from genomodel.calls.rearrangements.genes import Transcript, read_fusion_models
from genomodel.core.rearrangements import Frame

CODONS = {
    a + b + c: letter
    for (a, b, c), letter in zip(
        product("TCAG", repeat=3), "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG", strict=True
    )
}
COMPLEMENT = str.maketrans("ACGT", "TGCA")
PAIRS = [("ETV6", "ABL1"), ("NPM1", "ALK"), ("TP53", "RET"), ("TP53", "BRAF"), ("ETV6", "NTRK1"), ("KRAS", "ALK")]


def translate(bases: str) -> str:
    return "".join(CODONS[bases[i : i + 3]] for i in range(0, len(bases) - 2, 3))


def coding_by_exon(item: Transcript, fasta: pysam.FastaFile) -> list[str]:
    """Coding bases of each exon, in the order of the transcript; empty where an exon holds none."""
    found = []
    for first, last in item.exons:
        bases = ""
        for low, high in sorted(item.coding):
            if low <= last and high >= first:
                bases += fasta.fetch(item.chrom, max(low, first) - 1, min(high, last)).upper()
        found.append(bases if item.forward else bases[::-1].translate(COMPLEMENT))
    return found


def end_in(item: Transcript, intron: int, *, upstream: bool) -> Breakend:
    first, last = item.introns[intron - 1]
    side = Side.LEFT if item.forward is upstream else Side.RIGHT
    return Breakend(item.chrom, (first + last) // 2, side)


@pytest.fixture(scope="module")
def genes(shared_data: Path) -> tuple[dict[str, Transcript], pysam.FastaFile]:
    folder = shared_data / "genome"
    names = {name for pair in PAIRS for name in pair}
    models = read_fusion_models(folder / "GRCh38.genes.gff3", genes=names)
    found = {name: models.of_gene(name) for name in names}
    return {name: item for name, item in found.items() if item}, pysam.FastaFile(str(folder / "GRCh38.sparse.fa.gz"))


@pytest.mark.parametrize("pair", PAIRS, ids="::".join)
def test_frame_of_every_pair_of_introns_is_what_the_translated_transcript_shows(
    genes: tuple[dict[str, Transcript], pysam.FastaFile],
    pair: tuple[str, str],
    record_property: Callable[[str, object], None],
) -> None:
    found, fasta = genes
    five, three = found[pair[0]], found[pair[1]]
    head, tail = coding_by_exon(five, fasta), coding_by_exon(three, fasta)
    protein = translate("".join(tail))
    tested = {Frame.IN_FRAME: 0, Frame.OUT_OF_FRAME: 0}
    for i, j in product(range(1, len(five.exons)), range(1, len(three.exons))):
        frame, _ = frame_of(cut(five, end_in(five, i, upstream=True)), cut(three, end_in(three, j, upstream=False)))
        kept, rest = "".join(head[:i]), "".join(tail[j:])
        if frame is Frame.UNKNOWN:
            assert not kept or not rest or len(rest) == len("".join(tail)) or len(kept) == len("".join(head))
            continue
        if len(rest) < 90:
            continue
        joined = translate(kept + rest)
        own_end = protein[-20:]
        assert joined.endswith(own_end) is (frame is Frame.IN_FRAME), (i, j, joined[-25:])
        tested[frame] += 1
    assert min(tested.values()) > 0
    record_property("shown", f"{'::'.join(pair)}: {tested[Frame.IN_FRAME]} in-frame and "
                    f"{tested[Frame.OUT_OF_FRAME]} out-of-frame pairs of introns, as translated")  # fmt: skip


def test_a_break_within_an_exon_or_outside_of_the_coding_sequence_has_no_known_frame(
    genes: tuple[dict[str, Transcript], pysam.FastaFile],
) -> None:
    found, _ = genes
    etv6, abl1, alk = found["ETV6"], found["ABL1"], found["ALK"]
    three = cut(abl1, end_in(abl1, 3, upstream=False))
    first, last = etv6.exons[4]
    inside = cut(etv6, Breakend(etv6.chrom, (first + last) // 2, Side.LEFT))
    assert inside.within_exon
    assert inside.place == "exon 5"
    assert frame_of(inside, three)[0] is Frame.UNKNOWN
    border = cut(etv6, Breakend(etv6.chrom, last, Side.LEFT))
    assert not border.within_exon
    assert border.exon == 5
    intron = cut(alk, end_in(alk, 19, upstream=False))
    assert (intron.place, intron.exon, intron.upstream) == ("intron 19", 20, False)


def test_alk_intron_19_lies_where_it_is_published(shared_data: Path) -> None:
    # Exon 20 of ALK starts at chr2:29446394 in GRCh37 (CIViC's coordinates of EML4::ALK e20, variant 500).
    models = read_fusion_models(shared_data / "genome" / "GRCh37.genes.gff3", genes={"ALK"})
    alk = models.of_gene("ALK", n_exons=29)
    assert alk is not None
    assert alk.exons[19][1] == 29446394
