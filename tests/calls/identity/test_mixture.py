from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from genomodel.calls.identity.mixture import (
    Share,
    estimate_contamination,
    estimate_second_person,
    estimate_tumor_in_normal,
)
from genomodel.calls.identity.verdicts import contamination_check, tumor_in_normal_check
from genomodel.core.identity import CheckStatus, IdentityThresholds
from tests.calls.identity import people

Shown = Callable[[str, object], None]
LIMITS = IdentityThresholds()
RUNS = 50


def foreign(rng: np.random.Generator, part: float, depth: int, *, listed: bool, n_sites: int = 150) -> Share:
    """Mix a stranger into a person and estimate how much, at homozygous sites that a file lists or the reads show."""
    frequency = (people.common_frequencies if listed else people.all_frequencies)(rng, n_sites if listed else 2000)
    own, other = people.person(rng, frequency), people.person(rng, frequency)
    mixed = (1 - part) * people.share(own) + part * people.share(other)
    ref, alt = people.counts(rng, mixed, depth)
    third = rng.binomial(ref + alt, 2 * people.ERROR)
    chosen = np.flatnonzero(own != 1) if listed else np.flatnonzero(own == 2)[: n_sites // 2]
    is_alt = own[chosen] == 2
    of_own, of_other = np.where(is_alt, alt[chosen], ref[chosen]), np.where(is_alt, ref[chosen], alt[chosen])
    known = np.where(is_alt, 1 - frequency[chosen], frequency[chosen]) if listed else None
    found = estimate_contamination(of_own, of_other, third[chosen], known)
    assert found is not None
    return found


@pytest.mark.slow
@pytest.mark.parametrize("listed", [True, False], ids=["common-sites", "sites-of-the-reads"])
def test_foreign_dna_is_measured_with_an_interval_that_holds(listed: bool, record_property: Shown) -> None:
    lines = []
    for depth in (100, 500):
        for part in (0.0, 0.01, 0.02, 0.05, 0.1):
            rng = np.random.default_rng([depth, round(1000 * part), listed])
            found = [foreign(rng, part, depth, listed=listed) for _ in range(RUNS)]
            estimates = np.array([one.estimate for one in found])
            held = np.mean([one.low <= part <= one.high for one in found])
            lines.append(
                f"{'common sites' if listed else 'sites of the reads'}, depth {depth}, foreign {part:.0%}: estimated "
                f"{np.median(estimates):.2%} ({np.quantile(estimates, 0.05):.2%} to {np.quantile(estimates, 0.95):.2%})"
                f", interval holds it in {held:.0%}"
            )
            assert abs(np.median(estimates) - part) <= max(0.15 * part, 0.002), lines[-1]
            assert held >= 0.86, lines[-1]
    record_property("shown", "\n".join(lines))


def test_few_homozygous_places_say_nothing() -> None:
    nine = np.full(9, 100)
    assert estimate_contamination(nine, np.zeros(9, dtype=np.int64), np.zeros(9, dtype=np.int64)) is None
    check = contamination_check(None, "tumor", LIMITS, n_places=9)
    assert (check.status, check.value) == (
        CheckStatus.NOT_ASSESSABLE,
        "9 homozygous places with enough fragments, 10 are needed",
    )


def test_one_odd_place_is_no_foreign_person() -> None:
    own, other = np.full(60, 200), np.zeros(60, dtype=np.int64)
    own[7], other[7] = 150, 50
    found = estimate_contamination(own, other, np.zeros(60, dtype=np.int64))
    assert found is not None
    assert found.high < 0.01


def private_alleles(rng: np.random.Generator, n: int, part: float, depth: int) -> Share | None:
    """Put a part of the tumor's reads into the normal, as at alleles of other origin at a tenth of the places."""
    fraction = rng.uniform(0.1, 0.6, n)
    other = rng.random(n) < 0.05
    in_normal = np.where(other, rng.uniform(0, 0.1, n), part * fraction) + people.ERROR / 3
    normal = people.counts(rng, in_normal, depth)
    return estimate_tumor_in_normal(people.counts(rng, fraction, depth), normal, rng.binomial(depth, 0.002, n))


def test_tumor_in_the_normal_is_measured_with_an_interval_that_holds(record_property: Shown) -> None:
    lines = []
    for n in (10, 50):
        for part in (0.0, 0.02, 0.05, 0.1, 0.2):
            rng = np.random.default_rng([n, round(1000 * part)])
            found = [one for _ in range(RUNS) if (one := private_alleles(rng, n, part, 100))]
            estimates = np.array([one.estimate for one in found])
            held = np.mean([one.low <= part <= one.high for one in found])
            lines.append(
                f"{n} somatic alleles, depth 100, tumor in normal {part:.0%}: estimated {np.median(estimates):.2%} "
                f"({np.quantile(estimates, 0.05):.2%} to {np.quantile(estimates, 0.95):.2%}), interval holds it "
                f"in {held:.0%}"
            )
            assert abs(np.median(estimates) - part) <= max(0.25 * part, 0.006), lines[-1]
            assert held >= 0.82, lines[-1]
    record_property("shown", "\n".join(lines))


@pytest.mark.parametrize(
    ("share", "status"),
    [
        (Share(0.0, 0.0, 0.01, 50), CheckStatus.PASSED),
        (Share(0.03, 0.02, 0.04, 50), CheckStatus.WARNING),
        (Share(0.01, 0.0, 0.3, 5), CheckStatus.WARNING),
        (Share(0.2, 0.1, 0.3, 50), CheckStatus.FAILED),
    ],
)
def test_thresholds_decide_and_a_wide_interval_warns(share: Share, status: CheckStatus) -> None:
    for check in (
        contamination_check(share, "tumor", LIMITS, n_places=share.n_places),
        tumor_in_normal_check(share, LIMITS, n_alleles=share.n_places),
    ):
        assert check.status is status
        assert bool(check.consequence) == (status is not CheckStatus.PASSED)
        assert check.threshold.startswith("warning from 2.0%")
    alone = contamination_check(share, "tumor", LIMITS, n_places=share.n_places, alone=True)
    assert alone.status is (CheckStatus.WARNING if status is CheckStatus.FAILED else status)
    assert "loss of heterozygosity" in alone.value


def second_person(seed: list[int], part: float, depth: int, *, listed: bool, tumor: float = 0.0) -> Share | None:
    """Mix a stranger into a person, who may be a tumor of this purity with half of its places lost."""
    rng = np.random.default_rng(seed)
    frequency = (people.common_frequencies if listed else people.all_frequencies)(rng, 40 if listed else 480)
    own, other = people.person(rng, frequency), people.person(rng, frequency)
    shares = (1 - part) * people.tumor_share(rng, own, tumor, 0.5 if tumor else 0.0) + part * people.share(other)
    ref, alt = people.counts(rng, shares, depth)
    if listed:
        return estimate_second_person(ref, alt, frequency, losses=tumor > 0.5)
    chosen = np.flatnonzero(alt >= 0.2 * np.maximum(ref + alt, 1))[:40]
    return estimate_second_person(ref[chosen], alt[chosen], losses=tumor > 0.5)


@pytest.mark.parametrize("listed", [True, False], ids=["common-sites", "sites-of-the-reads"])
def test_a_second_person_of_a_third_or_more_is_seen_where_no_place_is_homozygous(
    listed: bool, record_property: Shown
) -> None:
    lines = []
    for depth in (30, 100):
        for part, tumor in ((0.35, 0.0), (0.5, 0.0), (0.0, 0.0), (0.0, 0.2), (0.0, 0.9)):
            found = [second_person([depth, run, listed], part, depth, listed=listed, tumor=tumor) for run in range(25)]
            told = sum(one is not None for one in found)
            lines.append(f"40 places, depth {depth}, second person {part:.0%}, tumor {tumor:.0%}: told in {told} of 25")
            assert told >= 24 if part else told == 0, lines[-1]
    record_property("shown", "\n".join(lines))
