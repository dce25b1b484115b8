"""Predicted sensitivity of several drugs in one picture.

``forest_plot(predictions, tissue="skin")`` draws each drug as a row: percentile with its 90 % interval on an axis from
0 to 100, and beside it the measured lines, with the prediction over them. A drug behind the gate has a row without a
number. It returns ``None`` without drugs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from genomodel.core.predictions import DrugPrediction, UnpredictableDrug
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.pictures.svg import (
    Color,
    Scale,
    dashes,
    diamond,
    fitted,
    line,
    number,
    path,
    picture,
    rectangle,
    text,
    text_width,
)

WIDEST = 50.0
"""Percentile points; a 90 % interval wider than this says nothing about a drug's rank."""
MOST_DRUGS = 20
N_IN_WORDS = 5
WIDTH, ROW, HEAD, FOOT = 700, 33, 34, 4
NAMES, PERCENTILES, NUMBERS, LINES = (4, 160), (172, 388), (400, 508), (518, 694)
"""Where the columns begin and end."""
N_DECILES = 11


@dataclass(frozen=True)
class Standing:
    """Where a prediction stands among measured lines, as a percentile with its 90 % interval."""

    value: float
    low: float
    high: float
    n_lines: int
    of_tissue: bool
    """Among the lines of the tumor's tissue; else among all, where the tissue has too few."""

    @property
    def informative(self) -> bool:
        """Whether the interval is narrow enough to say something of the rank."""
        return self.high - self.low <= WIDEST


def standing(prediction: DrugPrediction) -> Standing:
    """Return where a prediction stands among the lines of its tissue, or among all where there are too few."""
    low, high = prediction.percentile_tissue_lower90, prediction.percentile_tissue_upper90
    if prediction.percentile_tissue is not None and low is not None and high is not None:
        low, high = sorted((low, high))
        return Standing(prediction.percentile_tissue, low, high, prediction.n_lines_tissue, of_tissue=True)
    low, high = sorted((prediction.percentile_overall_lower90, prediction.percentile_overall_upper90))
    return Standing(prediction.percentile_overall, low, high, prediction.n_lines_overall, of_tissue=False)


def forest_plot(
    predictions: Sequence[DrugPrediction | UnpredictableDrug],
    tissue: str = "",
    *,
    informative: Callable[[DrugPrediction], bool] | None = None,
) -> Markup | None:
    """Draw predictions of several drugs, one below the other.

    Parameters
    ----------
    predictions
        In the order of the rows; the first 20 are drawn. Percentiles are 0 to 100, ``ln_ic50``, ``lower90``,
        ``upper90`` and ``tissue_deciles`` in ln micromolar.
    tissue
        Name of the tissue whose lines they are compared with; empty where it has no name.
    informative
        Whether an interval is narrow enough; by default when the one that is drawn spans 50 points at most.

    Returns
    -------
    Markup or None
        An ``svg`` element, 700 units wide; ``None`` without predictions. A filled diamond and a whole line are an
        informative prediction, an empty diamond and a broken line one that is not.
    """
    drawn = predictions[:MOST_DRUGS]
    if not drawn:
        return None
    judge = informative or (lambda prediction: standing(prediction).informative)
    bottom = HEAD + ROW * len(drawn)
    parts = _axes(bottom)
    for index, prediction in enumerate(drawn):
        top = HEAD + index * ROW
        if index % 2:
            parts.insert(0, rectangle(0, top, WIDTH, ROW, Color.FAINT))
        if isinstance(prediction, DrugPrediction) and prediction.predictable:
            parts += _row(prediction, top, tissue, narrow=judge(prediction))
        else:
            parts += _row_behind_gate(prediction, top)
    return picture(WIDTH, bottom + FOOT, _in_words(drawn, tissue, judge), parts, "forest-plot")


def _axes(bottom: float) -> list[str]:
    scale = Scale(0, 100, *PERCENTILES)
    parts = [
        text(PERCENTILES[0], 12, say("pictures.forest.percentile"), size=11, color=Color.QUIET),
        text(PERCENTILES[1], 12, say("pictures.forest.sensitive"), size=11, anchor="end", color=Color.QUIET),
        text(LINES[0], 12, say("pictures.forest.measured"), size=11, color=Color.QUIET),
        text(LINES[1], 26, say("pictures.forest.sensitive"), size=11, anchor="end", color=Color.QUIET),
    ]
    for value in (0, 25, 50, 75, 100):
        x = scale.at(value)
        anchor = {0: "start", 100: "end"}.get(value, "middle")
        parts.append(text(x, 26, str(value), size=11, anchor=anchor, color=Color.QUIET))
        draw = line if value in (0, 50, 100) else dashes
        parts.append(draw(x, HEAD, x, bottom, Color.LIGHT, 1))
    return parts


def _row(prediction: DrugPrediction, top: float, tissue: str, *, narrow: bool) -> list[str]:
    stands = standing(prediction)
    scale = Scale(0, 100, *PERCENTILES)
    middle = top + ROW / 2
    value, low, high = words.ordinal(stands.value), words.ordinal(stands.low), words.ordinal(stands.high)
    gate = say("pictures.forest.gate_passed", r=words.decimal(prediction.accuracy.within_tissue_r))
    room = NUMBERS[1] - NUMBERS[0]
    among = _lines_in_short(stands, tissue, room) if narrow else say("pictures.forest.not_informative")
    return [
        *_name(prediction.drug, gate, top),
        *_interval(scale.at(stands.low), scale.at(stands.high), scale.at(stands.value), middle, narrow=narrow),
        text(NUMBERS[0], top + 14, say("pictures.forest.value", value=value, low=low, high=high), size=12, bold=narrow),
        text(NUMBERS[0], top + 27, fitted(among, 10, room), size=10, color=Color.QUIET),
        *_distribution(prediction, middle, narrow=narrow),
    ]


def _row_behind_gate(prediction: DrugPrediction | UnpredictableDrug, top: float) -> list[str]:
    return [
        *_name(prediction.drug, say("pictures.forest.gate_failed"), top),
        rectangle(PERCENTILES[0] + 4, top + 8, LINES[1] - PERCENTILES[0] - 4, ROW - 16, Color.PAPER),
        text(PERCENTILES[0] + 8, top + ROW / 2 + 4, say("pictures.forest.no_number"), size=11, color=Color.QUIET),
    ]


def _name(drug: str, gate: str, top: float) -> list[str]:
    room = NAMES[1] - NAMES[0]
    return [
        text(NAMES[0], top + 14, fitted(drug, 12, room, bold=True), size=12, bold=True),
        text(NAMES[0], top + 27, fitted(gate, 10, room), size=10, color=Color.QUIET),
    ]


def _interval(low: float, high: float, value: float, y: float, *, narrow: bool) -> list[str]:
    draw = line if narrow else dashes
    ends = [line(x, y - 5, x, y + 5, Color.INK, 1.6) for x in (low, high)]
    return [draw(low, y, high, y, Color.INK, 2), *ends, diamond(value, y, 6, hollow=not narrow)]


def _distribution(prediction: DrugPrediction, y: float, *, narrow: bool) -> list[str]:
    """Draw the measured lines as a body that is highest where most lie, and the prediction over it."""
    deciles = sorted(prediction.tissue_deciles)
    low, high = sorted((prediction.lower90, prediction.upper90))
    known = [*deciles, low, high, prediction.ln_ic50]
    # A lower concentration is a more sensitive line, which lies to the right.
    scale = Scale(min(known), max(known), LINES[1] - 2, LINES[0] + 2)
    parts = []
    if len(deciles) == N_DECILES:
        parts.append(path(_body([scale.at(value) for value in deciles], y), Color.PALE))
        median = scale.at(deciles[N_DECILES // 2])
        parts.append(line(median, y - 12, median, y + 12, Color.MID, 1.4))
    draw = line if narrow else dashes
    at = scale.at(prediction.ln_ic50)
    return [
        *parts,
        draw(scale.at(low), y, scale.at(high), y, Color.INK, 1.6),
        diamond(at, y, 5, hollow=not narrow),
    ]


def _body(places: Sequence[float], y: float) -> list[str]:
    """Return a body of ten parts of the same share of lines: the shorter one is, the higher."""
    spans = [max(abs(left - right), 1.0) for left, right in pairwise(places)]
    # Outermost parts are long for one line far out; they end in a point.
    heights = [13 * min(spans) / span for span in spans]
    heights = [max(1.2, 13 * (height / max(heights)) ** 0.5) for height in heights]
    middles = [(left + right) / 2 for left, right in pairwise(places)]
    above = "".join(f"L{number(x)} {number(y - h)}" for x, h in zip(middles, heights, strict=True))
    below = "".join(f"L{number(x)} {number(y + h)}" for x, h in zip(reversed(middles), reversed(heights), strict=True))
    return [f"M{number(places[0])} {number(y)}{above}L{number(places[-1])} {number(y)}{below}z"]


def _lines(stands: Standing, tissue: str) -> str:
    n = words.count(stands.n_lines)
    if not stands.of_tissue:
        return say("pictures.forest.lines_all", n=n)
    if not tissue:
        return say("pictures.forest.lines_of_its_tissue", n=n)
    return say("pictures.forest.lines_tissue", n=n, tissue=tissue)


def _lines_in_short(stands: Standing, tissue: str, room: float) -> str:
    """Return the lines it is compared with, without the tissue, which the section names, where that has no room."""
    whole = _lines(stands, tissue)
    fits = not stands.of_tissue or text_width(whole, 10) <= room
    return whole if fits else say("pictures.forest.lines", n=words.count(stands.n_lines))


def _in_words(
    drawn: Sequence[DrugPrediction | UnpredictableDrug], tissue: str, judge: Callable[[DrugPrediction], bool]
) -> str:
    said = []
    for prediction in drawn[:N_IN_WORDS]:
        if not isinstance(prediction, DrugPrediction) or not prediction.predictable:
            said.append(say("pictures.forest.drug_behind_gate", drug=prediction.drug))
            continue
        stands = standing(prediction)
        said.append(
            say(
                "pictures.forest.drug",
                drug=prediction.drug,
                value=words.ordinal(stands.value),
                lines=_lines(stands, tissue),
                low=words.ordinal(stands.low),
                high=words.ordinal(stands.high),
                note="" if judge(prediction) else say("pictures.forest.wide"),
            )
        )
    if len(drawn) > N_IN_WORDS:
        said.append(say("pictures.forest.more_drugs", n=len(drawn) - N_IN_WORDS))
    return say("pictures.forest.alternative", n=len(drawn), drugs="; ".join(said))
