"""A tumor that failed beside one that passes, through the workflow to the pages, and MultiQC over both."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from genomodel.calls.tools import find_tool
from tests.workflow import tiny
from tests.workflow.conftest import genomodel, snakemake, write_config

CONFIG = "calling:\n  engines: [pileup]\n  judge: likelihood\nreport:\n  pdf: false\n"
LIMITS = "quality:\n  panel:\n    mean_depth: {warn: 60, fail: 50}\n    exon_depth: 30\n"


def patients(folder: Path, depths: dict[str, int]) -> Path:
    fasta = tiny.write_reference(folder)
    rows = ["patient\ttype\tbam"]
    for seed, (name, depth) in enumerate(depths.items(), start=1):
        pairs = tiny.sample_pairs(tumor=True, depth=depth, amplicon=False, seed=seed)
        rows.append(f"{name}\ttumor\t{tiny.align(fasta, pairs.write(folder, name), folder / f'{name}.bam', name)}")
    (folder / "samples.tsv").write_text("\n".join(rows) + "\n")
    sheet = "".join(f"{name}\tLUAD\tpanel\t{folder}/panel.bed\n" for name in depths)
    (folder / "patients.tsv").write_text("patient\ttumor_type\tassay\tassay_bed\n" + sheet)
    return write_config(folder, folder)


@pytest.mark.slow
@pytest.mark.skipif(find_tool("mosdepth") is None or find_tool("multiqc") is None, reason="no mosdepth or no multiqc")
def test_a_failed_tumor_is_reported_as_failed_and_its_neighbor_is_not(tmp_path: Path) -> None:
    config = patients(tmp_path, {"poor": 12, "deep": 120})
    config.write_text(config.read_text() + CONFIG + LIMITS)
    done = snakemake(tmp_path, config)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    results = tmp_path / "results"
    reports = {name: json.loads((results / "reports" / f"{name}.json").read_text()) for name in ("poor", "deep")}
    assert {name: report["status"] for name, report in reports.items()} == {"poor": "failed", "deep": "draft"}
    page = (results / "reports" / "poor.html").read_text()
    assert page.index("Quality failed: mean tumor depth") < page.index("Tumor profile report</span>")
    assert "(at least 50 needed)" in page
    assert "No tier I or II" not in page
    assert "1 whose quality failed" in (results / "reports" / "index.html").read_text()
    assert (results / "qc" / "poor.tumor.regions.bed.gz").exists()
    table = (results / "qc" / "multiqc_data" / "multiqc_genomodel_quality_table.txt").read_text()
    assert "poor.tumor\tfail" in table
    assert "deep.tumor\tpass" in table
    multiqc = (results / "qc" / "multiqc.html").read_text()
    assert str(tmp_path) not in multiqc
    assert "Mosdepth" in multiqc


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("quality:\n  panel:\n    mean_depth: {warn: 20}\n", "fails below 100 and warns below 20"),
        ("quality:\n  panel:\n    mean_dept: {warn: 20}\n", "mean_dept"),
        ("quality:\n  exome:\n    exon_depth: 20\n", "exome"),
    ],
)
def test_limits_that_cannot_be_stop_the_run_before_any_job(tmp_path: Path, block: str, said: str) -> None:
    (tmp_path / "genome.fa").write_text(">chr7\nACGT\n")
    (tmp_path / "genes.gff3").write_text("##gff-version 3\n")
    (tmp_path / "x.vcf").write_text("x")
    (tmp_path / "patients.tsv").write_text("patient\ttumor_type\tassay\nP1\tLUAD\tpanel\n")
    (tmp_path / "samples.tsv").write_text(f"patient\ttype\tvcf\nP1\ttumor\t{tmp_path}/x.vcf\n")
    config = write_config(tmp_path, tmp_path)
    config.write_text(config.read_text() + block)
    done = snakemake(tmp_path, config, "-n")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_damaged_reads_leave_no_quality(tmp_path: Path) -> None:
    """As the verb's user sees it: one paragraph, exit code 2, nothing written."""
    config = patients(tmp_path, {"deep": 20})
    assert config.exists()
    (tmp_path / "cut.bam").write_bytes((tmp_path / "deep.bam").read_bytes()[:4000])
    os.link(tmp_path / "deep.bam.bai", tmp_path / "cut.bam.bai")
    out = tmp_path / "out"
    out.mkdir()
    done = genomodel(
        "quality", "--tumor", tmp_path / "cut.bam", "--reference", tmp_path / "genome.fa", "--out", out / "q"
    )
    assert done.returncode == 2, done.stderr
    assert "cut.bam" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(out.iterdir())
