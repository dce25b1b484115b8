"""How much of the first printed page a text takes, so that what is put there fits, and what does not is told of.

Widths are those of DejaVu Sans Condensed, the widest of the faces that the style sheet asks for which a page is usually
printed in; with a narrower one less is filled. They were read from the font (version 2.37) and rounded up.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from genomodel.report import words
from genomodel.report.catalog import say

SIZE, LINE = 9.0, 10.6
"""Size of the letters and distance of lines, in points, as the style sheet sets them."""
MM = 72 / 25.4
ELLIPSIS = "\u2026"
"""Ends a text that is cut."""
PAGE_WIDTH, PAGE_HEIGHT = 184 * MM, 272 * MM
"""Inside the margins of the first page, in points."""
BOLD = 1.11
"""How much wider bold letters run."""
_WIDTHS = (
    (0.25, "ijl'\u2019"),
    (0.27, "IJ"),
    (0.29, " ,.\u2009"),
    (0.31, "/:;\\|"),
    (0.33, "-f"),
    (0.36, "()[]t!"),
    (0.38, "r"),
    (0.46, '"*_`\u201c\u201d'),
    (0.48, "sz?"),
    (0.50, "cL"),
    (0.53, "Fkvxy"),
    (0.55, "PTYaeo"),
    (0.58, "$0123456789ESbdghnpqu{}\u2013"),
    (0.62, "ABRVXZCK"),
    (0.68, "UNH"),
    (0.71, "D&GOQ"),
    (0.76, "w#+<=>^~\u2212\u25b2\u25bc"),
    (0.79, "M"),
    (0.86, "%"),
    (0.90, "mW@\u2014\u2026"),
)
_WIDTH_OF = {char: width for width, chars in _WIDTHS for char in chars} | {words.NBSP: 0.29}
MOST_NAMES = 60
"""On a line."""
_SPARE = 0.68
_WIDE = 1.05


@lru_cache(maxsize=4096)
def _char(char: str) -> float:
    known = _WIDTH_OF.get(char)
    if known is not None:
        return known
    if unicodedata.combining(char):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF else _SPARE


def width(text: str, *, bold: bool = False) -> float:
    """Return how wide a text runs on one line, in points."""
    return sum(map(_char, text)) * SIZE * (BOLD if bold else 1)


def lines(text: str, room: float, *, bold: bool = False) -> int:
    """Return how many lines a text takes in a column, 0 for an empty one.

    Parameters
    ----------
    text
        Breaks at spaces; a word that is wider than the column breaks anywhere.
    room
        Width of the column in points.
    bold
        Whether it is printed bold.
    """
    taken, used = 0, room + 1
    blank = width(" ", bold=bold)
    for word in text.replace(words.NBSP, "\u2007").split():
        wide = width(word, bold=bold)
        if used + blank + wide <= room:
            used += blank + wide
            continue
        rows = max(1, -int(-wide // room))
        taken += rows
        used = wide - (rows - 1) * room if rows > 1 else wide
    return taken


def clipped(text: str, room: float, most: int, *, bold: bool = False) -> str:
    """Return as much of a text as ``most`` lines of a column hold, with an ellipsis where it ends early."""
    if lines(text, room, bold=bold) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if lines(_cut(text, middle), room, bold=bold) <= most:
            low = middle
        else:
            high = middle - 1
    return _cut(text, low)


def _cut(text: str, length: int) -> str:
    return text[:length].rstrip(" ,;:") + ELLIPSIS


def named(names: Sequence[str], room: float, most: int, *, before: str = "", separator: str = ", ") -> str:
    """Join as many names as ``most`` lines of a column hold; how many are left out is said.

    Parameters
    ----------
    names
        In the order of their weight; the first is always named, shortened where it must be.
    room
        Width of the column in points.
    most
        Lines.
    before
        Text that stands before the names on the same lines.
    separator
        What stands between two.
    """

    def text(n: int) -> str:
        rest = len(names) - n
        more = say("front.and_more", n=rest) if rest else ""
        return separator.join(names[:n]) + more

    for n in range(min(len(names), MOST_NAMES * most), 0, -1):
        if lines(before + text(n), room) <= most:
            return text(n)
    if not names:
        return ""
    rest = say("front.and_more", n=len(names) - 1) if len(names) > 1 else ""
    return clipped(names[0], max(room * most - width(before + rest) - 4 * SIZE, 6 * SIZE), 1) + rest
