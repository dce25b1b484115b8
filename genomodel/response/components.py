"""Directions in which drugs respond together, and how strongly each is to be shrunk. numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

FILL_RANK = 12
FILL_ROUNDS = 20
FILL_SHRINK = 0.9
PENALTIES = np.exp(np.linspace(np.log(1.0), np.log(5000.0), 25))


@dataclass(frozen=True)
class ResponseComponents:
    """Principal components of standardised responses: ``z ≈ scores @ loadings``."""

    mean: Array
    """Shape (drugs,): mean ln IC50 of the training lines."""
    deviation: Array
    loadings: Array
    """Shape (components, drugs), orthonormal rows."""
    scores: Array
    """Shape (lines, components)."""

    def standardise(self, ln_ic50: Array) -> Array:
        """Return responses as deviations from the drug's mean in units of its deviation."""
        return np.asarray((ln_ic50 - self.mean) / self.deviation)


def fit_components(ln_ic50: Array, n_components: int) -> ResponseComponents:
    """Find the components of a response matrix with gaps.

    Gaps are filled by repeated low-rank approximation, shrunk towards the drug's mean.

    Parameters
    ----------
    ln_ic50
        Shape (lines, drugs), NaN where not measured.
    n_components
        Number of components kept.
    """
    mean = np.nanmean(ln_ic50, axis=0)
    deviation = np.nanstd(ln_ic50, axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    z = (ln_ic50 - mean) / deviation
    gaps = np.isnan(z)
    filled = np.where(gaps, 0.0, z)
    rank = min(FILL_RANK, *filled.shape)
    for _ in range(FILL_ROUNDS):
        basis = _leading(filled, rank)
        filled = np.where(gaps, FILL_SHRINK * (filled @ basis.T @ basis), z)
    loadings = _leading(filled, min(n_components, *filled.shape))
    return ResponseComponents(mean, deviation, loadings, filled @ loadings.T)


def _leading(matrix: Array, rank: int) -> Array:
    """Leading right singular vectors, shape (rank, columns), with a fixed sign."""
    gram = matrix.T @ matrix if matrix.shape[1] <= matrix.shape[0] else matrix @ matrix.T
    vectors = np.linalg.eigh(gram)[1][:, ::-1][:, :rank]
    right = vectors.T if matrix.shape[1] <= matrix.shape[0] else vectors.T @ matrix
    right = right / np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-12)
    signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
    return np.asarray(right * np.where(signs == 0, 1.0, signs)[:, None])


def ridge_penalties(inputs: Array, scores: Array) -> Array:
    """Choose a ridge penalty for each component by generalised cross-validation on the training lines.

    Golub, Heath and Wahba 1979, doi:10.1080/00401706.1979.10489751.

    Parameters
    ----------
    inputs
        Shape (lines, features).
    scores
        Shape (lines, components).

    Returns
    -------
    array of shape (components,)
    """
    eigenvalues, vectors = np.linalg.eigh(inputs @ inputs.T)
    eigenvalues = np.maximum(eigenvalues, 0.0)
    rotated = vectors.T @ scores
    shrink = eigenvalues / (eigenvalues + PENALTIES[:, None])
    residual = ((1.0 - shrink) ** 2) @ (rotated**2)
    freedom = 1.0 - shrink.sum(axis=1) / len(inputs)
    return np.asarray(PENALTIES[(residual / freedom[:, None] ** 2).argmin(axis=0)])


def ridge_weights(inputs: Array, scores: Array, penalties: Array) -> Array:
    """Solve the ridge regression of each component with its own penalty.

    Returns
    -------
    array of shape (features, components)
    """
    eigenvalues, vectors = np.linalg.eigh(inputs @ inputs.T)
    dual = vectors @ ((vectors.T @ scores) / (np.maximum(eigenvalues, 0.0)[:, None] + penalties))
    return np.asarray(inputs.T @ dual)


def leave_one_out(inputs: Array, scores: Array, penalties: Array) -> Array:
    """Predict every line by ridge regressions fitted on all the others, in closed form.

    Parameters and shapes as in :func:`ridge_weights`; the result has the shape of ``scores``.
    """
    eigenvalues, vectors = np.linalg.eigh(inputs @ inputs.T)
    eigenvalues = np.maximum(eigenvalues, 0.0)
    shrink = eigenvalues[:, None] / (eigenvalues[:, None] + penalties)
    fitted = vectors @ (shrink * (vectors.T @ scores))
    leverage = (vectors**2) @ shrink
    return np.asarray(scores - (scores - fitted) / np.maximum(1.0 - leverage, 1e-9))
