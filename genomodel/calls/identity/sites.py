"""Places at which people differ, and the fragments of each sample there.

They come from a file of common sites where the configuration names one, else from the reads themselves. Fragments are
counted, not mates: of two mates over a place htslib leaves one its quality. Each base counts from quality 20.
"""

from __future__ import annotations

import io
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.calls.identity.survey import LETTERS, MIN_QUALITY, Place
from genomodel.calls.shards import Region
from genomodel.core.errors import InputError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

COMMON = 0.05
"""Frequency from which, and up to 1 less which, a site is taken from the file of common ones."""
MOST_SITES = 3_000
"""Sites that are looked at; the same ones in every sample of an assay."""
SPACING = 10_000
"""Bases between places that are held to be inherited apart. Neighbors are inherited together, so that many places of
one gene would tell as much as one and seem to tell more."""
MOST_FRAGMENTS = 4_000
"""Reads over a place beyond which the rest is left aside; more would not change a genotype."""
OTHER_BUILD = 0.05
"""Share of reference alleles unlike the reference from which the sites are of another build."""
FEWEST_COMPARED = 10
FETCHED = 5_000
"""Regions up to which the file is searched region by region; beyond, contig by contig."""


@dataclass(frozen=True)
class Sites:
    """Single-base places with two alleles, in the order of contig name and position."""

    places: tuple[Place, ...]
    frequency: Floats | None
    """Of the alternate allele, shape (sites,); ``None`` where nobody said."""

    def __len__(self) -> int:
        return len(self.places)

    def take(self, chosen: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Sites:
        """Return some of the sites, by index or by flag."""
        indices = np.arange(len(self))[chosen]
        frequency = None if self.frequency is None else self.frequency[indices]
        return Sites(tuple(self.places[i] for i in indices), frequency)


@dataclass(frozen=True)
class Fragments:
    """Fragments of one sample at each site, shape (sites,) each."""

    ref: Ints
    alt: Ints
    third: Ints
    """With neither of the two alleles."""

    @property
    def depth(self) -> Ints:
        """Fragments with either allele."""
        return self.ref + self.alt

    def take(self, chosen: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Fragments:
        """Return those of some sites."""
        return Fragments(self.ref[chosen], self.alt[chosen], self.third[chosen])


def sites_of_reads(places: Iterable[Place]) -> Sites:
    """Return the places that the reads themselves show, one allele each, at most :data:`MOST_SITES`."""
    unique = {(place.chrom, place.pos): place for place in places}
    return Sites(tuple(sorted(sorted(unique.values(), key=_lot)[:MOST_SITES])), None)


def common_sites(path: str | Path, reference: str | Path, regions: Sequence[Region]) -> Sites:
    """Read the sites of a VCF that lie in the regions, have one alternate base and are common.

    Parameters
    ----------
    path
        Bgzipped and indexed VCF with ``INFO/AF``.
    reference
        FASTA with its index.
    regions
        Merged regions.

    Raises
    ------
    InputError
        No such file or index, no ``AF``, contigs of other names, or reference alleles of another build.
    """
    import allel  # noqa: PLC0415  slow to import, and few runs come here

    try:
        with pysam.TabixFile(str(path)) as handle:
            header = "".join(f"{line}\n" for line in handle.header)
            shared = set(handle.contigs) & {name for name, _, _ in regions}
            if not shared:
                listed = ", ".join(list(handle.contigs)[:3]) or "none"
                fix = "Use common sites of the reference's build and contig names; chr1 and 1 are different names"
                what = f"the common sites are on other contigs ({listed} …) than the assay"
                raise InputError(what, path=path, column="common_sites", fix=fix)
            lines = [line for line in _lines(handle, [r for r in regions if r[0] in shared]) if _is_snv(line)]
    except (OSError, ValueError) as error:
        fix = "Compress it with bgzip and index it: tabix -p vcf"
        raise InputError(
            f"the common sites cannot be read ({error})", path=path, column="common_sites", fix=fix
        ) from error
    if "ID=AF," not in header:
        raise InputError("the common sites carry no INFO/AF", path=path, fix="Use sites with allele frequencies")
    if not lines:
        return Sites((), np.empty(0))
    read = allel.read_vcf(
        io.BytesIO((header + "\n".join(lines) + "\n").encode()),
        fields=["variants/CHROM", "variants/POS", "variants/REF", "variants/ALT", "variants/AF"],
        types={"variants/CHROM": "O", "variants/REF": "O", "variants/ALT": "O", "variants/AF": "f8"},
        numbers={"variants/ALT": 1, "variants/AF": 1},
    )
    columns = (read[f"variants/{name}"] for name in ("CHROM", "POS", "REF", "ALT", "AF"))
    found = {
        Place(chrom, int(pos) - 1, ref.upper(), alt.upper()): float(af)
        for chrom, pos, ref, alt, af in zip(*columns, strict=True)
        if COMMON <= af <= 1 - COMMON
    }
    kept = tuple(sorted(sorted(found, key=_lot)[:MOST_SITES]))
    _require_build(kept, path, reference)
    return Sites(kept, np.array([found[place] for place in kept]))


def _lot(place: Place) -> tuple[int, Place]:
    """Order places by a lot that is the same in every patient."""
    return zlib.crc32(f"{place.chrom}:{place.pos}".encode()), place


def _lines(handle: pysam.TabixFile, regions: Sequence[Region]) -> Iterator[str]:
    if len(regions) <= FETCHED:
        for region in regions:
            yield from (line for line in handle.fetch(*region) if int(line.split("\t", 2)[1]) > region[1])
        return
    by_contig: dict[str, list[tuple[int, int]]] = {}
    for name, start, end in regions:
        by_contig.setdefault(name, []).append((start, end))
    for name, stretches in by_contig.items():
        starts = [start for start, _ in stretches]
        for line in handle.fetch(name):
            pos = int(line.split("\t", 2)[1]) - 1
            at = bisect_right(starts, pos) - 1
            if at >= 0 and pos < stretches[at][1]:
                yield line


def _is_snv(line: str) -> bool:
    columns = line.split("\t", 5)
    return len(columns) > 5 and len(columns[3]) == len(columns[4]) == 1 and columns[4] in "ACGTacgt"


def _require_build(places: Sequence[Place], path: str | Path, reference: str | Path) -> None:
    with pysam.FastaFile(str(reference)) as fasta:
        bases = [fasta.fetch(place.chrom, place.pos, place.pos + 1).upper() for place in places]
    known = [(place, base) for place, base in zip(places, bases, strict=True) if base != "N"]
    unlike = [place for place, base in known if base != place.ref]
    if len(known) >= FEWEST_COMPARED and len(unlike) > OTHER_BUILD * len(known):
        first = unlike[0]
        what = (
            f"{len(unlike)} of {len(known)} common sites have another reference base than the reference, such as "
            f"{first.chrom}:{first.pos + 1} {first.ref}"
        )
        fix = "Use common sites of the reference's build"
        raise InputError(what, path=path, column="common_sites", fix=fix)


def count_fragments(alignment: str | Path, reference: str | Path, sites: Sites) -> Fragments:
    """Count the fragments of one sample at each site."""
    counts = np.zeros((len(sites), 4), dtype=np.int64)
    with pysam.AlignmentFile(str(alignment), reference_filename=str(reference)) as handle:
        for row, place in enumerate(sites.places):
            if place.chrom in handle.references:
                counts[row] = _bases_at(handle, place)
    letters = LETTERS.tobytes().decode()
    rows = np.arange(len(sites))
    ref = counts[rows, [letters.index(place.ref) for place in sites.places]] if len(sites) else np.empty(0, np.int64)
    alt = counts[rows, [letters.index(place.alt) for place in sites.places]] if len(sites) else np.empty(0, np.int64)
    return Fragments(ref, alt, counts.sum(axis=1) - ref - alt)


def _bases_at(handle: pysam.AlignmentFile, place: Place) -> list[int]:
    columns = handle.pileup(
        place.chrom, place.pos, place.pos + 1, truncate=True, stepper="samtools", compute_baq=False,
        ignore_orphans=False, flag_filter=0xF04, min_base_quality=MIN_QUALITY, min_mapping_quality=MIN_QUALITY,
        max_depth=MOST_FRAGMENTS,
    )  # fmt: skip
    for column in columns:
        bases = "".join(column.get_query_sequences()).upper()
        return [bases.count(letter) for letter in "ACGT"]
    return [0, 0, 0, 0]


def independent(sites: Sites, usable: npt.NDArray[np.bool_], spacing: int = SPACING) -> Ints:
    """Return the indices of usable sites of which no two lie within a spacing, from the left on."""
    chosen: list[int] = []
    last: tuple[str, int] | None = None
    for index in np.flatnonzero(usable):
        place = sites.places[index]
        if last is None or place.chrom != last[0] or place.pos - last[1] >= spacing:
            chosen.append(int(index))
            last = (place.chrom, place.pos)
    return np.array(chosen, dtype=np.int64)
