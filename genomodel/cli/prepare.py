"""The verb that prepares variant calling."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genomodel.calls.read_groups import rename_table
from genomodel.calls.shards import contig_lengths, merge_regions
from genomodel.cohort.assay import read_assay_bed
from genomodel.files import write_text


def prepare_calling(
    reference: Annotated[Path, typer.Option(help="Reference FASTA with its index.")],
    tumor: Annotated[tuple[str, str], typer.Option(help="Tumor alignment and the name its sample shall have.")],
    targets: Annotated[Path, typer.Option(help="BED of targets to write.")],
    names: Annotated[Path, typer.Option(help="Table of old and new sample names to write.")],
    normal: Annotated[tuple[str, str], typer.Option(help="Normal alignment and its name.")] = ("", ""),
    bed: Annotated[Path | None, typer.Option(help="Assayed regions; the whole reference where not given.")] = None,
) -> None:
    """Write targets without overlap, and how the samples of the alignments are to be renamed."""
    contigs = contig_lengths(f"{reference}.fai")
    whole = [(name, 0, length) for name, length in contigs.items()]
    regions = [(r.chrom, r.start, r.end) for r in read_assay_bed(bed).regions] if bed else whole
    rows = [f"{name}\t{start}\t{end}\n" for name, start, end in merge_regions(regions, contigs)]
    alignments = [tumor, normal] if normal[0] else [tumor]
    pairs = rename_table(alignments, reference)
    write_text(targets, "".join(rows))
    write_text(names, "".join(f"{old} {new}\n" for old, new in pairs))


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("prepare-calling")(prepare_calling)
