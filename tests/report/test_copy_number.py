from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.copy_number import (
    Bin,
    CopyNumberCall,
    CopyNumberProfile,
    CopyNumberState,
    HetSite,
    PurityPloidy,
    Segment,
)
from genomodel.core.provenance import SourceFile, Step, StepStatus
from genomodel.core.report import PatientReport
from genomodel.report.medium import Medium
from genomodel.report.pictures.genome import genome_plot
from genomodel.report.render import render_html
from tests.report import reports

SOURCE = SourceFile(name="panel.bed", sha256="a" * 64, kind="bed")
ESTIMATE = PurityPloidy(
    purity=0.55, purity_low=0.48, purity_high=0.63, ploidy=2.4, ploidy_low=2.3, ploidy_high=2.5, diploid_log2=-0.1,
    source="estimated",
)  # fmt: skip
AMPLIFIED = CopyNumberCall(
    gene="ERBB2", state=CopyNumberState.AMPLIFICATION, log2_ratio=2.4, copies=17.2, copies_low=14.0, copies_high=20.6,
    n_regions=27, event_bases=1_900_000, loh=False, chrom="chr17", start=39_700_000, end=39_730_000,
)  # fmt: skip
LOST = CopyNumberCall(
    gene="TP53", state=CopyNumberState.NEUTRAL, log2_ratio=0.01, copies=2.0, copies_low=1.8, copies_high=2.2, loh=True
)
PLAIN = CopyNumberCall(gene="KRAS", state=CopyNumberState.NEUTRAL, log2_ratio=0.0, copies=2.0)


def profile(**changes: object) -> CopyNumberProfile:
    full = CopyNumberProfile(
        source=SOURCE,
        calls=(AMPLIFIED, LOST, PLAIN),
        assayed_genes=("ERBB2", "TP53", "KRAS"),
        not_assessed={"AR": "on chromosome X, and the patient's sex is not given", "BRCA2": "no bin"},
        segments=(
            Segment(chrom="chr17", start=1, end=30_000_000, log2_ratio=0.0, minor_fraction=0.22, n_sites=20, loh=True),
            Segment(chrom="chr17", start=30_000_001, end=80_000_000, log2_ratio=2.4, minor_fraction=0.1, n_sites=9),
            Segment(chrom="chr2", start=1, end=90_000_000, log2_ratio=-0.1, minor_fraction=0.5, n_sites=9, loh=False),
        ),
        purity=ESTIMATE,
        bins=tuple(Bin(chrom="chr17", start=i * 10**6 + 1, end=i * 10**6 + 500, log2=0.1) for i in range(70)),
        sites=(HetSite(chrom="chr2", pos=5_000_000, tumor_ref=40, tumor_alt=44),),
        method="CNVkit, capture, matched normal",
    )
    return full.model_copy(update=changes)


def section(report: PatientReport, medium: Medium = Medium.SCREEN) -> str:
    page = render_html(report, medium)
    return re.split(r"</section>", page.partition('id="copy-number"')[2])[0]


def with_profile(found: CopyNumberProfile | None, purity: float | None = None) -> PatientReport:
    report = reports.typical_report()
    patient = report.patient.model_copy(update={"purity": purity})
    return report.model_copy(update={"copy_number": found, "patient": patient})


def test_copies_stand_with_interval_bins_focal_size_and_lost_alleles() -> None:
    text = section(with_profile(profile()))
    for words in ("17.2 (14.0–20.6)", "27", "1.9 Mb", "CNVkit, capture, matched normal", "2.40 (2.30–2.50)"):
        assert words in text
    assert re.search(r"TP53</strong> neutral.*?data-label=\"LOH\">yes", text, re.S)
    assert "KRAS" not in text, "a neutral gene with both alleles is no row"
    assert "on chromosome X" in text
    assert "<svg" in text


def test_the_head_and_the_section_say_where_purity_comes_from() -> None:
    estimated = render_html(with_profile(profile()))
    assert "estimated 55\u00a0% (48–63\u00a0%)" in estimated
    given_ = render_html(with_profile(profile(), 0.6))
    assert "60\u00a0% (given)" in given_
    assert "Purity in dispute" not in given_
    disputed = section(with_profile(profile(), 0.9))
    assert "Purity in dispute: given 90 %, estimated 55 % (95 % interval 48 to 63 %)" in disputed
    unknown = section(with_profile(profile(purity=PurityPloidy(source="estimated", reason="no altered segment"))))
    assert "no altered segment" in unknown
    assert "no deep deletion is called" in unknown


def test_nothing_measured_is_said_with_its_reason_and_is_no_negative() -> None:
    report = with_profile(None)
    step = Step(name="copy number", status=StepStatus.SKIPPED, detail="no normal to compare with")
    text = section(report.model_copy(update={"steps": (step,)}))
    assert "Copy number was not looked at: no normal to compare with" in text
    assert "No amplification" not in text


def test_silence_of_a_table_of_events_is_no_negative() -> None:
    quiet = profile(calls=(PLAIN,), assayed_genes=("KRAS",))
    assert "No amplification or deep deletion in the one gene with an answer" in section(with_profile(quiet))
    events = profile(calls=(), assayed_genes=None)
    assert "silence about a gene is no negative result" in section(with_profile(events))
    for purity in (None, PurityPloidy(source="PURPLE", reason="NO_TUMOR")):
        possible = PLAIN.model_copy(update={"gene": "PTEN", "state": CopyNumberState.LOSS, "note": "possible loss: x"})
        unknown = quiet.model_copy(update={"purity": purity, "calls": (PLAIN, possible), "method": "a .seg file"})
        text = section(with_profile(unknown))
        assert "No amplification in the one gene with an answer; deep deletions were not called" in text
        assert "deep deletions were not called: purity was not known (possible in PTEN)." in text
        assert "No deep deletion is called: purity was not known" in text
        assert "or deep deletion" not in text
    held = section(with_profile(quiet.model_copy(update={"calls": (PLAIN, possible)})))
    assert (
        "No amplification or deep deletion in the one gene with an answer; deep deletion is not excluded in PTEN."
        in held
    )
    failed = with_profile(quiet).model_copy(update={"failures": ("depth",), "status": "failed"})
    assert "No amplification" not in section(failed)


def test_what_was_not_found_is_said_beside_what_was() -> None:
    lost = PLAIN.model_copy(update={"gene": "PTEN", "state": CopyNumberState.LOSS, "note": "possible loss of part (x)"})
    gained = PLAIN.model_copy(
        update={"gene": "MET", "state": CopyNumberState.GAIN, "note": "y; amplification not sure"}
    )
    beside = section(with_profile(profile(calls=(AMPLIFIED, lost, gained))))
    assert "No deep deletion in the 3 genes with an answer; deep deletion is not excluded in PTEN." in beside
    assert "No amplification" not in beside
    without = section(with_profile(profile(calls=(lost, gained), assayed_genes=("MET", "PTEN"))))
    assert (
        "No amplification or deep deletion in the 2 genes with an answer; amplification is not excluded in MET; "
        "deep deletion is not excluded in PTEN."
    ) in without
    deleted = PLAIN.model_copy(update={"gene": "RB1", "state": CopyNumberState.DEEP_DELETION})
    assert "with an answer" not in section(with_profile(profile(calls=(AMPLIFIED, deleted))))


def test_a_gene_with_findings_that_is_lost_hides_no_negative() -> None:
    report = with_profile(profile())
    (gene, *_) = {finding.gene for finding in report.interpretation.findings if finding.gene}
    lost = PLAIN.model_copy(update={"gene": gene, "state": CopyNumberState.LOSS})
    text = section(with_profile(profile(calls=(lost,), assayed_genes=(gene, "KRAS"))))
    assert "No amplification or deep deletion in the 2 genes with an answer." in text
    assert f"{gene}</strong> loss" in text


def test_genes_without_an_answer_for_one_kind_of_reason_are_one_row() -> None:
    missing = {"A1": "too noisy: 1 to 2", "B2": "too noisy: 0 to 3", "C3": "indeterminate: bins 1-2 of 4"}
    text = section(with_profile(profile(not_assessed=missing)))
    assert "<dt>A1, B2</dt><dd>too noisy: A1, 1 to 2; B2, 0 to 3</dd>" in text
    assert "numbered along the genome" in text
    assert "numbered along the genome" not in section(with_profile(profile()))


def test_no_gene_with_an_answer_is_no_negative_and_says_why() -> None:
    shallow = "too few reads in the normal: no bin has a mean depth of 20"
    cases: tuple[tuple[dict[str, str], str], ...] = (
        ({"KRAS": shallow, "PTEN": shallow}, f"No gene could be answered: {shallow} (2 genes). Amplifications"),
        ({"KRAS": shallow, "AR": "on X"}, "No gene could be answered, for the reasons listed below (2 genes)."),
        ({}, "No gene could be answered. Amplifications and deep deletions are unknown."),
    )
    for purity in (None, ESTIMATE):
        for missing, words in cases:
            text = section(with_profile(profile(calls=(), assayed_genes=(), not_assessed=missing, purity=purity)))
            assert words in text
            assert "No amplification" not in text
            assert ("Genes without an answer" in text) is bool(missing)
    many = section(with_profile(profile(calls=(PLAIN,), assayed_genes=("KRAS", "TP53"))))
    assert "No amplification or deep deletion in the 2 genes with an answer." in many


def test_the_picture_names_genes_draws_both_tracks_and_is_the_same_every_time() -> None:
    drawn = genome_plot(profile(), (AMPLIFIED, LOST), ESTIMATE)
    assert drawn is not None
    assert drawn == genome_plot(profile(), (AMPLIFIED, LOST), ESTIMATE)
    assert ">ERBB2</text>" in drawn
    assert ">TP53</text>" not in drawn, "its place is not known"
    assert ">copies</text>" in drawn
    assert ">0.5</text>" in drawn
    assert drawn.index(">2</text>") < drawn.index(">17</text>"), "contigs in the order of the genome"
    bare = genome_plot(profile(sites=(), bins=()), (), None)
    assert bare is not None
    assert ">0.5</text>" not in bare
    assert ">copies</text>" not in bare
    assert genome_plot(profile(sites=(), bins=(), segments=()), (), None) is None


@pytest.mark.parametrize(("fraction", "lines"), [(0.495, 1), (0.5, 1), (0.4, 2), (0.1, 2)])
def test_two_alleles_alike_are_one_thin_line(fraction: float, lines: int) -> None:
    segment = Segment(chrom="chr2", start=1, end=90_000_000, log2_ratio=0.0, minor_fraction=fraction, n_sites=9)
    drawn = genome_plot(profile(segments=(segment,)), (), None)
    assert drawn is not None
    thin = re.findall(r'd="([^"]*)"[^>]*stroke-width="1\.4"', drawn)
    assert [steps.count("M") for steps in thin] == [lines]
    assert 'stroke-width="3.2"' not in drawn


def test_a_name_with_markup_stays_text() -> None:
    hostile = AMPLIFIED.model_copy(update={"gene": reports.HOSTILE, "note": reports.HOSTILE})
    page = render_html(with_profile(profile(calls=(hostile,), not_assessed={reports.HOSTILE: reports.HOSTILE})))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("medium", list(Medium))
def test_many_genes_are_cut_and_counted(medium: Medium) -> None:
    many = tuple(LOST.model_copy(update={"gene": f"G{i:04d}"}) for i in range(1200))
    text = section(with_profile(profile(calls=many)), medium)
    assert text.count("</tr>") <= medium.max_findings + 2
    assert f"{1200 - medium.max_findings} further genes" in text


@given(
    log2=st.lists(st.floats(-60, 60), min_size=1, max_size=5),
    purity=st.floats(0.01, 1),
    level=st.floats(-3, 3),
)
def test_any_numbers_are_drawn_inside_the_picture(log2: list[float], purity: float, level: float) -> None:
    segments = tuple(
        Segment(chrom=f"{i}", start=1, end=1 + i * 10**7, log2_ratio=value) for i, value in enumerate(log2)
    )
    in_force = PurityPloidy(purity=purity, diploid_log2=level, source="given")
    drawn = genome_plot(profile(segments=segments, bins=(), sites=()), (AMPLIFIED,), in_force)
    assert drawn is not None
    height = int(re.search(r'viewBox="0 0 \d+ (\d+)"', drawn)[1])  # type: ignore[index]
    ys = [float(y) for y in re.findall(r'd="M[\d.]+ (-?[\d.]+)', drawn)]
    assert all(0 <= y <= height for y in ys)
    assert "nan" not in drawn
