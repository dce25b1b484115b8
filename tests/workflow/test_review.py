"""A laboratory reviews and signs reports of the workflow: what it decides stays, what it signed is never touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from genomodel.report.seal import read_report
from tests.workflow.conftest import genomodel, snakemake, write_config

pytestmark = pytest.mark.slow
LABORATORY = "persons:\n  - {id: doe, name: Dr. Jo Doe, licence: L-17, may_sign: true}\n"
PATIENTS = {"demo-melanoma": "SKCM", "demo-lung-1": "LUAD"}
WHEN = ("--time", "2026-03-20T14:30:00+01:00")


def cohort(demo: Path, folder: Path) -> Path:
    """Two patients of the demo with their true variants as calls of another house, and a laboratory of one person."""
    patients, samples = ["patient\ttumor_type\tassay\tassay_bed"], ["patient\ttype\tvcf"]
    for patient, tumor_type in PATIENTS.items():
        for name in (demo / "truth").glob(f"{patient}.vcf.gz*"):
            shutil.copy(name, folder)
        patients.append(f"{patient}\t{tumor_type}\tpanel\t{demo}/reference/panel.bed")
        samples.append(f"{patient}\ttumor\t{folder}/{patient}.vcf.gz")
    (folder / "patients.tsv").write_text("\n".join(patients) + "\n")
    (folder / "samples.tsv").write_text("\n".join(samples) + "\n")
    (folder / "laboratory.yaml").write_text(LABORATORY)
    config = write_config(folder, demo / "reference")
    config.write_text(config.read_text() + f"laboratory: {folder}/laboratory.yaml\nreport:\n  pdf: false\n")
    return config


def made(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "results/reports").glob("demo-*.json")}


def index(folder: Path) -> str:
    return (folder / "results/reports/index.html").read_text(encoding="utf-8")


def test_a_review_is_applied_by_the_next_run_and_a_signed_report_outlives_it(demo: Path, tmp_path: Path) -> None:
    config = cohort(demo, tmp_path)
    verbs = ("--reports", tmp_path / "results/reports", "--laboratory", tmp_path / "laboratory.yaml")

    def run() -> None:
        done = snakemake(tmp_path, config)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]

    run()
    first = made(tmp_path)
    draft = read_report(tmp_path / "results/reports/demo-melanoma.json")
    genes = sorted({finding.gene for finding in draft.interpretation.findings})
    assert "BRAF" in genes
    told = genomodel("review", "demo-melanoma", *verbs)
    assert told.returncode == 0, told.stderr
    decided = [option for gene in genes for option in ("--include", gene)]
    told = genomodel("review", "demo-melanoma", *verbs, "--person", "doe", *WHEN, *decided)
    assert told.returncode == 0, told.stderr
    early = genomodel("sign", "demo-melanoma", *verbs, "--person", "doe", *WHEN)
    assert early.returncode == 2
    assert "the review was changed after the report was made" in early.stderr.replace("\n", " ")

    run()
    second = made(tmp_path)
    assert second["demo-melanoma.json"] != first["demo-melanoma.json"]
    assert second["demo-lung-1.json"] == first["demo-lung-1.json"]
    signed = genomodel("sign", "demo-melanoma", *verbs, "--person", "doe", *WHEN)
    assert signed.returncode == 0, signed.stderr
    kept = tmp_path / "results/reports/signed/demo-melanoma/v1"
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in kept.iterdir()}
    assert "demo-melanoma.pdf" in before

    config.write_text(config.read_text() + "  predictions: section\n")
    run()
    assert made(tmp_path)["demo-melanoma.json"] != second["demo-melanoma.json"]
    assert read_report(tmp_path / "results/reports/demo-melanoma.json").signature is None
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in kept.iterdir()} == before
    assert "signed/demo-melanoma/v1/demo-melanoma.html" in index(tmp_path)
    told = genomodel("verify-report", tmp_path / "results/reports", "--laboratory", tmp_path / "laboratory.yaml")
    assert told.returncode == 0, told.stdout + told.stderr

    again = made(tmp_path)
    os.utime(tmp_path / "results/reports/review/demo-melanoma.review.tsv")
    run()
    assert made(tmp_path) == again
