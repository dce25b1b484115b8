"""Primers of an amplicon library: whether they fit the reference, and whether reads begin with them."""

from __future__ import annotations

from pathlib import Path

from genomodel.calls.shards import contig_lengths
from genomodel.cohort.assay import AssayRegion, read_assay_bed
from genomodel.core.errors import InputError
from genomodel.files import read_text

LEAST_CLIPPED = 0.1
"""Share of the mapped reads; amplicon reads begin in a primer but for what is off target."""
LONGEST_PRIMER = 100
STRAND_COLUMN = 5


def check_primers(primers: str | Path, reference: str | Path) -> tuple[AssayRegion, ...]:
    """Check that primers lie on the reference and are primers, not amplicons.

    Raises
    ------
    InputError
        No BED, a contig that the reference lacks, a primer beyond a contig's end, or one over :data:`LONGEST_PRIMER`
        bases.
    """
    contigs = contig_lengths(f"{reference}.fai")
    regions = read_assay_bed(primers).regions
    for region in regions:
        where = f"{region.chrom}:{region.start}-{region.end}"
        if region.chrom not in contigs:
            listed = ", ".join(list(contigs)[:5])
            fix = "Use primers of the same genome build; chr1 and 1 are different names"
            what = f"the primers' contig '{region.chrom}' is not in the reference, which has {listed} …"
            raise InputError(what, path=primers, column="primer_bed", fix=fix)
        if region.end > contigs[region.chrom]:
            what = f"the primer {where} ends after the contig, which has {contigs[region.chrom]} bases"
            raise InputError(what, path=primers, column="primer_bed", fix="Use primers of the same genome build")
        if region.end - region.start > LONGEST_PRIMER:
            what = f"{where} has {region.end - region.start} bases, more than a primer"
            fix = "Name the primers alone, not amplicons or inserts: all bases in them are cut off"
            raise InputError(what, path=primers, column="primer_bed", fix=fix)
    return regions


def has_strands(primers: str | Path) -> bool:
    """Whether every primer of a BED says which strand it is on, in column 6."""
    lines = [line.split("\t") for line in read_text(primers, "primer BED").splitlines() if line.strip()]
    rows = [cells for cells in lines if not cells[0].startswith(("#", "track", "browser"))]
    return all(len(cells) > STRAND_COLUMN and cells[STRAND_COLUMN].strip() in ("+", "-") for cells in rows)


def require_clipped(statistics: str | Path, primers: str | Path) -> float:
    """Return the share of mapped reads that were clipped at a primer, from the statistics of ``samtools ampliconclip``.

    Raises
    ------
    InputError
        The statistics cannot be read, or fewer than :data:`LEAST_CLIPPED` of the reads were clipped.
    """
    rows = (line.partition(":") for line in read_text(statistics, "statistics of ampliconclip").splitlines())
    counts = {name.strip(): int(value) for name, _, value in rows if value.strip().isdigit()}
    try:
        # Its own count of clipped reads counts those twice that are clipped at both ends.
        mapped = counts["TOTAL READS"] - counts["EXCLUDED"]
        clipped = mapped - counts["NOT CLIPPED"]
    except KeyError as error:
        what = f"the line {error} is missing"
        raise InputError(what, path=statistics, fix="A samtools of 1.11 or later is needed") from error
    share = clipped / mapped if mapped else 0.0
    if share < LEAST_CLIPPED:
        what = f"{clipped} of {mapped} reads begin or end in a primer ({share:.1%})"
        fix = (
            "Give the primers of this panel on this genome build; leave primer_bed empty where the reads come without"
            " primers"
        )
        raise InputError(what, path=primers, column="primer_bed", fix=fix)
    return share
