"""Sentences of the looked-for negative, and numbers that never say more than was found."""

from __future__ import annotations

import math
from collections.abc import Sequence

from genomodel.calls.hotspot_assay.indels import FILLER
from genomodel.core.loci import AlleleSeen, EventAnswer, EventKind, Locus, LocusEvent, joined_lengths

_PLURALS = {
    EventKind.SUBSTITUTION: "substitutions",
    EventKind.DELETION: "deletions",
    EventKind.INSERTION: "insertions (no bases lost)",
    EventKind.DUPLICATION: f"internal tandem duplications (up to {FILLER} inserted bases, at most half)",
}


def share(value: float) -> str:
    """Return a share as percent with two significant digits."""
    return _percent(value, round)


def limit(value: float) -> str:
    """Return a limit as percent with two significant digits, rounded up: it must not promise more than was shown."""
    return _percent(value, math.ceil)


def _percent(value: float, rounding: object) -> str:
    if value <= 0:
        return "0 %"
    percent = value * 100
    digits = max(0, 1 - math.floor(math.log10(percent)))
    scale = 10.0**digits
    # Floating-point dust must not lift a round number by a unit.
    number = percent * scale
    whole = math.ceil(number - 1e-9) if rounding is math.ceil else round(number)
    return f"{whole / scale:.{digits}f} %"


def plural(count: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def of_event(event: LocusEvent) -> str:
    """Return the events that are asked for, as in ``deletions of 3 to 27 bases``."""
    if event.kind is EventKind.SUBSTITUTION:
        return _PLURALS[event.kind]
    if event.shortest == event.longest:
        return f"{_PLURALS[event.kind]} of {plural(event.shortest, 'base')}"
    return f"{_PLURALS[event.kind]} of {event.shortest} to {event.longest} bases"


def seen_words(allele: AlleleSeen) -> str:
    """Return what was found, in how many fragments, with the interval."""
    interval = f"{share(allele.fraction_low)} to {share(allele.fraction_high)}"
    return (
        f"{allele.name} in {allele.alt_fragments:,} of {plural(allele.depth, 'fragment')} "
        f"({share(allele.allele_fraction)}, 95 % interval {interval})"
    )


def detected(locus: Locus, seen: Sequence[AlleleSeen], notes: Sequence[str]) -> str:
    """Return the sentence on a locus at which something was found."""
    extra = "; " + "; ".join(notes) if notes else ""
    return f"{locus.id}: detected, {', '.join(seen_words(allele) for allele in seen)}{extra}."


def not_detected(
    locus: Locus, events: Sequence[EventAnswer], notes: Sequence[str], molecules: int | None = None
) -> str:
    """Return the sentence on a locus at which nothing was found, and what that excludes.

    Parameters
    ----------
    locus, events, notes
        What was asked, what is excluded, and what is to be said besides.
    molecules
        Molecules that the limits rest on, where nobody knows how many there were.
    """
    whole = joined_lengths(events)
    told = [event for event in whole if event.excluded_above is not None]
    untold = [event for event in whole if event.excluded_above is None]
    parts = [
        f"{of_event(event.event)} above {limit(event.excluded_above or 0.0)} in {plural(event.depth or 0, 'fragment')}"
        for event in told
    ]
    if len(told) == 1 and told[0].event.kind is EventKind.SUBSTITUTION and not untold:
        first = told[0]
        text = f"substitutions not detected in {plural(first.depth or 0, 'fragment')}; allele fractions above "
        text += f"{limit(first.excluded_above or 0.0)} are excluded with 95 % confidence"
    else:
        text = f"not detected; allele fractions are excluded with 95 % confidence for {', '.join(parts)}"
    if molecules is not None:
        text += f", if the fragments are of different molecules, of which at least {molecules:,} would be needed"
    if untold:
        text += f"; not spoken of: {', '.join(of_event(event.event) for event in untold)}"
        if all(event.event.kind is EventKind.SUBSTITUTION for event in told):
            text += " (SNVs only)"
    return f"{locus.id}: {'; '.join([text, *notes])}."


def if_molecules(needed: int) -> str:
    """Return the condition under which a negative is adequate whose fragments may be copies of few molecules."""
    return f"if at least {plural(needed, 'DNA molecule')} of the tumor sample were amplified"


def not_assessable(locus: Locus, reason: str) -> str:
    """Return the sentence on a locus of which nothing can be said."""
    return f"{locus.id}: not assessable, {reason}."
