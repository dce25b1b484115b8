"""The verb that interprets without a report: one VCF, or every sample of a MAF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from genomodel.cases import ReportRequest, cases_of_file
from genomodel.cli.report import CORES, EXPORT_HELP, Jobs
from genomodel.cli.request import KnowledgeOption, takes_input, tell_unused_rows, with_knowledge
from genomodel.cli.tables import print_table
from genomodel.core.errors import InputError
from genomodel.interpreting import InterpretedPatient, run_interpretations, write_cohort_exports
from genomodel.report.exports.cbioportal.study import STUDY, check_study
from genomodel.report.exports.registry import VCF_ONLY, chosen_exports
from genomodel.report.words import plural
from genomodel.resources.oncotree import UNKNOWN_TYPE


@takes_input
def interpret(
    request: ReportRequest,
    export: Annotated[list[str] | None, typer.Option(help=EXPORT_HELP)] = None,
    study: Annotated[str, typer.Option(help="Name of cBioPortal's study, which the build is added to.")] = STUDY,
    out: Annotated[Path, typer.Option(help="Folder for what is written.")] = Path("interpretation"),
    knowledge: KnowledgeOption = None,
    jobs: Jobs = CORES,
) -> None:
    """Interpret the calls of one VCF, or every sample of one MAF: no model, no page. Needs no other program."""
    exports = chosen_exports(export or [])
    check_study(study)
    cases = with_knowledge(cases_of_file(request), knowledge)
    tell_unused_rows(request, cases)
    named = {name.strip() for text in export or [] for name in text.split(",")}
    if "vcf" in named and any(case.vcf is None for case in cases):
        fix = "Leave it out; tsv holds the same for each row of the MAF"
        raise InputError(VCF_ONLY, path=request.path, column="--export", fix=fix)
    workers = min(jobs, len(cases)) or 1
    found = list(run_interpretations(cases, out, exports=exports, jobs=workers))
    done = [one.patient for one in found if one.error is None]
    write_cohort_exports(done, out, exports=exports, interpretations=out, study=study)
    if done:
        _print(found)
        _say(found, out)
    _exit_for(found)


def _print(found: Sequence[InterpretedPatient]) -> None:
    table = Table("patient", "tumor type", "records", "findings", "tiers", "what became of the alleles")
    for one in found:
        if one.error is None:
            counts = (str(one.n_records), str(one.findings), _counts(one.tiers), _counts(one.dispositions))
            table.add_row(one.patient, one.tumor_type, *counts)
        else:
            table.add_row(one.patient, one.tumor_type, "", "", "", "put aside")
    print_table(table)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in counts.items())


def _say(found: Sequence[InterpretedPatient], out: Path) -> None:
    done = [one for one in found if one.error is None]
    typer.echo(f"Interpretations and exports: {out}. Findings: genomodel explain {done[0].patient} --from {out}")
    untyped = sum(one.tumor_type == UNKNOWN_TYPE.code for one in done)
    if untyped:
        fix = "give --tumor-type, or --tumor-types for the samples of a MAF"
        who = plural(untyped, "patient")
        typer.echo(f"no tumor type is given: no tier is above II-C; {fix} ({who})", err=True)
    for note, number in Counter(note for one in done for note in one.notes).items():
        typer.echo(f"{note} ({plural(number, 'patient')})", err=True)


def _exit_for(found: Sequence[InterpretedPatient]) -> None:
    """Say which patients were put aside; exit 2 when their input is wrong, 1 when a defect of ours is among them."""
    failed = [one for one in found if one.error is not None]
    for one in failed:
        typer.echo(f"genomodel: no interpretation of '{one.patient}': {one.error}", err=True)
    if failed:
        raise typer.Exit(2 if all(one.user_error for one in failed) else 1)


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command("interpret")(interpret)
