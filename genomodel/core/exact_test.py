"""Fisher's exact test, whose one table at a time does not pay for the import of scipy's statistics."""

from __future__ import annotations

import math


def fisher(a: int, b: int, c: int, d: int) -> float:
    """Return the two-sided p of Fisher's exact test for a table of two rows, ``a b`` and ``c d``."""
    row, column, total = a + b, a + c, a + b + c + d

    def log_chance(x: int) -> float:
        return _log_choose(column, x) + _log_choose(total - column, row - x) - _log_choose(total, row)

    own = log_chance(a)
    low, high = max(0, row + column - total), min(row, column)
    return min(
        1.0, math.fsum(math.exp(chance) for chance in map(log_chance, range(low, high + 1)) if chance <= own + 1e-7)
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
