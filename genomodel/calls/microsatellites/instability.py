"""Whether the lengths of a repeat in the tumor are more than the patient's alleles and slippage.

Lengths are sorted into the patient's alleles and the rest. The share of the rest is slippage, in the normal as in the
tumor, and in the tumor also what is new. Shares of the alleles themselves are not compared: loss of one of them moves
these in stable tumors too. A tumor's library may slip somewhat more at a site than the normal's; however deep the
reads, the expected share is therefore never held for known better than :data:`KNOWN_AS_IF` fragments would tell it, and
where the tumor's library slips more at most sites (formalin, other cycles of PCR), it is expected to do so at each.
The test is the exact upper tail of the beta-binomial distribution, for lengths off every allele, and for lengths two
units and more off, where slippage seldom reaches; each at half of :data:`ALPHA`.

The score is a share of sites, so what is held is the rate of false sites, one in a thousand and thus far below every
cutoff, not the chance of any false site among all.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln

from genomodel.calls.microsatellites.lengths import Lengths

ALPHA = 0.001
KNOWN_AS_IF = 100.0
ALLELE_SHARE = 0.5
"""Share of the most frequent length's fragments from which another length of a normal is taken for its other allele."""

OF_UNCHANGED = 1 / 3
MOST_RATIO = 3.0
MOST_EXPECTED = 0.9
EXACTLY = 1e6
"""Fragments that tell a share as good as exactly."""

SEEN_OF_NEW = 0.95
"""Share of the fragments of a changed allele that do not slip back to an allele's length."""


@dataclass(frozen=True)
class Slippage:
    """What is expected off the alleles: parameters of beta distributions of the two shares."""

    near: tuple[float, float]
    far: tuple[float, float]


@dataclass(frozen=True)
class SiteTest:
    """Answer for one site.

    Attributes
    ----------
    unstable
        Whether the tumor has lengths that slippage does not explain.
    p_value
        The smaller of the two p-values, doubled.
    new_fraction, expected_fraction
        Share of fragments off every allele, in the tumor and by slippage.
    depth
        Fragments of the tumor.
    critical
        Share of fragments off the alleles from which the site is unstable.
    power
        Chance to see a change of one unit of one of two alleles.
    """

    unstable: bool
    p_value: float
    new_fraction: float
    expected_fraction: float
    depth: int
    critical: float
    power: float


def germline_alleles(normal: Lengths) -> tuple[int, ...]:
    """Return the lengths that a normal's own alleles have, one or two, the more frequent first."""
    ranked = sorted(normal.items(), key=lambda item: (-item[1], item[0]))
    least = ALLELE_SHARE * ranked[0][1] if ranked else 0
    return tuple(length for length, count in ranked[:2] if count >= least)


def off_alleles(lengths: Lengths, alleles: Collection[int]) -> tuple[int, int, int]:
    """Return fragments off every allele, two units and more off, and all."""
    near = far = total = 0
    for length, count in lengths.items():
        distance = min(abs(length - allele) for allele in alleles)
        total += count
        near += count if distance >= 1 else 0
        far += count if distance >= 2 else 0
    return near, far, total


def slippage_of_normal(normal: Lengths, alleles: Collection[int]) -> Slippage:
    """Return what a matched normal lets expect of the tumor."""
    near, far, total = off_alleles(normal, alleles)
    return Slippage(near=_expected(near, total), far=_expected(far, total))


def _expected(off: int, total: int) -> tuple[float, float]:
    a, b = off + 0.5, total - off + 0.5
    scale = min(1.0, KNOWN_AS_IF / (a + b))
    return a * scale, b * scale


def scaled(expected: Slippage, ratio: float) -> Slippage:
    """Return what is expected in a library that slips ``ratio`` times as much; no surer than before."""

    def more(share: tuple[float, float]) -> tuple[float, float]:
        known = sum(share)
        mean = min(MOST_EXPECTED, ratio * share[0] / known)
        return mean * known, (1 - mean) * known

    return expected if ratio == 1 else Slippage(near=more(expected.near), far=more(expected.far))


def slippage_ratio(sites: Sequence[tuple[Lengths, Collection[int], Slippage]]) -> float:
    """Return how many times as much a tumor's library slips as what it is compared with.

    The lower third over sites, about the median of the unchanged ones where a third is unstable. Never below 1, and
    never above :data:`MOST_RATIO`: beyond, it is taken for instability. Where it takes power, ``stable`` falls with the
    power.

    Parameters
    ----------
    sites
        Lengths in the tumor, the patient's alleles, and what is expected, of each callable site.
    """
    ratios = []
    for tumor, alleles, expected in sites:
        near, _, depth = off_alleles(tumor, alleles)
        ratios.append((near + 0.5) / (depth + 1) / (expected.near[0] / sum(expected.near)))
    return min(MOST_RATIO, max(1.0, float(np.quantile(ratios, OF_UNCHANGED)))) if ratios else 1.0


def visible_share(own: Collection[int], alleles: Collection[int]) -> float:
    """Return the share of changes of one unit that lead to a new length: the smaller of shorter and longer ones.

    Parameters
    ----------
    own
        Lengths that the patient is taken to have.
    alleles
        Lengths that are never new: the patient's, and those that normals of a baseline have.
    """
    return min(sum(length + step not in alleles for length in own) / len(own) for step in (-1, 1))


def judge_site(
    tumor: Lengths, alleles: Collection[int], expected: Slippage, purity: float, own: Collection[int] = ()
) -> SiteTest:
    """Test one site of the tumor.

    Parameters
    ----------
    tumor
        Fragments by length, in units; at least one.
    alleles
        Lengths of the patient's alleles.
    expected
        What slippage lets expect.
    purity
        Share of tumor cells, for the power.
    own
        Those of the alleles that the patient is taken to have, where they are not all.
    """
    near, far, depth = off_alleles(tumor, alleles)
    tail = upper_tail(depth, *expected.near)
    p_near = float(tail[near])
    p_far = float(upper_tail(depth, *expected.far)[far])
    p_value = min(1.0, 2 * min(p_near, p_far))
    # The tail falls, so that the first count at or below the limit is the least that is unstable.
    critical = int(np.searchsorted(-tail, -ALPHA / 2))
    return SiteTest(
        unstable=p_value <= ALPHA,
        p_value=p_value,
        new_fraction=near / depth,
        expected_fraction=expected.near[0] / sum(expected.near),
        depth=depth,
        critical=critical / depth,
        power=visible_share(own or alleles, alleles) * _power(depth, critical, expected.near, purity),
    )


def _power(depth: int, critical: int, expected: tuple[float, float], purity: float) -> float:
    """Return the chance that a change of one of two alleles by one unit, in every tumor cell, is seen.

    The smaller of two: with the expected share known exactly, and as uncertain as the test takes it.
    """
    if critical > depth:
        return 0.0
    slipped = expected[0] / sum(expected)
    new = purity / 2
    share = slipped * (1 - new) + SEEN_OF_NEW * new
    return min(
        float(upper_tail(depth, share * known, (1 - share) * known)[critical]) for known in (KNOWN_AS_IF, EXACTLY)
    )


def upper_tail(n: int, a: float, b: float) -> npt.NDArray[np.float64]:
    """Return P(X >= k) of the beta-binomial distribution for k = 0 … n.

    Parameters
    ----------
    n
        Fragments.
    a, b
        Parameters of the share's beta distribution, above 0.

    Returns
    -------
    ndarray, shape (n + 1,)
        Falling from 1.
    """
    k = np.arange(n + 1)
    log_choose = math.lgamma(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    mass = np.exp(log_choose + betaln(k + a, n - k + b) - betaln(a, b))
    tail: npt.NDArray[np.float64] = np.minimum(1.0, np.cumsum(mass[::-1])[::-1])
    return tail
