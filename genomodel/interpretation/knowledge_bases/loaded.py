"""What a loader returns: statements, everything that was left out and why, and a card of every row for comparing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from genomodel.core.knowledge import Criterion, Operator, Profile, Statement
from genomodel.core.provenance import Version


class Reach(IntEnum):
    """By what a criterion can be told in a tumor, finest first."""

    POSITION = 0
    HGVS = 1
    PROTEIN = 2
    CODON = 3
    EXON = 4
    GENE = 5
    TEXT = 6
    NOT_AT_ALL = 7

    @property
    def words(self) -> str:
        """As the table of ``kb validate`` says it."""
        return _WORDS[self]


_WORDS = {
    Reach.POSITION: "position and allele",
    Reach.HGVS: "HGVS name",
    Reach.PROTEIN: "protein allele",
    Reach.CODON: "codon",
    Reach.EXON: "exon, region or named class",
    Reach.GENE: "gene and class (mutation, copy number, fusion …)",
    Reach.TEXT: "only by its text",
    Reach.NOT_AT_ALL: "not at all",
}
NOT_THERE = "the release does not list the variant"
"""Gap of a criterion whose name a release's profile has and its list of variants has not."""
_ALLELES = frozenset({"allele", "hgvs", "genomic"})
_EXONS = frozenset({"exon", "effect", "protein_region", "region"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that became no statement."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Card:
    """A row of a source as it was given, used or not, for comparing releases."""

    id: str
    profile: str
    disease: str = ""
    therapies: tuple[str, ...] = ()
    level: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A knowledge base that was read."""

    version: Version
    statements: tuple[Statement, ...]
    n_rows: int
    left_out: tuple[LeftOut, ...] = ()
    cards: tuple[Card, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader should know of the release: cut, joined with another, oddities."""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """Molecular profiles by name, where the source has them of their own."""
    unmapped: Mapping[str, int] = field(default_factory=dict)
    """Tumor types of the source that have no code, with the number of statements; these match no tumor type."""

    def reasons(self) -> Counter[str]:
        """Return why rows were left out, with their numbers."""
        return Counter(item.reason for item in self.left_out)


def reach_of(profile: Profile) -> Reach:
    """Return by what a profile can be told: of joint parts the coarsest, of alternatives the finest."""
    if profile.criterion is not None:
        return _reach(profile.criterion)
    parts = [reach_of(part) for part in profile.parts]
    return min(parts) if profile.operator is Operator.ANY else max(parts)


def _reach(criterion: Criterion) -> Reach:
    if criterion.kind == "text":
        return Reach.NOT_AT_ALL if criterion.gap.startswith(NOT_THERE) else Reach.TEXT
    if criterion.kind in _ALLELES:
        if any(place.ref and place.alt for place in criterion.places):
            return Reach.POSITION
        if any(":p." not in name for name in criterion.hgvs):
            return Reach.HGVS
        return Reach.PROTEIN
    if criterion.kind == "codon":
        return Reach.CODON
    return Reach.EXON if criterion.kind in _EXONS else Reach.GENE


def gaps(profiles: Iterable[Profile]) -> Counter[str]:
    """Return why profiles cannot be told, with their numbers; each counts once, by its first reason."""
    found: Counter[str] = Counter()
    for profile in profiles:
        if reach_of(profile) >= Reach.TEXT:
            reasons = [item.gap for item in profile.criteria() if item.kind == "text"]
            found[reasons[0].split(":")[0]] += 1
    return found


def of_one_build(profiles: Iterable[Profile]) -> int:
    """Count profiles that have nothing but places of one genome build, so that the other cannot match them."""

    def told_by_place_alone(criterion: Criterion) -> bool:
        builds = {place.build for place in criterion.places}
        named = any(re.search(r":[cn]\.", name) for name in criterion.hgvs)
        return criterion.kind in ("genomic", "hgvs") and not named and len(builds) == 1

    return sum(any(told_by_place_alone(item) for item in profile.criteria()) for profile in profiles)
