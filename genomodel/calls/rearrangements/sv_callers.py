"""Who wrote a structural-variant VCF, which column is the tumor, and what the record says of its reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.calls.vcf_text import VcfHeader, VcfRecord, sample_roles
from genomodel.core.errors import InputError
from genomodel.core.rearrangements import Material, Support

NOT_SOMATIC = "NotSomatic"
"""Filter of records that delly's somatic filter dropped, which itself writes none."""


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


DELLY = Caller("delly", _delly)
MANTA = Caller("Manta", _manta)
GRIDSS = Caller("GRIDSS", _gridss)
PURPLE = Caller("PURPLE", _gridss)
OTHER = Caller("another caller", _unknown)


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

    By the names given, by the header, by names that say it. By their order in the somatic file of Manta alone, which
    writes normal and tumor: the order of others is that of the alignments on their command line.

    Raises
    ------
    InputError
        Several samples and nothing tells which is the tumor's, or the only one is the normal's.
    """
    names = header.samples
    if len(names) == 1 and normal in names and tumor not in names:
        raise InputError(
            f"the only sample is the normal's ({normal})", path=header.path, fix="Give the VCF of the tumor"
        )
    said = sample_roles(header)
    guesses = (
        (tumor, normal),
        said,
        _by_words(names),
        (names[1], names[0]) if len(names) == 2 and caller is MANTA and _is_somatic(header) else (None, None),
        (names[0], None) if len(names) == 1 else (None, None),
    )
    for one, other in guesses:
        found = _completed(names, one, other)
        if found is not None:
            return found
    if not names:
        return Roles(None, None)
    raise InputError(
        f"{len(names)} samples ({', '.join(names[:5])}) and nothing says which is the tumor",
        path=header.path,
        column="--tumor-sample",
        fix="Give --tumor-sample and --normal-sample, in a cohort that enters with calls the sheet's sample and "
        "normal_sample; or rename the columns to TUMOR and NORMAL with bcftools reheader",
    )


def _completed(names: Sequence[str], tumor: str | None, normal: str | None) -> Roles | None:
    """Return both columns where one of them is known to be in the file; of two columns the other is the other's."""
    normal = normal if normal in names and normal != tumor else None
    if tumor in names:
        rest = [name for name in names if name != tumor]
        return Roles(tumor, normal or (rest[0] if len(rest) == 1 else None))
    if normal is not None and len(names) == 2:
        return Roles(next(name for name in names if name != normal), normal)
    return None


def _by_words(names: Sequence[str]) -> tuple[str | None, str | None]:
    tumors = [name for name in names if "tumor" in name.lower() or "tumour" in name.lower()]
    normals = [name for name in names if "normal" in name.lower()]
    return (tumors[0] if len(tumors) == 1 else None), (normals[0] if len(normals) == 1 else None)


def _is_somatic(header: VcfHeader) -> bool:
    return any("ID=SOMATICSCORE," in line for line in header.meta)


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
