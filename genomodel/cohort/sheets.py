"""From the two sheets to patients with their inputs."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from genomodel.cohort.assay import read_assay_bed
from genomodel.cohort.tables import SheetRow, read_sheet
from genomodel.core.base import Noun
from genomodel.core.errors import InputError, raise_collected
from genomodel.core.patients import Assay, CallingMode, GenomeBuild, Patient
from genomodel.resources.oncotree import resolve_tumor_type

INPUT_KINDS = ("fastq_1", "bam", "vcf", "maf")
PATH_COLUMNS = ("fastq_1", "fastq_2", "bam", "vcf", "maf", "copy_number")


class SampleInput(Noun):
    """One row of the samples sheet: one lane of reads, or one file."""

    patient: str
    type: str
    lane: str = "L1"
    kind: str
    """``fastq``, ``bam``, ``vcf`` or ``maf``."""
    fastq_1: str | None = None
    fastq_2: str | None = None
    bam: str | None = None
    vcf: str | None = None
    maf: str | None = None
    sample: str | None = None
    normal_sample: str | None = None
    copy_number: str | None = None


class CohortPatient(Noun):
    """One patient with all inputs; ``mode`` says whether a matched normal can tell somatic from germline."""

    patient: Patient
    tumor: tuple[SampleInput, ...]
    normal: tuple[SampleInput, ...] = ()

    @property
    def mode(self) -> CallingMode:
        """Calling mode; ``unknown`` for given calls, whose file decides."""
        return self.patient.mode

    @property
    def entry(self) -> str:
        """Stage of entry: ``fastq``, ``bam``, ``vcf`` or ``maf``."""
        return self.tumor[0].kind

    @property
    def copy_number(self) -> str | None:
        """Path of a given copy-number table."""
        return next((sample.copy_number for sample in self.tumor if sample.copy_number), None)


class Cohort(Noun):
    """All patients of a run by id, in the order of the sheet."""

    patients: dict[str, CohortPatient]


def read_cohort(
    patients_sheet: str | Path, samples_sheet: str | Path, *, genome: GenomeBuild = GenomeBuild.UNKNOWN
) -> Cohort:
    """Read both sheets and check them against each other and against the files they name.

    Relative paths start at the working folder.

    Raises
    ------
    InputError
        All problems of the rows at once, each with file, row, column, value and remedy.
    """
    patient_rows = read_sheet(patients_sheet, "patients")
    sample_rows = read_sheet(samples_sheet, "samples")
    errors: list[InputError] = []
    samples = _samples_by_patient(sample_rows, patient_rows, errors)
    patients: dict[str, CohortPatient] = {}
    first_row: dict[str, int] = {}
    for row in patient_rows:
        patient_id = row.values["patient"]
        known_as = next((known for known in first_row if known.casefold() == patient_id.casefold()), None)
        if known_as is not None:
            clash = f"patient '{patient_id}' is already in row {first_row[known_as]}"
            fix = (
                "Patients are one row each"
                if known_as == patient_id
                else "Ids that differ by case alone share file names"
            )
            errors.append(row.error(clash, "patient", fix))
            continue
        first_row[patient_id] = row.number
        try:
            patients[patient_id] = _cohort_patient(row, samples.get(patient_id, []), genome, Path(samples_sheet))
        except InputError as error:
            errors.append(error)
    raise_collected(errors)
    return Cohort(patients=patients)


def _samples_by_patient(
    rows: list[SheetRow], patient_rows: list[SheetRow], errors: list[InputError]
) -> dict[str, list[SheetRow]]:
    known = {row.values["patient"] for row in patient_rows}
    grouped: dict[str, list[SheetRow]] = defaultdict(list)
    lanes: dict[tuple[str, str, str], int] = {}
    used: dict[str, int] = {}
    for row in rows:
        patient = row.values["patient"]
        if patient not in known:
            fix = f"Add it to {patient_rows[0].path}, or remove this row"
            errors.append(row.error(f"patient '{patient}' is not in the patients sheet", "patient", fix))
            continue
        errors.extend(_row_errors(row))
        lane = (patient, row.values["type"], row.get("lane") or "L1")
        if lane in lanes:
            what = f"{lane[1]} lane '{lane[2]}' of '{patient}' is already in row {lanes[lane]}"
            errors.append(row.error(what, "lane", "Give each lane its own name"))
        lanes.setdefault(lane, row.number)
        for column in ("fastq_1", "fastq_2", "bam"):
            path = row.get(column)
            if path is not None and path in used:
                what = f"'{path}' is already the input of row {used[path]}"
                errors.append(row.error(what, column, "One file belongs to one sample"))
            elif path is not None:
                used[path] = row.number
        grouped[patient].append(row)
    return grouped


def _row_errors(row: SheetRow) -> list[InputError]:
    errors = []
    given = [kind for kind in INPUT_KINDS if row.get(kind)]
    if not given:
        errors.append(row.error("the sample has no input", fix="Give fastq_1 and fastq_2, or one of bam, vcf, maf"))
    if len(given) > 1:
        errors.append(
            row.error(f"the sample has {len(given)} inputs: {', '.join(given)}", given[1], "Keep one of them")
        )
    if row.values["type"] == "normal" and (row.get("vcf") or row.get("maf")):
        errors.append(row.error("calls belong to the tumor row", "type", "Name the VCF or MAF in the tumor row only"))
    for column in PATH_COLUMNS:
        path = row.get(column)
        if path is not None and not Path(path).is_file():
            fix = "Check the path; relative paths start at the working folder"
            errors.append(row.error(f"'{path}' does not exist", column, fix))
    bam = row.get("bam")
    if bam and Path(bam).is_file() and not any(index.is_file() for index in index_candidates(bam)):
        errors.append(row.error(f"'{bam}' has no index", "bam", f"Make one: samtools index {bam}"))
    return errors


def index_candidates(alignment: str | Path) -> list[Path]:
    """Return the places where the index of a BAM or CRAM is looked for."""
    path = Path(alignment)
    return [Path(f"{path}{s}") for s in (".bai", ".csi", ".crai")] + [path.with_suffix(s) for s in (".bai", ".crai")]


def _cohort_patient(
    row: SheetRow, sample_rows: list[SheetRow], genome: GenomeBuild, samples_sheet: Path
) -> CohortPatient:
    patient_id = row.values["patient"]
    inputs = [_sample_input(sample) for sample in sample_rows]
    tumor = tuple(s for s in inputs if s.type == "tumor")
    normal = tuple(s for s in inputs if s.type == "normal")
    if not tumor:
        raise row.error(f"'{patient_id}' has no tumor sample", "patient", f"Add a tumor row to {samples_sheet}")
    for group in (tumor, normal):
        kinds = sorted({sample.kind for sample in group})
        if len(kinds) > 1:
            raise row.error(
                f"'{patient_id}' mixes {' and '.join(kinds)} for its {group[0].type}", "patient", "Use one kind"
            )
        if len(group) > 1 and kinds[0] != "fastq":
            what = f"'{patient_id}' has {len(group)} {kinds[0]} files for its {group[0].type}"
            raise row.error(what, "patient", "Merge them first; only lanes of FASTQ are merged by the workflow")
    calls_given = tumor[0].kind in ("vcf", "maf")
    if calls_given and normal:
        what = f"'{patient_id}' enters with calls and has normal reads too, which nothing would use"
        raise row.error(what, "patient", "Remove the normal row, or give the tumor's reads")
    try:
        tumor_type = resolve_tumor_type(row.values["tumor_type"])
    except InputError as error:
        raise row.error(error.what, "tumor_type", error.fix) from error
    assay_bed = row.get("assay_bed")
    if assay_bed and not Path(assay_bed).is_file():
        raise row.error(f"'{assay_bed}' does not exist", "assay_bed", "Relative paths start at the working folder")
    reads_mode = CallingMode.TUMOR_NORMAL if normal else CallingMode.TUMOR_ONLY
    sex, purity = row.get("sex"), row.get("purity")
    patient = Patient(
        id=patient_id,
        tumor_type=tumor_type,
        assay=Assay(row.values["assay"]),
        sex=None if sex == "unknown" else sex,
        purity=None if purity is None else float(purity),
        genome=genome,
        mode=CallingMode.UNKNOWN if calls_given else reads_mode,
        tumor_sample=tumor[0].sample if calls_given else sample_name(patient_id, "tumor"),
        normal_sample=tumor[0].normal_sample if calls_given else sample_name(patient_id, "normal") if normal else None,
        assay_bed=assay_bed,
        assayed_genes=read_assay_bed(assay_bed).genes if assay_bed else None,
        notes=row.get("notes"),
    )
    return CohortPatient(patient=patient, tumor=tumor, normal=normal)


def sample_name(patient_id: str, sample_type: str) -> str:
    """Return the read-group sample name (SM) that the workflow gives to reads it aligns."""
    return f"{patient_id}.{sample_type}"


def _sample_input(row: SheetRow) -> SampleInput:
    kind = next((kind for kind in INPUT_KINDS if row.get(kind)), "fastq_1")
    return SampleInput(**{"lane": "L1", **row.values, "kind": "fastq" if kind == "fastq_1" else kind})
