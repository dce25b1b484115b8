"""How many coding bases of an assay were read deep enough for a variant to be called.

Assayed regions, the coding sequence of one transcript per gene, and depth are laid over each other. Nothing is assumed
where one of them is not known.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from genomodel.calls.gene_models import read_gene_models
from genomodel.calls.quality.exons import Interval, Union, joined
from genomodel.calls.vcf_text import read_lines
from genomodel.cohort.assay import read_assay_bed
from genomodel.core.builds import bare
from genomodel.core.coding import CallableCoding
from genomodel.core.patients import Assay, GenomeBuild, Patient
from genomodel.core.sample_quality import SampleQuality
from genomodel.core.variants import AnnotatedVariant, RegionDepth, VariantClass, changed_span
from genomodel.resources.mane import is_mane_select
from genomodel.resources.registry import fetch, stored

LEAST_BASES = 1_000_000
"""Coding bases below which gene models are not read: no burden is told of so few."""
LEAST_DEPTH = {Assay.WES: 25, Assay.WGS: 25}
"""Depth from which a base counts, of the reference method for exomes (Merino et al. 2020,
doi:10.1136/jitc-2019-000147)."""
LEAST_DEPTH_OF_PANELS = 100
"""As everywhere in this package where a panel's silence is to be a negative."""

Intervals = dict[str, list[Interval]]
_UNCODING = (VariantClass.NONCODING, VariantClass.SPLICE)


@dataclass(frozen=True)
class ReadDepths:
    """What is known of the depth of a tumor's reads."""

    regions: tuple[RegionDepth, ...] | None = None
    quality: SampleQuality | None = None

    def deep(self, least: int) -> Union | None:
        """Return the regions whose mean depth is at least so much; ``None`` where no region's depth is known."""
        if self.regions is None:
            return None
        by_contig: dict[str, list[Interval]] = defaultdict(list)
        for region in self.regions:
            if region.mean_depth >= least:
                by_contig[bare(region.chrom)].append((region.start, region.end))
        return Union({contig: joined(found) for contig, found in by_contig.items()})

    def share(self, least: int) -> tuple[int, float] | None:
        """Return the smallest measured depth from ``least`` on, and the share of the tumor's bases that has it."""
        tumors = [item for item in self.quality.samples if item.type == "tumor"] if self.quality is not None else []
        shares = {depth: share for item in tumors for depth, share in item.shares_at_depth.items() if depth >= least}
        return min(shares.items(), default=None)


@dataclass(frozen=True)
class CodingSequence:
    """Coding bases by contig without ``chr``, each once."""

    intervals: Intervals = field(default_factory=dict)
    source: str = ""


def callable_coding(
    patient: Patient,
    variants: Sequence[AnnotatedVariant],
    depths: ReadDepths,
    gff: str | Path | None = None,
) -> CallableCoding:
    """Count the callable coding bases of a tumor's assay.

    Parameters
    ----------
    patient
        Its assay and the BED of it; a whole genome needs no BED, and no other assay is taken to cover the exome.
    variants
        Whose coding alleles are told apart by whether they lie in the counted bases.
    depths
        Mean depths of regions, else the share of the assayed bases that reach a depth.
    gff
        Gene models; without them those of UCSC's refGene where they are on this machine.

    Raises
    ------
    InputError
        The BED or the gene models cannot be read.
    """
    least = LEAST_DEPTH.get(patient.assay, LEAST_DEPTH_OF_PANELS)
    if not patient.assay_bed and patient.assay is not Assay.WGS:
        return CallableCoding(reason="the assayed regions are not known: give the assay's BED (assay_bed)")
    assay = _assay_union(patient.assay_bed) if patient.assay_bed else None
    assayed = None if assay is None else _bases(assay.intervals)
    if assayed is not None and assayed < LEAST_BASES:
        return CallableCoding(reason=f"the assay covers {assayed / 1e6:.2f} Mb in all, and 1 Mb of coding is needed")
    deep, share = depths.deep(least), depths.share(least)
    if deep is None and share is None:
        return CallableCoding(reason="the depth is not known: give the depth by region (--region-depths) or the reads")
    coding = coding_sequence(gff, patient.genome)
    if coding is None:
        return CallableCoding(reason="the coding sequence is not known: give gene models (--gff)")
    inside = coding.intervals if assay is None else _overlap(coding.intervals, assay)
    found = inside if deep is None else _overlap(inside, deep)
    bases = _bases(found)
    if deep is not None:
        words = f"regions of a mean depth of {least} or more"
    else:
        least, part = share or (least, 0.0)
        bases, words = round(bases * part), f"{part:.1%} of the assayed bases read {least} times or more"
    covers = f"regions of {Path(patient.assay_bed).name}" if patient.assay_bed else "whole genome"
    return CallableCoding(
        bases=bases,
        assay_bases=_bases(inside),
        least_depth=least,
        source=f"{covers}; coding sequence of {coding.source}; {words}",
        outside=_outside(variants, Union(found)),
    )


def coding_sequence(gff: str | Path | None, build: GenomeBuild) -> CodingSequence | None:
    """Return the coding sequence of one transcript per gene, ``None`` where no gene models are at hand.

    Raises
    ------
    InputError
        The gene models cannot be read.
    """
    if gff is not None:
        state = Path(gff).stat() if Path(gff).is_file() else None
        return _of_gff(str(gff), state.st_size if state else 0, state.st_mtime_ns if state else 0)
    name = f"refgene_{build.value.lower()}"
    if build in (GenomeBuild.GRCH37, GenomeBuild.GRCH38) and stored(name) is not None:
        return _of_refgene(name)
    return None


@cache
def _of_gff(path: str, size: int, modified: int) -> CodingSequence:
    primary = read_gene_models(path).primary
    found: dict[str, list[Interval]] = defaultdict(list)
    for _, line in read_lines(path, "GFF3"):
        if "\tCDS\t" not in line:
            continue
        columns = line.split("\t")
        name = columns[8].partition("Parent=transcript:")[2].partition(";")[0].strip()
        if name in primary:
            found[bare(columns[0])].append((int(columns[3]) - 1, int(columns[4])))
    return CodingSequence({contig: joined(parts) for contig, parts in found.items()}, Path(path).name)


@cache
def _of_refgene(name: str) -> CodingSequence:
    """Read UCSC's table: of each gene MANE Select, else the longest coding sequence."""
    path = fetch(name)
    best: dict[tuple[str, str], tuple[tuple[bool, int, str], list[Interval]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        for line in handle:
            fields = line.rstrip("\n").split("\t")
            transcript, contig, gene = fields[1], bare(fields[2]), fields[12]
            parts = _coding_parts(fields)
            if not transcript.startswith("NM_") or "_" in contig or not parts:
                continue
            rank = (is_mane_select(transcript), sum(end - start for start, end in parts), transcript)
            if (gene, contig) not in best or rank > best[gene, contig][0]:
                best[gene, contig] = (rank, parts)
    found: dict[str, list[Interval]] = defaultdict(list)
    for (_, contig), (_, parts) in best.items():
        found[contig] += parts
    return CodingSequence({contig: joined(parts) for contig, parts in found.items()}, f"refGene ({path.name})")


def _coding_parts(fields: Sequence[str]) -> list[Interval]:
    first, last = int(fields[6]), int(fields[7])
    starts, ends = (map(int, fields[column].rstrip(",").split(",")) for column in (9, 10))
    return [
        (max(start, first), min(end, last))
        for start, end in zip(starts, ends, strict=True)
        if max(start, first) < min(end, last)
    ]


def _assay_union(bed: str) -> Union:
    state = Path(bed).stat() if Path(bed).is_file() else None
    return _assay_of(bed, state.st_size if state else 0, state.st_mtime_ns if state else 0)


@cache
def _assay_of(bed: str, size: int, modified: int) -> Union:
    return Union.of(read_assay_bed(bed).regions)


def _overlap(intervals: Mapping[str, Sequence[Interval]], union: Union) -> Intervals:
    return {
        contig: [part for start, end in parts for part in union.covered(contig, start, end)]
        for contig, parts in intervals.items()
    }


def _bases(intervals: Mapping[str, Iterable[Interval]]) -> int:
    return sum(end - start for parts in intervals.values() for start, end in parts)


def _outside(variants: Iterable[AnnotatedVariant], union: Union) -> tuple[str, ...]:
    """Return the keys of coding alleles that change no base of the regions; an insertion lies between two bases."""
    found: dict[str, None] = {}
    for item in variants:
        if item.consequence is None or item.consequence.variant_class in _UNCODING:
            continue
        first, last = changed_span(item.variant)
        if not union.covered(item.variant.chrom, first - 1, last):
            found[item.variant.key] = None
    return tuple(found)
