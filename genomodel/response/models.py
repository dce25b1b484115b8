"""The models that ``genomodel evaluate`` compares; a new one is one class and one row in ``MODELS``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from genomodel.core.profile import Profile
from genomodel.profile.features import FeatureList
from genomodel.response.baselines import (
    DrugMean,
    ElasticNet,
    GradientBoosting,
    KernelRidge,
    PerDrugRidge,
    RandomForest,
    TissueDrugMean,
)
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array, profile_arrays
from genomodel.response.ensemble import RELEASED_CONFIG, TrainingConfig, fit_ensemble
from genomodel.response.types import Ensemble


class ResponseModel(Protocol):
    """What a model must do to be compared."""

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        """Learn from training lines."""

    def predict(self, profiles: list[Profile]) -> Array:
        """Return predicted ln IC50, shape (profiles, drugs)."""


class LowRankEnsemble:
    """The released kind of model: an ensemble of low-rank Lightning modules, linear and Gaussian."""

    ensemble: Ensemble

    def __init__(self, config: TrainingConfig | None = None) -> None:
        self.config = config or RELEASED_CONFIG

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        """Train all members."""
        self.ensemble = fit_ensemble(data, self.config, features)

    def predict(self, profiles: list[Profile]) -> Array:
        """Return the mean over members."""
        values, observed = profile_arrays(profiles, self.ensemble.features)
        return self.ensemble.predict(values, observed, [profile.tissue for profile in profiles])


RELEASED_MODEL = "low-rank"
"""The row of ``MODELS`` that is trained, calibrated and shipped; all others are what it has to beat."""

MODELS: dict[str, Callable[[], ResponseModel]] = {
    "drug-mean": DrugMean,
    "tissue-drug-mean": TissueDrugMean,
    "per-drug-ridge": PerDrugRidge,
    "elastic-net": ElasticNet,
    "random-forest": RandomForest,
    "gradient-boosting": GradientBoosting,
    "kernel-ridge": KernelRidge,
    RELEASED_MODEL: LowRankEnsemble,
}
"""Every model that can be evaluated, by name."""
