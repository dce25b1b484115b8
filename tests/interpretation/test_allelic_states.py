"""The states of a gene that reads, copies and purity allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.interpretation.allelic_states import (
    AllelicState,
    Inheritance,
    Interval,
    allowed_states,
    expected_fraction,
    possible_states,
)


def test_fractions_are_those_of_textbook_tumors() -> None:
    assert expected_fraction(AllelicState(2, 1), 0.6) == pytest.approx(0.3)
    assert expected_fraction(AllelicState(1, 1), 0.6) == pytest.approx(0.6 / 1.4)
    assert expected_fraction(AllelicState(2, 2), 1.0) == 1.0
    assert expected_fraction(AllelicState(2, 1, Inheritance.ONE_PARENT), 0.3) == 0.5
    assert expected_fraction(AllelicState(1, 1, Inheritance.ONE_PARENT), 0.6) == pytest.approx(1.0 / 1.4)
    assert expected_fraction(AllelicState(1, 1), 1.0, normal_copies=1) == 1.0


@given(st.integers(1, 8), st.integers(0, 8), st.floats(0.02, 1.0), st.sampled_from(list(Inheritance)))
def test_a_state_is_allowed_by_its_own_fraction(copies: int, carrying: int, purity: float, origin: Inheritance) -> None:
    state = AllelicState(copies, min(carrying, copies), origin)
    fraction = expected_fraction(state, purity)
    assert 0.0 <= fraction <= 1.0
    at = Interval(fraction, fraction)
    around = Interval(max(0.02, purity - 0.1), min(1.0, purity + 0.1))
    assert allowed_states([state], at, Interval(purity, purity)) == (state,)
    assert allowed_states([state], at, around) == (state,)


@pytest.mark.parametrize("origin", [Inheritance.SOMATIC, Inheritance.ONE_PARENT])
def test_with_both_parents_alleles_a_copy_is_always_free(origin: Inheritance) -> None:
    states = list(possible_states(None, False, [origin]))
    assert states
    assert not [state for state in states if state.none_free]


def test_copies_beyond_the_usual_are_counted_where_they_were_measured() -> None:
    assert {state.copies for state in possible_states(Interval(11.8, 12.2), None)} == {12}
