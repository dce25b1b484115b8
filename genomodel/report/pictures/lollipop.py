"""A protein with the residues that tumors often mutate, and the ones that this tumor mutates."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from genomodel.core.pictures import ProteinChange, ProteinMap
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.pictures.labels import spread_labels
from genomodel.report.pictures.svg import (
    Color,
    Scale,
    disc,
    fitted,
    frame,
    hatch,
    line,
    path,
    picture,
    rectangle,
    square,
    text,
)

WIDE, NARROW, LEFT, MARGIN = 700, 356, 44, 10
"""Width on a page and on a phone, and what the axis leaves free on both sides."""
SIZE, HEAD, LEVELS = 12, 11, 5
COUNTS, NO_COUNTS = 74, 14
"""Height of the bars of the collection, and of the room without."""
BAR, BAND = 3, 12
MOST_IN_WORDS = 8
MOST_CHANGES = 150
MOST_DOMAINS = 60
TIERS_OF_WEIGHT = ("I-", "II-")


def lollipop(protein: ProteinMap, width: int = WIDE) -> Markup:
    """Draw a protein.

    Parameters
    ----------
    protein
        Residues count from 1. Without a length the axis ends a little behind the last residue that is known, open.
    width
        In units of the picture.

    Returns
    -------
    Markup
        An ``svg`` element. Bars are tumors of the collection by residue; a filled head is a change of tier I or II, an
        empty one any other, a square one that truncates the protein. :func:`in_words` says what else belongs to it.
    """
    changes = _in_order(protein.changes)
    last = max([change.residue for change in changes] + [hotspot.residue for hotspot in protein.hotspots], default=1)
    length = protein.length if protein.length is not None and protein.length >= last else None
    end = length or last + max(10, last // 20)
    scale = Scale(1, max(end, 2), LEFT, width - MARGIN)
    named = [(change.label, scale.at(change.residue)) for change in changes]
    labels = spread_labels(named, left=4, right=width - 4, size=SIZE, bold=True)
    levels = _levels([scale.at(change.residue) for change in changes])
    top = 34 + HEAD * max(levels, default=0)
    axis = top + (COUNTS if protein.hotspots else NO_COUNTS) + 10
    heights = [top - HEAD * level for level in levels]
    parts = [*_counts(protein, scale, axis), *_band(protein, scale, axis, length, end)]
    parts += [_stem(scale.at(change.residue), y, axis) for change, y in zip(changes, heights, strict=True)]
    for label in labels:
        parts.append(line(label.middle, 17, label.x, heights[label.index] - 4, Color.QUIET, 0.8))
        parts.append(text(label.middle, 14, label.words, size=SIZE, anchor="middle", bold=True))
    heads = zip(reversed(changes), reversed(heights), strict=True)
    parts += [_head(change, scale.at(change.residue), y) for change, y in heads]
    bottom = axis + BAND + 20
    unnamed = len(protein.changes) - len(labels)
    if unnamed:
        parts.append(text(4, bottom + 12, say("pictures.lollipop.unnamed", n=unnamed), size=10.5, color=Color.QUIET))
        bottom += 16
    return picture(width, bottom, _in_words(protein, changes, length), parts, "lollipop")


def _levels(places: Sequence[float]) -> list[int]:
    """Return how high each head stands, so that those close together stand one above the other up to a few levels."""
    taken: list[list[float]] = [[] for _ in range(LEVELS)]
    levels = []
    for x in places:
        level = next((i for i, row in enumerate(taken) if all(abs(x - other) > HEAD for other in row)), LEVELS - 1)
        taken[level].append(x)
        levels.append(level)
    return levels


def _stem(x: float, y: float, axis: float) -> str:
    return line(x, y, x, axis, Color.QUIET, 1)


def _in_order(changes: Sequence[ProteinChange]) -> list[ProteinChange]:
    """Return the changes that are drawn, those of the best tier first, which are named first."""
    return sorted(changes, key=lambda change: (not _weighs(change), change.residue, change.label))[:MOST_CHANGES]


def _weighs(change: ProteinChange) -> bool:
    return change.tier.startswith(TIERS_OF_WEIGHT)


def _head(change: ProteinChange, x: float, y: float) -> str:
    draw = square if change.truncating else disc
    return draw(x, y, 4.4 if change.truncating else 5, hollow=not _weighs(change))


def _counts(protein: ProteinMap, scale: Scale, axis: float) -> list[str]:
    """Draw tumors of the collection by residue, on a scale of square roots: one in ten can still be seen."""
    if not protein.hotspots:
        return []
    most = max(hotspot.tumors for hotspot in protein.hotspots)
    heights = Scale(0, math.sqrt(max(most, 1)), 0, COUNTS)
    steps = []
    for hotspot in protein.hotspots:
        x, height = scale.at(hotspot.residue), max(heights.at(math.sqrt(max(hotspot.tumors, 0))), 1)
        steps.append(f"M{x:.1f} {axis:.1f}v{-height:.1f}")
    parts = []
    for tumors in _marks(most):
        y = axis - heights.at(math.sqrt(tumors))
        parts.append(line(LEFT, y, scale.end, y, Color.PALE, 1))
        said = fitted(words.count(tumors), 10.5, LEFT - 8)
        parts.append(text(LEFT - 5, y + 4, said, size=10.5, anchor="end", color=Color.QUIET))
    return [*parts, path(steps, Color.MID, BAR)]


def _marks(most: int) -> list[int]:
    """Return the counts that the axis names: round ones, not so close that they meet."""
    step = 10 ** int(math.log10(max(most, 1)))
    high = most // step * step
    low = max(1, round(high / 8 / max(step // 10, 1)) * max(step // 10, 1))
    return [low, high] if low < high / 2 else [high]


def _band(protein: ProteinMap, scale: Scale, axis: float, length: int | None, end: int) -> list[str]:
    """Draw the protein itself with its named parts, and count its residues."""
    right = scale.end
    parts = [rectangle(LEFT, axis, right - LEFT, BAND, Color.PALE)]
    for domain in protein.domains[:MOST_DOMAINS]:
        start, stop = scale.at(domain.start - 0.5), scale.at(domain.end + 0.5)
        parts.append(path([hatch(start, axis, max(stop - start, 2), BAND, 3)], Color.DARK, 0.9))
    if length is not None:
        parts.append(frame(LEFT, axis, right - LEFT, BAND, Color.MID))
    else:
        # Open to the right: nobody said where it ends.
        parts.append(path([f"M{right:.1f} {axis:.1f}H{LEFT}v{BAND}H{right:.1f}"], Color.MID, 1))
    for residue in _ticks(end, right - LEFT):
        x = scale.at(residue)
        parts.append(line(x, axis + BAND, x, axis + BAND + 4, Color.QUIET))
        anchor = "start" if residue == 1 else "middle"
        parts.append(text(x, axis + BAND + 15, str(residue), size=10.5, anchor=anchor, color=Color.QUIET))
    if length is not None:
        parts.append(line(right, axis + BAND, right, axis + BAND + 4, Color.QUIET))
        parts.append(text(right, axis + BAND + 15, str(length), size=10.5, anchor="end", color=Color.QUIET))
    return parts


def _ticks(end: int, room: float) -> list[int]:
    """Return residues that the axis names, none so near the end that it meets the length."""
    rough = end / (room / 92)
    power = 10 ** int(math.log10(rough)) if rough >= 1 else 1
    step = max(1, next((int(power * by) for by in (1, 2, 5, 10) if power * by >= rough), power))
    return [1, *(residue for residue in range(step, int(end * (1 - 60 / room)), step) if residue > end * 30 / room)]


def in_words(protein: ProteinMap) -> str:
    """Return where bars, hatched parts and length of a drawing come from, or why there are none."""
    said = []
    if protein.hotspots:
        said.append(say("pictures.lollipop.bars", source=protein.hotspot_source))
    elif protein.hotspot_source:
        said.append(say("pictures.lollipop.no_bars", reason=protein.hotspot_source))
    if protein.domains:
        said.append(say("pictures.lollipop.parts", source=protein.domain_source))
    if protein.length is not None:
        said.append(say("pictures.lollipop.length", transcript=protein.transcript, source=protein.length_source))
    elif protein.transcript:
        said.append(say("pictures.lollipop.no_length", transcript=protein.transcript))
    else:
        said.append(say("pictures.lollipop.no_transcript"))
    return " ".join(said)


def _in_words(protein: ProteinMap, changes: Sequence[ProteinChange], length: int | None) -> str:
    tumors = {hotspot.residue: hotspot.tumors for hotspot in protein.hotspots}
    said = []
    for change in changes[:MOST_IN_WORDS]:
        seen = tumors.get(change.residue)
        if seen is None:
            said.append(say("pictures.lollipop.change", label=change.label, residue=change.residue))
        else:
            said.append(
                say("pictures.lollipop.change_seen", label=change.label, residue=change.residue, n=words.count(seen))
            )
    if len(changes) > MOST_IN_WORDS:
        said.append(say("pictures.lollipop.more", n=len(changes) - MOST_IN_WORDS))
    size = say("pictures.lollipop.residues", n=words.count(length)) if length is not None else ""
    return say("pictures.lollipop.alternative", gene=protein.gene, size=size, changes="; ".join(said))
