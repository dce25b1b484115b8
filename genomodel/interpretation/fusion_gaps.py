"""Of which genes a fusion could not have been seen."""

from __future__ import annotations

from genomodel.core.findings import NotAssessable
from genomodel.core.rearrangements import RearrangementAssay


def fusion_gaps(assay: RearrangementAssay | None, open_genes: str) -> list[NotAssessable]:
    """Return the genes of the list whose fusions cannot be assessed, by reason.

    Parameters
    ----------
    assay
        What was looked for; ``None`` where nobody looked.
    open_genes
        Genes with evidence on fusions for this tumor type, in words.
    """
    if assay is None:
        reason = f"Not assayed by this input; evidence on {open_genes} stays open."
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
