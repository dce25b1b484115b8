"""What high microsatellite instability means for therapy, and what is said where nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

from genomodel.core.assays import Assays
from genomodel.core.findings import Finding, NotAssessable
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay, settle
from genomodel.interpretation.evidence_search import KnownEvidence
from genomodel.interpretation.findings import marker_finding

BIOMARKER = "MSI"
"""What stands for the gene in rules on the tumor as a whole."""


def msi_findings(assay: MicrosatelliteAssay | None, known: KnownEvidence) -> list[Finding]:
    """Return high instability as a finding with its evidence; nothing for a stable or indeterminate tumor."""
    if assay is None or assay.status is not InstabilityClass.HIGH:
        return []
    score = score_words(assay)
    why = f"microsatellite instability is high: {score}, by {assay.method}"
    return [marker_finding(BIOMARKER, "msi_high", score, [why], known)]


def settle_msi(assays: Assays, purity: float | None, failures: Sequence[str] = ()) -> Assays:
    """Return the answers with the class of instability that holds at the tumor's share of the sample.

    Parameters
    ----------
    assays
        What was looked for beside small variants.
    purity
        Share of tumor cells in the sample, ``None`` where it is not known.
    failures
        Why the sample failed, if it did: then it is not called stable.
    """
    if assays.msi is None:
        return assays
    found = settle(assays.msi, purity)
    if failures and found.status is InstabilityClass.STABLE:
        reason = f"The sample failed: {'; '.join(failures)}."
        found = found.model_copy(update={"status": InstabilityClass.INDETERMINATE, "reason": reason})
    return assays.model_copy(update={"msi": found})


def msi_gaps(assay: MicrosatelliteAssay | None) -> list[NotAssessable]:
    """Return the line on microsatellite instability where it was not assayed or could not be told."""
    what = "Microsatellite instability"
    if assay is None:
        return [NotAssessable(what=what, reason="Not assayed by this input.")]
    if assay.status is InstabilityClass.INDETERMINATE:
        return [NotAssessable(what=what, reason=f"Indeterminate, neither high nor stable. {assay.reason}".strip())]
    return []


def score_words(assay: MicrosatelliteAssay) -> str:
    """Return the score as a reader would say it, with its interval where it has one."""
    if assay.score is None:
        return "no score"
    if not assay.score_is_share:
        return f"mean step-wise difference {assay.score:.2f}"
    text = f"{100 * assay.score:.1f} % of {assay.n_callable} sites unstable"
    if assay.score_low is None or assay.score_high is None:
        return text
    return f"{text} (95 % interval {100 * assay.score_low:.1f} to {100 * assay.score_high:.1f} %)"
