from __future__ import annotations

import pytest

from genomodel.core.builds import bare, spellings


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("chr7", "7"),
        ("Chr7", "7"),
        ("CHR7", "7"),
        ("23", "X"),
        ("chr23", "X"),
        ("24", "Y"),
        ("chrx", "X"),
        ("22", "22"),
        ("7", "7"),
        ("chrM", "MT"),
        ("M", "MT"),
        ("chrMT", "MT"),
        ("GL000191.1", "GL000191.1"),
    ],
)
def test_the_spellings_of_a_contig_are_one_name(spelled: str, name: str) -> None:
    assert bare(spelled) == name


def test_a_contig_is_looked_for_under_its_own_name_first() -> None:
    assert spellings("chr7")[0] == "chr7"
    assert set(spellings("7")) == set(spellings("chr7")) == {"7", "chr7"}
    assert set(spellings("MT")) == {"MT", "chrMT", "chrM"}
