"""Allelic imbalance of segments, and loss of heterozygosity, from heterozygous germline sites.

The share ``f`` of the lesser allele in the DNA of a segment is 0.5 where both parental alleles are there alike. On
which of the two a site's alternate base lies is unknown, so that a site is as likely to show ``f`` as ``1 - f``: the
share is the one that makes the counts of all sites of the segment likeliest, which unlike the mean of mirrored
fractions is not pulled below 0.5 by chance. Counts are beta-binomial. Reads of the reference allele align better; how
much, each site's own fraction in the normal says, drawn towards that of all sites where its depth is small.

A segment of one depth may hold parts of different imbalance (copy-neutral loss changes no depth): it is cut where two
shares explain the counts better than one, by more than the choice of the cut explains.

In a tumor of purity ``p`` with ``T`` copies in the mixture the lesser allele has ``(f T - (1 - p)) / p`` copies in each
tumor cell. Below half a copy, with all of its interval, it is lost; above, it is there; between, and with few sites,
nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln

from genomodel.core.copy_number import DISAGREEMENT_MARGIN, Bin, HetSite, PurityPloidy, Segment

Floats = npt.NDArray[np.float64]

SHARES: Floats = np.linspace(0.0, 0.5, 101)
"""Shares of the lesser allele at which counts are weighed."""
MIN_SITES = 5
"""Sites of a segment below which nothing is said of its alleles."""
CUT_SITES = 8
"""Sites on either side of a cut."""
CUT_GAIN = 7.0
"""Natural-log likelihood by which two shares must explain a segment better than one, plus that of the number of
places to cut: one in a thousand of balanced segments is cut."""
OVERDISPERSION = 1 / 400
"""Spread of the fraction between sites beyond chance and the site's own preference."""
PRIOR_FRAGMENTS = 60
"""Weight of the preference of all sites against a site's own counts in the normal."""
BAD_SITE = 0.02
"""Share of sites that are no plain heterozygous ones: mapping artifacts, copy-number variants of the germline."""
SUPPORT = 1.92
"""Fall of the log-likelihood at the ends of a 95 % interval (half of the chi-square quantile 3.84)."""
LOST_COPIES = 0.5
SITES_STAY = 0.8
"""Purity up to which a tumor alone shows the lost allele of a polymorphism, beside two copies of the other, at a tenth:
twice of what it takes for heterozygous there."""
NO_GAIN_LOG2, NO_GAIN_SHARE = 0.1, 0.2
"""Without purity a loss is told only where depth is no higher than the genome's and the share lies below what any
gain of up to four to one leaves."""


@dataclass(frozen=True)
class _Sites:
    """Sites of one contig in order, and what each makes of every share."""

    positions: npt.NDArray[np.int64]
    support: Floats
    """Log-likelihood, shape (sites, shares)."""


def site_support(sites: Sequence[HetSite]) -> Floats:
    """Return the log-likelihood of each site's counts at every share of :data:`SHARES`.

    Parameters
    ----------
    sites
        Heterozygous sites.

    Returns
    -------
    numpy.ndarray
        Shape (sites, shares).
    """
    if not sites:
        return np.zeros((0, len(SHARES)))
    alt = np.array([site.tumor_alt for site in sites], dtype=float)[:, None]
    depth = alt + np.array([site.tumor_ref for site in sites], dtype=float)[:, None]
    known = np.array([(site.normal_ref or 0, site.normal_alt or 0) for site in sites], dtype=float)
    total = known.sum()
    common = float(known[:, 1].sum() / total) if total else 0.5
    own = known.sum(axis=1)
    preference = ((known[:, 1] + PRIOR_FRAGMENTS * common) / (own + PRIOR_FRAGMENTS))[:, None]
    spread = OVERDISPERSION + 1 / (own + PRIOR_FRAGMENTS)[:, None]
    ways = []
    for share in (SHARES[None, :], 1 - SHARES[None, :]):
        seen = share * preference / (share * preference + (1 - share) * (1 - preference))
        seen = np.clip(seen, 0.002, 0.998)
        ways.append(_beta_binomial(alt, depth, seen, 1 / spread))
    both = np.logaddexp(*ways) + math.log(0.5)
    bad = math.log(BAD_SITE) - np.log(depth + 1)
    return np.asarray(np.logaddexp(both + math.log(1 - BAD_SITE), bad))


def _beta_binomial(alt: Floats, depth: Floats, mean: Floats, size: Floats) -> Floats:
    a, b = mean * size, (1 - mean) * size
    ways = gammaln(depth + 1) - gammaln(alt + 1) - gammaln(depth - alt + 1)
    return np.asarray(ways + betaln(alt + a, depth - alt + b) - betaln(a, b))


def allelic_segments(
    segments: Sequence[Segment], sites: Sequence[HetSite], bins: Sequence[Bin] = ()
) -> tuple[Segment, ...]:
    """Fill the share of the lesser allele and the number of sites, cutting segments where the share changes.

    Parameters
    ----------
    segments
        Of one depth each.
    sites
        Heterozygous sites, in any order.
    bins
        Bins that the segments were made of: the parts of a cut segment get the mean of theirs. Without them they keep
        the log2 ratio of the whole and a part of its bins by length.

    Returns
    -------
    tuple of Segment
        ``minor_fraction`` is ``None`` and ``n_sites`` a number where there are fewer than five sites.
    """
    by_contig = {chrom: _by_place([s for s in sites if s.chrom == chrom]) for chrom in {s.chrom for s in sites}}
    found: list[Segment] = []
    for segment in segments:
        inside = _inside(by_contig.get(segment.chrom), segment)
        parts = _cut(segment, inside, bins) if len(inside.positions) >= 2 * CUT_SITES else [segment]
        for part in parts:
            support = _inside(inside, part).support
            share = float(SHARES[support.sum(axis=0).argmax()]) if len(support) >= MIN_SITES else None
            found.append(part.model_copy(update={"minor_fraction": share, "n_sites": len(support)}))
    return tuple(found)


def _by_place(sites: Sequence[HetSite]) -> _Sites:
    ordered = sorted(sites, key=lambda site: site.pos)
    return _Sites(np.array([site.pos for site in ordered], dtype=np.int64), site_support(ordered))


def _inside(sites: _Sites | None, segment: Segment) -> _Sites:
    if sites is None:
        return _Sites(np.array([], dtype=np.int64), np.zeros((0, len(SHARES))))
    first, last = np.searchsorted(sites.positions, [segment.start, segment.end + 1])
    return _Sites(sites.positions[first:last], sites.support[first:last])


def _cut(segment: Segment, sites: _Sites, bins: Sequence[Bin]) -> list[Segment]:
    """Cut a segment at the place that gains most, then its parts, until none gains enough."""
    total = np.cumsum(sites.support, axis=0)
    n = len(total)
    if n < 2 * CUT_SITES:
        return [segment]
    places = np.arange(CUT_SITES, n - CUT_SITES + 1)
    left = total[places - 1]
    gains = left.max(axis=1) + (total[-1] - left).max(axis=1) - total[-1].max()
    best = int(gains.argmax())
    if gains[best] < CUT_GAIN + math.log(len(places)):
        return [segment]
    at = int(places[best])
    border = int(sites.positions[at - 1] + sites.positions[at]) // 2
    ends = ((segment.start, border), (border + 1, segment.end))
    parts: list[Segment] = []
    for start, end in ends:
        part = _part(segment, start, end, bins)
        parts += _cut(part, _inside(sites, part), bins)
    return parts


def _part(segment: Segment, start: int, end: int, bins: Sequence[Bin]) -> Segment:
    inside = [bin_ for bin_ in bins if bin_.chrom == segment.chrom and bin_.start <= end and start <= bin_.end]
    weight = sum(bin_.weight for bin_ in inside)
    update: dict[str, object] = {"start": start, "end": end}
    if inside and weight > 0:
        update |= {"n_bins": len(inside), "log2_ratio": sum(b.log2 * b.weight for b in inside) / weight}
    elif segment.n_bins is not None:
        share = (end - start + 1) / (segment.end - segment.start + 1)
        update["n_bins"] = max(1, round(segment.n_bins * share))
    return segment.model_copy(update=update)


def share_interval(support: Floats) -> tuple[float, float]:
    """Return the 95 % interval of the share of the lesser allele from the summed support, shape (shares,)."""
    kept = SHARES[support >= support.max() - SUPPORT]
    return float(kept.min()), float(kept.max())


def with_copies(
    segments: Sequence[Segment], sites: Sequence[HetSite], purity: PurityPloidy | None
) -> tuple[Segment, ...]:
    """Fill copies, copies of the lesser allele of each tumor cell, and whether that allele is lost.

    Parameters
    ----------
    segments
        As :func:`allelic_segments` gives them.
    sites
        The heterozygous sites.
    purity
        In force, if any. Without a purity, or without a diploid level, there are no copies; a loss is told where it
        is plain, and that there is none never, nor while the purity is in dispute: at a low one a lost allele hardly
        shows. Nor is it of a tumor alone of high purity, in which the sites of a lost allele do not look heterozygous
        and the segment is told by its others.
    """
    by_contig = {chrom: _by_place([s for s in sites if s.chrom == chrom]) for chrom in {s.chrom for s in sites}}
    without_normal = any(site.normal_ref is None for site in sites)
    vanish = without_normal and purity is not None and _purity_ends(purity)[1] > SITES_STAY
    filled = []
    for segment in segments:
        inside = _inside(by_contig.get(segment.chrom), segment)
        lost = _lost(segment, inside.support, purity)
        update: dict[str, object] = {"loh": None if lost is False and vanish else lost}
        if purity is not None and purity.purity is not None and purity.diploid_log2 is not None:
            p = purity.purity
            mixture = 2.0 * math.exp2(segment.log2_ratio - purity.diploid_log2)
            copies = max(0.0, (mixture - 2.0 * (1.0 - p)) / p)
            update["copies"] = copies
            if segment.minor_fraction is not None:
                minor = max(0.0, (segment.minor_fraction * mixture - (1.0 - p)) / p)
                update["minor_copies"] = min(copies / 2, minor)
        filled.append(segment.model_copy(update=update))
    return tuple(filled)


def gene_loh(place: tuple[str, int, int], segments: Sequence[Segment]) -> bool | None:
    """Tell whether a gene has lost one parental allele.

    Parameters
    ----------
    place
        Contig, first and last base of the gene; 1-based.
    segments
        As :func:`with_copies` gives them, sorted or not.

    Returns
    -------
    bool or None
        ``None`` when no segment over the gene tells, or its parts say different things.
    """
    chrom, start, end = place
    told = {s.loh for s in segments if s.chrom == chrom and s.start <= end and start <= s.end}
    return told.pop() if len(told) == 1 else None


def _purity_ends(purity: PurityPloidy) -> tuple[float, float]:
    """Return the interval of a purity, ten points to both sides where it has none."""
    p = 1.0 if purity.purity is None else purity.purity
    low = purity.purity_low if purity.purity_low is not None else max(0.05, p - DISAGREEMENT_MARGIN)
    high = purity.purity_high if purity.purity_high is not None else min(1.0, p + DISAGREEMENT_MARGIN)
    return low, high


def _lost(segment: Segment, support: Floats, purity: PurityPloidy | None) -> bool | None:
    if len(support) < MIN_SITES:
        return None
    low, high = share_interval(support.sum(axis=0))
    if purity is None or purity.purity is None or purity.diploid_log2 is None:
        return True if high < NO_GAIN_SHARE and segment.log2_ratio <= NO_GAIN_LOG2 else None
    mixture = 2.0 * math.exp2(segment.log2_ratio - purity.diploid_log2)
    copies = [(share * mixture - (1.0 - q)) / q for share in (low, high) for q in _purity_ends(purity)]
    if max(copies) < LOST_COPIES:
        return True
    return False if min(copies) > LOST_COPIES and not purity.disagreement else None
