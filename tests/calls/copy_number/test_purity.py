from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.copy_number.allelic import allelic_segments, gene_loh, with_copies
from genomodel.calls.copy_number.purity import estimate_purity_ploidy
from genomodel.calls.copy_number.thin import MOST_POINTS, thin_bins, thin_sites
from genomodel.core.copy_number import (
    Bin,
    CopyNumberProfile,
    HetSite,
    PurityPloidy,
    Segment,
    disagreement,
    purity_in_force,
    reconcile,
)
from genomodel.core.patients import Patient, TumorType
from genomodel.core.provenance import SourceFile
from genomodel.simulate.tumor_genomes import TumorSettings, simulate_tumor

SMALL = TumorSettings(n_segments=36, altered=0.5, sites=25, bins=40)
SEGMENT = Segment(chrom="1", start=1, end=10_000_000, log2_ratio=0.0, n_bins=200)
Shown = Callable[[str, object], None]


def sites(
    rng: np.random.Generator, share: float, n: int, *, first: int = 1, last: int = 10_000_000, depth: int = 100,
    reference: float = 0.5,
) -> list[HetSite]:  # fmt: skip
    """Draw sites whose lesser allele has a share of the tumor's DNA; the reference is read too often."""
    found = []
    for pos in np.sort(rng.integers(first, last, n)):
        fraction = share if rng.random() < 0.5 else 1 - share
        seen = fraction * (1 - reference) / (fraction * (1 - reference) + (1 - fraction) * reference)
        alt, normal = int(rng.binomial(depth, seen)), int(rng.binomial(depth, 1 - reference))
        found.append(
            HetSite(
                chrom="1", pos=int(pos), tumor_ref=depth - alt, tumor_alt=alt, normal_ref=depth - normal,
                normal_alt=normal,
            )
        )  # fmt: skip
    return found


@pytest.mark.slow
def test_purity_and_ploidy_are_recovered_with_intervals_that_hold(record_property: Shown) -> None:
    errors, held, ploidy_held, wrong, silent, n = [], 0, 0, 0, 0, 0
    for doubled in (False, True):
        for purity in (0.25, 0.5, 0.8):
            for seed in range(2):
                tumor = simulate_tumor(replace(SMALL, purity=purity, doubled=doubled), seed)
                found = estimate_purity_ploidy(tumor.segments, tumor.sites, bins=tumor.bins)
                n += 1
                if found.purity is None:
                    silent += 1
                    assert found.reason
                    continue
                assert found.purity_low is not None
                assert found.purity_high is not None
                errors.append(abs(found.purity - purity))
                held += found.purity_low <= purity <= found.purity_high
                ploidy_held += (found.ploidy_low or 0) <= tumor.ploidy <= (found.ploidy_high or 0)
                wrong += errors[-1] > 0.1
    answered = len(errors)
    text = (
        f"purity of {n} simulated tumors: median error {np.median(errors):.3f}, largest {max(errors):.3f}, "
        f"95 % interval held {held} of {answered}, of ploidy {ploidy_held}, no answer {silent}"
    )
    record_property("shown", text)
    assert answered >= n / 3, text
    assert held >= 0.9 * answered - 1, text
    assert wrong <= 0.1 * answered + 1, text


def test_a_genome_without_alterations_gives_a_reason_and_no_number() -> None:
    tumor = simulate_tumor(replace(SMALL, altered=0.0), 1)
    found = estimate_purity_ploidy(tumor.segments, tumor.sites, bins=tumor.bins)
    assert found.purity is None
    assert "no altered segment" in found.reason
    at_given = estimate_purity_ploidy(tumor.segments, tumor.sites, 0.4, tumor.bins)
    assert (at_given.purity, at_given.source) == (0.4, "given")
    assert at_given.ploidy == pytest.approx(2.0, abs=0.1), "quiet, and no sign of doubling"


def test_a_genome_that_is_as_well_doubled_is_ambiguous() -> None:
    tumor = simulate_tumor(replace(SMALL, n_segments=22, altered=0.0, purity=0.6), 1)
    changed = [
        s.model_copy(update={"log2_ratio": s.log2_ratio + (0.379 if i == 0 else 0.0)})
        for i, s in enumerate(tumor.segments)
    ]
    found = estimate_purity_ploidy(changed, [s for s in tumor.sites if s.chrom != "1"], bins=tumor.bins)
    assert found.purity is None, "one gain of unknown alleles fits many purities"
    assert "ambiguous" in found.reason or "any purity" in found.reason


@pytest.mark.parametrize(("kept", "said"), [(0, "too few heterozygous"), (2, "fewer than 3")])
def test_little_to_go_by_is_said(kept: int, said: str) -> None:
    tumor = simulate_tumor(SMALL, 2)
    segments = tumor.segments[:kept] if kept else tumor.segments
    found = estimate_purity_ploidy(segments, tumor.sites if kept else (), bins=tumor.bins)
    assert found.purity is None
    assert said in found.reason
    assert estimate_purity_ploidy(segments, (), 0.5).purity == 0.5, "what the pathologist says needs no sites"


def test_log2_ratios_that_no_ploidy_fits_are_said() -> None:
    rng = np.random.default_rng(8)
    odd = [SEGMENT.model_copy(update={"chrom": str(i), "log2_ratio": 6.0}) for i in range(1, 6)]
    balanced = [s.model_copy(update={"chrom": str(i)}) for i in range(1, 6) for s in sites(rng, 0.5, 10)]
    for given_purity in (None, 0.3):
        found = estimate_purity_ploidy(odd, balanced, given_purity)
        assert "no ploidy" in found.reason
        assert found.purity == given_purity


def test_the_given_purity_wins_and_a_disagreement_is_said() -> None:
    tumor = simulate_tumor(replace(SMALL, purity=0.7), 0)
    free = estimate_purity_ploidy(tumor.segments, tumor.sites, bins=tumor.bins)
    assert free.purity == pytest.approx(0.7, abs=0.05)
    near = estimate_purity_ploidy(tumor.segments, tumor.sites, 0.65, tumor.bins)
    far = estimate_purity_ploidy(tumor.segments, tumor.sites, 0.3, tumor.bins)
    assert (near.purity, near.disagreement) == (0.65, "")
    assert (far.purity, far.source) == (0.3, "given")
    assert far.disagreement.startswith("given 30 %, estimated 70 %")


def test_purity_in_force_is_the_sheet_s_then_the_estimate_s() -> None:
    estimate = PurityPloidy(purity=0.55, purity_low=0.48, purity_high=0.63, ploidy=3.1, source="estimated")
    patient = Patient(id="P1", tumor_type=TumorType(code="MEL", name="Melanoma"))
    profile = CopyNumberProfile(source=SourceFile(name="x", sha256="", kind="bed"), purity=estimate)
    none = profile.model_copy(update={"purity": PurityPloidy(source="estimated", reason="ambiguous")})
    assert purity_in_force(patient, profile) == estimate
    assert purity_in_force(patient, none) is None
    assert purity_in_force(patient, None) is None
    given_ = patient.model_copy(update={"purity": 0.8})
    in_force = purity_in_force(given_, profile)
    assert in_force is not None
    assert (in_force.purity, in_force.source, in_force.ploidy) == (0.8, "given", 3.1)
    assert "given 80 %, estimated 55 %" in in_force.disagreement
    assert disagreement(0.73, estimate) == "", "within the margin that eyes and DNA differ by"
    assert disagreement(0.74, estimate)
    assert reconcile(None, None) is None


@pytest.mark.parametrize("reference", [0.5, 0.6])
def test_the_share_of_the_lesser_allele_is_not_pulled_down_by_chance_or_preference(reference: float) -> None:
    rng = np.random.default_rng(3)
    for share in (0.5, 0.4, 0.25, 0.1):
        found = allelic_segments([SEGMENT], sites(rng, share, 60, depth=60, reference=reference))
        assert [part.n_sites for part in found] == [60]
        assert found[0].minor_fraction == pytest.approx(share, abs=0.03)


def test_a_segment_is_cut_where_a_copy_neutral_loss_begins() -> None:
    rng = np.random.default_rng(4)
    border = 6_000_000
    mixed = sites(rng, 0.5, 30, last=border) + sites(rng, 0.2, 25, first=border)
    bins = [
        Bin(chrom="1", start=1 + i * 50_000, end=(i + 1) * 50_000, log2=0.01 if i < 120 else -0.02) for i in range(200)
    ]
    left, right = allelic_segments([SEGMENT], mixed, bins)
    assert abs(left.end - border) < 600_000
    assert right.start == left.end + 1
    assert (left.start, right.end) == (SEGMENT.start, SEGMENT.end)
    assert left.log2_ratio == pytest.approx(0.01, abs=0.003)
    purity = PurityPloidy(purity=0.6, purity_low=0.55, purity_high=0.65, diploid_log2=0.0, source="estimated")
    told = with_copies((left, right), mixed, purity)
    assert gene_loh(("1", 8_000_000, 8_100_000), told) is True
    assert gene_loh(("1", 1_000_000, 1_100_000), told) is False
    assert gene_loh(("1", left.end - 5, left.end + 5), told) is None, "its two parts say different things"
    assert gene_loh(("7", 1, 5), told) is None
    assert told[1].copies == pytest.approx(2.0, abs=0.15)
    assert told[1].minor_copies == pytest.approx(0.0, abs=0.2)


def test_balanced_segments_are_hardly_ever_cut(record_property: Shown) -> None:
    rng = np.random.default_rng(5)
    cut = sum(len(allelic_segments([SEGMENT], sites(rng, 0.5, 60))) > 1 for _ in range(300))
    record_property("shown", f"balanced segments of 60 sites that were cut: {cut} of 300")
    assert cut <= 2


def test_few_sites_say_nothing_and_without_purity_no_allele_is_said_to_be_kept() -> None:
    rng = np.random.default_rng(6)
    purity = PurityPloidy(purity=0.6, diploid_log2=0.0, source="given")
    few = sites(rng, 0.2, 4)
    assert with_copies(allelic_segments([SEGMENT], few), few, purity)[0].loh is None
    balanced, lost = sites(rng, 0.5, 50), sites(rng, 0.1, 50)
    assert with_copies(allelic_segments([SEGMENT], balanced), balanced, purity)[0].loh is False
    assert with_copies(allelic_segments([SEGMENT], balanced), balanced, None)[0].loh is None
    disputed = purity.model_copy(update={"disagreement": "given 60 %, estimated 20 %"})
    assert with_copies(allelic_segments([SEGMENT], balanced), balanced, disputed)[0].loh is None
    assert with_copies(allelic_segments([SEGMENT], lost), lost, None)[0].loh is True
    alone = [site.model_copy(update={"normal_ref": None, "normal_alt": None}) for site in balanced]
    for share, told in ((0.6, False), (0.95, None)):
        of_share = purity.model_copy(update={"purity": share})
        assert with_copies(allelic_segments([SEGMENT], alone), alone, of_share)[0].loh is told
        assert with_copies(allelic_segments([SEGMENT], balanced), balanced, of_share)[0].loh is False
    gained = SEGMENT.model_copy(update={"log2_ratio": 1.5})
    assert with_copies(allelic_segments([gained], lost), lost, None)[0].loh is None, "a gain leaves such a share too"


@given(
    log2=st.lists(st.floats(-40, 40), min_size=0, max_size=6),
    counts=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=12),
    purity=st.one_of(st.none(), st.floats(0.01, 1.0)),
)
def test_any_segments_and_sites_give_numbers_in_range_or_a_reason(
    log2: list[float], counts: list[tuple[int, int]], purity: float | None
) -> None:
    segments = [SEGMENT.model_copy(update={"chrom": str(i), "log2_ratio": v}) for i, v in enumerate(log2)]
    found_sites = [
        HetSite(chrom=str(i % 3), pos=1 + i * 1000, tumor_ref=ref, tumor_alt=alt) for i, (ref, alt) in enumerate(counts)
    ]
    cut = allelic_segments(segments, found_sites)
    found = estimate_purity_ploidy(cut, found_sites, purity)
    assert (found.purity is None) == (found.purity_low is None) or found.source == "given"
    assert found.purity is not None or found.reason
    for segment in with_copies(cut, found_sites, found):
        assert segment.minor_copies is None or 0 <= segment.minor_copies <= (segment.copies or 0) / 2 + 1e-9


def test_thinning_keeps_genes_and_order_and_is_small_enough() -> None:
    bins = [
        Bin(chrom="1" if i < 9000 else "2", start=1 + i * 100, end=100 + i * 100, gene=f"G{i // 50}" if i % 2 else "",
            log2=i / 1000)
        for i in range(20_000)
    ]  # fmt: skip
    thinned = thin_bins(bins)
    assert 100 < len(thinned) <= MOST_POINTS
    assert [b.start for b in thinned if b.chrom == "1"] == sorted(b.start for b in thinned if b.chrom == "1")
    focal = [b.model_copy(update={"gene": "ERBB2", "log2": 3.0} if 500 <= i < 504 else {"gene": ""}) for i, b in
             enumerate(bins[:6000])]  # fmt: skip
    assert max(b.log2 for b in thin_bins(focal) if b.gene == "ERBB2") == 3.0
    site = HetSite(chrom="1", pos=1, tumor_ref=1, tumor_alt=1)
    assert len(thin_sites([site] * 5000)) <= MOST_POINTS
    assert thin_sites([site] * 10) == (site,) * 10
