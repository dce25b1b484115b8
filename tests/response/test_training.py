from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from genomodel.core.errors import InputError
from genomodel.profile.build import build_profile
from genomodel.profile.features import MUTATION_KINDS, choose_features
from genomodel.resources.oncotree import resolve_tumor_type
from genomodel.response.bundle import load_bundle
from genomodel.response.datamodule import PanelDropout, hide_features
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import profile_arrays
from genomodel.response.ensemble import TrainingConfig, fit_ensemble
from genomodel.response.evaluate import evaluate, metrics, write_evaluation
from genomodel.response.models import MODELS
from genomodel.response.module import LowRankResponse
from genomodel.response.predict import predict
from genomodel.response.train import train_bundle
from genomodel.response.types import Ensemble
from tests.response.conftest import tumor

SMALL = TrainingConfig(seeds=(1, 2), n_components=3, max_epochs=5)


@pytest.mark.slow
@pytest.mark.parametrize(("gaussian_weight", "precision"), [(0.0, 0.5), (1.0, 0.7)])
def test_made_data_train_to_a_bundle_that_recovers_what_was_put_in(
    made_data: ResponseData, tmp_path: Path, gaussian_weight: float, precision: float
) -> None:
    """The Gaussian part shrinks more: it also allows for interactions, of which these data have none."""
    train_bundle(made_data, tmp_path / "model", dataclasses.replace(SMALL, gaussian_weight=gaussian_weight))
    bundle = load_bundle(tmp_path / "model")
    found = {r.drug: r for r in predict(bundle, tumor("SKCM", "BRAF V600E"), resolve_tumor_type("SKCM")).predictions}
    effect = {drug: sum(c.ln_ic50 for c in row.contributions) for drug, row in found.items()}
    assert effect["Dabrafenib"] == pytest.approx(-2.0, abs=precision)
    assert effect["PLX-4720"] == pytest.approx(-1.5, abs=precision)
    assert abs(effect["Olaparib"]) < 0.3
    assert found["Dabrafenib"].predictable
    assert bundle.card["metrics"]["squared_error_gain_over_tissue_drug_mean"]["lower"] > 0


def test_training_twice_gives_the_same_model(made_data: ResponseData) -> None:
    """All numbers of two seeds, with expression that teaches."""
    expression = np.random.default_rng(1).standard_normal((len(made_data.lines), 5))
    data = dataclasses.replace(made_data, expression=expression)
    one, other = (fit_ensemble(data, SMALL) for _ in range(2))
    for field in dataclasses.fields(Ensemble):
        parts = [getattr(model, field.name) for model in (one, other)]
        if field.name == "encoder":
            parts = [np.vstack([model.expected, model.center, model.scale]) for model in parts]
        assert parts[0] == parts[1] if field.name == "features" else np.array_equal(*parts), field.name
    assert not np.array_equal(one.dual[0], one.dual[1])


def test_training_moves_the_weights(made_data: ResponseData) -> None:
    """Without hidden genes, for with them the best of these few epochs is the first."""
    config = dataclasses.replace(SMALL, dropout=None)
    still = fit_ensemble(made_data, dataclasses.replace(config, learning_rate=0.0))
    moved = fit_ensemble(made_data, dataclasses.replace(config, learning_rate=1e-3))
    for part in ("dual", "loadings", "offset", "direct"):
        assert np.abs(getattr(still, part) - getattr(moved, part)).max() > 1e-4, part


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in MODELS if name != "low-rank"])
def test_every_baseline_can_be_evaluated(made_data: ResponseData, name: str, tmp_path: Path) -> None:
    result = evaluate(made_data, name)
    write_evaluation(made_data, result, tmp_path)
    assert (tmp_path / "oof.tsv.gz").stat().st_size > 0
    written = json.loads((tmp_path / "metrics.json").read_text())
    assert written == json.loads(json.dumps(metrics(made_data, result)))
    assert 0.85 < written["coverage90"]["overall"] < 0.95


def test_unknown_model_is_named(made_data: ResponseData) -> None:
    with pytest.raises(InputError, match="unknown model 'forest'"):
        evaluate(made_data, "forest")


def test_checkpoint_opens_without_pickle(tmp_path: Path) -> None:
    module = LowRankResponse(3, 2, 4, [1.0, 2.0], 10, 1.0, 0.01)
    import pytorch_lightning as lightning  # noqa: PLC0415

    trainer = lightning.Trainer(logger=False, enable_checkpointing=False, enable_progress_bar=False, accelerator="cpu")
    trainer.strategy.connect(module)
    trainer.save_checkpoint(tmp_path / "x.ckpt")
    again = LowRankResponse.load_from_checkpoint(tmp_path / "x.ckpt", weights_only=True)
    assert torch.equal(again.weights, module.weights)


def test_panel_dropout_hides_whole_genes_and_keeps_the_tissue(made_data: ResponseData) -> None:
    features = choose_features(made_data.lines)
    _, observed = profile_arrays([build_profile(line, features) for line in made_data.lines], features)
    hidden = hide_features(observed, features, PanelDropout(lines=1.0), np.random.default_rng(0))
    kinds = [feature.kind for feature in features]
    assert (hidden <= observed).all()
    assert hidden[:, [k.startswith("tissue") for k in kinds]].all()
    for gene in {f.subject for f in features if f.kind in MUTATION_KINDS}:
        columns = [f.kind in MUTATION_KINDS and f.subject == gene for f in features]
        states = hidden[:, columns]
        assert (states.all(axis=1) | ~states.any(axis=1)).all()
    assert 0 < hidden.mean() < observed.mean()


def test_line_without_response_is_refused(made_data: ResponseData) -> None:
    empty = made_data.ln_ic50.copy()
    empty[3] = np.nan
    with pytest.raises(InputError, match="'L003' has no response"):
        dataclasses.replace(made_data, ln_ic50=empty)


def test_repeated_line_is_refused(made_data: ResponseData) -> None:
    with pytest.raises(InputError, match="twice"):
        dataclasses.replace(made_data, lines=(made_data.lines[1], *made_data.lines[1:]))
