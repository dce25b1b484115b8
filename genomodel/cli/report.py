"""Verbs that end in a report: one file, a whole cohort, and the summary of a batch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from genomodel.batch import Case, CaseRecord, Manifest, read_manifest, run_batch
from genomodel.cases import ReportRequest, cases_of_cohort, cases_of_file, with_policy
from genomodel.cli.annotation import given_sources
from genomodel.cli.changes import read_previous, tell_changes
from genomodel.cli.reads import (
    MIN_BASE_QUALITY,
    MIN_MAPPING_QUALITY,
    BamOption,
    BaseQuality,
    MappingQuality,
    NormalBamOption,
    with_alignments,
    with_read_limits,
)
from genomodel.cli.request import (
    CLINVAR_HELP,
    POPULATION_HELP,
    TRIALS_HELP,
    KnowledgeOption,
    takes_input,
    tell_unused_rows,
    with_knowledge,
)
from genomodel.cli.tables import print_table
from genomodel.cohort.consent import GermlinePolicy
from genomodel.cohort.laboratory import read_laboratory
from genomodel.cohort.report_date import report_date
from genomodel.cohort.sheets import read_cohort
from genomodel.core.errors import InputError
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import GenomeBuild
from genomodel.core.report_settings import PredictionsShown, ReportSettings
from genomodel.files import write_text
from genomodel.interpreting import export_cohort
from genomodel.report.cohort.page import write_index
from genomodel.report.exports.registry import ALL, EXPORTS, chosen_exports
from genomodel.report.forms import DEFAULT_FORMS, FORMS, chosen_forms
from genomodel.report.presentation import Presentation
from genomodel.report.review.folder import reviews_folder
from genomodel.report.seal import read_report
from genomodel.report.write import write_forms

Jobs = Annotated[int, typer.Option(min=1, help="Worker processes.")]
Pdf = Annotated[bool, typer.Option(help="Draw the PDF too.")]
FORM_HELP = f"Form of the report to write, may be repeated; of {', '.join(FORMS)}."
Form = Annotated[
    list[str] | None,
    typer.Option(help=FORM_HELP, show_default=" ".join(sorted(DEFAULT_FORMS))),
]
POLICY_HELP = "Inherited variants where the sheet does not say whether the patient consents: flag or withhold."
CORES = os.cpu_count() or 1
EXPORT_HELP = f"What to write beside the JSON, joined by commas: {', '.join(EXPORTS)}, or {ALL}."
LABORATORY_HELP = "The laboratory and who may review and sign, as YAML; what it leaves out is shown as not provided."
LaboratoryOption = Annotated[Path | None, typer.Option(help=LABORATORY_HELP)]
ReportedOn = Annotated[
    str | None,
    typer.Option(help="Day of the report, as in 2026-03-20; that of SOURCE_DATE_EPOCH when absent, or none."),
]
REVIEWS_HELP = "Folder of the tables of reviewers, which are applied; review/ among the reports when absent."
Reviews = Annotated[Path | None, typer.Option(help=REVIEWS_HELP)]
PREDICTIONS_HELP = (
    "Where predictions of the model stand: on the front page and in their section, in their section alone, or nowhere."
)
PredictionsOption = Annotated[PredictionsShown, typer.Option(help=PREDICTIONS_HELP)]
BundleOption = Annotated[Path | None, typer.Option(help="Model bundle in place of the released one.")]


@takes_input
def report(
    request: ReportRequest,
    out: Annotated[Path, typer.Option(help="Folder for the reports.")] = Path("reports"),
    bam: BamOption = None,
    normal_bam: NormalBamOption = None,
    knowledge: KnowledgeOption = None,
    bundle: BundleOption = None,
    jobs: Jobs = CORES,
    pdf: Pdf = True,
    form: Form = None,
    laboratory: LaboratoryOption = None,
    reported_on: ReportedOn = None,
    predictions: PredictionsOption = PredictionsShown.FRONT,
    reviews: Reviews = None,
    previous: Annotated[
        Path | None, typer.Option(help="JSON of an earlier report of the patient: print what changed since.")
    ] = None,
) -> None:
    """Report on the calls of one VCF, or on every sample of one MAF. Needs no other program."""
    show = presentation(form, pdf=pdf, laboratory=laboratory, reported_on=reported_on, predictions=predictions)
    show = replace(show, reviews=reviews_folder(reviews, out))
    cases = with_alignments(with_knowledge(cases_of_file(request), knowledge), bam, normal_bam)
    tell_unused_rows(request, cases)
    before = None if previous is None else read_previous(previous, [case.patient.id for case in cases])
    records = _run(cases, out, jobs=jobs, show=show, bundle=bundle)
    if len(cases) > 1:
        write_index([record.row for record in records], out / "index.html")
    if any(record.error is None for record in records):
        _print_records(records, out)
    _exit_for(records)
    if before is not None:
        tell_changes(before, read_report(out / f"{before.patient.id}.json"))


def report_cohort(
    patients: Annotated[Path, typer.Option(help="Patients sheet.")],
    samples: Annotated[Path, typer.Option(help="Samples sheet.")],
    results: Annotated[Path, typer.Option(help="Results folder of the workflow.")],
    manifest: Annotated[Path | None, typer.Option(help="Manifest to write when every patient has a report.")] = None,
    patient: Annotated[str | None, typer.Option(help="Report on this patient alone, without cohort page.")] = None,
    genome: Annotated[GenomeBuild, typer.Option(help="Genome build of the run.")] = GenomeBuild.UNKNOWN,
    reference: Annotated[Path | None, typer.Option(help="FASTA, to annotate given VCFs without annotation.")] = None,
    gff: Annotated[Path | None, typer.Option(help="GFF3 gene models, likewise.")] = None,
    population: Annotated[list[Path] | None, typer.Option(help=POPULATION_HELP)] = None,
    clinvar: Annotated[Path | None, typer.Option(help=CLINVAR_HELP)] = None,
    knowledge: KnowledgeOption = None,
    germline: Annotated[GermlinePolicy, typer.Option(help=POLICY_HELP)] = GermlinePolicy.FLAG,
    trials: Annotated[Path | None, typer.Option(help=TRIALS_HELP)] = None,
    min_base_quality: BaseQuality = MIN_BASE_QUALITY,
    min_mapping_quality: MappingQuality = MIN_MAPPING_QUALITY,
    bundle: BundleOption = None,
    export: Annotated[list[str] | None, typer.Option(help=EXPORT_HELP)] = None,
    jobs: Jobs = 1,
    pdf: Pdf = True,
    form: Form = None,
    laboratory: LaboratoryOption = None,
    reported_on: ReportedOn = None,
    predictions: PredictionsOption = PredictionsShown.FRONT,
    reviews: Reviews = None,
) -> None:
    """Report on every patient of the sheets from what the workflow has made; finished patients are left alone."""
    show = presentation(form, pdf=pdf, laboratory=laboratory, reported_on=reported_on, predictions=predictions)
    paths = ResultPaths(results)
    show = replace(show, reviews=reviews_folder(reviews, paths.reports))
    exports = chosen_exports(export or [])
    cohort = read_cohort(patients, samples, genome=genome)
    sources = given_sources(population, clinvar)
    cases = cases_of_cohort(cohort, paths, patient=patient, reference=reference, gff=gff, sources=sources)
    cases = with_policy(cases, withhold=germline is GermlinePolicy.WITHHOLD, trials=trials)
    cases = with_read_limits(with_knowledge(cases, knowledge), min_base_quality, min_mapping_quality)
    records = _run(cases, paths.reports, jobs=jobs, show=show, bundle=bundle, stages=paths)
    if patient is not None:
        _exit_for(records)
        return
    write_index([record.row for record in records], paths.reports / "index.html")
    done = {record.patient for record in records if record.error is None}
    for note in export_cohort([case for case in cases if case.patient.id in done], paths, exports):
        typer.echo(note, err=True)
    _exit_for(records)
    if manifest is not None:
        write_text(manifest, Manifest(patients=tuple(records)).to_json())


def render(
    report: Annotated[Path, typer.Argument(metavar="REPORT.JSON", help="JSON of a report, as genomodel wrote it.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; that of the JSON when absent.")] = None,
    form: Form = None,
) -> None:
    """Make the forms of a report again, from its JSON alone."""
    made = read_report(report)
    asked = (chosen_forms(form) if form else DEFAULT_FORMS) - {"json"}
    for path in write_forms(made, out or report.parent, forms=asked):
        typer.echo(str(path))


def summary(
    manifest: Annotated[Path, typer.Argument(help="Manifest of a report batch.")],
    index: Annotated[bool, typer.Option("--index", help="Write the cohort page again, as after signing.")] = False,
) -> None:
    """Print one line for each patient of a batch: findings, predictions and where the report is."""
    batch = read_manifest(manifest)
    folder = manifest.parent
    if index:
        write_index([record.row for record in batch.patients], folder / "index.html")
    _print_records(batch.patients, folder)
    typer.echo(f"All patients: {folder / 'index.html'}")
    if any(record.row.synthetic for record in batch.patients):
        typer.echo("The genome and the patients of this run are synthetic.")


def presentation(
    form: Sequence[str] | None,
    *,
    pdf: bool,
    laboratory: Path | None = None,
    reported_on: str | None = None,
    predictions: PredictionsShown = PredictionsShown.FRONT,
) -> Presentation:
    """Return how reports are to be written, as the options say; the JSON is always among the forms."""
    forms = (chosen_forms(form) if form else DEFAULT_FORMS) | {"json"}
    return Presentation(
        forms=forms if pdf else forms - {"pdf"},
        settings=ReportSettings(predictions=predictions),
        laboratory=read_laboratory(laboratory),
        reported_on=_report_date(reported_on),
    )


def _report_date(option: str | None) -> str | None:
    try:
        return report_date(option)
    except InputError as error:
        raise InputError(error.what, column="--reported-on" if option else None, fix=error.fix) from error


def _run(
    cases: Sequence[Case],
    out: Path,
    *,
    jobs: int,
    show: Presentation,
    bundle: Path | None,
    stages: ResultPaths | None = None,
) -> list[CaseRecord]:
    console = Console(stderr=True)
    columns = (TextColumn("Reports"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    drawn = len(cases) > 1 and console.is_terminal
    progress = Progress(*columns, console=console) if drawn else None
    records = []
    with progress or nullcontext():
        task = progress.add_task("reports", total=len(cases)) if progress else None
        workers = min(jobs, len(cases)) or 1
        for record in run_batch(cases, out, jobs=workers, show=show, bundle_path=bundle, stages=stages):
            records.append(record)
            for conflict in record.review_conflicts:
                typer.echo(f"genomodel: review of '{record.patient}': {conflict}", err=True)
            if progress and task is not None:
                progress.advance(task)
    return records


def _print_records(records: Sequence[CaseRecord], folder: Path) -> None:
    table = Table("patient", "tumor type", "key findings", "top predictions (percentile of all lines, 90 % interval)")
    table.add_column("report", overflow="fold")
    for record in records:
        row = record.row
        where = str(folder / f"{record.patient}.html") if record.error is None else "none"
        table.add_row(record.patient, row.tumor_type, row.findings_text, row.predictions_text, where)
    print_table(table)


def _exit_for(records: Sequence[CaseRecord]) -> None:
    """Say which patients were put aside; exit 2 when their input is wrong, 1 when a defect of ours is among them."""
    failed = [record for record in records if record.error is not None]
    for record in failed:
        typer.echo(f"genomodel: no report for '{record.patient}': {record.error}", err=True)
    if failed:
        raise typer.Exit(2 if all(record.user_error for record in failed) else 1)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("report")(report)
    app.command("report-cohort")(report_cohort)
    app.command("render")(render)
    app.command("summary")(summary)
