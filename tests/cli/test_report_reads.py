"""Alignments beside a VCF: drawn, or refused before anything is written."""

from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from genomodel.report.seal import read_report
from tests.cli.conftest import Run
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E, assert_refused
from tests.report.test_reads import tumor_bam

TYPE = ("--tumor-type", "SKCM")


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "P1.vcf"
    path.write_text(HEADER + COLUMNS + V600E)
    return path


def test_reads_of_tumor_and_normal_are_drawn(run: Run, vcf: Path, tmp_path: Path) -> None:
    tumor, normal = tumor_bam(tmp_path / "t.bam"), tumor_bam(tmp_path / "n.bam", carriers=0)
    out = tmp_path / "out"
    outcome = run("report", vcf, *TYPE, "--bam", tumor, "--normal-bam", normal, "--no-pdf", "--out", out)
    assert outcome.code == 0, outcome
    pictures = read_report(out / "P1.json").read_pictures
    assert [(one.sample, one.n_supporting, one.n_reads) for one in pictures] == [("tumor", 12, 40), ("normal", 0, 40)]
    assert "12 of 40 reads carry T" in (out / "P1.html").read_text()


def test_an_alignment_that_does_not_exist_is_named(run: Run, vcf: Path, tmp_path: Path) -> None:
    says = ("no.bam", "does not exist")
    assert_refused(run, tmp_path / "out", vcf, *TYPE, "--bam", tmp_path / "no.bam", says=says)


def test_an_alignment_without_index_says_how_to_make_one(run: Run, vcf: Path, tmp_path: Path) -> None:
    bam = tumor_bam(tmp_path / "t.bam")
    Path(f"{bam}.bai").unlink()
    assert_refused(run, tmp_path / "out", vcf, *TYPE, "--bam", bam, says=("t.bam", "no index", "samtools index"))


def test_a_truncated_alignment_is_refused(run: Run, vcf: Path, tmp_path: Path) -> None:
    bam = tumor_bam(tmp_path / "t.bam")
    bam.write_bytes(bam.read_bytes()[:-30])
    assert_refused(run, tmp_path / "out", vcf, *TYPE, "--bam", bam, says=("t.bam", "truncated", "Copy the file"))


def test_a_normal_alone_is_refused(run: Run, vcf: Path, tmp_path: Path) -> None:
    bam = tumor_bam(tmp_path / "n.bam")
    assert_refused(run, tmp_path / "out", vcf, *TYPE, "--normal-bam", bam, says=("--normal-bam", "Give --bam"))


def test_reads_of_another_build_than_the_calls_are_refused(run: Run, vcf: Path, tmp_path: Path) -> None:
    bam = tmp_path / "b37.bam"
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "7", "LN": 159138663}]}
    with pysam.AlignmentFile(str(bam), "wb", header=header):
        pass
    pysam.index(str(bam))
    says = ("b37.bam", "aligned to GRCh37", "GRCh38")
    assert_refused(run, tmp_path / "out", vcf, *TYPE, "--genome", "GRCh38", "--bam", bam, says=says)
