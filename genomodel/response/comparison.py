"""Which of two models is better, paired over drugs, with intervals from the same draws of lines for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from genomodel.core.errors import InputError
from genomodel.response.dataset import ResponseData
from genomodel.response.evaluate import Evaluation
from genomodel.response.metrics import (
    BOOTSTRAP_SEED,
    Array,
    Interval,
    center_in_cells,
    correlations,
    interval,
    line_weights,
)
from genomodel.response.models import RELEASED_MODEL


def compare(data: ResponseData, one: Evaluation, other: Evaluation) -> dict[str, Any]:
    """Return the differences ``one`` less ``other`` as plain values.

    Parameters
    ----------
    data
        What both were evaluated on.
    one, other
        Evaluations on the same folds.

    Returns
    -------
    dict
        Differences of mean figures with 95 % bootstrap intervals over lines, patients drawn whole and the same for
        both; the numbers of drugs whose within-tissue r is higher or lower with confidence (90 % interval of the
        drug's own difference beside zero, so that chance alone puts one drug in twenty on either side).

    Raises
    ------
    InputError
        The folds or the judged drugs differ.
    """
    if not np.array_equal(one.held_out.folds, other.held_out.folds) or not np.array_equal(one.judged, other.judged):
        raise InputError(
            f"'{one.name}' and '{other.name}' were not evaluated on the same folds and drugs",
            fix="Evaluate both in one run",
        )
    shared = [name for name in one.scores.samples if name in other.scores.samples]
    differences = {
        name: interval(
            float(_means(one)[name] - _means(other)[name]), one.scores.samples[name] - other.scores.samples[name]
        ).as_dict()
        for name in shared
    }
    weights = line_weights(data.groups, BOOTSTRAP_SEED)
    by_drug = _within_samples(data, one, weights) - _within_samples(data, other, weights)
    lower, upper = np.quantile(by_drug, [0.05, 0.95], axis=0)
    return {
        "one": one.name,
        "other": other.name,
        "difference": differences,
        "drugs": int(one.judged.sum()),
        "drugs_better_with_confidence": int((lower > 0).sum()),
        "drugs_worse_with_confidence": int((upper < 0).sum()),
    }


def _means(result: Evaluation) -> dict[str, float]:
    scores = result.scores
    means: dict[str, Interval | None] = {
        "within_tissue_r": scores.mean_within,
        "within_tissue_rho": scores.mean_within_rho,
        "per_drug_r": scores.mean_per_drug,
        "per_drug_r_in_fold": scores.mean_in_fold,
        "error_gain": scores.error_gain,
        "panel_within_tissue_r": scores.panel_within,
    }
    return {name: found.value for name, found in means.items() if found is not None}


def _within_samples(data: ResponseData, result: Evaluation, weights: Array) -> Array:
    truth, prediction = data.ln_ic50[:, result.judged], result.held_out.prediction[:, result.judged]
    centered = center_in_cells(truth, prediction, result.held_out.folds, data.tissues)
    return correlations(*centered, weights, center=False)


@dataclass(frozen=True)
class Verdict:
    """What the comparison comes to."""

    best_other: str
    """The model other than the released kind with the highest within-tissue r; empty when there is none."""
    winner: str
    """Empty when no model wins with confidence, or nothing could be compared."""
    text: str


def best_other(results: Mapping[str, Evaluation]) -> str:
    """Return the name of the best model besides the released kind, by within-tissue r; empty when there is none."""
    others = [name for name in results if name != RELEASED_MODEL]
    return max(others, key=lambda name: results[name].scores.mean_within.value, default="")


def comparisons(data: ResponseData, results: Mapping[str, Evaluation]) -> list[dict[str, Any]]:
    """Compare the released kind of model with every other, and every other with the tissue-by-drug mean."""
    found = []
    if RELEASED_MODEL in results:
        found += [
            compare(data, results[RELEASED_MODEL], other) for name, other in results.items() if name != RELEASED_MODEL
        ]
    reference = results.get("tissue-drug-mean")
    if reference is not None:
        done = {reference.name, RELEASED_MODEL, "drug-mean"}
        found += [compare(data, one, reference) for name, one in results.items() if name not in done]
    return found


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.3f}".replace("-", "−")


def verdict(results: Mapping[str, Evaluation], compared: list[dict[str, Any]]) -> Verdict:
    """Say in plain words whether the released kind of model beats the best of the others.

    Parameters
    ----------
    results
        Evaluations by name.
    compared
        From ``comparisons``.
    """
    best = best_other(results)
    if RELEASED_MODEL not in results or not best:
        lacking = f"'{RELEASED_MODEL}' was" if RELEASED_MODEL not in results else "no other model was"
        return Verdict(best, "", f"Nothing to judge: {lacking} not part of this run.")
    pair = next(row for row in compared if row["one"] == RELEASED_MODEL and row["other"] == best)
    found = pair["difference"]["within_tissue_r"]
    figures = (
        f"difference of within-tissue r {_signed(found['value'])} (95 % interval {_signed(found['lower'])} to "
        f"{_signed(found['upper'])}); of {pair['drugs']} drugs {pair['drugs_better_with_confidence']} are predicted "
        f"better and {pair['drugs_worse_with_confidence']} worse with confidence"
    )
    if found["lower"] > 0:
        return Verdict(best, RELEASED_MODEL, f"'{RELEASED_MODEL}' beats the best baseline, '{best}': {figures}.")
    if found["upper"] < 0:
        return Verdict(best, best, f"A baseline wins: '{best}' beats '{RELEASED_MODEL}' and should ship: {figures}.")
    return Verdict(best, "", f"No winner with confidence between '{RELEASED_MODEL}' and '{best}': {figures}.")
