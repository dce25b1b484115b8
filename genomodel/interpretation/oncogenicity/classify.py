"""One variant to its class, its points and all codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from genomodel.core.oncogenicity import CodeState, Oncogenicity, OncogenicityCode
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant, Consequence, VariantClass
from genomodel.interpretation.oncogenicity.codes import Answer, Code, codes
from genomodel.interpretation.oncogenicity.combine import class_of, counted, rivals
from genomodel.interpretation.oncogenicity.frequency import above_1_percent, above_5_percent, absent
from genomodel.interpretation.oncogenicity.gene_context import critical_domain, single_cause
from genomodel.interpretation.oncogenicity.known_alleles import same_change, same_residue
from genomodel.interpretation.oncogenicity.null_variants import length_change, null_in_suppressor
from genomodel.interpretation.oncogenicity.prediction import predicted_benign, predicted_oncogenic, silent
from genomodel.interpretation.oncogenicity.recurrence import moderate_hotspot, strong_hotspot, supporting_hotspot
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources
from genomodel.interpretation.oncogenicity.studies import shipped_studies, shown_benign, shown_oncogenic
from genomodel.interpretation.oncogenicity.subject import Subject

CLASSIFIED = PROTEIN_CHANGING | {VariantClass.SYNONYMOUS}
"""Classes of variants that the standard is applied to; outside proteins only what a table of studies names."""
Rule = Callable[[Subject, OncogenicitySources], Answer]
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "null_in_tumor_suppressor": null_in_suppressor,
        "same_change_as_established": same_change,
        "functional_studies_oncogenic": shown_oncogenic,
        "hotspot_strong": strong_hotspot,
        "critical_domain": critical_domain,
        "protein_length_change": length_change,
        "residue_of_established": same_residue,
        "hotspot_moderate": moderate_hotspot,
        "prediction_oncogenic": predicted_oncogenic,
        "single_etiology": single_cause,
        "hotspot_supporting": supporting_hotspot,
        "absent_from_population": absent,
        "population_above_5_percent": above_5_percent,
        "population_above_1_percent": above_1_percent,
        "functional_studies_benign": shown_benign,
        "prediction_benign": predicted_benign,
        "silent_without_effect": silent,
    }
)
"""The rule of each code, by the code's key."""


def classify(variant: AnnotatedVariant, sources: OncogenicitySources) -> Oncogenicity | None:
    """Return the class of a variant with all codes of the standard.

    Parameters
    ----------
    variant
        As annotated; the reported consequence counts.
    sources
        What may be asked. A source that is absent leaves its codes open and gives no points.

    Returns
    -------
    Oncogenicity or None
        ``None`` for what changes no protein and is not silent either, and for variants that hit no transcript; but
        not for changes outside proteins that the table of studies names, such as those of TERT's promoter.
    """
    consequence = variant.consequence
    if consequence is None or not consequence.gene or consequence.variant_class not in CLASSIFIED:
        consequence = _outside_proteins(variant)
    if consequence is None:
        return None
    subject = Subject.of(variant, consequence)
    return _classified(tuple(RULES[code.key](subject, sources) for code in codes()))


def _outside_proteins(variant: AnnotatedVariant) -> Consequence | None:
    """Return the consequence for the gene of an effect that was studied, whichever transcript the annotation names."""
    effects = (effect for effect in variant.named_effects if (effect.gene, effect.id) in shipped_studies())
    effect = next(effects, None)
    return None if effect is None else Consequence(gene=effect.gene, variant_class=VariantClass.NONCODING)


@lru_cache(maxsize=16384)
def _classified(answers: tuple[Answer, ...]) -> Oncogenicity:
    """Return the class that answers make, in the order of the table of codes."""
    table = codes()
    found = tuple(
        (code.code, code.points if answer.points is None else answer.points)
        for code, answer in zip(table, answers, strict=True)
        if answer.state is CodeState.MET
    )
    points, kept = dict(found), counted(found)
    made = tuple(_code(code, answer, points, kept) for code, answer in zip(table, answers, strict=True))
    total = sum(points[name] for name in kept)
    return Oncogenicity(classification=class_of(total), points=total, codes=made)


def _code(code: Code, answer: Answer, points: dict[str, int], kept: frozenset[str]) -> OncogenicityCode:
    state, reason = answer.state, answer.reason
    if state is CodeState.MET and code.code not in kept:
        state = CodeState.EXCLUDED
        reason = f"{reason}; not counted beside {', '.join(rivals(code.code, kept))}"
    return OncogenicityCode(
        key=code.key,
        code=code.code,
        state=state,
        points=points[code.code] if state is CodeState.MET else 0,
        reason=reason,
        source=answer.source,
    )
