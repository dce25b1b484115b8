from __future__ import annotations

import numpy as np
import pytest

from genomodel.response.calibrate import Widening, conformal_quantiles, cross_conformal, variance_slope
from genomodel.response.components import fit_components, ridge_penalties, ridge_weights
from genomodel.response.metrics import center_in_cells, correlations, line_weights


def test_prediction_that_knows_only_the_tissue_earns_nothing_inside_tissues() -> None:
    rng = np.random.default_rng(0)
    tissues = np.array(["a", "b"] * 50)
    folds = np.repeat(np.arange(5), 20)
    level = np.where(tissues == "a", 3.0, -3.0)[:, None]
    truth = level + rng.standard_normal((100, 1))
    assert correlations(truth, level)[0] > 0.8
    assert correlations(*center_in_cells(truth, level, folds, tissues), center=False)[0] == 0


def test_correlation_agrees_with_numpy() -> None:
    rng = np.random.default_rng(0)
    truth, prediction = rng.standard_normal((40, 2)), rng.standard_normal((40, 2))
    truth[:7, 1] = np.nan
    found = correlations(truth, prediction)
    assert found[0] == pytest.approx(np.corrcoef(truth[:, 0], prediction[:, 0])[0, 1])
    assert found[1] == pytest.approx(np.corrcoef(truth[7:, 1], prediction[7:, 1])[0, 1])


def test_small_cells_are_left_out() -> None:
    truth = np.arange(4.0)[:, None]
    centered, _ = center_in_cells(truth, truth, np.zeros(4, dtype=int), np.array(["a", "a", "a", "b"]))
    assert centered[:3, 0].tolist() == [-1.0, 0.0, 1.0]
    assert np.isnan(centered[3, 0])


def test_sibling_lines_are_drawn_together() -> None:
    weights = line_weights(("x", "y", "x", "z"), seed=1, n=50)
    assert np.array_equal(weights[:, 0], weights[:, 2])
    assert not np.array_equal(weights[:, 0], weights[:, 1])


def test_conformal_intervals_cover_new_values() -> None:
    rng = np.random.default_rng(0)
    lower, upper = conformal_quantiles(rng.exponential(size=(2000, 3)))
    fresh = rng.exponential(size=(20000, 3))
    inside = ((fresh >= lower) & (fresh <= upper)).mean(axis=0)
    assert np.allclose(inside, 0.9, atol=0.02)


def test_interval_of_a_line_does_not_use_its_own_fold() -> None:
    residuals = np.vstack([np.zeros((20, 1)), np.full((20, 1), 9.0)])
    _, upper = cross_conformal(residuals, np.repeat([0, 1], 20))
    assert upper[0, 0] == 9.0
    assert upper[-1, 0] == 0.0


def test_variance_slope_recovers_the_growth_of_the_error() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.random((4000, 5))
    full = rng.standard_normal((4000, 5))
    masked = full + np.sqrt(2.0 * hidden) * rng.standard_normal((4000, 5))
    assert variance_slope(full, masked, hidden) == pytest.approx(2.0, abs=0.2)


def test_widening_is_never_below_one() -> None:
    factor = Widening(genes=2.0, tissue=1.0).factor(np.zeros(3), np.array([0.0, 1.0, 3.0]), np.ones(3))
    assert factor.tolist() == pytest.approx([1.0, np.sqrt(2.0), 2.0])


def test_components_rebuild_a_low_rank_matrix_with_gaps() -> None:
    rng = np.random.default_rng(0)
    full = rng.standard_normal((60, 3)) @ rng.standard_normal((3, 30))
    gaps = full.copy()
    gaps[rng.random(full.shape) < 0.2] = np.nan
    components = fit_components(gaps, 3)
    rebuilt = components.scores @ components.loadings * components.deviation + components.mean
    assert np.corrcoef(rebuilt[np.isnan(gaps)], full[np.isnan(gaps)])[0, 1] > 0.95


def test_ridge_solves_the_normal_equations() -> None:
    rng = np.random.default_rng(0)
    inputs, scores = rng.standard_normal((30, 5)), rng.standard_normal((30, 2))
    penalties = ridge_penalties(inputs, scores)
    weights = ridge_weights(inputs, scores, penalties)
    for k, penalty in enumerate(penalties):
        direct = np.linalg.solve(inputs.T @ inputs + penalty * np.eye(5), inputs.T @ scores[:, k])
        assert np.allclose(weights[:, k], direct)
