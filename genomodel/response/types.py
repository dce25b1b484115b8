"""Values that training and prediction share. numpy only, so that a report starts without torch or pandas."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from genomodel.profile.features import FeatureList
from genomodel.response.encoder import Array, Encoder, Mask
from genomodel.response.similarity import gaussian


@dataclass(frozen=True, order=True, slots=True)
class ScreenedDrug:
    """A drug in one screen; the same drug in two screens is two columns, so that assays are never pooled."""

    drug: str
    screen: str

    @property
    def name(self) -> str:
        """``drug|screen``."""
        return f"{self.drug}|{self.screen}"


@dataclass(frozen=True)
class Ensemble:
    """A trained ensemble, ready to predict.

    ``ln IC50 = mean + deviation * (similarity(x) @ dual[m] @ loadings[m] + offset[m] + x @ direct)``, mean over members
    ``m``. The similarity has a linear part, which comes down with the direct path to one effect for each feature, and a
    Gaussian part.
    """

    features: FeatureList
    encoder: Encoder
    landmarks: Array
    """Encoded training lines, shape (lines, features)."""
    bandwidth: float
    gaussian_scales: Array
    """Weight of the Gaussian part in each member, shape (members,)."""
    dual: Array
    """Shape (members, lines, components); 0 for the lines that a member was not trained on."""
    loadings: Array
    """Shape (members, components, drugs)."""
    offset: Array
    """Shape (members, drugs)."""
    mean: Array
    deviation: Array
    direct_columns: npt.NDArray[np.int_]
    """Columns of the features with a direct path from a drug's own targets."""
    direct: Array
    """Mean over members, shape (direct columns, drugs)."""

    def effects(self) -> Array:
        """Change of ln IC50 by each feature going from 0 to 1 in the linear part, shape (features, drugs)."""
        on_lines = self._on_lines(np.ones(len(self.dual)))
        effects = np.asarray(self.encoder.scale[:, None] * (self.landmarks.T @ on_lines))
        effects[self.direct_columns] += self.direct * self.deviation
        return effects

    def take_drugs(self, columns: list[int]) -> Ensemble:
        """Return the ensemble for some drugs."""
        return replace(
            self,
            loadings=self.loadings[:, :, columns],
            offset=self.offset[:, columns],
            mean=self.mean[columns],
            deviation=self.deviation[columns],
            direct=self.direct[:, columns],
        )

    def similarity_weights(self) -> Array:
        """Change of ln IC50 by full Gaussian similarity to each training line, shape (lines, drugs)."""
        return self._on_lines(self.gaussian_scales)

    def _on_lines(self, member_weights: Array) -> Array:
        """Combine the members' weights on lines, in ln IC50, shape (lines, drugs)."""
        total = sum(
            weight * (dual @ loadings)
            for weight, dual, loadings in zip(member_weights, self.dual, self.loadings, strict=True)
        )
        return np.asarray(total / len(self.dual) * self.deviation)

    def predict(self, values: Array, observed: Mask, tissues: list[str]) -> Array:
        """Return predicted ln IC50, mean over members, shape (profiles, drugs)."""
        effects = self.effects()
        filled = self.encoder.fill(values, observed, tissues)
        near = gaussian((filled - self.encoder.center) * self.encoder.scale, self.landmarks, self.bandwidth)
        return np.asarray(filled @ effects + near @ self.similarity_weights() + self.baseline(effects))

    def baseline(self, effects: Array) -> Array:
        """Predicted ln IC50 of the linear part with every feature 0, shape (drugs,)."""
        return np.asarray(self.mean + self.deviation * self.offset.mean(axis=0) - self.encoder.center @ effects)
