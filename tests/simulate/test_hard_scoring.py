from __future__ import annotations

import numpy as np
import pytest

from genomodel.simulate.hard import ArtifactSite
from genomodel.simulate.scoring import (
    Allele,
    Table,
    TrueCall,
    Truth,
    best_of,
    controlled,
    difference,
    figures,
    fraction_bin,
    poisson_upper,
    pooled,
    score,
    tabulate,
)
from genomodel.simulate.truth import Kind

#            0         1         2         3         4         5         6
#            0123456789012345678901234567890123456789012345678901234567890
SEQUENCE = "GATTACAGATCCGTAAAAAAAAAACTGGCATCACACACACAGTCTGACTTGCAAGTCCATGGACTTAGCATCGGATCTAGCTTACGGATC" * 3
CONTIGS = {"c": SEQUENCE}


def true(pos: int, ref: str, alt: str, kind: Kind = Kind.SOMATIC, fraction: float = 0.1) -> TrueCall:
    assert SEQUENCE[pos : pos + len(ref)] == ref
    return TrueCall(Allele("c", pos, ref, alt, fraction), kind, "plain", "", 10)


def call(pos: int, ref: str, alt: str) -> Allele:
    assert SEQUENCE[pos : pos + len(ref)] == ref
    return Allele("c", pos, ref, alt, 0.1)


def truth(*calls: TrueCall, sites: tuple[ArtifactSite, ...] = ()) -> Truth:
    somatic = tuple(c for c in calls if c.kind is Kind.SOMATIC)
    return Truth(CONTIGS, somatic, tuple(c for c in calls if c.kind is Kind.GERMLINE), sites)


SNV = true(43, "C", "A")


def test_what_is_called_is_found_and_what_is_not_is_missed() -> None:
    told = score(truth(SNV, true(60, "G", "T")), [call(43, "C", "A")])
    assert told.found.tolist() == [True, False]
    assert told.false == ()


def test_another_allele_at_the_place_is_false() -> None:
    told = score(truth(SNV), [call(43, "C", "G")])
    assert told.found.tolist() == [False]
    assert [f.allele.alt for f in told.false] == ["G"]


@pytest.mark.parametrize(
    "calls",
    [
        [call(43, "CTG", "AAC")],
        [call(43, "C", "A"), call(44, "T", "A"), call(45, "G", "C")],
        [call(43, "CT", "AA"), call(45, "G", "C")],
    ],
    ids=["one record", "three records", "two records"],
)
def test_a_multi_base_substitution_is_its_bases(calls: list[Allele]) -> None:
    told = score(truth(true(43, "CTG", "AAC")), calls)
    assert told.found.tolist() == [True]
    assert told.false == ()


def test_a_part_of_a_substitution_is_neither_found_nor_false() -> None:
    told = score(truth(true(43, "CTG", "AAC")), [call(43, "C", "A"), call(44, "T", "A")])
    assert told.found.tolist() == [False]
    assert told.false == ()


@pytest.mark.parametrize("pos", [13, 17, 22])
def test_an_indel_of_a_repeat_is_found_wherever_it_is_written(pos: int) -> None:
    ref = SEQUENCE[pos : pos + 2]
    told = score(truth(true(13, "TA", "T")), [call(pos, ref, ref[:1])])
    assert told.found.tolist() == [True]
    assert told.false == ()


def test_an_indel_of_another_length_is_false_and_named_after_the_repeat() -> None:
    site = ArtifactSite("c", 13, 24, "homopolymer", 0.01, "A")
    told = score(truth(true(13, "TA", "T"), sites=(site,)), [call(13, "TAA", "T")])
    assert told.found.tolist() == [False]
    assert [(f.cause, f.context) for f in told.false] == [("homopolymer", "homopolymer")]


def test_records_that_together_make_the_same_sequence_are_a_find() -> None:
    wanted = true(43, "CTGA", "C")
    told = score(truth(wanted), [call(43, "CT", "C"), call(44, "TGA", "T")])
    assert told.found.tolist() == [True]
    assert told.false == ()


def test_a_variant_told_in_two_ways_is_no_false_call() -> None:
    ways = [call(43, "CTGA", "C"), call(43, "CT", "C"), call(44, "TGA", "T")]
    told = score(truth(true(43, "CTGA", "C")), ways)
    assert told.found.tolist() == [True]
    assert told.false == ()


def test_one_record_of_a_somatic_and_an_inherited_change_is_a_find() -> None:
    germline = true(45, "GAC", "G", Kind.GERMLINE, 0.5)
    told = score(truth(SNV, germline), [call(43, "CTGAC", "ATG")])
    assert told.found.tolist() == [True]
    assert told.false == ()


def test_an_inherited_variant_called_somatic_is_false() -> None:
    told = score(truth(SNV, true(60, "G", "T", Kind.GERMLINE, 0.5)), [call(60, "G", "T")])
    assert [f.cause for f in told.false] == ["germline"]


@pytest.mark.parametrize(
    ("site", "cause", "context"),
    [
        (ArtifactSite("c", 60, 61, "ffpe", 0.05, "G>A"), "ffpe", "plain"),
        (ArtifactSite("c", 70, 71, "paralog", 0.5, "C>A"), "noise", "paralog"),
    ],
)
def test_false_calls_are_named_after_what_misled(site: ArtifactSite, cause: str, context: str) -> None:
    (false,) = score(truth(sites=(site,)), [call(60, "G", "A")]).false
    assert (false.cause, false.context) == (cause, context)


def test_a_false_call_beside_a_true_variant_is_told_apart_from_noise() -> None:
    told = score(truth(SNV), [call(50, "G", "A"), call(150, "G", "A")])
    assert [f.cause for f in told.false] == ["beside_variant", "noise"]


def test_repeated_records_count_once() -> None:
    told = score(truth(), [call(60, "G", "A"), call(60, "G", "A")])
    assert (told.calls, len(told.false)) == (1, 1)


@pytest.mark.parametrize(("count", "upper"), [(0, 2.996), (1, 4.744), (3, 7.754), (10, 16.962), (100, 118.08)])
def test_poisson_bounds_are_the_published_ones(count: int, upper: float) -> None:
    assert poisson_upper(count) == pytest.approx(upper, rel=1e-3)


def test_calls_are_kept_up_to_the_expected_share_of_false_ones() -> None:
    probabilities = [0.90, 0.999, 0.5, 0.99]
    assert controlled(probabilities, 0.01).tolist() == [False, True, False, True]
    assert controlled(probabilities, 0.05).tolist() == [True, True, False, True]
    assert controlled(probabilities, 0.2).tolist() == [True, True, True, True]
    assert controlled([], 0.05).tolist() == []
    assert controlled([0.2], 0.05).tolist() == [False]


def table(found: list[list[bool]], false: list[list[bool]]) -> Table:
    n, m = len(found), len(false)
    return Table(
        ("a", "b"),
        np.array(found, dtype=np.bool_).reshape(n, 2),
        np.array(false, dtype=np.bool_).reshape(m, 2),
        {"type": ["snv" if i % 2 else "mnv" for i in range(n)]},
        {"type": ["snv"] * m},
    )


def test_figures_are_those_of_the_counts() -> None:
    told = figures(table([[True, True]] * 6 + [[True, False]] * 2 + [[False, False]] * 2, [[True, False]] * 2))
    assert told["a"]["recall"].value == 0.8
    assert told["a"]["precision"].value == 0.8
    assert told["a"]["f1"].value == pytest.approx(0.8)
    assert told["b"]["precision"].value == 1.0
    assert told["b"]["recall"].value == 0.6


def test_intervals_hold_the_value_and_narrow_with_more_variants() -> None:
    few, many = (figures(table([[True, True], [False, False]] * n, []))["a"]["recall"] for n in (10, 1000))
    assert few.lower is not None
    assert few.upper is not None
    assert many.lower is not None
    assert many.upper is not None
    assert few.lower < 0.5 < few.upper
    assert many.upper - many.lower < 0.1 < few.upper - few.lower
    # Two times the standard error of a share of 0.5 in 2,000 trials.
    assert many.upper - 0.5 == pytest.approx(1.96 * (0.25 / 2000) ** 0.5, rel=0.25)


def test_a_paired_difference_is_narrower_than_the_figures() -> None:
    both = table([[True, True]] * 50 + [[False, False]] * 50 + [[True, False]] * 4, [])
    told = difference(both, "a", "b")
    assert told.value == pytest.approx(2 * 54 / 158 - 2 * 50 / 154, abs=1e-4)
    assert told.lower is not None
    assert told.lower >= 0
    equal = difference(table([[True, True], [False, False]] * 20, [[True, True]]), "a", "b")
    assert equal == (0.0, 0.0, 0.0)


def test_an_empty_stratum_has_no_figures() -> None:
    told = figures(table([], [[True, False]]))
    assert told["a"]["recall"].value is None
    assert told["b"]["f1"].value is None


def test_strata_take_their_own_true_and_false_rows() -> None:
    whole = table([[True, True]] * 4 + [[False, True]] * 2, [[True, False]] * 3)
    snv, mnv = whole.of("type", "snv"), whole.of("type", "mnv")
    assert (len(snv.found), len(snv.false)) == (3, 3)
    assert (len(mnv.found), len(mnv.false)) == (3, 0)
    assert whole.values("type") == ["mnv", "snv"]
    assert best_of(whole, ("a", "b")) == "b"


def test_sets_on_one_truth_share_their_false_alleles() -> None:
    told = truth(SNV, true(60, "G", "T"))
    scores = {
        "a": score(told, [call(43, "C", "A"), call(100, SEQUENCE[100], "G")]),
        "b": score(told, [call(60, "G", "T"), call(100, SEQUENCE[100], "G"), call(30, SEQUENCE[30], "G")]),
    }
    one = tabulate(told, scores, "s")
    assert one.found.tolist() == [[True, False], [False, True]]
    assert one.false.tolist() == [[True, True], [False, True]]
    two = pooled([one, one])
    assert two.found.shape == (4, 2)
    assert two.true_strata["scenario"] == ["s"] * 4


BINS: dict[float | None, str] = {
    0.01: "below 1.5 %",
    0.02: "1.5 to 3 %",
    0.03: "1.5 to 3 %",
    0.05: "3 to 7 %",
    0.1: "7 to 15 %",
}
BINS |= {0.2: "15 to 30 %", 0.5: "30 % and more", None: "below 1.5 %"}


@pytest.mark.parametrize(("fraction", "name"), BINS.items())
def test_fractions_fall_into_bins(fraction: float | None, name: str) -> None:
    assert fraction_bin(fraction) == name
