"""Verbs about calls: the somatic decision, copy number, and checks of reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from genomodel.calls import checks
from genomodel.calls.copy_number import call_copy_number
from genomodel.calls.decision import MIN_FRACTION
from genomodel.calls.somatic import decide_vcf
from genomodel.cli.tables import print_table
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import CopyNumberState


def decide(
    vcf: Annotated[Path, typer.Argument(help="freebayes calls after bcftools norm -f REF -m -any.")],
    out: Annotated[Path, typer.Option(help="VCF to write, .vcf or .vcf.gz.")],
    tumor_sample: Annotated[str | None, typer.Option(help="Tumor sample in the VCF.")] = None,
    normal_sample: Annotated[str | None, typer.Option(help="Matched normal; without one, tumor-only.")] = None,
    purity: Annotated[float | None, typer.Option(min=0.01, max=1, help="Fraction of tumor cells, if known.")] = None,
    min_fraction: Annotated[float, typer.Option(min=0, max=1, help="Least allele fraction called.")] = MIN_FRACTION,
) -> None:
    """Say of every record where its allele comes from, and why; none is dropped."""
    names = {"tumor_sample": tumor_sample, "normal_sample": normal_sample}
    counts = decide_vcf(vcf, out, **names, purity=purity, min_fraction=min_fraction)
    table = Table("origin", "records", title=f"{sum(counts.values())} records")
    for origin, count in counts.items():
        table.add_row(origin, str(count))
    print_table(table)


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


def check_alignment(
    alignment: Annotated[Path, typer.Argument(help="BAM or CRAM.")],
    reference: Annotated[Path, typer.Option(help="FASTA that calls will be made on.")],
    sample: Annotated[str | None, typer.Option(help="Sample name that the read groups must have.")] = None,
) -> None:
    """Check a BAM or CRAM: whole, indexed, on the contigs of the reference, one sample name."""
    name = checks.check_alignment(alignment, reference, sample=sample)
    Console().print(f"sound: {alignment.name}, sample {name}")


def check_fastq(
    first: Annotated[Path, typer.Argument(help="FASTQ of the first ends.")],
    second: Annotated[Path, typer.Argument(help="FASTQ of the second ends.")],
) -> None:
    """Check that two FASTQ files are whole and hold the two ends of the same reads."""
    Console().print(f"sound: {checks.check_fastq_pair(first, second)} pairs")


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("decide")(decide)
    app.command("copy-number")(copy_number)
    app.command("check-alignment")(check_alignment)
    app.command("check-fastq")(check_fastq)
