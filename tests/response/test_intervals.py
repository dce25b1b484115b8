"""Conformal intervals: as an independent package makes them, and within their bounds for any number of lines."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from crepes import ConformalPredictiveSystem, ConformalRegressor
from hypothesis import given
from hypothesis import strategies as st

from genomodel.response.calibrate import (
    LOWER_TAIL,
    UPPER_TAIL,
    Array,
    conformal_quantiles,
    coverage,
    cross_conformal,
    scale_of_lines,
    tissue_scale,
)

seeds = st.integers(0, 2**32 - 1)
EQUAL = (0.05, 0.05)
SKEWED = (LOWER_TAIL, UPPER_TAIL)
tails_of_intervals = st.sampled_from([SKEWED, EQUAL, (0.08, 0.02), (0.1, 0.25)])


def residuals(seed: int, n: int, drugs: int = 1) -> Array:
    return np.random.default_rng(seed).standard_normal((n, drugs)) ** 3


def test_tails_leave_nine_of_ten_lines() -> None:
    assert pytest.approx(0.1) == LOWER_TAIL + UPPER_TAIL
    assert conformal_quantiles(residuals(0, 200)) == conformal_quantiles(residuals(0, 200), SKEWED)


@given(seeds, st.integers(60, 400), tails_of_intervals)
def test_misses_on_either_side_are_within_finite_sample_bounds(seed: int, n: int, tails: tuple[float, float]) -> None:
    """Each of n + 1 exchangeable lines in turn is the new one: on each side the share missed is the tail, rounded down.

    That is exact and not a matter of chance, as no two residuals are alike.
    """
    values = residuals(seed, n + 1)
    below = above = 0
    for new in range(n + 1):
        lower, upper = conformal_quantiles(np.delete(values, new, axis=0), tails)
        below += int(values[new, 0] < lower[0])
        above += int(values[new, 0] > upper[0])
    for missed, tail in zip((below, above), tails, strict=True):
        assert tail - 1 / (n + 1) < missed / (n + 1) <= tail + 1e-12


@given(seeds, st.integers(100, 500), st.integers(1, 4), tails_of_intervals)
def test_ends_are_the_percentiles_of_a_conformal_predictive_system(
    seed: int, n: int, drugs: int, tails: tuple[float, float]
) -> None:
    values = residuals(seed, n, drugs)
    lower, upper = conformal_quantiles(values, tails)
    reference = ConformalPredictiveSystem()
    reference.fit(values.T.ravel(), bins=np.repeat(np.arange(drugs), n))
    wanted = reference.predict_percentiles(
        np.zeros(drugs),
        bins=np.arange(drugs),
        lower_percentiles=[100 * tails[0]],
        higher_percentiles=[100 * (1 - tails[1])],
    )
    # The package steps one rank outwards where rounding puts (n + 1) * tail beside a whole number.
    for found, side, tail in ((lower, wanted[:, 0], tails[0]), (upper, wanted[:, 1], tails[1])):
        if abs((n + 1) * tail - round((n + 1) * tail)) > 1e-6:
            assert np.array_equal(found, side)
    assert (lower >= wanted[:, 0]).all()
    assert (upper <= wanted[:, 1]).all()


@given(seeds, st.integers(30, 400))
def test_one_side_is_the_interval_of_a_conformal_regressor(seed: int, n: int) -> None:
    """For residuals of one sign the interval of absolute residuals is one-sided, and each of our ends is such a one."""
    sizes = np.abs(residuals(seed, n))
    regressor = ConformalRegressor().fit(sizes[:, 0])
    (_, end) = regressor.predict_int(np.zeros(1), confidence=1 - 0.0801)[0]
    assert conformal_quantiles(sizes, (0.0801, 0.0801))[1][0] == end
    assert conformal_quantiles(-sizes, (0.0801, 0.0801))[0][0] == -end


@given(seeds, st.integers(60, 300))
def test_equal_tails_mirror_and_skewed_ones_reach_further_down(seed: int, n: int) -> None:
    values = residuals(seed, n)
    lower, upper = conformal_quantiles(values, EQUAL)
    mirrored = conformal_quantiles(-values, EQUAL)
    assert np.array_equal(lower, -mirrored[1])
    assert np.array_equal(upper, -mirrored[0])
    skewed = conformal_quantiles(values, SKEWED)
    assert skewed[0][0] <= lower[0]
    assert skewed[1][0] <= upper[0]


def test_drugs_do_not_borrow_from_each_other_and_gaps_do_not_count() -> None:
    values = residuals(3, 120, 3)
    values[:40, 1] = np.nan
    values[:, 2] = np.nan
    lower, upper = conformal_quantiles(values, EQUAL)
    for drug, own in ((0, values[:, :1]), (1, values[40:, 1:2])):
        assert lower[drug] == conformal_quantiles(own, EQUAL)[0][0]
        assert upper[drug] == conformal_quantiles(own, EQUAL)[1][0]
    assert np.isnan(lower[2])
    assert np.isnan(upper[2])


@given(seeds, st.integers(1, 11))
def test_with_too_few_lines_the_interval_spans_all_of_them(seed: int, n: int) -> None:
    """The package answers with an endless interval; here no drug with so few lines is offered."""
    values = residuals(seed, n)
    lower, upper = conformal_quantiles(values)
    assert lower[0] == values.min()
    assert upper[0] == values.max()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isinf(ConformalRegressor().fit(values[:, 0]).predict_int(np.zeros(1), confidence=0.92)).all()


@given(seeds, tails_of_intervals)
def test_interval_of_a_line_comes_from_other_folds(seed: int, tails: tuple[float, float]) -> None:
    values = residuals(seed, 200, 2)
    folds = np.arange(200) % 5
    lower, upper = cross_conformal(values, folds, tails=tails)
    changed = values.copy()
    changed[folds == 3] *= 50.0
    again = cross_conformal(changed, folds, tails=tails)
    assert np.array_equal(again[0][folds == 3], lower[folds == 3])
    assert np.array_equal(again[1][folds == 3], upper[folds == 3])
    assert not np.array_equal(again[0], lower)
    wanted = conformal_quantiles(values[folds != 3], tails)
    assert (lower[folds == 3] == wanted[0]).all()
    assert (upper[folds == 3] == wanted[1]).all()


def test_skewed_tails_hold_more_of_the_strong_responses_at_the_same_coverage() -> None:
    """A strong response is one that the prediction, drawn towards the mean, does not reach."""
    rng = np.random.default_rng(2)
    truth = rng.standard_normal((4000, 1)) - 4.0 * (rng.random((4000, 1)) < 0.05)
    prediction = np.zeros_like(truth)
    folds = rng.integers(0, 5, 4000)
    held, share = {}, {}
    strong = truth[:, 0] < np.quantile(truth, 0.05)
    for tails in (SKEWED, EQUAL):
        lower, upper = cross_conformal(truth, folds, tails=tails)
        share[tails] = float(coverage(truth, prediction, lower, upper)[0])
        held[tails] = float(coverage(truth[strong], prediction[strong], lower[strong], upper[strong])[0])
    assert all(value == pytest.approx(0.9, abs=0.01) for value in share.values())
    assert held[SKEWED] > held[EQUAL] + 0.3


def test_intervals_are_wider_in_the_tissue_where_residuals_scatter_more() -> None:
    rng = np.random.default_rng(3)
    tissues = np.array(["skin"] * 60 + ["lung"] * 600)
    residuals = rng.normal(size=(660, 2)) * np.where(tissues == "skin", 3.0, 1.0)[:, None]
    folds = np.arange(660) % 5
    plain = cross_conformal(residuals, folds)
    scaled = cross_conformal(residuals, folds, tissues)
    skin = tissues == "skin"

    def held(ends: tuple[np.ndarray, np.ndarray]) -> float:
        return float(((residuals >= ends[0]) & (residuals <= ends[1]))[skin].mean())

    assert held(plain) < 0.75
    assert 0.8 < held(scaled) < 0.97
    assert np.median(scaled[1][~skin]) < np.median(plain[1][~skin])


def test_the_scale_of_a_tissue_that_was_never_seen_is_one() -> None:
    scale = tissue_scale(np.ones((4, 1)), np.array(["a", "a", "b", "b"]), ["a", "b"])
    assert scale_of_lines(scale, np.array(["elsewhere"]), ["a", "b"]).tolist() == [[1.0]]
