"""Exports of a cohort beside its reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.report.exports.builders import write_vcf


@pytest.fixture
def sheets(tmp_path: Path) -> tuple[Path, Path]:
    patients, samples = tmp_path / "patients.tsv", tmp_path / "samples.tsv"
    patients.write_text("patient\ttumor_type\tassay\nP1\tSKCM\twes\nP2\tLUAD\twes\n")
    vcfs = {name: write_vcf(tmp_path, name=name) for name in ("P1", "P2")}
    rows = "".join(f"{name}\ttumor\t{path}\n" for name, path in vcfs.items())
    samples.write_text(f"patient\ttype\tvcf\n{rows}")
    return patients, samples


def test_the_exports_lie_beside_the_reports_and_are_the_same_again(
    run: Run, sheets: tuple[Path, Path], tmp_path: Path
) -> None:
    results = tmp_path / "results"
    arguments = ("--patients", sheets[0], "--samples", sheets[1], "--results", results, "--no-pdf", "--export", "all")
    outcome = run("report-cohort", *arguments)
    assert outcome.code == 0, outcome
    exports = results / "exports"
    names = {f"{name}{suffix}" for name in ("P1", "P2") for suffix in (".tsv", ".vcf.gz", ".va-spec.json")}
    assert {path.name for path in exports.iterdir()} == names | {"cbioportal-GRCh38"}
    before = {path: path.read_bytes() for path in exports.rglob("*") if path.is_file()}
    assert run("report-cohort", *arguments).code == 0
    assert {path: path.read_bytes() for path in exports.rglob("*") if path.is_file()} == before
    explained = run("explain", "P2", "BRAF V600E", "--from", results)
    assert explained.code == 0
    assert "Lung Adenocarcinoma" in explained.out


def test_no_exports_are_made_unasked(run: Run, sheets: tuple[Path, Path], tmp_path: Path) -> None:
    results = tmp_path / "results"
    outcome = run("report-cohort", "--patients", sheets[0], "--samples", sheets[1], "--results", results, "--no-pdf")
    assert outcome.code == 0, outcome
    assert not (results / "exports").exists()
