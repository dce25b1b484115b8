"""The copy-number profile of a patient, from what the engine measured and the patient's heterozygous sites."""

from __future__ import annotations

from collections.abc import Sequence

from genomodel.calls.copy_number.allelic import allelic_segments
from genomodel.calls.copy_number.allelic import with_copies as with_allelic_copies
from genomodel.calls.copy_number.bins import is_autosome
from genomodel.calls.copy_number.genes import call_genes, with_copies
from genomodel.calls.copy_number.job import AssayFiles, Ratios
from genomodel.calls.copy_number.purity import estimate_purity_ploidy
from genomodel.calls.copy_number.states import Baseline
from genomodel.calls.copy_number.thin import thin_bins, thin_sites
from genomodel.calls.copy_number.withheld import in_wide_bins, without_hardly_measured, without_own_middle
from genomodel.core.copy_number import CopyNumberProfile, HetSite, PurityPloidy, Segment
from genomodel.core.provenance import SourceFile
from genomodel.core.specimens import Library
from genomodel.files import sha256_of

BIASED = "no estimate: against a flat reference the log2 ratios of a targeted library hold the bias of its baits"


def make_profile(
    ratios: Ratios,
    assay: AssayFiles,
    sites: Sequence[HetSite] = (),
    *,
    purity: float | None = None,
    sex: str | None = None,
) -> CopyNumberProfile:
    """Call the genes and join them with segments, purity and method.

    Parameters
    ----------
    ratios
        Bins and segments of the tumor.
    assay
        What was sequenced.
    sites
        Heterozygous germline sites, for purity, ploidy and loss of heterozygosity.
    purity
        The pathologist's, which wins over an estimate. Without either no deep deletion is called.
    sex
        ``female`` or ``male``; without it no gene on X has an answer.
    """
    biased = ratios.reference == "flat" and assay.library is not Library.WGS
    segments = allelic_segments(ratios.segments, sites, ratios.bins)
    in_force = (
        PurityPloidy(purity=purity, source="given" if purity else "estimated", reason=BIASED)
        if biased
        else estimate_purity_ploidy(segments, sites, purity, ratios.bins)
    )
    known = sex if ratios.reference == "matched" or ratios.sexed else None
    baseline = Baseline(in_force, known, matched=ratios.reference == "matched", biased=biased)
    segments = _with_copies(segments, sites, baseline)
    calls, unanswered = call_genes(ratios.bins, segments, baseline)
    calls, hardly = without_hardly_measured(calls, ratios.laid)
    calls = in_wide_bins(calls) if assay.library is Library.WGS else calls
    calls, relative = without_own_middle(calls, ratios.bins, in_force)
    return CopyNumberProfile(
        source=SourceFile(
            name=assay.bed.name if assay.bed else "whole genome",
            sha256=sha256_of(assay.bed) if assay.bed else "",
            kind="bed" if assay.bed else "genome",
        ),
        calls=calls,
        assayed_genes=tuple(call.gene for call in calls),
        not_assessed=dict(sorted((ratios.lost | unanswered | hardly | relative).items())),
        segments=segments,
        purity=in_force,
        bins=thin_bins(ratios.bins),
        sites=thin_sites(sites),
        method=ratios.method,
    )


def _with_copies(segments: Sequence[Segment], sites: Sequence[HetSite], baseline: Baseline) -> tuple[Segment, ...]:
    """Fill the copies: of both alleles where sites tell, which lie on autosomes, else in total."""
    told = with_allelic_copies([s for s in segments if is_autosome(s.chrom)], sites, baseline.purity)
    others = [s for s in segments if not is_autosome(s.chrom)]
    by_place = {(s.chrom, s.start): s for s in [*told, *others]}
    return with_copies([by_place[s.chrom, s.start] for s in segments], baseline)
