"""OM1 and OP2: where in the protein the variant lies, and what the malignancy is caused by."""

from __future__ import annotations

from functools import cache

from genomodel.core.variants import VariantClass
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_applicable, not_evaluated, not_met, rows_of
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.subject import Subject
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.oncotree import all_types

NO_DOMAINS = not_evaluated("critical parts of this protein; no expert panel of ClinGen names any")
DOMAINS_NOT_ASKED = not_evaluated("the table of critical parts of proteins")
NOT_IN_PROTEIN = not_applicable("no missense or in-frame change")
DOMAINS_OF_MANE = not_evaluated("the residue's number on MANE Select, on which critical parts are counted")
IN_PROTEIN = (VariantClass.MISSENSE, VariantClass.INFRAME_DELETION, VariantClass.INFRAME_INSERTION)
CRITICAL = "critical residues by ClinGen's expert panels"
NO_ETIOLOGY = not_evaluated("the table of malignancies with a single genetic cause")
NO_TUMOR_TYPE = not_evaluated("the patient's tumor type")
TABLE = "table of single causes"
NOT_THE_GENE = not_met("the gene is not known to be the single cause of a malignancy", TABLE)


@cache
def critical_parts() -> dict[str, tuple[dict[str, str], ...]]:
    """Return the critical parts that panels name, by current symbol, in residues of MANE Select, with sources."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows_of("critical_residues.tsv"):
        found.setdefault(current_symbol(row["gene"]), []).append(row)
    return {gene: tuple(rows) for gene, rows in found.items()}


def critical_domain(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OM1: in a critical and well-established part of a functional domain."""
    if subject.kind not in IN_PROTEIN:
        return NOT_IN_PROTEIN
    if not sources.has(SourceName.DOMAINS):
        return DOMAINS_NOT_ASKED
    rows, residue = critical_parts().get(subject.gene), subject.first_residue
    if rows is None or residue is None or not subject.on_mane_select:
        return NO_DOMAINS if rows is None else DOMAINS_OF_MANE
    row = next((row for row in rows if int(row["first"]) <= residue <= int(row["last"])), None)
    if row is None:
        return not_met(f"residue {residue} is in no critical part that a panel names", CRITICAL)
    return met(f"residue {residue}: {row['part']}", f"{row['source']} ({row['source_url']})")


@cache
def _causes() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows_of("single_etiology.tsv"):
        found.setdefault(row["gene"], []).append(row)
    return found


def single_cause(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OP2: in the gene that alone causes the patient's malignancy."""
    if not sources.has(SourceName.ETIOLOGY):
        return NO_ETIOLOGY
    rows = _causes().get(subject.gene)
    if rows is None:
        return NOT_THE_GENE
    tumor_type = sources.patient.tumor_type
    if tumor_type.code not in all_types():
        return NO_TUMOR_TYPE
    row = next((row for row in rows if tumor_type.is_a(row["tumor_type"])), None)
    if row is None:
        return not_met(f"{subject.gene} is not known to be the single cause of {tumor_type.name}", TABLE)
    return met(f"{subject.gene} is the single cause of {tumor_type.name}", f"{row['source']} ({row['source_url']})")
