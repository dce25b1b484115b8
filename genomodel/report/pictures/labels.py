"""Names side by side above a picture, each near its place: no name meets another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genomodel.report.pictures.svg import fitted, text_width

GAP = 4.0
"""On both sides of a name."""


@dataclass(frozen=True)
class Label:
    """A name that has a place in the picture."""

    words: str
    x: float
    """Where what it names lies."""
    middle: float
    """Where the name itself lies."""
    half: float
    """Half the width of the name."""
    index: int
    """Of what was asked for."""


def spread_labels(
    wanted: Sequence[tuple[str, float]], *, left: float, right: float, size: float, bold: bool = False
) -> list[Label]:
    """Give names places side by side in one row, each as near its own as the others allow.

    Parameters
    ----------
    wanted
        Names with the place of what they name, the most important first.
    left, right
        Where the row begins and ends.
    size, bold
        Of the letters.

    Returns
    -------
    list of Label
        From left to right, so that lines down to the places do not cross; the last of those asked for that the row has
        no room for are left out.
    """
    kept: list[tuple[float, int, str, float]] = []
    room = right - left
    for index, (name, x) in enumerate(wanted):
        words = fitted(name, size, (right - left) / 3, bold=bold)
        width = text_width(words, size, bold=bold) + 2 * GAP
        if width <= room:
            room -= width
            kept.append((x, index, words, width))
    kept.sort()
    middles = _pushed_apart([(x, width) for x, _, _, width in kept], left, right)
    return [
        Label(words, x, middle, width / 2 - GAP, index)
        for (x, index, words, width), middle in zip(kept, middles, strict=True)
    ]


def _pushed_apart(wanted: Sequence[tuple[float, float]], left: float, right: float) -> list[float]:
    """Return the middles of parts of a row, from places and widths in order; together they have room.

    Neighbors that would meet become one block around the mean of what its parts want, as long as blocks meet.
    """
    blocks: list[tuple[float, float, int]] = []
    for x, width in wanted:
        # Where the block's left end wants to be (sum over its parts), its width, its parts.
        block = (x - width / 2, width, 1)
        while True:
            start = min(max(block[0] / block[2], left), right - block[1])
            if not blocks:
                break
            before = blocks[-1]
            if min(max(before[0] / before[2], left), right - before[1]) + before[1] <= start:
                break
            blocks.pop()
            block = (before[0] + block[0] - block[2] * before[1], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    middles, parts = [], iter(wanted)
    for total, whole, n in blocks:
        at = min(max(total / n, left), right - whole)
        for _ in range(n):
            _, width = next(parts)
            middles.append(at + width / 2)
            at += width
    return middles
