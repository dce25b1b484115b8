"""The flat table: one line for each allele of each record, with all that was said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from genomodel.core.findings import EvidenceMatch
from genomodel.core.interpretation_file import AlleleFacts, InterpretationFile
from genomodel.files import write_text
from genomodel.interpretation.knowledge_bases.tables import spreadsheet_safe
from genomodel.report.exports.rows import AlleleRow, allele_rows

Cell = str | int | float | None
Reader = Callable[[InterpretationFile, AlleleRow], Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table."""

    name: str
    means: str
    read: Reader


def one_line(text: str) -> str:
    """Return a text without line ends and tabs, which would end a cell."""
    return " ".join(text.split())


def cell_text(value: Cell) -> str:
    """Return a cell's text; nothing where nothing is known, and never a spreadsheet's formula."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return spreadsheet_safe(one_line(str(value)))


def evidence_text(match: EvidenceMatch) -> str:
    """Return a statement as ``base:id tier direction therapy``, with its conditions in brackets."""
    said = match.evidence
    conditions = "; ".join(f"{answer.condition}: {answer.status.value}" for answer in match.conditions)
    conditions = conditions or "; ".join(said.conditions)
    parts = (f"{said.knowledge_base}:{said.id}", match.tier, said.direction.value, said.therapy)
    return " ".join(filter(None, parts)) + (f" [{conditions}]" if conditions else "")


def _fact(name: str) -> Reader:
    def read(_: InterpretationFile, row: AlleleRow) -> Cell:
        value = None if row.facts is None else getattr(row.facts, name)
        return ",".join(value) if isinstance(value, tuple) else value

    assert name in AlleleFacts.model_fields
    return read


def _label(_: InterpretationFile, row: AlleleRow) -> Cell:
    return row.finding.label if row.finding is not None else ""


def _codes(_: InterpretationFile, row: AlleleRow) -> Cell:
    found = row.finding.oncogenicity if row.finding is not None else None
    return ",".join(f"{code.code}({code.points:+d})" for code in found.met) if found is not None else ""


def _open_codes(_: InterpretationFile, row: AlleleRow) -> Cell:
    return ",".join(row.not_evaluated or ())


def _points(_: InterpretationFile, row: AlleleRow) -> Cell:
    found = row.finding.oncogenicity if row.finding is not None else None
    return found.points if found is not None else None


def _second(_: InterpretationFile, row: AlleleRow) -> Cell:
    return row.finding.second_allele.hit.value if row.finding is not None and row.finding.second_allele else ""


def _joined(parts: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(filter(None, parts)))


COLUMNS = (
    Column("patient", "id of the patient", lambda made, _: made.patient),
    Column("tumor_type", "OncoTree code", lambda made, _: made.subject.tumor_type.oncotree_code),
    Column("genome", "build of the coordinates", lambda made, _: made.subject.genome.value),
    Column(
        "record", "number of the record in the input, from 1; of a MAF the row", lambda _, row: row.disposition.record
    ),
    Column("variant", "`chrom:pos:ref>alt` as in the input", lambda _, row: row.disposition.variant),
    Column("disposition", "the one thing that became of the allele", lambda _, row: row.disposition.kind.value),
    Column("reason", "why", lambda _, row: row.disposition.reason),
    Column("tier", "AMP/ASCO/CAP tier with its level, empty where there is none", lambda _, row: row.tier),
    Column("gene", "symbol", lambda _, row: row.disposition.gene),
    Column("label", "name as the report gives it; of findings, listed, set-aside alleles", _label),
    Column("transcript", "of the reported consequence", _fact("transcript")),
    Column("mane", "`select` or `plus_clinical`", _fact("mane")),
    Column("annotator", "who said the consequence: CSQ, ANN, BCSQ, MAF or bases", _fact("annotator")),
    Column("consequence", "Sequence Ontology terms", _fact("terms")),
    Column("hgvs_c", "change of the coding sequence", _fact("hgvs_c")),
    Column("hgvs_p", "change of the protein, three letters", _fact("hgvs_p")),
    Column("protein_change", "the same in one letter, without `p.`", _fact("protein_change")),
    Column("origin", "somatic, germline, uncertain or not_called", _fact("origin")),
    Column("origin_reason", "why", _fact("origin_reason")),
    Column("filters", "FILTER of the record", _fact("filters")),
    Column("tumor_depth", "reads at the place", _fact("depth")),
    Column("tumor_alt_reads", "reads of the allele", _fact("alt_reads")),
    Column("tumor_fraction", "allele fraction, 0 to 1", _fact("allele_fraction")),
    Column("normal_depth", "reads of the normal, empty without one", _fact("normal_depth")),
    Column("normal_alt_reads", "reads of the normal with the allele", _fact("normal_alt_reads")),
    Column(
        "population_frequency",
        "highest of any population, empty where it is in no source",
        _fact("population_frequency"),
    ),
    Column("clinvar", "number, germline class and oncogenicity of ClinVar's record", _fact("clinvar")),
    Column(
        "oncogenicity",
        "class of the ClinGen/CGC/VICC standard, empty where not classified",
        lambda _, row: row.oncogenicity,
    ),
    Column("oncogenicity_points", "sum of the points", _points),
    Column("oncogenicity_codes", "codes that are met, each with its points", _codes),
    Column("oncogenicity_not_evaluated", "codes that nobody could evaluate, for their source was absent", _open_codes),
    Column("second_allele", "biallelic, monoallelic or unknown; of genes that act by loss", _second),
    Column("escat", "suggested ESCAT tiers, for expert review", lambda _, row: _joined(m.escat for m in row.evidence)),
    Column(
        "evidence",
        "statements, parted by bars: base:id, tier, direction, therapy and in brackets its conditions",
        lambda _, row: _joined(map(evidence_text, row.evidence)),
    ),
    Column(
        "conflicts",
        "what speaks against a statement",
        lambda _, row: _joined(text for m in row.evidence for text in m.conflicts),
    ),
    Column(
        "sources", "addresses of the statements", lambda _, row: _joined(m.evidence.source_url for m in row.evidence)
    ),
)
"""Columns of the table, in their order."""


def write_table(made: InterpretationFile, path: Path) -> None:
    """Write the table of one patient, a line of column names first; the same interpretation gives the same bytes."""
    lines = ["\t".join(column.name for column in COLUMNS)]
    lines += ["\t".join(cell_text(column.read(made, row)) for column in COLUMNS) for row in allele_rows(made)]
    write_text(path, "\n".join(lines) + "\n")
