"""Refit of substitution counts to reference signatures: non-negative least squares, sparse, with a bootstrap.

A tumor of a few hundred substitutions cannot tell seventy signatures apart: plain least squares spreads them over a
dozen. Signatures are therefore added one by one to those that nearly every tumor has, as long as each raises the log
likelihood of the counts by :data:`GAIN`, and taken out again where others make them needless (Blokzijl et al. 2018,
doi:10.1186/s13073-018-0539-0, refit by non-negative least squares; Díaz-Gay et al. 2023,
doi:10.1093/bioinformatics/btad756, add and remove, with SBS1 and SBS5 as background).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]
GAIN = 5.0
"""Natural logarithm of likelihood that one more signature has to bring; of those tried, it misplaced the least."""
TRIED = 8
"""Signatures that are tried at each step, those along which the likelihood rises most steeply."""
REPLICATES = 500
ROUNDS = 2
"""Fits with weights from the fit before: a count scatters by the root of what is expected."""
_LEAST_EXPECTED = 0.2
_MIXED_IN = 1e-3
"""Share of the flat spectrum that keeps a channel from being impossible."""


@dataclass(frozen=True)
class Refit:
    """Signatures that were fitted: their shares of the substitutions (sum 1), and the cosine of fit and counts."""

    members: tuple[int, ...]
    shares: Floats
    cosine: float


@dataclass(frozen=True)
class Dictionary:
    """Reference signatures, one a column, each of sum 1."""

    matrix: Floats
    """Channels by signatures."""
    background: tuple[int, ...] = ()
    """Columns that are always fitted."""

    @cached_property
    def size(self) -> int:
        """Number of signatures."""
        return int(self.matrix.shape[1])


def least_squares(matrix: Floats, counts: Floats) -> Floats:
    """Return non-negative exposures by least squares, weighted by what the fit expects.

    Parameters
    ----------
    matrix
        Channels by signatures.
    counts
        Substitutions by channel.
    """
    found = nnls(matrix, counts)[0]
    for _ in range(ROUNDS):
        weights = 1 / np.sqrt(np.maximum(matrix @ found, _LEAST_EXPECTED))
        found = nnls(matrix * weights[:, None], counts * weights)[0]
    return np.asarray(found, dtype=np.float64)


def log_likelihood(matrix: Floats, exposures: Floats, counts: Floats) -> float:
    """Return the natural logarithm of the multinomial likelihood of counts, less what does not depend on the fit."""
    return float(counts @ np.log(_spectrum(matrix, exposures)))


def _spectrum(matrix: Floats, exposures: Floats) -> Floats:
    expected = matrix @ exposures
    total = expected.sum()
    flat = 1 / len(expected)
    return np.asarray((1 - _MIXED_IN) * expected / total + _MIXED_IN * flat if total > 0 else np.full(96, flat))


@dataclass
class _State:
    dictionary: Dictionary
    counts: Floats
    members: list[int]
    exposures: Floats
    score: float

    @classmethod
    def of(cls, dictionary: Dictionary, counts: Floats, members: list[int]) -> _State:
        matrix = dictionary.matrix[:, members]
        exposures = least_squares(matrix, counts) if members else np.zeros(0)
        return cls(dictionary, counts, members, exposures, log_likelihood(matrix, exposures, counts))

    def with_one_more(self) -> _State | None:
        """Return the best fit with one more signature, ``None`` where none is left."""
        dictionary = self.dictionary
        spectrum = _spectrum(dictionary.matrix[:, self.members], self.exposures)
        slope = dictionary.matrix.T @ (self.counts / spectrum)
        slope[self.members] = -np.inf
        order = [int(index) for index in np.argsort(-slope, kind="stable")[:TRIED] if np.isfinite(slope[index])]
        fits = [_State.of(dictionary, self.counts, [*self.members, index]) for index in order]
        return max(fits, key=lambda fit: fit.score, default=None)

    def with_one_less(self) -> _State | None:
        """Return the best fit without one of its signatures, ``None`` where only the background is left."""
        removable = [index for index in self.members if index not in self.dictionary.background]
        fits = [
            _State.of(self.dictionary, self.counts, [other for other in self.members if other != index])
            for index in removable
        ]
        return max(fits, key=lambda fit: fit.score, default=None)


def refit(dictionary: Dictionary, counts: Floats) -> Refit:
    """Fit counts by as few signatures as explain them.

    Parameters
    ----------
    dictionary
        Reference signatures.
    counts
        Substitutions by channel, at least one.

    Returns
    -------
    Refit
        Signatures of an exposure above zero, greatest share first.
    """
    state = _State.of(dictionary, counts, list(dictionary.background))
    while (more := state.with_one_more()) is not None and more.score - state.score >= GAIN:
        state = more
        while (less := state.with_one_less()) is not None and state.score - less.score < GAIN:
            state = less
    total = state.exposures.sum()
    order = [index for index in np.argsort(-state.exposures, kind="stable") if state.exposures[index] > 0]
    expected = dictionary.matrix[:, state.members] @ state.exposures
    return Refit(
        members=tuple(state.members[index] for index in order),
        shares=state.exposures[order] / total if total > 0 else state.exposures[order],
        cosine=cosine(expected, counts),
    )


def cosine(one: Floats, other: Floats) -> float:
    """Return the cosine similarity of two spectra, 0 where one is empty."""
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length > 0 else 0.0


def bootstrap(dictionary: Dictionary, counts: Floats, *, seed: int, replicates: int = REPLICATES) -> Floats:
    """Refit counts that are drawn again from those seen, each time with its own choice of signatures.

    Returns
    -------
    ndarray
        Shares, replicates by signatures of the dictionary.
    """
    rng = np.random.default_rng(seed)
    total = int(counts.sum())
    draws = rng.multinomial(total, counts / counts.sum(), size=replicates)
    shares = np.zeros((replicates, dictionary.size))
    for row, drawn in zip(shares, draws, strict=True):
        found = refit(dictionary, drawn.astype(np.float64))
        row[list(found.members)] = found.shares
    return shares


def interval(shares: Floats, members: Sequence[int]) -> Floats:
    """Return the 2.5 % and 97.5 % points of bootstrap shares, one row for each of the signatures ``members``."""
    return np.asarray(np.quantile(shares[:, list(members)], (0.025, 0.975), axis=0).T)
