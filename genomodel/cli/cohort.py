"""Verbs about sheets and tumor types."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.table import Table

from genomodel.calls.engines import tool_plan
from genomodel.cli.tables import print_table
from genomodel.cohort.plan import NEVER, plan_cohort
from genomodel.cohort.sheets import read_cohort
from genomodel.core.errors import InputError
from genomodel.files import read_text
from genomodel.resources.oncotree import all_types, near_matches


def plan(
    patients: Annotated[Path, typer.Option(help="Patients sheet.")],
    samples: Annotated[Path, typer.Option(help="Samples sheet.")],
    config: Annotated[Path | None, typer.Option(help="Configuration of the workflow, for engines and judge.")] = None,
) -> None:
    """Check both sheets and print what will be done for each patient, what will not, and why."""
    lines = plan_cohort(read_cohort(patients, samples))
    tools = tool_plan(_calling(config)).lines()
    table = Table(title="Plan", caption=f"For no patient: {', '.join(NEVER)}")
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
    for text in tools:
        typer.echo(text)


def _calling(config: Path | None) -> dict[str, object]:
    """Return the ``calling`` part of a configuration; an absent one leaves every default."""
    if config is None:
        return {}
    try:
        loaded = yaml.safe_load(read_text(config, "configuration"))
    except yaml.YAMLError as error:
        raise InputError(f"this is no YAML ({' '.join(str(error).split())})", path=config) from error
    calling = loaded.get("calling") if isinstance(loaded, dict) else None
    return calling if isinstance(calling, dict) else {}


def tumor_type(text: Annotated[str, typer.Argument(help="OncoTree code, or words of a tumor type's name.")]) -> None:
    """List the OncoTree codes that a code or free text may mean."""
    exact = all_types().get(text.strip().upper())
    found = [exact] if exact else near_matches(text, most=15)
    if not found:
        raise InputError(f"no tumor type resembles '{text}'", fix="Try fewer or other words, such as 'lung adeno'")
    table = Table("code", "name", "main type", "tissue")
    for match in found:
        table.add_row(match.code, match.name, match.main_type, match.tissue)
    print_table(table)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("plan")(plan)
    app.command("tumor-type")(tumor_type)
