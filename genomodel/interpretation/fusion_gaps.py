"""Of which genes a fusion, and which named losses of exons, could not have been seen."""

from __future__ import annotations

from genomodel.core.findings import NotAssessable
from genomodel.core.rearrangements import RearrangementAssay, loss_name
from genomodel.resources.actionable_fusions import exon_losses

_NOR_LOSSES = "Nor were losses of MET exon 14 and of EGFR exons 2-7 looked for, in rearrangements or RNA."


def fusion_gaps(assay: RearrangementAssay | None, open_genes: str) -> list[NotAssessable]:
    """Return the genes of the list, and the named losses of exons, that cannot be assessed, by reason.

    Parameters
    ----------
    assay
        What was looked for; ``None`` where nobody looked.
    open_genes
        Genes with evidence on fusions for this tumor type, in words.
    """
    return [*_gene_gaps(assay, open_genes), *_loss_gaps(assay)]


def _loss_gaps(assay: RearrangementAssay | None) -> list[NotAssessable]:
    if assay is None:
        return []
    if not assay.exon_losses:
        names = dict.fromkeys(loss_name(loss.gene, loss.exons) for loss in exon_losses())
        reason = "What was given does not say whether a deletion or RNA would have shown it."
        return [NotAssessable(what=", ".join(names), reason=reason)]
    called = {(call.five.gene, call.exons_lost) for call in assay.calls if call.exons_lost}
    shown = {loss_name(gene, lost) for gene, lost in called if lost}
    by_reason: dict[str, list[str]] = {}
    for answer in assay.exon_losses:
        if not answer.assessable and answer.gene not in shown:
            by_reason.setdefault(answer.reason, []).append(answer.gene)
    return [
        NotAssessable(what=f"{', '.join(names)} by rearrangement or RNA", reason=_sentence(reason))
        for reason, names in by_reason.items()
    ]


def _gene_gaps(assay: RearrangementAssay | None, open_genes: str) -> list[NotAssessable]:
    if assay is None:
        reason = f"Not assayed by this input; evidence on {open_genes} stays open. {_NOR_LOSSES}"
        return [NotAssessable(what="Gene fusions", reason=reason)]
    if not assay.genes:
        reason = f"What was given shows no genes beside those it names; evidence on {open_genes} stays open."
        return [NotAssessable(what="Gene fusions", reason=reason)]
    by_reason: dict[str, list[str]] = {}
    for answer in assay.genes:
        if not answer.assessable:
            by_reason.setdefault(answer.reason, []).append(answer.gene)
    if len(by_reason) == 1 and all(not answer.assessable for answer in assay.genes):
        reason = next(iter(by_reason))
        return [NotAssessable(what="Gene fusions", reason=f"{_sentence(reason)} Evidence on {open_genes} stays open.")]
    return [
        NotAssessable(what=f"Fusions of {', '.join(genes)}", reason=_sentence(reason))
        for reason, genes in by_reason.items()
    ]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
