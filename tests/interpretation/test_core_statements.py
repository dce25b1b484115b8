"""What the core says of alterations that tumor boards meet: which statements must be matched, and which must not."""

from __future__ import annotations

import pytest

from genomodel.core.assays import Assays
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.findings import Direction, EvidenceMatch, Interpretation
from genomodel.core.knowledge import Statement
from genomodel.core.rearrangements import Fusion, RearrangementAssay
from genomodel.core.variants import AnnotatedVariant, ClinVarRecord, Variant, VariantClass
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import load_evidence_table
from genomodel.interpretation.matching import match_statements, tumor_of
from tests.interpretation.builders import (
    DELETION,
    INSERTION,
    MISSENSE,
    TRUNCATING,
    calls_of,
    interpreted,
    patient,
    profile_of,
    variant,
)
from tests.interpretation.tumors import PANEL, tumor

RULES = load_evidence_table().rules
BY_ID = {rule.evidence.id: rule for rule in RULES}


def given(result: Interpretation) -> dict[str, EvidenceMatch]:
    return {match.evidence.id: match for finding in result.findings for match in finding.evidence}


def pathogenic(gene: str, change: str) -> AnnotatedVariant:
    record = ClinVarRecord(variation_id="1", germline="Pathogenic", germline_review="reviewed_by_expert_panel")
    return variant(gene, change).model_copy(update={"clinvar": record})


@pytest.mark.parametrize(
    ("code", "gene", "change", "kind", "statement"),
    [
        ("LUAD", "EGFR", "G719S", MISSENSE, "egfr-uncommon-nsclc-afatinib"),
        ("LUAD", "EGFR", "G719C", MISSENSE, "egfr-uncommon-nsclc-afatinib"),
        ("THME", "RET", "C634R", MISSENSE, "ret-mut-thme-selpercatinib"),
        ("THME", "RET", "C618S", MISSENSE, "ret-mut-thme-selpercatinib"),
        ("THME", "RET", "V804M", MISSENSE, "ret-mut-thme-selpercatinib"),
        ("THME", "RET", "A883F", MISSENSE, "ret-mut-thme-selpercatinib"),
        ("THME", "RET", "M918T", MISSENSE, "ret-mut-thme-selpercatinib"),
        ("THME", "RET", "E632_L633del", DELETION, "ret-mut-thme-selpercatinib"),
        ("LUAD", "ERBB2", "L755S", MISSENSE, "erbb2-tkd-nsclc-zongertinib"),
        ("LUAD", "ERBB2", "V777L", MISSENSE, "erbb2-tkd-nsclc-sevabertinib"),
        ("LUAD", "ERBB2", "Y772_A775dup", INSERTION, "erbb2-tkd-nsclc-sevabertinib"),
        ("LGSOC", "KRAS", "G12A", MISSENSE, "kras-mut-lgsoc-avutometinib-defactinib"),
        ("LGSOC", "KRAS", "G13D", MISSENSE, "kras-mut-lgsoc-avutometinib-defactinib"),
        ("DMG", "H3C2", "K28M", MISSENSE, "h3c2-k27m-dmg-dordaviprone"),
        ("DMG", "H3-3A", "K28M", MISSENSE, "h3-k27m-dmg-dordaviprone"),
        ("IDC", "AKT1", "E17K", MISSENSE, "akt1-mut-breast-capivasertib"),
        ("IDC", "PTEN", "R130Q", MISSENSE, "pten-lof-breast-capivasertib"),
        ("IDC", "ESR1", "Y537S", MISSENSE, "esr1-mut-breast-vepdegestrant"),
        ("PRAD", "BRCA2", "S1982Rfs*22", TRUNCATING, "brca2-prad-olaparib"),
    ],
)
def test_a_known_alteration_is_named(code: str, gene: str, change: str, kind: VariantClass, statement: str) -> None:
    match = given(interpreted(code, variant(gene, change, kind))).get(statement)
    assert match is not None
    assert match.tier == "I-A"


@pytest.mark.parametrize(("symbol", "gene"), [("HIST1H3B", "h3c2"), ("HIST1H3C", "h3c3"), ("H3C2", "h3c2")])
def test_histone_genes_are_known_by_their_former_symbols(symbol: str, gene: str) -> None:
    found = variant(symbol, "K27M", place=Variant(chrom="chr6", pos=26_031_000, ref="T", alt="A"))
    assert f"{gene}-k27m-dmg-dordaviprone" in given(interpreted("DMG", found))


@pytest.mark.parametrize(
    ("code", "gene", "change", "kind", "statement"),
    [
        ("LUAD", "EGFR", "G724S", MISSENSE, "egfr-uncommon-nsclc-afatinib"),
        ("THME", "RET", "G691S", MISSENSE, "ret-mut-thme-selpercatinib"),
        ("THME", "RET", "C634*", TRUNCATING, "ret-mut-thme-selpercatinib"),
        ("LUAD", "ERBB2", "S310F", MISSENSE, "erbb2-tkd-nsclc-zongertinib"),
        ("LUAD", "ERBB2", "I655V", MISSENSE, "erbb2-tkd-nsclc-sevabertinib"),
        ("LGSOC", "KRAS", "D33E", MISSENSE, "kras-mut-lgsoc-avutometinib-defactinib"),
        ("DMG", "H3C2", "K37M", MISSENSE, "h3c2-k27m-dmg-dordaviprone"),
        ("IDC", "AKT1", "D323Y", MISSENSE, "akt1-mut-breast-capivasertib"),
        ("PRAD", "BRCA2", "N372H", MISSENSE, "brca2-prad-olaparib"),
    ],
)
def test_a_near_miss_is_not_named(code: str, gene: str, change: str, kind: VariantClass, statement: str) -> None:
    assert statement in BY_ID
    assert statement not in given(interpreted(code, variant(gene, change, kind)))


@pytest.mark.parametrize(
    ("code", "gene", "change", "statement"),
    [
        ("PRAD", "BRCA2", "D2723H", "brca2-prad-olaparib"),
        ("HGSOC", "BRCA1", "C61G", "brca1-ov-olaparib-maintenance"),
        ("PRAD", "ATM", "R3008C", "atm-prad-olaparib"),
        ("PRAD", "PALB2", "L35P", "palb2-prad-olaparib"),
        ("PRAD", "RAD51C", "R258H", "rad51c-prad-olaparib"),
    ],
)
def test_a_pathogenic_allele_that_truncates_nothing_is_deleterious(
    code: str, gene: str, change: str, statement: str
) -> None:
    assert statement in given(interpreted(code, pathogenic(gene, change)))
    assert statement not in given(interpreted(code, variant(gene, change)))


def test_loss_of_all_copies_is_deleterious_and_not_inherited() -> None:
    def lost(code: str) -> dict[str, EvidenceMatch]:
        calls = calls_of(patient(code))
        return given(interpret(calls, profile_of("BRCA2", CopyNumberState.DEEP_DELETION)))

    assert lost("PRAD")["brca2-prad-olaparib"].tier == "I-A"
    breast = lost("IDC")
    assert "brca2-prad-olaparib" in breast
    assert not [name for name in breast if name.startswith("brca2-breast")], "claims on inherited variants"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("braf-v600ek-mel-tram", "no prior BRAF inhibitor"),
        ("egfr-common-nsclc-afatinib", "first-line treatment"),
        ("egfr-uncommon-nsclc-afatinib", "first-line treatment"),
        ("erbb2-amp-gastric-trastuzumab", "no prior treatment for metastatic disease"),
        ("erbb2-amp-gastric-trastuzumab", "together with cisplatin and capecitabine or fluorouracil"),
        ("idh1-glioma-vorasidenib", "grade 2"),
        ("brca1-prad-talazoparib-enzalutamide", "adult"),
        ("esr1-mut-breast-vepdegestrant", "estrogen receptor-positive"),
        ("nf1-nfib-selumetinib", "aged 1 year or older"),
    ],
)
def test_the_conditions_of_a_label_are_part_of_the_claim(name: str, words: str) -> None:
    assert words in BY_ID[name].evidence.conditions


@pytest.mark.parametrize(
    ("gene", "change", "code", "statement"),
    [
        ("TP53", "R175H", "AML", "px-tp53-aml"),
        ("JAK2", "V617F", "PV", "dx-jak2-v617f-mpn"),
        ("SF3B1", "K700E", "MDS", "dx-sf3b1-mds"),
        ("IDH1", "R132H", "ASTR", "dx-idh1-astr"),
    ],
)
def test_a_diagnosis_or_prognosis_is_in_the_core(gene: str, change: str, code: str, statement: str) -> None:
    assert code in BY_ID[statement].evidence.tumor_types
    (match,) = match_statements([BY_ID[statement]], tumor(variant(gene, change), assayed_genes=PANEL))
    assert match.statement.evidence.id == statement
    assert not match_statements([BY_ID[statement]], tumor(variant(gene, "A2V"), assayed_genes=PANEL))


@pytest.mark.parametrize(
    ("change", "sensitive", "resistant"),
    [
        ("T315I", {"Ponatinib", "Asciminib"}, {"Imatinib", "Dasatinib", "Nilotinib", "Bosutinib"}),
        ("F317L", {"Nilotinib", "Bosutinib"}, {"Dasatinib"}),
        ("V299L", {"Nilotinib"}, {"Dasatinib"}),
        ("Y253H", {"Dasatinib", "Bosutinib"}, {"Imatinib", "Nilotinib"}),
        ("E255V", {"Dasatinib", "Bosutinib"}, {"Nilotinib"}),
        ("F359V", {"Dasatinib", "Bosutinib"}, {"Nilotinib"}),
        ("M351T", set(), set()),
    ],
)
def test_mutations_of_abl1_choose_the_inhibitor(change: str, sensitive: set[str], resistant: set[str]) -> None:
    found = given(interpreted("CML", variant("ABL1", change))).values()
    told = {way: {match.evidence.therapy for match in found if match.evidence.direction is way} for way in Direction}
    assert told[Direction.SENSITIVITY] == sensitive
    assert told[Direction.RESISTANCE] == resistant


@pytest.mark.parametrize(
    ("code", "gene", "change", "statement"),
    [
        ("LUAD", "ALK", "G1202R", "alk-g1202r-nsclc-crizotinib-resistance"),
        ("LUAD", "ALK", "I1171N", "alk-i1171-nsclc-alectinib-resistance"),
        ("LUAD", "ROS1", "G2032R", "ros1-g2032r-nsclc-crizotinib-resistance"),
    ],
)
def test_resistance_by_case_reports_is_named_below_what_is_established(
    code: str, gene: str, change: str, statement: str
) -> None:
    match = given(interpreted(code, variant(gene, change)))[statement]
    assert match.tier == "II-C"
    assert match.evidence.direction is Direction.RESISTANCE


@pytest.mark.parametrize("code", ["COADREAD", "COAD", "READ", "MACR", "CMC"])
@pytest.mark.parametrize("change", ["V600E", "V600K", "V600R"])
def test_braf_inhibition_without_an_egfr_antibody_is_never_named_in_colorectal_cancer(code: str, change: str) -> None:
    found = given(interpreted(code, variant("BRAF", change))).values()
    given_for = [match.evidence.therapy for match in found if match.evidence.direction is Direction.SENSITIVITY]
    assert all("Cetuximab" in therapy for therapy in given_for), given_for
    assert bool(given_for) == (change == "V600E")


def test_an_activation_loop_mutation_of_kit_is_no_reason_for_sunitinib() -> None:
    assert "kit-mut-thyc-sunitinib" in given(interpreted("THYC", variant("KIT", "K642E")))
    assert "kit-mut-thyc-sunitinib" not in given(interpreted("THYC", variant("KIT", "D816V")))
    assert "kit-mut-thyc-sunitinib" not in given(interpreted("AML", variant("KIT", "D816V")))


def test_imatinib_in_gist_by_the_exon_of_kit() -> None:
    def ways(change: str) -> set[Direction]:
        found = given(interpreted("GIST", variant("KIT", change))).values()
        return {match.evidence.direction for match in found if match.evidence.therapy == "Imatinib"}

    assert ways("V560D") == ways("K642E") == {Direction.SENSITIVITY}
    assert ways("V654A") == ways("T670I") == ways("D820G") == {Direction.RESISTANCE}, "found where imatinib has failed"


def test_a_tandem_duplication_within_kmt2a_is_no_translocation_of_it() -> None:
    def matched(five: str, three: str) -> set[str]:
        assay = RearrangementAssay(calls=(), genes=(), other_fusions=(Fusion(gene_5=five, gene_3=three),))
        of = tumor_of(calls_of(patient("AML")), None, None, Assays(rearrangements=assay))
        return {match.statement.evidence.id for match in match_statements(RULES, of)}

    assert "kmt2a-aml-revumenib" in matched("KMT2A", "MLLT3")
    assert matched("KMT2A", "KMT2A") == set()
    assert matched("MLLT3", "KMT2A") == set()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.evidence.agency.startswith("NCCN guideline, by MOAl")])
def test_a_guideline_that_another_cites_is_given_with_its_year(rule: Statement) -> None:
    if rule.evidence.therapy:
        said = f"as the guideline of {rule.evidence.source_date[:4]} listed it"
        assert said in rule.evidence.conditions
