from __future__ import annotations

import re
from pathlib import Path

from genomodel.core.report import RESEARCH_USE_ONLY
from genomodel.report.cohort.page import write_index
from genomodel.report.cohort.row import CohortRow, RowFinding, RowStatus, cohort_row
from tests.interpretation.builders import interpreted, variant
from tests.report import reports
from tests.report.test_html import text, tree


def page(rows: list[CohortRow], folder: Path) -> str:
    write_index(rows, folder / "index.html")
    return (folder / "index.html").read_text(encoding="utf-8")


def part_of(html: str, heading: str) -> str:
    found = re.search(rf"<section [^>]*>\s*<h2 [^>]*>{heading}</h2>.*?</section>", html, re.DOTALL)
    assert found is not None
    return found[0]


def test_row_of_a_report_names_findings_tiers_predictions_and_files() -> None:
    row = cohort_row(reports.typical_report())
    assert row.tumor_type == "Melanoma (MEL)"
    assert row.best_tier == "I-A"
    assert row.findings_text == "BRAF p.V600E (I-A, II-C resistance), TP53 p.R175H"
    assert row.predictions_text == "Drug00 99 (79\u201399), Drug01 96 (76\u201399), Drug02 94 (74\u201398)"
    assert row.files == ("P1.html", "P1.pdf", "P1.json")
    assert cohort_row(reports.typical_report(), pdf=False).files == ("P1.html", "P1.json")
    assert CohortRow.model_validate_json(row.to_json()) == row


def test_a_prediction_whose_interval_says_nothing_is_not_named_in_a_row(tmp_path: Path) -> None:
    wide = reports.prediction("Drugone", 90).model_copy(update={"percentile_overall_lower90": 20.0})
    response = reports.response().model_copy(update={"predictions": (wide,)})
    row = cohort_row(reports.typical_report().model_copy(update={"response": response}))
    assert row.predictions == ()
    assert row.predictions_text == "none stands out"
    html = page([row, CohortRow.failed("P9", "no such file")], tmp_path)
    assert "none stands out" in html
    assert "Drugone" not in part_of(html, "Patients")


def test_a_drug_whose_rank_comes_from_the_tissue_is_not_named_in_a_row() -> None:
    alone, added = reports.from_tissue("Drugone", 95, 0.0), reports.prediction("Drugtwo", 90)
    response = reports.response().model_copy(update={"predictions": (alone, added)})
    row = cohort_row(reports.typical_report().model_copy(update={"response": response}))
    assert row.predictions_text == "Drugtwo 90 (70\u201394)"
    response = response.model_copy(update={"predictions": (alone,)})
    row = cohort_row(reports.typical_report().model_copy(update={"response": response}))
    assert row.predictions_text == "none stands out"


def test_page_links_relatively_and_counts_genes(tmp_path: Path) -> None:
    html = page([cohort_row(make()) for make in reports.ALL.values()], tmp_path)
    hrefs = [anchor.get("href", "") for anchor in tree(html).iter("a")]
    assert {"P1.html", "P1.pdf", "P1.json", "TO-1.html"} <= set(hrefs)
    assert all(":" not in href and not href.startswith("/") for href in hrefs)
    chart = tree(html).find(".//{http://www.w3.org/2000/svg}svg[@role='img']")
    assert chart is not None
    assert "BRAF 4, TP53 2" in (chart.get("aria-label") or "")


def test_evidence_against_a_therapy_is_not_shown_as_a_target(tmp_path: Path) -> None:
    row = CohortRow(
        patient_id="P1",
        tumor_code="COAD",
        findings=(RowFinding(gene="KRAS", label="KRAS p.G12D", tier="II-C", resistance_tier="I-A"),),
    )
    assert row.findings_text == "KRAS p.G12D (II-C, I-A resistance)"
    assert "KRAS p.G12D II-C ▲ I-A ▼ resistance" in text(page([row], tmp_path))


def test_evidence_on_outcome_alone_is_no_absence_of_evidence(tmp_path: Path) -> None:
    interpretation = interpreted("MDS", variant("SETBP1", "D868N"))
    row = cohort_row(reports.typical_report().model_copy(update={"interpretation": interpretation}))
    assert row.best_tier == "I-A"
    assert row.findings_text == "SETBP1 p.D868N (I-A diagnosis or outcome)"
    html = text(page([row], tmp_path))
    assert "1 with a tier I or II alteration" in html
    assert "SETBP1 p.D868N I-A diagnosis or outcome" in html


def test_what_was_seen_but_is_not_somatic_is_in_the_table(tmp_path: Path) -> None:
    row = CohortRow(patient_id="P1", set_aside=("BRCA1 p.E23Vfs*17",))
    assert row.findings_text == "no finding; seen, not somatic: BRCA1 p.E23Vfs*17"
    assert "seen, not somatic: BRCA1 p.E23Vfs*17" in text(page([row], tmp_path))


def test_failed_patient_has_a_reason_and_no_link(tmp_path: Path) -> None:
    patient = reports.typical_report().patient
    rows = [CohortRow.failed(patient, "Traceback\n  somewhere\nInputError: x.vcf is truncated\n")]
    rows.append(CohortRow.failed("bad id", ""))
    html = page(rows, tmp_path)
    assert rows[0].status is RowStatus.FAILED
    assert rows[0].findings_text == "no report: InputError: x.vcf is truncated"
    shown = text(html)
    assert "No report: InputError: x.vcf is truncated" in shown
    assert "2 without a report" in shown
    assert "not known" in shown
    assert [anchor for anchor in tree(html).iter("a") if not anchor.get("href", "").startswith("#")] == []


def test_page_says_research_use_only_and_synthetic(tmp_path: Path) -> None:
    assert RESEARCH_USE_ONLY in text(page([cohort_row(reports.crowded_report())], tmp_path))
    assert "Synthetic genome: not a real patient." in text(page([cohort_row(reports.crowded_report())], tmp_path))
    mixed = [cohort_row(reports.crowded_report()), cohort_row(reports.tumor_only_report())]
    assert "Some patients are simulated" in text(page(mixed, tmp_path))
    assert "ynthetic" not in text(page([cohort_row(reports.typical_report())], tmp_path))


def test_hostile_strings_stay_text(tmp_path: Path) -> None:
    rows = [
        cohort_row(reports.hostile_report()),
        CohortRow(patient_id=reports.HOSTILE, files=("a b'\".html",)),
        CohortRow.failed(reports.HOSTILE, reports.HOSTILE),
    ]
    html = page(rows, tmp_path)
    assert [e for e in tree(html).iter() if e.tag in {"img", "script"}] == []
    assert 'href="a%20b%27%22.html"' in html


def test_no_patient_and_one_thousand(tmp_path: Path) -> None:
    assert "No patient in this run." in text(page([], tmp_path))
    rows = [
        CohortRow(
            patient_id=f"P{index}",
            tumor_code="MEL",
            tumor_name="Melanoma",
            findings=tuple(RowFinding(gene=f"G{index % 40}", label=f"G{index % 40} p.V{n}E") for n in range(5)),
            predictions=("Drugone 99", "Drugtwo 98"),
            files=(f"P{index}.html",),
        )
        for index in range(1000)
    ]
    html = page(rows, tmp_path)
    assert len(re.findall(r'<a href="P\d+\.html">', html)) == 1000
    assert len(html) < 1_500_000


def test_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [cohort_row(make()) for make in reports.ALL.values()]
    assert page(rows, tmp_path) == page(rows, tmp_path)
    assert str(tmp_path) not in page(rows, tmp_path)
