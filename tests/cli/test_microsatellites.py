"""The verbs on microsatellite instability, on reads with known lengths, through to the report."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.calls.microsatellites.repeats import genome, write_bed, write_reads
from tests.calls.molecules import write_reference
from tests.cli.conftest import Run

SITES, DEPTH, CHANGED = 45, 50, 16


def slipped(rng: np.random.Generator, changed: bool, purity: float = 0.6) -> Counter[int]:
    """Changes of length over one repeat: slippage of 3 %, and an allele that lost two units."""
    lost = rng.random(DEPTH) < purity / 2 if changed else np.zeros(DEPTH, bool)
    slip = np.where(rng.random(DEPTH) < 0.03, -1, 0)
    return Counter((np.where(lost, -2, 0) + slip).tolist())


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("msi")
    rng = np.random.default_rng(8)
    sequence, starts = genome(SITES)
    write_reference(folder, sequence)
    write_bed(folder / "panel.bed", sequence)
    for name, changed in (("normal", 0), ("stable", 0), ("high", CHANGED)):
        counts = [slipped(rng, i < changed) for i in range(SITES)]
        write_reads(folder / f"{name}.bam", sequence, starts, counts, name)
    for i in range(10):
        write_reads(folder / f"other{i}.bam", sequence, starts, [slipped(rng, False) for _ in starts], f"o{i}")
    return folder


def answered(run: Run, reads: Path, out: Path, tumor: str, *more: object) -> dict[str, object]:
    outcome = run(
        "msi", "--tumor", reads / f"{tumor}.bam", "--reference", reads / "ref.fa", "--bed", reads / "panel.bed",
        "--sites", out / "sites.tsv", "--out", out / "msi.json", *more,
    )  # fmt: skip
    assert outcome.code == 0, outcome
    found: dict[str, object] = json.loads((out / "msi.json").read_text())
    assert str(found["status"]) in outcome.out
    return found


@pytest.mark.parametrize(("tumor", "unstable"), [("stable", 0), ("high", CHANGED)])
def test_a_tumor_against_its_normal(run: Run, reads: Path, tmp_path: Path, tumor: str, unstable: int) -> None:
    found = answered(run, reads, tmp_path, tumor, "--normal", reads / "normal.bam", "--purity", "0.6")
    assert found["status"] == tumor
    assert (found["n_unstable"], found["n_callable"]) == (unstable, SITES)
    rows = [line.split("\t") for line in (tmp_path / "sites.tsv").read_text().splitlines()]
    assert len(rows) == SITES + 1
    assert sum(row[7] == "yes" for row in rows) == unstable
    before = (tmp_path / "msi.json").read_bytes()
    answered(run, reads, tmp_path, tumor, "--normal", reads / "normal.bam", "--purity", "0.6")
    assert (tmp_path / "msi.json").read_bytes() == before


def test_a_tumor_alone_needs_a_baseline(run: Run, reads: Path, tmp_path: Path) -> None:
    without = answered(run, reads, tmp_path, "high")
    assert without["status"] == "indeterminate"
    assert "No matched normal and no baseline" in str(without["reason"])
    table = tmp_path / "baseline.tsv"
    normals = [reads / f"other{i}.bam" for i in range(10)]
    made = run("msi-baseline", *normals, "--reference", reads / "ref.fa", "--bed", reads / "panel.bed", "--out", table)
    assert made.code == 0, made
    assert f"{SITES} repeats over 10 normals; {SITES} can be used" in made.out
    found = answered(run, reads, tmp_path, "high", "--baseline", table, "--purity", "0.6")
    assert (found["status"], found["n_unstable"]) == ("high", CHANGED)
    found = answered(run, reads, tmp_path, "stable", "--baseline", table, "--purity", "0.6")
    assert (found["status"], found["n_unstable"]) == ("stable", 0)
    table.write_text(table.read_text().replace("chr1\t", "chr9\t"))
    wrong = run(
        "msi", "--tumor", reads / "high.bam", "--reference", reads / "ref.fa", "--baseline", table,
        "--out", tmp_path / "wrong.json",
    )  # fmt: skip
    assert wrong.code == 2
    assert "is not on the reference" in wrong.err
    assert not (tmp_path / "wrong.json").exists()


def test_a_tumor_against_itself_is_refused(run: Run, reads: Path, tmp_path: Path) -> None:
    (tmp_path / "link.bam").symlink_to(reads / "high.bam")
    done = run(
        "msi", "--tumor", reads / "high.bam", "--normal", tmp_path / "link.bam", "--reference", reads / "ref.fa",
        "--out", tmp_path / "msi.json",
    )  # fmt: skip
    assert done.code == 2
    assert "tumor and normal are one file" in " ".join(done.err.split())
    assert not (tmp_path / "msi.json").exists()


def test_low_purity_and_a_bed_without_repeats_are_indeterminate_with_a_reason(
    run: Run, reads: Path, tmp_path: Path
) -> None:
    found = answered(run, reads, tmp_path, "stable", "--normal", reads / "normal.bam", "--purity", "0.1")
    assert found["status"] == "indeterminate"
    assert "would be seen with a chance of" in str(found["reason"])
    bed = tmp_path / "none.bed"
    bed.write_text("chr1\t0\t200\tG\n")
    found = answered(run, reads, tmp_path, "stable", "--normal", reads / "normal.bam", "--bed", bed)
    assert found["status"] == "indeterminate"
    assert "hold no mono- or dinucleotide repeat" in str(found["reason"])


def report_of(run: Run, folder: Path, *more: object) -> tuple[dict[str, object], str]:
    vcf = folder / "P1.vcf"
    vcf.write_text(
        "##fileformat=VCFv4.2\n##contig=<ID=chr7>\n"
        '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Haplotype-aware consequence annotation from BCFtools/csq. '
        'Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    )
    outcome = run("report", vcf, "--tumor-type", "COAD", "--patient", "P1", "--out", folder, "--no-pdf", *more)
    assert outcome.code == 0, outcome
    report: dict[str, object] = json.loads((folder / "P1.json").read_text())
    return report, (folder / "P1.html").read_text()


def test_the_report_shows_a_given_table_from_front_to_evidence(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "case.msi"
    table.write_text("Total_Number_of_Sites\tNumber_of_Somatic_Sites\t%\n640\t175\t27.34\n")
    report, page = report_of(run, tmp_path, "--msi", table)
    summary = page[page.index('id="summary"') : page.index('id="evidence"')]
    assert "MSI-high" in summary
    assert "Pembrolizumab" in summary or "Nivolumab" in summary
    assert "Microsatellite instability" in page
    assert "High (MSI-H)" in page
    assert "27" in page[page.index('id="microsatellites"') :]
    assert "case.msi" in json.dumps(report["inputs"])
    table.write_text("Total_Number_of_Sites\tNumber_of_Somatic_Sites\t%\n640\t45\t7.03\n")
    report, page = report_of(run, tmp_path, "--msi", table)
    assert "MSI-high" not in page
    assert "Indeterminate" in page
    table.write_text("sites\tunstable\n1\t2\n")
    outcome = run("report", tmp_path / "P1.vcf", "--tumor-type", "COAD", "--msi", table, "--out", tmp_path / "none")
    assert outcome.code == 2
    assert "unknown layout" in outcome.err
    assert "Number_of_Somatic_Sites" in outcome.err
