"""Statements held against a tumor: logical profiles, an index that finds the few that can matter, and what is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from genomodel.core.findings import VariantOrigin
from genomodel.core.knowledge import Criterion, Operator, Profile, Statement
from genomodel.core.variants import Origin
from genomodel.interpretation.matching.alterations import Alteration, SmallVariant, Tumor, keys_of
from genomodel.interpretation.matching.answers import (
    NAMED_BY_SOURCE,
    Doubt,
    Hit,
    OpenStatement,
    PartMatch,
    Resolution,
    StatementMatch,
    Truth,
    Verdict,
)
from genomodel.interpretation.matching.events import name_of, standing_of
from genomodel.interpretation.matching.places import Allele, alleles_of
from genomodel.interpretation.matching.registry import KINDS, Kind, check_criterion

_Key = TypeVar("_Key")
GERMLINE_ONLY = "the source speaks of inherited variants, this one is taken to be of the tumor"
SOMATIC_ONLY = "the source speaks of somatic variants, this one is inherited or of uncertain origin"


@dataclass(frozen=True)
class StatementIndex:
    """Statements by what may satisfy them."""

    statements: tuple[Statement, ...]
    by_gene: dict[str, tuple[int, ...]] = field(default_factory=dict)
    by_allele: dict[Allele, tuple[int, ...]] = field(default_factory=dict)
    without_gene: tuple[int, ...] = ()
    """Those that a tumor without any alteration may satisfy: with NOT, wild type, or a marker of the whole tumor."""

    @classmethod
    def of(cls, statements: Iterable[Statement]) -> StatementIndex:
        """Return the index of statements, whose order is kept.

        Raises
        ------
        InputError
            A criterion is of no registered kind, or its value not of the kind's form.
        """
        listed = tuple(statements)
        genes: dict[str, list[int]] = defaultdict(list)
        alleles: dict[Allele, list[int]] = defaultdict(list)
        free = []
        for number, statement in enumerate(listed):
            for criterion in statement.profile.criteria():
                check_criterion(criterion)
                for gene in keys_of(criterion):
                    genes[gene].append(number)
                for allele in alleles_of(criterion):
                    alleles[allele].append(number)
            if _needs_no_alteration(statement.profile):
                free.append(number)
        return cls(listed, _once(genes), _once(alleles), tuple(free))

    def about(self, alterations: Iterable[Alteration]) -> set[int]:
        """Return the numbers of the statements that name a gene or an allele of alterations."""
        found: set[int] = set()
        for item in alterations:
            for gene in item.genes:
                found.update(self.by_gene.get(gene, ()))
            if isinstance(item, SmallVariant) and item.allele is not None:
                found.update(self.by_allele.get(item.allele, ()))
        return found


def _once(found: dict[_Key, list[int]]) -> dict[_Key, tuple[int, ...]]:
    return {key: tuple(dict.fromkeys(numbers)) for key, numbers in found.items()}


def _needs_no_alteration(profile: Profile) -> bool:
    if profile.criterion is not None:
        return KINDS[profile.criterion.kind].whole is not None and profile.criterion.kind != "text"
    return profile.operator is Operator.NOT or any(_needs_no_alteration(part) for part in profile.parts)


def match_statements(statements: StatementIndex | Iterable[Statement], tumor: Tumor) -> tuple[StatementMatch, ...]:
    """Return the statements whose profile a tumor has, in their order.

    Tumor type, level and direction are not judged, nor whether a source supports the claim.

    Parameters
    ----------
    statements
        Or their index, which is worth building once for many tumors.
    tumor
        All that is altered, and what was looked at.
    """
    return tuple(
        _match(statement, verdict, tumor)
        for statement, verdict in _verdicts(statements, tumor)
        if verdict.truth is Truth.TRUE
    )


def open_statements(statements: StatementIndex | Iterable[Statement], tumor: Tumor) -> tuple[OpenStatement, ...]:
    """Return the statements that would match if something were known, with what.

    Only those that an alteration of the tumor touches, or that ask for nothing but absence and markers: that a gene
    was not assayed leaves every statement on it open, and is said elsewhere.
    """
    return tuple(
        OpenStatement(statement, verdict.open, verdict.parts)
        for statement, verdict in _verdicts(statements, tumor)
        if verdict.truth is Truth.UNKNOWN and (verdict.touched or _asks_for_absence(statement.profile))
    )


def matches_if_present(index: StatementIndex, alteration: SmallVariant, tumor: Tumor) -> tuple[StatementMatch, ...]:
    """Return the matches that an allele would be involved in if it were the tumor's."""
    alone = Tumor(alterations=(alteration,), build=tumor.build)
    touched = {
        number
        for number in index.about([alteration])
        if any(_judge(item, alone).truth is Truth.TRUE for item in index.statements[number].profile.required())
    }
    if not touched:
        return ()
    whole = tumor.as_if_having(alteration)
    found = (
        (index.statements[number], evaluate(index.statements[number].profile, whole)) for number in sorted(touched)
    )
    matches = (_match(statement, verdict, whole) for statement, verdict in found if verdict.truth is Truth.TRUE)
    return tuple(match for match in matches if alteration.id in match.alterations)


def _match(statement: Statement, verdict: Verdict, tumor: Tumor) -> StatementMatch:
    return StatementMatch(statement, verdict.parts, _left_out(statement, verdict.parts, tumor))


def _verdicts(statements: StatementIndex | Iterable[Statement], tumor: Tumor) -> Iterator[tuple[Statement, Verdict]]:
    index = statements if isinstance(statements, StatementIndex) else StatementIndex.of(statements)
    for number in sorted(index.about(tumor.alterations) | set(index.without_gene)):
        statement = index.statements[number]
        yield statement, evaluate(statement.profile, tumor)


def _asks_for_absence(profile: Profile) -> bool:
    return profile.operator is Operator.NOT or (
        profile.criterion.kind == "wild_type"
        if profile.criterion is not None
        else all(_asks_for_absence(part) for part in profile.parts)
    )


def evaluate(profile: Profile, tumor: Tumor) -> Verdict:
    """Return whether a tumor has a profile, by Kleene's logic over its criteria."""
    if profile.criterion is not None:
        return _judge(profile.criterion, tumor)
    verdicts = [evaluate(part, tumor) for part in profile.parts]
    if profile.operator is Operator.NOT:
        return _negated(profile, verdicts[0])
    choose = min if profile.operator is Operator.ALL else max
    truth = choose((item.truth for item in verdicts), default=Truth.UNKNOWN)
    touched = any(item.touched for item in verdicts)
    parts = tuple(part for item in verdicts if item.truth is Truth.TRUE for part in item.parts)
    if truth is Truth.TRUE:
        return Verdict(truth, parts, touched=touched)
    if truth is Truth.FALSE:
        return Verdict(truth)
    reasons = tuple(dict.fromkeys(why for item in verdicts if item.truth is Truth.UNKNOWN for why in item.open))
    return Verdict(truth, parts, reasons, touched)


def _negated(profile: Profile, verdict: Verdict) -> Verdict:
    if verdict.truth is Truth.FALSE:
        parts = tuple(
            PartMatch(criterion, (Hit("", Resolution.ABSENCE, f"no {_named(criterion)}"),))
            for criterion in profile.parts[0].criteria()
        )
        return Verdict(Truth.TRUE, parts)
    if verdict.truth is Truth.TRUE:
        return Verdict(Truth.FALSE)
    return Verdict(Truth.UNKNOWN, open=tuple(f"no {why}" for why in verdict.open), touched=verdict.touched)


def _judge(criterion: Criterion, tumor: Tumor) -> Verdict:
    kind = KINDS[criterion.kind]
    if kind.whole is not None:
        truth, told = kind.whole(criterion, tumor)
        if isinstance(told, Hit):
            return Verdict(truth, (PartMatch(criterion, (told,)),), touched=bool(told.alteration))
        return Verdict(truth, open=(f"{_named(criterion)} ({told})",) if truth is Truth.UNKNOWN else ())
    hits, doubts = _found(criterion, kind, tumor)
    if hits:
        ordered = tuple(sorted(hits, key=lambda hit: (hit.resolution.rank, hit.alteration)))
        return Verdict(Truth.TRUE, (PartMatch(criterion, ordered),), touched=True)
    if doubts:
        whys = dict.fromkeys(f"{_named(criterion)} ({item.why})" for item in doubts)
        return Verdict(Truth.UNKNOWN, open=tuple(whys), touched=True)
    silence = kind.silence(criterion, tumor) if kind.silence is not None else ""
    return Verdict(Truth.UNKNOWN, open=(f"{_named(criterion)} ({silence})",)) if silence else Verdict(Truth.FALSE)


def _found(criterion: Criterion, kind: Kind, tumor: Tumor) -> tuple[list[Hit], list[Doubt]]:
    """Return the alterations that satisfy a criterion, and those that may."""
    genes = keys_of(criterion)
    at_place = [item for allele in alleles_of(criterion) for item in tumor.by_allele.get(allele, ())]
    listed = {id(item): item for item in (*tumor.of(genes), *at_place)}.values()
    hits: list[Hit] = []
    doubts: list[Doubt] = []
    for item in listed:
        found = kind.matches(criterion, item, tumor) if kind.matches is not None else None
        if isinstance(found, Hit) and (found.resolution in NAMED_BY_SOURCE or not _is_common(item)):
            hits.append(found)
        elif isinstance(found, Doubt):
            doubts.append(found)
    for item in tumor.doubtful_of(genes) if not hits else ():
        found = kind.matches(criterion, item, tumor) if kind.matches is not None else None
        if isinstance(found, Hit) and isinstance(item, SmallVariant):
            why = f"{name_of(genes[0], item)} was seen and is {standing_of(item)}"
            doubts.append(Doubt(item.id, why))
    return hits, doubts


def _is_common(item: Alteration) -> bool:
    """Whether an alteration matches only what names it: its class says nothing of the tumor."""
    return isinstance(item, SmallVariant) and item.common


def _named(criterion: Criterion) -> str:
    said = criterion.name or " ".join(filter(None, (criterion.kind.replace("_", " "), criterion.value)))
    return said if not criterion.gene or said.startswith(criterion.gene) else f"{criterion.gene} {said}"


def _left_out(statement: Statement, parts: tuple[PartMatch, ...], tumor: Tumor) -> tuple[str, ...]:
    notes = [note for part in parts for note in part.hits[0].ignored]
    involved = (tumor.by_id.get(name) for part in parts for name in part.alterations)
    origins = {item.variant.origin for item in involved if isinstance(item, SmallVariant)}
    if statement.evidence.origin is VariantOrigin.GERMLINE and origins - {Origin.GERMLINE}:
        notes.append(GERMLINE_ONLY)
    if statement.evidence.origin is VariantOrigin.SOMATIC and origins - {Origin.SOMATIC}:
        notes.append(SOMATIC_ONLY)
    return tuple(dict.fromkeys(notes))
