"""Fewer bins and sites, for a drawing: neighbors joined to their median, nothing left out at its ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from statistics import median

from genomodel.core.copy_number import Bin, HetSite

MOST_POINTS = 1500


def thin_bins(bins: Sequence[Bin], most: int = MOST_POINTS) -> tuple[Bin, ...]:
    """Return at most about ``most`` bins: runs of equally many neighbors of a contig and gene, as their median.

    A gene keeps bins of its own, so that a short amplification stays visible.
    """
    size = math.ceil(len(bins) / most)
    for _ in range(8):
        thinned = _joined(bins, size)
        if len(thinned) <= most:
            break
        size *= 2
    return thinned


def _joined(bins: Sequence[Bin], size: int) -> tuple[Bin, ...]:
    if size <= 1:
        return tuple(bin_.model_copy(update={"log2": round(bin_.log2, 3), "depth": None}) for bin_ in bins)
    joined = []
    by_gene = size <= 64
    for (chrom, gene), run in groupby(bins, key=lambda b: (b.chrom, b.gene if by_gene else "")):
        members = list(run)
        for start in range(0, len(members), size):
            part = members[start : start + size]
            log2 = round(median(bin_.log2 for bin_ in part), 3)
            joined.append(Bin(chrom=chrom, start=part[0].start, end=part[-1].end, gene=gene, log2=log2))
    return tuple(joined)


def thin_sites(sites: Sequence[HetSite], most: int = MOST_POINTS) -> tuple[HetSite, ...]:
    """Return every n-th site, so that at most ``most`` stay: fractions of sites must not be averaged."""
    step = max(1, math.ceil(len(sites) / most))
    return tuple(sites[::step])
