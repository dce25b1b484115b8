"""Identity and contamination: whose the samples are, how pure, and what the sheet waived."""

from __future__ import annotations

from typing import Any

from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, waiver_reasons
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.medium import Medium

NAMES = {
    CheckName.IDENTITY: "One person",
    CheckName.MATCH: "Match with another patient",
    CheckName.SEX: "Sex",
    CheckName.CONTAMINATION: "Foreign DNA",
    CheckName.TUMOR_IN_NORMAL: "Tumor in the normal",
}
VERDICTS = {
    CheckStatus.PASSED: "\u2713 pass",
    CheckStatus.WARNING: "! warning",
    CheckStatus.FAILED: "\u2717 fail",
    CheckStatus.NOT_ASSESSABLE: "not assessable",
}
_BAD = (CheckStatus.FAILED, CheckStatus.WARNING)
IN_SHORT = {
    CheckName.IDENTITY: "identity",
    CheckName.MATCH: "match with another patient",
    CheckName.SEX: "sex",
    CheckName.CONTAMINATION: "foreign DNA",
    CheckName.TUMOR_IN_NORMAL: "tumor in normal",
}
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
            {"name": NAMES[CheckName(name)], "reason": reason or "no reason given"}
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
        f"{IN_SHORT[CheckName(name)]} waived in the sheet: {reason or 'no reason given'}"
        for name, reason in waived.items()
        if name not in named
    ]


def _fails_all(check: IdentityCheck, waived: dict[str, str]) -> bool:
    """Whether a check by itself fails the whole sample."""
    whose = check.name in (CheckName.IDENTITY, CheckName.MATCH)
    return whose and check.status is CheckStatus.FAILED and check.name.value not in waived


def _in_short(check: IdentityCheck, waived: dict[str, str]) -> str:
    of_sample = f" of the {check.subject}" if check.name is CheckName.CONTAMINATION else ""
    verdict = "failed" if check.status is CheckStatus.FAILED else "warns"
    head = f"{IN_SHORT[check.name]}{of_sample} {verdict}"
    if check.name.value in waived:
        return f"{head}, waived: {waived[check.name.value] or 'no reason given'}"
    is_share = check.name in (CheckName.CONTAMINATION, CheckName.TUMOR_IN_NORMAL)
    value = words.percent(check.estimate) if is_share and check.estimate is not None else check.value
    return f"{head} ({value})"


def _row(check: IdentityCheck, waived: dict[str, str]) -> dict[str, Any]:
    is_waived = check.status in _BAD and check.name.value in waived
    verdict = VERDICTS[check.status]
    if is_waived:
        verdict += f", waived in the sheet: {waived[check.name.value] or 'no reason given'}"
    return {
        "name": NAMES[check.name],
        "subject": check.subject,
        "value": check.value,
        "threshold": check.threshold or "none",
        "verdict": verdict,
        "failed": check.status is CheckStatus.FAILED and not is_waived,
        "consequence": check.consequence,
    }
