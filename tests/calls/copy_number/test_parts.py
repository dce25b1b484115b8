from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from genomodel.calls.copy_number.genes import call_genes
from genomodel.calls.copy_number.noise import Noise
from genomodel.calls.copy_number.partial import Answer, with_part
from genomodel.calls.copy_number.parts import Grade, broken, find_split
from genomodel.calls.copy_number.states import Baseline, Place, measure
from genomodel.core.copy_number import (
    Bin,
    CopyNumberCall,
    CopyNumberState,
    PurityPloidy,
    Segment,
    possible_amplification,
    possible_deep_deletion,
)
from genomodel.simulate.tumor_genomes import GeneSettings, simulate_genes
from tests.calls.copy_number.simulated import log2_of

NOISE = Noise(of_bins=0.1, of_genes=0.03)
WOBBLE = (0.06, -0.08, 0.11, -0.02, -0.1, 0.05, 0.09, -0.07, 0.02, -0.04, 0.08, -0.09)


def said(purity: float, **more: object) -> PurityPloidy:
    return PurityPloidy(purity=purity, source="given", **more)


def bins_of(log2s: list[float], gene: str = "PTEN") -> list[Bin]:
    return [
        Bin(chrom="chr10", start=1000 * k + 1, end=1000 * k + 200, gene=gene, log2=value + WOBBLE[k % len(WOBBLE)])
        for k, value in enumerate(log2s)
    ]


def one(
    log2s: list[float], purity: PurityPloidy | None, *, breaks: tuple[int, ...] = (), sd: float = 0.1
) -> CopyNumberCall | str:
    """Call a gene of such bins, in one segment where no place of a break is given, beside 40 quiet genes."""
    quiet = simulate_genes(GeneSettings(genes=40, bin_sd=sd, gene_sd=0.03), 3)
    ends = [0, *breaks, len(log2s)]
    segments = [
        Segment(chrom="chr10", start=1000 * a + 1, end=1000 * b, log2_ratio=float(np.mean(log2s[a:b])))
        for a, b in pairwise(ends)
    ]
    calls, unanswered = call_genes([*quiet.bins, *bins_of(log2s)], [*quiet.segments, *segments], Baseline(purity))
    return next((call for call in calls if call.gene == "PTEN"), None) or unanswered["PTEN"]


@pytest.mark.parametrize("breaks", [(), (5,)])
@pytest.mark.parametrize("left", [0, 1])
def test_half_a_gene_lost_without_a_purity_is_a_possible_loss_of_part(left: int, breaks: tuple[int, ...]) -> None:
    found = one([log2_of(left, 0.7)] * 5 + [0.0] * 7, None, breaks=breaks)
    assert isinstance(found, CopyNumberCall)
    assert found.state is CopyNumberState.LOSS
    assert found.note == "possible loss of part (bins 1-5 of 12, chr10:1-4200): purity unknown"
    assert (found.n_regions, found.event_bases) == (5, 5000 if breaks else 4200)
    assert possible_deep_deletion(found)


def test_half_a_gene_lost_is_told_from_one_copy_lost_of_it_where_the_purity_is_known() -> None:
    one_copy, all_copies = (one([0.0] * 7 + [log2_of(left, 0.7)] * 5, said(0.7)) for left in (1, 0))
    assert isinstance(one_copy, CopyNumberCall)
    assert isinstance(all_copies, CopyNumberCall)
    assert one_copy.note == "loss of part (bins 8-12 of 12, chr10:7001-11200)"
    assert all_copies.note == "possible loss of part (bins 8-12 of 12, chr10:7001-11200)"
    assert (possible_deep_deletion(one_copy), possible_deep_deletion(all_copies)) == (False, True)
    assert one_copy.copies == pytest.approx(1.0, abs=0.25)


def test_a_part_that_was_looked_for_is_never_called_deleted_or_amplified() -> None:
    for log2 in (-6.0, 3.0):
        for purity in (None, said(0.9)):
            found = one([log2] * 5 + [0.0] * 7, purity)
            assert isinstance(found, CopyNumberCall)
            assert found.state in (CopyNumberState.LOSS, CopyNumberState.GAIN)
            assert possible_deep_deletion(found) or possible_amplification(found)


def test_a_purity_in_dispute_leaves_the_loss_of_a_part_possible() -> None:
    for left in (0, 1):
        found = one([log2_of(left, 0.7)] * 5 + [0.0] * 7, said(0.7, disagreement="given 70 %, estimated 30 %"))
        assert isinstance(found, CopyNumberCall)
        assert found.note == (
            "possible loss of part (bins 1-5 of 12, chr10:1-4200): purity in dispute, given 70 %, estimated 30 %"
        )


def test_a_breakpoint_that_the_bins_of_the_gene_do_not_bear_out_withholds_the_answer() -> None:
    bins = bins_of([-0.3] * 4 + [0.0] * 8)
    parts = [list(range(4)), list(range(4, 12))]
    quiet, noisy = Noise(of_bins=0.08, of_genes=0.02), Noise(of_bins=0.14, of_genes=0.02)
    assert [split.grade for split in broken(bins, parts, quiet)] == [Grade.BROKEN]
    assert [split.grade for split in broken(bins, parts, noisy)] == [Grade.DOUBTED]
    failed = bins_of([-4.0, 0.0, 0.0, 0.0, *[0.0] * 8])
    assert [split.grade for split in broken(failed, parts, quiet)] == [Grade.DOUBTED], "one failed bin"
    place = Place(2.0, 2.0)
    for noise, state in ((quiet, CopyNumberState.LOSS), (noisy, None)):
        (split,) = broken(bins, parts, noise)
        low, high = (
            measure([bins[k] for k in side], Baseline(said(0.4)), place, noise) for side in (split.low, split.high)
        )
        whole = Answer(CopyNumberState.NEUTRAL, "", measure(bins, Baseline(said(0.4)), place, noise), bins)
        assert with_part(whole, bins, split, (low, high), Baseline(said(0.4))).state is state
        doubted = replace(split, grade=Grade.DOUBTED)
        assert with_part(whole, bins, doubted, (low, high), Baseline(said(0.4))).state is None


def test_a_gained_part_gives_no_answer_to_a_gene_that_is_too_noisy_for_one() -> None:
    bins, baseline, place = bins_of([0.8] * 5 + [0.0] * 7), Baseline(said(0.6)), Place(2.0, 2.0)
    split = find_split(bins, NOISE)
    assert split is not None
    low, high = (measure([bins[k] for k in side], baseline, place, NOISE) for side in (split.low, split.high))
    for state, note in ((None, "too noisy to exclude deep deletion"), (CopyNumberState.LOSS, "possible loss: x")):
        whole = Answer(state, note, measure(bins, baseline, place, NOISE), bins)
        assert with_part(whole, bins, split, (low, high), baseline) is whole
    neutral = Answer(CopyNumberState.NEUTRAL, "", measure(bins, baseline, place, NOISE), bins)
    assert with_part(neutral, bins, split, (low, high), baseline).state is CopyNumberState.GAIN


def test_a_middle_part_is_found_and_a_gained_one_is_no_loss_of_the_rest() -> None:
    lost, gained = (one([0.0] * 4 + [log2] * 4 + [0.0] * 4, None) for log2 in (-0.8, 0.9))
    assert isinstance(lost, CopyNumberCall)
    assert isinstance(gained, CopyNumberCall)
    assert lost.note.startswith("possible loss of part (bins 5-8 of 12, chr10:4001-7200)")
    assert gained.state is CopyNumberState.GAIN
    assert gained.note == ("gain of part (bins 5-8 of 12, chr10:4001-7200); amplification not excluded: purity unknown")


def test_what_chance_may_just_do_leaves_the_gene_without_an_answer() -> None:
    found = one([-0.3] * 5 + [0.0] * 7, None, sd=0.14)
    assert found == (
        "indeterminate, a part may be lost or gained: bins 1-5 of 12, chr10:1-4200, lie 0.34 (log2) below the rest"
    )


def test_a_suspicion_of_less_than_a_copy_leaves_a_gene_of_known_purity_neutral() -> None:
    log2s = [0.0] * 6 + [0.36] * 3 + [0.0] * 18
    assert state_of(one(log2s, said(0.9))) == "neutral"
    for unsure in (None, said(0.9, disagreement="given 90 %, estimated 30 %"), said(0.2)):
        assert state_of(one(log2s, unsure)).startswith("indeterminate, a part may be lost or gained: bins 7-9 of 27")


def test_a_part_between_breakpoints_that_is_too_noisy_leaves_the_gene_without_an_answer() -> None:
    log2s = [-0.9, 0.3, -0.2, *[0.0] * 9]
    assert state_of(one(log2s, said(0.3))) == CopyNumberState.NEUTRAL.value
    assert state_of(one(log2s, said(0.3), breaks=(3,))).startswith(
        "indeterminate, a part may be lost or gained: bins 1-3 of 12"
    )


def state_of(found: CopyNumberCall | str) -> str:
    return found if isinstance(found, str) else found.state.value


def test_one_failed_bin_is_no_part() -> None:
    for at in range(12):
        assert find_split(bins_of([-5.0 if k == at else 0.0 for k in range(12)]), NOISE) is None
        assert state_of(one([-5.0 if k == at else 0.0 for k in range(12)], said(0.6))) == "neutral"


def test_a_gene_that_is_lost_as_a_whole_keeps_its_answer() -> None:
    found = one([log2_of(1, 0.7)] * 12, said(0.7))
    assert isinstance(found, CopyNumberCall)
    assert (found.state, found.note, found.n_regions) == (CopyNumberState.LOSS, "", 12)


def test_long_genes_are_looked_through_in_joined_bins() -> None:
    log2s = [0.0] * 1000 + [-0.4] * 500
    split = find_split(bins_of(log2s), NOISE)
    assert split is not None
    assert split.grade is Grade.CLEAR
    assert abs(len(split.low) - 500) <= 6
    assert sorted((*split.low, *split.high)) == list(range(1500))


@pytest.mark.parametrize(
    ("settings", "most_parts", "most_withheld"),
    [
        (GeneSettings(bins=6), 0.001, 0.01),
        (GeneSettings(bins=20), 0.001, 0.01),
        (GeneSettings(bins=20, failed=0.02), 0.004, 0.03),
        (GeneSettings(bins=20, correlation=0.3), 0.004, 0.03),
        (GeneSettings(bins=10, unequal=0.3), 0.004, 0.03),
    ],
)
def test_genes_that_are_alike_throughout_hardly_have_parts(
    settings: GeneSettings, most_parts: float, most_withheld: float
) -> None:
    count: Counter[str] = Counter()
    for seed in range(8):
        drawn = simulate_genes(settings, seed)
        calls, unanswered = call_genes(drawn.bins, drawn.segments, Baseline(None, "female"))
        count["parts"] += sum("of part" in call.note for call in calls)
        count["withheld"] += sum(reason.startswith("indeterminate") for reason in unanswered.values())
        count["genes"] += settings.genes
    assert count["parts"] <= most_parts * count["genes"]
    assert count["withheld"] <= most_withheld * count["genes"]


@pytest.mark.parametrize(
    ("left", "purity", "found_at_least", "neutral_at_most"),
    [(1, 0.9, 0.9, 0.0), (1, 0.7, 0.5, 0.1), (0, 0.5, 0.9, 0.0)],
)
def test_genes_that_lost_half_are_found_where_the_segmentation_saw_nothing(
    left: int, purity: float, found_at_least: float, neutral_at_most: float
) -> None:
    count: Counter[str] = Counter()
    for seed in range(6):
        drawn = simulate_genes(GeneSettings(left=left, purity=purity, altered=0.1), seed)
        calls, _ = call_genes(drawn.bins, drawn.segments, Baseline(None, "female"))
        count["altered"] += len(drawn.altered)
        count.update(call.state.value for call in calls if call.gene in drawn.altered)
    assert count["loss"] >= found_at_least * count["altered"] > 30
    assert count["neutral"] <= neutral_at_most * count["altered"]
