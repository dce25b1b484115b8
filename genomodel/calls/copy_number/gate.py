"""The rule that every table passes, ours and others': no deep deletion without a purity beyond dispute."""

from __future__ import annotations

from genomodel.calls.copy_number.copies import POSSIBLE_LOSS, disputed_gain
from genomodel.core.copy_number import (
    CopyNumberCall,
    CopyNumberProfile,
    CopyNumberState,
    PurityPloidy,
    possible_amplification,
)


def hold_deep_deletions(profile: CopyNumberProfile, purity: PurityPloidy | None) -> CopyNumberProfile:
    """Return a profile whose deep deletions are possible losses where the purity is unknown or in dispute.

    In dispute a gain is told to be an amplification perhaps, and no allele is said to be kept: of a lower purity the
    tumor cells hold more copies, and a lost allele hardly shows.

    Parameters
    ----------
    profile
        As it was read; words and numbers of a table count alike, since it does not say on what they rest.
    purity
        What is given for the patient joined with what the table says.
    """
    if purity is None or purity.purity is None:
        why = POSSIBLE_LOSS
    elif purity.disagreement:
        why = f"possible loss: purity in dispute, {purity.disagreement}"
    else:
        return profile
    in_dispute = purity.disagreement if purity is not None else ""
    return profile.model_copy(update={"calls": tuple(_held(call, why, in_dispute) for call in profile.calls)})


def _held(call: CopyNumberCall, why: str, in_dispute: str) -> CopyNumberCall:
    if in_dispute and call.loh is False:
        call = call.model_copy(update={"loh": None})
    if in_dispute and call.state is CopyNumberState.GAIN and not possible_amplification(call):
        return call.model_copy(update={"note": "; ".join(filter(None, (call.note, disputed_gain(in_dispute))))})
    if call.state is not CopyNumberState.DEEP_DELETION:
        return call
    note = "; ".join(filter(None, (why, call.note)))
    return call.model_copy(update={"state": CopyNumberState.LOSS, "note": note})
