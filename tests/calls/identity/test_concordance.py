from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from genomodel.calls.identity.likelihood import PairOdds, call_genotypes, pair_odds, pair_tables
from genomodel.calls.identity.verdicts import identity_check, unlike
from genomodel.core.identity import CheckStatus, IdentityThresholds
from tests.calls.identity import people

Shown = Callable[[str, object], None]
LIMITS = IdentityThresholds()
RUNS = 500


def verdict(odds: PairOdds) -> str:
    """Say what the check says: ``one``, ``two`` or ``open``."""
    doubt = unlike(odds, LIMITS)
    status = identity_check([(doubt, "x")] if doubt else [], odds, 0, LIMITS).status
    return {CheckStatus.PASSED: "one", CheckStatus.FAILED: "two"}.get(status, "open")


def draw(rng: np.random.Generator, kind: str, n_sites: int, depth: int, *, listed: bool) -> PairOdds:
    """Draw a normal and a tumor; every third tumor is pure and lost an allele at half of its sites."""
    drawn = n_sites if listed else 12 * n_sites
    frequency = people.common_frequencies(rng, drawn) if listed else people.all_frequencies(rng, drawn)
    first = people.person(rng, frequency)
    second = first
    if kind == "unrelated":
        second = people.person(rng, frequency)
    elif kind == "siblings":
        first, second = people.siblings(rng, frequency)
    kept = np.arange(n_sites) if listed else np.flatnonzero(first > 0)[:n_sites]
    hardest = rng.random() < 1 / 3
    purity, loss = (1.0, 0.5) if hardest else (rng.uniform(0.2, 1), rng.uniform(0, 0.5))
    # Foreign DNA of up to 5 % is another check's matter and must not make two persons of one.
    foreign, part = people.share(people.person(rng, frequency))[kept], rng.uniform(0, 0.05)
    tumor = (1 - part) * people.tumor_share(rng, second[kept], purity, loss) + part * foreign
    return pair_odds(
        people.counts(rng, people.share(first[kept]), depth),
        people.counts(rng, tumor, depth),
        frequency=frequency if listed else None,
    )


@pytest.mark.slow
@pytest.mark.parametrize("listed", [True, False], ids=["common-sites", "sites-of-the-reads"])
def test_unrelated_pairs_are_found_from_thirty_sites_on(listed: bool, record_property: Shown) -> None:
    lines = []
    for n_sites in (30, 50, 100):
        for depth in (30, 100):
            rng = np.random.default_rng([n_sites, depth, listed])
            found = {
                kind: [verdict(draw(rng, kind, n_sites, depth, listed=listed)) for _ in range(RUNS)]
                for kind in ("same", "unrelated", "siblings")
            }
            rate = {kind: {word: said.count(word) / RUNS for word in ("one", "two")} for kind, said in found.items()}
            missed, alarm = rate["unrelated"]["one"], rate["same"]["two"]
            lines.append(
                f"{n_sites} {'common sites' if listed else 'sites of the reads'}, depth {depth}, purity to 1, loss to "
                f"50 %: unrelated held for one person {missed:.3f}, found {rate['unrelated']['two']:.3f}; false alarm "
                f"{alarm:.3f}, one person said {rate['same']['one']:.3f}; siblings found "
                f"{rate['siblings']['two']:.3f}, held for one person {rate['siblings']['one']:.3f} ({RUNS} pairs each)"
            )
            assert rate["unrelated"]["one"] == 0, lines[-1]
            assert rate["unrelated"]["two"] >= 0.97, lines[-1]
            assert rate["same"]["two"] == 0, lines[-1]
            assert rate["same"]["one"] >= 0.7, lines[-1]
            assert rate["siblings"]["one"] <= 0.012, lines[-1]
            assert rate["siblings"]["two"] >= 0.8, lines[-1]
    record_property("shown", "\n".join(lines))


def test_below_thirty_sites_nothing_is_said() -> None:
    rng = np.random.default_rng(3)
    said = {verdict(draw(rng, kind, 29, 100, listed=True)) for kind in ("same", "unrelated") for _ in range(20)}
    assert said == {"open"}


def test_loss_of_an_allele_is_no_discordance_and_the_opposite_allele_is() -> None:
    n, full, none = 40, np.full(40, 100), np.zeros(40, dtype=np.int64)
    het = (np.full(n, 50), np.full(n, 50))
    half = np.arange(n) % 2 == 0
    lost = (np.where(half, full, none), np.where(half, none, full))
    frequency = np.full(n, 0.5)
    with_shared = [(np.concatenate([a, full]), np.concatenate([b, none])) for a, b in (het, lost)]
    assert unlike(pair_odds(*with_shared, frequency=np.full(2 * n, 0.5)), LIMITS) == ""
    assert pair_odds((full, none), (none, full), frequency=frequency).against_unrelated < -100
    assert pair_odds((full, none), (full, none), frequency=frequency).one_person > 10


def test_chances_of_pairs_add_up_and_relatives_stand_between() -> None:
    for frequency in (None, np.array([0.01, 0.3, 0.9])):
        same, sibling, unrelated = pair_tables(frequency, 3)
        for table in (same, sibling, unrelated):
            assert np.allclose(table.sum(axis=(1, 2)), 1)
        agree = [np.trace(table, axis1=1, axis2=2) for table in (same, sibling, unrelated)]
        assert (agree[0] > agree[1]).all()
        assert (agree[1] > agree[2]).all()


def test_genotypes_carry_a_quality_that_falls_with_the_depth() -> None:
    ref, alt = np.array([100, 50, 0, 5, 0, 3]), np.array([0, 50, 100, 0, 0, 1])
    genotype, quality = call_genotypes(ref, alt)
    assert genotype.tolist()[:5] == [0, 1, 2, 0, -1]
    assert (quality[:3] >= 40).all()
    assert quality[3] < 20
    assert quality[5] < 20
    assert quality[4] == 0
