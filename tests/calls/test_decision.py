from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact as fisher_scipy

from genomodel.calls.decision import SampleEvidence, SiteBias, decide_tumor_normal, decide_tumor_only, find_bias
from genomodel.calls.germline_risk import label_germline_risk
from genomodel.calls.likelihood import fisher_exact, fraction_lod, normal_lod
from genomodel.core.variants import Origin

CLEAN_NORMAL = SampleEvidence(60, 60, 0, 2000, 0, (0.0, -18.0, -180.0))
HET_NORMAL = SampleEvidence(60, 30, 30, 1000, 1000, (-90.0, 0.0, -90.0))


def tumor(ref: int, alt: int, gl: tuple[float, ...] = (), depth: int | None = None) -> SampleEvidence:
    return SampleEvidence(ref + alt if depth is None else depth, ref, alt, ref * 35.0, alt * 35.0, gl)


def test_a_clear_somatic_variant_passes() -> None:
    decision = decide_tumor_normal(tumor(60, 40, (-120.0, 0.0, -200.0)), CLEAN_NORMAL)
    assert decision.origin is Origin.SOMATIC
    assert decision.filters == ("PASS",)
    assert decision.normal_lod == 18.0


def test_ten_percent_at_depth_100_passes_though_the_diploid_genotype_says_reference() -> None:
    decision = decide_tumor_normal(tumor(90, 10, (0.0, -6.0, -250.0)), CLEAN_NORMAL)
    assert decision.origin is Origin.SOMATIC
    assert "observed fraction" in decision.reason


@pytest.mark.parametrize(
    ("normal", "word"),
    [
        (SampleEvidence(), "no reads"),
        (SampleEvidence(0, 0, 0, 0, 0, ()), "no reads"),
        (SampleEvidence(60, 60, 0, 2000, 0, ()), "no genotype likelihoods"),
        (SampleEvidence(5, 5, 0, 150, 0, (0.0, -1.5, -15.0)), "5 reads"),
        (SampleEvidence(10, 10, 0, 300, 0, (0.0, -3.0, -30.0)), "LOD 3.0"),
    ],
)
def test_a_normal_that_cannot_speak_does_not_pass(normal: SampleEvidence, word: str) -> None:
    decision = decide_tumor_normal(tumor(60, 40, (-120.0, 0.0, -200.0)), normal)
    assert decision.origin is Origin.UNCERTAIN
    assert decision.filters == ("GM_normal_not_assessable",)
    assert word in decision.reason


def test_an_inherited_variant_is_germline_even_where_the_normal_is_shallow_or_the_tumor_lost_it() -> None:
    shallow = SampleEvidence(6, 2, 4, 70, 140, (-14.0, 0.0, -6.0))
    for t, n in (
        (tumor(40, 60), HET_NORMAL),
        (tumor(100, 0, (0.0, -30.0, -300.0)), HET_NORMAL),
        (tumor(0, 90), shallow),
    ):
        assert decide_tumor_normal(t, n).origin is Origin.GERMLINE


def test_a_normal_with_some_reads_of_the_allele_is_uncertain() -> None:
    contaminated = SampleEvidence(77, 66, 11, 2300, 380, (-25.0, 0.0, -200.0))
    decision = decide_tumor_normal(tumor(6, 19, (-60.0, 0.0, -20.0)), contaminated)
    assert (decision.origin, decision.filters) == (Origin.UNCERTAIN, ("GM_normal_evidence",))


def test_the_ratio_of_fractions_counts() -> None:
    noisy = SampleEvidence(400, 390, 10, 13000, 300, (0.0, -90.0, -1200.0))
    assert decide_tumor_normal(tumor(570, 30, (-30.0, 0.0, -900.0)), noisy).origin is Origin.UNCERTAIN
    assert decide_tumor_normal(tumor(450, 150, (-300.0, 0.0, -900.0)), noisy).origin is Origin.SOMATIC


@pytest.mark.parametrize(
    ("evidence", "filter_name"),
    [
        (SampleEvidence(), "GM_no_tumor_data"),
        (tumor(98, 2), "GM_low_alt_reads"),
        (SampleEvidence(1000, 990, 10, 35000, 120), "GM_tumor_lod"),
        (tumor(990, 10, (-20.0, 0.0, -900.0)), "GM_low_fraction"),
    ],
)
def test_weak_evidence_in_the_tumor_is_not_called(evidence: SampleEvidence, filter_name: str) -> None:
    for decision in (decide_tumor_normal(evidence, CLEAN_NORMAL), decide_tumor_only(evidence)):
        assert (decision.origin, decision.filters) == (Origin.NOT_CALLED, (filter_name,))


def test_the_fraction_is_over_all_reads_of_the_place_third_alleles_included() -> None:
    assert tumor(40, 20, depth=100).fraction == 0.2


def test_bias_counts_only_where_the_reference_does_not_share_it() -> None:
    assert find_bias(SiteBias(50, 50, 12, 0)) == ("GM_strand_bias",)
    assert find_bias(SiteBias(100, 0, 12, 0)) == ()
    assert find_bias(SiteBias(50, 50, 3, 0)) == ()
    assert find_bias(SiteBias(alt_left=0, alt_right=14, ref_placement_phred=5)) == ("GM_position_bias",)
    assert find_bias(SiteBias(alt_left=0, alt_right=14, ref_placement_phred=130)) == ()
    assert find_bias(SiteBias()) == ()


def test_tumor_only_is_never_somatic() -> None:
    decision = decide_tumor_only(tumor(60, 40, (-120.0, 0.0, -200.0)))
    assert decision.origin is Origin.UNCERTAIN
    assert decision.germline_risk == "high"
    assert "no matched normal" in decision.reason


@pytest.mark.parametrize(
    ("fraction", "depth", "kwargs", "expected"),
    [
        (0.5, 500, {}, "high"),
        (0.98, 500, {}, "high"),
        (0.12, 500, {}, "low"),
        (0.75, 500, {}, "moderate"),
        (0.3, 20, {}, "high"),
        (0.5, 500, {"purity": 0.3}, "high"),
        (0.5, 500, {"purity": 0.95}, "moderate"),
        (0.12, 500, {"population_frequency": 0.02}, "high"),
        (0.12, 500, {"population_frequency": 0.00001}, "low"),
        (0.5, 500, {"hotspot": True}, "moderate"),
        (0.5, 500, {"hotspot": True, "population_frequency": 0.02}, "high"),
        (None, None, {}, "moderate"),
    ],
)
def test_germline_risk(fraction: float | None, depth: int | None, kwargs: dict[str, float], expected: str) -> None:
    assert label_germline_risk(fraction, depth, **kwargs)[0] == expected  # type: ignore[arg-type]


def test_likelihoods_against_hand_computed_values() -> None:
    assert normal_lod(12, 0) == pytest.approx(12 * 0.30103, abs=0.02)
    assert fraction_lod(0, 0) == 0
    assert fraction_lod(90, 10) == pytest.approx(10 * 3.477 - 10 - 90 * 0.04576 + 90 * 0.000434, abs=0.3)


@pytest.mark.parametrize("table", [(12, 0, 50, 50), (3, 4, 20, 10), (0, 8, 500, 400), (5, 0, 0, 7)])
def test_fishers_exact_test_agrees_with_scipy(table: tuple[int, int, int, int]) -> None:
    a, b, c, d = table
    assert fisher_exact(a, b, c, d) == pytest.approx(fisher_scipy([[a, b], [c, d]]).pvalue, rel=1e-6)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 200), st.integers(0, 200))
def test_somatic_always_means_evidence_in_the_tumor_and_its_absence_in_the_normal(
    t_ref: int, t_alt: int, n_ref: int, n_alt: int
) -> None:
    lod = normal_lod(n_ref, n_alt)
    normal = SampleEvidence(n_ref + n_alt, n_ref, n_alt, 35 * n_ref, 35 * n_alt, (0.0, -lod, -lod - 5))
    decision = decide_tumor_normal(tumor(t_ref, t_alt), normal)
    if decision.origin is Origin.SOMATIC:
        assert t_alt >= 3
        assert n_ref + n_alt >= 8
        assert n_alt / (n_ref + n_alt) <= max(0.001, t_alt / (t_ref + t_alt) / 2.7)
    assert decision.reason
    assert decision.filters
