"""Pathogenic inherited alleles as findings, by the claims that are about inherited variants or about either origin.

An inherited allele is in every cell of the tumor too, so that such claims hold for it as they stand. Claims on somatic
variants do not: what rests on them alone stays set aside.
"""

from __future__ import annotations

import re

from genomodel.calls.likelihood import GERMLINE_FRACTION
from genomodel.core.findings import EvidenceMatch, Finding
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedVariant, Label, Origin
from genomodel.interpretation.evidence_search import KnownEvidence, match_if_present
from genomodel.interpretation.findings import evidence_words, finding_of, gene_of, hotspot_words
from genomodel.interpretation.germline_genes import germline_policy
from genomodel.interpretation.germline_policy import pathogenic_words
from genomodel.interpretation.matching import StatementIndex, StatementMatch, Tumor, matches_if_present
from genomodel.interpretation.matching.answers import NAMED_BY_SOURCE
from genomodel.interpretation.matching.build import is_common, small_variant
from genomodel.interpretation.matching.clinvar import held_benign
from genomodel.interpretation.set_aside import OF_INHERITED, germline_words, hypothetical_words
from genomodel.interpretation.without_evidence import with_tier_without_evidence
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.hotspots import find_hotspot

NAMED = "the claim names this very allele, or its residue"
TESTING = "confirm by germline testing"
_PASSED = frozenset({"", ".", "PASS"})
_NAMES_INHERITED = re.compile("germline", re.IGNORECASE)


def inherited_finding(variant: AnnotatedVariant, known: KnownEvidence) -> Finding | None:
    """Return a pathogenic inherited allele as a finding, where a claim that covers it gives it a tier.

    Parameters
    ----------
    variant
        An allele of any origin.
    known
        What is known, held against the tumor.

    Returns
    -------
    Finding or None
        ``None`` for alleles of another origin, those that are not known to be pathogenic, and those without such a
        claim.
    """
    if not _is_inherited(variant):
        return None
    gene = gene_of(variant)
    pathogenic = _pathogenic(variant, known.patient)
    evidence = match_if_present(variant, known, OF_INHERITED)
    if not pathogenic and not _is_harmless(variant):
        evidence = tuple(match for match in evidence if match.resolution in NAMED_BY_SOURCE)
        pathogenic = NAMED if evidence else ""
    if not (pathogenic and evidence):
        return None
    change = variant.consequence.protein_change if variant.consequence is not None else ""
    hotspot = find_hotspot(gene, change)
    why = [evidence_words(evidence), f"inherited: {pathogenic}", germline_words(variant)]
    if somatic := [one for one in match_if_present(variant, known) if not _covers(one)]:
        why.append(hypothetical_words(tuple(somatic)))
    if hotspot:
        why.append(hotspot_words(hotspot, change))
    return with_tier_without_evidence(finding_of(variant, gene, known, hotspot, evidence, why))


def inherited_words(finding: Finding) -> str:
    """Say in short what an inherited allele matches."""
    best = min(finding.evidence, key=lambda match: match.tier)
    return f"Inherited; matches {best.tier} {best.evidence.claim}; {TESTING}"


def statements_on_inherited(
    variant: AnnotatedVariant, index: StatementIndex, tumor: Tumor, patient: Patient
) -> tuple[StatementMatch, ...]:
    """Return the statements that hold for an allele as a pathogenic inherited one, graded or not; none for others.

    Parameters
    ----------
    variant
        An allele of any origin.
    index
        The statements.
    tumor
        What the tumor has beside it.
    patient
        Whose it is.
    """
    if not _is_inherited(variant):
        return ()
    alteration = small_variant(variant, patient)
    found = tuple(
        match
        for match in matches_if_present(index, alteration, tumor)
        if match.statement.evidence.origin in OF_INHERITED
    )
    if _pathogenic(variant, patient):
        return found
    if _is_harmless(variant):
        return ()
    return tuple(
        match for match in found if any(hit.resolution in NAMED_BY_SOURCE for _, hit in match.hits_of(alteration.id))
    )


def _is_inherited(variant: AnnotatedVariant) -> bool:
    inherited = variant.origin is Origin.GERMLINE and variant.repeats is None
    return inherited and Label.CONFIRM not in variant.labels and _is_sound(variant)


def _pathogenic(variant: AnnotatedVariant, patient: Patient) -> str:
    row = germline_policy().get(current_symbol(gene_of(variant)))
    return pathogenic_words(variant, patient, by_loss=row is None or row.loss)


def _is_harmless(variant: AnnotatedVariant) -> bool:
    return is_common(variant) or held_benign(variant.clinvar)


def _covers(match: EvidenceMatch) -> bool:
    return match.evidence.origin in OF_INHERITED


def _is_sound(variant: AnnotatedVariant) -> bool:
    """Whether an allele is held by the normal, or failed no other filter than one that names it as inherited."""
    normal = variant.normal
    if normal is not None and (normal.known_fraction or 0) >= GERMLINE_FRACTION:
        return True
    return all(name in _PASSED or _NAMES_INHERITED.search(name) for name in variant.filters)
