"""From the codes that are met to those that count, the sum of their points, and the class.

The standard says of pairs of codes that one cannot be used where the other is, so that one observation counts once. Of
the sets without such a pair the one with the most points counts. Taken literally, a variant with functional studies and
a hotspot (8 points) would fall to 4 as soon as somebody else calls it oncogenic: more evidence, less certainty. So no
evidence for a variant can lower its points, and none against can raise them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from genomodel.core.oncogenicity import OncogenicityClass
from genomodel.interpretation.oncogenicity.codes import codes

LEAST_POINTS = (
    (10, OncogenicityClass.ONCOGENIC),
    (6, OncogenicityClass.LIKELY_ONCOGENIC),
    (0, OncogenicityClass.UNCERTAIN),
    (-6, OncogenicityClass.LIKELY_BENIGN),
)
"""Class by the least sum of points, the standard's own: 10 or more, 6 to 9, 0 to 5, -1 to -6, -7 or less."""

Met = tuple[tuple[str, int], ...]
"""Codes that are met with their points, in the order of the table."""


def class_of(points: int) -> OncogenicityClass:
    """Return the class of a sum of points."""
    return next((name for least, name in LEAST_POINTS if points >= least), OncogenicityClass.BENIGN)


@lru_cache(maxsize=4096)
def counted(found: Met) -> frozenset[str]:
    """Return those of the codes that count: no two that exclude each other, with the most weight.

    Of sets of equal weight the one with the codes that come first in the table counts.
    """
    pairs = {frozenset((code.code, other)) for code in codes() for other in code.not_with}
    names = [name for name, _ in found]
    free = [name for name in names if not any(frozenset((name, other)) in pairs for other in names)]
    bound = [(name, abs(points)) for name, points in found if name not in free]
    best: tuple[int, tuple[str, ...]] = (0, ())
    for size in range(len(bound), 0, -1):
        for chosen in combinations(bound, size):
            inside = [name for name, _ in chosen]
            weight = sum(points for _, points in chosen)
            if weight > best[0] and not any(frozenset(pair) in pairs for pair in combinations(inside, 2)):
                best = (weight, tuple(inside))
    return frozenset((*free, *best[1]))


def rivals(name: str, among: frozenset[str]) -> tuple[str, ...]:
    """Return the codes of a set that exclude a code."""
    own = {code.code: code.not_with for code in codes()}
    return tuple(other.code for other in codes() if other.code in among and _exclude(name, other.code, own))


def _exclude(one: str, other: str, not_with: dict[str, tuple[str, ...]]) -> bool:
    return other in not_with[one] or one in not_with[other]
