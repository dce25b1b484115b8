"""Calls of several files as one: reciprocal products, transcripts of one fusion, DNA beside RNA."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from genomodel.core.rearrangements import (
    Frame,
    GeneAnswer,
    Material,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
)
from genomodel.resources.actionable_fusions import actionable_partner

SAME_PLACE = 1000
"""Bases within which two callers' breakends of DNA are one."""
RECIPROCAL_PLACE = 10_000
"""Bases that may be lost or doubled at the breaks of a balanced rearrangement."""


def merge_assays(assays: Sequence[RearrangementAssay]) -> RearrangementAssay:
    """Return several assays of one tumor as one.

    A fusion that DNA and RNA both show is one call with both as its support, and is confirmed by that. The frame is the
    transcript's where RNA tells it.
    """
    if len(assays) == 1:
        return assays[0].model_copy(update={"calls": tuple(merge_calls(assays[0].calls))})
    left_out: Counter[str] = Counter()
    for assay in assays:
        left_out.update(assay.left_out)
    normals = [assay.matched_normal for assay in assays if assay.matched_normal is not None]
    return RearrangementAssay(
        sample=next((assay.sample for assay in assays if assay.sample), ""),
        calls=tuple(merge_calls([call for assay in assays for call in assay.calls])),
        other_fusions=tuple(dict.fromkeys(fusion for assay in assays for fusion in assay.other_fusions)),
        genes=merge_answers([answer for assay in assays for answer in assay.genes]),
        exon_losses=merge_answers([answer for assay in assays for answer in assay.exon_losses]),
        left_out=dict(sorted(left_out.items())),
        every_pair=any(assay.every_pair for assay in assays),
        matched_normal=all(normals) if normals else None,
        method="; ".join(dict.fromkeys(assay.method for assay in assays if assay.method)),
        sources=tuple(source for assay in assays for source in assay.sources),
        synthetic=any(assay.synthetic for assay in assays),
    )


def merge_answers(answers: Sequence[GeneAnswer]) -> tuple[GeneAnswer, ...]:
    """Return one answer for each gene: one that it is assessable wins; else all reasons are kept.

    A break that one caller of DNA left open is not closed by the silence of another one, only by RNA.
    """
    by_gene: dict[str, list[GeneAnswer]] = {}
    for answer in answers:
        by_gene.setdefault(answer.gene, []).append(answer)
    return tuple(_one_answer(by_gene[gene]) for gene in sorted(by_gene))


def _one_answer(answers: list[GeneAnswer]) -> GeneAnswer:
    # RNA first, which shows what the purity of DNA or another caller's filter leaves open.
    positive = sorted((a for a in answers if a.assessable), key=lambda a: a.material is not Material.RNA)
    unresolved = [answer for answer in answers if answer.unresolved]
    if unresolved and not any(answer.material is Material.RNA for answer in positive):
        positive, answers = [], unresolved
    reasons = dict.fromkeys(answer.reason for answer in positive or answers)
    return (positive or answers)[0].model_copy(update={"reason": "; ".join(reasons)})


def merge_calls(calls: Sequence[Rearrangement]) -> list[Rearrangement]:
    """Return each event once, best supported first."""
    dna = _distinct([call for call in calls if call.materials == (Material.DNA,)], by_place=True)
    rna = _distinct([call for call in calls if call.materials == (Material.RNA,)], by_place=False)
    both = [call for call in calls if len(call.materials) > 1]
    dna, rna = _without_reciprocals(dna), _without_reciprocals(rna)
    joined: list[Rearrangement] = [*both]
    used: set[int] = set()
    for call in rna:
        fitting = [n for n, other in enumerate(dna) if n not in used and _outcome(other) == _outcome(call)]
        if not fitting:
            joined.append(call)
            continue
        best = min(fitting, key=lambda n: (dna[n].frame is not call.frame, n))
        used.add(best)
        joined.append(_with_rna(dna[best], call))
    joined += [call for n, call in enumerate(dna) if n not in used]
    return sorted(joined, key=_rank)


def reads_of(call: Rearrangement) -> int:
    """Return the reads and pairs of the best supported material."""
    return max((item.split_reads or 0) + (item.spanning_pairs or 0) for item in call.support)


def _rank(call: Rearrangement) -> tuple[bool, bool, int, str]:
    return (not call.confirmed, call.frame is Frame.OUT_OF_FRAME, -reads_of(call), call.label)


def _genes(call: Rearrangement) -> tuple[RearrangementKind, str, str, tuple[int, int] | None]:
    return (call.kind, call.five.gene, call.three.gene, call.exons_lost)


def _outcome(call: Rearrangement) -> tuple[str, str, tuple[int, int] | None]:
    """Return what RNA would show of an event: of a lost splice site the loss of the exon."""
    return (call.five.gene, call.three.gene, call.exons_lost)


def _near(one: Rearrangement, two: Rearrangement, bases: int) -> bool:
    pairs = ((one.five, two.five), (one.three, two.three))
    return all(a.chrom == b.chrom and abs(a.pos - b.pos) <= bases for a, b in pairs)


def _distinct(calls: Sequence[Rearrangement], *, by_place: bool) -> list[Rearrangement]:
    """Join what several records or transcripts say of one event; of each program the best row is kept."""
    found: list[Rearrangement] = []
    for call in sorted(calls, key=_rank):
        same = next(
            (n for n, known in enumerate(found)
             if _genes(known) == _genes(call) and (not by_place or _near(known, call, SAME_PLACE))),
            None,
        )  # fmt: skip
        if same is None:
            found.append(call)
            continue
        known = found[same]
        programs = {item.program for item in known.support}
        new = tuple(item for item in call.support if item.program not in programs)
        confirmed = known.confirmed or call.confirmed
        update = {"support": known.support + new, "confirmed": confirmed}
        found[same] = known.model_copy(update=update | ({"unconfirmed_reason": ""} if confirmed else {}))
    return found


def _without_reciprocals(calls: Sequence[Rearrangement]) -> list[Rearrangement]:
    kept: list[Rearrangement] = []
    ordered = sorted(calls, key=lambda call: actionable_partner(call.five.gene, call.three.gene) is None)
    for call in ordered:
        other = next((n for n, known in enumerate(kept) if _is_reciprocal(known, call)), None)
        if other is None:
            kept.append(call)
        else:
            kept[other] = kept[other].model_copy(update={"reciprocal": True})
    return kept


def _is_reciprocal(one: Rearrangement, two: Rearrangement) -> bool:
    if one.kind is not RearrangementKind.FUSION or (one.five.gene, one.three.gene) != (two.three.gene, two.five.gene):
        return False
    swapped = two.model_copy(update={"five": two.three, "three": two.five})
    return Material.RNA in one.materials or _near(one, swapped, RECIPROCAL_PLACE)


def _with_rna(dna: Rearrangement, rna: Rearrangement) -> Rearrangement:
    update: dict[str, object] = {
        "support": dna.support + rna.support,
        "kind": rna.kind,
        "confirmed": True,
        "unconfirmed_reason": "",
        "reciprocal": dna.reciprocal or rna.reciprocal,
        "domain": rna.domain or dna.domain,
    }
    if rna.frame is not Frame.UNKNOWN:
        told = dna.frame is not Frame.UNKNOWN and dna.frame is not rna.frame
        differs = f"; by the places in DNA it would be {dna.frame.value}" if told else ""
        update |= {"frame": rna.frame, "frame_reason": f"{rna.frame_reason} (in RNA){differs}"}
    return dna.model_copy(update=update)
