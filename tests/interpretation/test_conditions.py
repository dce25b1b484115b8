"""Conditions of claims against patients: what is met, what is not, what nobody told, and what it does to tiers."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomodel.cohort.clinical import clinical_facts
from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.findings import EvidenceMatch
from genomodel.core.variants import AlleleCounts, AnnotatedVariant, Origin
from genomodel.interpretation.conditions import (
    answer_conditions,
    condition_words,
    conditions,
)
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import load_evidence_table
from genomodel.interpretation.knowledge_bases.civic_rows import disease_of
from genomodel.interpretation.matching import JoinedGenes, Tumor
from genomodel.interpretation.matching.alterations import Assayed
from genomodel.interpretation.matching.build import small_variant
from tests.interpretation.builders import DELETION, by_therapy, calls_of, facts_of, patient, profile_of, variant

MET, NOT_MET = ConditionStatus.MET, ConditionStatus.NOT_MET
NOT_GIVEN, FOR_READER, FACT = ConditionStatus.NOT_GIVEN, ConditionStatus.FOR_READER, ConditionStatus.FACT
GERMLINE_BRCA = variant("BRCA1", "Q1756fs", DELETION)


def claims(tumor_type: str, *variants: AnnotatedVariant, facts: str = "", **more: Any) -> dict[str, EvidenceMatch]:
    who = patient(tumor_type, clinical=facts_of(facts), **more)
    return by_therapy(interpret(calls_of(who, *variants), None))


def stands(match: EvidenceMatch, condition: str) -> tuple[str, str]:
    (answer,) = [item for item in match.conditions if item.condition == condition]
    return answer.status.value, answer.reason


ENDOCRINE = "after progression on or after an endocrine-based regimen"
CASES = [
    ("PIK3CA H1047R", "BRCA", "Alpelisib + Fulvestrant", "", "hormone receptor-positive", "not_given", "I-A"),
    ("PIK3CA H1047R", "BRCA", "Alpelisib + Fulvestrant", "receptor_status: HR+/HER2-", "HER2-negative", "met", "I-A"),
    ("PIK3CA H1047R", "BRCA", "Alpelisib + Fulvestrant", "receptor_status: HER2-low", "HER2-negative", "met", "I-A"),
    (
        "PIK3CA H1047R",
        "BRCA",
        "Alpelisib + Fulvestrant",
        "receptor_status: PR+",
        "hormone receptor-positive",
        "met",
        "I-A",
    ),
    (
        "PIK3CA H1047R",
        "BRCA",
        "Alpelisib + Fulvestrant",
        "receptor_status: HR-",
        "hormone receptor-positive",
        "not_met",
        "II-C",
    ),
    ("PIK3CA H1047R", "BRCA", "Alpelisib + Fulvestrant", "receptor_status: HER2+", "HER2-negative", "not_met", "II-C"),
    (
        "PIK3CA H1047R",
        "BRCA",
        "Alpelisib + Fulvestrant",
        "receptor_status: ER-",
        "hormone receptor-positive",
        "not_given",
        "I-A",
    ),
    ("PIK3CA H1047R", "BRCA", "Alpelisib + Fulvestrant", "prior_therapy: none", ENDOCRINE, "not_met", "I-A"),
    ("PIK3CA H1047R", "BRCA", "Alpelisib + Fulvestrant", "prior_therapy: letrozole", ENDOCRINE, "for_reader", "I-A"),
    ("PIK3CA H1047R", "BRCA", "Alpelisib + Fulvestrant", "prior_therapy: paclitaxel", ENDOCRINE, "not_met", "I-A"),
    (
        "PIK3CA H1047R",
        "BRCA",
        "Alpelisib + Fulvestrant",
        "",
        "together with fulvestrant",
        "fact",
        "I-A",
    ),
    (
        "ESR1 D538G",
        "BRCA",
        "Elacestrant",
        "prior_therapy: anastrozole",
        "progressed after at least one line of endocrine therapy",
        "for_reader",
        "I-A",
    ),
    ("ESR1 D538G", "BRCA", "Elacestrant", "receptor_status: HR+", "estrogen receptor-positive", "not_given", "I-A"),
    ("ESR1 D538G", "BRCA", "Elacestrant", "receptor_status: HR-", "estrogen receptor-positive", "not_met", "II-C"),
    (
        "EGFR T790M",
        "LUAD",
        "Osimertinib",
        "",
        "progressed on or after EGFR tyrosine kinase inhibitor therapy",
        "not_given",
        "I-A",
    ),
    (
        "EGFR T790M",
        "LUAD",
        "Osimertinib",
        "prior_therapy: erlotinib",
        "progressed on or after EGFR tyrosine kinase inhibitor therapy",
        "for_reader",
        "I-A",
    ),
    (
        "EGFR T790M",
        "LUAD",
        "Osimertinib",
        "prior_therapy: carboplatin, pemetrexed",
        "progressed on or after EGFR tyrosine kinase inhibitor therapy",
        "not_met",
        "I-A",
    ),
    ("KRAS G12C", "LUAD", "Sotorasib", "line: 2", "at least one prior systemic therapy", "met", "I-A"),
    ("KRAS G12C", "LUAD", "Sotorasib", "line: 1", "at least one prior systemic therapy", "not_given", "I-A"),
    ("KRAS G12C", "LUAD", "Sotorasib", "prior_therapy: none", "at least one prior systemic therapy", "not_met", "I-A"),
    ("KRAS G12C", "LUAD", "Sotorasib", "stage: IVA", "locally advanced or metastatic disease", "met", "I-A"),
    ("KRAS G12C", "LUAD", "Sotorasib", "stage: IB", "locally advanced or metastatic disease", "not_met", "I-A"),
    ("KRAS G12C", "LUAD", "Sotorasib", "stage: III", "locally advanced or metastatic disease", "not_given", "I-A"),
    ("KRAS G12C", "LUAD", "Sotorasib", "age: 17", "adult", "not_met", "I-A"),
    ("KRAS G12C", "LUAD", "Sotorasib", "age: 18", "adult", "met", "I-A"),
    ("EGFR L858R", "LUAD", "Amivantamab + Lazertinib", "line: 1", "first-line treatment", "met", "I-A"),
    ("EGFR L858R", "LUAD", "Amivantamab + Lazertinib", "line: 3", "first-line treatment", "not_met", "I-A"),
    ("EGFR L858R", "LUAD", "Amivantamab + Lazertinib", "prior_therapy: none", "first-line treatment", "met", "I-A"),
    ("BRAF V600E", "SKCM", "Vemurafenib", "stage: metastatic", "unresectable or metastatic disease", "met", "I-A"),
    ("BRAF V600E", "SKCM", "Vemurafenib", "stage: early", "unresectable or metastatic disease", "not_met", "I-A"),
    (
        "BRAF V600E",
        "SKCM",
        "Vemurafenib",
        "stage: locally advanced",
        "unresectable or metastatic disease",
        "for_reader",
        "I-A",
    ),
    ("BRAF V600E", "SKCM", "Trametinib", "prior_therapy: dabrafenib", "no prior BRAF inhibitor", "not_met", "I-A"),
    ("BRAF V600E", "SKCM", "Trametinib", "prior_therapy: nivolumab", "no prior BRAF inhibitor", "met", "I-A"),
    ("BRAF V600E", "SKCM", "Trametinib", "", "no prior BRAF inhibitor", "not_given", "I-A"),
]


@pytest.mark.parametrize(("altered", "tumor_type", "therapy", "facts", "condition", "status", "tier"), CASES)
def test_a_condition_stands_as_the_facts_say(
    altered: str, tumor_type: str, therapy: str, facts: str, condition: str, status: str, tier: str
) -> None:
    gene, change = altered.split()
    match = claims(tumor_type, variant(gene, change), facts=facts)[therapy]
    assert (stands(match, condition)[0], match.tier) == (status, tier)
    assert [item.condition for item in match.conditions] == list(match.evidence.conditions)


def test_what_is_not_given_is_named_in_the_reason_and_never_assumed() -> None:
    match = claims("BRCA", variant("PIK3CA", "H1047R"))["Alpelisib + Fulvestrant"]
    assert "I-A only if hormone receptor-positive, and HER2-negative, and " in match.tier_reason
    assert "; status not given" in match.tier_reason
    assert "as stated: together with fulvestrant" in match.tier_reason
    assert not [item for item in match.conditions if item.status in (MET, NOT_MET)]


def test_why_a_fact_is_open_is_told_where_it_is_not_simply_missing() -> None:
    match = claims("LUAD", variant("KRAS", "G12C"), facts="stage: III | prior_therapy: sunvozertinib")["Sotorasib"]
    assert "; status not given (stage III does not tell); met: at least one prior" in match.tier_reason
    assert "age not given" not in match.tier_reason
    other = claims("LUAD", variant("PIK3CA", "H1047R"), facts="stage: III")["Alpelisib + Fulvestrant"]
    assert other.tier == "II-C"
    assert "only if" not in other.tier_reason
    assert "conditions there: hormone receptor-positive, and HER2-negative, and " in other.tier_reason


def test_what_is_met_is_said_with_what_was_compared() -> None:
    text = "receptor_status: ER+, HER2-low | prior_therapy: letrozole; palbociclib | stage: IV | age: 61"
    match = claims("BRCA", variant("PIK3CA", "H1047R"), facts=text)["Alpelisib + Fulvestrant"]
    assert "met: hormone receptor-positive (HR positive), HER2-negative (HER2 low), " in match.tier_reason
    assert "adult (age 61)" in match.tier_reason
    assert "only if" not in match.tier_reason
    assert stands(match, ENDOCRINE) == ("for_reader", "Letrozole given before; to judge: progression on it")


def test_a_condition_of_the_course_keeps_the_tier_and_says_so_and_one_of_the_disease_lowers_it() -> None:
    found = variant("PIK3CA", "H1047R")
    course = claims("BRCA", found, facts="prior_therapy: none")["Alpelisib + Fulvestrant"]
    assert (course.tier, course.cautions) == ("I-A", ())
    assert f"not met now: {ENDOCRINE} (no therapy given before)" in course.tier_reason
    disease = claims("BRCA", found, facts="receptor_status: triple-negative")["Alpelisib + Fulvestrant"]
    assert disease.tier == "II-C"
    assert "not met: hormone receptor-positive (HR negative)" in disease.tier_reason
    assert "only if" not in disease.tier_reason
    assert disease.cautions == ("the condition 'hormone receptor-positive' is not met (HR negative)",)


def test_her2_low_is_no_her2_positive_disease() -> None:
    amplified = profile_of("ERBB2", CopyNumberState.AMPLIFICATION)

    def tier(facts: str) -> str:
        who = patient("BRCA", clinical=facts_of(facts))
        return by_therapy(interpret(calls_of(who), amplified))["Trastuzumab deruxtecan"].tier

    assert [tier(f"receptor_status: HER2={state}") for state in ("positive", "low", "negative")] == [
        "I-A",
        "II-C",
        "II-C",
    ]
    assert tier("") == "I-A"


@pytest.mark.parametrize(
    ("origin", "status"), [(Origin.GERMLINE, MET), (Origin.SOMATIC, NOT_MET), (Origin.UNCERTAIN, NOT_GIVEN)]
)
def test_an_inherited_mutation_is_asked_of_the_variant(origin: Origin, status: ConditionStatus) -> None:
    called = variant("BRCA1", "Q1756fs", DELETION, origin=origin)
    reads = AlleleCounts(depth=100, ref_reads=52, alt_reads=48)
    found = called.model_copy(update={"normal": reads}) if origin is Origin.GERMLINE else called
    text = "deleterious or suspected deleterious germline mutation"
    (answer,) = answer_conditions([text], patient("BRCA"), variant=found)
    assert (answer.status, answer.decides_disease) == (status, True)


def test_an_inherited_mutation_that_no_normal_shows_stays_open() -> None:
    called = variant("BRCA1", "Q1756fs", DELETION, origin=Origin.GERMLINE)
    (answer,) = answer_conditions(["germline mutation"], patient("BRCA"), variant=called)
    assert answer.status is NOT_GIVEN


def test_olaparib_for_early_disease_is_held_against_stage_and_chemotherapy() -> None:
    row = next(rule.evidence for rule in load_evidence_table().rules if rule.evidence.id.endswith("olaparib-adjuvant"))

    def told(facts: str) -> dict[str, str]:
        who = patient("BRCA", clinical=facts_of(facts))
        found = answer_conditions(row.conditions, who, variant=GERMLINE_BRCA)
        return {item.condition: item.status.value for item in found}

    early, adjuvant = "early disease of high risk", "adjuvant, after neoadjuvant or adjuvant chemotherapy"
    assert told("")[early] == told("")[adjuvant] == "not_given"
    metastatic = told("stage: metastatic | prior_therapy: paclitaxel")
    assert metastatic[early] == metastatic[adjuvant] == "not_met"
    treated = told("stage: IIIA | prior_therapy: doxorubicin, cyclophosphamide")
    assert treated[early] == treated[adjuvant] == "for_reader"
    assert told("stage: II | prior_therapy: tamoxifen")[adjuvant] == "not_met"


def test_another_gene_is_answered_from_the_tumor_where_it_was_assayed_and_never_from_silence() -> None:
    def ras(tumor: Tumor | None) -> ConditionAnswer:
        return answer_conditions(["RAS wild-type"], patient("COAD"), tumor)[0]

    assert (ras(None).status, ras(Tumor()).status) == (NOT_GIVEN, NOT_GIVEN)
    assert "nobody stated which genes were assayed" in ras(Tumor()).reason
    one = ras(Tumor(assayed=Assayed(genes=frozenset({"KRAS"}))))
    assert (one.status, "NRAS was not assayed" in one.reason) == (NOT_GIVEN, True)
    both = ras(Tumor(assayed=Assayed(genes=frozenset({"KRAS", "NRAS"}))))
    assert (both.status, both.decides_disease) == (MET, True)


@pytest.mark.parametrize(
    ("condition", "altered", "other"),
    [
        ("no known resistance mutation", ("NTRK1", "G595R"), ("NTRK1", "G595A")),
        ("no known acquired resistance mutation", ("NTRK3", "G623R"), ("NTRK2", "G623R")),
        ("non-resistant EGFR mutation", ("EGFR", "T790M"), ("EGFR", "L858R")),
        ("D842V is excluded", ("PDGFRA", "D842V"), ("PDGFRA", "D842I")),
        ("RAS wild-type", ("NRAS", "Q61K"), ("HRAS", "Q61K")),
    ],
)
def test_an_allele_that_a_claim_rules_out_is_found_by_name(
    condition: str, altered: tuple[str, str], other: tuple[str, str]
) -> None:
    who = patient("LUAD")
    found, free = (
        answer_conditions([condition], who, Tumor(alterations=(small_variant(variant(*change), who),)))[0]
        for change in (altered, other)
    )
    assert (found.status, found.reason, found.decides_disease) == (NOT_MET, f"{' '.join(altered)} found", True)
    assert free.status is NOT_GIVEN


def test_a_drug_that_was_given_is_marked_on_claims_for_it_alone() -> None:
    found = claims("LUAD", variant("EGFR", "L858R"), variant("EGFR", "T790M"), facts="prior_therapy: Tarceva")
    assert "Erlotinib was given before" in found["Erlotinib + Ramucirumab"].cautions
    assert not [text for text in found["Osimertinib"].cautions if "given before" in text]


@pytest.mark.parametrize("name", ["Her2-receptor Positive", "Her2-receptor Negative", "Estrogen-receptor Positive"])
def test_receptors_of_a_disease_of_civic_are_held_against_the_sheet(name: str) -> None:
    disease = disease_of(f"{name} Breast Cancer", "")
    assert disease is not None
    for receptors in ("HER2+ ER-", "HER2- ER+"):
        who = patient("BRCA", clinical=facts_of(f"receptor_status: {receptors}"))
        [answer] = answer_conditions((disease.condition,), who)
        fits = ("+" in receptors.split()[0 if "HER2" in disease.condition else 1]) == ("positive" in disease.condition)
        assert answer.status is (ConditionStatus.MET if fits else ConditionStatus.NOT_MET)
        assert answer.decides_disease


def test_without_facts_nothing_that_the_sheet_could_say_is_taken_for_known() -> None:
    who = patient("LUAD")
    for text, condition in conditions().items():
        (answer,) = answer_conditions([text], who)
        kinds = {atom.kind for atom in condition.requirement.atoms()} if condition.requirement else set()
        if "type" not in kinds:
            assert answer.status not in (MET, NOT_MET), text
        assert (answer.status is FACT) == (condition.requirement is None)


def test_a_condition_that_nobody_wrote_down_is_for_the_reader() -> None:
    (answer,) = answer_conditions(["as our board decided"], patient("LUAD"))
    assert (answer.status, answer.decides_disease) == (FOR_READER, False)


@pytest.mark.parametrize(
    ("sex", "text", "status"),
    [
        ("male", "postmenopausal woman, or man", MET),
        ("female", "postmenopausal woman, or man", FOR_READER),
        (None, "postmenopausal woman, or man", NOT_GIVEN),
        ("male", "postmenopausal woman", NOT_MET),
        ("female", "postmenopausal woman", FOR_READER),
    ],
)
def test_sex_is_taken_from_the_sheet(sex: str | None, text: str, status: ConditionStatus) -> None:
    assert answer_conditions([text], patient("BRCA", sex=sex))[0].status is status


def test_a_fusion_answers_a_condition_by_its_partners() -> None:
    fused = Tumor(alterations=(JoinedGenes(id="EML4::ALK", gene_5="EML4", gene_3="ALK"),))
    met, open_ = (answer_conditions(["ALK fusion-positive"], patient("LUAD"), tumor)[0] for tumor in (fused, Tumor()))
    assert (met.status, met.reason) == (MET, "EML4::ALK found")
    assert (open_.status, "fusions were not assayed" in open_.reason) == (NOT_GIVEN, True)
    looked = Tumor(assayed=Assayed(fusions=frozenset({"ALK"})))
    none = answer_conditions(["ALK fusion-positive"], patient("LUAD"), looked)[0]
    assert (none.status, none.reason, none.decides_disease) == (NOT_MET, "not found: ALK fusion", True)


def test_no_words_are_said_of_no_conditions() -> None:
    assert condition_words((), "I-A", same_disease=True) == ""


TUMORS = [
    ("BRCA", "PIK3CA", "H1047R"),
    ("BRCA", "ESR1", "D538G"),
    ("LUAD", "EGFR", "L858R"),
    ("LUAD", "EGFR", "T790M"),
    ("LUAD", "KRAS", "G12C"),
    ("COAD", "BRAF", "V600E"),
    ("COAD", "KRAS", "G12C"),
    ("SKCM", "BRAF", "V600E"),
    ("AML", "IDH1", "R132H"),
    ("CHOL", "IDH1", "R132C"),
    ("GIST", "PDGFRA", "D842V"),
]
some_facts = st.fixed_dictionaries(
    {},
    optional={
        "receptor_status": st.sampled_from(["HR+/HER2-", "triple-negative", "HER2+", "ER+ PR- HER2-low", "HR-"]),
        "line": st.sampled_from(["1", "2", "4"]),
        "stage": st.sampled_from(["early", "locally advanced", "metastatic", "II", "IIIB", "IV"]),
        "prior_therapy": st.sampled_from(
            ["carboplatin", "letrozole", "erlotinib", "chemotherapy", "FOLFOX; irinotecan"]
        ),
        "age": st.sampled_from(["4", "17", "61", "80"]),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TUMORS), some_facts, st.data())
def test_giving_a_fact_never_raises_a_tier_and_conditions_change_no_other_claim(
    case: tuple[str, str, str], given_facts: dict[str, str], data: st.DataObject
) -> None:
    code, gene, change = case
    left_out = data.draw(st.sets(st.sampled_from(sorted(given_facts)))) if given_facts else set()
    fewer = {name: text for name, text in given_facts.items() if name not in left_out}

    def tiers(facts: dict[str, str]) -> dict[str, str]:
        who = patient(code, clinical=clinical_facts(facts))
        found = interpret(calls_of(who, variant(gene, change)), None)
        return {match.evidence.id: match.tier for item in found.findings for match in item.evidence}

    more, less = tiers(given_facts), tiers(fewer)
    assert more.keys() == less.keys()
    assert all(more[name] >= less[name] for name in more)


def test_the_order_of_facts_and_conditions_changes_nothing() -> None:
    texts = list(conditions())
    who = patient("BRCA", clinical=facts_of("receptor_status: HER2-low, ER+ | prior_therapy: letrozole; paclitaxel"))
    turned = patient("BRCA", clinical=facts_of("receptor_status: ER+, HER2-low | prior_therapy: paclitaxel; letrozole"))
    known = {item.condition: item for item in answer_conditions(texts, who)}
    random.Random(7).shuffle(texts)
    assert {item.condition: item for item in answer_conditions(texts, turned)} == known
