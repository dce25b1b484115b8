"""What must hold of tiers for every alteration that the core names, in every kind of tumor."""

from __future__ import annotations

import random
import re
from collections import Counter
from functools import cache

import pytest

from genomodel.core.assays import Assays
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.findings import Direction, EvidenceMatch, Interpretation, TumorTypeMatch
from genomodel.core.knowledge import Criterion
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.patients import Patient
from genomodel.core.rearrangements import GeneAnswer, Material, RearrangementAssay
from genomodel.core.variants import AnnotatedVariant, VariantClass
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import load_evidence_table
from genomodel.interpretation.rule_sets import RuleSet, rule_set
from genomodel.resources.oncotree import UNKNOWN_TYPE, all_types
from tests.interpretation.builders import TRUNCATING, calls_of, patient, variant
from tests.interpretation.tumors import copy_numbers, fusion, instability

ORDER = {"I-A": 0, "I-B": 1, "II-C": 2, "II-D": 3, "III": 4, "IV": 5, "": 6}
CORE = load_evidence_table().rules
TUMORS = 5
CODES = sorted(all_types())
PASSENGERS = (("TTN", "R100Q"), ("MUC16", "A10T"), ("BRAF", "T10I"), ("KRAS", "A18D"), ("TP53", "S20P"))


def criteria(*kinds: str) -> list[Criterion]:
    found = {}
    for rule in CORE:
        for item in rule.profile.required():
            if item.kind in kinds:
                found[item.gene, item.kind, item.value] = item
    return list(found.values())


@cache
def real_variants() -> tuple[AnnotatedVariant, ...]:
    """The alleles that the core names, and a truncation of each gene that it says is lost."""
    alleles = {
        (item.gene, change): VariantClass.MISSENSE
        for item in criteria("allele")
        for change in item.value.split(",")
        if len(change) < 8 and change[-1].isalpha() and change[-1].isupper()
    }
    alleles |= {(item.gene, f"{item.value.split(',')[0]}A"): VariantClass.MISSENSE for item in criteria("codon")}
    alleles |= {(item.gene, "Q99*"): TRUNCATING for item in criteria("truncating", "loss_of_function")}
    return tuple(variant(gene, change, kind) for (gene, change), kind in sorted(alleles.items()))


@cache
def variants_of_tumor(number: int) -> tuple[AnnotatedVariant, ...]:
    """Every allele is in one of the tumors, and no tumor has two of one codon, which would be held together."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for item in real_variants():
        assert item.consequence is not None
        codon = (item.consequence.gene, re.sub(r"\D", "", item.consequence.protein_change))
        if seen[codon] == number:
            found.append(item)
        seen[codon] += 1
    return tuple(found)


def interpreted(who: Patient, *more: AnnotatedVariant, rules: RuleSet | None = None, number: int = 0) -> Interpretation:
    """A tumor with the alterations that the core names: alleles, copies, fusions, high instability."""
    amplified = {item.gene: CopyNumberState.AMPLIFICATION for item in criteria("amplification")}
    genes = sorted({item.gene for item in criteria("fusion")})
    joined = tuple(fusion("AGK" if gene != "AGK" else "EML4", gene) for gene in genes)
    answers = tuple(GeneAnswer(gene=gene, assessable=True, material=Material.RNA, reason="") for gene in genes)
    assays = Assays(
        rearrangements=RearrangementAssay(calls=joined, genes=answers), msi=instability(InstabilityClass.HIGH)
    )
    calls = calls_of(who, *variants_of_tumor(number), *more)
    return interpret(calls, copy_numbers(dict(amplified)), None, assays, rules=rules)


def tiers(result: Interpretation) -> dict[str, str]:
    found = {item.id: item.tier or "" for item in result.other_variants}
    return found | {item.id: item.tier or "" for item in result.findings}


def of_all_tumors(who: Patient, rules: RuleSet | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for number in range(TUMORS):
        found |= tiers(interpreted(who, rules=rules, number=number))
    return found


def of_type(code: str) -> Patient:
    return patient(code, purity=0.6)


def of_no_type() -> Patient:
    return patient("LUAD", purity=0.6).model_copy(update={"tumor_type": UNKNOWN_TYPE})


@pytest.mark.parametrize("rules", [None, "civic"])
def test_blanking_the_tumor_type_never_raises_a_tier(rules: str | None, request: pytest.FixtureRequest) -> None:
    chosen = None
    if rules is not None:
        request.getfixturevalue("mirror")
        chosen = rule_set((rules,))
    blank = of_all_tumors(of_no_type(), chosen)
    assert len(blank) > 240
    assert min(ORDER[tier] for tier in blank.values()) == ORDER["II-C"]
    assert sum(tier == "II-C" for tier in blank.values()) > 100
    some = random.Random(3).sample(CODES, 30 if chosen is None else 5)
    for code in (*some, "AML", "COADREAD", "CUP", "NSCLC", "GB", "MIXED", "UDMN"):
        typed = of_all_tumors(of_type(code), chosen)
        raised = {name for name, tier in blank.items() if ORDER[tier] < ORDER[typed.get(name, "")]}
        assert not raised, (code, raised)


@pytest.mark.parametrize("code", ["LUAD", "COADREAD", "AML", "BRCA", "CUP"])
def test_adding_a_passenger_changes_no_tier(code: str) -> None:
    before = interpreted(of_type(code))
    for gene, change in PASSENGERS:
        after = interpreted(of_type(code), variant(gene, change))
        told = {item.id: item for item in after.findings}
        assert {name: tier for name, tier in tiers(after).items() if name in tiers(before)} == tiers(before)
        assert all(told[item.id].evidence == item.evidence for item in before.findings)


@pytest.mark.parametrize("code", ["LUAD", "COADREAD", "AML", "BRCA"])
def test_removing_evidence_never_raises_a_tier_nor_moves_one_that_it_was_not_of(code: str) -> None:
    chance = random.Random(11)
    full = interpreted(of_type(code))
    before = tiers(full)
    for _ in range(4):
        kept = chance.sample(CORE, len(CORE) * 3 // 4)
        gone = {rule.evidence.id for rule in CORE} - {rule.evidence.id for rule in kept}
        given = [rule for rule in kept if rule.evidence.supports and rule.tier and not rule.evidence.withdrawn]
        fewer = interpreted(of_type(code), rules=RuleSet(given))
        after = tiers(fewer)
        assert all(ORDER[after.get(name, "")] >= ORDER[tier] for name, tier in before.items())
        untouched = [
            item
            for item in full.findings
            if not gone & {match.evidence.id for match in item.evidence}
            and not any(map(_hangs_on_others, item.evidence))
        ]
        assert untouched
        assert all(after[item.id] == before[item.id] for item in untouched if item.id in after)


def _hangs_on_others(match: EvidenceMatch) -> bool:
    """Whether a statement is shown only while another one gives its drug in this tumor type."""
    against = match.evidence.direction is Direction.RESISTANCE
    return against and match.tumor_type_match is TumorTypeMatch.OTHER
