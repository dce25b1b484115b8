from __future__ import annotations

import re
from pathlib import Path

from genomodel.batch import CaseRecord, Manifest
from genomodel.cli.report import summary
from genomodel.core.report import RESEARCH_USE_ONLY
from genomodel.core.report_settings import PredictionsShown, ReportSettings
from genomodel.report.cohort.alterations import AlterationKind
from genomodel.report.cohort.checks import Mark
from genomodel.report.cohort.forecast import Forecast
from genomodel.report.cohort.heat_map import NOT_INFORMATIVE, heat_map, step_of
from genomodel.report.cohort.oncoprint import ASSAYED, MARKS, MOST_GENES, NOT_GIVEN, UNKNOWN, oncoprint
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


def altered(patient: str, *found: tuple[str, AlterationKind], **facts: object) -> CohortRow:
    findings = tuple(RowFinding(gene=gene, label=f"{gene} {kind}", kind=kind) for gene, kind in found)
    return CohortRow.model_validate({"patient_id": patient, "findings": findings, **facts})


def test_an_oncoprint_sorts_genes_by_patients_and_patients_into_steps() -> None:
    missense, truncating, amplified = AlterationKind.MISSENSE, AlterationKind.TRUNCATING, AlterationKind.AMPLIFICATION
    rows = [
        altered("P1", ("KRAS", missense)),
        altered("P2", ("TP53", missense), ("TP53", truncating)),
        altered("P3"),
        altered("P4", ("TP53", missense), ("KRAS", missense)),
        altered("P5", ("TP53", amplified)),
        CohortRow.failed("P6", "no such file"),
    ]
    made = oncoprint(rows)
    assert made.grid.rows == [("TP53", "60\u00a0%"), ("KRAS", "40\u00a0%")]
    assert list(made.grid.columns) == ["P5", "P2", "P4", "P1", "P3"]
    assert [rows[place].patient_id for place in made.order] == list(made.grid.columns)
    assert made.grid.cells["missense"] == [(0, 1), (0, 2), (1, 2), (1, 3)]
    assert made.grid.cells["truncating"] == [(0, 1)]
    assert made.genes[0].kinds[missense] == 2


def test_a_gene_off_the_assay_or_of_a_failed_sample_is_not_drawn_as_unaltered() -> None:
    kras = ("KRAS", AlterationKind.MISSENSE)
    rows = [
        altered("P1", kras, off_assay=()),
        altered("P2", off_assay=()),
        altered("P3", off_assay=("KRAS",)),
        altered("P4"),
        altered("P5", off_assay=(), status="quality failed"),
        altered("P6", kras, off_assay=("KRAS",)),
    ]
    made = oncoprint(rows).grid
    beneath = {made.columns[column]: name for name in (ASSAYED, NOT_GIVEN, UNKNOWN) for _, column in made.cells[name]}
    assert beneath == {
        "P1": ASSAYED, "P2": ASSAYED, "P3": UNKNOWN, "P4": NOT_GIVEN, "P5": UNKNOWN, "P6": ASSAYED
    }  # fmt: skip


def test_a_marker_and_a_wild_type_are_no_altered_gene() -> None:
    marker = RowFinding(gene="MSI", label="MSI-high", tier="I-A")
    assert oncoprint([CohortRow(patient_id="P1", findings=(marker,))]).grid.rows == []


def test_findings_of_reports_have_kinds() -> None:
    kinds = {finding.label: finding.kind for finding in cohort_row(reports.crowded_report()).findings}
    assert kinds["GENE01 p.V600E"] is AlterationKind.MISSENSE
    assert kinds["ERBB2 amplification"] is AlterationKind.AMPLIFICATION


def test_more_genes_than_fit_are_announced_and_stand_in_the_table(tmp_path: Path) -> None:
    rows = [altered(f"P{n}", (f"GENE{n}", AlterationKind.MISSENSE)) for n in range(MOST_GENES + 5)]
    shown = text(part_of(page(rows, tmp_path), "Alterations by gene"))
    assert f"The {MOST_GENES} most often altered of {MOST_GENES + 5} genes are drawn" in shown
    assert f"GENE{MOST_GENES + 4}" in shown


def test_a_heat_map_tells_missing_from_not_informative_and_high_from_low(tmp_path: Path) -> None:
    rows = [
        CohortRow(patient_id="P1", tumor_code="MEL", forecast=Forecast(percentiles={"A": 98, "B": 10})),
        CohortRow(patient_id="P2", tumor_code="AML", forecast=Forecast(percentiles={"A": 91}, not_informative=("B",))),
        CohortRow(patient_id="P3", tumor_code="MEL"),
    ]
    made = heat_map(rows)
    assert made.grid.rows == [("A", "2"), ("B", "0")]
    assert list(made.grid.columns) == ["P2", "P1", "P3"]
    assert made.grid.cells[step_of(98)] == [(0, 1)]
    assert made.grid.cells[step_of(91)] == [(0, 0)]
    assert made.grid.cells[NOT_INFORMATIVE] == [(1, 0)]
    assert sum(len(cells) for cells in made.grid.cells.values()) == 4
    shown = text(part_of(page(rows, tmp_path), "Predicted response"))
    assert RESEARCH_USE_ONLY in shown
    assert "2 of 3 patients" in shown


def test_the_site_s_setting_keeps_predictions_from_the_table_or_from_the_page(tmp_path: Path) -> None:
    report = reports.typical_report()
    behind = report.model_copy(update={"settings": ReportSettings(predictions=PredictionsShown.SECTION)})
    row = cohort_row(behind)
    assert row.predictions == ()
    assert row.forecast.percentiles
    assert "not shown beside findings" in row.predictions_text
    nowhere = report.model_copy(update={"settings": ReportSettings(predictions=PredictionsShown.NONE)})
    assert "Drug00" not in page([cohort_row(nowhere)], tmp_path)


def test_checks_are_marked_by_their_worst_outcome(tmp_path: Path) -> None:
    row = cohort_row(reports.typical_report())
    assert row.checks == {"Mean depth": Mark.PASS, "Regions at depth": Mark.FAIL}
    waived = CohortRow(patient_id="P2", checks={"identity": Mark.WAIVED, "mean_depth": Mark.WARN})
    shown = text(part_of(page([row, waived, CohortRow(patient_id="P3")], tmp_path), "Quality"))
    assert "2 patients with a check that failed, 0 more with a warning" in shown
    assert "P1 1 0 \u2013 \u2013 \u2713 \u2717 fail" in shown
    assert "P2 0 2 (\u2717) waived ! warn \u2013 \u2013" in shown
    assert "No check of the samples" in text(page([CohortRow(patient_id="P3")], tmp_path))


def test_the_newest_signed_report_is_linked_as_final(tmp_path: Path) -> None:
    for number in (2, 10):
        folder = tmp_path / "signed" / "P1" / f"v{number}"
        folder.mkdir(parents=True)
        (folder / "P1.html").write_text("signed")
        (folder / "P1.json").write_text('{"signature": {"time": "2026-11-20T10:00:00+01:00"}}')
    (tmp_path / "signed" / "P1" / "v11").mkdir()
    (tmp_path / "signed" / "P2" / "v1").mkdir(parents=True)
    (tmp_path / "signed" / "P2" / "v1" / "P2.json").write_text("{")
    html = page([altered("P1"), altered("P2"), altered("P3"), altered("..")], tmp_path)
    assert 'href="signed/P1/v10/P1.html">Final v10 of 2026-11-20</a>' in html
    assert 'href="signed/P2/v1/P2.json">Final v1</a>' in html
    assert "2 with a signed report" in text(html)
    assert html.count('data-state="final"') == 2


def test_pictures_of_a_thousand_patients_are_few_elements(tmp_path: Path) -> None:
    rows = [
        altered(f"P{n}", (f"G{n % 30}", AlterationKind.MISSENSE), forecast=Forecast(percentiles={"A": n % 99, "B": 50}))
        for n in range(1000)
    ]
    pictures = [p for p in tree(page(rows, tmp_path)).iter("{http://www.w3.org/2000/svg}svg") if p.get("role") == "img"]
    assert len(pictures) == 2
    assert all(len(list(picture.iter())) <= 2 + 2 * len(MARKS) for picture in pictures)
    assert all(picture.get("aria-label") for picture in pictures)


def test_the_summary_writes_the_page_again_with_what_was_signed_since(tmp_path: Path) -> None:
    record = CaseRecord(patient="P1", inputs="", files={}, row=cohort_row(reports.typical_report()))
    manifest = tmp_path / "manifest.json"
    manifest.write_text(Manifest(patients=(record,)).to_json(), encoding="utf-8")
    summary(manifest)
    assert not (tmp_path / "index.html").exists()
    (tmp_path / "signed" / "P1" / "v1").mkdir(parents=True)
    (tmp_path / "signed" / "P1" / "v1" / "P1.json").write_text("{}")
    summary(manifest, index=True)
    assert "Final v1" in (tmp_path / "index.html").read_text(encoding="utf-8")
