"""Where an edit lies in a transcript: exons, introns, splice sites and their surroundings.

The surroundings are those of Ensembl's consequence terms: the site is the two bases of the intron beside an exon, the
region three bases of the exon and bases 3 to 8 of the intron, the polypyrimidine tract bases 3 to 17 before an exon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genomodel.annotation.coding.edits import Edit, move
from genomodel.annotation.coding.transcripts import Transcript

SITE, REGION_EXON, REGION_INTRON, TRACT = 2, 3, 8, 17
DONOR, ACCEPTOR = "splice_donor_variant", "splice_acceptor_variant"


@dataclass(frozen=True, slots=True)
class SpliceHit:
    """A splice site that an edit changes."""

    term: str
    base: int
    """Spliced base of the exon beside the site."""


def overlaps(edit: Edit, first: int, after: int) -> bool:
    """Whether an edit changes a stretch; an insertion does so only within it, not at its ends."""
    if edit.start == edit.end:
        return first < edit.start < after
    return edit.start < after and first < edit.end


def touches(edit: Edit, first: int, after: int) -> bool:
    """Whether an edit changes a stretch or inserts at one of its ends."""
    if edit.start == edit.end:
        return first <= edit.start <= after
    return edit.start < after and first < edit.end


def near_exons(transcript: Transcript, start: int, end: int) -> range:
    """Return the indices of exons that lie around a stretch, with one more at either side."""
    first = max(transcript.exon_at(start - TRACT) - 1, 0)
    return range(first, min(transcript.exon_at(end + TRACT) + 2, len(transcript.exons)))


def splice_hits(edit: Edit, transcript: Transcript) -> tuple[SpliceHit, ...]:
    """Return the splice sites that an edit changes, in their order."""
    found = []
    for index in near_exons(transcript, edit.start, edit.end):
        first, after = transcript.exons[index]
        if index > 0 and overlaps(edit, first - SITE, first):
            found.append(SpliceHit(ACCEPTOR, transcript.offsets[index]))
        if index + 1 < len(transcript.exons) and overlaps(edit, after, after + SITE):
            found.append(SpliceHit(DONOR, transcript.offsets[index] + after - first - 1))
    return tuple(found)


def surroundings(edit: Edit, transcript: Transcript) -> Iterator[str]:
    """Yield the terms of places around splice sites that an edit changes."""
    for index in near_exons(transcript, edit.start, edit.end):
        first, after = transcript.exons[index]
        if index > 0:
            if touches(edit, first - REGION_INTRON, first - SITE) or touches(edit, first, first + REGION_EXON):
                yield "splice_region_variant"
            if overlaps(edit, first - TRACT, first - SITE):
                yield "splice_polypyrimidine_tract_variant"
        if index + 1 < len(transcript.exons):
            if touches(edit, after - REGION_EXON, after) or touches(edit, after + SITE, after + REGION_INTRON):
                yield "splice_region_variant"
            if overlaps(edit, after + 4, after + 5):
                yield "splice_donor_5th_base_variant"


def exon_of(edit: Edit, transcript: Transcript) -> int | None:
    """Return the index of the exon that holds the whole edit, ``None`` without one.

    An insertion between an exon and its intron is in the exon: the splice site stays as it is.
    """
    for index in (transcript.exon_at(edit.start), transcript.exon_at(edit.start) - 1):
        if index < 0:
            continue
        first, after = transcript.exons[index]
        if edit.start == edit.end:
            # Before the first and behind the last base of a transcript is outside.
            first += index == 0
            after -= index + 1 == len(transcript.exons)
        if first <= edit.start and edit.end <= after:
            return index
    return None


def best_place(edit: Edit, left: int, right: int, transcript: Transcript) -> Edit:
    """Return an insertion or deletion at that one of its equal places from which its effect is read.

    Within an exon where it can be written so, the most 3': a deletion of ``G`` in ``CAG|gt`` leaves the donor site as
    it was and takes a base of the exon. Else in an intron apart from its splice sites: ``GT`` doubled in ``CAG|gtaa``
    leaves both exon and site. Else between exon and intron, and last the most 3' of all.

    Parameters
    ----------
    left, right
        How far it can be written toward either end.
    """
    if not edit.movable:
        return edit
    beside = None
    for index in reversed(near_exons(transcript, edit.start - left, edit.end + right)):
        first, after = transcript.exons[index]
        lowest, highest = max(-left, first - edit.start), min(right, after - edit.end)
        if edit.start == edit.end:
            inner = max(-left, first + 1 - edit.start), min(right, after - 1 - edit.end)
            if lowest <= highest and inner[0] > inner[1] and _between_exons(transcript, index, edit.start + highest):
                beside = move(edit, highest)
            lowest, highest = inner
        if lowest <= highest:
            return move(edit, highest)
    for by in range(right, -left - 1, -1):
        moved = move(edit, by)
        if exon_of(moved, transcript) is None and not splice_hits(moved, transcript):
            return moved
    return beside or move(edit, right)


def _between_exons(transcript: Transcript, index: int, place: int) -> bool:
    """Whether the end of an exon at a place borders on an intron, not on what lies beside the transcript."""
    first, after = transcript.exons[index]
    return (place == first and index > 0) or (place == after and index + 1 < len(transcript.exons))


def exon_label(edit: Edit, transcript: Transcript) -> str:
    """Return the numbers of the exons that an edit touches and how many there are: ``15/18``, ``2-3/10``."""
    held = exon_of(edit, transcript)
    if held is not None:
        return f"{held + 1}/{len(transcript.exons)}"
    near = near_exons(transcript, edit.start, edit.end)
    return _label([index for index in near if overlaps(edit, *transcript.exons[index])], len(transcript.exons))


def intron_label(edit: Edit, transcript: Transcript) -> str:
    """Return the numbers of the introns that an edit touches and how many there are."""
    if exon_of(edit, transcript) is not None:
        return ""
    exons, found = transcript.exons, []
    for index in near_exons(transcript, edit.start, edit.end):
        if index + 1 < len(exons) and overlaps(edit, exons[index][1], exons[index + 1][0]):
            found.append(index)
    return _label(found, len(exons) - 1)


def _label(indices: list[int], total: int) -> str:
    if not indices:
        return ""
    first, last = indices[0] + 1, indices[-1] + 1
    return f"{first}/{total}" if first == last else f"{first}-{last}/{total}"
