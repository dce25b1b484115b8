"""How well intervals hold for the predictions that a report puts first, on held-out lines, and their mending.

Showing the strongest is a selection: predictions that stand high are there in part by error, so that the coverage over
all pairs says nothing of them. Each held-out line is therefore predicted, ranked and chosen from as a patient's tumor
is, by a bundle of its fold whose intervals, gate, quantiles and accuracy come from the other folds; what counts is the
share of the chosen pairs whose measured response lies in the interval that a report would show.

Mending is conformal on the chosen pairs: the part of the interval toward sensitivity and the part toward resistance are
stretched by the quantiles that the residuals of chosen pairs have in units of them. For measuring, the factors of a
fold are learned from the pairs of the other folds; a bundle gets those of all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from genomodel.core.predictions import CoverageShare, DrugAccuracy, DrugPrediction
from genomodel.response.bundle import Bundle, Calibration, TrainingLines
from genomodel.response.calibrate import LOWER_TAIL, UPPER_TAIL, scaled_quantiles
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array
from genomodel.response.evaluate import HeldOut, widening
from genomodel.response.metrics import (
    BOOTSTRAP_SEED,
    N_BOOTSTRAP,
    center_in_cells,
    correlations,
    line_weights,
)
from genomodel.response.predict import ranked_predictions, stretched
from genomodel.response.selection import UNSTRETCHED, Selected
from genomodel.response.shown import N_LEADING, N_TOP, WANTED_COVERAGE, is_candidate, leading
from genomodel.response.splits import Fold, Folds
from genomodel.response.types import Ensemble

FEWEST_PAIRS = 20
"""Measured pairs of a tissue that a coverage of its own is told for."""
Quantiles = Callable[[ResponseData, list[int], tuple[str, ...]], tuple[Array, Array, npt.NDArray[np.int_]]]
Stretch = tuple[float, float]


@dataclass(frozen=True)
class Ranked:
    """What a report of one held-out line would hold, and what was measured."""

    line: int
    tissue: str
    """As the model of the fold knows it; empty where it saw no line of it."""
    bundle: Bundle
    """Of the line's fold."""
    predictions: tuple[DrugPrediction, ...]
    """The first ones, with their intervals before they are stretched."""
    truth: dict[str, float]
    """Measured ln IC50 by drug, NaN where not measured."""


@dataclass(frozen=True)
class Pair:
    """A chosen prediction of a held-out line whose response was measured."""

    line: int
    tissue: str
    above: float
    """Measured less predicted, in units of the part of the unstretched interval on that side: +1 is its upper end."""
    inside: bool


def explained(
    truth: Array, prediction: Array, folds: npt.NDArray[np.int_], tissues: npt.NDArray[np.str_]
) -> tuple[Array, Array]:
    """Return the share of the variation that predictions explain, of each drug: over all lines, and inside tissues.

    1 - squared error / squared distance from the mean; inside tissues, both are centered inside fold and tissue first.

    Parameters
    ----------
    truth, prediction
        Shape (lines, drugs), ``truth`` NaN where not measured.
    folds, tissues
        Of each line.
    """
    around = truth - np.nanmean(truth, axis=0)
    inside, predicted = center_in_cells(truth, prediction, folds, tissues)

    def share(error: Array, distance: Array) -> Array:
        return np.asarray(1.0 - np.nansum(error**2, axis=0) / np.maximum(np.nansum(distance**2, axis=0), 1e-12))

    return share(truth - prediction, around), share(inside - predicted, inside)


def fold_bundle(
    data: ResponseData, held_out: HeldOut, fold: Fold, ensemble: Ensemble, columns: list[int], quantiles: Quantiles
) -> Bundle:
    """Return the bundle that predicts the lines of one fold: nothing in it comes from them.

    Parameters
    ----------
    data, held_out
        All lines with their out-of-fold predictions.
    fold, ensemble
        The fold, and the model that was trained on the others.
    columns
        Drugs that are offered.
    quantiles
        How a bundle's quantiles of measured responses are made.
    """
    others = np.setdiff1d(np.arange(len(data.lines)), fold.test)
    residuals = (data.ln_ic50 - held_out.prediction)[others][:, columns]
    scale, lower, upper = scaled_quantiles(residuals, data.tissues[others], sorted(set(data.tissues.tolist())))
    taken = ensemble.take_drugs(columns)
    known = sorted(set(data.tissues.tolist()))
    place = [*(known.index(tissue) for tissue in taken.encoder.tissues), len(known)]
    accuracy = _accuracy(data, held_out, others, columns)
    overall, local, counts = quantiles(fold.training, columns, taken.encoder.tissues)
    n = len(taken.features)
    nobody = TrainingLines((), (), (), np.zeros((0, n), dtype=np.bool_), np.zeros((0, n), dtype=np.bool_))
    calibration = Calibration(
        lower=lower,
        upper=upper,
        tissue_scale=scale[place],
        residual_variance=np.nanvar(residuals, axis=0),
        widening=widening(data.subset(others), held_out.of_lines(others)),
        accuracy=accuracy,
        predictable=np.array([(row.within_tissue_r_lower or 0.0) > 0 for row in accuracy]),
        burden_limit=0,
        nearest_limit=0.0,
        sensitive_coverage=float("nan"),
    )
    return Bundle(
        name="held out",
        ensemble=taken,
        drugs=tuple(data.drugs[j] for j in columns),
        lines=nobody,
        calibration=calibration,
        quantiles=overall,
        tissue_quantiles=local,
        n_lines_tissue=counts,
        training_lines_by_feature={},
        card={},
        sha256="",
    )


def _accuracy(
    data: ResponseData, held_out: HeldOut, rows: npt.NDArray[np.int_], columns: list[int]
) -> tuple[DrugAccuracy, ...]:
    """Return what the gate asks of drugs, on some lines."""
    truth, prediction = data.ln_ic50[rows][:, columns], held_out.prediction[rows][:, columns]
    centered = center_in_cells(truth, prediction, held_out.folds[rows], data.tissues[rows])
    weights = line_weights(tuple(data.groups[i] for i in rows), BOOTSTRAP_SEED)
    within = correlations(*centered, center=False)
    lower = np.quantile(correlations(*centered, weights, center=False), 0.05, axis=0)
    overall, n = correlations(truth, prediction), (~np.isnan(truth)).sum(axis=0)
    return tuple(
        DrugAccuracy(
            n_lines=int(n[k]),
            pearson_r=float(overall[k]),
            within_tissue_r=float(within[k]),
            within_tissue_r_lower=float(lower[k]),
            coverage90=float("nan"),
        )
        for k in range(len(columns))
    )


def held_out_reports(
    data: ResponseData, held_out: HeldOut, folds: Folds, columns: list[int], quantiles: Quantiles
) -> list[Ranked]:
    """Predict and rank every line as a patient's tumor is, by the bundle of its fold."""
    found = []
    for fold, ensemble in zip(folds.parts, held_out.ensembles, strict=True):
        bundle = fold_bundle(data, held_out, fold, ensemble, columns, quantiles)
        for line, profile in zip(fold.test.tolist(), fold.profiles, strict=True):
            tissue = profile.tissue if profile.tissue in bundle.encoder.tissues else ""
            truth = {data.drugs[j].drug: float(data.ln_ic50[line, j]) for j in columns}
            first = ranked_predictions(bundle, profile.model_copy(update={"tissue": tissue}))[:N_TOP]
            found.append(Ranked(line, tissue, bundle, first, truth))
    return found


def chosen(report: Ranked, stretch: Stretch = UNSTRETCHED) -> list[Pair]:
    """Return the pairs that a report would put first, with intervals stretched, as far as they were measured."""
    first = [
        stretched(report.bundle, row, stretch, report.tissue) if is_candidate(row) else row
        for row in report.predictions
    ]
    plain = {row.drug: row for row in report.predictions}
    pairs = []
    for row in leading(first, N_LEADING):
        measured = report.truth[row.drug]
        if not np.isnan(measured):
            above = measured - row.ln_ic50
            side = plain[row.drug].upper90 - row.ln_ic50 if above > 0 else row.ln_ic50 - plain[row.drug].lower90
            inside = row.lower90 <= measured <= row.upper90
            pairs.append(Pair(report.line, report.tissue, above / max(side, 1e-9), inside))
    return pairs


def learned(reports: Sequence[Ranked]) -> Stretch:
    """Return the factors that make the plain intervals of chosen pairs conformal, at least 1 each.

    Some pairs are not chosen any more once their intervals are stretched. Factors are not learned anew of what is then
    left: each round leaves fewer and harder pairs, and wider intervals of no better coverage.
    """
    above = np.array([pair.above for report in reports for pair in chosen(report)])
    if not len(above):
        return UNSTRETCHED
    return max(1.0, _quantile(-above, LOWER_TAIL)), max(1.0, _quantile(above, UPPER_TAIL))


def _quantile(scores: Array, tail: float) -> float:
    """Conformal quantile of scores that a new one exceeds with at most the probability of the tail."""
    n = len(scores)
    rank = min(int(np.ceil((n + 1) * (1 - tail))), n)
    return round(float(np.sort(scores)[rank - 1]), 4)


def share_of(pairs: Sequence[Pair], groups: Sequence[str]) -> CoverageShare | None:
    """Return the share of pairs inside their interval, with a 95 % interval over patients; ``None`` without pairs."""
    if not pairs:
        return None
    n, hits = np.zeros(len(groups)), np.zeros(len(groups))
    for pair in pairs:
        n[pair.line] += 1
        hits[pair.line] += pair.inside
    lines = np.flatnonzero(n)
    weights = line_weights(tuple(groups[i] for i in lines.tolist()), BOOTSTRAP_SEED, N_BOOTSTRAP)
    samples = (weights @ hits[lines]) / np.maximum(weights @ n[lines], 1e-12)
    lower, upper = np.quantile(samples, [0.025, 0.975])
    return CoverageShare(
        n_lines=len(lines),
        n_pairs=len(pairs),
        share=round(float(hits.sum() / n.sum()), 4),
        lower=round(float(lower), 4),
        upper=round(float(upper), 4),
    )


def measure(reports: Sequence[Ranked], folds: npt.NDArray[np.int_], groups: Sequence[str]) -> Selected | None:
    """Measure the coverage of what is shown, and mend it where it is below what is wanted.

    Parameters
    ----------
    reports
        From :func:`held_out_reports`, one for each line.
    folds, groups
        Of all lines.

    Returns
    -------
    Selected or None
        Coverage with factors that were learned on the other folds, and the factors learned on all; ``None`` where
        nothing is ever shown.
    """
    plain = [pair for report in reports for pair in chosen(report)]
    before = share_of(plain, groups)
    if before is None:
        return None
    if before.share >= WANTED_COVERAGE:
        return _selected(reports, plain, groups, before, None, UNSTRETCHED)
    pairs = []
    for fold in np.unique(folds):
        factors = learned([report for report in reports if folds[report.line] != fold])
        pairs += [pair for report in reports if folds[report.line] == fold for pair in chosen(report, factors)]
    after = share_of(pairs, groups)
    if after is None:
        return None
    return _selected(reports, pairs, groups, after, before, learned(reports))


def _selected(
    reports: Sequence[Ranked],
    pairs: Sequence[Pair],
    groups: Sequence[str],
    overall: CoverageShare,
    unmended: CoverageShare | None,
    stretch: Stretch,
) -> Selected:
    by_tissue = _by_tissue(pairs, groups)
    few = share_of([pair for pair in pairs if pair.tissue not in by_tissue], groups)
    return Selected(N_LEADING, len(reports), overall, by_tissue, unmended, stretch, few)


def _by_tissue(pairs: Sequence[Pair], groups: Sequence[str]) -> dict[str, CoverageShare]:
    found = {}
    for tissue in sorted({pair.tissue for pair in pairs}):
        own = [pair for pair in pairs if pair.tissue == tissue]
        share = share_of(own, groups)
        if share is not None and share.n_pairs >= FEWEST_PAIRS:
            found[tissue] = share
    return found


def with_selection(calibration: Calibration, selected: Selected | None) -> Calibration:
    """Return a calibration that knows of its highest predictions."""
    stretch = selected.stretch if selected is not None else UNSTRETCHED
    return replace(calibration, selected=selected, stretch=stretch)
