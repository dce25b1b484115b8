"""What changed between two reports, for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from genomodel.core.errors import InputError
from genomodel.core.report import PatientReport
from genomodel.report.changes import changes
from genomodel.report.seal import read_report


def read_previous(path: Path, patients: Sequence[str]) -> PatientReport:
    """Read an earlier report of the one patient that is reported on, before anything takes its place.

    Raises
    ------
    InputError
        The file is no report of this schema, or one of another patient.
    """
    before = read_report(path)
    if len(patients) != 1:
        what = f"there are {len(patients)} patients, and an earlier report of one"
        raise InputError(what, column="--previous", fix="Name one sample with --tumor-sample")
    if before.patient.id != patients[0]:
        what = f"the earlier report is of patient '{before.patient.id}', and this one of '{patients[0]}'"
        raise InputError(what, path=path, column="patient.id", fix="Name an earlier report of the same patient")
    return before


def tell_changes(before: PatientReport, after: PatientReport) -> None:
    """Print what changed, a line each."""
    found = changes(before, after)
    typer.echo(f"Since the earlier report of {before.patient.id}: " + ("nothing changed." if not found else ""))
    for change in found:
        typer.echo(f"- {change.text}")
