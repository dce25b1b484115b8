from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import pytest

from genomodel.calls.copy_number.genes import call_genes
from genomodel.calls.copy_number.states import Baseline, Measured, decide
from genomodel.core.copy_number import Bin, CopyNumberCall, CopyNumberState, PurityPloidy, Segment
from tests.calls.copy_number.simulated import EXOME, PANEL, Assay, Tumor, log2_of, simulate

STRONG = {CopyNumberState.AMPLIFICATION: lambda n: n >= 6, CopyNumberState.DEEP_DELETION: lambda n: n == 0}
PURITIES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def measure_calls(assay: Assay, purity: float, n_tumors: int, **options: bool) -> tuple[Counter[str], list[str]]:
    """Count true and false calls, and true copies inside and outside of the interval."""
    count: Counter[str] = Counter()
    false = []
    for seed in range(n_tumors):
        tumor = simulate(assay, purity, seed, **options)
        calls, unanswered = call_genes(tumor.bins, tumor.segments, Baseline(tumor.purity, "female"))
        found = {call.gene: call for call in calls}
        count["genes"] += len(tumor.truth)
        count["unanswered"] += len(unanswered)
        for gene, copies in tumor.truth.items():
            call = found.get(gene)
            for state, is_such in STRONG.items():
                there, called = is_such(copies), call is not None and call.state is state
                count[f"{state.value} there"] += there
                count[f"{state.value} found"] += there and called
                if called and not there:
                    count[f"{state.value} false"] += 1
                    false.append(f"{gene} of {copies} copies: {call}")
                held = call is not None and "deletion" in state.value and call.note.startswith("possible loss")
                count["possible losses"] += there and held
                count[f"{state.value} missed as neutral"] += bool(
                    there and call is not None and call.state is CopyNumberState.NEUTRAL
                )
            if call is not None and call.copies_low is not None and call.copies_high is not None:
                count["intervals"] += 1
                count["covered"] += call.copies_low <= copies <= call.copies_high
    return count, false


@pytest.mark.parametrize(("assay", "n_tumors"), [(PANEL, 12), (EXOME, 2)], ids=lambda value: getattr(value, "name", ""))
def test_amplifications_and_deep_deletions_are_found_and_hardly_any_is_made_up(
    assay: Assay, n_tumors: int, record_property: Callable[[str, object], None]
) -> None:
    rows, covered, intervals = [], 0, 0
    for purity in PURITIES:
        count, false = measure_calls(assay, purity, n_tumors)
        covered, intervals = covered + count["covered"], intervals + count["intervals"]
        parts = [
            f"{name} {count[f'{state.value} found']}/{count[f'{state.value} there']}, "
            f"false {count[f'{state.value} false']}"
            for state, name in ((CopyNumberState.AMPLIFICATION, "amp"), (CopyNumberState.DEEP_DELETION, "del"))
        ]
        rows.append(
            f"  purity {purity:.1f}: {'; '.join(parts)}, held as possible loss {count['possible losses']}; "
            f"no answer {count['unanswered'] / count['genes']:.1%}; "
            f"true copies in the 95 % interval {count['covered'] / count['intervals']:.1%}"
        )
        assert count["amplification false"] + count["deep_deletion false"] <= 0.002 * count["genes"], false
        assert count["amplification missed as neutral"] == count["deep_deletion missed as neutral"] == 0
        if purity >= 0.3:
            assert count["amplification found"] >= 0.9 * count["amplification there"], rows[-1]
        if purity >= 0.5:
            least = 0.9 if assay is PANEL or purity >= 0.7 else 0.6
            assert count["deep_deletion found"] >= least * count["deep_deletion there"], rows[-1]
    shown = f"Copy number of simulated {assay.name}s ({n_tumors} tumors at each purity, {assay.genes} genes):"
    record_property(
        "shown", "\n".join([shown, *rows, f"  coverage of the interval over all: {covered / intervals:.1%}"])
    )
    assert covered / intervals >= 0.94


def test_a_doubled_genome_needs_more_copies_to_be_amplified() -> None:
    count, false = measure_calls(PANEL, 0.6, 6, doubled=True)
    assert not false
    assert count["amplification found"] >= 0.9 * count["amplification there"]


def test_without_purity_no_deep_deletion_is_called_but_a_possible_loss() -> None:
    for purity in (0.3, 0.6, 0.9):
        tumor = simulate(PANEL, purity, 1)
        calls, _ = call_genes(tumor.bins, tumor.segments, Baseline(None, "female"))
        deleted = [call for call in calls if tumor.truth[call.gene] == 0]
        assert CopyNumberState.DEEP_DELETION not in {call.state for call in calls}
        assert all(call.note == "possible loss: purity unknown" for call in calls if call.state is CopyNumberState.LOSS)
        if purity > 0.3:
            assert {call.state for call in deleted} == {CopyNumberState.LOSS}
        false = [c for c in calls if c.state is CopyNumberState.AMPLIFICATION and tumor.truth[c.gene] < 6]
        assert not false


def one(
    log2s: list[float], purity: PurityPloidy | None, *, chrom: str = "chr7", **options: object
) -> CopyNumberCall | str:
    """Call one gene of such bins on a quiet genome of 40 genes; the reason where there is no answer."""
    quiet = simulate(Assay("quiet", 40, (10, 10), 0.05, 0.02), 0.0, 3)
    bins = [Bin(chrom=chrom, start=10 * k + 1, end=10 * k + 9, gene="MINE", log2=v) for k, v in enumerate(log2s)]
    calls, unanswered = call_genes([*quiet.bins, *bins], quiet.segments, Baseline(purity, **options))  # type: ignore[arg-type]
    return next((call for call in calls if call.gene == "MINE"), None) or unanswered["MINE"]


def said(purity: float, **more: object) -> PurityPloidy:
    return PurityPloidy(purity=purity, source="given", **more)  # type: ignore[arg-type]


def state(found: CopyNumberCall | str) -> str:
    return found if isinstance(found, str) else f"{found.state.value} {found.note}".strip()


@pytest.mark.parametrize(
    ("log2s", "purity", "options", "expected"),
    [
        ([log2_of(0, 0.4)] * 8, said(0.4), {}, "deep_deletion"),
        ([log2_of(0, 0.4)] * 8, None, {}, "loss possible loss: purity unknown"),
        ([-3.0] * 8, None, {}, "loss possible loss: purity unknown"),
        ([log2_of(0, 0.4)], said(0.4), {}, "loss possible loss: one bin only"),
        ([log2_of(14, 0.5)], said(0.5), {}, "gain amplification: one bin only"),
        ([log2_of(14, 0.5)] * 8, said(0.5), {}, "amplification"),
        ([log2_of(14, 0.9)] * 8, None, {}, "amplification"),
        ([log2_of(14, 0.2)] * 8, None, {}, "gain amplification not excluded: purity unknown"),
        (
            [log2_of(6.5, 0.15)] * 8,
            said(0.15),
            {},
            "gain amplification: by the purity only, log2 0.42 where 0.6 is needed",
        ),
        (
            [log2_of(0, 0.7)] * 8,
            said(0.7),
            {"biased": True},
            "loss possible loss: flat reference, and a bait that fails",
        ),
        (
            [log2_of(0, 0.4)] * 8,
            said(0.4, disagreement="given 40%, estimated 80%"),
            {},
            "loss possible loss: purity in dispute, given 40%, estimated 80%",
        ),
        (
            [log2_of(6, 0.2)] * 8,
            said(0.6, disagreement="given 60%, estimated 20%"),
            {},
            "gain amplification not excluded: purity in dispute, given 60%, estimated 20%",
        ),
        ([log2_of(8, 0.8)] * 8, said(0.8, ploidy=4.2, diploid_log2=0.0), {}, "gain"),
        ([0.0] * 8, said(0.03), {}, "too noisy to exclude"),
        ([0.0, 2.0, -2.0], said(0.5), {}, "too noisy to exclude"),
        ([0.0, 2.5, -2.5], None, {}, "too noisy: "),
    ],
)
def test_what_is_claimed_and_why_less_is(
    log2s: list[float], purity: PurityPloidy | None, options: dict[str, object], expected: str
) -> None:
    assert state(one(log2s, purity, **options)).startswith(expected)


@pytest.mark.parametrize(
    ("sex", "matched", "log2", "expected", "copies"),
    [
        ("female", True, 0.0, "neutral", 2.0),
        ("male", True, 0.0, "neutral", 1.0),
        ("male", False, -1.0, "neutral", 1.0),
        ("male", True, log2_of(20, 0.6), "amplification", 10.0),
        (None, True, 0.0, "on chromosome X, and the patient's sex is not given", None),
    ],
)
def test_the_copies_of_x_follow_the_sex_of_the_patient(
    sex: str | None, matched: bool, log2: float, expected: str, copies: float | None
) -> None:
    found = one([log2] * 8, said(0.6), chrom="chrX", sex=sex, matched=matched)
    assert state(found) == expected
    if not isinstance(found, str):
        assert found.copies == pytest.approx(copies, abs=0.02)


def test_a_gain_of_nine_copies_in_a_doubled_genome_is_open_until_the_ploidy_is_known() -> None:
    purity, doubled = 0.6, math.log2((0.6 * 9 + 0.8) / (0.6 * 4 + 0.8))
    assert state(one([doubled] * 8, said(purity))).endswith("ploidy not known")
    assert state(one([doubled] * 8, said(purity, ploidy=2.0))) == "gain"
    assert state(one([doubled] * 8, said(purity, ploidy=4.0))) == "amplification"
    assert state(one([log2_of(3, purity)] * 8, said(purity))) == "gain"


def test_a_purity_that_was_read_by_eye_is_good_to_ten_points() -> None:
    by_eye, counted = said(0.5), said(0.5, purity_low=0.45, purity_high=0.52)
    assert Baseline(by_eye).purity_ends() == pytest.approx((0.4, 0.6))
    assert Baseline(counted).purity_ends() == pytest.approx((0.45, 0.52))
    wide, narrow = (one([log2_of(5, 0.5)] * 8, purity) for purity in (by_eye, counted))
    assert isinstance(wide, CopyNumberCall)
    assert isinstance(narrow, CopyNumberCall)
    assert (wide.copies_high or 0) > (narrow.copies_high or 0) + 0.3


def test_chromosome_y_has_no_answer() -> None:
    assert state(one([0.0] * 8, said(0.6), chrom="Y", sex="male")).startswith("on chromosome Y")


def test_losing_one_copy_of_two_is_no_deep_deletion_at_any_purity() -> None:
    for purity in (0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0):
        for off in (-0.1, 0.0, 0.1):
            if not 0.05 <= purity + off <= 1:
                continue
            assert not state(one([log2_of(1, purity)] * 8, said(purity + off))).startswith("deep"), (purity, off)


def test_the_stretch_that_is_altered_alike_is_told() -> None:
    amplified, rest = log2_of(12, 0.6), 0.0
    bins = [
        Bin(chrom="chr17", start=1000 * k + 1, end=1000 * k + 200, gene=gene, log2=amplified if 10 <= k < 30 else rest)
        for k, gene in enumerate(["A"] * 10 + ["ERBB2"] * 10 + ["GRB7"] * 10 + ["B"] * 10)
    ]
    segments = [
        Segment(chrom="chr17", start=1, end=9200, log2_ratio=rest),
        Segment(chrom="chr17", start=10001, end=29200, log2_ratio=amplified),
        Segment(chrom="chr17", start=30001, end=39200, log2_ratio=rest),
    ]
    calls, _ = call_genes(bins, segments, Baseline(said(0.6)))
    told = {call.gene: (call.state.value, call.event_bases, call.n_regions) for call in calls}
    assert told["ERBB2"] == told["GRB7"] == ("amplification", 19200, 10)
    assert told["A"] == ("neutral", None, 10)


def test_a_deep_deletion_says_how_many_copies_it_leaves_in_a_doubled_genome_until_the_ploidy_is_known() -> None:
    purity, one_of_four = 0.6, math.log2((0.6 * 1 + 0.8) / (0.6 * 4 + 0.8))
    said_of = state(one([one_of_four] * 8, said(purity)))
    assert said_of == "deep_deletion ploidy not known: 1.0 copies if it is 4"
    assert state(one([one_of_four] * 8, said(purity, ploidy=4.0))) == "loss"
    assert state(one([log2_of(0, purity)] * 8, said(purity, ploidy=2.0))) == "deep_deletion"


def test_a_deletion_of_a_part_of_a_gene_is_found_and_said_to_be_one() -> None:
    lost = log2_of(0, 0.7)
    quiet = simulate(Assay("quiet", 40, (10, 10), 0.05, 0.02), 0.0, 3)
    bins = [
        Bin(chrom="chr13", start=1000 * k + 1, end=1000 * k + 200, gene="RB1", log2=lost if k >= 18 else 0.0)
        for k in range(27)
    ]
    segments = [
        Segment(chrom="chr13", start=1, end=17200, log2_ratio=0.0),
        Segment(chrom="chr13", start=18001, end=26200, log2_ratio=lost),
    ]
    calls, _ = call_genes([*quiet.bins, *bins], [*quiet.segments, *segments], Baseline(said(0.7, ploidy=2.0)))
    (call,) = (call for call in calls if call.gene == "RB1")
    assert (call.state.value, call.note, call.n_regions) == ("deep_deletion", "part of the gene: 9 of 27 bins", 9)
    assert call.event_bases == 8200


def test_an_interval_that_reaches_a_single_extra_copy_holds_an_amplification_back() -> None:
    purity = Baseline(said(0.5))
    sure = Measured(log2=1.2, n_bins=5, copies=7.0, interval=(5.5, 9.0), surely=(4.8, 10.0), base=2.0)
    unsure = Measured(log2=1.2, n_bins=5, copies=7.0, interval=(4.0, 11.0), surely=(2.4, 16.0), base=2.0)
    assert decide(sure, purity)[0] is CopyNumberState.AMPLIFICATION
    assert decide(unsure, purity) == (CopyNumberState.GAIN, "amplification: 95 % interval 4.0 to 11.0 copies")


def test_loss_of_heterozygosity_comes_from_the_segment_of_the_gene() -> None:
    tumor: Tumor = simulate(PANEL, 0.6, 2)
    told = [segment.model_copy(update={"loh": segment.log2_ratio < -0.2}) for segment in tumor.segments]
    calls, _ = call_genes(tumor.bins, told, Baseline(tumor.purity))
    assert {call.loh for call in calls} >= {True, False}
    assert {call.loh for call in call_genes(tumor.bins, tumor.segments, Baseline(tumor.purity))[0]} == {None}


def on_contigs(*parts: tuple[str, float], sex: str = "female") -> CopyNumberCall | str:
    """Call a gene that has eight bins on each of some contigs."""
    quiet = simulate(Assay("quiet", 40, (10, 10), 0.05, 0.02), 0.0, 3)
    bins = [
        Bin(chrom=chrom, start=10 * k + 1, end=10 * k + 9, gene="MINE", log2=log2)
        for chrom, log2 in parts
        for k in range(8)
    ]
    calls, unanswered = call_genes([*quiet.bins, *bins], quiet.segments, Baseline(said(0.6), sex))
    return next((call for call in calls if call.gene == "MINE"), None) or unanswered["MINE"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("chr1", log2_of(20, 0.6)), ("chr9", 0.0)], "amplification bins on 2 contigs, this on chr1"),
        (
            [("chr1", 0.0), ("chr9", log2_of(0, 0.6))],
            "deep_deletion ploidy not known: 0.8 copies if it is 4; bins on 2 contigs, this on chr9",
        ),
        ([("chr1", log2_of(1, 0.6)), ("chr9", 0.0)], "loss bins on 2 contigs, this on chr1"),
        ([("chr1", 0.0), ("chrM", 0.0)], "mitochondrial"),
        ([("chrX", 0.0), ("chrY", -3.0)], "neutral"),
        ([("chrY", 0.0), ("Y", 0.0)], "on chromosome Y, whose copies are not called"),
    ],
)
def test_a_gene_on_two_contigs_is_neutral_only_where_both_are(parts: list[tuple[str, float]], expected: str) -> None:
    assert state(on_contigs(*parts)) == expected


@pytest.mark.parametrize("copies", [0, 1])
def test_sites_of_a_segment_that_is_not_lost_say_nothing_of_a_loss_in_it(copies: int) -> None:
    quiet = simulate(Assay("quiet", 40, (10, 10), 0.05, 0.02), 0.0, 3)
    lost = [
        Bin(chrom="chr9", start=9**8 + k, end=9**8 + k, gene="MINE", log2=log2_of(copies, 0.6)) for k in range(1, 9)
    ]
    around = Segment(chrom="chr9", start=1, end=9**9, log2_ratio=0.0, loh=False)
    for of_segment, expected in ((around, None), (around.model_copy(update={"loh": True}), True)):
        calls, _ = call_genes([*quiet.bins, *lost], [*quiet.segments, of_segment], Baseline(said(0.6)))
        (call,) = (call for call in calls if call.gene == "MINE")
        assert (call.state is CopyNumberState.NEUTRAL, call.loh) == (False, expected)


@pytest.mark.parametrize(
    ("sex", "matched", "expected"),
    [
        ("male", True, "loss"),
        (None, True, "loss"),
        ("female", True, "loss"),
        ("male", False, "on X and Y alike, and the reference is no normal of this patient"),
    ],
)
def test_a_gene_of_the_ends_of_x_has_two_copies_in_a_male_as_well(
    sex: str | None, matched: bool, expected: str
) -> None:
    quiet = simulate(Assay("quiet", 40, (10, 10), 0.05, 0.02), 0.0, 3)
    bins = [Bin(chrom="X", start=9 * k + 1, end=9 * k + 9, gene="CRLF2", log2=log2_of(1, 0.6)) for k in range(8)]
    calls, missing = call_genes([*quiet.bins, *bins], quiet.segments, Baseline(said(0.6), sex, matched))
    found = next((call for call in calls if call.gene == "CRLF2"), None)
    assert (missing["CRLF2"] if found is None else state(found)) == expected
