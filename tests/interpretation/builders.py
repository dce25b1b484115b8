from __future__ import annotations

import itertools

from genomodel.cohort.clinical import clinical_facts
from genomodel.core.clinical import ClinicalFacts
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.findings import EvidenceMatch, Interpretation
from genomodel.core.patients import CallingMode, Patient
from genomodel.core.provenance import SourceFile
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedCalls,
    AnnotatedVariant,
    Consequence,
    Origin,
    Variant,
    VariantClass,
)
from genomodel.interpretation.interpret import interpret
from genomodel.resources.oncotree import resolve_tumor_type

SOURCE = SourceFile(name="made.vcf", sha256="0" * 64, kind="vcf")
DELETION, INSERTION = VariantClass.INFRAME_DELETION, VariantClass.INFRAME_INSERTION
MISSENSE, TRUNCATING, SPLICE = VariantClass.MISSENSE, VariantClass.TRUNCATING, VariantClass.SPLICE
_positions = itertools.count(1)


def patient(tumor_type: str, **facts: object) -> Patient:
    return Patient.model_validate(
        {"id": "P1", "tumor_type": resolve_tumor_type(tumor_type), "mode": CallingMode.TUMOR_NORMAL, **facts}
    )


def facts_of(text: str) -> ClinicalFacts:
    """Return facts from ``column: text | column: text``."""
    return clinical_facts(dict(part.split(": ") for part in text.split(" | ") if part))


def consequence(gene: str, change: str, kind: VariantClass = MISSENSE, **more: object) -> Consequence:
    return Consequence.model_validate({"gene": gene, "variant_class": kind, "protein_change": change, **more})


def variant(
    gene: str,
    change: str,
    kind: VariantClass = MISSENSE,
    *,
    record: int = 1,
    origin: Origin = Origin.SOMATIC,
    place: Variant | None = None,
    others: tuple[Consequence, ...] = (),
    **more: object,
) -> AnnotatedVariant:
    return AnnotatedVariant(
        record=record,
        variant=place or Variant(chrom="chr1", pos=next(_positions), ref="A", alt="C"),
        tumor=AlleleCounts(depth=100, alt_reads=30, allele_fraction=0.3),
        origin=origin,
        origin_reason="made for a test",
        germline_risk="moderate" if origin is Origin.UNCERTAIN else None,
        consequence=consequence(gene, change, kind, **more),
        other_consequences=others,
    )


def calls_of(who: Patient, *variants: AnnotatedVariant, n_records: int | None = None) -> AnnotatedCalls:
    numbered = tuple(v.model_copy(update={"record": i}) for i, v in enumerate(variants, start=1))
    return AnnotatedCalls(
        patient=who, source=SOURCE, n_records=len(variants) if n_records is None else n_records, variants=numbered
    )


def interpreted(tumor_type: str, *variants: AnnotatedVariant, **facts: object) -> Interpretation:
    return interpret(calls_of(patient(tumor_type, **facts), *variants), None)


def profile_of(gene: str, state: CopyNumberState, *assayed: str) -> CopyNumberProfile:
    return CopyNumberProfile(
        source=SOURCE, calls=(CopyNumberCall(gene=gene, state=state, copies=9.0),), assayed_genes=assayed or (gene,)
    )


def by_therapy(result: Interpretation) -> dict[str, EvidenceMatch]:
    return {match.evidence.therapy: match for finding in result.findings for match in finding.evidence}
