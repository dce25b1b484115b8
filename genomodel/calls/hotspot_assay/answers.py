"""From what was judged of a locus to its answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from genomodel.calls.hotspot_assay import words
from genomodel.calls.hotspot_assay.limits import LARGEST_LIMIT, Floats, Rates, binomial_limit, chance_of_errors
from genomodel.calls.hotspot_assay.substitutions import BaseAnswer, PlaceCounts, UsualShares, is_detected
from genomodel.core.loci import (
    AlleleSeen,
    EventAnswer,
    EventKind,
    Locus,
    LocusAnswer,
    LocusClass,
    LocusEvent,
    LocusStatus,
)

MOST_LOW_MAPPING = 0.2
"""Share of the fragments over a place that could as well lie elsewhere, from which no negative is stated: the mutated
ones may be among them."""
FAILED_SHARE, TYPICAL_DEPTH = 0.05, 50
"""Share of the depth that the tumor's loci typically have, below which a region has failed; and the least such depth
that makes it a failure of the region and not of the sample."""
MOSTLY = 0.5
UNUSUAL = 1e-3
"""Chance of as many bases of low quality at a place as it has, below which they are more than usual."""
LEAST_DELETED = 1e-4
"""Share of fragments with a deletion over a place that errors make at least."""
READ_BASE_BY_BASE = "bases read in each fragment"


@dataclass(frozen=True)
class Judged:
    """All that an answer rests on.

    Attributes
    ----------
    locus
        What was asked.
    seen
        Alleles that errors do not explain.
    bases
        Each alternate base that was asked for.
    lengths
        Answers for insertions and deletions that were not found.
    places
        Fragments at each place.
    notes
        What is to be said besides.
    on_assay
        Share of the bases that the assay covers, ``None`` where unknown.
    typical_depth
        Median fragments over the places of all loci.
    threshold
        Chance of errors below which an allele is no error; 0 where nothing is told apart.
    usual
        Shares of fragments that places of the sample typically leave out.
    """

    locus: Locus
    seen: tuple[AlleleSeen, ...]
    bases: tuple[BaseAnswer, ...]
    lengths: tuple[EventAnswer, ...]
    places: tuple[PlaceCounts, ...]
    notes: tuple[str, ...] = ()
    on_assay: float | None = None
    typical_depth: float = 0.0
    threshold: float = 0.0
    usual: UsualShares = field(default_factory=UsualShares)


def answer_locus(judged: Judged) -> LocusAnswer:
    """Return the answer for one locus."""
    locus, floor = judged.locus, least_limit(judged)
    events = tuple(_not_below(event, floor) for event in (*_substitutions(judged), *judged.lengths))
    depth = min((place.depth for place in judged.places), default=0)
    rates = [answer.error for answer in judged.bases]
    from_normal = any(answer.from_normal for answer in judged.bases)
    common = {
        "locus": locus,
        "depth": depth,
        "error_rate": round(max(rates), 9) if rates else None,
        "error_source": ("normal" if from_normal else "flanking sites") if rates else "",
    }
    if judged.seen:
        statement = words.detected(locus, judged.seen, judged.notes)
        return LocusAnswer(status=LocusStatus.DETECTED, seen=judged.seen, statement=statement, **common)
    limits = [event.excluded_above for event in events if event.excluded_above is not None]
    reason = why_not_assessable(judged, max(limits, default=1.0), told=bool(limits))
    if reason:
        statement = words.not_assessable(locus, reason)
        return LocusAnswer(status=LocusStatus.NOT_ASSESSABLE, reason=reason, statement=statement, **common)
    return LocusAnswer(
        status=LocusStatus.NOT_DETECTED,
        excluded_above=max(limits),
        events=events,
        statement=words.not_detected(
            locus, events, (*_explained(judged), *_left_out(judged, max(limits)), *judged.notes)
        ),
        **common,
    )


def _substitutions(judged: Judged) -> tuple[EventAnswer, ...]:
    asked: LocusEvent | None = next(
        (event for event in judged.locus.events if event.kind is EventKind.SUBSTITUTION), None
    )
    if asked is None:
        return ()
    limit = max((answer.limit for answer in judged.bases), default=1.0)
    depth = min((place.depth for place in judged.places), default=0)
    return (EventAnswer(event=asked, excluded_above=round(limit, 8), depth=depth, backed_by=READ_BASE_BY_BASE),)


def least_limit(judged: Judged) -> float:
    """Return the allele fraction below which no limit may lie, as fragments that are left out may be the mutated ones.

    Those that could as well lie elsewhere count in full, those of low base quality as far as they are more than usual.
    """
    floor = 0.0
    for place in judged.places:
        if place.low_mapping:
            floor = max(floor, float(binomial_limit(place.low_mapping, place.all)))
        if _is_unusual(place, judged.usual.low_quality):
            floor = max(floor, float(binomial_limit(place.low_quality, place.all)) - judged.usual.low_quality)
    return min(floor, 1.0)


def _is_unusual(place: PlaceCounts, usual: float) -> bool:
    """Whether more bases of a place are of low quality than chance makes of the usual share."""
    if place.low_quality <= usual * place.all:
        return False
    return bool(special.bdtrc(float(place.low_quality - 1), place.all, usual) < UNUSUAL)


def _not_below(event: EventAnswer, floor: float) -> EventAnswer:
    if event.excluded_above is None or event.excluded_above >= floor:
        return event
    return event.model_copy(update={"excluded_above": round(floor, 8)})


def _left_out(judged: Judged, limit: float) -> tuple[str, ...]:
    """Say which fragments were left out, where they and not errors or depth make the limit."""
    if not judged.places or limit > round(least_limit(judged), 8):
        return ()
    mapping = max(judged.places, key=lambda place: place.low_mapping)
    quality = max(judged.places, key=lambda place: place.low_quality)
    notes = []
    if mapping.low_mapping:
        notes.append(f"{mapping.low_mapping:,} of {words.plural(mapping.all, 'fragment')} could as well lie elsewhere")
    if _is_unusual(quality, judged.usual.low_quality):
        notes.append(
            f"base quality too low in {quality.low_quality:,} of {words.plural(quality.all, 'fragment')}, more than is "
            "usual in this sample"
        )
    return (*notes, "any of these may carry the variant") if notes else ()


def why_doubtful(judged: Judged) -> str:
    """Return why fragments that errors do not explain are no detection either, empty where there are none.

    Such a locus is never a negative: alleles of one orientation alone, alleles that the normal shows too while it does
    not show far fewer, and deletions over a codon that is asked for substitutions.
    """
    for base in sorted(judged.bases, key=lambda answer: -answer.alt):
        if base.chance < judged.threshold and base.one_sided:
            return f"{words.plural(base.alt, 'fragment')} of one orientation or strand only: damage or a variant"
        if base.kind_chance < judged.threshold and not is_detected(base, judged.threshold):
            count, depth = base.normal or (0, 0)
            return (
                f"{base.alt:,} of {words.plural(base.depth, 'fragment')} show one of the alleles, as do {count:,} of "
                f"{depth:,} of the normal: tumor in the normal, blood, or errors of this place"
            )
    if judged.bases and judged.places:
        worst = max(judged.places, key=lambda place: place.deleted)
        rate = Rates(*(_single(value) for value in (max(judged.usual.deleted, LEAST_DELETED), 1.0, 0.0)))
        if chance_of_errors(worst.deleted, worst.all, rate)[0] < judged.threshold:
            over = "codon" if judged.locus.locus_class is LocusClass.CODON else "place"
            return f"a deletion over the {over} in {worst.deleted:,} of {words.plural(worst.all, 'fragment')}"
    return ""


def _single(value: float) -> Floats:
    return np.array([value], dtype=np.float64)


def _explained(judged: Judged) -> tuple[str, ...]:
    """Say how many fragments show an allele that errors explain, where any do."""
    most = max(judged.bases, key=lambda answer: (answer.limit, answer.alt), default=None)
    if most is None or most.alt == 0:
        return ()
    verb = "shows" if most.alt == 1 else "show"
    return (f"{words.plural(most.alt, 'fragment')} {verb} one of the alleles, too few to tell from errors",)


def why_not_assessable(judged: Judged, limit: float, *, told: bool) -> str:
    """Return why nothing can be said of a locus at which nothing was found, empty where something can."""
    for place in judged.places:
        if place.low_mapping > MOST_LOW_MAPPING * max(1, place.all):
            return (
                f"mapping quality: {place.low_mapping:,} of {words.plural(place.all, 'fragment')} could as well lie "
                "elsewhere on the reference"
            )
    doubt = why_doubtful(judged)
    if doubt:
        return doubt
    if not told:
        return next((event.reason for event in judged.lengths if event.reason), "no event could be asked for")
    return "" if limit <= LARGEST_LIMIT else _why_so_few(judged, limit)


def _why_so_few(judged: Judged, limit: float) -> str:
    """Return why too few fragments are there to exclude a fraction that matters."""
    worst = min(judged.places, key=lambda place: place.depth)
    if judged.on_assay is not None and judged.on_assay < 1:
        covered = "none" if judged.on_assay == 0 else words.share(judged.on_assay)
        return (
            f"not on the assay: {covered} of its bases in the assayed regions, {words.plural(worst.depth, 'fragment')}"
        )
    typical = judged.typical_depth
    if typical >= TYPICAL_DEPTH and worst.all < FAILED_SHARE * typical:
        there = words.plural(worst.all, "fragment") if worst.all else "no fragment"
        return f"failed region: {there}, where the loci of this sample typically have {typical:,.0f}"
    if worst.low_quality > MOSTLY * max(1, worst.all):
        return f"base quality: too low in {worst.low_quality:,} of {words.plural(worst.all, 'fragment')}"
    there = words.plural(worst.depth, "fragment") if worst.depth else "no fragment"
    return f"depth: {there}, so that allele fractions up to {words.limit(limit)} could have been missed"
