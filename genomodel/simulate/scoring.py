"""Compare calls with a simulated truth: what was found, what is false and why, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.files import read_text
from genomodel.simulate.hard import NEAR_INDEL, ArtifactSite
from genomodel.simulate.truth import Kind, left_align, variant_type

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

WINDOW = 60
"""Bases around a variant in which other records may be another way of writing it."""
MOST_RECORDS = 3
"""Records that together may write one variant."""
MOST_NEIGHBORS = 7
RESAMPLES = 1000
INTERVAL = (2.5, 97.5)
FRACTION_BINS = (
    ("below 1.5 %", 0.0, 0.015),
    ("1.5 to 3 %", 0.015, 0.03 + 1e-9),
    ("3 to 7 %", 0.03 + 1e-9, 0.07),
    ("7 to 15 %", 0.07, 0.15),
    ("15 to 30 %", 0.15, 0.30),
    ("30 % and more", 0.30, 1.01),
)
NEAR_COPY = 60
"""A false call this close to a base in which a near-copy differs is of that context."""


class Allele(NamedTuple):
    """A record of a call set; ``pos`` is 0-based."""

    contig: str
    pos: int
    ref: str
    alt: str
    fraction: float | None = None

    @property
    def type(self) -> str:
        """``snv``, ``mnv``, ``insertion`` or ``deletion``; a complex allele by its change of length."""
        return variant_type(self.ref, self.alt)


@dataclass(frozen=True)
class TrueCall:
    """A true variant, as the truth file tells it."""

    allele: Allele
    kind: Kind
    context: str
    label: str
    support: int
    """Molecules of the tumor sample that were read with it."""


@dataclass(frozen=True)
class FalseCall:
    """A call that no somatic variant explains."""

    allele: Allele
    cause: str
    """``germline``, the artifact at the place, ``beside_variant`` or ``noise``."""
    context: str


@dataclass(frozen=True)
class Score:
    """One call set against the truth."""

    found: Bools
    """Of the somatic truth, in its order."""
    false: tuple[FalseCall, ...]
    calls: int


@dataclass(frozen=True)
class Truth:
    """All that a call set is compared with."""

    contigs: Mapping[str, str]
    somatic: tuple[TrueCall, ...]
    germline: tuple[TrueCall, ...]
    sites: tuple[ArtifactSite, ...] = ()
    _by_contig: dict[str, list[ArtifactSite]] = field(default_factory=dict, repr=False, compare=False)

    def sites_near(self, contig: str, start: int, end: int) -> list[ArtifactSite]:
        """Return the artifact sites that overlap a stretch, 0-based half-open."""
        if not self._by_contig:
            for site in self.sites:
                self._by_contig.setdefault(site.contig, []).append(site)
        return [site for site in self._by_contig.get(contig, []) if site.start < end and start < site.end]


def read_truth(truth: str | Path, artifacts: str | Path, reference: str | Path) -> Truth:
    """Read the files that :func:`genomodel.simulate.hard_files.write_pair` wrote."""
    with pysam.FastaFile(str(reference)) as fasta:
        contigs = {name: fasta.fetch(name).upper() for name in fasta.references}
    calls: dict[Kind, list[TrueCall]] = {Kind.SOMATIC: [], Kind.GERMLINE: []}
    with pysam.VariantFile(str(truth)) as vcf:
        for r in vcf:
            allele = Allele(r.chrom, r.start, str(r.ref), str(r.alts[0]), float(r.info["TUMOR_AF"]))
            label = str(r.info.get("LABEL", "")).replace("_", " ")
            kind = Kind(r.info["ORIGIN"])
            calls[kind].append(TrueCall(allele, kind, r.info["CONTEXT"], label, int(r.info["TUMOR_SUPPORT"])))
    sites = []
    for line in read_text(artifacts, "artifacts").splitlines()[1:]:
        contig, start, end, stratum, share, change = line.split("\t")
        sites.append(ArtifactSite(contig, int(start), int(end), stratum, float(share), change))
    return Truth(contigs, tuple(calls[Kind.SOMATIC]), tuple(calls[Kind.GERMLINE]), tuple(sites))


def atoms(contigs: Mapping[str, str], allele: Allele) -> frozenset[tuple[str, int, str, str]]:
    """Return the smallest changes that an allele is made of, each left-aligned.

    A substitution is its single bases. A change of length is one atom, shortest and leftmost.
    """
    contig, pos, ref, alt = allele[:4]
    if len(ref) == len(alt):
        return frozenset((contig, pos + i, a, b) for i, (a, b) in enumerate(zip(ref, alt, strict=True)) if a != b)
    return frozenset({(contig, *left_align(contigs[contig], pos, ref, alt))})


def _haplotype(sequence: str, start: int, end: int, alleles: Iterable[Allele]) -> str | None:
    """Return a stretch with alleles in it, ``None`` where they overlap; a base that stays is no overlap."""
    parts, at = [], start
    for allele in sorted(alleles, key=lambda a: (a.pos, len(a.ref))):
        pos, ref, alt = allele.pos, allele.ref, allele.alt
        while ref and alt and ref[0] == alt[0]:
            pos, ref, alt = pos + 1, ref[1:], alt[1:]
        if pos < at:
            return None
        parts += [sequence[at:pos], alt]
        at = pos + len(ref)
    return "".join([*parts, sequence[at:end]])


def _subsets(alleles: Sequence[Allele], least: int) -> Iterable[tuple[Allele, ...]]:
    some = alleles[:MOST_NEIGHBORS]
    for size in range(least, min(MOST_RECORDS, len(some)) + 1):
        yield from combinations(some, size)


def _near(alleles: Iterable[Allele], at: Allele) -> list[Allele]:
    low, high = at.pos - WINDOW, at.pos + len(at.ref) + WINDOW
    return [a for a in alleles if a.contig == at.contig and a.pos < high and low < a.pos + len(a.ref)]


def _written_otherwise(truth: Truth, wanted: Allele, calls: Sequence[Allele]) -> tuple[Allele, ...]:
    """Return the calls that, alone, together or with germline variants beside, make the same sequence as a variant."""
    sequence = truth.contigs[wanted.contig]
    start = max(0, wanted.pos - 4 * WINDOW)
    end = min(len(sequence), wanted.pos + len(wanted.ref) + 4 * WINDOW)
    beside = _near((g.allele for g in truth.germline), wanted)
    targets = {_haplotype(sequence, start, end, [wanted, *some]) for some in _subsets(beside, 0)}
    targets -= {None, *(_haplotype(sequence, start, end, some) for some in _subsets(beside, 0))}
    for some in _subsets(_near(calls, wanted), 1):
        if _haplotype(sequence, start, end, some) in targets:
            return some
    return ()


def _cause(truth: Truth, allele: Allele, germline: Mapping[tuple[str, int, str, str], int]) -> str:
    if atoms(truth.contigs, allele) <= germline.keys():
        return "germline"
    for known in _near((g.allele for g in truth.germline), allele):
        if _written_otherwise(Truth(truth.contigs, (), ()), known, [allele]):
            return "germline"
    sites = truth.sites_near(allele.contig, allele.pos, allele.pos + len(allele.ref))
    if sites:
        return min(sites, key=lambda site: site.end - site.start).stratum
    beside = [t.allele for t in (*truth.germline, *truth.somatic)]
    if any(abs(other.pos - allele.pos) <= NEAR_INDEL for other in _near(beside, allele)):
        return "beside_variant"
    return "noise"


def _context(truth: Truth, allele: Allele) -> str:
    """Return the context of a false call, by the rules that gave the true ones theirs."""
    start, end = allele.pos, allele.pos + len(allele.ref)
    for site in truth.sites_near(allele.contig, start - 2, end + 2):
        if site.stratum in ("homopolymer", "dinucleotide"):
            return site.stratum
    indels = (g.allele for g in truth.germline if len(g.allele.ref) != len(g.allele.alt))
    if any(abs(indel.pos - allele.pos) <= NEAR_INDEL for indel in _near(indels, allele)):
        return "near_germline_indel"
    for site in truth.sites_near(allele.contig, start - NEAR_COPY, end + NEAR_COPY):
        if site.stratum in ("paralog", "collapsed_paralog"):
            return site.stratum
    return "plain"


def _left(calls: Iterable[Allele], explained: set[Allele]) -> list[Allele]:
    return [call for call in calls if call not in explained]


def score(truth: Truth, calls: Sequence[Allele]) -> Score:
    """Match calls with the truth after normalization.

    A multi-base substitution is found when each of its bases is called, alone or together. What is written in another
    way is matched by the sequence that it makes. A record that holds a true somatic change is false only where it
    holds something else that is not inherited either.

    Parameters
    ----------
    truth
        Variants and artifact sites.
    calls
        Records that the set calls somatic, one alternate allele each.
    """
    contigs = truth.contigs
    of_truth = [atoms(contigs, t.allele) for t in truth.somatic]
    somatic = {atom for parts in of_truth for atom in parts}
    germline = {atom: i for i, g in enumerate(truth.germline) for atom in atoms(contigs, g.allele)}
    of_calls = {call: atoms(contigs, call) for call in dict.fromkeys(calls)}
    called = {atom for parts in of_calls.values() for atom in parts}
    found = np.array([parts <= called for parts in of_truth], dtype=np.bool_)
    explained = {call for call, parts in of_calls.items() if parts & somatic and parts <= somatic | germline.keys()}
    for i, true in enumerate(truth.somatic):
        if not found[i]:
            partly = [call for call, parts in of_calls.items() if call in explained and parts & of_truth[i]]
            used = _written_otherwise(truth, true.allele, [*_left(of_calls, explained), *partly])
            found[i] = bool(used)
            explained.update(used)
        # A set of several engines may hold a variant in more than one way.
        while used := _written_otherwise(truth, true.allele, _left(of_calls, explained)):
            explained.update(used)
    false = [call for call in of_calls if call not in explained]
    judged = tuple(FalseCall(call, _cause(truth, call, germline), _context(truth, call)) for call in false)
    return Score(found, judged, len(of_calls))


def poisson_upper(count: int, level: float = 0.95) -> float:
    """Return the one-sided upper bound of a Poisson mean: counts this low or lower have the chance ``1 - level`` there.

    The exact bound of Garwood, Biometrika 1936; 3.0 for no event at 95 %.
    """

    def at_most(mean: float) -> float:
        return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))

    low, high = 1e-9, 10.0 + 3 * count
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(middle) > 1 - level else (low, middle)
    return (low + high) / 2


def fraction_bin(fraction: float | None) -> str:
    """Return the name of the bin that an allele fraction falls into; unknown fractions are low ones."""
    return next(name for name, low, high in FRACTION_BINS if low <= (fraction or 0.0) < high)


class Figure(NamedTuple):
    """A figure with its bootstrap interval."""

    value: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Table:
    """Several call sets on the same truth, as counts that can be resampled together.

    Attributes
    ----------
    names
        Call sets.
    found
        True variants by set.
    false
        Distinct false alleles by set.
    true_strata, false_strata
        Dimension -> the value of every row.
    """

    names: tuple[str, ...]
    found: Bools
    false: Bools
    true_strata: Mapping[str, Sequence[str]]
    false_strata: Mapping[str, Sequence[str]]

    def of(self, dimension: str, value: str) -> Table:
        """Return the rows of one stratum."""
        hits = np.array([v == value for v in self.true_strata[dimension]], dtype=np.bool_)
        wrong = np.array([v == value for v in self.false_strata[dimension]], dtype=np.bool_)
        return Table(
            self.names,
            self.found[hits],
            self.false[wrong],
            {
                key: [v for v, keep in zip(values, hits, strict=True) if keep]
                for key, values in self.true_strata.items()
            },
            {
                key: [v for v, keep in zip(values, wrong, strict=True) if keep]
                for key, values in self.false_strata.items()
            },
        )

    def values(self, dimension: str) -> list[str]:
        """Return the strata of a dimension that hold a true variant."""
        return sorted(set(self.true_strata[dimension]))

    def column(self, name: str) -> int:
        """Return the number of a call set."""
        return self.names.index(name)


def tabulate(truth: Truth, scores: Mapping[str, Score], scenario: str) -> Table:
    """Put several scores on one truth side by side, with the strata of true variants and of false alleles."""
    names = tuple(scores)
    wrong: dict[tuple[str, int, str, str], FalseCall] = {}
    for one in scores.values():
        for false in one.false:
            wrong.setdefault(tuple(false.allele[:4]), false)  # type: ignore[arg-type]
    sets = [{tuple(false.allele[:4]) for false in one.false} for one in scores.values()]
    found = np.array([one.found for one in scores.values()], dtype=np.bool_).reshape(len(names), -1).T
    false_rows = np.array([[key in s for s in sets] for key in wrong], dtype=np.bool_).reshape(len(wrong), len(names))
    true_strata = {
        "scenario": [scenario] * len(truth.somatic),
        "type": [t.allele.type for t in truth.somatic],
        "fraction": [fraction_bin(t.allele.fraction) for t in truth.somatic],
        "context": [t.context for t in truth.somatic],
    }
    false_strata = {
        "scenario": [scenario] * len(wrong),
        "type": [f.allele.type for f in wrong.values()],
        "fraction": [fraction_bin(f.allele.fraction) for f in wrong.values()],
        "context": [f.context for f in wrong.values()],
        "cause": [f.cause for f in wrong.values()],
    }
    return Table(names, found, false_rows, true_strata, false_strata)


def pooled(tables: Sequence[Table]) -> Table:
    """Return the rows of several tables under each other; all have the same call sets."""
    first = tables[0]
    return Table(
        first.names,
        np.concatenate([t.found for t in tables]),
        np.concatenate([t.false for t in tables]),
        {key: [v for t in tables for v in t.true_strata[key]] for key in first.true_strata},
        {key: [v for t in tables for v in t.false_strata[key]] for key in first.false_strata},
    )


def _rates(found: Floats, false: Floats, total: Floats) -> dict[str, Floats]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "recall": found / total,
            "precision": found / (found + false),
            "f1": 2 * found / (found + false + total),
        }


def resampled(table: Table, seed: int = 0, n: int = RESAMPLES) -> dict[str, Floats]:
    """Return recall, precision and F1 of every set in every resample of variants and false alleles.

    All sets share the resample, so that their differences are paired.
    """
    rng = np.random.default_rng([seed, 12])
    hits = rng.poisson(1.0, (n, len(table.found))).astype(np.float64)
    wrong = rng.poisson(1.0, (n, len(table.false))).astype(np.float64)
    return _rates(hits @ table.found, wrong @ table.false, hits.sum(axis=1, keepdims=True))


def _figure(value: float, samples: Floats) -> Figure:
    known = samples[np.isfinite(samples)]
    if not math.isfinite(value) or not len(known):
        return Figure(None, None, None)
    lower, upper = np.percentile(known, INTERVAL)
    return Figure(round(float(value), 4), round(float(lower), 4), round(float(upper), 4))


def figures(table: Table, seed: int = 0) -> dict[str, dict[str, Figure]]:
    """Return recall, precision and F1 of every set with 95 % intervals."""
    n = np.array([float(len(table.found))])
    exact = _rates(table.found.sum(axis=0).astype(float), table.false.sum(axis=0).astype(float), n)
    samples = resampled(table, seed)
    return {
        name: {key: _figure(float(exact[key][i]), samples[key][:, i]) for key in exact}
        for i, name in enumerate(table.names)
    }


def difference(table: Table, name: str, other: str, key: str = "f1", seed: int = 0) -> Figure:
    """Return a figure of one set less that of another, in pairs, with its 95 % interval."""
    n = np.array([float(len(table.found))])
    exact = _rates(table.found.sum(axis=0).astype(float), table.false.sum(axis=0).astype(float), n)[key]
    samples = resampled(table, seed)[key]
    a, b = table.column(name), table.column(other)
    return _figure(float(exact[a] - exact[b]), samples[:, a] - samples[:, b])


def best_of(table: Table, names: Sequence[str]) -> str:
    """Return the set of highest F1; the first of equals."""
    exact = figures(table)
    return max(names, key=lambda name: exact[name]["f1"].value or 0.0)


def controlled(probabilities: Sequence[float], asked: float) -> Bools:
    """Return which calls to keep so that the expected share of false ones is at most ``asked``.

    The most probable first, as long as the mean of one minus the probability stays within what is asked for.
    """
    p = np.array(probabilities, dtype=np.float64)
    order = np.argsort(-p, kind="stable")
    expected = np.cumsum(1 - p[order]) / np.arange(1, len(p) + 1)
    within = np.flatnonzero(expected <= asked)
    kept = np.zeros(len(p), dtype=np.bool_)
    if len(within):
        kept[order[: within[-1] + 1]] = True
    return kept
