"""Baselines learn what is there, are tuned inside the training lines, and never see what they are asked."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from genomodel.profile.build import build_profile
from genomodel.profile.features import choose_features
from genomodel.response import baselines
from genomodel.response.baselines import (
    DrugMean,
    ElasticNet,
    PerDrugRidge,
    TissueDrugMean,
    _NetProblem,
    inner_splits,
    training_inputs,
)
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array
from genomodel.response.models import MODELS, RELEASED_MODEL
from genomodel.response.splits import Split, make_folds, tissue_folds

REGRESSIONS = sorted(set(MODELS) - {"drug-mean", "tissue-drug-mean", RELEASED_MODEL})


def predicted(name: str, data: ResponseData, train: Array, test: Array) -> Array:
    training = data.subset(train)
    features = choose_features(training.lines)
    model = MODELS[name]()
    model.fit(training, features)
    return model.predict([build_profile(data.lines[i], features) for i in test])


def squared_error(truth: Array, found: Array) -> Array:
    return np.nanmean((truth - found) ** 2, axis=0)


def test_every_baseline_that_the_comparison_promises_is_a_row() -> None:
    promised = {
        "drug-mean",
        "tissue-drug-mean",
        "per-drug-ridge",
        "elastic-net",
        "random-forest",
        "gradient-boosting",
        "kernel-ridge",
    }
    assert promised | {RELEASED_MODEL} <= set(MODELS)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_regression_beats_the_means_on_a_planted_signal(
    name: str, made_data: ResponseData, record_property: pytest.RecordProperty
) -> None:
    train, test = np.arange(110), np.arange(110, 150)
    truth = made_data.ln_ic50[test]
    error = squared_error(truth, predicted(name, made_data, train, test))
    drug = squared_error(truth, predicted("drug-mean", made_data, train, test))
    tissue = squared_error(truth, predicted("tissue-drug-mean", made_data, train, test))
    record_property("shown", f"{name}: squared error {error[0]:.2f}, tissue mean {tissue[0]:.2f}")
    assert (error[:3] < 0.6 * drug[:3]).all()
    assert (error[:3] < 0.6 * tissue[:3]).all()
    assert error[3] < 1.3 * drug[3]


@pytest.mark.parametrize("name", REGRESSIONS)
def test_responses_of_test_lines_change_no_prediction(name: str, made_data: ResponseData) -> None:
    """All test responses are replaced by nonsense; choices made on them would show."""
    train, test = np.arange(100), np.arange(100, 150)
    nonsense = made_data.ln_ic50.copy()
    nonsense[test] = np.random.default_rng(1).permutation(nonsense[test]) * -50
    before = predicted(name, made_data, train, test)
    after = predicted(name, dataclasses.replace(made_data, ln_ic50=nonsense), train, test)
    assert np.array_equal(before, after)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_the_same_lines_give_the_same_bytes(
    name: str, made_data: ResponseData, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = predicted(name, made_data, np.arange(90), np.arange(90, 150))
    monkeypatch.setattr(baselines, "_remembered", [])
    assert first.tobytes() == predicted(name, made_data, np.arange(90), np.arange(90, 150)).tobytes()


def test_inner_folds_keep_patients_together_and_use_every_line_once() -> None:
    groups = tuple(f"P{i // 2}" for i in range(40))
    seen = []
    for train, check in inner_splits(groups):
        assert not {groups[i] for i in train} & {groups[i] for i in check}
        seen += check.tolist()
    assert sorted(seen) == list(range(40))


def test_elastic_net_solves_what_scikit_learn_solves() -> None:
    from sklearn.linear_model import ElasticNet as Reference  # noqa: PLC0415

    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((80, 12))
    truth = inputs[:, :2] @ np.array([[2.0, 0.0], [0.0, -1.0]]) + 0.3 * rng.standard_normal((80, 2)) + 5
    truth[rng.random(truth.shape) < 0.2] = np.nan
    problem = _NetProblem(inputs, truth)
    for mix in (0.2, 0.9):
        weights = problem.solve(np.full(2, mix), 0.1, problem.nothing(), 2000)
        found = problem.predict(weights, inputs)
        for j in range(2):
            known = ~np.isnan(truth[:, j])
            strength = 0.1 * float(problem.limit[j]) / mix
            reference = Reference(alpha=strength, l1_ratio=mix, tol=1e-8, max_iter=100000)
            reference.fit(inputs[known], truth[known, j])
            assert np.allclose(weights[:, j].numpy(), reference.coef_, atol=2e-3)
            assert np.allclose(found[:, j], reference.predict(inputs), atol=1e-2)


def test_elastic_net_leaves_noise_without_weights(made_data: ResponseData) -> None:
    features = choose_features(made_data.lines)
    model = ElasticNet()
    model.fit(made_data, features)
    used = (model.weights.abs() > 1e-6).sum(dim=0).tolist()
    assert used[3] < len(features) / 2


def test_encoded_lines_are_remembered_only_for_the_very_same_objects(
    made_data: ResponseData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines, "_remembered", [])
    features = choose_features(made_data.lines)
    one = training_inputs(made_data, features)
    assert training_inputs(made_data, features) is one
    assert training_inputs(dataclasses.replace(made_data), features) is not one


def test_means_of_an_unknown_tissue_are_the_drug_means(made_data: ResponseData) -> None:
    features = choose_features(made_data.lines)
    profile = build_profile(made_data.lines[0].model_copy(update={"tissue": "", "tissue_fine": ""}), features)
    means, plain = TissueDrugMean(), DrugMean()
    means.fit(made_data, features)
    plain.fit(made_data, features)
    assert np.array_equal(means.predict([profile]), plain.predict([profile]))


def test_whole_tissues_are_dealt_into_folds_of_about_equal_size() -> None:
    tissues = np.array(["a"] * 50 + ["b"] * 30 + ["c"] * 25 + ["d"] * 5)
    folds = tissue_folds(tissues, 3)
    assert all(len(set(folds[tissues == tissue])) == 1 for tissue in "abcd")
    assert sorted(np.bincount(folds).tolist()) == [30, 30, 50]


def test_model_knows_neither_tissue_nor_siblings_of_a_tissue_left_out(made_data: ResponseData) -> None:
    groups = ("same", "same", *made_data.groups[2:])
    data = dataclasses.replace(made_data, groups=groups)
    assert data.tissues[0] != data.tissues[1]
    for fold in make_folds(data, Split.TISSUE).parts:
        left_out = {data.lines[i].tissue for i in fold.test}
        assert not left_out & set(fold.training.tissues.tolist())
        assert {profile.tissue for profile in fold.profiles} == {""}
        assert not {data.groups[i] for i in fold.test} & set(fold.training.groups)


def test_ridge_of_a_tissue_left_out_still_finds_the_gene(made_data: ResponseData) -> None:
    fold = make_folds(made_data, Split.TISSUE).parts[0]
    model = PerDrugRidge()
    model.fit(fold.training, fold.features)
    found = model.predict(fold.profiles)[:, 0]
    truth = made_data.ln_ic50[fold.test, 0]
    known = ~np.isnan(truth)
    assert np.corrcoef(found[known], truth[known])[0, 1] > 0.8


@pytest.mark.parametrize("name", sorted(set(REGRESSIONS) - {"per-drug-ridge"}))
def test_choices_are_made_on_lines_not_trained_on(name: str, made_data: ResponseData) -> None:
    """On noise, choices made on the training lines themselves would fit the noise."""
    noise = np.random.default_rng(4).standard_normal(made_data.ln_ic50.shape)
    data = dataclasses.replace(made_data, ln_ic50=noise)
    train, test = np.arange(110), np.arange(110, 150)
    error = squared_error(noise[test], predicted(name, data, train, test)).mean()
    assert error < 1.08 * squared_error(noise[test], predicted("drug-mean", data, train, test)).mean()
