"""One patient's quality: depth by piece of the assay, counts over all reads, and the verdicts on both."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pysam

from genomodel.calls.checks import require_readable
from genomodel.calls.quality.exons import Exon, ExonPlan, coding_exons, cut_at_borders, plan_exons, require_contigs
from genomodel.calls.quality.limits import QualityLimits, not_judged, verdict
from genomodel.calls.quality.metrics import METRICS, table_rows
from genomodel.calls.quality.programs import (
    DepthSummary,
    Piece,
    ReadStats,
    quartiles,
    read_distribution,
    read_pieces,
    read_stats,
    read_summary,
    require_same_reads,
)
from genomodel.calls.quality.samples import read_measures
from genomodel.calls.read_groups import sample_of_alignment
from genomodel.calls.tools import run_tool
from genomodel.cohort.assay import AssayRegion, read_assay_bed
from genomodel.core.errors import InputError
from genomodel.core.sample_quality import ExonCoverage, Limits, Measure, SampleMeasures, SampleQuality
from genomodel.core.specimens import Specimen
from genomodel.files import atomic_path, require_file, write_text

SHOWN_DEPTHS = (20, 50, 100, 250, 500)
MARKERS = ("markdup", "markduplicates", "sambamba", "samblaster", "dedup", "dragen", "streammd", "biobambam")
"""Words in the programs of a header (@PG) that tell that duplicates were marked."""
TABLES = (".mosdepth.summary.txt", ".mosdepth.global.dist.txt", ".mosdepth.region.dist.txt", ".samtools_stats.txt")
"""Files of the programs that are kept, for MultiQC."""


@dataclass(frozen=True, slots=True)
class SampleReads:
    """One sample to be measured."""

    type: str
    """``tumor`` or ``normal``."""
    alignment: Path
    specimen: Specimen | None = None
    umi_table: Path | None = None
    """From :func:`genomodel.calls.umi.measure_umis`."""


@dataclass(frozen=True, slots=True)
class QualityInputs:
    """All that one patient's quality is measured from."""

    samples: tuple[SampleReads, ...]
    reference: Path
    bed: Path | None = None
    gff: Path | None = None
    genes: frozenset[str] = frozenset()
    """Genes whose exons are judged."""
    named_off_assay: frozenset[str] = frozenset()
    """Genes whose exons are named where the assay leaves them out."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the programs said of one sample."""

    stats: ReadStats
    summary: DepthSummary
    shares: Mapping[int, float]
    """Share of the bases by least depth, rounded by mosdepth."""
    pieces: Sequence[Piece]
    on_assay: bool
    """Whether :attr:`summary` and :attr:`shares` are of an assay's regions, not of the genome."""
    marked: bool
    umi: Mapping[str, str] = field(default_factory=dict)


def measure_quality(
    inputs: QualityInputs, limits: QualityLimits, out: Path, *, tables: Path | None = None, threads: int = 1
) -> SampleQuality:
    """Measure the samples of a patient, hold them to limits, and write JSON with a table beside it.

    Parameters
    ----------
    inputs
        Alignments, assay and gene models.
    limits
        From :func:`genomodel.calls.quality.limits.quality_limits`.
    out
        JSON to write; ``.tsv`` in its place is the table.
    tables
        Start of the names of the programs' own files, ``<tables>.<type>.mosdepth.summary.txt`` and so on; not kept when
        ``None``.
    threads
        Threads of decompression.

    Raises
    ------
    InputError
        A file is missing or damaged, the BED is of other contigs, or a program failed; nothing is written then.
    """
    regions = read_assay_bed(inputs.bed).regions if inputs.bed else None
    contigs = _contigs(inputs.samples[0].alignment, inputs.reference)
    if regions and inputs.bed:
        require_contigs(regions, contigs, inputs.bed)
    models = coding_exons(inputs.gff, inputs.genes, inputs.reference) if inputs.gff and inputs.genes else {}
    plan = plan_exons(regions, models, inputs.genes, contigs=list(contigs), named_off_assay=inputs.named_off_assay)
    order = {contig: place for place, contig in enumerate(contigs)}
    pieces = sorted(cut_at_borders(regions, plan.exons), key=lambda piece: (order[piece[0]], piece[1]))
    found: list[tuple[SampleReads, str, Measured]] = []
    with tempfile.TemporaryDirectory(prefix="genomodel-") as folder:
        bed = Path(folder) / "pieces.bed"
        bed.write_text("".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in pieces))
        start_of_names = Path(folder) / (tables.name if tables else "sample")
        for sample in inputs.samples:
            _require_reads(sample, inputs.reference)
            name = sample_of_alignment(sample.alignment, inputs.reference)
            prefix = Path(f"{start_of_names}.{sample.type}")
            _run_programs(sample, inputs.reference, bed if pieces else None, prefix, shown_depths(limits), threads)
            measured = read_measured(
                prefix,
                on_assay=bool(regions),
                genome_length=sum(contigs.values()),
                marked=_marked(sample, inputs),
                umi=read_measures(sample.umi_table) if sample.umi_table else {},
            )
            found.append((sample, name, measured))
        quality = judge(found, limits, plan)
        if tables:
            for sample, _, measured in found:
                _keep_tables(start_of_names, tables, sample.type, regions, measured.pieces)
    write_text(out.with_suffix(".tsv"), quality_table(quality))
    write_text(out, quality.to_json())
    return quality


def shown_depths(limits: QualityLimits) -> list[int]:
    """Return the depths at which shares of the assay are told."""
    return sorted({*SHOWN_DEPTHS, limits.exon_depth, limits.normal_depth})


def _contigs(alignment: Path, reference: Path) -> dict[str, int]:
    require_file(alignment, "alignment")
    try:
        with pysam.AlignmentFile(str(alignment), reference_filename=str(reference)) as handle:
            return dict(zip(handle.references, handle.lengths, strict=True))
    except (OSError, ValueError) as error:
        raise InputError(f"the alignment cannot be read ({error})", path=alignment, fix="Give a BAM or CRAM") from error


def _require_reads(sample: SampleReads, reference: Path) -> None:
    require_readable(sample.alignment, reference)
    with pysam.AlignmentFile(str(sample.alignment), reference_filename=str(reference)) as handle:
        if all(read.is_unmapped for read in handle):
            text = f"the alignment of the {sample.type} holds no aligned read"
            raise InputError(text, path=sample.alignment, fix="Check the alignment and what it was made from")


def _marked(sample: SampleReads, inputs: QualityInputs) -> bool:
    with pysam.AlignmentFile(str(sample.alignment), reference_filename=str(inputs.reference)) as handle:
        programs = handle.header.to_dict().get("PG", [])
    said = " ".join(str(value).lower() for program in programs for value in program.values())
    return any(word in said for word in MARKERS)


def _run_programs(
    sample: SampleReads, reference: Path, bed: Path | None, prefix: Path, depths: Iterable[int], threads: int
) -> None:
    alignment = sample.alignment
    by: list[str | Path] = ["--by", bed, "--thresholds", ",".join(map(str, depths))] if bed else []
    run_tool(["mosdepth", "--no-per-base", "--threads", str(threads), "--fasta", reference, *by, prefix, alignment])
    words = ["--reference", str(reference), "-@", str(threads - 1), str(alignment)]
    try:
        pysam.samtools.stats(*words, save_stdout=f"{prefix}.samtools_stats.txt", catch_stdout=False)
    except pysam.SamtoolsError as error:
        raise InputError(
            f"samtools stats failed: {error}", path=alignment, fix="Check that the file is whole"
        ) from error


def read_measured(
    prefix: Path,
    *,
    on_assay: bool,
    genome_length: int,
    marked: bool = True,
    umi: Mapping[str, str] | None = None,
) -> Measured:
    """Read what the programs wrote of one sample.

    Parameters
    ----------
    prefix
        Start of the files' names.
    on_assay
        Whether mosdepth measured the regions of an assay.
    genome_length
        Bases of all contigs, which the mean is of where it did not.
    marked
        Whether duplicates were marked.
    umi
        Measures of the molecules.

    Raises
    ------
    InputError
        A file is missing or damaged, or the files are of different samples.
    """
    stats_path, summary_path = f"{prefix}.samtools_stats.txt", f"{prefix}.mosdepth.summary.txt"
    stats, summary = read_stats(stats_path), read_summary(summary_path, on_assay=on_assay)
    require_same_reads(stats, summary, stats_path)
    regions = Path(f"{prefix}.regions.bed.gz")
    pieces = read_pieces(regions, f"{prefix}.thresholds.bed.gz") if regions.exists() else []
    # mosdepth's totals leave out the contigs without a read.
    length, bases = genome_length, float(summary.bases)
    if on_assay:
        length = sum(piece.end - piece.start for piece in pieces)
        bases = sum(piece.mean * (piece.end - piece.start) for piece in pieces)
    distribution = read_distribution(f"{prefix}.mosdepth.{'region' if on_assay else 'global'}.dist.txt")
    shares = {depth: share * summary.length / length for depth, share in distribution.items()}
    summary = DepthSummary(length, round(bases), summary.all_bases)
    return Measured(stats, summary, shares, pieces, on_assay, marked, umi or {})


def judge(found: Sequence[tuple[SampleReads, str, Measured]], limits: QualityLimits, plan: ExonPlan) -> SampleQuality:
    """Hold the measured samples to the limits; exons are judged in the first one, the tumor."""
    depth_of_exon = limits.exon_depth
    tumor = next(measured for sample, _, measured in found if sample.type == "tumor")
    return SampleQuality(
        assay=limits.assay,
        samples=tuple(_sample(sample, name, measured, limits) for sample, name, measured in found),
        exon_depth=depth_of_exon,
        exon_share=limits.exon_share,
        exons=tuple(exon_coverage(plan.exons, tumor.pieces, depth_of_exon, limits.exon_share)),
        exons_off_assay=plan.off_assay,
        exons_from=plan.source,
    )


def _sample(sample: SampleReads, name: str, measured: Measured, limits: QualityLimits) -> SampleMeasures:
    depth = limits.exon_depth if sample.type == "tumor" else limits.normal_depth
    shares = _shares(measured, shown_depths(limits))
    values = _values(measured, shares[depth])
    measures = []
    for key, metric in METRICS.items():
        value, reason = values[key]
        if key == "family_size" and value is None:
            continue
        exempt = "" if value is None else not_judged(key, sample.specimen)
        limit = Limits() if exempt else limits.of(key, sample.type, sample.specimen)
        status = verdict(value, limit, at_least=metric.at_least)
        measures.append(
            Measure(
                name=key,
                value=value,
                limits=limit,
                at_least=metric.at_least,
                status=status,
                reason=exempt or reason,
            )
        )
    sizes = quartiles(measured.stats.insert_sizes)
    return SampleMeasures(
        type="tumor" if sample.type == "tumor" else "normal",
        sample=name,
        measures=tuple(measures),
        depth_asked=depth,
        shares_at_depth=shares,
        insert_size_quartiles=(sizes[0], sizes[2]) if sizes else None,
        family_sizes=_families(measured.umi),
    )


def _values(measured: Measured, share_at_depth: float) -> dict[str, tuple[float | None, str]]:
    """Return each metric's value, rounded to what it is known to, and why there is none."""
    stats, summary = measured.stats, measured.summary
    no_bed, no_reads = "no BED of the assay", "no reads"
    target = summary.bases / summary.all_bases if measured.on_assay and summary.all_bases else None
    sizes = quartiles(stats.insert_sizes)
    duplicates = stats.duplicates / stats.mapped if stats.mapped and measured.marked else None
    return {
        "mean_depth": (round(summary.mean, 2), ""),
        "median_depth": (float(max((d for d, share in measured.shares.items() if share >= 0.5), default=0)), ""),
        "share_at_depth": (share_at_depth, ""),
        "on_target_share": (_rounded(target), "" if target is not None else no_reads if measured.on_assay else no_bed),
        "mapped_share": (
            _rounded(stats.mapped / stats.reads) if stats.reads else None,
            "" if stats.reads else no_reads,
        ),
        "duplicate_share": (
            _rounded(duplicates),
            "" if duplicates is not None else no_reads if not stats.mapped else "duplicates were not marked",
        ),
        "insert_size": (sizes[1] if sizes else None, "" if sizes else "no pairs"),
        "base_error_rate": (
            round(stats.mismatches / stats.mapped_bases, 6) if stats.mapped_bases else None,
            "" if stats.mapped_bases else no_reads,
        ),
        "family_size": (float(measured.umi["mean_family_size"]) if "mean_family_size" in measured.umi else None, ""),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _shares(measured: Measured, depths: Iterable[int]) -> dict[int, float]:
    """Return the share of the assayed bases, or of the genome, by depth."""
    if measured.on_assay:
        length = sum(piece.end - piece.start for piece in measured.pieces)
        return {depth: round(sum(p.bases_at[depth] for p in measured.pieces) / length, 4) for depth in depths}
    return {depth: round(_share_at(measured.shares, depth), 4) for depth in depths}


def _share_at(shares: Mapping[int, float], depth: int) -> float:
    return max((share for least, share in shares.items() if least >= depth), default=0.0)


def _families(umi: Mapping[str, str]) -> dict[int, int]:
    prefix = "family_size_"
    return {int(name.removeprefix(prefix)): int(n) for name, n in umi.items() if name.startswith(prefix)}


class _Pieces:
    """Pieces by contig, to be added up over intervals whose ends are borders of pieces."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._by_start: dict[str, dict[int, Piece]] = defaultdict(dict)
        for piece in pieces:
            self._by_start[piece.chrom][piece.start] = piece

    def within(self, chrom: str, start: int, end: int) -> list[Piece]:
        """Return the pieces that an interval is made of."""
        found = []
        while start < end:
            piece = self._by_start[chrom].get(start)
            if piece is None or piece.end > end:
                raise InputError(f"depth of {chrom}:{start}-{end} was not measured", fix="Measure the sample again")
            found.append(piece)
            start = piece.end
        return found


def exon_coverage(exons: Iterable[Exon], pieces: Iterable[Piece], depth: int, share: float) -> Iterable[ExonCoverage]:
    """Yield the coverage of each exon; one passes when at least ``share`` of its bases were read ``depth`` times.

    Raises
    ------
    InputError
        The pieces are of another assay.
    """
    known = _Pieces(pieces)
    for exon in exons:
        parts = [piece for start, end in exon.intervals for piece in known.within(exon.chrom, start, end)]
        length = exon.length
        reached = sum(piece.bases_at[depth] for piece in parts) / length
        yield ExonCoverage(
            gene=exon.gene,
            exon=exon.number,
            chrom=exon.chrom,
            start=exon.intervals[0][0],
            end=exon.intervals[-1][1],
            mean_depth=round(sum(piece.mean * (piece.end - piece.start) for piece in parts) / length, 2),
            share=round(reached, 4),
            passed=reached >= share,
            off_assay_bases=exon.off_assay_bases,
        )


def _keep_tables(
    source: Path, tables: Path, sample_type: str, regions: Sequence[AssayRegion] | None, pieces: Sequence[Piece]
) -> None:
    for end in TABLES:
        if Path(f"{source}.{sample_type}{end}").exists():
            with atomic_path(f"{tables}.{sample_type}{end}") as temporary:
                shutil.copyfile(f"{source}.{sample_type}{end}", temporary)
    if regions:
        write_region_depths(Path(f"{tables}.{sample_type}.regions.bed.gz"), regions, pieces)


def write_region_depths(path: Path, regions: Iterable[AssayRegion], pieces: Sequence[Piece]) -> None:
    """Write the mean depth of the assay's regions as mosdepth would, with an index (``.csi``)."""
    known = _Pieces(pieces)
    order = {chrom: place for place, chrom in enumerate(dict.fromkeys(piece.chrom for piece in pieces))}
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=path.parent) as folder:
        file = Path(folder) / path.name
        with pysam.BGZFile(str(file), "w") as handle:
            for region in sorted(regions, key=lambda item: (order[item.chrom], item.start, item.end)):
                parts = known.within(region.chrom, region.start, region.end)
                total = sum(piece.mean * (piece.end - piece.start) for piece in parts)
                columns = [region.chrom, str(region.start), str(region.end), *([region.name] if region.name else [])]
                handle.write(("\t".join([*columns, f"{total / (region.end - region.start):.2f}"]) + "\n").encode())
        pysam.tabix_index(str(file), preset="bed", csi=True, force=True)
        Path(f"{file}.csi").replace(f"{path}.csi")
        file.replace(path)


def quality_table(quality: SampleQuality) -> str:
    """Return the table for people: measures first, then the exons."""
    lines = ["sample\tmetric\tvalue\twarn\tfail\tverdict\treason"]
    lines += ["\t".join(row) for row in table_rows(quality)]
    lines.append(f"# exons of the tumor, of which {quality.exon_share:g} of the bases need depth {quality.exon_depth}")
    lines.append("gene\texon\tchrom\tstart\tend\tmean_depth\tshare_at_depth\tverdict\tbases_off_assay")
    for exon in quality.exons:
        place = (exon.gene, exon.exon or "", exon.chrom, exon.start, exon.end)
        found = (exon.mean_depth, exon.share, "pass" if exon.passed else "fail", exon.off_assay_bases)
        lines.append("\t".join(str(value) for value in (*place, *found)))
    return "\n".join(lines) + "\n"
