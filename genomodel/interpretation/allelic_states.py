"""Which copies of a gene carry a variant: the states that reads, copies and purity allow.

A state has ``c`` copies of the gene in each tumor cell, ``m`` of which carry the variant. At purity ``p`` beside
normal cells of ``n`` copies, a somatic variant is expected at the fraction ``p m / (p c + n (1 - p))`` of the reads,
one that was inherited from one parent at ``(p m + 1 - p) / (p c + n (1 - p))``, and one from both parents at 1. A state
is allowed where its fractions over the interval of purity meet the interval of the reads. Of a state with ``m = c`` no
copy is free of the variant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from genomodel.calls.microsatellites.score import exact_interval

MOST_COPIES = 8
"""Copies of a gene up to which states are held against the reads where nobody counted them."""
CONFIDENCE = 0.99
"""Of the interval of a share of reads: two sided, so that the true state is missed in 1 of 100."""
TOLERANCE = 0.02
"""By how much capture and alignment move a fraction in favor of the reference allele, or against it."""
LEAST_PURITY = 0.02


class Inheritance(StrEnum):
    """Where a variant comes from, as far as its fraction in the normal cells of the sample goes."""

    SOMATIC = "somatic"
    ONE_PARENT = "one parent"
    BOTH_PARENTS = "both parents"


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval."""

    low: float
    high: float

    def meets(self, other: Interval) -> bool:
        """Whether two intervals share a value."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class AllelicState:
    """Copies of a gene in each tumor cell, and how many of them carry the variant."""

    copies: int
    carrying: int
    inheritance: Inheritance = Inheritance.SOMATIC

    @property
    def none_free(self) -> bool:
        """Whether no copy is left without the variant."""
        return self.carrying == self.copies


def expected_fraction(state: AllelicState, purity: float, normal_copies: int = 2) -> float:
    """Return the share of reads, 0 to 1, that carry the variant.

    Parameters
    ----------
    state
        Of the tumor's cells.
    purity
        Share of tumor cells in the sample, 0 to 1.
    normal_copies
        Copies of the gene in a normal cell: 1 for X of a man.
    """
    if state.inheritance is Inheritance.BOTH_PARENTS:
        return 1.0
    total = purity * state.copies + normal_copies * (1 - purity)
    of_normal = 1 - purity if state.inheritance is Inheritance.ONE_PARENT else 0.0
    return (purity * state.carrying + of_normal) / total if total > 0 else 0.0


def possible_states(
    copies: Interval | None, lost: bool | None, inheritance: Iterable[Inheritance] = (Inheritance.SOMATIC,)
) -> Iterator[AllelicState]:
    """Yield the states of a variant; of an inherited one also those in which the tumor has lost it.

    Parameters
    ----------
    copies
        Interval of the copies per tumor cell; ``None`` where nobody counted them.
    lost
        Whether one parent's allele is lost, ``None`` where nobody looked. Where both are there, one copy at least is of
        the parent whose allele does not carry the variant.
    inheritance
        Where the variant may come from.
    """
    origins = tuple(inheritance)
    for count in _counts(copies):
        for origin in origins:
            yield from (AllelicState(count, carrying, origin) for carrying in _carrying(count, lost, origin))


def _counts(copies: Interval | None) -> range:
    if copies is None:
        return range(1, MOST_COPIES + 1)
    return range(max(1, math.ceil(copies.low - 0.5)), math.floor(copies.high + 0.5) + 1)


def _carrying(count: int, lost: bool | None, origin: Inheritance) -> Iterable[int]:
    if origin is Inheritance.BOTH_PARENTS:
        return (count,)
    most = count if lost is not False else count - 1
    if origin is Inheritance.SOMATIC:
        return range(1, most + 1)
    # All copies of the one parent carry an inherited variant: with a parent's allele lost, all copies or none.
    return (0, count) if lost else range(0 if lost is None else 1, most + 1)


def allowed_states(
    states: Iterable[AllelicState], reads: Interval, purity: Interval, normal_copies: int = 2
) -> tuple[AllelicState, ...]:
    """Return the states whose expected fractions over the interval of purity meet the interval of the reads.

    Parameters
    ----------
    states
        Those that are possible.
    reads
        Share of the reads that carry the variant, 0 to 1.
    purity
        Share of tumor cells, 0 to 1.
    normal_copies
        Copies of the gene in a normal cell.
    """
    return tuple(state for state in states if _over(state, purity, normal_copies).meets(reads))


def _over(state: AllelicState, purity: Interval, normal_copies: int) -> Interval:
    ends = [expected_fraction(state, share, normal_copies) for share in (purity.low, purity.high)]
    return Interval(min(ends), max(ends))


def interval_of_reads(alternate: int, depth: int) -> Interval:
    """Return the 99 % interval of the share of reads with an allele (Clopper and Pearson), widened by capture's bias.

    Raises
    ------
    ValueError
        ``depth`` is 0, or ``alternate`` not between 0 and ``depth``.
    """
    low, high = exact_interval(alternate, depth, CONFIDENCE)
    return Interval(max(0.0, low - TOLERANCE), min(1.0, high + TOLERANCE))
