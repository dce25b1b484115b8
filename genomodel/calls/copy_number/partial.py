"""What is said of a gene of which a part lies apart: never that it is neutral.

Part and rest are measured like genes. A part that was looked for is the extreme one of many, so that its copies look
farther off than they are: it holds a loss or a gain, which may be more, and never an amplification or deep deletion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genomodel.calls.copy_number.copies import DEEP_DELETION_COPIES, POSSIBLE_LOSS
from genomodel.calls.copy_number.parts import Grade, Split, pieces_of, where
from genomodel.calls.copy_number.states import Baseline, Measured, decide, open_gain
from genomodel.core.copy_number import Bin, CopyNumberState

POSSIBLE, _REASON = "possible loss", "possible loss: "
INDETERMINATE = "indeterminate, a part may be lost or gained"
DOWN = (CopyNumberState.LOSS, CopyNumberState.DEEP_DELETION)
UP = (CopyNumberState.GAIN, CopyNumberState.AMPLIFICATION)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a gene, and the bins that it rests on."""

    state: CopyNumberState | None
    note: str
    """Why less is said than the copies would; without a state, why there is none."""
    measured: Measured
    bins: Sequence[Bin]
    between_breakpoints: bool = True
    """Whether the segmentation, which tells how far an event reaches, saw it."""


def with_part(
    answer: Answer, bins: Sequence[Bin], split: Split, sides: tuple[Measured, Measured], baseline: Baseline
) -> Answer:
    """Return the answer on a gene in view of a part of it.

    Parameters
    ----------
    answer
        On the gene as a whole, or in view of another part; neither amplified nor deleted.
    bins
        Of the gene.
    split
        The part, and the rest.
    sides
        The lower and the higher bins, as measured.
    baseline
        Purity, sex and reference.
    """
    part = _of_split(bins, split, sides, baseline)
    if part is None or (split.grade is Grade.SUSPECT and answer.state is not CopyNumberState.NEUTRAL):
        return answer
    if answer.state is CopyNumberState.NEUTRAL:
        return part
    if part.state is not CopyNumberState.LOSS:
        return answer
    if answer.state is CopyNumberState.LOSS and (
        answer.note.startswith(POSSIBLE) or not part.note.startswith(POSSIBLE)
    ):
        return answer
    return part


def _of_split(bins: Sequence[Bin], split: Split, sides: tuple[Measured, Measured], baseline: Baseline) -> Answer | None:
    """Return what a part makes of a gene that would be neutral, ``None`` where nothing."""
    below, above = sides
    (state_below, note_below), (state_above, _) = decide(below, baseline), decide(above, baseline)
    clear, broken = split.grade is Grade.CLEAR, split.grade in (Grade.BROKEN, Grade.DOUBTED)
    lost = below.interval[1] < below.base and (clear or state_below in DOWN)
    raised = above.interval[0] > above.base and (clear or state_above in UP)
    if split.grade in (Grade.SUSPECT, Grade.DOUBTED) or not (lost or raised):
        both_neutral = state_below is state_above is CopyNumberState.NEUTRAL
        if both_neutral and not clear and (broken or _trusted(baseline)):
            return None
        return Answer(None, _indeterminate(bins, split, sides), below, bins)
    more = _more(above, baseline) if raised else ""
    if lost:
        note = f"{_loss(below, baseline)}{where(bins, split.low)})"
        reason = _reason(note_below, baseline) if note.startswith(POSSIBLE) else ""
        used = [bins[k] for k in max(pieces_of(split.low), key=len)]
        return Answer(CopyNumberState.LOSS, "; ".join(filter(None, (note + reason, more))), below, used, broken)
    used = [bins[k] for k in max(pieces_of(split.high), key=len)]
    note = f"gain of part ({where(bins, split.high)})"
    return Answer(CopyNumberState.GAIN, "; ".join(filter(None, (note, more))), above, used, broken)


def _trusted(baseline: Baseline) -> bool:
    """Whether purity is known and undisputed, so that a neutral part leaves amplification and deep deletion out."""
    return baseline.purity is not None and baseline.purity.purity is not None and not baseline.purity.disagreement


def _loss(below: Measured, baseline: Baseline) -> str:
    """Say whether all copies of a part may be lost."""
    excluded = _trusted(baseline) and below.interval[0] > DEEP_DELETION_COPIES
    return "loss of part (" if excluded else f"{POSSIBLE} of part ("


def _reason(note: str, baseline: Baseline) -> str:
    """Return why a deep deletion of a part is not claimed, where a whole gene would be told the same."""
    if baseline.purity is not None and baseline.purity.disagreement:
        return f": purity in dispute, {baseline.purity.disagreement}"
    told = POSSIBLE_LOSS if baseline.known_purity is None else note
    return f": {told.removeprefix(_REASON)}" if told.startswith(_REASON) else ""


def _more(above: Measured, baseline: Baseline) -> str:
    if baseline.known_purity is None:
        return "amplification not excluded: purity unknown"
    return open_gain(above, baseline)


def _indeterminate(bins: Sequence[Bin], split: Split, sides: tuple[Measured, Measured]) -> str:
    below, above = sides
    by = f"{abs(above.log2 - below.log2):.2f}"
    if len(pieces_of(split.low)) == 1:
        return f"{INDETERMINATE}: {where(bins, split.low)}, lie {by} (log2) below the rest"
    return f"{INDETERMINATE}: {where(bins, split.high)}, lie {by} (log2) above the rest"


__all__ = ["INDETERMINATE", "Answer", "with_part"]
