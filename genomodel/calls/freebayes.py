"""freebayes from reads to candidates.

freebayes has no cap on depth of its own (``--limit-coverage`` is off unless asked for). Its genotype model is of no use
for a tumor, so that it only proposes: pooled, with any fraction that the thresholds let through.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pysam
import pysam.bcftools
import pysam.samtools

from genomodel.calls.calling_job import CallingJob, fresh_folder
from genomodel.calls.harmonize import empty_calls, harmonize
from genomodel.calls.tools import run_tool
from genomodel.core.specimens import Library

ENGINE = "freebayes"


def freebayes_version() -> str:
    """Return freebayes' version as it tells it."""
    return run_tool(["freebayes", "--version"]).rpartition("version:")[2].strip() or "unknown"


def call_freebayes(job: CallingJob, out: str | Path) -> int:
    """Call one patient; return the number of candidates.

    Raises
    ------
    InputError
        freebayes is absent or fails, or a file does not fit the reference.
    """
    version = freebayes_version()
    with fresh_folder(out) as folder:
        job = with_own_read_groups(job, folder)
        beds = job.write_parts(folder)
        if not beds:
            empty_calls(
                out, engine=ENGINE, version=version, reference=job.reference, samples=job.names, notes=job.header
            )
            return 0
        with ThreadPoolExecutor(job.workers) as pool:
            shards = list(pool.map(partial(_call_shard, job), beds))
        whole = folder / "all.vcf"
        with whole.open("wb") as target:
            for index, shard in enumerate(shards):
                with shard.open("rb") as source:
                    if index:
                        _skip_header(source, target)
                    shutil.copyfileobj(source, target)
        ordered = folder / "sorted.bcf"
        pysam.bcftools.sort(
            "--temp-dir", str(folder / "sort"), "--output-type", "b", "--output", str(ordered), str(whole),
            catch_stdout=False,
        )  # fmt: skip
        return harmonize(
            ordered, out, engine=ENGINE, version=version, reference=job.reference, samples=job.samples,
            notes=job.header,
        )  # fmt: skip


def with_own_read_groups(job: CallingJob, folder: Path) -> CallingJob:
    """Return the job with alignments whose read groups have ids of their own.

    freebayes tells samples apart by the id of the read group alone, and many laboratories call every first one ``1``.
    Of alignments that share an id all but the first are written again, with one read group for the sample.
    """
    alignments: list[Path] = []
    seen: set[str] = set()
    for index, (path, (sample, _)) in enumerate(zip(job.alignments, job.samples, strict=True)):
        with pysam.AlignmentFile(str(path), reference_filename=str(job.reference)) as handle:
            ids = {str(group["ID"]) for group in handle.header.to_dict().get("RG", [])}
        if ids & seen:
            copy = folder / f"reads{index}.bam"
            pysam.samtools.addreplacerg(
                "-r", f"@RG\tID:genomodel.{index}\tSM:{sample}", "-m", "overwrite_all", "-w",
                "--reference", str(job.reference), "-O", "bam", "-o", str(copy), str(path), catch_stdout=False,
            )  # fmt: skip
            pysam.index(str(copy))
            alignments.append(copy)
        else:
            alignments.append(path)
        seen |= ids
    return replace(job, alignments=tuple(alignments))


def _call_shard(job: CallingJob, bed: Path) -> Path:
    out = bed.with_suffix(".vcf")
    least = job.thresholds
    command: list[str | Path] = [
        "freebayes", "--fasta-reference", job.reference, "--targets", bed,
        "--pooled-continuous", "--genotype-qualities", "--strict-vcf", "--report-genotype-likelihood-max",
        "--allele-balance-priors-off", "--no-partial-observations", "--min-repeat-entropy", "1",
        "--min-alternate-fraction", str(least.min_alternate_fraction),
        "--min-alternate-count", str(least.min_alternate_count),
        "--min-base-quality", str(least.min_base_quality),
        "--min-mapping-quality", str(least.min_mapping_quality),
    ]  # fmt: skip
    if job.library is Library.AMPLICON:
        # Reads of one amplicon begin alike whether they are copies of one molecule or not.
        command.append("--use-duplicate-reads")
    run_tool([*command, *job.alignments], stdout=out)
    return out


def _skip_header(source: BinaryIO, target: BinaryIO) -> None:
    """Move past the header lines and write the first record that follows them."""
    for line in source:
        if not line.startswith(b"#"):
            target.write(line)
            return
