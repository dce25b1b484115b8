"""From the two sheets to patients with their inputs."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from genomodel.cohort.accession import ACCESSION_COLUMNS, PersonFacts, accession_of, person_facts
from genomodel.cohort.assay import read_assay_bed
from genomodel.cohort.clinical import clinical_facts
from genomodel.cohort.consent import consent_of, scar_of
from genomodel.cohort.tables import SheetRow, read_sheet
from genomodel.core.base import Noun
from genomodel.core.biomarkers import ScarScore
from genomodel.core.clinical import ClinicalFacts
from genomodel.core.errors import InputError, each_of, placed, raise_collected
from genomodel.core.identity import CheckName, parse_waivers
from genomodel.core.patients import Assay, CallingMode, GenomeBuild, Patient, TumorType
from genomodel.core.specimens import NO_ACCESSION, Accession, Library, Preservation, Specimen, UmiDesign
from genomodel.resources.oncotree import tumor_type_of

INPUT_KINDS = ("fastq_1", "bam", "vcf", "maf")
READS = ("fastq_1", "bam")
GIVEN_ASSAYS = {
    "fusions": "rearrangements",
    "structural_variants": "rearrangements",
    "msi": "msi",
}
"""Columns of the samples sheet with tables of other programs, each with the kind of :mod:`genomodel.assays`."""
SEVERAL_PATHS = ("vcf", "fusions", "structural_variants")
PATH_COLUMNS = ("fastq_1", "fastq_2", "bam", "vcf", "maf", "copy_number", "primer_bed", *GIVEN_ASSAYS)
SPECIMEN_COLUMNS = ("library", "primer_bed", "preservation", "umi", "input_ng", "input_molecules")

OF_SAMPLE = (*SPECIMEN_COLUMNS, *ACCESSION_COLUMNS)
"""Columns that say one thing of all lanes of a sample."""


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
    """Calls in place of reads or beside them; two files are joined by a comma."""
    maf: str | None = None
    sample: str | None = None
    normal_sample: str | None = None
    copy_number: str | None = None
    fusions: str | None = None
    """Tables of RNA fusion callers, separated by commas."""
    structural_variants: str | None = None
    """VCFs of structural variants, separated by commas."""
    msi: str | None = None
    """Table of another program on microsatellite instability."""

    @property
    def vcf_files(self) -> tuple[str, ...]:
        """The VCFs of the row, one by one."""
        return split_paths(self.vcf)


class CohortPatient(Noun):
    """One patient with all inputs; ``mode`` says whether a matched normal can tell somatic from germline."""

    patient: Patient
    tumor: tuple[SampleInput, ...]
    normal: tuple[SampleInput, ...] = ()
    assumed: tuple[str, ...] = ()
    """What the sheet leaves open, so that a default stands in: ``tumor library``, ``normal library``."""

    @property
    def mode(self) -> CallingMode:
        """Calling mode; ``unknown`` for given calls, whose file decides."""
        return self.patient.mode

    @property
    def entry(self) -> str:
        """Stage of entry: ``fastq``, ``bam``, ``vcf`` or ``maf``."""
        return self.tumor[0].kind

    @property
    def given_calls(self) -> SampleInput | None:
        """The row that names calls beside reads, which count as one more engine; ``None`` when there is none."""
        if self.entry not in ("fastq", "bam"):
            return None
        return next((sample for sample in self.tumor if sample.vcf), None)

    @property
    def copy_number(self) -> str | None:
        """Path of a given copy-number table."""
        return next((sample.copy_number for sample in self.tumor if sample.copy_number), None)

    @property
    def given_assays(self) -> dict[str, tuple[str, ...]]:
        """Paths of tables of other programs, by the kinds of :mod:`genomodel.assays`."""
        found: dict[str, tuple[str, ...]] = {}
        for column, kind in GIVEN_ASSAYS.items():
            cell = next((cell for sample in self.tumor if (cell := getattr(sample, column))), None)
            if cell:
                found[kind] = (*found.get(kind, ()), *split_paths(cell))
        return found


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
    patient_rows = read_sheet(patients_sheet, "patients", _refuse_wrong_cells)
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
            errors += each_of(error)
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


def split_paths(cell: str | None) -> tuple[str, ...]:
    """Return the paths of a cell that may hold several, separated by commas."""
    return tuple(path.strip() for path in (cell or "").split(",") if path.strip())


def _row_errors(row: SheetRow) -> list[InputError]:
    errors = []
    given = [kind for kind in INPUT_KINDS if row.get(kind)]
    if not given:
        errors.append(row.error("the sample has no input", fix="Give fastq_1 and fastq_2, or one of bam, vcf, maf"))
    beside_reads = len(given) == 2 and given[0] in READS and given[1] == "vcf"
    if len(given) > 1 and not beside_reads:
        errors.append(
            row.error(f"the sample has {len(given)} inputs: {', '.join(given)}", given[1], "Keep one of them")
        )
    if row.values["type"] == "normal" and (row.get("vcf") or row.get("maf")):
        errors.append(row.error("calls belong to the tumor row", "type", "Name the VCF or MAF in the tumor row only"))
    if len(split_paths(row.get("vcf"))) > 2:
        errors.append(row.error("more than two files", "vcf", "Two at most: SNVs and indels of one caller"))
    for column in PATH_COLUMNS:
        cell = row.get(column) or ""
        for path in split_paths(cell) if column in SEVERAL_PATHS else [cell] if cell else []:
            if not Path(path).is_file():
                fix = "Check the path; relative paths start at the working folder"
                errors.append(row.error(f"'{path}' does not exist", column, fix))
    errors.extend(_specimen_errors(row))
    errors.extend(_accession_errors(row))
    bam = row.get("bam")
    if bam and Path(bam).is_file() and not any(index.is_file() for index in index_candidates(bam)):
        errors.append(row.error(f"'{bam}' has no index", "bam", f"Make one: samtools index {bam}"))
    return errors


def _specimen_errors(row: SheetRow) -> list[InputError]:
    """Say what a library cannot be; a cell that the schema refused does not get here."""
    errors = []
    library, primers, umi = (row.get(column) for column in ("library", "primer_bed", "umi"))
    reads = any(row.get(kind) for kind in READS)
    if primers and library != Library.AMPLICON:
        what = f"primers are given for a library that is {library or 'not said to be amplicon'}"
        errors.append(row.error(what, "primer_bed", "Set library to amplicon, or remove the primers"))
    if primers and not reads:
        errors.append(row.error("primers are clipped from reads, and none are given", "primer_bed", "Remove it"))
    if umi and not row.get("fastq_1"):
        what = "molecular identifiers are read from FASTQ, which is not given"
        errors.append(row.error(what, "umi", "Give FASTQ; leave umi empty for a BAM of consensus reads"))
    if row.get("input_ng") and row.get("input_molecules"):
        what = "mass and molecules of the input are both given"
        errors.append(row.error(what, "input_ng", "Keep input_molecules, which tells more"))
    return errors


def _accession_errors(row: SheetRow) -> list[InputError]:
    try:
        accession_of(row.values)
    except InputError as error:
        return [row.error(one.what, one.column, one.fix) for one in each_of(error)]
    return []


def _accession(rows: list[SheetRow]) -> Accession:
    """Return how the laboratory knows one sample, on which its lanes have to agree."""
    _require_agreement(
        rows, ACCESSION_COLUMNS, "Lanes of one sample share specimen, block, site, dates and cellularity"
    )
    try:
        return accession_of(rows[0].values) if rows else NO_ACCESSION
    except InputError:
        return NO_ACCESSION  # Told with the row.


def _require_agreement(rows: list[SheetRow], columns: tuple[str, ...], fix: str) -> None:
    for row in rows[1:]:
        for column in columns:
            if row.get(column) != rows[0].get(column):
                what = f"'{row.get(column) or ''}' is not the '{rows[0].get(column) or ''}' of row {rows[0].number}"
                raise row.error(what, column, fix)


def _umi_design(row: SheetRow) -> UmiDesign | None:
    text = row.get("umi")
    try:
        return UmiDesign.from_text(text) if text else None
    except ValueError as error:
        fix = "Write kind and read structures, as in: duplex 3M2S+T 3M2S+T"
        raise row.error(f"'{text}': {error}", "umi", fix) from error


def _specimen(rows: list[SheetRow], assay: Assay) -> Specimen | None:
    """Return the library and material of one sample, on which its lanes have to agree."""
    if not rows:
        return None
    first = rows[0]
    fix = "Lanes of one sample share library, primers, preservation, umi and input"
    _require_agreement(rows, SPECIMEN_COLUMNS, fix)
    assumed = Library.WGS if assay is Assay.WGS else Library.CAPTURE
    return Specimen(
        library=Library(first.get("library") or assumed),
        preservation=Preservation(first.get("preservation") or Preservation.UNKNOWN),
        primer_bed=first.get("primer_bed"),
        umi=_umi_design(first),
        input_ng=None if first.get("input_ng") is None else float(first.values["input_ng"]),
        input_molecules=None if first.get("input_molecules") is None else int(first.values["input_molecules"]),
    )


def _require_one_given_call(rows: list[SheetRow]) -> None:
    """Take calls beside reads from one row: a caller sees all lanes, so that several files would be several callers."""
    named = [row for row in rows if row.get("vcf")]
    for row in named[1:]:
        if row.get("vcf") != named[0].get("vcf"):
            what = f"row {named[0].number} names other calls for the same tumor"
            raise row.error(what, "vcf", "Name the calls in one row of the tumor")


def index_candidates(alignment: str | Path) -> list[Path]:
    """Return the places where the index of a BAM or CRAM is looked for."""
    path = Path(alignment)
    return [Path(f"{path}{s}") for s in (".bai", ".csi", ".crai")] + [path.with_suffix(s) for s in (".bai", ".crai")]


def _cohort_patient(
    row: SheetRow, sample_rows: list[SheetRow], genome: GenomeBuild, samples_sheet: Path
) -> CohortPatient:
    patient_id = row.values["patient"]
    assay = Assay(row.values["assay"])
    inputs = [_sample_input(sample) for sample in sample_rows]
    tumor = tuple(s for s in inputs if s.type == "tumor")
    normal = tuple(s for s in inputs if s.type == "normal")
    if not tumor:
        raise row.error(f"'{patient_id}' has no tumor sample", "patient", f"Add a tumor row to {samples_sheet}")
    tumor_rows = [sample for sample in sample_rows if sample.values["type"] == "tumor"]
    normal_rows = [sample for sample in sample_rows if sample.values["type"] == "normal"]
    _require_one_given_call(tumor_rows)
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
    _refuse_wrong_cells(row)
    assay_bed = row.get("assay_bed")
    reads_mode = CallingMode.TUMOR_NORMAL if normal else CallingMode.TUMOR_ONLY
    sex, purity, person = row.get("sex"), row.get("purity"), _person(row)
    patient = Patient(
        id=patient_id,
        tumor_type=_tumor_type(row),
        assay=assay,
        sex=None if sex == "unknown" else sex,
        purity=None if purity is None else float(purity),
        genome=genome,
        mode=CallingMode.UNKNOWN if calls_given else reads_mode,
        tumor_sample=tumor[0].sample if calls_given else sample_name(patient_id, "tumor"),
        normal_sample=tumor[0].normal_sample if calls_given else sample_name(patient_id, "normal") if normal else None,
        tumor_specimen=_specimen(tumor_rows, assay),
        normal_specimen=_specimen(normal_rows, assay),
        assay_bed=assay_bed,
        assayed_genes=read_assay_bed(assay_bed).genes if assay_bed else None,
        waived=_waived(row),
        germline_consent=consent_of(row.get("germline_consent")),
        scar=_scar(row),
        clinical=clinical_of(row),
        second_id=person.second_id,
        requester=person.requester,
        diagnosis=person.diagnosis,
        tumor_accession=_accession(tumor_rows),
        normal_accession=_accession(normal_rows),
        notes=row.get("notes"),
    )
    assumed = [
        f"{rows[0].values['type']} library" for rows in (tumor_rows, normal_rows) if rows and not rows[0].get("library")
    ]
    return CohortPatient(patient=patient, tumor=tumor, normal=normal, assumed=tuple(assumed))


def _refuse_wrong_cells(row: SheetRow) -> None:
    """Raise with all cells of a row that cannot be read."""
    errors: list[InputError] = []
    for read in (_tumor_type, _existing_bed, _waived, clinical_of, _scar, _person):
        try:
            read(row)
        except InputError as error:
            errors += each_of(error)
    raise_collected(errors)


def _tumor_type(row: SheetRow) -> TumorType:
    try:
        return tumor_type_of(row.get("tumor_type"))
    except InputError as error:
        raise row.error(error.what, "tumor_type", error.fix) from error


def _existing_bed(row: SheetRow) -> str | None:
    path = row.get("assay_bed")
    if path and not Path(path).is_file():
        raise row.error(f"'{path}' does not exist", "assay_bed", "Relative paths start at the working folder")
    return path


def _waived(row: SheetRow) -> tuple[str, ...]:
    try:
        return parse_waivers(row.get("waive") or "")
    except ValueError as error:
        names = ", ".join(CheckName)
        raise row.error(str(error), "waive", f"Known: {names}; a reason follows behind =") from error


def clinical_of(row: SheetRow) -> ClinicalFacts:
    """Return what the clinical columns of a row state.

    Raises
    ------
    InputError
        With file, row and column.
    """
    try:
        return clinical_facts(row.values)
    except InputError as error:
        raise placed(error, lambda one: row.error(one.what, one.column, one.fix)) from error


def _scar(row: SheetRow) -> ScarScore | None:
    try:
        return scar_of(row.get("hrd_score"), row.get("hrd_assay"))
    except InputError as error:
        raise row.error(error.what, error.column, error.fix) from error


def _person(row: SheetRow) -> PersonFacts:
    try:
        return person_facts(row.values)
    except InputError as error:
        raise placed(error, lambda one: row.error(one.what, one.column, one.fix)) from error


def sample_name(patient_id: str, sample_type: str) -> str:
    """Return the read-group sample name (SM) that the workflow gives to reads it aligns."""
    return f"{patient_id}.{sample_type}"


def _sample_input(row: SheetRow) -> SampleInput:
    kind = next((kind for kind in INPUT_KINDS if row.get(kind)), "fastq_1")
    values = {column: cell for column, cell in row.values.items() if column not in OF_SAMPLE}
    return SampleInput(**{"lane": "L1", **values, "kind": "fastq" if kind == "fastq_1" else kind})
