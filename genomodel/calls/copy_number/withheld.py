"""What is taken back of the calls in view of the assay: genes hardly measured, and such as set the middle themselves.

A log2 ratio of 0 is the middle of the sample, which CNVkit takes from the medians of the autosomes. In an assay on few
of them an amplified gene is a good part of its own middle: alone it is always neutral, beside one other half as high as
it is, while that one looks lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from genomodel.calls.copy_number.bins import genes_of, is_autosome
from genomodel.core.copy_number import (
    Bin,
    CopyNumberCall,
    CopyNumberState,
    PurityPloidy,
    may_be_more,
)

MIN_MEASURED = 0.5
"""Share of a gene's bins that have to be measured for it to be neutral."""
HARDLY_MEASURED = "too few bins could be measured"
WIDE_BINS = 2
"""Bins of a gene in a whole genome of which none lies inside of it for sure."""
OWN_MIDDLE = "too few genes elsewhere to tell what is neutral"
GENES_OF_MEDIAN = 5
"""Genes of the assay on an autosome, none with half of its bins, from which no altered gene moves its median."""
WEAKER = {
    CopyNumberState.AMPLIFICATION: CopyNumberState.GAIN,
    CopyNumberState.DEEP_DELETION: CopyNumberState.LOSS,
}

Withheld = tuple[tuple[CopyNumberCall, ...], dict[str, str]]
"""Calls that stay, and why others do not."""


def without_hardly_measured(calls: Sequence[CopyNumberCall], laid: Mapping[str, int]) -> Withheld:
    """Return the calls without genes that are neutral in a lesser part of their bins, and these with the reason.

    Parameters
    ----------
    calls
        By gene.
    laid
        Bins of each gene of the assay, measured or not.
    """
    hardly = {
        call.gene: f"{HARDLY_MEASURED}: {call.n_regions} of its {laid[call.gene]} bins"
        for call in calls
        if call.state is CopyNumberState.NEUTRAL and (call.n_regions or 0) < MIN_MEASURED * laid.get(call.gene, 0)
    }
    return tuple(call for call in calls if call.gene not in hardly), hardly


def without_own_middle(calls: Sequence[CopyNumberCall], bins: Sequence[Bin], purity: PurityPloidy | None) -> Withheld:
    """Return the calls without neutral genes where few genes make the middle.

    Parameters
    ----------
    calls
        By gene; gains and losses stay, and may be more. Where one altered gene moves the middle, no more than these
        are told; two move it where they are half of the autosomes.
    bins
        Of the sample.
    purity
        In force; where the level of two copies was fitted to both alleles, the middle does not matter.
    """
    by_autosome: dict[str, Counter[str]] = defaultdict(Counter)
    for bin_ in bins:
        if is_autosome(bin_.chrom):
            by_autosome[bin_.chrom].update(genes_of(bin_.gene))
    genes = [count for count in by_autosome.values() if count]
    n, movable = len(genes), sum(_moved_by_one(count) for count in genes)
    if 2 * min(movable, 2) < n or (purity is not None and purity.diploid_log2 is not None):
        return tuple(calls), {}
    reason = f"{OWN_MIDDLE}: the assay has genes on {n} autosomes, the medians of {movable} rest on a few"
    neutral = {call.gene: reason for call in calls if call.state is CopyNumberState.NEUTRAL}
    held = n <= 2
    stay = (_weakened(call) if held else call for call in calls if call.gene not in neutral)
    return tuple(may_be_more(call, reason) for call in stay), neutral


def in_wide_bins(calls: Sequence[CopyNumberCall]) -> tuple[CopyNumberCall, ...]:
    """Return the calls of a whole genome, of which a gain or loss in few bins may be more.

    Bins are cut without regard to genes: of an event in a small gene they hold as much else.
    """
    reason = "its bins reach beyond it"
    return tuple(may_be_more(call, reason) if (call.n_regions or 0) <= WIDE_BINS else call for call in calls)


def _moved_by_one(bins: Counter[str]) -> bool:
    """Whether one altered gene moves the median of an autosome, of which the bins by gene are given."""
    return len(bins) < GENES_OF_MEDIAN or 2 * max(bins.values()) >= bins.total()


def _weakened(call: CopyNumberCall) -> CopyNumberCall:
    return call.model_copy(update={"state": WEAKER.get(call.state, call.state)})
