"""Verbs that run one engine for one patient, and those that bring any engine's calls into the common form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.calls.calling_job import Thresholds, calling_job
from genomodel.calls.forced_alleles import forced_alleles, write_alleles
from genomodel.calls.freebayes import call_freebayes
from genomodel.calls.harmonize import harmonize, take_given
from genomodel.calls.hotspot_alleles import HotspotAlleles
from genomodel.calls.mutect2 import Resources, call_mutect2, force_call
from genomodel.calls.pileup_caller import call_pileup
from genomodel.calls.pon import build_panel_of_normals, call_normal
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library

Reference = Annotated[Path, typer.Option(help="Reference FASTA with its index; GATK wants a .dict beside it.")]
Tumor = Annotated[tuple[str, str], typer.Option(help="Tumor alignment, and its sample's name in the calls.")]
Normal = Annotated[tuple[str, str], typer.Option(help="Normal alignment, and its sample's name.")]
Bed = Annotated[Path | None, typer.Option(help="Assayed regions; the whole reference where not given.")]
LibraryOption = Annotated[Library, typer.Option(help="How the reads were made.")]
Shards = Annotated[int, typer.Option(min=1, help="Pieces of equal size to call in.")]
Threads = Annotated[int, typer.Option(min=1, help="Pieces to work on at a time.")]
Memory = Annotated[int, typer.Option("--memory-mb", min=500, help="Memory for all pieces together, in megabytes.")]
Out = Annotated[Path, typer.Option(help="Calls to write, .vcf.gz; the index is written beside it.")]
MinFraction = Annotated[float, typer.Option(min=0, max=1, help="Least share of reads that makes a candidate.")]
MinCount = Annotated[int, typer.Option(min=1, help="Fewest reads that make a candidate.")]
BaseQuality = Annotated[int, typer.Option(min=0, help="Phred score below which a base does not count.")]
MappingQuality = Annotated[int, typer.Option(min=0, help="Phred score below which a read does not count.")]
MaxDepth = Annotated[int, typer.Option(min=1, help="Reads at one place beyond which the rest is dropped.")]
Germline = Annotated[Path | None, typer.Option(help="Population allele frequencies, VCF with INFO/AF.")]
Pon = Annotated[Path | None, typer.Option("--panel-of-normals", help="Panel of normals, VCF.")]
Sites = Annotated[Path | None, typer.Option(help="Common biallelic sites with INFO/AF, for the contamination.")]
Header = Annotated[list[str] | None, typer.Option(help="KEY=TEXT, a line for the header of the calls.")]

DEFAULTS = Thresholds()


def _alignments(tumor: tuple[str, str], normal: tuple[str, str]) -> list[tuple[str, str]]:
    return [tumor, normal] if normal[0] else [tumor]


def _lines(header: list[str] | None) -> list[tuple[str, str]]:
    lines = []
    for text in header or []:
        key, mark, value = text.partition("=")
        if not (key and mark):
            raise InputError(f"'{text}' is not KEY=TEXT", column="--header")
        lines.append((key, value))
    return lines


def _said(engine: str, records: int) -> None:
    Console().print(f"{engine}: {records} records")


def call_with_mutect2(
    reference: Reference,
    tumor: Tumor,
    out: Out,
    normal: Normal = ("", ""),
    bed: Bed = None,
    library: LibraryOption = Library.CAPTURE,
    germline_resource: Germline = None,
    panel_of_normals: Pon = None,
    common_sites: Sites = None,
    shards: Shards = 1,
    threads: Threads = 1,
    memory_mb: Memory = 4000,
    header: Header = None,
) -> None:
    """Call with Mutect2 and filter with FilterMutectCalls."""
    job = calling_job(
        reference, _alignments(tumor, normal), bed=bed, library=library, shards=shards, workers=threads,
        memory_mb=memory_mb, header=_lines(header),
    )  # fmt: skip
    _said("mutect2", call_mutect2(job, out, Resources(germline_resource, panel_of_normals, common_sites)))


def call_with_freebayes(
    reference: Reference,
    tumor: Tumor,
    out: Out,
    normal: Normal = ("", ""),
    bed: Bed = None,
    library: LibraryOption = Library.CAPTURE,
    min_alternate_fraction: MinFraction = DEFAULTS.min_alternate_fraction,
    min_alternate_count: MinCount = DEFAULTS.min_alternate_count,
    min_base_quality: BaseQuality = DEFAULTS.min_base_quality,
    min_mapping_quality: MappingQuality = DEFAULTS.min_mapping_quality,
    shards: Shards = 1,
    threads: Threads = 1,
    header: Header = None,
) -> None:
    """Call candidates with freebayes."""
    least = Thresholds(min_alternate_fraction, min_alternate_count, min_base_quality, min_mapping_quality)
    job = calling_job(
        reference, _alignments(tumor, normal), bed=bed, library=library, thresholds=least, shards=shards,
        workers=threads, header=_lines(header),
    )  # fmt: skip
    _said("freebayes", call_freebayes(job, out))


def call_with_pileup(
    reference: Reference,
    tumor: Tumor,
    out: Out,
    normal: Normal = ("", ""),
    bed: Bed = None,
    library: LibraryOption = Library.CAPTURE,
    min_alternate_fraction: MinFraction = DEFAULTS.min_alternate_fraction,
    min_alternate_count: MinCount = DEFAULTS.min_alternate_count,
    min_base_quality: BaseQuality = DEFAULTS.min_base_quality,
    min_mapping_quality: MappingQuality = DEFAULTS.min_mapping_quality,
    max_depth: MaxDepth = DEFAULTS.max_depth,
    shards: Shards = 1,
    threads: Threads = 1,
    header: Header = None,
) -> None:
    """Call candidates from allele counts, with the bcftools inside pysam."""
    least = Thresholds(min_alternate_fraction, min_alternate_count, min_base_quality, min_mapping_quality, max_depth)
    job = calling_job(
        reference, _alignments(tumor, normal), bed=bed, library=library, thresholds=least, shards=shards,
        workers=threads, header=_lines(header),
    )  # fmt: skip
    _said("pileup", call_pileup(job, out))


def harmonize_calls(
    raw: Annotated[Path, typer.Argument(help="VCF or BCF of any engine.")],
    engine: Annotated[str, typer.Option(help="The engine's name.")],
    reference: Reference,
    tumor: Annotated[tuple[str, str], typer.Option(help="Tumor sample: name in the file, name to be.")],
    out: Out,
    normal: Annotated[tuple[str, str], typer.Option(help="Normal sample: name in the file, name to be.")] = ("", ""),
    engine_version: Annotated[str, typer.Option(help="The engine's version.")] = "unknown",
    header: Header = None,
) -> None:
    """Left-align an engine's calls, part alleles, and give every sample AD, DP and AF."""
    samples = _alignments(tumor, normal)
    records = harmonize(
        raw, out, engine=engine, version=engine_version, reference=reference, samples=samples, notes=_lines(header)
    )
    _said(engine, records)


def take_calls(
    calls: Annotated[list[Path], typer.Argument(help="VCF of another caller, or two: SNVs and indels.")],
    reference: Reference,
    tumor: Annotated[str, typer.Option(help="What the tumor is to be called.")],
    out: Out,
    normal: Annotated[str | None, typer.Option(help="What the normal is to be called, if there is one.")] = None,
    tumor_sample: Annotated[
        str | None, typer.Option(help="The tumor's column in the files, if it must be said.")
    ] = None,
    normal_sample: Annotated[str | None, typer.Option(help="The normal's column in the files.")] = None,
    header: Header = None,
) -> None:
    """Bring calls that somebody else made into the common form."""
    names = [tumor] if normal is None else [tumor, normal]
    stated = (tumor_sample, normal_sample)
    records = take_given(calls, out, reference=reference, names=names, stated=stated, notes=_lines(header))
    _said("given", records)


def force_call_hotspots(
    calls: Annotated[list[str], typer.Option(help="ENGINE=FILE: an engine's harmonized calls; several times.")],
    hotspots: Annotated[Path, typer.Option(help="Table of genomodel hotspot-alleles.")],
    reference: Reference,
    tumor: Tumor,
    out: Out,
    normal: Normal = ("", ""),
    library: LibraryOption = Library.CAPTURE,
    germline_resource: Germline = None,
    panel_of_normals: Pon = None,
    memory_mb: Memory = 4000,
    header: Header = None,
) -> None:
    """Have Mutect2 look again at hotspot alleles that some engine saw and it did not pass."""
    named = [_named_calls(text) for text in calls]
    job = calling_job(
        reference, _alignments(tumor, normal), regions=(), library=library, memory_mb=memory_mb, header=_lines(header)
    )
    entries = forced_alleles(named, HotspotAlleles.read(hotspots))
    alleles = out.with_name(out.name.removesuffix(".vcf.gz") + ".alleles.vcf.gz")
    write_alleles(entries, reference, alleles)
    force_call(job, alleles, out, Resources(germline_resource, panel_of_normals))
    listed = ", ".join(f"{label} ({variant.key})" for variant, label in entries) or "none"
    Console().print(f"hotspot alleles looked at again: {listed}")


def _named_calls(text: str) -> tuple[str, Path]:
    engine, mark, path = text.partition("=")
    if not (engine and mark and path):
        raise InputError(f"'{text}' is not ENGINE=FILE", column="--calls")
    return engine, Path(path)


def call_normal_for_panel(
    reference: Reference,
    normal: Annotated[tuple[str, str], typer.Option(help="Normal alignment, and its sample's name in the panel.")],
    out: Out,
    bed: Bed = None,
    library: LibraryOption = Library.CAPTURE,
    memory_mb: Memory = 4000,
) -> None:
    """Call one normal with Mutect2 as the panel of normals wants it."""
    job = calling_job(reference, [normal], bed=bed, library=library, memory_mb=memory_mb)
    call_normal(job, out)


def make_panel_of_normals(
    normals: Annotated[list[Path], typer.Argument(help="Calls of normals, from genomodel call-pon-normal.")],
    reference: Reference,
    out: Out,
    bed: Annotated[list[Path] | None, typer.Option(help="Assayed regions; several times: all of them.")] = None,
    germline_resource: Germline = None,
    memory_mb: Memory = 4000,
) -> None:
    """Build the panel of normals from the calls of at least two normals."""
    records = build_panel_of_normals(
        normals, reference, out, beds=bed or [], germline=germline_resource, memory_mb=memory_mb
    )
    Console().print(f"panel of {len(normals)} normals: {records} sites")


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("call-mutect2")(call_with_mutect2)
    app.command("call-freebayes")(call_with_freebayes)
    app.command("call-pileup")(call_with_pileup)
    app.command("harmonize")(harmonize_calls)
    app.command("take-calls")(take_calls)
    app.command("force-call")(force_call_hotspots)
    app.command("call-pon-normal")(call_normal_for_panel)
    app.command("build-pon")(make_panel_of_normals)
