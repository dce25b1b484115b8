"""From what the user names, a file or a cohort, to the cases that a batch works on."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from genomodel.annotation.maf import read_maf
from genomodel.batch import Case
from genomodel.cohort.accession import NO_PERSON, PersonFacts
from genomodel.cohort.assay import read_assay_bed
from genomodel.cohort.sample_table import SampleRow, read_sample_table
from genomodel.cohort.sheets import Cohort, CohortPatient
from genomodel.cohort.workflow_inputs import ASSAYS_FROM_READS, JOINED_WITH_GIVEN, WorkflowInputs
from genomodel.core.biomarkers import ScarScore
from genomodel.core.clinical import NO_FACTS, ClinicalFacts
from genomodel.core.errors import InputError, raise_collected
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import ID_PATTERN, Assay, GenomeBuild, Patient, TumorType
from genomodel.core.specimens import NO_ACCESSION, Accession, Library, Preservation, Specimen
from genomodel.core.variants import AnnotatedCalls
from genomodel.files import require_file
from genomodel.resources.oncotree import tumor_type_of

VCF_START = b"##fileformat=VCF"
VCF_SUFFIX = re.compile(r"(\.annotated)?\.(vcf|bcf)(\.gz|\.bgz)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What ``genomodel report`` was asked for."""

    path: Path
    also: tuple[Path, ...] = ()
    """Further VCFs of the same caller's run: indels beside SNVs."""
    tumor_type: str | None = None
    tumor_types: Path | None = None
    clinical: ClinicalFacts = NO_FACTS
    """Of the one patient of the file."""
    patient: str | None = None
    tumor_sample: str | None = None
    normal_sample: str | None = None
    copy_number: Path | None = None
    region_depths: Path | None = None
    """Mean depth of the tumor by region, as mosdepth writes it."""
    assay: Assay = Assay.UNKNOWN
    assay_bed: Path | None = None
    sex: str | None = None
    """Of the one patient of the file."""
    preservation: Preservation | None = None
    """What the DNA was kept in or taken from."""
    purity: float | None = None
    person: PersonFacts = NO_PERSON
    """Of the one patient of the file, as are the accessions."""
    tumor_accession: Accession = NO_ACCESSION
    normal_accession: Accession = NO_ACCESSION
    germline_consent: bool | None = None
    scar: ScarScore | None = None
    """Of the one patient of the file."""
    trials: Path | None = None
    genome: GenomeBuild | None = None
    reference: Path | None = None
    gff: Path | None = None
    sources: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """VCFs that alleles are looked up in, by the id of their source."""
    assays: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """Files of what was looked for beside small variants, by the kinds of :mod:`genomodel.assays`."""


def cases_of_file(request: ReportRequest) -> list[Case]:
    """Return the cases of one VCF or MAF.

    Raises
    ------
    InputError
        The file or an option does not fit; the message says which.
    """
    require_file(request.path, "input")
    for path, what in (
        (request.copy_number, "copy-number table"),
        (request.region_depths, "region depths"),
        (request.reference, "reference"),
        (request.gff, "gene models"),
        (request.trials, "table of trials"),
        *((path, f"{name} VCF") for name, paths in request.sources.items() for path in paths),
        *((path, "input") for path in request.also),
        *((path, kind) for kind, paths in request.assays.items() for path in paths),
    ):
        if path:
            require_file(path, what)
    odd = [path for path in (request.path, *request.also) if request.also and not _is_vcf(path)]
    if odd:
        fix = "Several files of one tumor are VCFs; a MAF holds all its variants"
        raise InputError("this is no VCF, and only VCFs are read together", path=odd[0], fix=fix)
    return [_vcf_case(request)] if _is_vcf(request.path) else _maf_cases(request)


def _is_vcf(path: Path) -> bool:
    """Tell a VCF by its name, or by its first line where the name does not say."""
    if VCF_SUFFIX.search(path.name):
        return True
    with path.open("rb") as handle:
        gzipped = handle.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if gzipped else path.open("rb") as handle:
            return handle.read(len(VCF_START)) == VCF_START
    except (OSError, EOFError):
        return False


def _patient(request: ReportRequest, patient_id: str, row: SampleRow) -> Patient:
    if not re.match(ID_PATTERN, patient_id):
        given = request.patient is not None
        raise InputError(
            f"'{patient_id}' cannot be a patient id",
            path=None if given else request.path,
            column="--patient"
            if given
            else "Tumor_Sample_Barcode"
            if not VCF_SUFFIX.search(request.path.name)
            else None,
            fix="Use letters, digits, dot, dash and underscore, at most 64, beginning with a letter or digit",
        )
    bed = request.assay_bed
    return Patient(
        id=patient_id,
        tumor_type=row.tumor_type,
        clinical=row.clinical,
        assay=request.assay,
        sex=_agreed(request, "sex", row.sex, request.sex),
        tumor_specimen=_specimen(request, row),
        purity=request.purity,
        germline_consent=request.germline_consent if row.consent is None else row.consent,
        scar=request.scar,
        genome=request.genome or GenomeBuild.UNKNOWN,
        tumor_sample=request.tumor_sample,
        normal_sample=request.normal_sample,
        assay_bed=_text(bed),
        assayed_genes=read_assay_bed(bed).genes if bed else None,
        second_id=row.person.second_id,
        requester=row.person.requester,
        diagnosis=row.person.diagnosis,
        tumor_accession=row.accession,
        normal_accession=request.normal_accession,
    )


def _agreed(request: ReportRequest, column: str, told: str | None, option: str | None) -> str | None:
    """Return what the table says of a sample, or the option; raise where they say otherwise."""
    if told and option and told != option:
        what = f"the table says {told}, and the option {option}"
        raise InputError(what, path=request.tumor_types, column=column, fix="Correct one of the two")
    return told or option


def _specimen(request: ReportRequest, row: SampleRow) -> Specimen | None:
    """Return the material where it is given; the library is taken as in a sheet that does not say."""
    material = _agreed(request, "preservation", row.preservation, request.preservation)
    library = Library.WGS if request.assay is Assay.WGS else Library.CAPTURE
    return Specimen(library=library, preservation=Preservation(material)) if material else None


def _one_tumor_type(request: ReportRequest) -> TumorType:
    try:
        return tumor_type_of(request.tumor_type)
    except InputError as error:
        raise InputError(error.what, column="--tumor-type", fix=error.fix) from error


def _row_of_options(request: ReportRequest) -> SampleRow:
    return SampleRow(
        _one_tumor_type(request), request.clinical, person=request.person, accession=request.tumor_accession
    )


def _vcf_case(request: ReportRequest) -> Case:
    patient_id = VCF_SUFFIX.sub("", request.path.name) if request.patient is None else request.patient
    return Case(
        patient=_patient(request, patient_id, _row_of_options(request)),
        vcf=str(request.path),
        trials=_text(request.trials),
        also=tuple(str(path) for path in request.also),
        copy_number=_text(request.copy_number),
        region_depths=_text(request.region_depths),
        reference=_text(request.reference),
        gff=_text(request.gff),
        sources=_texts(request.sources),
        assays=_assay_paths(request),
    )


def _assay_paths(request: ReportRequest) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(str(path) for path in paths) for kind, paths in request.assays.items() if paths}


def _texts(sources: Mapping[str, tuple[Path, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(str(path) for path in paths) for name, paths in sources.items()}


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _maf_cases(request: ReportRequest) -> list[Case]:
    rows = read_sample_table(request.tumor_types) if request.tumor_types else {}
    default = _row_of_options(request) if request.tumor_type or not rows else None

    def make_patient(sample: str) -> Patient:
        row = rows.get(sample, default)
        if row is None:
            raise InputError(
                f"sample '{sample}' has no tumor type",
                path=request.tumor_types,
                fix="Add a row for it, or give --tumor-type for the samples that the table leaves out, which may be "
                "'unknown'",
            )
        if row is not default and request.tumor_sample in (None, sample):
            row = _with_options(row, request)
        try:
            return _patient(request, sample if request.patient is None else request.patient, row)
        except InputError as error:
            if request.patient is not None:
                raise
            faults[sample] = error
            return _patient(request, _stand_in(sample), row)

    faults: dict[str, InputError] = {}
    tumors = read_maf(request.path, make_patient)
    if not tumors:
        raise InputError(
            "the MAF has a header and no rows, so that it names no sample",
            path=request.path,
            fix="A MAF cannot tell a tumor without variants from a missing one; give its VCF, which names its samples",
        )
    _refuse_rows_beside(rows, [str(calls.patient.tumor_sample) for calls in tumors], request)
    tumors = _chosen(tumors, request)
    if len(tumors) == 1:
        raise_collected([faults[name] for calls in tumors if (name := calls.patient.tumor_sample) in faults])
    else:
        _refuse_facts_of_one(len(tumors), request)
    return [
        Case(
            patient=calls.patient,
            calls=calls,
            fault=faults[name].message if (name := calls.patient.tumor_sample) in faults else "",
            trials=_text(request.trials),
            reference=_text(request.reference),
            gff=_text(request.gff),
            copy_number=_text(request.copy_number),
            region_depths=_text(request.region_depths),
            assays=_assay_paths(request),
        )
        for calls in tumors
    ]


def _chosen(tumors: list[AnnotatedCalls], request: ReportRequest) -> list[AnnotatedCalls]:
    """Return the tumor that was asked for by name, or all."""
    if not request.tumor_sample:
        return tumors
    chosen = [calls for calls in tumors if calls.patient.tumor_sample == request.tumor_sample]
    if not chosen:
        listed = ", ".join(str(calls.patient.tumor_sample) for calls in tumors[:20])
        raise InputError(f"no sample '{request.tumor_sample}'", path=request.path, fix=f"The file has: {listed}")
    return chosen


def _refuse_facts_of_one(n_tumors: int, request: ReportRequest) -> None:
    """Raise where options are about one tumor, and the file holds several."""
    about_one = {"--patient": request.patient is not None, "--copy-number": bool(request.copy_number)}
    about_one["what --receptor-status, --line, --stage, --prior-therapy and --age say"] = request.clinical != NO_FACTS
    about_one["what --second-id, --requester and --diagnosis say"] = request.person != NO_PERSON
    about_one["what --specimen and the other options of a specimen say"] = any(
        accession != NO_ACCESSION for accession in (request.tumor_accession, request.normal_accession)
    )
    about_one["--sex"] = request.sex is not None
    about_one["--hrd-score"] = request.scar is not None
    about_one["--region-depths"] = request.region_depths is not None
    about_one |= {f"table of {kind}": bool(paths) for kind, paths in request.assays.items()}
    if any(about_one.values()):
        option = next(name for name, given in about_one.items() if given)
        raise InputError(
            f"the file holds {n_tumors} samples, and {option} is about one",
            path=request.path,
            fix="Choose one with --tumor-sample",
        )


def _refuse_rows_beside(rows: Mapping[str, SampleRow], samples: Sequence[str], request: ReportRequest) -> None:
    """Raise where samples have no row while rows have no sample: the one may be the other, misspelt."""
    without, unused = [name for name in samples if name not in rows], [name for name in rows if name not in samples]
    if without and unused:
        what = f"there is no sample {_names(unused)} in {request.path.name}, and no row here for its sample"
        fix = "Correct the names, or give each sample of the file a row"
        raise InputError(f"{what} {_names(without)}", path=request.tumor_types, fix=fix)


def _stand_in(sample: str) -> str:
    """Return an id for a sample whose name cannot be one, to name what is put aside."""
    return ("sample-" + re.sub(r"[^A-Za-z0-9_.-]", "_", sample))[:64]


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _with_options(row: SampleRow, request: ReportRequest) -> SampleRow:
    """Return a row of the table with what only options say; raise where both speak of the same and say otherwise."""
    for facts, told, option, nothing in (
        ("clinical columns", row.clinical, request.clinical, NO_FACTS),
        ("second_id, requester or diagnosis", row.person, request.person, NO_PERSON),
        ("columns of the specimen", row.accession, request.tumor_accession, NO_ACCESSION),
    ):
        if nothing not in (told, option) and told != option:
            what = f"{facts} are given for the sample, and options that say the same"
            raise InputError(what, path=request.tumor_types, fix="Give them in the table or as options")
    return replace(
        row,
        clinical=row.clinical if request.clinical == NO_FACTS else request.clinical,
        person=row.person if request.person == NO_PERSON else request.person,
        accession=row.accession if request.tumor_accession == NO_ACCESSION else request.tumor_accession,
    )


def rows_of_no_sample(request: ReportRequest, cases: Sequence[Case]) -> tuple[str, ...]:
    """Return the samples of the table beside a MAF that the MAF does not hold; none where one sample was chosen.

    A tumor without a variant is in no row of a MAF, so that this is no fault; but the patient has no report.
    """
    if request.tumor_types is None or request.tumor_sample is not None:
        return ()
    held = {case.patient.tumor_sample for case in cases}
    return tuple(name for name in read_sample_table(request.tumor_types) if name not in held)


def with_policy(cases: Iterable[Case], *, withhold: bool, trials: Path | None) -> list[Case]:
    """Return cases of a cohort with a site's own choices.

    Parameters
    ----------
    cases
        Of the sheets.
    withhold
        Whether a blank consent to inherited results counts as none.
    trials
        Table of trials; ``None`` where none is configured.

    Raises
    ------
    InputError
        There is no such table.
    """
    if trials is not None:
        require_file(trials, "table of trials")
    found = []
    for case in cases:
        closed = withhold and case.patient.germline_consent is None
        patient = case.patient.model_copy(update={"germline_consent": False}) if closed else case.patient
        found.append(case.model_copy(update={"patient": patient, "trials": _text(trials)}))
    return found


def cases_of_cohort(
    cohort: Cohort,
    paths: ResultPaths,
    *,
    patient: str | None = None,
    reference: Path | None = None,
    gff: Path | None = None,
    sources: Mapping[str, tuple[Path, ...]] = MappingProxyType({}),
) -> list[Case]:
    """Return the cases of the sheets, or of one patient, from what the workflow made and from given VCFs and MAFs.

    Raises
    ------
    InputError
        The sheets do not hold ``patient``.
    """
    if patient is not None and patient not in cohort.patients:
        raise InputError(f"patient '{patient}' is not in the sheets", column="--patient")
    wanted, inputs = cohort.patients if patient is None else [patient], WorkflowInputs(cohort, paths)
    cases = [_cohort_case(cohort.patients[name], paths, reference, gff, sources) for name in wanted]
    return [case.model_copy(update={"alignments": inputs.report_alignments(case.patient.id)}) for case in cases]


def _cohort_case(
    entry: CohortPatient,
    paths: ResultPaths,
    reference: Path | None,
    gff: Path | None,
    sources: Mapping[str, tuple[Path, ...]],
) -> Case:
    patient, sample = entry.patient, entry.tumor[0]
    called = paths.copy_number(patient.id)
    depths = paths.region_depths(patient.id, "tumor")
    from_reads = sample.kind in ("fastq", "bam")
    specimens = {"tumor": patient.tumor_specimen, "normal": patient.normal_specimen}
    molecules = {
        kind: str(paths.umi_table(patient.id, kind)) for kind, known in specimens.items() if known and known.umi
    }
    return Case(
        patient=patient,
        vcf=str(paths.annotated(patient.id)) if from_reads else next(iter(sample.vcf_files), None),
        also=() if from_reads else sample.vcf_files[1:],
        maf=sample.maf,
        copy_number=entry.copy_number or (str(called) if from_reads and called.is_file() else None),
        region_depths=str(depths) if from_reads and depths.is_file() else None,
        molecules=molecules if from_reads else {},
        reference=_text(reference),
        gff=_text(gff),
        sources=_texts(sources),
        assays=_cohort_assays(entry, paths),
    )


def _cohort_assays(entry: CohortPatient, paths: ResultPaths) -> dict[str, tuple[str, ...]]:
    made: dict[str, tuple[str, ...]] = {}
    if entry.entry in ("fastq", "bam"):
        files = {kind: paths.assay(kind, entry.patient.id) for kind in ASSAYS_FROM_READS}
        made = {kind: (str(path),) for kind, path in files.items() if path.is_file()}
        if "identity" in made:
            beside = (paths.sample_matches, paths.calls("mutect2", entry.patient.id))
            made["identity"] += tuple(str(path) for path in beside if path.is_file())
    joined = {
        kind: made.get(kind, ()) + given if kind in JOINED_WITH_GIVEN else given
        for kind, given in entry.given_assays.items()
    }
    return made | joined
