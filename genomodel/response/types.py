"""Values that training and prediction share. numpy only, so that a report starts without torch or pandas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genomodel.profile.features import FeatureList
from genomodel.response.encoder import Array, Encoder, Mask


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
    """A trained ensemble: ``ln IC50 = mean + deviation * (encode(profile) @ weights[m] @ loadings[m] + offset[m])``."""

    features: FeatureList
    encoder: Encoder
    weights: Array
    """Shape (members, features, components)."""
    loadings: Array
    """Shape (members, components, drugs)."""
    offset: Array
    """Shape (members, drugs)."""
    mean: Array
    deviation: Array

    def effects(self) -> Array:
        """Change of ln IC50 by each feature going from 0 to 1, mean over members, shape (features, drugs)."""
        mapped = sum(w @ v for w, v in zip(self.weights, self.loadings, strict=True)) / len(self.weights)
        return np.asarray(self.encoder.scale[:, None] * mapped * self.deviation)

    def predict(self, values: Array, observed: Mask, tissues: list[str]) -> Array:
        """Return predicted ln IC50, mean over members, shape (profiles, drugs)."""
        effects = self.effects()
        return np.asarray(self.encoder.fill(values, observed, tissues) @ effects + self.baseline(effects))

    def baseline(self, effects: Array) -> Array:
        """Predicted ln IC50 with every feature 0, shape (drugs,)."""
        return np.asarray(self.mean + self.deviation * self.offset.mean(axis=0) - self.encoder.center @ effects)
