"""How large a share of the fragments with an insertion or deletion is recognized, as spiked reads showed.

The shipped table is made by ``bench/hotspot_indels.py``: reads with known events were aligned by bwa mem and read by
this assay. Events of a length that nobody spiked are not spoken of.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.core.loci import EventKind, LocusEvent

TABLE = "recognition.tsv"
LEAST_SHARE = 0.25
"""Share below which an event is held for not recognizable at that length of reads."""


@dataclass(frozen=True)
class Recognized:
    """What spiked reads showed for one kind and range of lengths.

    Attributes
    ----------
    kind
        Kind of event.
    shortest, longest
        Lengths, in bases.
    read_length
        Bases of the reads.
    share
        Share of the fragments that reach the event and carry it in which it is recognized; lower bound.
    """

    kind: EventKind
    shortest: int
    longest: int
    read_length: int
    share: float


@dataclass(frozen=True)
class Backing:
    """Lengths of an event that spiked reads back, and the share recognized among them."""

    event: LocusEvent
    share: float
    read_length: int

    @property
    def words(self) -> str:
        """How it was shown, for a reader."""
        return f"spiked reads of {self.read_length} bases: at least {self.share:.0%} of carrying fragments recognized"


@cache
def recognized_rows() -> tuple[Recognized, ...]:
    """Return the shipped table."""
    text = (files("genomodel.calls.hotspot_assay") / TABLE).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(
        Recognized(
            kind=EventKind(row["kind"]),
            shortest=int(row["shortest"]),
            longest=int(row["longest"]),
            read_length=int(row["read_length"]),
            share=float(row["share"]),
        )
        for row in csv.DictReader(lines, delimiter="\t")
    )


def backed_parts(
    event: LocusEvent, read_length: int, rows: tuple[Recognized, ...] | None = None
) -> tuple[Backing, ...]:
    """Return the lengths of an event that spiked reads back, each stretch with the share recognized in it.

    They are those of the longest spiked reads that are not longer than the sample's.

    Parameters
    ----------
    event
        What is asked for.
    read_length
        Bases of the sample's reads.
    rows
        Table to look in; the shipped one unless told.
    """
    rows = recognized_rows() if rows is None else rows
    nearest = max((row.read_length for row in rows if row.read_length <= read_length), default=None)
    return tuple(
        Backing(
            LocusEvent(
                kind=event.kind,
                shortest=max(event.shortest, row.shortest),
                longest=min(event.longest, row.longest),
            ),
            row.share,
            row.read_length,
        )
        for row in sorted(rows, key=lambda row: row.shortest)
        if row.kind is event.kind
        and row.read_length == nearest
        and row.share >= LEAST_SHARE
        and row.shortest <= event.longest
        and row.longest >= event.shortest
    )


def without_backing(event: LocusEvent, backed: Sequence[Backing]) -> tuple[LocusEvent, ...]:
    """Return the lengths of an event that are in none of its backed parts."""
    rest, start = [], event.shortest
    for part in backed:
        if part.event.shortest > start:
            rest.append(event.model_copy(update={"shortest": start, "longest": part.event.shortest - 1}))
        start = max(start, part.event.longest + 1)
    if start <= event.longest:
        rest.append(event.model_copy(update={"shortest": start}))
    return tuple(rest)
