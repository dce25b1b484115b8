from __future__ import annotations

import numpy as np
import pytest

from genomodel.calls.identity.sex import SexSigns, check_sex, sex_contig, sex_signs
from genomodel.core.identity import CheckStatus

X38, Y38 = 156_040_895, 57_227_415


@pytest.mark.parametrize(
    ("region", "length", "part"),
    [
        (("chrX", 66_000_000, 66_010_000), X38, "X"),
        (("X", 66_000_000, 66_010_000), X38, "X"),
        (("chrX", 1_000_000, 1_010_000), X38, ""),
        (("chrX", 155_800_000, 155_810_000), X38, ""),
        (("chrY", 6_000_000, 6_010_000), Y38, "Y"),
        (("chrY", 57_000_000, 57_010_000), Y38, ""),
        (("chrX", 1_000, 2_000), 5_000, "autosome"),
        (("chrM", 0, 100), 16_569, ""),
        (("chr7", 0, 100), 159_345_973, "autosome"),
    ],
)
def test_what_x_and_y_share_tells_nothing(region: tuple[str, int, int], length: int, part: str) -> None:
    assert sex_contig(region, length) == part


def depth(autosome: float, x: float, y: float, bases: int = 30_000) -> dict[str, np.ndarray]:
    return {
        name: np.array([bases, 0, int(bases * value)]) for name, value in (("autosome", autosome), ("X", x), ("Y", y))
    }


@pytest.mark.parametrize(
    ("signs", "sex"),
    [
        (sex_signs(depth(100, 97, 0.5), 1, 12, 20), "female"),
        (sex_signs(depth(100, 52, 45), 1, 0, 20), "male"),
        (sex_signs(depth(100, 98, 45), 1, 12, 20), "unclear"),
        (sex_signs(depth(100, 75, 45), 1), "unclear"),
        (sex_signs(depth(100, 50, 45, bases=1000), 1), None),
        (sex_signs({}, 1, 0, 9), None),
        (sex_signs({}, 1, 0, 30), "male"),
    ],
)
def test_all_signs_have_to_agree(signs: SexSigns, sex: str | None) -> None:
    assert signs.sex == sex


def test_another_sex_than_the_sheets_fails_in_a_normal_and_warns_in_a_tumor() -> None:
    male = SexSigns(x_ratio=0.5, y_ratio=0.5)
    assert check_sex(male, "female", "normal").status is CheckStatus.FAILED
    assert check_sex(male, "female", "tumor").status is CheckStatus.WARNING
    assert check_sex(male, "male", "normal").status is CheckStatus.PASSED
    unsaid = check_sex(male, None, "normal")
    assert unsaid.status is CheckStatus.PASSED
    assert "the sheet gives no sex" in unsaid.value
    nothing = check_sex(SexSigns(), "female", "normal")
    assert nothing.status is CheckStatus.NOT_ASSESSABLE
    assert "too little of X and Y" in nothing.value
    assert check_sex(male, "female", "normal").consequence
