"""What the page promises: that the chain from a record to its tier can be printed of any report."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E


def test_a_reports_findings_can_be_explained_from_its_folder(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "P1.vcf", tmp_path / "out"
    path.write_text(HEADER + COLUMNS + V600E)
    done = run("report", path, "--tumor-type", "MEL", "--no-pdf", "--out", out)
    assert done.code == 0, done
    assert "genomodel explain" in (out / "P1.html").read_text()
    told = run("explain", "P1", "BRAF V600E", "--from", out)
    assert told.code == 0, told
    assert "I-A" in told.out
    again = run("explain", out / "P1.json")
    assert again.code == 2
    assert "Traceback" not in again.err


def test_it_is_what_interpret_writes(run: Run, tmp_path: Path) -> None:
    path, out, alone = tmp_path / "P1.vcf", tmp_path / "out", tmp_path / "alone"
    path.write_text(HEADER + COLUMNS + V600E)
    assert run("report", path, "--tumor-type", "MEL", "--no-pdf", "--out", out).code == 0
    assert run("interpret", path, "--tumor-type", "MEL", "--out", alone).code == 0
    assert (out / "interpretation" / "P1.json").read_bytes() == (alone / "P1.json").read_bytes()


def test_a_patient_without_a_report_has_no_interpretation(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "P1.vcf", tmp_path / "out"
    path.write_text(HEADER + COLUMNS + "7\tx\t.\tA\tT\t.\tPASS\t.\tGT\t0/1\n")
    assert run("report", path, "--tumor-type", "MEL", "--no-pdf", "--out", out).code == 2
    assert not list(out.rglob("*.json"))
