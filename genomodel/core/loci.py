"""Places of the genome that a tumor board asks about, and what the reads answer."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.provenance import SourceFile
from genomodel.core.variants import Variant


class LocusClass(StrEnum):
    """How a locus is told on the genome."""

    CODON = "codon"
    POSITION = "single position"
    SPLICE = "splice region"
    INDEL = "indel region"


class EventKind(StrEnum):
    """What may have happened at a locus."""

    SUBSTITUTION = "substitution"
    DELETION = "deletion"
    INSERTION = "insertion"
    DUPLICATION = "internal tandem duplication"


class LocusEvent(Noun):
    """A kind of event that is asked for at a locus, with the lengths asked for, in bases."""

    kind: EventKind
    shortest: int = Field(default=1, ge=1)
    longest: int = Field(default=1, ge=1)


class Locus(Noun):
    """A place that is asked about, laid onto a genome."""

    id: str
    """``BRAF V600``, ``TERT C228T``, ``MET exon 14 splice donor``: unique in the table."""
    gene: str
    locus_class: LocusClass
    chrom: str
    positions: tuple[int, ...]
    """1-based, in the order of the transcript."""
    bases: str
    """Forward strand of the genome at :attr:`positions`."""
    forward: bool
    transcript: str = ""
    events: tuple[LocusEvent, ...]
    alternates: tuple[str, ...] = ()
    """Forward-strand bases asked for at a single position; empty asks for any."""
    source: str = ""
    """Where it is told that this place matters."""
    residues: tuple[int, int] | None = None
    """First and last residue that it is about, numbered as in the table; ``None`` outside proteins."""


class LocusStatus(StrEnum):
    """Answer for one locus."""

    DETECTED = "detected"
    NOT_DETECTED = "not detected"
    NOT_ASSESSABLE = "not assessable"


class AlleleSeen(Noun):
    """An allele that errors do not explain."""

    variant: Variant
    name: str
    """As a reader would say it: ``V600E``, ``15-base deletion``, ``60-base tandem duplication``."""
    alt_fragments: int
    depth: int
    allele_fraction: float
    fraction_low: float
    fraction_high: float
    """Ends of the two-sided 95 % interval."""


class EventAnswer(Noun):
    """What is excluded for one kind of event."""

    event: LocusEvent
    excluded_above: float | None = None
    """Allele fractions above this one are excluded with 95 % confidence; ``None`` where nothing is."""
    depth: int | None = None
    """Fewest fragments at any place the event needs."""
    backed_by: str = ""
    """How it was shown that such events are seen; empty where they are not, so that the answer is about the rest."""
    reason: str = ""
    """Why nothing is excluded."""


def joined_lengths(answers: Iterable[EventAnswer]) -> tuple[EventAnswer, ...]:
    """Put neighboring lengths of one kind of event together, with the largest limit and the least depth.

    Only what has a limit is joined with what has one, and what has none with what has none for the same reason.
    """
    joined: list[EventAnswer] = []
    for answer in answers:
        last = joined[-1] if joined else None
        if (
            last is None
            or last.event.kind is not answer.event.kind
            or last.event.longest + 1 != answer.event.shortest
            or last.reason != answer.reason
        ):
            joined.append(answer)
            continue
        limits = [limit for limit in (last.excluded_above, answer.excluded_above) if limit is not None]
        depths = [depth for depth in (last.depth, answer.depth) if depth is not None]
        joined[-1] = last.model_copy(
            update={
                "event": last.event.model_copy(update={"longest": answer.event.longest}),
                "excluded_above": max(limits, default=None),
                "depth": min(depths, default=None),
            }
        )
    return tuple(joined)


class LocusAnswer(Noun):
    """What the reads say of one locus."""

    locus: Locus
    status: LocusStatus
    seen: tuple[AlleleSeen, ...] = ()
    excluded_above: float | None = None
    """The largest limit over the events asked for and answered."""
    events: tuple[EventAnswer, ...] = ()
    depth: int
    """Fewest fragments over the positions."""
    molecules: int | None = None
    """Molecules at most of which the fragments are copies, as was stated: no limit lies below theirs."""
    molecules_needed: int | None = None
    """Molecules without which the limit cannot hold, told where nobody knows of how many the fragments are copies."""
    adequate_from_molecules: int | None = None
    """Amplified molecules from which such a negative is adequate at the purity that the reads were asked with."""
    error_rate: float | None = None
    """Largest rate of errors, per fragment and allele, that was reckoned with."""
    error_source: str = ""
    """``normal`` or ``flanking sites``."""
    reason: str = ""
    """Why it is not assessable."""
    statement: str
    """The answer in one sentence, without the word on purity."""


class HotspotAssay(Noun):
    """Every locus of the table, asked of one tumor."""

    sample: str
    confidence: float = 0.95
    purity: float | None = None
    """Share of tumor cells that the reads were asked with; the report may know another."""
    answers: tuple[LocusAnswer, ...] = ()
    not_placed: dict[str, str] = Field(default_factory=dict)
    """Loci of the table that this genome has no place for, with the reason."""
    sources: tuple[SourceFile, ...] = ()


def is_adequate(answer: LocusAnswer, purity: float | None) -> bool | None:
    """Whether a clonal heterozygous variant of a diploid tumor would have been seen; ``None`` where nobody can say.

    Its allele fraction is half the purity, so that the limit has to lie below that. Where the fragments are copies of
    nobody knows how many molecules, a limit below it says nothing yet.
    """
    if answer.status is not LocusStatus.NOT_DETECTED or answer.excluded_above is None or purity is None:
        return None
    below = answer.excluded_above < purity / 2
    return None if below and answer.molecules_needed is not None else below
