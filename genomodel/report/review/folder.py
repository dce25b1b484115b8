"""The folder of reviews: one table for each patient that was reviewed."""

from __future__ import annotations

from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.report import PatientReport
from genomodel.files import sha256_of
from genomodel.report.presentation import Presentation
from genomodel.report.review.apply import apply_review
from genomodel.report.review.table import NO_TABLE, ReviewTable, read_review, review_path

FOLDER = "review"
"""Among the reports, where no other folder is named."""


def reviews_folder(given: Path | None, reports: Path) -> Path:
    """Return the folder of reviews: the one that is named, else the one among the reports, which need not be there.

    Raises
    ------
    InputError
        The named folder is none.
    """
    if given is None:
        return reports / FOLDER
    if not given.is_dir():
        what = "there is no folder of reviews" if not given.exists() else "this is no folder of reviews"
        raise InputError(what, path=given, fix="Make the folder, or name the one with the <patient>.review.tsv")
    return given


def review_digest(folder: Path | None, patient: str) -> str:
    """Return the SHA-256 of a patient's table, empty where there is none."""
    path = None if folder is None else review_path(folder, patient)
    return sha256_of(path) if path is not None and path.is_file() else ""


def table_of(folder: Path | None, patient: str) -> ReviewTable:
    """Return a patient's table; that a person is unknown is for :func:`apply_review` to say.

    Raises
    ------
    InputError
        There is a table, and it cannot be read.
    """
    path = None if folder is None else review_path(folder, patient)
    return read_review(path, patient) if path is not None and path.exists() else NO_TABLE


def reviewed(report: PatientReport, show: Presentation) -> PatientReport:
    """Return a report with the decisions of its reviewers.

    Raises
    ------
    InputError
        There is a table, and it cannot be read.
    """
    table = table_of(show.reviews, report.patient.id)
    return apply_review(report, table.entries, show.laboratory.persons, sha256=table.sha256)
