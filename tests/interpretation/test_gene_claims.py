"""Claims of a base on any mutation of a gene: not for a change that nothing is known of, nor against a finer claim."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from genomodel.core.findings import Direction, Interpretation, TherapyInteraction
from genomodel.core.knowledge import Statement
from genomodel.core.variants import AnnotatedVariant, ClinVarRecord, VariantClass
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.rule_sets import RuleSet, rule_set
from tests.interpretation.builders import TRUNCATING, calls_of, patient, variant
from tests.interpretation.textbook import Case, matches, run
from tests.interpretation.tumors import statement

PATHOGENIC = ClinVarRecord(variation_id="1", germline="Pathogenic", germline_review="reviewed_by_expert_panel")


def claim(
    name: str, rule: str, gene: str, *, tier: str = "I-A", base: str = "moalmanac", drug: str = "Erlotinib", **more: Any
) -> Statement:
    facts: dict[str, Any] = {"knowledge_base": base, "therapy": drug, "tumor_types": ("NSCLC",), **more}
    made = statement(name, rule, gene, **facts)
    return made.model_copy(update={"tier": tier, "scope": "listed"})


def told(rules: RuleSet, allele: AnnotatedVariant, code: str = "LUAD") -> Interpretation:
    return interpret(calls_of(patient(code), allele), None, rules=rules)


def ids(result: Interpretation) -> set[str]:
    return {match.evidence.id for match in matches(result)}


@pytest.mark.parametrize(
    ("gene", "allele", "holds"),
    [
        ("EGFR", variant("EGFR", "L858R"), True),
        ("EGFR", variant("EGFR", "V1010I"), False),
        ("EGFR", variant("EGFR", "V1010I").model_copy(update={"clinvar": PATHOGENIC}), True),
        ("EGFR", variant("EGFR", "E1079*", TRUNCATING), False),
        ("BRCA2", variant("BRCA2", "S1982fs", TRUNCATING), True),
        ("PALB2", variant("PALB2", "Q988*", TRUNCATING), True),
        ("BRCA2", variant("BRCA2", "T3033A"), False),
        ("KIT", variant("KIT", "M541L"), False),
        ("KIT", variant("KIT", "D816V"), True),
    ],
)
@pytest.mark.parametrize("base", ["moalmanac", "civic"])
def test_a_claim_on_any_mutation_holds_only_for_one_that_something_says_acts(
    base: str, gene: str, allele: AnnotatedVariant, holds: bool
) -> None:
    result = told(RuleSet([claim("any", "mutation", gene, base=base)]), allele)
    assert ids(result) == ({"any"} if holds else set())
    (shown,) = (*result.findings, *result.other_variants)
    assert shown.tier == ("I-A" if holds else "III")
    assert ("nothing says that this one acts: " + base in shown.why) is not holds


def test_an_in_frame_change_with_a_named_effect_acts() -> None:
    deletion = Case(
        {"tumor_type": "LUAD", "alterations": "EGFR E746_A750del", "facts": "", "id": "x"},
    )
    assert ids(run(deletion, RuleSet([claim("any", "mutation", "EGFR")]))) == {"any"}


@pytest.mark.parametrize("base", ["core", "own"])
def test_the_core_and_a_hospital_say_themselves_which_changes_they_mean(base: str) -> None:
    assert ids(told(RuleSet([claim("any", "mutation", "EGFR", base=base)]), variant("EGFR", "V1010I"))) == {"any"}


def test_a_claim_that_names_the_change_needs_nothing_else_to_say_that_it_acts() -> None:
    named = RuleSet([claim("named", "allele:V1010I", "EGFR"), claim("codon", "codon:V1010", "EGFR", drug="Gefitinib")])
    assert ids(told(named, variant("EGFR", "V1010I"))) == {"named", "codon"}


AGAINST = {"direction": Direction.RESISTANCE}


@pytest.mark.parametrize(
    ("finer", "holds"),
    [
        (claim("fine", "allele:T790M", "EGFR", base="core", **AGAINST), False),
        (claim("fine", "codon:T790", "EGFR", base="civic", tier="II-C", **AGAINST), False),
        (claim("fine", "allele:T790M", "EGFR", tier="II-D", level="C", **AGAINST), True),
        (claim("fine", "allele:T790M", "EGFR", tier="II-D", level="D", base="core", **AGAINST), False),
        (claim("fine", "allele:T790M", "EGFR", drug="Osimertinib", **AGAINST), True),
        (claim("fine", "allele:T790M", "EGFR", tumor_types=("COADREAD",), **AGAINST), False),
        (
            claim(
                "fine",
                "allele:T790M",
                "EGFR",
                drug="Gefitinib or Erlotinib",
                therapies=("erlotinib", "gefitinib"),
                interaction=TherapyInteraction.SUBSTITUTES,
                **AGAINST,
            ),
            False,
        ),
        (claim("fine", "allele:T790M", "EGFR", drug="Erlotinib + Gefitinib", **AGAINST), True),
        (claim("fine", "mutation", "EGFR", base="civic", **AGAINST), True),
        (claim("fine", "hotspot", "EGFR", base="core", **AGAINST), True),
        (claim("fine", "allele:T790M", "EGFR", base="core"), True),
    ],
)
def test_a_finer_claim_that_says_the_opposite_of_the_drug_stands_instead(finer: Statement, holds: bool) -> None:
    result = told(RuleSet([claim("any", "mutation", "EGFR"), finer]), variant("EGFR", "T790M"))
    assert ("any" in ids(result)) is holds
    (finding,) = result.findings
    words = "moalmanac any on any change of the gene (Erlotinib (sensitivity)) gives no tier"
    assert (words in finding.why) is not holds


def test_a_claim_of_sensitivity_that_single_cases_contradict_is_lowered() -> None:
    finer = claim("fine", "allele:T790M", "EGFR", base="civic", tier="II-D", level="D", **AGAINST)
    result = told(RuleSet([claim("any", "mutation", "EGFR"), finer]), variant("EGFR", "T790M"))
    (lowered,) = (match for match in matches(result) if match.evidence.id == "any")
    assert (lowered.tier, lowered.escat) == ("II-C", "")
    assert "civic fine says resistance of this change" in lowered.conflicts
    words = (
        "civic fine says resistance of this change (by single cases or preclinical work), so that it is at most II-C"
    )
    assert words in lowered.tier_reason


def test_single_cases_of_another_tumor_type_lower_nothing() -> None:
    other: dict[str, Any] = {"tier": "II-D", "level": "C", "tumor_types": ("COADREAD",), **AGAINST}
    rules = RuleSet([claim("any", "mutation", "EGFR"), claim("fine", "allele:T790M", "EGFR", base="civic", **other)])
    (held,) = (match for match in matches(told(rules, variant("EGFR", "T790M"))) if match.evidence.id == "any")
    assert held.tier == "I-A"


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({"tier": "I-B", "level": "B"}, False),
        ({"tier": "II-C", "level": "B"}, True),
        ({"tumor_types": ("COADREAD",), "level": "guideline"}, False),
        ({"tumor_types": ("COADREAD",), "level": "B"}, True),
    ],
)
def test_of_an_exon_only_what_is_strong_speaks_against_a_claim_on_the_gene(more: dict[str, Any], holds: bool) -> None:
    finer = claim("fine", "protein_region:762-823", "EGFR", base="core", **{**AGAINST, **more})
    result = told(RuleSet([claim("any", "mutation", "EGFR"), finer]), variant("EGFR", "T790M"))
    assert ("any" in ids(result)) is holds


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        (claim("same", "allele:T790M", "EGFR", base="core", tier="II-C"), True),
        (claim("same", "allele:T790M", "EGFR", base="core", tier="II-D"), False),
        (claim("same", "allele:T790M", "EGFR", base="core", tumor_types=("COADREAD",)), False),
        (claim("same", "allele:T790M", "EGFR", base="core", drug="Gefitinib"), False),
    ],
)
def test_a_finer_statement_that_is_answered_by_another_contradicts_nothing(answer: Statement, holds: bool) -> None:
    finer = claim("fine", "allele:T790M", "EGFR", base="civic", tier="II-C", level="B", **AGAINST)
    result = told(RuleSet([claim("any", "mutation", "EGFR"), finer, answer]), variant("EGFR", "T790M"))
    assert ("any" in ids(result)) is holds


@pytest.mark.parametrize(
    "more", [{"tier": "II-D", "level": "C"}, {"tumor_types": ("COADREAD",)}, {"level": "D", "tier": "II-D"}]
)
def test_resistance_of_any_change_yields_to_no_weaker_claim(more: dict[str, Any]) -> None:
    rules = RuleSet([claim("any", "mutation", "EGFR", **AGAINST), claim("fine", "allele:L858R", "EGFR", **more)])
    (held,) = (match for match in matches(told(rules, variant("EGFR", "L858R"))) if match.evidence.id == "any")
    assert held.tier == "I-A"


def test_a_claim_on_any_hotspot_of_the_gene_is_coarse_too() -> None:
    fine = claim("fine", "allele:T790M", "EGFR", base="core", **AGAINST)
    assert ids(told(RuleSet([claim("any", "hotspot", "EGFR"), fine]), variant("EGFR", "T790M"))) == {"fine"}


def test_sensitivity_of_one_change_stands_against_resistance_of_any() -> None:
    rules = RuleSet([claim("any", "mutation", "EGFR", **AGAINST), claim("fine", "allele:L858R", "EGFR", base="core")])
    assert ids(told(rules, variant("EGFR", "L858R"))) == {"fine"}


@pytest.mark.parametrize(
    ("code", "alteration", "never"),
    [
        ("LUAD", "EGFR T790M", {"Erlotinib", "Gefitinib", "Afatinib"}),
        ("LUAD", "EGFR D770_N771insSVD", {"Gefitinib", "Afatinib"}),
        ("LUAD", "EGFR E1079*", {"Erlotinib", "Gefitinib", "Afatinib", "Datopotamab deruxtecan"}),
        ("GIST", "PDGFRA D842V", {"Imatinib"}),
        ("GIST", "KIT V654A", {"Imatinib"}),
        ("GIST", "KIT D816V", {"Imatinib"}),
        ("GIST", "KIT N822K", {"Imatinib"}),
        ("GIST", "KIT T670I", {"Imatinib"}),
        ("GIST", "KIT M541L", {"Imatinib", "Sunitinib", "Regorafenib"}),
        ("PRAD", "BRCA2 T3033A", {"Olaparib"}),
        ("AML", "IDH1 V178I", {"Ivosidenib"}),
        ("THME", "RET G691S", {"Selpercatinib"}),
        ("BLCA", "FGFR3 F386L", {"Erdafitinib"}),
    ],
)
@pytest.mark.parametrize("base", ["civic", "moalmanac"])
def test_no_released_base_gives_tier_one_to_a_change_it_does_not_mean(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch, base: str, code: str, alteration: str, never: set[str]
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    case = Case({"id": "x", "tumor_type": code, "alterations": alteration, "facts": ""})
    found = matches(run(case, rule_set((base,))))
    best = [match for match in found if match.tier.startswith("I-")]
    assert not {match.evidence.therapy for match in best if match.evidence.direction is Direction.SENSITIVITY} & never


def test_the_claims_on_any_change_that_a_change_has_stay(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    case = Case({"id": "x", "tumor_type": "LUAD", "alterations": "EGFR L858R", "facts": ""})
    found = {match.evidence.id: match.tier for match in matches(run(case, rule_set(("moalmanac",))))}
    assert found["MOA243"] == found["MOA246"] == "I-A"


def test_a_variant_class_of_its_own_is_held_to_the_role_of_the_gene() -> None:
    rules = RuleSet([claim("stop", "nonsense", "EGFR")])
    assert ids(told(rules, variant("EGFR", "E1079*", VariantClass.TRUNCATING))) == set()


BASES = [("moalmanac",), ("civic",), ("civic", "moalmanac")]


@pytest.mark.parametrize("bases", BASES)
@pytest.mark.parametrize("insertion", ["D770_N771insSVD", "H773_V774insNPH", "V769_D770insASV", "H773dup"])
def test_no_inhibitor_of_the_first_two_generations_is_of_tier_one_for_an_insertion_in_exon_20_of_egfr(
    mirror: Path, bases: tuple[str, ...], insertion: str
) -> None:
    case = Case({"tumor_type": "LUAD", "alterations": f"EGFR {insertion}", "facts": "", "id": "x"})
    found = matches(run(case, rule_set(bases)))
    old = {"Erlotinib", "Gefitinib", "Afatinib", "Dacomitinib"}
    for match in found:
        if old & set(match.evidence.therapies) and match.evidence.direction is Direction.SENSITIVITY:
            assert not match.tier.startswith("I-"), match.evidence.id
    against = {match.evidence.therapy for match in found if match.evidence.direction is Direction.RESISTANCE}
    assert {"Erlotinib", "Gefitinib", "Afatinib"} <= against


@pytest.mark.parametrize("bases", BASES)
@pytest.mark.parametrize("change", ["D816V", "D816H", "D820Y", "N822K", "Y823D", "T670I", "V654A", "D820G"])
def test_no_imatinib_is_of_tier_one_for_secondary_mutations_of_kit(
    mirror: Path, bases: tuple[str, ...], change: str
) -> None:
    case = Case({"tumor_type": "GIST", "alterations": f"KIT {change}", "facts": "", "id": "x"})
    for match in matches(run(case, rule_set(bases))):
        if "Imatinib" in match.evidence.therapies and match.evidence.direction is Direction.SENSITIVITY:
            assert not match.tier.startswith("I-"), match.evidence.id


@pytest.mark.parametrize(
    ("rule", "tier", "answered"),
    [("codon:T790", "II-D", False), ("allele:T790M", "II-D", True), ("codon:T790", "II-C", True)],
)
def test_a_coarser_claim_no_stronger_does_not_answer_one_on_the_allele(rule: str, tier: str, answered: bool) -> None:
    against = claim("fine", "allele:T790M", "EGFR", base="core", tier="II-D", level="D", **AGAINST)
    other = claim("other", rule, "EGFR", base="civic", tier=tier, level="C")
    result = told(RuleSet([claim("any", "mutation", "EGFR"), against, other]), variant("EGFR", "T790M"))
    assert ("any" in ids(result)) is answered


@pytest.mark.parametrize(
    ("alteration", "named"),
    [("EGFR T790M", ("(Afatinib (", "(Gefitinib (", "(Gefitinib or Erlotinib (")), ("EGFR S768N", ())],
)
def test_of_many_claims_that_give_no_tier_three_are_named_and_the_others_counted(
    mirror: Path, alteration: str, named: tuple[str, ...]
) -> None:
    case = Case({"id": "x", "tumor_type": "LUAD", "alterations": alteration, "facts": ""})
    result = run(case, rule_set(("civic",)))
    (finding,) = result.findings
    for text in (finding.why, result.dispositions[0].reason):
        assert text.count("civic EID") - text.count("for civic EID") == 3
        assert re.search(r" and \d+ more", text)
        assert all(words in text for words in named)
