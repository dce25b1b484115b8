from __future__ import annotations

import json
from pathlib import Path

from genomodel.batch import Case, run_batch
from genomodel.core.paths import ResultPaths
from genomodel.report.presentation import WITHOUT_PDF
from tests.batch.test_batch import case

COPY_NUMBER = "gene\tstate\tlog2\nERBB2\tneutral\t0.0\nBRAF\tneutral\t0.1\n"
DEPTHS = "chr7\t140753000\t140754000\tBRAF:15\t250.0\nchr7\t55000000\t55001000\tEGFR:18\t12.0\n"


def skipped_and_quality(case_: Case, tmp_path: Path) -> tuple[set[str], dict[str, str | None]]:
    paths = ResultPaths(tmp_path / "results")
    records = list(run_batch([case_], paths.reports, show=WITHOUT_PDF, stages=paths))
    assert records[0].error is None, records[0].error
    report = json.loads((paths.reports / f"{case_.patient.id}.json").read_text())
    skipped = {step["name"] for step in report["steps"] if step["status"] == "skipped"}
    return skipped, {metric["name"]: metric["status"] for metric in report["quality"]}


def test_every_step_that_did_not_happen_is_in_the_report(tmp_path: Path) -> None:
    skipped, quality = skipped_and_quality(case(tmp_path, "P1"), tmp_path)
    assert {"copy number", "coverage", "fusions", "microsatellite instability"} <= skipped
    assert "Mean tumor depth over assayed regions" not in quality


def test_a_step_that_happened_is_not_called_skipped(tmp_path: Path) -> None:
    copy_number, depths = tmp_path / "cn.tsv", tmp_path / "regions.bed"
    copy_number.write_text(COPY_NUMBER)
    depths.write_text(DEPTHS)
    inputs = {"copy_number": str(copy_number), "region_depths": str(depths)}
    skipped, quality = skipped_and_quality(case(tmp_path, "P1").model_copy(update=inputs), tmp_path)
    assert not {"copy number", "coverage"} & skipped
    assert quality["Mean tumor depth over assayed regions"] == "pass"
    assert quality["Assayed regions with mean depth of at least 100"] == "warn"


def test_a_copy_number_event_of_an_unknown_symbol_is_named_not_lost(tmp_path: Path) -> None:
    copy_number = tmp_path / "cn.tsv"
    copy_number.write_text("gene\tcopies\nODZ3\t12\nERBB2\t2\n")
    inputs = {"copy_number": str(copy_number)}
    skipped, _ = skipped_and_quality(case(tmp_path, "P1").model_copy(update=inputs), tmp_path)
    assert "copy-number events left without interpretation" in skipped
