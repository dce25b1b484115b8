"""What was read, what was run, and what was left out."""

from __future__ import annotations

from enum import StrEnum

from genomodel.core.base import Noun


class SourceFile(Noun):
    """A file that was read, identified by content."""

    name: str
    sha256: str
    kind: str
    """``vcf``, ``maf``, ``copy_number``, ``bed``, ``knowledge``, ``bundle`` …"""


class StepStatus(StrEnum):
    """Whether an evidence step took place."""

    DONE = "done"
    SKIPPED = "skipped"


class Step(Noun):
    """One evidence step; a skipped one says why and goes into the report."""

    name: str
    status: StepStatus
    detail: str = ""


class Version(Noun):
    """A program, package, knowledge base or model that had a part in the result."""

    name: str
    version: str
    kind: str
    """``tool``, ``package``, ``knowledge`` or ``model``."""
    licence: str = ""
    sha256: str = ""
    url: str = ""
    date: str = ""
