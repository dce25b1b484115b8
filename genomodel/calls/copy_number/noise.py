"""How far the log2 ratio of a gene may be off, learned from the sample itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, variance

from genomodel.core.copy_number import Bin, Segment

MEDIAN_INFLATION = math.pi / 2
"""Variance of a median over that of a mean, of many normal values."""
PRIOR_BINS = 4
"""Bins that the sample's noise counts for beside the gene's own."""
MIN_PAIRS = 10
"""Neighboring genes of one segment, or genes, below which their spread is not estimated from them."""
UNKNOWN_SPREAD = 0.1
LEAST_SPREAD = 0.02
"""Standard deviation between genes, as log2: where too few genes tell of it, and at least."""
MOST_GENES = 500
"""About as many are drivers (565 in the table of intOGen 2020-02); others make no finding."""
TO_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class Noise:
    """Standard deviations of log2 ratios."""

    of_bins: float
    of_genes: float
    """What the bins of a gene share."""
    widest: float = 1.96
    """Standard errors that the largest of as many chance deviations as there are genes reaches."""


def learn_noise(genes: Mapping[tuple[str, str], Sequence[Bin]], segments: Mapping[str, Sequence[Segment]]) -> Noise:
    """Learn the noise of a sample.

    Parameters
    ----------
    genes
        Bins by gene and contig.
    segments
        By contig, sorted.
    """
    steps = [abs(b.log2 - a.log2) for own in genes.values() for a, b in pairwise(own)]
    of_bins = TO_DEVIATION * median(steps) / math.sqrt(2) if steps else UNKNOWN_SPREAD
    of_bins = max(of_bins, LEAST_SPREAD)
    medians = sorted((own[0].chrom, own[0].start, median(b.log2 for b in own), len(own)) for own in genes.values())
    expected = median(_sampling(of_bins, n) for *_, n in medians) if medians else 0.0
    pairs = [
        abs(b[2] - a[2])
        for a, b in pairwise(medians)
        if a[0] == b[0] and _segment_of(a[1], segments.get(a[0], ())) == _segment_of(b[1], segments.get(b[0], ())) >= 0
    ]
    if len(pairs) >= MIN_PAIRS:
        spread = (TO_DEVIATION * median(pairs)) ** 2 / 2 - expected
    elif len(medians) >= MIN_PAIRS:
        middle = median(row[2] for row in medians)
        spread = (TO_DEVIATION * median(abs(row[2] - middle) for row in medians)) ** 2 - expected
    else:
        spread = UNKNOWN_SPREAD**2
    widest = max(1.96, math.sqrt(2 * math.log(min(len(medians), MOST_GENES) or 1)))
    return Noise(of_bins, max(math.sqrt(max(0.0, spread)), LEAST_SPREAD), widest)


def standard_error(values: Sequence[float], noise: Noise) -> float:
    """Return the standard error of the median of a gene's bins."""
    n = len(values)
    own = 0.0
    if n >= 5:
        middle = median(values)
        own = (TO_DEVIATION * median(abs(value - middle) for value in values)) ** 2 * n / (n - 1)
    elif n >= 2:
        own = variance(values)
    joined = (PRIOR_BINS * noise.of_bins**2 + (n - 1) * own) / (PRIOR_BINS + n - 1)
    return math.sqrt(_sampling(math.sqrt(joined), n) + noise.of_genes**2)


def student(n: int) -> float:
    """Return the quantile 0.975 of Student's distribution for the freedom of :func:`standard_error`.

    Cornish-Fisher's expansion in one over the degrees of freedom, good to 1 % from four on.
    """
    freedom = PRIOR_BINS + n - 1
    return 1.96 + 2.372 / freedom + 2.823 / freedom**2


def _sampling(deviation: float, n: int) -> float:
    return deviation**2 * (MEDIAN_INFLATION if n > 2 else 1.0) / n


def _segment_of(place: int, segments: Sequence[Segment]) -> int:
    return next((index for index, segment in enumerate(segments) if segment.start <= place <= segment.end), -1)
