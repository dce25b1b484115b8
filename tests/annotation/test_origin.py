from __future__ import annotations

import pytest

from genomodel.annotation.origin import Observation, judge_counts
from genomodel.core.variants import AlleleCounts, Origin


@pytest.mark.parametrize(("alt", "origin"), [(1, Origin.UNCERTAIN), (2, Origin.UNCERTAIN), (3, Origin.SOMATIC)])
def test_one_or_two_reads_make_no_somatic_call_though_a_caller_passed_them(alt: int, origin: Origin) -> None:
    tumor = Observation(AlleleCounts(depth=100, ref_reads=100 - alt, alt_reads=alt, allele_fraction=alt / 100))
    normal = Observation(AlleleCounts(depth=100, ref_reads=100, alt_reads=0, allele_fraction=0.0))
    judgement = judge_counts(tumor, normal, passed=True)
    assert judgement.origin is origin
    assert ("although its caller passed it" in judgement.reason) is (origin is Origin.UNCERTAIN)
