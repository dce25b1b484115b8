"""Claims of CIViC and MOAlmanac that their own sources refute are left out or II-C at most, and it is said."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from genomodel.core.findings import Direction, EvidenceMatch, Interpretation
from genomodel.core.variants import AnnotatedVariant
from genomodel.interpretation.base_corrections import LEFT_OUT, LOWERED, correction_of, corrections
from genomodel.interpretation.rule_sets import RuleSet, rule_set
from tests.interpretation.textbook import Case, matches, run, shown, small_variant
from tests.interpretation.tumors import statement

BOTH = ("civic", "moalmanac")
KNOWN = Path(__file__).with_name("known_disagreements.tsv")


def of(code: str, alterations: str, bases: tuple[str, ...] = BOTH) -> Interpretation:
    return run(Case({"id": "x", "tumor_type": code, "alterations": alterations, "facts": ""}), rule_set(bases))


def against(result: Interpretation, drug: str) -> set[str]:
    listed = [match for match in matches(result) if match.evidence.direction is Direction.RESISTANCE]
    return {match.tier for match in listed if drug in match.evidence.therapies}


def why(result: Interpretation) -> str:
    return " ".join(finding.why for finding in shown(result))


@pytest.mark.parametrize(
    ("change", "drug"),
    [
        ("T315I", "Ponatinib"),
        ("T315I", "Omacetaxine"),
        ("Y253H", "Dasatinib"),
        ("Y253H", "Bosutinib"),
        ("E255K", "Bosutinib"),
        ("E255K", "Dasatinib"),
        ("F359V", "Dasatinib"),
        ("F317L", "Nilotinib"),
        ("F317L", "Bosutinib"),
        ("V299L", "Nilotinib"),
    ],
)
def test_no_drug_that_the_guideline_names_for_a_mutation_of_abl1_is_told_to_fail(
    mirror: Path, change: str, drug: str
) -> None:
    result = of("CML", f"BCR::ABL1 fusion; ABL1 {change}")
    assert "I-A" not in against(result, drug)
    assert f"({drug} (resistance)) is not used, for the record turns the guideline round" in why(result)


def tiers(result: Interpretation, drug: str) -> dict[str, EvidenceMatch]:
    return {match.evidence.id: match for match in matches(result) if drug in match.evidence.therapies}


@pytest.mark.parametrize(
    ("code", "alterations", "drug", "claim"),
    [
        ("GIST", "KIT D816V", "Regorafenib", "MOA337"),
        ("GIST", "KIT D816V", "Sunitinib", "MOA341"),
        ("GIST", "KIT T670I", "Sunitinib", "MOA342"),
        ("GIST", "KIT V654A", "Regorafenib", "MOA340"),
        ("COAD", "MSI-high", "Fluorouracil", "MOA771"),
        ("LUAD", "KRAS G12D", "Docetaxel", "EID2998"),
        ("ASTR", "TSC2 R611*", "Everolimus", "MOA578"),
        ("BLL", "NPM1 W288Cfs*12", "Revumenib", "MOA1016"),
    ],
)
def test_what_the_source_does_not_state_for_the_alteration_is_two_c_at_most(
    mirror: Path, code: str, alterations: str, drug: str, claim: str
) -> None:
    match = tiers(of(code, alterations), drug)[claim]
    assert (match.tier, match.escat) == ("II-C", "")
    assert "so that it is at most II-C" in match.tier_reason
    correction = correction_of(match.evidence)
    assert correction is not None
    assert correction.source in match.tier_reason
    assert correction.why in match.cautions


def test_amplification_of_ar_takes_no_claim_from_a_guideline_that_asks_for_no_test(mirror: Path) -> None:
    found = of("PRAD", "AR amplification")
    assert not {"MOA684", "MOA685", "MOA686"} & {match.evidence.id for match in matches(found)}


def test_imatinib_is_no_drug_of_tier_one_for_myeloid_leukemia_by_a_text_on_another(mirror: Path) -> None:
    assert "EID259" not in tiers(of("AML", "BCR::ABL1 fusion"), "Imatinib")


def test_the_insertion_that_responds_is_not_told_to_resist(mirror: Path) -> None:
    assert "MOA248" not in tiers(of("LUAD", "EGFR A763_Y764insFQEA"), "Gefitinib")
    assert tiers(of("LUAD", "EGFR D770_N771insSVD"), "Gefitinib")["MOA248"].tier == "I-A"


@pytest.mark.parametrize("change", ["D594G", "G466E", "K601E", "G469A"])
def test_inhibitors_of_raf_alone_are_not_for_mutants_that_signal_as_dimers(mirror: Path, change: str) -> None:
    told = of("MEL", f"BRAF {change}")
    for drug, claim in (("Dabrafenib", "MOA176"), ("Vemurafenib", "MOA177")):
        assert claim not in tiers(told, drug)
        assert f"moalmanac {claim}" in why(told)
    assert tiers(of("MEL", "BRAF V600E"), "Vemurafenib")


def test_only_the_very_record_is_corrected() -> None:
    record = statement("MOA103", "allele:T315I", "ABL1", knowledge_base="moalmanac", therapy="Ponatinib").evidence
    assert correction_of(record) is not None
    for change in ({"therapy": "Imatinib"}, {"gene": "KIT"}, {"knowledge_base": "own"}, {"id": "MOA104"}):
        assert correction_of(record.model_copy(update=change)) is None


def test_a_claim_on_another_tumor_type_is_left_out_without_a_word() -> None:
    facts = {"knowledge_base": "moalmanac", "therapy": "Ponatinib", "tumor_types": ("CML",)}
    rules = RuleSet([statement("MOA103", "allele:T315I", "ABL1", **facts)])
    case = Case({"id": "x", "tumor_type": "AML", "alterations": "ABL1 T315I", "facts": ""})
    assert "is not used" not in why(run(case, rules))
    case = Case({"id": "x", "tumor_type": "CML", "alterations": "ABL1 T315I", "facts": ""})
    assert "is not used" in why(run(case, rules))


def test_every_correction_names_a_record_that_the_release_has(mirror: Path) -> None:
    held = {(item.evidence.knowledge_base, item.evidence.id): item for item in rule_set(BOTH).index.statements}
    for key, row in corrections().items():
        assert row.effect in (LEFT_OUT, LOWERED), key
        assert row.why, key
        assert re.fullmatch(r"https://\S+", row.source), key
        assert (held[key].evidence.gene, held[key].evidence.therapy) == (row.gene, row.therapy), key


def test_what_turns_its_source_round_is_corrected_where_reports_are_made() -> None:
    with KNOWN.open(encoding="utf-8", newline="") as handle:
        turned = {row["claim"] for row in csv.DictReader(handle, delimiter="\t") if "turns the guideline" in row["why"]}
    assert {f"MOAlmanac:{number}" for number in (81, 87, 93, 104)} <= turned
    left_out = {name.replace("MOA", "MOAlmanac:") for (_, name), row in corrections().items() if row.effect == LEFT_OUT}
    assert turned <= left_out


def test_a_named_effect_is_asked_of_the_variant() -> None:
    record = statement("MOA248", "exon:20:any", "EGFR", knowledge_base="moalmanac", therapy="Gefitinib").evidence
    responds: AnnotatedVariant = small_variant("EGFR A763_Y764insFQEA")
    assert correction_of(record, responds) is not None
    assert correction_of(record, small_variant("EGFR D770_N771insSVD")) is None
    assert correction_of(record) is None


@pytest.mark.parametrize(
    ("code", "alterations", "claims"),
    [
        ("AML", "KIT D816V", {"MOA337", "MOA338", "MOA341"}),
        ("STAD", "KRAS G12D", {"EID2998"}),
        ("BLCA", "TSC1 R509*", {"MOA571"}),
    ],
)
def test_what_a_source_does_not_state_for_the_alteration_says_nothing_in_other_tumor_types(
    mirror: Path, code: str, alterations: str, claims: set[str]
) -> None:
    assert not claims & {match.evidence.id for match in matches(of(code, alterations))}
