"""Exons of actionable genes, by the names of the assay's BED or by the gene models, and what the assay covers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from genomodel.calls.gene_models import CodingTranscript, read_gene_models
from genomodel.calls.hotspot_assay.build_check import require_fitting_models
from genomodel.calls.vcf_text import read_lines
from genomodel.cohort.assay import AssayRegion, current_gene_of
from genomodel.core.builds import bare
from genomodel.core.errors import InputError
from genomodel.core.sample_quality import ExonsOffAssay

Interval = tuple[int, int]
_EXON = re.compile(r":(?:exon|ex|e)?[ _.-]?(\d+)$", re.IGNORECASE)
_PARENT = re.compile(r"(?:^|;)Parent=transcript:([^;]+)")


@dataclass(frozen=True, slots=True)
class Exon:
    """An exon, or a region of a gene without a number; its intervals are 0-based and half-open."""

    gene: str
    number: int | None
    chrom: str
    intervals: tuple[Interval, ...]
    """What of it the assay covers."""
    off_assay_bases: int = 0

    @property
    def length(self) -> int:
        """Bases that the assay covers."""
        return sum(end - start for start, end in self.intervals)


@dataclass(frozen=True, slots=True)
class ExonPlan:
    """Exons to be judged, exons that the assay leaves out, and where both come from."""

    exons: tuple[Exon, ...] = ()
    off_assay: tuple[ExonsOffAssay, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class CodingExon:
    """Coding part of an exon, 0-based, half-open, with the exon's number in its transcript."""

    gene: str
    number: int
    chrom: str
    start: int
    end: int


@dataclass
class Union:
    """Assayed bases by contig without ``chr``, overlaps joined."""

    intervals: dict[str, list[Interval]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Contig names as the assay has them."""

    @classmethod
    def of(cls, regions: Iterable[AssayRegion]) -> Union:
        """Join regions."""
        by_contig: dict[str, list[Interval]] = defaultdict(list)
        names: dict[str, str] = {}
        for region in regions:
            by_contig[bare(region.chrom)].append((region.start, region.end))
            names[bare(region.chrom)] = region.chrom
        return cls({contig: joined(found) for contig, found in by_contig.items()}, names)

    def covered(self, chrom: str, start: int, end: int) -> tuple[Interval, ...]:
        """Return the assayed parts of an interval."""
        known = self.intervals.get(bare(chrom), [])
        at = max(bisect_right(known, (start, start)) - 1, 0)
        found = []
        while at < len(known) and known[at][0] < end:
            first, last = max(start, known[at][0]), min(end, known[at][1])
            if first < last:
                found.append((first, last))
            at += 1
        return tuple(found)


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Return intervals in order, those that touch or overlap as one."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def coding_exons(
    gff: str | Path, genes: Collection[str], reference: str | Path | None = None
) -> dict[str, tuple[CodingExon, ...]]:
    """Return the coding exons of the reported transcript of each gene that the gene models hold.

    Exons are numbered in the order of the transcript, those without coding bases counted but left out.

    Raises
    ------
    InputError
        As :func:`genomodel.calls.gene_models.read_gene_models` raises, or the gene models do not fit the reference.
    """
    models = read_gene_models(gff, coding_of=genes)
    if reference is not None:
        require_fitting_models(gff, models, reference)
    chosen = {gene: transcripts[0] for gene, transcripts in models.coding.items() if transcripts}
    wanted = {transcript.name for transcript in chosen.values()}
    rows: dict[str, list[Interval]] = defaultdict(list)
    for _, line in read_lines(gff, "GFF3"):
        if "\texon\t" not in line:
            continue
        columns = line.split("\t")
        parent = _PARENT.search(columns[8])
        if parent and parent.group(1) in wanted:
            rows[parent.group(1)].append((int(columns[3]) - 1, int(columns[4])))
    return {gene: _numbered(gene, transcript, rows[transcript.name]) for gene, transcript in chosen.items()}


def _numbered(gene: str, transcript: CodingTranscript, exons: list[Interval]) -> tuple[CodingExon, ...]:
    """Return coding segments with the number of the exon that holds each; without exon rows, with their own."""
    ordered = sorted(exons, reverse=not transcript.forward)
    found = []
    for place, (first, last) in enumerate(transcript.segments, start=1):
        holding = (n for n, (start, end) in enumerate(ordered, start=1) if start < last and first <= end)
        found.append(CodingExon(gene, next(holding, place), transcript.chrom, first - 1, last))
    return tuple(found)


def plan_exons(
    regions: Sequence[AssayRegion] | None,
    models: Mapping[str, tuple[CodingExon, ...]],
    genes: Collection[str],
    *,
    contigs: Sequence[str] = (),
    named_off_assay: Collection[str] = (),
) -> ExonPlan:
    """Choose the exons to be judged.

    A gene whose regions the BED names ``GENE:exon`` is judged by them, unless they contradict the numbers of the gene
    models; any other by the coding exons of the gene models, as far as the assay covers them.

    Parameters
    ----------
    regions
        Of the assay; ``None`` for a whole genome.
    models
        From :func:`coding_exons`.
    genes
        Whose exons matter.
    contigs
        Names of the reads' contigs, for a whole genome.
    named_off_assay
        Genes whose exons outside of the assay are named; wholly uncovered genes only where the BED names no gene.
    """
    union = None if regions is None else Union.of(regions)
    names = union.names if union else {bare(contig): contig for contig in contigs}
    by_bed = _named_exons(regions or (), genes)
    unnamed = not any(region.name for region in regions or ())
    exons: list[Exon] = []
    off: list[ExonsOffAssay] = []
    from_bed = from_models = 0
    for gene in sorted({*genes}):
        coding = [exon for exon in models.get(gene, ()) if bare(exon.chrom) in names or union]
        named = sorted(by_bed.get(gene, []), key=lambda exon: (exon.number or 0, exon.chrom, exon.intervals))
        if named and all(exon.number is not None for exon in named) and _agree(named, coding):
            from_bed += 1
            exons += [_with_missing(exon, coding, union) for exon in named]
        elif coding and (found := _of_models(gene, coding, union, names)):
            from_models += 1
            exons += found
        elif named:
            from_bed += 1
            exons += named
        left_out = _left_out(coding, union)
        on_assay = len(left_out) < len({exon.number for exon in coding})
        if gene in named_off_assay and left_out and (on_assay or named or unnamed):
            off.append(ExonsOffAssay(gene=gene, exons=left_out))
    return ExonPlan(tuple(exons), tuple(off), _source(from_bed, from_models, bool(models)))


def _named_exons(regions: Iterable[AssayRegion], genes: Collection[str]) -> dict[str, list[Exon]]:
    parts: dict[tuple[str, int | None, str], list[Interval]] = defaultdict(list)
    for region in regions:
        gene = current_gene_of(region)
        if gene in genes:
            match = _EXON.search(region.name)
            parts[gene, int(match.group(1)) if match else None, region.chrom].append((region.start, region.end))
    found: dict[str, list[Exon]] = defaultdict(list)
    for (gene, number, chrom), intervals in parts.items():
        found[gene].append(Exon(gene, number, chrom, tuple(joined(intervals))))
    return found


def _agree(named: Iterable[Exon], coding: Sequence[CodingExon]) -> bool:
    """Whether no region overlaps only coding exons of another number than its own."""
    for exon in named:
        touched = {
            item.number
            for item in coding
            for start, end in exon.intervals
            if bare(item.chrom) == bare(exon.chrom) and item.start < end and start < item.end
        }
        if touched and exon.number not in touched:
            return False
    return True


def _with_missing(exon: Exon, coding: Iterable[CodingExon], union: Union | None) -> Exon:
    own = [item for item in coding if item.number == exon.number]
    missing = sum(_uncovered(item, union) for item in own)
    return Exon(exon.gene, exon.number, exon.chrom, exon.intervals, missing)


def _uncovered(exon: CodingExon, union: Union | None) -> int:
    if union is None:
        return 0
    covered = union.covered(exon.chrom, exon.start, exon.end)
    return exon.end - exon.start - sum(end - start for start, end in covered)


def _of_models(gene: str, coding: Iterable[CodingExon], union: Union | None, names: Mapping[str, str]) -> list[Exon]:
    found = []
    for exon in coding:
        whole = ((exon.start, exon.end),)
        covered = union.covered(exon.chrom, exon.start, exon.end) if union else whole
        if covered:
            chrom = names.get(bare(exon.chrom), exon.chrom)
            found.append(Exon(gene, exon.number, chrom, covered, _uncovered(exon, union)))
    return found


def _left_out(coding: Iterable[CodingExon], union: Union | None) -> tuple[int, ...]:
    if union is None:
        return ()
    covered = {exon.number for exon in coding if union.covered(exon.chrom, exon.start, exon.end)}
    return tuple(sorted({exon.number for exon in coding} - covered))


def _source(from_bed: int, from_models: int, has_models: bool) -> str:
    parts = [f"{from_bed} genes by the names of the assay's BED"] if from_bed else []
    parts += [f"{from_models} genes by the coding exons of the gene models"] if from_models else []
    if parts:
        return " and ".join(parts)
    why = (
        "the assay covers no coding exon of one" if has_models else "the BED names none, and no gene models were given"
    )
    return f"no exon of an actionable gene is judged: {why}"


def cut_at_borders(regions: Sequence[AssayRegion] | None, exons: Iterable[Exon]) -> list[tuple[str, int, int]]:
    """Cut the assay into pieces that no border of a region or exon runs through.

    Measured once, pieces add up to every region, every exon and the whole assay, however these overlap.

    Parameters
    ----------
    regions
        Of the assay; for a whole genome ``None``, and the exons alone are cut.

    Returns
    -------
    list of (chrom, start, end)
        0-based, half-open, without overlap, ordered by contig name and start.
    """
    spans: dict[str, list[Interval]] = defaultdict(list)
    borders: dict[str, set[int]] = defaultdict(set)
    for exon in exons:
        for interval in exon.intervals:
            borders[exon.chrom].update(interval)
            if regions is None:
                spans[exon.chrom].append(interval)
    for region in regions or ():
        spans[region.chrom].append((region.start, region.end))
        borders[region.chrom].update((region.start, region.end))
    pieces = []
    for chrom in sorted(spans):
        cuts = sorted(borders[chrom])
        for start, end in joined(spans[chrom]):
            inside = cuts[bisect_right(cuts, start) : bisect_right(cuts, end - 1)]
            edges = [start, *inside, end]
            pieces += [(chrom, first, last) for first, last in pairwise(edges)]
    return pieces


def require_contigs(regions: Iterable[AssayRegion], contigs: Mapping[str, int], bed: str | Path) -> None:
    """Refuse regions that the reads' reference does not have.

    Raises
    ------
    InputError
        A contig is unknown or a region reaches beyond its end.
    """
    for region in regions:
        length = contigs.get(region.chrom)
        if length is None:
            have = ", ".join(list(contigs)[:4])
            fix = f"Contigs of the reads: {have}; mind chr1 and 1, and the genome build"
            raise InputError(f"the reads have no contig '{region.chrom}'", path=bed, fix=fix)
        if region.end > length:
            what = f"{region.chrom}:{region.start}-{region.end} reaches beyond the contig's end, {length}"
            raise InputError(what, path=bed, fix="Use a BED of the same genome build as the reads")
