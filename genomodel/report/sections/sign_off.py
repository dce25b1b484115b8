"""What people decided: the review, the signature with its version, or the lines where a person signs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from genomodel.core.findings import Finding
from genomodel.core.report import PatientReport
from genomodel.core.review import ReviewDecision, ReviewMark, Signature
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium

_DIGITS = 16
"""Of a digest that stands in a line of facts; the JSON has all of them."""


def sign_off(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return what a review decided, who signed which version, and what keeps a report from being signed."""
    waiting = [finding for finding in report.interpretation.findings if awaits_review(finding)]
    return {
        "draft": report.status != "final",
        "rows": _decisions(report),
        "waiting": words.joined([finding.label for finding in waiting], medium.max_variants),
        "n_waiting": len(waiting),
        "conflicts": [f"{conflict.label or conflict.variant}: {conflict.what}" for conflict in report.review.conflicts],
        "facts": _signed(report, report.signature) if report.signature is not None else [],
        "waivers": report.signature.waivers if report.signature is not None else (),
        "amendment": report.version.reason,
        "changes": report.version.changes,
        "fields": () if report.signature is not None else _fields(),
    }


def awaits_review(finding: Finding) -> bool:
    """Whether a finding is of tier I or II and no reviewer said anything of it."""
    return finding.reviewed is None and (words.tier_number(finding.tier) or 9) <= 2


def _fields() -> tuple[str, ...]:
    return (
        say("sign_off.reviewed_by"),
        say("sign_off.role"),
        say("sign_off.licence"),
        say("sign_off.date"),
        say("sign_off.signature"),
    )


def _decisions(report: PatientReport) -> list[dict[str, str]]:
    """Return the decisions, those that changed something first."""
    names = {person.id: person.name for person in report.review.persons}
    shown: Iterable[Finding] = (*report.interpretation.findings, *report.interpretation.other_variants)
    marked = [(finding, finding.reviewed) for finding in (*report.excluded, *shown) if finding.reviewed is not None]
    rows = [
        (
            _rank(mark),
            {
                "label": finding.label,
                "computed": mark.computed_tier or say("sign_off.no_tier"),
                "decision": _decision(mark),
                "comment": mark.comment,
                "person": names.get(mark.person, mark.person),
                "time": mark.time,
            },
        )
        for finding, mark in marked
    ]
    return [row for _, row in sorted(rows, key=lambda item: item[0])]


def _rank(mark: ReviewMark) -> int:
    return 0 if mark.decision is ReviewDecision.EXCLUDE else 1 if mark.tier else 2


def _decision(mark: ReviewMark) -> str:
    if mark.decision is ReviewDecision.EXCLUDE:
        return say("sign_off.excluded")
    return say("sign_off.tier_given", tier=mark.tier) if mark.tier else say("sign_off.confirmed")


def _signed(report: PatientReport, signature: Signature) -> list[tuple[str, str]]:
    person, version = signature.person, report.version
    facts = [
        (say("sign_off.signed_by"), person.name),
        (say("sign_off.role"), person.role or words.NOT_GIVEN),
        (say("sign_off.licence"), person.licence or words.NOT_GIVEN),
        (say("sign_off.date"), signature.time),
        (say("sign_off.version"), str(version.number)),
    ]
    if version.predecessor_sha256:
        replaced = say("sign_off.predecessor", number=version.number - 1, digest=version.predecessor_sha256[:_DIGITS])
        facts.append((say("sign_off.replaces"), replaced))
    return facts
