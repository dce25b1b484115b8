"""Claims of a knowledge base on any mutation of a gene, held against the one change that a tumor has.

CIViC and the Molecular Oncology Almanac say "EGFR mutation" where a label or guideline means the activating ones. A
change of which nothing says that it acts does not take such a claim, nor does one of which a finer statement says the
opposite of the same drugs, as EGFR T790M has it for erlotinib, and KIT V654A for imatinib.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, TherapyInteraction, TumorTypeMatch
from genomodel.core.patients import Patient
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant
from genomodel.interpretation.knowledge_bases.base_tiers import APPROVED, LISTED
from genomodel.interpretation.matching import LOSS_OF_FUNCTION, Resolution, StatementMatch
from genomodel.interpretation.matching.classes import CLASSES, GAINED, on_hotspot
from genomodel.interpretation.matching.clinvar import held_pathogenic
from genomodel.interpretation.oncogenicity import OncogenicitySources, classify
from genomodel.interpretation.rule_sets import drugs_of
from genomodel.interpretation.tiers import lowered
from genomodel.resources.driver_genes import driver_role

COARSE_BASES = ("civic", "moalmanac")
"""Bases that name a gene where they mean those of its changes that act; the core and a hospital's table say which."""
N_NAMED = 3
"""Claims that give no tier which are named; more are counted."""
UNNAMED = frozenset({*CLASSES, "hotspot"})
"""Kinds of criteria that a gene and a class of changes, or recurrence, satisfy."""
OPPOSITE = {Direction.SENSITIVITY: Direction.RESISTANCE, Direction.RESISTANCE: Direction.SENSITIVITY}
RECOMMENDED = frozenset({*APPROVED, *LISTED, "A"})
_FINER = tuple(
    item.value for item in (Resolution.GENOMIC, Resolution.HGVS, Resolution.PROTEIN, Resolution.CODON, Resolution.EXON)
)


def names_no_change(match: StatementMatch, alteration: str) -> bool:
    """Whether a statement of such a base meets an alteration by its gene and a class of changes alone."""
    if match.statement.evidence.knowledge_base not in COARSE_BASES:
        return False
    part, hit = min(match.hits_of(alteration), key=lambda found: found[1].resolution.rank)
    return hit.resolution is Resolution.GENE and part.criterion.kind in UNNAMED


def acts(variant: AnnotatedVariant, sources: OncogenicitySources) -> bool:
    """Whether something says that a change of a protein acts.

    It recurs in tumors, has a named effect, takes the function of a gene that is not one of activation, is held
    pathogenic by ClinVar, or is likely oncogenic by its codes. Alleles that are common in a population meet no class.
    """
    consequence = variant.consequence
    if consequence is None or consequence.variant_class not in PROTEIN_CHANGING:
        return bool(variant.named_effects)
    if held_pathogenic(variant.clinvar):
        return True
    lost = consequence.variant_class in LOSS_OF_FUNCTION and driver_role(consequence.gene) != GAINED
    if lost or variant.named_effects or on_hotspot(consequence.gene, consequence):
        return True
    found = classify(variant, sources)
    return found is not None and found.drives


def split_unproven(
    found: Iterable[StatementMatch], alteration: str, is_acting: Callable[[], bool]
) -> tuple[list[StatementMatch], list[StatementMatch]]:
    """Return the statements that hold for an alteration, and those on any change of its gene that do not.

    Parameters
    ----------
    found
        Statements that the alteration satisfies.
    alteration
        Its id.
    is_acting
        Tells whether the change acts; asked only where a statement depends on it.
    """
    held: list[StatementMatch] = []
    unproven: list[StatementMatch] = []
    for match in found:
        coarse = names_no_change(match, alteration)
        (unproven if coarse and not is_acting() else held).append(match)
    return held, unproven


def without_outdone(
    matches: Sequence[EvidenceMatch], coarse: frozenset[tuple[str, str]]
) -> tuple[list[EvidenceMatch], list[tuple[EvidenceMatch, EvidenceMatch]]]:
    """Return the matches without those on any change of a gene that a finer one contradicts, and these with it.

    Parameters
    ----------
    matches
        Of one alteration.
    coarse
        Bases and ids of the statements that name no change.

    Returns
    -------
    tuple
        The matches that hold, and pairs of one that does not with the finer one that says the opposite of the same
        drugs.

    Notes
    -----
    A claim on a therapy yields to what is said of the allele or codon in any tumor, or with tier I or a recommendation
    of the exon: that one exon does worse than another, as a study says of sunitinib and KIT's exon 11, is no
    resistance. Against single cases and preclinical work of a released base on this tumor it stays, as II-C at most. A
    claim on resistance, which would hide a therapy, yields to clinical evidence of this tumor type alone. Neither
    yields where a finer statement, no weaker and of a tumor type as close, says the same.
    """
    kept: list[EvidenceMatch] = []
    outdone: list[tuple[EvidenceMatch, EvidenceMatch]] = []
    for match in matches:
        evidence = match.evidence
        against: list[EvidenceMatch] = []
        if (evidence.knowledge_base, evidence.id) in coarse and evidence.evidence_type is EvidenceType.PREDICTIVE:
            against = [other for other in matches if _contradicts(other, match) and not _is_answered(other, matches)]
        finer = next((other for other in against if _settles(other)), None)
        if finer is not None:
            outdone.append((match, finer))
        else:
            kept.append(_doubted(match, against[0]) if against else match)
    return kept, outdone


def _contradicts(finer: EvidenceMatch, match: EvidenceMatch) -> bool:
    said = finer.evidence
    if finer.resolution not in _FINER or said.direction is not OPPOSITE.get(match.evidence.direction):
        return False
    ours, theirs = drugs_of(match.evidence), drugs_of(said)
    if not (ours == theirs or (said.interaction is TherapyInteraction.SUBSTITUTES and ours and ours <= theirs)):
        return False
    if match.evidence.direction is Direction.SENSITIVITY:
        if finer.tumor_type_match is TumorTypeMatch.OTHER and not _settles(finer):
            return False
        return finer.resolution != Resolution.EXON or finer.tier.startswith("I-") or said.level in RECOMMENDED
    return finer.tumor_type_match is not TumorTypeMatch.OTHER and finer.tier != "II-D"


def _is_answered(finer: EvidenceMatch, matches: Iterable[EvidenceMatch]) -> bool:
    """Whether a finer statement says the opposite of a finer one, no weaker and for a tumor type as close.

    One on the exon has to be stronger than one on the allele: that other changes of it respond does not answer it.
    """
    order = list(TumorTypeMatch)
    return any(
        other.resolution in _FINER
        and other.evidence.direction is OPPOSITE[finer.evidence.direction]
        and drugs_of(other.evidence) <= drugs_of(finer.evidence)
        and (other.tier, _FINER.index(other.resolution)) <= (finer.tier, _coarsest_as_fine(finer))
        and order.index(other.tumor_type_match) <= order.index(finer.tumor_type_match)
        for other in matches
    )


def _coarsest_as_fine(finer: EvidenceMatch) -> int:
    """Return the place in the order of resolutions up to which another statement is as fine; alleles count the same."""
    return max(_FINER.index(finer.resolution), _FINER.index(Resolution.PROTEIN.value))


def _settles(finer: EvidenceMatch) -> bool:
    """Whether a finer statement is one of the core, which was reviewed, or rests on more than single cases."""
    return finer.evidence.knowledge_base not in COARSE_BASES or finer.tier != "II-D"


def _doubted(match: EvidenceMatch, finer: EvidenceMatch) -> EvidenceMatch:
    """Return a match as II-C at most, with the finer statement of weak evidence that says the opposite."""
    said = f"{finer.evidence.knowledge_base} {finer.evidence.id} says {finer.evidence.direction.value} of this change"
    caution = f"the claim is on any change of the gene, and {said} (by single cases or preclinical work)"
    tier = lowered(match.tier)
    so = "" if tier == match.tier else ", so that it is at most II-C"
    reason = f"{match.tier_reason.rstrip('.')}; {caution}{so}."
    told = {"tier": tier, "tier_reason": reason, "cautions": (*match.cautions, caution)}
    escat = match.escat if tier == match.tier else ""
    return match.model_copy(update={**told, "escat": escat, "conflicts": (*match.conflicts, said)})


def unproven_words(unproven: Iterable[StatementMatch], patient: Patient) -> list[str]:
    """Say which claims on any change of a gene give no tier, since nothing says that this one acts."""
    about = [match.statement.evidence for match in unproven]
    told = dict.fromkeys(
        f"{item.knowledge_base} {item.id} ({item.therapy or item.evidence_type.value})"
        for item in about
        if any(patient.tumor_type.is_a(code) for code in item.tumor_types)
    )
    if not told:
        return []
    named = ", ".join([*told][:N_NAMED]) + _and_more(len(told))
    return [f"claims on any change of the gene give no tier, for nothing says that this one acts: {named}"]


def outdone_words(outdone: Iterable[tuple[EvidenceMatch, EvidenceMatch]]) -> list[str]:
    """Say which claims on any change of a gene give no tier, since a statement on this one says the opposite.

    Of many a few are named, of different therapies first.
    """
    pairs = list(outdone)
    first = {match.evidence.therapy: number for number, (match, _) in reversed([*enumerate(pairs)])}
    order = sorted(range(len(pairs)), key=lambda number: number not in first.values())
    told = [
        f"{match.evidence.knowledge_base} {match.evidence.id} on any change of the gene ({match.evidence.claim}) gives "
        f"no tier, for {finer.evidence.knowledge_base} {finer.evidence.id} says {finer.evidence.direction.value} of "
        "this one"
        for match, finer in (pairs[number] for number in order[:N_NAMED])
    ]
    return [*told[:-1], told[-1] + _and_more(len(pairs), " such claims")] if told else []


def _and_more(number: int, what: str = "") -> str:
    return f" and {number - N_NAMED} more{what}" if number > N_NAMED else ""
