"""The Lightning module: a path that all drugs share and a direct one from each drug's own targets."""

from __future__ import annotations

from typing import Any, cast

import pytorch_lightning as lightning
import torch
from torch import Tensor, nn


class LowRankResponse(lightning.LightningModule):
    """Predicts standardised ln IC50 as ``coordinates @ weights @ loadings + features @ direct + offset``.

    Drugs share the few components of ``loadings``; each component has its own ridge penalty on the weights that lead to
    it. The direct weights of a drug are free only for features of its own targets.

    Parameters
    ----------
    n_inputs, n_components, n_drugs
        Sizes; the inputs are coordinates in the similarity of the lines.
    penalties
        Ridge penalty of each component, in units of squared standardised response.
    n_values
        Number of measured values in the training data, which scales the penalty to the mean loss.
    loading_penalty
        Penalty that keeps the loadings near their starting point, the principal components.
    learning_rate
        Of Adam.
    n_direct
        Number of features with a direct path; they follow the coordinates in each input.
    """

    start: Tensor
    used: Tensor
    direct_penalties: Tensor

    def __init__(
        self,
        n_inputs: int,
        n_components: int,
        n_drugs: int,
        penalties: list[float],
        n_values: int,
        loading_penalty: float,
        learning_rate: float,
        n_direct: int = 0,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.weights = nn.Parameter(torch.zeros(n_inputs, n_components))
        self.loadings = nn.Parameter(torch.zeros(n_components, n_drugs))
        self.offset = nn.Parameter(torch.zeros(n_drugs))
        self.register_buffer("penalties", torch.tensor(penalties))
        self.register_buffer("start", torch.zeros(n_components, n_drugs))
        self.direct = nn.Parameter(torch.zeros(n_direct, n_drugs))
        self.register_buffer("used", torch.zeros(n_direct, n_drugs))
        self.register_buffer("direct_penalties", torch.zeros(n_drugs))
        self.n_inputs = n_inputs
        self.n_values = n_values
        self.loading_penalty = loading_penalty
        self.learning_rate = learning_rate

    def start_from(self, weights: Tensor, loadings: Tensor) -> None:
        """Set the starting point of training."""
        with torch.no_grad():
            self.weights.copy_(weights)
            self.loadings.copy_(loadings)
            self.start.copy_(loadings)

    def start_direct(self, weights: Tensor, used: Tensor, penalties: Tensor) -> None:
        """Set which features have a direct path to which drug, its ridge penalties, and where it starts."""
        with torch.no_grad():
            self.direct.copy_(weights)
            self.used.copy_(used)
            self.direct_penalties.copy_(penalties)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return standardised responses, shape (lines, drugs)."""
        shared = inputs[:, : self.n_inputs] @ self.weights @ self.loadings
        return shared + inputs[:, self.n_inputs :] @ (self.direct * self.used) + self.offset

    def _error(self, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        inputs, response, measured = batch
        squares: Tensor = measured * (self(inputs) - response) ** 2
        return squares.sum() / measured.sum()

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], _: int) -> Tensor:
        """Return the penalised mean squared error over measured values."""
        ridge = (cast("Tensor", self.penalties) * self.weights.square()).sum()
        drift = self.loading_penalty * (self.loadings - self.start).square().sum()
        own = (self.direct_penalties * (self.direct * self.used).square()).sum()
        loss = self._error(batch) + (ridge + drift + own) / self.n_values
        self.log("train_loss", loss, prog_bar=True, on_step=False, on_epoch=True, batch_size=len(batch[0]))
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor, Tensor], _: int) -> None:
        """Log the mean squared error over measured values of the validation lines."""
        self.log("val_error", self._error(batch), prog_bar=True, batch_size=len(batch[0]))

    def configure_optimizers(self) -> Any:
        """Return Adam."""
        return torch.optim.Adam(self.parameters(), lr=self.learning_rate)
