"""Verbs about sheets and tumor types."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from genomodel.calls.engines import tool_plan
from genomodel.cli.tables import print_table
from genomodel.cohort.copy_number_reference import REFERENCES, pooled_normals, reference_of
from genomodel.cohort.laboratory import read_laboratory
from genomodel.cohort.plan import cohort_steps, plan_cohort
from genomodel.cohort.run_config import SCHEMA, read_run_config
from genomodel.cohort.sheets import read_cohort
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.resources.tumor_type_search import find_tumor_types


def plan(
    patients: Annotated[Path, typer.Option(help="Patients sheet.")],
    samples: Annotated[Path, typer.Option(help="Samples sheet.")],
    config: Annotated[Path | None, typer.Option(help="Configuration of the workflow.")] = None,
) -> None:
    """Check both sheets and print what will be done for each patient, what will not, and why."""
    settings, checked = read_run_config(config) if config is not None else ({}, True)
    try:
        genome = GenomeBuild(_part(settings, "reference").get("genome", GenomeBuild.UNKNOWN))
    except ValueError as error:
        raise InputError(str(error), path=config, column="reference.genome") from error
    cohort = read_cohort(patients, samples, genome=genome)
    if isinstance(settings.get("laboratory"), str):
        read_laboratory(settings["laboratory"])
    pools, wanted = pooled_normals(cohort), _part(settings, "copy_number").get("reference", "auto")
    if wanted not in REFERENCES:
        fix = f"Give one of {', '.join(REFERENCES)}"
        raise InputError(f"'{wanted}' is no reference", path=config, column="copy_number.reference", fix=fix)
    references = {name: reference_of(entry, pools, wanted) for name, entry in cohort.patients.items()}
    lines = plan_cohort(cohort, references, msi_baseline="baseline" in _part(settings, "msi"))
    tools = tool_plan(_part(settings, "calling")).lines()
    table = Table(title="Plan")
    for name in ("patient", "tumor type", "mode", "entry"):
        table.add_column(name, no_wrap=True)
    table.add_column("samples")
    table.add_column("steps")
    table.add_column("skipped")
    for line in lines:
        skipped = "; ".join(line.skipped) or "nothing"
        table.add_row(
            line.patient,
            line.tumor_type,
            line.mode,
            line.entry,
            "; ".join(line.libraries),
            ", ".join(line.steps),
            skipped,
        )
    print_table(table)
    if together := cohort_steps(cohort, multiqc=_part(settings, "report").get("multiqc", True)):
        typer.echo(f"For all patients together: {', '.join(together)}")
    for text in tools:
        typer.echo(text)
    if not checked:
        typer.echo(f"The configuration was not checked: there is no {SCHEMA} above it or here")


def _part(settings: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a part of the configuration; an absent one leaves every default."""
    part = settings.get(name)
    return part if isinstance(part, dict) else {}


def tumor_type(text: Annotated[str, typer.Argument(help="Code, or words of a tumor type's name and site.")]) -> None:
    """List the OncoTree codes that a code (OncoTree, ICD-O-3, NCI, UMLS, TCGA) or free text may mean."""
    found = find_tumor_types(text)
    if not found:
        raise InputError(f"no tumor type resembles '{text}'", fix="Try fewer or other words, such as 'lung adeno'")
    table = Table("code", "name", "main type", "ancestors", "found by")
    for match in found:
        tumor = match.tumor_type
        table.add_row(tumor.code, tumor.name, tumor.main_type, " < ".join(tumor.ancestors), match.how)
    print_table(table)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("plan")(plan)
    app.command("tumor-type")(tumor_type)
