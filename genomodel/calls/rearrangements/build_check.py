"""Whether gene models and a structural-variant VCF are of one genome build."""

from __future__ import annotations

from pathlib import Path

from genomodel.calls.gff_head import read_gff_head
from genomodel.calls.rearrangements.genes import FusionModels
from genomodel.calls.vcf_text import VcfHeader
from genomodel.core.builds import bare, build_of_lengths
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.resources.actionable_fusions import exon_losses

_HUMAN = (GenomeBuild.GRCH37, GenomeBuild.GRCH38)
_FIX = "Use gene models of the build that the breakends are of"


def check_build(gff: str | Path, models: FusionModels, header: VcfHeader) -> str:
    """Refuse gene models of another build than the breakends, as far as lengths of contigs tell.

    The build of gene models is told by their head, else by the splice sites around MET exon 14 and EGFR exons 2 to 7,
    whose places on both builds are known.

    Returns
    -------
    str
        What could not be verified, empty where the builds agree.

    Raises
    ------
    InputError
        No contig in common, another build, another length of a contig, or a gene beyond the end of its contig.
    """
    lengths = {bare(name): length for name, length in header.contig_lengths().items()}
    if not lengths:
        return "its build is not verified, since the header has no lengths of contigs"
    names = set(header.contig_lengths())
    if not names & models.contigs:
        asked, held = (", ".join(sorted(listed)[:5]) for listed in (names, models.contigs))
        text = f"no gene model on the contigs of {header.path.name} ({asked}); the models have {held}"
        raise InputError(text, path=gff, fix=f"{_FIX}; mind chr1 and 1")
    build = build_of_lengths(lengths)
    head = read_gff_head(gff)
    head.require_lengths(lengths, "the VCF of the breakends", _FIX)
    told = head.builds[-1][1] if head.builds else _of_exons(models)
    if build in _HUMAN and told is not None and told is not build:
        text = f"the gene models are of {told.value}, the breakends of {header.path.name} of {build.value}"
        raise InputError(text, path=gff, fix=_FIX)
    for chrom, transcripts in sorted(models.by_contig.items()):
        last = max(item.end for item in transcripts)
        if last > lengths.get(bare(chrom), last):
            text = f"a gene model reaches to {chrom}:{last}, beyond the end of the contig in {header.path.name}"
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
