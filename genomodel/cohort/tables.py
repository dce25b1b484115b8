"""Reading sheets so that every complaint names file, row, column and value."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from genomodel.core.errors import InputError, each_of, raise_collected
from genomodel.core.patients import purity_fix
from genomodel.files import read_text


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One data row: where it stands and its non-empty values."""

    path: Path
    number: int
    values: Mapping[str, str]

    def get(self, column: str) -> str | None:
        """Return the value of a column, ``None`` where the cell is empty or the column absent."""
        return self.values.get(column)

    def error(self, what: str, column: str | None = None, fix: str | None = None) -> InputError:
        """Return an error that points at this row."""
        return InputError(what, path=self.path, row=self.number, column=column, fix=fix)


@cache
def load_schema(name: str) -> dict[str, Any]:
    """Return a sheet's JSON schema by name, ``patients`` or ``samples``."""
    text = (files("genomodel.cohort") / "schemas" / f"{name}.schema.yaml").read_text(encoding="utf-8")
    schema: dict[str, Any] = yaml.safe_load(text)
    return schema


def read_sheet(
    path: str | Path, schema_name: str, check: Callable[[SheetRow], None] = lambda row: None
) -> list[SheetRow]:
    """Read and validate a tab-separated sheet; lines that start with ``#`` are comments.

    Parameters
    ----------
    path
        The sheet.
    schema_name
        Its schema, ``patients`` or ``samples``.
    check
        Raises what is wrong with a row beside what its schema says. It is asked only where the schema is broken, so
        that all faults are told together; else the caller asks.

    Raises
    ------
    InputError
        Wrong delimiter, unknown, missing or repeated column, ragged row, or values that break the schema; all that is
        wrong with the rows is reported in one go.
    """
    path = Path(path)
    text = read_text(path, f"{schema_name} sheet")
    lines = [(n, line) for n, line in enumerate(lines_of(text), start=1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise InputError(
            "the sheet has no header", path=path, fix="The first line names the columns, separated by tabs"
        )
    schema = load_schema(schema_name)
    header = _header(path, lines[0][0], lines[0][1], schema)
    rows, errors = [], []
    for number, line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != len(header):
            errors.append(
                InputError(
                    f"{len(cells)} cells where the header has {len(header)}",
                    path=path,
                    row=number,
                    fix="Separate cells by one tab each; leave absent values empty",
                )
            )
            continue
        values = {column: cell.strip() for column, cell in zip(header, cells, strict=True) if cell.strip()}
        row = SheetRow(path, number, values)
        errors.extend(_schema_errors(row, schema))
        rows.append(row)
    if errors:
        errors = sorted([*errors, *_found_by(check, rows)], key=lambda error: error.row or 0)
    raise_collected(errors)
    if not rows:
        raise InputError(
            "the sheet has a header and no rows", path=path, fix=f"Add one row for each of the {schema_name}"
        )
    return rows


def _found_by(check: Callable[[SheetRow], None], rows: list[SheetRow]) -> Iterator[InputError]:
    for row in rows:
        try:
            check(row)
        except InputError as error:
            yield from each_of(error)


def lines_of(text: str) -> list[str]:
    """Return the lines of a table; signs that only :meth:`str.splitlines` takes for an end stay in their cell."""
    return re.split(r"\r\n|\n|\r", text)


def _header(path: Path, row: int, line: str, schema: dict[str, Any]) -> list[str]:
    known = list(schema["properties"])
    header = [cell.strip() for cell in line.split("\t")]
    if len(header) == 1 and any(separator in line for separator in ",;"):
        raise InputError(
            f"the columns are not separated by tabs: '{line[:60]}'",
            path=path,
            row=row,
            fix="Save the sheet as tab-separated",
        )
    for column in header:
        if column not in known:
            near = difflib.get_close_matches(column, known, n=1)
            hint = f"Did you mean '{near[0]}'? " if near else ""
            raise InputError(
                "unknown column", path=path, row=row, column=column, fix=f"{hint}Known: {', '.join(known)}"
            )
        if header.count(column) > 1:
            raise InputError("the column is there more than once", path=path, row=row, column=column)
    for column in schema["required"]:
        if column not in header:
            raise InputError("the column is missing", path=path, row=row, column=column, fix="Add it to the header")
    return header


def _schema_errors(row: SheetRow, schema: dict[str, Any]) -> Iterator[InputError]:
    for problem in sorted(Draft202012Validator(schema).iter_errors(dict(row.values)), key=lambda e: str(e.path)):
        if problem.validator == "required":
            column = next(name for name in schema["required"] if name not in row.values)
            yield row.error("the value is missing", column, schema["properties"][column].get("description"))
        elif problem.validator == "dependentRequired":
            missing = next(name for name in ("fastq_1", "fastq_2") if name not in row.values)
            yield row.error("one file of the pair is missing", missing, "Give both fastq_1 and fastq_2")
        else:
            column = str(problem.path[0])
            rule = schema["properties"][column]
            fix = f"One of: {', '.join(rule['enum'])}" if "enum" in rule else rule.get("description")
            if column == "purity":
                fix = purity_fix(row.values[column])
            yield row.error(f"'{row.values[column]}' is not allowed", column, fix)
