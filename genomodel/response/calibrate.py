"""Conformal intervals by drug, their widening for what was not observed, and the gate. numpy only.

Intervals are split-conformal with one group for each drug (Vovk et al. 2005, Mondrian conformal prediction): quantiles
of the residuals of held-out lines, each predicted by a model that saw the line neither in training nor in stopping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from genomodel.response.encoder import Encoder, Mask

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
PRIOR_LINES = 10.0
"""Weight of all tissues in the scale of one, in lines."""
LOWER_TAIL, UPPER_TAIL = 0.02, 0.08
"""Shares of lines that may lie below and above a 90 % interval.

Unequal, for a response that is stronger than the interval allows is the error that costs a patient a drug: with equal
tails the intervals hold about half of the truly sensitive lines.
"""


def conformal_quantiles(residuals: Array, tails: tuple[float, float] = (LOWER_TAIL, UPPER_TAIL)) -> tuple[Array, Array]:
    """Return the ends of the 90 % interval around a prediction, for each drug.

    Parameters
    ----------
    residuals
        Measured minus predicted, shape (lines, drugs), NaN where not measured.
    tails
        Shares of exchangeable lines that may lie below and above.

    Returns
    -------
    tuple of arrays
        Lower (mostly negative) and upper end, each of shape (drugs,).
    """
    lower = np.full(residuals.shape[1], np.nan)
    upper = np.full(residuals.shape[1], np.nan)
    for drug in range(residuals.shape[1]):
        values = np.sort(residuals[~np.isnan(residuals[:, drug]), drug])
        n = len(values)
        if n:
            upper[drug] = values[min(_rank(n, tails[1]), n) - 1]
            lower[drug] = values[max(n - _rank(n, tails[0]), 0)]
    return lower, upper


def _rank(n: int, tail: float) -> int:
    """Rank, from 1, of the value that a new one exceeds with at most the probability of the tail."""
    return int(np.ceil((n + 1) * (1 - tail)))


def tissue_scale(residuals: Array, tissues: Labels, known: Sequence[str]) -> Array:
    """How widely a drug's residuals scatter in each tissue, relative to all lines.

    Drug by tissue has too few lines for quantiles of its own; the root mean square of its residuals, drawn to that of
    all lines by ``PRIOR_LINES`` of them, is a scale that quantiles over all tissues can share (normalized conformal
    prediction).

    Parameters
    ----------
    residuals
        Shape (lines, drugs), NaN where not measured.
    tissues
        Of each line.
    known
        Tissues in the order of the result.

    Returns
    -------
    array of shape (tissues + 1, drugs)
        The last row, for any other tissue, is 1.
    """
    measured = ~np.isnan(residuals)
    squares = np.where(measured, residuals, 0.0) ** 2
    overall = squares.sum(axis=0) / np.maximum(measured.sum(axis=0), 1)
    overall = np.where(overall > 0, overall, 1.0)
    rows = []
    for tissue in known:
        here = tissues == tissue
        mixed = (squares[here].sum(axis=0) + PRIOR_LINES * overall) / (measured[here].sum(axis=0) + PRIOR_LINES)
        rows.append(np.sqrt(mixed / overall))
    return np.vstack([*rows, np.ones(residuals.shape[1])])


def scale_of_lines(scale: Array, tissues: Labels, known: Sequence[str]) -> Array:
    """Return the row of :func:`tissue_scale` for each line, shape (lines, drugs)."""
    position = {tissue: row for row, tissue in enumerate(known)}
    return np.asarray(scale[[position.get(str(tissue), len(known)) for tissue in tissues]])


def scaled_quantiles(
    residuals: Array, tissues: Labels, known: Sequence[str], tails: tuple[float, float] = (LOWER_TAIL, UPPER_TAIL)
) -> tuple[Array, Array, Array]:
    """Return the scale of each known tissue and the ends of the 90 % interval in units of it, for each drug."""
    scale = tissue_scale(residuals, tissues, known)
    lower, upper = conformal_quantiles(residuals / scale_of_lines(scale, tissues, known), tails)
    return scale, lower, upper


def cross_conformal(
    residuals: Array,
    folds: npt.NDArray[np.int_],
    tissues: Labels | None = None,
    tails: tuple[float, float] = (LOWER_TAIL, UPPER_TAIL),
) -> tuple[Array, Array]:
    """Interval ends for each line from the residuals of the other folds, each of shape (lines, drugs).

    With ``tissues``, scaled by how widely residuals of the other folds scatter in the line's tissue.
    """
    lower, upper = np.empty_like(residuals), np.empty_like(residuals)
    labels = np.full(len(residuals), "") if tissues is None else tissues
    known = [] if tissues is None else sorted(set(tissues.tolist()))
    for fold in np.unique(folds):
        here, others = folds == fold, folds != fold
        scale, *ends = scaled_quantiles(residuals[others], labels[others], known, tails)
        lower[here], upper[here] = (end * scale_of_lines(scale, labels[here], known) for end in ends)
    return lower, upper


def hidden_variance(squared_effects: Array, encoder: Encoder, observed: Mask, tissues: list[str]) -> Array:
    """Variance of the prediction over what was not observed, as the tissue's frequencies say.

    Parameters
    ----------
    squared_effects
        Squares of the change of ln IC50 by each feature, shape (features, drugs).
    observed
        Shape (profiles, features).

    Returns
    -------
    array of shape (profiles, drugs)
    """
    usual = encoder.expected[[encoder.tissue_row(tissue) for tissue in tissues]]
    hidden = usual * (1 - usual) * ~observed
    # Mostly few features are hidden, and the effects of all are tens of megabytes to read.
    columns = np.flatnonzero(hidden.any(axis=0))
    return np.asarray(hidden[:, columns] @ squared_effects[columns])


def variance_slope(full: Array, masked: Array, hidden: Array) -> float:
    """How much the squared error of held-out lines grows with the hidden variance.

    Least squares through the origin of the growth of the squared residual on the hidden variance, both in units of the
    drug's residual variance.

    Parameters
    ----------
    full, masked
        Residuals with everything observed and with features hidden, shape (lines, drugs).
    hidden
        Hidden variance, same shape.
    """
    known = ~np.isnan(full) & ~np.isnan(masked)
    scale = np.nanvar(full, axis=0)
    growth = ((masked**2 - full**2) / scale)[known]
    share = (hidden / scale)[known]
    return max(0.0, float((growth * share).sum() / max((share**2).sum(), 1e-12)))


@dataclass(frozen=True)
class Widening:
    """Slopes of the squared error on hidden variance, measured on held-out lines."""

    genes: float
    """When small variants, copy number, fusions or microsatellite status were hidden."""
    tissue: float
    """When the tissue was hidden."""

    def factor(self, hidden_genes: Array, hidden_tissue: Array, residual_variance: Array) -> Array:
        """Return the factor by which intervals grow, at least 1."""
        growth = (self.genes * hidden_genes + self.tissue * hidden_tissue) / residual_variance
        return np.asarray(np.sqrt(1.0 + np.maximum(growth, 0.0)))


def coverage(truth: Array, prediction: Array, lower: Array, upper: Array) -> Array:
    """Share of measured values inside their interval, for each drug; ends are relative to the prediction."""
    known = ~np.isnan(truth)
    inside = known & (truth >= prediction + lower) & (truth <= prediction + upper)
    return np.asarray(inside.sum(axis=0) / np.maximum(known.sum(axis=0), 1))
