"""The verb that calls copy number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from genomodel.calls.copy_number import call_copy_number
from genomodel.cli.tables import print_table
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.patients import GenomeBuild


def copy_number(
    tumor_regions: Annotated[Path, typer.Option(help="regions.bed.gz of the tumor, from mosdepth --by PANEL.bed.")],
    out: Annotated[Path, typer.Option(help="Table to write: gene, state, log2, copies.")],
    normal_regions: Annotated[
        list[Path] | None, typer.Option(help="The same of the matched normal; several times: normals to pool.")
    ] = None,
    purity: Annotated[float | None, typer.Option(min=0.01, max=1, help="Fraction of tumor cells, if known.")] = None,
    genome: Annotated[GenomeBuild, typer.Option(help="Genome build, written into the table.")] = GenomeBuild.UNKNOWN,
) -> None:
    """Call gene-level copy number from the depth of panel regions, tumor against normal."""
    note = "Synthetic genome: not a real patient" if genome is GenomeBuild.SYNTHETIC else f"Genome: {genome.value}"
    profile = call_copy_number(tumor_regions, normal_regions or [], out, purity=purity, note=note)
    if profile is None:
        Console().print("not assessed: no normal was given (--normal-regions)")
        return
    table = Table("gene", "state", "log2", "copies", title="Copy number other than neutral")
    for call in profile.calls:
        if call.state is not CopyNumberState.NEUTRAL:
            table.add_row(call.gene, call.state.value, f"{call.log2_ratio:.2f}", f"{call.copies:.1f}")
    print_table(table)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("copy-number")(copy_number)
