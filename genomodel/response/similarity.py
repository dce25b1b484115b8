"""The similarity of lines: a linear and a Gaussian part, in one basis for the Lightning module. numpy only.

The linear part keeps every path from a feature to a drug explicit. The Gaussian part lets alterations that occur
together count otherwise than each alone. A prediction is ``k(x) @ dual``, with ``k`` the similarity to the training
lines, so that the linear part can be read out as one weight for each feature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SMALLEST_EIGENVALUE = 1e-5
"""Directions with less than this share of the largest eigenvalue are left out."""
QUADRATURE_NODES = 12


def squared_distances(left: Array, right: Array) -> Array:
    """Squared Euclidean distances between the rows of two arrays, shape (left rows, right rows)."""
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None] - 2.0 * left @ right.T
    return np.asarray(np.maximum(squares, 0.0))


def median_distance(inputs: Array) -> float:
    """Median squared distance between two lines: the bandwidth of the Gaussian part."""
    distances = squared_distances(inputs, inputs)
    middle = float(np.median(distances[np.triu_indices(len(inputs), 1)])) if len(inputs) > 1 else 1.0
    return middle if middle > 0 else 1.0


def gaussian(inputs: Array, lines: Array, bandwidth: float) -> Array:
    """Gaussian similarity, 1 for the same input and towards 0 for unlike ones, shape (inputs, lines)."""
    return np.asarray(np.exp(-squared_distances(inputs, lines) / bandwidth))


def centered(kernel: Array) -> Array:
    """Return a square kernel as if the mean of all lines were subtracted from each in the space of its features."""
    means = kernel.mean(axis=0)
    return np.asarray(kernel - means[None] - means[:, None] + means.mean())


def unit_kernel(kernel: Array) -> Array:
    """Return a kernel centered and with a mean diagonal of 1."""
    middle = centered(kernel)
    return np.asarray(middle / max(float(np.diag(middle).mean()), 1e-12))


@dataclass(frozen=True)
class KernelBasis:
    """An orthogonal basis in which ridge regression on the similarity is ridge regression on coordinates."""

    lines: Array
    """Encoded training lines, shape (lines, features)."""
    bandwidth: float
    gaussian_scale: float
    """Weight of the Gaussian part beside the linear one."""
    kernel: Array
    """Centered similarity of the training lines, shape (lines, lines)."""
    projection: Array
    """Shape (lines, directions): from centered similarities to coordinates."""
    means: Array
    """Mean similarity to each training line, shape (lines,)."""

    def coordinates(self, inputs: Array) -> Array:
        """Return the coordinates of encoded inputs, shape (inputs, directions)."""
        similar = inputs @ self.lines.T
        if self.gaussian_scale:
            similar = similar + self.gaussian_scale * gaussian(inputs, self.lines, self.bandwidth)
        middle = similar - similar.mean(axis=1, keepdims=True) - self.means + self.means.mean()
        return np.asarray(middle @ self.projection)

    def dual(self, weights: Array) -> tuple[Array, Array]:
        """Turn weights on the coordinates into weights on the lines.

        Parameters
        ----------
        weights
            Shape (directions, components).

        Returns
        -------
        tuple
            Dual weights of shape (lines, components), which sum to 0 over lines, and what is to be subtracted, of shape
            (components,): ``coordinates(x) @ weights`` is ``similarity(x) @ dual - subtracted``.
        """
        raw = self.projection @ weights
        dual = raw - raw.mean(axis=0)
        return dual, self.means @ dual


def kernel_basis(lines: Array, bandwidth: float, gaussian_weight: float) -> KernelBasis:
    """Build the basis on encoded training lines.

    Parameters
    ----------
    lines
        Shape (lines, features).
    bandwidth
        Squared distance at which the Gaussian similarity has fallen to 1/e.
    gaussian_weight
        Variance of the Gaussian part in units of that of the linear part; 0 leaves it out.
    """
    linear = lines @ lines.T
    scale, total = 0.0, linear
    if gaussian_weight:
        near = gaussian(lines, lines, bandwidth)
        spread = float(np.diag(centered(near)).mean())
        # Lines that are all alike have no spread to set in proportion.
        scale = gaussian_weight * float(np.diag(centered(linear)).mean() / spread) if spread > 0 else 0.0
        total = linear + scale * near
    kernel = centered(total)
    eigenvalues, vectors = np.linalg.eigh(kernel)
    kept = eigenvalues > SMALLEST_EIGENVALUE * eigenvalues[-1]
    order = np.flatnonzero(kept)[::-1]
    projection = vectors[:, order] / np.sqrt(eigenvalues[order])
    strongest = projection[np.abs(projection).argmax(axis=0), np.arange(projection.shape[1])]
    return KernelBasis(lines, bandwidth, scale, kernel, projection * np.sign(strongest), total.mean(axis=0))


def similarity_shares(
    start: Array, steps: Array, lines: Array, bandwidth: float, weights: Array
) -> tuple[Array, Array]:
    """Split the change of a Gaussian part along the straight way from one input to another.

    Integrated gradients (Sundararajan, Taly and Yan 2017, arXiv:1703.01365) for ``gaussian(x, lines) @ weights``, whose
    gradient is known in closed form; the integral by Gauss-Legendre quadrature.

    Parameters
    ----------
    start
        Encoded input where the way begins, shape (features,).
    steps
        What is added to it by each of several causes, shape (causes, features); all together lead to the end.
    lines, bandwidth
        As in :func:`gaussian`.
    weights
        Shape (lines, drugs).

    Returns
    -------
    tuple
        Value at the start, shape (drugs,), and the share of each cause, shape (causes, drugs). The shares sum to the
        change from start to end, to the precision of the quadrature (better than 1e-9 here).
    """
    way = steps.sum(axis=0)
    ends = np.vstack([start, way, steps])
    onto_lines, onto_steps = lines @ ends.T, ends @ ends.T
    norms = np.einsum("ij,ij->i", lines, lines)
    squared = np.maximum(norms - 2.0 * onto_lines[:, 0] + onto_steps[0, 0], 0.0)
    slope, length = onto_steps[0, 1] - onto_lines[:, 1], float(onto_steps[1, 1])
    along_start, along_way = onto_steps[0, 2:] - onto_lines[:, 2:], onto_steps[1, 2:]
    nodes, node_weights = np.polynomial.legendre.leggauss(QUADRATURE_NODES)
    # The gradient is linear in the node but for the similarity: two sums over nodes, and one product with the weights.
    constant, rising = np.zeros(len(lines)), np.zeros(len(lines))
    for node, node_weight in zip((nodes + 1) / 2, node_weights / 2, strict=True):
        similar = node_weight * np.exp(-(squared + 2 * node * slope + node**2 * length) / bandwidth)
        constant += similar
        rising += node * similar
    gradient = constant[:, None] * along_start + rising[:, None] * along_way
    at_start = np.exp(-squared / bandwidth) @ weights
    shares = (-2.0 / bandwidth) * (gradient.T @ weights)
    return np.asarray(at_start), np.asarray(shares)
