"""Rearrangements: what was found, of which genes nothing could have been found, and of which silence is a negative."""

from __future__ import annotations

import re
from typing import Any

from genomodel.core.rearrangements import (
    LEAST_PURITY,
    Frame,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementAssay,
    loss_name,
)
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium

MAX_ROWS = 200
MAX_ROWS_ON_PAPER = 25
N_OTHERS = 12
_WITH_EXONS = re.compile(r" with (\d+) exons")


def rearrangements(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the events as rows, and the genes of the list by what can be said of them."""
    assay = report.assays.rearrangements
    if assay is None:
        return {"asked": False}
    limit = MAX_ROWS if medium is Medium.SCREEN else MAX_ROWS_ON_PAPER
    return {
        "asked": True,
        "method": assay.method,
        "rows": [_row(call) for call in assay.calls[:limit]],
        "left_out": max(0, len(assay.calls) - limit),
        "seen": _seen(assay),
        "from_purity": words.percent(LEAST_PURITY) if _seen_in_dna(assay) else "",
        "unseen": _unseen(assay),
        "losses": _losses(assay),
        "without_normal": assay.matched_normal is False,
        "other": [f"{fusion.gene_5}::{fusion.gene_3}" for fusion in assay.other_fusions[:N_OTHERS]],
        "more_other": max(0, len(assay.other_fusions) - N_OTHERS),
        "counts": [f"{name}: {words.count(n)}" for name, n in assay.left_out.items()],
    }


def _row(call: Rearrangement) -> dict[str, Any]:
    domain = say("rearrangements.needed_exons", domain=call.domain) if call.domain else ""
    frame = call.frame.value if call.frame is not Frame.UNKNOWN else say("rearrangements.frame_unknown")
    return {
        "label": call.label,
        "reciprocal": call.reciprocal,
        "frame": f"{frame}{domain}",
        "frame_reason": call.frame_reason,
        "five": _side(call.five, last=True),
        "three": _side(call.three, last=False),
        "support": support_lines(call),
        "verdict": _verdict(call),
        "doubt": call.unconfirmed_reason,
    }


def _verdict(call: Rearrangement) -> str:
    if not call.confirmed:
        return say("rearrangements.not_confirmed")
    if len(call.materials) > 1:
        return say("rearrangements.in_both")
    return say("rearrangements.by_normal") if call.materials == (Material.DNA,) else say("rearrangements.in_rna")


def _side(side: JoinedGene, *, last: bool) -> dict[str, str]:
    exon = ""
    if side.exon is not None:
        exon = say("rearrangements.up_to_exon", n=side.exon) if last else say("rearrangements.from_exon", n=side.exon)
    return {
        "gene": side.gene,
        "where": f"{exon} ({side.place})" if exon and "intron" in side.place else exon or side.place,
        "place": f"{side.chrom}:{side.pos}",
        "transcript": side.transcript,
    }


def support_lines(call: Rearrangement) -> list[str]:
    """Return one line for each caller: material, program, reads."""
    lines = []
    for item in call.support:
        parts = []
        if item.split_reads is not None:
            parts.append(say("rearrangements.split_reads", n=words.count(item.split_reads)))
        if item.spanning_pairs is not None:
            parts.append(say("rearrangements.spanning_pairs", n=words.count(item.spanning_pairs)))
        if item.fraction is not None:
            parts.append(say("rearrangements.of_the_reads", share=words.percent(item.fraction)))
        if item.said and item.said != "PASS":
            parts.append(item.said)
        told = ", ".join(parts) or say("words.reads", reads=words.NOT_GIVEN)
        lines.append(f"{item.material.value} ({item.program}): {told}")
    return lines


def _seen(assay: RearrangementAssay) -> list[tuple[str, str]]:
    """Return the genes of which a fusion would have been seen, by how."""
    groups: dict[str, list[str]] = {}
    called = {side.gene for call in assay.calls for side in (call.five, call.three)}
    for answer in assay.genes:
        if answer.assessable and answer.gene not in called:
            material = answer.material
            how = (
                say("rearrangements.seen_in", material=material.value, how=answer.reason) if material else answer.reason
            )
            groups.setdefault(how, []).append(answer.gene)
    return [(", ".join(genes), how) for how, genes in groups.items()]


def _seen_in_dna(assay: RearrangementAssay) -> bool:
    answers = (*assay.genes, *assay.exon_losses)
    return any(answer.assessable and answer.material is Material.DNA for answer in answers)


def _losses(assay: RearrangementAssay) -> list[tuple[str, str]]:
    """Return the named losses of exons without an event, and what their absence is worth."""
    called = {loss_name(call.five.gene, call.exons_lost) for call in assay.calls if call.exons_lost}
    return [
        (answer.gene, say("rearrangements.no_loss", material=answer.material.value, how=answer.reason))
        if answer.assessable and answer.material
        else (answer.gene, say("rearrangements.loss_unseen", reason=answer.reason))
        for answer in assay.exon_losses
        if answer.gene not in called
    ]


def _unseen(assay: RearrangementAssay) -> list[tuple[str, str]]:
    """Return the genes of which no fusion could have been seen, by why; a number of exons stands with its gene."""
    groups: dict[str, list[str]] = {}
    for answer in assay.genes:
        if not answer.assessable:
            number = _WITH_EXONS.search(answer.reason)
            reason = _WITH_EXONS.sub(say("rearrangements.exons_of_the_list"), answer.reason)
            gene = say("rearrangements.gene_of_exons", gene=answer.gene, n=number[1]) if number else answer.gene
            groups.setdefault(reason, []).append(gene)
    return [(", ".join(genes), reason[:1].upper() + reason[1:]) for reason, genes in groups.items()]
