"""Many patients in one job: each finished report is recorded by content, and one bad patient costs no other."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from pydantic import Field, SerializeAsAny

from genomodel.annotation.build import check_build, require_stated_build
from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.maf import read_maf
from genomodel.annotation.maf_completion import complete_maf
from genomodel.annotation.sources.given import require_asked
from genomodel.annotation.sources.identity import fingerprint
from genomodel.annotation.substitution_contexts import count_contexts
from genomodel.annotation.vcf import is_annotated, is_completed, read_annotated_vcf
from genomodel.assays import read_assays
from genomodel.calls.callable_coding import ReadDepths, callable_coding
from genomodel.calls.copy_number import (
    Context,
    purity_beside,
    read_copy_number,
    read_region_depths,
    reason_not_assessed,
)
from genomodel.calls.fragments import ReadLimits
from genomodel.calls.given import needs_merging, open_given
from genomodel.calls.intake import intake_of_vcfs
from genomodel.calls.quality.samples import reads_quality
from genomodel.cohort.sheets import sample_name
from genomodel.core.assays import Assays
from genomodel.core.base import Noun
from genomodel.core.errors import InputError
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import Assay, Patient
from genomodel.core.report import RESEARCH_USE_ONLY, PatientReport
from genomodel.core.variants import AnnotatedCalls, RegionDepth
from genomodel.files import package_digest, read_text, sha256_of, source_file, write_noun, write_text
from genomodel.interpretation.knowledge_bases.bases import indexed_base
from genomodel.interpretation.trials import read_trials
from genomodel.one_by_one import Failure, attempt, in_order
from genomodel.report.cohort.row import CohortRow, cohort_row
from genomodel.report.drawn_reads import alignment_marks, with_read_pictures
from genomodel.report.presentation import DEFAULT_PRESENTATION, Presentation, presented
from genomodel.report.review.folder import review_digest, reviewed
from genomodel.report.write import write_report
from genomodel.resources.registry import resources, stored
from genomodel.response.bundle import Bundle, load_bundle
from genomodel.workup import TumorData, WorkUp, interpretation_file, predict_without, work_up


class Case(Noun):
    """One patient's inputs, as paths or, where many patients share a file, as calls already read."""

    patient: Patient
    calls: AnnotatedCalls | None = None
    vcf: str | None = None
    also: tuple[str, ...] = ()
    """Further VCFs of the same caller's run, read as one with ``vcf``."""
    maf: str | None = None
    reference: str | None = None
    """FASTA and GFF3 annotate a VCF that carries no annotation."""
    gff: str | None = None
    sources: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """VCFs by the id of their source (population, clinvar), for a VCF that is annotated here."""
    copy_number: str | None = None
    region_depths: str | None = None
    molecules: dict[str, str] = Field(default_factory=dict)
    """Tables of molecules with identifiers, by ``tumor`` and ``normal``."""
    alignments: dict[str, str] = Field(default_factory=dict)
    """BAM or CRAM by ``tumor`` and ``normal``, for pictures of reads."""
    min_base_quality: int = 20
    min_mapping_quality: int = 20
    """Of reads that the pictures count, as calls count them."""
    assays: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Files of what was looked for beside small variants, by the kinds of :mod:`genomodel.assays`."""
    knowledge: tuple[str, ...] = ()
    """Knowledge bases beside the core, by name or path."""
    trials: str | None = None
    """Table of clinical trials."""
    fault: str = ""
    """Why nothing can be made of this patient's input, found before it was read: the patient is put aside."""


class StageFile(Noun):
    """What one room said of one patient, with what every output has to say."""

    research_use_only: str = RESEARCH_USE_ONLY
    synthetic: bool
    patient: str
    content: SerializeAsAny[Noun]


class CaseRecord(Noun):
    """What became of one patient: the files by content, or the reason there are none."""

    patient: str
    inputs: str
    """Digest of everything the report is a function of."""
    files: dict[str, str]
    """SHA-256 by path below the report folder."""
    stage_files: dict[str, str] = Field(default_factory=dict)
    """SHA-256 by path below the results folder, for the JSON of the stages."""
    alignments: dict[str, str] = Field(default_factory=dict)
    """Fingerprints of the alignments that pictures were made of, by ``tumor`` and ``normal``."""
    row: CohortRow
    review_conflicts: tuple[str, ...] = ()
    """Decisions of reviewers that no longer fit, in words."""
    error: str | None = None
    user_error: bool = False


class Manifest(Noun):
    """All patients of a batch, in the order of the sheet."""

    patients: tuple[CaseRecord, ...]

    @property
    def failed(self) -> tuple[CaseRecord, ...]:
        """The patients that were put aside."""
        return tuple(record for record in self.patients if record.error is not None)


INTERPRETATION = "interpretation"
"""Folder of what ``genomodel explain`` reads, among the results or beside reports."""
FROM_REGISTRY = tuple(name for name in resources() if name.startswith(("cosmic_sbs_", "refgene_")))
"""Files of the registry that are used where they are on this machine; their content is the registered one."""


@cache
def _bundle(path: Path | None) -> Bundle:
    return load_bundle(path)


def load_tumor(case: Case) -> TumorData:
    """Read one patient's files.

    Raises
    ------
    InputError
        A file is missing, damaged or says nothing about this patient.
    """
    if case.fault:
        raise InputError(case.fault)
    calls = case.calls or _read_calls(case)
    calls = check_build(calls, case.maf or case.vcf or calls.source.name, case.reference)
    if calls.source.kind == "maf" and case.reference is not None and case.gff is not None:
        calls = complete_maf(calls, case.reference, case.gff)
    depths = case.region_depths
    copy_number = read_copy_number(case.copy_number, _copy_number_context(case)) if case.copy_number else None
    gap = ""
    if case.copy_number and copy_number and not copy_number.calls:
        gap = reason_not_assessed(case.copy_number)
    region_depths = read_region_depths(depths) if depths else None
    assays = read_assays(case.assays, gff=case.gff, patient=case.patient)
    return TumorData(
        calls=_with_denominators(calls, case, region_depths, assays),
        copy_number=None if gap else copy_number,
        copy_number_source=copy_number.source if copy_number else None,
        copy_number_gap=gap,
        region_depths=region_depths,
        region_depths_source=source_file(depths, "region_depths") if depths else None,
        reads_quality=reads_quality(case.molecules),
        assays=assays,
        knowledge=case.knowledge,
        trials=read_trials(case.trials) if case.trials else None,
    )


def _with_denominators(
    calls: AnnotatedCalls, case: Case, region_depths: tuple[RegionDepth, ...] | None, assays: Assays
) -> AnnotatedCalls:
    """Add what the burden is divided by, and the bases beside the substitutions of an exome or genome."""
    patient, contexts = calls.patient, None
    if case.reference is not None and patient.assay in (Assay.WES, Assay.WGS):
        contexts = count_contexts(calls.variants, case.reference)
    coding = callable_coding(patient, calls.variants, ReadDepths(region_depths, assays.quality), case.gff)
    return calls.model_copy(update={"substitution_contexts": contexts, "callable_coding": coding})


def _copy_number_context(case: Case) -> Context:
    patient = case.patient
    # The workflow names the reads that it aligns, which no table of another program can know.
    made_up = sample_name(patient.id, "tumor")
    known = patient.tumor_sample if patient.tumor_sample != made_up else None
    return Context(
        gff=case.gff,
        bed=patient.assay_bed,
        samples=(known,) if known else (),
        other_names=(patient.id, made_up),
        purity=patient.purity,
        sex=patient.sex,
        genes=patient.assayed_genes,
    )


def _read_calls(case: Case) -> AnnotatedCalls:
    patient = case.patient
    if case.maf is not None:
        return _one_of_maf(case.maf, patient)
    if case.vcf is None:
        raise InputError(f"no calls were given for patient '{patient.id}'")
    patient = patient.model_copy(update={"genome": require_stated_build(case.vcf, patient.genome)})
    paths = (case.vcf, *case.also)
    if not needs_merging(paths):
        return _read_vcf(case, case.vcf, patient)
    with tempfile.TemporaryDirectory(prefix="genomodel-") as folder:
        merged = Path(folder) / "calls.vcf.gz"
        names = open_given(paths, merged, tumor_sample=patient.tumor_sample, normal_sample=patient.normal_sample)
        named = patient.model_copy(update={"tumor_sample": names.tumor, "normal_sample": names.normal})
        with _named_as(merged, case.vcf):
            calls = _read_vcf(case, str(merged), named)
    also = tuple(source_file(path, "vcf") for path in case.also)
    facts = {"source": source_file(case.vcf, "vcf"), "also": also, "intake": intake_of_vcfs(paths)}
    return calls.model_copy(update=facts)


@contextmanager
def _named_as(own: Path, given: str) -> Iterator[None]:
    """Name the user's file in errors about a copy of ours, which is gone in a moment; its lines are not the user's."""
    try:
        yield
    except InputError as error:
        if error.path is None or Path(error.path) != own:
            raise
        raise InputError(error.what, path=given, column=error.column, fix=error.fix) from error


def _read_vcf(case: Case, vcf: str, patient: Patient) -> AnnotatedCalls:
    names = {"tumor_sample": patient.tumor_sample, "normal_sample": patient.normal_sample}
    if is_annotated(vcf) and (case.reference is None or case.gff is None or is_completed(vcf)):
        require_asked(vcf, case.vcf or vcf, case.sources)
        return read_annotated_vcf(vcf, patient, **names)
    if case.reference is None or case.gff is None:
        raise InputError(
            "the VCF carries no annotation (no CSQ, ANN or BCSQ in its header)",
            path=case.vcf,
            fix="Give --reference FASTA and --gff GFF3, or annotate it with VEP, SnpEff or bcftools csq",
        )
    with tempfile.TemporaryDirectory(prefix="genomodel-") as folder:
        annotated = Path(folder) / "annotated.vcf.gz"
        annotate_vcf(vcf, case.reference, case.gff, annotated, sources=case.sources)
        with _named_as(annotated, vcf):
            calls = read_annotated_vcf(annotated, patient, **names)
    return calls.model_copy(update={"source": source_file(vcf, "vcf"), "intake": intake_of_vcfs([vcf])})


def _one_of_maf(path: str, patient: Patient) -> AnnotatedCalls:
    found = read_maf(path, lambda _: patient, samples=[patient.tumor_sample] if patient.tumor_sample else None)
    if len(found) != 1:
        raise InputError(
            f"{len(found)} samples fit patient '{patient.id}'",
            path=path,
            fix="Name the Tumor_Sample_Barcode in the column 'sample' of the samples sheet",
        )
    return found[0]


def inputs_digest(case: Case, bundle: Bundle, show: Presentation, reads: dict[str, str] | None = None) -> str:
    """Return a digest of all that one patient's files are a function of."""
    parts = [package_digest(), bundle.as_version().sha256, case.patient.to_json(), show.digest]
    parts.append(review_digest(show.reviews, case.patient.id))
    if case.calls is not None:
        parts.append(case.calls.to_json())
    annotation = (case.reference, case.gff)
    for path in (
        case.vcf,
        *case.also,
        case.maf,
        *annotation,
        case.copy_number,
        purity_beside(case.copy_number) if case.copy_number else None,
        case.region_depths,
        *case.molecules.values(),
        *(path for kind in sorted(case.assays) for path in case.assays[kind]),
        case.patient.assay_bed,
        case.trials,
    ):
        parts.append(sha256_of(path) if path and Path(path).is_file() else "absent")
    for name, paths in sorted(case.sources.items()):
        digests = [fingerprint(Path(path))[0] if Path(path).is_file() else "absent" for path in paths]
        parts.append(f"{name} {' '.join(digests)}")
    parts += [indexed_base(spec)[0].to_json() for spec in case.knowledge]
    parts += [f"{name} {stored(name) is not None}" for name in FROM_REGISTRY]
    parts.append(f"{reads} {case.min_base_quality} {case.min_mapping_quality}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def run_batch(
    cases: Iterable[Case],
    out_dir: Path,
    *,
    jobs: int = 1,
    show: Presentation = DEFAULT_PRESENTATION,
    bundle_path: Path | None = None,
    stages: ResultPaths | None = None,
) -> Iterator[CaseRecord]:
    """Report on many patients, in their order, with ``jobs`` processes.

    Parameters
    ----------
    cases
        The patients.
    out_dir
        Folder of the reports.
    jobs
        Number of worker processes; 1 works in this process.
    show
        How the reports look, and the forms that they are written in.
    bundle_path
        Model bundle; ``None`` takes the released one.
    stages
        Where to write the JSON of each stage and the records that let a restart make only what is missing; ``None``
        writes the reports, and the interpretations in a folder beside them.

    Yields
    ------
    CaseRecord
        One for each patient, the failed ones with their reason.
    """
    work = partial(_work_case, out_dir=out_dir, show=show, bundle_path=bundle_path, stages=stages)
    yield from in_order(work, cases, jobs=jobs)


def _work_case(
    case: Case, *, out_dir: Path, show: Presentation, bundle_path: Path | None, stages: ResultPaths | None
) -> CaseRecord:
    bundle = _bundle(bundle_path)
    earlier = _earlier(stages, case.patient.id) if stages else None
    marks = alignment_marks(case.alignments, earlier.alignments if earlier else {})
    digest = inputs_digest(case, bundle, show, marks)
    if stages and earlier and _finished(stages, earlier, digest):
        return earlier
    made = attempt(partial(_write_files, case, digest, bundle, out_dir, show, stages=stages))
    if isinstance(made, Failure):
        return _failed(case, digest, made)
    if stages:
        made = made.model_copy(update={"alignments": marks})
        write_text(stages.report_state(case.patient.id), made.to_json())
    return made


def _write_files(
    case: Case, digest: str, bundle: Bundle, out_dir: Path, show: Presentation, *, stages: ResultPaths | None
) -> CaseRecord:
    result = work_up(load_tumor(case), bundle)
    stage_files = {}
    if stages:
        paths = _write_stages(result, stages)
        stage_files = {str(path.relative_to(stages.results)): sha256_of(path) for path in paths}
    report = with_read_pictures(
        _reviewed(result, show, bundle),
        case.alignments,
        case.reference,
        limits=ReadLimits(case.min_base_quality, case.min_mapping_quality),
        earlier=out_dir / f"{case.patient.id}.json" if stages else None,
    )
    files = write_report(report, out_dir, forms=show.forms)
    if not stages:
        files.append(out_dir / INTERPRETATION / f"{case.patient.id}.json")
        write_noun(files[-1], interpretation_file(result.interpreted))
    return CaseRecord(
        patient=case.patient.id,
        inputs=digest,
        files={str(path.relative_to(out_dir)): sha256_of(path) for path in files},
        stage_files=stage_files,
        row=cohort_row(report, pdf=show.pdf),
        review_conflicts=tuple(f"{one.label or one.variant}: {one.what}" for one in report.review.conflicts),
    )


def _reviewed(work: WorkUp, show: Presentation, bundle: Bundle) -> PatientReport:
    """Return the report as its reviewers want it, with predictions that do not rest on what they excluded."""
    report = reviewed(presented(work.report, show), show)
    if not report.excluded:
        return report
    return report.model_copy(update={"response": predict_without(work, report.excluded, bundle)})


def _earlier(stages: ResultPaths, patient: str) -> CaseRecord | None:
    """Return the record of an earlier run."""
    path = stages.report_state(patient)
    if not path.is_file():
        return None
    try:
        return CaseRecord.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError:
        return None


def _finished(stages: ResultPaths, record: CaseRecord, digest: str) -> bool:
    """Whether inputs and outputs of an earlier run are still what they were."""
    files = {stages.reports / name: content for name, content in record.files.items()}
    files |= {stages.results / name: content for name, content in record.stage_files.items()}
    intact = all(file.is_file() and sha256_of(file) == content for file, content in files.items())
    return record.inputs == digest and intact


def _write_stages(result: WorkUp, stages: ResultPaths) -> list[Path]:
    patient, report = result.report.patient.id, result.report

    def staged(content: Noun | None) -> StageFile | None:
        return None if content is None else StageFile(synthetic=report.synthetic, patient=patient, content=content)

    nouns: dict[str, Noun | None] = {
        "profile": staged(result.profile),
        INTERPRETATION: interpretation_file(result.interpreted),
        "response": staged(report.response),
    }
    written = []
    for stage, noun in nouns.items():
        if noun is None:
            stages.stage_json(stage, patient).unlink(missing_ok=True)
        else:
            written.append(stages.stage_json(stage, patient))
            write_noun(written[-1], noun)
    return written


def _failed(case: Case, digest: str, failure: Failure) -> CaseRecord:
    row = CohortRow.failed(case.patient, failure.reason.strip().splitlines()[-1])
    return CaseRecord(
        patient=case.patient.id,
        inputs=digest,
        files={},
        row=row,
        error=failure.reason,
        user_error=failure.user_error,
    )


def read_manifest(path: str | Path) -> Manifest:
    """Read a batch's manifest.

    Raises
    ------
    InputError
        The file is missing or no manifest.
    """
    try:
        return Manifest.model_validate_json(read_text(path, "manifest"))
    except ValueError as error:
        raise InputError(
            "this is no manifest of a report batch", path=path, fix="Name reports/manifest.json"
        ) from error
