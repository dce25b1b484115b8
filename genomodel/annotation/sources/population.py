"""How often an allele is seen in the population, from a VCF such as gnomAD's.

The highest frequency in any population counts: gnomAD's own maximum (``AF_popmax`` in version 2, ``AF_grpmax`` from
version 4 on, ``AF_grpmax_joint`` in the joint file of 4.1) leaves the small and the bottlenecked populations out, so
that each ``AF_<population>`` is looked at as well, those of the 1000 Genomes (``EUR_AF``) too. A population with few
alleles counted says nothing near the threshold that is used: one allele of a heterozygous person among fewer than
:data:`LEAST_ALLELES` would reach half of it.

Beside the highest frequency stand those of the groups (``GM_AF_GROUPS``), and whether the file tells anything about the
place (``GM_AF_COVERED``): that an allele is not in it means something only where people were sequenced. The file says
so by a row within :data:`COVERED_BASES` of the allele in which enough alleles were counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from genomodel.annotation.sources.base import Facts, InfoField, RowReader, Source, declared_info, decode, encode
from genomodel.calls.vcf_text import VcfHeader
from genomodel.core.errors import InputError

POPULATION_INFO = "GM_AF"
"""INFO field with the highest frequency of each alternate allele."""
GROUPS_INFO = "GM_AF_GROUPS"
"""INFO field with the frequency by ancestry group, as ``AFR:0.001|NFE:0.02`` under percent encoding."""
COVERED_INFO = "GM_AF_COVERED"
"""INFO field that is 1 where the file tells of the place."""
COVERED_BASES = 50
"""Bases from an allele within which a row shows that people were sequenced there: where they cover, gnomAD's exomes
hold an allele at every few bases."""
LEAST_ALLELES = 2000
"""Alleles counted in a population below which its frequency is not used, unless the file does not say how many."""

_GROUPS = "afr|ami|amr|asj|eas|fin|mid|nfe|oth|remaining|sas"
_OVERALL = frozenset({"AF_popmax", "AF_grpmax", "AF_grpmax_joint", "AF_joint", "AF"})
_OF_GROUP = re.compile(rf"^AF_(?:joint_)?({_GROUPS})$|^(AFR|AMR|EAS|EUR|SAS)_AF$")
_COUNTED = (re.compile(rb"[;\t]AN=(\d+)"), re.compile(rb"[;\t]AN_joint=(\d+)"))


def make_reader(header: VcfHeader) -> RowReader:
    """Return the reader of a file's rows.

    Raises
    ------
    InputError
        The header declares no frequency.
    """
    declared = declared_info(header)
    keys = [name for name in sorted(declared) if name in _OVERALL or _OF_GROUP.match(name)]
    if not keys:
        fix = "Give a VCF with INFO AF, AF_popmax, AF_grpmax or AF by population"
        raise InputError("the population VCF declares no allele frequency", path=header.path, fix=fix)
    counted = {key: f"AN{key.removeprefix('AF')}" for key in keys if _OF_GROUP.match(key)}
    groups = {key: group_of(key) for key in keys}

    def read(_: str, info: Mapping[str, str], index: int, n_alleles: int) -> Facts | None:
        found = dict(_frequencies(info, keys, counted, index, n_alleles))
        if not found:
            return None
        by_group: dict[str, float] = {}
        for key, value in found.items():
            if groups[key]:
                by_group[groups[key]] = max(value, by_group.get(groups[key], 0.0))
        facts = {POPULATION_INFO: f"{max(found.values()):.6g}"}
        if by_group:
            facts[GROUPS_INFO] = written_groups(by_group)
        return facts

    return read


def is_counted(rest: bytes) -> bool:
    """Whether enough alleles were counted in a row, as far as the file says how many."""
    known = False
    for field in _COUNTED:
        match = field.search(rest)
        if match and int(match[1]) >= LEAST_ALLELES:
            return True
        known = known or match is not None
    return not known


def group_of(key: str) -> str:
    """Return the ancestry group that a frequency's field is of, in capitals; empty for one of all people."""
    match = _OF_GROUP.match(key)
    return (match[1] or match[2]).upper() if match else ""


def written_groups(groups: Mapping[str, float]) -> str:
    """Return frequencies by group as INFO holds them."""
    return encode("|".join(f"{name}:{value:.6g}" for name, value in sorted(groups.items())))


def read_groups(text: str) -> dict[str, float]:
    """Return frequencies by group of what :func:`written_groups` made.

    Raises
    ------
    ValueError
        The text is of another form, or a frequency lies outside 0 to 1.
    """
    found = {}
    for part in filter(None, decode(text).split("|")):
        name, colon, number = part.partition(":")
        value = float(number)
        if not colon or not name or not 0 <= value <= 1:
            raise ValueError(part)
        found[name] = value
    return found


def _frequencies(
    info: Mapping[str, str], keys: Sequence[str], counted: Mapping[str, str], index: int, n_alleles: int
) -> Iterator[tuple[str, float]]:
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
            yield key, value


def _highest(found: Sequence[Facts]) -> Facts:
    """Join what several rows or files say: the highest frequencies; covered where one of them covers the place."""
    seen = [facts for facts in found if POPULATION_INFO in facts]
    joined = dict(max(seen, key=lambda facts: float(facts[POPULATION_INFO]), default={}))
    groups: dict[str, float] = {}
    for facts in seen:
        for name, value in read_groups(facts.get(GROUPS_INFO, "")).items():
            groups[name] = max(value, groups.get(name, 0.0))
    if groups:
        joined[GROUPS_INFO] = written_groups(groups)
    if any(COVERED_INFO in facts for facts in found):
        joined[COVERED_INFO] = "1"
    return joined


def _rarest(parts: Sequence[Facts]) -> Facts:
    """Return the facts of the rarest single-base change; what it is in the groups says nothing of the whole allele."""
    rarest = min(parts, key=lambda facts: float(facts[POPULATION_INFO]))
    return {POPULATION_INFO: rarest[POPULATION_INFO]}


POPULATION = Source(
    id="population",
    title="Population frequencies",
    fields=(
        InfoField(POPULATION_INFO, "Float", "Highest frequency in any population"),
        InfoField(GROUPS_INFO, "String", "Frequency by ancestry group, percent-encoded"),
        InfoField(COVERED_INFO, "Integer", "1 where the population file tells of the place"),
    ),
    make_reader=make_reader,
    join=_highest,
    # An allele of several bases cannot be more frequent than the rarest of its single-base changes.
    of_parts=_rarest,
    neighborhood=COVERED_BASES,
    nearby={COVERED_INFO: "1"},
    is_counted=is_counted,
)
