"""Pickled tables are read without running them, and each line gets its own key or none."""

from __future__ import annotations

import io
import os
import pickle
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.response.dataset import load_data
from genomodel.response.identity import spelling
from genomodel.response.line_tables import (
    Events,
    LineTensors,
    match_keys,
    read_line_tensors,
    read_tensor_table,
    segment_events,
    shallow_states,
)
from genomodel.response.lines import build_lines
from genomodel.response.sources import RawTables, read_sources

GOOD = pickle.dumps({name: torch.tensor([1.0, 0.0, -1.0]) for name in ("A549", "HCT116")})
AMPLIFICATION, DEEP_DELETION = CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION


def test_table_of_tensors_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.pkl"
    path.write_bytes(GOOD)
    table = read_tensor_table(path, 3)
    assert sorted(table) == ["A549", "HCT116"]
    assert table["A549"].tolist() == [1.0, 0.0, -1.0]
    assert table["A549"].dtype == np.float32


class Runs:
    """Runs a command when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch '{self.marker}'",)


class LoadsTensor:
    """Hides pickled bytes where the bytes of a tensor are to be."""

    def __init__(self, stored: bytes) -> None:
        self.stored = stored

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        return torch.storage._load_from_bytes, (self.stored,)


def inside_a_checkpoint(marker: Path) -> bytes:
    stored = io.BytesIO()
    torch.save(Runs(marker), stored, _use_new_zipfile_serialization=False)
    return pickle.dumps({"A549": LoadsTensor(stored.getvalue())})


@pytest.mark.parametrize(
    "harmful",
    [
        lambda marker: pickle.dumps(Runs(marker)),
        lambda marker: pickle.dumps({"A549": Runs(marker)}, protocol=0),
        lambda marker: pickle.dumps({"A549": torch.ones(3), "HCT116": Runs(marker)}),
        inside_a_checkpoint,
    ],
)
def test_pickle_that_would_run_a_command_is_refused_and_runs_nothing(
    tmp_path: Path, harmful: Callable[[Path], bytes]
) -> None:
    path, marker = tmp_path / "t.pkl", tmp_path / "ran"
    path.write_bytes(harmful(marker))
    with pytest.raises(InputError, match=r"t\.pkl.*not a table of tensors.*Fetch the file again") as caught:
        read_tensor_table(path, 3)
    assert "weights_only" not in caught.value.message
    assert not marker.exists()
    pickle.loads(pickle.dumps(Runs(marker)))
    assert marker.exists(), "the command itself must work, or the test shows nothing"


@pytest.mark.parametrize("name", ["eval", "exec", "getattr", "open", "__import__"])
def test_builtins_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "t.pkl"
    path.write_bytes(f"cbuiltins\n{name}\n.".encode())
    with pytest.raises(InputError, match=rf"it asks for builtins\.{name}"):
        read_tensor_table(path, 3)


@pytest.mark.parametrize("value", [[torch.ones(3)], {"A549": "text"}, {"A549": None}, {"A549": {}}, 5])
def test_pickle_of_something_else_is_refused(tmp_path: Path, value: object) -> None:
    path = tmp_path / "t.pkl"
    path.write_bytes(pickle.dumps(value))
    with pytest.raises(InputError):
        read_tensor_table(path, 3)


@pytest.mark.parametrize("n_genes", [2, 4])
def test_table_for_other_genes_is_refused_with_the_line_named(tmp_path: Path, n_genes: int) -> None:
    path = tmp_path / "t.pkl"
    path.write_bytes(GOOD)
    with pytest.raises(InputError, match=f"line 'A549' has 3 values, the gene list {n_genes} genes"):
        read_tensor_table(path, n_genes)


@pytest.mark.parametrize("length", [0, 1, 50, len(GOOD) // 2, len(GOOD) - 1])
def test_truncated_file_is_refused(tmp_path: Path, length: int) -> None:
    path = tmp_path / "t.pkl"
    path.write_bytes(GOOD[:length])
    with pytest.raises(InputError, match="not a table of tensors"):
        read_tensor_table(path, 3)


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_file_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]]
) -> None:
    damaged = bytearray(GOOD)
    for position, value in damage:
        damaged[position] = value
    path = tmp_path_factory.mktemp("damaged") / "t.pkl"
    path.write_bytes(damaged)
    try:
        table = read_tensor_table(path, 3)
    except InputError:
        return
    assert all(vector.shape == (3,) for vector in table.values())


def test_gene_list_and_tables_belong_together(tmp_path: Path) -> None:
    genes, table = tmp_path / "genes.txt", tmp_path / "t.pkl"
    genes.write_text("KRAS\nMYC\nTP53\n")
    table.write_bytes(GOOD)
    found = read_line_tensors(genes, table, table)
    assert found.genes == ("KRAS", "MYC", "TP53")
    assert shallow_states(found.copy_number["A549"], found.genes, {"KRAS", "TP53", "EGFR"}) == {
        "KRAS": CopyNumberState.GAIN,
        "TP53": CopyNumberState.LOSS,
    }
    genes.write_text("KRAS\nMYC\n")
    with pytest.raises(InputError, match="the gene list 2 genes"):
        read_line_tensors(genes, table, table)


def test_named_segments_are_events_of_their_genes() -> None:
    columns = ["TP53_mut", "gain_cnaPANCAN301_(CDK12,ERBB2,MED24)", "loss_cnaPANCAN7_(SMARCA4)", "loss_cnaPANCAN417"]
    assert segment_events(columns) == {
        columns[1]: (("CDK12", AMPLIFICATION), ("ERBB2", AMPLIFICATION), ("MED24", AMPLIFICATION)),
        columns[2]: (("SMARCA4", DEEP_DELETION),),
    }


GENES = tuple(f"G{i}" for i in range(40))


@cache
def made_tensors() -> LineTensors:
    """200 keys whose copy number is drawn at random, two of them with names in the forms that lines have."""
    rng = np.random.default_rng(0)
    names = ["HCT116", "NCIH23", *(f"K{i}" for i in range(198))]
    copies = {name: rng.choice([-1.0, 0.0, 1.0], len(GENES)).astype(np.float32) for name in names}
    return LineTensors(GENES, copies, {})


def events_of(key: str, n: int = 12) -> Events:
    """Some of what the table says of a key, as another table would say it."""
    vector = made_tensors().copy_number[key]
    altered = [i for i in range(len(GENES)) if vector[i]][:n]
    return tuple((GENES[i], AMPLIFICATION if vector[i] > 0 else DEEP_DELETION) for i in altered)


def opposite(events: Events) -> Events:
    return tuple((gene, DEEP_DELETION if state is AMPLIFICATION else AMPLIFICATION) for gene, state in events)


@pytest.mark.parametrize(
    ("name", "events", "found"),
    [
        ("HCT-116", events_of("HCT116"), ("HCT116", "confirmed")),
        ("H23", events_of("NCIH23"), ("NCIH23", "confirmed")),
        ("NCI-H23", events_of("NCIH23"), ("NCIH23", "confirmed")),
        ("HCT-116", (), ("HCT116", "neutral")),
        ("HCT-116", events_of("HCT116", 2), ("HCT116", "neutral")),
        ("HCT-116", (*events_of("HCT116", 2), *opposite(events_of("HCT116"))[2:4]), ("HCT116", "neutral")),
        ("HCT-116", opposite(events_of("HCT116")), (None, "rejected")),
        ("nobody", events_of("HCT116"), (None, "none")),
    ],
)
def test_a_name_proposes_a_key_and_copy_number_decides(
    name: str, events: Events, found: tuple[str | None, str]
) -> None:
    assert match_keys([[name]], [events], made_tensors()) == [found]


def test_genes_that_the_table_does_not_have_decide_nothing() -> None:
    strange: Events = tuple((f"X{i}", AMPLIFICATION) for i in range(9))
    assert match_keys([["HCT-116"]], [strange], made_tensors()) == [("HCT116", "neutral")]


def test_among_two_candidates_the_one_that_fits_is_taken() -> None:
    tensors = made_tensors()
    both = LineTensors(GENES, {**tensors.copy_number, "H23": tensors.copy_number["K5"]}, {})
    assert match_keys([["NCI-H23"]], [events_of("NCIH23")], both) == [("NCIH23", "confirmed")]
    assert match_keys([["NCI-H23"]], [events_of("K5")], both) == [("H23", "confirmed")]
    assert match_keys([["NCI-H23"]], [()], both) == [(None, "rejected")]


@given(
    st.lists(
        st.tuples(st.sampled_from(["HCT-116", "HCT 116", "H23", "NCI-H23", "K1", "K-1", "other"]), st.integers(0, 9)),
        max_size=8,
    )
)
def test_no_key_is_given_twice(lines: list[tuple[str, int]]) -> None:
    events = [events_of("HCT116", n) if n % 2 else events_of("K1", n) for _, n in lines]
    found = match_keys([[name] for name, _ in lines], events, made_tensors())
    given_keys = [key for key, _ in found if key is not None]
    assert len(given_keys) == len(set(given_keys))
    assert all((key is None) == (status in {"rejected", "none"}) for key, status in found)
    for (name, _), (key, _) in zip(lines, found, strict=True):
        assert key is None or spelling(key).removeprefix("NCI") == spelling(name).removeprefix("NCI")


@pytest.fixture(scope="module")
def real_tables(shared_data: Path) -> RawTables:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENOMODEL_MIRROR", str(shared_data))
        try:
            return read_sources()
        except InputError as error:
            pytest.skip(f"training tables cannot be had: {error}")


@pytest.fixture(scope="module")
def real_keys(real_tables: RawTables) -> dict[str, tuple[int, str | None, str]]:
    """COSMIC identifier, key and how it was found, by line."""
    data = load_data(real_tables)
    names = [line.id for line in data.lines]
    _, _, keys = build_lines(names, dict(zip(names, data.cosmic_ids, strict=True)), real_tables)
    return {name: (cosmic, *key) for name, cosmic, key in zip(names, data.cosmic_ids, keys, strict=True)}


@pytest.mark.slow
def test_real_losses_of_smarca4_are_losses_in_both_tables(
    real_tables: RawTables,
    real_keys: dict[str, tuple[int, str | None, str]],
    record_property: Callable[[str, object], None],
) -> None:
    """By the name alone, for the segment itself takes part in accepting a key."""
    (column,) = (name for name in real_tables.features_v17.columns if name.endswith("_(SMARCA4)"))
    tensors = real_tables.tensors
    position = tensors.genes.index("SMARCA4")
    spelled = {spelling(key): vector for key, vector in tensors.copy_number.items()}
    lost, usual = [], []
    for name, (cosmic, _, _) in real_keys.items():
        if spelling(name) in spelled:
            listed = lost if real_tables.features_v17.loc[cosmic, column] else usual
            listed.append(float(spelled[spelling(name)][position]))
    record_property(
        "shown",
        f"SMARCA4: {lost.count(-1.0)} of {len(lost)} lines with the segment lost have a loss in the tensors, "
        f"{np.mean(np.array(usual) == -1.0):.0%} of the others",
    )
    assert len(lost) >= 15
    assert lost.count(-1.0) >= 0.95 * len(lost)
    assert np.mean(np.array(usual) == -1.0) < 0.5


@pytest.mark.slow
def test_real_lines_whose_stripped_names_collide_share_no_key(
    real_keys: dict[str, tuple[int, str | None, str]],
) -> None:
    assert real_keys["TT"][1:] == ("TT", "confirmed")
    assert real_keys["T-T"][1:] == (None, "rejected")
    assert real_keys["KM-H2"][1:] == ("KMH2", "confirmed")
    assert real_keys["KMH-2"][1:] == (None, "rejected")
    used = Counter(key for _, key, _ in real_keys.values() if key is not None)
    assert max(used.values()) == 1
    assert len(used) >= 900
