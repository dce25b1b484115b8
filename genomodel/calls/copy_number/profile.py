"""The copy-number profile of a patient, from what the engine measured."""

from __future__ import annotations

from genomodel.calls.copy_number.genes import Baseline, call_genes, with_copies
from genomodel.calls.copy_number.job import AssayFiles, Ratios
from genomodel.core.copy_number import CopyNumberProfile, PurityPloidy
from genomodel.core.provenance import SourceFile
from genomodel.core.specimens import Library
from genomodel.files import sha256_of


def make_profile(
    ratios: Ratios, assay: AssayFiles, purity: PurityPloidy | None = None, sex: str | None = None
) -> CopyNumberProfile:
    """Call the genes and join them with segments, purity and method.

    Parameters
    ----------
    ratios
        Bins and segments of the tumor.
    assay
        What was sequenced.
    purity
        Given or estimated; without it no deep deletion is called.
    sex
        ``female`` or ``male``; without it no gene on X has an answer.
    """
    known = sex if ratios.reference == "matched" or ratios.sexed else None
    biased = ratios.reference == "flat" and assay.library is not Library.WGS
    baseline = Baseline(purity, known, matched=ratios.reference == "matched", biased=biased)
    calls, unanswered = call_genes(ratios.bins, ratios.segments, baseline)
    asked = str(assay.bed.name) if assay.bed else "whole genome"
    digest = sha256_of(assay.bed) if assay.bed else ""
    return CopyNumberProfile(
        source=SourceFile(name=asked, sha256=digest, kind="bed" if assay.bed else "genome"),
        calls=calls,
        assayed_genes=tuple(call.gene for call in calls),
        not_assessed=dict(sorted((ratios.lost | unanswered).items())),
        segments=with_copies(ratios.segments, baseline),
        purity=purity,
        method=ratios.method,
    )
