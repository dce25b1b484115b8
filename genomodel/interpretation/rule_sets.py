"""The statements that tumors are held against, sorted once for many patients: the core, and bases chosen beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property

from genomodel.core.findings import Direction, Evidence, TumorTypeMatch
from genomodel.core.knowledge import Statement
from genomodel.core.patients import TumorType
from genomodel.core.provenance import Version
from genomodel.interpretation.knowledge import giving_tiers, index_rules, knowledge_bases, rules_by_gene, spoken_against
from genomodel.interpretation.knowledge_bases.bases import indexed_base
from genomodel.interpretation.matching import StatementIndex
from genomodel.interpretation.oncogenicity.sources import about_function
from genomodel.interpretation.tiers import relate
from genomodel.resources.drugs import normalize_therapy


class RuleSet(Mapping[str, tuple[Statement, ...]]):
    """Statements by each symbol of their genes, with what every patient needs of them.

    Parameters
    ----------
    statements
        Those that may give a tier, each id of a knowledge base once.
    against
        Those whose source speaks against a claim.
    asked
        Statements by gene that say what a report has to name as not looked at; all of them where not given.
    versions
        Of the knowledge bases beside the core.
    function
        Statements on what variants do, for their oncogenicity.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        against: Iterable[Statement] = (),
        asked: Mapping[str, tuple[Statement, ...]] | None = None,
        versions: tuple[Version, ...] = (),
        function: Iterable[Statement] = (),
    ) -> None:
        unique = {(rule.evidence.knowledge_base, rule.evidence.id): rule for rule in statements}
        self._by_gene = index_rules(tuple(unique.values()))
        self.index = StatementIndex.of(unique.values())
        self.against = StatementIndex.of(against)
        self.asked = self._by_gene if asked is None else asked
        self.versions = versions
        studies = tuple(function)
        self.function = StatementIndex.of(studies) if studies else None
        self._drugs: dict[str, frozenset[str]] = {}

    def __getitem__(self, gene: str) -> tuple[Statement, ...]:
        return self._by_gene[gene]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_gene)

    def __len__(self) -> int:
        return len(self._by_gene)

    @cached_property
    def with_sensitivity(self) -> tuple[Statement, ...]:
        """The statements for a therapy."""
        return tuple(rule for rule in self.index.statements if rule.evidence.direction is Direction.SENSITIVITY)

    def drugs_for(self, tumor_type: TumorType) -> frozenset[str]:
        """Return the drugs that some statement, on whatever alteration, is for in a tumor type."""
        if tumor_type.code not in self._drugs:
            relations = ((rule.evidence, relate(rule, tumor_type)) for rule in self.with_sensitivity)
            named = [drugs_of(item) for item, met in relations if met and met.match is not TumorTypeMatch.OTHER]
            self._drugs[tumor_type.code] = frozenset().union(*named)
        return self._drugs[tumor_type.code]


def rule_set_of(rules: Mapping[str, tuple[Statement, ...]]) -> RuleSet:
    """Return rules by gene as a set; a set as it is."""
    if isinstance(rules, RuleSet):
        return rules
    return RuleSet(rule for listed in rules.values() for rule in listed)


def rule_set(specs: tuple[str, ...] = ()) -> RuleSet:
    """Return the core with knowledge bases beside it, by their names or files, read once in this process.

    What a report names as not looked at is what the core's statements on therapies ask about, whatever is added.

    Raises
    ------
    InputError
        Nothing is registered or found under a name, or the files are wrong.
    """
    return _rule_set(specs)


@cache
def _rule_set(specs: tuple[str, ...]) -> RuleSet:
    core = tuple(rule for base in knowledge_bases() for rule in base.rules)
    loaded = [indexed_base(spec) for spec in specs]
    every = (*core, *(rule for _, index in loaded for rule in index.statements))
    versions = tuple(version for version, _ in loaded)
    return RuleSet(giving_tiers(every), spoken_against(every), rules_by_gene(), versions, about_function(every))


def drugs_of(evidence: Evidence) -> frozenset[str]:
    """Return the drugs of a statement by their one name each, those that no table names included; no classes."""
    return frozenset().union(*(_drugs_named(name) for name in evidence.therapies or (evidence.therapy,)))


@cache
def _drugs_named(therapy: str) -> frozenset[str]:
    named = normalize_therapy(therapy)
    return frozenset((*named.drugs, *named.unknown))
