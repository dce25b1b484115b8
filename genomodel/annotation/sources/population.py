"""How often an allele is seen in the population, from a VCF such as gnomAD's.

The highest frequency in any population counts: gnomAD's own maximum (``AF_popmax`` in version 2, ``AF_grpmax`` from
version 4 on, ``AF_grpmax_joint`` in the joint file of 4.1) leaves the small and the bottlenecked populations out, so
that each ``AF_<population>`` is looked at as well, those of the 1000 Genomes (``EUR_AF``) too. A population with few
alleles counted says nothing near the threshold that is used: one allele of a heterozygous person among fewer than
:data:`LEAST_ALLELES` would reach half of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from genomodel.annotation.sources.base import Facts, InfoField, RowReader, Source, declared_info
from genomodel.calls.vcf_text import VcfHeader
from genomodel.core.errors import InputError

POPULATION_INFO = "GM_AF"
"""INFO field with the highest frequency of each alternate allele."""
LEAST_ALLELES = 2000
"""Alleles counted in a population below which its frequency is not used, unless the file does not say how many."""

_GROUPS = "afr|ami|amr|asj|eas|fin|mid|nfe|oth|remaining|sas"
_OVERALL = frozenset({"AF_popmax", "AF_grpmax", "AF_grpmax_joint", "AF_joint", "AF"})
_OF_GROUP = re.compile(rf"^AF_(?:joint_)?(?:{_GROUPS})$|^(?:AFR|AMR|EAS|EUR|SAS)_AF$")


def make_reader(header: VcfHeader) -> RowReader:
    """Return the reader of a file's rows.

    Raises
    ------
    InputError
        The header declares no frequency.
    """
    keys = [name for name in sorted(declared_info(header)) if name in _OVERALL or _OF_GROUP.match(name)]
    if not keys:
        fix = "Give a VCF with INFO AF, AF_popmax, AF_grpmax or AF by population"
        raise InputError("the population VCF declares no allele frequency", path=header.path, fix=fix)
    counted = {key: f"AN{key.removeprefix('AF')}" for key in keys if _OF_GROUP.match(key)}

    def read(_: str, info: Mapping[str, str], index: int, n_alleles: int) -> Facts | None:
        found = max(_frequencies(info, keys, counted, index, n_alleles), default=None)
        return None if found is None else {POPULATION_INFO: f"{found:.6g}"}

    return read


def _frequencies(
    info: Mapping[str, str], keys: Sequence[str], counted: Mapping[str, str], index: int, n_alleles: int
) -> Iterator[float]:
    for key in keys:
        values = info.get(key, "").split(",")
        if len(values) != n_alleles:
            continue
        alleles = info.get(counted.get(key, ""), "")
        if alleles.isdigit() and int(alleles) < LEAST_ALLELES:
            continue
        try:
            value = float(values[index])
        except ValueError:
            continue
        if 0 <= value <= 1:
            yield value


def _highest(found: Sequence[Facts]) -> Facts:
    return max(found, key=lambda facts: float(facts[POPULATION_INFO]))


def _rarest(parts: Sequence[Facts]) -> Facts:
    return min(parts, key=lambda facts: float(facts[POPULATION_INFO]))


POPULATION = Source(
    id="population",
    title="Population frequencies",
    fields=(InfoField(POPULATION_INFO, "Float", "Highest frequency in any population"),),
    make_reader=make_reader,
    join=_highest,
    # An allele of several bases cannot be more frequent than the rarest of its single-base changes.
    of_parts=_rarest,
)
