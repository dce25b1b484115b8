"""From what was judged of a locus to its answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from genomodel.calls.hotspot_assay import words
from genomodel.calls.hotspot_assay.limits import LARGEST_LIMIT, Floats, Rates, binomial_limit, chance_of_errors
from genomodel.calls.hotspot_assay.molecules import DnaInput, molecules_needed
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
"""Chance of as many bases at a place that are not sure as it has, below which they are more than usual."""
LEAST_DELETED = 1e-4
"""Share of fragments with a deletion over a place that errors make at least."""
READ_BASE_BY_BASE = "bases read in each fragment"


@dataclass(frozen=True)
class Copies:
    """Whether the fragments over a locus are copies, and of how many molecules.

    Attributes
    ----------
    any
        Whether they may be.
    given
        What is known of the molecules, ``None`` where nobody said.
    """

    any: bool = False
    given: DnaInput | None = None

    @property
    def unknown(self) -> bool:
        """Whether nobody knows of how many molecules they are."""
        return self.any and (self.given is None or not self.given.amplifiable)

    @property
    def molecules(self) -> int | None:
        """How many molecules there are at most."""
        return self.given.molecules if self.any and self.given is not None else None


NO_COPIES = Copies()


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
    copies
        Of what the fragments are copies.
    left_out
        Most fragments of low mapping quality that reach a stretch asked for insertions and deletions and are not
        plainly aligned.
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
    copies: Copies = NO_COPIES
    left_out: int = 0


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
        statement = words.detected(locus, judged.seen, (*judged.notes, *_on_copies(judged.copies)))
        return LocusAnswer(status=LocusStatus.DETECTED, seen=judged.seen, statement=statement, **common)
    limits = [event.excluded_above for event in events if event.excluded_above is not None]
    reason = why_not_assessable(judged, max(limits, default=1.0), told=bool(limits))
    if reason:
        statement = words.not_assessable(locus, reason)
        return LocusAnswer(status=LocusStatus.NOT_ASSESSABLE, reason=reason, statement=statement, **common)
    needed = molecules_needed(max(limits)) if judged.copies.unknown else None
    notes = (*_explained(judged), *_left_out(judged, max(limits)), *judged.notes, *_on_copies(judged.copies))
    return LocusAnswer(
        status=LocusStatus.NOT_DETECTED,
        excluded_above=max(limits),
        events=events,
        molecules=judged.copies.molecules,
        molecules_needed=needed,
        statement=words.not_detected(locus, events, notes, needed),
        **common,
    )


def _on_copies(copies: Copies) -> tuple[str, ...]:
    """Say of what the fragments are copies."""
    if not copies.any:
        return ()
    if copies.given is None:
        return ("the fragments have fixed ends, as of amplicons: of how many molecules they are copies is not known",)
    text = f"the fragments are copies of {copies.given.words} that went into the library"
    return (text if copies.given.amplifiable else f"{text}, of which nobody said how many were amplified",)


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

    Those that could as well lie elsewhere count in full, those without a sure base as far as they are more than usual.
    """
    floor = 0.0
    for place in judged.places:
        if place.low_mapping:
            floor = max(floor, _at_most(place.low_mapping, place.all, judged.copies.molecules))
        if _is_unusual(place, judged.usual.unsure):
            most = _at_most(place.unsure, place.all, judged.copies.molecules)
            # Of the other fragments the usual share is not sure either.
            floor = max(floor, (most - judged.usual.unsure) / (1 - judged.usual.unsure))
    if judged.left_out:
        low, whole = _low_mapping_over(judged)
        floor = max(floor, float(binomial_limit(low, whole)))
    return min(floor, 1.0)


def _low_mapping_over(judged: Judged) -> tuple[int, int]:
    """Return the fragments of low mapping quality that may carry an event, and all fragments with them.

    Clipped at a large event they lie over none of the places that it takes away, and count beside those that do.
    """
    low = judged.left_out + max(place.low_mapping for place in judged.places)
    return low, low + min(place.depth for place in judged.places)


def _at_most(part: int, whole: int, molecules: int | None) -> float:
    """Return the upper bound of a share of fragments, which are no more than the molecules they are copies of."""
    scale = min(1.0, molecules / whole) if molecules else 1.0
    return float(binomial_limit(part * scale, whole * scale))


def _is_unusual(place: PlaceCounts, usual: float) -> bool:
    """Whether more bases of a place are not sure than chance makes of the usual share."""
    if place.unsure <= usual * place.all:
        return False
    return bool(special.bdtrc(float(place.unsure - 1), place.all, usual) < UNUSUAL)


def _unsure(place: PlaceCounts) -> str:
    """Say what makes bases of a place not sure, and of how many."""
    why = "too low, or mates that disagree," if place.disagreeing else "too low"
    return f"{why} in {place.unsure:,} of {words.plural(place.all, 'fragment')}"


def _not_below(event: EventAnswer, floor: float) -> EventAnswer:
    if event.excluded_above is None or event.excluded_above >= floor:
        return event
    return event.model_copy(update={"excluded_above": round(floor, 8)})


def _left_out(judged: Judged, limit: float) -> tuple[str, ...]:
    """Say which fragments were left out, where they and not errors or depth make the limit."""
    if not judged.places or limit > round(least_limit(judged), 8):
        return ()
    mapping = max(judged.places, key=lambda place: place.low_mapping)
    quality = max(judged.places, key=lambda place: place.unsure)
    notes = []
    low, whole = _low_mapping_over(judged) if judged.left_out else (mapping.low_mapping, mapping.all)
    if low:
        notes.append(f"{low:,} of {words.plural(whole, 'fragment')} could as well lie elsewhere")
    if _is_unusual(quality, judged.usual.unsure):
        notes.append(f"base quality {_unsure(quality)}, more than is usual in this sample")
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
    depth = min((place.depth for place in judged.places), default=0)
    if judged.left_out > MOST_LOW_MAPPING * (judged.left_out + depth):
        return f"mapping quality: {words.plural(judged.left_out, 'fragment')} over it could as well lie elsewhere"
    doubt = why_doubtful(judged)
    if doubt:
        return doubt
    fewest = float(binomial_limit(0, depth))
    if not told and fewest > LARGEST_LIMIT:
        return _why_so_few(judged, fewest)
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
    if worst.unsure > MOSTLY * max(1, worst.all):
        return f"base quality: {_unsure(worst)}"
    there = words.plural(worst.depth, "fragment") if worst.depth else "no fragment"
    if judged.copies.any and judged.copies.given is not None:
        there = f"{there}, copies of {judged.copies.given.words}"
    return f"depth: {there}, so that allele fractions up to {words.limit(limit)} could have been missed"
