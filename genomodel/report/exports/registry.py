"""The exports by name; a new one is one module and one row here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report.exports.table import write_table
from genomodel.report.exports.va_spec import write_va_spec
from genomodel.report.exports.vcf import write_interpreted_vcf

ALL = "all"
VCF_ONLY = "the input is a MAF: a VCF of the interpretation is made of the records of a VCF"


@dataclass(frozen=True, slots=True)
class Export:
    """One form that interpretations are written in."""

    name: str
    title: str
    suffix: str
    """Of the file of one patient; empty for what is one for the whole cohort."""
    write: Callable[[InterpretationFile, Path], None] | None = None
    """Writes one patient's file from the interpretation alone."""
    write_beside: Callable[[InterpretationFile, Path, Path], None] | None = None
    """Likewise, from the interpretation and the records of the VCF that was interpreted."""


EXPORTS = {
    export.name: export
    for export in (
        Export("maf", "study folder of cBioPortal: mutations, copy number, fusions, generic assays", ""),
        Export("va-spec", "statements of GA4GH VA-Spec", ".va-spec.json", write=write_va_spec),
        Export("vcf", "the input's records with tier and disposition", ".vcf.gz", write_beside=write_interpreted_vcf),
        Export("tsv", "one line for each allele of each record", ".tsv", write=write_table),
    )
}


def chosen_exports(names: Iterable[str], column: str = "--export") -> tuple[str, ...]:
    """Return the exports that a user asked for, in the order of the registry.

    Parameters
    ----------
    names
        Names, each alone or joined by commas; ``all`` means every one.
    column
        Option or key that errors name.

    Raises
    ------
    InputError
        A name is none of the registry.
    """
    asked = {name.strip() for text in names for name in text.split(",") if name.strip()}
    unknown = sorted(asked - set(EXPORTS) - {ALL})
    if unknown:
        raise InputError(f"'{unknown[0]}' is no export", column=column, fix=f"Known: {', '.join((*EXPORTS, ALL))}")
    return tuple(name for name in EXPORTS if name in asked or ALL in asked)


def export_patient(
    made: InterpretationFile, names: Sequence[str], folder: Path, records: Path | None
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write the exports of one patient.

    Parameters
    ----------
    made
        The interpretation.
    names
        Of the registry; those of the whole cohort are passed over.
    folder
        Where to write.
    records
        VCF that was interpreted; ``None`` for a MAF.

    Returns
    -------
    tuple
        The files, and a sentence for each export that this input does not allow.
    """
    written, notes = [], []
    for name in names:
        export = EXPORTS[name]
        path = folder / f"{made.patient}{export.suffix}"
        if export.write is not None:
            export.write(made, path)
        elif export.write_beside is not None and records is not None:
            export.write_beside(made, records, path)
        elif export.write_beside is not None:
            notes.append(f"no {name}: {VCF_ONLY}")
            continue
        else:
            continue
        written.append(path)
    return tuple(written), tuple(notes)
