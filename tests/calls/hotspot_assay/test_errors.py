from __future__ import annotations

import numpy as np
import pytest

from genomodel.calls.hotspot_assay.errors import ErrorModel, Sites, site_factor
from genomodel.calls.hotspot_assay.windows import KINDS

A, C, G, T = range(4)


def sites(rng: np.random.Generator, count: int, depth: int, rate: np.ndarray | float) -> Sites:
    """Places of random context; ``rate`` by alternate (in the order of the next codes) and orientation."""
    codes = rng.integers(0, 4, (3, count))
    counts = np.zeros((count, 2, 3, KINDS), dtype=np.int64)
    share = np.broadcast_to(rate, (3, 2))
    for site in range(count):
        for side in (0, 1):
            left = depth // 2
            for j in range(3):
                wrong = rng.binomial(depth // 2, share[j, side])
                counts[site, side, 2, (codes[0, site] + 1 + j) % 4] = wrong
                left -= wrong
            counts[site, side, 2, codes[0, site]] = left
    return Sites(codes[0], codes[1], codes[2], counts)


def one(reference: int, depth: int = 1000) -> Sites:
    counts = np.zeros((1, 2, 3, KINDS), dtype=np.int64)
    counts[0, :, 2, reference] = depth // 2
    return Sites(np.array([reference]), np.array([A]), np.array([A]), counts)


def test_the_rate_of_flanking_places_is_learned() -> None:
    model = ErrorModel(sites(np.random.default_rng(1), 600, 1000, 0.003))
    assert model.at(one(C)).mean == pytest.approx([0.003] * 3, rel=0.25)
    assert model.lost == pytest.approx(0.009, rel=0.05)


def test_variants_beside_loci_are_left_out() -> None:
    found = sites(np.random.default_rng(2), 600, 1000, 0.001)
    for site, share in ((3, 500), (50, 1000), (90, 30), (120, 60)):
        alt = (found.reference[site] + 1) % 4
        found.counts[site] = 0
        found.counts[site, :, 2, found.reference[site]] = (1000 - share) // 2
        found.counts[site, :, 2, alt] = share // 2
    model = ErrorModel(found)
    assert model.used == 596
    assert model.at(one(G)).mean.max() < 0.0016


def test_damage_of_one_orientation_raises_the_rate_there_and_on_the_other_strand_of_the_other() -> None:
    found = sites(np.random.default_rng(3), 800, 1000, 1e-4)
    # Oxidation: C read as A in one orientation is G read as T in the other.
    for reference, alt, side in ((C, A, 0), (G, T, 1)):
        rows = np.flatnonzero(found.reference == reference)
        found.counts[rows, side, 2, alt] += 10
        found.counts[rows, side, 2, reference] -= 10
    model = ErrorModel(found)
    by_side = [model.at(one(C), side).mean for side in (0, 1)]
    assert by_side[0][0] == pytest.approx(0.02, rel=0.25)
    assert by_side[1][0] < 0.001
    assert model.at(one(G), 1).mean[2] == pytest.approx(0.02, rel=0.25)
    assert max(by_side[0][1:]) < 0.001


def test_places_that_differ_within_a_kind_widen_the_rate() -> None:
    rng = np.random.default_rng(4)
    even = ErrorModel(sites(rng, 300, 2000, 0.003))
    parts = [sites(rng, 1, 2000, 0.003 * factor) for factor in rng.gamma(2, 0.5, 300)]
    uneven = ErrorModel(Sites(*(np.concatenate([getattr(p, name) for p in parts]) for name in
                                ("reference", "before", "after", "counts"))))  # fmt: skip
    assert even.spread < 0.1
    assert uneven.spread == pytest.approx(0.5, rel=0.5)


@pytest.mark.parametrize("depth", [100, 5000])
def test_the_normal_counts_by_its_depth(depth: int) -> None:
    model = ErrorModel(sites(np.random.default_rng(5), 400, 1000, 0.002))
    clean = one(C, depth)
    factor, variance = site_factor(model, clean, 1.0)
    assert factor.max() < 1
    assert (factor.max() < 0.2) == (depth == 5000)
    assert variance.min() >= 0.9


def test_a_place_that_errs_far_more_in_the_normal_is_judged_by_the_normal() -> None:
    model = ErrorModel(sites(np.random.default_rng(6), 400, 1000, 0.0005))
    noisy = one(C, 1000)
    noisy.counts[0, :, 2, A] = 15
    factor, _ = site_factor(model, noisy, 0.1)
    assert model.at(one(C), factor=(factor, np.zeros((1, 3)))).mean[0] == pytest.approx(0.03, rel=0.1)


def test_no_flanking_place_leaves_the_start_rate() -> None:
    nothing = Sites(*(np.zeros(0, dtype=np.int64) for _ in range(3)), np.zeros((0, 2, 3, KINDS), dtype=np.int64))
    assert ErrorModel(nothing).at(one(T)).mean == pytest.approx([1e-3] * 3)
