"""Verbs that fill sheets from what hospitals send."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from genomodel.cli.tables import print_table
from genomodel.cohort.accession import iso_date
from genomodel.cohort.from_fhir.sheet import Asked, SheetRows, rows_of_bundle, write_rows
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay

LISTED = 30
"""Rows that are printed of what could not be mapped; the file has all."""
ON_HELP = "Day on which the age is taken, as in 2026-03-20, or today; without it no age is written."
sheets = typer.Typer(no_args_is_help=True, help="Fill the sheets of patients and samples from other files.")


@sheets.command("from-fhir")
def from_fhir(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="FHIR R4 Bundle of one patient, as JSON.")],
    out: Annotated[Path, typer.Option(help="Folder for patients.tsv, samples.tsv and unmapped.tsv.")] = Path(),
    append: Annotated[bool, typer.Option("--append", help="Add rows to the sheets of that folder.")] = False,
    patient: Annotated[str | None, typer.Option(help="Pseudonym; an identifier of the bundle when absent.")] = None,
    assay: Annotated[Assay | None, typer.Option(help="What was sequenced, which no such bundle says.")] = None,
    on: Annotated[str | None, typer.Option(help=ON_HELP)] = None,
    condition: Annotated[
        str | None, typer.Option(help="The Condition that is the tumor, where several may be.")
    ] = None,
    tumor_specimen: Annotated[str | None, typer.Option(help="Id or number of the tumor's Specimen.")] = None,
    normal_specimen: Annotated[str | None, typer.Option(help="Id or number of the normal's Specimen.")] = None,
) -> None:
    """Fill a row of the patients sheet, and of the samples sheet, from a FHIR bundle; list what could not be mapped."""
    asked = Asked(
        patient=patient,
        assay=None if assay in (None, Assay.UNKNOWN) else assay,
        on=_day(on),
        condition=condition,
        tumor_specimen=tumor_specimen,
        normal_specimen=normal_specimen,
    )
    rows = rows_of_bundle(bundle, asked)
    for path in write_rows(rows, out, append=append):
        typer.echo(str(path))
    _print_unmapped(rows, out)
    typer.echo(f"To fill in: {', '.join(_open(rows))}", err=True)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    if text == "today":
        return datetime.now(UTC).astimezone().date()
    try:
        return date.fromisoformat(iso_date(text))
    except InputError as error:
        raise InputError(error.what, column="--on", fix=error.fix) from error


def _print_unmapped(rows: SheetRows, out: Path) -> None:
    if not rows.unmapped:
        return
    table = Table("resource", "path", "value", "why", title=f"Not mapped, or to be checked: {len(rows.unmapped)}")
    for one in rows.unmapped[:LISTED]:
        table.add_row(one.resource, one.path, one.value, one.why)
    print_table(table)
    if len(rows.unmapped) > LISTED:
        typer.echo(f"{len(rows.unmapped) - LISTED} more are in {out / 'unmapped.tsv'}", err=True)


def _open(rows: SheetRows) -> list[str]:
    missing = [column for column in ("tumor_type", "assay") if not rows.patient.get(column)]
    if not any(sample["type"] == "tumor" for sample in rows.samples):
        missing.append("a tumor row of samples.tsv")
    return [*missing, "the files of each sample"]


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.add_typer(sheets, name="sheet")
