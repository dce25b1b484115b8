"""Insertions and deletions that one read shows, in its alignment or in what the aligner clipped off.

A read that crosses the end of a deletion or of a duplicated stretch near its own end is clipped there. The clipped
bases are looked for beside the place: behind a deletion, or at the start of the stretch that was duplicated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SEED = 8
"""Clipped bases that must be found again: by chance that is so of about one clip in 200, at a length of its own."""
LONGEST_DELETION, LONGEST_INSERTION = 120, 220
FILLER, FILLER_SEED = 15, 12
"""Bases that may be inserted before the second copy of a duplicated stretch, or stand in place of deleted ones, and
clipped bases behind them that must be found again."""
UNLIKE = 0.12
"""Share of clipped bases that may differ from where they were found."""
CONTINUES = 0.25
"""Share of differences up to which clipped bases are those that follow on the reference, as of clipped primers."""


@dataclass(frozen=True, order=True)
class IndelEvent:
    """A change of length.

    Attributes
    ----------
    place
        0-based place of the first base that is lost, or before which bases are inserted, as far left as can be.
    change
        Bases gained, negative where lost.
    inserted
        The bases gained; empty for a deletion.
    """

    place: int
    change: int
    inserted: str = ""


@dataclass(frozen=True)
class Neighborhood:
    """Reference bases around a place, from ``left`` on."""

    text: str
    left: int

    def bases(self, start: int, end: int) -> str:
        """Return bases, 0-based and half-open, with N where they are not known."""
        low, high = start - self.left, end - self.left
        inside = self.text[max(0, low) : max(0, high)]
        return "N" * max(0, min(high, 0) - low) + inside + "N" * max(0, high - max(low, len(self.text)))


def read_changes(
    sequence: str, cigar: Sequence[tuple[int, int]], start: int, around: Neighborhood
) -> tuple[list[IndelEvent], list[int]]:
    """Return the insertions and deletions of a read, and where it is clipped although nothing explains it.

    Parameters
    ----------
    sequence, cigar, start
        Bases of the read, its alignment as pysam gives it, and its first aligned place.
    around
        Reference bases.
    """
    found: list[IndelEvent] = []
    clips: list[int] = []
    at, query = start, 0
    last = len(cigar) - 1
    for index, (operation, length) in enumerate(cigar):
        if operation == 1 and 0 < index < last:
            found.append(_insertion(at, sequence[query : query + length], around))
        elif operation == 2:
            found.append(_deletion(at, length, around))
        elif operation == 4 and length >= SEED:
            clip = sequence[query : query + length]
            told = _after(clip, at, around) if index else _before(clip, at, around)
            if told is not None:
                found.append(told)
            elif not _goes_on(clip, at, around, behind=index > 0):
                clips.append(at)
        at += length if operation in (0, 2, 3, 7, 8) else 0
        query += length if operation in (0, 1, 4, 7, 8) else 0
    return list(_as_one(found)), clips


def touches(event: IndelEvent, start: int, end: int) -> bool:
    """Whether lost bases, or those that an insertion may be a copy of, lie in a stretch."""
    reach = abs(event.change)
    return event.place < end and event.place + reach >= start


def is_one_deletion(one: IndelEvent, two: IndelEvent) -> bool:
    """Whether two events may be one deletion of three or more bases, laid out in two ways.

    One with other bases in its stead ends where the aligner put them, before or behind.
    """
    return one.change == two.change < -2 and abs(one.place - two.place) <= FILLER


def _as_one(found: Sequence[IndelEvent]) -> Iterator[IndelEvent]:
    """Yield the events of a read; gaps and insertions beside each other are one change of length.

    So is a deletion with other bases in its stead told, or an insertion beside exchanged bases, which aligners lay out
    in several ways. The bases told of several insertions are theirs, without those between them.
    """
    groups: list[list[IndelEvent]] = []
    for event in found:
        if groups and _beside(groups[-1][-1], event):
            groups[-1].append(event)
        else:
            groups.append([event])
    for group in groups:
        change = sum(event.change for event in group)
        if len(group) == 1 or change == 0:
            yield from group
        else:
            yield IndelEvent(min(event.place for event in group), change, _inserted(group) if change > 0 else "")


def _inserted(group: Sequence[IndelEvent]) -> str:
    if all(event.change > 0 for event in group):
        return "".join(event.inserted for event in group)
    return max(group, key=lambda event: abs(event.change)).inserted


def _beside(one: IndelEvent, two: IndelEvent) -> bool:
    """Whether at most as many bases lie between two events as may stand in the stead of deleted ones."""
    first, second = sorted((one, two))
    return second.place - (first.place + max(0, -first.change)) <= FILLER


def _deletion(place: int, length: int, around: Neighborhood) -> IndelEvent:
    text, at = around.text, place - around.left
    while at > 0 and at + length <= len(text) and text[at - 1] == text[at + length - 1]:
        at -= 1
    return IndelEvent(at + around.left, -length)


def _insertion(place: int, bases: str, around: Neighborhood) -> IndelEvent:
    text, at = around.text, place - around.left
    while 0 < at <= len(text) and text[at - 1] == bases[-1]:
        bases = bases[-1] + bases[:-1]
        at -= 1
    return IndelEvent(at + around.left, len(bases), bases)


def _unlike(one: str, two: str) -> int:
    return sum(a != b for a, b in zip(one, two, strict=True)) if one != two else 0


def _fits(clip: str, text: str, share: float) -> bool:
    return len(clip) == len(text) and _unlike(clip, text) <= max(1, share * len(clip))


def _goes_on(clip: str, at: int, around: Neighborhood, *, behind: bool) -> bool:
    """Whether clipped bases are those that follow on the reference."""
    ends = (at, at + len(clip)) if behind else (at - len(clip), at)
    return _fits(clip, around.bases(*ends), CONTINUES)


def _after(clip: str, at: int, around: Neighborhood) -> IndelEvent | None:
    """Explain bases that were clipped behind the last aligned place."""
    size = len(clip)
    if _goes_on(clip, at, around, behind=True):
        return None
    seed = clip[:SEED]
    low, high = at - LONGEST_INSERTION, at + LONGEST_DELETION + SEED
    for place in _occurrences(seed, around, low, high):
        if place != at and _fits(clip, around.bases(place, place + size), UNLIKE):
            if place > at:
                return _deletion(at, place - at, around)
            return _insertion(at, around.bases(place, at), around)
    for place in _occurrences(clip[-SEED:], around, at, at + size):
        gained = size - SEED - (place - at)
        if gained > 0 and _fits(clip[gained:], around.bases(at, at + size - gained), UNLIKE):
            return _insertion(at, clip[:gained], around)
    return _after_others(clip, at, around)


def _after_others(clip: str, at: int, around: Neighborhood) -> IndelEvent | None:
    """Explain bases behind the last aligned place that begin with some that are not there."""
    for extra in range(1, min(FILLER, len(clip) - FILLER_SEED) + 1):
        copy = clip[extra:]
        low, high = at - LONGEST_INSERTION, at + LONGEST_DELETION + FILLER_SEED
        for place in _occurrences(copy[:FILLER_SEED], around, low, high):
            if at <= place <= at + extra or not _fits(copy, around.bases(place, place + len(copy)), UNLIKE):
                continue
            if place > at:
                return _deletion(at, place - at - extra, around)
            return _insertion(at, clip[:extra] + around.bases(place, at), around)
    return None


def _before(clip: str, at: int, around: Neighborhood) -> IndelEvent | None:
    """Explain bases that were clipped before the first aligned place."""
    size = len(clip)
    if _goes_on(clip, at, around, behind=False):
        return None
    low, high = at - LONGEST_DELETION - SEED, at + LONGEST_INSERTION
    for place in _occurrences(clip[-SEED:], around, low, high):
        end = place + SEED
        if end != at and _fits(clip, around.bases(end - size, end), UNLIKE):
            if end < at:
                return _deletion(end, at - end, around)
            return _insertion(at, around.bases(at, end), around)
    for place in _occurrences(clip[:SEED], around, at - size, at):
        gained = size - (at - place)
        if gained > 0 and _fits(clip[: size - gained], around.bases(place, at), UNLIKE):
            return _insertion(at, clip[size - gained :], around)
    return _before_others(clip, at, around)


def _before_others(clip: str, at: int, around: Neighborhood) -> IndelEvent | None:
    """Explain bases before the first aligned place that end with some that are not there."""
    for extra in range(1, min(FILLER, len(clip) - FILLER_SEED) + 1):
        copy = clip[:-extra]
        low, high = at - LONGEST_DELETION - FILLER_SEED, at + LONGEST_INSERTION
        for place in _occurrences(copy[-FILLER_SEED:], around, low, high):
            end = place + FILLER_SEED
            if at - extra <= end <= at or not _fits(copy, around.bases(end - len(copy), end), UNLIKE):
                continue
            if end < at:
                return _deletion(end, at - end - extra, around)
            return _insertion(end, clip[-extra:] + around.bases(at, end), around)
    return None


def _occurrences(seed: str, around: Neighborhood, low: int, high: int) -> Iterator[int]:
    """Yield where a seed lies within reference places ``low`` to ``high``."""
    start, end = max(0, low - around.left), max(0, high - around.left)
    at = around.text.find(seed, start, end)
    while at >= 0:
        yield at + around.left
        at = around.text.find(seed, at + 1, end)
