"""What keeps a report from being signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from genomodel.calls.quality.metrics import failures as quality_failures
from genomodel.core.errors import InputError
from genomodel.core.identity import waiver_name, whose_failures
from genomodel.core.laboratory import Person
from genomodel.core.report import PatientReport
from genomodel.core.review import ReviewEntry
from genomodel.core.sample_quality import QualityStatus
from genomodel.report import words
from genomodel.report.compose import compose
from genomodel.report.review.apply import sorted_out, unreviewed
from genomodel.report.review.subjects import variant_of


@dataclass(frozen=True, slots=True)
class Failing:
    """Something about the samples that failed, and that a signature has to accept by name."""

    name: str
    detail: str

    @property
    def text(self) -> str:
        """Name and figures."""
        return f"{self.name} ({self.detail})" if self.detail else self.name


def failing(report: PatientReport) -> tuple[Failing, ...]:
    """Return what failed of quality and identity, less what the sheet accepts."""
    return tuple({one.name: one for one in _failing(report)}.values())


def _failing(report: PatientReport) -> Iterator[Failing]:
    for metric in report.quality:
        if metric.status is QualityStatus.FAIL:
            yield Failing(metric.name, ", ".join(filter(None, (metric.value, metric.threshold))))
    quality, identity = report.assays.quality, report.assays.identity
    told: list[str] = [*whose_failures(identity, report.patient.waived)]
    if quality is not None:
        texts = quality_failures(quality)
        told += texts
        for (sample, measure), text in zip(quality.failed, texts, strict=True):
            yield Failing(f"{sample.type} {measure.name}", text)
    accepted = {waiver_name(waiver) for waiver in report.patient.waived}
    checks = [check for check in (identity.failed if identity else ()) if check.name.value not in accepted]
    times = Counter(check.name for check in checks)
    for check in checks:
        name = check.name.value if times[check.name] == 1 else f"{check.name.value} of {check.subject}"
        yield Failing(name, f"{check.subject}: {check.value}")
    yield from (Failing(text, "") for text in report.failures if text not in told)


def accepted_failures(report: PatientReport, waivers: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return waivers as a signature holds them, and what failed without one.

    Parameters
    ----------
    report
        What is to be signed.
    waivers
        Each ``name=reason``.

    Raises
    ------
    InputError
        A waiver has no reason, or is about something that did not fail.
    """
    failed = {one.name.casefold(): one for one in failing(report)}
    found: dict[str, str] = {}
    for waiver in waivers:
        name, reason = _split(waiver, failed)
        one = failed.get(name.casefold())
        if one is None:
            there = words.joined([f"'{other.name}'" for other in failed.values()]) or "nothing"
            raise InputError(f"'{name}' did not fail", column="--waive", fix=f"What failed: {there}")
        if not reason:
            raise InputError(f"'{name}' is accepted without a reason", column="--waive", fix="Write name=reason")
        found[one.name.casefold()] = f"{one.text}: {reason}"
    missing = [one.text for name, one in failed.items() if name not in found]
    return tuple(found[name] for name in failed if name in found), missing


def _split(waiver: str, failed: Iterable[str]) -> tuple[str, str]:
    """Part a waiver at the equals sign that ends the name of something that failed, else at its first."""
    for name in failed:
        if waiver.casefold().startswith(f"{name}="):
            return waiver[: len(name)], waiver[len(name) + 1 :].strip()
    name, _, reason = waiver.partition("=")
    return name.strip(), reason.strip()


def obstacles(report: PatientReport, decisions: Sequence[ReviewEntry], persons: Sequence[Person]) -> Iterator[str]:
    """Yield why a draft cannot be signed, whoever signs it.

    Parameters
    ----------
    report
        The draft, as it was read back.
    decisions
        The table of its reviewers as it is now.
    persons
        Of the laboratory file.
    """
    if report.status not in ("draft", "failed"):
        yield f"its status is '{report.status}', and only a draft can be signed"
    found = {finding.id: finding for finding in report.interpretation.findings}
    waiting = [f"{found[id_].label} ({variant_of(found[id_], report.patient.id)})" for id_ in unreviewed(report)]
    if waiting:
        yield f"of tier I or II and not reviewed: {', '.join(waiting)}"
    applied, conflicts = sorted_out(report, decisions, persons)
    told = {conflict.variant: conflict for conflict in (*report.review.conflicts, *conflicts)}
    for conflict in told.values():
        yield f"the review of {conflict.label or conflict.variant} does not fit: {conflict.what}"
    if not conflicts and tuple(applied) != report.review.entries:
        yield "the review was changed after the report was made; make the report again, so that it says the same"
    if compose(report) != report:
        yield "this genomodel composes its pages otherwise than the one that made it; make the report again"
