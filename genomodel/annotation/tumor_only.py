"""What a variant of a tumor without matched normal most likely is: stated classes, each with its reason.

An inherited variant with ``m`` copies in tumor cells of ``C`` copies, at purity ``p``, is expected at the fraction
``(p m + 1 - p) / (p C + 2 (1 - p))`` of the reads, a somatic one at ``p m / (p C + 2 (1 - p))``, or below where only
part of the tumor cells carries it. A fraction that fits the first and not the second speaks for inheritance. Where the
copy number is not known two copies are taken, both of which may be the same (``m`` of 1 or 2).

The origin of all these variants stays ``uncertain``: nothing was compared. Nothing is called somatic unless somebody
looked the allele up in the population: a rare inherited variant at a low purity looks like a somatic one, and a common
one looks like it at any.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.annotation.origin import BY_CONVENTION
from genomodel.annotation.sources.population import POPULATION
from genomodel.calls.germline_risk import COMMON_FREQUENCY, MARGIN, label_germline_risk
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.patients import CallingMode, Patient
from genomodel.core.provenance import Step, StepStatus
from genomodel.core.specimens import Preservation
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant, Origin, TumorOnlyClass
from genomodel.resources.hotspots import is_hotspot_allele

TOLERANCE = 0.05
"""Least half-width around an expected fraction: capture favors the reference allele, and a purity is an estimate."""
STEP_NAME = "Classes of variants without a matched normal"
RISK_OF_CLASS = {TumorOnlyClass.LIKELY_GERMLINE: "high", TumorOnlyClass.SOMATIC: "low"}
"""Germline risk that a class settles; the others keep the risk that fraction and frequency give."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Which origins the allele fraction of a variant fits."""

    germline: bool
    somatic: bool
    words: str


@cache
def hematopoiesis_genes() -> frozenset[str]:
    """Return genes that clones of blood cells of people without blood cancer are known to be mutated in.

    ``clonal_hematopoiesis.tsv`` names the publication beside each gene.
    """
    with (files("genomodel.annotation") / "clonal_hematopoiesis.tsv").open(encoding="utf-8") as handle:
        return frozenset(row["gene"] for row in csv.DictReader(handle, delimiter="\t"))


def expected_germline(purity: float, copies: float, multiplicity: float) -> float:
    """Return the allele fraction of an inherited heterozygous variant (0 to 1); copies are per tumor cell."""
    return (purity * multiplicity + 1 - purity) / (purity * copies + 2 * (1 - purity))


def expected_somatic(purity: float, copies: float, multiplicity: float) -> float:
    """Return the allele fraction of a somatic variant of all tumor cells (0 to 1); copies are per tumor cell."""
    return purity * multiplicity / (purity * copies + 2 * (1 - purity))


def fit_fraction(fraction: float, depth: int | None, purity: float, copies: float | None) -> Fit:
    """Hold an allele fraction against those expected of inherited and of somatic variants.

    Parameters
    ----------
    fraction
        Of the reads, 0 to 1.
    depth
        Reads at the place; ``None`` when unknown, which widens every fit.
    purity
        Fraction of tumor cells.
    copies
        Copies of the gene per tumor cell; two when ``None``.
    """
    total = 2.0 if copies is None else max(copies, 0.0)
    counts = range(1, max(round(total), 1) + 1)
    germline = [*(expected_germline(purity, total, count) for count in counts), 1.0]
    somatic = [min(expected_somatic(purity, total, count), 1.0) for count in counts]
    fits_germline = any(_near(fraction, value, depth) for value in germline)
    fits_somatic = fraction <= somatic[0] or any(_near(fraction, value, depth) for value in somatic)
    assumed = "two copies assumed" if copies is None else f"{total:.1f} copies"
    words = (
        f"allele fraction {fraction:.2f}; at purity {purity:.2f} ({assumed}) an inherited variant is expected at "
        f"{_listed(germline)}, a somatic one at {_listed(somatic)} or below"
    )
    return Fit(fits_germline, fits_somatic, words)


def _near(fraction: float, expected: float, depth: int | None) -> bool:
    spread = 2.58 * math.sqrt(expected * (1 - expected) / depth) if depth else 2 * MARGIN
    return abs(fraction - expected) <= max(TOLERANCE, spread)


def _listed(values: Iterable[float]) -> str:
    return ", ".join(dict.fromkeys(f"{value:.2f}" for value in values))


def classify(
    variant: AnnotatedVariant, patient: Patient, *, population: bool, copies: float | None = None
) -> tuple[TumorOnlyClass, str]:
    """Return the class of a variant of a tumor without matched normal, and why.

    Parameters
    ----------
    variant
        An allele whose origin is uncertain.
    patient
        Purity, tumor type and material count.
    population
        Whether the allele was looked up in the population; without that nothing is somatic.
    copies
        Copies of its gene per tumor cell, where known.
    """
    effect = variant.consequence
    hotspot = effect is not None and is_hotspot_allele(effect.gene, effect.protein_change)
    frequency = variant.population_frequency
    if frequency is not None and frequency >= COMMON_FREQUENCY and not hotspot:
        return TumorOnlyClass.LIKELY_GERMLINE, f"population frequency {frequency:.2g}"
    fit = _fit(variant, patient, copies)
    if fit is not None and fit.germline and not fit.somatic:
        return TumorOnlyClass.LIKELY_GERMLINE, fit.words
    if effect is not None and effect.gene in hematopoiesis_genes() and _may_hold_blood_clones(patient):
        seen = "allele fraction unknown" if fit is None else f"allele fraction {variant.tumor.known_fraction:.2f}"
        what = f"{effect.gene} is mutated in blood cells of many people without a blood cancer"
        return TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS, f"{what}, and the DNA may be of blood cells; {seen}"
    words = (fit.words if fit is not None else "allele fraction unknown") + _unasked_words(variant, patient)
    if not population:
        return TumorOnlyClass.UNDETERMINED, f"{words}; no population frequency could be looked up"
    rare = "not known in the population" if frequency is None else f"population frequency {frequency:.2g}"
    if hotspot:
        words = f"recurrent somatic hotspot; {words}"
    somatic = fit.somatic and not fit.germline if fit is not None else False
    # A hotspot is somatic far more often than inherited; its fraction only has to allow it.
    somatic = somatic or (hotspot and (fit is None or fit.somatic))
    return (TumorOnlyClass.SOMATIC if somatic else TumorOnlyClass.UNDETERMINED), f"{words}; {rare}"


def _fit(variant: AnnotatedVariant, patient: Patient, copies: float | None) -> Fit | None:
    fraction, depth = variant.tumor.known_fraction, variant.tumor.depth
    if fraction is None:
        return None
    if patient.purity is not None:
        return fit_fraction(fraction, depth, patient.purity, copies)
    spread = 2.58 * math.sqrt(0.25 / depth) if depth else 2 * MARGIN
    low = fraction < 0.5 - max(MARGIN, spread)
    # Without a purity a somatic variant may stand anywhere; an inherited one is near a half or a whole, or between.
    words = f"allele fraction {fraction:.2f}, purity unknown"
    return Fit(germline=not low, somatic=True, words=words)


def _may_hold_blood_clones(patient: Patient) -> bool:
    """Whether reads may be of blood cells beside the tumor's: those of a myeloid neoplasm are the tumor's own."""
    return _material(patient) in (Preservation.BLOOD, Preservation.PLASMA) and not patient.tumor_type.is_a("MYELOID")


def _material(patient: Patient) -> Preservation:
    return Preservation.UNKNOWN if patient.tumor_specimen is None else patient.tumor_specimen.preservation


def _unasked_words(variant: AnnotatedVariant, patient: Patient) -> str:
    """Say of a gene that blood cells may carry mutated that nobody said whether the DNA may be of blood cells."""
    gene = variant.consequence.gene if variant.consequence is not None else ""
    asked = _material(patient) is not Preservation.UNKNOWN or patient.tumor_type.is_a("MYELOID")
    if asked or gene not in hematopoiesis_genes():
        return ""
    return f"; in blood or plasma {gene} may be of blood cells, and what the DNA was taken from is not given"


def _with_blood_clones(calls: AnnotatedCalls) -> AnnotatedCalls:
    """Return the calls of a MAF with the class of those that may be of blood cells.

    They are somatic by the convention of its kind alone, so that with DNA of blood or plasma their origin is open.
    """
    if not _may_hold_blood_clones(calls.patient):
        return calls
    variants = tuple(
        _as_blood_clone(variant, calls.patient) if _is_somatic_by_convention(variant) else variant
        for variant in calls.variants
    )
    return calls.model_copy(update={"variants": variants})


def _is_somatic_by_convention(variant: AnnotatedVariant) -> bool:
    compared = variant.normal is not None and variant.normal.alt_reads is not None
    return variant.origin is Origin.SOMATIC and BY_CONVENTION in variant.origin_reason and not compared


def _as_blood_clone(variant: AnnotatedVariant, patient: Patient) -> AnnotatedVariant:
    verdict, reason = classify(variant, patient, population=False)
    if verdict is not TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS:
        return variant
    risk, _ = label_germline_risk(
        variant.tumor.known_fraction,
        variant.tumor.depth,
        purity=patient.purity,
        population_frequency=variant.population_frequency,
    )
    found = {"origin": Origin.UNCERTAIN, "origin_reason": f"{variant.origin_reason}, but nothing was compared"}
    return variant.model_copy(
        update={**found, "germline_risk": risk, "tumor_only_class": verdict, "tumor_only_reason": reason}
    )


def classify_calls(calls: AnnotatedCalls, copy_number: CopyNumberProfile | None = None) -> AnnotatedCalls:
    """Return the calls with a class for every uncertain variant, where no reads of a matched normal are known.

    A class that settles the germline risk replaces it; the step that is added says what the classes rest on. Of a MAF,
    which does not say whether a normal was compared, only those that may be of blood cells have a class.
    """
    if calls.source.kind == "maf":
        calls = _with_blood_clones(calls)
    unknown = calls.patient.mode is CallingMode.UNKNOWN and calls.source.kind == "vcf"
    if calls.patient.mode is not CallingMode.TUMOR_ONLY and not unknown:
        return calls
    copies = {call.gene: call.copies for call in copy_number.calls} if copy_number is not None else {}
    variants = tuple(
        _classified(variant, calls, copies) if variant.origin is Origin.UNCERTAIN and not variant.normal else variant
        for variant in calls.variants
    )
    return calls.model_copy(update={"variants": variants, "steps": (*calls.steps, _step(calls))})


def _classified(variant: AnnotatedVariant, calls: AnnotatedCalls, copies: dict[str, float | None]) -> AnnotatedVariant:
    gene = variant.consequence.gene if variant.consequence is not None else ""
    without = {chrom for source in calls.sources if source.id == POPULATION.id for chrom in source.without}
    known = calls.population is not None and variant.variant.chrom not in without
    verdict, reason = classify(variant, calls.patient, population=known, copies=copies.get(gene))
    risk = RISK_OF_CLASS.get(verdict, variant.germline_risk)
    return variant.model_copy(update={"tumor_only_class": verdict, "tumor_only_reason": reason, "germline_risk": risk})


def _step(calls: AnnotatedCalls) -> Step:
    if calls.population is None:
        detail = "no population frequencies were given, so that no variant is called somatic"
        return Step(name=STEP_NAME, status=StepStatus.SKIPPED, detail=detail)
    return Step(name=STEP_NAME, status=StepStatus.DONE, detail=f"population frequencies from {calls.population}")
