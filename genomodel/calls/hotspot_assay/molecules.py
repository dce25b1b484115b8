"""Limits where the fragments may be copies of few molecules, as those of amplicons without identifiers are.

A variant that none of the amplified molecules carries is in no fragment, however many there are. Of ``m`` molecules
``x`` carry it, a binomial count; the fragments then show it at the fraction ``x / m``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

from genomodel.calls.hotspot_assay.limits import CONFIDENCE, SPENT, Floats, Rates, as_few, rate_nodes
from genomodel.core.loci import HotspotAssay, LocusAnswer

HAPLOID_PG = 3.3
"""Mass of a haploid human genome, rounded up: a diploid nucleus has 6.41 pg in men and 6.51 pg in women (Piovesan et
al. 2019, doi:10.1186/s13104-019-4137-z)."""
MOST_MOLECULES = 20_000
"""Molecules beyond which no number of them is asked for."""
GRID, EVERY = 240, 32
"""Numbers of carrying molecules at which the chance to miss them is worked out, and up to which each one is."""
HALVINGS = 20


@dataclass(frozen=True)
class DnaInput:
    """What of the tumor's DNA went into the library.

    Attributes
    ----------
    molecules
        Copies of the haploid genome.
    amplifiable
        Whether that many could be amplified, as by quantitative or digital PCR; a mass tells how many at most.
    """

    molecules: int
    amplifiable: bool

    @classmethod
    def of_mass(cls, nanograms: float) -> DnaInput:
        """Return the copies of the genome in a mass of DNA."""
        return cls(int(nanograms * 1000 / HAPLOID_PG), amplifiable=False)

    @property
    def words(self) -> str:
        """How many there were, for a reader."""
        noun = "molecule" if self.molecules == 1 else "molecules"
        return f"{'' if self.amplifiable else 'at most '}{self.molecules:,} {noun}"


def molecules_needed(limit: float) -> int:
    """Return the fewest molecules of which none carries a variant of this fraction with a probability of 5 %."""
    spent = 1 - CONFIDENCE
    if limit >= CONFIDENCE:
        return 1
    return math.ceil(math.log(spent) / math.log1p(-limit) - 1e-9)


@cache
def molecules_for(limit: float, fraction: float) -> int | None:
    """Return how many molecules make sure that a variant is not missed, ``None`` where no sensible number does.

    Parameters
    ----------
    limit
        What the fragments exclude if all are of different molecules.
    fraction
        Allele fraction that is to be excluded; above ``limit``.
    """
    if limit >= fraction:
        return None
    low, high = molecules_needed(fraction) - 1, molecules_needed(fraction)
    while _missed(high, limit, fraction) > 1 - CONFIDENCE:
        low, high = high, 2 * high
        if low > MOST_MOLECULES:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = _missed(middle, limit, fraction) <= 1 - CONFIDENCE
        low, high = (low, middle) if enough else (middle, high)
    return high


def adequate_from(answer: LocusAnswer, purity: float | None) -> int | None:
    """Return how many molecules make a negative adequate that is one if there were enough; ``None`` for all others."""
    if purity is None or answer.molecules_needed is None or answer.excluded_above is None:
        return None
    return molecules_for(answer.excluded_above, purity / 2)


def with_purity(assay: HotspotAssay, purity: float | None) -> HotspotAssay:
    """Return answers with the molecules from which they are adequate negatives at a purity, where that is not known."""
    answers = tuple(
        answer.model_copy(update={"adequate_from_molecules": adequate_from(answer, purity)}) for answer in assay.answers
    )
    return assay.model_copy(update={"purity": purity, "answers": answers})


def _missed(molecules: int, limit: float, fraction: float) -> float:
    """Return the most that the probability can be of missing a fraction, knowing of the fragments their limit alone.

    Where the molecules have less than the limit the variant is held for missed. Above, the probability falls about as
    fast as from 1 at no molecule to 5 % at the limit or faster, for the logarithm of a binomial tail is concave.
    """
    chances = _chances(np.arange(molecules + 2, dtype=np.float64), molecules, fraction)
    times = np.arange(molecules + 1) / (molecules * limit)
    return float((chances * np.where(times < 1, 1.0, (1 - CONFIDENCE) ** np.maximum(times, 1.0))).sum())


def _chances(steps: Floats, molecules: int, fraction: float) -> Floats:
    """Return the probabilities of as many carrying molecules as lie from each step to the next."""
    below = special.bdtr(np.asarray(steps[1:], dtype=float) - 1, molecules, fraction)
    return np.asarray(np.diff(below, prepend=0.0), dtype=np.float64)


def excluded_by_copies(alt: Floats, depth: Floats, rates: Rates, molecules: Floats) -> Floats:
    """Return the allele fractions that are excluded where the fragments are copies of so many molecules.

    As :func:`genomodel.calls.hotspot_assay.limits.excluded_above`, with the chance added that too few of the molecules
    carry the variant. It is that limit where molecules are many, and that of the molecules where fragments are.

    Parameters
    ----------
    alt, depth
        Fragments with each allele and fragments in all, shape (alleles,).
    rates
        Errors of each allele.
    molecules
        Molecules of which the fragments are copies, at least 1; shape (alleles,).
    """
    nodes = rate_nodes(rates)
    found = []
    for i, (k, n, m) in enumerate(zip(alt, depth, molecules, strict=True)):
        steps = _steps(int(m))
        share = steps[:-1] / m
        rows = np.full(len(share), i)
        none = (1 - share * (1 - rates.lost[i])) ** n
        missed = none
        if k > 0:
            few = as_few(np.full(len(share), k), np.full(len(share), n), share, rates.take(rows), nodes[rows])
            missed = np.maximum(none, few)
        # The part of 5 % that is kept for the rates being estimates is left out where nothing could be seen anyway.
        missed = np.minimum(1.0, missed * (1 - CONFIDENCE) / SPENT)
        missed[0] = 1.0
        found.append(1.0 if k >= n else _solved(steps, int(m), missed))
    return np.array(found, dtype=np.float64)


def _steps(molecules: int) -> Floats:
    """Return numbers of carrying molecules, all small ones and ever fewer of the larger, and one beyond the last."""
    small = np.arange(min(molecules, EVERY) + 1)
    large = np.geomspace(EVERY, molecules, GRID) if molecules > EVERY else np.zeros(0)
    return np.unique(np.concatenate([small, large.astype(int), [molecules + 1]])).astype(np.float64)


def _solved(steps: Floats, molecules: int, missed: Floats) -> float:
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        likely = float((_chances(steps, molecules, middle) * missed).sum()) > 1 - CONFIDENCE
        low, high = (middle, high) if likely else (low, middle)
    return high
