from __future__ import annotations

import pytest

from genomodel.annotation.exons import exons
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import Variant, VariantClass
from tests.interpretation.builders import INSERTION, MISSENSE, SPLICE, by_therapy, consequence, interpreted, variant

NONCODING = VariantClass.NONCODING
DONOR = {GenomeBuild.GRCH37: ("chr7", 116412044), GenomeBuild.GRCH38: ("7", 116771990)}


def found(ref: str, alt: str, pos: int, kind: VariantClass, build: GenomeBuild, chrom: str = "7") -> set[str]:
    place = Variant(chrom=chrom, pos=pos, ref=ref, alt=alt)
    return set(by_therapy(interpreted("LUAD", variant("MET", "", kind, place=place), genome=build)))


@pytest.mark.parametrize("build", [GenomeBuild.GRCH37, GenomeBuild.GRCH38])
def test_met_exon_14_splice_sites_are_known_by_their_place(build: GenomeBuild) -> None:
    chrom, donor = DONOR[build]
    first = exons()["MET", 14][0].places[build][0]
    both = {"Capmatinib", "Tepotinib", "Crizotinib"}
    assert found("G", "T", donor, SPLICE, build, chrom) == both
    assert found("G", "A", first - 1, SPLICE, build) == both
    assert found("TTTTCTTTC", "T", first - 20, NONCODING, build) == both
    assert found("GGTAT", "G", donor - 1, NONCODING, build) == both
    assert found("AGGT", "A", donor - 2, SPLICE, build) == both
    assert found("T", "TA", donor + 5, NONCODING, build) == both


def test_a_match_by_place_says_so() -> None:
    place = Variant(chrom="7", pos=DONOR[GenomeBuild.GRCH37][1], ref="G", alt="T")
    result = interpreted("LUAD", variant("MET", "", SPLICE, place=place), genome=GenomeBuild.GRCH37)
    match = by_therapy(result)["Capmatinib"]
    assert match.matched_on == "exon class, by position on GRCh37"
    assert "inferred from the variant's place" in match.cautions[0]


@pytest.mark.parametrize("build", [GenomeBuild.GRCH37, GenomeBuild.GRCH38])
def test_what_leaves_the_splice_sites_alone_is_no_skipping(build: GenomeBuild) -> None:
    first, last = exons()["MET", 14][0].places[build]
    assert found("G", "T", last + 900, SPLICE, build) == set()
    assert found("G", "A", last + 5, NONCODING, build) == set()
    assert found("G", "A", last, MISSENSE, build) == set()
    assert found("TA", "T", first - 27, NONCODING, build) == set()
    assert found("TA", "T", last + 6, NONCODING, build) == set()
    assert found("A", "ATTT", first + 60, INSERTION, build) == set()
    assert found("G", "T", last + 1, SPLICE, build, "8") == set()


def test_a_place_means_nothing_on_an_unknown_or_another_build() -> None:
    _, donor = DONOR[GenomeBuild.GRCH37]
    for build in (GenomeBuild.UNKNOWN, GenomeBuild.SYNTHETIC, GenomeBuild.GRCH38):
        assert found("G", "T", donor, SPLICE, build) == set()


def test_what_cannot_be_told_of_met_exon_14_is_listed() -> None:
    def listed(tumor: str = "LUAD", named: dict[str, object] | None = None, **facts: object) -> bool:
        stated = consequence("TTN", "A1T").model_copy(update=named)
        result = interpreted(tumor, variant("TTN", "A1T").model_copy(update={"consequence": stated}), **facts)
        return any(gap.what == "MET exon 14 splice region" for gap in result.not_assessable)

    assert listed()
    assert listed(genome=GenomeBuild.SYNTHETIC)
    assert not listed(genome=GenomeBuild.GRCH38)
    assert not listed(named={"exon": "3/9"})
    assert not listed(named={"hgvs_c": "c.1A>T"})
    assert not listed("MEL")
    assert not listed(assayed_genes=("KRAS",))
