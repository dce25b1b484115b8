"""Tiers of every type of claim: diagnosis and prognosis, unknown tumors, conditions, other bases, ESCAT."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.findings import Direction, Evidence, EvidenceMatch, EvidenceType, TherapyInteraction, TumorTypeMatch
from genomodel.core.knowledge import Statement
from genomodel.core.patients import Patient, TumorType
from genomodel.interpretation.escat import suggest_escat
from genomodel.interpretation.evidence_search import KnownEvidence, diagnosis_words, match_evidence
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import giving_tiers, spoken_against
from genomodel.interpretation.knowledge_bases.base_tiers import base_tiers, with_tier
from genomodel.interpretation.matching import BY_POSITION, JoinedGenes, Tumor
from genomodel.interpretation.rule_sets import RuleSet, rule_set
from genomodel.interpretation.tiers import UNCLASSIFIED, grade, held_to_conditions, relate
from genomodel.resources.oncotree import UNKNOWN_TYPE, resolve_tumor_type
from tests.interpretation.builders import calls_of, interpreted, patient, variant
from tests.interpretation.tumors import statement

DIAGNOSTIC: dict[str, Any] = {
    "evidence_type": EvidenceType.DIAGNOSTIC,
    "direction": Direction.FOR_DIAGNOSIS,
    "therapy": "",
}
PROGNOSTIC: dict[str, Any] = {
    "evidence_type": EvidenceType.PROGNOSTIC,
    "direction": Direction.POOR_OUTCOME,
    "therapy": "",
}


def claim(tier: str = "I-A", scope: str = "listed", excluded: tuple[str, ...] = (), **evidence: object) -> Statement:
    made = statement("claim", "allele:V600E", "BRAF", **evidence)
    return made.model_copy(update={"tier": tier, "scope": scope, "excluded": excluded})


def tumor(code: str) -> TumorType:
    return UNKNOWN_TYPE if code == "blank" else resolve_tumor_type(code)


def related(rule: Statement, code: str) -> tuple[str, str] | None:
    found = relate(rule, tumor(code))
    return None if found is None else (found.match.value, found.tier)


@pytest.mark.parametrize(
    ("code", "therapy", "diagnosis", "prognosis"),
    [
        ("ASTR", ("same", "I-A"), ("same", "I-A"), ("same", "I-A")),
        ("ASTR4", ("same", "I-A"), ("same", "I-A"), ("same", "I-A")),
        ("DIFG", ("other", "II-C"), ("other", "I-A"), ("other", "II-C")),
        ("BRAIN", ("other", "II-C"), ("other", "I-A"), ("other", "II-C")),
        ("MEL", ("other", "II-C"), None, None),
        ("CUP", ("other", "II-C"), ("other", "II-C"), None),
        ("OTHER", ("other", "II-C"), ("other", "II-C"), None),
        ("blank", ("other", "II-C"), None, None),
    ],
)
def test_a_claim_on_listed_types_holds_there_and_says_nothing_of_other_diseases(
    code: str, therapy: tuple[str, str], diagnosis: tuple[str, str] | None, prognosis: tuple[str, str] | None
) -> None:
    assert related(claim(tumor_types=("ASTR",)), code) == therapy
    assert related(claim(tumor_types=("ASTR",), **DIAGNOSTIC), code) == diagnosis
    assert related(claim(tumor_types=("ASTR",), **PROGNOSTIC), code) == prognosis


@pytest.mark.parametrize(
    ("code", "solid", "but_colorectal"),
    [
        ("CHOL", ("agnostic", "I-A"), ("agnostic", "I-A")),
        ("COAD", ("agnostic", "I-A"), None),
        ("BOWEL", ("agnostic", "I-A"), ("other", "II-C")),
        ("AML", ("other", "II-C"), ("other", "II-C")),
        ("DLBCLNOS", ("other", "II-C"), ("other", "II-C")),
        *((code, ("agnostic", "I-A"), ("agnostic", "I-A")) for code in ("CUP", "CUPNOS", "ADNOS", "PDC", "SCCNOS")),
        *((code, ("other", "II-C"), ("other", "II-C")) for code in UNCLASSIFIED),
        ("blank", ("other", "II-C"), None),
    ],
)
def test_a_carcinoma_of_unknown_primary_is_a_solid_tumor_and_a_blank_type_is_nothing(
    code: str, solid: tuple[str, str] | None, but_colorectal: tuple[str, str] | None
) -> None:
    assert related(claim(scope="solid"), code) == solid
    assert related(claim(scope="solid", excluded=("COADREAD",)), code) == but_colorectal
    if code == "CUP":
        found = relate(claim(scope="solid", excluded=("COADREAD",)), tumor(code))
        assert found is not None
        assert "Colorectal Adenocarcinoma" in found.caution


def test_a_blank_type_takes_no_claim_with_exclusions_and_two_c_of_one_on_any_tumor() -> None:
    assert related(claim(tumor_types=("MEL",), excluded=("UM",)), "blank") is None
    assert related(claim(scope="any"), "blank") == ("other", "II-C")
    assert related(claim("II-D", scope="any"), "blank") == ("other", "II-D")


def test_diagnosis_and_prognosis_stand_behind_therapy_and_are_findings_by_themselves() -> None:
    (finding,) = interpreted("ASTR", variant("IDH1", "R132H")).findings
    kinds = [match.evidence.evidence_type for match in finding.evidence]
    assert kinds == sorted(kinds, key=list(EvidenceType).index)
    assert set(kinds) == {EvidenceType.PREDICTIVE, EvidenceType.DIAGNOSTIC, EvidenceType.PROGNOSTIC}
    (finding,) = interpreted("MDS", variant("SETBP1", "D868N")).findings
    assert [match.evidence.direction for match in finding.evidence] == [Direction.POOR_OUTCOME]
    assert finding.tier == "I-A"
    assert "evidence of tier I-A for a poor outcome in" in finding.why[:1].lower() + finding.why[1:]


def answer(status: ConditionStatus, *, decides: bool) -> ConditionAnswer:
    return ConditionAnswer(condition="HER2-negative", status=status, reason="HER2 positive", decides_disease=decides)


def graded(rule: Statement, code: str, *answers: ConditionAnswer) -> EvidenceMatch:
    found = grade(rule, tumor(code), "allele", None, answers)
    assert found is not None
    return found


@pytest.mark.parametrize("status", list(ConditionStatus))
@pytest.mark.parametrize("decides", [True, False])
@pytest.mark.parametrize("tier", ["I-A", "I-B", "II-C", "II-D"])
def test_only_a_condition_that_decides_the_disease_and_is_not_met_lowers_a_tier(
    status: ConditionStatus, decides: bool, tier: str
) -> None:
    given = answer(status, decides=decides)
    plain = graded(claim(tier, tumor_types=("BRCA",)), "IDC")
    held = held_to_conditions(plain.model_copy(update={"conditions": (given,)}))
    lowers = decides and status is ConditionStatus.NOT_MET and tier in ("I-A", "I-B")
    assert held.tier == ("II-C" if lowers else tier)
    assert ("at most II-C" in held.tier_reason) is lowers


def test_a_lowered_claim_is_one_of_another_disease_for_escat() -> None:
    rule = claim(tumor_types=("BRCA",), level="approved")
    assert graded(rule, "IDC").escat == "I"
    assert graded(rule, "IDC", answer(ConditionStatus.NOT_MET, decides=True)).escat == "III-A"
    assert graded(rule, "IDC", answer(ConditionStatus.NOT_MET, decides=False)).escat == "I"


@pytest.mark.parametrize(
    ("code", "level", "more", "escat"),
    [
        ("MEL", "approved", {}, "I"),
        ("SKCM", "guideline", {}, "I"),
        ("MEL", "A", {}, "I"),
        ("MEL", "FDA-Approved", {}, "I"),
        ("MEL", "B", {}, ""),
        ("MEL", "C", {}, ""),
        ("MEL", "D", {}, "IV-A"),
        ("LUAD", "D", {}, "IV-A"),
        ("LUAD", "approved", {}, "III-A"),
        ("LUAD", "B", {}, ""),
        ("SKIN", "approved", {}, ""),
        ("CUP", "approved", {}, ""),
        ("blank", "approved", {}, ""),
        ("MEL", "approved", {"direction": Direction.RESISTANCE}, ""),
        ("MEL", "approved", DIAGNOSTIC, ""),
        ("MEL", "approved", PROGNOSTIC, ""),
    ],
)
def test_escat_is_suggested_only_where_the_evidence_tells(
    code: str, level: str, more: dict[str, Any], escat: str
) -> None:
    evidence = claim(tumor_types=("MEL",), level=level, **more).evidence
    relation = relate(claim(tumor_types=("MEL",)), tumor(code))
    assert relation is not None
    match = EvidenceMatch(
        evidence=evidence, matched_on="", tumor_type_match=relation.match, tier=relation.tier, tier_reason=""
    )
    assert suggest_escat(match, tumor(code)) == escat


def test_escat_of_an_approval_across_tumor_types_is_that_of_baskets() -> None:
    assert graded(claim(scope="solid", level="approved"), "CHOL").escat == "I-C"
    assert graded(claim(scope="solid", level="D"), "CHOL").escat == "IV-A"
    assert graded(claim(scope="solid", level="approved"), "AML").escat == "III-A"
    assert graded(claim(scope="solid", level="approved", excluded=("COADREAD",)), "BOWEL").escat == ""
    assert graded(claim(scope="solid", level="approved"), "MIXED").escat == ""


@pytest.mark.parametrize(("frequency", "said"), [(0.0009, False), (0.001, True), (0.004, True), (None, False)])
def test_an_allele_that_the_population_has_carries_a_caution(frequency: float | None, said: bool) -> None:
    allele = variant("BRAF", "V600E").model_copy(update={"population_frequency": frequency})
    found = grade(claim(tumor_types=("MEL",)), tumor("MEL"), "allele", allele)
    assert found is not None
    assert any("known in the population" in caution for caution in found.cautions) is said
    assert found.tier == "I-A"


def test_skipping_that_is_told_by_place_carries_a_caution() -> None:
    told = grade(claim(tumor_types=("MEL",)), tumor("MEL"), f"effect {BY_POSITION}")
    assert told is not None
    assert any("inferred from the variant's place" in caution for caution in told.cautions)
    assert graded(claim(tumor_types=("MEL",)), "MEL").cautions == ()


@pytest.mark.parametrize(
    ("base", "level", "tier"),
    [
        ("civic", "A", "I-A"),
        ("civic", "B", "II-C"),
        ("civic", "C", "II-D"),
        ("civic", "D", "II-D"),
        ("civic", "E", ""),
        ("moalmanac", "FDA-Approved", "I-A"),
        ("moalmanac", "Clinical trial", "II-C"),
        ("moalmanac", "Preclinical", "II-D"),
        ("moalmanac", "Inferential", ""),
        ("oncokb", "1", "I-A"),
        ("oncokb", "3A", "II-C"),
        ("oncokb", "R1", "I-A"),
        ("oncokb", "R2", "II-C"),
        ("hospital", "A", "I-A"),
        ("hospital", "B", "II-C"),
        ("hospital", "C", "II-D"),
        ("civic", "Z", ""),
    ],
)
def test_a_level_of_another_base_is_worth_the_tier_of_one_table(base: str, level: str, tier: str) -> None:
    blank = claim("", tumor_types=("MEL",), knowledge_base=base, level=level)
    assert with_tier(blank).tier == tier
    assert with_tier(claim("I-B", knowledge_base=base, level=level)).tier == "I-B"
    assert with_tier(claim("", knowledge_base=base, level=level, evidence_type=EvidenceType.FUNCTIONAL)).tier == ""
    assert with_tier(claim("", knowledge_base=base, level=level, direction=Direction.NOT_STATED)).tier == ""


def test_every_level_of_the_table_has_a_reason_and_a_source() -> None:
    for row in base_tiers().values():
        assert row.tier in ("I-A", "I-B", "II-C", "II-D", "")
        assert all(asdict(row)[name] for name in ("source", "reason"))
        assert row.source.startswith("https://")


def found_with(rules: RuleSet, code: str = "MEL") -> dict[str, EvidenceMatch]:
    (finding,) = interpret(calls_of(patient(code), variant("BRAF", "V600E")), None, rules=rules).findings
    return {match.evidence.id: match for match in finding.evidence}


def of_base(name: str, base: str, tier: str, *types: str, therapy: str = "Vemurafenib", **more: Any) -> Statement:
    made = claim(tier, tumor_types=types, knowledge_base=base, therapy=therapy, **more)
    return made.model_copy(update={"evidence": made.evidence.model_copy(update={"id": name})})


def test_statements_of_several_bases_on_a_claim_stand_together_and_weaker_ones_of_a_base_do_not() -> None:
    rules = RuleSet(
        [
            of_base("core-1", "core", "I-A", "MEL"),
            of_base("core-2", "core", "II-C", "MEL"),
            of_base("civic-1", "civic", "I-A", "MEL"),
            of_base("civic-2", "civic", "II-D", "MEL"),
            of_base("moa-1", "moalmanac", "II-D", "MEL"),
            of_base("moa-2", "moalmanac", "I-A", "COAD"),
        ]
    )
    assert {name: match.tier for name, match in found_with(rules).items()} == {
        "core-1": "I-A",
        "core-2": "II-C",
        "civic-1": "I-A",
        "moa-1": "II-D",
    }


def test_an_approval_elsewhere_is_not_hidden_by_a_weaker_statement_of_this_tumor_type() -> None:
    rules = RuleSet([of_base("here", "civic", "II-D", "MEL"), of_base("there", "core", "I-A", "COAD")])
    assert {name: match.tier for name, match in found_with(rules).items()} == {"here": "II-D", "there": "II-C"}
    better = RuleSet([of_base("here", "civic", "II-C", "MEL"), of_base("there", "core", "I-A", "COAD")])
    assert set(found_with(better)) == {"here"}


def test_a_claim_of_tier_two_for_other_tumor_types_says_nothing_of_this_one() -> None:
    rules = RuleSet([of_base("study", "civic", "II-C", "COAD"), of_base("here", "core", "I-A", "MEL", therapy="X")])
    assert set(found_with(rules)) == {"here"}


def test_a_statement_against_a_claim_is_a_conflict_and_changes_no_tier() -> None:
    against = of_base("EID9", "civic", "", "MEL", supports=False, level="B")
    elsewhere = of_base("EID8", "civic", "", "COAD", supports=False, level="B")
    other_drug = of_base("EID7", "civic", "", "MEL", supports=False, level="B", therapy="Dabrafenib")
    base = [of_base("core-1", "core", "I-A", "MEL")]
    plain, held = found_with(RuleSet(base)), found_with(RuleSet(base, [against, elsewhere, other_drug]))
    assert plain["core-1"].conflicts == ()
    assert held["core-1"].conflicts == ("civic EID9 speaks against this claim in any (level B)",)
    assert held["core-1"].tier == plain["core-1"].tier == "I-A"
    assert set(held) == {"core-1"}


def test_sensitivity_and_resistance_to_a_drug_name_each_other() -> None:
    rules = RuleSet(
        [
            of_base("for", "core", "I-A", "MEL"),
            of_base("against", "civic", "II-C", "MEL", direction=Direction.RESISTANCE),
        ]
    )
    found = found_with(rules)
    assert found["for"].conflicts == ("BRAF p.V600E speaks against Vemurafenib (II-C)",)
    assert found["against"].conflicts == ("BRAF p.V600E speaks for Vemurafenib (I-A)",)
    assert (found["for"].tier, found["against"].tier) == ("I-A", "II-C")


def test_what_gives_tiers_is_supported_stands_and_has_one() -> None:
    stands = of_base("stands", "civic", "I-A", "MEL")
    against = of_base("against", "civic", "I-A", "MEL", supports=False)
    ended = of_base("ended", "civic", "I-A", "MEL", withdrawn="2020-01-01")
    none = of_base("none", "civic", "", "MEL")
    function = of_base("function", "civic", "I-A", "MEL", evidence_type=EvidenceType.FUNCTIONAL)
    listed = (stands, against, ended, none, function)
    assert giving_tiers(listed) == (stands,)
    assert spoken_against(listed) == (against,)


def test_a_conflict_names_the_best_tier_of_a_finding_once() -> None:
    resistant = [
        of_base(name, "core", tier, "MEL", direction=Direction.RESISTANCE)
        for name, tier in (("a", "II-C"), ("b", "I-B"), ("c", "II-D"))
    ]
    found = found_with(RuleSet([of_base("for", "core", "I-A", "MEL"), *resistant]))
    assert found["for"].conflicts == ("BRAF p.V600E speaks against Vemurafenib (I-B)",)


def test_drugs_given_together_and_drugs_given_one_for_the_other_are_two_claims() -> None:
    pair: dict[str, Any] = {"therapy": "Dabrafenib + Trametinib", "therapies": ("Dabrafenib", "Trametinib")}
    here = of_base("here", "core", "I-A", "MEL", interaction=TherapyInteraction.COMBINATION, **pair)
    unsaid = of_base("unsaid", "civic", "I-A", "COAD", **pair)
    either = of_base("either", "civic", "I-A", "COAD", interaction=TherapyInteraction.SUBSTITUTES, **pair)
    assert set(found_with(RuleSet([here, unsaid, either]))) == {"here", "either"}


def test_resistance_of_other_tumor_types_is_shown_and_is_no_conflict_here() -> None:
    elsewhere = of_base("elsewhere", "core", "I-A", "COAD", direction=Direction.RESISTANCE)
    found = found_with(RuleSet([of_base("for", "core", "I-A", "MEL"), elsewhere]))
    assert (found["elsewhere"].tier, found["elsewhere"].tumor_type_match) == ("II-C", TumorTypeMatch.OTHER)
    assert found["for"].conflicts == ()
    assert set(found_with(RuleSet([of_base("for", "core", "I-A", "MEL", therapy="X"), elsewhere]))) == {"for"}


def test_the_core_alone_is_the_default_and_is_read_once() -> None:
    assert rule_set() is rule_set(())
    assert {rule.evidence.knowledge_base for rule in rule_set().index.statements} == {"core"}
    assert {rule.evidence.evidence_type for listed in rule_set().asked.values() for rule in listed} == {
        EvidenceType.PREDICTIVE
    }


def test_a_fusion_of_blank_type_has_no_claim_of_its_own_tier() -> None:
    joined = JoinedGenes("ETV6::NTRK3 fusion", "ETV6", "NTRK3")
    blank = patient("LUAD").model_copy(update={"tumor_type": UNKNOWN_TYPE})

    def matched(who: Patient) -> set[tuple[TumorTypeMatch, str]]:
        known = KnownEvidence.of(rule_set(), Tumor(alterations=(joined,)), who)
        return {(match.tumor_type_match, match.tier) for match in match_evidence(joined.id, known)}

    assert (TumorTypeMatch.AGNOSTIC, "I-A") in matched(patient("LUAD"))
    assert matched(blank) == {(TumorTypeMatch.OTHER, "II-C")}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"therapy": "Vemurafenib"}, "Vemurafenib (sensitivity)"),
        (DIAGNOSTIC, "the diagnosis of melanoma"),
        ({**DIAGNOSTIC, "direction": Direction.AGAINST_DIAGNOSIS}, "another diagnosis than melanoma"),
        (PROGNOSTIC, "a poor outcome in melanoma"),
        ({**PROGNOSTIC, "direction": Direction.BETTER_OUTCOME}, "a better outcome in melanoma"),
    ],
)
def test_a_claim_is_said_by_what_it_is_about(facts: dict[str, Any], words: str) -> None:
    evidence: Evidence = claim(tumor_types=("MEL",), tumor_type_text="melanoma", **facts).evidence
    assert evidence.claim == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ES", ""),
        ("LUAD", "this tumor is given as Lung Adenocarcinoma"),
        ("blank", "the tumor type is not given"),
    ],
)
def test_a_fusion_that_is_another_diagnosis_is_told_without_a_tier(code: str, words: str) -> None:
    joined = JoinedGenes("EWSR1::FLI1 fusion", "EWSR1", "FLI1")
    who = patient("LUAD").model_copy(update={"tumor_type": tumor(code)})
    known = KnownEvidence.of(rule_set(), Tumor(alterations=(joined,)), who)
    said = f"known for the diagnosis of Ewing sarcoma, which gives no tier here, for {words}"
    assert diagnosis_words(joined.id, known) == ([said] if words else [])
    assert bool(match_evidence(joined.id, known)) is (code == "ES")


def test_an_allele_that_is_a_criterion_elsewhere_is_told_only_where_the_tumor_type_is_not_given() -> None:
    allele = variant("FOXL2", "C134W")
    assert "granulosa" not in "".join(item.why for item in interpreted("LUAD", allele).findings).lower()
    blank = patient("LUAD").model_copy(update={"tumor_type": UNKNOWN_TYPE})
    (finding,) = interpret(calls_of(blank, allele), None).findings
    assert "known for the diagnosis of Granulosa" in finding.why[:1].lower() + finding.why[1:]
    assert finding.tier == "III"


def test_a_panel_patient_takes_less_than_a_tenth_of_a_second_with_civic(mirror: Path) -> None:
    rules = rule_set(("civic",))
    alleles = {"BRAF": "V600E", "KRAS": "G12D", "TP53": "R175H", "PIK3CA": "H1047R", "EGFR": "L858R", "IDH1": "R132H"}
    calls = calls_of(patient("LUAD"), *(variant(gene, change) for gene, change in alleles.items()))
    took = []
    for _ in range(4):
        start = time.process_time()
        result = interpret(calls, None, rules=rules)
        took.append(time.process_time() - start)
    assert {match.evidence.knowledge_base for item in result.findings for match in item.evidence} == {"core", "civic"}
    assert min(took) < 0.1
