"""A review table filled by program: rows for what nobody decided yet, and decisions given one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from genomodel.core.errors import InputError
from genomodel.core.laboratory import Person
from genomodel.core.report import PatientReport
from genomodel.core.review import ReviewConflict, ReviewDecision
from genomodel.report.review.apply import sorted_out
from genomodel.report.review.subjects import Subject, named_subject, subjects
from genomodel.report.review.table import TIERS, ReviewRow, ReviewTable


@dataclass(frozen=True, slots=True)
class Standing:
    """How a review stands to the report at hand."""

    open: tuple[Subject, ...]
    """Findings without a decision that fits, the ones that keep a report from being signed first."""
    conflicts: tuple[ReviewConflict, ...]

    @property
    def required(self) -> tuple[Subject, ...]:
        """What has to be decided before the report can be signed."""
        return tuple(subject for subject in self.open if subject.required)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What one person decides at once, each by the name that the person gives to the finding."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    tiers: Mapping[str, str] | None = None
    comments: Mapping[str, str] | None = None

    @property
    def any(self) -> bool:
        """Whether something is decided."""
        return bool(self.include or self.exclude or self.tiers or self.comments)


def completed(report: PatientReport, rows: Sequence[ReviewRow]) -> tuple[ReviewRow, ...]:
    """Return all rows that are there, those without a decision as the report has them now, and one for each finding.

    No row is lost: what the report no longer has stays, with what was decided about it.
    """
    of_report = {subject.variant: subject for subject in subjects(report)}
    kept = [_as_now(row, of_report.get(row.variant)) for row in rows]
    there = {row.variant for row in rows}
    new = [
        _row(report, subject) for subject in of_report.values() if not subject.listed and subject.variant not in there
    ]
    return (*kept, *new)


def standing(report: PatientReport, table: ReviewTable, persons: Sequence[Person]) -> Standing:
    """Return what of a report is open under a table, and which rows do not fit it."""
    applied, conflicts = sorted_out(report, table.entries, persons)
    done = {entry.variant for entry in applied}
    waiting = [subject for subject in subjects(report) if not subject.listed and subject.variant not in done]
    return Standing(open=tuple(waiting), conflicts=tuple(conflicts))


def decided(
    report: PatientReport,
    rows: Sequence[ReviewRow],
    decisions: Decisions,
    *,
    person: str,
    time: str,
    revise: bool = False,
) -> tuple[ReviewRow, ...]:
    """Return the rows with decisions written into them.

    Parameters
    ----------
    report
        Whose findings are named.
    rows
        As :func:`completed` returns them.
    decisions
        By names of :func:`~genomodel.report.review.subjects.named_subject`.
    person, time
        Who decides, and when.
    revise
        Whether decisions that are there may be replaced.

    Raises
    ------
    InputError
        A name fits nothing, one finding is included and excluded, a tier is none, or a decision is there already.
    """
    found: dict[str, ReviewRow] = {}
    for subject, cells in _asked(report, decisions):
        row = found.get(subject.variant) or replace(_row(report, subject), person=person, time=time)
        if row.decision and cells.get("decision", row.decision) != row.decision:
            raise InputError(f"'{subject.label}' is both included and excluded", fix="Choose one of the two")
        found[subject.variant] = replace(row, **cells)
    for row in found.values():
        if not row.decision:
            fix = "Add --include or --exclude of it; a tier of its own includes a finding"
            raise InputError(f"nothing is decided about '{row.label}', which only has a comment", fix=fix)
    before = {row.variant: row for row in rows}
    for variant, row in found.items():
        old = before.get(variant)
        if old is not None and old.decision and not revise:
            raise InputError(
                f"'{row.label}' was reviewed by '{old.person}' on {old.time}: {old.decision} {old.tier}".rstrip(),
                fix="Give --revise to replace that decision",
            )
        kept = "" if old is None or old.decision else old.comment
        before[variant] = replace(row, comment=row.comment or kept)
    return tuple(before.values())


def _asked(report: PatientReport, decisions: Decisions) -> list[tuple[Subject, dict[str, str]]]:
    include, exclude = ReviewDecision.INCLUDE.value, ReviewDecision.EXCLUDE.value
    asked = [(name, {"decision": include}) for name in decisions.include]
    asked += [(name, {"decision": exclude}) for name in decisions.exclude]
    for name, tier in (decisions.tiers or {}).items():
        if tier.upper() not in TIERS:
            raise InputError(f"'{tier}' is no tier", column="--tier", fix=f"Write one of {', '.join(TIERS)}")
        asked.append((name, {"decision": include, "tier": tier.upper()}))
    asked += [(name, {"comment": text}) for name, text in (decisions.comments or {}).items()]
    return [(named_subject(report, name), cells) for name, cells in asked]


def _as_now(row: ReviewRow, subject: Subject | None) -> ReviewRow:
    if subject is None or row.decision:
        return row
    return replace(row, label=subject.label, computed_tier=subject.computed_tier)


def _row(report: PatientReport, subject: Subject) -> ReviewRow:
    return ReviewRow(
        patient=report.patient.id, variant=subject.variant, label=subject.label, computed_tier=subject.computed_tier
    )
