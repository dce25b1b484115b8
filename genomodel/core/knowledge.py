"""Statements of knowledge bases: which alterations they are about, and what they claim."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.findings import Evidence
from genomodel.core.patients import GenomeBuild


class Place(Noun):
    """Where a source puts an alteration on a genome: 1-based, ends included; alleles empty where it does not say."""

    build: GenomeBuild
    chrom: str
    start: int = Field(ge=1)
    end: int = Field(ge=1)
    ref: str = ""
    alt: str = ""


class Criterion(Noun):
    """One alteration that a statement speaks of, with every handle by which a tumor's can be told to be it."""

    gene: str = ""
    """Current symbol; empty for markers of the whole tumor."""
    former_symbols: tuple[str, ...] = ()
    kind: str
    """Kind of rule, registered in :mod:`genomodel.interpretation.matching`: ``allele``, ``codon``, ``exon``,
    ``effect``, ``amplification``, ``fusion`` …; ``text`` for what no data of ours can be held against."""
    value: str = ""
    """What the kind asks for: ``V600E,V600K``, ``V600``, ``19:deletion``, the partner of a fusion."""
    name: str = ""
    """The alteration as its source names it."""
    places: tuple[Place, ...] = ()
    hgvs: tuple[str, ...] = ()
    """HGVS names with their accessions, ``NM_004333.4:c.1799T>A``."""
    gap: str = ""
    """Of kind ``text``: why nothing can match it."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """The gene's symbol and its former ones, none for markers of the whole tumor."""
        return (self.gene, *self.former_symbols) if self.gene else ()


class Operator(StrEnum):
    """How the parts of a profile are joined."""

    ONE = "one"
    """A single criterion."""
    ALL = "all"
    ANY = "any"
    NOT = "not"


class Profile(Noun):
    """A logical expression over criteria: the molecular profile that a statement is about."""

    operator: Operator = Operator.ONE
    criterion: Criterion | None = None
    parts: tuple[Profile, ...] = ()

    @classmethod
    def of(cls, criterion: Criterion) -> Profile:
        """Return the profile of one criterion."""
        return cls(criterion=criterion)

    @classmethod
    def join(cls, operator: Operator, parts: tuple[Profile, ...]) -> Profile:
        """Return parts joined by ``ALL`` or ``ANY``, a single part as it is; ``NOT`` takes exactly one."""
        if operator is not Operator.NOT and len(parts) == 1:
            return parts[0]
        return cls(operator=operator, parts=parts)

    def criteria(self) -> Iterator[Criterion]:
        """Yield every criterion, those under ``NOT`` included, in the order of the expression."""
        if self.criterion is not None:
            yield self.criterion
        for part in self.parts:
            yield from part.criteria()

    def required(self) -> Iterator[Criterion]:
        """Yield the criteria that are not under a ``NOT``."""
        if self.criterion is not None:
            yield self.criterion
        if self.operator is not Operator.NOT:
            for part in self.parts:
                yield from part.required()


class Statement(Noun):
    """A statement of evidence with the profile that says which tumors it is about."""

    evidence: Evidence
    profile: Profile
    scope: str
    """``listed``: the evidence's tumor types; ``solid``: any solid tumor; ``any``: any tumor."""
    tier: str = ""
    """AMP/ASCO/CAP tier and level in the tumor types that the evidence is about; empty where the source gives none."""
    excluded: tuple[str, ...] = ()
    """OncoTree codes for which the claim does not hold at all."""
    cross_references: tuple[str, ...] = ()

    @property
    def genes(self) -> tuple[str, ...]:
        """Symbols, former ones included, of the alterations that have to be there."""
        return tuple(dict.fromkeys(symbol for item in self.profile.required() for symbol in item.symbols))
