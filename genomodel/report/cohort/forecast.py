"""What the response model says of one patient, in the few numbers that a map of many patients needs."""

from __future__ import annotations

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.predictions import DrugPrediction, ResponsePrediction
from genomodel.core.report import PatientReport
from genomodel.core.report_settings import PredictionsShown
from genomodel.response.shown import informative_overall


class Forecast(Noun):
    """Gated predictions by drug."""

    percentiles: dict[str, int] = Field(default_factory=dict)
    """Percentile over all lines, of those whose interval says something of rank."""
    not_informative: tuple[str, ...] = ()
    """Drugs that are predicted, with an interval too wide to say anything of rank."""


NO_FORECAST = Forecast()


def shown_response(report: PatientReport, *, leading: bool = False) -> ResponsePrediction | None:
    """Return the predictions that the site's setting lets the cohort page show.

    Parameters
    ----------
    report
        Whose.
    leading
        Whether they are to stand beside findings, which only the setting for the first page allows.
    """
    setting = report.settings.predictions
    if setting is PredictionsShown.NONE or (leading and setting is not PredictionsShown.FRONT):
        return None
    return report.response


def forecast(report: PatientReport) -> Forecast:
    """Return the gated predictions of a patient; where two screens predict a drug, the better known one counts."""
    response = shown_response(report)
    if response is None:
        return NO_FORECAST
    best: dict[str, DrugPrediction] = {}
    for one in response.predictions:
        known = best.get(one.drug)
        if one.predictable and (known is None or one.accuracy.within_tissue_r > known.accuracy.within_tissue_r):
            best[one.drug] = one
    percentiles, wide = {}, []
    for drug, one in sorted(best.items()):
        if informative_overall(one):
            percentiles[drug] = min(99, int(one.percentile_overall))
        else:
            wide.append(drug)
    return Forecast(percentiles=percentiles, not_informative=tuple(wide))
