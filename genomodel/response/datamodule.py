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
from genomodel.response.similarity import KernelBasis

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
    expression: Array | None = None
    """Shape (lines, genes); for targets only, never an input."""


@dataclass(frozen=True)
class PanelDropout:
    """How training lines lose features, so that a small assay makes predictions vaguer and not wrong."""

    lines: float = 0.3
    """Share of the lines that lose anything in an epoch."""
    copy_number: float = 0.5
    """Chance that such a line loses all copy-number features; likewise all fusions."""
    real_panels: float = 0.5
    """Share of such lines that see what a real panel sees, where lists of panels are given."""


def hide_features(
    observed: Mask,
    features: FeatureList,
    dropout: PanelDropout,
    rng: np.random.Generator,
    panels: Mask | None = None,
) -> Mask:
    """Return the observed mask with genes hidden in some lines.

    A line that loses genes keeps what one of the given panels sees, or a random share of its genes, as if sequenced
    with a panel of that size; groups of genes go with any of their genes. The tissue is kept.

    Parameters
    ----------
    observed
        Shape (lines, features).
    features
        In the order of the columns.
    dropout
        How many lines lose how much.
    rng
        Source of all choices.
    panels
        What real panels observe, shape (panels, features).
    """
    kinds = np.array([feature.kind for feature in features])
    subjects = np.array([feature.subject for feature in features])
    small = np.isin(kinds, list(MUTATION_KINDS))
    groups = np.isin(kinds, list(GROUP_KINDS))
    whole = [np.isin(kinds, list(chosen)) for chosen in (COPY_NUMBER_KINDS, FUSION_KINDS)]
    genes, column_gene = np.unique(subjects[small], return_inverse=True)
    hidden = observed.copy()
    for line in np.flatnonzero(rng.random(len(observed)) < dropout.lines):
        if panels is not None and len(panels) and rng.random() < dropout.real_panels:
            # Most lists say nothing of copy number and fusions, which are drawn below like those of other panels.
            hidden[line, small | groups] &= panels[rng.integers(len(panels)), small | groups]
        else:
            kept = rng.random(len(genes)) < rng.random()
            hidden[line, small] &= kept[column_gene]
            hidden[line, groups] = False
        for columns in whole:
            if rng.random() < dropout.copy_number:
                hidden[line, columns] = False
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
    basis
        Coordinates of encoded lines.
    direct
        Columns of the features with a direct path.
    dropout
        Panel dropout, or ``None``.
    panels
        What real panels observe, shape (panels, features), or ``None``.
    seed
        Of the dropout.
    """

    def __init__(
        self,
        fit: LineArrays,
        validation: LineArrays,
        encoder: Encoder,
        features: FeatureList,
        basis: KernelBasis,
        direct: npt.NDArray[np.int_],
        dropout: PanelDropout | None,
        panels: Mask | None,
        seed: int,
    ) -> None:
        super().__init__()
        self.fit_lines = fit
        self.validation_lines = validation
        self.encoder = encoder
        self.features = features
        self.basis = basis
        self.direct = direct
        self.dropout = dropout
        self.panels = panels
        self.rng = np.random.default_rng(seed)

    def _tensors(self, lines: LineArrays, observed: Mask) -> TensorDataset:
        filled = self.encoder.fill(lines.values, observed, lines.tissues) - self.encoder.center
        inputs = np.hstack([self.basis.coordinates(filled * self.encoder.scale), filled[:, self.direct]])
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
            observed = hide_features(observed, self.features, self.dropout, self.rng, self.panels)
        dataset = self._tensors(self.fit_lines, observed)
        return self._loader(dataset, len(dataset))

    def val_dataloader(self) -> DataLoader[tuple[Tensor, ...]]:
        """Return the validation lines in one batch, nothing hidden."""
        dataset = self._tensors(self.validation_lines, self.validation_lines.observed)
        return self._loader(dataset, len(dataset))
