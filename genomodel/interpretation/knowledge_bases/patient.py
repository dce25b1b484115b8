"""What knowledge bases say of one patient's tumor, source by source; nothing here gives a tier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from genomodel.annotation.hgvs import one_letter
from genomodel.core.clinical import ConditionAnswer
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.findings import TumorTypeMatch
from genomodel.core.knowledge import Criterion, Place, Statement
from genomodel.core.patients import GenomeBuild, Patient, TumorType
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant, Consequence, Origin
from genomodel.interpretation.conditions import answer_conditions
from genomodel.interpretation.inherited import statements_on_inherited
from genomodel.interpretation.knowledge_bases.named_variant import protein_allele
from genomodel.interpretation.knowledge_bases.oncokb import (
    OncokbClient,
    Query,
    copy_number_query,
    fusion_query,
    mutation_query,
)
from genomodel.interpretation.knowledge_bases.oncokb_statements import statements_of
from genomodel.interpretation.matching.alterations import Alteration, GeneCopies, JoinedGenes, SmallVariant, Tumor
from genomodel.interpretation.matching.answers import StatementMatch
from genomodel.interpretation.matching.build import small_variant
from genomodel.interpretation.matching.evaluate import StatementIndex
from genomodel.interpretation.tiers import relate
from genomodel.resources.residue_numbers import other_number

_COPY_NUMBER = {
    CopyNumberState.AMPLIFICATION: ("AMPLIFICATION", "amplification"),
    CopyNumberState.DEEP_DELETION: ("DELETION", "deep_deletion"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A statement that a tumor matches, as ``kb match`` shows it."""

    match: StatementMatch
    tumor_type: TumorTypeMatch
    why: str
    """How the patient's tumor type stands to the statement's."""
    against: bool
    """The source speaks against the claim, or its approval has ended."""
    caution: str = ""
    """Why the claim may hold for the tumor or not: a subtype or grade that was not given decides."""
    conditions: tuple[ConditionAnswer, ...] = ()
    """How each condition of the claim stands to the patient."""
    inherited: bool = False
    """Whether an allele that it rests on is inherited."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether the claim is about other tumor types, and not perhaps about this one."""
        return self.tumor_type is TumorTypeMatch.OTHER and not self.caution


def tell(matches: Iterable[StatementMatch], tumor: Tumor, patient: Patient) -> tuple[Told, ...]:
    """Return matches with how type and facts of a patient stand to them.

    Parameters
    ----------
    matches
        The satisfied statements.
    tumor
        What satisfies them.
    patient
        With the clinical columns of the sheet.
    """
    return tuple(_told(match, tumor, patient) for match in matches)


def in_order(told: Iterable[Told]) -> tuple[Told, ...]:
    """Return what is told with that on the same tumor type first, claims before what speaks against them."""
    order = list(TumorTypeMatch)
    return tuple(sorted(told, key=lambda item: (order.index(item.tumor_type), item.against)))


def _told(match: StatementMatch, tumor: Tumor, patient: Patient) -> Told:
    evidence = match.statement.evidence
    relation = relate(match.statement, patient.tumor_type)
    involved = (tumor.by_id.get(name) for name in match.alterations)
    variants = [item.variant for item in involved if isinstance(item, SmallVariant)]
    return Told(
        match=match,
        tumor_type=relation.match if relation else TumorTypeMatch.OTHER,
        why=relation.reason if relation else f"the claim is not about {patient.tumor_type.name}",
        against=not evidence.supports or bool(evidence.withdrawn),
        caution=relation.caution if relation else "",
        conditions=answer_conditions(evidence.conditions, patient, tumor, next(iter(variants), None)),
        inherited=any(variant.origin is Origin.GERMLINE for variant in variants),
    )


def on_inherited(
    variants: Iterable[AnnotatedVariant], index: StatementIndex, tumor: Tumor, patient: Patient
) -> tuple[Told, ...]:
    """Return what holds for the pathogenic inherited alleles of a patient, which the tumor has as well.

    Parameters
    ----------
    variants
        All alleles of the input.
    index, tumor, patient
        As in :func:`genomodel.interpretation.inherited.statements_on_inherited`.
    """
    found: dict[tuple[str, str, str], Told] = {}
    for variant in variants:
        matches = statements_on_inherited(variant, index, tumor, patient)
        if matches:
            whole = tumor.as_if_having(small_variant(variant, patient))
            for one in tell(matches, whole, patient):
                evidence = one.match.statement.evidence
                found.setdefault((variant.variant.key, evidence.knowledge_base, evidence.id), one)
    return tuple(found.values())


def ask_oncokb(tumor: Tumor, tumor_type: TumorType, client: OncokbClient) -> tuple[Statement, ...]:
    """Return OncoKB's statements on the alterations of a tumor; one query for each alteration.

    Raises
    ------
    InputError
        OncoKB cannot be asked; nothing is returned in part.
    """
    asked = queries_of(tumor, tumor_type.code if tumor_type.is_given else "")
    return tuple(statement for query, criterion in asked for statement in statements_of(client.ask(query), criterion))


def queries_of(tumor: Tumor, code: str) -> Sequence[tuple[Query, Criterion]]:
    """Return what is asked of OncoKB about a tumor, each question once, with the criterion that its answer is about."""
    build = tumor.build.value if tumor.build in (GenomeBuild.GRCH37, GenomeBuild.GRCH38) else ""
    found: dict[str, tuple[Query, Criterion]] = {}
    for query, criterion in _questions(tumor, code, build):
        found.setdefault(query.digest, (query, criterion))
    return tuple(found.values())


def not_asked(tumor: Tumor) -> tuple[str, ...]:
    """Return the alterations that no query tells of, by their ids: what OncoKB says of them is not known here.

    Lost exons, fusions that are held against no evidence, alleles of one codon, and alleles beside the protein or at
    splice sites whose annotation names no change.
    """
    return tuple(
        item.id
        for item in tumor.alterations
        if _would_matter(item) and not any(_questions_of(item, "", tumor.build.value))
    )


def _would_matter(item: Alteration) -> bool:
    if isinstance(item, GeneCopies):
        return False
    if not isinstance(item, SmallVariant):
        return True
    told = item.variant.consequence
    changes = told is not None and told.variant_class in PROTEIN_CHANGING
    return not item.common and (changes or bool(item.variant.named_effects))


def _questions(tumor: Tumor, code: str, build: str) -> Iterator[tuple[Query, Criterion]]:
    for item in tumor.alterations:
        yield from _questions_of(item, code, build)


def _questions_of(item: Alteration, code: str, build: str) -> Iterator[tuple[Query, Criterion]]:
    if isinstance(item, SmallVariant) and not item.shares_codon and item.stands_alone and not item.common:
        for gene, consequences in item.effects.items():
            for change in _numbered(gene, consequences[0]):
                criterion = _of_change(gene, change, item)
                if criterion is not None:
                    yield mutation_query(gene, change, code, build), criterion
    elif isinstance(item, GeneCopies) and item.call.state in _COPY_NUMBER:
        word, kind = _COPY_NUMBER[item.call.state]
        yield copy_number_query(item.gene, word, code, build), Criterion(gene=item.gene, kind=kind, name=word.lower())
    elif isinstance(item, JoinedGenes) and not item.withheld:
        name = f"{item.gene_5}::{item.gene_3}"
        criterion = Criterion(gene=item.gene_3, kind="fusion", value=name, name=f"{name} fusion")
        yield fusion_query(item.gene_5, item.gene_3, code, build), criterion


def _numbered(gene: str, consequence: Consequence) -> tuple[str, ...]:
    """Return a protein change, and that of the residue's other number, by which OncoKB may know it."""
    change = one_letter(consequence.protein_change).removeprefix("p.")
    other = other_number(gene, change, consequence.transcript)
    return (change,) if other is None else (change, other[0])


def _of_change(gene: str, change: str, item: SmallVariant) -> Criterion | None:
    """Return what an answer about a change is about: the protein's, or this very allele for a lost splice site."""
    if not change or change.endswith("="):
        return None
    if protein_allele(change):
        return Criterion(gene=gene, kind="allele", value=protein_allele(change), name=change)
    allele = item.variant.variant
    if item.build not in (GenomeBuild.GRCH37, GenomeBuild.GRCH38):
        return None
    place = Place(
        build=item.build, chrom=allele.chrom, start=allele.pos, end=allele.pos, ref=allele.ref, alt=allele.alt
    )
    return Criterion(gene=gene, kind="genomic", name=change, places=(place,))
