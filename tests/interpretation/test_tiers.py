from __future__ import annotations

import random

import pytest

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.findings import EvidenceMatch, TumorTypeMatch
from genomodel.core.variants import Origin
from genomodel.interpretation.evidence_search import KnownEvidence, match_evidence
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import for_therapy, index_rules, load_evidence_table, rules_by_gene
from genomodel.interpretation.matching import JoinedGenes, Tumor
from genomodel.resources.oncotree import all_types
from tests.interpretation.builders import (
    DELETION,
    TRUNCATING,
    by_therapy,
    calls_of,
    interpreted,
    patient,
    profile_of,
    variant,
)

RULES = load_evidence_table().rules


def test_braf_v600e_in_melanoma_is_tier_one_with_its_combinations() -> None:
    result = interpreted("SKCM", variant("BRAF", "V600E"))
    found = by_therapy(result)
    for therapy in ("Dabrafenib + Trametinib", "Binimetinib + Encorafenib", "Cobimetinib + Vemurafenib"):
        assert found[therapy].tier == "I-A"
        assert found[therapy].tumor_type_match is TumorTypeMatch.SAME
        assert "unresectable or metastatic disease" in found[therapy].evidence.conditions
        assert "I-A only if unresectable or metastatic disease; " in found[therapy].tier_reason
        assert "status not given" in found[therapy].tier_reason
    assert result.findings[0].tier == "I-A"
    assert result.findings[0].label == "BRAF p.V600E"
    assert result.findings[0].hotspot is not None


def test_braf_v600k_in_melanoma_does_not_get_claims_on_v600e_alone() -> None:
    found = by_therapy(interpreted("MEL", variant("BRAF", "V600K")))
    assert found["Dabrafenib + Trametinib"].tier == "I-A"
    assert "Dabrafenib" not in found
    assert found["Vemurafenib"].tier == "II-C"
    histiocytoses = ("Erdheim-Chester disease", "Langerhans cell histiocytosis")
    assert found["Vemurafenib"].evidence.tumor_type_text in histiocytoses


@pytest.mark.parametrize("code", ["COADREAD", "COAD", "READ", "MACR"])
def test_braf_v600e_in_colorectal_cancer_gets_encorafenib_but_never_dabrafenib(code: str) -> None:
    found = by_therapy(interpreted(code, variant("BRAF", "V600E")))
    assert found["Cetuximab + Encorafenib"].tier == "I-A"
    assert not [therapy for therapy in found if "Dabrafenib" in therapy]


def test_braf_v600e_in_another_solid_tumor_is_agnostic() -> None:
    found = by_therapy(interpreted("CHOL", variant("BRAF", "V600E")))
    assert found["Dabrafenib + Trametinib"].tumor_type_match is TumorTypeMatch.AGNOSTIC
    assert found["Dabrafenib + Trametinib"].tier == "I-A"
    assert found["Cetuximab + Encorafenib"].tier == "II-C"
    assert found["Cetuximab + Encorafenib"].tumor_type_match is TumorTypeMatch.OTHER


@pytest.mark.parametrize("code", ["UDMN", "OTHER", "MIXED", "BOWEL"])
def test_braf_v600e_is_not_tiered_up_where_the_tumor_type_is_not_known(code: str) -> None:
    matches = by_therapy(interpreted(code, variant("BRAF", "V600E"))).values()
    assert matches
    assert {match.tier for match in matches} == {"II-C"}


@pytest.mark.parametrize("code", ["AML", "HCL", "DLBCLNOS"])
def test_solid_tumor_claims_do_not_reach_blood_and_lymph(code: str) -> None:
    matches = [m for f in interpreted(code, variant("BRAF", "V600E")).findings for m in f.evidence]
    assert not [m for m in matches if m.tumor_type_match is TumorTypeMatch.AGNOSTIC]
    assert "I-A" not in {m.tier for m in matches}
    fusion = JoinedGenes("ETV6::NTRK3 fusion", "ETV6", "NTRK3")

    def tiers(tumor_type: str) -> set[str]:
        known = KnownEvidence.of(rules_by_gene(), Tumor(alterations=(fusion,)), patient(tumor_type))
        return {match.tier for match in match_evidence(fusion.id, known)}

    assert tiers(code) == {"II-C"}, "approved in other tumor types"
    assert tiers("LUAD") == {"I-A"}


def test_kras_mutation_in_colorectal_cancer_speaks_against_egfr_antibodies() -> None:
    result = interpreted("COAD", variant("KRAS", "G12D"))
    matches = result.findings[0].evidence
    against = {m.evidence.therapy: m for m in matches if m.evidence.direction.value == "resistance"}
    assert set(against) == {"Cetuximab", "Panitumumab"}
    assert {m.tier for m in against.values()} == {"I-A"}
    assert "speaks against the therapy" in against["Panitumumab"].tier_reason
    elsewhere = interpreted("PAAD", variant("KRAS", "G12D")).findings[0].evidence
    assert {(m.tier, m.evidence.direction.value) for m in elsewhere} == {("II-C", "sensitivity")}


@pytest.mark.parametrize(
    ("code", "gene", "change", "against"),
    [
        ("LUAD", "EGFR", "C797S", {"Osimertinib": "I-B"}),
        ("LUAD", "EGFR", "T790M", {"Erlotinib": "I-A", "Gefitinib": "I-B", "Afatinib": "I-B", "Dacomitinib": "I-B"}),
        (
            "CMLBCRABL1",
            "ABL1",
            "T315I",
            dict.fromkeys(("Imatinib", "Dasatinib", "Nilotinib", "Bosutinib"), "I-B"),
        ),
        ("CMLBCRABL1", "ABL1", "F317L", {"Dasatinib": "I-B"}),
        ("GIST", "PDGFRA", "D842V", {"Imatinib": "I-B"}),
        ("MEL", "EGFR", "T790M", {}),
        ("PAAD", "NRAS", "Q61K", {}),
        ("BLL", "ABL1", "T315I", {"Dasatinib": "II-C", "Imatinib": "II-C"}),
    ],
)
def test_resistance_is_shown_where_the_drug_is_given(
    code: str, gene: str, change: str, against: dict[str, str]
) -> None:
    matches = [m for f in interpreted(code, variant(gene, change)).findings for m in f.evidence]
    resistance = {m.evidence.therapy: m.tier for m in matches if m.evidence.direction.value == "resistance"}
    assert resistance == against


def test_kras_g12c_is_for_its_inhibitors_and_against_antibodies_alone() -> None:
    found = by_therapy(interpreted("READ", variant("KRAS", "G12C")))
    assert found["Adagrasib + Cetuximab"].tier == "I-A"
    assert found["Panitumumab + Sotorasib"].tier == "I-A"
    assert found["Panitumumab"].evidence.direction.value == "resistance"
    assert any("sotorasib" in condition for condition in found["Panitumumab"].evidence.conditions)


def test_pik3ca_claims_carry_receptor_status_line_and_partner() -> None:
    found = by_therapy(interpreted("IDC", variant("PIK3CA", "H1047R")))
    conditions = found["Alpelisib + Fulvestrant"].evidence.conditions
    assert {"hormone receptor-positive", "HER2-negative", "together with fulvestrant"} <= set(conditions)
    assert any("endocrine" in condition for condition in conditions)
    reason = found["Alpelisib + Fulvestrant"].tier_reason
    assert all(condition in reason for condition in conditions)


def test_erbb2_amplification_in_breast_cancer_is_tier_one() -> None:
    who = patient("BRCA")
    result = interpret(calls_of(who), profile_of("ERBB2", CopyNumberState.AMPLIFICATION))
    finding = result.findings[0]
    assert finding.label == "ERBB2 amplification"
    assert finding.id == "P1:ERBB2:amplification"
    assert finding.tier == "I-A"
    assert "HER2-positive" in by_therapy(result)["Trastuzumab"].tier_reason
    elsewhere = interpret(calls_of(patient("PAAD")), profile_of("ERBB2", CopyNumberState.AMPLIFICATION))
    assert {match.evidence.id for match in elsewhere.findings[0].evidence if match.tier != "II-C"} == {
        "erbb2-amp-solid-tdxd"
    }
    assert "I-A only if HER2-positive (IHC 3+)" in by_therapy(elsewhere)["Trastuzumab deruxtecan"].tier_reason


def test_grade_three_glioma_is_outside_the_grade_two_claim() -> None:
    assert by_therapy(interpreted("ASTR2", variant("IDH1", "R132H")))["Vorasidenib"].tier == "I-A"
    assert "Vorasidenib" not in by_therapy(interpreted("ASTR4", variant("IDH1", "R132H")))


@pytest.mark.parametrize(
    ("code", "gene", "change", "therapy", "excluded"),
    [
        ("ASTR", "IDH1", "R132H", "Vorasidenib", "Grade 4"),
        ("AASTR", "IDH1", "R132H", "Vorasidenib", "Grade 3"),
        ("ODG", "IDH2", "R172K", "Vorasidenib", "Grade 3"),
        ("NSCLC", "ERBB2", "L755P", "Zongertinib", "Squamous"),
    ],
)
def test_a_tumor_type_that_may_be_an_excluded_one_is_not_covered(
    code: str, gene: str, change: str, therapy: str, excluded: str
) -> None:
    found = by_therapy(interpreted(code, variant(gene, change)))[therapy]
    assert (found.tier, found.tumor_type_match) == ("II-C", TumorTypeMatch.OTHER)
    assert excluded in found.tier_reason
    assert "subtype or grade not given" in found.tier_reason
    assert "subtype or grade not given" in found.cautions[0]


def test_a_ras_mutation_contradicts_the_condition_of_ras_wild_type() -> None:
    amplified = profile_of("ERBB2", CopyNumberState.AMPLIFICATION)

    def tucatinib(*changes: tuple[str, str]) -> tuple[str, str]:
        calls = calls_of(patient("COAD"), *(variant(gene, change) for gene, change in changes))
        found = by_therapy(interpret(calls, amplified))["Trastuzumab + Tucatinib"]
        return found.tier, found.tier_reason

    for free in (tucatinib(), tucatinib(("TP53", "R175H")), tucatinib(("KRAS", "A18D"))):
        assert free[0] == "I-A"
        assert "not known: KRAS hotspot (nobody stated which genes were assayed)" in free[1]
    for gene, change in (("KRAS", "G12D"), ("NRAS", "Q61K"), ("NRAS", "A146T"), ("NRAS", "K117N"), ("KRAS", "L19F")):
        tier, reason = tucatinib((gene, change))
        assert tier == "II-C"
        assert f"not met: RAS wild-type ({gene} {change} found)" in reason


def test_a_drug_that_another_mutation_resists_carries_the_conflict_and_keeps_its_tier() -> None:
    def of_l858r(*changes: str) -> dict[str, EvidenceMatch]:
        calls = calls_of(patient("LUAD"), *(variant("EGFR", change) for change in ("L858R", *changes)))
        finding = next(f for f in interpret(calls, None).findings if f.label == "EGFR p.L858R")
        return {match.evidence.therapy: match for match in finding.evidence}

    alone, both = of_l858r(), of_l858r("C797S")
    for therapy in ("Osimertinib", "Osimertinib + Pemetrexed + Cisplatin or Carboplatin"):
        assert alone[therapy].conflicts == ()
        assert both[therapy].conflicts == ("EGFR p.C797S speaks against Osimertinib (I-B)",)
        assert both[therapy].tier == alone[therapy].tier == "I-A"
    assert both["Afatinib"].conflicts == ()


def test_uncertain_origin_is_said_with_the_tier() -> None:
    result = interpreted("HGSOC", variant("BRCA1", "C61Afs*3", TRUNCATING, origin=Origin.UNCERTAIN))
    finding = result.findings[0]
    assert finding.evidence[0].tier == "I-A"
    assert "germline risk moderate" in finding.evidence[0].tier_reason
    assert "origin uncertain" in finding.why.lower()


def test_approval_here_hides_the_same_therapy_approved_elsewhere() -> None:
    therapies = [m.evidence.therapy for m in interpreted("CHOL", variant("BRAF", "V600E")).findings[0].evidence]
    assert therapies.count("Dabrafenib + Trametinib") == 1


def test_removing_evidence_never_raises_a_tier() -> None:
    chance = random.Random(7)
    rank = {"I-A": 0, "I-B": 1, "II-C": 2, "II-D": 3, "III": 4, "IV": 5, None: 6}
    variants = (
        variant("BRAF", "V600E"),
        variant("KRAS", "G12C"),
        variant("EGFR", "E746_A750del", DELETION),
        variant("PIK3CA", "E545K"),
        variant("IDH1", "R132H"),
    )
    for code in ("SKCM", "COAD", "LUAD", "IDC", "AML", "CUP"):
        calls = calls_of(patient(code), *variants)
        full = {f.id: rank[f.tier] for f in interpret(calls, None).findings}
        for _ in range(8):
            fewer = index_rules(tuple(chance.sample(for_therapy(RULES), len(RULES) // 2)))
            for finding in interpret(calls, None, rules=fewer).findings:
                assert rank[finding.tier] >= full[finding.id]


def test_no_tumor_type_breaks_the_grading() -> None:
    for code in all_types():
        assert interpreted(code, variant("BRAF", "V600E")).dispositions[0].kind.value == "finding"


def test_a_type_that_is_not_told_further_takes_no_better_tier_and_hears_of_resistance() -> None:
    wide = by_therapy(interpreted("BOWEL", variant("KRAS", "G12D")))
    assert {wide[drug].tier for drug in ("Cetuximab", "Panitumumab")} == {"II-C"}
    assert "Bowel may be this type: it is not told further" in wide["Cetuximab"].tier_reason
    assert "not for this tumor" not in wide["Cetuximab"].tier_reason
    assert "Cetuximab" not in by_therapy(interpreted("PAAD", variant("KRAS", "G12D")))
