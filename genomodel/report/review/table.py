"""The table that reviewers fill in, ``<patient>.review.tsv``: one row for each finding."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path

from genomodel.core.errors import InputError, raise_collected
from genomodel.core.laboratory import Person
from genomodel.core.review import ReviewDecision, ReviewEntry
from genomodel.files import read_text, require_file, write_text
from genomodel.report.review.moment import FIX as TIME_FIX
from genomodel.report.review.moment import read_moment

SUFFIX = ".review.tsv"
TIERS = ("I-A", "I-B", "II-C", "II-D", "III", "IV")
_DECISIONS = {decision.value: decision for decision in ReviewDecision}
_GUARDED = re.compile(r"[=+\-@']|[0-9][0-9.,:/eE+ -]*\Z")
"""A cell that a spreadsheet would take for a formula, number or date, or for the mark that keeps it from doing so."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One row of the table as it is written; an empty decision means that nobody decided yet."""

    patient: str
    variant: str
    label: str
    computed_tier: str = ""
    decision: str = ""
    tier: str = ""
    comment: str = ""
    person: str = ""
    time: str = ""

    @property
    def entry(self) -> ReviewEntry | None:
        """The decision, ``None`` before there is one; a tier that is the computed one counts as confirmed."""
        if not self.decision:
            return None
        cells = {name: getattr(self, name) for name in COLUMNS if name != "patient"}
        tier = "" if self.tier == self.computed_tier else self.tier
        return ReviewEntry(**cells | {"decision": _DECISIONS[self.decision], "tier": tier})


COLUMNS = tuple(field.name for field in fields(ReviewRow))


@dataclass(frozen=True, slots=True)
class ReviewTable:
    """A table as it was read."""

    rows: tuple[ReviewRow, ...] = ()
    sha256: str = ""
    """Of the file; empty where there is none."""

    @property
    def entries(self) -> tuple[ReviewEntry, ...]:
        """The decisions, in the order of the table."""
        return tuple(entry for row in self.rows if (entry := row.entry) is not None)


NO_TABLE = ReviewTable()


def review_path(folder: Path, patient: str) -> Path:
    """Return where a patient's table lies among the others."""
    return folder / f"{patient}{SUFFIX}"


def read_review(path: str | Path, patient: str, persons: Sequence[Person] | None = None) -> ReviewTable:
    """Read a table, as ``genomodel review`` or a spreadsheet wrote it.

    Parameters
    ----------
    path
        Tab-separated text; line ends of any system, a byte order mark and quotes are taken as they come.
    patient
        Whose decisions are wanted: those on another patient are a fault, for the same variant may be in both.
    persons
        Those who may review; ``None`` where that is asked later.

    Raises
    ------
    InputError
        The file is missing, or no such table; all wrong cells are named together, each with row, column and value.
    """
    rows = _rows(_text(path), path)
    errors: list[InputError] = []
    known = None if persons is None else [person.id for person in persons]
    found: list[ReviewRow] = []
    lines: dict[str, int] = {}
    for number, cells in rows:
        wrong = list(_faults(cells, known))
        if cells["patient"] and cells["patient"] != patient:
            fix = "Decide in the table of that patient; genomodel review writes one for each"
            wrong.append(("patient", f"the row is of patient '{cells['patient']}', and the table of '{patient}'", fix))
        if (first := lines.setdefault(cells["variant"], number)) != number:
            wrong.append(
                (
                    "variant",
                    f"'{cells['variant']}' is already in row {first}",
                    "Keep the row that holds, delete the other",
                )
            )
        errors += [InputError(what, path=path, row=number, column=column, fix=fix) for column, what, fix in wrong]
        found.append(ReviewRow(**cells | {"patient": patient}))
    raise_collected(errors)
    return ReviewTable(rows=tuple(found), sha256=hashlib.sha256(Path(path).read_bytes()).hexdigest())


def write_review(path: Path, rows: Iterable[ReviewRow]) -> None:
    """Write a table in one step; cells that a spreadsheet would calculate are marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_guarded(getattr(row, name)) for name in COLUMNS])
    write_text(path, out.getvalue())


def _guarded(cell: str) -> str:
    return f"'{cell}" if _GUARDED.match(cell) else cell


def _bare(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and _GUARDED.match(text[1:]) else text


def _text(path: str | Path) -> str:
    """Return the text of a table; as "Unicode Text" a spreadsheet writes UTF-16, which its byte order mark tells."""
    raw = require_file(path, "review table").read_bytes()
    if not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return read_text(path, "review table")
    try:
        return raw.decode("utf-16")
    except UnicodeDecodeError as error:
        raise InputError("the review table is truncated or damaged", path=path, fix="Save it again") from error


def _rows(text: str, path: str | Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows that are not blank as cells by column, each with the line it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
    found: list[tuple[int, dict[str, str]]] = []
    header: list[str] | None = None
    try:
        begins = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if header is None:
                    header = _header(cells, path, begins)
                else:
                    found.append((begins, _by_column(cells, header, path, begins)))
            begins = reader.line_num + 1
    except csv.Error as error:
        what = f"the row cannot be read ({error})"
        raise InputError(what, path=path, row=begins, fix="Close the quotes of the row, or take them out") from error
    if header is None:
        raise InputError("the review table has no header", path=path, fix=f"Columns: {', '.join(COLUMNS)}")
    return found


def _header(cells: Sequence[str], path: str | Path, row: int) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) == 1 and any(sign in names[0] for sign in ",;"):
        raise InputError(
            "the columns are parted by another sign than the tab", path=path, row=row, fix="Save as tab-delimited text"
        )
    for name in names:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1)
            hint = f"Did you mean '{near[0]}'? " if near else ""
            fix = f"{hint}Columns: {', '.join(COLUMNS)}"
            raise InputError(f"there is no column '{name}'", path=path, row=row, column=name or None, fix=fix)
        if names.count(name) > 1:
            raise InputError("the column is there twice", path=path, row=row, column=name, fix="Delete one of them")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        fix = "genomodel review writes the table with all its columns"
        raise InputError(f"the column '{missing[0]}' is missing", path=path, row=row, column=missing[0], fix=fix)
    return names


def _by_column(cells: Sequence[str], header: Sequence[str], path: str | Path, row: int) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(header) :]):
        what = f"the row has {len(cells)} cells, and there are {len(header)} columns"
        raise InputError(what, path=path, row=row, fix="Put a comment with tabs or line ends into double quotes")
    filled = [*map(_bare, cells[: len(header)]), *[""] * (len(header) - len(cells))]
    found = dict(zip(header, filled, strict=True))
    upper = {name: found[name].upper() for name in ("computed_tier", "tier")}
    return found | upper | {"decision": found["decision"].lower()}


def _faults(cells: Mapping[str, str], known: Sequence[str] | None) -> Iterable[tuple[str, str, str]]:
    """Yield what is wrong with a row: column, what, and how to mend it."""
    for name in ("variant", "label"):
        if not cells[name]:
            yield name, "the cell is empty", "genomodel review writes one row for each finding"
    for name in COLUMNS:
        if _CONTROL.search(cells[name]):
            yield name, "the cell holds a sign that cannot be printed", "Type the cell again"
    for name in ("computed_tier", "tier"):
        if cells[name] and cells[name] not in TIERS:
            yield name, f"'{cells[name]}' is no tier", f"Write one of {', '.join(TIERS)}, or leave it empty"
    decision = cells["decision"]
    if decision and decision not in _DECISIONS:
        fix = f"Write {' or '.join(_DECISIONS)}, or leave it empty where nothing is decided yet"
        yield "decision", f"'{decision}' is no decision", fix
    elif decision:
        yield from _faults_of_decision(cells, known)
    elif given := [name for name in ("tier", "person", "time") if cells[name]]:
        yield "decision", f"the row has a {given[0]}, but no decision", f"Write {' or '.join(_DECISIONS)}"


def _faults_of_decision(cells: Mapping[str, str], known: Sequence[str] | None) -> Iterable[tuple[str, str, str]]:
    excluded = cells["decision"] == ReviewDecision.EXCLUDE
    changed = bool(cells["tier"]) and cells["tier"] != cells["computed_tier"]
    if excluded and cells["tier"]:
        yield "tier", f"what is excluded has no tier, and '{cells['tier']}' is given", "Empty the cell, or include it"
    if (excluded or changed) and not cells["comment"]:
        done = "excluded" if excluded else f"given tier {cells['tier']}"
        yield "comment", f"'{cells['label']}' is {done} without a reason", "Write the reason"
    if not cells["person"]:
        yield "person", "nobody is named who decided", "Write the id of a person of the laboratory file"
    elif known is not None and cells["person"] not in known:
        yield "person", f"'{cells['person']}' is unknown", persons_fix(cells["person"], known)
    try:
        read_moment(cells["time"])
    except ValueError as error:
        yield "time", str(error) if cells["time"] else "the time of the decision is missing", TIME_FIX


def persons_fix(given: str, known: Sequence[str]) -> str:
    """Say which persons there are."""
    if not known:
        return "The laboratory file names no persons: add them under 'persons', and name it with --laboratory"
    near = get_close_matches(given, known, n=1)
    hint = f"Did you mean '{near[0]}'? " if near else ""
    return f"{hint}The laboratory file names {', '.join(known)}"
