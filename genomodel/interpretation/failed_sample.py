"""What of a failed sample must not be said: every negative, whoever found it."""

from __future__ import annotations

from collections.abc import Sequence

from genomodel.calls.quality.metrics import failures as quality_failures
from genomodel.core.assays import Assays
from genomodel.core.copy_number import (
    DISAGREEMENT_MARGIN,
    MATCHED,
    CopyNumberProfile,
    CopyNumberState,
    may_be_more,
)
from genomodel.core.identity import CheckName, IdentityCheck, whose_failures
from genomodel.core.loci import HotspotAssay, LocusAnswer, LocusStatus
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.patients import Patient
from genomodel.core.rearrangements import GeneAnswer, Material, RearrangementAssay

_EVENTS = frozenset({CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION})


def sample_failures(patient: Patient, assays: Assays) -> tuple[str, ...]:
    """Return what failed of the samples' identity and of the reads' quality, less what the sheet accepts."""
    poor = quality_failures(assays.quality) if assays.quality is not None else ()
    return (*whose_failures(assays.identity, patient.waived), *poor)


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
    reason = _hiding(checks)
    kept = {
        "msi": assays.msi and _withhold_stable(assays.msi, reason),
        "rearrangements": assays.rearrangements and _withhold_genes(assays.rearrangements, reason, only=Material.DNA),
    }
    return assays.model_copy(update=kept)


def _hiding(checks: Sequence[IdentityCheck]) -> str:
    told = "; ".join(f"{check.name.value} of {check.subject}: {check.value}" for check in checks)
    return f"the normal may hide what is the tumor's ({told})"


def withhold_hidden_copies(
    copy_number: CopyNumberProfile | None, checks: Sequence[IdentityCheck]
) -> CopyNumberProfile | None:
    """Return copy numbers without the negatives that tumor cells in the normal give falsely.

    They take of each event the share that the normal has as well: against it no gene is neutral, a gain may be an
    amplification, a loss one of all copies. Of which alleles a tumor has lost the normal's sites tell in any case.

    Parameters
    ----------
    copy_number
        As it was called.
    checks
        Failed checks of the normal; foreign DNA in it has two copies of everything and hides nothing here.
    """
    of_tumor = [check for check in checks if check.name is CheckName.TUMOR_IN_NORMAL]
    if copy_number is None or not of_tumor:
        return copy_number
    calls = [call.model_copy(update={"loh": call.loh or None}) for call in copy_number.calls]
    if MATCHED not in copy_number.method:
        return copy_number.model_copy(update={"calls": tuple(calls)})
    reason = _hiding(of_tumor)
    neutral = [call.gene for call in calls if call.state is CopyNumberState.NEUTRAL]
    genes = copy_number.assayed_genes
    return copy_number.model_copy(
        update={
            "calls": tuple(may_be_more(call, reason) for call in calls if call.state is not CopyNumberState.NEUTRAL),
            "assayed_genes": None if genes is None else tuple(gene for gene in genes if gene not in neutral),
            "not_assessed": copy_number.not_assessed | dict.fromkeys(neutral, reason),
        }
    )


def weaken_diluted_copies(copy_number: CopyNumberProfile | None, foreign: float) -> CopyNumberProfile | None:
    """Return copy numbers whose gains and losses may be more, where foreign DNA makes the given purity too high.

    Somebody else's fragments have two copies of all, as those of the patient's normal cells have. A purity that was
    read from the DNA has them in it.

    Parameters
    ----------
    copy_number
        As it was called.
    foreign
        Share of the tumor's fragments that is somebody else's.
    """
    found = copy_number.purity if copy_number else None
    if copy_number is None or found is None or found.purity is None or found.source != "given":
        return copy_number
    if found.purity * foreign <= DISAGREEMENT_MARGIN:
        return copy_number
    reason = f"{foreign:.0%} of the tumor's DNA is foreign, and copies were counted at a purity of {found.purity:.0%}"
    return copy_number.model_copy(update={"calls": tuple(may_be_more(call, reason) for call in copy_number.calls)})


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
            "molecules_needed": None,
            "adequate_from_molecules": None,
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
