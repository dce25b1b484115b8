"""How much of a sample is somebody else's, and how much of the normal is tumor; each with a 95 % interval.

At a place where the person is homozygous a fragment with the other allele is an error or foreign. The foreign person
has two, one or no copies of it, by its frequency or, where that is not known, by that of alleles in a population of
constant size. The rate of errors is that of third alleles at the same places, or up to
sixteen times it where the places with no foreign copy ask for it. The share of foreign fragments is the
most likely one; the interval holds all shares within 1.92 units of log likelihood.

A somatic allele stands in a normal with tumor cells at one share of its fraction in the tumor, the same for all clonal
alleles. It is estimated from the alleles that the tumor has and the normal, for the most part, has not. This is done
before anything is called, since callers drop the very alleles that tell: those that are seen in the normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, logsumexp

from genomodel.calls.identity.likelihood import beta_binomial

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_PLACES = 10
"""Homozygous places that an estimate of contamination needs."""
LEAST_ALLELES = 5
"""Somatic alleles that an estimate of tumor in normal needs."""
PRIOR_ERRORS = (0.25, 500.0)
"""Errors and bases that a sample is held to have shown before it is looked at."""
LEAST_ERROR = 2e-4
MOST_DOUBLINGS = 4
"""How often the rate of errors may be twice what third alleles say, as kinds of errors differ; each costs one unit."""
ODD_PLACES = 0.02
"""Share of places whose other allele has a cause of its own: copies elsewhere, misplaced reads."""
ODD_ALLELES = 0.1
"""Share of the tumor's alleles that are in the normal for another reason."""
UNIT_DROP = 1.92
"""Half of the 95 % quantile of chi-square with one degree of freedom."""
SHARES: Floats = np.concatenate([[0.0], np.geomspace(0.0005, 0.5, 160)])
UNKNOWN_FREQUENCY: Floats = np.array([1 / 2, 1 / 3, 1 / 6])
"""Chances of 0, 1 and 2 copies of the other allele in a person where this one has two of an allele whose frequency is
not known: p^2, 2p(1-p) and (1-p)^2 averaged with the weight p that finding it twice gives."""

LEAST_FOR_TWO = 30
"""Independent places from which a second person is told without a choice of homozygous places."""
LOG_ODDS_OF_TWO = float(np.log(1000))
"""Log odds of two persons in a sample against one from which it is said to be mixed."""
LEAST_SECOND = 0.2
"""Share from which this is said: less is measured better, and told apart from loss in a tumor, where the sample is
homozygous."""
LEAST_CARRIED = 0.15
"""Expected share of an allele below which the reads themselves do not show it as one that may be inherited."""
SPREAD = 60.0
"""Sum of the parameters of the beta of an allele's share, as at heterozygous places when samples are compared."""
CLEAN_MEAN = 0.005
"""Share of the other allele at a homozygous place."""
EITHER_CARRIES: Floats = np.array([[0.0, 1 / 2, 1 / 12], [1 / 2, 1 / 3, 1 / 6], [1 / 12, 1 / 6, 1 / 4]])
"""Weights of the genotypes of two persons of whom one at least carries the allele, integrated over a density of 1/p."""


@dataclass(frozen=True)
class Share:
    """An estimate with its 95 % interval and the places that it rests on."""

    estimate: float
    low: float
    high: float
    n_places: int


def estimate_contamination(own: Ints, other: Ints, third: Ints, other_frequency: Floats | None = None) -> Share | None:
    """Estimate the share of foreign fragments at homozygous places.

    Parameters
    ----------
    own, other, third
        Fragments of the homozygous allele, of the other one and of the two others, shape (sites,).
    other_frequency
        Population frequency of the other allele; ``None`` where it is not known.

    Returns
    -------
    Share or None
        ``None`` with fewer than :data:`LEAST_PLACES`.
    """
    depth = own + other
    if len(depth) < LEAST_PLACES:
        return None
    error = max((third.sum() / 2 + PRIOR_ERRORS[0]) / (depth.sum() + PRIOR_ERRORS[1]), LEAST_ERROR)
    if other_frequency is None:
        copies = np.broadcast_to(UNKNOWN_FREQUENCY, (len(depth), 3))
    else:
        p = np.clip(other_frequency, 1e-4, 1 - 1e-4)
        copies = np.stack([(1 - p) ** 2, 2 * p * (1 - p), p**2], axis=1)
    hits, misses = other[:, None, None], own[:, None, None]
    odd = betaln(other + 0.5, own + 5.0) - betaln(0.5, 5.0)
    profile = np.full(len(SHARES), -np.inf)
    for doublings in (0, 2, MOST_DOUBLINGS):
        rates = np.clip(SHARES[None, :, None] * np.array([0.0, 0.5, 1.0]) + error * 2**doublings, 1e-6, 0.999)
        told = logsumexp(hits * np.log(rates) + misses * np.log1p(-rates), b=copies[:, None, :], axis=2)
        mixed = np.logaddexp(told + np.log1p(-ODD_PLACES), odd[:, None] + np.log(ODD_PLACES))
        profile = np.maximum(profile, mixed.sum(axis=0) - doublings)
    return _with_interval(profile, len(depth))


def estimate_tumor_in_normal(tumor: tuple[Ints, Ints], normal: tuple[Ints, Ints], third: Ints) -> Share | None:
    """Estimate the fraction of the tumor's alleles in the normal, as a share of that in the tumor.

    Parameters
    ----------
    tumor, normal
        Fragments without and with the allele, shape (alleles,) each.
    third
        Fragments of the normal with neither, shape (alleles,).

    Returns
    -------
    Share or None
        ``None`` with fewer than :data:`LEAST_ALLELES`.
    """
    n_alleles = len(tumor[0])
    if n_alleles < LEAST_ALLELES:
        return None
    fraction = tumor[1] / np.maximum(tumor[0] + tumor[1], 1)
    error = (third.sum() / 2 + PRIOR_ERRORS[0]) / (normal[0].sum() + normal[1].sum() + PRIOR_ERRORS[1])
    rates = np.clip(SHARES[None, :] * fraction[:, None] + error, 1e-6, 0.999)
    without, carrying = normal[0][:, None], normal[1][:, None]
    told = carrying * np.log(rates) + without * np.log1p(-rates)
    odd = betaln(normal[1] + 0.5, normal[0] + 5.0) - betaln(0.5, 5.0)
    mixed = np.logaddexp(told + np.log1p(-ODD_ALLELES), odd[:, None] + np.log(ODD_ALLELES))
    return _with_interval(mixed.sum(axis=0), n_alleles)


def estimate_second_person(
    ref: Ints, alt: Ints, frequency: Floats | None = None, *, losses: bool = False
) -> Share | None:
    """Estimate the share of a second person from all places, the homozygous ones not singled out.

    A sample that is a third or more somebody else's is homozygous only where both persons are, so that places chosen by
    its own genotypes hide them. Here the genotypes of both are summed over at each place.

    Parameters
    ----------
    ref, alt
        Fragments of each allele at independent autosomal places, shape (sites,). Where no frequencies are known these
        are places of which a fifth or more carries the alternate allele.
    frequency
        Population frequency of the alternate allele.
    losses
        Whether heterozygous places may be out of balance at any share of them, as in a tumor.

    Returns
    -------
    Share or None
        ``None`` where one person explains the counts, a second one has less than :data:`LEAST_SECOND`, or there
        are fewer than :data:`LEAST_FOR_TWO` places.
    """
    if len(ref) < LEAST_FOR_TWO:
        return None
    anything = beta_binomial(alt, ref, 1.0, 1.0)
    one = max(
        float(_of_persons(ref, alt, frequency, 0.0, anything, lost).sum())
        for lost in ((0.0, 0.3, 0.6, 0.9) if losses else (0.0,))
    )
    shares = np.arange(0.05, 0.51, 0.01)
    profile = np.array([_of_persons(ref, alt, frequency, float(s), anything, 0.0).sum() for s in shares])
    best = int(np.argmax(profile))
    if profile[best] - one < LOG_ODDS_OF_TWO or shares[best] < LEAST_SECOND:
        return None
    inside = shares[profile >= profile[best] - UNIT_DROP]
    return Share(float(shares[best]), float(inside[0]), float(inside[-1]), len(ref))


def _of_persons(ref: Ints, alt: Ints, frequency: Floats | None, share: float, anything: Floats, lost: float) -> Floats:
    """Return log likelihoods of the counts where a share is a second person's, shape (sites,)."""
    terms = []
    total = 0.0
    for own, other in product(range(3), range(3)):
        expected = ((1 - share) * own + share * other) / 2
        if frequency is None:
            if expected < LEAST_CARRIED:
                continue
            prior: Floats | float = float(EITHER_CARRIES[own, other])
            total += float(EITHER_CARRIES[own, other])
        else:
            p = np.clip(frequency, 1e-3, 1 - 1e-3)
            one, two = (comb(2, g) * p**g * (1 - p) ** (2 - g) for g in (own, other))
            prior = one * two
        mean = min(max(expected, CLEAN_MEAN), 1 - CLEAN_MEAN)
        told = beta_binomial(alt, ref, SPREAD * mean, SPREAD * (1 - mean))
        if lost and own == 1:
            told = np.logaddexp(told + np.log1p(-lost), anything + np.log(lost))
        terms.append(told + np.log(prior))
    found = np.asarray(logsumexp(np.stack(terms), axis=0)) - (np.log(total) if frequency is None else 0.0)
    return np.asarray(np.logaddexp(found + np.log1p(-ODD_PLACES), anything + np.log(ODD_PLACES)), dtype=np.float64)


def _with_interval(log_likelihood: Floats, n_places: int) -> Share:
    best = int(np.argmax(log_likelihood))
    inside = np.flatnonzero(log_likelihood >= log_likelihood[best] - UNIT_DROP)
    low, high = int(inside[0]), min(int(inside[-1]) + 1, len(SHARES) - 1)
    return Share(float(SHARES[best]), float(SHARES[max(low - 1, 0)]), float(SHARES[high]), n_places)
