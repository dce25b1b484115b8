"""Which normals the copy number of each tumor is measured against."""

from __future__ import annotations

import hashlib
from collections import defaultdict

from genomodel.cohort.sheets import Cohort, CohortPatient
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library

REFERENCES = ("auto", "matched", "pooled", "flat")
MIN_NORMALS = 2

AssayKey = tuple[Library, str]
"""Library and BED; whole genomes share one whatever their BED."""


def assay_key(entry: CohortPatient, kind: str) -> AssayKey | None:
    """Return what a sample's depth can be compared with: samples of the same key. ``None`` without such a sample."""
    specimen = entry.patient.tumor_specimen if kind == "tumor" else entry.patient.normal_specimen
    if specimen is None:
        return None
    return specimen.library, "" if specimen.library is Library.WGS else entry.patient.assay_bed or ""


def pool_name(key: AssayKey) -> str:
    """Return a short name for the normals that share a library and a BED, by its path in the sheet."""
    library, bed = key
    return f"{library.value}-{hashlib.sha256(bed.encode()).hexdigest()[:10]}"


def pooled_normals(cohort: Cohort) -> dict[AssayKey, tuple[str, ...]]:
    """Return the patients whose normals can be pooled, by assay."""
    found: dict[AssayKey, list[str]] = defaultdict(list)
    for name, entry in cohort.patients.items():
        key = assay_key(entry, "normal")
        if key is not None and entry.normal and entry.entry in ("fastq", "bam"):
            found[key].append(name)
    return {key: tuple(names) for key, names in found.items()}


def measurable(entry: CohortPatient) -> bool:
    """Whether copy number could be called: from reads, of known regions or a whole genome, and no table is given."""
    key = assay_key(entry, "tumor")
    known = key is not None and (key[0] is Library.WGS or bool(key[1]))
    return entry.entry in ("fastq", "bam") and entry.copy_number is None and known


def reference_of(entry: CohortPatient, pools: dict[AssayKey, tuple[str, ...]], wanted: str = "auto") -> str:
    """Return ``matched``, ``pooled`` or ``flat``, or nothing where the copy number of a patient is not called.

    Parameters
    ----------
    entry
        The patient.
    pools
        As :func:`pooled_normals` gives them.
    wanted
        ``auto`` takes the patient's own normal of the same library, else two or more normals of the same assay, else a
        flat reference. ``matched`` takes the own normal or none.

    Raises
    ------
    InputError
        ``pooled`` was asked for, and fewer than two normals of this assay are in the sheet.
    """
    if not measurable(entry):
        return ""
    key = assay_key(entry, "tumor")
    own = bool(entry.normal) and assay_key(entry, "normal") == key
    n = len(pools.get(key, ())) if key else 0
    if wanted == "pooled" and n < MIN_NORMALS:
        what = f"{entry.patient.id}: the sheet has {n} normal{'' if n == 1 else 's'} of its assay"
        raise InputError(
            f"{what}, and a pooled reference for copy number takes {MIN_NORMALS} at least",
            column="copy_number.reference",
            fix="Add normals of the same library and BED, or set copy_number.reference to auto, matched or flat",
        )
    if wanted == "auto":
        return "matched" if own else "pooled" if n >= MIN_NORMALS else "flat"
    return wanted if wanted != "matched" or own else ""
