"""Whether gene models and reference are of one genome build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pysam

from genomodel.calls.gene_models import GeneModels
from genomodel.calls.gff_head import read_gff_head
from genomodel.calls.hotspot_assay.gene_places import CodingReading, open_reference
from genomodel.core.builds import bare, build_of_lengths
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild

FIX = "Use gene models, reference and reads of one genome build"
MOST_READ = 50
"""Proteins that are read to tell whether gene models fit a reference."""


def require_fitting_models(gff: str | Path, models: GeneModels, reference: str | Path) -> None:
    """Refuse gene models of another build than the reference, as far as contigs and the proteins at hand tell.

    Parameters
    ----------
    gff
        What ``models`` were read from.
    models
        With the coding bases of some genes, as many as may be.
    reference
        FASTA with its index.

    Raises
    ------
    InputError
        As :func:`check_same_build` and :func:`reading_frames` raise, but not where no base of the genes is known.
    """
    with open_reference(reference) as fasta:
        contigs = {bare(name): name for name in fasta.references}
        check_same_build(gff, models, reference, fasta)
        first = [models.coding[gene][0] for gene in sorted(models.coding)]
        placed = [(model, contigs.get(bare(model.chrom))) for model in first]
        readings = [CodingReading(model, fasta, contig) for model, contig in placed[:MOST_READ] if contig]
    reading_frames([reading for reading in readings if _is_known(reading.protein)], gff, reference)


def check_same_build(
    gff: str | Path,
    models: GeneModels,
    reference: str | Path,
    fasta: pysam.FastaFile,
    genome: GenomeBuild | None = None,
) -> None:
    """Refuse gene models of another build than the reference, as far as names and lengths of contigs tell.

    Raises
    ------
    InputError
        No contig in common, another build or length in the head of the GFF3, a gene beyond the end of its contig, or a
        reference of another build than ``genome``.
    """
    lengths = {bare(name): length for name, length in zip(fasta.references, fasta.lengths, strict=True)}
    if not {bare(name) for name in models.contigs} & lengths.keys():
        here, there = (", ".join(sorted(names)[:5]) for names in (models.contigs, fasta.references))
        text = f"contigs of the gene models ({here}) are not in the reference ({there})"
        raise InputError(text, path=gff, fix=FIX)
    build = build_of_lengths(lengths)
    human = {GenomeBuild.GRCH37, GenomeBuild.GRCH38}
    if genome in human and build in human and genome is not build:
        raise InputError(f"the reference is {build.value}, not {genome.value}", path=reference, fix=FIX)
    require_fitting_head(gff, lengths)
    for gene, transcripts in sorted(models.coding.items()):
        for model in transcripts:
            last = max(end for _, end in model.segments)
            if last > lengths.get(bare(model.chrom), last):
                text = f"{gene} reaches to {model.chrom}:{last}, beyond the end of the reference's contig"
                raise InputError(text, path=gff, fix=FIX)


def require_fitting_head(gff: str | Path, contigs: Mapping[str, int]) -> None:
    """Refuse gene models whose head names another human build, or other lengths, than the contigs of the reference.

    Raises
    ------
    InputError
        With the row of the head.
    """
    lengths = {bare(name): length for name, length in contigs.items()}
    build = build_of_lengths(lengths)
    head = read_gff_head(gff)
    for row, told in head.builds:
        if build is not GenomeBuild.UNKNOWN and told is not build:
            text = f"the gene models are of {told.value}, the reference is {build.value}"
            raise InputError(text, path=gff, row=row, fix=FIX)
    head.require_lengths(lengths, "the reference", FIX)


def reading_frames(readings: Sequence[CodingReading], gff: str | Path, reference: str | Path) -> None:
    """Refuse gene models whose coding bases are not coding in the reference.

    A protein read from another build's bases meets a stop codon within about 20 residues; genes whose bases the
    reference does not know tell nothing, unless that is so of all of them.

    Raises
    ------
    InputError
        More than half of the proteins have a stop codon inside, or no protein can be read at all.
    """
    known = [reading.protein for reading in readings if _is_known(reading.protein)]
    broken = sum("*" in protein[:-1] for protein in known)
    if readings and (not known or broken * 2 > len(known)):
        what = f"{broken} of {len(known)} proteins have stop codons inside" if known else "every base is unknown"
        text = (
            f"the gene models do not fit the reference {Path(reference).name}: of {len(readings)} genes asked, {what}"
        )
        raise InputError(text, path=gff, fix=FIX)


def _is_known(protein: str) -> bool:
    return protein.count("X") * 2 < len(protein)
