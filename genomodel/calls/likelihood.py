"""Likelihood ratios on plain read counts, for calls whose reads are not at hand.

The likelihood ratio at the observed allele fraction against errors alone is that of MuTect (Cibulskis et al. 2013,
doi:10.1038/nbt.2514), whose threshold of 6.3 for tumors is used with it. Where the reads are there,
:mod:`genomodel.calls.posterior` decides by fragments.
"""

from __future__ import annotations

import math

GENOTYPE_LOD = 3.5
"""Least log10 odds that a normal lacks, or carries, an allele (bcbio's rule for pairs)."""

FRACTION_LOD = 6.3
"""Least log10 odds at the observed allele fraction in the tumor (MuTect's threshold for tumors)."""

NORMAL_CLEAN_FRACTION = 0.001
TUMOR_NORMAL_RATIO = 2.7
"""The normal's allele fraction is at most 0.001, or at most the tumor's divided by this, for somatic (bcbio's rule)."""

MIN_ALT_READS = 3
MIN_NORMAL_DEPTH = 8
"""Reads in the normal below which MuTect holds a site for not covered (Cibulskis et al. 2013)."""

GERMLINE_FRACTION = 0.2
"""Least allele fraction in the normal that is called inherited; below it contamination and mapping errors compete."""

ASSUMED_ERROR = 0.001
"""Error of a base where no quality is at hand (Q30)."""


def fraction_likelihood(
    fraction: float, ref_reads: int, alt_reads: int, ref_error: float = ASSUMED_ERROR, alt_error: float = ASSUMED_ERROR
) -> float:
    """Log10 likelihood of the counts when ``fraction`` of the molecules carry the allele.

    A read shows the allele when it carries it and is read right, or does not and is misread as just that base (a third
    of the errors).
    """
    alt = fraction * (1 - alt_error) + (1 - fraction) * alt_error / 3
    ref = (1 - fraction) * (1 - ref_error) + fraction * ref_error / 3
    return alt_reads * math.log10(max(alt, 1e-300)) + ref_reads * math.log10(max(ref, 1e-300))


def fraction_lod(
    ref_reads: int, alt_reads: int, ref_error: float = ASSUMED_ERROR, alt_error: float = ASSUMED_ERROR
) -> float:
    """Log10 odds of the observed allele fraction against errors alone; 0 without reads."""
    total = ref_reads + alt_reads
    if total == 0:
        return 0.0
    observed = fraction_likelihood(alt_reads / total, ref_reads, alt_reads, ref_error, alt_error)
    return observed - fraction_likelihood(0.0, ref_reads, alt_reads, ref_error, alt_error)


def normal_lod(ref_reads: int, alt_reads: int) -> float:
    """Log10 odds that a diploid normal lacks the allele rather than carries it in one or both copies."""
    absent = fraction_likelihood(0.0, ref_reads, alt_reads)
    return absent - max(fraction_likelihood(fraction, ref_reads, alt_reads) for fraction in (0.5, 1.0))
