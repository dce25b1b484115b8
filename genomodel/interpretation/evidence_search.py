"""The graded evidence for what is altered in one tumor: statements matched, closest claims kept, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from genomodel.core.findings import Direction, Evidence, EvidenceMatch, TumorTypeMatch
from genomodel.core.knowledge import Operator, Profile, Statement
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedVariant
from genomodel.interpretation.knowledge import withdrawn_by_gene
from genomodel.interpretation.matching import (
    StatementIndex,
    StatementMatch,
    Tumor,
    match_statements,
    matches_if_present,
)
from genomodel.interpretation.matching.alterations import gene_key, keys_of
from genomodel.interpretation.matching.build import small_variant
from genomodel.interpretation.tiers import grade, relate
from genomodel.resources.drugs import normalize_therapy

Rules = Mapping[str, tuple[Statement, ...]]


@dataclass(frozen=True)
class KnownEvidence:
    """What is known, held against one patient's tumor."""

    rules: Rules
    """Statements by each symbol of their genes."""
    index: StatementIndex
    tumor: Tumor
    patient: Patient

    @classmethod
    def of(cls, rules: Rules, tumor: Tumor, patient: Patient) -> KnownEvidence:
        """Return it with the index of the rules, each statement once and in the order of the rules."""
        statements = {
            (rule.evidence.knowledge_base, rule.evidence.id): rule for listed in rules.values() for rule in listed
        }
        return cls(rules, StatementIndex.of(statements.values()), tumor, patient)

    @cached_property
    def matches(self) -> dict[str, list[StatementMatch]]:
        """The statements that the tumor satisfies, by the id of each alteration or marker that is involved."""
        found: defaultdict[str, list[StatementMatch]] = defaultdict(list)
        for match in match_statements(self.index, self.tumor):
            for name in match.alterations:
                found[name].append(match)
        return dict(found)

    @cached_property
    def ended(self) -> dict[str, list[Evidence]]:
        """Approvals for the patient's tumor type that ended, by the id of each alteration that they were for."""
        found: defaultdict[str, list[Evidence]] = defaultdict(list)
        statements = {rule.evidence.id: rule for listed in withdrawn_by_gene().values() for rule in listed}
        for match in match_statements(StatementIndex.of(statements.values()), self.tumor):
            relation = relate(match.statement, self.patient.tumor_type)
            if relation is not None and relation.match is not TumorTypeMatch.OTHER:
                for name in match.alterations:
                    found[name].append(match.statement.evidence)
        return dict(found)

    @cached_property
    def drugs_of_tumor_type(self) -> frozenset[str]:
        """The drugs that some statement, on whatever alteration, is for in the patient's tumor type."""
        found: set[str] = set()
        for rule in self.index.statements:
            if rule.evidence.direction is Direction.SENSITIVITY:
                relation = relate(rule, self.patient.tumor_type)
                if relation is not None and relation.match is not TumorTypeMatch.OTHER:
                    found |= _drugs(rule.evidence)
        return frozenset(found)


def match_if_present(variant: AnnotatedVariant, known: KnownEvidence) -> tuple[EvidenceMatch, ...]:
    """Return the graded evidence that an allele would satisfy if it were the tumor's."""
    alteration = small_variant(variant, known.patient)
    return _graded(matches_if_present(known.index, alteration, known.tumor), alteration.id, known, variant)


def match_evidence(
    alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None = None
) -> tuple[EvidenceMatch, ...]:
    """Return the graded evidence that an alteration or marker of the tumor satisfies, by its id, best first.

    Of statements on the same therapy the ones closest to the patient's tumor type are kept: those for this tumor type,
    else those for any, else those for others. Resistance in another tumor type is left out unless some statement for
    this tumor type is for one of the drugs: nobody would give them here.
    """
    return _graded(known.matches.get(alteration, ()), alteration, known, variant)


def ended_words(alteration: str, known: KnownEvidence) -> list[str]:
    """Say of each approval that an alteration once met that it ended; such an approval gives no tier."""
    return [
        f"an approval of {evidence.therapy} ended on {evidence.withdrawn} ({'; '.join(evidence.conditions)})"
        for evidence in known.ended.get(alteration, ())
    ]


def _graded(
    found: Iterable[StatementMatch], alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None = None
) -> tuple[EvidenceMatch, ...]:
    graded = (_grade(match, alteration, known, variant) for match in found)
    matches = [match for match in graded if match is not None]
    closest: dict[tuple[Direction, str], int] = {}
    for match in matches:
        claim = (match.evidence.direction, match.evidence.therapy)
        closest[claim] = min(_distance(match), closest.get(claim, _distance(match)))
    against = any(not _speaks_of_this_tumor(match) for match in matches)
    used = known.drugs_of_tumor_type if against else frozenset()
    kept = [
        match
        for match in matches
        if _distance(match) == closest[match.evidence.direction, match.evidence.therapy]
        and (_speaks_of_this_tumor(match) or _drugs(match.evidence) & used)
    ]
    return tuple(sorted(kept, key=rank_of_match))


def _grade(
    match: StatementMatch, alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None
) -> EvidenceMatch | None:
    part, hit = min(match.hits_of(alteration), key=lambda found: found[1].resolution.rank)
    others = [other.hits[0].basis for other in match.parts if alteration not in other.alterations]
    basis = hit.basis
    if variant is not None and variant.consequence is not None:
        reported = gene_key(variant.consequence.gene, variant.variant.chrom)
        keys = keys_of(part.criterion)
        basis += f" of {keys[0]}" if keys and reported not in keys else ""
    if others and _asks_for_several(match.statement.profile):
        basis += f", with {' and '.join(dict.fromkeys(others))}"
    graded = grade(match.statement, known.patient.tumor_type, basis, variant)
    if graded is None:
        return None
    return graded.model_copy(update={"resolution": hit.resolution.value, "ignored": match.left_out})


def _asks_for_several(profile: Profile) -> bool:
    return profile.operator is Operator.ALL or any(_asks_for_several(part) for part in profile.parts)


def _speaks_of_this_tumor(match: EvidenceMatch) -> bool:
    return match.evidence.direction is Direction.SENSITIVITY or match.tumor_type_match is not TumorTypeMatch.OTHER


def _drugs(evidence: Evidence) -> frozenset[str]:
    named = normalize_therapy(evidence.therapy)
    return frozenset((*named.drugs, *named.unknown))


def _distance(match: EvidenceMatch) -> int:
    return list(TumorTypeMatch).index(match.tumor_type_match)


def rank_of_match(match: EvidenceMatch) -> tuple[int, str, int, str]:
    """Sort key: by direction, then by tier, then the closest tumor type."""
    return (list(Direction).index(match.evidence.direction), match.tier, _distance(match), match.evidence.id)
