"""The similarity of lines is what two independent packages say it is, and its explanation adds up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import KernelCenterer

from genomodel.response.components import ridge_weights
from genomodel.response.similarity import (
    Array,
    gaussian,
    kernel_basis,
    median_distance,
    similarity_shares,
    squared_distances,
    unit_kernel,
)

seeds = st.integers(0, 2**32 - 1)
gaussian_weights = st.sampled_from([0.0, 0.3, 1.0, 4.0])


def made_lines(seed: int, n: int = 25, features: int = 40) -> Array:
    return np.random.default_rng(seed).standard_normal((n, features))


def centered_by_sklearn(lines: Array, inputs: Array, bandwidth: float, scale: float) -> Array:
    """Similarity of inputs to lines with the mean of the lines taken out, without a line of our own."""
    own = lines @ lines.T + scale * rbf_kernel(lines, gamma=1 / bandwidth)
    cross = inputs @ lines.T + scale * rbf_kernel(inputs, lines, gamma=1 / bandwidth)
    return np.asarray(KernelCenterer().fit(own).transform(cross))


@given(seeds)
def test_squared_distances_are_those_of_the_rows(seed: int) -> None:
    left, right = made_lines(seed, 6, 4), made_lines(seed + 1, 5, 4)
    assert np.allclose(squared_distances(left, right), ((left[:, None] - right[None]) ** 2).sum(axis=2))
    assert (squared_distances(left, left) >= 0).all()


@given(seeds, gaussian_weights)
def test_inner_products_of_coordinates_are_the_centered_similarity(seed: int, weight: float) -> None:
    lines, inputs = made_lines(seed), made_lines(seed + 1, 7)
    bandwidth = median_distance(lines)
    basis = kernel_basis(lines, bandwidth, weight)
    own = basis.coordinates(lines)
    assert np.allclose(own @ own.T, centered_by_sklearn(lines, lines, bandwidth, basis.gaussian_scale), atol=1e-8)
    assert np.allclose(basis.kernel, own @ own.T, atol=1e-8)
    wanted = centered_by_sklearn(lines, inputs, bandwidth, basis.gaussian_scale)
    assert np.allclose(basis.coordinates(inputs) @ own.T, wanted, atol=1e-8)
    spread = own.T @ own
    assert np.allclose(spread, np.diag(np.diag(spread)), atol=1e-8)


@given(seeds, st.sampled_from([0.3, 1.0, 4.0]))
def test_gaussian_part_has_the_variance_that_was_asked_for(seed: int, weight: float) -> None:
    lines = made_lines(seed)
    bandwidth = median_distance(lines)
    basis = kernel_basis(lines, bandwidth, weight)
    linear = np.diag(centered_by_sklearn(lines, lines, bandwidth, 0.0)).mean()
    assert np.diag(basis.kernel).mean() == pytest.approx((1 + weight) * linear)


@given(seeds, gaussian_weights)
def test_weights_on_lines_give_what_weights_on_coordinates_do(seed: int, weight: float) -> None:
    lines, inputs = made_lines(seed), 3 * made_lines(seed + 1, 9)
    basis = kernel_basis(lines, median_distance(lines), weight)
    weights = np.random.default_rng(seed).standard_normal((basis.projection.shape[1], 3))
    dual, subtracted = basis.dual(weights)
    similar = inputs @ lines.T + basis.gaussian_scale * gaussian(inputs, lines, basis.bandwidth)
    assert np.allclose(similar @ dual - subtracted, basis.coordinates(inputs) @ weights, atol=1e-8)
    assert np.allclose(dual.sum(axis=0), 0.0, atol=1e-9)


@given(seeds, st.floats(0.5, 500.0))
def test_without_gaussian_part_the_model_is_ridge_regression_on_the_features(seed: int, penalty: float) -> None:
    lines, inputs = made_lines(seed) + 2.0, made_lines(seed + 1, 8)
    response = np.random.default_rng(seed).standard_normal((len(lines), 3))
    response -= response.mean(axis=0)
    basis = kernel_basis(lines, median_distance(lines), 0.0)
    assert basis.gaussian_scale == 0.0
    weights = ridge_weights(basis.coordinates(lines), response, np.full(3, penalty))
    wanted = Ridge(alpha=penalty).fit(lines, response).predict(inputs)
    assert np.allclose(basis.coordinates(inputs) @ weights, wanted, atol=1e-7)
    dual, _ = basis.dual(weights)
    assert np.allclose(lines.T @ dual, Ridge(alpha=penalty).fit(lines, response).coef_.T, atol=1e-7)


@given(seeds, st.floats(0.5, 500.0))
def test_with_gaussian_part_the_model_is_kernel_ridge_regression(seed: int, penalty: float) -> None:
    lines, inputs = made_lines(seed), made_lines(seed + 1, 8)
    response = np.random.default_rng(seed).standard_normal((len(lines), 2))
    bandwidth = median_distance(lines)
    basis = kernel_basis(lines, bandwidth, 1.0)
    weights = ridge_weights(basis.coordinates(lines), response, np.full(2, penalty))
    reference = KernelRidge(alpha=penalty, kernel="precomputed")
    reference.fit(centered_by_sklearn(lines, lines, bandwidth, basis.gaussian_scale), response)
    wanted = reference.predict(centered_by_sklearn(lines, inputs, bandwidth, basis.gaussian_scale))
    assert np.allclose(basis.coordinates(inputs) @ weights, wanted, atol=1e-7)


def test_lines_that_are_there_twice_make_no_direction_of_noise() -> None:
    half = made_lines(5, 8, 4)
    lines = np.vstack([half, half])
    basis = kernel_basis(lines, median_distance(lines), 0.0)
    assert basis.projection.shape[1] == 4
    own = basis.coordinates(lines)
    assert np.allclose(own[:8], own[8:])
    assert np.allclose(own @ own.T, basis.kernel, atol=1e-9)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_lines_that_are_all_alike_have_no_direction(weight: float) -> None:
    lines = np.zeros((6, 3))
    basis = kernel_basis(lines, median_distance(lines), weight)
    assert basis.coordinates(made_lines(0, 4, 3)).shape == (4, 0)
    dual, subtracted = basis.dual(np.zeros((0, 2)))
    assert not dual.any()
    assert not subtracted.any()


def test_unit_kernel_has_mean_diagonal_one_and_rows_that_sum_to_nothing() -> None:
    lines = made_lines(1)
    found = unit_kernel(lines @ lines.T)
    assert np.diag(found).mean() == pytest.approx(1.0)
    assert np.allclose(found.sum(axis=0), 0.0, atol=1e-9)
    assert not unit_kernel(np.ones((4, 4))).any()


def way_of(seed: int, length: float, causes: int = 5) -> tuple[Array, Array, Array, float, Array]:
    """Start, steps, lines, bandwidth and weights; the way is as long as asked for, in bandwidths of squared length."""
    rng = np.random.default_rng(seed)
    lines = made_lines(seed, 30, 12)
    bandwidth = median_distance(lines)
    steps = rng.standard_normal((causes, 12))
    steps *= np.sqrt(length * bandwidth / (steps.sum(axis=0) ** 2).sum())
    return 0.5 * rng.standard_normal(12), steps, lines, bandwidth, rng.standard_normal((30, 3))


@given(seeds, st.floats(0.0, 6.0), st.integers(1, 8))
def test_shares_sum_to_the_whole_change(seed: int, length: float, causes: int) -> None:
    start, steps, lines, bandwidth, weights = way_of(seed, length, causes)
    before, shares = similarity_shares(start, steps, lines, bandwidth, weights)
    after = gaussian((start + steps.sum(axis=0))[None], lines, bandwidth)[0] @ weights
    assert np.allclose(before, gaussian(start[None], lines, bandwidth)[0] @ weights, rtol=0, atol=1e-12)
    assert np.allclose(shares.sum(axis=0), after - before, rtol=0, atol=1e-8)


@given(seeds, st.floats(0.1, 4.0))
def test_shares_do_not_depend_on_how_causes_are_cut_or_ordered(seed: int, length: float) -> None:
    start, steps, lines, bandwidth, weights = way_of(seed, length)
    _, shares = similarity_shares(start, steps, lines, bandwidth, weights)
    cut = np.vstack([steps[::-1], np.zeros(12)])
    cut[4] *= 0.25
    _, again = similarity_shares(start, np.vstack([cut, 3 * cut[4]]), lines, bandwidth, weights)
    assert np.allclose(again[:4], shares[:0:-1], atol=1e-10)
    assert np.allclose(again[4], 0.25 * shares[0], atol=1e-10)
    assert np.allclose(again[6], 0.75 * shares[0], atol=1e-10)
    assert not again[5].any()


@given(seeds)
def test_no_cause_no_share(seed: int) -> None:
    start, _, lines, bandwidth, weights = way_of(seed, 1.0)
    before, shares = similarity_shares(start, np.zeros((0, 12)), lines, bandwidth, weights)
    assert shares.shape == (0, 3)
    assert np.allclose(before, gaussian(start[None], lines, bandwidth)[0] @ weights)


def test_long_ways_lose_little(record_property: Callable[[str, object], None]) -> None:
    """A tumor with thousands of changes is far from the wild type; its shares must still be those of its prediction."""
    errors = []
    for length in (8.0, 16.0, 32.0):
        start, steps, lines, bandwidth, weights = way_of(7, length)
        before, shares = similarity_shares(start, steps, lines, bandwidth, weights)
        after = gaussian((start + steps.sum(axis=0))[None], lines, bandwidth)[0] @ weights
        errors.append(float(np.abs(shares.sum(axis=0) - (after - before)).max()))
    record_property("shown", f"shares over 8, 16, 32 bandwidths miss the change by {[f'{e:.0e}' for e in errors]}")
    assert max(errors) < 1e-5
