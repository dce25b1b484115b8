"""Honest evaluation: every line predicted by models that never saw it, against baselines on the same folds."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from genomodel.core.errors import InputError
from genomodel.files import atomic_path, write_text
from genomodel.profile.build import build_profile
from genomodel.profile.features import TISSUE_KINDS
from genomodel.response.calibrate import (
    Widening,
    conformal_quantiles,
    coverage,
    cross_conformal,
    hidden_variance,
    variance_slope,
)
from genomodel.response.datamodule import PanelDropout, hide_features
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array, Mask, profile_arrays
from genomodel.response.ensemble import TrainingConfig, group_folds
from genomodel.response.metrics import Scores, score
from genomodel.response.models import MODELS, LowRankEnsemble, TissueDrugMean, fold_features
from genomodel.response.types import Ensemble

N_FOLDS = 5
FOLD_SEED = 20
JUDGED_SCREEN = "GDSC2"
JUDGED_LINES = 600
"""Drugs of GDSC2 measured in more lines than this enter the means over drugs."""
SENSITIVE_Z = -1.5

Progress = Callable[[str], None]


@dataclass(frozen=True)
class HeldOut:
    """Out-of-fold predictions of one model, with those of the tissue-by-drug mean."""

    folds: npt.NDArray[np.int_]
    prediction: Array
    tissue_mean: Array
    masked: Array
    """Predictions with small variants, copy number and fusions hidden at random; NaN for other kinds of model."""
    hidden_genes: Array
    """Variance hidden from ``masked``."""
    no_tissue: Array
    hidden_tissue: Array


def held_out_predictions(
    data: ResponseData, name: str, progress: Progress | None = None, config: TrainingConfig | None = None
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
    """
    if name not in MODELS:
        raise InputError(f"unknown model '{name}'", fix=f"Known: {', '.join(MODELS)}")
    folds = group_folds(data.groups, N_FOLDS, FOLD_SEED)
    blank = np.full(data.ln_ic50.shape, np.nan)
    out = HeldOut(folds, *(blank.copy() for _ in range(6)))
    for fold in range(N_FOLDS):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        training = data.subset(train)
        features = fold_features(training)
        profiles = [build_profile(data.lines[i], features) for i in test]
        means = TissueDrugMean()
        means.fit(training, features)
        out.tissue_mean[test] = means.predict(profiles)
        model = LowRankEnsemble(config) if name == "low-rank" and config else MODELS[name]()
        model.fit(training, features)
        out.prediction[test] = model.predict(profiles)
        if isinstance(model, LowRankEnsemble):
            values, observed = profile_arrays(profiles, features)
            _hide(out, test, model.ensemble, values, observed, [profile.tissue for profile in profiles], fold)
        if progress:
            progress(f"fold {fold + 1} of {N_FOLDS}")
    return out


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
    tissue_columns = np.array([feature.kind in TISSUE_KINDS for feature in model.features])
    blind = observed & ~tissue_columns
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
    lower: Array
    """Interval ends relative to the prediction, learned on the other folds, shape (lines, drugs)."""
    upper: Array
    coverage: Array
    """Shape (drugs,), of the intervals above."""


def evaluate(
    data: ResponseData, name: str, progress: Progress | None = None, config: TrainingConfig | None = None
) -> Evaluation:
    """Run the leave-line-out evaluation of one model."""
    held_out = held_out_predictions(data, name, progress, config)
    n_lines = (~np.isnan(data.ln_ic50)).sum(axis=0)
    judged = np.array([drug.screen == JUDGED_SCREEN for drug in data.drugs]) & (n_lines > JUDGED_LINES)
    if not judged.any():
        judged = np.ones(len(data.drugs), dtype=np.bool_)
    scores = score(
        data.ln_ic50, held_out.prediction, held_out.tissue_mean, held_out.folds, data.tissues, data.groups, judged
    )
    lower, upper = cross_conformal(data.ln_ic50 - held_out.prediction, held_out.folds)
    covered = coverage(data.ln_ic50, held_out.prediction, lower, upper)
    return Evaluation(name, held_out, scores, judged, lower, upper, covered)


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
    lower, upper = conformal_quantiles(residuals)
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
    sensitive = known & (z < SENSITIVE_Z) & judged
    by_tissue = {
        str(tissue): round(float(inside[rows][:, judged].sum() / max(known[rows][:, judged].sum(), 1)), 4)
        for tissue in sorted(set(data.tissues.tolist()))
        for rows in [data.tissues == tissue]
    }
    return {
        "model": result.name,
        "split": {"folds": N_FOLDS, "seed": FOLD_SEED, "unit": "patient (sibling lines together)"},
        "lines": len(data.lines),
        "drugs_judged": int(judged.sum()),
        "judged": f"{JUDGED_SCREEN} drugs measured in more than {JUDGED_LINES} lines",
        "within_tissue_r": scores.mean_within.as_dict(),
        "drugs_within_tissue_r_above_0.2": int((within > 0.2).sum()),
        "per_drug_r": scores.mean_per_drug.as_dict(),
        "squared_error_gain_over_tissue_drug_mean": scores.error_gain.as_dict(),
        "predictable_drugs": int((scores.within_tissue_lower[judged] > 0).sum()),
        "coverage90": {
            "overall": round(float(inside[:, judged].sum() / known[:, judged].sum()), 4),
            "drugs_5th_percentile": round(float(np.quantile(covered, 0.05)), 4),
            "drugs_95th_percentile": round(float(np.quantile(covered, 0.95)), 4),
            "drugs_lowest": round(float(covered.min()), 4),
            "drugs_highest": round(float(covered.max()), 4),
            "sensitive_pairs": round(float(inside[sensitive].mean()), 4) if sensitive.any() else None,
            "by_tissue": by_tissue,
        },
        "median_interval_width": round(float(np.median((result.upper - result.lower)[:, judged])), 3),
    }


def write_evaluation(data: ResponseData, result: Evaluation, folder: Path) -> None:
    """Write ``oof.tsv.gz`` (one row a measured pair) and ``metrics.json`` into ``folder``."""
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
    write_text(folder / "metrics.json", json.dumps(metrics(data, result), indent=1) + "\n")
