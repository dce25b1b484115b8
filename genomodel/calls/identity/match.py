"""Samples of different patients that are of one person, over a whole cohort.

Every pair of samples of two patients is compared by how much better their genotypes fit one person than two, or two
siblings. The sum over sites is nine products of matrices for each of the three kinds of pairs (of normals, of tumors,
of both), so that thousands of samples take seconds. Where no frequencies are given they are those of the cohort itself,
the samples at hand among them, which makes a match seem less surprising than it is and never more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from genomodel.calls.identity.genotypes import PatientGenotypes
from genomodel.calls.identity.likelihood import pair_tables
from genomodel.calls.identity.sites import SPACING
from genomodel.calls.identity.survey import Place
from genomodel.core.identity import CohortMatches, IdentityThresholds, SampleMatch

if TYPE_CHECKING:
    import allel

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Genotypes = npt.NDArray[np.int8]

MOST_SITES = 2_000
"""Sites that a cohort is compared at: those with a genotype in most samples."""
FALSE_MATCHES = 1e-3
"""False matches that are expected in a whole cohort, at most."""
MISCALLED = 0.002
"""Share of sites at which a genotype of good quality is another one."""
LOST = {"normal": 0.005, "tumor": 0.3}
"""Share of heterozygous sites that look homozygous."""
ONE_PERSON = "one person under two ids"
SWAPPED = "samples swapped between patients"
BLOCK = 500
Z_FOUND = 1.645
"""Standard deviations that 95 of 100 pairs stay above."""


@dataclass(frozen=True)
class CohortGenotypes:
    """Genotypes of all samples at the same sites."""

    samples: tuple[tuple[str, str], ...]
    """Patient and type, in the order of the columns."""
    genotypes: Genotypes
    """Copies of the alternate allele, -1 where not known, shape (sites, samples)."""
    frequency: Floats
    """Shape (sites,)."""


def gather(patients: Mapping[str, PatientGenotypes]) -> CohortGenotypes:
    """Put the genotypes of all patients on the same sites.

    A site that a patient's table does not name is the reference's there where the table says that it was covered.
    """
    samples = tuple((patient, kind) for patient, found in patients.items() for kind in found.genotypes)
    places = sorted({place for found in patients.values() for place in found.places})
    row_of = {place: row for row, place in enumerate(places)}
    matrix = np.full((len(places), len(samples)), -1, dtype=np.int8)
    stated = np.full(len(places), np.nan)
    starts = _by_contig(places)
    column = 0
    for found in patients.values():
        rows = np.array([row_of[place] for place in found.places], dtype=np.int64)
        covered = _covered_rows(found, starts)
        if len(rows):
            stated[rows] = np.where(np.isnan(found.frequency), stated[rows], found.frequency)
        for genotypes in found.genotypes.values():
            matrix[covered, column] = 0
            matrix[rows, column] = genotypes
            column += 1
    alleles = _alleles(matrix)
    # The genotype of the sample itself and half a copy on both sides keep a rare allele from proving too much.
    counts = alleles.count_alleles(max_allele=1)
    seen = (counts[:, 1] + 0.5) / (counts.sum(axis=1) + 1.0)
    kept = _chosen(places, np.asarray(alleles.is_called().sum(axis=1)), np.asarray(alleles.count_alleles(max_allele=1)))
    frequency = np.where(np.isnan(stated), seen, stated)
    return CohortGenotypes(samples, matrix[kept], frequency[kept])


def _alleles(matrix: Genotypes) -> allel.GenotypeArray:
    """Return copies of the alternate allele as pairs of alleles, -1 where not known."""
    import allel  # noqa: PLC0415  slow to import, and few runs come here

    first = np.where(matrix < 0, -1, matrix == 2)
    second = np.where(matrix < 0, -1, matrix >= 1)
    return allel.GenotypeArray(np.stack([first, second], axis=2).astype("i1"))


def _by_contig(places: Sequence[Place]) -> dict[str, tuple[npt.NDArray[np.int64], int]]:
    """Return positions of each contig and the row that they begin at."""
    found: dict[str, tuple[npt.NDArray[np.int64], int]] = {}
    names = [place.chrom for place in places]
    for name in dict.fromkeys(names):
        first = names.index(name)
        found[name] = (np.array([p.pos for p in places[first : first + names.count(name)]], dtype=np.int64), first)
    return found


def _covered_rows(
    found: PatientGenotypes, by_contig: Mapping[str, tuple[npt.NDArray[np.int64], int]]
) -> npt.NDArray[np.int64]:
    rows = [np.empty(0, dtype=np.int64)]
    for name, start, end in found.covered or ():
        if name in by_contig:
            positions, first = by_contig[name]
            low, high = np.searchsorted(positions, [start, end])
            rows.append(np.arange(first + low, first + high))
    return np.concatenate(rows)


def _chosen(
    places: Sequence[Place], called: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the sites with the most genotypes, the more even first among equals, no two within a spacing."""
    minor = np.minimum(counts[:, 0], counts[:, 1])
    order = np.lexsort((np.arange(len(places)), -minor, -called))
    taken: dict[tuple[str, int], list[int]] = {}
    kept: list[int] = []
    for row in order:
        place = places[row]
        bin_ = place.pos // SPACING
        near = [pos for step in (-1, 0, 1) for pos in taken.get((place.chrom, bin_ + step), ())]
        if minor[row] > 0 and all(abs(place.pos - pos) >= SPACING for pos in near):
            taken.setdefault((place.chrom, bin_), []).append(place.pos)
            kept.append(int(row))
        if len(kept) == MOST_SITES:
            break
    return np.array(sorted(kept), dtype=np.int64)


def _observed(tables: Floats, one: str, two: str) -> Floats:
    """Turn chances of true genotypes into those of observed ones, shape (sites, 3, 3)."""

    def seen(kind: str) -> Floats:
        lost, wrong = LOST[kind], MISCALLED
        right, near, far = 1 - wrong, 0.9 * wrong, 0.1 * wrong
        return np.array([[right, near, far], [lost / 2, 1 - lost, lost / 2], [far, near, right]])

    return np.asarray(np.einsum("ai,sab,bj->sij", seen(one), tables, seen(two)), dtype=np.float64)


def _log_odds(frequency: Floats, one: str, two: str) -> tuple[Floats32, Floats32]:
    """Return log likelihood ratios of one person against two and against siblings, shape (sites, 3, 3) each."""
    same, sibling, unrelated = (np.log(_observed(table, one, two)) for table in pair_tables(frequency, len(frequency)))
    return (same - unrelated).astype(np.float32), (same - sibling).astype(np.float32)


def _reach(cohort: CohortGenotypes, one: npt.NDArray[np.int64], two: npt.NDArray[np.int64]) -> Floats:
    """Return the log odds that 95 of 100 pairs of one person would exceed, shape (group one, group two).

    The sum over shared sites is taken as normal, with mean and variance of each site's odds when both are one person's.
    """
    kinds = cohort.samples[one[0]][1], cohort.samples[two[0]][1]
    same = _observed(pair_tables(cohort.frequency, len(cohort.frequency))[0], *kinds)
    same = same / same.sum(axis=(1, 2), keepdims=True)
    first, second = ((cohort.genotypes[:, group] >= 0).astype(np.float64) for group in (one, two))
    reached = []
    for odds in _log_odds(cohort.frequency, *kinds):
        mean = (same * odds).sum(axis=(1, 2))
        variance = (same * odds**2).sum(axis=(1, 2)) - mean**2
        spread = np.sqrt((first * variance[:, None]).T @ second)
        reached.append((first * mean[:, None]).T @ second - Z_FOUND * spread)
    return np.asarray(np.minimum(*reached), dtype=np.float64)


@dataclass(frozen=True)
class _Scores:
    against_unrelated: Floats32
    against_sibling: Floats32
    n_sites: Floats32
    agreeing: Floats32


def _compare(cohort: CohortGenotypes, one: npt.NDArray[np.int64], two: npt.NDArray[np.int64]) -> _Scores:
    """Return sums over sites of all pairs of two groups of samples, shape (group one, group two) each."""
    kind_one, kind_two = cohort.samples[one[0]][1], cohort.samples[two[0]][1]
    unrelated, sibling = _log_odds(cohort.frequency, kind_one, kind_two)
    rows = [(cohort.genotypes[:, one] == g).astype(np.float32) for g in range(3)]
    columns = [(cohort.genotypes[:, two] == g).astype(np.float32) for g in range(3)]
    shape = (len(one), len(two))
    scores = _Scores(*(np.zeros(shape, dtype=np.float32) for _ in range(4)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            scores.against_unrelated[...] += (row * unrelated[:, i, j, None]).T @ column
            scores.against_sibling[...] += (row * sibling[:, i, j, None]).T @ column
            both = row.T @ column
            scores.n_sites[...] += both
            if i == j:
                scores.agreeing[...] += both
    return scores


def match_samples(
    patients: Mapping[str, PatientGenotypes], thresholds: IdentityThresholds | None = None
) -> CohortMatches:
    """Find samples of different patients that are of one person.

    Parameters
    ----------
    patients
        Genotypes by patient id.
    thresholds
        How many shared sites are needed.

    Returns
    -------
    CohortMatches
        Sorted by the ids.
    """
    least = (thresholds or IdentityThresholds()).min_sites
    cohort = gather(patients)
    n_pairs = max(len(cohort.samples) * (len(cohort.samples) - 1) // 2, 1)
    log_least = math.log(n_pairs / FALSE_MATCHES)
    found: list[tuple[int, int, _Scores, int, int]] = []
    rank = {patient: i for i, patient in enumerate(patients)}
    of_patient = np.array([rank[patient] for patient, _ in cohort.samples], dtype=np.int64)
    comparable = np.zeros((len(patients), len(patients)), dtype=np.bool_)
    groups = {kind: [i for i, (_, k) in enumerate(cohort.samples) if k == kind] for kind in ("normal", "tumor")}
    for one, two in (("normal", "normal"), ("normal", "tumor"), ("tumor", "tumor")):
        for start in range(0, len(groups[one]), BLOCK):
            rows = np.array(groups[one][start : start + BLOCK], dtype=np.int64)
            others = groups[two][start if one == two else 0 :]
            if not others:
                continue
            columns = np.array(others, dtype=np.int64)
            scores = _compare(cohort, rows, columns)
            log_odds = np.minimum(scores.against_unrelated, scores.against_sibling)
            able = (_reach(cohort, rows, columns) >= log_least) & (scores.n_sites >= least)
            comparable[np.ix_(of_patient[rows], of_patient[columns])] |= able
            enough = (log_odds >= log_least) & (scores.n_sites >= least)
            for r, c in zip(*np.nonzero(enough), strict=True):
                a, b = int(rows[r]), int(columns[c])
                apart = cohort.samples[a][0] != cohort.samples[b][0]
                if apart and (one != two or a < b):
                    found.append((a, b, scores, int(r), int(c)))
    matches = [_match(cohort, item, _own_fit(cohort)) for item in found] if found else []
    matches.sort(key=lambda m: (m.patient, m.type, m.other_patient, m.other_type))
    threshold = (
        f"at least {least} shared sites, and odds of one person that leave fewer than {FALSE_MATCHES:g} false matches "
        "in the whole cohort, against unrelated persons and siblings alike"
    )
    comparable |= comparable.T
    np.fill_diagonal(comparable, False)
    counted = {patient: int(n) for patient, n in zip(patients, comparable.sum(axis=1), strict=True)}
    return CohortMatches(threshold=threshold, matches=tuple(matches), comparable=counted)


def _own_fit(cohort: CohortGenotypes) -> dict[str, float]:
    """Return, for each patient with tumor and normal, the log odds that they are of one person."""
    column = {sample: i for i, sample in enumerate(cohort.samples)}
    fits = {}
    for patient, kind in cohort.samples:
        if kind == "normal" and (patient, "tumor") in column:
            pair = (np.array([column[patient, "normal"]]), np.array([column[patient, "tumor"]]))
            fits[patient] = float(_compare(cohort, *pair).against_unrelated[0, 0])
    return fits


def _match(
    cohort: CohortGenotypes, item: tuple[int, int, _Scores, int, int], own_fit: Mapping[str, float]
) -> SampleMatch:
    a, b, scores, row, column = item
    (patient, kind), (other, other_kind) = cohort.samples[a], cohort.samples[b]
    misfit = any(own_fit.get(name, 0.0) < 0 for name in (patient, other))
    n_sites = int(scores.n_sites[row, column])
    return SampleMatch(
        patient=patient,
        type=kind,
        other_patient=other,
        other_type=other_kind,
        n_sites=n_sites,
        agreement=round(float(scores.agreeing[row, column]) / n_sites, 4),
        log_odds=round(float(min(scores.against_unrelated[row, column], scores.against_sibling[row, column])), 1),
        kind=SWAPPED if misfit else ONE_PERSON,
    )
