"""What is said of homologous recombination repair, and on which basis.

Two things are a basis: the loss of both alleles of a gene whose loss is known to end the repair, and a score of genomic
scars that was given with the assay whose cut-off it is held against. A signature of substitutions is none. That no
basis was found is never a repair that works: methylation and other causes are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.core.biomarkers import AllelesHit, Certainty, HomologousRecombination, RepairCall
from genomodel.core.findings import Finding, NotAssessable
from genomodel.core.patients import Patient
from genomodel.interpretation.biomarkers.scars import scar_standing
from genomodel.interpretation.evidence_search import KnownEvidence
from genomodel.interpretation.findings import marker_finding
from genomodel.interpretation.matching.alterations import Assayed
from genomodel.interpretation.repair_genes import HOMOLOGOUS_RECOMBINATION, genes_of
from genomodel.resources.gene_symbols import current_symbol

ASKED = ("BRCA1", "BRCA2")
"""Genes without which nothing is said: most losses of the repair are of them."""
BIOMARKER = "HRR"
"""What stands for the gene in rules on the tumor's repair; ``HRD`` was once the symbol of a gene."""
NOT_LOOKED_AT = "methylation and other causes were not looked at, and a signature of substitutions alone is no basis"


def assess_repair(findings: Iterable[Finding], patient: Patient, assayed: Assayed) -> HomologousRecombination:
    """Say what is known of homologous recombination repair.

    Parameters
    ----------
    findings
        Of the tumor, and the inherited alleles set aside, with what became of their second alleles.
    patient
        With the score of scars, where one was given.
    assayed
        Where silence is a negative.
    """
    genes = genes_of(HOMOLOGOUS_RECOMBINATION)
    hits = [item for item in findings if item.second_allele is not None and current_symbol(item.gene) in genes]
    basis = tuple(dict.fromkeys(_allele_words(item) for item in hits if _both_lost(item)))
    others = dict.fromkeys(_allele_words(item) for item in hits if not _both_lost(item))
    score = scar_standing(patient)
    above = score is not None and score.above is True
    told = [score.words] if score is not None else []
    basis = (*basis, *(told if above else ()))
    notes = [*others, *(told if not above else ())]
    if basis:
        return HomologousRecombination(call=RepairCall.DEFICIENT, basis=basis, reason=_sentence(notes))
    silent = [why for gene in ASKED if (why := assayed.silence_on_variants(gene))]
    if silent:
        reason = _sentence([*dict.fromkeys(silent), *notes])
        return HomologousRecombination(call=RepairCall.NOT_ASSESSABLE, reason=reason)
    none = f"no loss of both alleles of {', '.join(genes)} was shown"
    return HomologousRecombination(call=RepairCall.NOT_SHOWN, reason=_sentence([none, *notes, NOT_LOOKED_AT]))


def scar_findings(known: KnownEvidence) -> list[Finding]:
    """Return a score of genomic scars above its cut-off as a finding with its evidence; nothing for any other."""
    score = known.tumor.scar
    if score is None or not score.above:
        return []
    why = [f"homologous recombination is deficient by a score that another assay gave: {score.words}"]
    return [marker_finding(BIOMARKER, "hrd_score_high", score.words, why, known, label="HRD-positive by score")]


def scar_gaps(patient: Patient) -> list[NotAssessable]:
    """Return the line on a score of genomic scars that was given and that nothing can be held against."""
    score = scar_standing(patient)
    if score is None or score.above is not None:
        return []
    return [NotAssessable(what="Score of genomic scars", reason=_sentence([score.words]))]


def _both_lost(finding: Finding) -> bool:
    told = finding.second_allele
    return told is not None and told.hit is AllelesHit.BIALLELIC and told.certainty is not Certainty.LOW


def _allele_words(finding: Finding) -> str:
    told = finding.second_allele
    if told is None:
        return finding.label
    hit = {AllelesHit.UNKNOWN: "second allele not known"}.get(told.hit, told.hit.value)
    certainty = f" with {told.certainty.value} certainty" if told.certainty is not None else ""
    return f"{finding.label}: {hit}{certainty} ({told.reason})"


def _sentence(parts: Iterable[str]) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
