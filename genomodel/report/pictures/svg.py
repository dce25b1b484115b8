"""Parts of pictures as SVG text: no script, no outside file, readable in greyscale, and in the dark.

A color is one of :class:`Color`. Its value stands in the element itself, which is all that a printer of PDF reads, and
its class lets the style sheet of a page exchange it where the reader's screen is dark.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from html import escape

from markupsafe import Markup

from genomodel.report.words import printable


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


def line(x1: float, y1: float, x2: float, y2: float, color: Color = Color.INK, width: float = 1) -> str:
    """Return a straight line."""
    return f'<path d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}" {color.stroke} stroke-width="{width:g}"/>'


def rectangle(x: float, y: float, width: float, height: float, color: Color) -> str:
    """Return a filled rectangle."""
    return f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" {color.fill}/>'


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
    words = escape(printable(label))
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    head = f'<svg class="picture {name}" xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{words}">'
    return Markup(f"{head}<title>{words}</title>{''.join(parts)}</svg>")
