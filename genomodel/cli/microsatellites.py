"""Verbs on microsatellite instability."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.calls.microsatellites.baseline import read_baseline, write_baseline
from genomodel.calls.microsatellites.job import MsiSettings, assay_reads, make_baseline, write_site_table
from genomodel.calls.microsatellites.lengths import LengthLimits
from genomodel.calls.microsatellites.sites import SiteLimits
from genomodel.core.errors import InputError
from genomodel.files import source_file, write_text

Reference = Annotated[Path, typer.Option(help="FASTA with its index.")]
Bed = Annotated[Path | None, typer.Option(help="Assayed regions; without it the whole reference is searched.")]
Homopolymer = Annotated[int, typer.Option(min=8, max=25, help="Fewest bases of a mononucleotide repeat.")]
Dinucleotide = Annotated[int, typer.Option(min=4, max=15, help="Fewest units of a dinucleotide repeat.")]
MaxSites = Annotated[int, typer.Option(min=15, help="Repeats that are read at most, evenly over the assay.")]
MinDepth = Annotated[int, typer.Option(min=10, help="Fewest fragments that span a repeat, in each sample.")]
Quality = Annotated[int, typer.Option(min=0, help="Least quality, Phred.")]


def msi(
    tumor: Annotated[Path, typer.Option(help="BAM or CRAM of the tumor, indexed.")],
    reference: Reference,
    out: Annotated[Path, typer.Option(help="JSON to write.")],
    normal: Annotated[Path | None, typer.Option(help="BAM or CRAM of the matched normal.")] = None,
    bed: Bed = None,
    baseline: Annotated[Path | None, typer.Option(help="Table of genomodel msi-baseline, for a tumor alone.")] = None,
    purity: Annotated[float | None, typer.Option(min=0.01, max=1.0, help="Share of tumor cells.")] = None,
    sample: Annotated[str, typer.Option(help="Name of the tumor.")] = "",
    sites: Annotated[Path | None, typer.Option(help="Table of all sites to write.")] = None,
    min_homopolymer: Homopolymer = 10,
    min_dinucleotide: Dinucleotide = 5,
    max_sites: MaxSites = 2000,
    min_depth: MinDepth = 20,
    min_mapping_quality: Quality = 20,
    min_base_quality: Quality = 20,
) -> None:
    """Say whether a tumor is of high microsatellite instability, stable, or neither for certain."""
    settings = _settings(
        min_homopolymer, min_dinucleotide, max_sites, min_depth, (min_mapping_quality, min_base_quality)
    )
    known = read_baseline(baseline, reference) if baseline is not None and normal is None else None
    assay, rows = assay_reads(
        tumor,
        reference,
        bed=bed,
        normal=normal,
        baseline=known,
        purity=purity,
        sample=sample,
        settings=settings,
    )
    if known is not None and baseline is not None:
        assay = assay.model_copy(update={"sources": (source_file(baseline, "msi_baseline"),)})
    if sites is not None:
        write_site_table(rows, sites)
    write_text(out, assay.to_json())
    score = "none" if assay.score is None else f"{assay.score:.1%} of {assay.n_callable} sites"
    Console().print(f"Microsatellite instability: {assay.status.value}; score {score}. {assay.reason}".strip())


def msi_baseline(
    normals: Annotated[list[Path], typer.Argument(help="BAM or CRAM of normals of the same assay, indexed.")],
    reference: Reference,
    out: Annotated[Path, typer.Option(help="Table to write.")],
    bed: Bed = None,
    min_homopolymer: Homopolymer = 10,
    min_dinucleotide: Dinucleotide = 5,
    max_sites: MaxSites = 2000,
    min_depth: MinDepth = 20,
    min_mapping_quality: Quality = 20,
    min_base_quality: Quality = 20,
) -> None:
    """Write how repeats slip in normals, so that tumors without a normal can be judged."""
    if len({path.resolve() for path in normals}) < len(normals):
        raise InputError("a normal is given twice", fix="Give each normal once")
    settings = _settings(
        min_homopolymer, min_dinucleotide, max_sites, min_depth, (min_mapping_quality, min_base_quality)
    )
    found = make_baseline(normals, reference, bed, settings)
    if not found:
        raise InputError(
            "no repeat of the assay has enough fragments in any normal",
            path=bed or reference,
            fix="Check that regions and reads belong together",
        )
    write_baseline(found, out)
    used = sum(not site.reason for site in found)
    Console().print(f"{len(found)} repeats over {len(normals)} normals; {used} can be used for a tumor alone")


def _settings(
    homopolymer: int, dinucleotide: int, max_sites: int, min_depth: int, qualities: tuple[int, int]
) -> MsiSettings:
    return MsiSettings(
        sites=SiteLimits(homopolymer=(homopolymer, 25), dinucleotide=(dinucleotide, 15), most=max_sites),
        reads=LengthLimits(*qualities),
        min_depth=min_depth,
    )


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("msi")(msi)
    app.command("msi-baseline")(msi_baseline)
