"""Verbs that check reads before work is spent on them, and what became of their molecules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.calls import checks, identity
from genomodel.calls import primers as amplicon_primers
from genomodel.calls.identity.thresholds import identity_thresholds
from genomodel.calls.umi import measure_umis
from genomodel.core.errors import InputError
from genomodel.core.identity import CheckName, parse_waivers
from genomodel.core.specimens import UmiDesign

Umi = Annotated[str | None, typer.Option(help="Identifiers as in the samples sheet, such as 'simplex 8M+T +T'.")]


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
    umi: Umi = None,
) -> None:
    """Check that two FASTQ files are whole and hold the two ends of the same reads, and identifiers where said."""
    design = _design(umi) if umi else None
    Console().print(f"sound: {checks.check_fastq_pair(first, second, umi=design)} pairs")


def check_samples(
    tumor: Annotated[Path, typer.Option(help="BAM or CRAM of the tumor.")],
    reference: Annotated[Path, typer.Option(help="Reference FASTA with its index.")],
    out: Annotated[Path, typer.Option(help="JSON of what was found.")],
    normal: Annotated[Path | None, typer.Option(help="BAM or CRAM of the matched normal.")] = None,
    bed: Annotated[Path | None, typer.Option(help="Assayed regions.")] = None,
    common_sites: Annotated[
        Path | None, typer.Option(help="VCF of common sites with INFO/AF; without it the reads show sites.")
    ] = None,
    genotypes: Annotated[Path | None, typer.Option(help="Table of genotypes to write, for match-samples.")] = None,
    patient: Annotated[str, typer.Option(help="Id of the patient, for match-samples.")] = "",
    sex: Annotated[str | None, typer.Option(help="Sex in the sheet: female, male or unknown.")] = None,
    waive: Annotated[str, typer.Option(help="Checks to accept, as in the sheet: identity=reason,sex.")] = "",
    threshold: Annotated[list[str] | None, typer.Option(help="A threshold as name=value, as in the config.")] = None,
    refuse: Annotated[
        bool, typer.Option("--refuse/--report", help="Stop at samples that look swapped, or write the doubt down.")
    ] = True,
) -> None:
    """Check that tumor and normal are of one person, of the stated sex, unmixed, on target, and not swapped."""
    given = identity.Given(
        patient=patient, sex=_sex(sex), waived=_waivers(waive), thresholds=identity_thresholds(threshold or [])
    )
    found = identity.check_samples(
        tumor, reference, out, normal=normal, bed=bed, common=common_sites, genotypes=genotypes, given=given,
        refuse=refuse,
    )  # fmt: skip
    for check in found.checks:
        status = check.status.value.replace("_", " ")
        Console().print(
            f"{check.name.value} ({check.subject}): {status}: {check.value}", highlight=False, soft_wrap=True
        )


def _sex(text: str | None) -> str | None:
    if text not in (None, "female", "male", "unknown"):
        raise InputError(
            f"'{text}' is no sex that the sheet knows", column="--sex", fix="One of: female, male, unknown"
        )
    return None if text == "unknown" else text


def _waivers(text: str) -> tuple[str, ...]:
    try:
        return parse_waivers(text)
    except ValueError as error:
        raise InputError(str(error), column="--waive", fix=f"Known: {', '.join(CheckName)}") from error


def check_primers(
    primers: Annotated[Path, typer.Argument(help="BED of the primers of an amplicon library.")],
    reference: Annotated[Path, typer.Option(help="Reference FASTA with its index.")],
    clipped: Annotated[Path | None, typer.Option(help="Statistics of samtools ampliconclip to judge.")] = None,
) -> None:
    """Check primers against the reference and, once reads were clipped, against the reads; print how to clip."""
    amplicon_primers.check_primers(primers, reference)
    if clipped is not None:
        share = amplicon_primers.require_clipped(clipped, primers)
        Console().print(f"{share:.1%} of the reads begin or end in a primer")
    elif amplicon_primers.has_strands(primers):
        typer.echo("--strand")


def umi_quality(
    metrics: Annotated[Path, typer.Argument(help="Folder with the metrics of fgumi group, consensus and filter.")],
    umi: Annotated[str, typer.Option(help="Identifiers as in the samples sheet.")],
    min_reads: Annotated[str, typer.Option(help="Fewest raw reads of a consensus, as the filter took it.")],
    out: Annotated[Path, typer.Option(help="Table to write.")],
) -> None:
    """Write family sizes, molecules and duplex yield, and refuse a yield that nothing should rest on."""
    found = measure_umis(metrics, _design(umi), min_reads, out)
    Console().print(f"{found.molecules} molecules, {found.kept:.1%} of them kept")


def _design(text: str) -> UmiDesign:
    try:
        return UmiDesign.from_text(text)
    except ValueError as error:
        raise InputError(f"'{text}': {error}", column="umi", fix="As in: duplex 3M2S+T 3M2S+T") from error


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("check-alignment")(check_alignment)
    app.command("check-fastq")(check_fastq)
    app.command("check-samples")(check_samples)
    app.command("check-primers")(check_primers)
    app.command("umi-quality")(umi_quality)
