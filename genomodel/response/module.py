"""The Lightning module: an additive path from features to drugs, with strength shared over drugs."""

from __future__ import annotations

from typing import Any, cast

import pytorch_lightning as lightning
import torch
from torch import Tensor, nn


class LowRankResponse(lightning.LightningModule):
    """Predicts standardised ln IC50 of many drugs as ``inputs @ weights @ loadings + offset``.

    Every path from a feature to a drug is one product, so that contributions add up exactly. Drugs share the few
    components of ``loadings``; each component has its own ridge penalty on the weights that lead to it.

    Parameters
    ----------
    n_inputs, n_components, n_drugs
        Sizes.
    penalties
        Ridge penalty of each component, in units of squared standardised response.
    n_values
        Number of measured values in the training data, which scales the penalty to the mean loss.
    loading_penalty
        Penalty that keeps the loadings near their starting point, the principal components.
    learning_rate
        Of Adam.
    """

    start: Tensor

    def __init__(
        self,
        n_inputs: int,
        n_components: int,
        n_drugs: int,
        penalties: list[float],
        n_values: int,
        loading_penalty: float,
        learning_rate: float,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.weights = nn.Parameter(torch.zeros(n_inputs, n_components))
        self.loadings = nn.Parameter(torch.zeros(n_components, n_drugs))
        self.offset = nn.Parameter(torch.zeros(n_drugs))
        self.register_buffer("penalties", torch.tensor(penalties))
        self.register_buffer("start", torch.zeros(n_components, n_drugs))
        self.n_values = n_values
        self.loading_penalty = loading_penalty
        self.learning_rate = learning_rate

    def start_from(self, weights: Tensor, loadings: Tensor) -> None:
        """Set the starting point of training."""
        with torch.no_grad():
            self.weights.copy_(weights)
            self.loadings.copy_(loadings)
            self.start.copy_(loadings)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return standardised responses, shape (lines, drugs)."""
        return inputs @ self.weights @ self.loadings + self.offset

    def _error(self, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        inputs, response, measured = batch
        squares: Tensor = measured * (self(inputs) - response) ** 2
        return squares.sum() / measured.sum()

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], _: int) -> Tensor:
        """Return the penalised mean squared error over measured values."""
        ridge = (cast("Tensor", self.penalties) * self.weights.square()).sum()
        drift = self.loading_penalty * (self.loadings - self.start).square().sum()
        loss = self._error(batch) + (ridge + drift) / self.n_values
        self.log("train_loss", loss, prog_bar=True, on_step=False, on_epoch=True, batch_size=len(batch[0]))
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor, Tensor], _: int) -> None:
        """Log the mean squared error over measured values of the validation lines."""
        self.log("val_error", self._error(batch), prog_bar=True, batch_size=len(batch[0]))

    def configure_optimizers(self) -> Any:
        """Return Adam."""
        return torch.optim.Adam(self.parameters(), lr=self.learning_rate)
