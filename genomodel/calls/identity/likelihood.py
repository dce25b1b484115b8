"""How much better the reads of two samples fit one person than two, at places where people differ.

The likelihood of the counts of both samples is summed over their genotypes. Of one person both are the same, but for a
small share of places that mislead (copies of the sequence elsewhere, somatic changes). Of two persons they are drawn
apart, of two siblings partly (a quarter of the places share no parental allele, half of them one, a quarter both). A
tumor may have lost either allele of a heterozygous place, wholly or in part; how many places did is not known and
integrated over. A place that is homozygous for one allele in the normal and for the other in the tumor cannot come by
loss and speaks for two persons; one that is heterozygous in the normal alone says little.

Where no frequencies are known the places are those at which the normal has an alternate allele, and the genotype of
another person there follows from the frequencies of alleles in a population of constant size, whose density falls as
1/p (Fu 1995, doi:10.1006/tpbi.1995.1025).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln, logsumexp

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MISLEADING = 0.005
"""Share of places at which the genotypes of one person are held to differ all the same."""

LOSSES: tuple[tuple[float, float], ...] = tuple(product((0.01, 0.1, 0.3, 0.5, 0.8), (0.05, 0.5, 0.95)))
"""Shares of heterozygous places at which a tumor may have lost an allele, and of those that show nothing of it."""

BALANCED = (30.0, 30.0)
"""Beta of the alternate share of a heterozygous place: a standard deviation of 0.064 around one half."""

IMBALANCED = (1.0, 1.0)
"""The same where a part of the cells lost or gained an allele: anywhere."""

CLEAN = (0.6, 60.0)
"""Beta of the other allele's share at a homozygous place: errors, and foreign molecules of a few percent."""

# Integrals of Hardy-Weinberg genotypes of two persons over 1/p, rows the genotype of the one who carries the allele:
# heterozygous 2p(1-p), homozygous p^2, each times (1-p)^2, 2p(1-p) and p^2 of the other.
_CARRIER: Floats = np.array([[0.0, 0.0, 0.0], [1 / 2, 1 / 3, 1 / 6], [1 / 12, 1 / 6, 1 / 4]])
CARRIER_PAIRS: Floats = _CARRIER / _CARRIER.sum()
"""Genotypes (copies of the allele) of a carrier and of an unrelated person, shape (3, 3)."""


@dataclass(frozen=True)
class PairOdds:
    """Natural logarithms of likelihood ratios, and the number of places they rest on."""

    against_unrelated: float
    against_sibling: float
    n_sites: int

    @property
    def one_person(self) -> float:
        """One person against the better of the two others."""
        return min(self.against_unrelated, self.against_sibling)


def genotype_likelihoods(ref: Ints, alt: Ints, *, loss: float = 0.0, whole: float = 0.5) -> Floats:
    """Return log likelihoods of fragment counts under 0, 1 and 2 copies of the allele.

    Parameters
    ----------
    ref, alt
        Fragments of each allele, shape (sites,).
    loss
        Chance that a heterozygous place is out of balance, as tumors are.
    whole
        Share of those that show nothing of the lesser allele, as in a pure tumor.

    Returns
    -------
    ndarray, shape (sites, 3)
    """
    return _with_loss(_components(ref, alt), loss, whole)


def _components(ref: Ints, alt: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """Return log likelihoods of 0, 1 and 2 copies and of any share at all."""
    return (
        beta_binomial(alt, ref, *CLEAN),
        beta_binomial(ref, alt, *BALANCED),
        beta_binomial(ref, alt, *CLEAN),
        beta_binomial(ref, alt, *IMBALANCED),
    )


def _with_loss(components: tuple[Floats, Floats, Floats, Floats], loss: float, whole: float) -> Floats:
    homozygous_ref, heterozygous, homozygous_alt, anywhere = components
    if loss > 0:
        nothing_left = np.logaddexp(homozygous_ref, homozygous_alt) + np.log(whole / 2)
        lost = np.logaddexp(nothing_left, anywhere + np.log1p(-whole))
        heterozygous = np.logaddexp(np.log1p(-loss) + heterozygous, np.log(loss) + lost)
    return np.stack([homozygous_ref, heterozygous, homozygous_alt], axis=1)


def beta_binomial(hits: Ints, others: Ints, a: float, b: float) -> Floats:
    """Return log likelihoods of hits among hits and others whose share is drawn from a beta, shape (sites,)."""
    n = hits + others
    ways = gammaln(n + 1) - gammaln(hits + 1) - gammaln(others + 1)
    return np.asarray(ways + betaln(hits + a, others + b) - betaln(a, b), dtype=np.float64)


def call_genotypes(ref: Ints, alt: Ints, *, frequency: Floats | None = None) -> tuple[Ints, Ints]:
    """Return the likeliest genotype, 0 to 2 copies or -1 without fragments, and its Phred-scaled quality, at most 99.

    Parameters
    ----------
    ref, alt
        Fragments of each allele, shape (sites,).
    frequency
        Frequencies of the allele; the genotypes are weighed alike where there are none.
    """
    scores = genotype_likelihoods(ref, alt)
    if frequency is not None:
        scores = scores + np.log(hardy_weinberg(frequency))
    scores = scores - logsumexp(scores, axis=1, keepdims=True)
    best = np.argmax(scores, axis=1)
    wrong = np.maximum(-np.expm1(np.take_along_axis(scores, best[:, None], axis=1)[:, 0]), 1e-10)
    quality = np.minimum(np.floor(-10 * np.log10(wrong)), 99).astype(np.int64)
    none = (ref + alt) == 0
    return np.where(none, -1, best).astype(np.int64), np.where(none, 0, quality)


def hardy_weinberg(frequency: Floats) -> Floats:
    """Return the chances of 0, 1 and 2 copies by frequency, shape (sites, 3)."""
    p = np.clip(frequency, 1e-4, 1 - 1e-4)
    return np.stack([(1 - p) ** 2, 2 * p * (1 - p), p**2], axis=1)


def pair_tables(frequency: Floats | None, n_sites: int) -> tuple[Floats, Floats, Floats]:
    """Return the chances of pairs of genotypes for one person, siblings and two persons, each (sites, 3, 3).

    Parameters
    ----------
    frequency
        Of the allele at each place; ``None`` where the places are those at which the first sample carries it.
    n_sites
        Number of places.
    """
    if frequency is None:
        unrelated = np.broadcast_to(CARRIER_PAIRS, (n_sites, 3, 3))
        own = unrelated.sum(axis=2)
    else:
        own = hardy_weinberg(frequency)
        unrelated = own[:, :, None] * own[:, None, :]
    same = (1 - MISLEADING) * own[:, :, None] * np.eye(3) + MISLEADING * unrelated
    one_shared = _one_shared(frequency, n_sites)
    sibling = 0.25 * unrelated + 0.5 * one_shared + 0.25 * own[:, :, None] * np.eye(3)
    sibling = (1 - MISLEADING) * sibling + MISLEADING * unrelated
    return same, sibling, unrelated


def _one_shared(frequency: Floats | None, n_sites: int) -> Floats:
    """Genotypes of two who share one parental allele: it is the one or the other, the rest are drawn apart."""
    if frequency is None:
        # The same integrals over 1/p: (0,.) left out, (1,0) p(1-p)^2, (1,1) p(1-p), (1,2) p^2(1-p), (2,1), (2,2) p^3.
        carrier = np.array([[0.0, 0.0, 0.0], [1 / 3, 1 / 2, 1 / 6], [0.0, 1 / 6, 1 / 3]])
        return np.broadcast_to(carrier / _CARRIER.sum(), (n_sites, 3, 3))
    p = np.clip(frequency, 1e-4, 1 - 1e-4)
    q = 1 - p
    zero = np.zeros_like(p)
    rows = [[q**3, p * q**2, zero], [p * q**2, p * q, p**2 * q], [zero, p**2 * q, p**3]]
    return np.stack([np.stack(row, axis=1) for row in rows], axis=1)


def pair_odds(normal: tuple[Ints, Ints], tumor: tuple[Ints, Ints], *, frequency: Floats | None = None) -> PairOdds:
    """Return how much better the counts of a normal and a tumor fit one person than two.

    Parameters
    ----------
    normal, tumor
        Fragments of reference and alternate allele, shape (sites,) each; the places have to be far enough apart.
    frequency
        Of the alternate allele; ``None`` where the places were chosen because the normal carries it.
    """
    n_sites = len(normal[0])
    if n_sites == 0:
        return PairOdds(0.0, 0.0, 0)
    of_normal = _likelihoods(genotype_likelihoods(*normal))
    components = _components(*tumor)
    of_tumor = np.stack([_likelihoods(_with_loss(components, loss, whole)) for loss, whole in LOSSES])
    totals = [
        np.log(np.einsum("si,sij,lsj->ls", of_normal, table, of_tumor)).sum(axis=1)
        for table in pair_tables(frequency, n_sites)
    ]
    same, sibling, unrelated = (float(logsumexp(total)) for total in totals)
    return PairOdds(same - unrelated, same - sibling, n_sites)


def _likelihoods(logarithms: Floats) -> Floats:
    """Return likelihoods, none so small that the product of two were 0."""
    return np.asarray(np.exp(np.maximum(logarithms, -300.0)), dtype=np.float64)
