"""The trained ensemble: what it reads out, what it may see, and that it trains on several processes."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.profile import TumorAlterations
from genomodel.profile.build import build_profile
from genomodel.profile.features import Feature, FeatureKind, tissue_columns
from genomodel.response import ensemble as ensemble_module
from genomodel.response.bundle import load_bundle
from genomodel.response.components import fit_components, ridge_weights
from genomodel.response.datamodule import LineDataModule, PanelDropout, hide_features
from genomodel.response.dataset import ResponseData
from genomodel.response.direct import direct_weights
from genomodel.response.encoder import Array, Mask, profile_arrays
from genomodel.response.ensemble import TrainingConfig, fit_ensemble, group_folds
from genomodel.response.evaluate import N_FOLDS, held_out_predictions
from genomodel.response.module import LowRankResponse
from genomodel.response.train import offered_drugs, train_bundle
from genomodel.response.types import Ensemble, ScreenedDrug
from tests.response.conftest import NO_JOINS

QUICK = TrainingConfig(seeds=(1, 2), n_components=3, max_epochs=3)
PARTS = tuple(field.name for field in dataclasses.fields(Ensemble) if field.name not in {"features", "encoder"})


@pytest.fixture(scope="module")
def taught_data(made_data: ResponseData) -> ResponseData:
    """The made lines with expression of six genes that follows the response in part, unknown for every tenth line."""
    rng = np.random.default_rng(8)
    filled = np.where(np.isnan(made_data.ln_ic50), np.nanmean(made_data.ln_ic50, axis=0), made_data.ln_ic50)
    expression = np.hstack([filled, rng.standard_normal((len(filled), 2))]) + 0.5 * rng.standard_normal(
        (len(filled), 6)
    )
    expression[::10] = np.nan
    return dataclasses.replace(made_data, expression=expression)


def same(one: Ensemble, other: Ensemble) -> bool:
    return all(np.array_equal(getattr(one, part), getattr(other, part)) for part in PARTS)


@pytest.mark.parametrize("gaussian_weight", [0.0, 1.0])
def test_ensemble_says_what_its_trained_modules_say(
    taught_data: ResponseData, monkeypatch: pytest.MonkeyPatch, gaussian_weight: float
) -> None:
    """Weights on coordinates become weights on lines; nothing may be lost on the way."""
    trained: list[tuple[LowRankResponse, LineDataModule]] = []
    run = ensemble_module._run_trainer

    def spy(module: LowRankResponse, data: LineDataModule, *rest: Any) -> None:
        run(module, data, *rest)
        trained.append((module, data))

    monkeypatch.setattr(ensemble_module, "_run_trainer", spy)
    ensemble = fit_ensemble(taught_data, dataclasses.replace(QUICK, gaussian_weight=gaussian_weight))
    profiles = [build_profile(line, ensemble.features) for line in taught_data.lines[:40]]
    values, observed = profile_arrays(profiles, ensemble.features)
    observed[:, ::3] &= np.random.default_rng(0).random(observed[:, ::3].shape) < 0.5
    tissues = [profile.tissue for profile in profiles]
    members = []
    for module, data in trained:
        shared = data.basis.coordinates(data.encoder.encode(values, observed, tissues))
        own = (data.encoder.fill(values, observed, tissues) - data.encoder.center)[:, ensemble.direct_columns]
        inputs = np.hstack([shared, own])
        with torch.no_grad():
            members.append(module(torch.from_numpy(inputs.astype(np.float32))).numpy())
    wanted = ensemble.mean + ensemble.deviation * np.mean(members, axis=0)
    assert len(members) == 2
    assert np.abs(members[0] - members[1]).max() > 1e-3
    assert np.abs(ensemble.direct).max() > 1e-3
    assert np.allclose(ensemble.predict(values, observed, tissues), wanted, atol=1e-5)
    some = ensemble.take_drugs([2, 0])
    assert np.allclose(some.predict(values, observed, tissues), wanted[:, [2, 0]], atol=1e-5)


def test_linear_effect_is_the_change_when_a_feature_is_switched_on(taught_data: ResponseData) -> None:
    ensemble = fit_ensemble(taught_data, dataclasses.replace(QUICK, gaussian_weight=0.0))
    names = [feature.name for feature in ensemble.features]
    values, observed = np.zeros((2, len(names))), np.ones((2, len(names)), dtype=np.bool_)
    values[1, names.index("BRAF:V600E")] = 1.0
    off, on = ensemble.predict(values, observed, ["skin", "skin"])
    assert np.allclose(on - off, ensemble.effects()[names.index("BRAF:V600E")], atol=1e-12)
    assert np.allclose(off, ensemble.baseline(ensemble.effects()), atol=1e-12)
    assert not ensemble.similarity_weights().any()


def test_bundle_predicts_what_the_ensemble_did_before_it_was_saved(taught_data: ResponseData, tmp_path: Path) -> None:
    """Lines are stored as bits and weights in single precision."""
    train_bundle(taught_data, tmp_path / "model", QUICK)
    stored = load_bundle(tmp_path / "model").ensemble
    fresh = fit_ensemble(taught_data, QUICK).take_drugs(offered_drugs(taught_data))
    profiles = [build_profile(line, fresh.features) for line in taught_data.lines]
    values, observed = profile_arrays(profiles, fresh.features)
    tissues = [profile.tissue for profile in profiles]
    assert np.allclose(stored.landmarks, fresh.landmarks, atol=1e-6)
    assert np.allclose(stored.predict(values, observed, tissues), fresh.predict(values, observed, tissues), atol=1e-5)
    observed[:, ::2] = False
    assert np.allclose(stored.predict(values, observed, tissues), fresh.predict(values, observed, tissues), atol=1e-5)


def test_lines_that_stopped_a_member_have_no_weight_in_it(taught_data: ResponseData) -> None:
    ensemble = fit_ensemble(taught_data, QUICK)
    folds = group_folds(taught_data.groups, 10, seed=0)
    for dual, seed in zip(ensemble.dual, QUICK.seeds, strict=True):
        assert not dual[folds == seed].any()
        assert dual[folds != seed].any(axis=1).all()


def test_expression_teaches_lines_and_those_without_it_learn_from_responses(taught_data: ResponseData) -> None:
    without = dataclasses.replace(taught_data, expression=None)
    blind = dataclasses.replace(taught_data, expression=np.full((len(taught_data.lines), 6), np.nan))
    config = dataclasses.replace(QUICK, taught_share=0.0)
    assert not same(fit_ensemble(taught_data, QUICK), fit_ensemble(without, QUICK))
    assert same(fit_ensemble(blind, QUICK), fit_ensemble(without, QUICK))
    assert same(fit_ensemble(taught_data, config), fit_ensemble(without, config))


def test_expression_and_response_of_held_out_lines_never_reach_their_predictions(taught_data: ResponseData) -> None:
    """Both are replaced by nonsense in one fold: what is predicted there stays, what is predicted elsewhere moves."""
    config = dataclasses.replace(QUICK, seeds=(1,))
    assert taught_data.expression is not None
    before = held_out_predictions(taught_data, "low-rank", config=config)
    fold = before.folds == 2
    assert 0.1 < fold.mean() < 0.3
    assert len(np.unique(before.folds)) == N_FOLDS
    rng = np.random.default_rng(1)
    for field in ("expression", "ln_ic50"):
        changed = getattr(taught_data, field).copy()
        changed[fold] = 5.0 * rng.standard_normal(changed[fold].shape)
        after = held_out_predictions(dataclasses.replace(taught_data, **{field: changed}), "low-rank", config=config)
        assert np.array_equal(after.folds, before.folds)
        for what in ("prediction", "masked", "no_tissue", "tissue_mean"):
            assert np.array_equal(getattr(after, what)[fold], getattr(before, what)[fold]), (field, what)
        assert np.abs(after.prediction[~fold] - before.prediction[~fold]).max() > 1e-3, field


def test_ensemble_of_some_lines_is_made_of_their_rows_alone(taught_data: ResponseData) -> None:
    """A subset keeps each line's own response and expression."""
    assert taught_data.expression is not None
    rows = np.arange(0, 150, 2)
    others = np.setdiff1d(np.arange(150), rows)
    rng = np.random.default_rng(0)
    expression, response = taught_data.expression.copy(), taught_data.ln_ic50.copy()
    expression[others] = rng.permutation(expression[others])
    response[others] = rng.permutation(response[others])
    shuffled = dataclasses.replace(taught_data, expression=expression, ln_ic50=response)
    assert same(fit_ensemble(taught_data.subset(rows), QUICK), fit_ensemble(shuffled.subset(rows), QUICK))
    own = taught_data.subset(rows[::-1])
    assert own.expression is not None
    assert np.array_equal(own.expression, taught_data.expression[rows[::-1]], equal_nan=True)


def test_measured_gaps_of_training_stay_gaps(taught_data: ResponseData, monkeypatch: pytest.MonkeyPatch) -> None:
    """What expression says replaces part of a measured value and never makes one up; validation lines keep theirs."""
    seen: list[LineDataModule] = []
    run = ensemble_module._run_trainer

    def spy(module: LowRankResponse, data: LineDataModule, *rest: Any) -> None:
        seen.append(data)
        run(module, data, *rest)

    monkeypatch.setattr(ensemble_module, "_run_trainer", spy)
    fit_ensemble(taught_data, dataclasses.replace(QUICK, seeds=(3,)))
    (data,) = seen
    held_out = group_folds(taught_data.groups, 10, seed=0) == 3
    standardised = (taught_data.ln_ic50 - np.nanmean(taught_data.ln_ic50, axis=0)) / np.nanstd(
        taught_data.ln_ic50, axis=0
    )
    assert np.array_equal(np.isnan(data.fit_lines.response), np.isnan(taught_data.ln_ic50[~held_out]))
    assert np.allclose(data.validation_lines.response, standardised[held_out], equal_nan=True)
    assert taught_data.expression is not None
    unknown = np.isnan(taught_data.expression[~held_out]).any(axis=1)
    measured = standardised[~held_out]
    assert np.allclose(data.fit_lines.response[unknown], measured[unknown], equal_nan=True)
    assert np.nanmean(np.abs(data.fit_lines.response[~unknown] - measured[~unknown])) > 0.05


GENES = ("BRAF", "KRAS", "MYC", "TP53")
FEATURES = (
    Feature(FeatureKind.TISSUE, "skin"),
    Feature(FeatureKind.MSI_HIGH, ""),
    Feature(FeatureKind.FUSION, "BCR::ABL1"),
    *(Feature(kind, gene) for gene in GENES for kind in (FeatureKind.DRIVER, FeatureKind.OTHER)),
    *(Feature(FeatureKind.GROUP_DRIVER, group) for group in ("RAF", "RAS")),
    *(
        Feature(kind, gene)
        for gene in GENES
        for kind in (FeatureKind.AMPLIFICATION, FeatureKind.GAIN, FeatureKind.LOSS)
    ),
)
KINDS = np.array([feature.kind for feature in FEATURES])
SMALL_OR_GROUP = np.isin(KINDS, [FeatureKind.DRIVER, FeatureKind.OTHER, FeatureKind.GROUP_DRIVER])
COPIES = np.isin(KINDS, [FeatureKind.AMPLIFICATION, FeatureKind.GAIN, FeatureKind.LOSS])


@given(st.integers(0, 2**32 - 1), st.integers(0, 4), st.floats(0, 1), st.floats(0, 1))
def test_hidden_genes_are_hidden_and_nothing_is_ever_revealed(
    seed: int, n_panels: int, lines: float, real: float
) -> None:
    rng = np.random.default_rng(seed)
    observed = rng.random((30, len(FEATURES))) < 0.7
    panels = rng.random((n_panels, len(FEATURES))) < 0.5
    dropout = PanelDropout(lines=lines, real_panels=real)
    before = observed.copy()
    hidden = hide_features(observed, FEATURES, dropout, np.random.default_rng(seed), panels)
    assert np.array_equal(observed, before)
    assert (hidden <= observed).all()
    kept = tissue_columns(FEATURES) | (KINDS == FeatureKind.MSI_HIGH)
    assert np.array_equal(hidden[:, kept], observed[:, kept])
    again = hide_features(observed, FEATURES, dropout, np.random.default_rng(seed), panels)
    assert np.array_equal(hidden, again)
    if lines == 0:
        assert np.array_equal(hidden, observed)


@given(st.integers(0, 2**32 - 1))
def test_with_real_panels_each_line_sees_what_one_panel_sees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    observed = rng.random((40, len(FEATURES))) < 0.8
    panels = rng.random((3, len(FEATURES))) < 0.5
    dropout = PanelDropout(lines=1.0, copy_number=0.5, real_panels=1.0)
    hidden = hide_features(observed, FEATURES, dropout, rng, panels)
    for before, after in zip(observed, hidden, strict=True):
        by_panel = [before[SMALL_OR_GROUP] & panel[SMALL_OR_GROUP] for panel in panels]
        assert any(np.array_equal(after[SMALL_OR_GROUP], wanted) for wanted in by_panel)
        assert not after[COPIES].any() or np.array_equal(after[COPIES], before[COPIES])


def test_all_panels_are_drawn_and_copy_number_goes_as_a_whole_half_of_the_time() -> None:
    observed = np.ones((600, len(FEATURES)), dtype=np.bool_)
    panels = np.zeros((3, len(FEATURES)), dtype=np.bool_)
    for k, gene in enumerate(GENES[:3]):
        panels[k] = [feature.subject == gene for feature in FEATURES]
    dropout = PanelDropout(lines=1.0, real_panels=1.0)
    hidden = hide_features(observed, FEATURES, dropout, np.random.default_rng(0), panels)
    drawn = [hidden[:, FEATURES.index(Feature(FeatureKind.DRIVER, gene))].mean() for gene in GENES]
    assert np.allclose(drawn[:3], 1 / 3, atol=0.08)
    assert drawn[3] == 0.0
    assert hidden[:, COPIES].all(axis=1).mean() == pytest.approx(0.5, abs=0.08)
    assert hidden[:, COPIES].any(axis=1).mean() == pytest.approx(0.5, abs=0.08)


def test_direct_path_is_fitted_to_what_is_left_of_lines_the_shared_part_never_saw(
    made_data: ResponseData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line's shared prediction is made again by a ridge regression without the line."""
    ridge: list[tuple[Array, Array, Array]] = []
    left: list[Array] = []
    lines: list[LineDataModule] = []

    def ridge_spy(inputs: Array, scores: Array, penalties: Array) -> Array:
        ridge.append((inputs, scores, penalties))
        return ridge_weights(inputs, scores, penalties)

    def direct_spy(inputs: Array, residuals: Array, used: Mask) -> tuple[Array, Array]:
        left.append(residuals)
        return direct_weights(inputs, residuals, used)

    monkeypatch.setattr(ensemble_module, "ridge_weights", ridge_spy)
    monkeypatch.setattr(ensemble_module, "direct_weights", direct_spy)
    monkeypatch.setattr(ensemble_module, "_run_trainer", lambda module, data, *_: lines.append(data))
    fit_ensemble(made_data, dataclasses.replace(QUICK, seeds=(1,)))
    (residuals,), (data,), ((inputs, scores, penalties),) = left, lines, ridge
    response = data.fit_lines.response
    loadings = fit_components(response, QUICK.n_components).loadings
    unseen, fitted = np.empty_like(response), inputs @ ridge_weights(inputs, scores, penalties) @ loadings
    for i in range(len(response)):
        weights = ridge_weights(np.delete(inputs, i, axis=0), np.delete(scores, i, axis=0), penalties)
        unseen[i] = inputs[i] @ weights @ loadings
    assert np.allclose(residuals, response - unseen, atol=1e-6, equal_nan=True)
    assert np.nanmax(np.abs(unseen - fitted)) > 0.05


def test_hidden_features_are_drawn_anew_and_validation_lines_hide_nothing(
    taught_data: ResponseData, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[LineDataModule] = []
    monkeypatch.setattr(ensemble_module, "_run_trainer", lambda module, data, *_: seen.append(data))
    fit_ensemble(taught_data, dataclasses.replace(QUICK, seeds=(1,), dropout=PanelDropout(lines=1.0)))
    (data,) = seen

    def inputs(loader: Any) -> Array:
        (batch,) = list(loader)
        return np.asarray(batch[0].numpy())

    assert not np.array_equal(inputs(data.train_dataloader()), inputs(data.train_dataloader()))
    checked = data.validation_lines
    whole = data.basis.coordinates(data.encoder.encode(checked.values, checked.observed, checked.tissues))
    found = inputs(data.val_dataloader())
    assert np.array_equal(found[:, : whole.shape[1]], whole.astype(np.float32))
    assert found.shape[1] == whole.shape[1] + len(data.direct)


def test_lines_that_differ_in_nothing_still_make_a_model() -> None:
    lines = tuple(TumorAlterations(id=f"L{i}", tissue="skin", mutation_genes=("*",)) for i in range(20))
    response = np.random.default_rng(0).standard_normal((20, 2))
    drugs = (ScreenedDrug("A", "GDSC2"), ScreenedDrug("B", "GDSC2"))
    data = ResponseData(lines, tuple(line.id for line in lines), tuple(range(20)), drugs, response, NO_JOINS)
    ensemble = fit_ensemble(data, QUICK)
    profiles = [build_profile(line, ensemble.features) for line in lines]
    found = ensemble.predict(*profile_arrays(profiles, ensemble.features), ["skin"] * 20)
    assert np.allclose(found, response.mean(axis=0), atol=0.2)


TWO_PROCESSES = """
import sys, warnings
from pathlib import Path
import torch, pytorch_lightning as lightning
from pytorch_lightning.strategies import DDPStrategy
from torch.utils.data import DataLoader, TensorDataset
from genomodel.response.module import LowRankResponse

def main():
    torch.manual_seed(0)
    inputs, truth = torch.randn(64, 6), torch.randn(6, 4)
    batch = TensorDataset(inputs, inputs @ truth, torch.ones(64, 4, dtype=torch.bool))
    module = LowRankResponse(6, 3, 4, [1.0, 1.0, 1.0], 256, 1.0, 0.05)
    module.start_from(torch.randn(6, 3), torch.randn(3, 4))
    processes = int(sys.argv[2])
    strategy = DDPStrategy(process_group_backend="gloo") if processes > 1 else "auto"
    trainer = lightning.Trainer(max_epochs=4, accelerator="cpu", devices=processes, strategy=strategy, logger=False,
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=0)
    trainer.fit(module, DataLoader(batch, batch_size=64 // processes), DataLoader(batch, batch_size=64 // processes))
    state = {name: value.detach() for name, value in module.named_parameters()}
    torch.save({**state, "error": trainer.callback_metrics["val_error"], "size": trainer.world_size},
        Path(sys.argv[1]) / f"{trainer.global_rank}.pt")

if __name__ == "__main__":
    main()
"""


@pytest.mark.slow
def test_two_processes_train_the_same_weights_as_one(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(TWO_PROCESSES)
    parts = {}
    for processes in (2, 1):
        folder = tmp_path / str(processes)
        folder.mkdir()
        command = [sys.executable, str(script), str(folder), str(processes)]
        found = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert found.returncode == 0, found.stderr[-2000:]
        parts[processes] = [torch.load(path, weights_only=True) for path in sorted(folder.glob("*.pt"))]
    first, second = parts[2]
    (alone,) = parts[1]
    assert first["size"] == 2
    assert all(torch.equal(first[name], second[name]) for name in ("weights", "loadings", "offset"))
    for name in ("weights", "loadings", "offset"):
        assert torch.allclose(first[name], alone[name], atol=1e-4)
    assert torch.isfinite(first["error"])
