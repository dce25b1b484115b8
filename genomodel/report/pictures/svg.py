"""Parts of pictures as SVG text: no script, no outside file, readable in greyscale, and in the dark.

A color is one of :class:`Color`. Its value stands in the element itself, which is all that a printer of PDF reads, and
its class lets the style sheet of a page exchange it where the reader's screen is dark.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from html import escape

from markupsafe import Markup

from genomodel.report.words import printable

_WIDTHS = (
    (0.45, frozenset("ijlftrI.,:;'|!()[]/\\ \u00a0")),
    (1.0, frozenset("MWmw@%\u2014\u2026\u2192\u2190\u2717\u2713")),
    (0.84, frozenset("#+&=<>~^OQ\u2212\u2265\u2264")),
    (0.78, frozenset("ABCDEFGHJKLNPRSTUVXYZ")),
)
"""Upper bounds of the widths of letters in units of their size, over the fonts of screens and of PDF."""
_OTHER_WIDTH, _WIDEST, _BOLD = 0.66, 1.4, 1.12


class Color(Enum):
    """The colors that pictures may use, by their part in them; told apart by lightness alone."""

    INK = ("ink", "#15191d")
    QUIET = ("quiet", "#4a545e")
    DARK = ("dark", "#55616d")
    MID = ("mid", "#8d99a5")
    LIGHT = ("light", "#b4bec8")
    PALE = ("pale", "#dde2e7")
    FAINT = ("faint", "#f2f4f6")
    PAPER = ("paper", "#ffffff")

    def __init__(self, style: str, value: str) -> None:
        self.style = style
        self.rgb = value

    @property
    def fill(self) -> str:
        """Attributes of a shape that is filled with the color."""
        return f'class="f-{self.style}" fill="{self.rgb}"'

    @property
    def stroke(self) -> str:
        """Attributes of a line of the color."""
        return f'class="s-{self.style}" fill="none" stroke="{self.rgb}"'


def number(value: float) -> str:
    """Return a length with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Return a width that a text does not exceed in the fonts of screens and of PDF, in units of the picture."""
    total = 0.0
    for char in printable(words):
        if unicodedata.combining(char):
            continue
        known = next((width for width, letters in _WIDTHS if char in letters), None)
        total += known or (_OTHER_WIDTH if char.isascii() or (char.isalpha() and ord(char) < 0x250) else _WIDEST)
    return total * size * (_BOLD if bold else 1)


def fitted(words: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return a text cut with an ellipsis so that it is no wider than ``room``."""
    words = printable(words)
    if len(words) <= 3 * room / size and text_width(words, size, bold=bold) <= room:
        return words
    kept = words[: int(3 * room / size)]
    while kept and text_width(kept + "\u2026", size, bold=bold) > room:
        kept = kept[:-1]
    return kept + "\u2026"


@dataclass(frozen=True)
class Scale:
    """Where values lie in a picture: from ``low`` at ``start`` to ``high`` at ``end``; beyond them, on the edge."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        if not self.high > self.low:
            return (self.start + self.end) / 2
        inside = min(max(value, self.low), self.high)
        # Halves first: the difference of two of the largest numbers is not finite.
        share = (inside / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return self.start + share * (self.end - self.start)


def line(x1: float, y1: float, x2: float, y2: float, color: Color = Color.INK, width: float = 1) -> str:
    """Return a straight line."""
    return f'<path d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}" {color.stroke} stroke-width="{width:g}"/>'


def rectangle(x: float, y: float, width: float, height: float, color: Color) -> str:
    """Return a filled rectangle."""
    return f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" {color.fill}/>'


def dashes(x1: float, y1: float, x2: float, y2: float, color: Color = Color.INK, width: float = 1) -> str:
    """Return a straight line of dashes."""
    return line(x1, y1, x2, y2, color, width).replace("/>", ' stroke-dasharray="3 3"/>')


def path(steps: Iterable[str], color: Color, width: float = 0) -> str:
    """Return the outline of many shapes as one element, filled, or drawn with a line where ``width`` is given."""
    drawn = "".join(steps)
    if not drawn:
        return ""
    if width:
        return f'<path d="{drawn}" {color.stroke} stroke-width="{width:g}"/>'
    return f'<path d="{drawn}" {color.fill}/>'


def box(x: float, y: float, width: float, height: float) -> str:
    """Return the steps of a rectangle for :func:`path`."""
    return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z"


def frame(x: float, y: float, width: float, height: float, color: Color = Color.INK, thickness: float = 1) -> str:
    """Return a rectangle that is not filled."""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" {color.stroke} '
        f'stroke-width="{thickness:g}"/>'
    )


def hatch(x: float, y: float, width: float, height: float, gap: float = 4) -> str:
    """Return the steps of slanting lines that fill a rectangle, for :func:`path`."""
    steps = []
    at = gap
    while at < width + height:
        x1, y1 = (x + at, y) if at <= width else (x + width, y + at - width)
        x2, y2 = (x, y + at) if at <= height else (x + at - height, y + height)
        steps.append(f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}")
        at += gap
    return "".join(steps)


def disc(x: float, y: float, radius: float, color: Color = Color.INK, *, hollow: bool = False) -> str:
    """Return a disc with a rim of paper, so that it stands off from what lies below it, or a ring."""
    place = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
    if hollow:
        return _rimmed(f"circle {place}", Color.PAPER, color, 1.6)
    return _rimmed(f"circle {place}", color, Color.PAPER, 1)


def diamond(x: float, y: float, radius: float, color: Color = Color.INK, *, hollow: bool = False) -> str:
    """Return a diamond with a rim of paper, or an empty one."""
    r = number(radius)
    steps = f'path d="M{number(x)} {number(y - radius)}l{r} {r}l-{r} {r}l-{r} -{r}z"'
    if hollow:
        return _rimmed(steps, Color.PAPER, color, 1.6)
    return _rimmed(steps, color, Color.PAPER, 1)


def square(x: float, y: float, radius: float, color: Color = Color.INK, *, hollow: bool = False) -> str:
    """Return a square with a rim of paper, or an empty one."""
    place = (
        f'x="{number(x - radius)}" y="{number(y - radius)}" width="{number(2 * radius)}" height="{number(2 * radius)}"'
    )
    if hollow:
        return _rimmed(f"rect {place}", Color.PAPER, color, 1.6)
    return _rimmed(f"rect {place}", color, Color.PAPER, 1)


def _rimmed(shape: str, inside: Color, rim: Color, width: float) -> str:
    return (
        f'<{shape} class="f-{inside.style} s-{rim.style}" fill="{inside.rgb}" stroke="{rim.rgb}" '
        f'stroke-width="{width:g}"/>'
    )


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 12,
    anchor: str = "start",
    color: Color = Color.INK,
    bold: bool = False,
) -> str:
    """Return text, escaped, at its baseline; ``anchor`` is ``start``, ``middle`` or ``end``."""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{size:g}" text-anchor="{anchor}"{weight} {color.fill}>'
        f"{escape(printable(words))}</text>"
    )


def picture(width: float, height: float, label: str, parts: Iterable[str], name: str) -> Markup:
    """Return a whole picture.

    Parameters
    ----------
    width, height
        Size in pixels at its natural scale.
    label
        Text alternative: what a reader who does not see the picture has to know.
    parts
        Elements, escaped already.
    name
        Class of the picture, for the style sheet.
    """
    words = escape(" ".join(printable(label).split()))
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    head = f'<svg class="picture {name}" xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{words}">'
    return Markup(f"{head}<title>{words}</title>{''.join(parts)}</svg>")
