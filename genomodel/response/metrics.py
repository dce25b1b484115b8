"""How good predictions of held-out lines are, judged inside tissues and with intervals over lines. numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
Folds = npt.NDArray[np.int_]

SMALLEST_CELL = 3
"""Fewest lines of one tissue in one fold that are compared with each other."""
N_BOOTSTRAP = 1000


def center_in_cells(truth: Array, prediction: Array, folds: Folds, tissues: Labels) -> tuple[Array, Array]:
    """Subtract from truth and prediction their means inside each fold and tissue.

    Without this, predictions that only know the tissue would earn credit, and pooling folds would punish them.

    Parameters
    ----------
    truth, prediction
        Shape (lines, drugs); ``truth`` is NaN where not measured.

    Returns
    -------
    tuple of arrays
        Both NaN where not measured or where fewer than 3 lines of the tissue are in the fold.
    """
    measured = ~np.isnan(truth) & ~np.isnan(prediction)
    centered_truth = np.full(truth.shape, np.nan)
    centered_prediction = np.full(truth.shape, np.nan)
    cells = np.unique(
        np.array([f"{fold}|{tissue}" for fold, tissue in zip(folds, tissues, strict=True)]), return_inverse=True
    )[1]
    for cell in range(cells.max() + 1):
        rows = np.flatnonzero(cells == cell)
        seen = measured[rows]
        n = seen.sum(axis=0)
        usable = seen & (n >= SMALLEST_CELL)
        for source, target in ((truth, centered_truth), (prediction, centered_prediction)):
            values = np.where(seen, source[rows], 0.0)
            mean = values.sum(axis=0) / np.maximum(n, 1)
            target[rows] = np.where(usable, values - mean, np.nan)
    return centered_truth, centered_prediction


def correlations(truth: Array, prediction: Array, weights: Array | None = None, *, center: bool = True) -> Array:
    """Pearson correlation of each drug over lines, or one row per set of line weights.

    Parameters
    ----------
    truth, prediction
        Shape (lines, drugs), NaN where unknown.
    weights
        Shape (sets, lines); one set of ones when not given.
    center
        Subtract the weighted mean first; not wanted for values centered already.

    Returns
    -------
    array of shape (sets, drugs), or (drugs,) without weights
    """
    known = ~np.isnan(truth) & ~np.isnan(prediction)
    x, y = np.where(known, truth, 0.0), np.where(known, prediction, 0.0)
    w = np.ones((1, len(truth))) if weights is None else weights
    n = np.maximum(w @ known, 1e-12)
    xy, xx, yy = w @ (x * y), w @ (x * x), w @ (y * y)
    if center:
        mean_x, mean_y = (w @ x) / n, (w @ y) / n
        xy, xx, yy = xy - n * mean_x * mean_y, xx - n * mean_x**2, yy - n * mean_y**2
    norm = np.sqrt(np.maximum(xx, 0) * np.maximum(yy, 0))
    r = np.where(norm > 1e-9, xy / np.maximum(norm, 1e-9), 0.0)
    return r[0] if weights is None else r


def line_weights(groups: tuple[str, ...], seed: int, n: int = N_BOOTSTRAP) -> Array:
    """How often each line is drawn in each bootstrap sample; lines of one patient are drawn together.

    Returns
    -------
    array of shape (n, lines)
    """
    unique = sorted(set(groups))
    index = np.array([unique.index(group) for group in groups])
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(unique), np.full(len(unique), 1 / len(unique)), size=n)
    return draws[:, index].astype(np.float64)


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its 95 % bootstrap interval over lines."""

    value: float
    lower: float
    upper: float

    def as_dict(self) -> dict[str, float]:
        """Return rounded plain values."""
        return {"value": round(self.value, 4), "lower": round(self.lower, 4), "upper": round(self.upper, 4)}


def _interval(value: float, samples: Array) -> Interval:
    lower, upper = np.quantile(samples, [0.025, 0.975])
    return Interval(float(value), float(lower), float(upper))


@dataclass(frozen=True)
class Scores:
    """Scores of one model on held-out lines."""

    within_tissue_r: Array
    """Shape (drugs,)."""
    within_tissue_lower: Array
    """Lower end of a one-sided 95 % bootstrap interval, shape (drugs,)."""
    per_drug_r: Array
    mean_within: Interval
    mean_per_drug: Interval
    error_gain: Interval
    """Mean over drugs of 1 - squared error / squared error of the tissue-by-drug mean."""


def score(
    truth: Array,
    prediction: Array,
    tissue_mean: Array,
    folds: Folds,
    tissues: Labels,
    groups: tuple[str, ...],
    judged: npt.NDArray[np.bool_],
    seed: int = 7,
) -> Scores:
    """Score held-out predictions.

    Parameters
    ----------
    truth, prediction, tissue_mean
        Shape (lines, drugs): measured ln IC50, out-of-fold predictions of the model and of the tissue-by-drug mean.
    folds, tissues, groups
        Of each line.
    judged
        Drugs that enter the means over drugs.
    seed
        Of the bootstrap.
    """
    weights = line_weights(groups, seed)
    centered = center_in_cells(truth, prediction, folds, tissues)
    within = correlations(*centered, center=False)
    within_samples = correlations(*centered, weights, center=False)
    per_drug = correlations(truth, prediction)
    per_drug_samples = correlations(truth, prediction, weights)
    error = np.nan_to_num((truth - prediction) ** 2)
    reference = np.nan_to_num((truth - tissue_mean) ** 2)
    gain = 1 - error.sum(axis=0) / reference.sum(axis=0)
    gain_samples = 1 - (weights @ error) / np.maximum(weights @ reference, 1e-12)
    return Scores(
        within_tissue_r=within,
        within_tissue_lower=np.quantile(within_samples, 0.05, axis=0),
        per_drug_r=per_drug,
        mean_within=_interval(within[judged].mean(), within_samples[:, judged].mean(axis=1)),
        mean_per_drug=_interval(per_drug[judged].mean(), per_drug_samples[:, judged].mean(axis=1)),
        error_gain=_interval(gain[judged].mean(), gain_samples[:, judged].mean(axis=1)),
    )
