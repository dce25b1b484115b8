"""The direct path from a drug's own targets: which events take it, and how strongly."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from genomodel.profile.features import Feature, FeatureKind
from genomodel.response.dataset import ResponseData
from genomodel.response.direct import (
    DIRECT_PENALTIES,
    Array,
    Mask,
    direct_columns,
    direct_genes,
    direct_weights,
)
from genomodel.response.ensemble import TrainingConfig, fit_ensemble
from genomodel.response.types import ScreenedDrug

seeds = st.integers(0, 2**32 - 1)
FEATURES = (
    Feature(FeatureKind.ALLELE, "BRAF", "V600E"),
    Feature(FeatureKind.AMPLIFICATION, "ERBB2"),
    Feature(FeatureKind.DEEP_DELETION, "ERBB2"),
    Feature(FeatureKind.TRUNCATING, "BRAF"),
    Feature(FeatureKind.DRIVER, "TP53"),
    Feature(FeatureKind.AMPLIFICATION, "TP53"),
    Feature(FeatureKind.FUSION, "ABL1::BCR"),
    Feature(FeatureKind.OTHER, "BRAF"),
    Feature(FeatureKind.GAIN, "ERBB2"),
    Feature(FeatureKind.LOSS, "TP53"),
    Feature(FeatureKind.TISSUE, "skin"),
    Feature(FeatureKind.MSI_HIGH, ""),
)
NAMES = [feature.name for feature in FEATURES]


def paths_of(*drugs: str) -> list[set[str]]:
    columns, used = direct_columns(FEATURES, [ScreenedDrug(drug, "GDSC2") for drug in drugs])
    return [{NAMES[j] for j, own in zip(columns, used[:, k], strict=True) if own} for k in range(len(drugs))]


def test_events_of_its_targets_that_fit_their_role_lead_to_a_drug() -> None:
    assert paths_of("Dabrafenib", "Lapatinib", "Nutlin-3a (-)", "Nilotinib") == [
        {"BRAF:V600E"},
        {"ERBB2:amplification", "BRAF:V600E"},
        {"TP53:driver"},
        {"fusion:ABL1::BCR"},
    ]


def test_drug_without_a_known_target_has_no_path() -> None:
    assert direct_genes("no such drug") == frozenset()
    assert paths_of("no such drug") == [set()]
    columns, used = direct_columns(FEATURES, [])
    assert columns.shape == (0,)
    assert used.shape == (0, 0)


def test_drug_of_two_screens_has_the_same_path_in_both() -> None:
    _, used = direct_columns(FEATURES, [ScreenedDrug("Dabrafenib", screen) for screen in ("GDSC1", "GDSC2")])
    assert np.array_equal(used[:, 0], used[:, 1])


def made(seed: int, effect: float, n: int = 60) -> tuple[Array, Array, Mask]:
    rng = np.random.default_rng(seed)
    inputs = (rng.random((n, 5)) < 0.3).astype(np.float64)
    used = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 0]], dtype=np.bool_)
    residuals = rng.standard_normal((n, 3)) + effect * inputs[:, :1] * [1.0, -1.0, 1.0]
    residuals[rng.random(residuals.shape) < 0.15] = np.nan
    return inputs - inputs.mean(axis=0), residuals, used


def validated(inputs: Array, response: Array, penalty: float) -> float:
    """Generalised cross-validation written out with the whole smoothing matrix, the mean included."""
    n = len(response)
    own = inputs - inputs.mean(axis=0)
    smooth = own @ np.linalg.solve(own.T @ own + penalty * np.eye(own.shape[1]), own.T) + 1 / n
    return float(((response - smooth @ response) ** 2).sum() / (1 - np.trace(smooth) / n) ** 2)


@given(seeds, st.floats(0.0, 3.0))
def test_each_drug_has_a_ridge_regression_with_the_best_penalty_or_none(seed: int, effect: float) -> None:
    inputs, residuals, used = made(seed, effect)
    weights, penalties = direct_weights(inputs, residuals, used)
    assert not weights[~used].any()
    for drug in (0, 1):
        known = ~np.isnan(residuals[:, drug])
        own, response = inputs[np.ix_(known, used[:, drug])], residuals[known, drug]
        criteria = [validated(own, response, penalty) for penalty in DIRECT_PENALTIES]
        without = float(((response - response.mean()) ** 2).sum() / (1 - 1 / len(response)) ** 2)
        if min(criteria) < without * (1 - 1e-9):
            assert validated(own, response, penalties[drug]) == pytest.approx(min(criteria), rel=1e-9)
            wanted = Ridge(alpha=penalties[drug]).fit(own, response).coef_
            assert np.allclose(weights[used[:, drug], drug], wanted, atol=1e-9)
        elif min(criteria) > without * (1 + 1e-9):
            assert not weights[:, drug].any()


def test_strong_driver_is_found_and_noise_mostly_left_out() -> None:
    found = [direct_weights(*made(seed, 3.0))[0] for seed in range(20)]
    assert np.mean([weights[0, :2] for weights in found], axis=0) == pytest.approx([3.0, -3.0], abs=0.6)
    assert all(weights[0, 0] > 1.0 > -1.0 > weights[0, 1] for weights in found)
    shrunk, free = [], []
    for seed in range(40):
        inputs, residuals, used = made(seed, 0.0)
        known = ~np.isnan(residuals[:, 1])
        own = inputs[np.ix_(known, used[:, 1])]
        free.append(Ridge(alpha=1e-6).fit(own, residuals[known, 1]).coef_)
        shrunk.append(direct_weights(inputs, residuals, used)[0][used[:, 1], 1])
    assert np.square(shrunk).sum() < 0.6 * np.square(free).sum()


@given(seeds)
def test_drugs_do_not_share_the_direct_path(seed: int) -> None:
    inputs, residuals, used = made(seed, 1.0)
    weights, _ = direct_weights(inputs, residuals, used)
    changed = residuals.copy()
    changed[:, 0] = -changed[::-1, 0]
    again, _ = direct_weights(inputs, changed, used)
    assert np.array_equal(again[:, 1:], weights[:, 1:])


def test_drug_that_was_hardly_measured_has_no_path() -> None:
    inputs, residuals, used = made(0, 3.0)
    residuals[2:, 0] = np.nan
    assert not direct_weights(inputs, residuals, used)[0][:, 0].any()


def test_training_leaves_other_paths_closed_and_rare_drivers_reach_their_drug(made_data: ResponseData) -> None:
    config = TrainingConfig(seeds=(1, 2), n_components=3, max_epochs=5, dropout=None, learning_rate=1e-2)
    ensemble = fit_ensemble(made_data, config)
    columns, used = direct_columns(ensemble.features, made_data.drugs)
    assert np.array_equal(ensemble.direct_columns, columns)
    assert not ensemble.direct[~used].any()
    assert ensemble.direct[used].any()
    # One drug of one gene among many that do not care: the shared path alone shrinks it away.
    rng = np.random.default_rng(0)
    braf = np.array([bool([m for m in line.mutations if m.gene == "BRAF"]) for line in made_data.lines])
    own = rng.standard_normal((150, 1)) * 0.3 - 2.0 * (braf & (np.arange(150) % 3 == 0))[:, None]
    others = rng.standard_normal((150, 2)) @ rng.standard_normal((2, 30)) + 0.3 * rng.standard_normal((150, 30))
    drugs = (ScreenedDrug("Dabrafenib", "GDSC2"), *(ScreenedDrug(f"Drug{j}", "GDSC2") for j in range(30)))
    data = dataclasses.replace(made_data, drugs=drugs, ln_ic50=np.hstack([own, others]))
    rare = fit_ensemble(data, dataclasses.replace(config, n_components=2, learning_rate=1e-4))
    names = [feature.name for feature in rare.features]
    effect = sum(rare.effects()[names.index(name), 0] for name in names if name.startswith("BRAF:"))
    shared = dataclasses.replace(rare, direct=np.zeros_like(rare.direct))
    without = sum(shared.effects()[names.index(name), 0] for name in names if name.startswith("BRAF:"))
    assert effect < without - 0.3
