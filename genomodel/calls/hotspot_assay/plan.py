"""Which stretches of the genome have to be read for a set of loci."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genomodel.calls.hotspot_assay.windows import Window
from genomodel.core.loci import EventKind, Locus, LocusClass

NEAR = 40
"""Bases between places up to which they are read in one go."""
LONGEST = 600
FEWEST_FLANKING, LEAST_FLANK, MOST_FLANK = 5000, 30, 150
"""Places beside loci that errors are learned from, in all, and bases of flank that each window gets for it."""


@dataclass(frozen=True)
class Placement:
    """Where the answers for one locus are found.

    Attributes
    ----------
    locus
        What is asked.
    codon
        Window and number of the codon in it, where its three bases are in one window.
    spans
        Windows and numbers of the spans in which its insertions and deletions are looked for.
    """

    locus: Locus
    codon: tuple[int, int] | None
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ReadingPlan:
    """Windows in genome order, and where each locus lies in them."""

    windows: tuple[Window, ...]
    placements: tuple[Placement, ...]


def plan_reading(loci: Sequence[Locus], lengths: Mapping[str, int]) -> ReadingPlan:
    """Part the places of loci into windows.

    Parameters
    ----------
    loci
        On the genome.
    lengths
        Bases of its contigs.
    """
    runs = {locus.id: _runs(locus) for locus in loci}
    merged = _merged(loci, runs)
    count = max(1, sum(len(parts) for parts in merged.values()))
    flank = min(MOST_FLANK, max(LEAST_FLANK, -(-FEWEST_FLANKING // (2 * count))))
    order = [(chrom, part) for chrom in dict.fromkeys(locus.chrom for locus in loci) for part in merged[chrom]]
    codons: list[list[tuple[int, int, int]]] = [[] for _ in order]
    spans: list[list[tuple[int, int]]] = [[] for _ in order]
    reach = [0] * len(order)
    placements = []
    for locus in loci:
        homes = [
            next(i for i, (chrom, part) in enumerate(order) if chrom == locus.chrom and part[0] <= run[0] < part[1])
            for run in runs[locus.id]
        ]
        codon = None
        if locus.locus_class is LocusClass.CODON and len(locus.positions) == 3 and len(set(homes)) == 1:
            a, b, c = (position - 1 for position in locus.positions)
            codons[homes[0]].append((a, b, c))
            codon = (homes[0], len(codons[homes[0]]) - 1)
        found = []
        longest = max((e.longest for e in locus.events if e.kind is not EventKind.SUBSTITUTION), default=0)
        if longest:
            for run, home in zip(runs[locus.id], homes, strict=True):
                spans[home].append(run)
                found.append((home, len(spans[home]) - 1))
                reach[home] = max(reach[home], longest)
        placements.append(Placement(locus, codon, tuple(found)))
    windows = []
    for (chrom, (first, last)), own_codons, own_spans, far in zip(order, codons, spans, reach, strict=True):
        # The last span is the whole stretch: what it shows at no locus's own rate are errors.
        ends = (max(0, first - flank), min(lengths[chrom], last + flank))
        windows.append(Window(chrom, *ends, first, last, tuple(own_codons), (*own_spans, (first, last)), far))
    return ReadingPlan(tuple(windows), tuple(placements))


def _runs(locus: Locus) -> list[tuple[int, int]]:
    """Return the stretches of a locus, 0-based half-open."""
    parts: list[list[int]] = []
    for position in sorted(locus.positions):
        if parts and position - parts[-1][1] <= NEAR:
            parts[-1][1] = position
        else:
            parts.append([position - 1, position])
    return [(first, last) for first, last in parts]


def _merged(loci: Sequence[Locus], runs: Mapping[str, list[tuple[int, int]]]) -> dict[str, list[tuple[int, int]]]:
    by_contig: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for locus in loci:
        by_contig[locus.chrom].update(runs[locus.id])
    merged = {}
    for chrom, found in by_contig.items():
        parts: list[tuple[int, int]] = []
        for first, last in sorted(found):
            near = parts and first - parts[-1][1] <= NEAR
            if parts and (first < parts[-1][1] or (near and last - parts[-1][0] <= LONGEST)):
                parts[-1] = (parts[-1][0], max(parts[-1][1], last))
            else:
                parts.append((first, last))
        merged[chrom] = parts
    return merged
