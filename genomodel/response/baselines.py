"""The rows that a response model has to beat: means, and common regressions on the same features.

All see the same encoded profiles as the released model. What they are tuned by is decided on inner folds of the
training lines, whole patients at a time, so that a test line reaches neither weights nor choices.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from genomodel.core.profile import Profile
from genomodel.profile.build import build_profile
from genomodel.profile.features import FeatureList
from genomodel.response.components import ResponseComponents, fit_components, ridge_penalties, ridge_weights
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array, Encoder, fit_encoder, profile_arrays
from genomodel.response.ensemble import group_folds
from genomodel.response.similarity import gaussian, median_distance

if TYPE_CHECKING:
    from torch import Tensor

Rows = npt.NDArray[np.int_]
Stages = Callable[[Array], Iterator[Array]]

SHRINK_LINES = 1.0
"""Weight of the drug's mean in the mean of one tissue, in lines."""
INNER_FOLDS = 3
INNER_SEED = 11
N_COMPONENTS = 40
"""Response components that forest and boosting predict; the reference figure for a forest was measured with as many."""
TREE_SEED = 1
KEPT_INPUTS = 16
"""Encoded training sets that are remembered: the folds of both splits."""


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


@dataclass(frozen=True)
class TrainingInputs:
    """Training lines as the numbers that every regression here sees."""

    data: ResponseData
    features: FeatureList
    encoder: Encoder
    values: Array
    """Shape (lines, features), encoded."""

    def encode(self, profiles: list[Profile]) -> Array:
        """Return the numbers of other profiles, shape (profiles, features)."""
        values, observed = profile_arrays(profiles, self.features)
        return self.encoder.encode(values, observed, [profile.tissue for profile in profiles])


_remembered: list[TrainingInputs] = []


def training_inputs(data: ResponseData, features: FeatureList) -> TrainingInputs:
    """Encode training lines, once for all models that are given the very same objects."""
    for known in _remembered:
        if known.data is data and known.features is features:
            return known
    values, observed = profile_arrays([build_profile(line, features) for line in data.lines], features)
    tissues = data.tissues.tolist()
    encoder = fit_encoder(values, observed, tissues, features)
    found = TrainingInputs(data, features, encoder, encoder.encode(values, observed, tissues))
    _remembered.append(found)
    del _remembered[:-KEPT_INPUTS]
    return found


def inner_splits(groups: tuple[str, ...]) -> Iterator[tuple[Rows, Rows]]:
    """Yield the training and validation rows of each inner fold; lines of one patient stay together."""
    folds = group_folds(groups, INNER_FOLDS, INNER_SEED)
    for fold in range(INNER_FOLDS):
        yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)


class _Regression(ABC):
    """What the regressions share: encoding before, one matrix of predictions after."""

    inputs: TrainingInputs

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        """Learn from training lines, after choosing hyperparameters on inner folds of them."""
        self.inputs = training_inputs(data, features)
        self._fit(self.inputs.values, data)

    def predict(self, profiles: list[Profile]) -> Array:
        """Return predicted ln IC50, shape (profiles, drugs)."""
        return self._predict(self.inputs.encode(profiles))

    @abstractmethod
    def _fit(self, inputs: Array, data: ResponseData) -> None:
        """Learn from encoded training lines."""

    @abstractmethod
    def _predict(self, inputs: Array) -> Array:
        """Return predicted ln IC50 of encoded profiles."""


class PerDrugRidge(_Regression):
    """One ridge regression for each drug, strength by generalised cross-validation on the training lines.

    Missing responses of training lines are set to the mean of their tissue.
    """

    def _fit(self, inputs: Array, data: ResponseData) -> None:
        self.mean, target = _filled(data, self.inputs.features)
        self.weights = ridge_weights(inputs, target, ridge_penalties(inputs, target))

    def _predict(self, inputs: Array) -> Array:
        return np.asarray(inputs @ self.weights + self.mean)


class KernelRidge(_Regression):
    """One kernel ridge regression for each drug, Gaussian kernel; width and penalty of each drug by inner folds.

    Missing responses of training lines are set to the mean of their tissue, and not counted when choosing.
    """

    widths = (0.5, 1.0, 2.0, 4.0)
    """Multiples of the median squared distance between training lines."""
    penalties = tuple(np.exp(np.linspace(np.log(0.03), np.log(30.0), 10)).tolist())

    def _fit(self, inputs: Array, data: ResponseData) -> None:
        self.rows = inputs
        self.median = median_distance(inputs)
        error = np.zeros((len(self.widths), len(self.penalties), len(data.drugs)))
        for train, check in inner_splits(data.groups):
            mean, target = _filled(data.subset(train), self.inputs.features)
            for w, width in enumerate(self.widths):
                kernel = gaussian(inputs, inputs, width * self.median)
                eigenvalues, vectors = np.linalg.eigh(kernel[np.ix_(train, train)])
                rotated, out = vectors.T @ target, kernel[np.ix_(check, train)] @ vectors
                for p, penalty in enumerate(self.penalties):
                    found = out @ (rotated / (np.maximum(eigenvalues, 0.0) + penalty)[:, None]) + mean
                    error[w, p] += np.nansum((data.ln_ic50[check] - found) ** 2, axis=0)
        best = error.reshape(-1, len(data.drugs)).argmin(axis=0)
        self.width, penalty = best // len(self.penalties), np.array(self.penalties)[best % len(self.penalties)]
        self.mean, target = _filled(data, self.inputs.features)
        self.dual = np.zeros_like(target)
        for w in np.unique(self.width):
            drugs = self.width == w
            eigenvalues, vectors = np.linalg.eigh(gaussian(inputs, inputs, self.widths[w] * self.median))
            shrunk = (vectors.T @ target[:, drugs]) / (np.maximum(eigenvalues, 0.0)[:, None] + penalty[drugs])
            self.dual[:, drugs] = vectors @ shrunk

    def _predict(self, inputs: Array) -> Array:
        found = np.tile(self.mean, (len(inputs), 1))
        for w in np.unique(self.width):
            drugs = self.width == w
            found[:, drugs] += gaussian(inputs, self.rows, self.widths[w] * self.median) @ self.dual[:, drugs]
        return found


def _filled(data: ResponseData, features: FeatureList) -> tuple[Array, Array]:
    """Return each drug's mean, and the deviations from it with gaps filled by the mean of the tissue."""
    means = TissueDrugMean()
    means.fit(data, features)
    usual = np.stack([means.by_tissue[tissue] for tissue in data.tissues.tolist()])
    filled = np.where(np.isnan(data.ln_ic50), usual, data.ln_ic50)
    mean = filled.mean(axis=0)
    return mean, filled - mean


class ElasticNet(_Regression):
    """One elastic net for each drug, all solved at once; mixing and strength of each drug by inner folds.

    Accelerated proximal gradient descent (FISTA; Beck and Teboulle 2009, doi:10.1137/080716542) on the mean squared
    error over measured lines plus ``strength * (mix * |w| + (1 - mix) / 2 * w**2)``, warm-started from strong to weak.
    """

    mixes = (0.1, 0.5)
    strengths = (0.5, 0.25, 0.12, 0.06, 0.03)
    """Multiples of the smallest strength that leaves a drug without any weight."""
    steps = 15
    final_steps = 100

    def _fit(self, inputs: Array, data: ResponseData) -> None:
        error = np.zeros((len(self.mixes), len(self.strengths), len(data.drugs)))
        for train, check in inner_splits(data.groups):
            problem = _NetProblem(inputs[train], data.ln_ic50[train])
            for m, mix in enumerate(self.mixes):
                start = problem.nothing()
                for s, strength in enumerate(self.strengths):
                    start = problem.solve(np.full(len(data.drugs), mix), strength, start, self.steps)
                    found = problem.predict(start, inputs[check])
                    error[m, s] += np.nansum((data.ln_ic50[check] - found) ** 2, axis=0)
        best = error.reshape(-1, len(data.drugs)).argmin(axis=0)
        mix = np.array(self.mixes)[best // len(self.strengths)]
        strength = np.array(self.strengths)[best % len(self.strengths)]
        self.problem = _NetProblem(inputs, data.ln_ic50)
        self.weights = self.problem.solve(mix, strength, self.problem.nothing(), self.final_steps)

    def _predict(self, inputs: Array) -> Array:
        return self.problem.predict(self.weights, inputs)


class _NetProblem:
    """Elastic nets of many drugs on the same lines, as tensors."""

    def __init__(self, inputs: Array, ln_ic50: Array) -> None:
        import torch  # noqa: PLC0415

        measured = ~np.isnan(ln_ic50)
        n = np.maximum(measured.sum(axis=0), 1)
        self.mean = np.nan_to_num(ln_ic50).sum(axis=0) / n
        self.inputs = torch.from_numpy(inputs.astype(np.float32))
        self.measured = torch.from_numpy(measured.astype(np.float32))
        self.target = torch.from_numpy(np.where(measured, ln_ic50 - self.mean, 0.0).astype(np.float32))
        self.n = torch.from_numpy(n.astype(np.float32))
        self.limit = (self.inputs.T @ self.target).abs().amax(dim=0) / self.n
        gram = self.inputs @ self.inputs.T
        self.curvature = float(torch.linalg.eigvalsh(gram)[-1]) / self.n

    def nothing(self) -> Tensor:
        import torch  # noqa: PLC0415

        return torch.zeros(self.inputs.shape[1], self.target.shape[1])

    def _residual(self, weights: Tensor) -> Tensor:
        """Predicted minus measured with the best offset of each drug taken out; 0 where not measured."""
        residual = self.measured * (self.inputs @ weights) - self.target
        return residual - self.measured * (residual.sum(dim=0) / self.n)

    def solve(self, mix: Array, strength: float | Array, start: Tensor, steps: int) -> Tensor:
        """Return the weights, shape (inputs, drugs); ``strength`` in units of ``limit / mix``."""
        import torch  # noqa: PLC0415

        share = torch.from_numpy(mix.astype(np.float32))
        scale = torch.as_tensor(np.broadcast_to(np.float32(strength), mix.shape).copy()) * self.limit / share
        ridge, lasso = scale * (1 - share), scale * share
        rate = 1.0 / (self.curvature + ridge)
        weights, ahead, momentum = start, start, 1.0
        for _ in range(steps):
            gradient = self.inputs.T @ self._residual(ahead) / self.n + ridge * ahead
            moved = ahead - rate * gradient
            new = moved.sign() * (moved.abs() - rate * lasso).clamp_min_(0.0)
            following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
            ahead = new + (momentum - 1) / following * (new - weights)
            weights, momentum = new, following
        return weights

    def predict(self, weights: Tensor, inputs: Array) -> Array:
        """Return predicted ln IC50, shape (rows of ``inputs``, drugs)."""
        import torch  # noqa: PLC0415

        residual = self.measured * (self.inputs @ weights) - self.target
        offset = residual.sum(dim=0) / self.n
        found = torch.from_numpy(inputs.astype(np.float32)) @ weights - offset
        return np.asarray(found.numpy().astype(np.float64) + self.mean)


class _OnComponents(_Regression):
    """A regression that predicts the response components, so that drugs share strength and gaps are filled once."""

    n_components = N_COMPONENTS
    choices: tuple[dict[str, Any], ...]
    components: ResponseComponents

    @abstractmethod
    def _train(self, inputs: Array, scores: Array, choice: dict[str, Any], *, final: bool) -> Stages:
        """Return a function from inputs to component scores, one array for each stage of training."""

    def _fit(self, inputs: Array, data: ResponseData) -> None:
        errors: dict[tuple[int, int], float] = {}
        for train, check in inner_splits(data.groups):
            components = fit_components(data.ln_ic50[train], self.n_components)
            truth = components.standardise(data.ln_ic50[check])
            for c, choice in enumerate(self.choices):
                predict = self._train(inputs[train], components.scores, choice, final=False)
                for stage, scores in enumerate(predict(inputs[check])):
                    error = float(np.nansum((truth - scores @ components.loadings) ** 2))
                    errors[c, stage] = errors.get((c, stage), 0.0) + error
        best, self.stage = min(errors, key=lambda key: (errors[key], key))
        self.chosen = self.choices[best]
        self.components = fit_components(data.ln_ic50, self.n_components)
        self.scores_of = self._train(inputs, self.components.scores, self.chosen, final=True)

    def _predict(self, inputs: Array) -> Array:
        z = next(islice(self.scores_of(inputs), self.stage, None)) @ self.components.loadings
        return np.asarray(z * self.components.deviation + self.components.mean)


class RandomForest(_OnComponents):
    """A forest of trees that predict all response components together; leaf size and feature share by inner folds."""

    choices = tuple(
        {"max_features": share, "min_samples_leaf": leaf} for share, leaf in product((0.1, 0.3), (3, 6, 12))
    )
    n_trees = 150
    n_trees_inner = 24

    def _train(self, inputs: Array, scores: Array, choice: dict[str, Any], *, final: bool) -> Stages:
        from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415

        n_trees = self.n_trees if final else self.n_trees_inner
        forest = RandomForestRegressor(n_estimators=n_trees, random_state=TREE_SEED, n_jobs=-1, **choice)
        forest.fit(inputs.astype(np.float32), scores)

        def stages(rows: Array) -> Iterator[Array]:
            """Average in the order of the trees; the forest itself adds up in the order in which threads finish."""
            found = [tree.predict(rows.astype(np.float32)) for tree in forest.estimators_]
            yield np.mean(found, axis=0).reshape(len(rows), -1)

        return stages


class GradientBoosting(_OnComponents):
    """Boosted trees that each predict all response components together; depth and number of trees by inner folds.

    Stochastic gradient boosting for squared error (Friedman 2002, doi:10.1016/S0167-9473(01)00065-2): every tree sees
    half of the lines and a share of the features.
    """

    choices = tuple({"max_depth": depth} for depth in (3, 6))
    n_trees = 320
    every = 20
    """Trees between two numbers of trees that are compared."""
    rate = 0.05
    lines = 0.5
    max_features = 0.1
    min_samples_leaf = 6

    def _train(self, inputs: Array, scores: Array, choice: dict[str, Any], *, final: bool) -> Stages:
        from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415

        rng = np.random.default_rng(TREE_SEED)
        rows32, residual = inputs.astype(np.float32), scores.copy()
        trees = []
        for k in range(self.every * (self.stage + 1) if final else self.n_trees):
            seen = rng.permutation(len(inputs))[: max(2, int(self.lines * len(inputs)))]
            tree = DecisionTreeRegressor(
                max_features=self.max_features, min_samples_leaf=self.min_samples_leaf, random_state=k, **choice
            )
            tree.fit(rows32[seen], residual[seen])
            residual -= self.rate * np.asarray(tree.predict(rows32)).reshape(residual.shape)
            trees.append(tree)

        def stages(rows: Array) -> Iterator[Array]:
            total = np.zeros((len(rows), scores.shape[1]))
            for k, tree in enumerate(trees):
                total += self.rate * np.asarray(tree.predict(rows.astype(np.float32))).reshape(total.shape)
                if (k + 1) % self.every == 0:
                    yield total.copy()

        return stages
