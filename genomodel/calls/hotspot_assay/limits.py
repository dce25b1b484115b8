"""Exact limits, intervals and tests of fragment counts, where some fragments may be errors.

Of ``n`` fragments ``k`` show an allele. Each does so with probability ``e + f (1 - e - d)``: ``f`` is the allele
fraction, ``e`` the rate of errors that make it out of the reference, ``d`` the share of true ones that errors turn into
something else. ``e`` is known up to a beta distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
SPENT = 0.04
"""Chance of a limit that is too low when the rate of errors has the distribution it is held to have; the hundredth that
is left of 5 % pays for that distribution being an estimate itself."""

LARGEST_LIMIT = 0.25
"""Limit above which a negative says nothing: a heterozygous variant of every cell of a tumor of half the cells, which
is an allele fraction of 25 %, would go unseen."""

NODES = 32
"""Points of equal probability that stand for the distribution of the rate of errors."""
STEPS = 16
"""Halvings of the stretch that holds the limit: what is left of it is taken from above."""
LEAST_KEPT = 0.05
_MIDDLES = (np.arange(NODES) + 0.5) / NODES


@dataclass(frozen=True)
class Rates:
    """Rates of errors, one for each allele that is asked about.

    Attributes
    ----------
    mean
        Expected rate per fragment, shape (alleles,).
    spread
        Standard deviation of the rate over its mean, shape (alleles,).
    lost
        Share of true alternate fragments that errors hide, shape (alleles,).
    """

    mean: Floats
    spread: Floats
    lost: Floats

    def take(self, rows: npt.NDArray[np.intp]) -> Rates:
        """Return the rates of some alleles."""
        return Rates(self.mean[rows], self.spread[rows], self.lost[rows])

    def shapes(self) -> tuple[Floats, Floats]:
        """Return both parameters of the beta distributions with these means and spreads."""
        mean = np.clip(self.mean, 1e-9, 0.9)
        relative = np.maximum(self.spread, 1e-3) ** 2
        total = np.maximum((1 - mean) / (mean * relative) - 1, 1e-3)
        return mean * total, (1 - mean) * total


def binomial_limit(alt: npt.ArrayLike, depth: npt.ArrayLike, spent: float = 1 - CONFIDENCE) -> Floats:
    """Return the largest share at which seeing this few alternate fragments still has probability ``spent``.

    The one-sided limit of Clopper and Pearson (1934, doi:10.1093/biomet/26.4.404).
    """
    k, n = np.broadcast_arrays(np.asarray(alt, dtype=np.float64), np.asarray(depth, dtype=np.float64))
    inside = k < n
    return np.where(inside, special.betaincinv(k + 1, np.where(inside, n - k, 1.0), 1 - spent), 1.0)


def fraction_interval(alt: int, depth: int) -> tuple[float, float]:
    """Return the two-sided 95 % interval of a share, after Clopper and Pearson."""
    half = (1 - CONFIDENCE) / 2
    low = float(special.betaincinv(alt, depth - alt + 1, half)) if alt else 0.0
    return low, float(binomial_limit(alt, depth, half))


def excluded_above(alt: npt.ArrayLike, depth: npt.ArrayLike, rates: Rates) -> Floats:
    """Return the allele fractions above which so few alternate fragments have a probability below 5 %.

    The probability is that of the binomial, averaged over the distribution of the rate of errors. The limit is never
    below that of no alternate fragment at all: fewer errors than expected are no evidence against a variant.

    Parameters
    ----------
    alt, depth
        Fragments with the allele and fragments in all, shape (alleles,).
    rates
        Errors of each allele.

    Returns
    -------
    array of float
        Allele fractions, 1 where there are no fragments; shape (alleles,).
    """
    k = np.atleast_1d(np.asarray(alt, dtype=np.float64))
    n = np.atleast_1d(np.asarray(depth, dtype=np.float64))
    limit = binomial_limit(np.zeros(len(k)), n, SPENT) / np.maximum(1 - rates.lost, LEAST_KEPT)
    rows = np.flatnonzero((k > 0) & (k < n))
    if len(rows):
        limit[rows] = np.maximum(limit[rows], _solved(k[rows], n[rows], rates.take(rows)))
    return np.asarray(np.where(k >= n, 1.0, np.minimum(limit, 1.0)), dtype=np.float64)


def _solved(k: Floats, n: Floats, rates: Rates) -> Floats:
    """Return the fraction at which so few alternate fragments have the probability :data:`SPENT`, from above."""
    nodes = rate_nodes(rates)
    low = np.zeros(len(k))
    high = np.minimum(1.0, binomial_limit(k, n, SPENT) / np.maximum(1 - nodes.max(axis=1) - rates.lost, LEAST_KEPT))
    for _ in range(STEPS):
        middle = (low + high) / 2
        likely = as_few(k, n, middle, rates, nodes) > SPENT
        low, high = np.where(likely, middle, low), np.where(likely, high, middle)
    return np.asarray(high, dtype=np.float64)


def fewest_that_allow(fraction: float, depth: int, rates: Rates) -> npt.NDArray[np.int64]:
    """Return the fewest alternate fragments whose limit is not below a fraction, for each of several rates."""
    nodes, size = rate_nodes(rates), len(rates.mean)
    n, f = np.full(size, float(depth)), np.full(size, fraction)
    none = binomial_limit(np.zeros(size), n, SPENT) / np.maximum(1 - rates.lost, LEAST_KEPT)
    low, high = np.full(size, -1, dtype=np.int64), np.full(size, depth, dtype=np.int64)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        allows = as_few(middle.astype(np.float64), n, f, rates, nodes) > SPENT
        low, high = np.where(allows, low, middle), np.where(allows, middle, high)
    return np.asarray(np.where(none >= fraction, 0, high), dtype=np.int64)


def rate_nodes(rates: Rates) -> Floats:
    """Return rates of equal probability that stand for each distribution, shape (alleles, nodes)."""
    first, second = rates.shapes()
    return np.asarray(special.betaincinv(first[:, None], second[:, None], _MIDDLES[None, :]), dtype=np.float64)


def as_few(alt: Floats, depth: Floats, fraction: Floats, rates: Rates, nodes: Floats) -> Floats:
    """Return the probability of as few alternate fragments or fewer at an allele fraction."""
    kept = np.maximum(1 - nodes - rates.lost[:, None], LEAST_KEPT)
    share = np.minimum(nodes + fraction[:, None] * kept, 1.0)
    return np.asarray(
        special.betainc((depth - alt)[:, None], alt[:, None] + 1, 1 - share).mean(axis=1), dtype=np.float64
    )


def known_error_limit(alt: npt.ArrayLike, depth: npt.ArrayLike, error: float) -> Floats:
    """Return the limit of an observer who knows the rate of errors exactly, the best there is on the same counts."""
    share = binomial_limit(alt, depth)
    none = binomial_limit(np.zeros(np.shape(alt)), depth)
    return np.asarray(np.maximum((share - error) / (1 - error), none), dtype=np.float64)


def chance_of_errors(alt: npt.ArrayLike, depth: npt.ArrayLike, rates: Rates) -> Floats:
    """Return the probability that errors alone show an allele in as many fragments or more.

    The tail of the beta-binomial distribution; 1 where no more are seen than errors make on average.
    """
    k = np.atleast_1d(np.asarray(alt, dtype=np.int64))
    n = np.atleast_1d(np.asarray(depth, dtype=np.int64))
    first, second = rates.shapes()
    result = np.ones(len(k))
    for i in np.flatnonzero((k > 0) & (k > n * rates.mean)):
        result[i] = _tail(int(k[i]), int(n[i]), float(first[i]), float(second[i]))
    return result


def _tail(k: int, n: int, first: float, second: float) -> float:
    seen = np.arange(k, n + 1, dtype=np.float64)
    choices = special.gammaln(n + 1) - special.gammaln(seen + 1) - special.gammaln(n - seen + 1)
    logs = choices + special.betaln(seen + first, n - seen + second) - special.betaln(first, second)
    return float(min(1.0, np.exp(logs).sum()))
