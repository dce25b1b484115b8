"""How likely a variant of a tumor without a matched normal is inherited, as a label with its reasons.

The label never removes a variant. It rests on three facts, each of which may be unknown: the frequency of the allele in
the population, the allele fraction (an inherited heterozygous variant stands near 0.5 and a homozygous one near 1, less
so where the tumor has lost or gained a copy), and whether the change is a recurrent somatic hotspot. What purity adds:
a clonal somatic heterozygous variant of a diploid region is expected at half the purity, so at low purity a fraction
near 0.5 speaks for inheritance, and at high purity the two cannot be told apart.
"""

from __future__ import annotations

import math

COMMON_FREQUENCY = 0.001
"""Population frequency from which a variant is more likely inherited; somatic filters commonly use 0.1 %."""

BENIGN_FREQUENCY = 0.05
"""Population frequency above which an allele counts as benign for that alone.

Criterion BA1 of Richards et al. 2015, doi:10.1038/gim.2015.30.
"""

MARGIN = 0.10
"""Least half-width around 0.5 and 1 that counts as near: reference bias and copy number blur more than chance does."""


def label_germline_risk(
    allele_fraction: float | None,
    depth: int | None,
    *,
    purity: float | None = None,
    population_frequency: float | None = None,
    hotspot: bool = False,
) -> tuple[str, str]:
    """Return ``high``, ``moderate`` or ``low`` and the reason in words.

    Parameters
    ----------
    allele_fraction
        Fraction of reads with the allele in the tumor; ``None`` when unknown.
    depth
        Reads at the place; ``None`` when unknown.
    purity
        Fraction of tumor cells, when somebody knows.
    population_frequency
        Highest frequency in any population; ``None`` when not annotated or not seen.
    hotspot
        The protein change is a recurrent somatic hotspot. It lowers the label by one step, no more: some hotspots
        (TP53, for one) are inherited too.
    """
    if population_frequency is not None and population_frequency >= COMMON_FREQUENCY:
        return "high", f"population frequency {population_frequency:.2g}"
    if allele_fraction is None:
        risk, reason = "moderate", "allele fraction unknown"
    else:
        risk, reason = _by_fraction(allele_fraction, depth, purity)
    if hotspot and risk != "low":
        return {"high": "moderate", "moderate": "low"}[risk], f"{reason}; recurrent somatic hotspot"
    return risk, reason


def _by_fraction(fraction: float, depth: int | None, purity: float | None) -> tuple[str, str]:
    spread = 2.58 * math.sqrt(0.25 / depth) if depth else 0.25
    near = max(MARGIN, spread)
    like_germline = abs(fraction - 0.5) <= near or fraction >= 1 - near
    shown = f"allele fraction {fraction:.2f}"
    if not like_germline:
        if fraction < 0.5 - near:
            return "low", f"{shown} is below that of an inherited variant"
        return "moderate", f"{shown} lies between heterozygous and homozygous"
    if purity is None:
        return "high", f"{shown} fits an inherited variant, purity unknown"
    expected = purity / 2
    if abs(fraction - expected) <= near:
        return "moderate", f"{shown} fits an inherited and, at purity {purity:.2f}, a somatic variant"
    return "high", f"{shown} fits an inherited variant, a somatic one is expected at {expected:.2f} or lower"
