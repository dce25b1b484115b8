"""What was read, what was run, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
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


class AlleleSource(Noun):
    """A source in which alleles were, or were not, looked up: population frequencies, ClinVar."""

    id: str
    title: str
    looked_up: bool
    file: str = ""
    """Name of the file, or where else the facts come from."""
    version: str = ""
    """As the file's header or name gives it."""
    sha256: str = ""
    digest_of: str = ""
    """What the digest was made of: all of the file, or parts of a large one."""
    without: tuple[str, ...] = ()
    """Contigs of the calls that the file has no records of: nothing is known of their alleles."""
    note: str = ""
    """What else could not be asked."""

    @property
    def text(self) -> str:
        """One line for people: the file and its version, or that it was not looked up."""
        if not self.looked_up:
            return "not looked up"
        missing = f"nothing to ask for {', '.join(self.without)}" if self.without else ""
        return ", ".join(part for part in (self.file, self.version, missing, self.note) if part)


NAMED_AT_MOST = 12
"""Items that the detail of a step names; the others are counted."""


def name_some(items: Sequence[str]) -> str:
    """Return items for the detail of a step: the first by name, the others by their number."""
    more = len(items) - NAMED_AT_MOST
    return "; ".join(items[:NAMED_AT_MOST]) + (f"; and {more} more" if more > 0 else "")
