"""Copy number of one tumor, from its reads to the profile: bins, reference, log2 ratios, segments, genes."""

from __future__ import annotations

import importlib.metadata
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from genomodel.calls.checks import require_readable, require_same_build
from genomodel.calls.copy_number.bins import WGS_BASES, bed_of, genes_of, make_bins, read_contigs
from genomodel.calls.copy_number.bins import Place as BinPlace
from genomodel.calls.copy_number.cnvkit import (
    MIN_CORRECTED_BINS,
    Engine,
    choose_segmentation,
    depths_of,
    read_bins,
    read_cns,
)
from genomodel.calls.copy_number.pool import Pool, read_pool
from genomodel.calls.hotspot_assay.build_check import require_fitting_head
from genomodel.core.copy_number import MATCHED, Bin, Segment
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library
from genomodel.files import require_file, write_text

MIN_NORMAL_DEPTH = 20.0
"""Mean depth of a bait or amplicon in the normals below which its ratio is left out."""
TOO_SHALLOW = "too few reads in the normal: no bin has a mean depth of 20"
WITHOUT_BINS = "no bin could be measured"


@dataclass(frozen=True, slots=True)
class AssayFiles:
    """What was sequenced, and the reference that it was aligned to."""

    library: Library
    fasta: Path
    bed: Path | None = None
    gff: Path | None = None
    wgs_bases: int = WGS_BASES


@dataclass(frozen=True, slots=True)
class Ratios:
    """What the engine made of a tumor's reads."""

    bins: tuple[Bin, ...]
    segments: tuple[Segment, ...]
    lost: dict[str, str]
    """Genes of the assay without a bin, with the reason."""
    method: str
    reference: str
    """``matched``, ``pooled`` or ``flat``."""
    sexed: bool = True
    """Whether the reference knows how many X it stands for."""
    laid: Mapping[str, int] = field(default_factory=dict)
    """Bins of each gene of the assay, measured or not."""


def run_engine(
    tumor: Path,
    assay: AssayFiles,
    *,
    normal: Path | None = None,
    pool: Path | None = None,
    flat: bool = False,
    segmentation: str = "auto",
    threads: int = 1,
) -> Ratios:
    """Run CNVkit on a tumor against a pool of normals where one is given, else its normal, else a flat reference.

    Parameters
    ----------
    tumor, normal
        BAM or CRAM with index.
    assay
        Library, regions and reference genome.
    pool
        Reference of pooled normals, as :func:`build_pool` writes it.
    flat
        Whether a flat reference is taken though there are normals.
    segmentation
        ``auto``, ``cbs`` or ``haar``.
    threads
        Processes that count depth.

    Raises
    ------
    InputError
        A file is missing or of another assay or genome, or the program failed.
    """
    require_file(assay.fasta, "reference FASTA")
    _require_alignments(tumor, normal, assay.fasta)
    if pool is not None:
        require_file(pool, "copy-number reference")
    method = choose_segmentation(segmentation)
    with tempfile.TemporaryDirectory(prefix="genomodel-cnv-") as temporary:
        folder = Path(temporary)
        engine = Engine(assay.library, assay.fasta, folder, method, threads)
        places, beds = lay_out(engine, assay)
        kind = "flat" if flat else "pooled" if pool is not None else "matched" if normal is not None else "flat"
        reference, described = folder / "reference.cnn", None
        if kind == "pooled" and pool is not None:
            described, reference = read_pool(pool, assay), pool
        elif kind == "matched" and normal is not None:
            engine.reference([engine.coverage(normal, bed, "normal") for bed in beds], reference, n_bins=len(places))
        else:
            engine.flat_reference(beds[0], beds[1] if len(beds) > 1 else None, reference)
        corrected = kind == "flat" or len(places) >= MIN_CORRECTED_BINS
        depths = [engine.coverage(tumor, bed, "tumor") for bed in beds]
        _require_reads(tumor, depths[0])
        engine.fix(depths, reference, folder / "t.cnr", corrected=corrected)
        shallow = _shallow(reference) if kind != "flat" and assay.library is not Library.WGS else set()
        bins, segments = _segmented(engine, folder, shallow)
    words = _in_words(kind, assay.library, described)
    text = f"CNVkit {cnvkit_version()}, {assay.library.value}, {words}, segmentation by {method}, {len(bins)} bins"
    laid = Counter(gene for place in places for gene in genes_of(place.gene))
    return Ratios(bins, segments, _lost(places, bins, shallow), text, kind, described is None or described.sexed, laid)


def _segmented(
    engine: Engine, folder: Path, shallow: set[tuple[str, int, int]]
) -> tuple[tuple[Bin, ...], tuple[Segment, ...]]:
    """Return bins and segments of the ratios without the shallow places; none where nothing is left."""
    if not _drop(folder / "t.cnr", shallow):
        return (), ()
    engine.segment(folder / "t.cnr", folder / "t.cns")
    return read_bins(folder / "t.cnr"), read_cns(folder / "t.cns")


def _require_alignments(tumor: Path, normal: Path | None, fasta: Path) -> None:
    for path in filter(None, (tumor, normal)):
        require_readable(path, fasta)
        require_same_build(path, fasta)
    if normal is not None and normal.resolve() == tumor.resolve():
        fix = "Give the alignment of the normal; against itself a tumor has no altered gene"
        raise InputError("the tumor is given as its own normal", path=normal, column="--normal", fix=fix)


def _require_reads(tumor: Path, depths: Path) -> None:
    """Refuse a tumor without reads, of which all genes would look lost."""
    if not any(depth > 0 for depth in depths_of(depths).values()):
        fix = "Check that the alignment is complete and of the genome build of the regions"
        raise InputError("the tumor has no reads over the assayed regions", path=tumor, fix=fix)


def cnvkit_version() -> str:
    """Return the version of CNVkit, which comes with this package."""
    return importlib.metadata.version("cnvkit")


def _in_words(kind: str, library: Library, pool: Pool | None) -> str:
    if pool is not None:
        return f"pooled reference of {pool.n_normals} normals"
    if kind == "matched":
        return MATCHED
    lacking = "no normal tells of places that align badly" if library is Library.WGS else "capture bias not removed"
    return f"flat reference: {lacking}"


def _lost(places: Sequence[BinPlace], bins: Sequence[Bin], shallow: Collection[tuple[str, int, int]]) -> dict[str, str]:
    """Return the genes of the assay that no bin is left of, each with the reason."""
    left = {gene for bin_ in bins for gene in genes_of(bin_.gene)}
    thin = {gene for p in places if (p.chrom, p.start + 1, p.end) in shallow for gene in genes_of(p.gene)}
    lost = sorted({gene for place in places for gene in genes_of(place.gene)} - left)
    return {gene: TOO_SHALLOW if gene in thin else WITHOUT_BINS for gene in lost}


def lay_out(engine: Engine, assay: AssayFiles) -> tuple[tuple[BinPlace, ...], list[Path]]:
    """Write the BEDs of bins on and, where there are, between baits, and return the former with the paths."""
    fai = Path(f"{assay.fasta}.fai")
    contigs = read_contigs(require_file(fai, "index of the reference"))
    if assay.gff is not None:
        require_fitting_head(assay.gff, contigs)
    places = make_bins(assay.library, contigs, bed=assay.bed, gff=assay.gff, wgs_bases=assay.wgs_bases)
    targets = engine.folder / "target.bed"
    write_text(targets, bed_of(places))
    between = engine.antitargets(targets, contigs, engine.folder / "antitarget.bed")
    return places, [targets, between] if between else [targets]


def _shallow(reference: Path) -> set[tuple[str, int, int]]:
    return {place for place, depth in depths_of(reference).items() if depth < MIN_NORMAL_DEPTH}


def _drop(ratios: Path, places: set[tuple[str, int, int]]) -> bool:
    """Take bins out of the log2 ratios and return whether any is left.

    Bins between baits are never as deep as baits and stay.

    Raises
    ------
    InputError
        There is no bin, though the normal was not too shallow for it.
    """
    lines = ratios.read_text(encoding="utf-8").splitlines()
    kept = [lines[0]]
    for line in lines[1:]:
        chrom, start, end, gene, *_ = line.split("\t")
        if gene == "Antitarget" or (chrom, int(start) + 1, int(end)) not in places:
            kept.append(line)
    if len(kept) == 1 and not places:
        raise InputError(
            "no bin has reads enough in tumor and normal", fix="Check that alignment and BED are of one genome build"
        )
    write_text(ratios, "\n".join(kept) + "\n")
    return len(kept) > 1


__all__ = ["AssayFiles", "Ratios", "lay_out", "run_engine"]
