"""Frequencies by genetic ancestry group, and whether a source was asked, from whichever annotation says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from genomodel.annotation.dialects.base import Effect
from genomodel.annotation.sources.population import COVERED_INFO, GROUPS_INFO, read_groups
from genomodel.calls.vcf_text import VcfRecord

_GNOMAD = re.compile(
    r"^(?:gnomad[a-z]*_(?:joint_)?(afr|ami|amr|asj|eas|fin|mid|nfe|oth|remaining|sas)_af"
    r"|gnomad[a-z]*_af_(?:joint_)?(afr|ami|amr|asj|eas|fin|mid|nfe|oth|remaining|sas)"
    r"|exac_(afr|amr|eas|fin|nfe|oth|sas)_(?:maf|af)|exac_af_(afr|amr|eas|fin|nfe|oth|sas))$"
)
_THOUSAND_GENOMES = re.compile(r"^(afr|amr|eas|eur|sas)_(?:af|maf)$")


def group_of_column(name: str) -> tuple[str, bool]:
    """Return the group that a column of VEP, or of a MAF, is of in capitals, and whether it is gnomAD's or ExAC's.

    The group is empty for columns of all people and of other projects.
    """
    lower = name.lower()
    if match := _GNOMAD.match(lower):
        return next(part for part in match.groups() if part).upper(), True
    match = _THOUSAND_GENOMES.match(lower)
    return (match[1].upper() if match else ""), False


def groups_of(frequencies: Mapping[str, float]) -> dict[str, float]:
    """Return the highest frequency of each group over columns by name.

    gnomAD and ExAC count; the 1000 Genomes, with a few hundred people in each group, only where neither says anything.
    """
    found: dict[bool, dict[str, float]] = {True: {}, False: {}}
    for name, value in frequencies.items():
        group, large = group_of_column(name)
        if group:
            found[large][group] = max(value, found[large].get(group, 0.0))
    return found[True] or found[False]


def is_counted_in_gnomad(frequencies: Mapping[str, float]) -> bool:
    """Whether gnomAD gives the allele any frequency, zero among them, so that it was looked for there."""
    return any(name.lower().startswith("gnomad") for name in frequencies)


def population_of(record: VcfRecord, allele: int, effects: Iterable[Effect]) -> tuple[dict[str, float], bool | None]:
    """Return frequencies by group and whether a source was asked for an allele and covers its place.

    What ``genomodel annotate`` wrote comes before what the annotation says. ``None`` where nobody can tell whether the
    place is covered, as of an allele that VEP gives no frequency.

    Raises
    ------
    InputError
        What ``genomodel annotate`` wrote was changed to what no frequency can be.
    """
    written = _value(record, GROUPS_INFO, allele)
    try:
        groups = read_groups(written)
    except ValueError as error:
        raise record.error(f"{written!r} holds no frequencies by group", column=GROUPS_INFO) from error
    said: dict[str, float] = {}
    for effect in effects:
        said |= effect.frequencies
    covered = _value(record, COVERED_INFO, allele) == "1" or is_counted_in_gnomad(said)
    return groups or groups_of(said), covered or None


def _value(record: VcfRecord, name: str, allele: int) -> str:
    values = record.info.get(name, "").split(",")
    return values[allele] if allele < len(values) and values[allele] != "." else ""
