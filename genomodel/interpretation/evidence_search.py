"""The graded evidence for what is altered in one tumor: statements matched, closest claims kept, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from genomodel.core.clinical import ConditionAnswer
from genomodel.core.findings import (
    Direction,
    Evidence,
    EvidenceMatch,
    EvidenceType,
    TherapyInteraction,
    TumorTypeMatch,
    VariantOrigin,
)
from genomodel.core.knowledge import Operator, Profile, Statement
from genomodel.core.patients import Patient, TumorType
from genomodel.core.variants import AnnotatedVariant
from genomodel.interpretation.base_corrections import held_to_sources, refuted_words, without_refuted
from genomodel.interpretation.conditions import GIVEN_BEFORE, answer_conditions, given_before
from genomodel.interpretation.core_limits import excluded_by_core, held_to_core
from genomodel.interpretation.evidence_order import CORE, rank_of_match
from genomodel.interpretation.gene_claims import (
    acts,
    names_no_change,
    outdone_words,
    split_unproven,
    unproven_words,
    without_outdone,
)
from genomodel.interpretation.knowledge import withdrawn_by_gene
from genomodel.interpretation.matching import (
    JoinedGenes,
    StatementIndex,
    StatementMatch,
    Tumor,
    match_statements,
    matches_if_present,
)
from genomodel.interpretation.matching.alterations import gene_key, keys_of
from genomodel.interpretation.matching.build import small_variant
from genomodel.interpretation.named_diseases import disease_named, named_words
from genomodel.interpretation.oncogenicity import OncogenicitySources
from genomodel.interpretation.rule_sets import RuleSet, drugs_of, rule_set_of
from genomodel.interpretation.tiers import grade, relate
from genomodel.resources.oncotree import may_be_one_of, widened

ABSENT = ""
"""What stands for the id of an alteration where a statement is about the absence of some."""
Rules = Mapping[str, tuple[Statement, ...]]


@dataclass(frozen=True)
class KnownEvidence:
    """What is known, held against one patient's tumor."""

    rules: RuleSet
    tumor: Tumor
    patient: Patient

    @classmethod
    def of(cls, rules: Rules, tumor: Tumor, patient: Patient) -> KnownEvidence:
        """Return it for rules by gene, or for a set of them that was made once for many patients."""
        return cls(rule_set_of(rules), tumor, patient)

    @property
    def index(self) -> StatementIndex:
        """The statements that may give a tier, each once and in the order of the rules."""
        return self.rules.index

    @cached_property
    def oncogenicity_sources(self) -> OncogenicitySources:
        """What the classification of the patient's variants may ask."""
        return OncogenicitySources(self.patient, self.rules.function)

    @cached_property
    def matches(self) -> dict[str, list[StatementMatch]]:
        """The statements that the tumor satisfies, by the id of each alteration or marker that is involved.

        Those that are about the absence of alterations alone, as of RAS mutations, stand under ``ABSENT``.
        """
        found: defaultdict[str, list[StatementMatch]] = defaultdict(list)
        for match in match_statements(self.index, self.tumor):
            for name in match.alterations or (ABSENT,):
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
    def opposed(self) -> dict[str, list[Statement]]:
        """The statements that speak against a claim in the patient's tumor type, by the id of each alteration."""
        found: defaultdict[str, list[Statement]] = defaultdict(list)
        for match in match_statements(self.rules.against, self.tumor):
            relation = relate(match.statement, self.patient.tumor_type)
            if relation is not None and relation.match is not TumorTypeMatch.OTHER:
                for name in match.alterations:
                    found[name].append(match.statement)
        return dict(found)


def match_if_present(
    variant: AnnotatedVariant, known: KnownEvidence, origins: Container[VariantOrigin] | None = None
) -> tuple[EvidenceMatch, ...]:
    """Return the graded evidence that an allele would satisfy if it were the tumor's.

    With ``origins`` the allele is taken to be there, and the statements on variants of these origins alone are graded.
    """
    alteration = small_variant(variant, known.patient)
    found = matches_if_present(known.index, alteration, known.tumor)
    if origins is not None:
        found = tuple(match for match in found if match.statement.evidence.origin in origins)
        # What ended, and what speaks against a claim, is looked up by the alterations of the tumor.
        known = replace(known, tumor=known.tumor.as_if_having(alteration)) if found else known
    return _graded(found, alteration.id, known, variant)


def match_evidence(
    alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None = None
) -> tuple[EvidenceMatch, ...]:
    """Return the graded evidence that an alteration or marker of the tumor satisfies, by its id, best first.

    Of statements on the same therapy the ones closest to the patient's tumor type are kept: those for this tumor type,
    else those for any, else those for others. Resistance in another tumor type is left out unless some statement for
    this tumor type is for one of the drugs: nobody would give them here. It stays where the tumor may be of that type,
    as bowel of colorectal cancer.
    """
    return _graded(known.matches.get(alteration, ()), alteration, known, variant)


def unused_words(alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None = None) -> list[str]:
    """Say what an alteration meets that gives no tier: approvals that ended, and claims that their sources refute."""
    ended = [
        f"an approval of {evidence.therapy} ended on {evidence.withdrawn} ({'; '.join(evidence.conditions)})"
        for evidence in known.ended.get(alteration, ())
    ]
    _, refuted = without_refuted(known.matches.get(alteration, ()), variant)
    return ended + refuted_words(refuted, known.patient, variant)


def diagnosis_words(alteration: str, known: KnownEvidence) -> list[str]:
    """Say of which other diagnoses an alteration is a criterion, where that gives no tier.

    It is told where nobody gave the tumor type, and of a fusion in any tumor: it may be the diagnosis that is wrong.
    """
    tumor_type = known.patient.tumor_type
    given = tumor_type.is_given
    if given and not isinstance(known.tumor.by_id.get(alteration), JoinedGenes):
        return []
    claims = {
        match.statement.evidence.claim: None
        for match in known.matches.get(alteration, ())
        if match.statement.evidence.direction is Direction.FOR_DIAGNOSIS and relate(match.statement, tumor_type) is None
    }
    if not claims:
        return []
    reason = f"this tumor is given as {tumor_type.name}" if given else "the tumor type is not given"
    return [f"known for {' and '.join(claims)}, which gives no tier here, for {reason}"]


def _graded(
    found: Iterable[StatementMatch], alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None = None
) -> tuple[EvidenceMatch, ...]:
    stated, _ = without_refuted(found, variant)
    held, _ = _acting(stated, alteration, known, variant)
    graded, _ = _not_outdone(held, alteration, known, variant)
    excluded = excluded_by_core(held, known.patient.tumor_type)
    limited = held_to_core(held_to_sources(graded), excluded, known.ended.get(alteration, ()))
    matches = _closest_and_best(limited)
    tumor_type = known.patient.tumor_type
    against = any(not _speaks_of_this_tumor(match, tumor_type) for match in matches)
    used = known.rules.drugs_for(tumor_type) if against else frozenset()
    kept = [match for match in matches if _speaks_of_this_tumor(match, tumor_type) or drugs_of(match.evidence) & used]
    opposed = known.opposed.get(alteration, ())
    return tuple(sorted((_with_opposed(match, opposed) for match in kept), key=rank_of_match))


def _acting(
    found: Iterable[StatementMatch], alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None
) -> tuple[list[StatementMatch], list[StatementMatch]]:
    """Return the statements that hold, and those on any change of the gene, where nothing says that this one acts."""
    told: list[bool] = []

    def is_acting() -> bool:
        if not told:
            told.append(variant is None or acts(variant, known.oncogenicity_sources))
        return told[0]

    return split_unproven(found, alteration, is_acting)


def _not_outdone(
    held: Iterable[StatementMatch], alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None
) -> tuple[list[EvidenceMatch], list[tuple[EvidenceMatch, EvidenceMatch]]]:
    """Return the graded matches, and those on any change of the gene with the finer one that contradicts them."""
    listed = list(held)
    named = (match.statement.evidence for match in listed if names_no_change(match, alteration))
    coarse = frozenset((evidence.knowledge_base, evidence.id) for evidence in named)
    graded = (_grade(match, alteration, known, variant) for match in listed)
    return without_outdone([match for match in graded if match is not None], coarse)


def gene_claim_words(variant: AnnotatedVariant, known: KnownEvidence) -> list[str]:
    """Say which claims of a base on any change of the gene give a variant no tier, and why."""
    alteration = variant.variant.key
    stated, _ = without_refuted(known.matches.get(alteration, ()), variant)
    held, unproven = _acting(stated, alteration, known, variant)
    _, outdone = _not_outdone(held, alteration, known, variant)
    return unproven_words(unproven, known.patient) + outdone_words(outdone)


def _closest_and_best(matches: Iterable[EvidenceMatch]) -> list[EvidenceMatch]:
    """Return of the statements on a claim those closest to the tumor type, and of each base beside the core its best.

    A statement for another tumor type stays where its tier is better than that of every closer one: a drug approved
    elsewhere is not hidden by a cell line of this tumor type. The core words each claim once for each set of
    conditions, so that all of its statements stay; of a base that lists study by study, what is weaker than another of
    its statements on the same claim is left out.
    """
    by_claim: defaultdict[object, list[EvidenceMatch]] = defaultdict(list)
    for match in matches:
        by_claim[_claim(match.evidence)].append(match)
    kept: list[EvidenceMatch] = []
    for listed in by_claim.values():
        best: dict[tuple[str, int], str] = {}
        for match in listed:
            here = (match.evidence.knowledge_base, _distance(match))
            best[here] = min(match.tier, best.get(here, match.tier))
        kept += [match for match in listed if not _is_outdone(match, best)]
    return kept


def _is_outdone(match: EvidenceMatch, best: Mapping[tuple[str, int], str]) -> bool:
    """Whether a statement is farther from the tumor type than one of the same claim, or weaker in its own base."""
    base, distance = match.evidence.knowledge_base, _distance(match)
    closer = any(there < distance and tier <= match.tier for (_, there), tier in best.items())
    return closer or (base != CORE and best[base, distance] < match.tier)


def _claim(evidence: Evidence) -> tuple[object, ...]:
    """Return what a statement claims of therapies, so that sources on the same are told; else the statement itself.

    Drugs of which the source does not say how they belong together are taken to be given together.
    """
    if evidence.evidence_type is EvidenceType.PREDICTIVE:
        together = evidence.interaction in (None, TherapyInteraction.COMBINATION)
        how = None if together else evidence.interaction
        return evidence.direction, frozenset(evidence.therapies) or evidence.therapy, how
    return evidence.knowledge_base, evidence.id


def _with_opposed(match: EvidenceMatch, opposed: Iterable[Statement]) -> EvidenceMatch:
    """Return a match with the statements that speak against the same claim; they change no tier."""
    told = tuple(
        f"{item.evidence.knowledge_base} {item.evidence.id} speaks against this claim in "
        f"{item.evidence.tumor_type_text} (level {item.evidence.level or 'not given'})"
        for item in opposed
        if _is_of_claim(item.evidence, match.evidence)
    )
    return match.model_copy(update={"conflicts": (*match.conflicts, *told)}) if told else match


def _is_of_claim(against: Evidence, claim: Evidence) -> bool:
    if (against.evidence_type, against.direction) != (claim.evidence_type, claim.direction):
        return False
    if claim.evidence_type is EvidenceType.PREDICTIVE:
        return drugs_of(against) == drugs_of(claim)
    return bool(set(against.tumor_types) & set(claim.tumor_types))


def _grade(
    match: StatementMatch, alteration: str, known: KnownEvidence, variant: AnnotatedVariant | None
) -> EvidenceMatch | None:
    part, hit = min(match.hits_of(alteration), key=lambda found: found[1].resolution.rank)
    others = [other.hits[0].basis for other in match.parts if alteration and alteration not in other.alterations]
    basis = hit.basis if alteration else " and ".join(found.basis for _, found in match.hits_of(ABSENT))
    if variant is not None and variant.consequence is not None:
        reported = gene_key(variant.consequence.gene, variant.variant.chrom)
        keys = keys_of(part.criterion)
        basis += f" of {keys[0]}" if keys and reported not in keys else ""
    if others and _asks_for_several(match.statement.profile):
        basis += f", with {' and '.join(dict.fromkeys(others))}"
    evidence, patient = match.statement.evidence, known.patient
    answers = answer_conditions(evidence.conditions, patient, known.tumor, variant)
    graded = grade(match.statement, patient.tumor_type, basis, variant, answers)
    if graded is not None and graded.tumor_type_match is TumorTypeMatch.OTHER:
        graded = _of_named_disease(match.statement, alteration, known, basis, answers) or graded
    if graded is None or (graded.tumor_type_match is TumorTypeMatch.OTHER and _is_weak_claim(match.statement)):
        return None
    told = tuple(f"{drug} {GIVEN_BEFORE}" for drug in given_before(evidence, patient))
    changes = {"resolution": hit.resolution.value, "ignored": match.left_out, "cautions": (*graded.cautions, *told)}
    return graded.model_copy(update=changes)


def _of_named_disease(
    rule: Statement, alteration: str, known: KnownEvidence, basis: str, answers: tuple[ConditionAnswer, ...]
) -> EvidenceMatch | None:
    """Return the graded match of a claim for the disease that joined genes make of the tumor, ``None`` for others."""
    joined, tumor_type = known.tumor.by_id.get(alteration), known.patient.tumor_type
    if not isinstance(joined, JoinedGenes) or rule.evidence.evidence_type is EvidenceType.DIAGNOSTIC:
        return None
    disease = disease_named((match.statement for match in known.matches[alteration]), joined.genes, tumor_type)
    graded = grade(rule, disease, basis, None, answers) if disease is not None else None
    if disease is None or graded is None or graded.tumor_type_match is not TumorTypeMatch.SAME:
        return None
    words = named_words(disease, joined.genes, tumor_type)
    reason = f"{graded.tier_reason.rstrip('.')}; {words}."
    return graded.model_copy(update={"tier_reason": reason, "cautions": (*graded.cautions, words)})


def _is_weak_claim(rule: Statement) -> bool:
    """Whether a claim for a therapy is of tier II for its own tumor types, and so says nothing for others."""
    return rule.evidence.direction is Direction.SENSITIVITY and rule.tier.startswith("II-")


def _asks_for_several(profile: Profile) -> bool:
    return profile.operator is Operator.ALL or any(_asks_for_several(part) for part in profile.parts)


def _speaks_of_this_tumor(match: EvidenceMatch, tumor: TumorType) -> bool:
    """Whether a match is about this tumor type or one that it may be, or is none that speaks against a therapy."""
    may_be = may_be_one_of(match.evidence.tumor_types, widened(tumor).code)
    here = match.tumor_type_match is not TumorTypeMatch.OTHER or may_be
    of_drug = match.evidence.evidence_type is EvidenceType.PREDICTIVE
    return here or not of_drug or match.evidence.direction is Direction.SENSITIVITY


def _distance(match: EvidenceMatch) -> int:
    return list(TumorTypeMatch).index(match.tumor_type_match)
