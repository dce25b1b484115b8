"""Honest evaluation: every line predicted by models that never saw it, against baselines on the same folds."""

from __future__ import annotations

import gzip
import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from genomodel.core.errors import InputError
from genomodel.files import atomic_path, write_text
from genomodel.profile.features import tissue_columns
from genomodel.response.baselines import TissueDrugMean, training_inputs
from genomodel.response.calibrate import (
    Widening,
    coverage,
    cross_conformal,
    hidden_variance,
    scale_of_lines,
    scaled_quantiles,
    variance_slope,
)
from genomodel.response.datamodule import PanelDropout, hide_features
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array, Mask, profile_arrays
from genomodel.response.ensemble import TrainingConfig
from genomodel.response.metrics import (
    BOOTSTRAP_SEED,
    SENSITIVE_Z,
    Scores,
    line_weights,
    normalized,
    score,
    sensitive_tail,
)
from genomodel.response.models import MODELS, RELEASED_MODEL, LowRankEnsemble
from genomodel.response.splits import FOLD_SEED, N_FOLDS, Folds, Split, make_folds
from genomodel.response.targeted import targeted_drugs
from genomodel.response.types import Ensemble

JUDGED_SCREEN = "GDSC2"
JUDGED_LINES = 600
"""Drugs of GDSC2 measured in more lines than this enter the means over drugs."""

TAIL_BOOTSTRAP = 500
CELL_LINES = 20
"""Fewest measured lines of a tissue for the coverage of a drug in it."""
CELL_COVERAGE = 0.8

Progress = Callable[[str], None]


@dataclass(frozen=True)
class HeldOut:
    """Out-of-fold predictions of one model, with those of the tissue-by-drug mean."""

    folds: npt.NDArray[np.int_]
    prediction: Array
    tissue_mean: Array
    drug_mean: Array
    """Mean of each drug over the training lines of the fold."""
    masked: Array
    """Predictions with small variants, copy number and fusions hidden at random; NaN for other kinds of model."""
    hidden_genes: Array
    """Variance hidden from ``masked``."""
    no_tissue: Array
    hidden_tissue: Array
    split: Split = field(default=Split.LINE, kw_only=True)
    seconds: tuple[float, ...] = field(default=(), kw_only=True)
    """Wall time of training and prediction, by fold, without the encoding that all baselines share."""
    ensembles: tuple[Ensemble, ...] = field(default=(), kw_only=True)
    """The models of the folds, for the released kind, which can also rank and explain."""

    def of_lines(self, rows: npt.NDArray[np.int_]) -> HeldOut:
        """Return what was predicted for some lines."""
        arrays = ("folds", "prediction", "tissue_mean", "drug_mean", "masked", "hidden_genes", "no_tissue")
        taken = {name: getattr(self, name)[rows] for name in (*arrays, "hidden_tissue")}
        return replace(self, **taken)


def held_out_predictions(
    data: ResponseData,
    name: str,
    progress: Progress | None = None,
    config: TrainingConfig | None = None,
    folds: Folds | None = None,
) -> HeldOut:
    """Predict every line by a model trained on the other folds.

    Features are chosen, frequencies and penalties learned, and early stopping decided on the training folds alone.

    Parameters
    ----------
    data
        All lines.
    name
        Key of ``MODELS``.
    progress
        Called after each fold.
    config
        Training choices, for the kind of model that has any.
    folds
        Made for this data by ``make_folds``; folds of patients when not given.
    """
    if name not in MODELS:
        raise InputError(f"unknown model '{name}'", fix=f"Known: {', '.join(MODELS)}")
    folds = folds or make_folds(data)
    blank = np.full(data.ln_ic50.shape, np.nan)
    out = HeldOut(folds.labels, *(blank.copy() for _ in range(7)), split=folds.split)
    seconds, ensembles = [], []
    for k, fold in enumerate(folds.parts):
        means = TissueDrugMean()
        means.fit(fold.training, fold.features)
        out.tissue_mean[fold.test] = means.predict(fold.profiles)
        out.drug_mean[fold.test] = means.overall
        training_inputs(fold.training, fold.features)
        model = LowRankEnsemble(config) if name == RELEASED_MODEL and config else MODELS[name]()
        start = time.perf_counter()
        model.fit(fold.training, fold.features)
        out.prediction[fold.test] = model.predict(fold.profiles)
        seconds.append(time.perf_counter() - start)
        if isinstance(model, LowRankEnsemble) and folds.split is Split.LINE:
            ensembles.append(model.ensemble)
            values, observed = profile_arrays(fold.profiles, fold.features)
            _hide(out, fold.test, model.ensemble, values, observed, [p.tissue for p in fold.profiles], k)
        if progress:
            progress(f"fold {k + 1} of {len(folds.parts)}")
    return replace(out, seconds=tuple(seconds), ensembles=tuple(ensembles))


def _hide(
    out: HeldOut,
    test: npt.NDArray[np.int_],
    model: Ensemble,
    values: Array,
    observed: Mask,
    tissues: list[str],
    fold: int,
) -> None:
    """Predict the test lines of a fold with features hidden, to measure what that costs."""
    effects = model.effects() ** 2
    dropout = PanelDropout(lines=1.0)
    seen = hide_features(observed, model.features, dropout, np.random.default_rng(fold))
    out.masked[test] = model.predict(values, seen, tissues)
    already = hidden_variance(effects, model.encoder, observed, tissues)
    out.hidden_genes[test] = hidden_variance(effects, model.encoder, seen, tissues) - already
    blind = observed & ~tissue_columns(model.features)
    nowhere = [""] * len(tissues)
    out.no_tissue[test] = model.predict(values, blind, nowhere)
    out.hidden_tissue[test] = hidden_variance(effects, model.encoder, blind, nowhere) - already


@dataclass(frozen=True)
class Evaluation:
    """What held-out lines say about one model."""

    name: str
    held_out: HeldOut
    scores: Scores
    judged: npt.NDArray[np.bool_]
    """Drugs that enter the means over drugs."""
    panel: npt.NDArray[np.bool_]
    """Targeted drugs among them, by a list made without looking at any accuracy."""
    lower: Array
    """Interval ends relative to the prediction, learned on the other folds, shape (lines, drugs)."""
    upper: Array
    coverage: Array
    """Shape (drugs,), of the intervals above."""


def judged_drugs(data: ResponseData) -> npt.NDArray[np.bool_]:
    """Return which drugs are judged, shape (drugs,): those of the newer screen with enough lines, or all if none is."""
    n_lines = (~np.isnan(data.ln_ic50)).sum(axis=0)
    judged = np.array([drug.screen == JUDGED_SCREEN for drug in data.drugs]) & (n_lines > JUDGED_LINES)
    return judged if judged.any() else np.ones(len(data.drugs), dtype=np.bool_)


def evaluate(
    data: ResponseData,
    name: str,
    progress: Progress | None = None,
    config: TrainingConfig | None = None,
    folds: Folds | None = None,
) -> Evaluation:
    """Evaluate one model on held-out lines: leave-line-out, or the split of ``folds``."""
    held_out = held_out_predictions(data, name, progress, config, folds)
    judged = judged_drugs(data)
    listed = set(targeted_drugs())
    panel = judged & np.array([drug.drug in listed for drug in data.drugs])
    scores = score(
        data.ln_ic50,
        held_out.prediction,
        held_out.tissue_mean,
        held_out.folds,
        data.tissues,
        data.groups,
        judged,
        panel,
    )
    lower, upper = cross_conformal(data.ln_ic50 - held_out.prediction, held_out.folds, data.tissues)
    covered = coverage(data.ln_ic50, held_out.prediction, lower, upper)
    return Evaluation(name, held_out, scores, judged, panel, lower, upper, covered)


def widening(data: ResponseData, held_out: HeldOut) -> Widening:
    """Measure how intervals must grow for unobserved features."""
    full = data.ln_ic50 - held_out.prediction
    return Widening(
        genes=variance_slope(full, data.ln_ic50 - held_out.masked, held_out.hidden_genes),
        tissue=variance_slope(full, data.ln_ic50 - held_out.no_tissue, held_out.hidden_tissue),
    )


def widened_coverage(data: ResponseData, held_out: HeldOut) -> dict[str, float]:
    """Coverage of the 90 % intervals when features are hidden, with and without widening.

    In-sample: quantiles and slopes come from the residuals that are counted, so that the figures are optimistic.
    """
    residuals = data.ln_ic50 - held_out.prediction
    known = sorted(set(data.tissues.tolist()))
    scale, *ends = scaled_quantiles(residuals, data.tissues, known)
    lower, upper = (end * scale_of_lines(scale, data.tissues, known) for end in ends)
    spread = np.nanvar(residuals, axis=0)
    none = np.zeros_like(residuals)
    measured = widening(data, held_out)
    cases = {
        "genes_hidden": (held_out.masked, held_out.hidden_genes, none),
        "tissue_hidden": (held_out.no_tissue, none, held_out.hidden_tissue),
    }
    found = {}
    for name, (prediction, genes, tissue) in cases.items():
        factor = measured.factor(genes, tissue, spread)
        found[f"{name}_plain"] = float(coverage(data.ln_ic50, prediction, lower, upper).mean())
        found[f"{name}_widened"] = float(coverage(data.ln_ic50, prediction, lower * factor, upper * factor).mean())
    return found


def metrics(data: ResponseData, result: Evaluation) -> dict[str, Any]:
    """Return the figures of an evaluation as plain values."""
    scores, judged, prediction = result.scores, result.judged, result.held_out.prediction
    within = scores.within_tissue_r[judged]
    covered = result.coverage[judged]
    known = ~np.isnan(data.ln_ic50)
    inside = known & (data.ln_ic50 >= prediction + result.lower) & (data.ln_ic50 <= prediction + result.upper)
    z = (data.ln_ic50 - np.nanmean(data.ln_ic50, axis=0)) / np.nanstd(data.ln_ic50, axis=0)
    sensitive, resistant = known & (z < SENSITIVE_Z) & judged, known & (z > -SENSITIVE_Z) & judged
    residuals = data.ln_ic50 - prediction
    lower, upper = cross_conformal(residuals, result.held_out.folds, data.tissues, (0.05, 0.05))
    inside_equal = (residuals >= lower) & (residuals <= upper)
    by_tissue = {
        str(tissue): round(float(inside[rows][:, judged].sum() / max(known[rows][:, judged].sum(), 1)), 4)
        for tissue in sorted(set(data.tissues.tolist()))
        for rows in [data.tissues == tissue]
    }
    split: dict[str, Any] = {"name": str(result.held_out.split), "description": result.held_out.split.description}
    if result.held_out.split is Split.LINE:
        split |= {"folds": N_FOLDS, "seed": FOLD_SEED, "unit": "patient (sibling lines together)"}
    return {
        "model": result.name,
        "split": split,
        "lines": len(data.lines),
        "drugs_judged": int(judged.sum()),
        "judged": f"{JUDGED_SCREEN} drugs measured in more than {JUDGED_LINES} lines",
        "within_tissue_r": scores.mean_within.as_dict(),
        "drugs_within_tissue_r_above_0.2": int((within > 0.2).sum()),
        "within_tissue_spearman": scores.mean_within_rho.as_dict(),
        "per_drug_r": scores.mean_per_drug.as_dict(),
        "per_drug_r_centered_in_fold": scores.mean_in_fold.as_dict(),
        "squared_error_gain_over_tissue_drug_mean": scores.error_gain.as_dict(),
        "normalized": normalized(
            data.ln_ic50[:, judged], prediction[:, judged], result.held_out.drug_mean[:, judged], result.held_out.folds
        ),
        "panel": panel_figures(data, result),
        "predictable_drugs": int((scores.within_tissue_lower[judged] > 0).sum()),
        "coverage90": {
            "overall": round(float(inside[:, judged].sum() / known[:, judged].sum()), 4),
            "drugs_5th_percentile": round(float(np.quantile(covered, 0.05)), 4),
            "drugs_95th_percentile": round(float(np.quantile(covered, 0.95)), 4),
            "drugs_lowest": round(float(covered.min()), 4),
            "drugs_highest": round(float(covered.max()), 4),
            "sensitive_pairs": _share(inside, sensitive),
            "sensitive_pairs_equal_tails": _share(inside_equal, sensitive),
            "resistant_pairs": _share(inside, resistant),
            "resistant_pairs_equal_tails": _share(inside_equal, resistant),
            **_cells(data, inside, known & judged),
            "by_tissue": by_tissue,
        },
        "median_interval_width": round(float(np.median((result.upper - result.lower)[:, judged])), 3),
    }


def _share(inside: Mask, chosen: Mask) -> float | None:
    return round(float(inside[chosen].mean()), 4) if chosen.any() else None


def _cells(data: ResponseData, inside: Mask, known: Mask) -> dict[str, float]:
    """Coverage over drug by tissue, of cells with at least ``CELL_LINES`` lines."""
    found = []
    for tissue in sorted(set(data.tissues.tolist())):
        rows = data.tissues == tissue
        n = known[rows].sum(axis=0)
        enough = n >= CELL_LINES
        found += ((inside & known)[rows].sum(axis=0)[enough] / n[enough]).tolist()
    if not found:
        return {}
    below = float((np.array(found) < CELL_COVERAGE).mean())
    return {"drug_tissue_lowest": round(min(found), 4), "drug_tissue_below_0.8": round(below, 4)}


def panel_figures(data: ResponseData, result: Evaluation) -> dict[str, Any]:
    """Return what the panel of targeted drugs shows, together and drug by drug, as plain values."""
    columns = np.flatnonzero(result.panel)
    if not len(columns) or result.scores.panel_within is None:
        return {"drugs": 0}
    scores, truth = result.scores, data.ln_ic50[:, columns]
    prediction = (result.held_out.prediction - result.held_out.drug_mean)[:, columns]
    tail = sensitive_tail(truth, prediction, line_weights(data.groups, BOOTSTRAP_SEED, TAIL_BOOTSTRAP))
    return {
        "drugs": len(columns),
        "within_tissue_r": result.scores.panel_within.as_dict(),
        "within_tissue_spearman": round(float(scores.within_tissue_rho[columns].mean()), 4),
        "sensitive_tail": None
        if tail is None
        else {"drugs": tail.drugs, "auroc": tail.auroc.as_dict(), "enrichment_top_tenth": tail.enrichment},
        "by_drug": {
            data.drugs[j].drug: {
                "lines": int((~np.isnan(data.ln_ic50[:, j])).sum()),
                "within_tissue_r": round(float(scores.within_tissue_r[j]), 4),
                "within_tissue_r_lower": round(float(scores.within_tissue_lower[j]), 4),
                "within_tissue_spearman": round(float(scores.within_tissue_rho[j]), 4),
                "per_drug_r": round(float(scores.per_drug_r[j]), 4),
            }
            for j in columns
        },
    }


def write_evaluation(
    data: ResponseData, result: Evaluation, folder: Path, figures: dict[str, Any] | None = None
) -> None:
    """Write ``oof.tsv.gz`` (one row a measured pair) and ``metrics.json`` (``figures`` if given) into ``folder``."""
    out = io.StringIO()
    out.write("line\ttissue\tdrug\tscreen\tfold\ty_true\ty_pred\tlower90\tupper90\n")
    prediction = result.held_out.prediction
    for i, line in enumerate(data.lines):
        for j in np.flatnonzero(~np.isnan(data.ln_ic50[i])):
            drug, center = data.drugs[j], prediction[i, j]
            out.write(
                f"{line.id}\t{line.tissue}\t{drug.drug}\t{drug.screen}\t{result.held_out.folds[i]}\t"
                f"{data.ln_ic50[i, j]:.5f}\t{center:.5f}\t"
                f"{center + result.lower[i, j]:.5f}\t{center + result.upper[i, j]:.5f}\n"
            )
    with atomic_path(folder / "oof.tsv.gz") as temporary:
        temporary.write_bytes(gzip.compress(out.getvalue().encode(), mtime=0))
    write_text(folder / "metrics.json", json.dumps(figures or metrics(data, result), indent=1) + "\n")
