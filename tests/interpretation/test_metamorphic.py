"""One change of a tumor, and what may change of its interpretation: its own record, and what depends on it by rule."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomodel.core.findings import Interpretation
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant, Origin, Variant, VariantClass
from genomodel.interpretation.findings import gene_of
from genomodel.resources.oncotree import UNKNOWN_TYPE, resolve_tumor_type
from tests.interpretation.builders import TRUNCATING, calls_of, patient, variant
from tests.interpretation.reshaped import by_key, read, renumbered, same, tiers, told, with_variant
from tests.interpretation.test_real_tumors import read_leukemias
from tests.interpretation.test_tier_properties import ORDER

EXAMPLES = 40
DRIVERS = (
    ("BRAF", "V600E"), ("KRAS", "G12C"), ("KRAS", "G12D"), ("EGFR", "L858R"), ("EGFR", "T790M"), ("PIK3CA", "H1047R"),
    ("TP53", "R175H"), ("IDH1", "R132H"), ("NRAS", "Q61K"), ("FLT3", "D835Y"), ("BRCA2", "S1982Rfs*22"),
    ("TTN", "A10T"), ("MUC16", "Q5K"), ("KIT", "V559D"),
)  # fmt: skip
PASSENGERS = (("TTN", "R100Q"), ("MUC16", "A10T"), ("OR5A1", "L3F"), ("RYR2", "D77N"), ("KRAS", "A18D"))
made_tumors = st.lists(st.sampled_from(DRIVERS), max_size=6, unique=True)
tumor_types = st.sampled_from(["LUAD", "COADREAD", "MEL", "BRCA", "AML", "HGSOC", "CUP", "GB"])


def variants_of(named: list[tuple[str, str]]) -> list[AnnotatedVariant]:
    return [
        variant(
            gene,
            change,
            TRUNCATING if "fs" in change else VariantClass.MISSENSE,
            place=Variant(chrom=str(place), pos=1000 * place, ref="A", alt="C"),
        )
        for place, (gene, change) in enumerate(named, 1)
    ]


def best(result: Interpretation) -> dict[str, str]:
    return {label: tier or "" for label, tier in tiers(result).items()}


@settings(max_examples=EXAMPLES)
@given(made_tumors, tumor_types, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(named: list[tuple[str, str]], tumor: str, chance: random.Random) -> None:
    variants = variants_of(named)
    turned = chance.sample(variants, len(variants))
    assert same(told(calls_of(patient(tumor), *turned))) == same(told(calls_of(patient(tumor), *variants)))


@settings(max_examples=EXAMPLES)
@given(made_tumors, tumor_types, st.sampled_from(PASSENGERS))
def test_a_passenger_changes_no_tier_and_no_other_disposition(
    named: list[tuple[str, str]], tumor: str, passenger: tuple[str, str]
) -> None:
    variants = variants_of(named)
    place = Variant(chrom="X", pos=5, ref="G", alt="T")
    before = told(calls_of(patient(tumor), *variants))
    after = told(calls_of(patient(tumor), *variants, variant(*passenger, place=place)))
    mine = f"{passenger[0]} p.{passenger[1]}"
    assert {label: tier for label, tier in best(after).items() if label != mine} == {
        label: tier for label, tier in best(before).items() if label != mine
    }
    assert {key: seen for key, seen in by_key(after).items() if key != place.key} == by_key(before)


@settings(max_examples=EXAMPLES)
@given(made_tumors, tumor_types)
def test_a_blank_tumor_type_raises_no_tier(named: list[tuple[str, str]], tumor: str) -> None:
    variants = variants_of(named)
    typed = best(told(calls_of(patient(tumor), *variants)))
    blank = best(told(calls_of(patient(tumor).model_copy(update={"tumor_type": UNKNOWN_TYPE}), *variants)))
    assert all(ORDER[tier] >= ORDER[typed[label]] for label, tier in blank.items() if label in typed)


@settings(max_examples=EXAMPLES)
@given(made_tumors, tumor_types, st.data())
def test_a_lost_variant_takes_only_its_own_disposition(
    named: list[tuple[str, str]], tumor: str, data: st.DataObject
) -> None:
    variants = variants_of(named)
    if not variants:
        return
    gone = data.draw(st.integers(0, len(variants) - 1))
    before, after = (
        told(calls_of(patient(tumor), *kept)) for kept in (variants, variants[:gone] + variants[gone + 1 :])
    )
    _check_others(before, after, variants[gone], variants)


def _check_others(
    before: Interpretation, after: Interpretation, changed: AnnotatedVariant, variants: list[AnnotatedVariant]
) -> None:
    """Check that no other allele came to another end, but for what may depend on it by rule.

    Another allele of the gene may have been its second one, of the codon its other half; another record may have given
    the same allele. A claim on several genes (RAS of wild type, no EGFR T790M) may gain or lose a tier by it: then the
    kind still stays.
    """
    partners = set(changed.joint.partners) if changed.joint is not None else set()
    gene = gene_of(changed)
    near = {one.variant.key for one in variants if gene_of(one) == gene} | partners | {changed.variant.key}
    old, new = by_key(before), by_key(after)
    for key in (old.keys() | new.keys()) - near:
        assert old[key][0] == new[key][0], key
    asked = {
        one.variant.variant.key
        for result in (before, after)
        for one in result.findings
        if one.variant is not None and any(match.conditions or match.conflicts for match in one.evidence)
    }
    for key in (old.keys() | new.keys()) - near - asked:
        assert old[key] == new[key], key


def _turned(one: AnnotatedVariant) -> Iterator[AnnotatedVariant]:
    """Yield a variant as inherited, as filtered, and as one that hits no transcript."""
    yield one.model_copy(update={"origin": Origin.GERMLINE, "origin_reason": "in the normal"})
    yield one.model_copy(
        update={"origin": Origin.NOT_CALLED, "filters": ("weak",), "origin_reason": "failed", "joint": None}
    )
    yield one.model_copy(update={"consequence": None, "other_consequences": (), "named_effects": (), "joint": None})


def _change_some(calls: AnnotatedCalls, places: list[int]) -> int:
    before, variants = told(calls.model_copy(update={"intake": None})), list(calls.variants)
    tried = 0
    for place in places:
        one = variants[place]
        if one.repeats is not None or any(other.repeats == one.record for other in variants):
            continue
        for changed in _turned(one):
            result = told(with_variant(calls, place, changed))
            assert len(result.dispositions) == len(before.dispositions)
            _check_others(before, result, one, variants)
            tried += 1
    return tried


def _records_from_one(calls: AnnotatedCalls) -> AnnotatedCalls:
    return renumbered(calls, calls.variants)


def test_one_record_of_a_real_leukemia_changes_its_own_disposition_alone(shared_data: Path) -> None:
    patients = [_records_from_one(calls) for calls in read_leukemias(shared_data)[::4]]
    tried = sum(_change_some(calls, list(range(0, len(calls.variants), 3))) for calls in patients)
    assert tried > 400


def test_one_record_of_a_real_exome_changes_its_own_disposition_alone(shared_data: Path) -> None:
    path = next((shared_data / "hcc1395_exome").glob("*.vcf.gz"))
    calls = read(path, "BRCA", "HCC1395")
    called = [place for place, one in enumerate(calls.variants) if one.origin is Origin.SOMATIC]
    chosen = random.Random(5).sample(called, 8)
    chosen += [place for place in called if gene_of(calls.variants[place]) == "TP53"][:1]
    assert _change_some(calls, chosen) >= 24


def test_blanking_the_type_of_real_tumors_raises_no_tier(shared_data: Path) -> None:
    path = next((shared_data / "hcc1395_exome").glob("*.vcf.gz"))
    for calls in (*read_leukemias(shared_data), read(path, "BRCA", "HCC1395")):
        typed = best(told(calls))
        blank = best(told(_as_type(calls, None)))
        assert all(ORDER[tier] >= ORDER[typed.get(label, "")] for label, tier in blank.items())


@pytest.mark.parametrize("tumor", ["LUAD", "COADREAD"])
def test_passengers_change_no_tier_of_real_tumors(shared_data: Path, tumor: str) -> None:
    added = [variant(*one, place=Variant(chrom="X", pos=7 + n, ref="G", alt="T")) for n, one in enumerate(PASSENGERS)]
    mine = {f"{gene} p.{change}" for gene, change in PASSENGERS}
    for calls in read_leukemias(shared_data)[::3]:
        before = _as_type(_records_from_one(calls), tumor)
        after = renumbered(before, (*before.variants, *added))
        first, second = best(told(before)), best(told(after))
        assert {label: tier for label, tier in second.items() if label not in mine} == first


def _as_type(calls: AnnotatedCalls, tumor: str | None) -> AnnotatedCalls:
    who: Patient = calls.patient
    kind = UNKNOWN_TYPE if tumor is None else resolve_tumor_type(tumor)
    return calls.model_copy(update={"patient": who.model_copy(update={"tumor_type": kind})})
