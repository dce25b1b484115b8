"""Depth of assayed regions, as mosdepth writes it."""

from __future__ import annotations

from pathlib import Path

from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError
from genomodel.core.variants import RegionDepth


def read_region_depths(path: str | Path) -> tuple[RegionDepth, ...]:
    """Read mosdepth's ``regions.bed.gz``: chromosome, start, end, name when the BED had one, mean depth.

    Returns
    -------
    tuple of RegionDepth
        In the order of the file; starts and ends as in BED, 0-based and half-open.

    Raises
    ------
    InputError
        The file is missing or damaged, or a line has a wrong shape.
    """
    path = Path(path)
    regions = []
    for row, line in read_lines(path, "region depths"):
        if not line or line.startswith(("#", "track", "browser")):
            continue
        columns = line.split("\t")
        if len(columns) < 4:
            text = f"{len(columns)} columns, 4 or 5 expected"
            raise InputError(text, path=path, row=row, fix="Give the regions.bed.gz that mosdepth --by BED writes")
        name = columns[3] if len(columns) > 4 else ""
        try:
            start, end, depth = int(columns[1]), int(columns[2]), float(columns[-1])
        except ValueError as error:
            raise InputError(f"start, end or depth is not a number ({error})", path=path, row=row) from error
        if not 0 <= start < end or not 0 <= depth < float("inf"):
            raise InputError(f"region {start}-{end} with depth {columns[-1]} cannot be", path=path, row=row)
        regions.append(RegionDepth(chrom=columns[0], start=start, end=end, name=name, mean_depth=depth))
    return tuple(regions)
