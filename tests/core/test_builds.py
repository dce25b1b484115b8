from __future__ import annotations

import pytest

from genomodel.core.builds import bare


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("chr7", "7"),
        ("Chr7", "7"),
        ("7", "7"),
        ("chrM", "MT"),
        ("M", "MT"),
        ("chrMT", "MT"),
        ("GL000191.1", "GL000191.1"),
    ],
)
def test_the_spellings_of_a_contig_are_one_name(spelled: str, name: str) -> None:
    assert bare(spelled) == name
