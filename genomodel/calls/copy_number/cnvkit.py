"""CNVkit, run step by step: depth by bin, a reference of normals, log2 ratios, segments.

CNVkit (Talevich and others, 2016, PLoS Comput Biol 12, e1004873) is called as a program. Its ``batch`` would hide three
choices that matter on panels. The corrections for GC content and bait density slide a median over a square root of the
number of bins, which on a panel of 200 is the size of one gene's exons, so that an amplified gene partly corrects
itself away; with normals of the same assay they are left out below :data:`MIN_CORRECTED_BINS`. The sex of the normals
is said, not guessed from a panel that may have no gene on X. Bins are cut by us, so that the same assay gives the same
bins to a patient and to a pool of normals.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.calls.copy_number.bins import genes_of, is_main
from genomodel.calls.tools import find_tool, run_tool
from genomodel.core.copy_number import Bin, Segment
from genomodel.core.errors import InputError, MissingToolError
from genomodel.core.specimens import Library
from genomodel.files import read_text, write_text

PROGRAM = "cnvkit.py"
MIN_CORRECTED_BINS = 1000
ANTITARGET_BASES = 150_000
"""Mean size of a bin between baits, as CNVkit takes by default."""
WEIGHT_OF_NORMALS = 20
"""Normals, counted repeatedly, beside the one flat sample."""
MIN_MAPPING_QUALITY = 20
"""A read that fits two places counts for neither: where all do, the normal has no depth and the gene no answer."""
FLOOR_LOG2 = math.log2(0.01)
"""Least log2 of a bin without reads, -6.6, where CNVkit says -20 and more."""
_X = ("X", "chrX")


@dataclass(frozen=True, slots=True)
class Engine:
    """How CNVkit is run: for one library, on one reference genome, in one folder of its own."""

    library: Library
    fasta: Path
    folder: Path
    segmentation: str
    """``cbs`` or ``haar``."""
    threads: int = 1

    def coverage(self, bam: str | Path, bed: Path, name: str, *, haploid_x: bool = False) -> Path:
        """Return the depth by bin; with ``haploid_x`` the one X is counted up to two, for a pool of both sexes."""
        out = self.folder / f"{name}.{bed.stem}coverage.cnn"
        command = [PROGRAM, "coverage", bam, bed, "--fasta", self.fasta, "--min-mapq", str(MIN_MAPPING_QUALITY)]
        run_tool([*command, "--processes", str(self.threads), "--output", out])
        if haploid_x:
            _double_x(out)
        return out

    def antitargets(self, targets: Path, contigs: Mapping[str, int], out: Path) -> Path | None:
        """Write the bins between baits, whose stray reads tell of the genome beyond the panel.

        ``None`` where there are none: amplicons and whole genomes, or a reference too small to hold ten.
        """
        outside = sum(size for name, size in contigs.items() if is_main(name))
        if self.library is not Library.CAPTURE or outside < 10 * ANTITARGET_BASES:
            return None
        access = self.folder / "access.bed"
        write_text(access, "".join(f"{name}\t0\t{size}\n" for name, size in contigs.items() if is_main(name)))
        run_tool([PROGRAM, "antitarget", targets, "--access", access, "--output", out])
        return out if out.stat().st_size else None

    def reference(self, coverages: Sequence[Path], out: Path, *, n_bins: int) -> None:
        """Write the reference of normals whose X is already that of two copies.

        CNVkit counts a flat sample of its own among the normals. Beside one normal that leaves half of the capture bias
        in, so that each is named often enough to outweigh it: three times the same value has no other center.
        """
        n_normals = sum(coverage.name.endswith(".targetcoverage.cnn") for coverage in coverages)
        repeats = 3 if n_normals == 1 else math.ceil(WEIGHT_OF_NORMALS / n_normals)
        command: list[str | Path] = [
            PROGRAM,
            "reference",
            *sorted(coverages) * repeats,
            "--fasta",
            self.fasta,
            "--sample-sex",
            "female",
        ]
        run_tool([*command, *self._uncorrected(n_bins >= MIN_CORRECTED_BINS), "--output", out])

    def flat_reference(self, targets: Path, antitargets: Path | None, out: Path) -> None:
        """Write a reference that expects the same depth everywhere."""
        beds: list[str | Path] = ["--targets", targets]
        beds += ["--antitargets", antitargets] if antitargets else []
        run_tool([PROGRAM, "reference", "--fasta", self.fasta, *beds, "--sample-sex", "female", "--output", out])

    def fix(self, coverages: Sequence[Path], reference: Path, out: Path, *, corrected: bool) -> None:
        """Write the log2 ratios of a sample against a reference."""
        command: list[str | Path] = [PROGRAM, "fix", *coverages, "--reference", reference, "--sample-id", "tumor"]
        run_tool([*command, *self._uncorrected(corrected), "--output", out])

    def _uncorrected(self, corrected: bool) -> list[str]:
        """Return the options for what is not corrected: off baits no density, on small panels nothing."""
        if not corrected:
            return ["--no-gc", "--no-edge", "--no-rmask"]
        return [] if self.library is Library.CAPTURE else ["--no-edge"]

    def segment(self, ratios: Path, out: Path) -> None:
        """Write the segments of a sample; CNVkit seeds CBS itself, so that the same ratios give the same segments."""
        run_tool([PROGRAM, "segment", ratios, "--method", self.segmentation, "--output", out])


def choose_segmentation(asked: str) -> str:
    """Return ``cbs`` where R and DNAcopy are there, else ``haar``; what was asked for by name has to be there.

    Raises
    ------
    MissingToolError
        ``cbs`` was asked for, and R or DNAcopy is not installed.
    """
    if asked == "haar" or (asked == "auto" and not _has_dnacopy()):
        return "haar"
    if asked == "cbs" and not _has_dnacopy():
        fix = "Install R with DNAcopy (Debian: r-bioc-dnacopy), or set copy_number.segmentation to auto or haar"
        raise MissingToolError("segmentation by cbs needs Rscript with the package DNAcopy", fix=fix)
    return "cbs"


def _has_dnacopy() -> bool:
    if find_tool("Rscript") is None:
        return False
    try:
        run_tool(["Rscript", "--vanilla", "-e", "invisible(loadNamespace('DNAcopy'))"])
    except InputError:
        return False
    return True


def _double_x(path: Path) -> None:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    log2 = rows[0].index("log2")
    for row in rows[1:]:
        if row[0] in _X:
            row[log2] = f"{float(row[log2]) + 1:.6g}"
    write_text(path, "".join("\t".join(row) + "\n" for row in rows))


def read_bins(path: str | Path) -> tuple[Bin, ...]:
    """Read CNVkit's log2 ratios by bin (``.cnr``); a bin without reads has the least log2.

    Raises
    ------
    InputError
        Missing file, missing column, or a value that is no number.
    """
    return tuple(
        Bin(
            chrom=row["chromosome"],
            start=int(row["start"]) + 1,
            end=int(row["end"]),
            gene=",".join(genes_of(row["gene"])),
            log2=max(float(row["log2"]), FLOOR_LOG2),
            weight=float(row.get("weight") or 1.0),
            depth=float(row["depth"]) if row.get("depth") else None,
        )
        for row in _rows(path, "log2 ratios of CNVkit")
    )


def read_cns(path: str | Path) -> tuple[Segment, ...]:
    """Read CNVkit's segments (``.cns``).

    Raises
    ------
    InputError
        As :func:`read_bins`.
    """
    return tuple(
        Segment(
            chrom=row["chromosome"],
            start=int(row["start"]) + 1,
            end=int(row["end"]),
            log2_ratio=max(float(row["log2"]), FLOOR_LOG2),
            n_bins=int(row["probes"]) if row.get("probes") else None,
        )
        for row in _rows(path, "segments of CNVkit")
    )


def depths_of(path: str | Path) -> dict[tuple[str, int, int], float]:
    """Return the depth of each bin of a sample or a reference of normals, by contig, start (1-based) and end."""
    rows = _rows(path, "depth by bin")
    return {(r["chromosome"], int(r["start"]) + 1, int(r["end"])): float(r.get("depth") or 0) for r in rows}


def _rows(path: str | Path, what: str) -> list[dict[str, str]]:
    text = read_text(path, what)
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    needed = {"chromosome", "start", "end", "gene", "log2"}
    header = set(text.partition("\n")[0].split("\t"))
    if not needed <= header:
        lacking = ", ".join(sorted(needed - header))
        raise InputError(
            f"column missing: {lacking}", path=path, fix=f"Give {what} (.cnr, .cns, .cnn) as it wrote them"
        )
    for number, row in enumerate(rows, start=2):
        try:
            int(row["start"]), int(row["end"]), float(row["log2"])
        except (TypeError, ValueError) as error:
            raise InputError("start, end or log2 is not a number", path=path, row=number) from error
    return [row for row in rows if math.isfinite(float(row["log2"]))]
