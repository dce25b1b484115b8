"""The Lightning data module: encoded lines, with genes hidden at random in training as a panel would hide them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytorch_lightning as lightning
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, TensorDataset

from genomodel.profile.features import COPY_NUMBER_KINDS, FUSION_KINDS, GROUP_KINDS, MUTATION_KINDS, FeatureList
from genomodel.response.encoder import Encoder

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LineArrays:
    """Training lines as arrays, before encoding."""

    values: Array
    observed: Mask
    tissues: tuple[str, ...]
    response: Array
    """Standardised ln IC50, NaN where not measured."""


@dataclass(frozen=True)
class PanelDropout:
    """How training lines lose features, so that a small assay makes predictions vaguer and not wrong."""

    lines: float = 0.3
    """Share of the lines that lose anything in an epoch."""
    copy_number: float = 0.5
    """Chance that such a line loses all copy-number features; likewise all fusions."""


def hide_features(observed: Mask, features: FeatureList, dropout: PanelDropout, rng: np.random.Generator) -> Mask:
    """Return the observed mask with genes hidden in some lines.

    A line that loses genes keeps a random share of them, as if sequenced with a panel; groups of genes go with any of
    their genes. Tissue and microsatellite status are kept.
    """
    kinds = np.array([feature.kind for feature in features])
    subjects = np.array([feature.subject for feature in features])
    genes = sorted(set(subjects[np.isin(kinds, list(MUTATION_KINDS))]))
    position = {gene: i for i, gene in enumerate(genes)}
    small = np.isin(kinds, list(MUTATION_KINDS))
    column_gene = np.array([position.get(subject, -1) for subject in subjects])
    hidden = observed.copy()
    chosen = np.flatnonzero(rng.random(len(observed)) < dropout.lines)
    for line in chosen:
        kept = rng.random(len(genes)) < rng.random()
        hidden[line, small] &= kept[column_gene[small]]
        hidden[line, np.isin(kinds, list(GROUP_KINDS))] = False
        if rng.random() < dropout.copy_number:
            hidden[line, np.isin(kinds, list(COPY_NUMBER_KINDS))] = False
        if rng.random() < dropout.copy_number:
            hidden[line, np.isin(kinds, list(FUSION_KINDS))] = False
    return hidden


class LineDataModule(lightning.LightningDataModule):
    """Training and validation lines of one ensemble member, each a single batch.

    Parameters
    ----------
    fit, validation
        Lines to train on and lines that stop the training early.
    encoder
        Fitted on training lines.
    features
        In the order of the columns.
    rotation
        Shape (features, directions): an orthonormal basis of the training inputs, in which the same ridge regression
        has far fewer weights.
    dropout
        Panel dropout, or ``None``.
    seed
        Of the dropout.
    """

    def __init__(
        self,
        fit: LineArrays,
        validation: LineArrays,
        encoder: Encoder,
        features: FeatureList,
        rotation: Array,
        dropout: PanelDropout | None,
        seed: int,
    ) -> None:
        super().__init__()
        self.fit_lines = fit
        self.validation_lines = validation
        self.encoder = encoder
        self.features = features
        self.rotation = rotation
        self.dropout = dropout
        self.rng = np.random.default_rng(seed)

    def _tensors(self, lines: LineArrays, observed: Mask) -> TensorDataset:
        inputs = self.encoder.encode(lines.values, observed, lines.tissues) @ self.rotation
        measured = ~np.isnan(lines.response)
        parts = (inputs, np.nan_to_num(lines.response), measured)
        return TensorDataset(*(torch.from_numpy(part.astype(np.float32)) for part in parts))

    @staticmethod
    def _loader(dataset: Dataset[tuple[Tensor, ...]], size: int) -> DataLoader[tuple[Tensor, ...]]:
        return DataLoader(dataset, batch_size=size, shuffle=False)

    def train_dataloader(self) -> DataLoader[tuple[Tensor, ...]]:
        """Return the training lines in one batch, with new genes hidden at every call."""
        observed = self.fit_lines.observed
        if self.dropout is not None:
            observed = hide_features(observed, self.features, self.dropout, self.rng)
        dataset = self._tensors(self.fit_lines, observed)
        return self._loader(dataset, len(dataset))

    def val_dataloader(self) -> DataLoader[tuple[Tensor, ...]]:
        """Return the validation lines in one batch, nothing hidden."""
        dataset = self._tensors(self.validation_lines, self.validation_lines.observed)
        return self._loader(dataset, len(dataset))
