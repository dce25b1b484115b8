"""Bins of tumors of known copies, without reads: noise of bins, noise that a gene's bins share, segments, baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from genomodel.core.copy_number import Bin, PurityPloidy, Segment

GENE_SPAN = 2_000_000


@dataclass(frozen=True)
class Assay:
    """How many genes there are, how many bins each has, and how noisy they are."""

    name: str
    genes: int
    bins: tuple[int, int]
    bin_sd: float
    gene_sd: float


PANEL = Assay("panel", 150, (3, 25), 0.15, 0.05)
EXOME = Assay("exome", 1500, (3, 15), 0.25, 0.06)


@dataclass(frozen=True)
class Tumor:
    """What was measured of a tumor, and what is true of it."""

    bins: tuple[Bin, ...]
    segments: tuple[Segment, ...]
    purity: PurityPloidy
    truth: dict[str, int]


def simulate(assay: Assay, purity: float, seed: int, *, doubled: bool = False, doubt: float = 0.02) -> Tumor:
    """Return a tumor with broad gains and losses, and focally, in one of fifty genes each, the strong events.

    ``doubt`` is the standard error of the purity that is said, the interval of which it fits.
    """
    rng = np.random.default_rng([seed, int(100 * purity), assay.genes, int(doubled)])
    base = 4 if doubled else 2
    per_arm = assay.genes // 44 + 1
    arms = rng.choice([base - 1, base, base + 1], size=44, p=[0.15, 0.7, 0.15])
    copies = np.array([arms[index // per_arm] for index in range(assay.genes)])
    n = assay.genes // 50
    focal = rng.choice(assay.genes, size=2 * n, replace=False)
    copies[focal[:n]] = rng.integers(10 if doubled else 8, 25, size=n)
    copies[focal[n:]] = 0
    bins: list[Bin] = []
    segments: list[tuple[str, int, int, int, list[float]]] = []
    for index in range(assay.genes):
        chrom, at = f"chr{index // per_arm // 2 + 1}", (index % (2 * per_arm)) * GENE_SPAN + 1_000_000
        n = int(rng.integers(assay.bins[0], assay.bins[1] + 1))
        mixed = purity * copies[index] + 2 * (1 - purity)
        shared = rng.normal(0, assay.gene_sd)
        values = np.maximum(np.log2(mixed / 2 + 1e-3) + shared + rng.normal(0, assay.bin_sd, size=n), -6.6)
        bins += [
            Bin(chrom=chrom, start=at + 500 * k, end=at + 500 * k + 250, gene=f"G{index}", log2=float(value))
            for k, value in enumerate(values)
        ]
        end = at + 500 * n
        if segments and segments[-1][0] == chrom and segments[-1][3] == copies[index]:
            last = segments[-1]
            segments[-1] = (chrom, last[1], end, last[3], [*last[4], *values])
        else:
            segments.append((chrom, at, end, int(copies[index]), list(values)))
    middle = float(np.median([bin_.log2 for bin_ in bins]))
    said = float(np.clip(purity + rng.normal(0, doubt), 0.05, 1.0)) if doubt else purity
    return Tumor(
        bins=tuple(bin_.model_copy(update={"log2": bin_.log2 - middle}) for bin_ in bins),
        segments=tuple(
            Segment(chrom=c, start=start, end=end, log2_ratio=float(np.mean(values)) - middle, n_bins=len(values))
            for c, start, end, _, values in segments
        ),
        purity=PurityPloidy(
            purity=said,
            purity_low=max(0.01, said - 1.96 * doubt) if doubt else None,
            purity_high=min(1.0, said + 1.96 * doubt) if doubt else None,
            ploidy=float(copies.mean()),
            diploid_log2=-middle,
            source="estimated",
        ),
        truth={f"G{index}": int(n) for index, n in enumerate(copies)},
    )


def log2_of(copies: float, purity: float) -> float:
    """Return the log2 ratio of a place against a diploid normal, in a genome that is diploid elsewhere."""
    return math.log2(max((purity * copies + 2 * (1 - purity)) / 2, 1e-3))
