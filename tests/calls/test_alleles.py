from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.alleles import components, left_align, single_bases, trim
from genomodel.core.variants import Variant

REFERENCE = "ACGTTTGACCATGCAGATCAAAAAAGTCGGATATATCCGTACGATTACAGGCTA"


def bases(contig: str, start: int, end: int) -> str:
    return REFERENCE[max(0, start) : end]


def at(pos: int, ref: str, alt: str) -> Variant:
    return Variant(chrom="1", pos=pos, ref=ref, alt=alt)


def applied(variants: tuple[Variant, ...]) -> str:
    text = REFERENCE
    for variant in sorted(variants, key=lambda v: -v.pos):
        assert text[variant.pos - 1 : variant.pos - 1 + len(variant.ref)] == variant.ref
        text = text[: variant.pos - 1] + variant.alt + text[variant.pos - 1 + len(variant.ref) :]
    return text


def test_bases_that_both_alleles_share_are_trimmed() -> None:
    assert trim(at(5, "TTGA", "TCGA")) == at(6, "T", "C")
    assert trim(at(5, "TTG", "TTTG")) == at(5, "T", "TT")


def test_an_indel_of_a_repeat_moves_to_its_left_end() -> None:
    run = REFERENCE.index("AAAAAA") + 1
    assert left_align(at(run + 4, "AA", "A"), bases) == at(run - 1, "CA", "C")
    dinucleotide = REFERENCE.index("ATATAT") + 1
    assert left_align(at(dinucleotide + 3, "TAT", "T"), bases).pos == dinucleotide - 1


def test_adjacent_substitutions_stay_together_and_distant_ones_part() -> None:
    assert components(at(9, "CCAT", "TTAG"), bases) == (at(9, "CC", "TT"), at(12, "T", "G"))
    assert single_bases(at(9, "CC", "TT")) == (at(9, "C", "T"), at(10, "C", "T"))


def test_a_haplotype_with_a_substitution_beside_a_deletion_is_taken_apart() -> None:
    pos = REFERENCE.index("GATCAAAAAAGTC") + 1
    parts = components(at(pos, "GATCAAAAAAGTC", "GTTCAAAAAGTC"), bases)
    assert {len(part.ref) - len(part.alt) for part in parts} == {0, 1}
    assert applied(parts) == applied((at(pos, "GATCAAAAAAGTC", "GTTCAAAAAGTC"),))


@given(st.integers(2, 40), st.integers(1, 10), st.text("ACGT", min_size=1, max_size=10))
def test_the_parts_of_an_allele_make_the_same_sequence(pos: int, length: int, alt: str) -> None:
    ref = REFERENCE[pos - 1 : pos - 1 + length]
    variant = at(pos, ref, alt)
    if ref == alt:
        return
    assert applied(components(variant, bases)) == applied((variant,))
