"""Loss of the other copy of an inherited allele in the tumor, told from read counts."""

from __future__ import annotations

import math

from genomodel.calls.likelihood import GERMLINE_FRACTION
from genomodel.core.variants import AlleleCounts, Origin

LOSS_Z = 3.29
"""Two-sided error of one in a thousand that tumor and normal carry an allele at one fraction."""
HOMOZYGOUS = 0.85
"""Fraction in the normal from which it has no other allele to lose."""
LEAST_RISE = 0.1
"""Least rise of the fraction that is called a loss: reference bias and chance move it by less."""


def lost_other_allele(origin: Origin, tumor: AlleleCounts, normal: AlleleCounts | None) -> bool:
    """Whether an inherited heterozygous allele stands higher in the tumor than in its normal: the other one is lost.

    A gain of the allele raises its fraction too; read counts alone do not tell the two apart.
    """
    if origin is not Origin.GERMLINE or normal is None:
        return False
    known = (tumor.alt_reads, tumor.ref_reads, normal.alt_reads, normal.ref_reads)
    here, here_ref, there, there_ref = (0 if reads is None else reads for reads in known)
    total, other = here + here_ref, there + there_ref
    if None in known or not total or not other or not GERMLINE_FRACTION <= there / other < HOMOZYGOUS:
        return False
    rise = here / total - there / other
    pooled = (here + there) / (total + other)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / total + 1 / other))
    return rise >= LEAST_RISE and spread > 0 and rise / spread >= LOSS_Z
