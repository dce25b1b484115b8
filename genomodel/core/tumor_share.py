"""How much of a sample is the patient's tumor: what a negative rests on."""

from __future__ import annotations

from genomodel.core.copy_number import CopyNumberProfile, purity_in_force
from genomodel.core.identity import IdentityChecks, foreign_in_tumor
from genomodel.core.patients import Patient


def tumor_share(
    patient: Patient, copy_number: CopyNumberProfile | None, identity: IdentityChecks | None
) -> float | None:
    """Return the share of tumor cells in the sample, 0 to 1: the purity in force less foreign DNA.

    Purity is told of the patient's own cells, by a pathologist who sees no foreign DNA. A clonal heterozygous variant
    of a diploid place has half of this share of the reads.

    Returns
    -------
    float | None
        ``None`` where no purity is known.
    """
    known = purity_in_force(patient, copy_number)
    if known is None or known.purity is None:
        return None
    return known.purity * (1 - foreign_in_tumor(identity))
