from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from genomodel.profile.build import build_profile
from genomodel.profile.features import Feature, FeatureKind
from genomodel.response.neighbors import (
    alteration_columns,
    distance_limit,
    driver_distance,
    driver_weights,
    nearest_lines,
    supporting_lines,
)
from tests.response.conftest import tumor

Mask = npt.NDArray[np.bool_]

FEATURES = (
    Feature(FeatureKind.TISSUE, "skin"),
    Feature(FeatureKind.OTHER, "TTN"),
    Feature(FeatureKind.ALLELE, "BRAF", "V600E"),
    Feature(FeatureKind.DRIVER, "BRAF"),
    Feature(FeatureKind.DRIVER, "TP53"),
    Feature(FeatureKind.AMPLIFICATION, "MYC"),
    Feature(FeatureKind.FUSION, "BCR::ABL1"),
    Feature(FeatureKind.AMPLIFICATION, "OR4F5"),
)
N = len(FEATURES)
ALL = np.ones(N, dtype=np.bool_)
LINES = np.array(
    [
        [1, 0, 1, 1, 0, 0, 0, 1],
        [1, 1, 0, 1, 1, 0, 0, 1],
        [0, 0, 0, 0, 1, 1, 0, 1],
        [0, 0, 0, 0, 1, 0, 0, 1],
        [0, 1, 0, 0, 0, 0, 0, 1],
    ],
    dtype=np.bool_,
)
WEIGHTS = driver_weights(FEATURES, LINES)
rows = arrays(np.bool_, N)
tables = arrays(np.bool_, st.tuples(st.integers(1, 6), st.just(N)))


def far(one: Mask, other: Mask, observed: Mask = ALL) -> float:
    return float(driver_distance(one, observed, other[None], WEIGHTS)[0])


def test_only_driver_events_weigh_and_rare_ones_more() -> None:
    assert WEIGHTS[[0, 1, 7]].tolist() == [0.0, 0.0, 0.0]
    assert WEIGHTS[2] > WEIGHTS[3] > WEIGHTS[4] > 0.0
    assert WEIGHTS[6] == WEIGHTS.max()


@given(rows, rows)
def test_distance_is_symmetric_and_between_zero_and_one(one: Mask, other: Mask) -> None:
    assert far(one, one) == pytest.approx(0.0, abs=1e-12)
    assert far(one, other) == pytest.approx(far(other, one))
    assert 0.0 <= far(one, other) <= 1.0


@given(rows, rows, rows)
def test_what_was_not_observed_does_not_count(one: Mask, other: Mask, observed: Mask) -> None:
    assert far(one, other, observed) == pytest.approx(far(one & observed, other & observed))
    assert far(one | ~observed, other, observed) == pytest.approx(far(one, other, observed))


@given(rows, rows, rows)
def test_weights_of_one_kind_are_a_metric(one: Mask, other: Mask, third: Mask) -> None:
    assert far(one, third) <= far(one, other) + far(other, third) + 1e-9


@given(rows, rows)
def test_another_shared_driver_brings_lines_nearer(one: Mask, other: Mask) -> None:
    missing = np.flatnonzero(one & ~other & (WEIGHTS > 0))
    if len(missing):
        nearer = other.copy()
        nearer[missing[0]] = True
        assert far(one, nearer) < far(one, other)


@given(tables, rows, rows)
def test_nearest_lines_come_first_with_what_they_share(table: Mask, tumor: Mask, observed: Mask) -> None:
    weights = driver_weights(FEATURES, table)
    distance = driver_distance(tumor, observed, table, weights)
    found = nearest_lines(tumor, observed, table, weights, n=3)
    assert [neighbor.distance for neighbor in found] == sorted(distance.tolist())[:3]
    for neighbor in found:
        expected = {j for j in range(N) if tumor[j] and observed[j] and table[neighbor.line, j] and weights[j] > 0}
        assert set(neighbor.shared) == expected
        assert list(weights[list(neighbor.shared)]) == sorted(weights[list(neighbor.shared)], reverse=True)


def test_limit_is_taken_over_other_lines_of_other_patients() -> None:
    twins = np.vstack([LINES, LINES])
    assert distance_limit(twins, WEIGHTS) == pytest.approx(0.0)
    groups = [*"abcde", *"abcde"]
    apart = distance_limit(twins, WEIGHTS, groups, percentile=50)
    assert apart == pytest.approx(distance_limit(LINES, WEIGHTS, percentile=50))
    assert 0.0 < distance_limit(LINES, WEIGHTS, percentile=50) <= distance_limit(LINES, WEIGHTS) <= 1.0


def test_a_single_line_has_no_limit() -> None:
    assert distance_limit(LINES[:1], WEIGHTS) == 1.0


IDS = ["zeta", "beta", "gamma", "alpha", "eta"]
TISSUES = ["skin", "skin", "lung", "lung", "lung"]


def test_lines_of_the_same_tissue_support_first() -> None:
    found = supporting_lines([4], LINES, IDS, TISSUES, "lung", 2)
    assert (found.n, found.n_same_tissue, found.names) == (3, 2, ("alpha", "gamma"))
    assert supporting_lines([4], LINES, IDS, TISSUES, "skin", 9).names == ("beta", "alpha", "gamma")


def test_a_line_supports_an_alteration_when_it_has_all_of_it() -> None:
    assert supporting_lines([2, 3], LINES, IDS, TISSUES, "skin", 9).names == ("zeta",)
    assert supporting_lines([3], LINES, IDS, TISSUES, "skin", 9).names == ("beta", "zeta")
    assert supporting_lines([6], LINES, IDS, TISSUES, "skin", 9).n == 0
    assert supporting_lines([], LINES, IDS, TISSUES, "skin", 9).n == 0


def test_an_alteration_is_known_by_its_own_features_before_those_of_its_groups() -> None:
    features = (
        *FEATURES,
        Feature(FeatureKind.HOTSPOT, "BRAF"),
        Feature(FeatureKind.GROUP_DRIVER, "RAF"),
        Feature(FeatureKind.GROUP_DRIVER, "AKT-MTOR"),
    )
    one = tumor("SKCM", "BRAF V600E", "BRAF G469A", "STK11 Q37*", "TTN A1T", amplified=("MYC",))
    columns = alteration_columns(build_profile(one, features), features)
    assert {label: [features[j].name for j in found] for label, found in columns.items()} == {
        "BRAF p.V600E": ["BRAF:V600E", "BRAF:driver", "BRAF:hotspot"],
        "BRAF p.G469A": ["BRAF:driver", "BRAF:hotspot"],
        "STK11 p.Q37*": ["AKT-MTOR:group_driver"],
        "TTN p.A1T": ["TTN:other"],
        "MYC amplification": ["MYC:amplification"],
    }
