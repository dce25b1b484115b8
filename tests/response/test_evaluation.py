"""What an evaluation writes, how models are compared, and that a model is one row."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from genomodel.cli.main import collect_verbs
from genomodel.core.errors import InputError
from genomodel.core.profile import Profile
from genomodel.profile.features import FeatureList
from genomodel.response import dataset
from genomodel.response.comparison import compare, comparisons, verdict
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array
from genomodel.response.evaluate import Evaluation, evaluate
from genomodel.response.evaluation_plots import Dot, dot_plot, histogram
from genomodel.response.evaluation_run import known_models, run
from genomodel.response.metrics import (
    center_in_cells,
    correlations,
    line_weights,
    normalized,
    ranks_in_cells,
    sensitive_tail,
)
from genomodel.response.models import MODELS, RELEASED_MODEL
from genomodel.response.splits import Split, make_folds

COLUMNS = ["line", "tissue", "drug", "screen", "fold", "y_true", "y_pred", "lower90", "upper90"]
QUICK = ["drug-mean", "tissue-drug-mean", "per-drug-ridge"]


class Toy:
    """Predicts the same for every drug and line."""

    def fit(self, data: ResponseData, features: FeatureList) -> None:
        self.n = len(data.drugs)

    def predict(self, profiles: list[Profile]) -> Array:
        return np.zeros((len(profiles), self.n))


@pytest.fixture(scope="module")
def evaluated(made_data: ResponseData) -> dict[str, Evaluation]:
    folds = make_folds(made_data)
    return {name: evaluate(made_data, name, folds=folds) for name in (*QUICK, "kernel-ridge")}


@pytest.fixture(scope="module")
def written(made_data: ResponseData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("evaluation")
    run(made_data, QUICK, list(Split), out)
    return out


def test_model_compared_with_itself_differs_by_nothing(
    made_data: ResponseData, evaluated: dict[str, Evaluation]
) -> None:
    found = compare(made_data, evaluated["per-drug-ridge"], evaluated["per-drug-ridge"])
    assert found["difference"]
    assert all(value == {"value": 0.0, "lower": 0.0, "upper": 0.0} for value in found["difference"].values())
    assert found["drugs_better_with_confidence"] == found["drugs_worse_with_confidence"] == 0


def test_difference_is_turned_around_with_the_models(made_data: ResponseData, evaluated: dict[str, Evaluation]) -> None:
    one, other = evaluated["per-drug-ridge"], evaluated["tissue-drug-mean"]
    there = compare(made_data, one, other)
    back = compare(made_data, other, one)
    difference, reverse = there["difference"]["within_tissue_r"], back["difference"]["within_tissue_r"]
    assert difference["lower"] > 0.3
    assert reverse["value"] == -difference["value"]
    assert reverse["lower"] == pytest.approx(-difference["upper"], abs=1e-3)
    assert there["drugs_better_with_confidence"] == back["drugs_worse_with_confidence"] == 3


def test_better_model_has_a_positive_difference_inside_its_interval(
    made_data: ResponseData, evaluated: dict[str, Evaluation]
) -> None:
    ridge, mean = evaluated["per-drug-ridge"], evaluated["tissue-drug-mean"]
    for one, other, sign in ((ridge, mean, 1.0), (mean, ridge, -1.0)):
        differences = compare(made_data, one, other)["difference"]
        assert {"within_tissue_r", "within_tissue_rho", "per_drug_r", "error_gain"} <= set(differences)
        for name, found in differences.items():
            assert found["lower"] <= found["value"] <= found["upper"], name
            assert sign * found["value"] > 0.1, name


def test_pairing_makes_the_interval_narrower_than_two_apart(
    made_data: ResponseData, evaluated: dict[str, Evaluation]
) -> None:
    one, other = evaluated["per-drug-ridge"], evaluated["kernel-ridge"]
    paired = compare(made_data, one, other)["difference"]["within_tissue_r"]
    apart = np.hypot(*[r.scores.mean_within.upper - r.scores.mean_within.lower for r in (one, other)])
    assert paired["upper"] - paired["lower"] < 0.7 * apart


def test_models_of_different_folds_are_not_compared(made_data: ResponseData, evaluated: dict[str, Evaluation]) -> None:
    other = evaluate(made_data, "drug-mean", folds=make_folds(made_data, Split.TISSUE))
    with pytest.raises(InputError, match="same folds"):
        compare(made_data, evaluated["drug-mean"], other)


@pytest.mark.parametrize(
    ("released", "winner", "words"),
    [
        ("kernel-ridge", RELEASED_MODEL, "beats the best baseline"),
        ("drug-mean", "per-drug-ridge", "A baseline wins"),
        ("per-drug-ridge", "", "No winner with confidence"),
    ],
)
def test_verdict_names_the_winner(
    made_data: ResponseData, evaluated: dict[str, Evaluation], released: str, winner: str, words: str
) -> None:
    others = {"tissue-drug-mean": evaluated["tissue-drug-mean"]}
    if released != "kernel-ridge":
        others["per-drug-ridge"] = evaluated["per-drug-ridge"]
    results = {**others, RELEASED_MODEL: dataclasses.replace(evaluated[released], name=RELEASED_MODEL)}
    found = verdict(results, comparisons(made_data, results))
    assert found.winner == winner
    assert words in found.text


@pytest.mark.parametrize(
    ("value", "lower", "upper", "winner"),
    [
        (0.02, 0.001, 0.04, RELEASED_MODEL),
        (0.02, -0.001, 0.04, ""),
        (0.02, 0.0, 0.04, ""),
        (-0.02, -0.04, 0.001, ""),
        (-0.02, -0.04, -0.001, "per-drug-ridge"),
    ],
)
def test_nobody_wins_unless_the_whole_interval_is_on_one_side(
    evaluated: dict[str, Evaluation], value: float, lower: float, upper: float, winner: str
) -> None:
    results = {
        "per-drug-ridge": evaluated["per-drug-ridge"],
        RELEASED_MODEL: dataclasses.replace(evaluated["kernel-ridge"], name=RELEASED_MODEL),
    }
    row = {
        "one": RELEASED_MODEL,
        "other": "per-drug-ridge",
        "difference": {"within_tissue_r": {"value": value, "lower": lower, "upper": upper}},
        "drugs": 4,
        "drugs_better_with_confidence": 0,
        "drugs_worse_with_confidence": 0,
    }
    found = verdict(results, [row])
    assert found.winner == winner
    assert found.text.startswith("No winner with confidence") == (winner == "")


def test_verdict_without_the_released_model_judges_nothing(evaluated: dict[str, Evaluation]) -> None:
    found = verdict(evaluated, [])
    assert found.winner == ""
    assert RELEASED_MODEL in found.text


def test_interval_of_a_line_owes_nothing_to_what_its_own_fold_measured(
    made_data: ResponseData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The toy learns nothing, so that truth reaches the interval through the residuals alone."""
    monkeypatch.setitem(MODELS, "toy", Toy)
    folds = make_folds(made_data)
    before = evaluate(made_data, "toy", folds=folds)
    for own in (folds.labels == k for k in range(len(folds.parts))):
        changed = made_data.ln_ic50.copy()
        changed[own] = 3.0 * changed[own] - 7.0
        other = dataclasses.replace(made_data, ln_ic50=changed)
        after = evaluate(other, "toy", folds=make_folds(other))
        assert np.array_equal(after.held_out.folds, folds.labels)
        for end in ("lower", "upper"):
            one, new = getattr(before, end), getattr(after, end)
            assert np.isfinite(one).all()
            assert np.array_equal(new[own], one[own])
        assert np.abs(after.lower[~own] - before.lower[~own]).min() > 0.1


def test_table_of_held_out_predictions_has_one_row_for_every_measured_pair(
    made_data: ResponseData, written: Path
) -> None:
    for folder in (written, written / "leave-tissue-out"):
        rows = gzip.decompress((folder / "per-drug-ridge" / "oof.tsv.gz").read_bytes()).decode().splitlines()
        assert rows[0].split("\t") == COLUMNS
        assert len(rows) - 1 == (~np.isnan(made_data.ln_ic50)).sum()
        first = dict(zip(COLUMNS, rows[1].split("\t"), strict=True))
        assert float(first["lower90"]) < float(first["y_pred"]) < float(first["upper90"])
        figures = json.loads((folder / "per-drug-ridge" / "metrics.json").read_text())
        assert figures["model"] == "per-drug-ridge"


def test_drug_mean_earns_nothing_where_tissues_are_left_out(written: Path) -> None:
    for name in ("drug-mean", "tissue-drug-mean"):
        figures = json.loads((written / "leave-tissue-out" / name / "metrics.json").read_text())
        assert figures["per_drug_r_centered_in_fold"]["value"] == 0
        assert figures["within_tissue_r"]["value"] == 0
        assert figures["normalized"]["r"] == 0
    ridge = json.loads((written / "leave-tissue-out" / "per-drug-ridge" / "metrics.json").read_text())
    assert ridge["per_drug_r_centered_in_fold"]["value"] > 0.4


def test_pages_show_every_model_without_script_or_outside_files(written: Path) -> None:
    pages = [written / "index.html", *(written / name / "index.html" for name in QUICK)]
    for path in pages:
        page = path.read_text()
        assert "<script" not in page
        assert not re.search(r'(src|href)="(https?:|//)', page)
        pictures = re.findall(r"<svg [^>]*>", page)
        assert pictures
        assert all('role="img"' in picture and 'aria-label="' in picture for picture in pictures)
    index = pages[0].read_text()
    assert all(f'<a href="{name}/index.html">{name}</a>' in index for name in QUICK)
    assert "Tissues never seen" in index
    assert "Nothing to judge" in index


def test_same_evaluation_writes_the_same_bytes(made_data: ResponseData, written: Path, tmp_path: Path) -> None:
    run(made_data, QUICK, [Split.LINE, Split.TISSUE], tmp_path)
    for path in sorted(p for p in written.rglob("*") if p.is_file()):
        assert path.read_bytes() == (tmp_path / path.relative_to(written)).read_bytes(), path.name


def test_a_new_model_is_one_row(made_data: ResponseData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODELS, "toy-of-a-reader", Toy)
    monkeypatch.setattr(dataset, "load_data", lambda: made_data)
    app, runner = collect_verbs(), CliRunner()
    shown = runner.invoke(app, ["evaluate", "--help"], env={"COLUMNS": "200"})
    assert "toy-of-a-reader" in shown.output
    done = runner.invoke(app, ["evaluate", "toy-of-a-reader", "drug-mean", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "toy-of-a-reader" in done.stdout
    assert "toy-of-a-reader" in (tmp_path / "out" / "index.html").read_text()
    assert (tmp_path / "out" / "toy-of-a-reader" / "oof.tsv.gz").exists()
    assert "toy-of-a-reader" in known_models(None)


def test_bench_tells_every_model_and_its_time_against_the_ridge(
    made_data: ResponseData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bench import response  # noqa: PLC0415

    monkeypatch.setitem(MODELS, "toy-of-a-reader", Toy)
    monkeypatch.setattr(response, "load_data", lambda: made_data)
    chosen = ["bench", "toy-of-a-reader", "per-drug-ridge"]
    monkeypatch.setattr("sys.argv", [*chosen, "--evaluation", str(tmp_path / "e"), "--out", str(tmp_path / "b")])
    response.main()
    found = json.loads((tmp_path / "b" / "response.json").read_text())
    for split in ("leave-line-out", "leave-tissue-out"):
        rows = {row["model"]: row for row in found["splits"][split]["models"]}
        assert rows["per-drug-ridge"]["times_the_ridge"] == 1.0
        assert rows["toy-of-a-reader"]["times_the_ridge"] < 1.0
    assert "toy-of-a-reader" in (tmp_path / "b" / "response.svg").read_text()


def test_unknown_model_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="unknown model 'ridg'") as caught:
        known_models(["drug-mean", "ridg"])
    assert "per-drug-ridge" in str(caught.value)


def test_ranks_inside_cells_give_spearman() -> None:
    from scipy.stats import spearmanr  # noqa: PLC0415

    rng = np.random.default_rng(0)
    truth, prediction = rng.standard_normal((30, 2)), rng.standard_normal((30, 2)).round(1)
    truth[4, 0] = np.nan
    folds, tissues = np.zeros(30, dtype=int), np.array(["a"] * 30)
    ranks = (ranks_in_cells(truth, prediction, folds, tissues), ranks_in_cells(prediction, truth, folds, tissues))
    found = correlations(*ranks, center=False)
    for j in range(2):
        known = ~np.isnan(truth[:, j])
        assert found[j] == pytest.approx(spearmanr(truth[known, j], prediction[known, j]).statistic)


def test_ranks_do_not_tell_tissues_apart() -> None:
    tissues = np.array(["a", "b"] * 20)
    level = np.where(tissues == "a", 5.0, -5.0)[:, None]
    truth = level + np.random.default_rng(0).standard_normal((40, 1))
    folds = np.zeros(40, dtype=int)
    assert (ranks_in_cells(level, truth, folds, tissues) == 0).all()
    assert correlations(*center_in_cells(truth, level, folds, tissues), center=False)[0] == 0


def test_sensitive_tail_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415

    rng = np.random.default_rng(0)
    truth = rng.standard_normal((200, 1))
    prediction = truth + rng.standard_normal((200, 1)).round(0)
    z = (truth - truth.mean()) / truth.std()
    tail = sensitive_tail(truth, prediction, line_weights(tuple(map(str, range(200))), 1, 200))
    assert tail is not None
    assert tail.auroc.value == pytest.approx(roc_auc_score(z[:, 0] < -1.5, -prediction[:, 0]))
    assert tail.auroc.lower < tail.auroc.value < tail.auroc.upper
    nothing = sensitive_tail(truth, np.zeros_like(truth), line_weights(tuple(map(str, range(200))), 1, 50))
    assert nothing is not None
    assert nothing.auroc.value == 0.5
    assert nothing.enrichment == pytest.approx(1.0)
    assert sensitive_tail(truth[:20], truth[:20], np.ones((2, 20))) is None


def test_drug_mean_has_no_normalized_correlation(made_data: ResponseData, evaluated: dict[str, Evaluation]) -> None:
    mean, ridge = (
        normalized(made_data.ln_ic50, row.held_out.prediction, row.held_out.drug_mean, row.held_out.folds)
        for row in (evaluated["drug-mean"], evaluated["per-drug-ridge"])
    )
    assert mean["r"] == 0
    assert ridge["r"] > 0.6
    assert ridge["rmse"] < mean["rmse"]


def test_pictures_escape_names_and_count_every_drug() -> None:
    assert "&lt;b&gt;" in dot_plot([Dot("<b>", 0.1, 0.0, 0.2)], "label", "caption")
    values = np.array([0.0, 0.2, 0.2, 0.41, -0.07])
    bars = re.findall(r'<rect [^>]*height="([0-9.]+)"', histogram(values, "label", "caption"))
    heights = [float(height) for height in bars]
    assert sum(heights) / max(heights) == pytest.approx(len(values) / 2, abs=0.05)
