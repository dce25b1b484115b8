"""Candidates from allele counts alone, with the bcftools inside pysam: no program has to be installed.

``bcftools mpileup`` counts, and what the counts say decides; ``bcftools call`` is not asked, since its diploid
genotypes lose an allele at 1 % of the reads. Choices:

- ``-d`` and ``-L`` are set to the configured depth; by default mpileup stops at 250 reads a file and takes indels from
  250 reads.
- ``-B``: no base alignment quality. It lowers the qualities of bases beside an indel until low-fraction SNVs there no
  longer count, and the decision realigns the reads for itself.
- Bases where mates overlap count once (mpileup's default), so that a fragment is one witness.
- ``-A``: mates that are not a proper pair count as well; breakpoints make them, and both other engines count them.

An allele is a candidate where the tumor has the least count and the least fraction, and more reads of it than errors at
:data:`ERROR_RATE` would bring to one place in a thousand: two reads are one too few at a depth of 200, enough at 60.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pysam
import pysam.bcftools
from pysam.version import __bcftools_version__ as bcftools_version

from genomodel.calls.calling_job import CallingJob, fresh_folder
from genomodel.calls.harmonize import empty_calls, harmonize
from genomodel.calls.shards import Region, bed_text, windows
from genomodel.core.specimens import Library

ENGINE = "pileup"
ERROR_RATE = 1e-3 / 3
"""Share of reads that show one given wrong base: bases of Phred 30, and three bases to be wrong with."""

ERROR_TAIL = 1e-3
"""Chance for errors alone to make a candidate of an allele at one place."""

WINDOW = 500_000
"""Bases piled up at a time, which bounds the size of the file in between."""

INDEL_COUNT = 2


def exceeds_errors(reads: int, depth: int) -> bool:
    """Whether errors alone would show an allele in so many of so many reads at less than one place in a thousand.

    The number of erroneous reads is taken as Poisson.
    """
    expected = depth * ERROR_RATE
    term = below = math.exp(-expected)
    for count in range(1, reads):
        term *= expected / count
        below += term
        if 1 - below < ERROR_TAIL:
            return True
    return reads > 0 and 1 - below < ERROR_TAIL


def call_pileup(job: CallingJob, out: str | Path) -> int:
    """Call one patient; return the number of candidates.

    Raises
    ------
    InputError
        A file does not fit the reference.
    """
    version = f"bcftools {bcftools_version} in pysam {pysam.__version__}"
    with fresh_folder(out) as folder:
        shards = [(index, regions) for index, regions in enumerate(job.parts()) if regions]
        work = partial(_call_shard, job, folder)
        if job.workers > 1:
            with ProcessPoolExecutor(job.workers) as pool:
                found = list(pool.map(work, shards))
        else:
            found = [work(shard) for shard in shards]
        raw = folder / "candidates.vcf"
        header, lines = _first_header(found), (line for path, _ in found for line in _lines(path))
        if header is None:
            empty_calls(
                out, engine=ENGINE, version=version, reference=job.reference, samples=job.names, notes=job.header
            )
            return 0
        with raw.open("w", encoding="utf-8") as target:
            target.write(header)
            target.writelines(lines)
        # Reads go by file here, whatever their read groups say, so that columns are named by their order.
        samples = [(f"sample{index}", new) for index, new in enumerate(job.names)]
        return harmonize(
            raw, out, engine=ENGINE, version=version, reference=job.reference, samples=samples, notes=job.header
        )


def _first_header(found: Sequence[tuple[Path, str]]) -> str | None:
    return found[0][1] if found else None


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as handle:
        yield from handle


def _call_shard(job: CallingJob, folder: Path, shard: tuple[int, Sequence[Region]]) -> tuple[Path, str]:
    """Pile up a shard window by window; return a file of candidate lines, and the header they belong to."""
    index, regions = shard
    out = folder / f"shard{index}.txt"
    piled = folder / f"shard{index}.vcf"
    bed = folder / f"shard{index}.bed"
    header = ""
    with out.open("w", encoding="utf-8") as target:
        for batch in _batches(regions):
            bed.write_text(bed_text(batch), encoding="ascii")
            _pile_up(job, bed, piled)
            with pysam.VariantFile(str(piled)) as source:
                header = header or _renamed_header(source.header)
                for record in source:
                    target.writelines(_candidates(record, job))
    piled.unlink(missing_ok=True)
    return out, header


def _batches(regions: Iterable[Region]) -> Iterator[list[Region]]:
    batch: list[Region] = []
    size = 0
    for region in windows(regions, WINDOW):
        length = region[2] - region[1]
        if batch and size + length > WINDOW:
            yield batch
            batch, size = [], 0
        batch.append(region)
        size += length
    if batch:
        yield batch


def _pile_up(job: CallingJob, bed: Path, out: Path) -> None:
    least = job.thresholds
    skipped = "UNMAP,SECONDARY,QCFAIL" + ("" if job.library is Library.AMPLICON else ",DUP")
    alts = f"MAX(FORMAT/AD[0:1-])>={least.min_alternate_count}"
    whole = out.with_suffix(".bcf")
    pysam.bcftools.mpileup(
        "--fasta-ref", str(job.reference), "--regions-file", str(bed), "--ignore-RG",
        "--no-BAQ", "--count-orphans", "--max-depth", str(least.max_depth), "--max-idepth", str(least.max_depth),
        "--min-BQ", str(least.min_base_quality), "--min-MQ", str(least.min_mapping_quality),
        "--skip-any-set", skipped, "--annotate", "AD,ADF,ADR,DP,SP",
        "--min-ireads", str(INDEL_COUNT), "--gap-frac", str(least.min_alternate_fraction), "--per-sample-mF",
        "--output-type", "u", "--output", str(whole), *map(str, job.alignments), catch_stdout=False,
    )  # fmt: skip
    pysam.bcftools.view("--include", alts, "--output-type", "v", "--output", str(out), str(whole), catch_stdout=False)
    whole.unlink()


def _renamed_header(header: pysam.VariantHeader) -> str:
    lines = str(header).splitlines()
    columns = lines[-1].split("\t")
    names = [f"sample{index}" for index in range(len(columns) - 9)]
    # Paths of one machine and the command line are no part of a result.
    kept = [line for line in lines[:-1] if not line.startswith(("##bcftools", "##reference="))]
    return "\n".join([*kept, "\t".join([*columns[:9], *names])]) + "\n"


def _candidates(record: pysam.VariantRecord, job: CallingJob) -> Iterator[str]:
    """Yield the record's line cut down to the alleles that the tumor has enough of."""
    depths = record.samples[0]["AD"]
    total = sum(depths)
    least = job.thresholds
    keep = [
        index
        for index, allele in enumerate(record.alts or (), 1)
        if allele != "<*>"
        and depths[index] >= least.min_alternate_count
        and depths[index] >= least.min_alternate_fraction * total
        and exceeds_errors(depths[index], total)
    ]
    alleles = tuple(record.alleles or ())
    for index in keep:
        cells = []
        for sample in record.samples.values():
            # Depth of all alleles: the fraction is of all reads at the place, as the record states it.
            pairs = [f"{sample[key][0]},{sample[key][index]}" for key in ("AD", "ADF", "ADR")]
            cells.append(":".join([*pairs, str(sum(sample["AD"])), str(sample["SP"])]))
        info = "INDEL" if "INDEL" in record.info else "."
        head = [record.chrom, str(record.pos), ".", alleles[0], alleles[index], ".", ".", info, "AD:ADF:ADR:DP:SP"]
        yield "\t".join([*head, *cells]) + "\n"
