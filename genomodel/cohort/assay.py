"""The regions an assay covers."""

from __future__ import annotations

from pathlib import Path

from genomodel.core.base import Noun
from genomodel.core.builds import bare
from genomodel.core.errors import InputError
from genomodel.core.variants import RegionDepth
from genomodel.files import read_text
from genomodel.resources.gene_symbols import Standing, chromosome_of, resolve_symbol


class AssayRegion(Noun):
    """One BED line: 0-based, half-open."""

    chrom: str
    start: int
    end: int
    name: str = ""


class Assay(Noun):
    """The assayed regions and, where every region is named after one, the assayed genes."""

    regions: tuple[AssayRegion, ...]
    genes: tuple[str, ...] | None


def gene_of_region(name: str) -> str:
    """Return the gene symbol of a region name ``GENE`` or ``GENE:exon``, as it is written."""
    return name.split(":", 1)[0].strip()


def current_gene_of(region: AssayRegion | RegionDepth) -> str:
    """Return the gene that a region is named after, by its symbol of today.

    An alias counts only on the gene's own chromosome: regions are also named after what is no gene, and a gene that is
    taken for assayed in error would be a wrong negative.
    """
    name = gene_of_region(region.name)
    meant = resolve_symbol(name, region.chrom)
    if meant.standing is Standing.ALIAS and chromosome_of(meant.current) != bare(region.chrom):
        return name
    return meant.best


def read_assay_bed(path: str | Path) -> Assay:
    """Read a BED file of assayed regions.

    Raises
    ------
    InputError
        Missing file, fewer than three columns, coordinates that are no numbers or not ascending, or no region at all.
    """
    regions = []
    for number, line in enumerate(read_text(path, "assay BED").splitlines(), start=1):
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        cells = line.split("\t")
        if len(cells) < 3 or not (cells[1].isdigit() and cells[2].isdigit()):
            raise InputError(
                f"'{line[:60]}' is not a BED line",
                path=path,
                row=number,
                fix="Columns: chrom, start, end, gene; tab-separated",
            )
        start, end = int(cells[1]), int(cells[2])
        if start >= end:
            raise InputError(f"the region ends at {end}, before or at its start {start}", path=path, row=number)
        regions.append(
            AssayRegion(chrom=cells[0], start=start, end=end, name=cells[3].strip() if len(cells) > 3 else "")
        )
    if not regions:
        raise InputError("the BED file holds no region", path=path)
    named = all(region.name for region in regions)
    genes = tuple(sorted({current_gene_of(region) for region in regions})) if named else None
    return Assay(regions=tuple(regions), genes=genes)
