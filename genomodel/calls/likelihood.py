"""Likelihood ratios that tell a variant from errors, and a normal that carries it from one that does not.

Two sources of log10 odds are used side by side. The caller's genotype likelihoods know the reads best, but a diploid
genotype expects half or all of the reads to carry the allele: at an allele fraction of 0.1 they favor the reference
however deep the tumor is read. The second is the likelihood ratio at the observed allele fraction against errors alone,
as in MuTect (Cibulskis et al. 2013, doi:10.1038/nbt.2514), whose threshold of 6.3 for tumors is used with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

GENOTYPE_LOD = 3.5
"""Least log10 odds from genotype likelihoods, for tumor and for normal; the rule in use for freebayes pairs (bcbio)."""

FRACTION_LOD = 6.3
"""Least log10 odds at the observed allele fraction in the tumor (MuTect's threshold for tumors)."""

ASSUMED_ERROR = 0.001
"""Error of a base where no quality is at hand (Q30)."""


def variant_lod(genotype_log10: Sequence[float]) -> float | None:
    """Log10 odds that the best genotype with the allele beats the one without it.

    Parameters
    ----------
    genotype_log10
        Log10 likelihoods of the genotypes of one allele against the reference, the reference genotype first.
    """
    if len(genotype_log10) < 2:
        return None
    return max(genotype_log10[1:]) - genotype_log10[0]


def reference_lod(genotype_log10: Sequence[float]) -> float | None:
    """Log10 odds that the genotype without the allele beats every one with it."""
    lod = variant_lod(genotype_log10)
    return None if lod is None else -lod


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


def error_of(quality_sum: float | None, reads: int) -> float:
    """Mean base error from a sum of Phred qualities over ``reads``; Q30 when unknown, never better than Q45."""
    if quality_sum is None or reads == 0:
        return ASSUMED_ERROR
    return float(min(0.75, 10 ** (-min(quality_sum / reads, 45.0) / 10)))


def fisher_exact(a: int, b: int, c: int, d: int) -> float:
    """Two-sided p-value of Fisher's exact test on the table ``[[a, b], [c, d]]``."""
    row, column, total = a + b, a + c, a + b + c + d
    if min(row, column, c + d, b + d) == 0:
        return 1.0

    def log_p(cell: int) -> float:
        return _log_choose(column, cell) + _log_choose(total - column, row - cell) - _log_choose(total, row)

    observed = log_p(a)
    cells = range(max(0, row - (total - column)), min(row, column) + 1)
    return min(1.0, sum(math.exp(value) for value in map(log_p, cells) if value <= observed + 1e-7))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
