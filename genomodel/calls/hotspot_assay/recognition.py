"""How large a share of the fragments with an insertion or deletion is recognized, as spiked reads showed.

The shipped table is made by ``bench/hotspot_indels.py``: reads with known events were aligned by bwa mem and read by
this assay. Events of a length that nobody spiked are not spoken of.
"""

from __future__ import annotations

import csv
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
    """The part of an event's lengths that spiked reads back, and the smallest share recognized among them."""

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


def backing_of(event: LocusEvent, read_length: int, rows: tuple[Recognized, ...] | None = None) -> Backing | None:
    """Return which lengths of an event spiked reads back, from the longest reads not longer than the sample's.

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
    lengths = [row.read_length for row in rows if row.read_length <= read_length]
    if not lengths:
        return None
    nearest = max(lengths)
    fitting = sorted(
        (
            row
            for row in rows
            if row.kind is event.kind
            and row.read_length == nearest
            and row.share >= LEAST_SHARE
            and row.shortest <= event.longest
            and row.longest >= event.shortest
        ),
        key=lambda row: row.shortest,
    )
    joined: list[Recognized] = []
    for row in fitting:
        if joined and row.shortest > joined[-1].longest + 1:
            break
        joined.append(row)
    if not joined:
        return None
    part = LocusEvent(
        kind=event.kind,
        shortest=max(event.shortest, joined[0].shortest),
        longest=min(event.longest, joined[-1].longest),
    )
    return Backing(part, min(row.share for row in joined), nearest)
