"""What an annotated VCF says of population and ClinVar: as written here, by VEP, or in INFO by another program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from genomodel.annotation.sources import SOURCES
from genomodel.annotation.sources.base import Source
from genomodel.annotation.sources.clinvar import CLINVAR, COLUMNS, plain, record_of, written_record
from genomodel.annotation.sources.identity import FILES_APART, absent, stated_sources
from genomodel.annotation.sources.population import POPULATION
from genomodel.calls.vcf_text import VcfHeader, VcfReader, VcfRecord
from genomodel.core.errors import InputError
from genomodel.core.provenance import AlleleSource
from genomodel.core.variants import ClinVarRecord

EARLIER_POPULATION_HEADER = "genomodel_population"
"""Header line of version 0.3 and before: the name of the population file, or ``none``."""
CLINVAR_COLUMN = "clinvar"
"""Name of ClinVar as a custom annotation of VEP: of its column with the ID, and before ``_CLNSIG`` and the others."""


def clinvar_of_columns(values: Mapping[str, str]) -> ClinVarRecord | None:
    """Return what the columns of a custom annotation named ClinVar say, in any case of letters.

    Parameters
    ----------
    values
        Columns of one entry of ``CSQ``.
    """
    found = {name.lower(): value for name, value in values.items() if _is_clinvar(name)}
    if not found:
        return None
    return record_of(
        lambda column: plain(found.get(f"{CLINVAR_COLUMN}_{column.lower()}", "")), found.get(CLINVAR_COLUMN, "")
    )


@cache
def _is_clinvar(column: str) -> bool:
    return column.lower().startswith(CLINVAR_COLUMN)


def clinvar_of_record(record: VcfRecord, allele: int) -> ClinVarRecord | None:
    """Return what INFO says of an allele: our own fields, else those of ClinVar, which tell no alleles apart."""
    written = written_record(record.info, allele)
    if written is not None:
        return written
    if len(record.alts) != 1 or not _has_clinvar_fields(record.header):
        return None
    return record_of(lambda column: plain(record.info.get(column, "")), "")


def _has_clinvar_fields(header: VcfHeader) -> bool:
    return header.description("INFO", "CLNSIG") is not None


def sources_of(header: VcfHeader, key: str, columns: tuple[str, ...], *, frequencies: bool) -> tuple[AlleleSource, ...]:
    """Return of each source whether an annotated VCF was made with it.

    Parameters
    ----------
    header
        The header.
    key
        INFO field of the annotation, ``CSQ``, ``ANN`` or ``BCSQ``.
    columns
        Columns of that field.
    frequencies
        Whether it gives frequencies of populations.
    """
    stated = {source.id: source for source in stated_sources(header) if source.looked_up}
    earlier = header.value(EARLIER_POPULATION_HEADER)
    if earlier not in (None, "none"):
        stated.setdefault(POPULATION.id, _from(POPULATION, earlier))
    if frequencies:
        stated.setdefault(POPULATION.id, _from(POPULATION, f"the annotation (INFO {key})"))
    if any(column.lower() in (f"{CLINVAR_COLUMN}_{name.lower()}" for name in COLUMNS) for column in columns):
        stated.setdefault(CLINVAR.id, _from(CLINVAR, f"the annotation (INFO {key})"))
    elif _has_clinvar_fields(header):
        stated.setdefault(CLINVAR.id, _from(CLINVAR, "the file's own INFO CLNSIG"))
    return tuple(stated.get(source.id, absent(source)) for source in SOURCES)


def require_asked(vcf: str | Path, given: str | Path, sources: Mapping[str, Sequence[str | Path]]) -> None:
    """Refuse files of sources that a VCF with consequences would be reported without.

    Parameters
    ----------
    vcf
        The VCF, whose header says which sources were asked.
    given
        The file that errors name.
    sources
        Files by the id of their source.

    Raises
    ------
    InputError
        The VCF says of none, or of another file, that it was asked.
    """
    asked = {source.id: source.file for source in stated_sources(VcfReader(vcf).header) if source.looked_up}
    for source in SOURCES:
        names = FILES_APART.join(Path(path).name for path in sources.get(source.id, ()))
        if not names or asked.get(source.id) == names:
            continue
        text = f"the VCF carries consequences, and was not looked up in {names} ({source.title})"
        fix = f"Run genomodel annotate with --{source.id}, --reference and --gff, and report on what it writes"
        raise InputError(text, path=given, column=f"--{source.id}", fix=fix)


def sources_of_columns(frequencies: Sequence[str]) -> tuple[AlleleSource, ...]:
    """Return what a MAF was made with, by the names of its columns with frequencies; it has no columns of ClinVar."""
    named = f"the file's columns {', '.join(frequencies)}"
    population = _from(POPULATION, named) if frequencies else absent(POPULATION)
    return tuple(population if source is POPULATION else absent(source) for source in SOURCES)


def _from(source: Source, place: str | None) -> AlleleSource:
    return AlleleSource(id=source.id, title=source.title, looked_up=True, file=place or "")
