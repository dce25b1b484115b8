"""Whether the reads over a locus are of the sort that insertions and deletions were spiked into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from genomodel.calls.hotspot_assay.lengths import SpanCounts
from genomodel.calls.hotspot_assay.windows import WindowCounts

FEW_ENDS, FEW_READS = 20, 8
"""Fragment ends below which half of the reads have fixed ones, and reads for each of them: of random ends, some hundred
lie around a place, and few reads have few."""
FEWEST_ENDS = 8
"""Ends of half of the reads up to which they are those of amplicons and not of a handful of molecules."""
MOST_DIFFER = 0.95
"""Share of the reads, and of those that would by chance, that differ where there are copies: of molecules with ends of
their own as many differ as would by chance, within a percent from 500 reads on and never fewer at 30 to 50,000."""
LONG_READS = 400
"""Bases beyond which reads are of another kind of sequencing, and by another aligner, than those that were spiked."""
BESIDE = 20
"""Bases beside a stretch in which clipped reads count for it."""
LEAST_CLIPPED, LEAST_CLIPPED_SHARE = 4, 0.002
"""Fragments clipped at one place, and their share, from which they may be an event."""
NEAR_EVENT = 10
"""Bases between the end of a recognized event and a place at which its other reads may be clipped."""
CLIP_CHANCE = 1e-4
"""Probability that scattered clips pile up so at any place of a stretch, below which they are an event."""


def why_not_spoken_of(spans: Sequence[SpanCounts], *, amplicon: bool = False) -> str:
    """Return why nothing can be excluded for insertions and deletions at a locus, empty where something can.

    The share of fragments that is recognized was measured on fragments with random ends. Where all end at the same
    places, as those of amplicons do, an event near the end of all of them is recognized in none.
    """
    if amplicon or any(has_fixed_ends(span.tumor) for span in spans):
        return "fragments with fixed ends, as of amplicons, were not spiked"
    longest = max((span.tumor.read_length for span in spans), default=0)
    if longest > LONG_READS:
        return f"reads of {longest:,} bases, far longer than those that were spiked"
    most = max((clipped_at_one_place(span.tumor, *span.span, span.depth) for span in spans), default=0)
    if most:
        return f"{most:,} fragments are clipped at one place, which no event that was looked for explains"
    return ""


def has_unmarked_copies(found: WindowCounts) -> bool:
    """Whether there are fragments that are copies of others, which nobody marked as duplicates.

    That is where fewer fragments differ than would if their starts and lengths were drawn independently. Fragments
    with fixed ends are no case of it, of those nobody can tell, nor are reads that are the consensus of a molecule.
    """
    if found.marked or found.consensus or has_fixed_ends(found, FEWEST_ENDS):
        return False
    reads, differ = found.fragments.total(), len(found.fragments)
    # Of reads of one strand the first base decides which of them are here, so that it says nothing of the length.
    return differ < MOST_DIFFER * reads and differ < MOST_DIFFER * sum(
        _differ_by_chance(found, first_mate, reverse) for first_mate in (True, False) for reverse in (True, False)
    )


def _differ_by_chance(found: WindowCounts, first_mate: bool, reverse: bool) -> float:
    """Return how many reads of one mate and strand would differ, were first bases and lengths drawn independently."""
    starts, sizes = Counter[int](), Counter[int]()
    for (start, end, *kind), n in found.fragments.items():
        if kind == [first_mate, reverse]:
            starts[end if reverse else start] += n
            sizes[end - start] += n
    expected = np.outer(list(starts.values()), list(sizes.values())) / max(1, starts.total())
    return float(-np.expm1(-expected).sum())


def has_fixed_ends(found: WindowCounts, few: int = FEW_ENDS) -> bool:
    """Whether few fragment ends are those of half of the reads."""
    reads, within, ends = found.ends.total(), 0, 0
    for _, count in found.ends.most_common(few):
        within, ends = within + count, ends + 1
        if 2 * within >= reads:
            return ends * FEW_READS <= reads
    return False


def clipped_at_one_place(found: WindowCounts, start: int, end: int, depth: int) -> int:
    """Return how many fragments are clipped at the one place of a stretch where most are, 0 where chance explains it.

    Parameters
    ----------
    found
        The window with the stretch.
    start, end
        Its ends, 0-based half-open.
    depth
        Fragments over it.
    """
    from scipy import stats  # noqa: PLC0415  slow to import, and few runs come here

    first, last = start - BESIDE, end + BESIDE
    here = {place: n for place, n in found.clips.items() if first <= place <= last}
    place = max(here, key=lambda at: (here[at], -at), default=None)
    if place is None or here[place] < max(LEAST_CLIPPED, LEAST_CLIPPED_SHARE * depth):
        return 0
    events = found.events[-1] if found.events else {}
    ends = [(edge, n) for event, n in events.items() for edge in (event.place, event.place + abs(event.change))]
    # Reads of an event that is known are left over where the first clipped bases are misread.
    if any(n >= here[place] and abs(edge - place) <= NEAR_EVENT for edge, n in ends):
        return 0
    # What scattered clips leave at other places of the stretch is what chance can do here.
    elsewhere = (sum(here.values()) - here[place] + 1) / (last - first)
    chance = float(stats.poisson.sf(here[place] - 1, elsewhere)) * (last - first + 1)
    return here[place] if chance < CLIP_CHANCE else 0
