"""From what was judged of a locus to its answer."""

from __future__ import annotations

from dataclasses import dataclass

from genomodel.calls.hotspot_assay import words
from genomodel.calls.hotspot_assay.limits import LARGEST_LIMIT
from genomodel.calls.hotspot_assay.substitutions import BaseAnswer, PlaceCounts
from genomodel.core.loci import AlleleSeen, EventAnswer, EventKind, Locus, LocusAnswer, LocusEvent, LocusStatus

MOST_LOW_MAPPING = 0.2
"""Share of the fragments over a place that could as well lie elsewhere, from which no negative is stated: the mutated
ones may be among them."""
FAILED_SHARE, TYPICAL_DEPTH = 0.05, 50
"""Share of the depth that the tumor's loci typically have, below which a region has failed; and the least such depth
that makes it a failure of the region and not of the sample."""
MOSTLY = 0.5
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
    """

    locus: Locus
    seen: tuple[AlleleSeen, ...]
    bases: tuple[BaseAnswer, ...]
    lengths: tuple[EventAnswer, ...]
    places: tuple[PlaceCounts, ...]
    notes: tuple[str, ...] = ()
    on_assay: float | None = None
    typical_depth: float = 0.0


def answer_locus(judged: Judged) -> LocusAnswer:
    """Return the answer for one locus."""
    locus, events = judged.locus, (*_substitutions(judged), *judged.lengths)
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
        statement=words.not_detected(locus, events, (*_explained(judged), *judged.notes)),
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
