"""Small pictures as SVG text: no script, no outside file, readable in greyscale."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from genomodel.core.predictions import DrugPrediction
from genomodel.report.words import printable

_INK = "#15191d"
_PALE = "#dde2e7"
_MID = "#b4bec8"
_DARK = "#55616d"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def forest(prediction: DrugPrediction, label: str, width: int = 230, height: int = 26) -> Markup:
    """Draw one prediction with its 90 % interval over the measured lines.

    Parameters
    ----------
    prediction
        ``tissue_deciles``, ``ln_ic50``, ``lower90`` and ``upper90`` are in ln micromolar; the axis is turned around so
        that more sensitive lies to the right. Without deciles only the interval is drawn.
    label
        Text alternative.
    width, height
        Size in pixels.

    Returns
    -------
    Markup
        An ``svg`` element: pale band 10th to 90th percentile, darker band 30th to 70th, tick at the median, thin line
        over the whole range; diamond and bar for the prediction.
    """
    deciles = sorted(prediction.tissue_deciles)
    low, high = sorted((prediction.lower90, prediction.upper90))
    ends = [*deciles, low, high, prediction.ln_ic50]
    left, right = max(ends), min(ends)
    scale = (width - 12) / ((left - right) or 1.0)

    def x(value: float) -> float:
        return 6 + (left - value) * scale

    middle = height / 2
    parts = []
    if len(deciles) == 11:
        parts.append(_line(x(deciles[10]), x(deciles[0]), middle, _MID, 1))
        parts.append(_band(x(deciles[9]), x(deciles[1]), middle, height * 0.72, _PALE))
        parts.append(_band(x(deciles[7]), x(deciles[3]), middle, height * 0.72, _MID))
        median = _number(x(deciles[5]))
        top, bottom = _number(middle - height * 0.4), _number(middle + height * 0.4)
        parts.append(f'<path d="M{median} {top}V{bottom}" stroke="{_DARK}" stroke-width="1.5"/>')
    else:
        parts.append(_line(6, width - 6, middle, _MID, 1))
    parts.append(_line(x(high), x(low), middle, _INK, 2))
    for end in (x(high), x(low)):
        parts.append(
            f'<path d="M{_number(end)} {_number(middle - 4)}V{_number(middle + 4)}" stroke="{_INK}" stroke-width="2"/>'
        )
    at = _number(x(prediction.ln_ic50))
    parts.append(
        f'<path d="M{at} {_number(middle - 6.5)}l6.5 6.5l-6.5 6.5l-6.5 -6.5z" fill="{_INK}" '
        'stroke="#ffffff" stroke-width="1.2"/>'
    )
    return _svg(width, height, label, "".join(parts), "forest")


def _line(start: float, end: float, y: float, color: str, thickness: float) -> str:
    return f'<path d="M{_number(start)} {_number(y)}H{_number(end)}" stroke="{color}" stroke-width="{thickness}"/>'


def _band(start: float, end: float, y: float, height: float, color: str) -> str:
    return (
        f'<rect x="{_number(start)}" y="{_number(y - height / 2)}" width="{_number(max(end - start, 1))}" '
        f'height="{_number(height)}" fill="{color}"/>'
    )


def bars(counts: Sequence[tuple[str, int]], label: str, width: int = 560) -> Markup:
    """Draw a horizontal bar chart of counts, one row per name, with the number at the end of the bar.

    Parameters
    ----------
    counts
        Names with their counts, largest first.
    label
        Text alternative.
    width
        Width in pixels; a row is 20 pixels high.
    """
    row, names, ends = 20, 110, 50
    longest = max((number for _, number in counts), default=1) or 1
    parts = []
    for index, (name, number) in enumerate(counts):
        y = index * row
        length = (width - names - ends) * number / longest
        parts.append(
            f'<text x="{names - 8}" y="{y + 14}" text-anchor="end" font-size="12" fill="{_INK}">{_text(name)}</text>'
            f'<rect x="{names}" y="{y + 3}" width="{_number(length)}" height="14" fill="{_DARK}"/>'
            f'<text x="{_number(names + length + 6)}" y="{y + 14}" font-size="12" fill="{_INK}">{number}</text>'
        )
    return _svg(width, max(row * len(counts), row), label, "".join(parts), "bars")


def _text(text: str) -> str:
    return escape(printable(text if len(text) <= 14 else text[:13] + "\u2026"))


def _svg(width: int, height: int, label: str, body: str, name: str) -> Markup:
    words = escape(printable(label))
    return Markup(
        f'<svg class="{name}" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{words}"><title>{words}</title>{body}</svg>'
    )
