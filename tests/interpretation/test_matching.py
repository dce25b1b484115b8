from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.annotation.protein_change import parse_protein_change
from genomodel.core.copy_number import CopyNumberCall, CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import Consequence, VariantClass
from genomodel.interpretation.matching import (
    Alteration,
    GeneCopies,
    JoinedGenes,
    SmallVariant,
    Truth,
    Tumor,
    evaluate,
    parse_rule,
)
from tests.interpretation.builders import DELETION, INSERTION, MISSENSE, SPLICE, TRUNCATING, consequence, variant


def matched(rule: str, reported: Consequence, *others: Consequence, shares_codon: bool = False) -> str | None:
    allele = variant(reported.gene, "", others=others).model_copy(update={"consequence": reported})
    effects = {reported.gene: (reported, *others)}
    small = SmallVariant("here", allele, GenomeBuild.UNKNOWN, effects, shares_codon=shares_codon)
    return basis_of(rule, reported.gene, small)


def basis_of(rule: str, gene: str, alteration: Alteration) -> str | None:
    verdict = evaluate(parse_rule(rule, gene), Tumor(alterations=(alteration,)))
    return verdict.parts[0].hits[0].basis if verdict.truth is Truth.TRUE else None


def copies(gene: str, state: CopyNumberState) -> GeneCopies:
    return GeneCopies("copies", gene, CopyNumberCall(gene=gene, state=state))


@pytest.mark.parametrize(
    ("text", "kind", "start", "end", "net"),
    [
        ("V600E", "substitution", 600, 600, 0),
        ("p.Val600Glu", "substitution", 600, 600, 0),
        ("ENSP00000288602.6:p.(V600E)", "substitution", 600, 600, 0),
        ("E746_A750del", "indel", 746, 750, -5),
        ("E746_A750delELREA", "indel", 746, 750, -5),
        ("ELREA746del", "indel", 746, 750, -5),
        ("L747_P753delinsS", "indel", 747, 753, -6),
        ("L747_P753>S", "indel", 747, 753, -6),
        ("V600_K601delinsE", "indel", 600, 601, -1),
        ("D770_N771insSVD", "indel", 770, 771, 3),
        ("A767_V769dup", "indel", 767, 769, 3),
        ("D770delinsGY", "indel", 770, 770, 1),
        ("599_600insDFREYEY", "indel", 599, 600, 7),
        ("600_600D>DSSDN", "indel", 600, 600, 4),
        ("W288Cfs*12", "frameshift", 288, 288, None),
        ("WQ288fs", "frameshift", 288, 288, None),
        ("-287fs", "frameshift", 287, 287, None),
        ("X1010_splice", "splice", 1010, 1010, None),
    ],
)
def test_protein_changes_of_all_dialects_are_read(text: str, kind: str, start: int, end: int, net: int | None) -> None:
    change = parse_protein_change(text)
    assert change is not None
    assert (change.kind, change.start, change.end, change.net) == (kind, start, end, net)


@given(st.text(alphabet="ACDEFGHIKLMNPQRSTVWYX0123456789_*>=?-.()pdelinsfuxtT", max_size=30))
def test_any_text_is_read_or_left_without_a_crash(text: str) -> None:
    change = parse_protein_change(text)
    assert change is None or 0 <= change.start <= change.end


@pytest.mark.parametrize(
    "change", ["E746_A750del", "L747_P753delinsS", "L747_T751del", "L747_A750delinsP", "K745_A750del"]
)
def test_egfr_exon_19_deletions_match_by_class(change: str) -> None:
    assert matched("exon:19:deletion", consequence("EGFR", change, DELETION)) == "exon class"


def test_egfr_exon_19_deletion_without_protein_change_matches_by_exon_number() -> None:
    bare = consequence("EGFR", "", DELETION, exon="19/28")
    assert matched("exon:19:deletion", bare) == "exon class"
    assert matched("exon:19:deletion", bare.model_copy(update={"exon": "19/27"})) is None
    assert matched("exon:19:deletion", bare.model_copy(update={"exon": "20/28"})) is None


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("K745_E746insIPVAIK", INSERTION),
        ("L747S", MISSENSE),
        ("E746Kfs*9", TRUNCATING),
        ("D770_N771del", DELETION),
        ("S720_F723del", DELETION),
        ("E746=", VariantClass.SYNONYMOUS),
    ],
)
def test_what_is_no_exon_19_deletion_does_not_match(change: str, kind: VariantClass) -> None:
    assert matched("exon:19:deletion", consequence("EGFR", change, kind)) is None


@pytest.mark.parametrize(
    "change", ["D770_N771insG", "A767_V769dup", "D770delinsGY", "H773_V774insNPH", "A763_Y764insFQEA"]
)
def test_egfr_exon_20_insertions_match_by_class(change: str) -> None:
    assert matched("exon:20:insertion", consequence("EGFR", change, INSERTION)) == "exon class"
    assert matched("exon:19:deletion", consequence("EGFR", change, INSERTION)) is None


@pytest.mark.parametrize("change", ["599_600insDFREYEY", "600_600D>DSSDN", "Y597_E598insDYVDFREY", "601_602insQRI*I*F"])
def test_flt3_internal_duplications_match_however_they_are_written(change: str) -> None:
    assert matched("exon:14-15:insertion", consequence("FLT3", change, INSERTION)) == "exon class"


@pytest.mark.parametrize("change", ["W288Cfs*12", "WQ288fs", "-287fs"])
def test_npm1_c_terminal_frameshifts_match(change: str) -> None:
    frameshift = consequence("NPM1", change, TRUNCATING, terms=("frameshift_variant",))
    assert matched("exon:11:frameshift", frameshift) == "exon class"
    assert matched("exon:11:frameshift", consequence("NPM1", "I269fs", TRUNCATING)) is None
    assert matched("exon:11:frameshift", consequence("NPM1", "Q289*", TRUNCATING)) is None


@pytest.mark.parametrize(
    "skipping",
    [
        consequence("MET", "X1010_splice", SPLICE),
        consequence("MET", "", SPLICE, hgvs_c="ENST00000397752.3:c.3028+1G>T"),
        consequence("MET", "", SPLICE, hgvs_c="c.2888-2A>G"),
        consequence("MET", "", SPLICE, hgvs_c="c.3082+2T>C"),
        consequence("MET", "", SPLICE, exon="14/21"),
        consequence("MET", "L964_D1010del", DELETION),
    ],
)
def test_met_exon_14_skipping_matches_at_both_borders(skipping: Consequence) -> None:
    assert matched("exon:14:skipping", skipping) == "exon class"


@pytest.mark.parametrize(
    "other",
    [
        consequence("MET", "", SPLICE, hgvs_c="c.1200+1G>T"),
        consequence("MET", "X400_splice", SPLICE),
        consequence("MET", "D1010N"),
        consequence("MET", "K1000del", DELETION),
    ],
)
def test_other_met_changes_are_no_exon_14_skipping(other: Consequence) -> None:
    assert matched("exon:14:skipping", other) is None


def test_allele_matches_on_another_transcript_and_says_so() -> None:
    plus = consequence("BRAF", "K641E", transcript="ENST00000644969")
    select = consequence("BRAF", "K601E", transcript="ENST00000646891")
    assert matched("allele:K601E,V600K", plus, select) == "allele K601E on transcript ENST00000646891"
    assert matched("allele:K601E", plus) is None


def test_codon_takes_any_substitution_of_the_same_reference_residue_only() -> None:
    assert matched("codon:V600", consequence("BRAF", "V600R")) == "codon"
    assert matched("codon:V600", consequence("BRAF", "L600R")) is None
    assert matched("codon:G12", consequence("KRAS", "G12*", TRUNCATING)) is None
    assert matched("codon:G12", consequence("KRAS", "G12=", VariantClass.SYNONYMOUS)) is None


def test_allele_of_a_codon_called_twice_matches_no_allele_but_its_codon() -> None:
    assert matched("allele:V600E", consequence("BRAF", "V600E"), shares_codon=True) is None
    assert matched("codon:V600", consequence("BRAF", "V600E"), shares_codon=True) == "codon"


def test_hotspot_rule_asks_for_a_change_that_was_seen() -> None:
    assert matched("hotspot", consequence("AKT1", "E17K")) == "hotspot"
    assert matched("hotspot", consequence("AKT1", "E17W")) is None
    assert matched("hotspot", consequence("AKT1", "E17*", TRUNCATING)) is None
    assert matched("hotspot", consequence("AKT1", "A200T")) is None


def test_gene_level_rules_match_by_class_state_and_partner() -> None:
    assert matched("truncating", consequence("BRCA2", "S1982Rfs*22", TRUNCATING)) == "gene class"
    assert matched("truncating", consequence("BRCA2", "N372H")) is None
    amplified = copies("ERBB2", CopyNumberState.AMPLIFICATION)
    assert basis_of("amplification", "ERBB2", amplified) == "amplification"
    assert basis_of("deep_deletion", "ERBB2", amplified) is None
    assert basis_of("amplification", "ERBB2", copies("ERBB2", CopyNumberState.GAIN)) is None
    fused = JoinedGenes("fused", "EML4", "ALK")
    assert basis_of("fusion", "ALK", fused) == "fusion"
    assert basis_of("fusion", "RET", fused) is None


def test_first_satisfied_clause_names_the_match() -> None:
    rule = "allele:R172K|codon:R172"
    assert matched(rule, consequence("IDH2", "R172K")) == "allele"
    assert matched(rule, consequence("IDH2", "R172G")) == "codon"


@pytest.mark.parametrize(
    "rule", ["", "allele", "allele:600E", "exon:19", "exon:19:sideways", "nothing:1", "truncating:x"]
)
def test_malformed_rule_is_refused(rule: str) -> None:
    with pytest.raises(InputError):
        parse_rule(rule)
