"""Identity and contamination: whose the samples are, how pure, and what the sheet waived."""

from __future__ import annotations

from typing import Any

from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, waiver_reasons
from genomodel.core.report import PatientReport
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
