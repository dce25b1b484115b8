from __future__ import annotations

import pytest

from genomodel.core.variants import Variant, changed_span, shorten_sequence


def test_a_long_sequence_is_cut_to_its_start_and_length() -> None:
    assert shorten_sequence("D770_N771ins" + "STNMPDHY" * 50, "residues") == "D770_N771insSTNMPDHY…(400\u00a0residues)"
    assert shorten_sequence("chr7:1:A>" + "ACGT" * 9, "bases") == "chr7:1:A>ACGTACGT…(36\u00a0bases)"


def test_a_usual_name_stays_as_it_is() -> None:
    for name in ("V600E", "E746_A750del", "W288Cfs*12", "L747_P753delinsS", "c.2236_2250del", "chr7:140753336:A>T"):
        assert shorten_sequence(name, "residues") == name


@pytest.mark.parametrize(
    ("allele", "span"),
    [
        (Variant(chrom="7", pos=10, ref="A", alt="C"), (10, 10)),
        (Variant(chrom="7", pos=10, ref="ACG", alt="A"), (11, 12)),
        (Variant(chrom="7", pos=10, ref="A", alt="ACG"), (10, 11)),
        (Variant(chrom="7", pos=10, ref="CTT", alt="CT"), (12, 12)),
        (Variant(chrom="7", pos=10, ref="ACGT", alt="TT"), (10, 12)),
        (Variant(chrom="7", pos=10, ref="CG", alt="-"), (10, 11)),
    ],
)
def test_span_of_a_change(allele: Variant, span: tuple[int, int]) -> None:
    assert changed_span(allele) == span


def test_small_letters_name_the_same_allele() -> None:
    def key(ref: str, alt: str) -> str:
        return Variant(chrom="chr7", pos=5, ref=ref, alt=alt).key

    assert key("a", "tg") == key("A", "TG") == "chr7:5:A>TG"
    assert key("a", "]chr2:9]a") == "chr7:5:A>]chr2:9]a"
    assert key("-", "t") == "chr7:5:->T"
