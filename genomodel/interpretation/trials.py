"""Clinical trials of a hospital's own list whose criteria a tumor meets.

The list is a tab-separated table with the columns ``id``, ``title``, ``status``, ``gene``, ``match``, ``tumor_types``,
``url`` and ``queried``. ``match`` is a rule in the grammar of the evidence table, its criteria of ``gene`` where they
name no other; ``tumor_types`` are OncoTree codes parted by semicolons, empty for any tumor; ``queried`` is the day on
which the register was asked. Nothing is searched anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from genomodel.core.biomarkers import Trial, TrialSearch
from genomodel.core.errors import InputError, raise_collected
from genomodel.core.findings import Finding
from genomodel.core.knowledge import Profile
from genomodel.core.patients import Patient
from genomodel.core.provenance import SourceFile
from genomodel.files import source_file
from genomodel.interpretation.knowledge_bases.tables import (
    duplicated,
    first_errors,
    has_markup,
    is_formula,
    missing_columns,
    read_table,
)
from genomodel.interpretation.matching import Truth, Tumor, evaluate, parse_rule
from genomodel.interpretation.matching.answers import Verdict
from genomodel.resources.gene_symbols import Standing, resolve_symbol
from genomodel.resources.oncotree import resolve_tumor_type

COLUMNS = ("id", "title", "status", "gene", "match", "tumor_types", "url", "queried")
REQUIRED = ("id", "title", "status", "match", "queried")
WHAT = "table of trials"
DAY = "Write it as 2026-11-23"
OF_THE_TUMOR = ("msi_high", "msi_stable", "tmb_high", "hrd_score_high", "text")
"""Kinds of criteria that ask for no gene."""


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial with the tumors that it takes."""

    trial: Trial
    """Matched on nothing yet."""
    profile: Profile
    tumor_types: tuple[str, ...]
    queried: str


@dataclass(frozen=True, slots=True)
class TrialSource:
    """A hospital's list of trials."""

    source: SourceFile
    rows: tuple[TrialRow, ...]


def read_trials(path: str | Path) -> TrialSource:
    """Read a list of trials.

    Raises
    ------
    InputError
        With every flaw found: columns, repeated ids, missing values, rules that are none, unknown tumor types, days
        that are none, HTML or formulas in the text.
    """
    table = read_table(Path(path), WHAT)
    raise_collected(missing_columns(table, COLUMNS, WHAT))
    errors = duplicated(table, "id")
    rows: list[TrialRow] = []
    for cells, line in zip(table.rows, table.lines, strict=True):
        flaws = list(_flaws(cells))
        if not flaws:
            rows.append(_row(cells))
        errors += [InputError(f.what, path=table.path, row=line, column=f.column, fix=f.fix) for f in flaws]
    raise_collected(first_errors(errors))
    return TrialSource(source_file(path, "trials"), tuple(rows))


def _flaws(cells: Mapping[str, str]) -> Iterator[InputError]:
    for name in REQUIRED:
        if not cells[name].strip():
            yield InputError("the value is missing", column=name)
    for name, value in cells.items():
        if has_markup(value) and name != "match":
            yield InputError("the text holds HTML", column=name, fix="Write it as plain text")
        if is_formula(value):
            yield InputError("the text starts like a spreadsheet's formula", column=name, fix="Start it with a letter")
    if cells["url"] and not cells["url"].startswith(("https://", "http://")):
        yield InputError(f"'{cells['url']}' is no web address", column="url", fix="Begin it with https://")
    if cells["queried"].strip():
        yield from _wrong("queried", cells["queried"].strip(), _day)
    if cells["match"].strip():
        gene = cells["gene"].strip()
        yield from _wrong("match", cells["match"], lambda text: _require_genes(parse_rule(text, gene), gene))
    for code in _codes(cells):
        yield from _wrong("tumor_types", code, resolve_tumor_type)


def _wrong(column: str, value: str, read: Callable[[str], object]) -> Iterator[InputError]:
    try:
        read(value)
    except InputError as error:
        yield InputError(error.what, column=error.column if error.column in COLUMNS else column, fix=error.fix)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"'{text}' is no day", fix=DAY) from error
    if found.isoformat() != text:
        raise InputError(f"'{text}' is no day", fix=DAY)
    return found


def _require_genes(profile: Profile, gene: str) -> None:
    """Raise where a criterion is of no gene that is known: it would never match, and nobody would see it."""
    for criterion in profile.criteria():
        if criterion.kind in OF_THE_TUMOR:
            continue
        if not criterion.gene:
            raise InputError(f"'{criterion.kind}' names no gene", column="gene", fix="Give the gene's symbol")
        found = resolve_symbol(criterion.gene)
        if found.standing is Standing.UNKNOWN:
            column = "gene" if criterion.gene == gene else "match"
            raise InputError(f"'{criterion.gene}' is no gene symbol", column=column, fix="Give the symbol of HGNC")


def _codes(cells: Mapping[str, str]) -> list[str]:
    return [code.strip() for code in cells["tumor_types"].split(";") if code.strip()]


def _row(cells: Mapping[str, str]) -> TrialRow:
    trial = Trial(
        id=cells["id"].strip(),
        title=cells["title"].strip(),
        status=cells["status"].strip(),
        matched_on=(),
        url=cells["url"].strip(),
    )
    codes = tuple(resolve_tumor_type(code).code for code in _codes(cells))
    return TrialRow(trial, parse_rule(cells["match"], cells["gene"].strip()), codes, cells["queried"].strip())


def search_trials(
    source: TrialSource | None, tumor: Tumor, patient: Patient, findings: Iterable[Finding]
) -> TrialSearch:
    """Return the trials of a list that a tumor meets, in their order; that none was searched where there is no list.

    Trials whose rule is open, for a gene was not assayed or an origin is not known, are not among them but named with
    what is not known, where the tumor meets some of their criteria. The day is the earliest on which a row of the list
    was asked for.
    """
    if source is None:
        return TrialSearch()
    labels = {item.id.removeprefix(f"{patient.id}:"): item.label for item in findings}
    judged = [(row, evaluate(row.profile, tumor)) for row in source.rows if _takes(row, patient)]
    found = tuple(
        row.trial.model_copy(update={"matched_on": _matched(verdict, labels)})
        for row, verdict in judged
        if verdict.truth is Truth.TRUE
    )
    open_ = [
        f"{row.trial.id} ({'; '.join(verdict.open)})"
        for row, verdict in judged
        if verdict.truth is Truth.UNKNOWN and verdict.touched
    ]
    none = f"none of the {len(source.rows)} trials of the list takes this tumor"
    reasons = () if found else (f"{none} for sure" if open_ else none,)
    return TrialSearch(
        searched=True,
        source=f"{source.source.name}, SHA-256 {source.source.sha256}",
        date=min(row.queried for row in source.rows),
        trials=found,
        reason="; ".join((*reasons, *((f"open: {', '.join(open_)}",) if open_ else ()))),
    )


def _takes(row: TrialRow, patient: Patient) -> bool:
    return not row.tumor_types or any(patient.tumor_type.is_a(code) for code in row.tumor_types)


def _matched(verdict: Verdict, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a tumor meets a trial's criteria by."""
    names = (labels.get(hit.alteration, hit.alteration or hit.basis) for part in verdict.parts for hit in part.hits)
    return tuple(dict.fromkeys(names))
