"""What the copy-number input cannot say, gene by gene."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from genomodel.core.copy_number import (
    NO_NORMAL,
    NO_PURITY,
    CopyNumberCall,
    CopyNumberProfile,
    possible_amplification,
    possible_deep_deletion,
    reasons_by_kind,
    why_no_deep_deletions,
)
from genomodel.core.findings import NotAssessable
from genomodel.resources.driver_genes import driver_role

MOST_LOSSES = 40
"""Genes that are named before the rest is counted: without a purity every loss is a possible one."""
_WORDS = {
    NO_PURITY: "Purity is not known, without which none is called.",
    NO_NORMAL: "There was no normal of this assay to measure against, and a bait that fails looks deleted.",
}


def copy_number_gaps(
    copy_number: CopyNumberProfile | None, genes: Collection[str], known: Collection[str], given: float | None = None
) -> list[NotAssessable]:
    """Return the copy-number questions that stay open.

    Parameters
    ----------
    copy_number
        What was called or given; ``None`` when nothing was.
    genes
        Genes whose amplification or deletion is evidence in this tumor type.
    known
        Genes with evidence of any kind, in any tumor type.
    given
        The pathologist's purity.
    """
    asked = ", ".join(sorted(genes)) or "no gene for this tumor type"
    if copy_number is None:
        reason = f"No copy-number input; amplifications and deletions are unknown, among them {asked}."
        return [NotAssessable(what="Copy number", reason=reason)]
    if copy_number.assayed_genes is None:
        reason = f"The input lists events only; a gene that it does not name is unknown, not neutral ({asked})."
        silent = NotAssessable(what="Copy number of genes without an event", reason=reason)
        return [silent, *_events(copy_number, {*genes, *known}, given)]
    missing = sorted({*genes} - {*copy_number.assayed_genes} - {*copy_number.not_assessed})
    rows = [NotAssessable(what=f"Copy number of {', '.join(missing)}", reason="Not in the copy-number input.")]
    rows = rows if missing else []
    unanswered = {g: reason for g, reason in copy_number.not_assessed.items() if g in {*genes, *known}}
    rows += [
        NotAssessable(what=f"Copy number of {', '.join(names)}", reason=f"{reason[:1].upper()}{reason[1:]}.")
        for names, reason in reasons_by_kind(unanswered)
    ]
    return rows + _events(copy_number, {*genes, *known}, given)


def _events(copy_number: CopyNumberProfile, known: Collection[str], given: float | None) -> list[NotAssessable]:
    return [*_amplifications(copy_number, known), *_deep_deletions(copy_number, known, given)]


def _amplifications(copy_number: CopyNumberProfile, known: Collection[str]) -> list[NotAssessable]:
    """Say which genes with evidence have a gain that may be an amplification."""
    calls = [call for call in copy_number.calls if call.gene in known and possible_amplification(call)]
    if not calls:
        return []
    reasons = "; ".join(f"{call.gene}: {call.note}" for call in calls[:MOST_LOSSES])
    return [NotAssessable(what=f"Amplification of {_named(calls)}", reason=f"{reasons}.")]


def _deep_deletions(copy_number: CopyNumberProfile, known: Collection[str], given: float | None) -> list[NotAssessable]:
    """Say where no deep deletion is called at all, and which genes have a possible one."""
    calls = _possible_losses(copy_number, known)
    lost = _named(calls)
    of_genes = f" Possible losses: {lost}." if lost else ""
    why = why_no_deep_deletions(copy_number, given)
    if why:
        reason = _WORDS.get(why, f"{why[:1].upper()}{why[1:]}; while it is, none is called.")
        if why == NO_PURITY and any(call.log2_ratio is not None for call in copy_number.calls):
            reason += " Amplifications below threefold stay gains."
        return [NotAssessable(what="Deep deletions", reason=reason + of_genes)]
    if lost:
        reasons = "; ".join(f"{call.gene}: {call.note}" for call in calls[:MOST_LOSSES])
        return [NotAssessable(what=f"Deep deletion of {lost}", reason=f"{reasons}.")]
    return []


def _named(calls: Sequence[CopyNumberCall]) -> str:
    more = f" and {len(calls) - MOST_LOSSES} more" if len(calls) > MOST_LOSSES else ""
    return ", ".join(call.gene for call in calls[:MOST_LOSSES]) + more


def _possible_losses(copy_number: CopyNumberProfile, known: Collection[str]) -> list[CopyNumberCall]:
    """Return possible losses of all copies of genes with evidence, then of other genes that tumors lose."""
    losses = [call for call in copy_number.calls if possible_deep_deletion(call)]
    others = (c for c in losses if c.gene not in known and driver_role(c.gene) == "loss of function")
    return [*(call for call in losses if call.gene in known), *others]
