from __future__ import annotations

from pathlib import Path

import pytest

from tests.calls import sample_reads
from tests.cli.conftest import Run


def write_sheets(folder: Path) -> list[str | Path]:
    (folder / "calls.vcf").write_text("##fileformat=VCFv4.2\n")
    (folder / "patients.tsv").write_text("patient\ttumor_type\tassay\nP1\tLUAD\tpanel\n")
    (folder / "samples.tsv").write_text(f"patient\ttype\tvcf\tpreservation\nP1\ttumor\t{folder}/calls.vcf\tffpe\n")
    return ["--patients", folder / "patients.tsv", "--samples", folder / "samples.tsv"]


REQUIRED = "patients: p.tsv\nsamples: s.tsv\nreference: {fasta: g.fa, gff: g.gff3}\n"


def test_the_plan_names_engines_and_judge_of_a_configuration(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(REQUIRED + "calling:\n  engines: [pileup]\n  judge: likelihood\n")
    outcome = run("plan", *write_sheets(tmp_path), "--config", tmp_path / "config.yaml")
    assert outcome.code == 0
    assert "candidates from: pileup" in outcome.out
    assert "decided by: genomodel's likelihood" in outcome.out
    assert "ffpe" in outcome.out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("calling:\n  engines: [strelka]\n", "'strelka' is not one of"),
        ("calling: [\n", "this is no YAML"),
    ],
)
def test_a_configuration_that_cannot_be_is_told(run: Run, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "config.yaml").write_text(REQUIRED + text)
    outcome = run("plan", *write_sheets(tmp_path), "--config", tmp_path / "config.yaml")
    assert outcome.code == 2
    assert message in outcome.err


def test_checks_exit_2_with_one_line_and_leave_no_table(run: Run, tmp_path: Path) -> None:
    sample_reads.write_reference(tmp_path)
    tumor = sample_reads.write(tmp_path, "tumor", sample_reads.TUMOR, seed=1)
    normal = sample_reads.write(tmp_path, "normal", sample_reads.NORMAL, seed=2)
    reference = ["--reference", tmp_path / "ref.fa", "--out", tmp_path / "found.tsv"]
    swapped = run("check-samples", "--tumor", normal, "--normal", tumor, *reference)
    assert swapped.code == 2
    assert "look swapped" in swapped.err
    assert len(swapped.err.strip().splitlines()) == 1
    assert not (tmp_path / "found.tsv").exists()
    assert run("check-samples", "--tumor", tumor, "--normal", normal, "--sex", "unknown", *reference).code == 0
    assert (tmp_path / "found.tsv").is_file()


def test_primers_are_answered_with_how_to_clip_them(run: Run, tmp_path: Path) -> None:
    sample_reads.write_reference(tmp_path)
    (tmp_path / "primers.bed").write_text("chr1\t900\t920\ta\t0\t+\n")
    assert run("check-primers", tmp_path / "primers.bed", "--reference", tmp_path / "ref.fa").out == "--strand\n"
    (tmp_path / "primers.bed").write_text("chr1\t900\t920\ta\n")
    assert run("check-primers", tmp_path / "primers.bed", "--reference", tmp_path / "ref.fa").out == ""


def test_an_unreadable_design_is_told(run: Run, tmp_path: Path) -> None:
    outcome = run("check-fastq", tmp_path / "a.fq", tmp_path / "b.fq", "--umi", "triplex 8M+T +T")
    assert outcome.code == 2
    assert "simplex or duplex is needed" in outcome.err
