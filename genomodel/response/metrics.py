"""How good predictions of held-out lines are, judged inside tissues and with intervals over lines. numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
Folds = npt.NDArray[np.int_]

SMALLEST_CELL = 3
"""Fewest lines of one tissue in one fold that are compared with each other."""
N_BOOTSTRAP = 1000
BOOTSTRAP_SEED = 7
SENSITIVE_Z = -1.5
"""Lines this many deviations below the drug's mean are its sensitive tail."""
FEWEST_SENSITIVE = 5
TOP_SHARE = 0.1


def center_in_cells(truth: Array, prediction: Array, folds: Folds, tissues: Labels) -> tuple[Array, Array]:
    """Subtract from truth and prediction their means inside each fold and tissue.

    Without this, predictions that only know the tissue would earn credit, and pooling folds would punish them.

    Parameters
    ----------
    truth, prediction
        Shape (lines, drugs); ``truth`` is NaN where not measured.

    Returns
    -------
    tuple of arrays
        Both NaN where not measured or where fewer than 3 lines of the tissue are in the fold.
    """
    measured = ~np.isnan(truth) & ~np.isnan(prediction)
    centered_truth = np.full(truth.shape, np.nan)
    centered_prediction = np.full(truth.shape, np.nan)
    cells = np.unique(
        np.array([f"{fold}|{tissue}" for fold, tissue in zip(folds, tissues, strict=True)]), return_inverse=True
    )[1]
    for cell in range(cells.max() + 1):
        rows = np.flatnonzero(cells == cell)
        seen = measured[rows]
        n = seen.sum(axis=0)
        usable = seen & (n >= SMALLEST_CELL)
        for source, target in ((truth, centered_truth), (prediction, centered_prediction)):
            values = np.where(seen, source[rows], 0.0)
            mean = values.sum(axis=0) / np.maximum(n, 1)
            target[rows] = np.where(usable, values - mean, np.nan)
    return centered_truth, centered_prediction


def correlations(truth: Array, prediction: Array, weights: Array | None = None, *, center: bool = True) -> Array:
    """Pearson correlation of each drug over lines, or one row per set of line weights.

    Parameters
    ----------
    truth, prediction
        Shape (lines, drugs), NaN where unknown.
    weights
        Shape (sets, lines); one set of ones when not given.
    center
        Subtract the weighted mean first; not wanted for values centered already.

    Returns
    -------
    array of shape (sets, drugs), or (drugs,) without weights
    """
    known = ~np.isnan(truth) & ~np.isnan(prediction)
    x, y = np.where(known, truth, 0.0), np.where(known, prediction, 0.0)
    w = np.ones((1, len(truth))) if weights is None else weights
    n = np.maximum(w @ known, 1e-12)
    xy, xx, yy = w @ (x * y), w @ (x * x), w @ (y * y)
    if center:
        mean_x, mean_y = (w @ x) / n, (w @ y) / n
        xy, xx, yy = xy - n * mean_x * mean_y, xx - n * mean_x**2, yy - n * mean_y**2
    norm = np.sqrt(np.maximum(xx, 0) * np.maximum(yy, 0))
    r = np.where(norm > 1e-9, xy / np.maximum(norm, 1e-9), 0.0)
    return r[0] if weights is None else r


def line_weights(groups: tuple[str, ...], seed: int, n: int = N_BOOTSTRAP) -> Array:
    """How often each line is drawn in each bootstrap sample; lines of one patient are drawn together.

    Returns
    -------
    array of shape (n, lines)
    """
    unique = sorted(set(groups))
    index = np.array([unique.index(group) for group in groups])
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(unique), np.full(len(unique), 1 / len(unique)), size=n)
    return draws[:, index].astype(np.float64)


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its 95 % bootstrap interval over lines."""

    value: float
    lower: float
    upper: float

    def as_dict(self) -> dict[str, float]:
        """Return rounded plain values."""
        return {"value": round(self.value, 4), "lower": round(self.lower, 4), "upper": round(self.upper, 4)}


def interval(value: float, samples: Array) -> Interval:
    """Return an estimate with the 2.5 % and 97.5 % quantiles of its bootstrap samples."""
    lower, upper = np.quantile(samples, [0.025, 0.975])
    return Interval(float(value), float(lower), float(upper))


def ranks_in_cells(values: Array, other: Array, folds: Folds, tissues: Labels) -> Array:
    """Rank values inside each fold and tissue, as centered shares from -0.5 to 0.5; ties share their rank.

    The Pearson correlation of two such arrays is Spearman's inside fold and tissue.

    Parameters
    ----------
    values, other
        Shape (lines, drugs); a pair takes part where neither is NaN.

    Returns
    -------
    array
        NaN where not measured or where fewer than 3 lines of the tissue are in the fold.
    """
    known = ~np.isnan(values) & ~np.isnan(other)
    found = np.full(values.shape, np.nan)
    labels = np.array([f"{fold}|{tissue}" for fold, tissue in zip(folds, tissues, strict=True)])
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        cell = np.where(known[rows], values[rows], np.nan)
        n = known[rows].sum(axis=0)
        below = (cell[None] < cell[:, None]).sum(axis=1, dtype=np.float64)
        above = (cell[None] > cell[:, None]).sum(axis=1, dtype=np.float64)
        found[rows] = np.where(known[rows] & (n >= SMALLEST_CELL), 0.5 * (below - above) / np.maximum(n, 1), np.nan)
    return found


def normalized(truth: Array, prediction: Array, drug_mean: Array, folds: Folds) -> dict[str, float]:
    """Return r and root mean square error over all pairs less the drug's training mean, means over folds.

    As the "normalized" metrics of DrEval (Nature Communications 2026, 17:4238), where a line is new.

    Parameters
    ----------
    truth, prediction
        Shape (lines, drugs), ``truth`` NaN where not measured.
    drug_mean
        Mean of each drug over the lines that the fold's models were trained on, same shape.
    folds
        Of each line.
    """
    rs, errors = [], []
    for fold in np.unique(folds):
        rows = folds == fold
        one = (truth[rows] - drug_mean[rows]).reshape(-1, 1)
        other = (prediction[rows] - drug_mean[rows]).reshape(-1, 1)
        rs.append(float(correlations(one, other)[0]))
        errors.append(float(np.sqrt(np.nanmean((one - other) ** 2))))
    return {"r": round(float(np.mean(rs)), 4), "rmse": round(float(np.mean(errors)), 4)}


@dataclass(frozen=True)
class Tail:
    """How well predictions find the most sensitive lines, mean over drugs."""

    drugs: int
    """Drugs with enough sensitive lines."""
    auroc: Interval
    enrichment: float
    """Share of sensitive lines among the tenth predicted most sensitive, over their share among all lines."""


def sensitive_tail(truth: Array, prediction: Array, weights: Array) -> Tail | None:
    """Judge the ranking of lines with z < -1.5, drug by drug over all folds.

    Parameters
    ----------
    truth, prediction
        Shape (lines, drugs), ``truth`` NaN where not measured; predictions less the drug's training mean, lest folds
        differ in level.
    weights
        Bootstrap weights of the lines, shape (sets, lines).

    Returns
    -------
    Tail or None
        ``None`` where no drug has five sensitive lines.
    """
    values, samples, rich = [], [], []
    for j in range(truth.shape[1]):
        known = ~np.isnan(truth[:, j])
        z = (truth[:, j] - truth[known, j].mean()) / max(float(truth[known, j].std()), 1e-12)
        hit, miss = np.flatnonzero(known & (z < SENSITIVE_Z)), np.flatnonzero(known & (z >= SENSITIVE_Z))
        if len(hit) < FEWEST_SENSITIVE:
            continue
        one, other = prediction[hit, j][:, None], prediction[miss, j][None]
        wins = (one < other) + 0.5 * (one == other)
        values.append(wins.mean())
        pairs = weights[:, hit].sum(axis=1) * weights[:, miss].sum(axis=1)
        samples.append(((weights[:, hit] @ wins) * weights[:, miss]).sum(axis=1) / np.maximum(pairs, 1e-12))
        rich.append(_enrichment(prediction[known, j], z[known] < SENSITIVE_Z))
    if not values:
        return None
    return Tail(len(values), interval(float(np.mean(values)), np.mean(samples, axis=0)), round(float(np.mean(rich)), 3))


def _enrichment(prediction: Array, sensitive: npt.NDArray[np.bool_]) -> float:
    """Lines tied at the border of the top tenth count in equal parts."""
    n = TOP_SHARE * len(prediction)
    border = np.sort(prediction)[max(int(np.ceil(n)) - 1, 0)]
    inside, tied = prediction < border, prediction == border
    taken = inside + tied * (n - inside.sum()) / tied.sum()
    return float((taken * sensitive).sum() / n / sensitive.mean())


@dataclass(frozen=True)
class Scores:
    """Scores of one model on held-out lines."""

    within_tissue_r: Array
    """Shape (drugs,)."""
    within_tissue_lower: Array
    """Lower end of a one-sided 95 % bootstrap interval, shape (drugs,)."""
    within_tissue_rho: Array
    """Spearman's, shape (drugs,)."""
    per_drug_r: Array
    in_fold_r: Array
    """Truth and prediction centered inside the fold, shape (drugs,)."""
    mean_within: Interval
    mean_within_rho: Interval
    mean_per_drug: Interval
    mean_in_fold: Interval
    error_gain: Interval
    """Mean over drugs of 1 - squared error / squared error of the tissue-by-drug mean."""
    panel_within: Interval | None
    """Within-tissue r, mean over the panel of targeted drugs; ``None`` where none of them is judged."""
    samples: dict[str, Array]
    """Bootstrap samples of the means over drugs, by name of the figure."""


def _by_drug(
    truth: Array, prediction: Array, tissue_mean: Array, folds: Folds, tissues: Labels, weights: Array
) -> dict[str, tuple[Array, Array]]:
    """Return each figure of shape (drugs,) with its bootstrap samples, shape (sets, drugs)."""
    centered = center_in_cells(truth, prediction, folds, tissues)
    ranks = (ranks_in_cells(truth, prediction, folds, tissues), ranks_in_cells(prediction, truth, folds, tissues))
    in_fold = center_in_cells(truth, prediction, folds, np.full(len(folds), ""))
    error = np.nan_to_num((truth - prediction) ** 2)
    reference = np.nan_to_num((truth - tissue_mean) ** 2)
    return {
        "within_tissue_r": (correlations(*centered, center=False), correlations(*centered, weights, center=False)),
        "within_tissue_rho": (correlations(*ranks, center=False), correlations(*ranks, weights, center=False)),
        "per_drug_r": (correlations(truth, prediction), correlations(truth, prediction, weights)),
        "per_drug_r_in_fold": (correlations(*in_fold, center=False), correlations(*in_fold, weights, center=False)),
        "error_gain": (
            1 - error.sum(axis=0) / np.maximum(reference.sum(axis=0), 1e-12),
            1 - (weights @ error) / np.maximum(weights @ reference, 1e-12),
        ),
    }


def score(
    truth: Array,
    prediction: Array,
    tissue_mean: Array,
    folds: Folds,
    tissues: Labels,
    groups: tuple[str, ...],
    judged: npt.NDArray[np.bool_],
    panel: npt.NDArray[np.bool_] | None = None,
    seed: int = BOOTSTRAP_SEED,
) -> Scores:
    """Score held-out predictions.

    Parameters
    ----------
    truth, prediction, tissue_mean
        Shape (lines, drugs): measured ln IC50, out-of-fold predictions of the model and of the tissue-by-drug mean.
    folds, tissues, groups
        Of each line.
    judged
        Drugs that enter the means over drugs.
    panel
        Targeted drugs among them.
    seed
        Of the bootstrap.
    """
    weights = line_weights(groups, seed)
    by_drug = _by_drug(truth, prediction, tissue_mean, folds, tissues, weights)
    within, within_samples = by_drug["within_tissue_r"]
    samples = {name: found[:, judged].mean(axis=1) for name, (_, found) in by_drug.items()}
    means = {name: interval(by_drug[name][0][judged].mean(), found) for name, found in samples.items()}
    panel_mean = None
    if panel is not None and panel.any():
        samples["panel_within_tissue_r"] = within_samples[:, panel].mean(axis=1)
        panel_mean = interval(within[panel].mean(), samples["panel_within_tissue_r"])
    return Scores(
        within_tissue_r=within,
        within_tissue_lower=np.quantile(within_samples, 0.05, axis=0),
        within_tissue_rho=by_drug["within_tissue_rho"][0],
        per_drug_r=by_drug["per_drug_r"][0],
        in_fold_r=by_drug["per_drug_r_in_fold"][0],
        mean_within=means["within_tissue_r"],
        mean_within_rho=means["within_tissue_rho"],
        mean_per_drug=means["per_drug_r"],
        mean_in_fold=means["per_drug_r_in_fold"],
        error_gain=means["error_gain"],
        panel_within=panel_mean,
        samples=samples,
    )
