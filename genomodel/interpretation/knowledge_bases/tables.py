"""Reading the tables of knowledge bases: every flaw named by row and column, all of a file at once."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.core.errors import InputError, raise_collected
from genomodel.files import read_text

MANY_ERRORS = 50
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|&(?:[A-Za-z]{2,8}|#\d+);")
_FORMULA = re.compile(r"[=@\t\r]|[+-](?=[A-Za-z(=@]|[0-9.,]+ *[-+*/^&=<>(])")


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows by column, with the number of the line that each starts on."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    lines: tuple[int, ...]


def read_table(path: Path, what: str, renamed: Mapping[str, str] | None = None) -> Table:
    """Read a tab-separated table with doubled quotes; a byte-order mark and any line ends are taken.

    Parameters
    ----------
    path
        The file, plain or gzipped.
    what
        What the file is, for messages.
    renamed
        Names that other releases give a column, by those that are asked for here.

    Raises
    ------
    InputError
        The file is empty, not UTF-8, cut off, has a column twice, or rows of another number of columns: all of them.
    """
    reader = csv.reader(io.StringIO(read_text(path, what), newline=""), delimiter="\t", strict=True)
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    errors: list[InputError] = []
    columns: tuple[str, ...] = ()
    start = 1
    try:
        for values in reader:
            if not columns:
                columns = _header(path, values, renamed or {})
            elif len(values) != len(columns):
                errors.append(_wrong_width(path, start, len(values), len(columns)))
            else:
                rows.append(dict(zip(columns, values, strict=True)))
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        fix = "Fetch or copy the file again; it looks cut off, or was saved by a program that changes quotes"
        errors.append(InputError(f"the {what} cannot be read ({error})", path=path, row=start, fix=fix))
    if columns and not rows and not errors:
        errors.append(InputError(f"the {what} has a header and no rows", path=path, fix="Fetch it again"))
    raise_collected(first_errors(errors))
    return Table(path, columns, tuple(rows), tuple(lines))


def _header(path: Path, values: Sequence[str], renamed: Mapping[str, str]) -> tuple[str, ...]:
    names = [renamed.get(name.strip(), name.strip()) for name in values]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"columns given twice: {', '.join(twice)}", path=path, row=1)
    return tuple(names)


def _wrong_width(path: Path, row: int, found: int, expected: int) -> InputError:
    fix = "If it is the last row the file is cut off: fetch it again" if found < expected else "Remove the extra tabs"
    return InputError(f"{found} columns where the header has {expected}", path=path, row=row, fix=fix)


def first_errors(errors: list[InputError]) -> list[InputError]:
    """Return the first errors of many, with the number of those left out as the last one."""
    if len(errors) <= MANY_ERRORS:
        return errors
    return [*errors[:MANY_ERRORS], InputError(f"{len(errors) - MANY_ERRORS} more errors of this file are not listed")]


def missing_columns(table: Table, wanted: Collection[str], what: str) -> list[InputError]:
    """Return an error for each column that the table lacks, with the name it may have been given instead."""
    extra = [name for name in table.columns if name not in wanted]
    errors = []
    for name in wanted:
        if name in table.columns:
            continue
        near = difflib.get_close_matches(name, extra, n=1, cutoff=0.6)
        fix = f"Was it renamed to '{near[0]}'? This release is not of a known layout" if near else None
        errors.append(InputError(f"the {what} has no such column", path=table.path, row=1, column=name, fix=fix))
    return errors


def duplicated(table: Table, column: str) -> list[InputError]:
    """Return an error for each row whose id an earlier row has."""
    first: dict[str, int] = {}
    errors = []
    for row, line in zip(table.rows, table.lines, strict=True):
        value = row[column].strip()
        if value in first:
            what = f"'{value}' is the id of row {first[value]} already"
            errors.append(InputError(what, path=table.path, row=line, column=column))
        first.setdefault(value, line)
    return errors


def has_markup(text: str) -> bool:
    """Whether a text holds an HTML tag or entity; ``p<0.05`` is none."""
    return ("<" in text or "&" in text) and _TAG.search(text) is not None


def is_formula(text: str) -> bool:
    """Whether a spreadsheet takes a text for a formula: it starts with ``=``, ``@``, or a sign that is no number's."""
    return bool(text) and text[0] in "=@+-\t\r" and _FORMULA.match(text) is not None


def plain(text: str) -> str:
    """Return a text on one line without HTML tags."""
    cleaned = _TAG.sub(" ", text) if has_markup(text) else text
    return re.sub(r"\s+", " ", cleaned).strip()


def spreadsheet_safe(text: str) -> str:
    """Return a text for a table that may be opened in a spreadsheet: a formula is written as text."""
    return f"'{text}" if is_formula(text) else text
