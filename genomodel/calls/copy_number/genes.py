"""Genes called from the bins: state, copies, how focal the event is, and which part of the gene it is in.

A gene is called as a whole, and by its parts: those between breakpoints of the segmentation, of which one that is
amplified or deleted by itself decides, and the stretch of its bins that lies farthest apart from the rest
(:mod:`genomodel.calls.copy_number.parts`), for which no strong state is ever claimed, since it was looked for. A gene
with such a part is never neutral (:mod:`genomodel.calls.copy_number.partial`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from genomodel.calls.copy_number.allelic import gene_loh
from genomodel.calls.copy_number.bins import genes_of
from genomodel.calls.copy_number.copies import ON_X_AND_Y, copies_of, middle_of, state_of_copies, state_of_log2
from genomodel.calls.copy_number.noise import Noise, learn_noise
from genomodel.calls.copy_number.partial import DOWN, Answer, with_part
from genomodel.calls.copy_number.parts import broken, find_split
from genomodel.calls.copy_number.states import STRONG, Baseline, Place, decide, measure
from genomodel.core.copy_number import Bin, CopyNumberCall, CopyNumberState, Segment, possible_deep_deletion

MIN_PART_BINS = 3
"""Bins of a part of a gene, between breakpoints, that is looked at by itself."""
ON_Y = "on chromosome Y, whose copies are not called"
ON_BOTH = "on X and Y alike, and the reference is no normal of this patient"


def call_genes(
    bins: Sequence[Bin], segments: Sequence[Segment], baseline: Baseline
) -> tuple[tuple[CopyNumberCall, ...], dict[str, str]]:
    """Call every gene that has bins.

    Parameters
    ----------
    bins
        Log2 ratios, in the order of the genome.
    segments
        Of the same sample, with loss of heterozygosity where it is known.
    baseline
        Purity, sex and reference.

    Returns
    -------
    tuple
        Calls by gene, in the order of their symbols, and genes without an answer with the reason.
    """
    by_gene: dict[tuple[str, str], list[Bin]] = defaultdict(list)
    for bin_ in bins:
        for gene in genes_of(bin_.gene):
            by_gene[gene, bin_.chrom].append(bin_)
    on_contig: dict[str, list[Segment]] = defaultdict(list)
    for segment in sorted(segments, key=lambda s: (s.chrom, s.start)):
        on_contig[segment.chrom].append(segment)
    noise = learn_noise(by_gene, on_contig)
    found: dict[str, list[CopyNumberCall | str]] = defaultdict(list)
    for (gene, chrom), own in sorted(by_gene.items()):
        place = _place(chrom, baseline, gene)
        answer = place if isinstance(place, str) else _call(gene, own, on_contig.get(chrom, []), baseline, place, noise)
        found[gene].append(answer)
    told = [(gene, _of_contigs(found[gene])) for gene in sorted(found)]
    calls = tuple(answer for _, answer in told if not isinstance(answer, str))
    return calls, {gene: answer for gene, answer in told if isinstance(answer, str)}


def _of_contigs(answers: Sequence[CopyNumberCall | str]) -> CopyNumberCall | str:
    """Return what is said of a gene that has bins on several contigs: neutral only where it is so on each but Y."""
    if len(answers) == 1:
        return answers[0]
    calls = [answer for answer in answers if not isinstance(answer, str)]
    altered = [call for call in calls if call.state is not CopyNumberState.NEUTRAL]
    order = (lambda call: call.state in STRONG, possible_deep_deletion, lambda call: call.state in DOWN, lambda _: True)
    chosen = next((call for comes_first in order for call in altered if comes_first(call)), None)
    if chosen is None:
        reasons = [answer for answer in answers if isinstance(answer, str) and answer != ON_Y]
        return next(iter([*reasons, *calls, *answers]))
    note = "; ".join(filter(None, (chosen.note, f"bins on {len(answers)} contigs, this on {chosen.chrom}")))
    return chosen.model_copy(update={"note": note})


def _place(chrom: str, baseline: Baseline, gene: str = "") -> Place | str:
    """Return the copies expected at a contig, or why nobody knows."""
    name = chrom.removeprefix("chr").upper()
    if name == "Y":
        return ON_Y
    if name in ("M", "MT"):
        return "mitochondrial"
    if name != "X":
        return Place(2.0, 2.0)
    if gene in ON_X_AND_Y:
        return Place(2.0, 2.0) if baseline.matched else ON_BOTH
    if baseline.sex not in ("female", "male"):
        return "on chromosome X, and the patient's sex is not given"
    normal = 2.0 if baseline.sex == "female" else 1.0
    return Place(normal, normal if baseline.matched else 2.0)


def _call(
    gene: str, bins: list[Bin], segments: list[Segment], baseline: Baseline, place: Place, noise: Noise
) -> CopyNumberCall | str:
    whole = measure(bins, baseline, place, noise)
    answer = Answer(*decide(whole, baseline), whole, bins)
    if answer.state not in STRONG:
        parts = _parts(bins, segments)
        answer = _strong_part(bins, parts, baseline, place, noise) or answer
    if answer.state not in STRONG:
        for split in (*broken(bins, parts, noise), find_split(bins, noise)):
            if split is not None:
                low, high = ([bins[k] for k in side] for side in (split.low, split.high))
                sides = measure(low, baseline, place, noise), measure(high, baseline, place, noise)
                answer = with_part(answer, bins, split, sides, baseline)
    state, note, chosen, used = answer.state, answer.note, answer.measured, answer.bins
    if state is None:
        return note
    around = segments if answer.between_breakpoints else ()
    return CopyNumberCall(
        gene=gene,
        state=state,
        log2_ratio=round(chosen.log2, 4),
        copies=round(chosen.copies, 3),
        copies_low=round(chosen.interval[0], 3),
        copies_high=round(chosen.interval[1], 3),
        n_regions=chosen.n_bins,
        event_bases=None if state is CopyNumberState.NEUTRAL else _extent(used, around, state, baseline, place),
        loh=_loh(used, segments, state, baseline, place),
        note=note,
        chrom=bins[0].chrom,
        start=bins[0].start,
        end=bins[-1].end,
    )


def _loh(
    bins: Sequence[Bin], segments: Sequence[Segment], state: CopyNumberState, baseline: Baseline, place: Place
) -> bool | None:
    """Tell whether an allele is lost; the sites of a segment that is not lost itself say nothing of a loss in it."""
    chrom, start, end = bins[0].chrom, bins[0].start, bins[-1].end
    told = gene_loh((chrom, start, end), segments)
    over = (s for s in segments if s.chrom == chrom and s.start <= end and start <= s.end)
    if told is False and state in DOWN and any(_state_at(s.log2_ratio, baseline, place) not in DOWN for s in over):
        return None
    return told


def _strong_part(
    bins: Sequence[Bin], parts: Sequence[Sequence[int]], baseline: Baseline, place: Place, noise: Noise
) -> Answer | None:
    """Return the part between breakpoints that is amplified or deleted by itself, the farthest from 0 first."""
    for places in sorted(parts, key=lambda part: -abs(median(bins[k].log2 for k in part))):
        part = [bins[k] for k in places]
        found = measure(part, baseline, place, noise)
        state, said = decide(found, baseline)
        if state in STRONG:
            note = "; ".join(filter(None, (said, f"part of the gene: {len(part)} of {len(bins)} bins")))
            return Answer(state, note, found, part)
    return None


def _parts(bins: Sequence[Bin], segments: Sequence[Segment]) -> list[list[int]]:
    """Return the places of a gene's bins by the segments that break it, without parts of too few bins."""
    groups: dict[int, list[int]] = defaultdict(list)
    for place, bin_ in enumerate(bins):
        middle = (bin_.start + bin_.end) // 2
        at = next((index for index, s in enumerate(segments) if s.start <= middle <= s.end), None)
        if at is not None:
            groups[at].append(place)
    return [part for part in groups.values() if len(part) >= MIN_PART_BINS] if len(groups) > 1 else []


def _state_at(log2: float, baseline: Baseline, place: Place) -> CopyNumberState:
    copies = copies_of(
        log2,
        baseline.known_purity,
        middle=middle_of(baseline.purity),
        normal_copies=place.normal,
        reference_copies=place.reference,
    )
    if baseline.known_purity is None:
        return state_of_log2(math.log2(max(copies / place.normal, 1e-9)))
    return state_of_copies(copies, baseline.ploidy * place.normal / 2.0)


def _extent(
    bins: Sequence[Bin], segments: Sequence[Segment], state: CopyNumberState, baseline: Baseline, place: Place
) -> int:
    """Return the length of the stretch around a gene that is altered alike, between outermost bins."""
    start, end = bins[0].start, bins[-1].end
    alike = [_state_at(s.log2_ratio, baseline, place) is state for s in segments]
    for index, segment in enumerate(segments):
        if not alike[index] or segment.end < bins[0].start or segment.start > bins[-1].end:
            continue
        first = last = index
        while first > 0 and alike[first - 1]:
            first -= 1
        while last + 1 < len(segments) and alike[last + 1]:
            last += 1
        start, end = min(start, segments[first].start), max(end, segments[last].end)
    return end - start + 1


def with_copies(segments: Sequence[Segment], baseline: Baseline) -> tuple[Segment, ...]:
    """Return segments with total copies in each tumor cell, where purity and the copies of normal cells are known."""
    if baseline.known_purity is None:
        return tuple(segments)
    done = []
    for segment in segments:
        place = _place(segment.chrom, baseline)
        if segment.copies is None and not isinstance(place, str):
            copies = copies_of(
                segment.log2_ratio,
                baseline.known_purity,
                middle=middle_of(baseline.purity),
                normal_copies=place.normal,
                reference_copies=place.reference,
            )
            done.append(segment.model_copy(update={"copies": round(copies, 3)}))
        else:
            done.append(segment)
    return tuple(done)


__all__ = ["call_genes", "with_copies"]
