"""How statements on an alteration are told together: what stands against a claim, what else it rests on, its drugs."""

from __future__ import annotations

from typing import Any

import pytest

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, TherapyInteraction
from genomodel.core.knowledge import Statement
from genomodel.core.oncogenicity import CodeState
from genomodel.core.variants import Origin
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_applicable, not_evaluated, not_met
from genomodel.interpretation.oncogenicity.sources import about_function
from genomodel.interpretation.rule_sets import RuleSet, drugs_of, rule_set_of
from genomodel.interpretation.tiers import relate
from genomodel.resources.oncotree import resolve_tumor_type
from tests.interpretation.builders import calls_of, patient, variant
from tests.interpretation.tumors import statement

DIAGNOSTIC: dict[str, Any] = {
    "evidence_type": EvidenceType.DIAGNOSTIC,
    "direction": Direction.FOR_DIAGNOSIS,
    "therapy": "",
}


def claim(name: str, rule: str = "allele:V600E", *, tier: str = "I-A", gene: str = "BRAF", **more: Any) -> Statement:
    facts: dict[str, Any] = {"tumor_types": ("MEL",), "knowledge_base": "civic", **more}
    made = statement(name, rule, gene, **facts)
    return made.model_copy(update={"tier": tier, "scope": "listed"})


def shown(rules: RuleSet, *alleles: tuple[str, str]) -> dict[tuple[str, str], EvidenceMatch]:
    found = [variant(gene, change) for gene, change in alleles or (("BRAF", "V600E"),)]
    result = interpret(calls_of(patient("MEL"), *found), None, rules=rules)
    return {(item.label, match.evidence.id): match for item in result.findings for match in item.evidence}


@pytest.mark.parametrize(
    ("types", "more", "told"),
    [
        (("MEL",), {}, True),
        (("SKCM", "MEL"), {}, True),
        (("MEL",), {"evidence_type": EvidenceType.PROGNOSTIC, "direction": Direction.BETTER_OUTCOME}, False),
        (("MEL",), {"direction": Direction.AGAINST_DIAGNOSIS}, False),
        (("SKIN",), {}, False),
    ],
)
def test_only_a_statement_on_the_same_diagnosis_speaks_against_one(
    types: tuple[str, ...], more: dict[str, Any], told: bool
) -> None:
    against = claim("EID2", tier="", supports=False, **{**DIAGNOSTIC, "tumor_types": types, **more})
    found = shown(RuleSet([claim("EID1", **DIAGNOSTIC)], [against]))
    assert bool(found["BRAF p.V600E", "EID1"].conflicts) is told


def test_a_statement_against_a_claim_says_where_its_level_is_not_given() -> None:
    against = claim("EID2", tier="", supports=False, tumor_type_text="melanoma", level="")
    (match,) = shown(RuleSet([claim("EID1")], [against])).values()
    assert match.conflicts == ("civic EID2 speaks against this claim in melanoma (level not given)",)


@pytest.mark.parametrize(
    ("rule", "basis"),
    [
        ("BRAF/allele:V600E | NRAS/allele:Q61K", "allele"),
        ("BRAF/allele:V600E & NRAS/allele:Q61K", "allele, with allele"),
        ("BRAF/allele:V600E & (NRAS/mutation | KRAS/mutation)", "allele, with gene class"),
        ("KRAS/mutation | (BRAF/allele:V600E & NRAS/mutation)", "allele, with gene class"),
    ],
)
def test_what_else_the_tumor_has_is_named_only_where_the_claim_asks_for_it(rule: str, basis: str) -> None:
    found = shown(RuleSet([claim("both", rule)]), ("BRAF", "V600E"), ("NRAS", "Q61K"))
    assert found["BRAF p.V600E", "both"].matched_on == basis


def test_a_set_of_rules_is_made_once_and_sorted_by_what_it_is_for() -> None:
    functional = claim("function", tier="", evidence_type=EvidenceType.FUNCTIONAL, direction=Direction.GAIN_OF_FUNCTION)
    oncogenic = claim("oncogenic", tier="", evidence_type=EvidenceType.ONCOGENIC, direction=Direction.ONCOGENICITY)
    therapy, against = claim("for"), claim("against", tier="", supports=False)
    resistant = claim("resistant", direction=Direction.RESISTANCE, therapy="Dabrafenib")
    assert about_function((therapy, functional, oncogenic, against)) == (functional, oncogenic)
    rules = RuleSet([therapy, therapy, resistant], [against], {"KRAS": (therapy,)}, function=[functional])
    assert rules.index.statements == (therapy, resistant)
    assert rules.against.statements == (against,)
    assert rules.asked == {"KRAS": (therapy,)}
    assert rules.function is not None
    assert rules.function.statements == (functional,)
    assert rules.with_sensitivity == (therapy,)
    assert (list(rules), len(rules), rules["BRAF"]) == (["BRAF"], 1, (therapy, resistant))
    assert rule_set_of(rules) is rules
    plain = rule_set_of({"BRAF": (therapy,), "B-RAF": (therapy, resistant)})
    assert plain.index.statements == (therapy, resistant)
    assert (plain.function, plain.versions, plain.against.statements) == (None, (), ())
    assert dict(plain.asked) == dict(plain)


def test_drugs_are_told_by_one_name_each_and_for_the_tumor_type_alone() -> None:
    pair = claim("pair", therapies=("Tafinlar", "Trametinib"), therapy="Tafinlar + Trametinib")
    assert drugs_of(pair.evidence) == {"Dabrafenib", "Trametinib"}
    assert drugs_of(claim("one", therapy="Zelboraf").evidence) == {"Vemurafenib"}
    rules = RuleSet([pair, claim("lung", therapy="Vemurafenib", tumor_types=("LUAD",))])
    assert rules.drugs_for(resolve_tumor_type("MEL")) == {"Dabrafenib", "Trametinib"}
    assert rules.drugs_for(resolve_tumor_type("LUAD")) == {"Vemurafenib"}
    assert rules.drugs_for(resolve_tumor_type("LUAD")) == {"Vemurafenib"}


@pytest.mark.parametrize(
    ("code", "scope", "excluded", "reason", "caution"),
    [
        ("MEL", "listed", (), "made for a test: stated for melanoma, which covers this tumor (Melanoma)", ""),
        ("LUAD", "listed", (), "made for a test: stated for melanoma, not for this tumor (Lung Adenocarcinoma)", ""),
        ("SKIN", "listed", (), "made for a test: stated for melanoma", "Skin may be this type: it is not told further"),
        (
            "LUAD",
            "solid",
            (),
            "made for a test: stated for melanoma, whatever the tumor type (Lung Adenocarcinoma)",
            "",
        ),
        (
            "AML",
            "solid",
            (),
            "made for a test: stated for melanoma, not for this tumor (Acute Myeloid Leukemia)",
            "",
        ),
        (
            "CUP",
            "solid",
            ("COADREAD", "PAAD"),
            "made for a test: stated for melanoma, whatever the tumor type (Cancer of Unknown Primary)",
            "the primary is not known, and the claim excludes Colorectal Adenocarcinoma; Pancreatic Adenocarcinoma: "
            "rule it out first",
        ),
        (
            "BOWEL",
            "solid",
            ("COADREAD", "PAAD", "no code"),
            "made for a test: stated for melanoma",
            "Bowel may be a tumor type that the claim excludes (Colorectal Adenocarcinoma): subtype or grade not given",
        ),
        (
            "MIXED",
            "solid",
            (),
            "made for a test: stated for melanoma; of this tumor it is not known what kind it is, so it is not taken "
            "to be covered",
            "",
        ),
    ],
)
def test_the_reason_of_a_tier_says_what_the_claim_is_stated_for(
    code: str, scope: str, excluded: tuple[str, ...], reason: str, caution: str
) -> None:
    rule = claim("one", tumor_type_text="Melanoma").model_copy(update={"scope": scope, "excluded": excluded})
    found = relate(rule, resolve_tumor_type(code))
    assert found is not None
    assert (found.reason, found.caution) == (reason, caution)


def test_answers_of_codes_have_their_state_and_reason() -> None:
    states = [(one("why").state, one("why").reason) for one in (not_applicable, not_evaluated, not_met)]
    assert states == [
        (CodeState.NOT_APPLICABLE, "why"),
        (CodeState.NOT_EVALUATED, "not evaluated: source absent: why"),
        (CodeState.NOT_MET, "why"),
    ]
    assert met("why", "source", 2) == Answer(CodeState.MET, "why", "source", 2)


@pytest.mark.parametrize(
    ("origin", "status", "tier"),
    [(Origin.SOMATIC, ConditionStatus.NOT_MET, "II-C"), (Origin.UNCERTAIN, ConditionStatus.NOT_GIVEN, "I-A")],
)
def test_a_condition_on_the_origin_is_held_against_the_variant_that_is_matched(
    origin: Origin, status: ConditionStatus, tier: str
) -> None:
    rules = RuleSet([claim("c", conditions=("germline mutation",))])
    result = interpret(calls_of(patient("MEL"), variant("BRAF", "V600E", origin=origin)), None, rules=rules)
    (match,) = [match for finding in result.findings for match in finding.evidence]
    assert (match.conditions[0].status, match.tier) == (status, tier)


def test_resistance_is_said_in_the_reason_of_its_tier() -> None:
    (match,) = shown(RuleSet([claim("r", direction=Direction.RESISTANCE, tumor_type_text="melanoma")])).values()
    assert match.tier_reason == (
        "made for a test: stated for melanoma, which covers this tumor (Melanoma); speaks against the therapy."
    )


def test_drugs_in_another_order_are_the_same_claim() -> None:
    pair: dict[str, Any] = {"interaction": TherapyInteraction.COMBINATION}
    strong = claim("strong", therapy="Dabrafenib + Trametinib", therapies=("Dabrafenib", "Trametinib"), **pair)
    weak = claim("weak", tier="II-D", therapy="Trametinib + Dabrafenib", therapies=("Trametinib", "Dabrafenib"), **pair)
    assert {name for _, name in shown(RuleSet([strong, weak]))} == {"strong"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Melanoma", "melanoma"),
        ("NSCLC", "NSCLC"),
        ("B-lymphoblastic leukemia", "B-lymphoblastic leukemia"),
        ("X", "x"),
        ("", ""),
    ],
)
def test_a_tumor_type_keeps_its_capitals_where_it_is_an_abbreviation(text: str, told: str) -> None:
    found = relate(claim("one", tumor_type_text=text), resolve_tumor_type("MEL"))
    assert found is not None
    assert found.reason == f"made for a test: stated for {told}, which covers this tumor (Melanoma)"
