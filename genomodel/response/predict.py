"""Predictions for one tumor: rank among the screened lines, interval, gate and explanation. numpy only."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import numpy as np
import numpy.typing as npt

from genomodel.core.patients import TumorType
from genomodel.core.predictions import AS_USUAL, AlterationSupport, Contribution, DrugPrediction, ResponsePrediction
from genomodel.core.profile import Profile, TumorAlterations
from genomodel.profile.build import build_profile
from genomodel.profile.features import FOCAL_KINDS, SHALLOW_KINDS, Feature, FeatureKind, tissue_columns
from genomodel.profile.tissues import LABELS, screen_tissue
from genomodel.response.applicability import applicability_flags, observed_but_for
from genomodel.response.bundle import Bundle
from genomodel.response.calibrate import hidden_variance
from genomodel.response.drugs import drug_targets
from genomodel.response.encoder import Array, Mask, profile_arrays
from genomodel.response.neighbors import alteration_columns, driver_distance, supporting_lines
from genomodel.response.similarity import similarity_shares

FEWEST_TISSUE_LINES = 10
"""Fewest measured lines of a tissue that a percentile is given for."""
MOST_CONTRIBUTIONS = 10
MOST_NAMED_LINES = 5
DIGITS = 5


def explain(bundle: Bundle, profile: Profile) -> tuple[Array, dict[str, Array]]:
    """Split a prediction into a baseline and additive shares.

    The baseline is the same tissue with every gene looked at and found wild type. Each share is what an alteration, or
    what was not observed, adds to it: exactly its effects in the linear part, and its integrated gradient in the
    Gaussian part. Shares of a feature that several alterations switch on are split evenly, and so are those of a
    feature that several gaps hide.

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
    wild_type = np.where(tissue_columns(bundle.features), filled, 0.0)
    changes: dict[str, Array] = defaultdict(lambda: np.zeros(len(filled)))
    for j in np.flatnonzero(filled - wild_type):
        feature = bundle.features[j]
        if observed[0, j]:
            labels = profile.evidence[feature.name]
        else:
            labels = tuple(f"{reason}{AS_USUAL}" for reason in profile.missing[feature.name])
        for label in labels:
            changes[label][j] += filled[j] / len(labels)
    scale = bundle.encoder.scale
    start = (wild_type - bundle.encoder.center) * scale
    steps = np.array([change * scale for change in changes.values()]).reshape(len(changes), len(filled))
    near, gradients = similarity_shares(
        start, steps, bundle.ensemble.landmarks, bundle.ensemble.bandwidth, bundle.similarity_weights
    )
    baseline = wild_type @ bundle.effects + bundle.baseline + near
    return baseline, {
        label: change @ bundle.effects + gradient
        for (label, change), gradient in zip(changes.items(), gradients, strict=True)
    }


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
    values, observed = profile_arrays([profile], bundle.features)
    factor = _widening(bundle, profile, observed)
    by_reason = _widening_by_reason(bundle, profile)
    nearest = driver_distance(values[0], observed[0], bundle.lines.values, bundle.driver_weights).min()
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
        support=_support(bundle, profile, shares),
        flags=applicability_flags(
            alterations,
            profile,
            bundle.features,
            tumor_type,
            known,
            bundle.calibration.burden_limit,
            nearest=float(nearest),
            nearest_limit=bundle.calibration.nearest_limit,
            widening={reason: float(np.median(factors)) for reason, factors in by_reason.items()},
            widest={
                reason: (bundle.drugs[int(factors.argmax())].drug, float(factors.max()))
                for reason, factors in by_reason.items()
            },
        ),
        sensitive_coverage=bundle.calibration.sensitive_coverage,
        interval_inflation=round(float(np.median(factor)), 4),
    )


def _rank(row: DrugPrediction) -> tuple[bool, float, str]:
    return (not row.predictable, -row.percentile_overall, row.drug)


def _widening(bundle: Bundle, profile: Profile, observed: Mask) -> Array:
    """Factor by which each drug's interval grows for what was not observed, shape (drugs,)."""
    is_tissue = tissue_columns(bundle.features)
    tissues = [profile.tissue]
    genes = hidden_variance(bundle.squared_effects, bundle.encoder, observed | is_tissue, tissues)[0]
    tissue = hidden_variance(bundle.squared_effects, bundle.encoder, observed | ~is_tissue, tissues)[0]
    return bundle.calibration.widening.factor(genes, tissue, bundle.calibration.residual_variance)


def _widening_by_reason(bundle: Bundle, profile: Profile) -> dict[str, Array]:
    """Factor by which each reason alone widens each drug's interval, arrays of shape (drugs,)."""
    return {
        reason: _widening(bundle, profile, mask[None])
        for reason, mask in observed_but_for(profile, bundle.features).items()
    }


KNOWN_AS = {
    FeatureKind.HOTSPOT: "a hotspot change of",
    FeatureKind.TRUNCATING: "a truncating or splice change of",
    FeatureKind.OTHER: "another protein change of",
    FeatureKind.FUSION_GENE: "a fusion of",
}
"""How the model knows an alteration that is no feature by itself."""
ITSELF = FOCAL_KINDS | SHALLOW_KINDS | {FeatureKind.ALLELE, FeatureKind.FUSION, FeatureKind.MSI_HIGH}


def _known_as(features: list[Feature]) -> str:
    """Return what all lines share that have these features; empty when that is the alteration itself."""
    if any(feature.kind in ITSELF for feature in features):
        return ""
    for kind, words in KNOWN_AS.items():
        subjects = [feature.subject for feature in features if feature.kind is kind]
        if subjects:
            return f"{words} {' and '.join(subjects)}"
    return "a change in the same group of genes"


def _support(bundle: Bundle, profile: Profile, shares: dict[str, Array]) -> tuple[AlterationSupport, ...]:
    """Name the screened lines behind each alteration that contributes."""
    lines = bundle.lines
    found = []
    for label, columns in alteration_columns(profile, bundle.features).items():
        if label in shares:
            known = supporting_lines(columns, lines.values, lines.ids, lines.tissues, profile.tissue, MOST_NAMED_LINES)
            found.append(
                AlterationSupport(
                    label=label,
                    known_as=_known_as([bundle.features[column] for column in columns]),
                    n_lines=known.n,
                    n_lines_tissue=known.n_same_tissue,
                    lines=known.names,
                )
            )
    return tuple(found)


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
    row = bundle.encoder.tissue_row(tissue)
    spread = factor * float(calibration.tissue_scale[row, j])
    lower, upper = value + spread * float(calibration.lower[j]), value + spread * float(calibration.upper[j])
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
