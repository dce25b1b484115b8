"""Which predictions a report puts first: one rule, for reports and for measuring how well what is shown holds."""

from __future__ import annotations

from collections.abc import Sequence

from genomodel.core.predictions import AS_USUAL, CoverageShare, DrugPrediction, ResponsePrediction, SelectedCoverage

N_TOP = 10
"""Predictions that a report shows in full; those that lead are chosen among them."""
N_LEADING = 3
WIDEST_INFORMATIVE = 50.0
"""Percentile points; a 90 % interval wider than this says nothing about a drug's rank."""
WANTED_COVERAGE = 0.85
"""Share of what is put first that its 90 % intervals have to hold on held-out lines; below it nothing is put first."""
LEAST_SHARE = 0.05
"""In ln IC50; what alterations add up to counts as a direction only from here on."""


def found_share(prediction: DrugPrediction) -> float:
    """Return what was found in the tumor adds up to, in ln IC50: negative is toward sensitivity.

    What was not observed counts in the prediction as usual in the tissue, and not here.
    """
    shift = prediction.ln_ic50 - prediction.baseline_ln_ic50
    return shift - sum(item.ln_ic50 for item in prediction.contributions if item.label.endswith(AS_USUAL))


def alterations_add(prediction: DrugPrediction) -> bool:
    """Whether what was found in the tumor moves the drug toward sensitivity, and is not outweighed by what is unknown.

    A drug that most lines of the tissue respond to says nothing of a tumor without the alteration that makes them.
    """
    return found_share(prediction) <= -LEAST_SHARE and prediction.ln_ic50 < prediction.baseline_ln_ic50


def is_candidate(prediction: DrugPrediction) -> bool:
    """Whether a prediction among the first ``N_TOP`` may lead, whatever its interval."""
    return prediction.predictable and alterations_add(prediction)


def is_informative(lower: float, upper: float) -> bool:
    """Whether a 90 % interval of percentiles is narrow enough to say something of a drug's rank."""
    return abs(upper - lower) <= WIDEST_INFORMATIVE


def informative_overall(prediction: DrugPrediction) -> bool:
    """Whether the interval among the lines of all tissues says something of the drug's rank."""
    return is_informative(prediction.percentile_overall_lower90, prediction.percentile_overall_upper90)


def leading(ranked: Sequence[DrugPrediction], n: int = N_LEADING) -> list[DrugPrediction]:
    """Return up to ``n`` of the highest predictions: those that a report may show without its table.

    Parameters
    ----------
    ranked
        All predictions of one tumor, highest first, as :class:`genomodel.core.predictions.ResponsePrediction` has them.
    n
        Most of them.

    Returns
    -------
    list
        Of the first ``N_TOP`` that pass the gate: those whose interval says something of rank, and to which something
        that was found in the tumor adds.
    """
    first = [prediction for prediction in ranked if prediction.predictable][:N_TOP]
    return [prediction for prediction in first if is_candidate(prediction) and informative_overall(prediction)][:n]


def coverage_of_tumor(coverage: SelectedCoverage) -> CoverageShare:
    """Return how often what is put first held for tumors like this one: of its tissue, else of tissues with as few."""
    return coverage.tissue or coverage.few or coverage.overall


def held_too_seldom(response: ResponsePrediction) -> CoverageShare | None:
    """Return the coverage that keeps predictions from being put first; ``None`` where it is as wanted or not known."""
    if response.selected_coverage is None:
        return None
    share = coverage_of_tumor(response.selected_coverage)
    return share if share.share < WANTED_COVERAGE else None


def put_first(response: ResponsePrediction, n: int = N_LEADING) -> list[DrugPrediction]:
    """Return what :func:`leading` gives, and nothing for tumors like which the intervals held too seldom."""
    return [] if held_too_seldom(response) is not None else leading(response.predictions, n)
