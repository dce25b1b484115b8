"""The panel of normals: places where Mutect2 calls something in several normals, which are the assay's artifacts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pysam
import pysam.bcftools

from genomodel.calls.calling_inputs import MIN_NORMALS
from genomodel.calls.calling_job import CallingJob, fresh_folder
from genomodel.calls.mutect2 import for_gatk, gatk, reads_options
from genomodel.calls.shards import Region, assayed_regions, bed_text, callable_regions, contig_lengths, merge_regions
from genomodel.core.errors import InputError


def call_normal(job: CallingJob, out: str | Path) -> None:
    """Call a normal as if it were a tumor, adjacent substitutions apart, since GenomicsDB joins sites and not runs.

    Raises
    ------
    InputError
        GATK is absent or fails.
    """
    out = Path(out)
    with fresh_folder(out) as folder:
        job = for_gatk(job, folder)
        bed = folder / "regions.bed"
        bed.write_text(bed_text(job.regions), encoding="ascii")
        called, named = folder / "called.vcf.gz", folder / out.name
        gatk(
            "Mutect2", "-R", job.reference, "-I", job.alignments[0], "--max-mnp-distance", "0", *reads_options(job),
            "-L", bed, "--tmp-dir", folder, "-O", called, memory_mb=job.memory_mb,
        )  # fmt: skip
        # Blood is often "blood" in the read groups of every patient; GenomicsDB tells samples apart by name.
        names = folder / "names.txt"
        names.write_text(f"{job.names[0]}\n", encoding="utf-8")
        pysam.bcftools.reheader("--samples", str(names), "--output", str(named), str(called), catch_stdout=False)
        pysam.tabix_index(str(named), preset="vcf", force=True)
        Path(f"{named}.tbi").replace(f"{out}.tbi")
        named.replace(out)


def build_panel_of_normals(
    normals: Sequence[str | Path],
    reference: str | Path,
    out: str | Path,
    *,
    beds: Sequence[str | Path] = (),
    germline: str | Path | None = None,
    memory_mb: int = 4000,
) -> int:
    """Join calls of normals to a panel of normals.

    Parameters
    ----------
    normals
        Calls of :func:`call_normal`.
    reference
        FASTA with its index.
    out
        Panel to write, ``.vcf.gz``.
    beds
        Regions of the assays; without any, the whole reference.
    germline
        Population allele frequencies, so that common variants are kept out of the panel.
    memory_mb
        Memory of the job.

    Returns
    -------
    int
        Number of sites.

    Raises
    ------
    InputError
        Fewer than two normals, two of one sample name, or GATK is absent or fails.
    """
    if len(normals) < MIN_NORMALS:
        what = f"a panel of normals needs at least {MIN_NORMALS} normals, the sheet has {len(normals)}"
        raise InputError(what, fix="Add normals to the samples sheet, or leave calling: panel_of_normals out")
    out = Path(out)
    with fresh_folder(out) as folder:
        regions = folder / "regions.bed"
        regions.write_text(bed_text(_all_regions(beds, reference)), encoding="ascii")
        database = folder / "database"
        inputs = [word for path in normals for word in ("-V", path)]
        gatk(
            "GenomicsDBImport", "-R", reference, "-L", regions, "--merge-input-intervals", "true",
            "--genomicsdb-workspace-path", database, "--tmp-dir", folder, *inputs, memory_mb=memory_mb,
        )  # fmt: skip
        options = ["--germline-resource", str(germline)] if germline else []
        panel = folder / out.name
        gatk(
            "CreateSomaticPanelOfNormals", "-R", reference, "-V", f"gendb://{database}", *options, "-O", panel,
            memory_mb=memory_mb,
        )  # fmt: skip
        with pysam.VariantFile(str(panel)) as vcf:
            sites = sum(1 for _ in vcf)
        Path(f"{panel}.tbi").replace(f"{out}.tbi")
        panel.replace(out)
    return sites


def _all_regions(beds: Sequence[str | Path], reference: str | Path) -> list[Region]:
    if not beds:
        return callable_regions(reference)
    regions = [region for bed in beds for region in assayed_regions(bed, reference)]
    return merge_regions(regions, contig_lengths(f"{reference}.fai"))
