"""What names an allele matches that allele alone, at the finest resolution; written from the rules, table by table."""

from __future__ import annotations

import pytest

from genomodel.core.knowledge import Criterion
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import AnnotatedVariant, Consequence, JointChange, Origin, Phase, Variant, VariantClass
from genomodel.interpretation.matching import Resolution, Truth, evaluate, match_statements
from genomodel.interpretation.matching.proteins import same_change
from tests.interpretation.builders import (
    DELETION,
    INSERTION,
    MISSENSE,
    SPLICE,
    TRUNCATING,
    consequence,
    variant,
)
from tests.interpretation.tumors import GRCH37, GRCH38, PANEL, place, profile, statement, truth, tumor

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
V600E_37 = place(GRCH37, "7", 140453136, "A", "T")
V600E_38 = place(GRCH38, "7", 140753336, "A", "T")
V600E = Criterion(
    gene="BRAF",
    kind="allele",
    value="V600E",
    name="V600E",
    places=(V600E_37,),
    hgvs=("NM_004333.4:c.1799T>A", "ENST00000288602.6:c.1799T>A", "NP_004324.2:p.Val600Glu"),
)


def braf(change: str = "V600E", at: Variant | None = None, **more: object) -> AnnotatedVariant:
    return variant("BRAF", change, place=at, **more)  # type: ignore[arg-type]


def at(build: GenomeBuild, ref: str = "A", alt: str = "T", shift: int = 0, chrom: str = "chr7") -> Variant:
    start = V600E_37.start if build is GRCH37 else V600E_38.start
    return Variant(chrom=chrom, pos=start + shift, ref=ref, alt=alt)


@pytest.mark.parametrize(
    ("found", "build", "resolution"),
    [
        (braf(at=at(GRCH37)), GRCH37, Resolution.GENOMIC),
        (braf(at=at(GRCH37, chrom="7")), GRCH37, Resolution.GENOMIC),
        (braf(at=at(GRCH37, "CA", "CT", -1)), GRCH37, Resolution.GENOMIC),
        (braf(at=at(GRCH37, "a", "t")), GRCH37, Resolution.GENOMIC),
        (braf(at=at(GRCH38), hgvs_c="c.1799T>A", transcript="ENST00000288602.11"), GRCH38, Resolution.HGVS),
        (braf(at=at(GRCH38), hgvs_c="ENST00000288602.6:c.1799T>A"), GRCH38, Resolution.HGVS),
        (braf(at=at(GRCH38), hgvs_c="c.1799T>A", transcript="ENST00000646891.2"), GRCH38, Resolution.HGVS),
        (braf(at=at(GRCH38)), GRCH38, Resolution.PROTEIN),
        (braf(at=at(GRCH37)), GenomeBuild.UNKNOWN, Resolution.PROTEIN),
        (braf("p.Val600Glu", at=at(GRCH38)), GRCH38, Resolution.PROTEIN),
        (braf(at=at(GRCH37, "CA", "TT", -1)), GRCH37, Resolution.PROTEIN),
    ],
)
def test_an_allele_is_matched_as_finely_as_the_handles_allow(
    found: AnnotatedVariant, build: GenomeBuild, resolution: Resolution
) -> None:
    (match,) = match_statements([statement("V600E", V600E)], tumor(found, genome=build))
    assert match.resolution is resolution
    assert match.alterations == (found.variant.key,)


@pytest.mark.parametrize(
    ("found", "build"),
    [
        (braf("V600K", at=at(GRCH37, "CA", "TT", -1)), GRCH37),
        (braf("V600M", at=at(GRCH37, "C", "T", 1)), GRCH37),
        (braf("V600G", at=at(GRCH37, "A", "C")), GRCH37),
        (braf("V600R"), GRCH38),
        (braf("V600_K601delinsE", kind=DELETION), GRCH38),
        (braf("V600Efs*3", kind=TRUNCATING), GRCH38),
        (braf("V600=", kind=VariantClass.SYNONYMOUS), GRCH38),
        (braf("K601E"), GRCH38),
        (braf("", kind=VariantClass.NONCODING, at=Variant(chrom="7", pos=140453136, ref="A", alt="T")), GRCH38),
        (braf("L597R", hgvs_c="ENST00000288602.6:c.1799T>G"), GRCH38),
        (braf("L597R", hgvs_c="c.1799T>A", transcript="ENST00000999999"), GRCH38),
        (variant("ARAF", "V600E"), GRCH38),
    ],
)
def test_another_allele_of_codon_place_or_gene_is_not_that_allele(found: AnnotatedVariant, build: GenomeBuild) -> None:
    assert truth(V600E, tumor(found, genome=build, assayed_genes=PANEL)) is FALSE


def test_what_was_not_compared_is_said() -> None:
    def ignored(found: AnnotatedVariant, build: GenomeBuild) -> str:
        (match,) = match_statements([statement("V600E", V600E, conditions=("adult",))], tumor(found, genome=build))
        return " | ".join(match.left_out)

    assert ignored(braf(at=at(GRCH37)), GRCH37) == ""
    assert "coordinates of GRCh37 not compared, the patient's are of GRCh38" in ignored(braf(), GRCH38)
    assert "the patient's build is open" in ignored(braf(), GenomeBuild.UNKNOWN)
    assert "other bases than the source names" in ignored(braf(at=at(GRCH37, "CA", "TT", -1)), GRCH37)
    elsewhere = variant("RNF7", "", VariantClass.NONCODING, place=at(GRCH37))
    assert "puts the allele on RNF7, the source on BRAF" in ignored(elsewhere, GRCH37)
    assert "the source calls it V600E, the annotation V640E" in ignored(braf("V640E", at=at(GRCH37)), GRCH37)


def test_a_change_on_another_transcript_matches_and_the_transcript_is_named() -> None:
    wanted = Criterion(gene="BRAF", kind="allele", value="K601E")
    other = consequence("BRAF", "K601E", transcript="ENST00000646891.2")
    found = braf("K641E", others=(other,), transcript="ENST00000644969.2")
    (match,) = match_statements([statement("K601E", wanted)], tumor(found))
    assert match.transcripts == ("ENST00000646891.2",)
    assert match.parts[0].hits[0].basis == "allele K601E on transcript ENST00000646891.2"
    elsewhere = other.model_copy(update={"gene": "RNF7"})
    assert truth(wanted, tumor(braf("K641E", others=(elsewhere,)), assayed_genes=PANEL)) is FALSE


def test_v600e_by_the_number_of_mane_plus_clinical_is_v600e() -> None:
    """Files of the GDC call it V640E and name no other transcript."""
    assert truth(V600E, tumor(braf("V640E", transcript="ENST00000644969.2"), assayed_genes=PANEL)) is TRUE
    assert truth(V600E, tumor(braf("V640E", transcript="ENST00000646891.2"), assayed_genes=PANEL)) is FALSE
    assert truth(V600E, tumor(braf("V640K", transcript="ENST00000644969.2"), assayed_genes=PANEL)) is FALSE


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ("E746_A750del", "p.Glu746_Ala750del", True),
        ("E746_A750del", "ELREA746del", True),
        ("E746_A750del", "E746_S752delinsV", False),
        ("E746_A750del", "L747_T751del", False),
        ("L747_P753delinsS", "p.(L747_P753delinsS)", True),
        ("L747_P753delinsS", "L747_P753delinsQ", False),
        ("D770_N771insG", "D770_N771insG", True),
        ("D770_N771insG", "D770_N771insY", False),
        ("D770_N771insSVD", "S768_D770dup", True),
        ("S768_D770dup", "D770_N771insSVD", True),
        ("D770_N771insSVD", "V769_D770dup", False),
        ("D770_N771insGVD", "S768_D770dup", False),
        ("H773dup", "H773_V774insH", True),
        ("H773dup", "P772_H773insH", True),
        ("H773dup", "V774_C775insH", False),
        ("W288Cfs*12", "W288Cfs*12", True),
        ("W288fs", "W288Cfs*12", True),
        ("W288Cfs*12", "W288Lfs*12", False),
        ("W288Cfs*12", "W288Cfs*9", False),
        ("W288fs", "Q289fs", False),
        ("R876*", "p.Arg876Ter", True),
        ("R876*", "R876Q", False),
        ("W1815X", "W1815*", True),
        ("W1815X", "W1815R", False),
        ("M1?", "M1V", True),
        ("M1?", "M11V", False),
        ("E55=", "p.Glu55=", True),
        ("E55=", "E55K", False),
        ("V600E", "", False),
    ],
)
def test_protein_changes_are_the_same_however_written(wanted: str, found: str, same: bool) -> None:
    assert (same_change(wanted, found) is not None) is same


def test_what_a_name_does_not_say_is_told() -> None:
    assert same_change("W288Cfs*12", "p.Trp288CysfsTer12") == ""
    assert "frameshift" in (same_change("W288fs", "W288Cfs*12") or "")
    assert "duplication" in (same_change("D770_N771insSVD", "S768_D770dup") or "")
    assert same_change("H773dup", "H773_V774insH") == ""


@pytest.mark.parametrize(
    ("change", "kind", "result"),
    [
        ("G12C", MISSENSE, TRUE),
        ("G12D", MISSENSE, TRUE),
        ("G13D", MISSENSE, TRUE),
        ("G12*", TRUNCATING, FALSE),
        ("G12=", VariantClass.SYNONYMOUS, FALSE),
        ("G12fs", TRUNCATING, FALSE),
        ("A11_G12del", DELETION, FALSE),
        ("G12_G13insG", INSERTION, FALSE),
        ("V12C", MISSENSE, FALSE),
        ("G120C", MISSENSE, FALSE),
        ("Q61H", MISSENSE, FALSE),
    ],
)
def test_a_codon_takes_its_missense_alleles_alone(change: str, kind: VariantClass, result: Truth) -> None:
    assert truth("codon:G12,G13", tumor(variant("KRAS", change, kind), assayed_genes=PANEL), "KRAS") is result


DELETED = Criterion(gene="MET", kind="genomic", places=(place(GRCH37, "7", 116412044, "GTA", ""),))
INSERTED = Criterion(gene="MET", kind="genomic", places=(place(GRCH37, "7", 116412043, "", "TT", end=116412044),))


@pytest.mark.parametrize(
    ("criterion", "allele", "result"),
    [
        (DELETED, Variant(chrom="7", pos=116412043, ref="CGTA", alt="C"), TRUE),
        (DELETED, Variant(chrom="7", pos=116412044, ref="GTA", alt="-"), TRUE),
        (DELETED, Variant(chrom="7", pos=116412043, ref="CGT", alt="C"), FALSE),
        (DELETED, Variant(chrom="7", pos=116412044, ref="CGTA", alt="C"), FALSE),
        (INSERTED, Variant(chrom="7", pos=116412043, ref="C", alt="CTT"), TRUE),
        (INSERTED, Variant(chrom="7", pos=116412043, ref="-", alt="TT"), TRUE),
        (INSERTED, Variant(chrom="7", pos=116412043, ref="C", alt="CTA"), FALSE),
        (INSERTED, Variant(chrom="7", pos=116412044, ref="G", alt="GTT"), FALSE),
        (INSERTED, Variant(chrom="7", pos=116412043, ref="C", alt="*"), FALSE),
        (INSERTED, Variant(chrom="7", pos=116412043, ref="C", alt="<INS>"), FALSE),
    ],
)
def test_alleles_by_place_are_compared_in_one_form(criterion: Criterion, allele: Variant, result: Truth) -> None:
    found = variant("MET", "", SPLICE, place=allele)
    assert truth(criterion, tumor(found, genome=GRCH37, assayed_genes=PANEL)) is result


def test_a_place_of_another_build_alone_leaves_it_open() -> None:
    found = variant("MET", "", SPLICE, place=Variant(chrom="7", pos=116412043, ref="CGTA", alt="C"))
    assert truth(DELETED, tumor(found, genome=GRCH38, assayed_genes=PANEL)) is UNKNOWN


def test_genomic_names_count_by_the_build_that_their_version_tells() -> None:
    silent = variant("VHL", "", VariantClass.NONCODING, place=Variant(chrom="3", pos=10142010, ref="G", alt="T"))
    named = Criterion(gene="VHL", kind="hgvs", hgvs=("NC_000003.12:g.10142010G>T",))
    older = Criterion(gene="VHL", kind="hgvs", hgvs=("NC_000003.11:g.10142010G>T",))
    covered = ("VHL",)
    assert truth(named, tumor(silent, genome=GRCH38, assayed_genes=covered)) is TRUE
    assert truth(named, tumor(silent, genome=GRCH37, assayed_genes=covered)) is UNKNOWN
    assert truth(older, tumor(silent, genome=GRCH38, assayed_genes=covered)) is UNKNOWN


@pytest.mark.parametrize(
    ("hgvs_c", "transcript", "result"),
    [
        ("c.3028+1G>T", "ENST00000397752.8", TRUE),
        ("c.3028+1G>T", "NM_000245.2", TRUE),
        ("NM_000245.4:c.3028+1G>T", "", TRUE),
        ("c.3028+1G>A", "NM_000245.4", FALSE),
        ("c.3028+2G>T", "NM_000245.4", FALSE),
        ("c.3082+1G>T", "ENST00000318493.11", FALSE),
        ("c.3028+1G>T", "", FALSE),
    ],
)
def test_coding_names_match_on_the_transcript_of_any_version_or_its_twin(
    hgvs_c: str, transcript: str, result: Truth
) -> None:
    criterion = Criterion(gene="MET", kind="hgvs", hgvs=("NM_000245.4:c.3028+1G>T",))
    found = variant("MET", "", SPLICE, hgvs_c=hgvs_c, transcript=transcript)
    assert truth(criterion, tumor(found, assayed_genes=PANEL)) is result


@pytest.mark.parametrize(
    ("hgvs_c", "transcript", "build", "result"),
    [
        ("c.3028+2T>A", "ENST00000397752.8", GRCH38, FALSE),
        ("c.3082+1G>T", "ENST00000318493.11", GRCH38, UNKNOWN),
        ("", "", GRCH38, UNKNOWN),
        ("", "", GRCH37, FALSE),
    ],
)
def test_a_name_on_a_transcript_that_nobody_annotated_is_open_unless_the_place_tells(
    hgvs_c: str, transcript: str, build: GenomeBuild, result: Truth
) -> None:
    site = place(GRCH37, "7", 116412044, "G", "T")
    criterion = Criterion(gene="MET", kind="hgvs", hgvs=("NM_000245.4:c.3028+1G>T",), places=(site,))
    found = variant("MET", "", SPLICE, hgvs_c=hgvs_c, transcript=transcript)
    assert truth(criterion, tumor(found, genome=build, assayed_genes=PANEL)) is result


def test_repeated_bases_of_a_coding_name_do_not_matter() -> None:
    criterion = Criterion(gene="VHL", kind="hgvs", hgvs=("NM_000551.3:c.279delC",))
    found = variant("VHL", "G93fs", TRUNCATING, hgvs_c="c.279del", transcript="NM_000551.4")
    assert truth(criterion, tumor(found)) is TRUE


def joint(found: AnnotatedVariant, phase: Phase, together: Consequence | None, **more: object) -> AnnotatedVariant:
    alone = found.consequence
    assert alone is not None
    change = JointChange(phase=phase, basis="made", partners=("7:1:A>C",), alone=alone, together=together, **more)  # type: ignore[arg-type]
    reported = together if phase is Phase.CIS and together is not None and not change.also_alone else alone
    return found.model_copy(update={"joint": change, "consequence": reported})


@pytest.mark.parametrize(
    ("phase", "also_alone", "rule", "result"),
    [
        (Phase.CIS, False, "allele:V600K", TRUE),
        (Phase.CIS, False, "allele:V600E", FALSE),
        (Phase.CIS, True, "allele:V600E", TRUE),
        (Phase.CIS, False, "codon:V600", TRUE),
        (Phase.TRANS, False, "allele:V600E", TRUE),
        (Phase.TRANS, False, "allele:V600K", FALSE),
        (Phase.UNKNOWN, False, "allele:V600E", UNKNOWN),
        (Phase.UNKNOWN, False, "allele:V600K", UNKNOWN),
        (Phase.UNKNOWN, False, "allele:V600R", FALSE),
        (Phase.UNKNOWN, False, "codon:V600", TRUE),
        (Phase.UNKNOWN, False, "mutation", TRUE),
    ],
)
def test_alleles_of_one_codon_match_by_what_is_known_of_their_phase(
    phase: Phase, also_alone: bool, rule: str, result: Truth
) -> None:
    told = joint(braf(at=at(GRCH37)), phase, consequence("BRAF", "V600K"), also_alone=also_alone)
    of = tumor(told, genome=GRCH37, assayed_genes=PANEL)
    assert evaluate(profile(rule, "BRAF"), of).truth is result


def test_bases_of_an_allele_that_another_changes_further_match_no_place() -> None:
    cis = joint(braf(at=at(GRCH37), hgvs_c="NM_004333.4:c.1799T>A"), Phase.CIS, consequence("BRAF", "V600K"))
    assert truth(V600E, tumor(cis, genome=GRCH37, assayed_genes=PANEL)) is FALSE
    other = consequence("BRAF", "V640E", transcript="ENST00000644969")
    on_other = cis.model_copy(update={"other_consequences": (other,)})
    assert truth("allele:V640E", tumor(on_other, genome=GRCH37, assayed_genes=PANEL), "BRAF") is FALSE
    unknown = joint(braf(at=at(GRCH37)), Phase.UNKNOWN, None)
    assert truth(V600E, tumor(unknown, genome=GRCH37)) is UNKNOWN


def test_a_codon_that_may_become_a_stop_is_open() -> None:
    stop = consequence("KRAS", "G12*", TRUNCATING)
    unknown = joint(variant("KRAS", "G12C"), Phase.UNKNOWN, stop)
    assert truth("codon:G12", tumor(unknown), "KRAS") is UNKNOWN
    assert truth("missense", tumor(unknown), "KRAS") is UNKNOWN
    assert truth("mutation", tumor(unknown), "KRAS") is TRUE


def test_symbols_of_any_year_are_one_gene_and_ambiguous_ones_none() -> None:
    assert truth("allele:K27M", tumor(variant("H3F3A", "K27M")), "H3-3A") is TRUE
    assert truth("allele:K27M", tumor(variant("H3-3A", "K27M")), "H3F3A") is TRUE
    there, elsewhere = (Variant(chrom=chrom, pos=74, ref="A", alt="C") for chrom in ("11", "12"))
    assert truth("truncating", tumor(variant("MLL", "R10*", TRUNCATING, place=there)), "KMT2A") is TRUE
    assert truth("truncating", tumor(variant("MLL", "R10*", TRUNCATING, place=elsewhere)), "KMT2A") is UNKNOWN
    ambiguous = tumor(variant("MLL2", "R10*", TRUNCATING), assayed_genes=("KMT2D", "KMT2B"))
    assert truth("truncating", ambiguous, "KMT2D") is UNKNOWN
    assert truth("!truncating", ambiguous, "KMT2B") is UNKNOWN
    assert truth("missense", ambiguous, "KMT2D") is FALSE
    assert truth("truncating", tumor(variant("MLL3", "R10*", TRUNCATING), assayed_genes=("KMT2D",)), "KMT2D") is FALSE
    listed = Criterion(gene="KMT2D", former_symbols=("MLL2",), kind="truncating")
    assert truth(listed, ambiguous) is TRUE, "the source lists the symbol"


def test_a_former_symbol_that_is_another_gene_today_is_that_gene() -> None:
    criterion = Criterion(gene="GPER1", former_symbols=("KRAS",), kind="mutation")
    assert truth(criterion, tumor(variant("KRAS", "G12C"), assayed_genes=("GPER1",))) is FALSE


def test_inherited_and_uncalled_alleles_match_nothing_and_leave_it_open() -> None:
    for origin in (Origin.GERMLINE, Origin.NOT_CALLED):
        assert truth(V600E, tumor(braf(origin=origin), assayed_genes=PANEL)) is UNKNOWN
