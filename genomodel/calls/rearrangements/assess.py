"""Of which genes a fusion could have been seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from genomodel.calls.rearrangements.genes import FusionModels, Transcript
from genomodel.cohort.assay import AssayRegion
from genomodel.core.patients import Assay
from genomodel.core.rearrangements import GeneAnswer, Material
from genomodel.resources.actionable_fusions import FusionGene, fusion_genes

MIN_COVERED = 0.8
"""Share of the bases of the introns that break in reported fusions, below which a panel's silence says nothing."""
MIN_DEPTH = 50
"""Mean depth of those bases below which silence says nothing: of a junction on 10 % of the molecules, 50 fragments
show three or more with probability 0.89 (binomial)."""

Depth = Callable[[str, int, int], float]
"""Mean depth of a stretch, 1-based, ends included."""


def dna_answers(
    assay: Assay,
    models: FusionModels | None,
    regions: Sequence[AssayRegion] | None,
    depth: Depth | None,
    *,
    unlooked: str = "",
    unresolved: Mapping[str, str] | None = None,
) -> tuple[GeneAnswer, ...]:
    """Say of each gene of the list whether breaks of the genome could have been seen.

    Parameters
    ----------
    assay
        A whole genome shows all introns, where the gene has a model and the reads are deep; panels and exomes show
        those that their regions cover.
    models
        Gene models with the genes of the list.
    regions
        Assayed regions; ``None`` when nobody stated them.
    depth
        Depth of the reads; ``None`` where only a VCF was given.
    unlooked
        Why nobody looked at all.
    unresolved
        Genes with breaks that were filtered or could not be placed, in words.
    """
    answers = []
    for gene, listed in sorted(fusion_genes().items()):
        whole = assay is Assay.WGS
        reason = unlooked or (
            _why_not_of_genome(listed, models, depth) if whole else _why_not(listed, models, regions, depth)
        )
        seen = "" if unlooked else (unresolved or {}).get(gene, "")
        if reason or seen:
            why = "; ".join(text for text in (seen, reason) if text)
            answers.append(GeneAnswer(gene=gene, assessable=False, reason=why, unresolved=bool(seen)))
        else:
            why = _genome_words(depth) if whole else f"{_introns(listed)} covered"
            answers.append(GeneAnswer(gene=gene, assessable=True, material=Material.DNA, reason=why))
    return tuple(answers)


def _genome_words(depth: Depth | None) -> str:
    return "whole genome, depth not known" if depth is None else "whole genome"


def rna_answers() -> tuple[GeneAnswer, ...]:
    """Say of each gene of the list that an RNA caller would have seen its fusions, where it is transcribed."""
    why = "its caller lists fusions of every transcribed gene; a targeted RNA panel shows those of its own genes only"
    return tuple(
        GeneAnswer(gene=gene, assessable=True, material=Material.RNA, reason=why) for gene in sorted(fusion_genes())
    )


def _introns(listed: FusionGene) -> str:
    numbers = listed.introns
    if not numbers:
        return "all introns"
    text = f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
    return f"intron{'' if len(numbers) == 1 else 's'} {text}"


NO_MODELS = "no gene models were given, so that its introns are not known"


def _why_not_of_genome(listed: FusionGene, models: FusionModels | None, depth: Depth | None) -> str:
    if models is None:
        return NO_MODELS
    numbered = models.of_gene(listed.gene, n_exons=listed.n_exons)
    transcript = numbered or models.of_gene(listed.gene)
    if transcript is None:
        return "the gene models have no transcript of it"
    numbers = listed.introns if numbered else ()
    spans = [transcript.introns[number - 1] for number in numbers] or list(transcript.introns)
    if depth is None or not spans:
        return ""
    mean = _mean_depth(depth, [(transcript.chrom, first, last) for first, last in spans])
    return _too_shallow(_introns(listed) if numbers else "all introns", mean)


def _mean_depth(depth: Depth, spans: Sequence[tuple[str, int, int]]) -> float:
    bases = sum(last - first + 1 for _, first, last in spans)
    return sum(depth(chrom, first, last) * (last - first + 1) for chrom, first, last in spans) / bases


def _too_shallow(introns: str, mean: float) -> str:
    return f"{introns} at a mean depth of {int(mean)}, {MIN_DEPTH} needed" if mean < MIN_DEPTH else ""


def _why_not(
    listed: FusionGene, models: FusionModels | None, regions: Sequence[AssayRegion] | None, depth: Depth | None
) -> str:
    if regions is None:
        return "the regions of the assay are not given"
    if models is None:
        return NO_MODELS
    transcript = models.of_gene(listed.gene, n_exons=listed.n_exons)
    if transcript is None:
        exons = f" with {listed.n_exons} exons" if listed.n_exons else ""
        return f"the gene models have no transcript of it{exons}"
    return _why_not_seen(listed, transcript, regions, depth)


def _why_not_seen(
    listed: FusionGene, transcript: Transcript, regions: Sequence[AssayRegion], depth: Depth | None
) -> str:
    spans = [transcript.introns[number - 1] for number in listed.introns] or list(transcript.introns)
    total = sum(last - first + 1 for first, last in spans)
    covered = list(_overlaps(transcript.chrom, spans, regions))
    bases = sum(last - first + 1 for _, first, last in covered)
    if bases < MIN_COVERED * total and not listed.introns:
        return "no source tells which of its introns break, and the assay does not cover them all"
    if bases < MIN_COVERED * total:
        return f"{_introns(listed)} covered to {bases / total:.0%} by the assay"
    if depth is None:
        return f"{_introns(listed)} covered, depth not known"
    return _too_shallow(_introns(listed), _mean_depth(depth, covered))


def _overlaps(
    chrom: str, spans: Iterable[tuple[int, int]], regions: Sequence[AssayRegion]
) -> Iterable[tuple[str, int, int]]:
    """Return the parts of spans that regions cover, each base once."""
    here = sorted((r.start + 1, r.end) for r in regions if r.chrom == chrom)
    for first, last in spans:
        at = first
        for start, end in here:
            low, high = max(at, start), min(last, end)
            if low <= high:
                yield chrom, low, high
                at = high + 1


def assessable_genes(answers: Iterable[GeneAnswer]) -> Mapping[str, GeneAnswer]:
    """Return the answers of genes whose fusions could have been seen."""
    return {answer.gene: answer for answer in answers if answer.assessable}
