"""What will be done for each patient, what will not, and why."""

from __future__ import annotations

from genomodel.cohort.sheets import Cohort, CohortPatient
from genomodel.core.base import Noun
from genomodel.core.patients import CallingMode

FROM_READS = ("trim", "align")
FROM_ALIGNMENT = ("coverage", "copy number", "call", "decide", "annotate")
ALWAYS = ("interpret", "predict", "report")
NEVER = ("fusions (no caller yet)", "microsatellites (no caller yet)")
"""What is not done for any patient in this version, with the reason."""


class PlannedPatient(Noun):
    """One line of the plan."""

    patient: str
    tumor_type: str
    mode: str
    entry: str
    steps: tuple[str, ...]
    skipped: tuple[str, ...]
    """Each with its reason in brackets; what is skipped for everybody is in :data:`NEVER`."""


def plan_patient(cohort_patient: CohortPatient) -> PlannedPatient:
    """Return the steps of one patient and the skipped ones with their reason."""
    patient, entry = cohort_patient.patient, cohort_patient.entry
    skipped = []
    steps = {"fastq": FROM_READS + FROM_ALIGNMENT, "bam": FROM_ALIGNMENT, "vcf": ("annotate if needed",), "maf": ()}[
        entry
    ]
    if entry in ("vcf", "maf"):
        skipped.append("coverage (no reads given)")
    if cohort_patient.copy_number:
        steps = tuple(step for step in steps if step != "copy number")
        skipped.append("copy-number calling (table given)")
    elif entry in ("vcf", "maf"):
        skipped.append("copy number (no reads, no table)")
    elif not cohort_patient.normal:
        steps = tuple(step for step in steps if step != "copy number")
        skipped.append("copy number (no normal to compare with)")
    if patient.mode is CallingMode.TUMOR_ONLY:
        skipped.append("germline subtraction (no normal: variants carry a germline risk instead)")
    return PlannedPatient(
        patient=patient.id,
        tumor_type=patient.tumor_type.code,
        mode=patient.mode.value if patient.mode is not CallingMode.UNKNOWN else "as the calls say",
        entry=entry,
        steps=steps + ALWAYS,
        skipped=tuple(skipped),
    )


def plan_cohort(cohort: Cohort) -> list[PlannedPatient]:
    """Return the plan of every patient, in the order of the sheet."""
    return [plan_patient(patient) for patient in cohort.patients.values()]
