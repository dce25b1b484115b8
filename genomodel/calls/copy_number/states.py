"""What some bins say: copies with an interval, and the state that they bear.

A gene is the median of its bins, which withstands a failed amplicon. Its standard error has two parts. The bins' own
noise is learned from neighboring bins of one gene, over all genes and over this one, and shrinks with their number; a
median is 1.25 times less sure than a mean. What all bins of a gene share (waves, GC, capture lots) does not shrink: it
is the spread between neighboring genes of one segment, or of all genes where the panel is small, which a genome altered
in many places widens, and so errs towards silence. The 95 % interval of the copies joins the error of the log2 ratio
with the interval of purity; a purity read by eye, without an interval, is taken as good to ten points.

Amplification and deep deletion are claimed where a wider interval leaves nothing weaker: not a single copy more, not
one copy left. It reaches as far as the largest of as many chance deviations as there are genes, ``sqrt(2 ln n)``
standard errors, five hundred at most: about so many genes are drivers, and others make no finding. Since a wrong purity
moves copies and interval together they must also show in the tumor as measured, by log2 0.6 and -0.4: ratios of 1.5 and
0.76 lie outside what library size and capture leave. A gene of one bin holds gain or loss only. Neutral is said of a
gene only if its interval leaves both out; else it has no answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from genomodel.calls.copy_number.copies import (
    DEEP_DELETION_COPIES,
    GAIN_FOLD,
    LOSS_FOLD,
    MIXTURE_AMPLIFICATION_FOLD,
    POSSIBLE_LOSS,
    amplification_from,
    copies_of,
    disputed_gain,
    middle_of,
    state_of_copies,
    state_of_log2,
)
from genomodel.calls.copy_number.noise import Noise, standard_error, student
from genomodel.core.copy_number import DISAGREEMENT_MARGIN, Bin, CopyNumberState, PurityPloidy

AMPLIFICATION_FLOOR_LOG2 = 0.6
DEEP_DELETION_FLOOR_LOG2 = -0.4
ONE_COPY = 1.0
TOO_NOISY = "too noisy"
STRONG = (CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION)
MIN_BINS = 2
"""Bins of a gene below which an amplification or deep deletion is not claimed."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the log2 ratios of a sample are measured against."""

    purity: PurityPloidy | None = None
    sex: str | None = None
    matched: bool = True
    """Whether the reference is the patient's own normal, which has as many X as the tumor's normal cells."""
    biased: bool = False
    """Whether the reference leaves the bias of baits or primers in: a flat one of a targeted library."""

    @property
    def known_purity(self) -> float | None:
        """Share of tumor cells, when known."""
        return self.purity.purity if self.purity else None

    @property
    def ploidy(self) -> float:
        """Ploidy of the tumor; 2 is assumed where nobody knows."""
        return self.purity.ploidy if self.purity and self.purity.ploidy else 2.0

    def purity_ends(self) -> tuple[float, float] | None:
        """Return the interval of purity; ten points to both sides of one that was read by eye."""
        found = self.purity
        if found is None or found.purity is None:
            return None
        low, high = found.purity_low, found.purity_high
        if low is None or high is None:
            low, high = found.purity - DISAGREEMENT_MARGIN, found.purity + DISAGREEMENT_MARGIN
        return max(low, 0.01), min(high, 1.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Copies that normal cells and the reference have at a place."""

    normal: float
    reference: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One gene, or a part of one, as measured."""

    log2: float
    n_bins: int
    copies: float
    interval: tuple[float, float]
    """95 % interval of :attr:`copies`."""
    surely: tuple[float, float]
    """Interval that no gene of the sample is likely to leave by chance."""
    base: float
    """Copies that the tumor's genome carries at such a place."""
    shift: float = 0.0
    """Log2 ratio of normal cells there: -1 on a male's X against a reference of two copies."""


def measure(bins: Sequence[Bin], baseline: Baseline, place: Place, noise: Noise) -> Measured:
    """Return log2 ratio and copies of some bins, each with a 95 % interval."""
    values = [bin_.log2 for bin_ in bins]
    middle = median(values)
    error = student(len(values)) * standard_error(values, noise)
    purity, ends, at = baseline.known_purity, baseline.purity_ends(), middle_of(baseline.purity)

    def copies(log2: float, cells: float | None) -> float:
        return copies_of(log2, cells, middle=at, normal_copies=place.normal, reference_copies=place.reference)

    best = copies(middle, purity)
    others = [copies(middle, cells) for cells in ends or ()]
    by_purity = max([0.0, best - min(others, default=best)]), max([0.0, max(others, default=best) - best])

    def reach(wide: float) -> tuple[float, float]:
        below, above = best - copies(middle - wide, purity), copies(middle + wide, purity) - best
        return max(0.0, best - math.hypot(below, by_purity[0])), best + math.hypot(above, by_purity[1])

    return Measured(
        log2=middle,
        n_bins=len(values),
        copies=best,
        interval=reach(error),
        surely=reach(error * noise.widest / 1.96),
        base=place.normal if purity is None else baseline.ploidy * place.normal / 2.0,
        shift=math.log2(place.normal / place.reference),
    )


def decide(found: Measured, baseline: Baseline) -> tuple[CopyNumberState | None, str]:
    """Return the state of a gene, ``None`` for no answer, and why less is said than its copies would."""
    return _of_mixture(found, baseline) if baseline.known_purity is None else _of_cells(found, baseline)


def _of_mixture(found: Measured, baseline: Baseline) -> tuple[CopyNumberState | None, str]:
    fold, low, high = (value / found.base for value in (found.copies, *found.interval))
    state = state_of_log2(math.log2(max(fold, 1e-9)))
    if state is CopyNumberState.AMPLIFICATION:
        needed = MIXTURE_AMPLIFICATION_FOLD if baseline.biased else GAIN_FOLD
        reason = _held(found, found.surely[0] < needed * found.base, baseline)
        return (CopyNumberState.GAIN, reason) if reason else (state, "")
    if state is CopyNumberState.LOSS:
        return state, POSSIBLE_LOSS
    if state is CopyNumberState.GAIN and low > 1:
        return state, "amplification not excluded: purity unknown"
    if high >= MIXTURE_AMPLIFICATION_FOLD or low * found.base <= DEEP_DELETION_COPIES:
        return None, f"{TOO_NOISY}: {_range(found)} copies of the mixture"
    return CopyNumberState.NEUTRAL, ""


def _of_cells(found: Measured, baseline: Baseline) -> tuple[CopyNumberState | None, str]:
    state, amplified = state_of_copies(found.copies, found.base), amplification_from(found.base)
    if state is CopyNumberState.AMPLIFICATION:
        needed = amplified if baseline.biased else GAIN_FOLD * found.base
        reason = _held(found, found.surely[0] < needed, baseline)
        held, near = CopyNumberState.GAIN, found.interval[0] <= found.base
    elif state is CopyNumberState.DEEP_DELETION:
        reason = _held(found, found.surely[1] >= ONE_COPY, baseline)
        held, near = CopyNumberState.LOSS, found.interval[1] >= max(LOSS_FOLD * found.base, ONE_COPY)
    else:
        return _shallow(found, state, amplified, baseline)
    if not reason:
        return state, _one_copy_left(found, baseline) if state is CopyNumberState.DEEP_DELETION else ""
    return (None, f"{TOO_NOISY}: {reason}") if near else (held, reason)


def _shallow(
    found: Measured, state: CopyNumberState, amplified: float, baseline: Baseline
) -> tuple[CopyNumberState | None, str]:
    """Return gain or loss where the interval leaves no change out, neutral where it leaves the strong states out."""
    low, high = found.interval
    if state is CopyNumberState.GAIN and low > found.base:
        return state, open_gain(found, baseline)
    if state is CopyNumberState.LOSS and high < found.base:
        return state, "possible loss of all copies" if low <= DEEP_DELETION_COPIES else ""
    if high >= amplified or low <= DEEP_DELETION_COPIES:
        missed = "amplification" if high >= amplified else "deep deletion"
        return None, f"{TOO_NOISY} to exclude {missed}: {found.copies:.1f} copies, 95 % interval {_range(found)}"
    return CopyNumberState.NEUTRAL, ""


def open_gain(found: Measured, baseline: Baseline) -> str:
    """Say whether a gain, at a known purity, may be an amplification, empty where that is excluded.

    Where the ploidy is not known the genome may be doubled: at the same log2 ratio its cells hold more copies.
    """
    high, p = found.interval[1], baseline.known_purity
    if p is None or baseline.purity is None:
        return ""
    if high >= amplification_from(found.base):
        return "amplification not excluded"
    doubled = _if_doubled(high, found, baseline)
    if doubled is not None and doubled >= amplification_from(2.0 * found.base):
        return "amplification not excluded: ploidy not known"
    return disputed_gain(baseline.purity.disagreement)


def _if_doubled(copies: float, found: Measured, baseline: Baseline) -> float | None:
    """Return what copies at ploidy 2 are in a doubled genome, ``None`` where the ploidy is known."""
    purity = baseline.purity
    if purity is None or purity.purity is None or purity.ploidy is not None or purity.diploid_log2 is not None:
        return None
    p, of_normal = purity.purity, (1.0 - purity.purity) * found.base
    return ((copies * p + of_normal) * (1.0 + p) - of_normal) / p


def _one_copy_left(found: Measured, baseline: Baseline) -> str:
    """Say how many copies a deep deletion leaves if the genome is doubled, empty where none or the ploidy is known."""
    left = _if_doubled(found.copies, found, baseline)
    return f"ploidy not known: {left:.1f} copies if it is 4" if left is not None and left >= ONE_COPY / 2 else ""


def _held(found: Measured, unsure: bool, baseline: Baseline) -> str:
    """Say why an amplification or deep deletion is not claimed, empty where it is."""
    up, with_purity = found.copies > found.base, baseline.known_purity is not None
    name, log2 = "amplification" if up else "possible loss", f"log2 {found.log2:.2f} where"
    in_dispute = baseline.purity.disagreement if baseline.purity is not None else ""
    reasons = (
        (found.n_bins < MIN_BINS, "one bin only"),
        (baseline.biased and not up, "flat reference, and a bait that fails looks deleted"),
        (bool(in_dispute) and not up, f"purity in dispute, {in_dispute}"),
        (
            with_purity and up and found.log2 - found.shift < AMPLIFICATION_FLOOR_LOG2,
            f"by the purity only, {log2} {AMPLIFICATION_FLOOR_LOG2} is needed",
        ),
        (
            not up and found.log2 - found.shift > DEEP_DELETION_FLOOR_LOG2,
            f"by the purity only, {log2} {DEEP_DELETION_FLOOR_LOG2} is needed",
        ),
        (unsure, f"95 % interval {_range(found)} copies"),
    )
    return next((f"{name}: {reason}" for holds, reason in reasons if holds), "")


def _range(found: Measured) -> str:
    return f"{found.interval[0]:.1f} to {found.interval[1]:.1f}"


__all__ = ["STRONG", "TOO_NOISY", "Baseline", "Measured", "Place", "decide", "measure", "open_gain"]
