"""What a review is of: the findings of a report as they were computed, under names that last over re-runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genomodel.core.errors import InputError
from genomodel.core.findings import Finding
from genomodel.core.report import PatientReport
from genomodel.report import words


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a reviewer decides about."""

    variant: str
    """Id of the finding without the patient's."""
    label: str
    computed_tier: str
    """Empty for none."""
    listed: bool = False
    """Whether it is of the other variants, of which a review needs to say nothing."""

    @property
    def required(self) -> bool:
        """Whether no report is signed before somebody decided about it."""
        return (words.tier_number(self.computed_tier) or 9) <= 2


def variant_of(finding: Finding, patient: str) -> str:
    """Return a finding's id without the patient's."""
    return finding.id.removeprefix(f"{patient}:")


def computed_tier(finding: Finding) -> str:
    """Return the tier before a review, empty for none."""
    return finding.reviewed.computed_tier if finding.reviewed is not None else finding.tier or ""


def subjects(report: PatientReport) -> tuple[Subject, ...]:
    """Return what can be reviewed of a report, reviewed or not: findings by tier, then what is only listed."""
    found = {
        Subject(variant_of(finding, report.patient.id), finding.label, computed_tier(finding), listed)
        for finding, listed in _all(report)
    }
    return tuple(sorted(found, key=lambda one: (one.listed, words.tier_key(one.computed_tier), one.label, one.variant)))


def _all(report: PatientReport) -> Iterator[tuple[Finding, bool]]:
    content = report.interpretation
    yield from ((finding, False) for finding in content.findings)
    yield from ((finding, False) for finding in report.excluded)
    yield from ((finding, True) for finding in content.other_variants)


def named_subject(report: PatientReport, name: str) -> Subject:
    """Return what somebody names by variant, by label, or by the gene where it has one finding.

    Raises
    ------
    InputError
        Nothing of the report, or more than one thing, has that name.
    """
    among = subjects(report)
    bare = name.strip().removeprefix(f"{report.patient.id}:")
    ways = (
        [one for one in among if one.variant == bare],
        [one for one in among if one.label.casefold() == bare.casefold()],
        [one for one in among if not one.listed and one.label.split(" ")[0].casefold() == bare.casefold()],
    )
    found = next(filter(None, ways), [])
    if len(found) == 1:
        return found[0]
    told = [f"{one.variant} ({one.label})" for one in found or among if not one.listed or found]
    if found:
        raise InputError(f"'{name}' may be {words.joined(told, 5)}", fix="Name the variant")
    fix = f"The report of {report.patient.id} has {words.joined(told, 12) or 'no findings'}"
    raise InputError(f"the report of {report.patient.id} has no finding '{name}'", fix=fix)
