"""Limits of insertions and deletions at the loci where they are asked for, from spiked reads on the real sequence.

At each locus of the shipped table an event is put into the middle of the region, and its molecules are read and
aligned as for the table of recognition, which was made on other sequences. From the fragments that were recognized,
1,000 resamplings are drawn at each depth, with the true fraction at the ideal limit and above it.

*Coverage* is the least share, over depths and fractions, of resamplings whose limit is not below the true fraction.
*Width* is the mean limit without the event over the ideal: that of the binomial if every fragment with the event were
recognized. No reader recognizes one that touches the event with the end of a read alone: beside it is the width over
the limit of an observer who knows the share that is recognized at this very locus.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pysam

from bench.hotspot_indels import CONTIG, PLACE, SpikedLocus, SpikedReads, fillers
from genomodel.calls.hotspot_assay.lengths import START_BASES, START_ERRORS, UNSURE
from genomodel.calls.hotspot_assay.limits import Rates, binomial_limit, excluded_above
from genomodel.calls.hotspot_assay.loci import place_loci
from genomodel.calls.hotspot_assay.recognition import Backing, backed_parts
from genomodel.core.loci import EventKind, Locus, LocusEvent

DEPTHS = (100, 250, 500, 1000, 2000, 5000)
FASTA, GFF = "GENOMODEL_BENCH_FASTA", "GENOMODEL_BENCH_GFF"
SPIKED = 2000
WIDTH = 100
"""Bases of a stretch, from which the rate of false events is learned too."""
MULTIPLES = (1.0, 1.15, 1.3, 1.6, 2.0)
"""True fractions, as multiples of the ideal limit, at which coverage is asked."""


def _lengths(parts: tuple[Backing, ...]) -> list[tuple[int, Backing]]:
    """Return the shortest, a middle and the longest length that are backed, each with the part it is of."""
    shortest, longest = parts[0].event.shortest, parts[-1].event.longest
    lengths = sorted({shortest, (shortest + longest) // 2, longest})
    return [(n, part) for n in lengths for part in parts if part.event.shortest <= n <= part.event.longest]


def _cut(locus: Locus, reference: str) -> SpikedLocus:
    """Cut the sequence around the middle of a locus."""
    middle = sorted(locus.positions)[len(locus.positions) // 2] - 1
    with pysam.FastaFile(reference) as fasta:
        text = fasta.fetch(locus.chrom, max(0, middle - PLACE), middle + CONTIG - PLACE).upper()
    return SpikedLocus(locus.id.replace(" ", "_"), text, min(middle, PLACE))


def _one(event: LocusEvent, share: float, false: float, backed: float, seed: int) -> tuple[float, float]:
    """Return the least coverage and the largest width over depths."""
    rng = np.random.default_rng([seed, event.longest])
    least, widest = 1.0, 0.0
    for depth in DEPTHS:
        # As a sample with no other stretch than this one would learn it.
        errors, bases = START_ERRORS + false * depth, START_BASES[event.shortest <= 2] + WIDTH * depth
        rate = errors / bases * WIDTH
        rates = Rates(*(np.full(1000, value) for value in (rate, UNSURE, 1 - backed)))
        depths, ideal = np.full(1000, depth), float(binomial_limit([0], [depth])[0])
        for multiple in MULTIPLES:
            truth = min(0.99, ideal * multiple)
            seen = rng.binomial(depth, min(1.0, truth * share + false), 1000)
            least = min(least, float((excluded_above(seen, depths, rates) >= truth).mean()))
        none = excluded_above(rng.binomial(depth, false, 1000), depths, rates)
        widest = max(widest, float(none.mean() / ideal))
    return least, widest


def indel_strata(*, quick: bool, reads: tuple[int, ...] = (100, 150)) -> list[dict[str, float | str]]:
    """Measure every event of the shipped table that spiked reads back; empty without a human genome at hand."""
    fasta, gff = os.environ.get(FASTA), os.environ.get(GFF)
    if not fasta or not gff:
        print(f"Real loci are left out: set {FASTA} and {GFF} to a human genome and its gene models.")
        return []
    loci = place_loci(gff, fasta).loci
    rows: list[dict[str, float | str]] = []
    for locus, event in _asked(loci):
        for read_length in reads[:1] if quick else reads:
            rows += _measured(locus, event, fasta, read_length, quick=quick)
    return rows


def _asked(loci: tuple[Locus, ...]) -> Iterator[tuple[Locus, LocusEvent]]:
    for locus in loci:
        for event in locus.events:
            if event.kind is not EventKind.SUBSTITUTION:
                yield locus, event


def _measured(
    locus: Locus, event: LocusEvent, fasta: str, read_length: int, *, quick: bool
) -> list[dict[str, float | str]]:
    parts = backed_parts(event, read_length)
    if not parts:
        return []
    rows: list[dict[str, float | str]] = []
    with tempfile.TemporaryDirectory() as name:
        spiked = SpikedReads(Path(name), [_cut(locus, fasta)], read_length, 300 if quick else SPIKED)
        for length, backing in _lengths(parts):
            asked = LocusEvent(kind=event.kind, shortest=length, longest=length)
            for filler in fillers(event.kind, length):
                found = spiked.recognize(event.kind, length, filler)[0]
                false = found.false / max(1, found.depth)
                least, widest = _one(asked, found.share, false, backing.share, seed=length)
                rows.append(
                    {
                        "locus": locus.id, "kind": event.kind.value, "length": length, "inserted": filler,
                        "read_length": read_length, "recognized": round(found.share, 3), "backed": backing.share,
                        "least_coverage": round(least, 4), "width": round(widest, 3),
                        "width_known_share": round(widest * min(1.0, found.share), 3),
                    }
                )  # fmt: skip
                print(rows[-1], flush=True)
    return rows
