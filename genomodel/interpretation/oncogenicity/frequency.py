"""SBVS1, SBS1 and OP4: how often people carry the allele."""

from __future__ import annotations

from genomodel.core.variants import AnnotatedVariant
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_evaluated, not_met
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.subject import Subject

VERY_COMMON, COMMON = 0.05, 0.01
EXTREMELY_RARE = 1e-5
"""At most in every group and in all people (PCGR 2.3.2); the standard says "extremely low" and gives no number."""
LARGE_GROUPS = ("AFR", "AMR", "EAS", "NFE", "SAS", "EUR")
"""African, Latino, East Asian, European, South Asian; ``EUR`` is what the 1000 Genomes have instead of ``NFE``."""
GIVE = "frequencies by ancestry group, such as gnomAD's (--population)"
GIVE_COVERED = "a population file that covers the place (--population): nobody can tell that the allele is absent"
NOT_ASKED = not_evaluated(GIVE)
NOT_COVERED = not_evaluated(GIVE_COVERED)
UNSEEN = not_met("not seen in the population")


def above_5_percent(subject: Subject, sources: OncogenicitySources) -> Answer:
    """SBVS1: more than 5 % in a large ancestry group."""
    return _above(subject.variant, sources, VERY_COMMON)


def above_1_percent(subject: Subject, sources: OncogenicitySources) -> Answer:
    """SBS1: more than 1 % in a large ancestry group."""
    return _above(subject.variant, sources, COMMON)


def _above(variant: AnnotatedVariant, sources: OncogenicitySources, bound: float) -> Answer:
    if not sources.has(SourceName.POPULATION):
        return NOT_ASKED
    groups = {name: value for name, value in variant.population_groups.items() if name in LARGE_GROUPS}
    if groups:
        name, value = max(groups.items(), key=lambda item: (item[1], item[0]))
        known = ", ".join(sorted(groups))
        words = f"{value:.2g} in {name}, the highest of the large ancestry groups that are known ({known})"
        if value <= bound:
            return not_met(words, "population frequencies")
        germline = variant.clinvar.germline.lower() if variant.clinvar is not None else ""
        founder = "; ClinVar calls it pathogenic when inherited: a cut-off of its gene may be higher"
        return met(
            words + founder * ("pathogenic" in germline and "conflict" not in germline), "population frequencies"
        )
    highest = variant.population_frequency
    if highest is None:
        return UNSEEN if variant.population_covered else NOT_ASKED
    if highest <= bound:
        return not_met(f"{highest:.2g} at most in any population", "population frequencies")
    return not_evaluated(f"{GIVE}; known is {highest:.2g} in some population, which may be a small one")


def absent(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OP4: absent from the population, or extremely rare."""
    if not sources.has(SourceName.POPULATION):
        return NOT_COVERED
    variant = subject.variant
    highest = max((variant.population_frequency or 0.0, *variant.population_groups.values()))
    if highest > EXTREMELY_RARE:
        return not_met(f"{highest:.2g} at most in any population", "population frequencies")
    if not variant.population_covered:
        return NOT_COVERED
    if highest > 0:
        return met(f"extremely rare: {highest:.2g} at most in any population", "population frequencies")
    return met("absent from a source that covers the place", "population frequencies")
