from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.variants import (
    AlleleCounts,
    ClinVarRecord,
    NamedEffect,
    Origin,
    Phase,
    TumorOnlyClass,
    VariantClass,
)
from genomodel.interpretation.findings import label_of
from genomodel.report import words
from tests.interpretation.builders import variant
from tests.interpretation.test_shared_codons import cis
from tests.report import reports


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (AlleleCounts(depth=280, alt_reads=84), "30 % (84 of 280 reads)"),
        (AlleleCounts(depth=84, alt_reads=84, allele_fraction=1.0), "100 % (84 of 84 reads)"),
        (AlleleCounts(depth=1000, alt_reads=6), "0.6 % (6 of 1,000 reads)"),
        (AlleleCounts(depth=75, alt_reads=0), "0 % (0 of 75 reads)"),
        (AlleleCounts(allele_fraction=0.3), "30 % (reads not given)"),
        (AlleleCounts(depth=280), "not given (depth 280)"),
        (AlleleCounts(depth=0, alt_reads=0), "not given (0 of 0 reads)"),
        (AlleleCounts(), "not given"),
        (None, "not given"),
    ],
)
def test_allele_fraction_names_its_reads_and_invents_nothing(counts: AlleleCounts | None, text: str) -> None:
    assert words.fraction_with_reads(counts).replace("\u00a0", " ") == text


@given(st.floats(min_value=0, max_value=100, exclude_min=True, exclude_max=True))
def test_percentile_is_never_shown_as_0_or_100_inside_the_range(value: float) -> None:
    assert 1 <= int(words.ordinal(value)) <= 99


@given(st.text())
def test_printable_text_holds_no_control_and_no_direction_mark(text: str) -> None:
    shown = words.printable(text)
    assert len(shown) == len(text)
    assert not any(ord(char) < 32 and char not in "\t\n\r" for char in shown)
    assert "\u202e" not in shown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    assert words.safe_link(url) == ""


def test_tiers_sort_from_best_to_none() -> None:
    tiers = [None, "III", "II-D", "I-B", "II-C", "I-A"]
    assert sorted(tiers, key=words.tier_key) == ["I-A", "I-B", "II-C", "II-D", "III", None]


def test_long_alleles_are_shortened_with_their_length() -> None:
    text = words.short_key("chrUn_KI270742v1:55:" + "A" * 213 + ">G")
    assert text == "chrUn_KI270742v1:55:AAAAAAAA\u2026(213\u00a0bases)>G"
    assert words.short_key("7:140753336:A>T") == "7:140753336:A>T"


def test_the_place_of_a_joint_change_names_all_its_alleles() -> None:
    first, second = cis("BRAF", "V600E", "V600M", "V600K", also_alone=True)
    assert words.place(first) == "7:140453136:A>T"
    assert words.place(second) == "7:140453137:C>T with 7:140453136:A>T"


def test_the_phase_is_told_beside_a_finding() -> None:
    first, _ = cis("BRAF", "V600E", "V600M", "V600K")
    assert words.phase(first) == (
        f"on one molecule with 7:140453137:C>T ({first.joint.basis}); alone p.V600E, together p.V600K"
    )
    joint = first.joint.model_copy(update={"phase": Phase.UNKNOWN, "together": None})
    unknown = words.phase(first.model_copy(update={"joint": joint}))
    assert unknown.startswith("phase with 7:140453137:C>T unknown (")
    assert unknown.endswith("alone p.V600E, on one molecule not told")
    assert words.phase(first.model_copy(update={"joint": None})) == ""


def test_clinvar_s_words_keep_their_review_and_condition() -> None:
    first, _ = cis("BRAF", "V600E", "V600M", "V600K")
    record = ClinVarRecord(
        variation_id="13961",
        germline="Pathogenic",
        germline_review="reviewed by expert panel",
        oncogenicity="Oncogenic",
    )
    shown = words.clinvar(first.model_copy(update={"clinvar": record}))
    assert shown == "ClinVar 13961: germline Pathogenic (reviewed by expert panel), oncogenicity Oncogenic"
    assert words.clinvar(first) == ""
    empty = first.model_copy(update={"clinvar": ClinVarRecord(variation_id="5")})
    assert words.clinvar(empty) == "ClinVar 5: no classification"


def test_a_splice_site_has_no_protein_change_that_hgvs_does_not_know() -> None:
    lost = variant("MET", "X1010_splice", VariantClass.SPLICE, hgvs_c="c.3028+1G>A", transcript="ENST1.1")
    assert (words.protein(lost), words.coding_change(lost)) == ("p.?", "ENST1.1:c.3028+1G>A")
    assert label_of(lost) == "MET c.3028+1G>A, p.? (splice-site variant)"
    effect = NamedEffect(id="MET_EXON_14_SKIPPING", gene="MET", name="MET exon 14 skipping", basis="place", source="x")
    skipping = lost.model_copy(update={"named_effects": (effect,)})
    assert label_of(skipping) == "MET c.3028+1G>A, p.? (MET exon 14 skipping)"
    beside = variant("MET", "", VariantClass.NONCODING, hgvs_c="c.2888-20_2888-3del")
    assert label_of(beside) == "MET c.2888-20_2888-3del (noncoding variant)"
    named = beside.model_copy(update={"named_effects": (effect,)})
    assert label_of(named) == "MET c.2888-20_2888-3del (MET exon 14 skipping)"
    without = variant("MET", "X1010_splice", VariantClass.SPLICE)
    assert label_of(without) == "MET X1010_splice (splice-site variant)"


def test_negative_numbers_carry_a_minus_and_zero_none() -> None:
    assert words.decimal(-1.8, sign=True) == "\u22121.80"
    assert words.decimal(-0.001) == "0.00"
    assert words.decimal(float("nan")) == "not given"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (0.0004, "below 0.001"), (0.41, "0.41"), (0.998, "0.998"), (0.9996, "above 0.999"), (1.0, "1")],
)
def test_a_probability_never_rounds_to_certainty(value: float, shown: str) -> None:
    assert words.probability(value) == shown


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"risk": "high"}, "uncertain; germline risk high"),
        (
            {"tumor_only_class": TumorOnlyClass.LIKELY_GERMLINE, "risk": "high"},
            "likely germline (no reads of a normal)",
        ),
        (
            {"tumor_only_class": TumorOnlyClass.UNDETERMINED, "risk": "moderate"},
            "undetermined (no reads of a normal); germline risk moderate",
        ),
        ({"labels": ("confirm", "of_a_later_version")}, "uncertain; to be confirmed"),
    ],
)
def test_origins_are_said_with_class_and_labels(facts: dict[str, Any], shown: str) -> None:
    assert words.origin(reports.variant(1, origin=Origin.UNCERTAIN, **facts)) == shown
