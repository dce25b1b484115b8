"""Two halves of a picture of many patients: names that stay where they are, and columns that scroll beneath them.

However many patients there are, each kind of mark is one path, so that a browser draws it at once. A column may be two
pixels wide: marks are told apart by where they lie in it, how high they are and how dark, never by color alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from genomodel.report.pictures import svg
from genomodel.report.pictures.svg import Color

PITCH, HEIGHT = 22, 18
"""Distance of rows, and height of a cell, in pixels."""
NAMES_WIDTH = 148
WIDEST, NARROWEST = 16, 2
FEW = 34
"""Up to so many patients each column carries the patient's id."""
ROOM = 900
HEAD = 116
"""Pixels above the rows for ids of patients."""
_LONGEST_NAME = 14
_ID_SIZE = 11


@dataclass(frozen=True, slots=True)
class Bar:
    """How one kind of mark lies in a cell, in shares of its width and height."""

    color: Color
    top: float
    bottom: float
    left: float = 0.0
    right: float = 1.0


Marks = Mapping[str, Sequence[Bar]]
"""How each kind is drawn, in the order of drawing."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows with their names, and for each kind of mark the cells that carry it."""

    rows: Sequence[tuple[str, str]]
    """Name and what stands beside it, such as a share."""
    columns: Sequence[str]
    """Ids of the patients."""
    cells: Mapping[str, Sequence[tuple[int, int]]]
    """By kind, row and column of each cell."""


def column_width(n: int) -> int:
    """Return the width of a column in pixels, one of them left blank where there is room."""
    return WIDEST if n <= FEW else max(NARROWEST, min(WIDEST, ROOM // max(n, 1)))


def names(grid: Grid) -> Markup:
    """Return the picture of the rows' names, hidden from screen readers: the cells' text alternative has them."""
    top = _top(grid)
    parts = []
    for index, (label, beside) in enumerate(grid.rows):
        y = top + index * PITCH + HEIGHT - 4
        shown = label if len(label) <= _LONGEST_NAME else label[: _LONGEST_NAME - 1] + "\u2026"
        parts.append(svg.text(NAMES_WIDTH - 44, y, shown, anchor="end", bold=True))
        parts.append(svg.text(NAMES_WIDTH - 6, y, beside, anchor="end", color=Color.QUIET))
    return _hidden(NAMES_WIDTH, _height(grid), parts, "grid-names")


def cells(grid: Grid, marks: Marks, alternative: str) -> Markup:
    """Return the picture of the cells, one path for each part of a kind of mark."""
    width, top = column_width(len(grid.columns)), _top(grid)
    drawn = width if width < 4 else width - 1
    parts = []
    for kind, bars in marks.items():
        places = _runs(grid.cells.get(kind, ()), joined=width < 4)
        for bar in bars if places else ():
            way = "".join(_stroke(bar, row, column, n, width, drawn, top) for row, column, n in places)
            parts.append(_path(way, bar))
    if top:
        for index, patient in enumerate(grid.columns):
            x, y = index * width + width / 2 + 4, top - 6
            text = svg.text(0, 0, svg.fitted(patient, _ID_SIZE, HEAD - 8), size=_ID_SIZE)
            parts.append(f'<g transform="translate({svg.number(x)} {y}) rotate(-90)">{text}</g>')
    made = svg.picture(max(width * len(grid.columns), width), _height(grid), alternative, parts, "grid-cells")
    # Narrow paper squeezes the columns, never the rows, which have to stay beside their names.
    return Markup(str(made).replace(' role="img"', ' preserveAspectRatio="none" role="img"', 1))


def sample(bars: Sequence[Bar]) -> Markup:
    """Return one mark alone, for the legend."""
    parts = [_path(_stroke(bar, 0, 0, 1, WIDEST, WIDEST - 1, 0), bar) for bar in bars]
    return _hidden(WIDEST, HEIGHT, parts, "grid-sample")


def _hidden(width: int, height: int, parts: Sequence[str], name: str) -> Markup:
    """Return a picture that screen readers pass over: what it says stands beside it in words."""
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg class="picture {name}" xmlns="http://www.w3.org/2000/svg" {size} aria-hidden="true">'
    return Markup(f"{head}{''.join(parts)}</svg>")


def _top(grid: Grid) -> int:
    return HEAD if len(grid.columns) <= FEW else 0


def _height(grid: Grid) -> int:
    return _top(grid) + PITCH * len(grid.rows)


def _runs(found: Sequence[tuple[int, int]], *, joined: bool) -> list[tuple[int, int, int]]:
    """Return row, first column and number of columns; neighbors without a gap between them are one."""
    runs: list[tuple[int, int, int]] = []
    for row, column in sorted(found):
        if joined and runs and runs[-1][0] == row and sum(runs[-1][1:]) == column:
            runs[-1] = (row, runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((row, column, 1))
    return runs


def _stroke(bar: Bar, row: int, column: int, n: int, width: int, drawn: int, top: int) -> str:
    """Return the way of a line as thick as the bar is high, which takes half the letters of its outline."""
    narrow = n == 1 and width >= 4
    x = column * width + (bar.left * drawn if narrow else 0)
    wide = (bar.right - bar.left) * drawn if narrow else width * (n - 1) + drawn
    y = top + row * PITCH + (bar.top + bar.bottom) / 2 * HEIGHT
    return f"M{svg.number(x)} {svg.number(y)}h{svg.number(wide)}"


def _path(way: str, bar: Bar) -> str:
    thick = svg.number((bar.bottom - bar.top) * HEIGHT)
    return f'<path d="{way}" {bar.color.stroke} stroke-width="{thick}"/>'
