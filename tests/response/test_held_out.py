"""Nothing of a held-out line may reach the model that predicts it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from genomodel.core.profile import GeneAlteration, Profile, TumorAlterations
from genomodel.core.variants import VariantClass
from genomodel.profile.features import FeatureList, choose_features
from genomodel.response import ensemble as ensemble_module
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array, Mask
from genomodel.response.ensemble import TrainingConfig, fit_ensemble, group_folds
from genomodel.response.evaluate import N_FOLDS, evaluate, held_out_predictions, widening
from genomodel.response.models import MODELS
from genomodel.response.train import calibrate
from genomodel.response.types import ScreenedDrug
from tests.response.conftest import NO_JOINS

QUICK = TrainingConfig(seeds=(1, 2), n_components=2, max_epochs=3)
N_PATIENTS = 60


class Memoriser:
    """Knows the response of every patient that it was trained on by heart, and nothing else."""

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        self.usual = data.ln_ic50.mean(axis=0)
        self.known = {line.id[:3]: row for line, row in zip(data.lines, data.ln_ic50, strict=True)}

    def predict(self, profiles: list[Profile]) -> Array:
        return np.stack([self.known.get(profile.id[:3], self.usual) for profile in profiles])


class Recorder:
    """Remembers what it was given."""

    trained: list[tuple[ResponseData, FeatureList]]
    asked: list[list[str]]

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        self.trained.append((data, features))

    def predict(self, profiles: list[Profile]) -> Array:
        self.asked.append([profile.id for profile in profiles])
        return np.zeros((len(profiles), 2))


def line(name: str, *changes: str, tissue: str = "skin") -> TumorAlterations:
    pairs = [change.split() for change in changes]
    return TumorAlterations(
        id=name,
        tissue=tissue,
        mutations=tuple(
            GeneAlteration(gene=gene, variant_class=VariantClass.MISSENSE, protein_change=change)
            for gene, change in pairs
        ),
        mutation_genes=("*",),
        copy_number_genes=("*",),
        fusions_assayed=True,
        msi_high=False,
    )


def data_of(lines: list[TumorAlterations], groups: list[str], ln_ic50: Array) -> ResponseData:
    drugs = tuple(ScreenedDrug(f"Drug{j}", "GDSC2") for j in range(ln_ic50.shape[1]))
    return ResponseData(tuple(lines), tuple(groups), tuple(range(len(lines))), drugs, ln_ic50, NO_JOINS)


@pytest.fixture(scope="module")
def noise() -> ResponseData:
    """60 patients with two lines each that respond alike; between patients the response is pure noise."""
    rng = np.random.default_rng(3)
    per_patient = rng.standard_normal((N_PATIENTS, 2))
    names = [f"{patient:03}{part}" for patient in range(N_PATIENTS) for part in "ab"]
    changes = ("BRAF V600E", "KRAS G12D", "TP53 R175H", "PIK3CA H1047R")
    own = [[change for change in changes if rng.random() < 0.3] for _ in range(N_PATIENTS)]
    lines = [line(name, *own[int(name[:3])]) for name in names]
    return data_of(lines, [name[:3] for name in names], np.repeat(per_patient, 2, axis=0))


def test_memoriser_scores_nothing_on_noise(noise: ResponseData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODELS, "memoriser", Memoriser)
    found = held_out_predictions(noise, "memoriser").prediction
    assert np.isfinite(found).all()
    for j in range(2):
        assert abs(np.corrcoef(found[:, j], noise.ln_ic50[:, j])[0, 1]) < 0.3


def test_memoriser_of_single_lines_would_score_on_its_own_lines(noise: ResponseData) -> None:
    memoriser = Memoriser()
    memoriser.fit(noise, ())
    profiles = [
        Profile(id=row.id, tissue="", tissue_fine="", features={}, observed={}, evidence={}) for row in noise.lines
    ]
    assert np.allclose(memoriser.predict(profiles), noise.ln_ic50)


def test_each_line_is_predicted_once_by_a_model_without_its_patient(
    noise: ResponseData, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[tuple[ResponseData, FeatureList]] = []
    asked: list[list[str]] = []
    monkeypatch.setattr(Recorder, "trained", trained, raising=False)
    monkeypatch.setattr(Recorder, "asked", asked, raising=False)
    monkeypatch.setitem(MODELS, "recorder", Recorder)
    held_out_predictions(noise, "recorder")
    assert sorted(name for names in asked for name in names) == sorted(row.id for row in noise.lines)
    assert len(asked) == N_FOLDS
    for (data, features), names in zip(trained, asked, strict=True):
        assert not set(data.groups) & {name[:3] for name in names}
        assert len(data.lines) + len(names) == len(noise.lines)
        assert features == choose_features(data.lines)


@pytest.mark.parametrize("name", ["per-drug-ridge", "low-rank"])
def test_feature_that_only_the_held_out_line_makes_frequent_is_not_used(name: str) -> None:
    """Three carriers in three folds: each time, two are left for training, one too few for the feature to be listed."""
    n = 100
    names = tuple(f"{i:03}" for i in range(n))
    rng = np.random.default_rng(5)
    folds = group_folds(names, N_FOLDS, 20)
    carriers = [int(np.flatnonzero(folds == fold)[0]) for fold in range(3)]
    lines = [line(names[i], *(["BRAF V600E"] if i in carriers else [])) for i in range(n)]
    ln_ic50 = 0.1 * rng.standard_normal((n, 2))
    ln_ic50[carriers] -= 9.0
    found = held_out_predictions(data_of(lines, list(names), ln_ic50), name, config=QUICK).prediction
    others = [i for i in range(n) if i not in carriers]
    for i in carriers:
        same_fold = [k for k in others if folds[k] == folds[i]]
        assert np.allclose(found[i], found[same_fold], atol=1e-6)


def test_sibling_lines_are_never_dealt_apart() -> None:
    groups = tuple(f"G{i // 3}" for i in range(90))
    folds = group_folds(groups, N_FOLDS, 20)
    for group in set(groups):
        assert len({int(fold) for fold, own in zip(folds, groups, strict=True) if own == group}) == 1
    assert np.bincount(folds).tolist() == [18] * N_FOLDS
    assert np.array_equal(folds, group_folds(groups, N_FOLDS, 20))
    assert not np.array_equal(folds, group_folds(groups, N_FOLDS, 21))


def test_lines_that_stop_training_have_no_sibling_in_training(
    noise: ResponseData, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Mask] = []
    real = ensemble_module._fit_member

    def spy(*args: object) -> object:
        seen.append(args[1])  # type: ignore[arg-type]
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(ensemble_module, "_fit_member", spy)
    fit_ensemble(noise, QUICK)
    assert len(seen) == len(QUICK.seeds)
    for held_out in seen:
        stopping = {group for group, held in zip(noise.groups, held_out, strict=True) if held}
        training = {group for group, held in zip(noise.groups, held_out, strict=True) if not held}
        assert stopping
        assert not stopping & training
    assert not np.array_equal(seen[0], seen[1])


def test_gate_opens_only_where_the_held_out_correlation_is_surely_positive(made_data: ResponseData) -> None:
    result = evaluate(made_data, "low-rank", config=QUICK)
    found = calibrate(made_data, result, [0, 1, 2, 3], nearest_limit=0.4, sensitive_coverage=0.7)
    assert found.nearest_limit == 0.4
    assert found.predictable.tolist() == [True, True, True, False]
    assert all(
        gate == (row.within_tissue_r_lower is not None and row.within_tissue_r_lower > 0)
        for gate, row in zip(found.predictable, found.accuracy, strict=True)
    )
    backwards = dataclasses.replace(
        result, scores=dataclasses.replace(result.scores, within_tissue_lower=np.array([0.3, -0.01, 0.0, 0.01]))
    )
    assert calibrate(made_data, backwards, [0, 1, 2, 3], 0.4, 0.7).predictable.tolist() == [True, False, False, True]


def test_hidden_genes_and_hidden_tissue_cost_accuracy_and_widen(made_data: ResponseData) -> None:
    """In the made lines both move the response, so that an interval that ignores them would be too narrow."""
    found = widening(made_data, held_out_predictions(made_data, "low-rank", config=QUICK))
    assert found.genes > 0.5
    assert found.tissue > 0.5
    none, some = np.zeros((1, 4)), np.ones((1, 4))
    assert (found.factor(some, none, np.ones(4)) > 1.1).all()
    assert (found.factor(none, some, np.ones(4)) > 1.1).all()
