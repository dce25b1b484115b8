"""Slippage of each repeat over normals of the same assay, for tumors without a matched normal.

The table is tab-separated with a line of ``#`` for the version. Only sites that nearly all people share one length of
are used later (quasi-monomorphic, as the markers that are read without normal DNA): at others an inherited length
cannot be told from a new one.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam

from genomodel.calls.microsatellites.instability import KNOWN_AS_IF, Slippage, germline_alleles, off_alleles
from genomodel.calls.microsatellites.lengths import Lengths
from genomodel.core.errors import InputError
from genomodel.core.microsatellites import RepeatSite
from genomodel.files import read_text, write_text

FORMAT = "# genomodel msi baseline 1"
COLUMNS = ("chrom", "start", "end", "unit", "repeats", "normals", "mode", "alleles", "polymorphic",
           "near_a", "near_b", "far_a", "far_b")  # fmt: skip
FEWEST_NORMALS = 10
"""Normals of a site below which the baseline does not speak of it; 20 and more are advised (as msisensor-pro does)."""

MOST_POLYMORPHIC = 0.05
"""Share of normals with another length than the most frequent one up to which a site is used."""

LEAST_CARRIED = 0.03
"""Share of normals from which on a length is taken for one that people inherit. Of up to 33 normals one carrier is
enough; of many nearly every neighbor of the mode has one, and no change of one unit would be new."""

LEAST_KNOWN = 10.0


@dataclass(frozen=True)
class BaselineSite:
    """What normals show at one repeat.

    Attributes
    ----------
    site
        The repeat.
    normals
        Normals with enough fragments.
    mode
        Most frequent length over them, in units.
    alleles
        Lengths that enough of them have as their own.
    polymorphic
        Share of them with another length than the mode.
    slippage
        Share of fragments off the alleles, with its spread over normals.
    """

    site: RepeatSite
    normals: int
    mode: int
    alleles: tuple[int, ...]
    polymorphic: float
    slippage: Slippage

    @property
    def reason(self) -> str:
        """Why the site does not count; empty when it does."""
        if self.normals < FEWEST_NORMALS:
            return f"fewer than {FEWEST_NORMALS} normals in the baseline"
        if self.polymorphic > MOST_POLYMORPHIC:
            return "length differs between people"
        return ""


def baseline_site(site: RepeatSite, normals: Sequence[Lengths], min_depth: int) -> BaselineSite | None:
    """Return what normals show at a repeat, ``None`` when none of them has enough fragments."""
    deep = [lengths for lengths in normals if sum(lengths.values()) >= min_depth]
    if not deep:
        return None
    own = [germline_alleles(lengths) for lengths in deep]
    seen = Counter(allele for alleles in own for allele in alleles)
    mode = min(seen, key=lambda allele: (-seen[allele], allele))
    off = [off_alleles(lengths, alleles) for lengths, alleles in zip(deep, own, strict=True)]
    return BaselineSite(
        site=site,
        normals=len(deep),
        mode=mode,
        alleles=tuple(sorted(length for length, n in seen.items() if length == mode or n >= LEAST_CARRIED * len(deep))),
        polymorphic=sum(alleles != (mode,) for alleles in own) / len(deep),
        slippage=Slippage(
            near=_beta([(near, total) for near, _, total in off]), far=_beta([(far, total) for _, far, total in off])
        ),
    )


def _beta(counts: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Fit a beta distribution to shares by moments; its weight lies between a few and :data:`KNOWN_AS_IF` fragments."""
    total = sum(n for _, n in counts)
    mean = (sum(k for k, _ in counts) + 0.5) / (total + 1)
    known = KNOWN_AS_IF
    if len(counts) > 1:
        variance = float(np.var([k / n for k, n in counts], ddof=1))
        sampling = mean * (1 - mean) * float(np.mean([1 / n for _, n in counts]))
        if variance > sampling:
            known = min(known, max(LEAST_KNOWN, mean * (1 - mean) / (variance - sampling)))
    return mean * known, (1 - mean) * known


def write_baseline(sites: Sequence[BaselineSite], path: str | Path) -> None:
    """Write the table of a baseline."""
    lines = [FORMAT, "\t".join(COLUMNS)]
    for item in sites:
        site, slip = item.site, item.slippage
        numbers = [f"{value:.6g}" for value in (item.polymorphic, *slip.near, *slip.far)]
        cells = [site.chrom, site.start, site.end, site.unit, site.repeats, item.normals, item.mode]
        lines.append("\t".join([*map(str, cells), ",".join(map(str, item.alleles)), *numbers]))
    write_text(path, "\n".join(lines) + "\n")


def read_baseline(path: str | Path, reference: str | Path | None = None) -> dict[str, BaselineSite]:
    """Read a baseline, by the keys of its sites.

    Parameters
    ----------
    path
        Table of :func:`write_baseline`.
    reference
        FASTA that its sites must be repeats of; not checked when absent.

    Raises
    ------
    InputError
        The table is of another layout or version, or of another genome.
    """
    lines = read_text(path, "MSI baseline").splitlines()
    fix = "Make it with genomodel msi-baseline"
    if not lines or lines[0] != FORMAT:
        raise InputError(f"the first line is not '{FORMAT}'", path=path, row=1, fix=fix)
    reader = csv.DictReader(lines[1:], delimiter="\t")
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"columns are missing: {', '.join(missing)}", path=path, row=2, fix=fix)
    sites = {}
    for number, row in enumerate(reader, start=3):
        try:
            item = _baseline_row(row)
        except (TypeError, ValueError) as error:
            raise InputError(f"the row cannot be read ({error})", path=path, row=number, fix=fix) from error
        sites[item.site.key] = item
    if reference is not None:
        _require_genome(sites, path, reference)
    return sites


def _baseline_row(row: Mapping[str, str]) -> BaselineSite:
    site = RepeatSite(
        chrom=row["chrom"], start=int(row["start"]), end=int(row["end"]), unit=row["unit"], repeats=int(row["repeats"])
    )
    near, far = (float(row["near_a"]), float(row["near_b"])), (float(row["far_a"]), float(row["far_b"]))
    if not all(0 < value < float("inf") for value in (*near, *far)):
        raise ValueError("a parameter of slippage is not above 0")
    return BaselineSite(
        site=site,
        normals=int(row["normals"]),
        mode=int(row["mode"]),
        alleles=tuple(int(text) for text in row["alleles"].split(",")),
        polymorphic=float(row["polymorphic"]),
        slippage=Slippage(near=near, far=far),
    )


def _require_genome(sites: Mapping[str, BaselineSite], path: str | Path, reference: str | Path) -> None:
    fix = "Use a baseline made on this reference"
    with pysam.FastaFile(str(reference)) as fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
        for number, item in enumerate(sites.values(), start=3):
            site = item.site
            if site.chrom not in lengths or site.end > lengths[site.chrom]:
                raise InputError(f"{site.key} is not on the reference", path=path, row=number, fix=fix)
            there = fasta.fetch(site.chrom, site.start - 1, site.end).upper()
            if there != site.unit * site.repeats:
                text = f"the reference has no repeat of {site.repeats} {site.unit} at {site.chrom}:{site.start}"
                raise InputError(text, path=path, row=number, fix=fix)
