"""Lengths of repeats in the fragments of one sample.

A length is measured in the read itself, between the two flanks of the reference, not taken from the alignment: an
aligner may clip a repeat's end, or lay an indel elsewhere. A read counts only when it shows both flanks whole, so that
reads that end within or near the repeat say nothing. Mates that both span it were read from one molecule: they count
once where they agree, and not at all where they do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

from genomodel.calls.microsatellites.sites import FlankedSite
from genomodel.core.errors import InputError

Lengths = Mapping[int, int]
"""Fragments by length of the repeat, in units."""


@dataclass(frozen=True)
class LengthLimits:
    """Reads that count.

    Attributes
    ----------
    min_mapping_quality
        Least mapping quality.
    min_base_quality
        Least mean base quality over the repeat and its flanks.
    """

    min_mapping_quality: int = 20
    min_base_quality: int = 20


def read_lengths(
    alignment: str | Path, reference: str | Path, sites: Sequence[FlankedSite], limits: LengthLimits | None = None
) -> dict[str, dict[int, int]]:
    """Return the lengths of each site, by its key.

    Parameters
    ----------
    alignment
        Sorted, indexed BAM or CRAM.
    reference
        FASTA it was aligned to.
    sites
        Repeats to measure.
    limits
        Reads that count.

    Raises
    ------
    InputError
        The alignment cannot be read, has no index, or no contig of the sites.
    """
    limits = limits or LengthLimits()
    try:
        reads = pysam.AlignmentFile(str(alignment), reference_filename=str(reference))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read ({error})", path=alignment, fix="Check it and its index") from error
    with reads:
        known = set(reads.references)
        if sites and not known.intersection(flanked.site.chrom for flanked in sites):
            text = f"it has no contig of the assay, such as '{sites[0].site.chrom}'"
            raise InputError(text, path=alignment, fix="Give reads aligned to this reference")
        try:
            return {
                flanked.site.key: _lengths(reads, flanked, limits) if flanked.site.chrom in known else {}
                for flanked in sites
            }
        except (OSError, ValueError) as error:
            fix = "Index it with samtools index, and give the reference of a CRAM"
            raise InputError(f"cannot be read ({error})", path=alignment, fix=fix) from error


def measurer(flanked: FlankedSite) -> re.Pattern[str]:
    """Return the pattern of a repeat between its flanks; its first group is the repeat."""
    return re.compile(f"{flanked.left}((?:{flanked.site.unit})+){flanked.right}")


def _lengths(reads: pysam.AlignmentFile, flanked: FlankedSite, limits: LengthLimits) -> dict[int, int]:
    site = flanked.site
    pattern = measurer(flanked)
    unit = len(site.unit)
    seen: dict[str, int | None] = {}
    for read in reads.fetch(site.chrom, site.start - 1, site.end):
        if read.is_unmapped or read.is_secondary or read.is_supplementary or read.is_duplicate or read.is_qcfail:
            continue
        if read.mapping_quality < limits.min_mapping_quality or read.query_sequence is None:
            continue
        found = pattern.search(read.query_sequence)
        if found is None or not _clean(read, found, limits.min_base_quality):
            continue
        length = (found.end(1) - found.start(1)) // unit
        name = str(read.query_name)
        seen[name] = length if seen.get(name, length) == length else None
    return dict(sorted(Counter(length for length in seen.values() if length is not None).items()))


def _clean(read: pysam.AlignedSegment, found: re.Match[str], least: int) -> bool:
    qualities = read.query_qualities
    if qualities is None:
        return True
    part = qualities[found.start() : found.end()]
    return bool(sum(part) >= least * len(part))
