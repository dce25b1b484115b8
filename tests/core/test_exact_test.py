from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from genomodel.core.exact_test import fisher


@given(*(st.integers(0, 60) for _ in range(4)))
def test_fishers_exact_test_is_that_of_scipy(a: int, b: int, c: int, d: int) -> None:
    assert fisher(a, b, c, d) == pytest.approx(fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-6, abs=1e-12)
