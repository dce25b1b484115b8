"""The models that ``genomodel evaluate`` compares; a new one is one class and one row in ``MODELS``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from genomodel.core.profile import Profile
from genomodel.profile.build import build_profile
from genomodel.profile.features import FeatureList, choose_features
from genomodel.response.components import ridge_penalties, ridge_weights
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array, Encoder, fit_encoder, profile_arrays
from genomodel.response.ensemble import TrainingConfig, fit_ensemble
from genomodel.response.types import Ensemble

SHRINK_LINES = 1.0
"""Weight of the drug's mean in the mean of one tissue, in lines."""


class ResponseModel(Protocol):
    """What a model must do to be compared."""

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        """Learn from training lines."""

    def predict(self, profiles: list[Profile]) -> Array:
        """Return predicted ln IC50, shape (profiles, drugs)."""


class DrugMean:
    """Predicts the drug's mean over training lines."""

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        """Average each drug."""
        self.mean = np.nanmean(data.ln_ic50, axis=0)

    def predict(self, profiles: list[Profile]) -> Array:
        """Return the mean for every profile."""
        return np.tile(self.mean, (len(profiles), 1))


class TissueDrugMean:
    """Predicts the drug's mean over training lines of the same coarse tissue."""

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        """Average each drug in each tissue, a single line's weight drawn to the drug's mean."""
        self.overall: Array = np.nanmean(data.ln_ic50, axis=0)
        self.by_tissue: dict[str, Array] = {}
        for tissue in sorted(set(data.tissues.tolist())):
            here = data.ln_ic50[data.tissues == tissue]
            total = np.nansum(here, axis=0) + SHRINK_LINES * self.overall
            self.by_tissue[tissue] = np.asarray(total / ((~np.isnan(here)).sum(axis=0) + SHRINK_LINES))

    def predict(self, profiles: list[Profile]) -> Array:
        """Return the mean of each profile's tissue."""
        return np.stack([self.by_tissue.get(p.tissue, self.overall) for p in profiles])


class PerDrugRidge:
    """One ridge regression for each drug on the same features, strength by generalised cross-validation.

    Missing responses of training lines are set to the mean of their tissue.
    """

    encoder: Encoder

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        """Learn every drug by itself."""
        self.features = features
        values, observed = profile_arrays([build_profile(line, features) for line in data.lines], features)
        tissues = data.tissues.tolist()
        self.encoder = fit_encoder(values, observed, tissues, features)
        means = TissueDrugMean()
        means.fit(data, features)
        usual = np.stack([means.by_tissue[tissue] for tissue in tissues])
        filled = np.where(np.isnan(data.ln_ic50), usual, data.ln_ic50)
        self.mean = filled.mean(axis=0)
        inputs = self.encoder.encode(values, observed, tissues)
        self.weights = ridge_weights(inputs, filled - self.mean, ridge_penalties(inputs, filled - self.mean))

    def predict(self, profiles: list[Profile]) -> Array:
        """Return predictions of every drug's own regression."""
        values, observed = profile_arrays(profiles, self.features)
        tissues = [profile.tissue for profile in profiles]
        return np.asarray(self.encoder.encode(values, observed, tissues) @ self.weights + self.mean)


class LowRankEnsemble:
    """The released kind of model: an ensemble of additive low-rank Lightning modules."""

    ensemble: Ensemble

    def __init__(self, config: TrainingConfig | None = None) -> None:
        self.config = config or TrainingConfig()

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        """Train all members."""
        self.ensemble = fit_ensemble(data, self.config, features)

    def predict(self, profiles: list[Profile]) -> Array:
        """Return the mean over members."""
        values, observed = profile_arrays(profiles, self.ensemble.features)
        return self.ensemble.predict(values, observed, [profile.tissue for profile in profiles])


MODELS: dict[str, Callable[[], ResponseModel]] = {
    "drug-mean": DrugMean,
    "tissue-drug-mean": TissueDrugMean,
    "per-drug-ridge": PerDrugRidge,
    "low-rank": LowRankEnsemble,
}
"""Every model that can be evaluated, by name."""


def fold_features(data: ResponseData) -> FeatureList:
    """Choose features on training lines, the same way for every model."""
    return choose_features(data.lines)
