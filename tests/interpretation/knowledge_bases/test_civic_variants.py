from __future__ import annotations

import pytest

from genomodel.core.knowledge import Operator, Place, Profile
from genomodel.core.patients import GenomeBuild
from genomodel.interpretation.knowledge_bases.civic import variant_of_name
from genomodel.interpretation.knowledge_bases.civic_variants import profile_of
from genomodel.interpretation.knowledge_bases.named_variant import (
    NamedVariant,
    place_of,
    places_of_hgvs,
    protein_allele,
    read_hgvs,
    split_coding,
)
from genomodel.interpretation.matching.registry import check_criterion

SNV = (Place(build=GenomeBuild.GRCH37, chrom="7", start=140453136, end=140453136, ref="A", alt="T"),)


def rule(profile: Profile) -> str:
    if profile.criterion is not None:
        item = profile.criterion
        return f"{item.gene}/{item.kind}" + (f":{item.value}" if item.value and item.kind != "text" else "")
    sign = {Operator.ALL: " & ", Operator.ANY: " | "}[profile.operator]
    return sign.join(rule(part) for part in profile.parts)


def of_name(name: str) -> Profile:
    return profile_of(variant_of_name(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("BRAF V600E", "BRAF/allele:V600E"),
        ("BRAF V600", "BRAF/codon:V600"),
        ("KRAS G12/G13", "KRAS/codon:G12,G13"),
        ("ERBB2 S310F/Y", "ERBB2/allele:S310F,S310Y"),
        ("PIK3CA H1047L or H1047R", "PIK3CA/allele:H1047L | PIK3CA/allele:H1047R"),
        ("VHL P81S (c.241C>T) and L188V (c.562C>G)", "VHL/allele:P81S & VHL/allele:L188V"),
        ("EGFR E746_A750del", "EGFR/allele:E746_A750del"),
        ("EGFR E746_T751>I", "EGFR/allele:E746_T751delinsI"),
        ("ERBB2 Y772_A775DUP", "ERBB2/allele:Y772_A775dup"),
        ("PDGFRA D842_H845DELDIMH", "PDGFRA/allele:D842_H845del"),
        ("EGFR D770_N771insSVD", "EGFR/allele:D770_N771insSVD"),
        ("RUNX1 T148HFSX9", "RUNX1/allele:T148Hfs*9"),
        ("VHL E55RfsTer11 (c.163delG)", "VHL/allele:E55Rfs*11"),
        ("PTEN V317FS", "PTEN/allele:V317fs"),
        ("POLE2 L469Ffs*17", "POLE2/allele:L469Ffs*17"),
        ("PTEN R233*", "PTEN/allele:R233*"),
        ("VHL G104= (c.312C>G)", "VHL/allele:G104="),
        ("ABCB1 I1145I", "ABCB1/allele:I1145="),
        ("VHL M1? (c.3G>A)", "VHL/allele:M1?"),
        ("FLT3 ITD", "FLT3/effect:FLT3_ITD"),
        ("FLT3 TKD MUTATION", "FLT3/effect:FLT3_TKD"),
        ("TERT Promoter Mutation", "TERT/effect:TERT_PROMOTER_C228T,TERT_PROMOTER_C250T"),
        ("EGFR Exon 19 Deletion", "EGFR/effect:EGFR_EXON_19_DELETION"),
        ("EGFR Exon 19 del", "EGFR/effect:EGFR_EXON_19_DELETION"),
        ("NPM1 EXON 12 MUTATION", "NPM1/effect:NPM1_C_TERMINAL_FRAMESHIFT"),
        ("KIT Exon 11 Mutation", "KIT/exon:11:mutation"),
        ("STK11 EXON 1-2 MUTATION", "STK11/exon:1-2:mutation"),
        ("ALK Exon 4-11 Deletion", "ALK/exon:4-11:skipping"),
        ("VHL Exon 1 Deletion", "VHL/exon:1:skipping"),
        ("PIK3CA EXON 9 MUTATION", "PIK3CA/exon:10:mutation"),
        ("PIK3CA Exon 10 or Exon 21 Mutation", "PIK3CA/exon:10:mutation | PIK3CA/exon:21:mutation"),
        ("PIK3CA Exon 10 and Exon 21 Mutation", "PIK3CA/exon:10:mutation & PIK3CA/exon:21:mutation"),
        ("EGFR VIII", "EGFR/exon:2-7:skipping"),
        ("TP53 DNA Binding Domain Mutation", "TP53/protein_region:163-263"),
        ("ERBB2 Kinase Domain Mutation", "ERBB2/protein_region:720-976"),
        ("TP53 Mutation", "TP53/mutation"),
        ("PRPS1 PRPS1 MUTATION", "PRPS1/mutation"),
        ("VHL Loss-of-function", "VHL/loss_of_function"),
        ("PTEN Loss", "PTEN/loss_of_function"),
        ("PTEN Deletion", "PTEN/deep_deletion"),
        ("BRCA2 TRUNCATING MUTATION", "BRCA2/truncating"),
        ("EZH2 Activating Mutation", "EZH2/hotspot"),
        (
            "PALB2 Biallelic Inactivation",
            "PALB2/deep_deletion | PALB2/loss_of_function & PALB2/loh | PALB2/text",
        ),
        ("IKZF1 Deletion", "IKZF1/loss"),
        ("ASXL1 EXON 12 MUTATION", "ASXL1/protein_region:574-1541"),
        ("ERBB2 Amplification", "ERBB2/amplification"),
        ("KRAS Wildtype", "KRAS/wild_type"),
        ("PTCH1 LOH", "PTCH1/loh"),
        ("BRAF Non-V600", "BRAF/protein_region:1-599 | BRAF/protein_region:601-766"),
        ("ALK Fusion", "ALK/fusion"),
        ("ROS1 Rearrangement", "ROS1/fusion"),
        ("ALK EML4::ALK", "ALK/fusion:EML4::ALK"),
        ("EML4::ALK Fusion", "ALK/fusion:EML4::ALK"),
        ("v::ALK Fusion", "ALK/fusion:?::ALK"),
        ("FGFR2::v Fusion", "FGFR2/fusion:FGFR2::?"),
        ("EML4::ALK e6::e20", "ALK/fusion:EML4::ALK:6-20"),
        ("ALK EML4::ALK e6-e20", "ALK/fusion:EML4::ALK:6-20"),
        ("ABL1 BCR::ABL V379I", "ABL1/fusion:BCR::ABL1 & ABL1/allele:V379I"),
        (
            "NTRK1 LMNA::NTRK1 G595R and G667C",
            "NTRK1/fusion:LMNA::NTRK1 & NTRK1/allele:G595R & NTRK1/allele:G667C",
        ),
        ("FGFR1 ZNF198::FGFR1", "FGFR1/fusion:ZMYM2::FGFR1"),
        ("BCL2 reg_e@[IGH]::BCL2", "BCL2/fusion:IGH::BCL2"),
        (
            "YWHAE YWHAE::NUTM2",
            "YWHAE/fusion:YWHAE::NUTM2A | YWHAE/fusion:YWHAE::NUTM2B | YWHAE/fusion:YWHAE::NUTM2E",
        ),
        ("MSI High", "/msi_high"),
        ("TMB High", "/tmb_high"),
    ],
)
def test_a_name_asks_for_a_rule_that_matching_knows(name: str, expected: str) -> None:
    profile = of_name(name)
    assert rule(profile) == expected
    for criterion in profile.criteria():
        check_criterion(criterion)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("EGFR Overexpression", "not measured"),
        ("MGMT Promoter Methylation", "methylation"),
        ("AKT1 S473 Phosphorylation", "phosphorylation"),
        ("UGT1A1 UGT1A1*60", "genotype"),
        ("DPYD DPYD*2A HOMOZYGOSITY", "zygosity"),
        ("STAT3 SH2 DOMAIN MUTATION", "domain"),
        ("EGFR Rare Mutation", "rare"),
        ("EGFR Copy Number Variation", "direction"),
        ("IKZF1 IKZF1 deletion and mutation", "one or both"),
        ("EZH2 Intron 6 Mutation", "intron"),
        ("CDKN1A rs1801270", "without alleles"),
        ("VHL Splice Site (c.464-1G>A)", "without alleles"),
        ("ZFTA ZFTA::RELA Methylation Profile", "methylation"),
        ("TMB Low", "not measured"),
        ("GENE what no one has said before", "no shape"),
    ],
)
def test_what_no_data_tell_is_text_with_its_reason(name: str, why: str) -> None:
    (criterion,) = of_name(name).criteria()
    assert (criterion.kind, why in criterion.gap) == ("text", True), criterion


def test_handles_go_with_an_allele_and_never_with_a_class() -> None:
    names = ("ENST00000288602.6:c.1799T>A",)
    allele = profile_of(NamedVariant("BRAF", "V600E", SNV, names)).criterion
    codon = profile_of(NamedVariant("BRAF", "V600", SNV, names)).criterion
    mutation = profile_of(NamedVariant("BRAF", "Mutation", SNV, names)).criterion
    assert allele is not None
    assert codon is not None
    assert mutation is not None
    assert (allele.places, allele.hgvs) == (SNV, names)
    assert (codon.places, codon.hgvs, mutation.places, mutation.hgvs) == ((), (), (), ())


def test_a_frameshift_named_by_its_bases_is_that_allele_and_without_them_any_that_starts_there() -> None:
    hgvs = ("ENST00000256474.2:c.445delG",)
    assert rule(profile_of(NamedVariant("VHL", "A149fs (c.445delG)", (), hgvs))) == "VHL/hgvs"
    named = profile_of(NamedVariant("NPM1", "W288FS", (), ("ENST00000517671.1:c.863_864insTCTG",))).criterion
    assert named is not None
    assert (named.kind, named.value, len(named.hgvs)) == ("allele", "W288fs", 1)
    assert rule(profile_of(NamedVariant("PTEN", "V317FS"))) == "PTEN/allele:V317fs"
    assert rule(profile_of(NamedVariant("MLH1", "*757L", (), ("ENST00000231790.2:c.2270A>T",)))) == "MLH1/hgvs"


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("A56fs (c.166_167insA)", "c.166_167insA", "VHL/hgvs"),
        ("A56fs (c.166dup)", "c.166dup", "VHL/hgvs"),
        ("Splice Site (c.340+1G>A)", "c.340+1G>A", "VHL/hgvs"),
        ("K159fs (c.474_476delGAAinsC)", "c.474_476delGAAinsC", "VHL/hgvs"),
        ("Intronic deletion (c.341-59_341-14del)", "c.341-59_341-14del", "VHL/hgvs"),
        ("G144fs (c.432insG)", "c.432insG", "VHL/allele:G144fs"),
        ("A149fs (c.449del14-nt)", "c.449del14-nt", "VHL/allele:A149fs"),
        ("106insR (c.316insGCC)", "c.316insGCC", "VHL/text"),
        ("c.128-?_250+?", "c.128-?_250+?", "VHL/text"),
        ("L85del", "c.253_255del CTC", "VHL/allele:L85del"),
    ],
)
def test_a_name_that_no_annotation_writes_tells_no_allele(name: str, written: str, expected: str) -> None:
    hgvs, malformed = read_hgvs(written, "ENST00000256474.2")
    assert len(hgvs) == (0 if malformed else 1)
    assert bool(malformed) is (written in ("c.432insG", "c.449del14-nt", "c.316insGCC", "c.128-?_250+?"))
    assert rule(profile_of(NamedVariant("VHL", name, (), hgvs))) == expected


def test_a_polymorphism_with_its_bases_is_that_allele() -> None:
    assert rule(profile_of(NamedVariant("MDM2", "RS34886328", SNV))) == "MDM2/genomic"
    assert rule(profile_of(NamedVariant("DPYD", "DPYD*2A HOMOZYGOSITY", SNV))) == "DPYD/text"


def test_two_copies_or_a_domain_never_match_by_an_example_of_the_release() -> None:
    wide = (SNV[0].model_copy(update={"end": SNV[0].start + 900, "ref": "", "alt": ""}),)
    assert rule(profile_of(NamedVariant("STAT3", "SH2 DOMAIN MUTATION", wide))) == "STAT3/text"


def test_loss_is_a_deletion_where_the_release_says_that_the_transcript_is_gone() -> None:
    ablated = NamedVariant("CDKN2B", "Loss", types=frozenset({"transcript_ablation"}))
    assert rule(profile_of(ablated)) == "CDKN2B/deep_deletion"


def test_a_former_symbol_is_kept_beside_todays() -> None:
    criterion = of_name("MLL2 Mutation").criterion
    assert criterion is not None
    assert "MLL2" in criterion.symbols
    assert of_name("FGFR2 FGFR2::MGEA5").criterion.value == "FGFR2::OGA"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("ref", "alt", "expected"),
    [
        ("A", "T", ("A", "T")),
        ("TTG", "", ("TTG", "-")),
        ("", "GGT", ("-", "GGT")),
        ("", "", ("", "")),
        ("C", "C", ("", "")),
        ("C", "G/A", ("", "")),
    ],
)
def test_places_say_missing_bases_apart_from_unstated_ones(ref: str, alt: str, expected: tuple[str, str]) -> None:
    (place,) = place_of("GRCh37", "7", "100", "102", ref, alt)
    assert (place.ref, place.alt) == expected


@pytest.mark.parametrize(
    ("build", "chrom", "start"), [("", "7", "100"), ("GRCh37", "", "100"), ("GRCh37", "7", ""), ("hg18", "7", "100")]
)
def test_a_place_without_build_chromosome_or_start_is_none(build: str, chrom: str, start: str) -> None:
    assert place_of(build, chrom, start, "", "A", "T") == ()


def test_hgvs_on_chromosomes_of_both_builds_are_places() -> None:
    names = ("NC_000007.13:g.140453136A>T", "NC_000007.14:g.140753336A>T", "NC_000023.11:g.5C>G", "NC_000007.12:g.9A>T")
    found = [(place.build.value, place.chrom, place.start, place.ref, place.alt) for place in places_of_hgvs(names)]
    assert found == [
        ("GRCh37", "7", 140453136, "A", "T"),
        ("GRCh38", "7", 140753336, "A", "T"),
        ("GRCh38", "X", 5, "C", "G"),
    ]


def test_malformed_hgvs_is_named_and_not_used() -> None:
    good, bad = read_hgvs("NM_000551.3:c.1A>G, N/A,ENST00000340107.4c.746C>G,NP_1.1:p.Ile1=,c.5del", "ENST1.2")
    assert good == ("NM_000551.3:c.1A>G", "ENST1.2:c.5del")
    assert bad == ("ENST00000340107.4c.746C>G",)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("R167Q (c.500G>A)", ("R167Q", "c.500G>A")),
        ("R107G  (c.319C>G)", ("R107G", "c.319C>G")),
        ("R474C c.1420C>T", ("R474C", "c.1420C>T")),
        ("V600E", ("V600E", "")),
        ("c.393T>C", ("c.393T>C", "")),
    ],
)
def test_a_coding_change_is_split_off(name: str, parts: tuple[str, str]) -> None:
    assert split_coding(name) == parts


@pytest.mark.parametrize("name", ["P780INS", "DEL 485-490", "106insR", "R177ins", "Y1092 PHOSPHORYLATION", "V7", "E20"])
def test_what_is_no_protein_allele_is_none(name: str) -> None:
    assert protein_allele(name) == ""
