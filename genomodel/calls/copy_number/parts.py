"""Parts of a gene whose bins lie apart from the rest of it, found without the segmentation.

Segmentation weighs a whole chromosome and leaves out breaks of a few bins, such as half of a small gene. Here each
stretch of a gene's bins is held against the others: the difference of both means, of which each side leaves out the bin
that speaks most for a difference (so that one failed bait or amplicon makes none), over its standard error. The error
is that of the bins, not less than in the sample as a whole, and of what neighboring bins share. As a gene of ``n`` bins
has about ``n (n - 1)`` such stretches, low and high, each is asked at the level divided by their number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import NormalDist, median

import numpy as np
import numpy.typing as npt

from genomodel.calls.copy_number.noise import TO_DEVIATION, Noise
from genomodel.core.copy_number import Bin

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

MIN_SIDE = 2
"""Bins of a part, and of the rest of the gene, that are looked at."""
CLEAR, SUSPECT = 3e-4, 2e-2
"""Chance in a gene that is alike throughout, at most: one false part in twenty tumors, as 500 genes are drivers, where
a part is claimed; one gene in a hundred where only the answer is withheld."""
CLEAR_WITHOUT, SUSPECT_WITHOUT = 3.0, 2.0
"""Standard errors that are left of it without the bin of each side that speaks most for it."""
BROKEN, BROKEN_WITHOUT = 3.3, 2.0
"""Standard errors, likewise, at a breakpoint of the segmentation, which breaks noise too: 1 in 2,000 by chance."""
PRIOR_BINS = 8
"""Bins that the sample's noise counts for beside the gene's own: in a small gene its break is much of the latter."""
LONGEST = 600
"""Bins beyond which neighbors are joined, for stretches grow with the square of their number."""


class Grade(Enum):
    """How sure it is that the bins of a gene are not alike."""

    CLEAR = "clear"
    """Chance hardly does it in as many genes as are drivers."""
    BROKEN = "broken"
    """The segmentation, which knows what lies beside the gene, breaks it, and the gene's own bins agree."""
    DOUBTED = "doubted"
    """The segmentation breaks it, and the gene's own bins leave it open."""
    SUSPECT = "suspect"
    """Chance does it in one gene of a hundred."""


@dataclass(frozen=True, slots=True)
class Split:
    """A gene in two: bins that are lower, and the others."""

    low: tuple[int, ...]
    high: tuple[int, ...]
    """Places among the gene's bins; one of both is a stretch."""
    grade: Grade


def find_split(bins: Sequence[Bin], noise: Noise) -> Split | None:
    """Return the stretch of a gene that lies farthest apart from the rest of it, ``None`` where chance does as much.

    Parameters
    ----------
    bins
        Of one gene, in the order of the genome.
    noise
        Of the sample.
    """
    size = math.ceil(len(bins) / LONGEST)
    runs = [range(start, min(start + size, len(bins))) for start in range(0, len(bins), size or 1)]
    values = np.array([median(bins[k].log2 for k in run) for run in runs])
    n = len(values)
    if n < 2 * MIN_SIDE:
        return None
    deviation = _deviation(values.tolist(), noise)
    fall, rise = (_farthest(sign * values, deviation, noise.of_genes) for sign in (1.0, -1.0))
    (score, without_one), first, end = max(fall, rise, key=lambda found: found[0])
    chances = n * (n - 1)

    def holds(level: float, other: float) -> bool:
        return score >= NormalDist().inv_cdf(1 - level / chances) and without_one >= other

    if not holds(SUSPECT, SUSPECT_WITHOUT):
        return None
    stretch = tuple(k for run in runs[first:end] for k in run)
    others = tuple(k for run in (*runs[:first], *runs[end:]) for k in run)
    low, high = (stretch, others) if fall[0] >= rise[0] else (others, stretch)
    return Split(low, high, Grade.CLEAR if holds(CLEAR, CLEAR_WITHOUT) else Grade.SUSPECT)


def broken(bins: Sequence[Bin], parts: Sequence[Sequence[int]], noise: Noise) -> list[Split]:
    """Return a gene split at its breakpoints: the lowest part against the other bins, and these against the highest.

    Parameters
    ----------
    bins
        Of one gene.
    parts
        Places of its bins by segment, none where no breakpoint lies in it.
    noise
        Of the sample.
    """
    if not parts:
        return []
    by_median = sorted(parts, key=lambda part: median(bins[k].log2 for k in part))
    lowest, highest = tuple(by_median[0]), tuple(by_median[-1])
    below, above = (tuple(k for k in range(len(bins)) if k not in part) for part in (highest, lowest))
    values = np.array([bin_.log2 for bin_ in bins])
    deviation = _deviation(values.tolist(), noise)
    found = []
    for low, high in dict.fromkeys(((lowest, above), (below, highest))):
        if median(values[list(low)]) < median(values[list(high)]):
            own = _apart(np.sort(values[list(low)]), np.sort(values[list(high)]), deviation, noise.of_genes)
            sure = own[0] >= BROKEN and own[1] >= BROKEN_WITHOUT
            found.append(Split(low, high, Grade.BROKEN if sure else Grade.DOUBTED))
    return found


def _apart(low: Floats, high: Floats, deviation: float, shared: float) -> tuple[float, float]:
    """Return by how many standard errors sorted bins lie below others, and without the one of each that says most."""

    def errors(below: Floats, above: Floats) -> float:
        if not (len(below) and len(above)):
            return 0.0
        error = math.sqrt(deviation**2 * (1 / len(below) + 1 / len(above)) + shared**2)
        return float(above.mean() - below.mean()) / error

    return errors(low, high), errors(low[1:], high[:-1])


def where(bins: Sequence[Bin], places: Sequence[int]) -> str:
    """Return which bins of a gene, counted along the genome, and where they lie."""
    pieces = pieces_of(places)
    numbers = " and ".join(f"{piece[0] + 1}-{piece[-1] + 1}" for piece in pieces)
    spans = " and ".join(f"{bins[piece[0]].start}-{bins[piece[-1]].end}" for piece in pieces)
    return f"bins {numbers} of {len(bins)}, {bins[0].chrom}:{spans}"


def pieces_of(places: Sequence[int]) -> list[list[int]]:
    """Return the stretches that places are made of."""
    pieces: list[list[int]] = []
    for place in places:
        if pieces and pieces[-1][-1] == place - 1:
            pieces[-1].append(place)
        else:
            pieces.append([place])
    return pieces


def _deviation(values: Sequence[float], noise: Noise) -> float:
    """Return the noise of a gene's bins from the steps between neighbors, of which a break in the gene is but one."""
    own = TO_DEVIATION * median(abs(b - a) for a, b in pairwise(values)) / math.sqrt(2)
    n = len(values)
    joined = (PRIOR_BINS * noise.of_bins**2 + (n - 1) * own**2) / (PRIOR_BINS + n - 1)
    return max(noise.of_bins, math.sqrt(joined))


def _farthest(values: Floats, deviation: float, shared: float) -> tuple[tuple[float, float], int, int]:
    """Return by how many standard errors the lowest stretch lies below the rest, and its first place and end."""
    n = len(values)
    first, last = np.triu_indices(n, MIN_SIDE - 1)
    enough = n - (last - first + 1) >= MIN_SIDE
    first, last = first[enough], last[enough]
    inside = last - first + 1
    sums = np.concatenate([[0.0], np.cumsum(values)])
    of_inside = sums[last + 1] - sums[first]
    triangle = np.where(np.tri(n, k=-1, dtype=bool), np.inf, values[None, :])
    lowest = np.minimum.accumulate(triangle, axis=1)[first, last]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(values)])
    after = np.concatenate([np.maximum.accumulate(values[::-1])[::-1], [-np.inf]])
    highest = np.maximum(before[first], after[last + 1])

    def errors(n_in: Ints, n_out: Ints, low: Floats, high: Floats) -> Floats:
        return (high / n_out - low / n_in) / np.sqrt(deviation**2 * (1 / n_in + 1 / n_out) + shared**2)

    of_others = sums[-1] - of_inside
    scores = errors(inside, n - inside, of_inside, of_others)
    without_one = errors(inside - 1, n - inside - 1, of_inside - lowest, of_others - highest)
    scores = np.where(without_one >= SUSPECT_WITHOUT, scores, -np.inf)
    best = int(np.argmax(scores))
    return (float(scores[best]), float(without_one[best])), int(first[best]), int(last[best]) + 1


__all__ = ["MIN_SIDE", "Grade", "Split", "broken", "find_split", "pieces_of", "where"]
