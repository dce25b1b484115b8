"""Of which genes a fusion could have been seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from genomodel.calls.rearrangements.genes import FusionModels, Transcript
from genomodel.cohort.assay import AssayRegion
from genomodel.core.builds import bare
from genomodel.core.patients import Assay
from genomodel.core.rearrangements import GeneAnswer, Material, loss_name
from genomodel.resources.actionable_fusions import exon_losses, fusion_genes

MIN_COVERED = 0.8
"""Share of the bases of the introns that break in reported fusions, below which a panel's silence says nothing."""
MIN_DEPTH = 50
"""Mean depth of those bases below which silence says nothing: of a junction on 10 % of the molecules, 50 fragments
show three or more with probability 0.89 (binomial)."""

Depth = Callable[[str, int, int], float]
"""Mean depth of a stretch, 1-based, ends included."""


@dataclass(frozen=True, slots=True)
class DnaSearch:
    """What is known of a search for breaks of the genome.

    Attributes
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
    skipped
        Regions that the caller was told to leave out.
    """

    assay: Assay
    models: FusionModels | None
    regions: Sequence[AssayRegion] | None
    depth: Depth | None
    unlooked: str = ""
    unresolved: Mapping[str, str] = field(default_factory=dict)
    skipped: Sequence[AssayRegion] = ()


def dna_answers(search: DnaSearch) -> tuple[GeneAnswer, ...]:
    """Say of each gene of the list whether breaks of the genome could have been seen."""
    targets = [_Target(gene, gene, item.n_exons, item.introns) for gene, item in sorted(fusion_genes().items())]
    return tuple(_answer(search, target) for target in targets)


def dna_loss_answers(search: DnaSearch) -> tuple[GeneAnswer, ...]:
    """Say of each named loss of exons whether a deletion could have been seen, by the introns on both sides."""
    return tuple(_answer(search, target) for target in _loss_targets(search.models))


def _loss_targets(models: FusionModels | None) -> list[_Target]:
    found: dict[str, _Target] = {}
    for loss in exon_losses():
        item = models.of_gene(loss.gene) if models else None
        first, last = loss.exons
        otherwise = False
        if item is not None:
            pair = item.exons[first - 2 : first - 1], item.exons[last : last + 1]
            sites = {loss.last_base_before, loss.first_base_after}
            placed = sites <= {pos for exon in item.exons for pos in exon}
            here = {pos for exons in pair for exon in exons for pos in exon}
            otherwise = not all(pair) or (placed and not sites <= here)
        name = loss_name(loss.gene, loss.exons)
        known = found.get(name)
        introns = (first - 1, last)
        found[name] = _Target(name, loss.gene, None, introns, otherwise or (known is not None and known.otherwise))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Target:
    """A gene whose fusions are asked for, or a loss of exons; no introns are all of them."""

    name: str
    gene: str
    n_exons: int | None
    introns: tuple[int, ...]
    otherwise: bool = False
    """Whether the gene models number the exons in another way."""


def _answer(search: DnaSearch, target: _Target) -> GeneAnswer:
    whole = search.assay is Assay.WGS
    reason = search.unlooked or (
        _why_not_of_genome(target, search.models, search.depth)
        if whole
        else _why_not(target, search.models, search.regions, search.depth)
    )
    reason = reason or _why_skipped(target, search)
    seen = "" if search.unlooked else search.unresolved.get(target.name, "")
    if reason or seen:
        why = "; ".join(text for text in (seen, reason) if text)
        return GeneAnswer(gene=target.name, assessable=False, reason=why, unresolved=bool(seen))
    why = _genome_words(search.depth) if whole else f"{_introns(target)} covered"
    return GeneAnswer(gene=target.name, assessable=True, material=Material.DNA, reason=why)


def _why_skipped(listed: _Target, search: DnaSearch) -> str:
    transcript = search.models and (
        search.models.of_gene(listed.gene, n_exons=listed.n_exons) or search.models.of_gene(listed.gene)
    )
    if not transcript or not search.skipped:
        return ""
    numbers = listed.introns if listed.n_exons in (None, len(transcript.exons)) else ()
    spans = [transcript.introns[number - 1] for number in numbers] or list(transcript.introns)
    total = sum(last - first + 1 for first, last in spans)
    hidden = sum(last - first + 1 for _, first, last in _overlaps(transcript.chrom, spans, search.skipped))
    asked = _introns(listed) if numbers else "all introns"
    return f"{asked} left out of the search to {hidden / total:.0%}" if hidden > (1 - MIN_COVERED) * total else ""


def _genome_words(depth: Depth | None) -> str:
    return "whole genome, depth not known" if depth is None else "whole genome"


def rna_answers(*, listed: bool = True) -> tuple[GeneAnswer, ...]:
    """Say of each gene of the list that an RNA caller would have seen its fusions, where it is transcribed.

    Parameters
    ----------
    listed
        Whether the table has any row: one without tells good RNA from failed one no more than a cut file would.
    """
    if listed:
        why = (
            "its caller lists fusions of every transcribed gene; a targeted RNA panel shows those of its own genes only"
        )
        seen = {"assessable": True, "material": Material.RNA, "reason": why}
    else:
        why = "the table of RNA lists no event at all, so that nothing tells whether the RNA was good enough"
        seen = {"assessable": False, "reason": why}
    return tuple(GeneAnswer.model_validate({"gene": gene, **seen}) for gene in sorted(fusion_genes()))


def rna_loss_answers(*, splicing: bool) -> tuple[GeneAnswer, ...]:
    """Say of each named loss of exons whether a table of RNA would have shown it.

    Parameters
    ----------
    splicing
        Whether the table is of introns, as CTAT-Splicing counts them, and not of fusions.
    """
    if splicing:
        why = "its introns are named where the gene is transcribed"
        seen = {"assessable": True, "material": Material.RNA, "reason": why}
    else:
        why = "a table of fusions need not list exons that are skipped within a gene; CTAT-Splicing names them"
        seen = {"assessable": False, "reason": why}
    names = dict.fromkeys(loss_name(loss.gene, loss.exons) for loss in exon_losses())
    return tuple(GeneAnswer.model_validate({"gene": name, **seen}) for name in names)


def _introns(listed: _Target) -> str:
    numbers = listed.introns
    if not numbers:
        return "all introns"
    run = numbers[-1] - numbers[0] == len(numbers) - 1
    text = f"{numbers[0]}-{numbers[-1]}" if run and len(numbers) > 1 else " and ".join(map(str, numbers))
    return f"intron{'' if len(numbers) == 1 else 's'} {text}"


OTHERWISE = "the gene models number its exons in another way"
NO_MODELS = "no gene models were given, so that its introns are not known"


def _why_not_of_genome(listed: _Target, models: FusionModels | None, depth: Depth | None) -> str:
    if models is None:
        return NO_MODELS
    numbered = models.of_gene(listed.gene, n_exons=listed.n_exons)
    transcript = numbered or models.of_gene(listed.gene)
    if transcript is None:
        return "the gene models have no transcript of it"
    if listed.otherwise:
        return OTHERWISE
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
    listed: _Target, models: FusionModels | None, regions: Sequence[AssayRegion] | None, depth: Depth | None
) -> str:
    if regions is None:
        return "the regions of the assay are not given"
    if models is None:
        return NO_MODELS
    transcript = models.of_gene(listed.gene, n_exons=listed.n_exons)
    if transcript is None:
        exons = f" with {listed.n_exons} exons" if listed.n_exons else ""
        return f"the gene models have no transcript of it{exons}"
    if listed.otherwise:
        return OTHERWISE
    return _why_not_seen(listed, transcript, regions, depth)


def _why_not_seen(listed: _Target, transcript: Transcript, regions: Sequence[AssayRegion], depth: Depth | None) -> str:
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
    here = sorted((r.start + 1, r.end) for r in regions if bare(r.chrom) == bare(chrom))
    for first, last in spans:
        at = first
        for start, end in here:
            low, high = max(at, start), min(last, end)
            if low <= high:
                yield chrom, low, high
                at = high + 1
