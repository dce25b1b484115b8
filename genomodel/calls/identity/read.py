"""From files to the answers that a report shows: the check of the reads, the cohort's matches, and GATK's estimate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from genomodel.calls.identity.mixture import Share
from genomodel.calls.identity.verdicts import FOREIGN, contamination_check
from genomodel.calls.mutect2 import CONTAMINATION, CONTAMINATION_ERROR
from genomodel.calls.vcf_text import VcfReader
from genomodel.core.errors import InputError
from genomodel.core.identity import (
    CheckName,
    CheckStatus,
    CohortMatches,
    IdentityCheck,
    IdentityChecks,
    SampleMatch,
)
from genomodel.files import read_text

Z95 = 1.96
BY_GATK = "tumor, by GATK CalculateContamination"
SAME = (
    "One of the two ids is wrong, or the patient was sequenced twice: calls and report may be another person's, and a "
    "cohort counts the person twice."
)
MIXED_UP = "Samples were exchanged between patients: neither report holds until the sheet is corrected."
NOT_COMPARED = "not compared with other patients: the workflow has not done so, or there is no genotype to compare"


def read_identity(paths: Sequence[str]) -> IdentityChecks:
    """Read the answers about one patient.

    Parameters
    ----------
    paths
        JSON of ``genomodel check-samples`` first; then, where there are any, the JSON of ``genomodel match-samples``
        and Mutect2's calls, whose header holds GATK's estimate of contamination.

    Raises
    ------
    InputError
        A file is missing, damaged or something else.
    """
    fix = "Name the JSON that genomodel check-samples writes"
    try:
        checks = IdentityChecks.model_validate_json(read_text(paths[0], "check of samples"))
    except ValueError as error:
        raise InputError("this is no check of samples", path=paths[0], fix=fix) from error
    matches: CohortMatches | None = None
    estimates: list[IdentityCheck] = []
    for path in paths[1:]:
        if path.endswith(".json"):
            matches = read_matches(path)
        else:
            estimates += _by_gatk(path, checks)
    return checks.model_copy(update={"checks": (*checks.checks, *estimates, _match_check(checks, matches))})


def read_matches(path: str | Path) -> CohortMatches:
    """Read what ``genomodel match-samples`` wrote.

    Raises
    ------
    InputError
        The file is missing, damaged or something else.
    """
    try:
        return CohortMatches.model_validate_json(read_text(path, "matches of samples"))
    except ValueError as error:
        fix = "Name the JSON that genomodel match-samples writes"
        raise InputError("these are no matches of samples", path=path, fix=fix) from error


def _by_gatk(path: str, checks: IdentityChecks) -> list[IdentityCheck]:
    header = VcfReader(path).header
    stated = header.value(CONTAMINATION)
    if stated is None:
        return []
    try:
        value, error = float(stated), float(header.value(CONTAMINATION_ERROR) or 0)
    except ValueError as problem:
        raise InputError(f"contamination '{stated}' is no number", path=path, column=CONTAMINATION) from problem
    share = Share(value, max(value - Z95 * error, 0.0), min(value + Z95 * error, 1.0), 0)
    check = contamination_check(share, BY_GATK, checks.thresholds, n_places=0)
    shown = f"{value:.1%} ({share.low:.1%} to {share.high:.1%})"
    return [check.model_copy(update={"value": shown, "consequence": FOREIGN if check.consequence else ""})]


def _match_check(checks: IdentityChecks, matches: CohortMatches | None) -> IdentityCheck:
    subject = "all samples of the cohort"
    if matches is None:
        return IdentityCheck(
            name=CheckName.MATCH, subject=subject, status=CheckStatus.NOT_ASSESSABLE, value=NOT_COMPARED
        )
    own = matches.of(checks.patient)
    if own:
        mixed_up = any("swapped" in match.kind for match in own)
        return IdentityCheck(
            name=CheckName.MATCH,
            subject=subject,
            status=CheckStatus.FAILED,
            value="; ".join(_in_words(checks.patient, match) for match in own),
            threshold=matches.threshold,
            consequence=MIXED_UP if mixed_up else SAME,
        )
    others = len(matches.comparable) - 1
    able = matches.comparable.get(checks.patient, 0)
    status = CheckStatus.NOT_ASSESSABLE
    if others < 1:
        value = "there is no other patient to compare with"
    elif able < others:
        value = f"no match among {able} of {others} other patients; with the others too few sites are shared to see one"
    else:
        value, status = f"no sample of {others} other patients is of this person", CheckStatus.PASSED
    return IdentityCheck(name=CheckName.MATCH, subject=subject, status=status, value=value, threshold=matches.threshold)


def _in_words(patient: str, match: SampleMatch) -> str:
    mine, other, other_type = match.type, match.other_patient, match.other_type
    if match.other_patient == patient:
        mine, other, other_type = match.other_type, match.patient, match.type
    return (
        f"the {mine} is of the same person as the {other_type} of {other} ({match.agreement:.1%} of {match.n_sites} "
        f"sites agree; {match.kind})"
    )
