"""What people decided about a report: review, signature, version."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from genomodel.core.base import Noun
from genomodel.core.laboratory import Person

ReviewedTier = Annotated[str, StringConstraints(pattern=r"^(I-A|I-B|II-C|II-D|III|IV)?$")]
"""Tier that a reviewer gives, empty for the one that was computed."""


class ReviewDecision(StrEnum):
    """Whether an alteration stays in the report."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


class ReviewEntry(Noun):
    """One row of ``review.tsv``."""

    variant: str
    """Id of the finding without the patient's."""
    label: str = ""
    """As the report named it when it was reviewed."""
    computed_tier: str = ""
    """Tier that the report gave when it was reviewed, so that a change after a re-run is noticed."""
    decision: ReviewDecision
    tier: ReviewedTier = ""
    comment: str = ""
    person: str
    """Id of a person of the laboratory's file."""
    time: str
    """ISO 8601 with offset."""


class ReviewMark(Noun):
    """What a review changed about a finding."""

    decision: ReviewDecision
    computed_tier: str
    """Tier before the review, empty for none."""
    tier: ReviewedTier = ""
    """Tier that the reviewer gave; empty where the computed one was confirmed."""
    comment: str = ""
    person: str
    time: str


class ReviewConflict(Noun):
    """A row of the review that no longer fits what a re-run found."""

    variant: str
    label: str = ""
    what: str
    """What does not fit, in words."""


class Review(Noun):
    """The rows that were applied, and those that could not be."""

    sha256: str = ""
    """Of ``review.tsv``; empty where there was none."""
    entries: tuple[ReviewEntry, ...] = ()
    persons: tuple[Person, ...] = ()
    """Those whom entries name."""
    conflicts: tuple[ReviewConflict, ...] = ()
    unreviewed: tuple[str, ...] = ()
    """Ids of findings of tier I and II without a row."""


class Signature(Noun):
    """Who released a report."""

    person: Person
    time: str
    """ISO 8601 with offset."""
    waivers: tuple[str, ...] = ()
    """What had failed and was accepted, each ``name: reason``."""
    files: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of the other forms by file name; none of them shows it, so that each is made of the rest alone."""
    software_sha256: str = ""
    """Of the genomodel that made the forms, so that it is known later whether it is the one at hand."""


class ReportVersion(Noun):
    """Which of a patient's signed reports this is."""

    number: int = Field(default=0, ge=0)
    """0 for a draft, 1 for the first that was signed, then one more for each amendment."""
    reason: str = ""
    """Why it was amended."""
    changes: tuple[str, ...] = ()
    """What changed since its predecessor, a sentence each."""
    predecessor_sha256: str = ""
    """Of the predecessor's JSON."""


NO_REVIEW = Review()
DRAFT_VERSION = ReportVersion()
