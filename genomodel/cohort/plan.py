"""What will be done for each patient, what will not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from genomodel.cohort.copy_number_reference import measurable, pooled_normals, reference_of
from genomodel.cohort.sheets import Cohort, CohortPatient
from genomodel.core.base import Noun
from genomodel.core.patients import Assay, CallingMode
from genomodel.core.specimens import Library, Preservation, Specimen

FROM_ALIGNMENT = (
    "check samples",
    "quality",
    "copy number",
    "rearrangements",
    "actionable loci",
    "microsatellite instability",
    "call",
    "decide",
    "annotate",
)
ALWAYS = ("interpret", "predict", "report")
MOST_PATIENTS_LISTED = 20


class PlannedPatient(Noun):
    """One line of the plan."""

    patient: str
    tumor_type: str
    mode: str
    entry: str
    steps: tuple[str, ...]
    skipped: tuple[str, ...]
    """Each with its reason in brackets."""
    libraries: tuple[str, ...] = ()
    """Library and material of each sample, with what the sheet leaves open and what stands in."""


COPY_NUMBER_WORDS = {
    "matched": "copy number against the matched normal",
    "pooled": "copy number against pooled normals",
    "flat": "copy number against a flat reference, which leaves the bias of capture in",
}


def plan_patient(cohort_patient: CohortPatient, reference: str, *, msi_baseline: bool = False) -> PlannedPatient:
    """Return the steps of one patient and the skipped ones with their reason.

    ``reference`` is what copy number is measured against: ``matched``, ``pooled`` or ``flat``, empty where it is not;
    ``msi_baseline`` whether normals of the assay tell how repeats slip where a tumor has no normal.
    """
    patient, entry = cohort_patient.patient, cohort_patient.entry
    specimens = [
        (kind, specimen)
        for kind, specimen in (("tumor", patient.tumor_specimen), ("normal", patient.normal_specimen))
        if specimen is not None
    ]
    skipped = []
    steps: tuple[str, ...] = ("annotate if needed",) if entry == "vcf" else ()
    if entry in ("fastq", "bam"):
        steps = tuple(dict.fromkeys(step for _, s in specimens for step in _read_steps(s, entry))) + FROM_ALIGNMENT
        if cohort_patient.given_calls:
            steps = tuple("call, with the given calls as one more engine" if s == "call" else s for s in steps)
        skipped += [reason for kind, specimen in specimens for reason in _skipped_of_reads(kind, specimen, entry)]
    else:
        skipped.append("quality of the reads (none given: no depth, so that no silence is a negative)")
    if cohort_patient.copy_number:
        skipped.append("copy-number calling (table given)")
    elif entry in ("vcf", "maf"):
        skipped.append("copy number (no reads, no table)")
    elif not reference:
        skipped.append(f"copy number ({_why_no_reference(cohort_patient)})")
    if unlooked := _why_no_rearrangements(cohort_patient):
        steps = tuple(step for step in steps if step != "rearrangements")
        skipped.append(f"rearrangements ({unlooked})")
    if cohort_patient.given_assays.get("msi"):
        steps = tuple(step for step in steps if step != "microsatellite instability")
        skipped.append("microsatellite instability from reads (table given)")
    elif entry in ("vcf", "maf"):
        skipped.append("microsatellite instability (no reads, no table)")
    elif patient.mode is CallingMode.TUMOR_ONLY and not msi_baseline:
        steps = tuple(step for step in steps if step != "microsatellite instability")
        skipped.append("microsatellite instability without msi.baseline (no normal to compare with)")
    skipped += _why_no_burden(cohort_patient)
    if entry not in ("fastq", "bam"):
        skipped.append("looking for actionable loci (no reads: what is not called is unknown there)")
    words = COPY_NUMBER_WORDS.get(reference, "")
    steps = tuple(filter(None, (words if step == "copy number" else step for step in steps)))
    if patient.mode is CallingMode.TUMOR_ONLY:
        skipped.append("telling germline from somatic by a normal (none given: calls get a tumor-only class)")
    return PlannedPatient(
        patient=patient.id,
        tumor_type=patient.tumor_type.code,
        mode=patient.mode.value if patient.mode is not CallingMode.UNKNOWN else "as the calls say",
        entry=entry,
        steps=steps + ALWAYS,
        skipped=tuple(skipped),
        libraries=tuple(
            f"{kind}: {_in_words(specimen, entry, f'{kind} library' in cohort_patient.assumed)}"
            for kind, specimen in specimens
        ),
    )


def _why_no_burden(cohort_patient: CohortPatient) -> list[str]:
    """Return why nothing is known to divide mutations by, nothing where the callable bases can be counted."""
    patient = cohort_patient.patient
    if not patient.assay_bed and patient.assay is not Assay.WGS:
        return ["tumor mutational burden (no assay_bed, so that the assayed regions are not known)"]
    if cohort_patient.entry not in ("fastq", "bam"):
        return ["tumor mutational burden (no reads: the depth is not known)"]
    return []


def _why_no_rearrangements(cohort_patient: CohortPatient) -> str:
    """Return why nobody looks for them, empty where delly does or where a table is given."""
    given = "rearrangements" in cohort_patient.given_assays
    if cohort_patient.entry not in ("fastq", "bam"):
        return "" if given else "no reads, no table"
    tumor = cohort_patient.patient.tumor_specimen
    return "amplicons cross no junction" if tumor and tumor.library is Library.AMPLICON else ""


def _read_steps(specimen: Specimen, entry: str) -> tuple[str, ...]:
    steps: tuple[str, ...] = ()
    if entry == "fastq" and specimen.umi:
        steps = ("align", f"{specimen.umi.kind} consensus of molecules", "align again")
    elif entry == "fastq":
        steps = ("trim", "align") if specimen.library is Library.AMPLICON else ("trim", "align", "mark duplicates")
    return (*steps, "clip primers") if specimen.primer_bed else steps


def _skipped_of_reads(kind: str, specimen: Specimen, entry: str) -> list[str]:
    reasons = []
    if entry == "fastq" and specimen.umi:
        reasons.append(f"duplicate marking of the {kind} (molecules are told by their identifiers)")
    elif entry == "fastq" and specimen.library is Library.AMPLICON:
        reasons.append(f"duplicate marking of the {kind} (amplicons start and end alike)")
    if specimen.library is Library.AMPLICON and not specimen.primer_bed:
        reasons.append(f"primer clipping of the {kind} (no primer_bed: the primers' bases count as the patient's)")
    return reasons


def _in_words(specimen: Specimen, entry: str, library_assumed: bool) -> str:
    kept = specimen.preservation
    words = ["preservation not given" if kept is Preservation.UNKNOWN else kept.value.replace("_", " ")]
    if entry in ("fastq", "bam"):
        words.insert(0, f"{specimen.library.value} (not given, assumed)" if library_assumed else specimen.library.value)
    return ", ".join([*words, f"umi {specimen.umi}"] if specimen.umi else words)


def _why_no_reference(cohort_patient: CohortPatient) -> str:
    if not measurable(cohort_patient):
        return "no assay_bed, so that the assayed regions are not known"
    return "no normal of the tumor's library, and copy_number.reference is matched"


def cohort_steps(cohort: Cohort, *, multiqc: bool = True) -> tuple[str, ...]:
    """Return what is done once for all patients with reads."""
    reads = any(entry.entry in ("fastq", "bam") for entry in cohort.patients.values())
    steps = ("match of samples between patients", "MultiQC page of the quality of all samples" if multiqc else "")
    return tuple(filter(None, steps)) if reads else ()


def plan_cohort(
    cohort: Cohort, references: Mapping[str, str] | None = None, *, msi_baseline: bool = False
) -> list[PlannedPatient]:
    """Return the plan of every patient, in the order of the sheet.

    ``references`` says by patient what copy number is measured against; as ``auto`` chooses where it is not given.
    ``msi_baseline`` is as for :func:`plan_patient`.
    """
    pools = pooled_normals(cohort)
    chosen = references if references is not None else {n: reference_of(e, pools) for n, e in cohort.patients.items()}
    return [plan_patient(entry, chosen[name], msi_baseline=msi_baseline) for name, entry in cohort.patients.items()]


def plan_lines(plans: Sequence[PlannedPatient]) -> list[str]:
    """Return the plan as lines: one for each patient, or, where there are many, one for all that are treated alike."""
    listed = len(plans) <= MOST_PATIENTS_LISTED
    count = Counter(plan.patient if listed else _treatment(plan) for plan in plans)
    first = {plan.patient if listed else _treatment(plan): plan for plan in reversed(plans)}
    return [
        f"{first[key].patient if listed else f'{n} patients'}: {_treatment(first[key])}" for key, n in count.items()
    ]


def _treatment(plan: PlannedPatient) -> str:
    parts = [f"{plan.mode}, from {plan.entry}; {'; '.join(plan.libraries)}"]
    parts += [step for step in plan.steps if step in COPY_NUMBER_WORDS.values()]
    if plan.skipped:
        parts.append(f"left out: {', '.join(plan.skipped)}")
    return ". ".join(parts)
