"""Insertions and deletions at loci: which are more than errors, and which are excluded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genomodel.calls.hotspot_assay.indels import FILLER, FILLER_SEED, IndelEvent, is_one_deletion
from genomodel.calls.hotspot_assay.limits import Rates, chance_of_errors, excluded_above, fraction_interval
from genomodel.calls.hotspot_assay.recognition import Backing, backed_parts, without_backing
from genomodel.calls.hotspot_assay.windows import ABSENT, LOW_MAPPING, LOW_QUALITY, WindowCounts
from genomodel.core.loci import AlleleSeen, EventAnswer, EventKind, Locus, LocusEvent
from genomodel.core.variants import Variant

Bases = Callable[[int, int], str]
"""Reference bases of the locus's contig, 0-based and half-open."""

SHORT = 2
"""Longest change that counts as slippage, which is far more frequent than false changes of more bases."""
START_ERRORS, START_BASES = 0.5, {True: 5e4, False: 5e6}
"""False changes of length that a sample is held to have in so many bases, short ones and longer ones."""
UNSURE = 2.0
"""Standard deviation between places of the rate of false changes, over its mean."""
VARIANT_SHARE, VARIANT_FRAGMENTS = 0.01, 3
"""Share of the fragments, and their number, from which a change of length is no error."""


@dataclass(frozen=True)
class LengthErrors:
    """False changes of length per fragment and base: of one or two bases, and of more."""

    short: float
    longer: float

    def of(self, event: LocusEvent, bases: int) -> float:
        """Return the rate per fragment of a false event of some lengths within a stretch of bases."""
        rate = self.longer + (self.short if event.shortest <= SHORT else 0.0)
        return min(0.5, rate * bases)


def learn_length_errors(windows: Sequence[WindowCounts]) -> LengthErrors:
    """Count the changes of length in all windows that are too rare for variants."""
    errors, bases = {True: START_ERRORS, False: START_ERRORS}, 0.0
    for found in windows:
        width = found.window.last - found.window.first
        depth = _depth(found, found.window.first, found.window.last)
        bases += depth * width
        for event, fragments in found.events[-1].items():
            if fragments < max(VARIANT_FRAGMENTS, VARIANT_SHARE * depth):
                errors[abs(event.change) <= SHORT] += fragments
    return LengthErrors(*(errors[short] / (bases + START_BASES[short]) for short in (True, False)))


def _depth(found: WindowCounts, start: int, end: int) -> int:
    """Return the fewest fragments over any place of a stretch."""
    part = found.counts[start - found.window.start : end - found.window.start].sum(axis=(1, 2))
    usable = part.sum(axis=1) - part[:, ABSENT] - part[:, LOW_QUALITY] - part[:, LOW_MAPPING]
    return int(usable.min(initial=np.iinfo(np.int64).max)) if len(part) else 0


def asks(event: LocusEvent, change: int) -> bool:
    """Whether a change of length is of the kind and length that is asked for."""
    if event.kind is EventKind.SUBSTITUTION:
        return False
    return (change < 0) == (event.kind is EventKind.DELETION) and event.shortest <= abs(change) <= event.longest


@dataclass(frozen=True)
class SpanCounts:
    """One stretch of a locus in tumor and normal."""

    tumor: WindowCounts
    number: int
    normal: WindowCounts | None = None

    @property
    def span(self) -> tuple[int, int]:
        """Its ends, 0-based half-open."""
        return self.tumor.window.spans[self.number]

    @property
    def depth(self) -> int:
        """Fewest fragments over any place of it."""
        return _depth(self.tumor, *self.span)

    @property
    def left_out(self) -> int:
        """Fragments of low mapping quality that reach it and are not plainly aligned."""
        return self.tumor.left_out[self.number]

    @property
    def events(self) -> Mapping[IndelEvent, int]:
        """Fragments by change of length."""
        return self.tumor.events[self.number]

    def in_normal(self, event: IndelEvent) -> tuple[int, int]:
        """Return the fragments of the normal that show a change of length, and its fragments in all."""
        if self.normal is None:
            return 0, 0
        shown = self.normal.events[self.number].items()
        count = sum(n for other, n in shown if other == event or is_one_deletion(other, event))
        return count, max(count, _depth(self.normal, *self.span))

    def rate(self, event: LocusEvent, errors: LengthErrors) -> tuple[float, float]:
        """Return the expected rate of false events per fragment, and its deviation over the mean."""
        mean = errors.of(event, self.span[1] - self.span[0] + event.longest)
        if self.normal is None:
            return mean, UNSURE
        seen = sum(n for found, n in self.normal.events[self.number].items() if asks(event, found.change))
        shape = 1 / UNSURE**2
        depth = _depth(self.normal, *self.span)
        factor = (shape + seen) / (shape + mean * depth)
        return min(0.5, mean * factor), float(1 / np.sqrt(shape + seen))


def answer_event(
    event: LocusEvent, spans: Sequence[SpanCounts], errors: LengthErrors, read_length: int, hindrance: str = ""
) -> tuple[EventAnswer, ...]:
    """Return above which fraction an event is excluded that was not found, by length as far as spiked reads back it.

    Parameters
    ----------
    event
        What was asked for.
    spans, errors
        Where, and how often reads show such an event by mistake.
    read_length
        Bases of the reads.
    hindrance
        Why nothing can be excluded, empty where something can.
    """
    depth = min((span.depth for span in spans), default=0)
    if hindrance:
        return (EventAnswer(event=event, depth=depth, reason=hindrance),)
    backed = backed_parts(event, read_length)
    told = [
        EventAnswer(event=part.event, excluded_above=_excluded(part, spans, errors), depth=depth, backed_by=part.words)
        for part in backed
    ]
    reason = f"no spiked reads of up to {read_length} bases show that such events are seen"
    untold = [EventAnswer(event=rest, depth=depth, reason=reason) for rest in without_backing(event, backed)]
    return tuple(sorted([*told, *untold], key=lambda answer: answer.event.shortest))


def _excluded(part: Backing, spans: Sequence[SpanCounts], errors: LengthErrors) -> float:
    limits = []
    for span in spans:
        seen = sum(n for found, n in span.events.items() if asks(part.event, found.change))
        mean, spread = span.rate(part.event, errors)
        rates = Rates(np.array([mean]), np.array([spread]), np.array([1 - part.share]))
        limits.append(float(excluded_above([min(seen, span.depth)], [span.depth], rates)[0]))
    return round(max(limits, default=1.0), 8)


def events_found(
    locus: Locus, spans: Sequence[SpanCounts], errors: LengthErrors, threshold: float
) -> list[tuple[IndelEvent, SpanCounts]]:
    """Return the changes of length that errors do not explain, the most frequent first."""
    found: dict[IndelEvent, SpanCounts] = {}
    for event in locus.events:
        for span in spans:
            asked = [(seen, n) for seen, n in span.events.items() if asks(event, seen.change) and n > 1]
            # How often one or two bases slip says nothing of longer changes.
            longer = event.model_copy(update={"shortest": max(event.shortest, SHORT + 1)})
            rates = {short: _rates(*span.rate(event if short else longer, errors)) for short in (True, False)}
            for seen, fragments in asked:
                depth = max(span.depth, fragments)
                if chance_of_errors([fragments], [depth], rates[abs(seen.change) <= SHORT])[0] < threshold:
                    found.setdefault(seen, span)
    return sorted(found.items(), key=lambda pair: (-pair[1].events[pair[0]], pair[0]))


def _rates(mean: float, spread: float) -> Rates:
    return Rates(np.array([mean]), np.array([spread]), np.zeros(1))


def variant_of(locus: Locus, event: IndelEvent, bases: Bases) -> Variant:
    """Return a change of length as a VCF has it."""
    before = bases(event.place - 1, event.place)
    ref, alt = before, before + event.inserted
    if event.change < 0:
        ref, alt = bases(event.place - 1, event.place - event.change), before
    return Variant(chrom=locus.chrom, pos=event.place, ref=ref, alt=alt)


def name_of(event: IndelEvent, bases: Bases) -> str:
    """Return what a change of length is, for a reader."""
    size = abs(event.change)
    if event.change < 0:
        return f"{size}-base deletion"
    for extra in range(max(1, min(FILLER, size - FILLER_SEED) + 1)):
        copy = size - extra
        before, behind = bases(event.place - copy, event.place), bases(event.place, event.place + copy)
        if event.inserted[:copy] == behind or event.inserted[extra:] == before:
            return f"{copy}-base tandem duplication" + (f" with {extra} inserted bases" if extra else "")
    return f"{size}-base insertion"


def length_seen(variant: Variant, name: str, fragments: int, depth: int, share: float = 1.0) -> AlleleSeen:
    """Return a change of length with its fraction and interval.

    Parameters
    ----------
    variant, name
        What it is.
    fragments, depth
        Fragments that show it, and fragments in all.
    share
        Share of the carrying fragments that are recognized, at the least.
    """
    depth = max(depth, fragments)
    low, high = fraction_interval(fragments, depth)
    return AlleleSeen(
        variant=variant,
        name=name,
        alt_fragments=fragments,
        depth=depth,
        allele_fraction=round(fragments / depth, 6),
        fraction_low=round(low, 6),
        fraction_high=round(min(1.0, high / share), 6),
    )
