"""Resamplings of the hotspot assay's limit: how often it holds, and how wide it is beside the ideal one.

In each stratum of depth and error the errors are learned anew from simulated flanking places, by the code that learns
them from reads, and an allele of known fraction is read with those errors.

*Coverage* is the share of resamplings whose limit is not below the true fraction, detected or not. It is told for a
fraction drawn anew each time, and at the fraction where the limit is most likely to fail: just above the ideal limit.
Beside them stands the least exact probability at any of 30 fractions, free of the
noise of drawing fragments.

*Ideal* is the exact one-sided 95 % limit of an observer who knows the rate of errors at that very place and counts the
same fragments (Clopper-Pearson on the counts, errors subtracted, never below the limit of no alternate fragment).
Nobody can do better without telling errors from variants read by read. The limit that there would be without any error
is given beside it: where depth times error exceeds one, no method reaches it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy import special

from genomodel.calls.hotspot_assay.errors import ErrorModel, Sites, site_factor
from genomodel.calls.hotspot_assay.limits import (
    Rates,
    binomial_limit,
    chance_of_errors,
    excluded_above,
    fewest_that_allow,
    known_error_limit,
)
from genomodel.calls.hotspot_assay.windows import KINDS

DEPTHS = (20, 50, 100, 250, 500, 1000, 2000, 5000)
ERRORS = (0.001, 0.003, 0.01)
"""Rates of each single alternate base, so that a place errs three times as often."""
FLANKS = 1500
FRACTIONS = 30
STRATA = np.array([[0.175, 0.175, 0.15], [0.175, 0.175, 0.15]])
"""Share of fragments by orientation and strand."""


@dataclass(frozen=True)
class Stratum:
    """What was measured at one depth and error."""

    depth: int
    error: float
    normal_depth: int
    site_spread: float
    resamplings: int
    coverage_drawn: float
    coverage_at_limit: float
    exact_worst: float
    limit: float
    ideal: float
    width: float
    error_free: float
    false_detections: float

    def as_row(self) -> dict[str, float | int]:
        """Return it for a table."""
        return asdict(self)


def _sites(rng: np.random.Generator, count: int, depth: int, rate: np.ndarray) -> Sites:
    """Draw fragments at places without variants; ``rate`` of shape (places, 3)."""
    codes = rng.integers(0, 4, (3, count))
    counts = np.zeros((count, 2, 3, KINDS), dtype=np.int64)
    of_kind = rng.multinomial(depth, STRATA.ravel(), size=count).reshape(count, 2, 3)
    left = of_kind.copy()
    for j in range(3):
        wrong = rng.binomial(of_kind, rate[:, j, None, None])
        alt = (codes[0] + 1 + j) % 4
        np.put_along_axis(counts, alt[:, None, None, None], wrong[..., None], axis=3)
        left -= wrong
    np.put_along_axis(counts, codes[0][:, None, None, None], np.maximum(left, 0)[..., None], axis=3)
    return Sites(codes[0], codes[1], codes[2], counts)


def _rates(rng: np.random.Generator, count: int, error: float, spread: float) -> np.ndarray:
    """Draw how often places err: all alike, or spread around the same mean."""
    if spread == 0:
        return np.full((count, 3), error)
    return error * rng.gamma(1 / spread, spread, (count, 3))


@dataclass
class _Draws:
    mean: list[float]
    spread: list[float]
    lost: list[float]
    true: list[float]

    def rates(self) -> Rates:
        return Rates(np.array(self.mean), np.array(self.spread), np.array(self.lost))


def _learn(rng: np.random.Generator, depth: int, error: float, n: int, normal: int, spread: float) -> _Draws:
    draws = _Draws([], [], [], [])
    for _ in range(n):
        flank_rates, own = _rates(rng, FLANKS, error, spread), _rates(rng, 1, error, spread)
        model = ErrorModel(_sites(rng, FLANKS, depth, flank_rates))
        place, factor = _sites(rng, 1, depth, own), None
        if normal:
            other = ErrorModel(_sites(rng, FLANKS, normal, flank_rates))
            same = _sites(rng, 1, normal, own)
            same = Sites(place.reference, place.before, place.after, _moved(same, place))
            factor = site_factor(other, same, model.spread)
        found = model.at(place, factor=factor)
        # Alternates stand in the order of their codes; the first one drawn is that of the next code.
        row = sorted((int(place.reference[0]) + 1 + j) % 4 for j in range(3)).index((int(place.reference[0]) + 1) % 4)
        draws.mean.append(float(found.mean[row]))
        draws.spread.append(float(found.spread[row]))
        draws.lost.append(float(found.lost[row]))
        draws.true.append(float(own[0, 0]))
    return draws


def _moved(site: Sites, place: Sites) -> np.ndarray:
    """Return the counts of a place as if its reference base were that of another."""
    turned = np.roll(site.counts[..., :4], int(place.reference[0] - site.reference[0]), axis=3)
    return np.concatenate([turned, site.counts[..., 4:]], axis=3)


def _exact(fraction: float, depth: int, rates: Rates, true: np.ndarray) -> float:
    """Return how probable it is, averaged over what was learned, that the limit is not below a fraction."""
    fewest = fewest_that_allow(fraction, depth, rates)
    share = fraction * (1 - 3 * true) + (1 - fraction) * true
    least = np.maximum(fewest, 1)
    return float(np.where(fewest > 0, special.betainc(least, depth - least + 1, share), 1.0).mean())


def resample(
    depth: int, error: float, n: int = 1000, seed: int = 1, *, normal: int = 0, spread: float = 0.0
) -> Stratum:
    """Measure one stratum.

    Parameters
    ----------
    depth, error
        Fragments at each place, and rate of each alternate base.
    n
        Resamplings.
    seed
        Same seed, same figures.
    normal
        Depth of a normal with the same places, 0 for none.
    spread
        Variance between places of a kind over the squared mean.
    """
    rng = np.random.default_rng([seed, depth, round(error * 1e4), normal, round(spread * 100)])
    draws = _learn(rng, depth, error, n, normal, spread)
    rates, true = draws.rates(), np.array(draws.true)

    def read(fraction: np.ndarray) -> np.ndarray:
        return rng.binomial(depth, np.minimum(fraction * (1 - 3 * true) + (1 - fraction) * true, 1.0))

    typical = float(known_error_limit([round(depth * error)], [depth], error)[0])
    drawn = np.exp(rng.uniform(np.log(typical / 10), np.log(min(0.9, typical * 4)), n))
    worst = np.full(n, min(0.99, typical * (1 + 1e-9)))
    depths = np.full(n, depth)
    covered = [float((excluded_above(read(f), depths, rates) >= f).mean()) for f in (drawn, worst)]
    exact = min(_exact(f, depth, rates, true) for f in np.geomspace(typical / 5, min(0.95, typical * 3), FRACTIONS))
    none = read(np.zeros(n))
    limits = excluded_above(none, depths, rates)
    ideal = np.array([known_error_limit([k], [depth], e)[0] for k, e in zip(none, true, strict=True)])
    false = float((chance_of_errors(none, depths, rates) < 1e-5).mean())
    return Stratum(
        depth, error, normal, spread, n, covered[0], covered[1], round(exact, 5), float(limits.mean()),
        float(ideal.mean()), round(float(limits.mean() / ideal.mean()), 4),
        float(binomial_limit([0], [depth])[0]), false,
    )  # fmt: skip
