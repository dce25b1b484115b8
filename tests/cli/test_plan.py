"""What ``genomodel plan`` makes of a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.table import Table

from tests.cli.conftest import Run

SCHEMA = Path(__file__).resolve().parents[2] / "workflow" / "schemas" / "config.schema.yaml"
HEAD = "patients: patients.tsv\nsamples: samples.tsv\nreference: {fasta: g.fa, gff: g.gff3}\n"


def _unwrapped(table: Table) -> None:
    """Print the cells of a table without cutting lines to a width."""
    for column in table.columns:
        print(*column.cells)


@pytest.fixture
def sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("genomodel.cli.cohort.print_table", _unwrapped)
    for name in ("a_1.fq.gz", "a_2.fq.gz", "panel.bed"):
        (tmp_path / name).write_text("chr1\t0\t100\tTP53\n")
    (tmp_path / "patients.tsv").write_text("patient\ttumor_type\tassay\tassay_bed\nP1\tLUAD\tpanel\tpanel.bed\n")
    (tmp_path / "samples.tsv").write_text(
        "patient\ttype\tlane\tfastq_1\tfastq_2\nP1\ttumor\tL1\ta_1.fq.gz\ta_2.fq.gz\n"
    )
    schema = tmp_path / "workflow" / "schemas" / "config.schema.yaml"
    schema.parent.mkdir(parents=True)
    schema.write_text(SCHEMA.read_text())
    return tmp_path


def plan(run: Run, folder: Path, config: str) -> tuple[int, str]:
    (folder / "config.yaml").write_text(HEAD + config)
    done = run("plan", "--patients", "patients.tsv", "--samples", "samples.tsv", "--config", "config.yaml")
    return done.code, " ".join((done.out + done.err).split())


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("copy_numbr: {}\n", "copy_numbr"),
        ("copy_number: {reference: own}\n", "column 'copy_number.reference'"),
        ("msi: {min_depth: 1}\n", "column 'msi.min_depth'"),
        ("- a\n", "YAML"),
    ],
)
def test_a_configuration_that_the_schema_refuses_is_refused(run: Run, sheets: Path, config: str, said: str) -> None:
    code, text = plan(run, sheets, config)
    assert code == 2
    assert said in text


def test_the_plan_follows_the_reference_of_copy_number_and_the_baseline_of_repeats(run: Run, sheets: Path) -> None:
    code, text = plan(run, sheets, "")
    assert code == 0, text
    assert "copy number against a flat reference" in text
    assert text.count("microsatellite instability") == 1
    assert "microsatellite instability without msi.baseline" in text
    code, text = plan(run, sheets, "copy_number: {reference: matched}\nmsi: {baseline: normals.tsv}\n")
    assert code == 0, text
    assert "copy_number.reference is matched" in text
    assert "flat reference" not in text
    assert "without msi.baseline" not in text
    assert text.count("microsatellite instability") == 1


def test_the_plan_names_what_is_done_for_all_patients_together(run: Run, sheets: Path) -> None:
    _, text = plan(run, sheets, "")
    assert "For all patients together: match of samples between patients, MultiQC page" in text
    _, text = plan(run, sheets, "report: {multiqc: false}\n")
    assert "MultiQC" not in text


def test_a_configuration_without_a_schema_at_hand_is_told_as_unchecked(run: Run, sheets: Path) -> None:
    (sheets / "workflow" / "schemas" / "config.schema.yaml").unlink()
    code, text = plan(run, sheets, "unknown: 1\n")
    assert code == 0
    assert "was not checked" in text
