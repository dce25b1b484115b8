"""Verbs about annotation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.annotation.csq import annotate_vcf


def annotate(
    vcf: Annotated[Path, typer.Argument(help="Sorted VCF.")],
    reference: Annotated[Path, typer.Option(help="FASTA of the genome that the calls were made on.")],
    gff: Annotated[Path, typer.Option(help="Gene models, GFF3 in Ensembl's style.")],
    out: Annotated[Path, typer.Option(help="Annotated VCF to write, .vcf or .vcf.gz.")],
    population: Annotated[
        list[Path] | None,
        typer.Option(
            help="VCF with population frequencies such as gnomAD's, bgzipped with its index; may be repeated."
        ),
    ] = None,
    clinvar: Annotated[Path | None, typer.Option(help="ClinVar's VCF of the same build, with its index.")] = None,
    bam: Annotated[
        Path | None, typer.Option(help="BAM or CRAM of the tumor, indexed, to tell which alleles share a molecule.")
    ] = None,
) -> None:
    """Write consequences on genes and proteins into a VCF, with the bcftools inside pysam."""
    sources = given_sources(population, clinvar)
    check = annotate_vcf(vcf, reference, gff, out, sources=sources, reads=bam)
    total = check.compared + check.unknown
    skipped = f", {check.no_sequence} alleles that are no plain sequence" if check.no_sequence else ""
    Console().print(
        f"{total} records, {check.compared} reference alleles compared and right, {check.unknown} not known{skipped}"
    )


def given_sources(population: list[Path] | None, clinvar: Path | None) -> dict[str, tuple[Path, ...]]:
    """Return the files that were given, by the id of their source."""
    given = {"population": tuple(population or ()), "clinvar": (clinvar,) if clinvar else ()}
    return {name: paths for name, paths in given.items() if paths}


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("annotate")(annotate)
