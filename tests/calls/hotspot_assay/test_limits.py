from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.hotspot_limits import resample
from genomodel.calls.hotspot_assay.limits import (
    SPENT,
    Rates,
    binomial_limit,
    chance_of_errors,
    excluded_above,
    fewest_that_allow,
    fraction_interval,
    known_error_limit,
)


def rates(mean: float, spread: float = 0.05, lost: float = 0.0, count: int = 1) -> Rates:
    return Rates(np.full(count, mean), np.full(count, spread), np.full(count, lost))


@given(st.integers(1, 5000), st.data())
def test_the_binomial_limit_is_where_so_few_have_a_probability_of_five_percent(depth: int, data: st.DataObject) -> None:
    alt = data.draw(st.integers(0, depth - 1))
    limit = float(binomial_limit(alt, depth))
    assert stats.binom.cdf(alt, depth, limit) == pytest.approx(0.05, rel=1e-6)


def test_without_errors_the_limit_is_the_binomial_one_at_the_chance_that_is_spent() -> None:
    for alt in (0, 1, 5):
        found = excluded_above([alt], [300], rates(1e-9))[0]
        assert found == pytest.approx(float(binomial_limit(alt, 300, SPENT)), rel=1e-3)
    assert excluded_above([0], [0], rates(1e-3))[0] == 1.0
    assert excluded_above([7], [7], rates(1e-3))[0] == 1.0


@given(st.integers(20, 5000), st.floats(1e-6, 0.02), st.integers(0, 15), st.floats(0.0, 1.5))
def test_the_limit_lies_between_that_of_no_fragment_and_that_without_errors(
    depth: int, error: float, alt: int, spread: float
) -> None:
    found = float(excluded_above([alt], [depth], rates(error, spread, 0.0))[0])
    assert float(binomial_limit(0, depth, SPENT)) <= found * (1 + 1e-9)
    assert (
        found <= float(binomial_limit(min(alt, depth), depth, SPENT)) / (1 - 20 * error - 0.05) + 1e-6 or alt >= depth
    )
    more = float(excluded_above([alt + 1], [depth], rates(error, spread, 0.0))[0])
    assert more >= found - 1e-4 * found


def test_the_fewest_fragments_that_allow_a_fraction_are_those_whose_limit_reaches_it() -> None:
    for fraction in (0.004, 0.01, 0.03):
        known = rates(0.003, 0.1, 0.01, 1)
        fewest = int(fewest_that_allow(fraction, 1000, known)[0])
        assert excluded_above([fewest], [1000], known)[0] >= fraction * (1 - 1e-3)
        if fewest:
            assert excluded_above([fewest - 1], [1000], known)[0] < fraction * (1 + 1e-3)


def test_the_chance_of_errors_is_the_tail_of_the_beta_binomial() -> None:
    known = rates(0.002, 0.5)
    first, second = known.shapes()
    expected = stats.betabinom.sf(8, 2000, first[0], second[0])
    assert chance_of_errors([9], [2000], known)[0] == pytest.approx(expected, rel=1e-6)
    assert chance_of_errors([0], [2000], known)[0] == 1.0


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    low, high = fraction_interval(52, 410)
    expected = stats.binomtest(52, 410).proportion_ci(method="exact")
    assert (low, high) == pytest.approx((expected.low, expected.high))
    assert fraction_interval(0, 10)[0] == 0.0
    assert fraction_interval(10, 10)[1] == 1.0


def test_who_knows_the_errors_subtracts_them_but_never_below_the_limit_of_none() -> None:
    found = known_error_limit([0, 10], [1000, 1000], 0.003)
    assert found[0] == pytest.approx(float(binomial_limit(0, 1000)))
    assert found[1] == pytest.approx((float(binomial_limit(10, 1000)) - 0.003) / 0.997)


@pytest.mark.parametrize(
    ("depth", "error", "normal", "spread"),
    [(20, 0.01, 0, 0.0), (250, 0.003, 0, 0.0), (1000, 0.01, 0, 0.0), (1000, 0.003, 300, 0.5)],
)
def test_limits_hold_and_are_near_the_ideal_when_errors_are_learned(
    depth: int, error: float, normal: int, spread: float, record_property: Callable[[str, object], None]
) -> None:
    found = resample(depth, error, 15, normal=normal, spread=spread)
    record_property(
        "shown",
        f"limit at depth {depth}, error {error:.1%}: worst exact coverage {found.exact_worst:.4f}, "
        f"width {found.width:.2f} times the ideal",
    )
    assert found.exact_worst >= 0.95
    assert found.width <= 1.3
    assert found.false_detections == 0
