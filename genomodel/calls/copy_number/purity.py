"""Purity and ploidy of a tumor from the log2 ratios and the allelic imbalance of its segments.

In a tumor of purity ``p`` a segment with ``a + b`` copies in each tumor cell has ``T = p (a + b) + 2 (1 - p)`` copies
in the mixture, shows the log2 ratio ``log2(T / 2) + d`` and, at heterozygous sites, the share ``(p b + 1 - p) / T`` of
its lesser allele ``b``; ``d`` is the log2 ratio of two copies, which is 0 only where the sample's middle is diploid.
That is the model of ASCAT (Van Loo et al. 2010, Proc Natl Acad Sci USA 107:16910-16915), ABSOLUTE (Carter et al. 2012,
Nat Biotechnol 30:413-421) and FACETS (Shen and Seshan 2016, doi:10.1093/nar/gkw520), whose diploid log ratio ``d`` is.

Over a grid of ``p`` and ``d`` each segment's likelihood is summed over all integer states up to eight copies, over
alterations of one copy in a part of the tumor cells, and over a state for what fits nothing. How likely the
states are beforehand is said twice: for a genome that began with one copy of each parent and lost or gained from there,
and for one that was doubled as a whole, before or after its alterations. Every profile of the first kind is matched by
one of the second with all copies doubled and less tumor; what parts the two is that doubling of everything must then
come after every alteration, which the more segments are altered the less likely is. Doubling is given 30 % beforehand,
its share of advanced cancers (Bielski et al. 2018, doi:10.1038/s41588-018-0165-1).

The interval is that of the profile likelihood. There is no estimate, and a reason instead, where a second solution far
from the first is nearly as likely, where the interval is wide, where nothing is altered, or where there is little to go
by. X and Y are left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from genomodel.calls.copy_number.allelic import MIN_SITES, SHARES, site_support
from genomodel.core.copy_number import Bin, HetSite, PurityPloidy, Segment, disagreement

Floats = npt.NDArray[np.float64]

PURITIES: Floats = np.round(np.arange(0.10, 1.001, 0.01), 2)
DIPLOID_LEVELS: Floats = np.arange(-1.3, 0.61, 0.02)
PLOIDIES = (1.1, 6.5)
"""Least and most mean copies of a tumor's genome."""
NO_PLOIDY = "no ploidy that tumors have fits the log2 ratios"
MAX_COPIES = 8
STATES = tuple((c - b, b) for c in range(MAX_COPIES + 1) for b in range(c // 2 + 1))
"""Copies of the greater and of the lesser allele."""
DOUBLED = 0.3
UNALTERED = (0.2, 0.4, 0.6, 0.8, 0.95)
"""Shares of the segments that may be unaltered; a tumor has one of them."""
UNALTERED_CHANCES = ((0.1, 0.2, 0.3, 0.25, 0.15), (0.25, 0.35, 0.3, 0.097, 0.003))
"""How likely each is in a genome that was not doubled, and in one that was: a doubled genome goes on to lose much of
what it has too much of, and one without any other alteration would be a curiosity."""
STEP = 1.2
"""Natural-log cost of each copy of an allele away from where it began."""
SUBCLONAL = 0.25
"""Share of the altered segments that only a part of the tumor cells has altered."""
SUBCLONAL_KINDS = (0.4, 0.4, 0.2)
"""Gain, loss, and a swap of one allele for the other without change of depth."""
UNLIKE = 0.03
"""Chance of a segment to fit nothing."""
SYSTEMATIC_SD = 0.025
"""Spread of a segment's log2 ratio that no number of bins averages out: waves of GC content, unlike baselines."""
DEFAULT_BIN_SD = 0.3
"""Spread of bins around their segment where no bins are given."""
MAX_SEGMENTS = 120
"""Longest segments that are looked at; the others add hours and no certainty."""
SUPPORT_LIMIT = 1.92
TEMPER = 0.8
"""Weight of the likelihood, for segments are not independent and alterations not all of one clone; with 1 the
intervals of simulated tumors with subclones were too short."""
RIVAL_LIMIT = 4.0
"""Fall of the log-likelihood, a ratio of fifty-five, within which another solution counts as nearly as likely."""
RIVAL_PURITY, RIVAL_PLOIDY = 0.1, 0.5
"""How far apart two solutions are told as two."""
MAX_WIDTH = 0.4
FLAT_DEVIATIONS = 3.5
"""Standard deviations below which no segment of a hundred is taken for altered."""
MIN_SEGMENTS = 3
MIN_BASES_WITH_SITES = 0.2
"""Share of the segments' length that must have sites: by depth alone purity and ploidy cannot be told apart."""
_SEX = re.compile(r"^(?:chr)?(?:[XYM]|MT)", re.IGNORECASE)


@dataclass(frozen=True)
class _Measured:
    """Segments as arrays; ``alleles`` holds the support of each share, zeros where there are no sites."""

    log2: Floats
    spread: Floats
    alleles: Floats
    lengths: Floats
    has_sites: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Solution:
    purity: float
    level: float
    ploidy: float
    ploidy_sd: float
    """Standard deviation from the noise of the log2 ratios alone."""
    support: float


def estimate_purity_ploidy(
    segments: Sequence[Segment],
    sites: Sequence[HetSite],
    given_purity: float | None = None,
    bins: Sequence[Bin] = (),
) -> PurityPloidy:
    """Estimate purity and ploidy, or say why that is not possible; a given purity wins and is compared.

    Parameters
    ----------
    segments
        Of one depth and one imbalance each, as :func:`genomodel.calls.copy_number.allelic.allelic_segments` gives
        them.
    sites
        Heterozygous germline sites; see :mod:`genomodel.calls.copy_number.sites`.
    given_purity
        The pathologist's value. Ploidy and diploid level are then those that fit it.
    bins
        What the segments were made of, to know their noise.

    Returns
    -------
    PurityPloidy
        ``source`` is ``given`` or ``estimated``; an estimate without a value has its ``reason``.
    """
    measured = _measure(segments, sites, bins)
    lacking = _lacking(measured)
    if lacking:
        return PurityPloidy(purity=given_purity, source="given" if given_purity else "estimated", reason=lacking)
    surface, levels = _surface(measured, PURITIES)
    estimate = _conclude(measured, surface, levels) if np.isfinite(surface).any() else _none(NO_PLOIDY)
    if given_purity is None:
        return estimate
    return _at_given(measured, given_purity, estimate)


def bin_spread(bins: Sequence[Bin]) -> float:
    """Return the spread of bins around their segment, from the differences of neighbors, which borders hardly touch."""
    steps = [b.log2 - a.log2 for a, b in pairwise(bins) if a.chrom == b.chrom]
    if len(steps) < 10:
        return DEFAULT_BIN_SD
    return float(1.4826 * np.median(np.abs(steps)) / math.sqrt(2))


def _measure(segments: Sequence[Segment], sites: Sequence[HetSite], bins: Sequence[Bin]) -> _Measured:
    usable = [s for s in segments if not _SEX.match(s.chrom) and math.isfinite(s.log2_ratio)]
    usable = sorted(usable, key=lambda s: s.start - s.end)[:MAX_SEGMENTS]
    noise = bin_spread(bins)
    alleles = np.zeros((len(usable), len(SHARES)))
    has_sites = np.zeros(len(usable), dtype=bool)
    support = site_support(sites)
    chroms = np.array([site.chrom for site in sites])
    places = np.array([site.pos for site in sites], dtype=np.int64)
    for index, segment in enumerate(usable):
        inside = (chroms == segment.chrom) & (places >= segment.start) & (places <= segment.end) if len(sites) else []
        if np.sum(inside) >= MIN_SITES:
            alleles[index] = support[inside].sum(axis=0)
            has_sites[index] = True
    n_bins = np.array([max(1, s.n_bins or 1) for s in usable], dtype=float)
    return _Measured(
        log2=np.array([s.log2_ratio for s in usable]),
        spread=np.sqrt(noise**2 / n_bins + SYSTEMATIC_SD**2),
        alleles=alleles - alleles.max(axis=1, keepdims=True) if len(usable) else alleles,
        lengths=np.array([s.end - s.start + 1 for s in usable], dtype=float),
        has_sites=has_sites,
    )


def _lacking(measured: _Measured) -> str:
    if len(measured.log2) < MIN_SEGMENTS:
        return f"fewer than {MIN_SEGMENTS} autosomal segments"
    if measured.lengths[measured.has_sites].sum() < MIN_BASES_WITH_SITES * measured.lengths.sum():
        return (
            f"too few heterozygous germline sites: less than {100 * MIN_BASES_WITH_SITES:.0f} % of the length lies in "
            f"segments with {MIN_SITES} or more, and by depth alone purity and ploidy cannot be told apart"
        )
    return ""


def _beforehand() -> Floats:
    """Return the log chance of each altered state, shape (2, states): in a genome not doubled, and in a doubled one."""
    a, b = np.array(STATES, dtype=float).T

    def by_steps(steps: Floats) -> Floats:
        chances = np.where(steps > 0, np.exp(-STEP * steps), 0.0)
        return np.asarray(chances / chances.sum())

    plain = by_steps(np.abs(a - 1) + np.abs(b - 1))
    after = by_steps(np.abs(a - 2) + np.abs(b - 2))
    even = (a % 2 == 0) & (b % 2 == 0)
    before = by_steps(np.where(even, np.abs(a / 2 - 1) + np.abs(b / 2 - 1), np.inf))
    return np.log(np.stack([plain, (after + before) / 2]) + 1e-12)


_ALTERED = _beforehand()
_BEGAN = (STATES.index((1, 1)), STATES.index((2, 2)))


def _surface(measured: _Measured, purities: Floats) -> tuple[Floats, Floats]:
    """Return the support of each purity and diploid level, shape (purities, levels), and the levels."""
    rows = []
    for purity in purities:
        row = np.full(len(DIPLOID_LEVELS), -np.inf)
        fits = _fitting_levels(measured, float(purity))
        if fits.any():
            row[fits] = np.max(_support(measured, float(purity), DIPLOID_LEVELS[fits]), axis=0)
        rows.append(row)
    return np.stack(rows), DIPLOID_LEVELS


def _fitting_levels(measured: _Measured, purity: float) -> npt.NDArray[np.bool_]:
    """Return the diploid levels at which the mean of the segments is a ploidy that tumors have."""
    mean = np.average(np.exp2(measured.log2), weights=measured.lengths)
    ploidy = (2 * mean * np.exp2(-DIPLOID_LEVELS) - 2 * (1 - purity)) / purity
    return np.asarray((ploidy >= PLOIDIES[0]) & (ploidy <= PLOIDIES[1]))


def _support(measured: _Measured, purity: float, levels: Floats) -> Floats:
    """Return the log-likelihood, shape (2, levels): genome not doubled, and doubled."""
    by_state = _by_state(measured, purity, levels)
    unlike = (math.log(UNLIKE) + _outlier(measured))[None, :]
    chances = []
    for kind, doubled in enumerate((1 - DOUBLED, DOUBLED)):
        clonal = logsumexp(by_state + _ALTERED[kind][None, None, :], axis=2)
        in_part = _in_part(measured, purity, levels, kind + 1)
        altered = np.logaddexp(clonal + math.log(1 - SUBCLONAL), in_part + math.log(SUBCLONAL))
        began = by_state[:, :, _BEGAN[kind]]
        ways = []
        for share, chance in zip(UNALTERED, UNALTERED_CHANCES[kind], strict=True):
            fits = np.logaddexp(began + math.log(share), altered + math.log(1 - share)) + math.log(1 - UNLIKE)
            ways.append(TEMPER * np.logaddexp(fits, unlike).sum(axis=1) + math.log(chance))
        chances.append(logsumexp(np.stack(ways), axis=0) + math.log(doubled))
    return np.stack(chances)


def _by_state(measured: _Measured, purity: float, levels: Floats) -> Floats:
    """Return the log-likelihood of every segment in every state, shape (levels, segments, states)."""
    a, b = np.array(STATES, dtype=float).T
    mixture = np.maximum(purity * (a + b) + 2 * (1 - purity), 0.02)
    share = np.clip((purity * b + 1 - purity) / mixture, 0, 0.5)
    place = share / 0.5 * (len(SHARES) - 1)
    low = np.minimum(place.astype(int), len(SHARES) - 2)
    part = place - low
    alleles = measured.alleles[:, low] * (1 - part) + measured.alleles[:, low + 1] * part
    expected = np.log2(mixture / 2)[None, :] + levels[:, None]
    far = (measured.log2[None, :, None] - expected[:, None, :]) / measured.spread[None, :, None]
    return np.asarray(-0.5 * far**2 - np.log(measured.spread)[None, :, None] - 0.92 + alleles[None, :, :])


def _in_part(measured: _Measured, purity: float, levels: Floats, began: int) -> Floats:
    """Return the log-likelihood of an alteration of a part of the tumor cells, shape (levels, segments).

    Any part is as likely. Depth says which it is, so that the density of the log2 ratio is that of the part; the
    alleles have to fit it.
    ``began`` are the copies of each allele in the other tumor cells.
    """
    mixture = 2 * np.exp2(measured.log2[None, :] - levels[:, None])
    change = (mixture - 2 * (1 - purity)) / purity - 2 * began
    density = np.log(mixture * math.log(2) / purity)
    kept = purity * began + 1 - purity
    ways = []
    for sign, chance in zip((1, -1), SUBCLONAL_KINDS, strict=False):
        part = np.clip(sign * change, 0, 1)
        lesser = kept if sign > 0 else kept - purity * part
        inside = (sign * change > 0) & (sign * change < 1)
        ways.append(np.where(inside, density + _alleles_at(measured, lesser / mixture) + math.log(chance), -np.inf))
    still = 2 * kept
    far = (measured.log2[None, :] - math.log2(still / 2) - levels[:, None]) / measured.spread[None, :]
    swapped = (kept - purity) / still
    inside_shares = measured.alleles[:, (swapped - 1e-9 <= SHARES)]
    mean = logsumexp(inside_shares, axis=1) - math.log(inside_shares.shape[1])
    ways.append(-0.5 * far**2 - np.log(measured.spread)[None, :] - 0.92 + mean + math.log(SUBCLONAL_KINDS[2]))
    return np.asarray(logsumexp(np.stack(ways), axis=0))


def _alleles_at(measured: _Measured, share: Floats) -> Floats:
    """Return the support of a share for each segment, shapes (levels, segments)."""
    place = np.clip(share, 0, 0.5) / 0.5 * (len(SHARES) - 1)
    low = np.minimum(place.astype(int), len(SHARES) - 2)
    part = place - low
    rows = np.arange(measured.alleles.shape[0])[None, :]
    return np.asarray(measured.alleles[rows, low] * (1 - part) + measured.alleles[rows, low + 1] * part)


def _outlier(measured: _Measured) -> Floats:
    """Return the log-likelihood of a segment that fits no state: any log2 ratio within three, any share."""
    shares = np.where(measured.has_sites, logsumexp(measured.alleles, axis=1) - math.log(len(SHARES)), 0.0)
    return np.asarray(shares - math.log(3.0))


def _solution(measured: _Measured, purity: float, level: float) -> _Solution:
    """Take a point of the surface to its best diploid level nearby, and read ploidy there."""
    near = level + np.arange(-0.02, 0.0201, 0.004)
    support = _support(measured, purity, near)
    kind, best = np.unravel_index(int(support.argmax()), support.shape)
    mixture = 2 * np.exp2(measured.log2 - near[best])
    copies = np.clip((mixture - 2 * (1 - purity)) / purity, 0, None)
    weights = measured.lengths / measured.lengths.sum()
    return _Solution(
        purity=purity,
        level=float(near[best]),
        ploidy=float(weights @ copies),
        ploidy_sd=float(np.linalg.norm(weights * math.log(2) * mixture * measured.spread / purity)),
        support=float(support[kind, best]),
    )


def _peaks(measured: _Measured, surface: Floats, levels: Floats) -> list[_Solution]:
    """Return the local maxima of the surface within reach of the best, best first."""
    padded = np.pad(surface, 1, constant_values=-np.inf)
    around = [
        padded[1 + i : padded.shape[0] - 1 + i, 1 + j : padded.shape[1] - 1 + j]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if i or j
    ]
    summits = np.argwhere((surface >= np.max(around, axis=0)) & (surface > surface.max() - RIVAL_LIMIT - 3))
    found = [_solution(measured, float(PURITIES[i]), float(levels[j])) for i, j in summits[:200]]
    return sorted(found, key=lambda solution: -solution.support)


def _conclude(measured: _Measured, surface: Floats, levels: Floats) -> PurityPloidy:
    peaks = _peaks(measured, surface, levels)
    best = peaks[0]
    inside = np.argwhere(surface >= surface.max() - SUPPORT_LIMIT)
    near = [_solution(measured, float(PURITIES[i]), float(levels[j])) for i, j in inside[:: max(1, len(inside) // 150)]]
    near = [item for item in [*near, best] if item.support >= best.support - SUPPORT_LIMIT]
    low, high = (float(f(PURITIES[inside[:, 0]])) for f in (np.min, np.max))
    if _is_flat(measured):
        return _none("no altered segment: any purity fits a genome without alterations")
    rival = next((p for p in peaks[1:] if best.support - p.support < RIVAL_LIMIT and _apart(best, p)), None)
    if rival is not None:
        return _none(
            f"ambiguous: purity {100 * best.purity:.0f} % with ploidy {best.ploidy:.1f} explains the segments about as "
            f"well as purity {100 * rival.purity:.0f} % with ploidy {rival.ploidy:.1f}"
        )
    if high - low > MAX_WIDTH:
        return _none(f"the segments fit any purity from {100 * low:.0f} to {100 * high:.0f} %")
    ploidies = _range([item.ploidy for item in near], best.ploidy_sd)
    return PurityPloidy(
        purity=round(best.purity, 3),
        purity_low=round(max(0.0, low - 0.005), 3),
        purity_high=round(min(1.0, high + 0.005), 3),
        ploidy=round(best.ploidy, 3),
        ploidy_low=round(ploidies[0], 3),
        ploidy_high=round(ploidies[1], 3),
        diploid_log2=round(best.level, 4),
        source="estimated",
    )


def _is_flat(measured: _Measured) -> bool:
    """Whether no segment parts from the others in depth, and none from balance, by more than noise."""
    apart = np.abs(measured.log2 - np.median(measured.log2)) / measured.spread
    return bool((apart < FLAT_DEVIATIONS).all() and (measured.alleles[:, -1] > -(FLAT_DEVIATIONS**2) / 2).all())


def _range(ploidies: Sequence[float], sd: float) -> tuple[float, float]:
    return max(0.0, min(ploidies) - 1.96 * sd), max(ploidies) + 1.96 * sd


def _apart(one: _Solution, other: _Solution) -> bool:
    return abs(one.purity - other.purity) > RIVAL_PURITY or abs(one.ploidy - other.ploidy) > RIVAL_PLOIDY


def _none(reason: str) -> PurityPloidy:
    return PurityPloidy(source="estimated", reason=reason)


def _at_given(measured: _Measured, given: float, estimate: PurityPloidy) -> PurityPloidy:
    """Find ploidy and diploid level at the given purity, and say how the estimate parts from it."""
    support = _surface(measured, np.array([given]))[0][0]
    joined = PurityPloidy(purity=given, source="given", disagreement=disagreement(given, estimate))
    if not np.isfinite(support).any():
        return joined.model_copy(update={"reason": NO_PLOIDY})
    rising = np.r_[-np.inf, support[:-1]]
    falling = np.r_[support[1:], -np.inf]
    summits = np.flatnonzero((support >= rising) & (support >= falling) & (support > support.max() - RIVAL_LIMIT - 3))
    peaks = sorted(
        (_solution(measured, given, float(DIPLOID_LEVELS[i])) for i in summits), key=lambda item: -item.support
    )
    best = peaks[0]
    rival = next((p for p in peaks[1:] if best.support - p.support < RIVAL_LIMIT and _apart(best, p)), None)
    if rival is not None:
        reason = f"ploidy is ambiguous at this purity: {best.ploidy:.1f} and {rival.ploidy:.1f} fit about alike"
        return joined.model_copy(update={"reason": reason})
    supported = np.flatnonzero(support >= support.max() - SUPPORT_LIMIT)
    near = [_solution(measured, given, float(DIPLOID_LEVELS[i])) for i in supported]
    ploidies = _range([item.ploidy for item in [*near, best]], best.ploidy_sd)
    return joined.model_copy(
        update={
            "ploidy": round(best.ploidy, 3),
            "ploidy_low": round(ploidies[0], 3),
            "ploidy_high": round(ploidies[1], 3),
            "diploid_log2": round(best.level, 4),
            "reason": estimate.reason,
        }
    )
