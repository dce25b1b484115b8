"""The verbs that call copy number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from genomodel.calls.copy_number.bins import WGS_BASES
from genomodel.calls.copy_number.build_pool import build_pool
from genomodel.calls.copy_number.job import AssayFiles, run_engine
from genomodel.calls.copy_number.pool import PooledNormal
from genomodel.calls.copy_number.profile import make_profile
from genomodel.calls.copy_number.sites import het_sites
from genomodel.calls.copy_number.tables import table_of
from genomodel.cli.tables import print_table
from genomodel.core.copy_number import CopyNumberProfile, CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild, purity_fix
from genomodel.core.specimens import Library
from genomodel.files import write_text

Bed = Annotated[Path | None, typer.Option(help="Assayed regions; names GENE or GENE:exon name the genes.")]
Fasta = Annotated[Path, typer.Option(help="Reference that the reads are aligned to, with .fai.")]
Gff = Annotated[Path | None, typer.Option(help="Gene models, for a BED without names and for whole genomes.")]
Lib = Annotated[Library, typer.Option(help="How the library was made.")]
WgsBases = Annotated[int, typer.Option(min=100, help="Bin of a whole genome, in bases.")]
Threads = Annotated[int, typer.Option(min=1, help="Processes that count depth.")]


def copy_number(
    tumor: Annotated[Path, typer.Option(help="Alignment of the tumor, BAM or CRAM with index.")],
    out: Annotated[Path, typer.Option(help="Copy number as JSON, for genomodel report.")],
    fasta: Fasta,
    normal: Annotated[
        Path | None, typer.Option(help="Alignment of the own normal: reference without a pool, and sites.")
    ] = None,
    pool: Annotated[Path | None, typer.Option(help="Pooled reference, from copy-number-reference.")] = None,
    flat: Annotated[bool, typer.Option("--flat", help="Take a flat reference though there is a normal.")] = False,
    known_sites: Annotated[
        Path | None, typer.Option(help="VCF of common polymorphisms, to know heterozygous sites without a normal.")
    ] = None,
    bed: Bed = None,
    gff: Gff = None,
    library: Lib = Library.CAPTURE,
    table: Annotated[Path | None, typer.Option(help="The same as a table for people.")] = None,
    purity: Annotated[str | None, typer.Option(help="Share of tumor cells, above 0 and at most 1, if known.")] = None,
    sex: Annotated[str | None, typer.Option(help="female or male; without it nothing is said of X.")] = None,
    segmentation: Annotated[str, typer.Option(help="auto, cbs or haar.")] = "auto",
    wgs_bases: WgsBases = WGS_BASES,
    threads: Threads = 1,
    genome: Annotated[GenomeBuild, typer.Option(help="Genome build, written into the table.")] = GenomeBuild.UNKNOWN,
) -> None:
    """Call gene-level copy number from reads: against pooled normals, else the own normal, else a flat reference."""
    given = None if purity is None else _purity(purity)
    if segmentation not in ("auto", "cbs", "haar"):
        raise InputError(f"unknown segmentation '{segmentation}'", column="--segmentation", fix="auto, cbs or haar")
    if sex not in (None, "female", "male", "unknown"):
        raise InputError(f"unknown sex '{sex}'", column="--sex", fix="female, male or unknown")
    assay = AssayFiles(library, fasta, bed, gff, wgs_bases)
    ratios = run_engine(tumor, assay, normal=normal, pool=pool, flat=flat, segmentation=segmentation, threads=threads)
    inside = None if library is Library.WGS else bed
    sites = het_sites(tumor, fasta, normal=normal, bed=inside, known_sites=known_sites, threads=threads)
    profile = make_profile(ratios, assay, sites, purity=given, sex=None if sex == "unknown" else sex)
    note = "Synthetic genome: not a real patient" if genome is GenomeBuild.SYNTHETIC else f"Genome: {genome.value}"
    if table is not None:
        write_text(table, table_of(profile, note))
    write_text(out, profile.to_json())
    _show(profile)


def _show(profile: CopyNumberProfile) -> None:
    console = Console()
    console.print(profile.method, highlight=False)
    shown = Table("gene", "state", "copies", "95 % interval", "bins", title="Copy number other than neutral")
    for call in profile.calls:
        if call.state is not CopyNumberState.NEUTRAL:
            interval = f"{call.copies_low:.1f} to {call.copies_high:.1f}"
            shown.add_row(call.gene, call.state.value, f"{call.copies:.1f}", interval, str(call.n_regions))
    print_table(shown)
    if profile.not_assessed:
        console.print(f"without an answer: {', '.join(profile.not_assessed)}", highlight=False)


def _purity(text: str) -> float:
    """Read a purity as people write it.

    Raises
    ------
    InputError
        No number, not above 0, or above 1.
    """
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value <= 1:
        raise InputError(f"purity '{text}' cannot be", column="--purity", fix=purity_fix(text))
    return value


def copy_number_reference(
    normal: Annotated[list[Path], typer.Option(help="Alignment of a normal; give it several times.")],
    out: Annotated[Path, typer.Option(help="Reference to write (.cnn), with a .json beside it.")],
    fasta: Fasta,
    sex: Annotated[
        list[str] | None, typer.Option(help="Sex of each normal, in the order of --normal: female, male or unknown.")
    ] = None,
    bed: Bed = None,
    gff: Gff = None,
    library: Lib = Library.CAPTURE,
    wgs_bases: WgsBases = WGS_BASES,
    threads: Threads = 1,
) -> None:
    """Pool normals of one assay into a reference for tumors without a normal of their own."""
    sexes = sex or ["unknown"] * len(normal)
    if len(sexes) != len(normal):
        raise InputError(
            f"{len(normal)} normals and {len(sexes)} sexes", column="--sex", fix="Give one for each normal"
        )
    pooled = [PooledNormal(path, said) for path, said in zip(normal, sexes, strict=True)]
    build_pool(pooled, AssayFiles(library, fasta, bed, gff, wgs_bases), out, threads=threads)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("copy-number")(copy_number)
    app.command("copy-number-reference")(copy_number_reference)
