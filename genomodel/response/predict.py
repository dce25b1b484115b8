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
from genomodel.response.selection import UNSTRETCHED
from genomodel.response.shown import N_TOP, is_candidate
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
    moved = np.array(list(changes.values())).reshape(len(changes), len(filled))
    steps = moved * scale
    near, gradients = similarity_shares(
        start, steps, bundle.ensemble.landmarks, bundle.ensemble.bandwidth, bundle.similarity_weights
    )
    baseline = wild_type @ bundle.effects + bundle.baseline + near
    columns = np.flatnonzero(moved.any(axis=0))
    linear = moved[:, columns] @ bundle.effects[columns]
    return baseline, dict(zip(changes, linear + gradients, strict=True))


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
    values, observed = profile_arrays([profile], bundle.features)
    masks = observed_but_for(profile, bundle.features)
    factor, *factors_by_reason = _widening(bundle, profile, np.vstack([observed, *(masks[name] for name in masks)]))
    by_reason = dict(zip(masks, factors_by_reason, strict=True))
    rows, shares = _ranked(bundle, profile, factor)
    nearest = driver_distance(values[0], observed[0], bundle.lines.values, bundle.driver_weights).min()
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
        selected_coverage=bundle.calibration.selected.of(alterations.tissue) if bundle.calibration.selected else None,
        interval_inflation=round(float(np.median(factor)), 4),
    )


def ranked_predictions(bundle: Bundle, profile: Profile) -> tuple[DrugPrediction, ...]:
    """Return the predictions for one profile as a report has them: predictable drugs by falling rank, then others.

    Parameters
    ----------
    bundle
        The model; intervals of the highest predictions are stretched as its calibration says.
    profile
        On the model's feature list.
    """
    factor = _widening(bundle, profile, profile_arrays([profile], bundle.features)[1])[0]
    return tuple(_ranked(bundle, profile, factor)[0])


def _ranked(bundle: Bundle, profile: Profile, factor: Array) -> tuple[list[DrugPrediction], dict[str, Array]]:
    """Return the predictions in order with intervals widened by a factor each, and the shares that explain them."""
    baseline, shares = explain(bundle, profile)
    prediction = baseline + sum(shares.values(), np.zeros(len(bundle.drugs)))

    rows = [
        _drug_prediction(bundle, profile.tissue, j, float(baseline[j]), float(prediction[j]), float(factor[j]), shares)
        for j in range(len(bundle.drugs))
    ]
    rows.sort(key=_rank)
    stretch = bundle.calibration.stretch
    if stretch != UNSTRETCHED:
        rows[:N_TOP] = [
            stretched(bundle, row, stretch, profile.tissue) if is_candidate(row) else row for row in rows[:N_TOP]
        ]
    return rows, shares


def stretched(bundle: Bundle, row: DrugPrediction, stretch: tuple[float, float], tissue: str) -> DrugPrediction:
    """Return a prediction whose interval is wider: it was chosen for standing high, which errors help it to.

    Parameters
    ----------
    bundle
        The model, for its quantiles of measured responses.
    row
        One of its predictions.
    stretch
        Factors of the part of the interval toward sensitivity and toward resistance.
    tissue
        Of the tumor, as the model knows it.
    """
    j = next(j for j, drug in enumerate(bundle.drugs) if (drug.drug, drug.screen) == (row.drug, row.screen))
    lower = row.ln_ic50 - stretch[0] * (row.ln_ic50 - row.lower90)
    upper = row.ln_ic50 + stretch[1] * (row.upper90 - row.ln_ic50)
    return row.model_copy(update=_interval(bundle, tissue, j, lower, upper))


def _interval(bundle: Bundle, tissue: str, j: int, lower: float, upper: float) -> dict[str, float | None]:
    """Return the fields of an interval: its ends, and where they stand among the lines of the tissue and of all."""
    local, overall = _local_quantiles(bundle, tissue, j), bundle.quantiles[j]
    return {
        "lower90": round(lower, DIGITS),
        "upper90": round(upper, DIGITS),
        "percentile_tissue_lower90": None if local is None else _percentile(upper, local),
        "percentile_tissue_upper90": None if local is None else _percentile(lower, local),
        "percentile_overall_lower90": _percentile(upper, overall),
        "percentile_overall_upper90": _percentile(lower, overall),
    }


def _local_quantiles(bundle: Bundle, tissue: str, j: int) -> Array | None:
    """Return the quantiles of measured responses in a tissue; ``None`` where it has too few lines."""
    row = bundle.encoder.tissue_row(tissue)
    n = int(bundle.n_lines_tissue[row, j]) if tissue else 0
    return np.asarray(bundle.tissue_quantiles[row, j]) if n >= FEWEST_TISSUE_LINES else None


def _rank(row: DrugPrediction) -> tuple[bool, float, str]:
    return (not row.predictable, -row.percentile_overall, row.drug)


def _widening(bundle: Bundle, profile: Profile, observed: Mask) -> list[Array]:
    """Factors by which each drug's interval grows for what was not observed, one of shape (drugs,) for each mask."""
    is_tissue = tissue_columns(bundle.features)
    tissues = [profile.tissue] * len(observed)
    genes = hidden_variance(bundle.squared_effects, bundle.encoder, observed | is_tissue, tissues)
    tissue = hidden_variance(bundle.squared_effects, bundle.encoder, observed | ~is_tissue, tissues)
    widening, residual = bundle.calibration.widening, bundle.calibration.residual_variance
    return [widening.factor(of_genes, of_tissue, residual) for of_genes, of_tissue in zip(genes, tissue, strict=True)]


def _widening_by_reason(bundle: Bundle, profile: Profile) -> dict[str, Array]:
    """Factor by which each reason alone widens each drug's interval, arrays of shape (drugs,)."""
    masks = observed_but_for(profile, bundle.features)
    if not masks:
        return {}
    return dict(zip(masks, _widening(bundle, profile, np.vstack(list(masks.values()))), strict=True))


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
    overall, local = bundle.quantiles[j], _local_quantiles(bundle, tissue, j)
    target = drug_targets().get(drug.drug)
    return DrugPrediction(
        drug=drug.drug,
        screen=drug.screen,
        targets=target.targets if target else (),
        pathway=target.pathway if target else "",
        approval=target.approval if target else "",
        ln_ic50=round(value, DIGITS),
        baseline_ln_ic50=round(baseline, DIGITS),
        percentile_tissue=None if local is None else _percentile(value, local),
        percentile_overall=_percentile(value, overall),
        n_lines_tissue=int(bundle.n_lines_tissue[row, j]) if tissue else 0,
        n_lines_overall=calibration.accuracy[j].n_lines,
        tissue_deciles=tuple(round(float(v), 4) for v in (overall[::10] if local is None else local)),
        accuracy=calibration.accuracy[j],
        predictable=bool(calibration.predictable[j]),
        contributions=_contributions(j, shares, baseline, value),
        **_interval(bundle, tissue, j, lower, upper),
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
