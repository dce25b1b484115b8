"""Identity and contamination: whose the samples are, how pure, and what the sheet waived."""

from __future__ import annotations

from typing import Any

from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, waiver_reasons
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium

NAMES = {name: say(f"identity.check.{name.value}") for name in CheckName}
_BAD = (CheckStatus.FAILED, CheckStatus.WARNING)
IN_SHORT = {name: say(f"identity.in_sentence.{name.value}") for name in CheckName}
"""Names of the checks within a sentence."""


def identity(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the checks of the samples with threshold, verdict, consequence and waiver."""
    found = report.assays.identity
    waived = waiver_reasons(report.patient.waived)
    asked = {check.name for check in found.checks} if found else set()
    return {
        "rows": [_row(check, waived) for check in found.checks] if found else [],
        "sites": found.sites if found else "",
        "waived": [
            {"name": NAMES[CheckName(name)], "reason": reason or say("identity.no_reason")}
            for name, reason in waived.items()
            if CheckName(name) not in asked
        ],
    }


def identity_limits_in_short(report: PatientReport) -> list[str]:
    """Return what the first page says of the checks: each that failed or warns, and every waiver with its reason.

    A failure that fails the whole sample is left to the line that says so.
    """
    found = report.assays.identity
    waived = waiver_reasons(report.patient.waived)
    bad = [check for check in found.checks if check.status in _BAD] if found else []
    said = [_in_short(check, waived) for check in bad if not (report.failures and _fails_all(check, waived))]
    named = {check.name.value for check in bad}
    return said + [
        say("identity.waived_in_sheet", name=IN_SHORT[CheckName(name)], reason=reason or say("identity.no_reason"))
        for name, reason in waived.items()
        if name not in named
    ]


def _fails_all(check: IdentityCheck, waived: dict[str, str]) -> bool:
    """Whether a check by itself fails the whole sample."""
    whose = check.name in (CheckName.IDENTITY, CheckName.MATCH)
    return whose and check.status is CheckStatus.FAILED and check.name.value not in waived


def _in_short(check: IdentityCheck, waived: dict[str, str]) -> str:
    name = IN_SHORT[check.name]
    if check.name is CheckName.CONTAMINATION:
        name = say("identity.of_sample", name=name, sample=check.subject)
    failed = check.status is CheckStatus.FAILED
    head = say("identity.has_failed", name=name) if failed else say("identity.warns", name=name)
    if check.name.value in waived:
        return say("identity.waived", what=head, reason=waived[check.name.value] or say("identity.no_reason"))
    is_share = check.name in (CheckName.CONTAMINATION, CheckName.TUMOR_IN_NORMAL)
    value = words.percent(check.estimate) if is_share and check.estimate is not None else check.value
    return f"{head} ({value})"


def _row(check: IdentityCheck, waived: dict[str, str]) -> dict[str, Any]:
    is_waived = check.status in _BAD and check.name.value in waived
    verdict = say(f"identity.verdict.{check.status.value}")
    if is_waived:
        reason = waived[check.name.value] or say("identity.no_reason")
        verdict = say("identity.waived_in_sheet_too", verdict=verdict, reason=reason)
    return {
        "name": NAMES[check.name],
        "subject": check.subject,
        "value": check.value,
        "threshold": check.threshold or say("identity.no_threshold"),
        "verdict": verdict,
        "failed": check.status is CheckStatus.FAILED and not is_waived,
        "consequence": check.consequence,
    }
