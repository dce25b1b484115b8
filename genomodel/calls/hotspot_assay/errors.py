"""How often a base is read wrongly at a place, learned from the places beside it and from the normal.

A rate belongs to a substitution in its three-base context, to the orientation of the pair (oxidation and the
deamination of fixed tissue show in one of them) and to the strand that was read (forward, reverse, or both mates, which
err together far less). Contexts lend to each other: a rate is drawn to that of its substitution by three errors' worth,
and that to the rate of all. A substitution of the other strand in the other orientation is the same event.

Sites differ beyond that; by how much is learned from the same places. With a normal, what it shows at the very site
tells whether this one errs more or less than others of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from genomodel.calls.hotspot_assay.limits import Floats, Rates, chance_of_errors
from genomodel.calls.hotspot_assay.windows import BASES, Counts, SiteCounts

START_RATE, START_BASES = 1e-3, 1000.0
"""Errors per base that a sample is held to have before it is looked at, and the bases that this weighs."""
LENT = 3.0
"""Errors' worth of the wider class that a narrower one starts with."""
VARIANT_SHARE = 0.1
"""Share of fragments from which a base beside a locus is a variant, whatever the sample."""
OUTLIER = 1e-3
"""Chance, over all places together, below which a place is left out as a variant of lesser share."""
ROUNDS = 3
LARGEST_SPREAD = 4.0
"""Most that the variance between sites of a kind is taken for, over the squared mean."""
PLAIN_SPREAD = 1.0
"""Most that rates are taken to vary, as deviation over mean, where variants are looked for among the places."""
UNLIKE_ITS_KIND = 1e-3
"""Chance of the normal's count below which a site is one of its own: then the normal's count alone tells its rate."""
BETWEEN_LIBRARIES = 0.25
"""Variance over the squared mean by which the rate of such a site may differ between tumor and normal."""
_SWAP = np.array([3, 2, 1, 0])
"""Codes of the complements of A, C, G and T."""
_OTHER_STRAND = np.array([1, 0, 2])


@dataclass(frozen=True)
class Sites:
    """Counts at single places.

    Attributes
    ----------
    reference, before, after
        Codes of the reference base and its neighbors, shape (sites,); 4 where not known.
    counts
        Fragments by orientation, strand and what they show, shape (sites, 2, 3, kinds).
    """

    reference: Counts
    before: Counts
    after: Counts
    counts: Counts

    def __len__(self) -> int:
        return len(self.reference)

    @property
    def depth(self) -> Counts:
        """Fragments that show a base, by orientation and strand, shape (sites, 2, 3)."""
        return np.asarray(self.counts[..., :BASES].sum(axis=-1), dtype=np.int64)

    def take(self, rows: npt.NDArray[np.bool_]) -> Sites:
        """Return some of the sites."""
        return Sites(self.reference[rows], self.before[rows], self.after[rows], self.counts[rows])


def sites_of(found: list[SiteCounts]) -> Sites:
    """Put single sites into one table."""
    columns = np.array([(s.reference, s.before, s.after) for s in found], dtype=np.int64).reshape(-1, 3)
    counts = np.array([s.counts for s in found], dtype=np.int64)
    return Sites(columns[:, 0], columns[:, 1], columns[:, 2], counts)


class ErrorModel:
    """Rates of errors of one sample.

    Parameters
    ----------
    flanks
        Places beside the loci; those that look like variants are left out here.
    """

    def __init__(self, flanks: Sites) -> None:
        known = (flanks.reference < BASES) & (flanks.before < BASES) & (flanks.after < BASES)
        self._sites = flanks.take(known & (flanks.counts[..., :BASES].sum(axis=(1, 2, 3)) > 0))
        self.lost = 0.0
        self.spread = LARGEST_SPREAD
        alts = _alternates(self._sites)
        share = alts.sum(axis=(2, 3)) / np.maximum(self._sites.depth.sum(axis=(1, 2)), 1)[:, None]
        usable = share.max(axis=1, initial=0.0) < VARIANT_SHARE
        self._fit(usable)
        for _ in range(ROUNDS):
            outliers = self._outliers(usable)
            if not outliers.any():
                break
            usable = usable & ~outliers
            self._fit(usable)
        self.used = int(usable.sum())

    def _fit(self, usable: npt.NDArray[np.bool_]) -> None:
        sites = self._sites.take(usable)
        errors, bases = np.zeros((2, 3, 4, 4, 2, 3)), np.zeros((2, 4, 4, 2, 3))
        alts, depth = _alternates(sites), sites.depth
        for code in range(BASES):
            rows = sites.reference == code
            pyrimidine, before, after, flipped = _folded(code, sites.before[rows], sites.after[rows])
            kinds = _flip(depth[rows], flipped)
            np.add.at(bases[pyrimidine], (before, after), kinds)
            for index, alt in enumerate(_others(code)):
                seen = _flip(alts[rows, index], flipped)
                np.add.at(errors[pyrimidine, _alt_row(code, alt)], (before, after), seen)
        overall = (errors.sum() + 3 * START_RATE * START_BASES) / (3 * (bases.sum() + START_BASES))
        wide_errors, wide_bases = errors.sum(axis=(2, 3)), bases.sum(axis=(1, 2))[:, None]
        wide = (wide_errors + LENT) / (wide_bases + LENT / overall)
        parent = wide[:, :, None, None]
        self._rates: Floats = (errors + LENT) / (bases[:, None] + LENT / parent)
        self._weights: Floats = errors + LENT
        total = float(bases.sum())
        self.lost = float(min(0.2, errors.sum() / total)) if total else START_RATE
        expected = self._expected(sites).sum(axis=(2, 3)).ravel()
        seen = alts.sum(axis=(2, 3)).ravel().astype(float)
        weight = float((expected**2).sum())
        if weight > 0:
            excess = float(((seen - expected) ** 2 - expected).sum()) / weight
            noise = float(np.sqrt((2 * expected**2 + expected).sum())) / weight
            self.spread = float(np.clip(excess + noise, 0.0, LARGEST_SPREAD))

    def rates(self, sites: Sites) -> tuple[Floats, Floats]:
        """Return rate and relative variance of each alternate base of each site, shape (sites, 3, 2, 3).

        The alternates are the bases other than the reference, in the order of their codes.
        """
        shape = (len(sites), 3, 2, 3)
        rates, variance = np.full(shape, float(self._rates.mean())), np.full(shape, 1 / LENT)
        for code in range(BASES):
            rows = np.flatnonzero((sites.reference == code) & (sites.before < BASES) & (sites.after < BASES))
            pyrimidine, before, after, flipped = _folded(code, sites.before[rows], sites.after[rows])
            for index, alt in enumerate(_others(code)):
                at = (pyrimidine, _alt_row(code, alt), before, after)
                rates[rows, index] = _flip(self._rates[at], flipped)
                variance[rows, index] = _flip(1 / self._weights[at], flipped)
        return rates, variance

    def _expected(self, sites: Sites) -> Floats:
        return np.asarray(self.rates(sites)[0] * sites.depth[:, None], dtype=np.float64)

    def _outliers(self, usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Tell the sites that show more of a base than errors of their kind make."""
        rates = self.at(self._sites)
        # The variants themselves must not widen what errors are taken for.
        rates = Rates(rates.mean, np.minimum(rates.spread, PLAIN_SPREAD), rates.lost)
        alts = _alternates(self._sites).sum(axis=(2, 3))
        depth = np.repeat(self._sites.depth.sum(axis=(1, 2)), 3)
        chances = np.ones(alts.size)
        # Only counts well above the mean can be that rare; the others need not be worked out.
        high = alts.ravel() > 2 + 2 * depth * rates.mean
        part = Rates(rates.mean[high], rates.spread[high], rates.lost[high])
        chances[high] = chance_of_errors(alts.ravel()[high], depth[high], part)
        found = chances.reshape(alts.shape).min(axis=1, initial=1.0) < OUTLIER / max(1, chances.size)
        return np.asarray(found & usable, dtype=np.bool_)

    def at(self, sites: Sites, orientation: int | None = None, factor: tuple[Floats, Floats] | None = None) -> Rates:
        """Return the rates of the three alternates of each site, flattened, shape (3 sites,).

        Parameters
        ----------
        sites
            Places with their fragments: their orientations and strands weigh the rates.
        orientation
            Count the fragments of one orientation alone.
        factor
            How much more than their kind the sites err, and its relative variance, each of shape (sites, 3).
        """
        rates, variance = self.rates(sites)
        weights = sites.depth[:, None].astype(float)
        if orientation is not None:
            weights = weights[:, :, orientation : orientation + 1]
            rates, variance = (table[:, :, orientation : orientation + 1] for table in (rates, variance))
        total = weights.sum(axis=(2, 3))
        even = total == 0
        weights = np.where(even[..., None, None], 1.0, weights)
        total = weights.sum(axis=(2, 3))
        mean = (weights * rates).sum(axis=(2, 3)) / total
        # Rates that were learned from the same sample err together, so that their deviations add up.
        relative = ((weights * rates * np.sqrt(variance)).sum(axis=(2, 3)) / total / mean) ** 2
        if factor is None:
            relative = relative + self.spread
        else:
            mean, relative = mean * factor[0], relative + factor[1]
        flat = np.minimum(mean, 0.5).ravel()
        return Rates(flat, np.sqrt(relative).ravel(), np.full(flat.shape, self.lost))


def beyond_its_kind(normal: ErrorModel, sites: Sites) -> npt.NDArray[np.bool_]:
    """Tell the alternates that the normal shows far more often than errors of their kind do, shape (sites, 3)."""
    seen = alternates_of(sites)
    depth = np.repeat(sites.depth.sum(axis=(1, 2)), 3)
    chances = chance_of_errors(seen.ravel(), depth, normal.at(sites)).reshape(seen.shape)
    return np.asarray(chances < UNLIKE_ITS_KIND, dtype=np.bool_)


def site_factor(
    normal: ErrorModel, sites: Sites, spread: float, kind_rates: Floats | None = None
) -> tuple[Floats, Floats]:
    """Return how much more each site errs than others of its kind, as its normal tells, and the relative variance.

    Parameters
    ----------
    normal
        Rates of the normal's own places.
    sites
        The same places in the normal.
    spread
        Variance between sites of a kind, over the squared mean.
    kind_rates
        Rates of the kind in the sample that the factor is for, shape (sites, 3): where the normal shows far more than
        its kind, rate times factor is then the normal's own share. Without them the two samples are held to err alike.

    Returns
    -------
    tuple of array
        Factor and relative variance, each of shape (sites, 3).
    """
    seen = _alternates(sites).sum(axis=(2, 3)).astype(float)
    depth = np.repeat(sites.depth.sum(axis=(1, 2)), 3)
    rates = normal.at(sites)
    expected = (rates.mean * depth).reshape(seen.shape)
    shape = 1 / max(spread, 1e-6) + seen
    kind = shape / (1 / max(spread, 1e-6) + expected), 1 / shape
    usual = expected if kind_rates is None else kind_rates * depth.reshape(seen.shape)
    own = (seen + 0.5) / np.maximum(usual, 1e-12), 1 / (seen + 0.5) + BETWEEN_LIBRARIES
    unlike = beyond_its_kind(normal, sites)
    return np.where(unlike, own[0], kind[0]), np.where(unlike, own[1], kind[1])


def alternates_of(sites: Sites) -> Counts:
    """Return the fragments with each alternate base, shape (sites, 3)."""
    return np.asarray(_alternates(sites).sum(axis=(2, 3)), dtype=np.int64)


def _alternates(sites: Sites) -> Counts:
    """Return the fragments with each alternate base by orientation and strand, shape (sites, 3, 2, 3)."""
    result = np.zeros((len(sites), 3, 2, 3), dtype=np.int64)
    for code in range(BASES):
        rows = sites.reference == code
        for index, alt in enumerate(_others(code)):
            result[rows, index] = sites.counts[rows, :, :, alt]
    return result


def alternates_by_orientation(sites: Sites) -> Counts:
    """Return the fragments with each alternate base by orientation, shape (sites, 3, 2)."""
    return np.asarray(_alternates(sites).sum(axis=3), dtype=np.int64)


def _others(code: int) -> list[int]:
    return [other for other in range(BASES) if other != code]


def _alt_row(code: int, alt: int) -> int:
    """Return the row of a substitution among the three of its pyrimidine."""
    if code in (0, 2):
        code, alt = 3 - code, 3 - alt
    return _others(code).index(alt)


def _folded(code: int, before: Counts, after: Counts) -> tuple[int, Counts, Counts, bool]:
    """Return the pyrimidine (0 for C, 1 for T) and its neighbors, and whether the strand was changed for it."""
    if code in (0, 2):
        return int(code == 0), _SWAP[after], _SWAP[before], True
    return int(code == 3), before, after, False


def _flip(table: npt.NDArray[np.generic], flipped: bool) -> npt.NDArray[np.generic]:
    """Exchange orientations and strands in the last two axes where the strand was changed."""
    return table[..., ::-1, :][..., _OTHER_STRAND] if flipped else table
