"""The verb that asks a tumor's reads for every actionable locus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pysam
import typer
from rich.table import Table

from genomodel.calls.fragments import ReadLimits
from genomodel.calls.hotspot_assay import words
from genomodel.calls.hotspot_assay.assay import AssayedReads, ask_loci
from genomodel.calls.hotspot_assay.loci import place_loci
from genomodel.calls.hotspot_assay.molecules import DnaInput, with_purity
from genomodel.calls.hotspot_assay.table import answers_table
from genomodel.cli.tables import print_table
from genomodel.cohort.assay import read_assay_bed
from genomodel.core.errors import InputError
from genomodel.core.loci import LocusStatus, is_adequate
from genomodel.core.patients import GenomeBuild
from genomodel.core.specimens import Library
from genomodel.files import require_file, source_file, write_text

_HUMAN = (GenomeBuild.GRCH37, GenomeBuild.GRCH38)


def hotspots(
    tumor: Annotated[Path, typer.Option(help="BAM or CRAM of the tumor, with its index.")],
    reference: Annotated[Path, typer.Option(help="FASTA that the reads were aligned to, with its index.")],
    gff: Annotated[Path, typer.Option(help="Gene models of the same build, GFF3 in Ensembl's style.")],
    out: Annotated[Path, typer.Option(help="JSON to write.")],
    normal: Annotated[Path | None, typer.Option(help="BAM or CRAM of the matched normal.")] = None,
    loci: Annotated[Path | None, typer.Option(help="Table of loci instead of the shipped one.")] = None,
    bed: Annotated[Path | None, typer.Option(help="Assayed regions, to tell what the assay leaves out.")] = None,
    purity: Annotated[float | None, typer.Option(help="Share of tumor cells, above 0 and at most 1.")] = None,
    genome: Annotated[GenomeBuild, typer.Option(help="Genome build of the reference.")] = GenomeBuild.UNKNOWN,
    min_base_quality: Annotated[int, typer.Option(min=0, max=60, help="Bases below do not count.")] = 20,
    min_mapping_quality: Annotated[int, typer.Option(min=0, max=254, help="Reads below do not count.")] = 20,
    input_ng: Annotated[float | None, typer.Option(help="Tumor DNA in the library, in nanograms.")] = None,
    input_molecules: Annotated[int | None, typer.Option(help="Tumor molecules that could be amplified.")] = None,
    library: Annotated[Library, typer.Option(help="How the tumor's library was made.")] = Library.CAPTURE,
    table: Annotated[Path | None, typer.Option(help="Table to write for people, tab-separated.")] = None,
) -> None:
    """Say of each actionable locus: found, excluded above which allele fraction, or not assessable and why."""
    if purity is not None and not 0 < purity <= 1:
        fix = "Give the share of tumor cells, as in 0.4"
        raise InputError(f"purity {purity} is not above 0 and at most 1", column="--purity", fix=fix)
    for path, what in ((tumor, "alignment of the tumor"), (reference, "reference"), (gff, "gene models")):
        require_file(path, what)
    placed = place_loci(gff, reference, genome=genome if genome in _HUMAN else None, table=loci)
    regions: dict[str, list[tuple[int, int]]] | None = None
    sources = [source_file(gff, "gene models")]
    if bed is not None:
        regions = {}
        for region in read_assay_bed(bed).regions:
            regions.setdefault(region.chrom, []).append((region.start, region.end))
        _require_contig(regions, reference, bed)
        sources.append(source_file(bed, "bed"))
    if loci is not None:
        sources.append(source_file(loci, "loci"))
    limits = ReadLimits(min_base_quality, min_mapping_quality)
    given = _given(input_ng, input_molecules)
    reads = AssayedReads(tumor, reference, normal, limits, regions, given, library is Library.AMPLICON)
    asked = ask_loci(placed.loci, reads, placed.not_placed).model_copy(update={"sources": tuple(sources)})
    assay = with_purity(asked, purity)
    if table is not None:
        write_text(table, answers_table(assay, purity))
    write_text(out, assay.to_json())
    counts = Table("answer", "loci", title=f"{len(assay.answers)} loci of {assay.sample}")
    for status in LocusStatus:
        counts.add_row(status.value, str(sum(answer.status is status for answer in assay.answers)))
    told = [is_adequate(answer, purity) for answer in assay.answers if answer.status is LocusStatus.NOT_DETECTED]
    if purity is None:
        counts.add_row("purity unknown: nobody can say which negatives are adequate", str(len(told)))
    else:
        counts.add_row(f"negatives adequate at purity {purity:g} (limit below half of it)", str(told.count(True)))
        needed = [n for n in (answer.adequate_from_molecules for answer in assay.answers) if n is not None]
        if needed:
            counts.add_row(f"negatives adequate {words.if_molecules(max(needed))}", str(len(needed)))
    print_table(counts)


def _given(nanograms: float | None, molecules: int | None) -> DnaInput | None:
    if nanograms is not None and molecules is not None:
        text = "mass and molecules of the input are both given"
        raise InputError(text, column="--input-ng", fix="Give the molecules alone, which tell more")
    if nanograms is not None and nanograms <= 0:
        raise InputError(f"{nanograms:g} ng is no input", column="--input-ng", fix="Give nanograms, as in 10")
    if molecules is not None and molecules < 1:
        raise InputError(f"{molecules} is no number of molecules", column="--input-molecules", fix="Give 1 or more")
    if molecules is not None:
        return DnaInput(molecules, amplifiable=True)
    return None if nanograms is None else DnaInput.of_mass(nanograms)


def _require_contig(regions: dict[str, list[tuple[int, int]]], reference: Path, bed: Path) -> None:
    with pysam.FastaFile(str(reference)) as fasta:
        known = set(fasta.references)
    if known.isdisjoint(regions):
        text = f"none of its contigs ({', '.join(sorted(regions)[:3])}) is in the reference"
        raise InputError(text, path=bed, fix="Give the BED with the contig names of the reference, as in chr7 or 7")


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command("hotspots")(hotspots)
