"""An allele as an edit of a strand, and the places that the same change can be written at."""

from __future__ import annotations

from dataclasses import dataclass

from genomodel.annotation.coding.sequence import Sequence
from genomodel.annotation.coding.transcripts import Transcript

_STEP = 64
_FARTHEST = 20_000
"""Bases that an insertion or deletion is moved at most; the longest repeats of coding genes are far shorter."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Bases between two places of a strand axis and those that stand there instead, nothing shared at either end."""

    start: int
    end: int
    ref: str
    alt: str

    @property
    def movable(self) -> bool:
        """Whether it only inserts or only deletes, so that the same change may be written at several places."""
        return not self.ref or not self.alt

    @property
    def gain(self) -> int:
        """Bases won, negative where bases are lost."""
        return len(self.alt) - len(self.ref)


def make_edit(start: int, ref: str, alt: str) -> Edit:
    """Return the edit of bases ``ref`` at ``start``, trimmed of what both alleles share, from the end first."""
    tail = _shared(ref[::-1], alt[::-1])
    ref, alt = ref[: len(ref) - tail], alt[: len(alt) - tail]
    head = _shared(ref, alt)
    ref, alt = ref[head:], alt[head:]
    return Edit(start + head, start + head + len(ref), ref, alt)


def _shared(left: str, right: str) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def reach(edit: Edit, transcript: Transcript, sequence: Sequence) -> tuple[int, int]:
    """Return by how many bases an insertion or deletion can be written farther left and farther right."""
    if not edit.movable:
        return 0, 0
    return _toward_start(edit, transcript, sequence), _toward_end(edit, transcript, sequence)


def _toward_end(edit: Edit, transcript: Transcript, sequence: Sequence) -> int:
    unit = edit.ref or edit.alt
    moved, ahead = 0, ""
    while moved < _FARTHEST:
        if moved == len(ahead):
            ahead += sequence.strand(transcript, edit.end + moved, edit.end + moved + _STEP)
        # Bases ahead repeat the unit as long as it can move; of a deletion they are compared with themselves.
        expected = unit[moved] if moved < len(unit) else ahead[moved - len(unit)]
        if ahead[moved] != expected or expected == "N":
            break
        moved += 1
    return moved


def _toward_start(edit: Edit, transcript: Transcript, sequence: Sequence) -> int:
    unit = (edit.ref or edit.alt)[::-1]
    moved, behind = 0, ""
    while moved < _FARTHEST:
        if moved == len(behind):
            behind += sequence.strand(transcript, edit.start - moved - _STEP, edit.start - moved)[::-1]
        expected = unit[moved] if moved < len(unit) else behind[moved - len(unit)]
        if behind[moved] != expected or expected == "N":
            break
        moved += 1
    return moved


def move(edit: Edit, by: int) -> Edit:
    """Return the same change written ``by`` bases farther right; it must be within :func:`reach`."""
    if not by:
        return edit
    unit = edit.ref or edit.alt
    turn = by % len(unit)
    turned = unit[turn:] + unit[:turn]
    return Edit(edit.start + by, edit.end + by, turned if edit.ref else "", turned if edit.alt else "")
