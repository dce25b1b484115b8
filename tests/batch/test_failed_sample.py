"""A sample that failed, from its reads to the first line of its report."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from genomodel.batch import Case, run_batch
from genomodel.calls.quality.limits import quality_limits
from genomodel.calls.quality.measure import QualityInputs, SampleReads, measure_quality
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import Assay
from genomodel.report.cohort.page import write_index
from genomodel.report.cohort.row import RowStatus
from genomodel.report.presentation import WITHOUT_PDF
from tests.batch.test_batch import case
from tests.cli.test_report_bad_input import COLUMNS, HEADER
from tests.workflow import tiny

pytestmark = pytest.mark.skipif(
    not (shutil.which("mosdepth") and shutil.which("bwa")), reason="mosdepth and bwa are needed on PATH"
)
NEGATIVES = re.compile(
    r"No tier I or II|No other finding|No further protein|No germline or filtered|No alteration with"
)


@pytest.fixture(scope="module")
def quality(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("failed")
    fasta = tiny.write_reference(folder)
    out = {}
    for name, depth in (("poor", 8), ("deep", 400)):
        pairs = tiny.sample_pairs(tumor=True, depth=depth, amplicon=False, seed=depth)
        bam = tiny.align(fasta, pairs.write(folder, name), folder / f"{name}.bam", name)
        inputs = QualityInputs(
            samples=(SampleReads("tumor", bam),),
            reference=fasta,
            bed=folder / "panel.bed",
            gff=folder / "genes.gff3",
            genes=frozenset({"EGFR"}),
        )
        out[name] = folder / f"{name}.json"
        measure_quality(inputs, quality_limits(Assay.PANEL), out[name])
    return out


def with_quality(tmp_path: Path, found: Path, patient: str = "P1") -> Case:
    empty = case(tmp_path, patient, HEADER + COLUMNS)
    return empty.model_copy(update={"assays": {"quality": (str(found),)}})


def test_the_first_line_of_a_failed_report_says_so_and_no_negative_stands_in_it(
    tmp_path: Path, quality: dict[str, Path]
) -> None:
    paths = ResultPaths(tmp_path / "results")
    (record,) = run_batch([with_quality(tmp_path, quality["poor"])], paths.reports, stages=paths)
    assert record.error is None, record.error
    page = (paths.reports / "P1.html").read_text()
    body = re.sub(r"<[^>]+>", "\n", page[page.index("<body") :])
    first = next(line.strip() for line in body.splitlines() if line.strip())
    assert re.match(r"Quality failed: mean tumor depth \d+(\.\d)? \(at least 100 needed\); ", first), first
    assert first.endswith("The findings below are not to be relied on; absence of a finding is no negative.")
    assert not NEGATIVES.search(body)
    assert "Limits" in body
    assert "Quality failed" in body[body.index("Limits") :]
    report = json.loads((paths.reports / "P1.json").read_text())
    assert report["status"] == "failed"
    assert report["failures"]
    assert report["response"] is None
    assert not paths.stage_json("response", "P1").exists()
    text = (
        subprocess.run(
            ["pdftotext", "-l", "1", paths.reports / "P1.pdf", "-"], capture_output=True, text=True, check=False
        ).stdout
        if shutil.which("pdftotext")
        else "Quality failed"
    )
    assert "Quality failed" in text
    assert text.find("Quality failed") <= text.find("Tumor profile report") or "Tumor profile" not in text


def test_the_cohort_page_flags_a_failed_sample_and_not_the_others(tmp_path: Path, quality: dict[str, Path]) -> None:
    paths = ResultPaths(tmp_path / "results")
    cases = [with_quality(tmp_path, quality["poor"], "P1"), with_quality(tmp_path, quality["deep"], "P2")]
    records = list(run_batch(cases, paths.reports, show=WITHOUT_PDF, stages=paths))
    assert [record.row.status for record in records] == [RowStatus.QUALITY_FAILED, RowStatus.OK]
    assert "nothing is excluded" in records[0].row.findings_text
    write_index([record.row for record in records], paths.reports / "index.html")
    page = (paths.reports / "index.html").read_text()
    assert "1 whose quality failed" in page
    rows = re.findall(r"<tr role=\"row\".*?</tr>", page, re.DOTALL)[1:]
    assert "Quality failed:" in rows[0]
    assert "not known" in rows[0]
    assert "Quality failed" not in rows[1]


def test_a_sample_that_passes_keeps_its_negatives_and_its_predictions(tmp_path: Path, quality: dict[str, Path]) -> None:
    paths = ResultPaths(tmp_path / "results")
    run_once = run_batch([with_quality(tmp_path, quality["poor"])], paths.reports, show=WITHOUT_PDF, stages=paths)
    assert next(iter(run_once)).row.status is RowStatus.QUALITY_FAILED
    (record,) = run_batch([with_quality(tmp_path, quality["deep"])], paths.reports, show=WITHOUT_PDF, stages=paths)
    assert record.row.status is RowStatus.OK
    page = (paths.reports / "P1.html").read_text()
    assert "No tier I or II" in page
    assert 'class="failed-line"' not in page
    report = json.loads((paths.reports / "P1.json").read_text())
    assert report["status"] == "draft"
    assert report["response"] is not None
    assert "1 of 1 exon of 1 actionable gene passes" in page
