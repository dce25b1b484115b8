"""The verb that lays the table of actionable loci onto a genome."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.calls.hotspot_assay.loci import place_loci, write_loci
from genomodel.core.patients import GenomeBuild


def loci(
    gff: Annotated[Path, typer.Option(help="Gene models, GFF3 in Ensembl's style.")],
    reference: Annotated[Path, typer.Option(help="FASTA of the same genome build, with its index.")],
    out: Annotated[Path, typer.Option(help="Table to write, tab-separated.")],
    table: Annotated[
        Path | None, typer.Option("--loci", help="Your own table of loci instead of the shipped one, same layout.")
    ] = None,
    genome: Annotated[
        GenomeBuild | None, typer.Option(help="Genome build; without it, told by the lengths of the contigs.")
    ] = None,
) -> None:
    """Write where the loci that a tumor board asks about lie on a genome, and which of them it has no place for."""
    found = place_loci(gff, reference, genome=genome, table=table)
    write_loci(found, out)
    genes = len({locus.gene for locus in found.loci})
    Console().print(f"{len(found.loci)} loci in {genes} genes; {len(found.not_placed)} have no place on this genome")


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("loci")(loci)
