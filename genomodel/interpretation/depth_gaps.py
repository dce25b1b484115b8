"""Exons, regions and genes whose depth does not allow a negative."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from genomodel.cohort.assay import current_gene_of
from genomodel.core.copy_number import CopyNumberProfile, CopyNumberState
from genomodel.core.findings import NotAssessable
from genomodel.core.knowledge import Statement
from genomodel.core.sample_quality import SampleQuality, exons_in_words
from genomodel.core.variants import RegionDepth
from genomodel.resources.driver_genes import driver_role

LOW_DEPTH = 100
"""Mean depth below which a region's silence is no negative, where no limit of the assay is known.

At depth 100 a variant of allele fraction 0.1 (heterozygous, tumor purity 20 %) is carried by three or more reads with
probability 0.998 and by five or more with probability 0.976 (binomial); at depth 50 these fall to 0.89 and 0.57.
"""
MOST_GENES = 12
"""Genes that are named one by one; further ones are named together, those with evidence first."""
NO_NEGATIVE = "a missing variant there is no negative."

Rules = Mapping[str, tuple[Statement, ...]]


def depth_gaps(
    region_depths: tuple[RegionDepth, ...] | None,
    quality: SampleQuality | None,
    rules: Rules,
    copy_number: CopyNumberProfile | None = None,
) -> list[NotAssessable]:
    """Return where the depth of the tumor does not allow a negative.

    Parameters
    ----------
    region_depths
        Mean depth of the assay's regions.
    quality
        Coverage of the exons of actionable genes; the regions speak only of genes that it does not judge.
    rules
        Evidence by gene.
    copy_number
        For the deep deletions that low depth fits.
    """
    if quality is not None:
        judged = {exon.gene for exon in quality.exons}
        rows = _exon_rows(quality, rules, copy_number) + _off_assay_rows(quality, rules)
        rest = tuple(region for region in region_depths or () if current_gene_of(region) not in judged)
        return rows + _region_rows(rest, rules, quality.exon_depth)
    if region_depths is None:
        reason = "No depth of coverage in this input, so that a missing variant is no negative."
        return [NotAssessable(what="Depth of coverage", reason=reason)]
    return _region_rows(region_depths, rules, LOW_DEPTH)


def _exon_rows(quality: SampleQuality, rules: Rules, copy_number: CopyNumberProfile | None) -> list[NotAssessable]:
    if not quality.failed_exons:
        return []
    words = exons_in_words((exon.gene, exon.exon) for exon in quality.failed_exons)
    genes = sorted(words, key=lambda gene: (gene not in rules, gene))
    deleted = {
        call.gene for call in (copy_number.calls if copy_number else ()) if call.state is CopyNumberState.DEEP_DELETION
    }
    short = f"less than {quality.exon_share:.0%} of the bases were read {quality.exon_depth} times"
    reason = f"{short[0].upper()}{short[1:]}: {NO_NEGATIVE}"
    if len(quality.failed_exons) > len(quality.exons) / 2:
        what = f"{len(quality.failed_exons)} of {len(quality.exons)} exons of actionable genes"
        return [NotAssessable(what=what, reason=reason)]
    rows = [
        NotAssessable(
            what=f"{gene} {words[gene]}",
            reason=f"{reason} Low depth fits the deep deletion that was called." if gene in deleted else reason,
        )
        for gene in genes[:MOST_GENES]
    ]
    if rest := genes[MOST_GENES:]:
        named = "; ".join(f"{gene} {words[gene]}" for gene in rest)
        rows.append(NotAssessable(what=f"Exons of {len(rest)} further genes", reason=f"{reason} They are: {named}."))
    return rows


def _off_assay_rows(quality: SampleQuality, rules: Rules) -> list[NotAssessable]:
    rows = []
    if quality.exons_off_assay:
        named = "; ".join(
            f"{gene} {numbers}"
            for gene, numbers in exons_in_words(
                (item.gene, number) for item in quality.exons_off_assay for number in item.exons
            ).items()
        )
        rows.append(NotAssessable(what="Exons not on the assay", reason=f"{named}: {NO_NEGATIVE}"))
    cut = [exon for exon in quality.exons if exon.off_assay_bases and exon.gene in rules]
    if cut:
        named = "; ".join(
            f"{exon.gene} exon {exon.exon} ({exon.off_assay_bases} {'base' if exon.off_assay_bases == 1 else 'bases'})"
            for exon in cut
        )
        rows.append(NotAssessable(what="Parts of exons not on the assay", reason=f"{named}: {NO_NEGATIVE}"))
    return rows


def _region_rows(regions: Collection[RegionDepth], rules: Rules, depth: int) -> list[NotAssessable]:
    low: dict[str, list[float]] = defaultdict(list)
    total: dict[str, int] = defaultdict(int)
    for region in regions:
        name = current_gene_of(region) or f"{region.chrom}:{region.start + 1}-{region.end}"
        total[name] += 1
        if region.mean_depth < depth:
            low[name].append(region.mean_depth)
    named = sorted(name for name in low if name in rules or driver_role(name) is not None)
    rows = [
        NotAssessable(
            what=name,
            reason=f"{len(low[name])} of {total[name]} regions below a mean depth of {depth} "
            f"(lowest {min(low[name]):g}): {NO_NEGATIVE}",
        )
        for name in named
    ]
    if rest := len(low) - len(named):
        reason = f"Regions below a mean depth of {depth} in {rest} further genes or places without evidence."
        rows.append(NotAssessable(what="Other regions", reason=reason))
    return rows
