from __future__ import annotations

from typing import Any

import pytest

from genomodel.annotation.tumor_only import (
    STEP_NAME,
    classify,
    classify_calls,
    expected_germline,
    expected_somatic,
    hematopoiesis_genes,
)
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.patients import CallingMode, Patient
from genomodel.core.specimens import Library, Preservation, Specimen
from genomodel.core.variants import AlleleCounts, AnnotatedVariant, Origin, TumorOnlyClass
from genomodel.profile.alterations import alterations_from_calls
from tests.interpretation.builders import calls_of, interpreted, patient, profile_of, variant

SOMATIC, GERMLINE = TumorOnlyClass.SOMATIC, TumorOnlyClass.LIKELY_GERMLINE
BLOOD, OPEN = TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS, TumorOnlyClass.UNDETERMINED


def tumor(tumor_type: str = "LUAD", preservation: Preservation = Preservation.FFPE, **facts: Any) -> Patient:
    specimen = Specimen(library=Library.CAPTURE, preservation=preservation)
    return patient(tumor_type, **{"mode": CallingMode.TUMOR_ONLY, "tumor_specimen": specimen, **facts})


def seen(
    gene: str, change: str, fraction: float, *, depth: int = 500, frequency: float | None = None
) -> AnnotatedVariant:
    counts = AlleleCounts(depth=depth, alt_reads=round(depth * fraction), allele_fraction=fraction)
    found = variant(gene, change, origin=Origin.UNCERTAIN)
    return found.model_copy(update={"tumor": counts, "population_frequency": frequency})


@pytest.mark.parametrize(
    ("purity", "copies", "multiplicity", "germline", "somatic"),
    [
        (0.6, 2, 1, 0.5, 0.3),
        (1.0, 2, 1, 0.5, 0.5),
        (0.6, 1, 1, 1 / 1.4, 0.6 / 1.4),
        (0.6, 1, 0, 0.4 / 1.4, 0.0),
        (0.5, 4, 3, 2 / 3, 0.5),
    ],
)
def test_expected_fractions(purity: float, copies: float, multiplicity: int, germline: float, somatic: float) -> None:
    assert expected_germline(purity, copies, multiplicity) == pytest.approx(germline)
    assert expected_somatic(purity, copies, multiplicity) == pytest.approx(somatic)


@pytest.mark.parametrize(
    ("what", "found", "facts", "population", "copies", "expected"),
    [
        ("common", seen("ATM", "A1T", 0.2, frequency=0.001), {"purity": 0.4}, True, None, GERMLINE),
        ("rare", seen("ATM", "A1T", 0.2, frequency=0.0009), {"purity": 0.4}, True, None, SOMATIC),
        ("unknown in the population", seen("ATM", "A1T", 0.2), {"purity": 0.4}, True, None, SOMATIC),
        ("nobody looked", seen("ATM", "A1T", 0.2), {"purity": 0.4}, False, None, OPEN),
        ("half at low purity", seen("ATM", "A1T", 0.5), {"purity": 0.2}, True, None, GERMLINE),
        ("half at low purity, nobody looked", seen("ATM", "A1T", 0.5), {"purity": 0.2}, False, None, GERMLINE),
        ("half at high purity", seen("ATM", "A1T", 0.5), {"purity": 0.95}, True, None, OPEN),
        ("half, purity unknown", seen("ATM", "A1T", 0.5), {}, True, None, OPEN),
        ("low, purity unknown", seen("ATM", "A1T", 0.1), {}, True, None, SOMATIC),
        ("lost copy", seen("BRCA1", "A1T", 0.71), {"purity": 0.6}, True, 1.0, GERMLINE),
        ("somatic on the copy that is left", seen("TSC1", "A1T", 0.43), {"purity": 0.6}, True, 1.0, SOMATIC),
        ("subclone", seen("ATM", "A1T", 0.08), {"purity": 0.8}, True, 2.0, SOMATIC),
        ("shallow", seen("ATM", "A1T", 0.3, depth=12), {"purity": 0.5}, True, None, OPEN),
        ("hotspot that is common", seen("BRAF", "V600E", 0.3, frequency=0.002), {"purity": 0.6}, True, None, SOMATIC),
        ("hotspot at half", seen("BRAF", "V600E", 0.5), {"purity": 0.95}, True, None, SOMATIC),
        ("hotspot, nobody looked", seen("BRAF", "V600E", 0.3), {"purity": 0.6}, False, None, OPEN),
        ("inherited hotspot", seen("TP53", "R175H", 0.5), {"purity": 0.2}, True, None, GERMLINE),
    ],
)
def test_classes(
    what: str,
    found: AnnotatedVariant,
    facts: dict[str, Any],
    population: bool,
    copies: float | None,
    expected: TumorOnlyClass,
) -> None:
    verdict, reason = classify(found, tumor(**facts), population=population, copies=copies)
    assert verdict is expected, f"{what}: {reason}"


@pytest.mark.parametrize(
    ("tumor_type", "preservation", "expected"),
    [
        ("LUAD", Preservation.PLASMA, BLOOD),
        ("LUAD", Preservation.BLOOD, BLOOD),
        ("LUAD", Preservation.FFPE, SOMATIC),
        ("AML", Preservation.BLOOD, SOMATIC),
    ],
)
def test_clones_of_blood_cells_are_thought_of_where_blood_is_and_the_tumor_is_not(
    tumor_type: str, preservation: Preservation, expected: TumorOnlyClass
) -> None:
    who = tumor(tumor_type, preservation, purity=0.3)
    assert classify(seen("DNMT3A", "R882H", 0.05), who, population=True)[0] is expected
    assert classify(seen("EGFR", "L858R", 0.05), who, population=True)[0] is SOMATIC


def test_each_gene_of_clonal_hematopoiesis_has_its_source() -> None:
    assert {"DNMT3A", "TET2", "ASXL1"} <= hematopoiesis_genes()


def test_without_a_population_file_nothing_is_somatic_and_the_step_says_so() -> None:
    variants = [
        seen(gene, change, fraction)
        for gene, change in (("BRAF", "V600E"), ("ATM", "A1T"))
        for fraction in (0.02, 0.3, 0.9)
    ]
    calls = classify_calls(calls_of(tumor(purity=0.6), *variants))
    assert all(found.tumor_only_class is not SOMATIC for found in calls.variants)
    step = next(step for step in calls.steps if step.name == STEP_NAME)
    assert step.status == "skipped"
    assert "no variant is called somatic" in step.detail


def test_the_copy_number_of_the_gene_enters_the_class() -> None:
    calls = calls_of(tumor(purity=0.6), seen("TSC1", "A1T", 0.43)).model_copy(update={"population": "gnomAD"})
    assert classify_calls(calls).variants[0].tumor_only_class is OPEN
    lost = profile_of("TSC1", CopyNumberState.LOSS)
    lost = lost.model_copy(update={"calls": (lost.calls[0].model_copy(update={"copies": 1.0}),)})
    assert classify_calls(calls, lost).variants[0].tumor_only_class is SOMATIC


def test_a_matched_normal_needs_no_class() -> None:
    calls = calls_of(patient("LUAD"), seen("ATM", "A1T", 0.2))
    assert classify_calls(calls) == calls


def test_the_class_settles_the_germline_risk_and_what_the_model_is_told() -> None:
    calls = calls_of(
        tumor(preservation=Preservation.PLASMA, purity=0.2),
        seen("EGFR", "L858R", 0.1),
        seen("ATM", "A1T", 0.5),
        seen("TET2", "A1T", 0.05),
    ).model_copy(update={"population": "gnomAD"})
    classed = classify_calls(calls)
    assert [found.germline_risk for found in classed.variants] == ["low", "high", "moderate"]
    alterations = alterations_from_calls(classed, None)
    assert [mutation.gene for mutation in alterations.mutations] == ["EGFR"]
    assert set(alterations.mutation_genes_set_aside) == {"ATM", "TET2"}


def test_a_finding_says_its_class_and_why() -> None:
    calls = calls_of(tumor(purity=0.6), seen("BRAF", "V600E", 0.3)).model_copy(update={"population": "gnomAD"})
    (found,) = classify_calls(calls).variants
    (finding,) = interpreted("MEL", found, mode=CallingMode.TUMOR_ONLY).findings
    assert "taken for somatic" in finding.why
    assert "recurrent somatic hotspot" in finding.why


def test_evidence_for_a_variant_that_may_not_be_the_tumor_s_carries_a_caution() -> None:
    calls = calls_of(tumor("MEL", purity=0.2), seen("BRAF", "V600E", 0.5)).model_copy(update={"population": "gnomAD"})
    (found,) = classify_calls(calls).variants
    (finding,) = interpreted("MEL", found, mode=CallingMode.TUMOR_ONLY).findings
    assert found.tumor_only_class is GERMLINE
    assert all("likely germline" in " ".join(match.cautions) for match in finding.evidence)
