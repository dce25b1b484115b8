"""Refit of substitution counts to reference signatures: non-negative least squares, sparse, with a bootstrap.

A tumor of a few hundred substitutions cannot tell seventy signatures apart: plain least squares spreads them over a
dozen. The signatures are chosen by a search from those on that nearly every tumor has: one is added or left out, of all
there are, as long as the log likelihood of the counts less a price for each signature rises. Refits by non-negative
least squares: Blokzijl et al. 2018, doi:10.1186/s13073-018-0539-0; adding and removing, with SBS1 and SBS5 as
background: Díaz-Gay et al. 2023, doi:10.1093/bioinformatics/btad756.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GAIN = 5.0
"""Natural logarithm of likelihood that one more signature has to bring; of those tried, it misplaced the least."""
GAIN_PER_SUBSTITUTION = 0.002
"""The same for each substitution, where that is more: the reference spectra are no more exact than this."""
REPLICATES = 200
ROUNDS = 2
"""Fits with weights from the fit before: a count scatters by the root of what is expected."""
_LEAST_EXPECTED = 0.2
_MIXED_IN = 1e-3
"""Share of the flat spectrum that keeps a channel from being impossible."""
_SLACK = 1e-6

Members = tuple[int, ...]


@dataclass(frozen=True)
class Refit:
    """Signatures that were fitted: their shares of the substitutions (sum 1), and the cosine of fit and counts."""

    members: Members
    shares: Floats
    cosine: float


@dataclass(frozen=True)
class Dictionary:
    """Reference signatures, one a column, each of sum 1."""

    matrix: Floats
    """Shape (channels, signatures): the share of each channel in the substitutions of a signature."""
    background: Members = ()
    """Columns that are fitted at no price."""

    @cached_property
    def size(self) -> int:
        """Number of signatures."""
        return int(self.matrix.shape[1])


def least_squares(matrix: Floats, counts: Floats) -> Floats:
    """Return non-negative exposures by least squares, weighted by what the fit expects.

    Parameters
    ----------
    matrix
        Shape (channels, signatures), columns of sum 1.
    counts
        Shape (channels,): numbers of substitutions.

    Returns
    -------
    ndarray
        Shape (signatures,): substitutions that each signature accounts for.
    """
    from scipy.optimize import nnls  # noqa: PLC0415  slow to import, and few runs come here

    found = nnls(matrix, counts)[0]
    for _ in range(ROUNDS):
        weights = _weights(matrix @ found)
        found = nnls(matrix * weights[:, None], counts * weights)[0]
    return np.asarray(found, dtype=np.float64)


def _weights(expected: Floats) -> Floats:
    return np.asarray(1 / np.sqrt(np.maximum(expected, _LEAST_EXPECTED)))


def log_likelihood(expected: Floats, counts: Floats) -> float:
    """Return the natural logarithm of the multinomial likelihood of counts, less what does not depend on the fit.

    Parameters
    ----------
    expected, counts
        Shape (channels,): substitutions that a fit expects, of any sum, and those seen.
    """
    total, flat = expected.sum(), 1 / len(expected)
    if total <= 0:
        return float(counts.sum() * np.log(flat))
    return float(counts @ np.log((1 - _MIXED_IN) / total * expected + _MIXED_IN * flat))


@dataclass
class _Search:
    """The choice of signatures for one tumor."""

    dictionary: Dictionary
    counts: Floats

    def __post_init__(self) -> None:
        self.price = max(GAIN, GAIN_PER_SUBSTITUTION * float(self.counts.sum()))

    def prices(self, members: Members) -> float:
        """Return what the signatures cost together."""
        return self.price * sum(member not in self.dictionary.background for member in members)

    def fit(self, members: Members) -> tuple[float, Floats]:
        """Return the score of a choice and its exposures."""
        matrix = self.dictionary.matrix[:, list(members)]
        exposures = least_squares(matrix, self.counts) if members else np.zeros(0)
        return log_likelihood(matrix @ exposures, self.counts) - self.prices(members), exposures

    def best(self, members: Members) -> tuple[Members, Floats]:
        """Search on from a choice until nothing raises the score."""
        score, exposures = self.fit(members)
        while (choice := self._screened(members, exposures)) is not None:
            found, refitted = self.fit(choice)
            if found <= score + _SLACK:
                break
            members, score, exposures = choice, found, refitted
        return members, exposures

    def _screened(self, members: Members, exposures: Floats) -> Members | None:
        """Return the best of the next choices by one fit each, with the weights of the present one."""
        from scipy.optimize import nnls  # noqa: PLC0415  slow to import, and few runs come here

        weights = _weights(self.dictionary.matrix[:, list(members)] @ exposures)
        matrix, counts = self.dictionary.matrix * weights[:, None], self.counts * weights
        best, chosen = -np.inf, None
        for move in self._moves(members):
            columns = list(move)
            if not columns:
                continue
            expected = self.dictionary.matrix[:, columns] @ nnls(matrix[:, columns], counts)[0]
            score = log_likelihood(expected, self.counts) - self.prices(move)
            if score > best:
                best, chosen = score, move
        return chosen

    def _moves(self, members: Members) -> Iterator[Members]:
        """Yield each signature added, and each left out that is no background.

        All are tried, not those alone along which the likelihood rises: where SBS8, SBS39 and SBS5 already stand for
        SBS3, it does not rise towards SBS3 at first.
        """
        for index in range(self.dictionary.size):
            if index not in members:
                yield tuple(sorted((*members, index)))
        for one in members:
            if one not in self.dictionary.background:
                yield tuple(member for member in members if member != one)


def refit(dictionary: Dictionary, counts: Floats, start: Members = ()) -> Refit:
    """Fit counts by as few signatures as explain them.

    Parameters
    ----------
    dictionary
        Reference signatures.
    counts
        Shape (channels,): numbers of substitutions, at least one in all.
    start
        Signatures that the search begins with, beside the background.

    Returns
    -------
    Refit
        Signatures of an exposure above zero, greatest share first.
    """
    search = _Search(dictionary, counts)
    members, exposures = search.best(tuple(sorted({*dictionary.background, *start})))
    total = exposures.sum()
    order = [index for index in np.argsort(-exposures, kind="stable") if exposures[index] > 0]
    expected = dictionary.matrix[:, list(members)] @ exposures
    return Refit(
        members=tuple(members[index] for index in order),
        shares=exposures[order] / total if total > 0 else exposures[order],
        cosine=cosine(expected, counts),
    )


def cosine(one: Floats, other: Floats) -> float:
    """Return the cosine similarity, 0 to 1, of two spectra of shape (channels,); 0 where one is empty."""
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length > 0 else 0.0


def bootstrap(dictionary: Dictionary, counts: Floats, *, seed: int, replicates: int = REPLICATES) -> Floats:
    """Refit counts that are drawn again from those seen (multinomial), each time with its own choice of signatures.

    Parameters
    ----------
    dictionary
        Reference signatures.
    counts
        Shape (channels,): numbers of substitutions, at least one in all.
    seed
        Of the draws.
    replicates
        How often counts are drawn.

    Returns
    -------
    ndarray
        Shape (replicates, signatures): shares of the substitutions, 0 to 1, each row of sum 1.
    """
    rng = np.random.default_rng(seed)
    total = int(counts.sum())
    draws = rng.multinomial(total, counts / counts.sum(), size=replicates)
    shares = np.zeros((replicates, dictionary.size))
    start = refit(dictionary, counts).members
    for row, drawn in zip(shares, draws, strict=True):
        found = refit(dictionary, drawn.astype(np.float64), start)
        row[list(found.members)] = found.shares
    return shares


def interval(shares: Floats, members: Sequence[int]) -> Floats:
    """Return the 2.5 % and 97.5 % points of bootstrap shares.

    Parameters
    ----------
    shares
        Shape (replicates, signatures), as :func:`bootstrap` returns them.
    members
        Signatures whose interval is asked for.

    Returns
    -------
    ndarray
        Shape (members, 2).
    """
    return np.asarray(np.quantile(shares[:, list(members)], (0.025, 0.975), axis=0).T)
