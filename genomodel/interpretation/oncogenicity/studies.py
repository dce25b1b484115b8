"""OS2 and SBS2: what functional studies show, by the statements of loaded knowledge bases."""

from __future__ import annotations

from typing import NamedTuple

from genomodel.core.findings import Direction, Evidence, EvidenceType
from genomodel.interpretation.matching import Resolution, Tumor, matches_if_present
from genomodel.interpretation.matching.alterations import gene_key
from genomodel.interpretation.matching.build import small_variant
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_evaluated, not_met
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.subject import Subject
from genomodel.resources.driver_genes import RoleKind

GIVE = "a knowledge base with functional studies, such as CIViC (--knowledge)"
OF_THE_ALLELE = (Resolution.GENOMIC, Resolution.HGVS, Resolution.PROTEIN)
PRECLINICAL = "D"
"""Level of CIViC for what was shown in cells or animals; reports of patients with a variant are no functional study."""
ASSERTION = "AID"
"""Beginning of the id of CIViC's assertions, each the sum of several items of evidence."""
NO_STUDY = not_met("the knowledge bases have no functional study of this variant")
DISAGREE = "studies disagree"
_LOSS = (Direction.LOSS_OF_FUNCTION, Direction.DOMINANT_NEGATIVE)
_SUPPRESSORS = (RoleKind.SUPPRESSOR, RoleKind.LOST)


class Studies(NamedTuple):
    """Statements on one variant, by what they mean for oncogenicity."""

    oncogenic: tuple[str, ...] = ()
    benign: tuple[str, ...] = ()
    assertions: tuple[str, ...] = ()
    """Classifications as oncogenic, which are no studies."""


def shown_oncogenic(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OS2: well-established functional studies support an oncogenic effect."""
    return _answer(subject, sources, oncogenic=True)


def shown_benign(subject: Subject, sources: OncogenicitySources) -> Answer:
    """SBS2: well-established functional studies show no oncogenic effect."""
    return _answer(subject, sources, oncogenic=False)


def _answer(subject: Subject, sources: OncogenicitySources, *, oncogenic: bool) -> Answer:
    if sources.function is None or not sources.has(SourceName.FUNCTION):
        return not_evaluated(GIVE)
    if gene_key(subject.gene, subject.variant.variant.chrom) not in sources.function.by_gene:
        return NO_STUDY
    found = studies_of(subject, sources)
    ours, theirs = (found.oncogenic, found.benign) if oncogenic else (found.benign, found.oncogenic)
    if ours and theirs:
        return not_met(f"{DISAGREE}: {', '.join(found.oncogenic)} against {', '.join(found.benign)}")
    if not ours:
        return NO_STUDY
    words = "an oncogenic effect" if oncogenic else "no oncogenic effect"
    return met(f"studies show {words}: {', '.join(ours)}", ", ".join(ours))


def studies_of(subject: Subject, sources: OncogenicitySources) -> Studies:
    """Return the statements that name the variant itself: the allele or its protein change."""
    if sources.function is None or not sources.has(SourceName.FUNCTION):
        return Studies()
    if gene_key(subject.gene, subject.variant.variant.chrom) not in sources.function.by_gene:
        return Studies()
    alteration = small_variant(subject.variant, sources.patient)
    tumor = Tumor(build=sources.patient.genome)
    shown: dict[bool, dict[str, None]] = {True: {}, False: {}}
    assertions: dict[str, None] = {}
    for match in matches_if_present(sources.function, alteration, tumor):
        if match.resolution not in OF_THE_ALLELE or len(match.alterations) != 1:
            continue
        evidence = match.statement.evidence
        name = f"{evidence.knowledge_base} {evidence.id}"
        meaning = meaning_of(evidence, subject.role.kind)
        if meaning and evidence.id.startswith(ASSERTION):
            assertions[name] = None
        elif meaning is not None:
            shown[meaning][name] = None
    return Studies(tuple(shown[True]), tuple(shown[False]), tuple(assertions))


def meaning_of(evidence: Evidence, role: RoleKind) -> bool | None:
    """Return whether a statement shows an oncogenic effect, or none; ``None`` where it shows neither.

    That a variant has no dominant-negative or new function does not show that it has no effect at all; that it gains or
    loses its function means what the gene's role makes of it.
    """
    if evidence.id.startswith(ASSERTION):
        return evidence.supports if evidence.direction is Direction.ONCOGENICITY else None
    if evidence.level != PRECLINICAL:
        return None
    if evidence.evidence_type is EvidenceType.ONCOGENIC and evidence.direction is Direction.ONCOGENICITY:
        return evidence.supports
    if evidence.evidence_type is not EvidenceType.FUNCTIONAL:
        return None
    loss, gain = evidence.direction is Direction.LOSS_OF_FUNCTION, evidence.direction is Direction.GAIN_OF_FUNCTION
    if (loss and role in _SUPPRESSORS) or (gain and role is RoleKind.ONCOGENE):
        return evidence.supports
    acts = evidence.direction is Direction.NEOMORPHIC or (evidence.direction in _LOSS and role in _SUPPRESSORS)
    return True if acts and evidence.supports else None
