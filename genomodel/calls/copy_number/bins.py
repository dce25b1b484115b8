"""The bins that depth is counted in: baits cut to even sizes, or the genome in equal pieces, named after genes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from genomodel.calls.vcf_text import read_lines
from genomodel.cohort.assay import AssayRegion, gene_of_region, read_assay_bed
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library
from genomodel.files import read_text

TARGET_BASES = 267
"""Mean size of a bin on baits, as CNVkit takes by default."""
WGS_BASES = 5000
"""Bin of a whole genome, which CNVkit holds for good down to tenfold depth."""
NO_GENE = "-"
_MAIN_CONTIG = re.compile(r"^(?:chr)?(?:\d+|X|Y)$")
_GENE_NAME = re.compile(r"(?:^|;)Name=([^;]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A bin as in BED: 0-based, half-open; ``gene`` holds several symbols parted by commas where genes overlap."""

    chrom: str
    start: int
    end: int
    gene: str


def read_contigs(fai: str | Path) -> dict[str, int]:
    """Return the lengths of the contigs of a FASTA index, in its order.

    Raises
    ------
    InputError
        Missing file, or no FASTA index.
    """
    contigs = {}
    for row, line in enumerate(read_text(fai, "FASTA index").splitlines(), start=1):
        cells = line.split("\t")
        if len(cells) < 5 or not cells[1].isdigit():
            raise InputError("this is no FASTA index", path=fai, row=row, fix="Make one: samtools faidx")
        contigs[cells[0]] = int(cells[1])
    return contigs


def gene_spans(gff: str | Path) -> dict[str, list[tuple[int, int, str]]]:
    """Return start (0-based), end and symbol of every gene row of a GFF3, sorted, by contig.

    Raises
    ------
    InputError
        Missing file, or no gene row with a name in it.
    """
    spans: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for _, line in read_lines(Path(gff), "GFF3"):
        cells = line.split("\t")
        if len(cells) != 9 or cells[2] not in ("gene", "protein_coding_gene"):
            continue
        name = _GENE_NAME.search(cells[8])
        if name:
            spans[cells[0]].append((int(cells[3]) - 1, int(cells[4]), name.group(1)))
    if not spans:
        fix = "Give gene models whose gene rows carry Name=SYMBOL, as Ensembl's do"
        raise InputError("the gene models name no gene", path=gff, fix=fix)
    return {contig: sorted(rows) for contig, rows in spans.items()}


def make_bins(
    library: Library,
    contigs: dict[str, int],
    *,
    bed: str | Path | None = None,
    gff: str | Path | None = None,
    wgs_bases: int = WGS_BASES,
) -> tuple[Place, ...]:
    """Return the bins of an assay, in the order of the genome.

    Parameters
    ----------
    library
        Baits and amplicons take the regions of ``bed``; a whole genome is cut into pieces of ``wgs_bases`` bases.
    contigs
        Lengths by name, as in the reference.
    bed
        Assayed regions. Names ``GENE`` or ``GENE:exon`` name the bins; without names the gene models do.
    gff
        Gene models, for regions without names and for whole genomes.

    Raises
    ------
    InputError
        No BED for a targeted library, contigs of the BED that the reference lacks, or nothing names the genes.
    """
    if library is Library.WGS:
        if gff is None:
            raise InputError("a whole genome needs gene models to tell genes by", fix="Give --gff GENES.gff3")
        main = {name: size for name, size in contigs.items() if is_main(name)} or contigs
        whole = [Place(name, 0, size, "") for name, size in main.items()]
        return tuple(_name(_cut(whole, wgs_bases), gene_spans(gff)))
    if bed is None:
        raise InputError("the assayed regions are not known", fix="Give them as BED (assay_bed in the patients sheet)")
    assay = read_assay_bed(bed)
    strange = sorted({region.chrom for region in assay.regions} - set(contigs))
    if strange:
        raise InputError(
            f"contig '{strange[0]}' of the BED is not in the reference, which has {_some(contigs)}",
            path=bed,
            fix="BED and reference have to name contigs alike and be of one build",
        )
    places = _cut(_merged(assay.regions, list(contigs)), TARGET_BASES)
    if assay.genes is not None:
        return tuple(places)
    if gff is None:
        fix = "Give --gff GENES.gff3, or a fourth column with GENE or GENE:exon"
        raise InputError("the regions carry no gene names", path=bed, fix=fix)
    return tuple(_name(places, gene_spans(gff)))


def bed_of(places: Sequence[Place]) -> str:
    """Return bins as BED of four columns."""
    return "".join(f"{place.chrom}\t{place.start}\t{place.end}\t{place.gene or NO_GENE}\n" for place in places)


def genes_of(name: str) -> tuple[str, ...]:
    """Return the symbols of a bin's name."""
    return () if name in ("", NO_GENE, "Antitarget", "Background") else tuple(name.split(","))


def is_main(contig: str) -> bool:
    """Whether a contig is a numbered chromosome, X or Y; patches, decoys and mitochondria are not."""
    return _MAIN_CONTIG.match(contig) is not None


def is_autosome(contig: str) -> bool:
    """Whether a contig is neither X, Y nor mitochondrial."""
    return contig.removeprefix("chr").upper() not in ("X", "Y", "M", "MT")


def _some(contigs: Iterable[str]) -> str:
    names = list(contigs)
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _merged(regions: Sequence[AssayRegion], order: Sequence[str]) -> list[Place]:
    """Join regions that overlap, as tiled baits and amplicons do: a base counted twice would weigh twice."""
    rank = {name: index for index, name in enumerate(order)}
    merged: list[Place] = []
    for region in sorted(regions, key=lambda r: (rank[r.chrom], r.start, r.end, r.name)):
        gene = gene_of_region(region.name)
        last = merged[-1] if merged else None
        if last is None or last.chrom != region.chrom or region.start >= last.end:
            merged.append(Place(region.chrom, region.start, region.end, gene))
            continue
        names = dict.fromkeys([*last.gene.split(","), gene]) if gene else dict.fromkeys(last.gene.split(","))
        merged[-1] = Place(last.chrom, last.start, max(last.end, region.end), ",".join(n for n in names if n))
    return merged


def _cut(places: Iterable[Place], bases: int) -> list[Place]:
    pieces = []
    for place in places:
        size = place.end - place.start
        n = max(1, round(size / bases))
        edges = [place.start + size * index // n for index in range(n + 1)]
        pieces += [Place(place.chrom, a, b, place.gene) for a, b in pairwise(edges)]
    return pieces


def _name(places: Iterable[Place], spans: dict[str, list[tuple[int, int, str]]]) -> Iterator[Place]:
    starts = {contig: [row[0] for row in rows] for contig, rows in spans.items()}
    longest = {contig: max(end - start for start, end, _ in rows) for contig, rows in spans.items()}
    for place in places:
        rows = spans.get(place.chrom, [])
        last = bisect_right(starts.get(place.chrom, []), place.end - 1)
        first = bisect_right(starts.get(place.chrom, []), place.start - longest.get(place.chrom, 0))
        names = dict.fromkeys(name for start, end, name in rows[max(0, first - 1) : last] if end > place.start)
        yield Place(place.chrom, place.start, place.end, ",".join(names))
