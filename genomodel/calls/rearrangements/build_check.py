"""Whether gene models are of the genome build of structural variants, or of the reads that they are looked for in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from genomodel.calls.gff_head import read_gff_head
from genomodel.calls.rearrangements.genes import FusionModels, read_fusion_models
from genomodel.core.builds import bare, build_of_lengths
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.resources.actionable_fusions import exon_losses, fusion_genes

_HUMAN = (GenomeBuild.GRCH37, GenomeBuild.GRCH38)
_FIX = "Use gene models of the build that the reads were aligned to"


def listed_genes() -> frozenset[str]:
    """Return the genes whose fusions or losses of exons are looked for."""
    return frozenset({*fusion_genes(), *(loss.gene for loss in exon_losses())})


def check_models(gff: str | Path, contigs: Mapping[str, int], of: str) -> None:
    """Read gene models for their own sake, so that unfit ones are refused before reads are searched for hours.

    Parameters are those of :func:`check_build`.

    Raises
    ------
    InputError
        No gene models, or those of another build.
    """
    check_build(gff, read_fusion_models(gff, genes=listed_genes()), contigs, of)


def check_build(gff: str | Path, models: FusionModels, contigs: Mapping[str, int], of: str) -> str:
    """Refuse gene models of another build than ``contigs``, as far as their lengths tell.

    The build of gene models is told by their head, else by the splice sites around MET exon 14 and EGFR exons 2 to 7,
    whose places on both builds are known.

    Parameters
    ----------
    gff
        The file of the gene models, to be named.
    models
        What was read of it.
    contigs
        Lengths by name, of the header of a VCF or an alignment; none where it tells none.
    of
        Whose contigs they are, for messages: "the breakends of calls.vcf.gz".

    Returns
    -------
    str
        What could not be verified, empty where the builds agree.

    Raises
    ------
    InputError
        No contig in common, another build, another length of a contig, or a gene beyond the end of its contig.
    """
    lengths = {bare(name): length for name, length in contigs.items()}
    if not lengths:
        return "its build is not verified, since the header has no lengths of contigs"
    if not set(contigs) & models.contigs:
        asked, held = (", ".join(sorted(listed)[:5]) for listed in (contigs, models.contigs))
        text = f"no gene model on the contigs of {of} ({asked}); the models have {held}"
        raise InputError(text, path=gff, fix=f"{_FIX}; mind chr1 and 1")
    build = build_of_lengths(lengths)
    head = read_gff_head(gff)
    head.require_lengths(lengths, of, _FIX)
    told = head.builds[-1][1] if head.builds else _of_exons(models)
    if build in _HUMAN and told is not None and told is not build:
        text = f"the gene models are of {told.value}, {of} of {build.value}"
        raise InputError(text, path=gff, fix=_FIX)
    for chrom, transcripts in sorted(models.by_contig.items()):
        last = max(item.end for item in transcripts)
        if last > lengths.get(bare(chrom), last):
            text = f"a gene model reaches to {chrom}:{last}, beyond the end of the contig in {of}"
            raise InputError(text, path=gff, fix=_FIX)
    if build in _HUMAN and told is build:
        return ""
    which = "lengths of its contigs are" if build not in _HUMAN else "gene models are"
    return f"its build is not verified, since the {which} of no known build"


def _of_exons(models: FusionModels) -> GenomeBuild | None:
    for loss in exon_losses():
        sites = {loss.last_base_before, loss.first_base_after}
        listed = (item for items in models.by_contig.values() for item in items if item.gene == loss.gene)
        for item in listed:
            if bare(item.chrom) == loss.chrom and sites <= {pos for exon in item.exons for pos in exon}:
                return GenomeBuild(loss.build)
    return None
