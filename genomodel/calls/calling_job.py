"""What every engine is given: alignments with their sample names, regions, and what makes a candidate."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pysam

from genomodel.calls.read_groups import rename_table
from genomodel.calls.shards import Region, assayed_regions, bed_text, callable_regions, part
from genomodel.core.specimens import Library


@dataclass(frozen=True)
class Thresholds:
    """What makes a candidate; the decision over it comes later and counts for itself."""

    min_alternate_fraction: float = 0.005
    """Least share of a sample's reads."""
    min_alternate_count: int = 2
    """Fewest reads of a sample."""
    min_base_quality: int = 20
    min_mapping_quality: int = 20
    max_depth: int = 100_000
    """Reads at one place beyond which an engine that has to have a limit drops the rest."""


@dataclass(frozen=True)
class CallingJob:
    """One patient's tumor, with or without its normal, for any engine."""

    reference: Path
    alignments: tuple[Path, ...]
    """The tumor's, then the normal's."""
    samples: tuple[tuple[str, str], ...]
    """(name in the read groups, name in the calls) in the same order."""
    regions: tuple[Region, ...]
    panel: bool
    """Whether the regions are an assay's, which are not cut."""
    library: Library = Library.CAPTURE
    thresholds: Thresholds = Thresholds()
    shards: int = 1
    workers: int = 1
    """Shards that are worked on at a time; the results do not depend on it."""
    memory_mb: int = 4000
    header: tuple[tuple[str, str], ...] = ()
    """Header lines (key, text) for the calls, such as the genome's name."""

    @property
    def tumor(self) -> str:
        """The tumor's sample name in the reads."""
        return self.samples[0][0]

    @property
    def normal(self) -> str | None:
        """The normal's sample name in the reads."""
        return self.samples[1][0] if len(self.samples) > 1 else None

    @property
    def names(self) -> list[str]:
        """Sample names in the calls."""
        return [new for _, new in self.samples]

    def parts(self) -> list[list[Region]]:
        """Return the regions of each shard; one may be empty."""
        return part(self.regions, self.shards, cut=not self.panel)

    def write_parts(self, folder: Path) -> list[Path]:
        """Write the regions of every shard that has any as BED."""
        paths = []
        for index, regions in enumerate(self.parts()):
            if regions:
                path = folder / f"shard{index}.bed"
                path.write_text(bed_text(regions), encoding="ascii")
                paths.append(path)
        return paths


def calling_job(
    reference: str | Path,
    alignments: Sequence[tuple[str, str]],
    *,
    bed: str | Path | None = None,
    regions: Sequence[Region] | None = None,
    library: Library = Library.CAPTURE,
    thresholds: Thresholds | None = None,
    shards: int = 1,
    workers: int = 1,
    memory_mb: int = 4000,
    header: Sequence[tuple[str, str]] = (),
) -> CallingJob:
    """Read names and regions for a call.

    Parameters
    ----------
    reference
        FASTA with its index.
    alignments
        (path, sample name in the calls): the tumor, then its normal if there is one.
    bed
        Assayed regions; without it the whole reference is called, long runs of N left out.
    regions
        Regions in place of either, merged and in the order of the reference.
    library
        How the reads were made.
    thresholds
        What makes a candidate.
    shards, workers, memory_mb
        Pieces of equal size, how many of them at a time, and the memory for all of these together.
    header
        Header lines (key, text) for the calls.

    Raises
    ------
    InputError
        A sample name is missing or stands in both files, or the regions do not fit the reference.
    """
    if regions is None:
        regions = assayed_regions(bed, reference) if bed else callable_regions(reference)
    known = set.intersection(*(_contigs(path, reference) for path, _ in alignments))
    unread = sorted({name for name, _, _ in regions} - known)
    if unread:
        regions = [region for region in regions if region[0] in known]
        header = [*header, ("genomodel_skipped", f"contigs that the reads were not aligned to: {', '.join(unread)}")]
    return CallingJob(
        reference=Path(reference),
        alignments=tuple(Path(path) for path, _ in alignments),
        samples=tuple(rename_table(alignments, reference)),
        regions=tuple(regions),
        panel=bed is not None,
        library=library,
        thresholds=thresholds or Thresholds(),
        shards=shards,
        workers=max(1, min(workers, shards)),
        memory_mb=memory_mb,
        header=tuple(header),
    )


def _contigs(alignment: str | Path, reference: str | Path) -> set[str]:
    """Return the contigs of a file's header; a reference may hold more than the reads were aligned to."""
    with pysam.AlignmentFile(str(alignment), reference_filename=str(reference), check_sq=False) as reads:
        return set(reads.references)


@contextmanager
def fresh_folder(out: str | Path) -> Iterator[Path]:
    """Yield an empty folder beside the output, gone afterwards: no try sees what an earlier one left half-done."""
    parent = Path(out).parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".calling-", dir=parent) as folder:
        yield Path(folder)
