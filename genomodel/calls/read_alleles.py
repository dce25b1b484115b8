"""What one read says of one allele.

Substitutions are read at their place in the alignment. Insertions, deletions and complex alleles are read by laying the
read against the two possible local sequences, since the aligner clips or misplaces bases beside an indel.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.calls.alleles import Bases, is_substitution
from genomodel.core.variants import Variant

ALT, REF, OTHER = 1, 0, 2
F1R2, F2R1, UNKNOWN_ORIENTATION = 0, 1, 2
FORWARD, REVERSE, BOTH = 0, 1, 2

EDGE_BASES = 8
"""Distance from the end of the aligned part below which a base is at the edge of its read, where misalignment shows."""

RIVAL_REACH = 25
"""Bases around an indel in which a read that holds it, but was aligned without it, shows false substitutions."""

RICH_MISMATCHES = 3
"""Further differences of a read from the reference that make it suspect of another origin."""

CLIPPED_BASES = 15
"""Soft-clipped bases that make a read as suspect as :data:`RICH_MISMATCHES`."""

MAX_QUALITY = 60

FLANK = 12
"""Bases on either side of an indel that must fit for a read to speak for it."""

COMPARED = 30
"""Bases compared beyond the first one in which the two local sequences differ; more would meet the next variant."""

MISFIT_PER_PHRED = 0.13
"""Natural-log cost of a misfit for each Phred of its quality, up to Q30: about 0.6 of what the quality promises, since
a read may differ from both local sequences by variants that neither of them knows."""

AMBIGUOUS = 2.0
"""Difference in cost below which a read speaks for neither sequence."""

FOREIGN = 12.0
"""Cost of the better sequence, about three misfits, from which a read belongs to neither."""


class ReadView:
    """One read with what is asked of it again and again."""

    def __init__(self, read: pysam.AlignedSegment) -> None:
        self.sequence = read.query_sequence or ""
        self.qualities = read.query_qualities or array("B", bytes(len(self.sequence)))
        self.blocks: list[tuple[int, int, int]] = []
        """(reference start, reference end, query start) of each run without gaps."""
        self.gaps = 0
        at, query = read.reference_start, 0
        left_clip = right_clip = 0
        cigar = read.cigartuples or []
        for index, (operation, length) in enumerate(cigar):
            if operation in (0, 7, 8):
                self.blocks.append((at, at + length, query))
                at, query = at + length, query + length
            elif operation in (2, 3):
                at += length
                self.gaps += length if operation == 2 else 0
            elif operation in (1, 4):
                query += length
                if operation == 4:
                    left_clip, right_clip = (length, right_clip) if index == 0 else (left_clip, length)
                else:
                    self.gaps += length
        self.start, self.end = read.reference_start, at
        self.clipped_start, self.clipped_end = self.start - left_clip, self.end + right_clip
        self.query_start, self.query_end = left_clip, len(self.sequence) - right_clip
        self.clipped = max(left_clip, right_clip)
        self.reverse = read.is_reverse
        self.mapping = min(read.mapping_quality, 255)
        if read.is_paired:
            self.orientation = F1R2 if read.is_read1 != read.is_reverse else F2R1
        else:
            self.orientation = UNKNOWN_ORIENTATION
        self.changed = bool(read.has_tag("NM") and read.get_tag("NM") == 0) is False

    def query_of(self, position: int) -> int | None:
        """Return the index of the base that is aligned to a reference position (0-based)."""
        for start, end, query in self.blocks:
            if start <= position < end:
                return query + position - start
        return None


class Spot:
    """One candidate and the two local sequences that a read may have come from."""

    def __init__(self, variant: Variant, bases: Bases) -> None:
        self.variant = variant
        self.start = variant.pos - 1
        self.substitution = is_substitution(variant)
        self.end = self.start + len(variant.ref)
        self.rivals: list[Spot] = []
        self.edits = sum(a != b for a, b in zip(variant.ref, variant.alt, strict=True)) if self.substitution else 0
        if not self.substitution:
            reach = 300 + len(variant.ref) + len(variant.alt)
            self.left = max(0, self.start - reach)
            before = bases(variant.chrom, self.left, self.start)
            after = bases(variant.chrom, self.end, self.end + reach)
            self.ref_sequence = np.frombuffer((before + variant.ref + after).encode(), dtype=np.uint8)
            self.alt_sequence = np.frombuffer((before + variant.alt + after).encode(), dtype=np.uint8)
            self.shift = len(variant.alt) - len(variant.ref)
            inserted = max(0, self.shift)
            self.right_reach = _common_prefix(variant.ref + after, variant.alt + after) + inserted + COMPARED
            self.left_reach = _common_prefix((before + variant.ref)[::-1], (before + variant.alt)[::-1])
            self.left_reach += inserted + COMPARED

    def look(self, view: ReadView, mismatches: int, min_quality: int) -> tuple[int, ...] | None:
        """Return what a read says: allele, quality, orientation, strand, edge, rich, mapping; ``None`` for nothing."""
        told = self._substitution(view, min_quality) if self.substitution else self._indel(view)
        if told is None:
            return None
        allele, quality, edge = told
        if self.substitution and allele == ALT and not view.gaps and any(rival.holds(view) for rival in self.rivals):
            allele = OTHER
        own = self.edits if allele == ALT else 0
        # The bases of a complex allele differ from the reference wherever the aligner put them.
        rich = self.substitution and (mismatches - own >= RICH_MISMATCHES or view.clipped >= CLIPPED_BASES)
        strand = REVERSE if view.reverse else FORWARD
        return (allele, quality, view.orientation, strand, edge, rich, view.mapping)

    def holds(self, view: ReadView) -> bool:
        """Whether a read, however it was aligned, fits the sequence with this insertion or deletion better."""
        costs = self._costs(view)
        return costs is not None and costs[1] <= costs[0] - AMBIGUOUS and costs[1] <= FOREIGN

    def _substitution(self, view: ReadView, min_quality: int) -> tuple[int, int, bool] | None:
        if self.start < view.start or self.end > view.end:
            return None
        first, last = view.query_of(self.start), view.query_of(self.end - 1)
        if first is None or last is None or last - first != self.end - 1 - self.start:
            # A deletion here is no reading of the base, but it does say that the molecule is of neither allele.
            return (OTHER, 30, False)
        quality = min(view.qualities[first : last + 1])
        if quality < min_quality:
            return None
        seen = view.sequence[first : last + 1]
        allele = ALT if seen == self.variant.alt else REF if seen == self.variant.ref else OTHER
        edge = min(first - view.query_start, view.query_end - 1 - last) < EDGE_BASES
        return (allele, min(int(quality), MAX_QUALITY), edge)

    def _indel(self, view: ReadView) -> tuple[int, int, bool] | None:
        costs = self._costs(view)
        if costs is None:
            return None
        ref, alt, covered = costs
        difference = abs(ref - alt)
        if difference < AMBIGUOUS:
            return None
        if min(ref, alt) > FOREIGN:
            return (OTHER, 30, False)
        edge = covered < 2 * FLANK
        quality = min(int(difference * 4.34), MAX_QUALITY)
        if alt > ref:
            return (REF, quality, edge)
        others = [cost for cost in (rival.cost_of_alt(view) for rival in self.rivals) if cost is not None]
        if others and min(others) <= alt - AMBIGUOUS:
            return (OTHER, quality, edge)
        return (ALT, quality, edge)

    def cost_of_alt(self, view: ReadView) -> float | None:
        """Return how badly a read fits the sequence with this event, ``None`` where it does not reach it."""
        costs = self._costs(view)
        return None if costs is None else costs[1]

    def _costs(self, view: ReadView) -> tuple[float, float, int] | None:
        """Return the costs of the sequences without and with the event, and the bases read beyond it."""
        if view.clipped_start >= self.end or view.clipped_end <= self.start + 1:
            return None
        ways = [way for way in (self._from_left(view), self._from_right(view)) if way is not None]
        return min(ways, key=lambda way: min(way[0], way[1])) if ways else None

    def _from_left(self, view: ReadView) -> tuple[float, float, int] | None:
        """Lay the read against both sequences from an aligned base before the event on, towards the right."""
        anchor = None
        for start, end, query in view.blocks:
            if start < self.start + 1 and start >= self.left:
                place = max(start, min(self.start, end - 1) - FLANK)
                if anchor is None or place > anchor[0]:
                    anchor = (place, query + place - start)
            elif start < self.left < end:
                place = max(self.left, min(self.start, end - 1) - FLANK)
                anchor = (place, query + place - start)
        if anchor is None or anchor[0] > self.start:
            return None
        offset = anchor[0] - self.left
        length = min(len(view.sequence) - anchor[1], len(self.ref_sequence) - offset, len(self.alt_sequence) - offset)
        length = min(length, self.start - anchor[0] + self.right_reach)
        read = np.frombuffer(view.sequence[anchor[1] : anchor[1] + length].encode(), dtype=np.uint8)
        quality = np.frombuffer(view.qualities[anchor[1] : anchor[1] + length], dtype=np.uint8)
        ref, alt = self.ref_sequence[offset : offset + length], self.alt_sequence[offset : offset + length]
        return _misfit(read, quality, ref, alt, length - (self.start - anchor[0]))

    def _from_right(self, view: ReadView) -> tuple[float, float, int] | None:
        """Lay the read against both from an aligned base behind the event, towards the left."""
        anchor = None
        right = self.left + len(self.ref_sequence)
        for start, end, query in view.blocks:
            if end > self.end and start < right:
                place = min(min(end, right) - 1, max(self.end, start) + FLANK)
                if anchor is None or place < anchor[0]:
                    anchor = (place, query + place - start)
        if anchor is None or anchor[0] < self.end:
            return None
        ref_last, query_last = anchor[0] - self.left + 1, anchor[1] + 1
        alt_last = ref_last + self.shift
        length = min(query_last, ref_last, alt_last, anchor[0] - self.end + self.left_reach)
        read = np.frombuffer(view.sequence[query_last - length : query_last].encode(), dtype=np.uint8)
        quality = np.frombuffer(view.qualities[query_last - length : query_last], dtype=np.uint8)
        ref, alt = self.ref_sequence[ref_last - length : ref_last], self.alt_sequence[alt_last - length : alt_last]
        return _misfit(read, quality, ref, alt, length - (anchor[0] - self.end))


def _common_prefix(one: str, two: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _misfit(
    read: npt.NDArray[np.uint8],
    quality: npt.NDArray[np.uint8],
    ref: npt.NDArray[np.uint8],
    alt: npt.NDArray[np.uint8],
    covered: int,
) -> tuple[float, float, int] | None:
    """Return the cost of both sequences in natural logarithms of likelihood, and the bases read beyond the event."""
    if len(read) == 0 or len(read) != len(ref) or len(read) != len(alt):
        return None
    cost = np.minimum(quality, 30) * MISFIT_PER_PHRED
    return float(cost[read != ref].sum()), float(cost[read != alt].sum()), covered


def set_rivals(spots: Sequence[Spot], parts: Mapping[str, tuple[str, ...]]) -> None:
    """Tell each allele which indels lie so near that reads of theirs may look like it, those it is part of aside."""
    indels = [spot for spot in spots if not spot.substitution]
    for spot in spots:
        near = [i for i in indels if i.start - RIVAL_REACH <= spot.start < i.end + RIVAL_REACH and i is not spot]
        spot.rivals = [i for i in near if spot.variant.key not in parts.get(i.variant.key, ())]
