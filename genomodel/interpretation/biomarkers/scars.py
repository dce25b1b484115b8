"""How a score of genomic scars that another assay gave stands to the cut-off that this assay was approved with."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from genomodel.core.patients import Patient

TABLE = Path(__file__).with_name("scar_assays.tsv")


@dataclass(frozen=True, slots=True)
class ScarAssay:
    """An assay of genomic scars with the cut-off that it was approved with."""

    assay: str
    name: str
    cutoff: float
    tumor_types: tuple[str, ...]
    """OncoTree codes of the tumors that the cut-off is for."""
    source: str
    source_url: str


@dataclass(frozen=True, slots=True)
class ScarStanding:
    """A given score held against its cut-off."""

    above: bool | None
    """``None`` where no cut-off is known of the assay in this tumor type."""
    words: str


@cache
def scar_assays() -> dict[str, ScarAssay]:
    """Return the assays whose cut-off is known, by their names in the sheet."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    return {
        row["assay"]: ScarAssay(
            assay=row["assay"],
            name=row["name"],
            cutoff=float(row["cutoff"]),
            tumor_types=tuple(row["tumor_types"].split(";")),
            source=row["source"],
            source_url=row["source_url"],
        )
        for row in rows
    }


def scar_standing(patient: Patient) -> ScarStanding | None:
    """Return how a given score stands to the cut-off of its assay; ``None`` where none was given."""
    given = patient.scar
    if given is None:
        return None
    assay = scar_assays().get(given.assay)
    if assay is None:
        return ScarStanding(
            None, f"a score of {given.score:g} by {given.assay} was given, whose cut-off is not known here"
        )
    words = f"{assay.name} {given.score:g}, cut-off {assay.cutoff:g} ({assay.source}, {assay.source_url})"
    fits = any(patient.tumor_type.is_a(code) for code in assay.tumor_types)
    if given.score < assay.cutoff:
        return ScarStanding(False if fits else None, f"{words}: below")
    if not fits:
        return ScarStanding(None, f"{words}: above, but the cut-off is for {', '.join(assay.tumor_types)}")
    return ScarStanding(True, words)
