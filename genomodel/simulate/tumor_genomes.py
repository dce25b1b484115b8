"""Copy-number profiles of tumors with known purity, ploidy and losses, to measure how well they are recovered.

Genomes in long segments, for purity and ploidy, and genes of a panel of which some have lost a part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from genomodel.core.copy_number import Bin, HetSite, Segment

LENGTH = 50_000_000


@dataclass(frozen=True)
class TumorGenome:
    """What is measured of a simulated tumor, and what is true of it.

    Attributes
    ----------
    segments, bins, sites
        As a depth-based segmentation and two BAM files would give them.
    purity, ploidy
        The truth.
    lost
        For each segment, whether most tumor cells have lost its lesser allele.
    """

    segments: tuple[Segment, ...]
    bins: tuple[Bin, ...]
    sites: tuple[HetSite, ...]
    purity: float
    ploidy: float
    lost: tuple[bool, ...]


@dataclass(frozen=True)
class TumorSettings:
    """How a simulated tumor is and how it is measured."""

    purity: float = 0.6
    doubled: bool = False
    n_segments: int = 40
    altered: float = 0.4
    """Share of the segments with another copy number than the genome began with."""
    subclonal: float = 0.15
    """Share of the altered ones of which only a part of the tumor cells has the alteration."""
    sites: int = 40
    """Heterozygous sites of each segment."""
    depth: int = 120
    bins: int = 60
    bin_sd: float = 0.25
    wave_sd: float = 0.02
    """Spread of a segment's mean that its number of bins does not average out."""
    reference_preference: float = 0.51


@dataclass(frozen=True)
class GeneSettings:
    """How the genes of a panel are, and how their bins are measured."""

    genes: int = 150
    bins: int = 10
    """Of each gene."""
    purity: float = 0.6
    left: int = 2
    """Copies that the tumor cells have left of a part of some genes; 2 is a tumor without a change."""
    part: float = 0.5
    """Share of the bins that are lost, at either end of the gene."""
    altered: float = 0.05
    """Share of the genes with such a part."""
    bin_sd: float = 0.15
    gene_sd: float = 0.05
    """Spread of what the bins of a gene share."""
    failed: float = 0.0
    """Share of bins that have failed, and lie anywhere."""
    correlation: float = 0.0
    """Of the noise of neighboring bins."""
    unequal: float = 0.0
    """Spread, as natural logarithm, of the bins' noise among genes."""


@dataclass(frozen=True)
class GeneBins:
    """What is measured of simulated genes, and which of them have lost a part."""

    bins: tuple[Bin, ...]
    segments: tuple[Segment, ...]
    """One for each chromosome: the segmentation has seen no part."""
    altered: frozenset[str]


def simulate_genes(settings: GeneSettings, seed: int) -> GeneBins:
    """Draw the bins of genes that have two copies, some of them less in a part that no segment tells of."""
    rng = np.random.default_rng(seed)
    n_lost = max(1, round(settings.part * settings.bins))
    fall = np.log2(1 - settings.purity * (1 - settings.left / 2) + 1e-3)
    altered = set()
    bins: list[Bin] = []
    for index in range(settings.genes):
        name, chrom = f"G{index}", f"{1 + index % 22}"
        start = 1 + (index // 22) * 2_000_000
        values = rng.normal(0, settings.gene_sd) + _noise(rng, settings)
        if settings.left != 2 and rng.random() < settings.altered:
            altered.add(name)
            values[:n_lost] += fall
            values = values if rng.random() < 0.5 else values[::-1]
        bins += [
            Bin(chrom=chrom, start=start + 1000 * k, end=start + 1000 * k + 250, gene=name, log2=float(value))
            for k, value in enumerate(values)
        ]
    bins.sort(key=lambda bin_: (int(bin_.chrom), bin_.start))
    segments = tuple(
        Segment(chrom=f"{chrom}", start=1, end=LENGTH, log2_ratio=0.0)
        for chrom in range(1, min(22, settings.genes) + 1)
    )
    return GeneBins(tuple(bins), segments, frozenset(altered))


def _noise(rng: np.random.Generator, settings: GeneSettings) -> npt.NDArray[np.float64]:
    deviation = settings.bin_sd * float(np.exp(rng.normal(0, settings.unequal)))
    values = rng.normal(0, deviation, settings.bins)
    for k in range(1, settings.bins):
        values[k] = settings.correlation * values[k - 1] + np.sqrt(1 - settings.correlation**2) * values[k]
    failed = rng.random(settings.bins) < settings.failed
    return np.where(failed, rng.normal(0, 1.0, settings.bins), values)


def simulate_tumor(settings: TumorSettings, seed: int) -> TumorGenome:
    """Draw one tumor.

    Each parental allele of an altered segment is lost or gained; in a doubled genome before or after the doubling.
    The log2 ratios are centered on their median, as segmentation programs do, whatever the ploidy is.
    """
    rng = np.random.default_rng(seed)
    states = [_state(rng, settings) for _ in range(settings.n_segments)]
    copies = np.array([a + b for a, b in states])
    lesser = np.array([min(state) for state in states])
    p = settings.purity
    mixture = np.maximum(p * copies + 2 * (1 - p), 0.03)
    share = (p * lesser + 1 - p) / mixture
    wave = rng.normal(0, settings.wave_sd, settings.n_segments)
    noisy = np.log2(mixture)[:, None] + wave[:, None]
    noisy = noisy + rng.normal(0, settings.bin_sd, (settings.n_segments, settings.bins))
    noisy -= np.median(noisy)
    segments, bins, sites = [], [], []
    for index in range(settings.n_segments):
        chrom, start = f"{1 + index % 22}", 1 + (index // 22) * LENGTH
        size = LENGTH // settings.bins
        segments.append(
            Segment(
                chrom=chrom,
                start=start,
                end=start + LENGTH - 1,
                log2_ratio=float(noisy[index].mean()),
                n_bins=settings.bins,
            )
        )
        bins += [
            Bin(chrom=chrom, start=start + k * size, end=start + (k + 1) * size - 1, log2=float(value))
            for k, value in enumerate(noisy[index])
        ]
        sites += _sites(rng, settings, chrom, start, float(share[index]))
    lost = tuple(bool(value < 0.5) for value in lesser)
    ploidy = float(copies.mean())
    return TumorGenome(tuple(segments), tuple(bins), tuple(sites), p, ploidy, lost)


def _state(rng: np.random.Generator, settings: TumorSettings) -> tuple[float, float]:
    """Return copies of the two alleles, means over the tumor cells where the alteration is subclonal."""
    base = 2 if settings.doubled else 1
    if rng.random() >= settings.altered:
        return (base, base)
    alleles = [1, 1]
    before = settings.doubled and rng.random() < 0.5
    if settings.doubled and not before:
        alleles = [2, 2]
    changed = int(rng.integers(2))
    if rng.random() < 0.5:
        alleles[changed] -= 1
        if rng.random() < 0.3:
            alleles[1 - changed] += 1
    else:
        alleles[changed] += int(rng.choice([1, 1, 1, 2, 3]))
    if before:
        alleles = [2 * alleles[0], 2 * alleles[1]]
    if rng.random() < settings.subclonal:
        part = float(rng.uniform(0.2, 0.8))
        return (base + part * (alleles[0] - base), base + part * (alleles[1] - base))
    return (alleles[0], alleles[1])


def _sites(rng: np.random.Generator, settings: TumorSettings, chrom: str, start: int, share: float) -> list[HetSite]:
    places = np.sort(rng.choice(LENGTH, settings.sites, replace=False)) + start
    found = []
    for place in places:
        own = rng.beta(settings.reference_preference * 300, (1 - settings.reference_preference) * 300)
        fraction = share if rng.random() < 0.5 else 1 - share
        seen = fraction * (1 - own) / (fraction * (1 - own) + (1 - fraction) * own)
        depth, normal_depth = (max(1, int(n)) for n in rng.poisson(settings.depth, 2))
        alt, normal_alt = int(rng.binomial(depth, seen)), int(rng.binomial(normal_depth, 1 - own))
        found.append(
            HetSite(
                chrom=chrom,
                pos=int(place),
                tumor_ref=depth - alt,
                tumor_alt=alt,
                normal_ref=normal_depth - normal_alt,
                normal_alt=normal_alt,
            )
        )
    return found
