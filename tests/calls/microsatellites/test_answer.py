from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.microsatellites.baseline import baseline_site, read_baseline, write_baseline
from genomodel.calls.microsatellites.instability import (
    Slippage,
    germline_alleles,
    judge_site,
    slippage_of_normal,
    upper_tail,
    visible_share,
)
from genomodel.calls.microsatellites.job import SiteRow, against_baseline, against_normal, answer
from genomodel.calls.microsatellites.score import (
    LEAST_POWER,
    WITH_NORMAL,
    WITHOUT_NORMAL,
    exact_interval,
    judge_share,
)
from genomodel.core.errors import InputError
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay, RepeatSite
from genomodel.simulate.slippage import (
    SimulatedSite,
    TumorKind,
    draw_normal,
    draw_person,
    draw_tumor,
    simulate_sites,
)
from tests.calls.microsatellites.repeats import genome
from tests.calls.molecules import write_reference

HIGH, STABLE, OPEN = InstabilityClass.HIGH, InstabilityClass.STABLE, InstabilityClass.INDETERMINATE
SITE = RepeatSite(chrom="chr1", start=100, end=111, unit="A", repeats=12)
NORMAL = {11: 12, 12: 380, 13: 6}


@given(st.integers(1, 60), st.floats(0.1, 50), st.floats(0.1, 50))
def test_the_tail_is_that_of_the_beta_binomial(n: int, a: float, b: float) -> None:
    tail = upper_tail(n, a, b)
    mean = n * a / (a + b)
    assert tail[0] == pytest.approx(1)
    assert tail[1:].sum() == pytest.approx(mean, rel=1e-6)
    assert all(np.diff(tail) <= 1e-12)


def site(tumor: dict[int, int], normal: dict[int, int], purity: float = 0.5) -> bool:
    alleles = germline_alleles(normal)
    return judge_site(tumor, alleles, slippage_of_normal(normal, alleles), purity).unstable


def test_a_new_length_is_unstable_and_slippage_is_not() -> None:
    assert not site({11: 14, 12: 380, 13: 5}, NORMAL)
    assert not site({11: 26, 12: 360, 13: 10}, NORMAL), "a library that slips twice as much"
    assert site({11: 100, 12: 290, 13: 6}, NORMAL)
    assert site({8: 40, 12: 360}, NORMAL), "far from the allele few fragments suffice"


def test_inherited_lengths_are_not_unstable_even_when_one_is_lost() -> None:
    heterozygous = {10: 180, 11: 9, 12: 190, 13: 4}
    assert germline_alleles(heterozygous) == (12, 10)
    assert not site(heterozygous, heterozygous)
    assert not site({10: 20, 11: 8, 12: 340, 13: 8}, heterozygous)
    assert not site({9: 5, 10: 340, 11: 8, 12: 20}, heterozygous)
    assert site({8: 90, 10: 100, 12: 190}, heterozygous)


def test_depth_alone_makes_no_site_unstable() -> None:
    deep = {length: 50 * count for length, count in NORMAL.items()}
    assert not site({11: 1000, 12: 18_500, 13: 400}, deep)


def test_false_sites_stay_below_one_in_a_thousand_by_slippage_alone() -> None:
    rng = np.random.default_rng(3)
    false = 0
    for _ in range(4000):
        rate = rng.uniform(0.01, 0.2)
        normal, tumor = rng.binomial(300, rate), rng.binomial(300, rate)
        false += site({11: int(tumor), 12: 300 - int(tumor)}, {11: int(normal), 12: 300 - int(normal)})
    assert false <= 4


def test_power_falls_with_purity_and_depth_and_is_kept() -> None:
    alleles = germline_alleles(NORMAL)
    expected = slippage_of_normal(NORMAL, alleles)
    rng = np.random.default_rng(5)
    for purity, depth in ((0.2, 400), (0.3, 200), (0.6, 100)):
        told = judge_site({12: depth}, alleles, expected, purity).power
        seen = 0
        for _ in range(800):
            share = 0.045 + 0.95 * purity / 2
            off = int(rng.binomial(depth, share))
            seen += judge_site({11: off, 12: depth - off}, alleles, expected, purity).unstable
        assert seen / 800 >= told - 0.05, "the power that is told is no more than the true one"
    powers = [judge_site({12: 400}, alleles, expected, purity).power for purity in (0.1, 0.2, 0.4, 0.8)]
    assert powers == sorted(powers)
    assert powers[0] < 0.3
    assert powers[-1] > 0.95


@given(st.integers(1, 400), st.integers(0, 400))
def test_the_interval_is_exact(n: int, k: int) -> None:
    k = min(k, n)
    low, high = exact_interval(k, n)
    assert low <= k / n <= high
    if k:
        at_low = sum(math.comb(n, i) * low**i * (1 - low) ** (n - i) for i in range(k, n + 1)) if n < 60 else 0.025
        assert at_low == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(
    ("k", "n", "power", "purity", "status", "reason"),
    [
        (60, 300, 0.9, 0.5, HIGH, ""),
        (0, 300, 0.9, 0.5, STABLE, ""),
        (0, 300, 0.9, None, STABLE, "at least 20% of the cells"),
        (0, 14, 1.0, 0.8, OPEN, "Only 14 callable sites"),
        (0, 25, 1.0, 0.8, OPEN, "a high tumor is not excluded"),
        (0, 100, 0.3, 0.2, OPEN, "a high tumor is not excluded"),
        (0, 5000, LEAST_POWER - 0.01, 0.1, OPEN, "would be seen with a chance of"),
        (20, 300, 0.9, 0.5, OPEN, "between the cutoffs"),
        (3, 20, 0.9, 0.5, OPEN, "too few to tell the score"),
    ],
)
def test_class_by_share_sites_and_power(
    k: int, n: int, power: float, purity: float | None, status: InstabilityClass, reason: str
) -> None:
    found, words = judge_share(k, n, WITH_NORMAL, power=power, purity=purity)
    assert found is status
    assert reason in words
    assert bool(words) or status is not OPEN


class Assay:
    """A simulated assay with normals of other people."""

    def __init__(self, n: int, depth: float, rng: np.random.Generator) -> None:
        self.sites, self.depth, self.rng = simulate_sites(n, rng), depth, rng
        normals = [draw_normal(self.sites, draw_person(self.sites, rng), depth, rng) for _ in range(20)]
        self.baseline = [
            baseline_site(place.site, [lengths[i] for lengths in normals], 20) for i, place in enumerate(self.sites)
        ]

    def read(self, kind: TumorKind, *, extra: float = 1.0) -> dict[str, MicrosatelliteAssay]:
        person = draw_person(self.sites, self.rng)
        normal = draw_normal(self.sites, person, self.depth, self.rng)
        tumor, _ = draw_tumor(self.sites, person, kind, self.depth, self.rng, extra=extra)
        rows = [SiteRow(p.site, t, n) for p, t, n in zip(self.sites, tumor, normal, strict=True)]
        paired = [against_normal(row, 20) for row in rows]
        alone = [against_baseline(row, known, 20) for row, known in zip(rows, self.baseline, strict=True)]
        return {
            "paired": answer(paired, WITH_NORMAL, "paired", purity=kind.purity)[0],
            "alone": answer(alone, WITHOUT_NORMAL, "alone", purity=kind.purity)[0],
        }


def test_no_wrong_class_over_depths_sizes_and_purities(record_property: Callable[[str, object], None]) -> None:
    rng = np.random.default_rng(20)
    told: Counter[tuple[str, str, str]] = Counter()
    for n in (25, 100, 250):
        for depth in (100, 300, 800):
            assay = Assay(n, depth, rng)
            for purity in (0.2, 0.4, 0.8):
                for unstable in (0.0, 0.2, 0.45):
                    truth = "high" if unstable else "stable"
                    for mode, found in assay.read(TumorKind(unstable, purity)).items():
                        told[mode, truth, found.status.value] += 1
                        assert found.status in (OPEN, InstabilityClass(truth)), (mode, n, depth, purity, unstable)
    words = "; ".join(f"{mode} {truth} -> {status}: {k}" for (mode, truth, status), k in sorted(told.items()))
    record_property("shown", f"Microsatellite instability, simulated tumors: {words}")
    assert told["paired", "high", "high"] >= 35
    assert told["paired", "stable", "stable"] >= 10


def test_a_tumor_alone_is_read_only_where_people_are_alike() -> None:
    same = [{12: 300, 11: 10}] * 20
    polymorphic = [{12: 300, 11: 10}] * 16 + [{12: 150, 10: 150}] * 4
    few = baseline_site(SITE, same[:5], 20)
    alike, differ = baseline_site(SITE, same, 20), baseline_site(SITE, polymorphic, 20)
    assert alike is not None
    assert differ is not None
    tumor = SiteRow(SITE, {12: 150, 10: 150}, {})
    assert against_baseline(tumor, differ, 20).reason == "length differs between people"
    assert against_baseline(tumor, few, 20).reason == "fewer than 10 normals in the baseline"
    assert against_baseline(tumor, None, 20).reason == "not in the baseline"
    assert unstable(against_baseline(tumor, alike, 20))
    one_carrier = baseline_site(SITE, [*same[:19], {12: 150, 10: 150}], 20)
    carried = against_baseline(tumor, one_carrier, 20)
    assert carried.expected is not None
    assert not unstable(carried), "a length that a normal carried may be inherited"
    rare = baseline_site(SITE, [*same * 5, {12: 150, 10: 150}], 20)
    assert rare is not None
    assert rare.alleles == (12,)
    assert unstable(against_baseline(tumor, rare, 20)), "one carrier of a hundred hides no change"


def test_a_change_to_a_length_that_is_never_new_has_no_chance_to_be_seen() -> None:
    carried = baseline_site(SITE, [{12: 300, 11: 10}] * 19 + [{12: 150, 11: 150}], 20)
    plain = baseline_site(SITE, [{12: 300, 11: 10}] * 20, 20)
    tumor = SiteRow(SITE, {12: 300}, {})
    chances = []
    for known in (plain, carried):
        row = against_baseline(tumor, known, 20)
        assert row.expected is not None
        chances.append(judge_site(row.tumor, row.alleles, row.expected, 0.8, row.own).power)
    assert chances[0] > 0.9
    assert chances[1] == 0, "the shorter length is one that a normal carries"
    assert visible_share((12,), (12,)) == visible_share((12, 10), (12, 10)) == 1
    assert visible_share((12, 11), (12, 11)) == 0.5, "of two lengths side by side each hides a change of the other"
    rows = [against_baseline(SiteRow(SITE, {12: 300}, {}), carried, 20)] * 200
    assert answer(rows, WITHOUT_NORMAL, "", purity=0.8)[0].status is OPEN


def unstable(row: SiteRow) -> bool:
    assert row.expected is not None
    return judge_site(row.tumor, row.alleles, row.expected, 0.5).unstable


def test_a_library_that_slips_more_at_every_site_makes_no_tumor_high() -> None:
    rng, ratios = np.random.default_rng(4), []
    for purity in (0.2, 0.8):
        for extra in (1.5, 2.0):
            assay = Assay(120, 300, rng)
            found = assay.read(TumorKind(0.0, purity), extra=extra)
            assert {item.status for item in found.values()} <= {STABLE, OPEN}
            ratios.append(found["paired"].slippage_ratio or 0)
            high = assay.read(TumorKind(0.4, purity), extra=extra)
            assert {item.status for item in high.values()} <= {HIGH, OPEN}
    assert np.mean(ratios) > 1.2


def baseline_text(tmp_path: Path, start: int) -> tuple[Path, str]:
    place = dataclasses.replace(
        SimulatedSite(SITE, 0.02, 0.0, 11), site=SITE.model_copy(update={"start": start, "end": start + 11})
    )
    known = baseline_site(place.site, [{12: 300, 11: 10}] * 20, 20)
    assert known is not None
    path = tmp_path / "baseline.tsv"
    write_baseline([known], path)
    return path, path.read_text()


def test_a_baseline_comes_back_as_it_was_written(tmp_path: Path) -> None:
    sequence, starts = genome(1)
    reference = write_reference(tmp_path, sequence)
    path, text = baseline_text(tmp_path, starts[0])
    read = read_baseline(path, reference)
    write_baseline(list(read.values()), path)
    assert path.read_text() == text
    (item,) = read.values()
    assert (item.normals, item.mode, item.alleles, item.reason) == (20, 12, (12,), "")
    assert item.slippage == Slippage(near=pytest.approx(item.slippage.near), far=pytest.approx(item.slippage.far))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("baseline 1", "baseline 9"), "first line is not"),
        (lambda text: text.replace("near_a", "near"), "columns are missing: near_a"),
        (lambda text: text.replace("\tA\t12\t", "\tA\tmany\t"), "row 3"),
        (lambda text: text.replace("chr1\t", "22\t"), "is not on the reference"),
        (lambda text: text.replace("\tA\t12\t", "\tT\t12\t"), "no repeat of 12 T"),
    ],
)
def test_a_baseline_of_another_layout_or_genome_is_named(
    tmp_path: Path, change: Callable[[str], str], message: str
) -> None:
    sequence, starts = genome(1)
    reference = write_reference(tmp_path, sequence)
    path, text = baseline_text(tmp_path, starts[0])
    path.write_text(change(text))
    with pytest.raises(InputError, match=message):
        read_baseline(path, reference)
