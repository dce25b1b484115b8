from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.errors import InputError
from genomodel.profile.build import build_profile
from genomodel.response.dataset import ResponseData
from genomodel.response.drevalpy_adapter import (
    Learner,
    ResponseTable,
    drevalpy_model,
    drevalpy_name,
    line_from_views,
    line_views,
    match_lines,
    pair_values,
    read_line_names,
    response_table,
    training_data,
    write_dataset,
)
from genomodel.response.models import MODELS

HAS_DREVALPY = importlib.util.find_spec("drevalpy") is not None

pairs = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from("DEF"), st.floats(-9, 9) | st.just(math.nan)), max_size=12
)


@given(pairs)
def test_pairs_become_a_matrix_and_pairs_again(rows: list[tuple[str, str, float]]) -> None:
    known = [row for row in rows if not math.isnan(row[2])]
    lines, drugs, values = [r[0] for r in rows], [r[1] for r in rows], np.array([r[2] for r in rows])
    if not known:
        with pytest.raises(InputError, match="no response"):
            response_table(lines, drugs, values)
        return
    table = response_table(lines, drugs, values)
    assert table.lines == tuple(sorted({line for line, _, _ in known}))
    assert table.drugs == tuple(sorted({drug for _, drug, _ in known}))
    assert table.repeated == len(known) - len({row[:2] for row in known})
    assert int((~np.isnan(table.values)).sum()) == len({row[:2] for row in known})
    again = pair_values(table, [r[0] for r in known], [r[1] for r in known], otherwise=0.0)
    for value, (line, drug, _) in zip(again, known, strict=True):
        measured = [v for one, other, v in known if (one, other) == (line, drug)]
        assert value == pytest.approx(math.fsum(measured) / len(measured), abs=1e-9)


def test_a_drug_that_was_not_trained_on_gets_the_mean_and_an_unknown_line_is_an_error() -> None:
    table = ResponseTable(("A",), ("D",), np.array([[2.0]]), 0)
    assert pair_values(table, ["A", "A"], ["D", "X"], 7.0).tolist() == [2.0, 7.0]
    with pytest.raises(InputError, match="cell line 'B' has no prediction"):
        pair_values(table, ["B"], ["D"], 0.0)


@pytest.mark.parametrize(
    ("lines", "drugs", "values", "text"),
    [
        (["A"], ["D", "E"], [1.0], "1 lines, 2 drugs and 1 responses"),
        (["A", "B"], ["D", "E"], [1.0, np.inf], "cell line 'B' to 'E' is infinite"),
        ([], [], [], "no response to learn from"),
    ],
)
def test_pairs_that_make_no_matrix_are_refused(
    lines: list[str], drugs: list[str], values: list[float], text: str
) -> None:
    with pytest.raises(InputError, match=text):
        response_table(lines, drugs, np.array(values))


def test_lines_are_matched_by_identifier_then_by_exact_name(made_data: ResponseData) -> None:
    found = match_lines(["renamed", "L007", "l-007", "nobody"], {"renamed": 3, "nobody": 9999}, made_data)
    assert found == {"renamed": 3, "L007": 7}


def test_two_names_for_one_line_are_refused(made_data: ResponseData) -> None:
    with pytest.raises(InputError, match="'renamed' and 'L003' are the same line, L003"):
        match_lines(["renamed", "L003"], {"renamed": 3}, made_data)


def test_a_dataset_of_unknown_lines_is_refused(made_data: ResponseData) -> None:
    with pytest.raises(InputError, match=r"none of 2 cell lines, 'X' the first, is known.*cosmic_id"):
        match_lines(["X", "Y"], {}, made_data)


def test_names_of_lines_are_read_with_their_identifiers(tmp_path: Path) -> None:
    path = tmp_path / "cell_line_names.csv"
    path.write_text("cosmic_id,cell_line_name,tissue\n905933.0,A,skin\n,B,lung\n11,C,lung\n")
    assert read_line_names(path) == (["A", "B", "C"], {"A": 905933, "C": 11})
    path.write_text("cell_line_name\nA\n")
    assert read_line_names(path) == (["A"], {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\nA\n", "row 1: column 'cell_line_name' is missing"),
        ("cell_line_name\n", "there is no row"),
        ("cell_line_name,cosmic_id\nA,1\nB,CVCL_1\n", "row 3, column 'cosmic_id': 'CVCL_1' is not a COSMIC"),
    ],
)
def test_bad_names_of_lines_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "cell_line_names.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_line_names(path)


def test_views_hold_all_of_a_line(made_data: ResponseData) -> None:
    for line in made_data.lines[:5]:
        assert line_from_views(line.id, line_views(line)) == line
    tissue = {**line_views(made_data.lines[0]), "tissue": ("lung", "")}
    assert line_from_views("X", tissue).tissue == "lung"
    assert line_from_views("X", tissue).mutations == made_data.lines[0].mutations


def long_form(data: ResponseData) -> tuple[list[str], list[str], list[float]]:
    row, column = np.nonzero(~np.isnan(data.ln_ic50))
    return (
        [data.lines[i].id for i in row],
        [data.drugs[j].drug for j in column],
        data.ln_ic50[row, column].tolist(),
    )


def test_a_model_on_pairs_predicts_what_it_does_on_the_matrix(made_data: ResponseData) -> None:
    train, test = made_data.subset(np.arange(100)), made_data.subset(np.arange(100, 150))
    views = {line.id: line_views(line) for line in made_data.lines}
    lines, drugs, values = long_form(train)
    learner = Learner("per-drug-ridge")
    learner.fit(training_data(response_table(lines, drugs, np.array(values)), views, {}, "GDSC2"))
    one, other, _ = long_form(test)
    found = learner.predict(np.array(one), np.array(other), views)
    direct = MODELS["per-drug-ridge"]()
    order = [sorted(drug.drug for drug in train.drugs).index(drug.drug) for drug in train.drugs]
    by_name = np.argsort(order)
    data = replace(train, drugs=tuple(train.drugs[j] for j in by_name), ln_ic50=train.ln_ic50[:, by_name])
    direct.fit(data, learner.features)
    matrix = direct.predict([build_profile(line, learner.features) for line in test.lines])
    table = ResponseTable(tuple(line.id for line in test.lines), tuple(d.drug for d in data.drugs), matrix, 0)
    assert found == pytest.approx(pair_values(table, one, other, 0.0))
    assert np.corrcoef(found, long_form(test)[2])[0, 1] > 0.5


def test_siblings_stay_together_in_training(made_data: ResponseData) -> None:
    table = ResponseTable(("L000", "L001", "L002"), ("D",), np.ones((3, 1)), 2)
    views = {line.id: line_views(line) for line in made_data.lines}
    data = training_data(table, views, {"L000": "P", "L002": "P"}, "GDSC2")
    assert data.groups == ("P", "L001", "P")
    assert data.joins.repeated_measurements == 2


def test_a_dataset_is_written_as_drevalpy_reads_it(made_data: ResponseData, tmp_path: Path) -> None:
    path = write_dataset(tmp_path, "made", made_data, "GDSC2")
    names, identifiers = read_line_names(tmp_path / "made" / "cell_line_names.csv")
    assert match_lines(names, identifiers, made_data) == {line.id: i for i, line in enumerate(made_data.lines)}
    header, *rows = path.read_text().splitlines()
    assert header == "cell_line_name,pubchem_id,response,tissue"
    assert len(rows) == int((~np.isnan(made_data.ln_ic50)).sum())
    assert "Nutlin-3a (-),Nutlin-3a (-)" in (tmp_path / "made" / "drug_names.csv").read_text()
    with pytest.raises(InputError, match=r"screen 'GDSC9'.*Known: GDSC2"):
        write_dataset(tmp_path, "made", made_data, "GDSC9")


def test_names_have_no_underscore_for_drevalpy_to_split_at() -> None:
    assert drevalpy_name("low-rank") == "GenomodelLowRank"
    assert len({drevalpy_name(name) for name in MODELS}) == len(MODELS)
    assert not any("_" in drevalpy_name(name) for name in MODELS)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(InputError, match=r"no model 'deep'.*Known: drug-mean"):
        drevalpy_model("deep")


@pytest.mark.skipif(HAS_DREVALPY, reason="drevalpy is installed, so that nothing is missing")
def test_without_drevalpy_the_remedy_is_named() -> None:
    with pytest.raises(InputError, match=r"drevalpy cannot be imported.*docs/model.md"):
        drevalpy_model("per-drug-ridge")


@pytest.mark.slow
@pytest.mark.skipif(not HAS_DREVALPY, reason="drevalpy is not installed; docs/model.md says how to run it beside us")
def test_drevalpy_runs_our_model_in_its_own_experiment(
    made_data: ResponseData, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    dataset, experiment, models, results = (
        importlib.import_module(f"drevalpy.{name}")
        for name in ("datasets.dataset", "experiment", "models", "visualization.utils")
    )
    path = write_dataset(tmp_path / "data", "made", made_data, "GDSC2")
    experiment.drug_response_experiment(
        models=[drevalpy_model("per-drug-ridge", made_data)],
        baselines=[
            models.MODEL_FACTORY["NaiveDrugMeanPredictor"],
            models.MODEL_FACTORY["NaiveTissueDrugMeanPredictor"],
        ],
        response_data=dataset.DrugResponseDataset.from_csv(path, dataset_name="made"),
        test_mode="LCO",
        n_cv_splits=3,
        path_out=str(tmp_path / "results"),
        path_data=str(tmp_path / "data"),
        run_id="run",
        randomization_mode=["SVRC"],
    )
    scores, *_ = results.prep_results(
        *results.parse_results(str(tmp_path / "results" / "run"), "made"), tmp_path / "data"
    )
    kept = scores[scores["rand_setting"] == "predictions"]
    normalized = kept.groupby("algorithm")["Pearson: normalized"].mean()
    error = scores[scores["algorithm"] == "GenomodelPerDrugRidge"].groupby("rand_setting")["RMSE"].mean()
    record_property(
        "shown",
        f"drevalpy on made data: normalized Pearson {normalized.round(3).to_dict()}; RMSE {error.round(3).to_dict()}",
    )
    ours = normalized["GenomodelPerDrugRidge"]
    assert ours > normalized["NaiveTissueDrugMeanPredictor"] + 0.05
    assert ours > normalized["NaiveDrugMeanPredictor"] + 0.05
    assert error["randomize-SVRC-genotype"] > error["predictions"] + 0.05
    assert error["randomize-SVRC-tissue"] > error["predictions"] + 0.05
