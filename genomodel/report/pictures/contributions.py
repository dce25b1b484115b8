"""What moves one prediction, as bars.

``contribution_bars(prediction)`` draws the largest contributions of one drug, 340 units wide, so that it fits a phone;
``None`` where nothing moves it.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from genomodel.core.predictions import AS_USUAL, Contribution, DrugPrediction
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.pictures.svg import Color, Scale, fitted, frame, line, picture, rectangle, text

WIDTH, ROW, HEAD, SIZE = 340, 30, 18, 11.5
MOST_BARS = 8
BAR = 11
VALUES = 56
"""Room for a number beside a bar."""


def contribution_bars(prediction: DrugPrediction, most: int = MOST_BARS) -> Markup | None:
    """Draw what moves a prediction away from the tissue's baseline.

    Parameters
    ----------
    prediction
        Its contributions are in ln IC50: below zero, more sensitive, drawn to the right.
    most
        Bars; what is left is one bar more, their sum.

    Returns
    -------
    Markup or None
        An ``svg`` element; ``None`` without contributions. A filled bar is something that was found, an empty one
        something that was not observed and counts as usual in the tissue.
    """
    shown = list(prediction.contributions[:most])
    rest = prediction.contributions[most:]
    if not shown:
        return None
    if rest:
        label = say("pictures.contributions.rest", n=len(rest))
        shown.append(Contribution(feature="", label=label, ln_ic50=sum(item.ln_ic50 for item in rest)))
    largest = max(abs(item.ln_ic50) for item in shown) or 1.0
    scale = Scale(-largest, largest, WIDTH - VALUES, VALUES)
    height = HEAD + ROW * len(shown) + 4
    parts = [
        text(4, 11, say("pictures.contributions.resistant"), size=11, color=Color.QUIET),
        text(WIDTH - 4, 11, say("pictures.contributions.sensitive"), size=11, anchor="end", color=Color.QUIET),
    ]
    for index, item in enumerate(shown):
        parts += _bar(item, HEAD + index * ROW, scale)
    return picture(WIDTH, height, _in_words(prediction, shown), parts, "contribution-bars")


def _bar(item: Contribution, top: float, scale: Scale) -> list[str]:
    zero, end = scale.at(0), scale.at(item.ln_ic50)
    left, width = min(zero, end), max(abs(end - zero), 1)
    y = top + ROW - BAR - 3
    value = words.decimal(item.ln_ic50, 2, sign=True)
    if item.label.endswith(AS_USUAL):
        bar = [rectangle(left, y, width, BAR, Color.PAPER), frame(left, y, width, BAR, Color.DARK, 1.4)]
    else:
        bar = [rectangle(left, y, width, BAR, Color.DARK)]
    right = end >= zero
    number_at = text(
        end + (4 if right else -4), y + 9.5, fitted(value, 11, VALUES - 6), size=11, anchor="start" if right else "end"
    )
    axis = line(zero, y - 2, zero, y + BAR + 2, Color.INK, 1.4)
    return [text(4, top + 12, fitted(item.label, SIZE, WIDTH - 8), size=SIZE), *bar, axis, number_at]


def _in_words(prediction: DrugPrediction, shown: Sequence[Contribution]) -> str:
    parts = [
        say("pictures.contributions.part", label=item.label, value=words.decimal(item.ln_ic50, 2, sign=True))
        for item in shown
    ]
    return say(
        "pictures.contributions.alternative",
        drug=prediction.drug,
        baseline=words.decimal(prediction.baseline_ln_ic50),
        value=words.decimal(prediction.ln_ic50),
        parts="; ".join(parts),
    )
