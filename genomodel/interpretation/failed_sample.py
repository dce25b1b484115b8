"""What of a failed sample must not be said: every negative, whoever found it."""

from __future__ import annotations

from collections.abc import Sequence

from genomodel.core.assays import Assays
from genomodel.core.copy_number import CopyNumberProfile, CopyNumberState
from genomodel.core.identity import IdentityCheck
from genomodel.core.loci import HotspotAssay, LocusAnswer, LocusStatus
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.rearrangements import GeneAnswer, Material, RearrangementAssay

_EVENTS = frozenset({CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION})


def withhold_negatives(assays: Assays, failures: Sequence[str]) -> Assays:
    """Return the answers with each negative turned into ``not assessable``; what was seen stays.

    Parameters
    ----------
    assays
        What was looked for beside small variants.
    failures
        Why the sample failed; none leaves everything as it is.
    """
    if not failures:
        return assays
    reason = f"the sample failed: {'; '.join(failures)}"
    kept = {
        "hotspots": assays.hotspots and _withhold_loci(assays.hotspots, reason),
        "msi": assays.msi and _withhold_stable(assays.msi, reason),
        "rearrangements": assays.rearrangements and _withhold_genes(assays.rearrangements, reason),
    }
    return assays.model_copy(update=kept)


def withhold_hidden(assays: Assays, checks: Sequence[IdentityCheck]) -> Assays:
    """Return the answers without those negatives that a normal with cells, or DNA, of the tumor gives falsely.

    What is the normal's is taken for inherited: new lengths of repeats for the patient's alleles, a rearrangement for
    one of the germline. RNA is held against no normal.

    Parameters
    ----------
    assays
        What was looked for beside small variants.
    checks
        Failed checks of the normal; none leaves everything as it is.
    """
    if not checks:
        return assays
    told = "; ".join(f"{check.name.value} of {check.subject}: {check.value}" for check in checks)
    reason = f"the normal may hide what is the tumor's ({told})"
    kept = {
        "msi": assays.msi and _withhold_stable(assays.msi, reason),
        "rearrangements": assays.rearrangements and _withhold_genes(assays.rearrangements, reason, only=Material.DNA),
    }
    return assays.model_copy(update=kept)


def _withhold_stable(msi: MicrosatelliteAssay, reason: str) -> MicrosatelliteAssay:
    if msi.status is not InstabilityClass.STABLE:
        return msi
    status = InstabilityClass.INDETERMINATE
    return msi.model_copy(update={"status": status, "reason": f"{reason[:1].upper()}{reason[1:]}."})


def _withhold_genes(found: RearrangementAssay, reason: str, *, only: Material | None = None) -> RearrangementAssay:
    changed = {"assessable": False, "reason": reason}

    def kept(item: GeneAnswer) -> bool:
        return only is not None and not (item.assessable and item.material is only)

    genes, losses = (
        tuple(item if kept(item) else item.model_copy(update=changed) for item in answers)
        for answers in (found.genes, found.exon_losses)
    )
    every = only is not None and found.every_pair and any(item.assessable for item in genes)
    return found.model_copy(update={"genes": genes, "exon_losses": losses, "every_pair": every})


def _withhold_loci(hotspots: HotspotAssay, reason: str) -> HotspotAssay:
    answers = tuple(
        _withheld(answer, reason) if answer.status is LocusStatus.NOT_DETECTED else answer
        for answer in hotspots.answers
    )
    return hotspots.model_copy(update={"answers": answers})


def _withheld(answer: LocusAnswer, reason: str) -> LocusAnswer:
    events = tuple(event.model_copy(update={"excluded_above": None, "reason": reason}) for event in answer.events)
    return answer.model_copy(
        update={
            "status": LocusStatus.NOT_ASSESSABLE,
            "excluded_above": None,
            "events": events,
            "reason": reason,
            "statement": f"{answer.locus.id}: not assessable ({reason})",
        }
    )


def withhold_neutral_genes(copy_number: CopyNumberProfile | None, failures: Sequence[str]) -> CopyNumberProfile | None:
    """Return the copy numbers of a failed sample: events stay, and no other gene counts as having been looked at."""
    if not failures or copy_number is None:
        return copy_number
    calls = tuple(call for call in copy_number.calls if call.state in _EVENTS)
    genes = copy_number.assayed_genes or ()
    silent = {gene: "the sample failed" for gene in genes if gene not in {call.gene for call in calls}}
    assayed = None if copy_number.assayed_genes is None else tuple(sorted({call.gene for call in calls}))
    return copy_number.model_copy(
        update={"calls": calls, "assayed_genes": assayed, "not_assessed": copy_number.not_assessed | silent}
    )
