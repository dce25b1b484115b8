"""Tier III or IV: what an alteration has that no evidence on therapy, diagnosis or prognosis gives a tier.

After AMP/ASCO/CAP 2017 (Li et al., doi:10.1016/j.jmoldx.2016.10.002): IV for benign and likely benign variants, which
the paper tells by a minor allele frequency of 1 % or more among other signs, III for what is not known.
"""

from __future__ import annotations

from genomodel.core.findings import Finding
from genomodel.core.oncogenicity import Oncogenicity, OncogenicityClass
from genomodel.core.variants import AnnotatedVariant

UNKNOWN_TIER = "III"
BENIGN_TIER = "IV"
POLYMORPHISM = 0.01
"""Allele frequency in any population from which an allele is a polymorphism."""
_BENIGN = (OncogenicityClass.BENIGN, OncogenicityClass.LIKELY_BENIGN)


def with_tier_without_evidence(finding: Finding) -> Finding:
    """Return a finding with the tier that it has without evidence, and with why, where it has none.

    Parameters
    ----------
    finding
        With its oncogenicity where it is of a kind that has one.
    """
    if finding.tier_without_evidence:
        return finding
    tier, reason = tier_without_evidence(finding.variant, finding.oncogenicity)
    why = finding.why if finding.evidence else f"{finding.why.rstrip('.')}; tier {tier}: {reason}."
    return finding.model_copy(update={"tier_without_evidence": tier, "why": why})


def tier_without_evidence(variant: AnnotatedVariant | None, oncogenicity: Oncogenicity | None) -> tuple[str, str]:
    """Return the tier of an alteration without evidence, and the reason in words.

    Parameters
    ----------
    variant
        ``None`` for copy numbers, fusions and markers of the tumor.
    oncogenicity
        Its class, which where it is oncogenic outweighs a frequency in a population.
    """
    words = "" if oncogenicity is None else f"{oncogenicity.words} by its codes"
    if oncogenicity is not None and oncogenicity.classification in _BENIGN:
        return BENIGN_TIER, f"{words} ({oncogenicity.points} points)"
    frequency = _frequency(variant)
    if frequency >= POLYMORPHISM and not (oncogenicity is not None and oncogenicity.drives):
        return BENIGN_TIER, f"a polymorphism, known in a population at {frequency:.2g}"
    nothing = "no evidence on therapy, diagnosis or prognosis gives a higher one"
    return UNKNOWN_TIER, f"{words}; {nothing}" if words else nothing


def _frequency(variant: AnnotatedVariant | None) -> float:
    """Return the highest frequency in any population, 0 where none is known."""
    if variant is None:
        return 0.0
    return max((variant.population_frequency or 0.0, *variant.population_groups.values()))
