"""What expression of the training lines teaches, and what it must not see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.response import teacher
from genomodel.response.components import leave_one_out, ridge_penalties, ridge_weights
from genomodel.response.similarity import Array
from genomodel.response.teacher import taught_scores

seeds = st.integers(0, 2**32 - 1)
FIXED = np.array([2.0, 30.0])


def made(seed: int, n: int = 30) -> tuple[Array, Array, Array]:
    """Expression with two lines unknown, a similarity of other features, and scores that expression tells in part."""
    rng = np.random.default_rng(seed)
    expression = rng.standard_normal((n, 12))
    own = rng.standard_normal((n, 5))
    scores = 3 * expression[:, :2] + rng.standard_normal((n, 2))
    expression[[3, 17]] = np.nan
    return expression, own @ own.T, scores


@given(seeds, st.floats(0.05, 1.0))
def test_lines_without_expression_keep_their_scores(seed: int, share: float) -> None:
    expression, kernel, scores = made(seed)
    expression[5, 2] = np.nan
    before = scores.copy()
    taught = taught_scores(expression, kernel, scores, share)
    assert np.array_equal(taught[[3, 5, 17]], scores[[3, 5, 17]])
    others = np.delete(np.arange(len(scores)), [3, 5, 17])
    assert (taught[others] != scores[others]).any(axis=1).all()
    assert np.array_equal(scores, before)


@given(seeds)
def test_share_of_nothing_changes_nothing(seed: int) -> None:
    expression, kernel, scores = made(seed)
    assert np.array_equal(taught_scores(expression, kernel, scores, 0.0), scores)


def test_expression_of_a_single_line_teaches_nothing() -> None:
    expression, kernel, scores = made(0)
    expression[1:] = np.nan
    assert np.array_equal(taught_scores(expression, kernel, scores, 0.7), scores)


@given(seeds, st.floats(0.05, 0.95))
def test_share_is_the_part_of_the_told_value_in_the_mixture(seed: int, share: float) -> None:
    expression, kernel, scores = made(seed)
    told = taught_scores(expression, kernel, scores, 1.0)
    known = ~np.isnan(expression).any(axis=1)
    mixed = taught_scores(expression, kernel, scores, share)
    assert np.allclose(mixed[known], (share * told + (1 - share) * scores)[known])


@given(seeds)
def test_leave_one_out_is_what_refits_without_the_line_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs, scores = rng.standard_normal((20, 8)), rng.standard_normal((20, 2))
    found = leave_one_out(inputs, scores, FIXED)
    for line in range(20):
        others = np.arange(20) != line
        weights = ridge_weights(inputs[others], scores[others], FIXED)
        assert np.allclose(found[line], inputs[line] @ weights, atol=1e-9)


@given(seeds, st.integers(0, 29), st.floats(10.0, 1e4))
def test_own_response_of_a_line_does_not_enter_what_it_is_told(seed: int, line: int, error: float) -> None:
    """With the penalties held, for one number for all lines is all that a single response can move besides."""
    expression, kernel, scores = made(seed)
    wrong = scores.copy()
    wrong[line] += error
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher, "ridge_penalties", lambda *_: FIXED)
        told, again = (taught_scores(expression, kernel, values, 1.0) for values in (scores, wrong))
    others = np.arange(len(scores)) != line
    if np.isnan(expression[line]).any():
        assert np.array_equal(told[others], again[others])
    else:
        assert np.allclose(told[line], again[line], rtol=0, atol=1e-9 * error)
        assert np.abs(told[others] - again[others]).max() > 1e-3


def test_penalties_of_the_teacher_are_those_of_lines_with_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Array, Array]] = []

    def spy(inputs: Array, scores: Array) -> Array:
        asked.append((inputs, scores))
        return ridge_penalties(inputs, scores)

    monkeypatch.setattr(teacher, "ridge_penalties", spy)
    expression, kernel, scores = made(2)
    taught_scores(expression, kernel, scores, 0.7)
    known = ~np.isnan(expression).any(axis=1)
    ((inputs, given_scores),) = asked
    assert np.array_equal(given_scores, scores[known])
    assert inputs.shape[0] == known.sum()


def test_taught_scores_are_nearer_to_the_truth_than_measured_ones() -> None:
    rng = np.random.default_rng(4)
    expression = rng.standard_normal((300, 10))
    truth = expression[:, :2] @ np.array([[1.0, 0.0], [0.5, 1.0]])
    measured = truth + 1.5 * rng.standard_normal(truth.shape)
    taught = taught_scores(expression, np.eye(300), measured, 0.7)
    assert ((taught - truth) ** 2).mean() < 0.5 * ((measured - truth) ** 2).mean()
    shuffled = taught_scores(rng.permutation(expression), np.eye(300), measured, 0.7)
    assert ((shuffled - truth) ** 2).mean() > 1.5 * ((taught - truth) ** 2).mean()


def test_genes_that_never_vary_do_not_matter() -> None:
    expression, kernel, scores = made(6)
    padded = np.hstack([expression, np.full((len(expression), 3), 7.0)])
    assert np.allclose(taught_scores(padded, kernel, scores, 0.7), taught_scores(expression, kernel, scores, 0.7))
