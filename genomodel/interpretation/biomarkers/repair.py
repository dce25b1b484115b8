"""What is said of homologous recombination repair, and on which basis.

Two things are a basis: the loss of both alleles of a gene whose loss is known to end the repair, and a score of genomic
scars that was given with the assay whose cut-off it is held against. A signature of substitutions is none. That no
basis was found is never a repair that works: methylation and other causes are not looked at.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from genomodel.core.biomarkers import AllelesHit, Certainty, HomologousRecombination, RepairCall
from genomodel.core.findings import Finding
from genomodel.core.patients import Patient
from genomodel.interpretation.matching.alterations import Assayed
from genomodel.interpretation.repair_genes import HOMOLOGOUS_RECOMBINATION, genes_of
from genomodel.resources.gene_symbols import current_symbol

TABLE = Path(__file__).with_name("scar_assays.tsv")
ASKED = ("BRCA1", "BRCA2")
"""Genes without which nothing is said: most losses of the repair are of them."""
NOT_LOOKED_AT = "methylation and other causes were not looked at, and a signature of substitutions alone is no basis"


@dataclass(frozen=True, slots=True)
class ScarAssay:
    """An assay of genomic scars with the cut-off that it was approved with."""

    assay: str
    name: str
    cutoff: float
    tumor_types: tuple[str, ...]
    """OncoTree codes of the tumors that the cut-off is for."""
    source: str
    source_url: str


@cache
def scar_assays() -> dict[str, ScarAssay]:
    """Return the assays whose cut-off is known, by their names in the sheet."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    return {
        row["assay"]: ScarAssay(
            assay=row["assay"],
            name=row["name"],
            cutoff=float(row["cutoff"]),
            tumor_types=tuple(row["tumor_types"].split(";")),
            source=row["source"],
            source_url=row["source_url"],
        )
        for row in rows
    }


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
    above, scar = _scar(patient)
    if above:
        basis = (*basis, scar)
    notes = [*others, *([scar] if scar and not above else [])]
    if basis:
        return HomologousRecombination(call=RepairCall.DEFICIENT, basis=basis, reason=_sentence(notes))
    silent = [why for gene in ASKED if (why := assayed.silence_on_variants(gene))]
    if silent:
        reason = _sentence([*dict.fromkeys(silent), *notes])
        return HomologousRecombination(call=RepairCall.NOT_ASSESSABLE, reason=reason)
    none = f"no loss of both alleles of {', '.join(genes)} was shown"
    return HomologousRecombination(call=RepairCall.NOT_SHOWN, reason=_sentence([none, *notes, NOT_LOOKED_AT]))


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


def _scar(patient: Patient) -> tuple[bool, str]:
    """Return whether a given score stands for a deficiency, and the score in words; empty where none was given."""
    given = patient.scar
    if given is None:
        return False, ""
    assay = scar_assays().get(given.assay)
    if assay is None:
        return False, f"a score of {given.score:g} by {given.assay} was given, whose cut-off is not known here"
    words = f"{assay.name} {given.score:g}, cut-off {assay.cutoff:g} ({assay.source}, {assay.source_url})"
    if given.score < assay.cutoff:
        return False, f"{words}: below"
    if not any(patient.tumor_type.is_a(code) for code in assay.tumor_types):
        return False, f"{words}: above, but the cut-off is for {', '.join(assay.tumor_types)}"
    return True, words


def _sentence(parts: Iterable[str]) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
