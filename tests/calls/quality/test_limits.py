from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.quality.limits import DEFAULTS, limit_words, not_judged, quality_limits, verdict
from genomodel.calls.quality.metrics import METRICS
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay
from genomodel.core.sample_quality import Limits, QualityStatus
from genomodel.core.specimens import Library, Preservation, Specimen, UmiDesign


def test_a_value_at_its_limit_passes_and_one_beyond_it_warns_or_fails() -> None:
    limits = Limits(warn=150, fail=100)
    found = [verdict(value, limits, at_least=True) for value in (150, 149.9, 100, 99.9)]
    assert found == [QualityStatus.PASS, QualityStatus.WARN, QualityStatus.WARN, QualityStatus.FAIL]
    found = [verdict(value, Limits(warn=0.01, fail=0.03), at_least=False) for value in (0.01, 0.011, 0.031)]
    assert found == [QualityStatus.PASS, QualityStatus.WARN, QualityStatus.FAIL]
    assert verdict(None, limits, at_least=True) is None
    assert verdict(3.0, Limits(), at_least=True) is None


@given(st.sampled_from(list(Assay)), st.floats(0, 1e4), st.booleans())
def test_default_limits_are_in_order_and_no_value_escapes_them(assay: Assay, value: float, better: bool) -> None:
    order = [QualityStatus.FAIL, QualityStatus.WARN, QualityStatus.PASS]
    for name, limits in quality_limits(assay).limits.items():
        at_least = METRICS[name.removeprefix("normal_")].at_least
        other = value * 1.5 if better == at_least else value / 1.5
        found, than = (order.index(verdict(v, limits, at_least=at_least) or order[0]) for v in (value, other))
        assert (than >= found) if better else (than <= found)


def test_the_configuration_changes_one_limit_and_leaves_the_others() -> None:
    words = limit_words(
        {"panel": {"mean_depth": {"warn": 300}, "insert_size": {"warn": None}, "exon_depth": 200}}, Assay.PANEL
    )
    found = quality_limits(Assay.PANEL, words)
    assert found.limits["mean_depth"] == Limits(warn=300, fail=100)
    assert found.limits["insert_size"] == Limits()
    assert found.exon_depth == 200
    assert found.limits["mapped_share"] == DEFAULTS[Assay.PANEL]["mapped_share"]
    assert limit_words({"wes": {"exon_depth": 20}}, Assay.PANEL) == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("mean_depth.warn=80", "it fails below 100 and warns below 80, so that it would never warn"),
        ("base_error_rate.warn=0.05", "it fails above 0.03 and warns above 0.05"),
        ("share_at_depth.fail=95", "'95' is not a share of 0 to 1"),
        ("mean_depth.fail=-3", "'-3' is not a number of 0 or more"),
        ("mean_depth.fail=deep", "'deep' is not a number"),
        ("exon_depth=0", "'0' is not a whole number of at least 1"),
        ("mean_dept.fail=3", "'mean_dept.fail=3' sets no limit of quality"),
        ("mean_depth=3", "sets no limit of quality"),
    ],
)
def test_limits_that_cannot_be_are_refused_by_name(word: str, said: str) -> None:
    with pytest.raises(InputError, match=r"quality\.panel") as caught:
        quality_limits(Assay.PANEL, [word])
    assert said in caught.value.message


def test_amplicons_and_molecules_are_not_judged_by_duplicates() -> None:
    amplicon = Specimen(library=Library.AMPLICON)
    molecules = Specimen(library=Library.CAPTURE, umi=UmiDesign.from_text("simplex 8M+T +T"))
    assert not_judged("duplicate_share", amplicon)
    assert not_judged("insert_size", amplicon)
    assert not_judged("duplicate_share", molecules)
    assert not not_judged("mean_depth", amplicon)
    assert not not_judged("duplicate_share", Specimen(library=Library.CAPTURE))


def test_fixed_tissue_has_its_own_defaults_unless_the_configuration_says_otherwise() -> None:
    fixed = Specimen(library=Library.CAPTURE, preservation=Preservation.FFPE)
    assert quality_limits(Assay.PANEL).of("insert_size", "tumor", fixed).warn == 80
    assert quality_limits(Assay.PANEL, ["insert_size.warn=100"]).of("insert_size", "tumor", fixed).warn == 100
    assert quality_limits(Assay.PANEL).of("mean_depth", "normal", None).fail == 20
