"""Whether the samples are of whom the sheet says, unmixed, and what it means for the calls where they are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from genomodel.core.base import Noun


class CheckName(StrEnum):
    """What can be asked of samples; also the names that the sheet's column ``waive`` takes."""

    IDENTITY = "identity"
    """Tumor and normal are of one person, in this order."""
    MATCH = "match"
    """No sample of another patient is of the same person."""
    SEX = "sex"
    CONTAMINATION = "contamination"
    TUMOR_IN_NORMAL = "tumor_in_normal"


class CheckStatus(StrEnum):
    """Outcome of a check."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    NOT_ASSESSABLE = "not_assessable"


Limit = Annotated[float, Field(gt=0, le=0.5, allow_inf_nan=False)]
"""Share from which a check warns or fails; nothing is above a limit that is no number."""


class IdentityThresholds(Noun):
    """What the checks are held against; choices of this project unless the configuration says otherwise."""

    min_sites: int = Field(default=30, ge=10)
    """Shared sites below which nothing is said of identity."""
    contamination_warn: Limit = 0.02
    contamination_fail: Limit = 0.05
    tumor_in_normal_warn: Limit = 0.02
    tumor_in_normal_fail: Limit = 0.1

    @model_validator(mode="after")
    def _warns_first(self) -> Self:
        for name in ("contamination", "tumor_in_normal"):
            warn, fail = getattr(self, f"{name}_warn"), getattr(self, f"{name}_fail")
            if warn > fail:
                raise ValueError(f"{name}_warn {warn:g} is above {name}_fail {fail:g}, so that it would never warn")
        return self


class IdentityCheck(Noun):
    """One answer with the threshold it is held against and what follows for the calls."""

    name: CheckName
    subject: str
    """Sample or samples that it is about, in words."""
    status: CheckStatus
    value: str
    """What was found, or why nothing can be said."""
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    """Ends of the 95 % interval of :attr:`estimate`."""
    threshold: str = ""
    consequence: str = ""
    """What it means for the calls; empty where the check passed."""


class IdentityChecks(Noun):
    """All that was asked of a patient's samples before anything was called."""

    patient: str = ""
    checks: tuple[IdentityCheck, ...] = ()
    sites: str = ""
    """Where the genotypes come from, in words."""
    n_sites: int = 0
    """Places far enough apart to tell independently at which all samples have a genotype."""
    tumor_reads: int = 0
    normal_reads: int | None = None
    bases: int = 0
    """Bases that were looked at."""
    thresholds: IdentityThresholds = IdentityThresholds()

    def named(self, name: CheckName) -> tuple[IdentityCheck, ...]:
        """Return the answers to one question."""
        return tuple(check for check in self.checks if check.name is name)

    @property
    def failed(self) -> tuple[IdentityCheck, ...]:
        """The checks that failed, waived or not."""
        return tuple(check for check in self.checks if check.status is CheckStatus.FAILED)


class SampleMatch(Noun):
    """Two samples under two patient ids that are of one person."""

    patient: str
    type: str
    other_patient: str
    other_type: str
    n_sites: int
    agreement: float
    """Share of the sites with the same genotype."""
    log_odds: float
    """Natural logarithm of the likelihood of one person against that of any two, siblings too."""
    kind: str
    """``one person under two ids``, or ``samples swapped between patients``."""


class CohortMatches(Noun):
    """Samples of different patients that are of one person, and between whom it would have been seen."""

    threshold: str = ""
    matches: tuple[SampleMatch, ...] = ()
    comparable: Mapping[str, int] = Field(default_factory=dict)
    """For each patient, how many others share enough sites that a match would be found in 95 of 100 cases."""

    def of(self, patient: str) -> tuple[SampleMatch, ...]:
        """Return the matches of a patient."""
        return tuple(match for match in self.matches if patient in (match.patient, match.other_patient))


def whose_failures(checks: IdentityChecks | None, waived: Iterable[str]) -> tuple[str, ...]:
    """Return why it is not known whose the samples are, which no result survives; empty when the sheet waives it."""
    accepted = {waiver_name(waiver) for waiver in waived}
    asked = (CheckName.IDENTITY, CheckName.MATCH)
    failed = checks.failed if checks else ()
    return tuple(
        f"{check.name.value} of {check.subject}: {check.value}"
        for check in failed
        if check.name in asked and check.name.value not in accepted
    )


_HIDING = ((CheckName.TUMOR_IN_NORMAL, "normal"), (CheckName.CONTAMINATION, "normal"))
"""Checks of the normal whose failure means that somatic variants are taken for inherited ones."""


def hides_somatic(checks: IdentityChecks | None, waived: Iterable[str]) -> tuple[IdentityCheck, ...]:
    """Return the failed checks under which somatic variants may be lost; empty where the sheet waives them.

    Parameters
    ----------
    checks
        What was asked of the samples; ``None`` where nothing was.
    waived
        Waivers of the sheet, as :func:`parse_waivers` returns them.
    """
    accepted = {waiver_name(waiver) for waiver in waived}
    failed = checks.failed if checks else ()
    return tuple(
        check for check in failed if (check.name, check.subject) in _HIDING and check.name.value not in accepted
    )


def foreign_in_tumor(checks: IdentityChecks | None) -> float:
    """Return the share of the tumor's fragments that is somebody else's, 0 where that passed or could not be told.

    Fragments of the tumor's own alleles are fewer by it; a waiver of the sheet changes nothing of that.
    """
    shares = [
        check.estimate or 0.0
        for check in (checks.named(CheckName.CONTAMINATION) if checks else ())
        if check.subject.startswith("tumor") and check.status in (CheckStatus.WARNING, CheckStatus.FAILED)
    ]
    return max(shares, default=0.0)


def failed_kinds(failures: Iterable[str]) -> tuple[str, ...]:
    """Return of what a sample failed: ``identity``, ``quality`` or both, by the words of :func:`whose_failures`."""
    owners = tuple(f"{name.value} of " for name in (CheckName.IDENTITY, CheckName.MATCH))
    kinds = {"identity" if failure.startswith(owners) else "quality" for failure in failures}
    return tuple(sorted(kinds))


def parse_waivers(cell: str) -> tuple[str, ...]:
    """Return the waivers of a sheet's cell, each ``name`` or ``name=reason``, separated by commas.

    A comma inside of a reason is kept where no name of a check follows it, nor a word that looks like a misspelt one.

    Raises
    ------
    ValueError
        A name that no check has, or one that is there twice.
    """
    known = {name.value for name in CheckName}
    found: list[str] = []
    for part in cell.split(","):
        name, equals, reason = (word.strip() for word in part.partition("="))
        if name in known:
            found.append(f"{name}={reason}" if reason else name)
        elif found and "=" in found[-1] and name and not equals and not _resembles(name, known):
            found[-1] += f", {name}"
        elif part.strip():
            raise ValueError(f"'{name}' is no check")
    names = [waiver_name(waiver) for waiver in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"'{name}' is there twice")
    return tuple(found)


def _resembles(words: str, known: Iterable[str]) -> bool:
    spelled = words.lower().replace(" ", "_").replace("-", "_")
    return bool(get_close_matches(spelled, list(known), n=1, cutoff=0.75))


def waiver_name(waiver: str) -> str:
    """Return the name of the check that a waiver is about."""
    return waiver.partition("=")[0]


def waiver_reasons(waived: Iterable[str]) -> dict[str, str]:
    """Return the reasons of waivers by the check they are about; empty where none was given."""
    return {name: reason for name, _, reason in (waiver.partition("=") for waiver in waived)}
