from __future__ import annotations

import re

from genomodel.core.assays import Assays
from genomodel.core.sample_quality import (
    ExonCoverage,
    Limits,
    Measure,
    QualityStatus,
    SampleMeasures,
    SampleQuality,
)
from genomodel.report.render import render_html
from tests.report import reports


def exon(number: int, share: float) -> ExonCoverage:
    return ExonCoverage(
        gene="NRAS", exon=number, chrom="1", start=99, end=199, mean_depth=80, share=share, passed=share >= 0.95
    )


def page(*exons: ExonCoverage, status: QualityStatus = QualityStatus.PASS) -> str:
    limits = Limits(warn=150, fail=100)
    samples = tuple(
        SampleMeasures(
            type=kind,
            sample=kind,
            measures=(Measure(name="mean_depth", value=140, limits=limits, status=status),),
            family_sizes={1: 30, 2: 50, 7: 20} if kind == "tumor" else {},
        )
        for kind in ("tumor", "normal")
    )
    quality = SampleQuality(samples=samples, exon_depth=100, exon_share=0.95, exons=exons)
    found = reports.report().model_copy(update={"assays": Assays(quality=quality)})
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", render_html(found)).replace("\u00a0", " "))


def test_only_failing_exons_are_listed_and_the_front_page_names_them() -> None:
    text = page(exon(2, 0.9), exon(3, 0.0), exon(4, 1.0))
    assert "\u2717 2 of 3 exons of 1 actionable gene fail, 1 pass" in text
    assert "1:100\u2013199" in text
    assert text.count("\u2717 fail") == 2
    assert "Not read deeply enough: NRAS exons 2, 3" in text[: text.index("Exons of actionable genes")]
    whole = page(exon(2, 1.0), exon(3, 1.0))
    assert "\u2713 2 of 2 exons of 1 actionable gene pass" in whole
    assert "ot read deeply enough" not in whole


def test_a_verdict_is_told_in_words_with_its_limits_and_its_consequence() -> None:
    text = page(status=QualityStatus.WARN)
    assert "! Passed with warnings: mean tumor depth 140 (warns below 150, fails below 100)" in text
    assert text.count("140 ! warn warns below 150, fails below 100") == 2
    assert "a missing variant is no negative" in text
    assert "1: 30 %, 2: 50 %, 3: 0 %, 4: 0 %, 5 or more: 20 % of 100" in text
    passed = page()
    assert "\u2713 Passed: the tumor and the normal, by every limit below." in passed
    assert "Variants of few tumor cells are missed" not in passed
