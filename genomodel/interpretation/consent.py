"""What a patient who does not want to know of inherited variants is not told: those variants, and words on inheritance.

An allele that is inherited, or likely so, keeps its place in the account of the input as a record without a name. What
rests on it, a therapy among it, is not told either.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from genomodel.annotation.tumor_only import classify
from genomodel.calls.likelihood import GERMLINE_FRACTION, MIN_ALT_READS
from genomodel.core.assays import Assays
from genomodel.core.builds import bare
from genomodel.core.loci import HotspotAssay
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant, Origin, Phase, TumorOnlyClass, Variant
from genomodel.interpretation.account import require_accounted

WITHHELD = Variant(chrom="withheld", pos=0, ref="N", alt="N")
"""Stands for every allele that is withheld."""
WITHHELD_WORDS = "the patient has not consented to see inherited variants"
NOT_TOLD = "what the reads say of its inheritance is withheld by consent"

_NAMES_NORMALS = re.compile(r"germline|normal|common|dbsnp|(?:^|_)pon(?:_|$)", re.IGNORECASE)
"""Filters that say of an allele that a normal, a panel of normals or the population has it, of Mutect (germline_risk,
alt_allele_in_normal, normal_artifact, panel_of_normals) and of vcf2maf (common_variant)."""

_SAYS_INHERITED = f"says {Origin.GERMLINE.value}"


def is_withheld(key: str) -> bool:
    """Whether the key of an allele stands for one that is withheld."""
    return key == WITHHELD.key


def is_inherited(variant: AnnotatedVariant) -> bool:
    """Whether an allele is inherited, or likely so by its fraction or frequency in a tumor without a normal."""
    return variant.origin is Origin.GERMLINE or variant.tumor_only_class is TumorOnlyClass.LIKELY_GERMLINE


def _places_of_inherited(calls: AnnotatedCalls) -> frozenset[str]:
    """Return the places at which an allele is inherited, or looks it whatever filter it failed.

    What else a caller lists at such a place, a repetition or an allele without reads, would tell of it.
    """
    patient = calls.patient
    return frozenset(_locus(one) for one in calls.variants if is_inherited(one) or _looks_inherited(one, patient))


def _looks_inherited(variant: AnnotatedVariant, patient: Patient) -> bool:
    """Whether an allele that was not called is held by the normal, or fits an inherited one where none is known."""
    if variant.origin is not Origin.NOT_CALLED:
        return False
    if any(map(_NAMES_NORMALS.search, variant.filters)):
        return True
    counts = variant.normal
    if counts is None or counts.known_fraction is None:
        return classify(variant, patient, population=False)[0] is TumorOnlyClass.LIKELY_GERMLINE
    enough = counts.alt_reads is None or counts.alt_reads >= MIN_ALT_READS
    return enough and counts.known_fraction >= GERMLINE_FRACTION


def _locus(variant: AnnotatedVariant) -> str:
    return f"{bare(variant.variant.chrom)}:{variant.variant.pos}"


def _is_hidden(variant: AnnotatedVariant, places: frozenset[str]) -> bool:
    return is_inherited(variant) or (variant.origin is Origin.NOT_CALLED and _locus(variant) in places)


def as_consented(calls: AnnotatedCalls) -> AnnotatedCalls:
    """Return the calls as the patient's consent lets them be told; unchanged but where consent was refused.

    Inherited alleles become records without a name; of the others what is said on their inheritance is left out. The
    account against the raw text of the input is drawn up before, for it cannot be afterwards.

    Raises
    ------
    GenomodelError
        The calls are not those of the input.
    """
    if calls.patient.germline_consent is not False:
        return calls
    places = _places_of_inherited(calls)
    if not any(_must_change(variant, places) for variant in calls.variants):
        return calls
    require_accounted(calls, ((one.record, one.variant.key) for one in calls.variants), "a variant")
    hidden = frozenset(one.variant.key for one in calls.variants if _is_hidden(one, places))
    variants = tuple(_apart(_told(variant, places), hidden) for variant in calls.variants)
    intake = calls.intake
    if intake is not None:
        keys: defaultdict[int, list[str]] = defaultdict(list)
        for one in variants:
            keys[one.record].append(one.variant.key)
        numbers = range(1, len(intake.records) + 1) if intake.numbers is None else intake.numbers
        intake = intake.model_copy(update={"records": tuple(",".join(keys[number]) for number in numbers)})
    return calls.model_copy(update={"variants": variants, "intake": intake})


def _must_change(variant: AnnotatedVariant, places: frozenset[str]) -> bool:
    return not is_withheld(variant.variant.key) and (_is_hidden(variant, places) or _told(variant, places) != variant)


def _told(variant: AnnotatedVariant, places: frozenset[str]) -> AnnotatedVariant:
    if is_withheld(variant.variant.key):
        return variant
    if _is_hidden(variant, places):
        return AnnotatedVariant(
            record=variant.record, variant=WITHHELD, origin=Origin.GERMLINE, origin_reason=WITHHELD_WORDS
        )
    if variant.origin is not Origin.UNCERTAIN or variant.tumor_only_class is TumorOnlyClass.SOMATIC:
        # Of several records on one allele another may call it inherited.
        says = _SAYS_INHERITED in variant.origin_reason
        return variant.model_copy(update={"origin_reason": NOT_TOLD}) if says else variant
    reason = variant.tumor_only_reason
    if variant.tumor_only_class is TumorOnlyClass.UNDETERMINED:
        reason = NOT_TOLD
    return variant.model_copy(update={"origin_reason": NOT_TOLD, "tumor_only_reason": reason})


def _apart(variant: AnnotatedVariant, hidden: frozenset[str]) -> AnnotatedVariant:
    """Return an allele without what it makes with withheld ones of its codon: then its own change is not sure either.

    Where they lie on other molecules it is.
    """
    joint = variant.joint
    if joint is None or hidden.isdisjoint(joint.partners):
        return variant
    partners = tuple(WITHHELD.key if key in hidden else key for key in joint.partners)
    phase = Phase.UNKNOWN if joint.phase is Phase.CIS else joint.phase
    told = joint.model_copy(update={"phase": phase, "basis": NOT_TOLD, "partners": partners, "together": None})
    return variant.model_copy(update={"joint": told, "consequence": joint.alone})


def without_risk(calls: AnnotatedCalls) -> AnnotatedCalls:
    """Return calls without the germline risk of their alleles, where consent was refused: a profile needs it before."""
    if calls.patient.germline_consent is not False:
        return calls
    variants = tuple(
        one if one.germline_risk is None else one.model_copy(update={"germline_risk": None}) for one in calls.variants
    )
    return calls.model_copy(update={"variants": variants})


def loci_as_consented(assays: Assays, before: AnnotatedCalls) -> Assays:
    """Return what was looked for without the loci at which the reads show an allele that is withheld.

    Parameters
    ----------
    assays
        What was looked for beside small variants.
    before
        The calls with all their alleles.
    """
    if before.patient.germline_consent is not False or assays.hotspots is None:
        return assays
    places = _places_of_inherited(before)
    hidden = {_place(one.variant) for one in before.variants if _is_hidden(one, places)}
    return assays.model_copy(update={"hotspots": _without(assays.hotspots, hidden)})


def _without(hotspots: HotspotAssay, hidden: Iterable[str]) -> HotspotAssay:
    names = frozenset(hidden)
    answers = tuple(
        answer for answer in hotspots.answers if names.isdisjoint(_place(seen.variant) for seen in answer.seen)
    )
    return hotspots.model_copy(update={"answers": answers})


def _place(variant: Variant) -> str:
    return variant.model_copy(update={"chrom": bare(variant.chrom)}).key
