"""Training an ensemble and reading it out as plain arrays."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from genomodel.profile.build import build_profile
from genomodel.profile.features import FeatureList, choose_features
from genomodel.resources.panels import gene_panels
from genomodel.response.components import (
    ResponseComponents,
    fit_components,
    leave_one_out,
    ridge_penalties,
    ridge_weights,
)
from genomodel.response.datamodule import LineArrays, LineDataModule, PanelDropout
from genomodel.response.dataset import ResponseData
from genomodel.response.direct import direct_columns, direct_weights
from genomodel.response.encoder import Array, Encoder, Mask, fit_encoder, profile_arrays
from genomodel.response.module import LowRankResponse
from genomodel.response.panel_dropout import panel_masks
from genomodel.response.similarity import KernelBasis, kernel_basis, median_distance
from genomodel.response.teacher import taught_scores
from genomodel.response.types import Ensemble

Progress = Callable[[str], None]


@dataclass(frozen=True)
class TrainingConfig:
    """All choices of a training run; plain values, stored with the model."""

    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    n_components: int = 60
    gaussian_weight: float = 1.0
    """Variance of the Gaussian similarity in units of that of the linear one."""
    taught_share: float = 0.7
    """Share of what expression of the training lines says in the targets of training."""
    loading_penalty: float = 2000.0
    learning_rate: float = 5e-4
    max_epochs: int = 40
    patience: int = 6
    dropout_every: int = 4
    """Epochs between new draws of the hidden genes."""
    dropout: PanelDropout | None = field(default_factory=PanelDropout)
    validation_share: float = 0.1
    real_panels: bool = False
    """Whether the gene lists of real panels, which the data registry serves, hide genes too."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)


RELEASED_CONFIG = TrainingConfig(real_panels=True)
"""Choices of the model that ships."""


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
    lines = LineArrays(values, observed, tissues, components.standardise(data.ln_ic50), data.expression)
    landmarks = encoder.encode(values, observed, tissues)
    bandwidth = median_distance(landmarks)
    direct, used = direct_columns(features, data.drugs)
    panels = panel_masks(gene_panels(), features) if config.real_panels and config.dropout else None
    folds = group_folds(data.groups, max(2, round(1 / config.validation_share)), seed=0)
    dual = np.zeros((len(config.seeds), len(data.lines), components.loadings.shape[0]))
    members = []
    for k, seed in enumerate(config.seeds):
        held_out = np.array(folds == seed % (folds.max() + 1), dtype=np.bool_)
        basis = kernel_basis(landmarks[~held_out], bandwidth, config.gaussian_weight)
        member = _fit_member(lines, held_out, basis, encoder, features, (direct, used), panels, config, seed)
        dual[k, ~held_out] = member.dual
        members.append(member)
        if progress:
            progress(f"seed {seed}")
    return Ensemble(
        features=features,
        encoder=encoder,
        landmarks=landmarks,
        bandwidth=bandwidth,
        gaussian_scales=np.array([member.gaussian_scale for member in members]),
        dual=dual,
        loadings=np.stack([member.loadings for member in members]),
        offset=np.stack([member.offset for member in members]),
        direct_columns=direct,
        direct=np.mean([member.direct for member in members], axis=0),
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
        expression=None if lines.expression is None else lines.expression[rows],
    )


@dataclass(frozen=True)
class _Member:
    """One trained member, read out: see :class:`genomodel.response.types.Ensemble`."""

    dual: Array
    gaussian_scale: float
    loadings: Array
    offset: Array
    direct: Array


def _fit_member(
    lines: LineArrays,
    held_out: Mask,
    basis: KernelBasis,
    encoder: Encoder,
    features: FeatureList,
    paths: tuple[npt.NDArray[np.int_], Mask],
    panels: Mask | None,
    config: TrainingConfig,
    seed: int,
) -> _Member:
    fit, validation = _take(lines, ~held_out), _take(lines, held_out)
    components = fit_components(fit.response, config.n_components)
    measured = fit.response
    fit, scores = _taught(fit, components, basis, config.taught_share)
    coordinates = basis.coordinates(basis.lines)
    penalties = ridge_penalties(coordinates, scores)
    weights = ridge_weights(coordinates, scores, penalties)
    module = LowRankResponse(
        n_inputs=coordinates.shape[1],
        n_components=components.loadings.shape[0],
        n_drugs=components.loadings.shape[1],
        penalties=[float(penalty) for penalty in penalties],
        n_values=int((~np.isnan(fit.response)).sum()),
        loading_penalty=config.loading_penalty,
        learning_rate=config.learning_rate,
        n_direct=len(paths[0]),
    )
    module.start_from(_tensor(weights), _tensor(components.loadings))
    direct, used = paths
    shared = leave_one_out(coordinates, components.scores, penalties) @ components.loadings
    own = (encoder.fill(fit.values, fit.observed, fit.tissues) - encoder.center)[:, direct]
    direct_start, direct_penalties = direct_weights(own, measured - shared, used)
    module.start_direct(_tensor(direct_start), _tensor(used), _tensor(direct_penalties))
    data = LineDataModule(fit, validation, encoder, features, basis, direct, config.dropout, panels, seed)
    _run_trainer(module, data, config, seed)
    weights, loadings, offset, direct_trained = (
        p.detach().numpy().astype(np.float64)
        for p in (module.weights, module.loadings, module.offset, module.direct * module.used)
    )
    dual, subtracted = basis.dual(weights)
    return _Member(dual, basis.gaussian_scale, loadings, offset - subtracted @ loadings, direct_trained)


def _tensor(values: Array | Mask) -> Any:
    import torch  # noqa: PLC0415

    return torch.from_numpy(np.asarray(values, dtype=np.float32))


def _taught(
    fit: LineArrays, components: ResponseComponents, basis: KernelBasis, share: float
) -> tuple[LineArrays, Array]:
    """Return training lines and scores whose targets are in part what expression says; gaps stay gaps.

    Only what the components hold of a response is replaced; what is the drug's own stays as measured.
    """
    if fit.expression is None or share == 0.0:
        return fit, components.scores
    scores = taught_scores(fit.expression, basis.kernel, components.scores, share)
    known: Mask = ~np.asarray(np.isnan(fit.expression).any(axis=1))
    told = np.where(known[:, None], components.scores + (scores - components.scores) / share, components.scores)
    taught = fit.response + share * ((told - components.scores) @ components.loadings)
    return replace(fit, response=np.where(known[:, None], taught, fit.response)), scores


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
