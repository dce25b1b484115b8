"""The verb that lays the table of hotspots onto a genome."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.calls.hotspot_alleles import place_hotspots, write_hotspot_alleles


def hotspot_alleles(
    gff: Annotated[Path, typer.Option(help="Gene models, GFF3 in Ensembl's style.")],
    reference: Annotated[Path, typer.Option(help="FASTA of the same genome build, with its index.")],
    out: Annotated[Path, typer.Option(help="Table to write, tab-separated.")],
) -> None:
    """Write where the recurrent somatic hotspots lie on a genome, so that no later step loses one."""
    found = place_hotspots(gff, reference)
    write_hotspot_alleles(found, out)
    genes = len({place.gene for place in found.places})
    left = f"{len(found.not_placed)} of the same genes have no place on it"
    Console().print(f"{len(found.places)} hotspot places in {genes} genes; {left}")


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("hotspot-alleles")(hotspot_alleles)
