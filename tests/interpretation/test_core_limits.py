"""What the core knows of exclusions, receptors and ended approvals limits the claims of CIViC and MOAlmanac."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genomodel.core.clinical import ClinicalFacts, ReceptorState
from genomodel.core.findings import Direction, EvidenceMatch, TumorTypeMatch
from genomodel.core.knowledge import Statement
from genomodel.interpretation.core_limits import held_to_core
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.rule_sets import RuleSet, rule_set
from tests.interpretation.builders import calls_of, patient, variant
from tests.interpretation.textbook import Case, matches, run
from tests.interpretation.tumors import statement


def given(shared_data: Path, base: str, code: str, alterations: str, facts: str = "") -> list[EvidenceMatch]:
    folder = {"civic": "knowledge/civic_2024-08-01", "moalmanac": "moalmanac_db/molecular-oncology-almanac.json"}[base]
    case = Case({"id": "x", "tumor_type": code, "alterations": alterations, "facts": facts})
    found = matches(run(case, rule_set((f"{shared_data / folder}",))))
    return [match for match in found if match.evidence.direction is Direction.SENSITIVITY]


def tier_one(found: list[EvidenceMatch], base: str) -> set[str]:
    return {m.evidence.therapy for m in found if m.evidence.knowledge_base == base and m.tier.startswith("I-")}


@pytest.mark.parametrize("base", ["civic", "moalmanac"])
def test_a_tumor_type_that_the_approval_excludes_takes_no_claim_on_any_tumor(shared_data: Path, base: str) -> None:
    def of(code: str) -> list[EvidenceMatch]:
        found = given(shared_data, base, code, "BRAF V600E")
        return [match for match in found if set(match.evidence.therapies) == {"Dabrafenib", "Trametinib"}]

    assert {(match.tumor_type_match.value, match.tier) for match in of("COAD")} <= {("same", "II-C"), ("same", "II-D")}
    assert "I-A" in {match.tier for match in of("PAAD")}


@pytest.mark.parametrize("base", ["civic", "moalmanac"])
@pytest.mark.parametrize(
    ("alteration", "unmet", "met"),
    [
        ("PIK3CA H1047R", "HR:negative,HER2:negative", "HR:positive,HER2:negative"),
        ("ESR1 D538G", "ER:negative,PR:negative,HER2:negative", "ER:positive,HER2:negative"),
        ("ERBB2 amplification", "HER2:negative", "HER2:positive"),
    ],
)
def test_receptors_that_the_core_asks_for_are_asked_of_other_bases_too(
    shared_data: Path, base: str, alteration: str, unmet: str, met: str
) -> None:
    found = given(shared_data, base, "BRCA", alteration, f"receptors={unmet}")
    assert tier_one(found, base) == set()
    lowered = [match for match in found if match.evidence.knowledge_base == base and match.cautions]
    assert lowered
    assert all(match.tier == "II-C" and not match.escat for match in lowered if "core asks" in match.tier_reason)
    assert tier_one(given(shared_data, base, "BRCA", alteration, f"receptors={met}"), base)
    assert tier_one(given(shared_data, base, "BRCA", alteration), base)


@pytest.mark.parametrize(
    ("code", "alteration", "therapy", "ended"),
    [
        ("CHOL", "FGFR2::BICC1 fusion", "Infigratinib", "2024-05-16"),
        ("LUAD", "EGFR D770_N771insSVD", "Mobocertinib", "2024-07-15"),
    ],
)
@pytest.mark.parametrize("base", ["civic", "moalmanac"])
def test_an_approval_that_ended_is_none_in_another_base(
    shared_data: Path, base: str, code: str, alteration: str, therapy: str, ended: str
) -> None:
    found = [match for match in given(shared_data, base, code, alteration) if therapy in match.evidence.therapies]
    assert all(match.tier.startswith("II-") for match in found)
    if base == "civic":
        assert any(f"an approval of {therapy} ended on {ended}" in match.tier_reason for match in found)


def test_a_standing_approval_beside_an_ended_one_keeps_its_tier(shared_data: Path) -> None:
    assert "Olaparib" in tier_one(given(shared_data, "civic", "HGSOC", "BRCA1 S1503fs"), "civic")


def claim(name: str, base: str, *types: str, drugs: str = "Alpelisib", tier: str = "I-A", **more: Any) -> Statement:
    facts: dict[str, Any] = {"knowledge_base": base, "therapy": drugs, "therapies": tuple(drugs.split(" + ")), **more}
    made = statement(name, "allele:V600E", "BRAF", tumor_types=types, **facts)
    return made.model_copy(update={"tier": tier, "scope": "listed" if types else "solid"})


def told(code: str, *rules: Statement, **facts: Any) -> dict[str, str]:
    who = patient(code, clinical=ClinicalFacts(receptors=facts))
    result = interpret(calls_of(who, variant("BRAF", "V600E")), None, rules=RuleSet(rules))
    return {match.evidence.id: match.tier for match in matches(result)}


RECEPTORS: dict[str, Any] = {"conditions": ("hormone receptor-positive", "metastatic disease")}
NEGATIVE, POSITIVE = ReceptorState.NEGATIVE, ReceptorState.POSITIVE


@pytest.mark.parametrize("base", ["civic", "moalmanac"])
@pytest.mark.parametrize("drugs", ["Alpelisib", "Alpelisib + Fulvestrant", "Alpelisib + Letrozole"])
def test_a_condition_of_the_core_limits_claims_on_its_drugs(base: str, drugs: str) -> None:
    core = claim("core", "core", "BRCA", drugs="Alpelisib + Fulvestrant", **RECEPTORS)
    other = claim("other", base, "BRCA", drugs=drugs)
    assert told("BRCA", core, other, HR=NEGATIVE) == {"core": "II-C", "other": "II-C"}
    assert told("BRCA", core, other, HR=POSITIVE) == {"core": "I-A", "other": "I-A"}
    assert told("BRCA", core, other) == {"core": "I-A", "other": "I-A"}


def test_one_claim_of_the_core_that_is_met_is_enough_and_others_drugs_are_not_limited() -> None:
    asks = claim("asks", "core", "BRCA", **RECEPTORS)
    free = claim("free", "core", "BRCA", conditions=("adult",))
    other, apart = claim("other", "civic", "BRCA"), claim("apart", "civic", "BRCA", drugs="Elacestrant")
    assert told("BRCA", asks, free, other, HR=NEGATIVE)["other"] == "I-A"
    assert told("BRCA", asks, other, apart, HR=NEGATIVE) == {"asks": "II-C", "other": "II-C", "apart": "I-A"}


def test_a_course_that_is_not_met_limits_nothing_and_a_hospital_is_not_limited() -> None:
    course = claim("course", "core", "BRCA", conditions=("adult",))
    who = patient("BRCA", clinical=ClinicalFacts(age=10))
    rules = RuleSet([course, claim("other", "civic", "BRCA")])
    result = interpret(calls_of(who, variant("BRAF", "V600E")), None, rules=rules)
    assert {match.tier for match in matches(result)} == {"I-A"}
    asks, own = claim("asks", "core", "BRCA", **RECEPTORS), claim("own", "own", "BRCA")
    assert told("BRCA", asks, own, HR=NEGATIVE) == {"asks": "II-C", "own": "I-A"}


def test_an_excluded_tumor_type_takes_no_claim_but_one_of_its_own() -> None:
    core = claim("core", "core").model_copy(update={"excluded": ("COADREAD",)})
    anywhere, there, here = claim("any", "civic"), claim("there", "civic", "MEL"), claim("here", "civic", "COADREAD")
    apart = claim("apart", "civic", drugs="Elacestrant")
    assert told("COAD", core, anywhere) == {}
    assert told("COAD", core, there) == {}
    assert told("COAD", core, here) == {"here": "I-A"}
    assert told("COAD", core, apart) == {"apart": "I-A"}
    assert told("PAAD", core, anywhere) == {"core": "I-A", "any": "I-A"}
    both = claim("both", "core", drugs="Alpelisib + Fulvestrant").model_copy(update={"excluded": ("COADREAD",)})
    assert told("COAD", both, anywhere, there) == {}
    more = claim("more", "civic", drugs="Alpelisib + Fulvestrant + Letrozole")
    assert told("COAD", both, more, here) == {"more": "I-A", "here": "I-A"}


@pytest.mark.parametrize("base", ["civic", "moalmanac"])
def test_no_inhibitor_of_braf_alone_is_shown_for_colorectal_cancer_from_melanoma(shared_data: Path, base: str) -> None:
    found = given(shared_data, base, "COAD", "BRAF V600E")
    for match in found:
        if match.tumor_type_match is not TumorTypeMatch.SAME:
            assert not {"Encorafenib", "Vemurafenib", "Dabrafenib"} & set(match.evidence.therapies), match.evidence.id


def test_an_ended_approval_limits_claims_unless_the_core_has_a_standing_one() -> None:
    def graded(base: str, tier: str = "I-A") -> EvidenceMatch:
        return EvidenceMatch(
            evidence=claim(base, base, "MEL").evidence,
            matched_on="allele",
            tumor_type_match=TumorTypeMatch.SAME,
            tier=tier,
            tier_reason="made.",
            escat="I",
        )

    over = claim("over", "core", "MEL", withdrawn="2024-05-16").evidence
    (lowered,) = held_to_core([graded("civic")], (), [over])
    assert (lowered.tier, lowered.escat) == ("II-C", "")
    assert "an approval of Alpelisib ended on 2024-05-16" in lowered.tier_reason
    assert [match.tier for match in held_to_core([graded("core"), graded("civic")], (), [over])] == ["I-A", "I-A"]
    assert [match.tier for match in held_to_core([graded("civic", "II-D")], (), [over])] == ["II-D"]
    elsewhere = graded("civic").model_copy(update={"tumor_type_match": TumorTypeMatch.OTHER})
    assert held_to_core([elsewhere], (), [over]) == [elsewhere]


def test_an_approval_of_a_combination_is_none_of_a_part_of_it() -> None:
    core = claim("core", "core", "MEL", drugs="Binimetinib + Encorafenib", level="approved")
    part: dict[str, Any] = {"drugs": "Encorafenib", "level": "FDA-Approved"}
    alone = claim("alone", "moalmanac", "MEL", **part)
    assert told("MEL", core, alone) == {"core": "I-A", "alone": "II-C"}
    assert told("MEL", alone) == {"alone": "I-A"}
    exact = claim("exact", "core", "MEL", **{**part, "level": "approved"})
    assert told("MEL", core, exact, alone)["alone"] == "I-A"
    with_class = claim("core", "core", "MEL", drugs="Chemotherapy + Encorafenib", level="approved")
    assert told("MEL", with_class, alone) == {"core": "I-A", "alone": "II-C"}
    either = claim("core", "core", "MEL", drugs="Encorafenib + Binimetinib or Trametinib", level="approved")
    assert told("MEL", either, alone)["alone"] == "I-A"
    for base, level in (("civic", "A"), ("moalmanac", "Guideline"), ("own", "FDA-Approved")):
        other = claim("other", base, "MEL", drugs="Encorafenib", level=level)
        assert told("MEL", core, other)["other"] == "I-A"


def test_the_parts_of_approved_combinations_are_not_of_tier_one(shared_data: Path) -> None:
    assert "Encorafenib" not in tier_one(given(shared_data, "moalmanac", "MEL", "BRAF V600E"), "moalmanac")
    assert "Alpelisib" not in tier_one(given(shared_data, "moalmanac", "IDC", "PIK3CA H1047R"), "moalmanac")
    breast = tier_one(given(shared_data, "moalmanac", "IDC", "ERBB2 amplification"), "moalmanac")
    assert {"Trastuzumab", "Trastuzumab Emtansine", "Neratinib"} <= breast
    assert not {"Lapatinib", "Lapatinib + Trastuzumab", "Pertuzumab + Trastuzumab"} & breast


@pytest.mark.parametrize(
    ("code", "alteration", "drug", "newer"),
    [
        ("LUAD", "KIF5B::RET fusion", "Vandetanib", "Selpercatinib"),
        ("LUAD", "KIF5B::RET fusion", "Cabozantinib", "Selpercatinib"),
        ("LUAD", "ERBB2 Y772_A775dup", "Trastuzumab emtansine", "Trastuzumab deruxtecan"),
    ],
)
def test_a_listing_older_than_an_approval_for_the_same_says_so_and_stands_after_it(
    shared_data: Path, code: str, alteration: str, drug: str, newer: str
) -> None:
    found = given(shared_data, "moalmanac", code, alteration)
    listed = [match for match in found if {drug.lower()} == {name.lower() for name in match.evidence.therapies}]
    assert {match.evidence.knowledge_base for match in listed} == {"core", "moalmanac"}
    approvals = [number for number, match in enumerate(found) if match.evidence.approved]
    for match in listed:
        assert any("listed by the guideline of 2019, before" in text for text in match.cautions), match.evidence.id
        assert f"before the approval of {newer} for the same" in match.tier_reason
        assert found.index(match) > max(approvals)


def test_only_a_guideline_older_than_an_approval_of_another_drug_is_dated() -> None:
    def cautions(*rules: Statement) -> dict[str, tuple[str, ...]]:
        result = interpret(calls_of(patient("MEL"), variant("BRAF", "V600E")), None, rules=RuleSet(rules))
        return {match.evidence.id: match.cautions for match in matches(result)}

    new = claim("new", "core", "MEL", drugs="Encorafenib", level="approved", approved="2020-05-08")
    old: dict[str, Any] = {"source_date": "2019-01-01"}
    listed = claim("listed", "moalmanac", "MEL", level="Guideline", **old)
    assert cautions(new, listed)["listed"]
    assert cautions(new, claim("listed", "core", "MEL", level="guideline", **old))["listed"]
    assert not cautions(new, claim("listed", "moalmanac", "MEL", level="Guideline", source_date="2021"))["listed"]
    assert not cautions(new, claim("listed", "moalmanac", "MEL", level="FDA-Approved", **old))["listed"]
    assert not cautions(new, claim("same", "moalmanac", "MEL", drugs="Encorafenib", level="Guideline", **old))["same"]
    own = claim("own", "core", "MEL", level="approved", approved="2018-01-01")
    assert not cautions(new, own, listed)["listed"]
    assert not cautions(listed)["listed"]
