"""The regions an assay covers."""

from __future__ import annotations

from pathlib import Path

from genomodel.core.base import Noun
from genomodel.core.errors import InputError
from genomodel.files import read_text


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
    """Return the gene symbol of a region name ``GENE`` or ``GENE:exon``."""
    return name.split(":", 1)[0].strip()


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
    genes = tuple(sorted({gene_of_region(region.name) for region in regions})) if named else None
    return Assay(regions=tuple(regions), genes=genes)
