"""The window of a picture of reads, and what one read shows of it, a sign for each base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pysam

from genomodel.core.variants import Variant, changed_span

AROUND = 25
"""Bases on either side of what a variant changes."""
MOST_CHANGED = 40
"""Changed bases of the reference that are drawn; a longer deletion is cut behind them."""
INSERTED = 30
"""Inserted bases that are kept by letter."""
AS_REFERENCE, LOW_AS_REFERENCE, DELETED, CLIPPED, NOTHING = ".", ",", "-", "~", " "
_MATCH, _INSERTION, _DELETION, _SKIP, _SOFT_CLIP = (0, 7, 8), 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the reference.

    Attributes
    ----------
    start
        0-based position of its first base.
    bases
        Reference bases.
    focus
        First and last cell that the variant changes.
    hidden
        Changed bases beyond the window.
    """

    start: int
    bases: str
    focus: tuple[int, int]
    hidden: int

    @property
    def end(self) -> int:
        """Position behind its last base."""
        return self.start + len(self.bases)


def window_of(variant: Variant, bases: Callable[[int, int], str]) -> Window:
    """Return the window around a variant; ``bases`` takes positions, 0-based and half-open."""
    first, last = changed_span(variant)
    hidden = max(0, last - first + 1 - MOST_CHANGED)
    start = max(0, first - 1 - AROUND)
    end = last + AROUND if not hidden else first - 1 + MOST_CHANGED
    text = bases(start, end)
    focus = (first - 1 - start, min(last - 1 - start, len(text) - 1))
    return Window(start, text, focus, hidden)


def cells_of(read: pysam.AlignedSegment, window: Window, min_quality: int) -> tuple[str, dict[int, str]]:
    """Return the signs of a read by the cells of a window, and the bases inserted behind cells.

    Parameters
    ----------
    read
        Aligned read with its bases.
    window
        What is drawn.
    min_quality
        Phred score below which a base is of low quality.
    """
    cells = [NOTHING] * len(window.bases)
    insertions: dict[int, str] = {}
    bases = read.query_sequence or ""
    qualities = read.query_qualities
    at, query = read.reference_start, 0

    def letter(index: int) -> str:
        base = bases[index] if bases[index] in "ACGT" else "N"
        return base.lower() if qualities is not None and qualities[index] < min_quality else base

    def fill(start: int, end: int, sign: str) -> None:
        for place in range(max(start, window.start), min(end, window.end)):
            cells[place - window.start] = sign

    for index, (operation, length) in enumerate(read.cigartuples or []):
        if operation in _MATCH:
            for place in range(max(at, window.start), min(at + length, window.end)):
                seen = letter(query + place - at)
                if seen.upper() == window.bases[place - window.start]:
                    seen = AS_REFERENCE if seen.isupper() else LOW_AS_REFERENCE
                cells[place - window.start] = seen
            at, query = at + length, query + length
        elif operation == _INSERTION:
            cell = at - 1 - window.start
            if -1 <= cell < len(cells):
                insertions[cell] = _inserted("".join(letter(query + i) for i in range(length)))
            query += length
        elif operation in (_DELETION, _SKIP):
            fill(at, at + length, DELETED if operation == _DELETION else NOTHING)
            at += length
        elif operation == _SOFT_CLIP:
            fill(*((at - length, at) if index == 0 or query == 0 else (at, at + length)), CLIPPED)
            query += length
    return "".join(cells), insertions


def _inserted(bases: str) -> str:
    rest = len(bases) - INSERTED
    return bases if rest <= 0 else f"{bases[:INSERTED]}+{rest}"
