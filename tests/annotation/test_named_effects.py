from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.annotation.exon_effects import loses_acceptor
from genomodel.annotation.exons import exons
from genomodel.annotation.maf import read_maf
from genomodel.annotation.named_effects import effect_rows, named_effects
from genomodel.annotation.shape import Shape, shape_of
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import Consequence, Variant, VariantClass
from tests.annotation.builders import patient

DELETION, INSERTION = VariantClass.INFRAME_DELETION, VariantClass.INFRAME_INSERTION
MISSENSE, TRUNCATING, SPLICE = VariantClass.MISSENSE, VariantClass.TRUNCATING, VariantClass.SPLICE
NONCODING, SYNONYMOUS = VariantClass.NONCODING, VariantClass.SYNONYMOUS
B37, B38, NONE = GenomeBuild.GRCH37, GenomeBuild.GRCH38, GenomeBuild.UNKNOWN
NOWHERE = Variant(chrom="1", pos=1, ref="A", alt="C")


def told(
    gene: str,
    change: str,
    kind: VariantClass = MISSENSE,
    place: Variant = NOWHERE,
    build: GenomeBuild = NONE,
    **more: object,
) -> set[str]:
    """Return the ids of the effects of a consequence at a place."""
    consequence = Consequence.model_validate({"gene": gene, "variant_class": kind, "protein_change": change, **more})
    return {effect.id for effect in named_effects(place, (consequence,), build)}


def at(
    chrom: str, pos: int, ref: str, alt: str, build: GenomeBuild, kind: VariantClass | None = None, gene: str = ""
) -> set[str]:
    """Return the ids of the effects of an allele, of which an annotator says nothing but perhaps a gene and a class."""
    consequence = () if kind is None else (Consequence(gene=gene, variant_class=kind),)
    return {item.id for item in named_effects(Variant(chrom=chrom, pos=pos, ref=ref, alt=alt), consequence, build)}


def test_rows_are_sourced_and_their_ids_stand() -> None:
    rows = effect_rows()
    ids = [row.id for row in rows]
    assert len(set(ids)) == len(ids)
    assert set(ids) >= {
        "TERT_PROMOTER_C228T",
        "TERT_PROMOTER_C250T",
        "MET_EXON_14_SKIPPING",
        "MET_Y1003_CBL_SITE",
        "FLT3_ITD",
        "FLT3_TKD",
        "EGFR_EXON_19_DELETION",
        "EGFR_EXON_20_INSERTION",
        "EGFR_A763_Y764INSFQEA",
        "BRAF_CLASS_1",
        "BRAF_CLASS_2",
        "BRAF_CLASS_3",
        "ERBB2_EXON_20_INSERTION",
        "KIT_EXON_11",
        "NPM1_C_TERMINAL_FRAMESHIFT",
        "PDGFRA_D842V",
    }
    for row in rows:
        assert re.fullmatch(r"[A-Z][A-Z0-9]+(_[A-Z0-9]+)+", row.id)
        assert row.id.startswith(f"{row.gene}_")
        assert all(re.fullmatch(r"PMID:\d+|https://\S+", part) for part in row.source.split(" | ")), row.id
        assert row.name
        assert row.clauses


@pytest.mark.parametrize(("build", "first", "second"), [(B37, 1295228, 1295250), (B38, 1295113, 1295135)])
@pytest.mark.parametrize("chrom", ["5", "chr5"])
def test_promoter_mutations_of_tert_are_told_by_place_whatever_the_annotator_says(
    build: GenomeBuild, first: int, second: int, chrom: str
) -> None:
    for kind, gene in ((None, ""), (NONCODING, "TERT"), (NONCODING, ""), (NONCODING, "SLC6A18")):
        assert at(chrom, first, "G", "A", build, kind, gene) == {"TERT_PROMOTER_C228T"}
        assert at(chrom, second, "g", "a", build, kind, gene) == {"TERT_PROMOTER_C250T"}
    assert at(chrom, first, "GG", "AA", build) == {"TERT_PROMOTER_C228T"}
    assert at(chrom, second - 1, "GG", "AA", build) == {"TERT_PROMOTER_C250T"}
    assert at(chrom, first - 1, "AGG", "AAA", build) == {"TERT_PROMOTER_C228T"}


@pytest.mark.parametrize(("build", "first"), [(B37, 1295228), (B38, 1295113)])
def test_other_changes_of_the_promoter_of_tert_are_not_named(build: GenomeBuild, first: int) -> None:
    assert at("5", first, "G", "T", build) == set()
    assert at("5", first, "G", "C", build) == set()
    assert at("5", first - 1, "G", "A", build) == set()
    assert at("5", first + 17, "A", "G", build) == set()
    assert at("5", first, "GA", "G", build) == set()
    assert at("5", first, "G", "GA", build) == set()
    assert at("7", first, "G", "A", build) == set()
    for other in (B37, B38, NONE, GenomeBuild.SYNTHETIC):
        assert other is build or at("5", first, "G", "A", other) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("c.-124C>T", {"TERT_PROMOTER_C228T"}),
        ("c.-146C>T", {"TERT_PROMOTER_C250T"}),
        ("c.-125_-124delinsTT", {"TERT_PROMOTER_C228T"}),
        ("c.-125_-124delCCinsTT", {"TERT_PROMOTER_C228T"}),
        ("c.-147_-146CC>TT", {"TERT_PROMOTER_C250T"}),
        ("c.-124_-123delinsTT", {"TERT_PROMOTER_C228T"}),
        ("c.-124C>A", set()),
        ("c.-57A>C", set()),
        ("c.-245A>G", set()),
        ("c.124C>T", set()),
        ("c.-125_-124delinsT", set()),
        ("c.-126_-125delinsTT", set()),
    ],
)
def test_promoter_mutations_of_tert_are_told_by_their_coding_name(text: str, found: set[str]) -> None:
    assert told("TERT", "", NONCODING, hgvs_c=text) == found
    assert told("TP53", "", NONCODING, hgvs_c=text) == set()


@pytest.mark.parametrize("build", [B37, B38])
def test_exon_14_of_met_is_skipped_by_whatever_changes_its_splice_sites(build: GenomeBuild) -> None:
    first, last = exons()["MET", 14][0].places[build]
    skipping = {"MET_EXON_14_SKIPPING"}
    for kind, gene in ((None, ""), (NONCODING, "MET"), (SPLICE, "MET")):
        assert at("7", last + 1, "G", "T", build, kind, gene) == skipping
        assert at("7", last + 2, "T", "C", build, kind, gene) == skipping
        assert at("7", first - 1, "G", "A", build, kind, gene) == skipping
        assert at("7", first - 20, "TTTTCTTTC", "T", build, kind, gene) == skipping
        assert at("7", last - 1, "GGTAT", "G", build, kind, gene) == skipping
        assert at("7", last, "G" + "A" * 4, "G", build, kind, gene) == skipping
        assert at("chr7", last + 3, "A", "G", build, kind, gene) == skipping
        assert at("7", last + 3, "A", "T", build, kind, gene) == skipping
        assert at("7", first - 30, "A" * 200, "A", build, kind, gene) == skipping
    assert at("7", last + 4, "T", "G", build, SPLICE, "MET") == skipping
    whole = named_effects(Variant(chrom="7", pos=first - 150, ref="N", alt="<DEL>"), (), build, end=last + 400)
    assert {item.id for item in whole} == skipping
    assert whole[0].basis == f"by position on {build.value}"


@pytest.mark.parametrize("build", [B37, B38])
def test_what_leaves_the_splice_sites_of_met_exon_14_alone_is_no_skipping(build: GenomeBuild) -> None:
    first, last = exons()["MET", 14][0].places[build]
    for kind, gene in ((None, ""), (NONCODING, "MET")):
        assert at("7", last + 900, "G", "T", build, kind, gene) == set()
        assert at("7", last + 3, "A", "C", build, kind, gene) == set()
        assert at("7", last + 4, "T", "G", build, kind, gene) == set()
        assert at("7", last + 5, "G", "A", build, kind, gene) == set()
        assert at("7", first - 5, "T", "C", build, kind, gene) == set()
        assert at("7", first - 27, "TA", "T", build, kind, gene) == set()
        assert at("7", last + 6, "TA", "T", build, kind, gene) == set()
        assert at("7", first + 60, "A", "ATTT", build, kind, gene) == set()
        assert at("8", last + 1, "G", "T", build, kind, gene) == set()
    gene_lost = named_effects(
        Variant(chrom="7", pos=first - 60_000, ref="N", alt="<DEL>"), (), build, end=last + 20_000
    )
    assert gene_lost == ()
    doubled = named_effects(Variant(chrom="7", pos=first - 150, ref="N", alt="<DUP>"), (), build, end=last + 400)
    assert doubled == ()


@pytest.mark.parametrize(
    ("change", "kind", "hgvs_c", "found"),
    [
        ("D1010N", MISSENSE, "c.3028G>A", {"MET_EXON_14_SKIPPING"}),
        ("D1010H", MISSENSE, "", {"MET_EXON_14_SKIPPING"}),
        ("D1028Y", MISSENSE, "", {"MET_EXON_14_SKIPPING"}),
        ("D1010E", MISSENSE, "", set()),
        ("D1010=", SYNONYMOUS, "", set()),
        ("Y1003F", MISSENSE, "", {"MET_Y1003_CBL_SITE"}),
        ("Y1021N", MISSENSE, "", {"MET_Y1003_CBL_SITE"}),
        ("Y1003*", TRUNCATING, "", set()),
        ("Y1230H", MISSENSE, "", set()),
        ("X1010_splice", SPLICE, "", {"MET_EXON_14_SKIPPING"}),
        ("X963_splice", SPLICE, "", {"MET_EXON_14_SKIPPING"}),
        ("X1135_splice", SPLICE, "", set()),
        ("", SPLICE, "c.3028+1G>T", {"MET_EXON_14_SKIPPING"}),
        ("", SPLICE, "c.2942-2A>G", {"MET_EXON_14_SKIPPING"}),
        ("", SPLICE, "c.2887+1G>T", set()),
        ("", NONCODING, "c.2888-18_2888-7del", {"MET_EXON_14_SKIPPING"}),
        ("", NONCODING, "c.2888-38_2888-30del", set()),
        ("", NONCODING, "c.3028+3A>G", {"MET_EXON_14_SKIPPING"}),
        ("", NONCODING, "c.3082+3A>T", {"MET_EXON_14_SKIPPING"}),
        ("", NONCODING, "c.3028+3A>C", set()),
        ("", NONCODING, "c.3028+4T>G", set()),
        ("", NONCODING, "c.2887+3A>G", set()),
        ("", NONCODING, "c.3028+3_3028+4del", {"MET_EXON_14_SKIPPING"}),
        ("V963_D1010del", DELETION, "", {"MET_EXON_14_SKIPPING"}),
        ("S980_D981del", DELETION, "", set()),
    ],
)
def test_exon_14_of_met_by_names(change: str, kind: VariantClass, hgvs_c: str, found: set[str]) -> None:
    assert told("MET", change, kind, hgvs_c=hgvs_c) == found


@pytest.mark.parametrize(
    ("gene", "change", "kind", "found"),
    [
        ("EGFR", "E746_A750del", DELETION, {"EGFR_EXON_19_DELETION"}),
        ("EGFR", "L747_P753delinsS", DELETION, {"EGFR_EXON_19_DELETION"}),
        ("EGFR", "L747_A750delinsP", DELETION, {"EGFR_EXON_19_DELETION"}),
        ("EGFR", "E746_T751delinsIP", DELETION, {"EGFR_EXON_19_DELETION"}),
        ("EGFR", "K745_E746insIPVAIK", INSERTION, {"EGFR_EXON_19_INSERTION"}),
        ("EGFR", "L747S", MISSENSE, set()),
        ("EGFR", "E746fs", TRUNCATING, set()),
        ("EGFR", "E709_T710delinsD", DELETION, set()),
        ("EGFR", "D770_N771insG", INSERTION, {"EGFR_EXON_20_INSERTION"}),
        ("EGFR", "A767_V769dup", INSERTION, {"EGFR_EXON_20_INSERTION"}),
        ("EGFR", "N771delinsGF", INSERTION, {"EGFR_EXON_20_INSERTION"}),
        ("EGFR", "A763_Y764insFQEA", INSERTION, {"EGFR_EXON_20_INSERTION", "EGFR_A763_Y764INSFQEA"}),
        ("EGFR", "D761_E762insEAFQ", INSERTION, {"EGFR_EXON_20_INSERTION", "EGFR_A763_Y764INSFQEA"}),
        ("EGFR", "T790M", MISSENSE, set()),
        ("EGFR", "S768I", MISSENSE, set()),
        ("EGFR", "V769_D770del", DELETION, set()),
        ("EGFR", "D770fs", TRUNCATING, set()),
        ("EGFR", "L858R", MISSENSE, set()),
        ("ERBB2", "Y772_A775dup", INSERTION, {"ERBB2_EXON_20_INSERTION"}),
        ("ERBB2", "G776delinsVC", INSERTION, {"ERBB2_EXON_20_INSERTION"}),
        ("ERBB2", "L755_T759del", DELETION, set()),
        ("ERBB2", "V777L", MISSENSE, set()),
        ("BRAF", "V600E", MISSENSE, {"BRAF_CLASS_1"}),
        ("BRAF", "V600K", MISSENSE, {"BRAF_CLASS_1"}),
        ("BRAF", "V600=", SYNONYMOUS, set()),
        ("BRAF", "K601E", MISSENSE, {"BRAF_CLASS_2"}),
        ("BRAF", "G469A", MISSENSE, {"BRAF_CLASS_2"}),
        ("BRAF", "G469E", MISSENSE, {"BRAF_CLASS_3"}),
        ("BRAF", "D594G", MISSENSE, {"BRAF_CLASS_3"}),
        ("BRAF", "D594fs", TRUNCATING, set()),
        ("BRAF", "G469D", MISSENSE, set()),
        ("KIT", "A502_Y503dup", INSERTION, {"KIT_EXON_9"}),
        ("KIT", "W557_K558del", DELETION, {"KIT_EXON_11"}),
        ("KIT", "K550_splice", SPLICE, set()),
        ("KIT", "V560=", SYNONYMOUS, set()),
        ("KIT", "V559fs", TRUNCATING, set()),
        ("KIT", "K642E", MISSENSE, {"KIT_EXON_13"}),
        ("KIT", "D816V", MISSENSE, {"KIT_EXON_17"}),
        ("KIT", "M541L", MISSENSE, set()),
        ("PDGFRA", "D842V", MISSENSE, {"PDGFRA_EXON_18", "PDGFRA_D842V"}),
        ("PDGFRA", "D842_H845del", DELETION, {"PDGFRA_EXON_18"}),
        ("PDGFRA", "V561D", MISSENSE, set()),
        ("NPM1", "W288Cfs*12", TRUNCATING, {"NPM1_C_TERMINAL_FRAMESHIFT"}),
        ("NPM1", "L287fs", TRUNCATING, {"NPM1_C_TERMINAL_FRAMESHIFT"}),
        ("NPM1", "W288*", TRUNCATING, set()),
        ("NPM1", "E170fs", TRUNCATING, set()),
        ("CALR", "L367Tfs*46", TRUNCATING, {"CALR_EXON_9_FRAMESHIFT"}),
        ("CALR", "K385Nfs*47", TRUNCATING, {"CALR_EXON_9_FRAMESHIFT"}),
        ("CALR", "E398_D400del", DELETION, set()),
        ("CALR", "Q365*", TRUNCATING, set()),
        ("CEBPA", "P23fs", TRUNCATING, {"CEBPA_N_TERMINAL_TRUNCATION"}),
        ("CEBPA", "Q312dup", INSERTION, set()),
        ("CEBPA", "H195fs", TRUNCATING, set()),
        ("CSF3R", "Q741*", TRUNCATING, {"CSF3R_TRUNCATION"}),
        ("CSF3R", "S783fs", TRUNCATING, {"CSF3R_TRUNCATION"}),
        ("CSF3R", "T618I", MISSENSE, set()),
        ("CSF3R", "W341*", TRUNCATING, set()),
        ("CTNNB1", "S45P", MISSENSE, {"CTNNB1_EXON_3"}),
        ("CTNNB1", "N387K", MISSENSE, set()),
        ("NOTCH1", "P2514Rfs*4", TRUNCATING, {"NOTCH1_PEST_TRUNCATION"}),
        ("NOTCH1", "Q1958*", TRUNCATING, set()),
        ("PPM1D", "E472*", TRUNCATING, {"PPM1D_EXON_6_TRUNCATION"}),
        ("PPM1D", "R100*", TRUNCATING, set()),
        ("BCOR", "L1680_E1711dup", INSERTION, {"BCOR_ITD"}),
        ("BCOR", "R1700*", TRUNCATING, set()),
        ("FLT3", "D835Y", MISSENSE, {"FLT3_TKD"}),
        ("FLT3", "I836del", DELETION, {"FLT3_TKD"}),
        ("FLT3", "D835_I836del", DELETION, {"FLT3_TKD"}),
        ("FLT3", "I836_M837del", DELETION, {"FLT3_TKD"}),
        ("FLT3", "M837_S838del", DELETION, set()),
        ("FLT3", "I836dup", INSERTION, set()),
        ("FLT3", "F691L", MISSENSE, set()),
        ("FLT3", "Y599_D600insPAPQIMSTSTLISENMNIA", INSERTION, {"FLT3_ITD"}),
        ("FLT3", "L604_F605insREYEYDL", INSERTION, {"FLT3_ITD"}),
        ("FLT3", "D586_F612dup", INSERTION, {"FLT3_ITD"}),
        ("FLT3", "FLT3-ITD", NONCODING, {"FLT3_ITD"}),
        ("FLT3", "ITD", INSERTION, {"FLT3_ITD"}),
        ("FLT3", "Y597fs", TRUNCATING, set()),
        ("FLT3", "V592A", MISSENSE, set()),
        ("FLT3", "E598_Y599del", DELETION, set()),
        ("FLT3", "G831_R834dup", INSERTION, set()),
        ("KRAS", "ITD", INSERTION, set()),
    ],
)
def test_classes_of_changes(gene: str, change: str, kind: VariantClass, found: set[str]) -> None:
    terms = ("frameshift_variant",) if "fs" in change else ()
    assert told(gene, change, kind, terms=terms) == found


@pytest.mark.parametrize(("build", "low"), [(B37, 28608219), (B38, 28034082)])
def test_internal_tandem_duplications_of_flt3_are_told_by_place_and_length(build: GenomeBuild, low: int) -> None:
    def bases(length: int) -> str:
        return ("ACGTTGCATG" * 60)[:length]

    itd = {"FLT3_ITD"}
    for kind, gene in ((None, ""), (SPLICE, "FLT3"), (NONCODING, "FLT3"), (INSERTION, "FLT3")):
        assert at("13", low - 2, "-", bases(102), build, kind, gene) == itd
        assert at("chr13", low + 40, "A", "A" + bases(21), build, kind, gene) == itd
        assert at("13", low + 40, "A", "A" + bases(600), build, kind, gene) == itd
        assert at("13", low + 40, "AC", "GG" + bases(30), build, kind, gene) == itd
    assert at("13", low - 30, "A", "A" + bases(60), build) == itd
    assert at("13", low - 30, "A", "A" + bases(24), build) == set()
    assert at("13", low - 1, "A", "AGGT", build, SPLICE, "FLT3") == set()
    assert at("13", low + 40, "A", "A" + bases(22), build) == set()
    place = Variant(chrom="13", pos=low + 40, ref="A", alt="A" + bases(21))
    assert told("FLT3", "Y597fs", TRUNCATING, place, build, terms=("frameshift_variant",)) == set()
    stop = Consequence(gene="FLT3", variant_class=TRUNCATING, protein_change="D600delinsR*", terms=("stop_gained",))
    (doubted,) = named_effects(place, (stop,), build)
    assert doubted.id == "FLT3_ITD"
    assert doubted.basis.endswith("with a stop among the residues as it is placed: to be confirmed by fragment length")
    short = Variant(chrom="13", pos=low + 40, ref="A", alt="ATAG")
    assert named_effects(short, (stop,), build) == ()
    assert at("13", low + 900, "A", "A" + bases(21), build) == set()
    assert at("13", low + 40, "A" + bases(21), "A", build) == set()
    big = Variant(chrom="chr13", pos=low + 10, ref="N", alt="<DUP:TANDEM>")
    assert [item.id for item in named_effects(big, (), build, end=low + 10 + 90)] == ["FLT3_ITD"]
    assert named_effects(big, (), build, end=low + 10 + 91) == ()
    assert named_effects(big, (), build) == ()
    inserted = Variant(chrom="chr13", pos=low + 10, ref="N", alt="<INS>")
    assert [item.id for item in named_effects(inserted, (), build, length=300)] == ["FLT3_ITD"]


@pytest.mark.parametrize("build", [B37, B38])
def test_a_deletion_over_the_acceptor_of_kit_exon_11_is_one_of_the_exon(build: GenomeBuild) -> None:
    first, last = exons()["KIT", 11][0].places[build]
    for kind, gene in ((None, ""), (SPLICE, "KIT"), (TRUNCATING, "KIT")):
        assert at("4", first - 6, "CAGAAACCCATGT", "C", build, kind, gene) == {"KIT_EXON_11"}
        assert at("4", first - 1, "GAAACC", "T", build, kind, gene) == {"KIT_EXON_11"}
        assert at("4", first - 6, "CAGAAA", "C", build, kind, gene) == set()
        assert at("4", first - 1, "G", "A", build, kind, gene) == set()
        assert at("4", first - 1, "GA", "CT", build, kind, gene) == set()
        assert at("4", first - 1, "GA", "GATTTA", build, kind, gene) == set()
        assert at("4", first - 6, "A" * (last - first + 20), "A", build, kind, gene) == set()
        assert at("4", last - 3, "A" * 9, "A", build, kind, gene) == set()


def test_the_acceptor_of_a_gene_on_the_reverse_strand_lies_behind_its_exon() -> None:
    exon = exons()["FLT3", 14][0]
    first, last = exon.places[B37]

    def loses(begin: int, end: int) -> bool:
        return loses_acceptor(Shape("13", begin, end, end - begin + 1, 0), exon, B37)

    assert loses(last - 5, last + 3)
    assert loses(last, last + 1)
    assert not loses(last + 1, last + 3), "the intron alone"
    assert not loses(last - 5, last), "the exon alone"
    assert not loses(first - 3, first + 5), "the donor"
    assert not loses(first, last + 3), "the whole exon"


@pytest.mark.parametrize("chrom", ["X", "chrX", "23", "CHRX"])
def test_a_chromosome_is_the_same_however_it_is_spelled(chrom: str) -> None:
    assert at(chrom, 39911400, "A", "AACG", B37) == {"BCOR_ITD"}
    assert at("22", 39911400, "A", "AACG", B37) == set()


def test_an_in_frame_change_without_residues_is_told_by_place() -> None:
    first, _ = exons()["EGFR", 19][0].places[B38]
    assert at("7", first + 30, "G" + "A" * 15, "G", B38, DELETION, "EGFR") == {"EGFR_EXON_19_DELETION"}
    assert at("7", first + 30, "G" + "A" * 15, "G", B38) == {"EGFR_EXON_19_DELETION"}
    assert at("7", first + 30, "G" + "A" * 14, "G", B38) == set()
    assert at("7", first + 30, "G" + "A" * 15, "G", B38, TRUNCATING, "EGFR") == set()
    assert at("7", first + 30, "G" + "A" * 15, "G", B37) == set()


def test_residues_of_another_isoform_are_not_taken_for_those_of_the_exon() -> None:
    place = Variant(chrom="7", pos=55_200_000, ref="GAAA", alt="G")
    assert told("EGFR", "E746del", DELETION, place, B38) == set()
    inside = Variant(chrom="7", pos=exons()["EGFR", 19][0].places[B38][0] + 48, ref="GAAA", alt="G")
    assert told("EGFR", "E746del", DELETION, inside, B38) == {"EGFR_EXON_19_DELETION"}
    assert told("EGFR", "E746del", DELETION, place, NONE) == {"EGFR_EXON_19_DELETION"}


def test_exact_changes_are_told_on_any_transcript_and_the_transcript_is_named() -> None:
    reported = Consequence(gene="BRAF", variant_class=MISSENSE, protein_change="V640E", transcript="ENST00000644969")
    other = Consequence(gene="BRAF", variant_class=MISSENSE, protein_change="V600E", transcript="ENST00000646891")
    (effect,) = named_effects(NOWHERE, (reported, other), NONE)
    assert (effect.id, effect.gene, effect.basis) == ("BRAF_CLASS_1", "BRAF", "by p.V600E on ENST00000646891")


def test_alleles_without_bases_have_no_effect_by_place() -> None:
    for alt in ("*", "<*>", "<NON_REF>", "<CNV>", "]7:100]A", "R", "."):
        assert at("5", 1295228, "G", alt, B37) == set()
        assert shape_of(Variant(chrom="5", pos=1295228, ref="G", alt=alt)) is None


@pytest.mark.parametrize(
    ("allele", "shape"),
    [
        (("A", "C"), Shape("7", 10, 10, 1, 1, "A", "C")),
        (("ACG", "A"), Shape("7", 11, 12, 2, 0, "CG", "")),
        (("a", "acg"), Shape("7", 10, 11, 0, 2, "", "CG")),
        (("ACG", "TCA"), Shape("7", 10, 12, 3, 3, "ACG", "TCA")),
        (("CG", "-"), Shape("7", 10, 11, 2, 0, "CG", "")),
        (("-", "TT"), Shape("7", 10, 11, 0, 2)),
    ],
)
def test_shapes(allele: tuple[str, str], shape: Shape) -> None:
    assert shape_of(Variant(chrom="chr7", pos=10, ref=allele[0], alt=allele[1])) == shape


def test_internal_tandem_duplications_of_the_real_cohort(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    found = read_maf(shared_data / "tcga_laml" / "tcga_laml.maf.gz", patient)
    variants = [variant for calls in found for variant in calls.variants]
    of_id = {
        row.id: [v for v in variants if any(effect.id == row.id for effect in v.named_effects)] for row in effect_rows()
    }
    itd = of_id["FLT3_ITD"]
    words = Counter(v.consequence.terms[0] for v in itd if v.consequence)
    assert words == {"inframe_insertion": 33, "splice_site_variant": 3}
    insertions = [v for v in variants if v.consequence and v.consequence.gene == "FLT3" and v.variant.ref == "-"]
    assert {v.record for v in insertions} == {v.record for v in itd}
    by_place = [e.basis for v in itd for e in v.named_effects if "position" in e.basis]
    assert len(by_place) == 2
    tkd = of_id["FLT3_TKD"]
    assert {v.consequence.protein_change[:4] for v in tkd if v.consequence} == {"D835"}
    assert not {v.record for v in itd} & {v.record for v in tkd}
    frameshifts = [
        v for v in variants if v.consequence and v.consequence.gene == "NPM1" and "fs" in v.consequence.protein_change
    ]
    assert {v.record for v in of_id["NPM1_C_TERMINAL_FRAMESHIFT"]} <= {v.record for v in frameshifts}
    counts = {name: len(listed) for name, listed in of_id.items() if listed}
    samples = len({calls.patient.id for calls in found for v in calls.variants if v in itd})
    record_property(
        "shown",
        f"AML, 193 patients: {len(itd)} FLT3-ITD in {samples} patients, 3 of them labelled splice site; {counts}",
    )
