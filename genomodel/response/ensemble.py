"""Training an ensemble and reading it out as plain arrays."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from genomodel.profile.build import build_profile
from genomodel.profile.features import FeatureList, choose_features
from genomodel.response.components import fit_components, ridge_penalties, ridge_weights
from genomodel.response.datamodule import LineArrays, LineDataModule, PanelDropout
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array, Encoder, Mask, fit_encoder, profile_arrays
from genomodel.response.module import LowRankResponse
from genomodel.response.types import Ensemble

Progress = Callable[[str], None]


@dataclass(frozen=True)
class TrainingConfig:
    """All choices of a training run; plain values, stored with the model."""

    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    n_components: int = 60
    penalty_factors: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Multiples of the cross-validated ridge penalties; the validation lines choose one."""
    loading_penalty: float = 2000.0
    learning_rate: float = 5e-4
    max_epochs: int = 40
    patience: int = 6
    dropout_every: int = 4
    """Epochs between new draws of the hidden genes."""
    dropout: PanelDropout | None = field(default_factory=PanelDropout)
    validation_share: float = 0.1

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)


def fit_ensemble(
    data: ResponseData,
    config: TrainingConfig,
    features: FeatureList | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Train an ensemble on cell lines.

    Each member leaves another share of the lines out to stop its training early; encoder and features are fitted once.

    Parameters
    ----------
    data
        Training lines only.
    config
        All choices.
    features
        Feature list; chosen on ``data`` when not given.
    progress
        Called with a text after each member.
    """
    features = features or choose_features(data.lines)
    values, observed = profile_arrays([build_profile(line, features) for line in data.lines], features)
    tissues = tuple(line.tissue for line in data.lines)
    encoder = fit_encoder(values, observed, tissues, features)
    components = fit_components(data.ln_ic50, config.n_components)
    lines = LineArrays(values, observed, tissues, components.standardise(data.ln_ic50))
    folds = group_folds(data.groups, max(2, round(1 / config.validation_share)), seed=0)
    members = []
    for seed in config.seeds:
        held_out = folds == seed % (folds.max() + 1)
        members.append(_fit_member(lines, held_out, encoder, features, config, seed))
        if progress:
            progress(f"seed {seed}")
    return Ensemble(
        features=features,
        encoder=encoder,
        weights=np.stack([weights for weights, _, _ in members]),
        loadings=np.stack([loadings for _, loadings, _ in members]),
        offset=np.stack([offset for _, _, offset in members]),
        mean=components.mean,
        deviation=components.deviation,
    )


def group_folds(groups: tuple[str, ...], n_folds: int, seed: int) -> npt.NDArray[np.int_]:
    """Deal whole groups of lines into folds of about equal size, at random but the same for a seed."""
    unique = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(unique))
    fold_of = {unique[group]: position % n_folds for position, group in enumerate(order)}
    return np.array([fold_of[group] for group in groups], dtype=np.int_)


def _take(lines: LineArrays, rows: Mask) -> LineArrays:
    return LineArrays(
        values=lines.values[rows],
        observed=lines.observed[rows],
        tissues=tuple(tissue for tissue, keep in zip(lines.tissues, rows, strict=True) if keep),
        response=lines.response[rows],
    )


def _fit_member(
    lines: LineArrays,
    held_out: Mask,
    encoder: Encoder,
    features: FeatureList,
    config: TrainingConfig,
    seed: int,
) -> tuple[Array, Array, Array]:
    import torch  # noqa: PLC0415

    fit, validation = _take(lines, ~held_out), _take(lines, held_out)
    components = fit_components(fit.response, config.n_components)
    inputs = encoder.encode(fit.values, fit.observed, fit.tissues)
    rotation = np.linalg.svd(inputs, full_matrices=False)[2].T
    rotated = inputs @ rotation
    penalties = ridge_penalties(rotated, components.scores)
    checked = encoder.encode(validation.values, validation.observed, validation.tissues) @ rotation
    trials = []
    for factor in config.penalty_factors:
        weights = ridge_weights(rotated, components.scores, penalties * factor)
        error = np.nanmean((checked @ weights @ components.loadings - validation.response) ** 2)
        trials.append((float(error), factor, weights))
    _, factor, weights = min(trials, key=lambda trial: trial[:2])
    module = LowRankResponse(
        n_inputs=rotation.shape[1],
        n_components=components.loadings.shape[0],
        n_drugs=components.loadings.shape[1],
        penalties=[float(penalty * factor) for penalty in penalties],
        n_values=int((~np.isnan(fit.response)).sum()),
        loading_penalty=config.loading_penalty,
        learning_rate=config.learning_rate,
    )
    module.start_from(
        torch.from_numpy(weights.astype(np.float32)), torch.from_numpy(components.loadings.astype(np.float32))
    )
    data = LineDataModule(fit, validation, encoder, features, rotation, config.dropout, seed)
    _run_trainer(module, data, config, seed)
    arrays = [p.detach().numpy().astype(np.float64) for p in (module.weights, module.loadings, module.offset)]
    return rotation @ arrays[0], arrays[1], arrays[2]


def _run_trainer(module: LowRankResponse, data: LineDataModule, config: TrainingConfig, seed: int) -> None:
    """Fit, and leave the module at the epoch with the smallest error on the validation lines."""
    import pytorch_lightning as lightning  # noqa: PLC0415
    from pytorch_lightning.callbacks import EarlyStopping  # noqa: PLC0415

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    lightning.seed_everything(seed, workers=True, verbose=False)
    keeper = best_state()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        warnings.filterwarnings("ignore", message=".*LeafSpec.*")
        warnings.filterwarnings("ignore", message=".*fewer.*logging interval.*|.*smaller than the logging interval.*")
        trainer = lightning.Trainer(
            max_epochs=config.max_epochs,
            accelerator="auto",
            devices=1,
            deterministic=True,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=1,
            reload_dataloaders_every_n_epochs=config.dropout_every if config.dropout else 0,
            callbacks=[EarlyStopping("val_error", patience=config.patience, mode="min"), keeper],
        )
        trainer.fit(module, datamodule=data)
    module.cpu()
    keeper.restore(module)


def best_state() -> Any:
    """Return a callback that remembers the weights of the best epoch in memory."""
    import pytorch_lightning as lightning  # noqa: PLC0415

    class BestState(lightning.Callback):
        def __init__(self) -> None:
            self.error = float("inf")
            self.state: dict[str, Any] = {}

        def on_validation_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
            error = float(trainer.callback_metrics["val_error"])
            if error < self.error:
                self.error = error
                self.state = {name: value.detach().cpu().clone() for name, value in pl_module.state_dict().items()}

        def restore(self, module: lightning.LightningModule) -> None:
            if self.state:
                module.load_state_dict(self.state)

    return BestState()
