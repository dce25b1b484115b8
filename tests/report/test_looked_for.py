"""What the report says of looked-for loci."""

from __future__ import annotations

import re

import pytest

from genomodel.core.assays import Assays
from genomodel.core.copy_number import CopyNumberProfile, PurityPloidy
from genomodel.core.findings import DispositionKind
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, IdentityChecks
from genomodel.core.loci import (
    AlleleSeen,
    EventAnswer,
    EventKind,
    HotspotAssay,
    Locus,
    LocusAnswer,
    LocusClass,
    LocusEvent,
    LocusStatus,
)
from genomodel.core.provenance import SourceFile
from genomodel.core.report import PatientReport
from genomodel.core.variants import Variant
from genomodel.report.medium import Medium
from genomodel.report.render import render_html
from genomodel.report.sections.looked_for import (
    FAILED,
    NOT_CALLED,
    UNKNOWN_PURITY,
    called_as,
    looked_for,
    looked_for_in_short,
)
from tests.report import reports

SUBSTITUTION = LocusEvent(kind=EventKind.SUBSTITUTION, longest=3)
DELETION = LocusEvent(kind=EventKind.DELETION, shortest=9, longest=24)
INSERTION = LocusEvent(kind=EventKind.INSERTION, shortest=18, longest=18)


def locus(name: str, *events: LocusEvent, kind: LocusClass = LocusClass.CODON) -> Locus:
    return Locus(
        id=name,
        gene=name.partition(" ")[0],
        locus_class=kind,
        chrom="chr7",
        positions=(1003, 1002, 1001),
        bases="CAC",
        forward=False,
        events=events or (SUBSTITUTION,),
    )


def negative(name: str, limit: float, depth: int = 500) -> LocusAnswer:
    return LocusAnswer(
        locus=locus(name),
        status=LocusStatus.NOT_DETECTED,
        excluded_above=limit,
        events=(EventAnswer(event=SUBSTITUTION, excluded_above=limit, depth=depth, backed_by="SNVs"),),
        depth=depth,
        statement=f"{name}: not detected.",
    )


def silent(name: str, reason: str) -> LocusAnswer:
    return LocusAnswer(
        locus=locus(name), status=LocusStatus.NOT_ASSESSABLE, depth=0, reason=reason, statement=f"{name}: {reason}."
    )


def detected(name: str, allele: str, variant: Variant) -> LocusAnswer:
    seen = AlleleSeen(
        variant=variant,
        name=allele,
        alt_fragments=14,
        depth=900,
        allele_fraction=14 / 900,
        fraction_low=0.0085,
        fraction_high=0.026,
    )
    return LocusAnswer(
        locus=locus(name), status=LocusStatus.DETECTED, seen=(seen,), depth=900, statement=f"{name}: detected."
    )


def with_loci(
    *answers: LocusAnswer, purity: float | None = 0.6, not_placed: dict[str, str] | None = None
) -> PatientReport:
    base = reports.report(findings=(reports.finding(1),))
    assay = HotspotAssay(sample="P1-T", answers=answers, not_placed=not_placed or {})
    patient = base.patient.model_copy(update={"purity": purity})
    return base.model_copy(update={"assays": Assays(hotspots=assay), "patient": patient})


def text_of(report: PatientReport, medium: Medium = Medium.SCREEN) -> str:
    page = render_html(report, medium)
    part = page.partition('id="looked-for"')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


def test_a_report_without_answers_says_that_silence_is_no_negative() -> None:
    assert "is no negative result" in text_of(reports.report())


def test_a_negative_below_half_the_purity_is_told_by_gene_with_its_worst_limit_and_depth() -> None:
    answers = (negative("KRAS G12", 0.01, 400), negative("KRAS Q61", 0.012, 350), negative("BRAF V600", 0.29))
    context = looked_for(with_loci(*answers), Medium.SCREEN)
    rows = {row["name"]: row for row in context["adequate"]}
    assert rows["KRAS"]["what"] == "G12, Q61"
    assert rows["KRAS"]["depth"] == "350"
    assert rows["KRAS"]["limit"].endswith("1.2\u00a0%")
    assert "BRAF" in rows
    assert context["other"] == []


def test_a_negative_at_half_the_purity_is_inadequate() -> None:
    context = looked_for(with_loci(negative("KRAS G12", 0.3)), Medium.SCREEN)
    assert context["adequate"] == []
    assert [row["name"] for row in context["other"]] == ["KRAS"]
    text = text_of(with_loci(negative("KRAS G12", 0.3)))
    assert "inadequate as a negative" in text
    assert "Looked for (substitutions unless others are named)" in text


@pytest.mark.parametrize(("status", "adequate"), [("failed", []), ("warning", []), ("passed", ["KRAS"])])
def test_foreign_dna_of_the_tumor_leaves_less_room_below_half_the_purity(status: str, adequate: list[str]) -> None:
    check = IdentityCheck(
        name=CheckName.CONTAMINATION, subject="tumor", status=CheckStatus(status), value="40.0%", estimate=0.4
    )
    report = with_loci(negative("KRAS G12", 0.2))
    assays = report.assays.model_copy(update={"identity": IdentityChecks(checks=(check,))})
    diluted = report.model_copy(update={"assays": assays})
    assert [row["name"] for row in looked_for(diluted, Medium.SCREEN)["adequate"]] == adequate
    assert ("foreign DNA taken off" in text_of(diluted)) == (status != "passed")
    assert [row["name"] for row in looked_for(report, Medium.SCREEN)["adequate"]] == ["KRAS"]


def test_unknown_purity_is_said_and_nothing_is_called_adequate() -> None:
    report = with_loci(negative("KRAS G12", 0.001), purity=None)
    assert looked_for(report, Medium.SCREEN)["adequate"] == []
    text = text_of(report)
    assert UNKNOWN_PURITY in text
    assert "inadequate" not in text


def test_a_failed_sample_has_no_negative() -> None:
    report = with_loci(negative("KRAS G12", 0.001)).model_copy(update={"failures": ("mean depth 4",)})
    assert looked_for(report, Medium.SCREEN)["adequate"] == []
    assert FAILED in text_of(report)


def test_an_estimate_of_purity_counts_where_none_is_given() -> None:
    estimate = PurityPloidy(purity=0.4, source="estimated")
    profile = CopyNumberProfile(source=SourceFile(name="s", sha256="0" * 64, kind="copy_number"), purity=estimate)
    report = with_loci(negative("KRAS G12", 0.19), negative("KRAS G13", 0.21), purity=None)
    context = looked_for(report.model_copy(update={"copy_number": profile}), Medium.SCREEN)
    assert [row["what"] for row in context["adequate"]] == ["G12"]
    assert [row["what"] for row in context["other"]] == ["G13"]


def test_the_limit_is_never_rounded_down() -> None:
    context = looked_for(with_loci(negative("KRAS G12", 0.01241)), Medium.SCREEN)
    assert context["adequate"][0]["limit"] == "above 1.3\u00a0%"


@pytest.mark.parametrize("status", [LocusStatus.NOT_ASSESSABLE, LocusStatus.DETECTED])
def test_only_loci_that_were_not_detected_are_negative(status: LocusStatus) -> None:
    """Whatever limit an answer carries, another status is no negative."""
    answer = negative("KRAS G12", 0.001).model_copy(update={"status": status, "reason": "mapping quality 0"})
    context = looked_for(with_loci(answer), Medium.SCREEN)
    assert context["adequate"] == []
    assert context["other"] == []
    for medium in Medium:
        assert "Negative" not in text_of(with_loci(answer), medium)


def test_events_that_nothing_is_excluded_for_are_named_beside_those_that_are() -> None:
    answer = LocusAnswer(
        locus=locus("EGFR exon 19", DELETION, INSERTION, kind=LocusClass.INDEL),
        status=LocusStatus.NOT_DETECTED,
        excluded_above=0.01,
        events=(
            EventAnswer(event=DELETION, excluded_above=0.01, depth=300, backed_by="spiked reads"),
            EventAnswer(event=INSERTION, reason="longer than the reads show"),
        ),
        depth=300,
        statement="EGFR exon 19: not detected.",
    )
    report = with_loci(answer, negative("BRAF V600", 0.01))
    found = looked_for(report, Medium.SCREEN)
    row = found["adequate"][1]
    assert "2 negative (1 not for every event asked), 0 not assessable" in found["counts"]
    assert "2 loci: 2 negative and adequate (1 not for every event asked)." in looked_for_in_short(report)
    assert row["what"] == "deletions of 9 to 24 bases"
    assert row["note"] == "insertions (no bases lost) of 18 bases: nothing excluded (longer than the reads show)"


def test_loci_without_an_answer_stand_together_by_reason() -> None:
    answers = (silent("U2AF1 S34", "mapping quality 0"), silent("U2AF1 Q157", "mapping quality 0"))
    report = with_loci(*answers, silent("TERT C228T", "not on the assay"), not_placed={"ERBB2 S310": "no gene"})
    context = looked_for(report, Medium.SCREEN)
    assert context["silent"] == [("U2AF1 S34, U2AF1 Q157", "mapping quality 0"), ("TERT C228T", "not on the assay")]
    for medium in Medium:
        assert "ERBB2 S310" in text_of(report, medium)


def test_loci_without_a_place_are_counted_by_gene() -> None:
    report = with_loci(not_placed={"ABL1 T315": "x", "ABL1 E255": "x", "RHOA G17": "x"})
    assert "3 loci of the table without a place on this genome, not looked for: ABL1 (2), RHOA G17." in text_of(report)


def test_an_allele_that_no_call_has_is_to_be_confirmed_on_the_first_page() -> None:
    stray = detected("NRAS Q61", "Q61R", Variant(chrom="chr1", pos=114713908, ref="T", alt="C"))
    called = detected("BRAF V600", "V600E", Variant(chrom="chr7", pos=1001, ref="A", alt="T"))
    report = with_loci(stray, called)
    lines = reports.front_lines(report)
    assert "NRAS Q61R (1.6\u00a0%, 14 of 900 fragments)" in lines["To confirm"]
    assert "V600E" not in lines["To confirm"]
    assert NOT_CALLED in text_of(report)
    assert "among the findings" in text_of(report)


@pytest.mark.parametrize(
    ("seen", "same"),
    [
        (("chr7", 1001, "A", "T"), True),
        (("7", 1000, "CA", "CT"), True),
        (("7", 1001, "AC", "TT"), True),
        (("7", 1001, "A", "G"), False),
        (("7", 1002, "A", "T"), False),
        (("8", 1001, "A", "T"), False),
        (("7", 1001, "A", "AT"), False),
    ],
)
def test_a_seen_allele_is_known_again_among_the_calls(seen: tuple[str, int, str, str], same: bool) -> None:
    chrom, pos, ref, alt = seen
    interpretation = reports.report(findings=(reports.finding(1),)).interpretation
    assert interpretation.dispositions[0].variant == "7:1001:A>T"
    found = called_as(Variant(chrom=chrom, pos=pos, ref=ref, alt=alt), interpretation)
    assert (found != NOT_CALLED) is same


@pytest.mark.parametrize(
    ("seen", "same"),
    [(("7", 1020, "GATTACA", "G"), True), (("7", 1200, "GATTACA", "G"), False), (("7", 1001, "GAT", "G"), False)],
)
def test_an_indel_is_known_again_in_another_spelling(seen: tuple[str, int, str, str], same: bool) -> None:
    base = reports.report(findings=(reports.finding(1),)).interpretation
    disposition = base.dispositions[0].model_copy(
        update={"variant": "chr7:1001:CGATTAC>C", "kind": DispositionKind.FILTERED}
    )
    interpretation = base.model_copy(update={"dispositions": (disposition,)})
    chrom, pos, ref, alt = seen
    found = called_as(Variant(chrom=chrom, pos=pos, ref=ref, alt=alt), interpretation)
    assert found == ("filtered from the calls" if same else NOT_CALLED)


def test_names_from_files_cannot_break_the_page() -> None:
    hostile = silent(f"BRAF {reports.HOSTILE}", reports.HOSTILE)
    page = render_html(with_loci(hostile, not_placed={reports.HOSTILE: reports.HOSTILE}))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def copied(name: str, limit: float, molecules: int | None = None) -> LocusAnswer:
    return negative(name, limit, 20_000).model_copy(update={"molecules_needed": 14_000, "molecules": molecules})


def test_a_negative_of_copies_counts_only_under_its_condition() -> None:
    answers = (copied("KRAS G12", 0.0002), copied("BRAF V600", 0.19999), negative("EGFR L858", 0.01))
    report = with_loci(*answers, purity=0.4)
    context = looked_for(report, Medium.SCREEN)
    assert [row["name"] for row in context["adequate"]] == ["EGFR"]
    assert [row["name"] for row in context["conditional"]] == ["KRAS"]
    assert [row["name"] for row in context["other"]] == ["BRAF"]
    assert "nobody said how many" in context["condition"]
    verdicts = {row["locus"]: row["adequate"] for row in context["all"]}
    assert verdicts == {
        "KRAS G12": "if at least 14 DNA molecules of the tumor sample were amplified",
        "BRAF V600": "no",
        "EGFR L858": "yes",
    }
    text = text_of(report)
    assert "Negative only if enough molecules were amplified" in text
    assert "1 negative if enough molecules were amplified" in text
    assert (
        "if at least 14 DNA molecules of the tumor sample were amplified" in reports.front_lines(report)["Looked for"]
    )
    told = looked_for(with_loci(copied("KRAS G12", 0.002, 3030), purity=0.4), Medium.SCREEN)
    assert "at most 3,030 went into the library" in told["condition"].replace("\u202f", ",")


@pytest.mark.parametrize("purity", [None, 0.4])
def test_a_negative_of_copies_is_none_of_a_failed_sample_or_without_purity(purity: float | None) -> None:
    report = with_loci(copied("KRAS G12", 0.0002), purity=purity)
    if purity is not None:
        report = report.model_copy(update={"failures": ("coverage",)})
    context = looked_for(report, Medium.SCREEN)
    assert context["conditional"] == []
    assert [row["name"] for row in context["other"]] == ["KRAS"]
    assert context["all"][0]["adequate"] == ("purity not given" if purity is None else "no: sample failed")
