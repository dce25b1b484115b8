"""A variant that blood cells may carry, told by what the DNA was taken from, the allele fraction and no normal."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.findings import Finding
from genomodel.interpretation.read_file import read_interpretation
from tests.cli.conftest import Run
from tests.cli.test_clinical_options import MAF_HEAD
from tests.cli.test_report_bad_input import HEADER

WORDS = "possibly of clonal hematopoiesis and not of the tumor"
TUMOR_ALONE = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOR\n"
R882H = ("DNMT3A", "2", "25234373", "C", "T", "Missense_Mutation", "p.R882H")


def vcf(folder: Path, counts: str = "0/1:970,30", columns: str = TUMOR_ALONE) -> Path:
    told = "CSQ=T|missense_variant|MODERATE|DNMT3A|ENSG00000119772|Transcript|ENST00000321117|protein_coding|||882|R/H"
    header = HEADER + "##contig=<ID=chr2,length=242193529>\n"
    path = folder / "P1.vcf"
    path.write_text(f"{header}{columns}chr2\t25234373\t.\tC\tT\t.\tPASS\t{told}\tGT:AD\t{counts}\n")
    return path


def dnmt3a(path: Path) -> Finding:
    content = read_interpretation(path).content
    (found,) = (one for one in (*content.findings, *content.other_variants) if one.gene == "DNMT3A")
    return found


@pytest.mark.parametrize("material", ["plasma", "blood"])
def test_a_variant_of_plasma_or_blood_may_be_of_blood_cells(run: Run, tmp_path: Path, material: str) -> None:
    given = ("--tumor-type", "COAD", "--preservation", material)
    outcome = run("interpret", vcf(tmp_path), *given, "--out", tmp_path / "out")
    assert outcome.code == 0, outcome
    found = dnmt3a(tmp_path / "out" / "P1.json")
    assert found.tier == "III"
    assert WORDS in found.why
    assert "allele fraction 0.03" in found.why
    screen = run("explain", "P1", "DNMT3A R882H", "--from", tmp_path / "out")
    assert WORDS in " ".join(screen.out.split())


def test_a_variant_of_which_nothing_is_known_may_be_of_blood_cells_too(run: Run, tmp_path: Path) -> None:
    path = vcf(tmp_path)
    path.write_text(path.read_text().replace("|882|R/H", "|10|A/T"))
    assert run("interpret", path, "--tumor-type", "COAD", "--preservation", "plasma", "--out", tmp_path).code == 0
    content = read_interpretation(tmp_path / "P1.json").content
    assert not content.findings
    assert WORDS in content.other_variants[0].why


def test_the_report_says_so_too(run: Run, tmp_path: Path) -> None:
    given = ("--tumor-type", "COAD", "--preservation", "plasma", "--no-pdf")
    assert run("report", vcf(tmp_path), *given, "--out", tmp_path / "out").code == 0
    assert "clonal hematopoiesis" in (tmp_path / "out" / "P1.html").read_text()


@pytest.mark.parametrize(
    ("given", "counts", "columns"),
    [
        (("COAD", "--preservation", "ffpe"), "0/1:970,30", TUMOR_ALONE),
        (("AML", "--preservation", "blood"), "0/1:970,30", TUMOR_ALONE),
        (
            ("COAD", "--preservation", "plasma"),
            "0/0:1000,0\t0/1:970,30",
            TUMOR_ALONE.replace("\tTUMOR", "\tNORMAL\tTUMOR"),
        ),
    ],
    ids=["tissue", "leukemia", "with a normal"],
)
def test_nothing_is_said_of_blood_cells_where_they_are_not_meant(
    run: Run, tmp_path: Path, given: tuple[str, ...], counts: str, columns: str
) -> None:
    path = vcf(tmp_path, counts, columns)
    assert run("interpret", path, "--tumor-type", *given, "--out", tmp_path / "out").code == 0
    assert "blood" not in dnmt3a(tmp_path / "out" / "P1.json").why
    assert "hematopoiesis" not in dnmt3a(tmp_path / "out" / "P1.json").why


def test_what_the_dna_was_taken_from_is_asked_for_where_it_is_not_given(run: Run, tmp_path: Path) -> None:
    assert run("interpret", vcf(tmp_path), "--tumor-type", "COAD", "--out", tmp_path / "out").code == 0
    found = dnmt3a(tmp_path / "out" / "P1.json")
    assert "in blood or plasma DNMT3A may be of blood cells, and what the DNA was taken from is not given" in found.why


def maf(folder: Path, *samples: str, status: str = "", normal: str = "") -> Path:
    head = (*MAF_HEAD, "t_alt_count", "t_ref_count", "Mutation_Status", "n_alt_count", "n_ref_count")
    rows = [(*R882H, sample, "38", "30", "970", status, *(("0", normal) if normal else ("", ""))) for sample in samples]
    path = folder / "cohort.maf"
    path.write_text("".join("\t".join(row) + "\n" for row in (head, *rows)))
    return path


def test_a_table_tells_it_of_each_sample_of_a_maf(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "types.tsv"
    table.write_text("sample\ttumor_type\tpreservation\nS1\tCOAD\tplasma\nS2\tCOAD\tffpe\nS3\tAML\tblood\n")
    path = maf(tmp_path, "S1", "S2", "S3")
    outcome = run("interpret", path, "--tumor-types", table, "--out", tmp_path / "out", "--jobs", 1)
    assert outcome.code == 0, outcome
    found = {name: dnmt3a(tmp_path / "out" / f"{name}.json") for name in ("S1", "S2", "S3")}
    assert WORDS in found["S1"].why
    assert "hematopoiesis" not in found["S2"].why + found["S3"].why
    assert found["S3"].tier == "I-B"


@pytest.mark.parametrize(("status", "normal", "told"), [("", "", True), ("Somatic", "", False), ("", "1000", False)])
def test_a_row_of_a_maf_that_was_compared_with_a_normal_is_of_the_tumor(
    run: Run, tmp_path: Path, status: str, normal: str, told: bool
) -> None:
    path = maf(tmp_path, "S1", status=status, normal=normal)
    given = ("--tumor-type", "COAD", "--preservation", "plasma")
    assert run("interpret", path, *given, "--out", tmp_path / "out").code == 0
    assert (WORDS in dnmt3a(tmp_path / "out" / "S1.json").why) == told


@pytest.mark.parametrize(
    ("row", "option", "says"),
    [
        ("S1\tCOAD\tserum", (), ("types.tsv", "row 2", "preservation", "'serum' is not allowed", "plasma")),
        ("S1\tCOAD\tffpe", ("--preservation", "plasma"), ("types.tsv", "ffpe", "plasma", "preservation")),
    ],
)
def test_a_wrong_material_is_refused_by_its_cell(
    run: Run, tmp_path: Path, row: str, option: tuple[str, ...], says: tuple[str, ...]
) -> None:
    table = tmp_path / "types.tsv"
    table.write_text(f"sample\ttumor_type\tpreservation\n{row}\n")
    outcome = run("interpret", maf(tmp_path, "S1"), "--tumor-types", table, *option, "--out", tmp_path / "out")
    assert outcome.code == 2, outcome
    for words in says:
        assert words in " ".join(outcome.err.split())
    assert not (tmp_path / "out").exists()
