"""Who wrote a structural-variant VCF, which column is the tumor, and what the record says of its reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from genomodel.calls.vcf_text import VcfHeader, VcfRecord, sample_roles
from genomodel.core.errors import InputError
from genomodel.core.rearrangements import Material, Support


@dataclass(frozen=True, slots=True)
class Roles:
    """Names of the tumor's and the normal's column; ``None`` where there is none."""

    tumor: str | None
    normal: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Reads of one sample at a junction."""

    split: int | None
    pairs: int | None
    fraction: float | None

    @property
    def total(self) -> int:
        """All that carry the junction."""
        return (self.split or 0) + (self.pairs or 0)


def _int(values: dict[str, str], key: str) -> int | None:
    text = values.get(key, "")
    return int(text) if text.isdigit() else None


def _share(alternate: int, reference: int) -> float | None:
    return alternate / (alternate + reference) if alternate + reference else None


def _delly(record: VcfRecord, sample: str) -> Counts:
    """``DR``/``DV``: pairs, ``RR``/``RV``: reads across; those decide the fraction where the place is exact."""
    values = record.sample(sample)
    pairs, split = _int(values, "DV"), _int(values, "RV")
    if "PRECISE" in record.info:
        return Counts(split, pairs, _share(split or 0, _int(values, "RR") or 0))
    return Counts(split, pairs, _share(pairs or 0, _int(values, "DR") or 0))


def _manta(record: VcfRecord, sample: str) -> Counts:
    """``PR`` and ``SR`` hold the reads for the reference and for the junction."""
    values = record.sample(sample)
    found = {}
    for key in ("PR", "SR"):
        parts = values.get(key, "").split(",")
        found[key] = (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(p.isdigit() for p in parts) else None
    alternate = sum(item[1] for item in found.values() if item)
    reference = sum(item[0] for item in found.values() if item)
    split, pairs = (found[key][1] if found[key] else None for key in ("SR", "PR"))  # type: ignore[index]
    return Counts(split, pairs, _share(alternate, reference))


def _gridss(record: VcfRecord, sample: str) -> Counts:
    """``VF`` fragments against ``REF`` and ``REFPAIR``, as GRIDSS's documentation gives the allele fraction."""
    values = record.sample(sample)
    fragments = _int(values, "VF")
    reference = (_int(values, "REF") or 0) + (_int(values, "REFPAIR") or 0)
    split, pairs = _int(values, "SR"), _int(values, "RP")
    if split is None and pairs is None:
        split = fragments
    return Counts(split, pairs, None if fragments is None else _share(fragments, reference))


def _unknown(record: VcfRecord, sample: str) -> Counts:
    return Counts(None, None, None)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program whose records are known."""

    name: str
    counts: Callable[[VcfRecord, str], Counts]
    tumor_first: bool
    """Which of two columns is the tumor's where nothing else says it."""


DELLY = Caller("delly", _delly, True)
MANTA = Caller("Manta", _manta, False)
GRIDSS = Caller("GRIDSS", _gridss, False)
PURPLE = Caller("PURPLE", _gridss, False)
OTHER = Caller("another caller", _unknown, False)


def caller_of(header: VcfHeader) -> Caller:
    """Return the program that wrote a VCF, by the marks that it leaves in the header."""
    text = "\n".join(header.meta)
    if "##purpleVersion" in text or "ID=PURPLE_" in text:
        return PURPLE
    if "gridssVersion" in text or "##esveeVersion" in text or "ID=REFPAIR," in text:
        return GRIDSS
    if "##source=GenerateSVCandidates" in text or "ID=SOMATICSCORE," in text or "##source=DRAGEN" in text:
        return MANTA
    if "FORMAT=<ID=RV," in text and "FORMAT=<ID=DV," in text:
        return DELLY
    return OTHER


def roles_of(header: VcfHeader, caller: Caller, tumor: str | None = None, normal: str | None = None) -> Roles:
    """Return the columns of tumor and normal.

    By the names given, by the header, by names that say it, by the program's order of two columns.

    Raises
    ------
    InputError
        More than two samples and nothing tells which is the tumor's.
    """
    names = header.samples
    if tumor in names:
        return Roles(tumor, normal if normal in names else next((n for n in names if n != tumor), None))
    said = sample_roles(header)
    if said[0] in names:
        return Roles(said[0], said[1] if said[1] in names else None)
    if len(names) < 2:
        return Roles(next(iter(names), None), None)
    by_name = [name for name in names if "tumor" in name.lower() or "tumour" in name.lower()]
    if len(names) == 2:
        first = by_name[0] if len(by_name) == 1 else names[0 if caller.tumor_first else 1]
        return Roles(first, next(name for name in names if name != first))
    raise InputError(
        f"{len(names)} samples ({', '.join(names[:5])}) and nothing says which is the tumor",
        path=header.path,
        fix="Name the tumor's sample, or give a VCF of the tumor and its normal alone",
    )


def support_of(record: VcfRecord, caller: Caller, roles: Roles, path: Path) -> Support:
    """Return what a record says of its reads."""
    tumor = caller.counts(record, roles.tumor) if roles.tumor else Counts(None, None, None)
    normal = caller.counts(record, roles.normal) if roles.normal else None
    return Support(
        material=Material.DNA,
        program=caller.name,
        split_reads=tumor.split,
        spanning_pairs=tumor.pairs,
        fraction=tumor.fraction,
        normal_reads=normal.total if normal else None,
        said=", ".join(record.filters) or "no filter applied",
        file=path.name,
    )
