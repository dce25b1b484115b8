from __future__ import annotations

import pytest

from genomodel.calls.identity.thresholds import identity_thresholds
from genomodel.core.errors import InputError


@pytest.mark.parametrize("name", ["contamination", "tumor_in_normal"])
def test_a_limit_that_would_never_warn_is_refused(name: str) -> None:
    with pytest.raises(
        InputError, match=f"{name}_warn 0.2 is above {name}_fail 0.1, so that it would never warn"
    ) as told:
        identity_thresholds([f"{name}_warn=0.2", f"{name}_fail=0.1"])
    assert told.value.fix == "Let warn be at most fail"


def test_limits_that_are_equal_are_taken() -> None:
    assert identity_thresholds(["contamination_warn=0.05"]).contamination_warn == 0.05


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("contamination_fail=nan", "contamination_fail"),
        ("tumor_in_normal_fail=inf", "tumor_in_normal_fail"),
        ("contamination_warn=-1", "contamination_warn"),
        ("contamination_fail=5", "contamination_fail"),
        ("min_sites=0", "min_sites"),
        ("min_sites=many", "min_sites"),
    ],
)
def test_a_limit_that_nothing_could_exceed_is_refused(word: str, name: str) -> None:
    with pytest.raises(InputError, match=f"{name} cannot be") as told:
        identity_thresholds([word])
    assert told.value.column == f"identity.{name}"


def test_a_limit_of_another_name_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError, match="contaminated: no such threshold"):
        identity_thresholds(["contaminated=0.1"])
