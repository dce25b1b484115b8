"""Names above a picture, in rows over their places or side by side: no name meets another name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genomodel.report.pictures.svg import Color, fitted, line, text, text_width

GAP = 4.0
"""Between two names, and on both sides of a line."""


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
    row: int
    """From below, 0 next to the picture."""
    index: int
    """Of what was asked for."""


def place_labels(
    wanted: Sequence[tuple[str, float]], *, rows: int, left: float, right: float, size: float, bold: bool = False
) -> list[Label]:
    """Give names their places, the first ones first.

    Parameters
    ----------
    wanted
        Names with the place of what they name, the most important first.
    rows
        Rows there are.
    left, right
        Where rows begin and end.
    size
        Of the letters.
    bold
        Whether the letters are bold.

    Returns
    -------
    list of Label
        In the order asked for; a name that fits in no row is left out.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    placed = []
    for index, (name, x) in enumerate(wanted):
        words = fitted(name, size, (right - left) / 3, bold=bold)
        half = text_width(words, size, bold=bold) / 2
        row = None
        # Beside its place where it does not fit above it, as long as its line still begins below it.
        for shift in (0.0, half - 2, 2 - half):
            middle = min(max(x + shift, left + half), right - half)
            row = next((i for i in range(rows) if _fits(taken, i, x, middle, half)), None)
            if row is not None:
                break
        if row is None:
            continue
        taken[row].append((middle - half - GAP, middle + half + GAP))
        for below in taken[:row]:
            below.append((x - GAP, x + GAP))
        placed.append(Label(words, x, middle, half, row, index))
    return placed


def _fits(taken: Sequence[Sequence[tuple[float, float]]], row: int, x: float, middle: float, half: float) -> bool:
    """Whether a name fits a row, and the line from it through the rows below meets no other name."""
    free = all(middle + half < start or middle - half > end for start, end in taken[row])
    return free and all(x < start or x > end for below in taken[:row] for start, end in below)


def draw_label(
    label: Label, *, base: float, row_height: float, to: float, size: float, bold: bool = False
) -> list[str]:
    """Return a name and the line down to what it names.

    Parameters
    ----------
    label
        With its place.
    base
        Baseline of the lowest row.
    row_height
        Of each row.
    to
        Where the line ends.
    size, bold
        Of the letters, as it was placed with.
    """
    y = base - label.row * row_height
    return [
        text(label.middle, y, label.words, size=size, anchor="middle", bold=bold),
        line(label.x, y + 3, label.x, max(to, y + 3), Color.QUIET, 0.8),
    ]


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
        Label(words, x, middle, width / 2 - GAP, 0, index)
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
