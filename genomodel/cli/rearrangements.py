"""The verb that looks for rearrangements in reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.calls.rearrangements.delly import MIN_FRACTION, DellyJob, call_rearrangements
from genomodel.cohort.assay import read_assay_bed
from genomodel.core.patients import Assay, GenomeBuild
from genomodel.core.specimens import Library


def rearrangements(
    tumor: Annotated[Path, typer.Option(help="BAM or CRAM of the tumor, with its index.")],
    reference: Annotated[Path, typer.Option(help="FASTA of the alignment, with its index.")],
    gff: Annotated[Path, typer.Option(help="Gene models of the same build, GFF3 in Ensembl's style.")],
    out: Annotated[Path, typer.Option(help="JSON to write.")],
    vcf: Annotated[Path, typer.Option(help="VCF of delly to keep, bgzipped (.vcf.gz).")],
    normal: Annotated[Path | None, typer.Option(help="BAM or CRAM of the matched normal.")] = None,
    bed: Annotated[
        Path | None, typer.Option(help="Assayed regions; they tell of which genes introns are seen.")
    ] = None,
    assay: Annotated[Assay, typer.Option(help="What was sequenced.")] = Assay.UNKNOWN,
    library: Annotated[Library, typer.Option(help="How the tumor's library was made.")] = Library.CAPTURE,
    exclude: Annotated[
        Path | None, typer.Option(help="Regions that delly leaves out, as it ships for a build.")
    ] = None,
    min_fraction: Annotated[
        float, typer.Option(help="Least share of the tumor's reads at a junction.", min=0.001, max=1.0)
    ] = MIN_FRACTION,
    genome: Annotated[GenomeBuild, typer.Option(help="Genome build.")] = GenomeBuild.UNKNOWN,
) -> None:
    """Find fusions of actionable genes, and named losses of exons, with delly."""
    job = DellyJob(
        tumor=tumor,
        normal=normal,
        reference=reference,
        gff=gff,
        assay=assay,
        library=library,
        regions=read_assay_bed(bed).regions if bed else None,
        exclude=exclude,
        min_fraction=min_fraction,
        synthetic=genome is GenomeBuild.SYNTHETIC,
    )
    found = call_rearrangements(job, out, vcf)
    console = Console()
    for call in found.calls:
        console.print(f"{call.label}: {call.frame.value}, {'confirmed' if call.confirmed else call.unconfirmed_reason}")
    seen = sum(answer.assessable for answer in found.genes)
    console.print(f"{len(found.calls)} events; fusions of {seen} of {len(found.genes)} genes could have been seen")


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command("rearrangements")(rearrangements)
