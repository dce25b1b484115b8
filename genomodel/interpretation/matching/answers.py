"""What holding a statement against a tumor gives: true, false or unknown, at which resolution, and what was ignored.

The three values and their joining are Kleene's strong logic: what is not known stays unknown unless the other parts
decide. Unknown never matches.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from genomodel.core.knowledge import Criterion, Statement


class Truth(IntEnum):
    """Whether a tumor has something; the order makes AND the least and OR the greatest."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __invert__(self) -> Truth:
        """Return NOT of the value; what is not known stays so."""
        return Truth(2 - self)


class Resolution(StrEnum):
    """How finely a criterion was matched, the finest first."""

    GENOMIC = "genomic"
    HGVS = "hgvs"
    PROTEIN = "protein"
    CODON = "codon"
    EXON = "exon"
    """An exon, a range of residues or a named effect, with the class of change."""
    GENE = "gene"
    """The gene with the class of change."""
    COPY_NUMBER = "copy_number"
    FUSION = "fusion"
    BIOMARKER = "biomarker"
    """Of the tumor as a whole."""
    ABSENCE = "absence"
    """Nothing of the kind is there, and it was looked for."""

    @property
    def rank(self) -> int:
        """Place in the order, 0 for the finest."""
        return _RANKS[self]


_RANKS = {resolution: rank for rank, resolution in enumerate(Resolution)}
NAMED_BY_SOURCE = frozenset({Resolution.GENOMIC, Resolution.HGVS, Resolution.PROTEIN, Resolution.CODON})
"""Resolutions at which the source names the allele or its residue."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An alteration that satisfies a criterion; ``alteration`` is empty for markers of the whole tumor and absence."""

    alteration: str
    resolution: Resolution
    basis: str
    """What it rests on, for a reader: ``allele``, ``codon``, ``exon class``, ``amplification`` …"""
    transcript: str = ""
    """Transcript on which it was told, where not the reported one; versions do not matter."""
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """An alteration of which cannot be told whether it satisfies a criterion, and why."""

    alteration: str
    why: str


@dataclass(frozen=True, slots=True)
class PartMatch:
    """One satisfied criterion of a profile."""

    criterion: Criterion
    hits: tuple[Hit, ...]
    """The best first."""

    @property
    def resolution(self) -> Resolution:
        """The finest of its hits."""
        return self.hits[0].resolution

    @property
    def alterations(self) -> tuple[str, ...]:
        """Ids of what satisfies it."""
        return tuple(dict.fromkeys(hit.alteration for hit in self.hits if hit.alteration))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a tumor has a profile; ``parts`` where it does, ``open`` where nobody can tell."""

    truth: Truth
    parts: tuple[PartMatch, ...] = ()
    open: tuple[str, ...] = ()
    """What would have to be known, or to hold, as sentences without end."""
    touched: bool = False
    """Whether some alteration of the tumor satisfies, or may satisfy, a criterion."""


@dataclass(frozen=True, slots=True)
class StatementMatch:
    """A statement whose profile the tumor has."""

    statement: Statement
    parts: tuple[PartMatch, ...]
    """One for each criterion that counts: all of an AND, those satisfied of an OR."""
    left_out: tuple[str, ...] = ()
    """What was not compared: coordinates of another build, an unnamed partner, origin …"""

    @property
    def resolution(self) -> Resolution:
        """The coarsest of the parts that an alteration satisfies; ``ABSENCE`` where nothing but absence is asked."""
        found = [part.resolution for part in self.parts if part.resolution is not Resolution.ABSENCE]
        return max(found, key=lambda item: item.rank) if found else Resolution.ABSENCE

    @property
    def alterations(self) -> tuple[str, ...]:
        """Ids of the alterations involved, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.alterations))

    @property
    def transcripts(self) -> tuple[str, ...]:
        """Transcripts, other than the reported ones, on which something was told."""
        found = (hit.transcript for part in self.parts for hit in part.hits)
        return tuple(dict.fromkeys(name for name in found if name))

    def hits_of(self, alteration: str) -> tuple[tuple[PartMatch, Hit], ...]:
        """Return the parts that an alteration satisfies, with how."""
        return tuple((part, hit) for part in self.parts for hit in part.hits if hit.alteration == alteration)


@dataclass(frozen=True, slots=True)
class OpenStatement:
    """A statement that would match if something were known that is not."""

    statement: Statement
    would_match_if: tuple[str, ...]
    parts: tuple[PartMatch, ...] = ()
    """What is satisfied already."""
