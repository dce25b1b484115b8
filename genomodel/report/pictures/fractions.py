"""Allele fractions of a tumor's variants: findings by name, the others as thin lines, and how many lie where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from markupsafe import Markup

from genomodel.calls.hotspot_assay.limits import fraction_interval
from genomodel.core.variants import AlleleCounts
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.pictures.svg import (
    Color,
    Scale,
    box,
    dashes,
    disc,
    fitted,
    line,
    number,
    path,
    picture,
    rectangle,
    square,
    text,
    text_width,
)

ROW, THIN, SIZE = 19, 2.4, 12
MOST_NAMED, MOST_THIN = 24, 110
BINS, HISTOGRAM, LEAST_FOR_HISTOGRAM = 50, 56, 12
MOST_IN_WORDS = 6


@dataclass(frozen=True)
class Columns:
    """Where the axis begins and ends, and the picture ends; names stand before the axis, or above it."""

    start: int
    end: int
    width: int
    above: int = 0
    """Room for names above each part, where they do not stand before it."""

    @property
    def scale(self) -> Scale:
        """Where fractions lie."""
        return Scale(0, 1, self.start, self.end)

    @property
    def room(self) -> float:
        """Width that a name has."""
        return self.width - 8 if self.above else self.start - 12


WIDE, NARROW = Columns(190, 560, 700), Columns(18, 234, 356, above=15)
"""On a page and on a phone."""


@dataclass(frozen=True)
class DrawnVariant:
    """A variant with its share of the reads, 0 to 1."""

    label: str
    fraction: float
    low: float | None
    high: float | None
    """Ends of the 95 % interval; ``None`` where nobody counted reads."""
    weighs: bool = False
    """Of tier I or II."""


@dataclass(frozen=True)
class Reference:
    """A fraction that something would have."""

    fraction: float
    label: str


def drawn_variant(label: str, counts: AlleleCounts, *, weighs: bool = False) -> DrawnVariant | None:
    """Return a variant as it is drawn; ``None`` where its fraction is not known."""
    fraction = counts.known_fraction
    if fraction is None:
        return None
    low, high = interval(counts) or (None, None)
    return DrawnVariant(label, fraction, low, high, weighs)


def interval(counts: AlleleCounts) -> tuple[float, float] | None:
    """Return the 95 % interval (Clopper and Pearson) of an allele fraction, ``None`` without counts of reads.

    Where a file states a fraction beside its counts, the interval is widened to hold it.
    """
    if counts.alt_reads is None or not counts.depth or counts.alt_reads > counts.depth:
        return None
    low, high = _interval(counts.alt_reads, counts.depth)
    stated = counts.known_fraction
    return (low, high) if stated is None else (min(low, stated), max(high, stated))


@lru_cache(maxsize=4096)
def _interval(alt: int, depth: int) -> tuple[float, float]:
    return fraction_interval(alt, depth)


def fraction_plot(
    named: Sequence[DrawnVariant],
    others: Sequence[DrawnVariant],
    references: Sequence[Reference] = (),
    columns: Columns = WIDE,
) -> Markup | None:
    """Draw allele fractions.

    Parameters
    ----------
    named
        Findings, the most important first; the first 24 have rows of their own, the rest is drawn among the others.
    others
        Further variants, in any order. Of more than 110, every nth by fraction is drawn, and all are counted.
    references
        Fractions to compare with.
    columns
        How wide it is.

    Returns
    -------
    Markup or None
        An ``svg`` element; ``None`` without variants.
    """
    every = [*named, *others]
    if not every:
        return None
    scale = columns.scale
    first = sorted(named[:MOST_NAMED], key=lambda item: (-item.fraction, item.label))
    rest = sorted([*named[MOST_NAMED:], *others], key=lambda item: (-item.fraction, item.label))
    y = 16.0 * len(references) + 6
    top = y
    body: list[str] = []
    for item in first:
        body += _named_row(item, y, columns)
        y += ROW + columns.above
    if rest:
        added, y = _thin_rows(rest, y + 6, columns)
        body += added
    if len(every) >= LEAST_FOR_HISTOGRAM:
        added, y = _histogram(every, y + 10, columns)
        body += added
    y += 4
    parts = [*_axis(scale, top, y), *_references(references, scale, y, columns.width), *body]
    height = y + 34
    return picture(columns.width, height, _in_words(first, every, references), parts, "fraction-plot")


def _named_row(item: DrawnVariant, top: float, columns: Columns) -> list[str]:
    scale = columns.scale
    y = top + columns.above + ROW / 2
    name = fitted(item.label, SIZE, columns.room, bold=item.weighs)
    value = words.percent(item.fraction)
    if item.low is not None and item.high is not None:
        value = say("pictures.fractions.value", value=value, low=_bare(item.low), high=_bare(item.high))
    mark = disc if item.weighs else square
    base = top + 12 if columns.above else y + 4
    parts = [*_paper(name, SIZE, base, columns), text(4, base, name, size=SIZE, bold=item.weighs)]
    if item.low is not None and item.high is not None:
        low, high = scale.at(item.low), scale.at(item.high)
        parts.append(line(low, y, high, y, Color.INK, 2))
        parts += [line(x, y - 4, x, y + 4, Color.INK, 1.6) for x in (low, high)]
    point = mark(scale.at(item.fraction), y, 5 if item.weighs else 4, hollow=not item.weighs)
    return [*parts, point, text(scale.end + 8, y + 4, value, size=11)]


def _bare(fraction: float) -> str:
    return words.percent(fraction).removesuffix(f"{words.NBSP}%")


def _thin_rows(rest: Sequence[DrawnVariant], top: float, columns: Columns) -> tuple[list[str], float]:
    """Draw the others in the order of their fractions; of many, every nth."""
    step = -(-len(rest) // MOST_THIN)
    shown = rest[step // 2 :: step] or rest[:1]
    intervals, points = [], []
    first = top + 6 + 2 * columns.above
    scale = columns.scale
    for index, item in enumerate(shown):
        y = first + index * THIN
        if item.low is not None and item.high is not None:
            intervals.append(f"M{number(scale.at(item.low))} {number(y)}H{number(scale.at(item.high))}")
        points.append(f"M{number(scale.at(item.fraction) - 1.2)} {number(y)}h2.4")
    bottom = max(first + len(shown) * THIN + 4, top + 32)
    said = say("pictures.fractions.others", n=len(rest)) if step == 1 else say("pictures.fractions.many", n=len(rest))
    how = say("pictures.fractions.every", step=step) if step > 1 else ""
    if step == 1 and intervals:
        how = say("pictures.fractions.each")
    return [
        path(intervals, Color.LIGHT, 1.4),
        path(points, Color.INK, 2),
        *_headed(said, how, top, columns),
    ], bottom


def _headed(said: str, how: str, top: float, columns: Columns) -> list[str]:
    """Return the two lines that name a part of the picture."""
    said, how = fitted(said, SIZE, columns.room), fitted(how, 10.5, columns.room)
    return [
        *_paper(said, SIZE, top + 12, columns),
        text(4, top + 12, said, size=SIZE),
        *_paper(how, 10.5, top + 26, columns),
        *([text(4, top + 26, how, size=10.5, color=Color.QUIET)] if how else []),
    ]


def _paper(said: str, size: float, base: float, columns: Columns) -> list[str]:
    """Return paper behind words that stand on the axis, so that no line runs through them."""
    if not columns.above or not said:
        return []
    return [rectangle(2, base - 11, min(text_width(said, size, bold=True), columns.room) + 4, 14, Color.PAPER)]


def _histogram(every: Sequence[DrawnVariant], top: float, columns: Columns) -> tuple[list[str], float]:
    counts = [0] * BINS
    for item in every:
        counts[min(int(min(max(item.fraction, 0.0), 1.0) * BINS), BINS - 1)] += 1
    most = max(counts)
    heights = Scale(0, most, 0, HISTOGRAM - 4)
    bottom = top + HISTOGRAM + 2 * columns.above
    scale = columns.scale
    width = (scale.end - scale.start) / BINS
    steps = [
        box(scale.start + index * width, bottom - heights.at(count), width - 0.6, heights.at(count))
        for index, count in enumerate(counts)
        if count
    ]
    highest = say("pictures.fractions.highest", n=words.count(most))
    return [
        path(steps, Color.MID),
        line(scale.start, bottom, scale.end, bottom, Color.MID),
        *_headed(say("pictures.fractions.histogram"), highest, top, columns),
    ], bottom


def _axis(scale: Scale, top: float, bottom: float) -> list[str]:
    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = scale.at(share)
        parts.append(line(x, top, x, bottom, Color.PALE))
        parts.append(text(x, bottom + 14, words.percent(share), size=10.5, anchor="middle", color=Color.QUIET))
    parts.append(line(scale.start, bottom, scale.end, bottom, Color.QUIET))
    middle = (scale.start + scale.end) / 2
    parts.append(text(middle, bottom + 29, say("pictures.fractions.axis"), size=11, anchor="middle", color=Color.QUIET))
    return parts


def _references(references: Sequence[Reference], scale: Scale, bottom: float, width: float) -> list[str]:
    """Draw each fraction as a line with its words at the upper end, on paper so that no line runs through them."""
    lines, labels = [], []
    for index, reference in enumerate(sorted(references, key=lambda reference: reference.fraction)):
        x, y = scale.at(reference.fraction), 16 * index + 13
        said = fitted(reference.label, 10.5, width - 20)
        room = text_width(said, 10.5)
        start = min(max(x + 5, 4), width - 4 - room)
        lines.append(dashes(x, y - 9, x, bottom, Color.QUIET, 1.2))
        labels.append(rectangle(start - 2, y - 11, room + 4, 14, Color.PAPER))
        labels.append(text(start, y, said, size=10.5, color=Color.QUIET))
    return [*lines, *labels]


def _in_words(first: Sequence[DrawnVariant], every: Sequence[DrawnVariant], references: Sequence[Reference]) -> str:
    said = []
    for item in first[:MOST_IN_WORDS]:
        ends = (
            say("pictures.fractions.interval", low=_bare(item.low), high=words.percent(item.high))
            if item.low is not None and item.high is not None
            else ""
        )
        said.append(say("pictures.fractions.variant", label=item.label, value=words.percent(item.fraction), ends=ends))
    if len(first) > MOST_IN_WORDS:
        said.append(say("pictures.fractions.more", n=len(first) - MOST_IN_WORDS))
    middle = words.percent(median(item.fraction for item in every))
    n = sum(item.low is not None for item in every)
    how = say("pictures.fractions.with_intervals") if n == len(every) else say("pictures.fractions.some", n=n)
    parts = [say("pictures.fractions.alternative", n=len(every), how=how if n else "", median=middle)]
    if said:
        parts.append(f"{'; '.join(said)}.")
    parts += [f"{reference.label}." for reference in references]
    return " ".join(parts)
