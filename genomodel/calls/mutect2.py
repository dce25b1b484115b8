"""Mutect2 from reads to filtered calls, by GATK's somatic best practice.

Mutect2 over the shards, the read-orientation model from its F1R2 counts, contamination where sites of common variants
are given, and FilterMutectCalls always. On tiny targets the model of orientation or contamination may not be estimable:
the step is then skipped, and the header of the calls says so (``##genomodel_skipped=``).

Mutect2 keeps 50 reads per alignment start by default. Amplicons begin at few places and deep panels at many reads each,
so that the limit is taken away for both; a genome never comes near it but in collapsed repeats, where it saves hours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pysam

from genomodel.calls.calling_job import CallingJob, fresh_folder
from genomodel.calls.engines import FORCED
from genomodel.calls.fragments import has_duplex_consensus
from genomodel.calls.harmonize import empty_calls, harmonize
from genomodel.calls.shards import Region, bed_text, windows
from genomodel.calls.tools import run_tool
from genomodel.calls.vcf_text import VcfReader
from genomodel.core.errors import InputError, MissingToolError
from genomodel.core.specimens import Library

ENGINE = "mutect2"
MIN_CONTAMINATION_SITES = 100
"""Covered sites of common variants below which no contamination is estimated: the estimate rests on the homozygous ones
among them, a small share."""

MIN_SITE_DEPTH = 10
SKIPPED = "genomodel_skipped"
CONTAMINATION, CONTAMINATION_ERROR = "genomodel_contamination", "genomodel_contamination_error"
"""Header lines with GATK's estimate and its standard error."""
CRAM_MARGIN = 1000
"""Bases around a panel's regions whose reads are kept: longer than a fragment."""

DEPTH_PER_READ = 300
"""Depth for each read, beyond two, that a path of the assembly has to have."""

DEPTH_SAMPLES, DEPTH_WINDOW = 100, 100
"""Places that the depth is measured at, and their length in bases."""

FORCED_MARGIN = 150
"""Bases around a forced allele that are assembled with it."""

Note = tuple[str, str]
_VERSION = re.compile(r'##GATKCommandLine=<ID=\w+,.*Version="([^"]+)"')


@dataclass(frozen=True)
class Resources:
    """Optional files of a site; each bgzipped and indexed."""

    germline: Path | None = None
    """Population allele frequencies (``INFO/AF``), as gnomAD's ``af-only`` file."""
    panel_of_normals: Path | None = None
    common_sites: Path | None = None
    """Common biallelic sites with ``INFO/AF``, for the contamination."""


def gatk(tool: str, *arguments: str | Path, memory_mb: int = 2000) -> str:
    """Run a GATK tool in a Java heap of 80 % of the memory; the rest is for Java itself and native code."""
    options = f"-Xmx{max(500, int(0.8 * memory_mb))}m -XX:-UsePerfData"
    try:
        return run_tool(["gatk", "--java-options", options, tool, *arguments])
    except MissingToolError:
        raise
    except InputError as error:
        raise InputError(f"{tool}: {error.what}", fix=error.fix) from error


def gatk_version(calls: Path) -> str:
    """Return GATK's version as its calls state it; asking the program would start Java once more."""
    with pysam.VariantFile(str(calls)) as vcf:
        found = _VERSION.search(str(vcf.header))
    return found.group(1) if found else "unknown"


def for_gatk(job: CallingJob, folder: Path) -> CallingJob:
    """Return the job with alignments that GATK can read.

    GATK 4.6 stops at CRAM 3.1, which samtools has written by default since 1.22. Such files are written again as CRAM
    3.0, for a panel only where it was assayed.
    """
    alignments = [_as_older_cram(job, path, folder / f"reads{i}.cram") for i, path in enumerate(job.alignments)]
    return replace(job, alignments=tuple(alignments))


def _as_older_cram(job: CallingJob, path: Path, copy: Path) -> Path:
    with path.open("rb") as handle:
        start = handle.read(6)
    if start[:4] != b"CRAM" or tuple(start[4:6]) <= (3, 0):
        return path
    only: list[str] = []
    if job.panel:
        around = copy.with_suffix(".bed")
        around.write_text(bed_text(with_margins(job.reference, job.regions, CRAM_MARGIN)), encoding="ascii")
        only = ["--use-index", "--targets-file", str(around)]
    pysam.view(
        "--output-fmt", "cram,version=3.0", "--reference", str(job.reference), *only, "--output", str(copy), str(path),
        catch_stdout=False,
    )  # fmt: skip
    pysam.index(str(copy))
    return copy


def mean_depth(alignment: Path, reference: Path, regions: Sequence[Region]) -> float:
    """Return the mean depth of the regions, from at most :data:`DEPTH_SAMPLES` places spread over them."""
    pieces = list(windows(regions, DEPTH_WINDOW))
    chosen = pieces[:: max(1, len(pieces) // DEPTH_SAMPLES)]
    bases = covered = 0
    with pysam.AlignmentFile(str(alignment), reference_filename=str(reference)) as handle:
        for chrom, start, end in chosen:
            bases += end - start
            for read in handle.fetch(chrom, start, end):
                if not (read.is_duplicate or read.is_secondary or read.is_qcfail) and read.reference_end is not None:
                    covered += min(end, read.reference_end) - max(start, read.reference_start)
    return covered / bases if bases else 0.0


def pruning_options(depth: float) -> list[str]:
    """Return how the assembly is rid of errors at a depth.

    Mutect2's default, adaptive pruning, drops paths by their odds against a rate of errors that it estimates, and with
    them most alleles below 5 %. A fixed number of reads keeps them. It grows with the depth, as errors that several
    reads share by chance do, but stays well below one read in a hundred.
    """
    return ["--disable-adaptive-pruning", "true", "--min-pruning", str(round(2 + depth / DEPTH_PER_READ))]


def reads_options(job: CallingJob) -> list[str]:
    """Return what Mutect2 is told about the reads, by library.

    Amplicon reads begin at the primers: there duplicates are not to be told from copies of other molecules, and clipped
    bases are primers, not evidence, although Mutect2 takes soft-clipped bases back by default.
    """
    options = ["--max-reads-per-alignment-start", "0"] if job.panel or job.library is not Library.WGS else []
    if job.library is Library.AMPLICON:
        options += ["--dont-use-soft-clipped-bases", "true", "--disable-read-filter", "NotDuplicateReadFilter"]
    return options


def call_mutect2(job: CallingJob, out: str | Path, resources: Resources = Resources()) -> int:
    """Call and filter one patient; return the number of records.

    Raises
    ------
    InputError
        GATK is absent or fails, or a file does not fit the reference.
    """
    with fresh_folder(out) as folder:
        job = for_gatk(job, folder)
        beds = job.write_parts(folder)
        pruning = pruning_options(mean_depth(job.alignments[0], job.reference, job.regions))
        work = partial(_call_shard, job, resources, folder, pruning)
        with ThreadPoolExecutor(job.workers) as pool:
            raw = list(pool.map(work, beds))
        filtered, notes = _filter(job, folder, raw, resources)
        return harmonize(
            filtered, out, engine=ENGINE, version=gatk_version(filtered), reference=job.reference, samples=job.samples,
            notes=[*job.header, *notes],
        )  # fmt: skip


def force_call(job: CallingJob, alleles: Path, out: str | Path, resources: Resources = Resources()) -> int:
    """Make Mutect2 judge given alleles whether it sees a variant there or not; return the number of records.

    Parameters
    ----------
    job
        As for :func:`call_mutect2`; its regions are not used.
    alleles
        Bgzipped and indexed VCF, one alternate allele a record. Without a record Mutect2 is not started.
    out
        Calls of just these alleles.
    resources
        As for :func:`call_mutect2`.
    """
    wanted = {(r.chrom, r.pos, r.ref, r.alts[0]) for r in VcfReader(alleles)}
    finish = partial(harmonize, engine=FORCED, reference=job.reference, samples=job.samples)
    if not wanted:
        empty_calls(
            out, engine=FORCED, version="not started", reference=job.reference, samples=job.names, notes=job.header
        )
        return 0
    places = sorted({(chrom, pos - 1, pos - 1 + len(ref)) for chrom, pos, ref, _ in wanted})
    around = tuple(with_margins(job.reference, places, FORCED_MARGIN))
    with fresh_folder(out) as folder:
        bed = folder / "shard0.bed"
        bed.write_text(bed_text(around), encoding="ascii")
        alone = for_gatk(replace(job, shards=1, workers=1, regions=around, panel=True), folder)
        # With so few places the counts of read orientation are too few for a model of their own.
        raw = _call_shard(alone, resources, folder, ["--alleles", str(alleles)], bed)
        filtered, notes = _filter(alone, folder, [raw], Resources(), orientation=False)
        whole = folder / "all.vcf.gz"
        finish(filtered, whole, version=gatk_version(filtered), notes=[*job.header, *notes])
        return _keep_alleles(whole, Path(out), wanted)


def with_margins(reference: Path, places: Sequence[Region], margin: int) -> list[Region]:
    """Return places, in order, with bases added on both sides, joined where they then touch."""
    with pysam.FastaFile(str(reference)) as fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
    merged: list[Region] = []
    for chrom, start, end in places:
        left, right = max(0, start - margin), min(lengths[chrom], end + margin)
        if merged and merged[-1][0] == chrom and left <= merged[-1][2]:
            merged[-1] = (chrom, merged[-1][1], max(right, merged[-1][2]))
        else:
            merged.append((chrom, left, right))
    return merged


def _keep_alleles(calls: Path, out: Path, wanted: set[tuple[str, int, str, str]]) -> int:
    kept = 0
    with pysam.VariantFile(str(calls)) as source, pysam.VariantFile(str(out), "wz", header=source.header) as target:
        for record in source:
            if record.alts and (record.chrom, record.pos, record.ref, record.alts[0]) in wanted:
                target.write(record)
                kept += 1
    pysam.tabix_index(str(out), preset="vcf", force=True)
    return kept


def _call_shard(job: CallingJob, resources: Resources, folder: Path, options: Sequence[str], bed: Path) -> Path:
    out = folder / f"{bed.stem}.vcf.gz"
    temporary = folder / f"tmp-{bed.stem}"
    temporary.mkdir()
    words: list[str | Path] = ["-R", job.reference]
    for path in job.alignments:
        words += ["-I", path]
    if job.normal is not None:
        words += ["--normal-sample", job.normal]
    if resources.germline:
        words += ["--germline-resource", resources.germline]
    if resources.panel_of_normals:
        words += ["--panel-of-normals", resources.panel_of_normals]
    words += [*reads_options(job), *options, "-L", bed, "--f1r2-tar-gz", folder / f"{bed.stem}.f1r2.tar.gz"]
    words += ["--native-pair-hmm-threads", "1", "--tmp-dir", temporary, "-O", out]
    gatk("Mutect2", *words, memory_mb=job.memory_mb // job.workers)
    return out


def _filter(
    job: CallingJob, folder: Path, raw: list[Path], resources: Resources, *, orientation: bool = True
) -> tuple[Path, list[Note]]:
    notes: list[Note] = []
    merged, stats = raw[0], Path(f"{raw[0]}.stats")
    if len(raw) > 1:
        merged, stats = folder / "merged.vcf.gz", folder / "merged.vcf.gz.stats"
        dictionary = job.reference.with_suffix(".dict")
        inputs = [word for path in raw for word in ("-I", path)]
        gatk("MergeVcfs", *inputs, "-D", dictionary, "-O", merged, memory_mb=job.memory_mb)
        parts = [word for path in raw for word in ("--stats", f"{path}.stats")]
        gatk("MergeMutectStats", *parts, "-O", stats, memory_mb=job.memory_mb)
    _mend_stats(stats, job, notes)
    words: list[str | Path] = ["-R", job.reference, "-V", merged, "--stats", stats]
    if resources.common_sites:
        words += _skippable(partial(_contamination, job, folder, resources.common_sites, notes), "contamination", notes)
    priors: list[str | Path] = []
    if orientation and has_duplex_consensus(job.alignments[0], job.reference):
        notes.append((SKIPPED, "read orientation: consensus reads of both strands all have one orientation"))
    elif orientation:
        priors = _skippable(partial(_orientation, job, folder, raw), "read orientation", notes)
    filtered = folder / "filtered.vcf.gz"
    try:
        gatk("FilterMutectCalls", *words, *priors, "-O", filtered, memory_mb=job.memory_mb)
    except InputError as error:
        # A model from next to no counts can hold a NaN that only the filter trips over.
        if not priors:
            raise
        notes.append((SKIPPED, f"read orientation: {error.what}"))
        gatk("FilterMutectCalls", *words, "-O", filtered, memory_mb=job.memory_mb)
    return filtered, notes


def _skippable(step: Callable[[], list[str | Path]], name: str, notes: list[Note]) -> list[str | Path]:
    """Run a step whose model may not be estimable from few reads; a failure is noted, the calls go on without it."""
    try:
        return step()
    except MissingToolError:
        raise
    except InputError as error:
        notes.append((SKIPPED, f"{name}: {error.what}"))
        return []


def _orientation(job: CallingJob, folder: Path, raw: list[Path]) -> list[str | Path]:
    model = folder / "orientation.tar.gz"
    inputs = [word for path in raw for word in ("-I", folder / path.name.replace(".vcf.gz", ".f1r2.tar.gz"))]
    gatk("LearnReadOrientationModel", *inputs, "-O", model, memory_mb=job.memory_mb)
    return ["--orientation-bias-artifact-priors", model]


def _contamination(job: CallingJob, folder: Path, sites: Path, notes: list[Note]) -> list[str | Path]:
    targets = folder / "all.bed"
    targets.write_text(bed_text(job.regions), encoding="ascii")
    tables = []
    for role, path in zip(("tumor", "normal"), job.alignments, strict=False):
        table = folder / f"{role}.pileups.table"
        gatk(
            "GetPileupSummaries", "-R", job.reference, "-I", path, "-V", sites, "-L", sites, "-L", targets,
            "--interval-set-rule", "INTERSECTION", "-O", table, memory_mb=job.memory_mb,
        )  # fmt: skip
        tables.append(table)
    covered = _covered_sites(tables[0])
    if covered < MIN_CONTAMINATION_SITES:
        raise InputError(f"{covered} common sites have {MIN_SITE_DEPTH} reads, {MIN_CONTAMINATION_SITES} are needed")
    table, segments = folder / "contamination.table", folder / "segments.table"
    matched: list[str | Path] = ["--matched-normal", tables[1]] if len(tables) > 1 else []
    gatk(
        "CalculateContamination", "-I", tables[0], *matched, "-O", table, "--tumor-segmentation", segments,
        memory_mb=job.memory_mb,
    )  # fmt: skip
    estimate, error = map(float, table.read_text(encoding="utf-8").splitlines()[1].split("\t")[1:3])
    if math.isnan(estimate):
        raise InputError("the sites say nothing about it")
    notes += [(CONTAMINATION, f"{estimate:.4g}"), (CONTAMINATION_ERROR, f"{error:.4g}")]
    return ["--contamination-table", table, "--tumor-segmentation", segments]


def _covered_sites(table: Path) -> int:
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if line[:1] not in ("#", "")]
    return sum(sum(map(int, row[2:5])) >= MIN_SITE_DEPTH for row in rows[1:])


def _mend_stats(stats: Path, job: CallingJob, notes: list[Note]) -> None:
    """Give the filter the size of the target where Mutect2 found no callable base.

    The filter takes its prior from variants per callable base, which is no number when there is none.
    """
    lines = stats.read_text(encoding="utf-8").splitlines()
    for index, line in enumerate(lines):
        name, _, value = line.partition("\t")
        if name == "callable" and float(value) == 0:
            bases = sum(end - start for _, start, end in job.regions)
            lines[index] = f"callable\t{bases}.0"
            stats.write_text("\n".join(lines) + "\n", encoding="utf-8")
            notes.append((SKIPPED, f"count of callable bases: none was found, {bases} bases of the regions stand in"))
