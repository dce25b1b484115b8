"""A hospital's own table, with the columns of the core's evidence table; every flaw of every row is named."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from genomodel.core.errors import InputError, raise_collected
from genomodel.core.findings import VariantOrigin
from genomodel.core.knowledge import Statement
from genomodel.core.provenance import Version
from genomodel.files import sha256_of
from genomodel.interpretation.knowledge import (
    DATE,
    DIRECTIONS,
    EVIDENCE_TABLE,
    LEVELS,
    REQUIRED,
    SCOPES,
    TIERS,
    statement_of_row,
)
from genomodel.interpretation.knowledge_bases.loaded import Card, Loaded
from genomodel.interpretation.knowledge_bases.tables import (
    Table,
    duplicated,
    first_errors,
    has_markup,
    is_formula,
    missing_columns,
    read_table,
)
from genomodel.resources.oncotree import resolve_tumor_type

OPTIONAL = ("xrefs", "differs")
_VOCABULARIES: dict[str, tuple[str, ...]] = {
    "scope": SCOPES,
    "tier": (*TIERS, ""),
    "level": LEVELS,
    "origin": tuple(VariantOrigin),
    "evidence_type": tuple(DIRECTIONS),
    "direction": tuple(dict.fromkeys(direction for listed in DIRECTIONS.values() for direction in listed)),
}


def columns() -> tuple[str, ...]:
    """Return the columns of the core's table, which are those of a hospital's."""
    with EVIDENCE_TABLE.open(encoding="utf-8", newline="") as handle:
        return tuple(next(csv.reader(handle, delimiter="\t")))


def load_hospital(paths: Sequence[Path], version: Version | None = None) -> Loaded:
    """Read a table of the core's columns.

    Raises
    ------
    InputError
        With every flaw found: columns, repeated ids, values outside their vocabulary, tumor types that are none, HTML
        or formulas in the text, clauses that are no rule.
    """
    if len(paths) != 1:
        raise InputError(f"{len(paths)} files where a hospital's table is one")
    table = read_table(paths[0], "table of statements")
    wanted = [name for name in columns() if name not in OPTIONAL]
    raise_collected(missing_columns(table, wanted, "table of statements"))
    errors = duplicated(table, "id")
    statements: list[Statement] = []
    for row, line in zip(table.rows, table.lines, strict=True):
        flaws = [*_flaws(row)]
        if not flaws:
            try:
                statements.append(_statement(row))
            except InputError as error:
                flaws.append(error)
        errors += [InputError(f.what, path=table.path, row=line, column=f.column, fix=f.fix) for f in flaws]
    raise_collected(first_errors(errors))
    return Loaded(
        version=version or _version(table),
        statements=tuple(statements),
        n_rows=len(table.rows),
        cards=tuple(card_of_statement(statement) for statement in statements),
    )


def _statement(row: dict[str, str]) -> Statement:
    statement = statement_of_row(dict.fromkeys(OPTIONAL, "") | row, tier_may_be_blank=True)
    evidence = statement.evidence.model_copy(update={"knowledge_base": "hospital"})
    return statement.model_copy(update={"evidence": evidence})


def _flaws(row: dict[str, str]) -> list[InputError]:
    flaws = [InputError("the value is missing", column=name) for name in REQUIRED if not row[name].strip()]
    for name, allowed in _VOCABULARIES.items():
        if row[name] not in allowed:
            fix = f"Allowed: {', '.join(value for value in allowed if value)}"
            flaws.append(InputError(f"'{row[name]}' is not allowed", column=name, fix=fix))
    for name in ("approved", "withdrawn"):
        if row[name] and not DATE.fullmatch(row[name]):
            flaws.append(InputError(f"'{row[name]}' is no date", column=name, fix="Write it as 2024-05-16, or 2024-05"))
    checks: tuple[tuple[Callable[[str], bool], str, str], ...] = (
        (has_markup, "the text holds HTML", "Write it as plain text"),
        (is_formula, "the text starts like a spreadsheet's formula", "Start it with a letter or a number"),
    )
    for name, value in row.items():
        flaws += [InputError(what, column=name, fix=fix) for test, what, fix in checks if test(value)]
    for name in ("tumor_types", "excluded_tumor_types"):
        for code in filter(None, (part.strip() for part in row[name].split(";"))):
            try:
                resolve_tumor_type(code)
            except InputError as error:
                flaws.append(InputError(error.what, column=name, fix=error.fix))
    return flaws


def card_of_statement(statement: Statement) -> Card:
    """Return a statement as a card, for sources whose rows all are statements."""
    evidence = statement.evidence
    return Card(
        id=evidence.id,
        profile=evidence.biomarker,
        disease=evidence.tumor_type_text,
        therapies=evidence.therapies or tuple(part.strip() for part in evidence.therapy.split(" + ") if part.strip()),
        level=evidence.level or statement.tier,
        direction=f"{'supports' if evidence.supports else 'does not support'} {evidence.direction.value}",
    )


def _version(table: Table) -> Version:
    last = max(row["source_date"] for row in table.rows)
    return Version(
        name=f"hospital ({table.path.name})",
        version=f"of {last}",
        kind="knowledge",
        licence="of whoever made the table",
        sha256=sha256_of(table.path),
        date=last,
    )
