from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from genomodel.profile.build import build_profile
from genomodel.response.bundle import Bundle
from genomodel.response.controls import (
    CLAIM_POINTS,
    Control,
    ControlResult,
    control_rows,
    control_tumor,
    controls,
    not_in_data,
    recovered,
)
from genomodel.response.drugs import drug_targets

FEWEST_RECOVERED = 28


@pytest.fixture(scope="module")
def in_data(released: Bundle) -> tuple[ControlResult, ...]:
    return recovered(released)


@pytest.fixture(scope="module")
def outside(released: Bundle) -> tuple[ControlResult, ...]:
    return not_in_data(released)


def test_there_are_31_pairs_in_the_data_and_each_names_its_source_once() -> None:
    pairs = [(control.alteration, control.drug) for control in controls()]
    assert len(set(pairs)) == len(pairs)
    assert sum(control.in_data for control in controls()) == 31
    for control in controls():
        assert control.source
        assert control.choice
        assert control.direction in {"sensitive", "resistant"}
        assert control.drug in drug_targets()


def test_pairs_in_the_data_differ_between_lines_in_their_direction_and_the_others_hardly() -> None:
    for control in controls():
        shown = float(control.adjusted_difference) * control.sign > 0 and float(control.p) < 0.01
        assert shown == control.in_data, control


@pytest.mark.parametrize("control", controls(), ids=lambda control: f"{control.alteration} {control.drug}")
def test_every_control_tumor_carries_an_alteration_that_the_model_looks_at(released: Bundle, control: Control) -> None:
    tumor = control_tumor(control)
    profile = build_profile(tumor, released.features)
    genes = set(control.alteration.split("::")) if "::" in control.alteration else {control.gene}
    seen = {
        gene
        for gene in genes
        for name, causes in profile.evidence.items()
        if not name.startswith("tissue") and any(gene in cause for cause in causes)
    }
    assert seen == genes
    assert all(profile.observed.values())


def test_explanations_recover_the_pairs_of_the_data(
    in_data: tuple[ControlResult, ...], record_property: Callable[[str, object], None]
) -> None:
    failed = [row for row in control_rows(in_data) if row["sign right"] == "no"]
    right = len(in_data) - len(failed)
    felt = sum(result.claimed for result in in_data)
    listed = "; ".join(f"{row['pair']} expected {row['expected']}, share {row['share']}" for row in failed) or "none"
    record_property(
        "shown",
        f"positive controls: {right} of {len(in_data)} with the right sign, {felt} by {CLAIM_POINTS:.0f} percentile "
        f"points or more; wrong: {listed}",
    )
    assert right >= FEWEST_RECOVERED


def test_no_pair_is_claimed_that_the_data_do_not_show(
    outside: tuple[ControlResult, ...], record_property: Callable[[str, object], None]
) -> None:
    most = max(outside, key=lambda result: -result.points * result.control.sign)
    record_property(
        "shown",
        f"not in the data: {sum(result.claimed for result in outside)} of {len(outside)} claimed; nearest to it: "
        f"{most.control.alteration} and {most.control.drug}, {most.points:+.1f} points",
    )
    assert [row for row in control_rows(outside) if row["claimed"] == "yes"] == []


def test_a_claim_needs_direction_size_and_gate(in_data: tuple[ControlResult, ...]) -> None:
    sensitive, resistant = (
        next(result.control for result in in_data if result.control.direction == direction)
        for direction in ("sensitive", "resistant")
    )
    assert ControlResult(sensitive, -1.0, CLAIM_POINTS, predictable=True).claimed
    assert not ControlResult(sensitive, -1.0, CLAIM_POINTS - 0.1, predictable=True).claimed
    assert not ControlResult(sensitive, 1.0, -CLAIM_POINTS, predictable=True).claimed
    assert not ControlResult(sensitive, -1.0, CLAIM_POINTS, predictable=False).claimed
    assert ControlResult(resistant, 1.0, -CLAIM_POINTS, predictable=True).claimed
    assert not ControlResult(resistant, 0.0, 0.0, predictable=True).sign_right


def test_a_drug_that_the_model_does_not_offer_is_not_recovered(released: Bundle) -> None:
    without = dataclasses.replace(
        released, drugs=tuple(dataclasses.replace(drug, drug=f"other {drug.drug}") for drug in released.drugs)
    )
    assert not any(result.sign_right or result.claimed for result in recovered(without))
