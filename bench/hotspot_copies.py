"""Limits where fragments are copies of few molecules, as those of amplicons without identifiers are.

Of the molecules a binomial number carries the variant; the fragments show it at that share, beside errors. *Coverage*
is the least probability, over true fractions, that the limit is not below the true one, computed exactly; *plain* is
that of the limit that takes every fragment for a molecule. *Width* is the mean limit without a variant over the
ideal: that of the molecules, or of the fragments with a known rate of errors, whichever is larger.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import special, stats

from genomodel.calls.hotspot_assay.limits import Rates, binomial_limit, excluded_above, known_error_limit
from genomodel.calls.hotspot_assay.molecules import excluded_by_copies

DEPTHS, MOLECULES = (500, 2000, 20_000), (20, 100, 500, 3000, 30_000)
ERROR, SPREAD = 1e-3, 0.1
"""Rate of errors, and its deviation over the mean as places of a sample tell it."""
MULTIPLES = (1.0, 1.15, 1.3, 1.6, 2.0, 3.0)
"""True fractions, as multiples of the ideal limit."""
DRAWN = 300
RATES = Rates(*(np.array([value]) for value in (ERROR, SPREAD, ERROR)))


def _plain(alt: int, depth: int) -> float:
    return float(excluded_above([alt], [depth], RATES)[0])


def limit_of_copies(alt: int, depth: int, molecules: int) -> float:
    """Return the limit of a count of fragments that are copies of so many molecules."""
    found = excluded_by_copies(np.array([float(alt)]), np.array([float(depth)]), RATES, np.array([float(molecules)]))
    return max(float(found[0]), _plain(alt, depth))


def coverage(limit_of: Callable[[int], float], depth: int, molecules: int, fraction: float) -> float:
    """Return the probability of a count whose limit is not below the true fraction; limits rise with the count."""
    low, high = -1, depth
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if limit_of(middle) < fraction else (low, middle)
    if low < 0:
        return 1.0
    carriers = np.arange(molecules + 1)
    shown = ERROR + carriers / molecules * (1 - 2 * ERROR)
    missed = stats.binom.pmf(carriers, molecules, fraction) * special.bdtr(float(low), depth, shown)
    return float(1 - missed.sum())


def copies_strata(n: int = DRAWN) -> list[dict[str, float]]:
    """Measure every stratum; ``n`` counts are drawn for the mean limit."""
    rows = []
    for depth in DEPTHS:
        for molecules in MOLECULES:
            none = np.random.default_rng([depth, molecules]).binomial(depth, ERROR, n)
            fragments = float(known_error_limit(none, np.full(n, depth), ERROR).mean())
            ideal = max(fragments, float(binomial_limit([0], [molecules])[0]))
            told = {alt: limit_of_copies(alt, depth, molecules) for alt in np.unique(none).tolist()}
            limit = float(np.mean([told[alt] for alt in none.tolist()]))
            truths = [min(0.9, ideal * multiple) for multiple in MULTIPLES]
            least = min(
                coverage(partial(limit_of_copies, depth=depth, molecules=molecules), depth, molecules, f)
                for f in truths
            )
            plain = min(coverage(partial(_plain, depth=depth), depth, molecules, f) for f in truths)
            rows.append(
                {
                    "depth": depth, "molecules": molecules, "limit": round(limit, 6), "width": round(limit / ideal, 3),
                    "least_coverage": round(least, 4), "plain": round(plain, 4),
                }
            )  # fmt: skip
    return rows
