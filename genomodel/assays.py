"""From files to what was looked for beside small variants: one row for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from genomodel.calls.hotspot_assay.assay import read_hotspot_assay
from genomodel.calls.identity import read_identity
from genomodel.calls.microsatellites.doors import read_msi
from genomodel.calls.quality import read_quality
from genomodel.calls.rearrangements.read import read_rearrangements
from genomodel.core.assays import Assays
from genomodel.core.base import Noun
from genomodel.core.patients import Patient

READERS: dict[str, Callable[[Sequence[str]], Noun]] = {
    "hotspots": read_hotspot_assay,
    "identity": read_identity,
    "msi": read_msi,
    "quality": read_quality,
    "rearrangements": read_rearrangements,
}
"""What reads the files of a kind, its own JSON and tables of other programs alike, into the field of that name."""


def read_assays(
    files: Mapping[str, Sequence[str]], *, gff: str | None = None, patient: Patient | None = None
) -> Assays:
    """Read all that is there of one patient.

    Parameters
    ----------
    files
        Paths by kind, a key of :data:`READERS`.
    gff
        Gene models, which make fusions of the breakends of a structural-variant VCF.
    patient
        Whose assay says what could have been seen of fusions.

    Raises
    ------
    InputError
        A file is missing, damaged or of an unknown layout.
    """
    readers = READERS | {"rearrangements": partial(read_rearrangements, gff=gff, patient=patient)}
    return Assays(**{kind: readers[kind](paths) for kind, paths in files.items() if paths})
