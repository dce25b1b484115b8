"""Drugs by patients: percentiles of gated predictions, as a map for research that no evidence stands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from genomodel.report.cohort.grid import Bar, Grid
from genomodel.report.cohort.row import CohortRow, RowStatus
from genomodel.report.pictures.svg import Color

MOST_DRUGS = 40
HIGH = 90
"""Percentile from which on a prediction counts as high for the choice of drugs."""
STEPS = ((0, Color.PALE), (50, Color.LIGHT), (75, Color.MID), (90, Color.DARK), (97, Color.INK))
"""Percentile from which on a cell has a color: darker is more sensitive."""
NOT_INFORMATIVE = "not_informative"


def _name(start: int) -> str:
    return f"from_{start}"


MARKS: dict[str, tuple[Bar, ...]] = {
    NOT_INFORMATIVE: (Bar(Color.LIGHT, 0.44, 0.56),),
    **{_name(start): (Bar(color, 0, 1),) for start, color in STEPS},
}


@dataclass(frozen=True, slots=True)
class DrugCounts:
    """Patients by what is predicted of a drug."""

    drug: str
    high: int
    informative: int
    not_informative: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """What is drawn, and what stands beneath it as a table."""

    grid: Grid
    order: tuple[int, ...]
    """Place of each column's patient among the rows that were given."""
    drugs: tuple[DrugCounts, ...]
    """Of all drugs with a prediction, in the order of choice."""
    n_patients: int
    """With a report, whether or not anything is predicted of them."""


def heat_map(rows: Sequence[CohortRow]) -> HeatMap:
    """Lay out the drugs by patients.

    Drugs are chosen and sorted by the number of patients with a percentile of :data:`HIGH` or more, then by the number
    with an interval that says something; patients by tumor type and id.
    """
    shown = [place for place, row in enumerate(rows) if row.status is not RowStatus.FAILED]
    order = sorted(shown, key=lambda place: (rows[place].tumor_code, rows[place].patient_id))
    high: Counter[str] = Counter()
    told: Counter[str] = Counter()
    wide: Counter[str] = Counter()
    for place in order:
        forecast = rows[place].forecast
        told.update(forecast.percentiles.keys())
        high.update(drug for drug, percentile in forecast.percentiles.items() if percentile >= HIGH)
        wide.update(forecast.not_informative)
    drugs = sorted(told.keys() | wide.keys(), key=lambda drug: (-high[drug], -told[drug], -wide[drug], drug))
    drawn = [drug for drug in drugs if told[drug]][:MOST_DRUGS] or drugs[:MOST_DRUGS]
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in MARKS}
    for column, place in enumerate(order):
        forecast = rows[place].forecast
        silent = frozenset(forecast.not_informative)
        for line, drug in enumerate(drawn):
            percentile = forecast.percentiles.get(drug)
            if percentile is not None:
                found[step_of(percentile)].append((line, column))
            elif drug in silent:
                found[NOT_INFORMATIVE].append((line, column))
    grid = Grid([(drug, str(high[drug])) for drug in drawn], [rows[place].patient_id for place in order], found)
    counted = tuple(DrugCounts(drug, high[drug], told[drug], wide[drug]) for drug in drugs)
    return HeatMap(grid, tuple(order), counted, len(shown))


def step_of(percentile: int) -> str:
    """Return the name of the color of a percentile."""
    return _name(max(start for start, _ in STEPS if percentile >= start))
