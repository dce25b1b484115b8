"""Substitutions at the places of loci: which are more than errors, and what the others leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from genomodel.calls.hotspot_assay.errors import (
    VARIANT_SHARE,
    ErrorModel,
    Sites,
    alternates_by_orientation,
    alternates_of,
    beyond_its_kind,
    site_factor,
    sites_of,
)
from genomodel.calls.hotspot_assay.limits import Floats, Rates, chance_of_errors, excluded_above
from genomodel.calls.hotspot_assay.molecules import excluded_by_copies
from genomodel.calls.hotspot_assay.windows import (
    ABSENT,
    BASES,
    BOTH,
    DISCORDANT,
    GAP,
    LOW_MAPPING,
    LOW_QUALITY,
    Counts,
    SiteCounts,
    Window,
    WindowCounts,
)

Flags = npt.NDArray[np.bool_]
Factor = tuple[Floats, Floats]

FALSE_DETECTIONS = 0.01
"""Chance that any allele that was asked for is called where all are errors: one tumor in 100. It is shared evenly among
the alleles (Bonferroni), since each is reported on its own and a false one may choose a drug."""

ONE_SIDED = 1e-3
"""Chance of the other orientation or strand having so few, below which fragments are taken for damage if errors explain
that side alone."""
SIDE_BY_ERRORS = 0.01
FEWEST_PER_SIDE = 10
NORMAL_CARRIES = 0.1
"""Share of the normal's fragments from which an allele is inherited, or of the blood, and no error."""
LEAST_UNSURE = 1e-3
"""Share of bases that are not sure, up to which they are never more than usual: a median over places of little depth
does not see it."""
ELSEWHERE = 300
"""Bases from a stretch beyond which a place is elsewhere: farther than a fragment reaches."""
FAR_ABOVE_NORMAL = 4.0
"""Times the normal's share from which an allele that the normal shows a little of is tested against the normal's count
alone (Fisher); below, its errors may differ as much between two libraries."""
FEWEST_NORMAL = 20
"""Fragments of the normal from which the error at a place is said to come from it."""


@dataclass(frozen=True)
class BaseAnswer:
    """One alternate base at one place.

    Attributes
    ----------
    alt, depth
        Fragments that show it, and fragments in all.
    limit
        Allele fraction above which it is excluded.
    chance
        Probability of as many by errors.
    error
        Expected rate of errors.
    one_sided
        Whether the fragments are confined to one orientation or strand, as damage is.
    normal
        Fragments of the normal that show it, and in all.
    from_normal
        Whether the normal's fragments told the rate.
    kind_chance
        Probability of as many by errors as the places beside the loci have them, whatever the normal shows.
    beyond_in_normal
        Whether the normal shows more than errors of its kind make, which may be tumor in the normal.
    """

    alt: int
    depth: int
    limit: float
    chance: float
    error: float
    one_sided: bool = False
    normal: tuple[int, int] | None = None
    from_normal: bool = False
    kind_chance: float = 1.0
    beyond_in_normal: bool = False

    @property
    def inherited(self) -> bool:
        """Whether the normal carries it too."""
        return self.normal is not None and self.normal[1] > 0 and self.normal[0] / self.normal[1] >= NORMAL_CARRIES


@dataclass(frozen=True)
class PlaceCounts:
    """Fragments over one place by what became of them; those with a deletion over it show no base of it."""

    depth: int
    low_quality: int
    low_mapping: int
    deleted: int = 0
    disagreeing: int = 0

    @property
    def all(self) -> int:
        """All of them."""
        return self.depth + self.unsure + self.low_mapping + self.deleted

    @property
    def unsure(self) -> int:
        """Those whose base is too low in quality, or whose mates show two."""
        return self.low_quality + self.disagreeing


def place_counts(site: SiteCounts) -> PlaceCounts:
    """Return how many fragments count at a place, and why others do not."""
    kinds = site.counts.sum(axis=(0, 1))
    low_quality, low_mapping = int(kinds[LOW_QUALITY]), int(kinds[LOW_MAPPING])
    return PlaceCounts(int(kinds[:BASES].sum()), low_quality, low_mapping, int(kinds[GAP]), int(kinds[DISCORDANT]))


@dataclass(frozen=True)
class UsualShares:
    """Shares of the fragments that places beside the loci typically have: with no sure base, or with a deletion."""

    unsure: float = LEAST_UNSURE
    deleted: float = 0.0


class UsualPlaces:
    """What places of a sample typically leave out.

    It is told by stretches elsewhere, and none where there are no others: what is poor here must not be the measure of
    itself. Of bases that are not sure it is the median over places, of deletions the mean over those at which none is a
    variant.
    """

    def __init__(self, windows: Sequence[WindowCounts]) -> None:
        self._shares: list[tuple[Window, Floats, float, int]] = []
        for counted in windows:
            kinds = counted.counts.sum(axis=(1, 2))
            total = kinds.sum(axis=1) - kinds[:, ABSENT]
            covered = total > 0
            unsure = kinds[covered, LOW_QUALITY] + kinds[covered, DISCORDANT]
            deleted = kinds[covered, GAP] / total[covered]
            usual = deleted[deleted < VARIANT_SHARE]
            self._shares.append((counted.window, unsure / total[covered], float(usual.sum()), len(usual)))

    def beside(self, chrom: str, place: int) -> UsualShares:
        """Return the usual shares for a place, 0-based on the contig."""
        elsewhere = [
            shares
            for window, *shares in self._shares
            if window.chrom != chrom or not window.start - ELSEWHERE <= place < window.end + ELSEWHERE
        ]
        if not elsewhere:
            return UsualShares()
        parts, deleted, places = zip(*elsewhere, strict=True)
        unsure = np.concatenate(parts)
        middle = float(np.median(unsure)) if unsure.size else 0.0
        return UsualShares(max(middle, LEAST_UNSURE), sum(deleted) / max(1, sum(places)))


def answer_bases(
    places: Sequence[SiteCounts],
    errors: ErrorModel,
    normal: tuple[Sequence[SiteCounts], ErrorModel] | None,
    molecules: Sequence[int] | None = None,
) -> list[tuple[BaseAnswer, BaseAnswer, BaseAnswer]]:
    """Answer for the three alternate bases of each place, in the order A, C, G, T.

    Parameters
    ----------
    places
        Places of the tumor.
    errors
        Rates of the tumor's errors.
    normal
        The same places in the normal, and the rates of its errors.
    molecules
        Molecules at most of which the fragments over each place are copies, 0 where they are molecules themselves.
    """
    if not places:
        return []
    sites = sites_of(list(places))
    factor, seen_normal = None, None
    beyond = np.zeros((len(sites), 3), dtype=bool)
    kind = errors.at(sites)
    if normal is not None:
        others = sites_of(list(normal[0]))
        seen_normal = (alternates_of(others), others.depth.sum(axis=(1, 2)))
        factor = _factor_of_normal(normal[1], others, errors.spread, kind)
        beyond = beyond_its_kind(normal[1], others)
    rates = errors.at(sites, factor=factor)
    alt, depth = alternates_of(sites).ravel(), np.repeat(sites.depth.sum(axis=(1, 2)), 3)
    limits = _limits(alt, depth, rates, np.repeat(np.array(molecules or [0] * len(sites)), 3))
    chances = _chances(sites, errors, rates, factor)
    if seen_normal is not None:
        chances = np.minimum(chances, np.where(beyond.ravel(), _above_normal(alt, depth, *seen_normal), 1.0))
    kind_chances = chances if factor is None else _chances(sites, errors, kind, None)
    one_sided = _one_sided(sites, errors, factor)
    answers = []
    for i in range(len(sites)):
        rows = [3 * i + j for j in range(3)]
        told_by = seen_normal is not None and int(seen_normal[1][i]) >= FEWEST_NORMAL
        answers.append(
            tuple(
                BaseAnswer(
                    int(alt[row]),
                    int(depth[row]),
                    float(limits[row]),
                    float(chances[row]),
                    float(rates.mean[row]),
                    bool(one_sided[i, j]),
                    None if seen_normal is None else (int(seen_normal[0][i, j]), int(seen_normal[1][i])),
                    told_by,
                    float(kind_chances[row]),
                    bool(beyond[i, j]),
                )
                for j, row in enumerate(rows)
            )
        )
    return [(a, b, c) for a, b, c in answers]


def _factor_of_normal(model: ErrorModel, normal: Sites, spread: float, kind: Rates) -> Factor:
    """Return by how much the normal shows more errors at each place and base than their kind has, and the spread."""
    carried = alternates_of(normal) >= NORMAL_CARRIES * np.maximum(normal.depth.sum(axis=(1, 2)), 1)[:, None]
    factor, known = site_factor(model, normal, spread, kind.mean.reshape(-1, 3))
    # What the normal inherited is no error: there its kind alone tells.
    return np.where(carried, 1.0, factor), np.where(carried, spread, known)


def _limits(alt: Counts, depth: Counts, rates: Rates, molecules: Counts) -> Floats:
    limits = excluded_above(alt, depth, rates)
    rows = np.flatnonzero((molecules > 0) & (depth > 0))
    if len(rows):
        k, n, m = (column[rows].astype(np.float64) for column in (alt, depth, molecules))
        limits[rows] = np.maximum(limits[rows], excluded_by_copies(k, n, rates.take(rows), m))
    return limits


def _above_normal(alt: Counts, depth: Counts, seen: Counts, depths: Counts) -> Floats:
    """Return the one-sided chance of Fisher's exact test of tumor against normal, 1 where shares are too alike."""
    from scipy import stats  # noqa: PLC0415  slow to import, and few runs come here

    shown, total = seen.ravel(), np.repeat(depths, 3)
    share = (shown + 0.5) / np.maximum(total, 1)
    chance = stats.hypergeom.sf(alt - 1, depth + total, alt + shown, depth)
    return np.where(alt >= FAR_ABOVE_NORMAL * share * depth, chance, 1.0)


def _chances(sites: Sites, errors: ErrorModel, rates: Rates, factor: Factor | None) -> Floats:
    """Return the chance of errors over all fragments, or over the orientation with fewer errors, whichever is less.

    Which orientation that is does not depend on the fragments that show the allele; two tests cost a factor of two.
    """
    alt, depth = alternates_of(sites).ravel(), np.repeat(sites.depth.sum(axis=(1, 2)), 3)
    every = chance_of_errors(alt, depth, rates)
    by_side, side_rates = alternates_by_orientation(sites), [errors.at(sites, side, factor) for side in (0, 1)]
    cleaner = np.where(side_rates[0].mean <= side_rates[1].mean, 0, 1)
    own_alt = by_side.reshape(-1, 2)[np.arange(len(alt)), cleaner]
    own_depth = np.repeat(sites.depth.sum(axis=2), 3, axis=0)[np.arange(len(alt)), cleaner]
    chosen = Rates(
        *(
            np.where(cleaner == 0, getattr(side_rates[0], name), getattr(side_rates[1], name))
            for name in ("mean", "spread", "lost")
        )
    )
    least = np.minimum(every, chance_of_errors(own_alt, own_depth, chosen))
    return np.asarray(np.minimum(1.0, 2 * least), dtype=np.float64)


def _one_sided(sites: Sites, errors: ErrorModel, factor: Factor | None) -> Flags:
    """Tell alternates that only one orientation, or only one strand of single reads, shows; shape (sites, 3)."""
    oriented = alternates_by_orientation(sites)
    result = _confined(oriented, np.repeat(sites.depth.sum(axis=2)[:, None], 3, axis=1), errors, sites, factor)
    single = np.stack([sites.counts[:, :, strand] for strand in range(BOTH)], axis=1).sum(axis=2)
    depth = single[..., :BASES].sum(axis=-1)
    stranded = np.zeros_like(oriented)
    for code in range(BASES):
        rows = sites.reference == code
        for j, alt in enumerate(other for other in range(BASES) if other != code):
            stranded[rows, j] = single[rows, :, alt]
    return np.asarray(
        result | _confined(stranded, np.repeat(depth[:, None], 3, axis=1), errors, sites, factor), dtype=bool
    )


def _confined(
    alt: Counts,
    depth: Counts,
    errors: ErrorModel,
    sites: Sites,
    factor: Factor | None,
) -> Flags:
    """Tell which alternates lie on one of two sides alone, shape (sites, 3).

    Parameters
    ----------
    alt, depth
        Fragments of each side, shape (sites, 3, 2).
    """
    total, found = alt.sum(axis=2), np.zeros(alt.shape[:2], dtype=bool)
    rates = errors.at(sites, factor=factor)
    for side in (0, 1):
        here, there = depth[..., side], depth[..., 1 - side]
        part = here / np.maximum(here + there, 1)
        rare = special.bdtr(alt[..., side].astype(float), total, part) < ONE_SIDED
        enough = np.minimum(here, there) >= FEWEST_PER_SIDE
        rows = (rare & enough & (total > 0)).ravel()
        if rows.any():
            few = Rates(rates.mean[rows], rates.spread[rows], rates.lost[rows])
            chances = chance_of_errors(alt[..., side].ravel()[rows], here.ravel()[rows], few)
            mask = np.zeros(rows.shape, dtype=bool)
            mask[np.flatnonzero(rows)] = chances > SIDE_BY_ERRORS
            found |= mask.reshape(found.shape)
    return found


def is_detected(answer: BaseAnswer, threshold: float) -> bool:
    """Whether errors do not explain an alternate base."""
    return answer.chance < threshold and not answer.one_sided
