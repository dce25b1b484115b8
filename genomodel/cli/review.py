"""Verbs for the people who release a report: review it, sign it, and tell whether a signed one is what it was."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from genomodel.cli.tables import print_table
from genomodel.cohort.laboratory import read_laboratory
from genomodel.core.errors import InputError
from genomodel.core.laboratory import NO_LABORATORY_FILE, LaboratoryFile
from genomodel.core.report import PatientReport
from genomodel.files import sha256_of
from genomodel.report.forms import FORMS, chosen_forms
from genomodel.report.review.complete import Decisions, Standing, completed, decided, standing
from genomodel.report.review.folder import reviews_folder, table_of
from genomodel.report.review.moment import this_moment
from genomodel.report.review.report_folder import FOLDERS, folder_of
from genomodel.report.review.table import (
    NO_TABLE,
    ReviewRow,
    ReviewTable,
    persons_fix,
    read_review,
    review_path,
    write_review,
)
from genomodel.report.seal import read_report
from genomodel.report.signing.sign import Order
from genomodel.report.signing.sign import sign as sign_draft
from genomodel.report.signing.verify import Verdict, verify

DEFAULT_LABORATORY = Path("config/laboratory.yaml")
PatientArgument = Annotated[str, typer.Argument(metavar="PATIENT", help="Id of the patient.")]
REPORTS_HELP = (
    f"Folder of the reports; when absent the one of {' and '.join(map(str, FOLDERS))} that has the patient's."
)
Reports = Annotated[Path | None, typer.Option(help=REPORTS_HELP)]
REVIEWS_HELP = "Folder of the tables of reviewers; review/ among the reports when absent."
Reviews = Annotated[Path | None, typer.Option(help=REVIEWS_HELP)]
LaboratoryOption = Annotated[
    Path | None, typer.Option(help=f"File with the persons who may review and sign; {DEFAULT_LABORATORY} when absent.")
]
PersonOption = Annotated[str | None, typer.Option(help="Id of the person who decides, as in the laboratory file.")]
TimeOption = Annotated[str | None, typer.Option(help="When, as in 2026-03-20T14:30+01:00; now when absent.")]
FORM_HELP = f"Form to sign, may be repeated; of {', '.join(FORMS)}; all of them when absent."
SignedForm = Annotated[list[str] | None, typer.Option(help=FORM_HELP)]
NAMES = "A finding is named by its variant, its label, or its gene."


def review(
    patient: PatientArgument,
    reports: Reports = None,
    reviews: Reviews = None,
    person: PersonOption = None,
    include: Annotated[list[str] | None, typer.Option(help=f"Finding to confirm, may be repeated. {NAMES}")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Finding to take out; needs a comment.")] = None,
    tier: Annotated[list[str] | None, typer.Option(help="FINDING=TIER: another tier; needs a comment.")] = None,
    comment: Annotated[list[str] | None, typer.Option(help="FINDING=TEXT: why.")] = None,
    revise: Annotated[bool, typer.Option(help="Replace decisions that are there.")] = False,
    laboratory: LaboratoryOption = None,
    time: TimeOption = None,
) -> None:
    """Write the table that reviewers fill in, or their decisions, and print what is open."""
    folder = folder_of(patient, reports)
    report = _report_of(patient, folder)
    people = laboratory_file(laboratory)
    path = review_path(reviews_folder(reviews, folder), patient)
    tiers, comments = _pairs(tier, "--tier"), _pairs(comment, "--comment")
    asked = Decisions(include=include or (), exclude=exclude or (), tiers=tiers, comments=comments)
    if person is not None and not asked.any:
        fix = "Add --include, --exclude or --tier, or leave --person out to see what is open"
        raise InputError("a person is named, and nothing is decided", column="--person", fix=fix)
    who = required_person(people, person, laboratory) if asked.any else ""
    when = this_moment(time)
    with _alone(path):
        before = read_review(path, patient, people.persons) if path.exists() else NO_TABLE
        rows = completed(report, before.rows)
        if asked.any:
            rows = decided(report, rows, asked, person=who, time=when, revise=revise)
        _write(path, before, rows, people)
        table = read_review(path, patient, people.persons) if path.exists() else NO_TABLE
    _tell(report, standing(report, table, people.persons), path)


def sign(
    patient: PatientArgument,
    person: Annotated[str, typer.Option(help="Id of the person who signs, as in the laboratory file.")],
    reports: Reports = None,
    reviews: Reviews = None,
    laboratory: LaboratoryOption = None,
    waive: Annotated[
        list[str] | None, typer.Option(help="NAME=REASON: accept what failed, may be repeated; the report prints it.")
    ] = None,
    amend: Annotated[str, typer.Option(help="Why the signed version that there is gets replaced.")] = "",
    form: SignedForm = None,
    time: TimeOption = None,
) -> None:
    """Make the final report of a reviewed draft, in a folder that nothing overwrites."""
    among = folder_of(patient, reports)
    draft = _report_of(patient, among)
    people = laboratory_file(laboratory)
    decisions = table_of(reviews_folder(reviews, among), patient).entries
    order = Order(person=person, time=this_moment(time), waivers=waive or (), amend=amend.strip())
    forms = chosen_forms(form) if form else frozenset(FORMS)
    folder = sign_draft(draft, order, people, decisions, among, forms=forms)
    for path in sorted(folder.iterdir()):
        typer.echo(str(path))
    typer.echo(f"SHA-256 of the JSON, for the laboratory's own record: {sha256_of(folder / f'{patient}.json')}")


def verify_report(
    path: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="Report, or folder with signed ones.")],
    laboratory: LaboratoryOption = None,
) -> None:
    """Tell whether reports are what they were when they were written and signed, and their chain whole."""
    persons = laboratory_file(laboratory).persons or None
    faults = 0
    for line in verify(path, persons):
        faults += line.verdict is Verdict.FAULT
        typer.echo(f"{line.verdict.value:<12}  {line.place}: {line.text}")
    if faults:
        raise InputError(
            f"{faults} of these do not fit", path=path, fix="Take the files that genomodel sign wrote, from a backup"
        )


def _report_of(patient: str, reports: Path) -> PatientReport:
    path = reports / f"{patient}.json"
    report = read_report(path)
    if report.patient.id != patient:
        what = f"the report is of patient '{report.patient.id}', by its name of '{patient}'"
        raise InputError(what, path=path, column="patient.id", fix="Take the file that genomodel report wrote")
    return report


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until nobody else writes reviews in this folder, so that no decision is lost between reading and writing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        # Some network disks lock no folders: there the last of two who write at once counts.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, before: ReviewTable, rows: Sequence[ReviewRow], people: LaboratoryFile) -> None:
    """Write the rows where they are others than those of the file, once they read back without a fault."""
    if rows == before.rows:
        return
    trial = path.with_name(f".{path.name}.tmp")
    try:
        write_review(trial, rows)
        read_review(trial, rows[0].patient, people.persons)
        trial.replace(path)
    except InputError as error:
        raise InputError(error.message.replace(str(trial), str(path))) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            trial.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> InputError:
    what, fix = f"the review cannot be written ({error.strerror})", "Choose a folder that you may write to"
    return InputError(what, path=path, fix=fix)


def _tell(report: PatientReport, found: Standing, path: Path) -> None:
    typer.echo(str(path))
    for conflict in found.conflicts:
        typer.echo(f"genomodel: {conflict.label or conflict.variant}: {conflict.what}", err=True)
    if not found.open:
        typer.echo(f"Nothing of {report.patient.id} is open.")
        return
    listed = Table("variant", "finding", "computed tier", "needed to sign")
    for subject in found.open:
        listed.add_row(
            subject.variant, subject.label, subject.computed_tier or "none", "yes" if subject.required else "no"
        )
    print_table(listed)
    n, needed = len(found.open), len(found.required)
    typer.echo(f"{needed} of {n} open findings have to be reviewed before {report.patient.id} is signed.")


def laboratory_file(given: Path | None) -> LaboratoryFile:
    """Return the laboratory file that is named, else the one of the configuration where there is one."""
    if given is None:
        return read_laboratory(DEFAULT_LABORATORY) if DEFAULT_LABORATORY.is_file() else NO_LABORATORY_FILE
    return read_laboratory(given)


def required_person(people: LaboratoryFile, person: str | None, given: Path | None) -> str:
    """Return the id of a person of the laboratory file.

    Raises
    ------
    InputError
        Nobody is named, or somebody whom the file does not know.
    """
    known = [one.id for one in people.persons]
    if person is None:
        raise InputError("nobody is named who decides", column="--person", fix=persons_fix("", known))
    if people.person(person) is None:
        raise InputError(f"'{person}' is unknown", path=given, column="--person", fix=persons_fix(person, known))
    return person


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Return ``NAME=VALUE`` by name.

    Raises
    ------
    InputError
        One has no value, or a name is there twice.
    """
    found: dict[str, str] = {}
    for text in given or ():
        # Variants hold an equals sign nowhere; a comment may.
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise InputError(f"'{text}' is no pair", column=option, fix="Write FINDING=VALUE, as in BRAF=II-C")
        if name in found:
            raise InputError(f"'{name}' is there twice", column=option, fix="Give each finding one")
        found[name] = value
    return found


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("review")(review)
    app.command("sign")(sign)
    app.command("verify-report")(verify_report)
