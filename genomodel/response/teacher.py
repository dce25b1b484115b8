"""What gene expression of the training lines teaches about their responses. numpy only.

A measured response is noisy: two screens of the same lines agree only in part. Expression predicts response better than
mutations do, so that its prediction of a training line is a less noisy stand-in for what was measured there. Patients
have no expression here: it is used for targets in training and nowhere else (learning with privileged information,
Vapnik and Izmailov 2015, Journal of Machine Learning Research 16:2023).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from genomodel.response.components import leave_one_out, ridge_penalties
from genomodel.response.similarity import gaussian, median_distance, unit_kernel

Array = npt.NDArray[np.float64]

LINEAR_WEIGHT = 3.0
GAUSSIAN_WEIGHT = 2.0
OWN_WEIGHT = 0.4
"""Weights of linear and Gaussian similarity in expression and of the model's own similarity, each of unit variance."""


def taught_scores(expression: Array, kernel: Array, scores: Array, share: float) -> Array:
    """Mix response scores of training lines with what expression says of each from all the others.

    Parameters
    ----------
    expression
        Shape (lines, genes); rows of NaN where not known.
    kernel
        Similarity of the lines in the model's own features, shape (lines, lines).
    scores
        Measured, shape (lines, components).
    share
        Of the expression's prediction in the result.

    Returns
    -------
    array of shape (lines, components)
        Unchanged for lines without expression. No line's own response enters what expression says of it.
    """
    known = ~np.isnan(expression).any(axis=1)
    if share == 0.0 or known.sum() < 2:
        return scores
    values = expression[known]
    spread = values.std(axis=0)
    values = (values - values.mean(axis=0)) * (spread > 0) / np.sqrt(max(float((values.var(axis=0)).sum()), 1e-12))
    similar = (
        LINEAR_WEIGHT * unit_kernel(values @ values.T)
        + GAUSSIAN_WEIGHT * unit_kernel(gaussian(values, values, median_distance(values)))
        + OWN_WEIGHT * unit_kernel(kernel[np.ix_(known, known)])
    )
    eigenvalues, vectors = np.linalg.eigh(similar)
    coordinates = vectors * np.sqrt(np.maximum(eigenvalues, 0.0))
    penalties = ridge_penalties(coordinates, scores[known])
    taught = scores.copy()
    told = leave_one_out(coordinates, scores[known], penalties)
    taught[known] = share * told + (1.0 - share) * scores[known]
    return taught
