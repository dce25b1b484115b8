"""What was measured of a finding that a reviewer excluded: it stays to be seen, and counts as not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from genomodel.core.assays import Assays
from genomodel.core.biomarkers import Biomarkers, BurdenCall, RepairCall
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.findings import Finding
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.review import ReviewMark
from genomodel.report import words
from genomodel.report.catalog import say

BURDEN, INSTABILITY, SCARS = ":tmb_high", ":msi_high", ":hrd_score_high"


def copies_without(profile: CopyNumberProfile | None, out: Sequence[Finding]) -> CopyNumberProfile | None:
    """Return the copy numbers of genes; an excluded one is without an answer, which is not neutral.

    Parameters
    ----------
    profile
        As it was called.
    out
        Findings that a reviewer excluded, with their marks.
    """
    gone = {one.copy_number.gene: one for one in out if one.copy_number is not None}
    if profile is None or not gone:
        return profile
    states = {call.gene: call.state.value.replace("_", " ") for call in profile.calls}
    reasons = {
        gene: say("review.excluded_call", computed=states[gene], comment=_comment(one.reviewed))
        for gene, one in gone.items()
        if gene in states
    }
    asked = profile.assayed_genes
    return profile.model_copy(
        update={
            "calls": tuple(call for call in profile.calls if call.gene not in gone),
            "assayed_genes": asked if asked is None else tuple(gene for gene in asked if gene not in gone),
            "not_assessed": {**profile.not_assessed, **reasons},
        }
    )


def assays_without(assays: Assays, out: Sequence[Finding]) -> Assays:
    """Return the assays; an excluded rearrangement counts as not confirmed, excluded instability as indeterminate."""
    found, msi = assays.rearrangements, assays.msi
    events: Mapping[str, str] = {
        one.rearrangement.label: say("review.excluded_event", comment=_comment(one.reviewed))
        for one in out
        if one.rearrangement is not None
    }
    if found is not None and events:
        calls = tuple(
            call.model_copy(update={"confirmed": False, "unconfirmed_reason": events[call.label]})
            if call.label in events
            else call
            for call in found.calls
        )
        found = found.model_copy(update={"calls": calls})
    unstable = next((one for one in out if one.id.endswith(INSTABILITY)), None)
    if msi is not None and unstable is not None:
        reason = say("review.excluded_call", computed=msi.status.value, comment=_comment(unstable.reviewed))
        msi = msi.model_copy(update={"status": InstabilityClass.INDETERMINATE, "reason": reason})
    return assays.model_copy(update={"rearrangements": found, "msi": msi})


def markers_without(markers: Biomarkers, out: Sequence[Finding]) -> Biomarkers:
    """Return the markers; what rested on an excluded finding is not known any more, nor denied."""
    burden = markers.burden
    high = next((one for one in out if one.id.endswith(BURDEN)), None)
    if burden is not None and high is not None:
        reason = say("review.excluded_call", computed=burden.call.value, comment=_comment(high.reviewed))
        burden = burden.model_copy(update={"call": BurdenCall.INDETERMINATE, "reason": reason})
        markers = markers.model_copy(update={"burden": burden})
    found = markers.homologous_recombination
    if found is None or found.call is not RepairCall.DEFICIENT:
        return markers
    rest = {text: [one for one in out if _is_basis(one, text)] for text in found.basis}
    lost = list(dict.fromkeys(one.label for gone in rest.values() for one in gone))
    if not lost:
        return markers
    basis = tuple(text for text, gone in rest.items() if not gone)
    told = say("review.rests_on_excluded", labels=words.joined(lost))
    call = RepairCall.DEFICIENT if basis else RepairCall.NOT_ASSESSABLE
    left = found.model_copy(update={"call": call, "basis": basis, "reason": f"{told} {found.reason}".strip()})
    return markers.model_copy(update={"homologous_recombination": left})


def _is_basis(finding: Finding, text: str) -> bool:
    """Whether a line of the basis is of this finding: the loss of an allele, or a score of scars."""
    return text.startswith(f"{finding.label}: ") or (finding.id.endswith(SCARS) and text == finding.support)


def _comment(mark: ReviewMark | None) -> str:
    return "" if mark is None else mark.comment.rstrip(".")
