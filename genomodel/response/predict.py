"""Predictions for one tumor: rank among the screened lines, interval, gate and exact explanation. numpy only."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import numpy as np
import numpy.typing as npt

from genomodel.core.patients import TumorType
from genomodel.core.predictions import Contribution, DrugPrediction, ResponsePrediction
from genomodel.core.profile import Profile, TumorAlterations
from genomodel.profile.build import build_profile
from genomodel.profile.features import TISSUE_KINDS
from genomodel.profile.tissues import LABELS, screen_tissue
from genomodel.response.applicability import applicability_flags
from genomodel.response.bundle import Bundle
from genomodel.response.calibrate import hidden_variance
from genomodel.response.drugs import drug_targets
from genomodel.response.encoder import Array, Mask, profile_arrays

FEWEST_TISSUE_LINES = 10
"""Fewest measured lines of a tissue that a percentile is given for."""
MOST_CONTRIBUTIONS = 10
DIGITS = 5


def explain(bundle: Bundle, profile: Profile) -> tuple[Array, dict[str, Array]]:
    """Split a prediction into a baseline and additive shares.

    The baseline is the same tissue with every gene looked at and found wild type. Each share is what an alteration, or
    what was not observed, adds to it; shares of a feature that several alterations switch on are split evenly, and so
    are those of a feature that several gaps hide.

    Parameters
    ----------
    bundle
        The model.
    profile
        Of the tumor, on the model's feature list.

    Returns
    -------
    tuple
        Baseline ln IC50 of shape (drugs,), and for each label an array of the same shape. Baseline plus all shares is
        the prediction.
    """
    values, observed = profile_arrays([profile], bundle.features)
    filled = bundle.encoder.fill(values, observed, [profile.tissue])[0]
    baseline = bundle.baseline.copy()
    shares: dict[str, Array] = defaultdict(lambda: np.zeros(len(bundle.drugs)))
    for j in np.flatnonzero(filled):
        feature = bundle.features[j]
        effect = filled[j] * bundle.effects[j]
        if feature.kind in TISSUE_KINDS:
            baseline += effect
        elif not observed[0, j]:
            lacking = profile.missing[feature.name]
            for reason in lacking:
                shares[f"{reason}, as usual in the tissue"] += effect / len(lacking)
        else:
            causes = profile.evidence[feature.name]
            for cause in causes:
                shares[cause] += effect / len(causes)
    return baseline, dict(shares)


def predict(bundle: Bundle, alterations: TumorAlterations, tumor_type: TumorType) -> ResponsePrediction:
    """Predict the response of one tumor to all offered drugs.

    Parameters
    ----------
    bundle
        The model.
    alterations
        The tumor; a tissue that the model does not know counts as unknown.
    tumor_type
        For the words of the result.

    Returns
    -------
    ResponsePrediction
        Predictable drugs by falling percentile over all lines, then the others. The percentile inside the tissue does
        not rank: where most lines of a tissue carry the same driver, it hides what sets the tissue apart.
    """
    known = alterations.tissue in bundle.encoder.tissues
    if not known:
        alterations = alterations.model_copy(update={"tissue": "", "tissue_fine": ""})
    profile = build_profile(alterations, bundle.features)
    baseline, shares = explain(bundle, profile)
    prediction = baseline + sum(shares.values(), np.zeros(len(bundle.drugs)))
    factor = _widening(bundle, profile)
    rows = [
        _drug_prediction(bundle, profile.tissue, j, float(baseline[j]), float(prediction[j]), float(factor[j]), shares)
        for j in range(len(bundle.drugs))
    ]
    rows.sort(key=_rank)
    return ResponsePrediction(
        patient_id=alterations.id,
        tissue=LABELS.get(alterations.tissue, alterations.tissue) or "not among the screened tissues",
        tissue_source=screen_tissue(tumor_type).source,
        model=bundle.as_version(),
        predictions=tuple(rows),
        flags=applicability_flags(
            alterations, profile, bundle.features, tumor_type, known, bundle.calibration.burden_limit
        ),
        interval_inflation=round(float(np.median(factor)), 4),
    )


def _rank(row: DrugPrediction) -> tuple[bool, float, str]:
    return (not row.predictable, -row.percentile_overall, row.drug)


def _widening(bundle: Bundle, profile: Profile) -> Array:
    """Factor by which each drug's interval grows for what was not observed, shape (drugs,)."""
    _, observed = profile_arrays([profile], bundle.features)
    is_tissue: Mask = np.array([feature.kind in TISSUE_KINDS for feature in bundle.features])
    tissues = [profile.tissue]
    genes = hidden_variance(bundle.squared_effects, bundle.encoder, observed | is_tissue, tissues)[0]
    tissue = hidden_variance(bundle.squared_effects, bundle.encoder, observed | ~is_tissue, tissues)[0]
    return bundle.calibration.widening.factor(genes, tissue, bundle.calibration.residual_variance)


def _percentile(value: float, quantiles: npt.NDArray[np.float64]) -> float:
    """Share of measured lines, in percent, that are less sensitive than ``value``."""
    return round(float(np.interp(value, quantiles, _steps(len(quantiles)))), 2)


@cache
def _steps(n: int) -> Array:
    return np.linspace(100.0, 0.0, n)


def _drug_prediction(
    bundle: Bundle, tissue: str, j: int, baseline: float, value: float, factor: float, shares: dict[str, Array]
) -> DrugPrediction:
    drug, calibration = bundle.drugs[j], bundle.calibration
    lower, upper = value + factor * float(calibration.lower[j]), value + factor * float(calibration.upper[j])
    row = bundle.encoder.tissue_row(tissue)
    n_tissue = int(bundle.n_lines_tissue[row, j]) if tissue else 0
    overall = bundle.quantiles[j]
    local = bundle.tissue_quantiles[row, j] if n_tissue >= FEWEST_TISSUE_LINES else None
    target = drug_targets().get(drug.drug)
    return DrugPrediction(
        drug=drug.drug,
        screen=drug.screen,
        targets=target.targets if target else (),
        pathway=target.pathway if target else "",
        approval=target.approval if target else "",
        ln_ic50=round(value, DIGITS),
        baseline_ln_ic50=round(baseline, DIGITS),
        lower90=round(lower, DIGITS),
        upper90=round(upper, DIGITS),
        percentile_tissue=None if local is None else _percentile(value, local),
        percentile_tissue_lower90=None if local is None else _percentile(upper, local),
        percentile_tissue_upper90=None if local is None else _percentile(lower, local),
        percentile_overall=_percentile(value, overall),
        percentile_overall_lower90=_percentile(upper, overall),
        percentile_overall_upper90=_percentile(lower, overall),
        n_lines_tissue=n_tissue,
        n_lines_overall=calibration.accuracy[j].n_lines,
        tissue_deciles=tuple(round(float(v), 4) for v in (overall[::10] if local is None else local)),
        accuracy=calibration.accuracy[j],
        predictable=bool(calibration.predictable[j]),
        contributions=_contributions(j, shares, baseline, value),
    )


def _contributions(j: int, shares: dict[str, Array], baseline: float, value: float) -> tuple[Contribution, ...]:
    """Largest shares of one drug; the rest is summed up in one, so that nothing is missing.

    Each is the step between two rounded subtotals on the way from baseline to prediction, so that the rounded numbers
    add up as the exact ones do.
    """
    ordered = sorted(((float(share[j]), label) for label, share in shares.items()), key=lambda s: (-abs(s[0]), s[1]))
    shown = [(label, label, amount) for amount, label in ordered[:MOST_CONTRIBUTIONS]]
    rest = ordered[MOST_CONTRIBUTIONS:]
    if rest:
        shown.append(("rest", f"{len(rest)} smaller contributions", sum(amount for amount, _ in rest)))
    amounts = [amount for _, _, amount in shown]
    subtotals = [baseline, *(baseline + sum(amounts[:k]) for k in range(1, len(amounts))), value]
    marks = [round(subtotal, DIGITS) for subtotal in subtotals]
    return tuple(
        Contribution(feature=feature, label=label, ln_ic50=round(after - before, DIGITS))
        for (feature, label, _), before, after in zip(shown, marks, marks[1:], strict=False)
    )
