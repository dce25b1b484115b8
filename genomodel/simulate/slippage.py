"""Lengths of repeats as sequencing shows them: alleles, polymerase slippage, mutations of a deficient mismatch repair.

Slippage grows with length and differs from site to site, from library to library, and between mono- and dinucleotides;
it shortens three times as often as it lengthens. The numbers are a model's, not measured ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from genomodel.core.microsatellites import RepeatSite

SHORTER = 0.75
ONE_STEP = 0.8
SITE_SPREAD, LIBRARY_SPREAD, SITE_IN_LIBRARY_SPREAD = 0.4, 0.25, 0.2
DEPTH_SPREAD = 0.4
LOSS_OF_ALLELE = 0.25
STABLE_CHANGES = 0.003
"""Share of sites that a stable tumor has changed all the same."""


@dataclass(frozen=True)
class SimulatedSite:
    """A repeat of an assay as it is in the population.

    Attributes
    ----------
    site
        The repeat.
    slippage
        Chance that a fragment shows another length than its molecule has.
    polymorphic
        Share of chromosomes with another length than the reference.
    other
        That other length, in units.
    """

    site: RepeatSite
    slippage: float
    polymorphic: float
    other: int


@dataclass(frozen=True)
class TumorKind:
    """What is simulated of a tumor.

    Attributes
    ----------
    unstable
        Mean share of sites that its deficient repair has changed; 0 for a stable tumor.
    purity
        Share of tumor cells.
    """

    unstable: float
    purity: float


def simulate_sites(n: int, rng: np.random.Generator) -> list[SimulatedSite]:
    """Draw the repeats of an assay: four of five mononucleotides of 10 bases and more, the rest dinucleotides."""
    sites = []
    for i in range(n):
        mono = rng.random() < 0.8
        repeats = 10 + min(15, rng.geometric(0.3) - 1) if mono else 5 + min(10, rng.geometric(0.35) - 1)
        unit = str(rng.choice(["A", "T", "C", "G"], p=[0.46, 0.46, 0.04, 0.04])) if mono else "AC"
        start = 1000 * (i + 1)
        site = RepeatSite(
            chrom="chr1", start=start, end=start + repeats * len(unit) - 1, unit=unit, repeats=int(repeats)
        )
        slip = (0.018 * np.exp(0.2 * (repeats - 10)) if mono else 0.005 * np.exp(0.25 * (repeats - 5))) * np.exp(
            rng.normal(0, SITE_SPREAD)
        )
        share = 0.01 * np.exp(0.25 * (repeats - (10 if mono else 5))) * np.exp(rng.normal(0, 1))
        other = int(repeats + rng.choice([-2, -1, 1, 2]))
        sites.append(SimulatedSite(site, float(min(0.5, slip)), float(min(0.45, share)), other))
    return sites


def draw_person(sites: Sequence[SimulatedSite], rng: np.random.Generator) -> list[tuple[int, int]]:
    """Draw the two lengths that one person inherited at each site."""
    return [
        tuple(s.other if rng.random() < s.polymorphic else s.site.repeats for _ in range(2))  # type: ignore[misc]
        for s in sites
    ]


def draw_normal(
    sites: Sequence[SimulatedSite], person: Sequence[tuple[int, int]], depth: float, rng: np.random.Generator
) -> list[dict[int, int]]:
    """Return the lengths that a normal's fragments show at each site."""
    library = np.exp(rng.normal(0, LIBRARY_SPREAD))
    return [
        _fragments(_slipping(site, library, rng), {a: 0.5, b: 0.5} if a != b else {a: 1.0}, _depth(depth, rng), rng)
        for site, (a, b) in zip(sites, person, strict=True)
    ]


def draw_tumor(
    sites: Sequence[SimulatedSite],
    person: Sequence[tuple[int, int]],
    kind: TumorKind,
    depth: float,
    rng: np.random.Generator,
    *,
    extra: float = 1.0,
) -> tuple[list[dict[int, int]], list[bool]]:
    """Return the lengths that a tumor's fragments show at each site, and which sites its cells have changed.

    One allele of a heterozygous site is lost in some tumors. A changed site has one or both alleles changed, by one
    unit or more, in half of the tumor's cells at least. ``extra`` times as much slippage stands for another protocol.
    """
    library = extra * np.exp(rng.normal(0, LIBRARY_SPREAD))
    longest = max((s.site.repeats / (10 if len(s.site.unit) == 1 else 5) for s in sites), default=1.0)
    counts, changed = [], []
    for site, (a, b) in zip(sites, person, strict=True):
        relative = site.site.repeats / (10 if len(site.site.unit) == 1 else 5) / longest
        chance = kind.unstable * (0.7 + 0.6 * relative) if kind.unstable else STABLE_CHANGES
        hit = bool(rng.random() < chance)
        shares: defaultdict[int, float] = defaultdict(float)
        lost = a != b and rng.random() < LOSS_OF_ALLELE
        copies = [(a, 1.0), (b, 0.0 if lost else 1.0)]
        weight = kind.purity * sum(w for _, w in copies) + (1 - kind.purity) * 2
        both = hit and rng.random() < 0.4
        for index, (allele, tumor_weight) in enumerate(copies):
            shares[allele] += (1 - kind.purity) / weight
            part = kind.purity * tumor_weight / weight
            if hit and (both or index == 0):
                cells = rng.uniform(0.5, 1.0)
                step = int(min(4, rng.geometric(0.6))) * (-1 if rng.random() < 0.85 else 1)
                shares[max(1, allele + step)] += part * cells
                part *= 1 - cells
            shares[allele] += part
        counts.append(_fragments(_slipping(site, library, rng), shares, _depth(depth, rng), rng))
        changed.append(hit)
    return counts, changed


def _slipping(site: SimulatedSite, library: float, rng: np.random.Generator) -> SimulatedSite:
    rate = site.slippage * library * np.exp(rng.normal(0, SITE_IN_LIBRARY_SPREAD))
    return replace(site, slippage=float(min(0.6, rate)))


def _depth(depth: float, rng: np.random.Generator) -> int:
    return int(rng.poisson(depth * np.exp(rng.normal(0, DEPTH_SPREAD))))


def _fragments(
    site: SimulatedSite, shares: Mapping[int, float], depth: int, rng: np.random.Generator
) -> dict[int, int]:
    """Draw fragments of molecules of given lengths; slippage of a molecule grows with its own length."""
    lengths, weights = list(shares), np.array(list(shares.values()), dtype=float)
    seen: Counter[int] = Counter()
    for length, n in zip(lengths, rng.multinomial(depth, weights / weights.sum()), strict=True):
        rate = min(0.7, site.slippage * np.exp(0.2 * (length - site.site.repeats)))
        slipped = int(rng.binomial(n, rate))
        seen[length] += int(n) - slipped
        steps = rng.geometric(ONE_STEP, slipped) * np.where(rng.random(slipped) < SHORTER, -1, 1)
        for step, times in zip(*np.unique(steps, return_counts=True), strict=True):
            seen[max(1, length + int(step))] += int(times)
    return {length: count for length, count in sorted(seen.items()) if count}
