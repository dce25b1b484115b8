"""Mono- and dinucleotide repeats of the assay, found in the reference.

Homopolymers of ten bases and dinucleotides of five units and more, as MSIsensor counts them (its options ``-p 10`` and
``-s 5``), so that its cutoffs speak of the same kind of site. Homopolymers end at 25 bases here: beyond, slippage in
the sequencer itself blurs the length, and short reads seldom span repeat and flanks.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

from genomodel.cohort.assay import AssayRegion, read_assay_bed
from genomodel.core.errors import InputError
from genomodel.core.microsatellites import RepeatSite

FLANK = 8
"""Bases on either side that a read must show: a length that runs up to the read's end is no length."""

NEIGHBORHOOD = 250
"""Bases around a site within which its flank and the beginning of the repeat must occur once."""

WINDOW = 5_000_000
MOST_SEARCHED, PIECE = 50_000_000, 100_000
"""Bases that are searched of a genome without regions, in pieces: some 600 repeats lie on a million bases of genes."""

LEFT_OUT_CONTIGS = re.compile(r"^(chr)?(Y|M|MT)$|_alt$|_random$|_decoy$|^chrUn|^HLA|^GL|^KI", re.IGNORECASE)
"""Contigs without pairs of alleles to expect: Y, mitochondrial, unplaced and alternative sequence."""

EDGE, AMBIGUOUS, BEYOND = "at the edge of the assayed regions", "flanks not unique", "beyond the limit on sites"


@dataclass(frozen=True)
class SiteLimits:
    """Which repeats are looked for.

    Attributes
    ----------
    homopolymer
        Least and most bases of a mononucleotide repeat.
    dinucleotide
        Least and most units of a dinucleotide repeat.
    most
        Sites that are kept, evenly spread over the assay.
    """

    homopolymer: tuple[int, int] = (10, 25)
    dinucleotide: tuple[int, int] = (5, 15)
    most: int = 2000


@dataclass(frozen=True)
class FlankedSite:
    """A site with the bases on either side, by which reads are measured."""

    site: RepeatSite
    left: str
    right: str


@dataclass(frozen=True)
class FoundSites:
    """Repeats of an assay.

    Attributes
    ----------
    sites
        In the order of the reference.
    left_out
        Number of repeats that were not taken, by reason.
    assay_bases
        Bases that were searched.
    """

    sites: tuple[FlankedSite, ...]
    left_out: Mapping[str, int]
    assay_bases: int

    @property
    def n_found(self) -> int:
        """Repeats that were found, taken or not."""
        return len(self.sites) + sum(self.left_out.values())


def find_sites(reference: str | Path, bed: str | Path | None, limits: SiteLimits | None = None) -> FoundSites:
    """Find the repeats that lie with both flanks inside the assayed regions.

    Parameters
    ----------
    reference
        FASTA with its index.
    bed
        Assayed regions; ``None`` searches the reference but Y, mitochondrial and unplaced sequence, and of a large one
        pieces that are evenly spread.
    limits
        Which repeats are looked for.

    Raises
    ------
    InputError
        The reference or the BED cannot be read, or a region lies on no contig of the reference.
    """
    limits = limits or SiteLimits()
    try:
        fasta = pysam.FastaFile(str(reference))
    except (OSError, ValueError) as error:
        fix = "Check it and its index (samtools faidx)"
        raise InputError(f"cannot be read ({error})", path=reference, fix=fix) from error
    with fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
        regions = _regions(bed, lengths)
        found: list[FlankedSite] = []
        left_out: Counter[str] = Counter()
        for chrom, start, end in regions:
            for flanked, reason in _sites_of(fasta, chrom, start, end, lengths[chrom], limits):
                if reason:
                    left_out[reason] += 1
                else:
                    found.append(flanked)
    kept = spread(found, limits.most)
    if len(kept) < len(found):
        left_out[BEYOND] += len(found) - len(kept)
    bases = sum(end - start for _, start, end in regions)
    return FoundSites(tuple(kept), dict(left_out), bases)


def spread(sites: Sequence[FlankedSite], most: int) -> list[FlankedSite]:
    """Return at most so many sites, evenly over their order."""
    if len(sites) <= most:
        return list(sites)
    return [sites[i * len(sites) // most] for i in range(most)]


def _regions(bed: str | Path | None, lengths: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Return regions without overlap, 0-based and half-open, in the order of the reference."""
    if bed is None:
        return _pieces([(name, length) for name, length in lengths.items() if not LEFT_OUT_CONTIGS.search(name)])
    by_contig: dict[str, list[AssayRegion]] = defaultdict(list)
    for region in read_assay_bed(bed).regions:
        if region.chrom not in lengths:
            fix = "Use a BED of the reference's build and contig names"
            raise InputError(f"contig '{region.chrom}' is not in the reference", path=bed, fix=fix)
        by_contig[region.chrom].append(region)
    merged: list[tuple[str, int, int]] = []
    for name in lengths:
        if LEFT_OUT_CONTIGS.search(name):
            continue
        for region in sorted(by_contig.get(name, []), key=lambda r: (r.start, r.end)):
            start, end = region.start, min(region.end, lengths[name])
            if merged and merged[-1][0] == name and start <= merged[-1][2]:
                merged[-1] = (name, merged[-1][1], max(end, merged[-1][2]))
            elif start < end:
                merged.append((name, start, end))
    return merged


def _pieces(contigs: Sequence[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Return whole contigs or, of a large genome, pieces of equal size that are evenly spread over it."""
    share = max(1.0, sum(length for _, length in contigs) / MOST_SEARCHED)
    if share == 1:
        return [(name, 0, length) for name, length in contigs]
    step = int(PIECE * share)
    return [(name, start, min(start + PIECE, length)) for name, length in contigs for start in range(0, length, step)]


def _sites_of(
    fasta: pysam.FastaFile, chrom: str, start: int, end: int, length: int, limits: SiteLimits
) -> Iterator[tuple[FlankedSite, str]]:
    for begin in range(start, end, WINDOW):
        stop = min(end, begin + WINDOW)
        offset = max(0, begin - NEIGHBORHOOD)
        text = fasta.fetch(chrom, offset, min(length, stop + NEIGHBORHOOD)).upper()
        for first, last, unit in repeats_in(text, limits):
            if not begin <= offset + first < stop:
                continue
            yield _flanked(text, (first, last, unit), (chrom, offset), (start, end))


def _flanked(
    text: str, place: tuple[int, int, str], where: tuple[str, int], region: tuple[int, int]
) -> tuple[FlankedSite, str]:
    first, last, unit = place
    chrom, offset = where
    left, right = text[max(0, first - FLANK) : first], text[last : last + FLANK]
    repeats = (last - first) // len(unit)
    site = RepeatSite(chrom=chrom, start=offset + first + 1, end=offset + last, unit=unit, repeats=repeats)
    flanked = FlankedSite(site, left, right)
    if offset + first - FLANK < region[0] or offset + last + FLANK > region[1]:
        return flanked, EDGE
    near = text[max(0, first - NEIGHBORHOOD) : last + NEIGHBORHOOD]
    plain = re.fullmatch("[ACGT]+", left + right) is not None
    if not plain or near.count(left + unit * 2) != 1 or near.count(unit * 2 + right) != 1:
        return flanked, AMBIGUOUS
    return flanked, ""


def repeats_in(text: str, limits: SiteLimits) -> list[tuple[int, int, str]]:
    """Return the repeats of a sequence: first base, end and unit, 0-based and half-open, in order.

    A dinucleotide repeat is taken in whole units, and in the frame that it begins in.
    """
    least, most = limits.homopolymer
    found = [
        (m.start(), m.end(), m.group(1)) for m in re.finditer(rf"([ACGT])\1{{{least - 1},}}", text)
        if m.end() - m.start() <= most
    ]  # fmt: skip
    few, many = limits.dinucleotide
    for m in re.finditer(rf"([ACGT])(?!\1)([ACGT])(?:\1\2){{{few - 1},}}", text):
        unit = m.group(1) + m.group(2)
        if (m.end() - m.start()) // 2 <= many:
            found.append((m.start(), m.end(), unit))
    return sorted(found)
