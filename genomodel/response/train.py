"""From raw sources to a released bundle: evaluate on held-out lines, calibrate, train on all lines, write."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from genomodel import __version__
from genomodel.core.predictions import DrugAccuracy
from genomodel.profile.build import build_profile
from genomodel.profile.features import FeatureList
from genomodel.resources.panels import SOURCES as PANEL_SOURCES
from genomodel.resources.panels import gene_panels
from genomodel.resources.registry import resource
from genomodel.response.applicability import burden
from genomodel.response.bundle import (
    N_QUANTILES,
    N_TISSUE_QUANTILES,
    RELEASED,
    Bundle,
    Calibration,
    TrainingLines,
    save_bundle,
)
from genomodel.response.calibrate import scaled_quantiles
from genomodel.response.card import card_text
from genomodel.response.controls import control_figures
from genomodel.response.dataset import ResponseData
from genomodel.response.drugs import drug_targets
from genomodel.response.encoder import Array, profile_arrays
from genomodel.response.ensemble import RELEASED_CONFIG, TrainingConfig, fit_ensemble
from genomodel.response.evaluate import Evaluation, Progress, evaluate, metrics, widened_coverage, widening
from genomodel.response.models import RELEASED_MODEL
from genomodel.response.neighbors import distance_limit, driver_weights
from genomodel.response.predict import FEWEST_TISSUE_LINES
from genomodel.response.selection import Selected
from genomodel.response.shown_coverage import explained, held_out_reports, measure, with_selection
from genomodel.response.sources import SOURCES
from genomodel.response.splits import Folds, make_folds

FEWEST_LINES = 300
"""Drugs measured in fewer lines take part in training but are not offered."""
LICENCE = "MIT for the code; weights derived from GDSC data, research use under the GDSC terms"
BURDEN_QUANTILE = 0.99
QUANTILE_STEP = 0.05


def offered_drugs(data: ResponseData) -> list[int]:
    """Return the columns that a bundle offers: drugs with a named target, from the newer screen where in both."""
    n_lines = (~np.isnan(data.ln_ic50)).sum(axis=0)
    best: dict[str, int] = {}
    for j, drug in enumerate(data.drugs):
        if drug.drug in drug_targets() and n_lines[j] >= FEWEST_LINES:
            known = best.get(drug.drug)
            if known is None or data.drugs[known].screen < drug.screen:
                best[drug.drug] = j
    return [best[name] for name in sorted(best)] or list(range(len(data.drugs)))


def calibrate(
    data: ResponseData, result: Evaluation, columns: list[int], nearest_limit: float, sensitive_coverage: float
) -> Calibration:
    """Learn intervals, accuracy and gate of the offered drugs from out-of-fold predictions of all lines."""
    residuals = (data.ln_ic50 - result.held_out.prediction)[:, columns]
    scale, lower, upper = scaled_quantiles(residuals, data.tissues, sorted(set(data.tissues.tolist())))
    scores = result.scores
    of_all, of_tissue = explained(data.ln_ic50, result.held_out.prediction, result.held_out.folds, data.tissues)
    accuracy = tuple(
        DrugAccuracy(
            n_lines=int((~np.isnan(data.ln_ic50[:, j])).sum()),
            pearson_r=round(float(scores.per_drug_r[j]), 4),
            within_tissue_r=round(float(scores.within_tissue_r[j]), 4),
            within_tissue_r_lower=round(float(scores.within_tissue_lower[j]), 4),
            coverage90=round(float(result.coverage[j]), 4),
            explained_overall=round(float(of_all[j]), 4),
            explained_within=round(float(of_tissue[j]), 4),
        )
        for j in columns
    )
    return Calibration(
        lower=lower,
        upper=upper,
        tissue_scale=scale,
        residual_variance=np.nanvar(residuals, axis=0),
        widening=widening(data, result.held_out),
        accuracy=accuracy,
        predictable=scores.within_tissue_lower[columns] > 0,
        sensitive_coverage=sensitive_coverage,
        nearest_limit=nearest_limit,
        burden_limit=int(np.quantile([burden(line) for line in data.lines], BURDEN_QUANTILE)),
    )


def measured_quantiles(data: ResponseData, columns: list[int], tissues: tuple[str, ...]) -> tuple[Array, Array, Any]:
    """Return quantiles of measured ln IC50 overall and by tissue, and the number of lines by tissue.

    Rounded, so that no measured value can be read from the quantiles of few lines.
    """
    responses = data.ln_ic50[:, columns]
    overall = np.nanquantile(responses, np.linspace(0, 1, N_QUANTILES), axis=0).T
    local = np.full((len(tissues), len(columns), N_TISSUE_QUANTILES), np.nan)
    counts = np.zeros((len(tissues), len(columns)), dtype=np.int_)
    for t, tissue in enumerate(tissues):
        here = responses[data.tissues == tissue]
        counts[t] = (~np.isnan(here)).sum(axis=0)
        enough = counts[t] >= FEWEST_TISSUE_LINES
        if enough.any():
            local[t, enough] = np.nanquantile(here[:, enough], np.linspace(0, 1, N_TISSUE_QUANTILES), axis=0).T
    return _rounded(overall), _rounded(local), counts


def _rounded(quantiles: Array) -> Array:
    return np.asarray(np.round(quantiles / QUANTILE_STEP) * QUANTILE_STEP)


def train_bundle(
    data: ResponseData, folder: Path, config: TrainingConfig | None = None, progress: Progress | None = None
) -> tuple[Bundle, Evaluation]:
    """Train, calibrate and write a bundle.

    Parameters
    ----------
    data
        All lines.
    folder
        Where the bundle is written.
    config
        Training choices for the final ensemble; the evaluation uses the same kind of model.
    progress
        Called after each step.

    Returns
    -------
    tuple
        The bundle and the evaluation behind its calibration.
    """
    config = config or RELEASED_CONFIG
    folds = make_folds(data)
    result = evaluate(data, RELEASED_MODEL, progress, config, folds)
    figures = metrics(data, result)
    columns = offered_drugs(data)
    selected = selected_coverage(data, result, folds, columns)
    if progress:
        progress("coverage of what is shown")
    ensemble = fit_ensemble(data, config, progress=progress).take_drugs(columns)
    overall, local, counts = measured_quantiles(data, columns, ensemble.encoder.tissues)
    lines = training_lines(data, ensemble.features)
    limit = distance_limit(lines.values, driver_weights(ensemble.features, lines.values), data.groups)
    sensitive = float(figures["coverage90"]["sensitive_pairs"] or np.nan)
    bundle = Bundle(
        name=RELEASED,
        ensemble=ensemble,
        drugs=tuple(data.drugs[j] for j in columns),
        lines=lines,
        calibration=with_selection(calibrate(data, result, columns, limit, sensitive), selected),
        quantiles=overall,
        tissue_quantiles=local,
        n_lines_tissue=counts,
        training_lines_by_feature={feature.name: feature.n_lines for feature in ensemble.features},
        card=model_card(data, result, figures, config, len(columns), len(ensemble.features)),
        sha256="",
    )
    shown = {"shown": selected.plain() if selected is not None else None}
    bundle = replace(bundle, card=bundle.card | shown | {"controls": control_figures(bundle)})
    save_bundle(folder, bundle, config.as_dict(), card_text(bundle))
    return bundle, result


def selected_coverage(data: ResponseData, result: Evaluation, folds: Folds, columns: list[int]) -> Selected | None:
    """Measure on held-out lines, by the models of their folds, how well the intervals of what is put first hold."""
    reports = held_out_reports(data, result.held_out, folds, columns, measured_quantiles)
    return measure(reports, folds.labels, data.groups)


def training_lines(data: ResponseData, features: FeatureList) -> TrainingLines:
    """Return the lines as a bundle keeps them."""
    values, observed = profile_arrays([build_profile(line, features) for line in data.lines], features)
    ids, tissues = tuple(line.id for line in data.lines), tuple(line.tissue for line in data.lines)
    return TrainingLines(ids, tissues, data.cosmic_ids, values > 0, observed)


def model_card(
    data: ResponseData,
    result: Evaluation,
    figures: dict[str, Any],
    config: TrainingConfig,
    n_drugs: int,
    n_features: int,
) -> dict[str, Any]:
    """Return what is known about a model as plain values."""
    return {
        "version": __version__,
        "licence": LICENCE,
        "sources": [
            {
                "name": row.name,
                "version": row.version,
                "sha256": row.sha256,
                "licence": row.licence,
                "member": row.member,
            }
            for row in map(resource, (*SOURCES, *(PANEL_SOURCES if config.real_panels else ())))
        ],
        "joins": asdict(data.joins),
        "lines": len(data.lines),
        "drugs_trained": len(data.drugs),
        "drugs_offered": n_drugs,
        "features": n_features,
        "panels": len(gene_panels()) if config.real_panels else 0,
        "taught_share": config.taught_share if data.expression is not None else 0.0,
        "metrics": figures,
        "coverage90_when_hidden": {k: round(v, 4) for k, v in widened_coverage(data, result.held_out).items()},
    }
