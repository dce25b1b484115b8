"""Pictures of an evaluation as SVG text: no script, no outside file, readable in greyscale and on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from markupsafe import Markup

from genomodel.response.metrics import Array

WIDTH = 360
_INK = "#15191d"
_DARK = "#55616d"
_MID = "#b4bec8"
_PALE = "#e6eaee"
_LEFT, _RIGHT = 34, 10


@dataclass(frozen=True)
class Dot:
    """One row of a dot plot."""

    label: str
    value: float
    lower: float | None = None
    upper: float | None = None
    strong: bool = False


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.start + share * (self.end - self.start)


def _svg(height: float, label: str, parts: Sequence[str]) -> Markup:
    text = escape(label, quote=True)
    return Markup(
        f'<svg role="img" viewBox="0 0 {WIDTH} {height:g}" aria-label="{text}" xmlns="http://www.w3.org/2000/svg" '
        f'font-size="11" font-family="inherit" fill="{_INK}"><title>{text}</title>{"".join(parts)}</svg>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, color: str = _MID, width: float = 1, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
    return f'<path d="{path}" stroke="{color}" stroke-width="{width:g}" fill="none"{dashed}/>'


def _text(x: float, y: float, words: str, anchor: str = "start", weight: str = "normal", color: str = _INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" fill="{color}">'
        f"{escape(words)}</text>"
    )


def _ticks(low: float, high: float, n: int = 5) -> list[float]:
    rough = (high - low) / n or 1.0
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(float(m * power) for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    return [round(k * step, 10) for k in range(int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9)) + 1)]


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _x_axis(scale: _Scale, top: float, bottom: float, caption: str) -> list[str]:
    parts = []
    for tick in _ticks(scale.low, scale.high):
        parts.append(_line(scale(tick), top, scale(tick), bottom, _PALE))
        parts.append(_text(scale(tick), bottom + 13, _signed(tick), "middle", color=_DARK))
    parts.append(_text((scale.start + scale.end) / 2, bottom + 28, caption, "middle", color=_DARK))
    return parts


def dot_plot(
    rows: Sequence[Dot],
    label: str,
    caption: str,
    marks: Sequence[tuple[float, str]] = (),
    band: tuple[float, float] | None = None,
    ends: tuple[float, float] | None = None,
) -> Markup:
    """Draw one value a row, with its interval where it has one.

    Parameters
    ----------
    rows
        From top to bottom; ``strong`` ones are drawn as filled diamonds, others as open circles.
    label
        Text alternative.
    caption
        Of the axis.
    marks
        Values with a word each, drawn as dashed lines.
    band
        Wanted range, drawn pale.
    ends
        Ends of the axis; by default all values and marks fit.
    """
    values = [v for row in rows for v in (row.value, row.lower, row.upper) if v is not None]
    values += [value for value, _ in marks] + list(band or ())
    low, high = ends or (min(values, default=0.0), max(values, default=1.0))
    pad = 0.0 if ends else 0.04 * ((high - low) or 1.0)
    left = 12 + 5.9 * max((len(row.label) for row in rows), default=0)
    scale = _Scale(low - pad, high + pad, left, WIDTH - _RIGHT - 6)
    top = 18.0 if marks else 6.0
    bottom = top + 17 * len(rows) + 4
    parts = []
    if band:
        x, end = scale(band[0]), scale(band[1])
        parts.append(f'<rect x="{x:.1f}" y="{top:g}" width="{end - x:.1f}" height="{bottom - top:g}" fill="{_PALE}"/>')
    parts += _x_axis(scale, top, bottom, caption)
    for value, word in marks:
        parts.append(_line(scale(value), top - 4, scale(value), bottom, _DARK, 1.2, "4 3"))
        anchor = "middle" if scale(value) < WIDTH - 50 else "end"
        parts.append(_text(scale(value) + (0 if anchor == "middle" else 6), top - 7, word, anchor, color=_DARK))
    for k, row in enumerate(rows):
        y = top + 17 * k + 11
        parts.append(_text(left - 8, y + 4, row.label, "end", "bold" if row.strong else "normal"))
        if row.lower is not None and row.upper is not None:
            parts.append(_line(scale(row.lower), y, scale(row.upper), y, _DARK, 2))
        parts.append(_mark(scale(row.value), y, strong=row.strong))
    return _svg(bottom + 34, label, parts)


def _mark(x: float, y: float, *, strong: bool) -> str:
    if strong:
        return f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" fill="{_INK}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="#ffffff" stroke="{_INK}" stroke-width="1.4"/>'


def histogram(
    values: Array,
    label: str,
    caption: str,
    marks: Sequence[tuple[float, str]] = (),
    step: float = 0.05,
    *,
    from_zero: bool = True,
) -> Markup:
    """Draw how many drugs have which value.

    Parameters
    ----------
    values
        Shape (drugs,).
    label
        Text alternative.
    caption
        Of the axis.
    marks
        Values with a word each, drawn as dashed lines.
    step
        Width of a bar.
    from_zero
        Whether the axis takes zero in.
    """
    shown = [*values.tolist(), *(value for value, _ in marks), *([0.0] if from_zero else [])]
    low, high = np.floor(min(shown) / step + 1e-9), np.floor(max(shown) / step + 1e-9) + 1
    edges = step * np.arange(low, high + 1)
    counts = np.histogram(values + 1e-9, edges)[0]
    scale = _Scale(float(edges[0]), float(edges[-1]), _LEFT, WIDTH - _RIGHT)
    top, bottom = 20.0, 160.0
    up = _Scale(0.0, float(counts.max()) or 1.0, bottom, top)
    parts = [*_x_axis(scale, top, bottom, caption), *_y_axis(up)]
    for edge, n in zip(edges, counts, strict=False):
        x, width = scale(edge), scale(edge + step) - scale(edge) - 1
        y = up(float(n))
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{bottom - y:.1f}" fill="{_DARK}"/>')
    for value, word in marks:
        parts.append(_line(scale(value), top - 6, scale(value), bottom, _INK, 1.2, "4 3"))
        parts.append(_text(scale(value), top - 9, word, "middle"))
    return _svg(bottom + 34, label, parts)


def _y_axis(scale: _Scale) -> list[str]:
    return [
        _text(_LEFT - 5, scale(tick) + 4, _signed(tick), "end", color=_DARK)
        for tick in _ticks(scale.low, scale.high, 4)
    ]


def scatter(
    x: Array, y: Array, names: Sequence[str], strong: Sequence[bool], label: str, captions: tuple[str, str]
) -> Markup:
    """Draw drugs by their value under one model against another; above the diagonal the second is better.

    Parameters
    ----------
    x, y
        Shape (drugs,).
    names
        Of the drugs, shown on pointing.
    strong
        Drugs drawn as filled diamonds.
    label
        Text alternative.
    captions
        Of the axes.
    """
    low, high = float(min(x.min(), y.min())) - 0.03, float(max(x.max(), y.max())) + 0.03
    top, bottom = 20.0, 300.0
    across, up = _Scale(low, high, _LEFT, WIDTH - _RIGHT), _Scale(low, high, bottom, top)
    parts = _x_axis(across, top, bottom, captions[0])
    parts += _y_axis(up)
    parts += [_line(_LEFT, up(t), WIDTH - _RIGHT, up(t), _PALE) for t in _ticks(low, high, 4)]
    parts.append(_text(2, 12, captions[1], color=_DARK))
    parts.append(_line(across(low), up(low), across(high), up(high), _DARK, 1, "4 3"))
    order = sorted(range(len(x)), key=lambda i: strong[i])
    for i in order:
        at = f"{across(float(x[i])):.1f} {up(float(y[i])):.1f}"
        words = f"<title>{escape(names[i])}: {x[i]:.2f}, {y[i]:.2f}</title>"
        if strong[i]:
            parts.append(
                f'<path d="M{at}m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z" fill="{_INK}" stroke="#ffffff">{words}</path>'
            )
        else:
            cx, cy = at.split()
            parts.append(f'<circle cx="{cx}" cy="{cy}" r="2.6" fill="#ffffff" stroke="{_DARK}">{words}</circle>')
    return _svg(bottom + 34, label, parts)
