"""The input's VCF again, each record with tier, oncogenicity and disposition of its alleles in INFO."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pysam

from genomodel.calls.intake import require_same_records
from genomodel.calls.vcf_text import FIXED_COLUMNS, MISSING, VcfReader, VcfRecord
from genomodel.core.errors import GenomodelError
from genomodel.core.findings import EvidenceMatch
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.variants import Variant
from genomodel.files import atomic_path
from genomodel.interpretation.consent import is_withheld
from genomodel.report import words
from genomodel.report.exports.rows import AlleleRow, allele_rows

PLAIN = "()[]<>/+*'"
"""Marks left as they are beside letters, digits and ``_.-~``; blanks, ``: ; = % ,`` and ``& |`` are percent-encoded."""
FIELDS = {
    "GM_TIER": "AMP/ASCO/CAP 2017 tier and level of the allele as a finding of this tumor",
    "GM_ONCOGENICITY": "Class of the ClinGen/CGC/VICC 2022 standard",
    "GM_DISPOSITION": "The one thing that became of the allele",
    "GM_DISPOSITION_REASON": "Why, percent-encoded",
    "GM_EVIDENCE": "Statements that give the tier, parted by &: base|id|tier|direction|therapy, percent-encoded",
    "GM_ONCOGENICITY_NOT_EVALUATED": "Number of the 17 codes of the standard that nobody could evaluate",
}
NUMBERS = frozenset({"GM_ONCOGENICITY_NOT_EVALUATED"})
RECORD_FIELDS = {
    "GM_RECORD_DISPOSITION": "The one thing that became of a record without an alternate allele",
    "GM_RECORD_DISPOSITION_REASON": "Why, percent-encoded",
}
_OURS = (*FIELDS, *RECORD_FIELDS)


def encoded(text: str) -> str:
    """Return a text as INFO may hold it: ASCII without blanks, percent-encoded as VCF 4.3 has it."""
    return quote(" ".join(text.split()), safe=PLAIN)


def statement_text(match: EvidenceMatch) -> str:
    """Return ``base|id|tier|direction|therapy`` of a matched statement."""
    said = match.evidence
    parts = (said.knowledge_base, said.id, match.tier, said.direction.value, said.therapy)
    return "|".join(encoded(part) for part in parts)


def write_interpreted_vcf(made: InterpretationFile, source: Path, path: Path) -> None:
    """Write all records of a VCF in their order, with what became of each of their alleles.

    Records with alleles that are withheld by consent are left out and counted in the header.

    Parameters
    ----------
    made
        The interpretation of this very file.
    source
        The VCF; columns beside INFO, and entries of INFO that are not ours, stay as they are.
    path
        Where to write; bgzipped.

    Raises
    ------
    GenomodelError
        The interpretation has no disposition for an allele of the file, or the file not for one of its: it is not of
        this file.
    """
    reader = VcfReader(source)
    rows: dict[int, list[AlleleRow]] = {}
    for row in allele_rows(made):
        rows.setdefault(row.disposition.record, []).append(row)
    withheld = {record for record, told in rows.items() if any(is_withheld(row.disposition.variant) for row in told)}
    with atomic_path(path) as temporary:
        with pysam.BGZFile(str(temporary), "wb") as out:
            for line in _header(reader, made, len(withheld)):
                out.write(f"{line}\n".encode())
            for record in reader:
                if record.ordinal in withheld:
                    rows.pop(record.ordinal)
                    continue
                info = _info(record, rows.pop(record.ordinal, []))
                out.write("\t".join((*record.columns[:7], info, *record.columns[8:])).encode() + b"\n")
        if rows:
            raise GenomodelError(f"{source.name}: the interpretation has record {min(rows)}, which the file has not")
        if not withheld:
            require_same_records((source,), temporary)


def _header(reader: VcfReader, made: InterpretationFile, withheld: int) -> Iterator[str]:
    replaced = tuple(f"##INFO=<ID={name}," for name in _OURS)
    yield from (line for line in reader.header.meta if not line.startswith(replaced))
    for name, text in FIELDS.items():
        kind = "Integer" if name in NUMBERS else "String"
        yield f'##INFO=<ID={name},Number=A,Type={kind},Description="{text}">'
    for name, text in RECORD_FIELDS.items():
        yield f'##INFO=<ID={name},Number=1,Type=String,Description="{text}">'
    tumor_type = made.subject.tumor_type.oncotree_code or words.NOT_GIVEN
    yield f"##genomodel_interpretation=schema {made.schema_version}, tumor type {tumor_type}"
    if made.failures:
        yield f"##genomodel_failed={'; '.join(made.failures)}"
    if withheld:
        yield f"##genomodel_withheld={withheld} records hold inherited alleles and are left out by consent"
    yield f"##genomodel_use={made.research_use_only}"
    samples = reader.header.samples
    yield "\t".join((*FIXED_COLUMNS, *(("FORMAT", *samples) if samples else ())))


def _info(record: VcfRecord, rows: list[AlleleRow]) -> str:
    told = [row.disposition.variant for row in rows]
    alts = record.alts or (MISSING,)
    keys = [Variant(chrom=record.chrom, pos=record.pos, ref=record.ref, alt=alt).key for alt in alts]
    if keys != told:
        raise GenomodelError(
            f"{record.header.path.name}: record {record.ordinal} holds {', '.join(keys)}, the interpretation "
            f"{', '.join(told) or 'nothing'}: it is not of this file"
        )
    own = _values(rows, FIELDS if record.alts else RECORD_FIELDS)
    text = record.columns[7]
    kept = [part for part in text.split(";") if part and part.partition("=")[0] not in _OURS and text != MISSING]
    return ";".join((*kept, *own))


def _values(rows: Iterable[AlleleRow], fields: Mapping[str, str]) -> list[str]:
    told = [
        (
            row.tier or MISSING,
            row.oncogenicity or MISSING,
            row.disposition.kind.value,
            encoded(row.disposition.reason) or MISSING,
            "&".join(map(statement_text, row.evidence)) or MISSING,
            MISSING if row.not_evaluated is None else str(len(row.not_evaluated)),
        )
        for row in rows
    ]
    if len(fields) < len(FIELDS):
        return [f"{name}={value}" for name, value in zip(fields, told[0][2:4], strict=True)]
    columns = zip(*told, strict=True)
    return [
        f"{name}={','.join(values)}" for name, values in zip(fields, columns, strict=True) if set(values) != {MISSING}
    ]
