"""What people see when what they give is wrong: each text names the place and the remedy."""

from __future__ import annotations

import json
import math
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.errors import InputError
from genomodel.core.profile import TumorAlterations
from genomodel.response.bundle import load_bundle, released_folder
from genomodel.response.dataset import ResponseData
from genomodel.response.sources import read_responses
from tests.response.test_bundle import rehash

HEADER = "CELL_LINE_NAME,DRUG_NAME,LN_IC50\n"
Shown = Callable[[str, object], None]


def response_table(folder: Path, text: str) -> Path:
    path = folder / "r.csv"
    path.write_text(HEADER + text)
    return path


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("A,D,1.0\nB,D,low\n", "row 3, column 'LN_IC50': 'low' is not a number. Give the natural logarithm"),
        ("A,D,1.0\nB,D,inf\n", "row 3, column 'LN_IC50': 'inf' is not a finite number. Give the natural logarithm"),
        ("A,D,\n", "row 2, column 'LN_IC50': '' is not a number. Give the natural logarithm"),
        (",D,1.0\n", "row 2, column 'CELL_LINE_NAME': the name is empty. Fill it in"),
        ("A,D,1\nA, ,1.0\n", "row 3, column 'DRUG_NAME': the name is empty. Fill it in"),
        (
            "A,D,1.0\nB,D,2.0\nA,E,2.0\nA,D ,1.5\n",
            "row 5: line 'A' and drug 'D' are there again, first in row 2; rows that repeat a pair: 1. Keep one row",
        ),
    ],
)
def test_response_table_is_refused_at_its_row(tmp_path: Path, rows: str, text: str, record_property: Shown) -> None:
    path = response_table(tmp_path, rows)
    with pytest.raises(InputError) as caught:
        read_responses(path, replicates="refuse")
    record_property("shown", f"bad response table: {caught.value.message.replace(str(tmp_path), '...')}")
    assert str(path) in caught.value.message
    assert text in caught.value.message


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("DE"), st.floats(-9, 9)), min_size=1, max_size=8))
def test_pairs_are_refused_only_when_repeated(rows: list[tuple[str, str, float]]) -> None:
    import tempfile  # noqa: PLC0415  (a fixture's folder would be shared by all examples)

    with tempfile.TemporaryDirectory() as folder:
        path = response_table(Path(folder), "".join(f"{line},{drug},{value}\n" for line, drug, value in rows))
        pairs = [row[:2] for row in rows]
        averaged = read_responses(path)
        assert int(averaged["measurements"].sum()) == len(rows)
        for line, drug, mean, n in averaged.itertuples(index=False):
            known = [value for one, other, value in rows if (one, other) == (line, drug)]
            assert n == len(known)
            assert mean == pytest.approx(math.fsum(known) / n, abs=1e-9)
        if len(set(pairs)) == len(pairs):
            assert len(read_responses(path, replicates="refuse")) == len(rows)
        else:
            with pytest.raises(InputError, match="there again, first in row"):
                read_responses(path, replicates="refuse")


def changed(data: ResponseData, line: int, update: dict[str, object]) -> ResponseData:
    lines = list(data.lines)
    lines[line] = lines[line].model_copy(update=update)
    return replace(data, lines=tuple(lines))


def test_line_without_any_feature_is_named(made_data: ResponseData) -> None:
    nothing = TumorAlterations(id="L003", tissue="").model_dump()
    with pytest.raises(InputError, match=r"cell line 'L003' has no feature.*or leave it out"):
        changed(made_data, 3, nothing)


def test_line_with_a_tissue_only_is_kept(made_data: ResponseData) -> None:
    little = TumorAlterations(id="L003", tissue="skin").model_dump()
    assert changed(made_data, 3, little).lines[3].mutation_genes is None


def test_line_without_response_is_named(made_data: ResponseData) -> None:
    responses = made_data.ln_ic50.copy()
    responses[5] = np.nan
    with pytest.raises(InputError, match=r"cell line 'L005' has no response\. Leave"):
        replace(made_data, ln_ic50=responses)


def test_line_that_is_there_twice_is_refused(made_data: ResponseData) -> None:
    with pytest.raises(InputError, match="a cell line is there twice"):
        changed(made_data, 3, {"id": "L004"})


def test_infinite_response_is_named(made_data: ResponseData) -> None:
    responses = made_data.ln_ic50.copy()
    responses[7, 1] = -np.inf
    with pytest.raises(InputError, match=r"cell line 'L007' to 'PLX-4720\|GDSC2' is infinite"):
        replace(made_data, ln_ic50=responses)


def drop_feature(folder: Path) -> None:
    path = folder / "features.tsv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


def change_config(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "drugs": config["drugs"][1:]}))


def torch_checkpoint(folder: Path) -> None:
    torch.save({"weights": torch.ones(3)}, folder / "model.safetensors")


def python_pickle(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(pickle.dumps({"weights": [1.0]}))


def other_format(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "format": 99}))


def rename_to_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model.pkl")


def no_json(folder: Path) -> None:
    (folder / "card.json").write_text("name: lowrank\n")


@pytest.mark.parametrize(
    ("spoil", "hashes_mended", "texts"),
    [
        (drop_feature, False, ("features.tsv", "file has SHA-256", "Copy the whole bundle again")),
        (drop_feature, True, ("features.tsv lists", "the weights in model.safetensors are for", "Copy the whole")),
        (change_config, True, ("config.json lists", "drugs, the weights in model.safetensors are for")),
        (torch_checkpoint, True, ("model.safetensors", "PyTorch checkpoint", "pickled models are refused because")),
        (python_pickle, True, ("model.safetensors", "Python pickle", "pickled models are refused because")),
        (python_pickle, False, ("model.safetensors", "file has SHA-256", "Copy the whole bundle again")),
        (other_format, False, ("card.json", "format 99 cannot be read", "install the version of genomodel")),
        (rename_to_pickle, False, ("model.safetensors", "does not exist", "Check the path")),
        (no_json, False, ("card.json", "not JSON")),
    ],
)
def test_spoilt_bundle_is_refused_with_the_remedy(
    tmp_path: Path, spoil: Callable[[Path], None], hashes_mended: bool, texts: tuple[str, ...], record_property: Shown
) -> None:
    folder = Path(shutil.copytree(released_folder(), tmp_path / "bundle"))
    spoil(folder)
    if hashes_mended:
        rehash(folder)
    with pytest.raises(InputError) as caught:
        load_bundle(folder)
    message = caught.value.message
    record_property("shown", f"bad bundle, {spoil.__name__}: {message.replace(str(tmp_path), '...')}")
    assert str(folder) in message
    for text in texts:
        assert text in message


def test_loading_a_pickle_runs_nothing(tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str, ...]]:
            return (Path.touch, (Path(tmp_path / "ran"),))  # type: ignore[return-value]

    folder = Path(shutil.copytree(released_folder(), tmp_path / "bundle"))
    (folder / "model.safetensors").write_bytes(pickle.dumps(Harmful()))
    rehash(folder)
    with pytest.raises(InputError, match="Python pickle"):
        load_bundle(folder)
    assert not (tmp_path / "ran").exists()
