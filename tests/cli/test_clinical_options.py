"""Clinical facts through the command line: as options, beside a MAF of many, and where they are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E

MAF_HEAD = (
    "Hugo_Symbol", "Chromosome", "Start_Position", "Reference_Allele", "Tumor_Seq_Allele2", "Variant_Classification",
    "HGVSp_Short", "Tumor_Sample_Barcode", "NCBI_Build",
)  # fmt: skip
H1047R = ("PIK3CA", "3", "178952085", "A", "G", "Missense_Mutation", "p.H1047R")


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "P1.vcf"
    path.write_text(HEADER + COLUMNS + V600E)
    return path


@pytest.fixture
def maf(tmp_path: Path) -> Path:
    path = tmp_path / "two.maf"
    path.write_text("".join("\t".join(row) + "\n" for row in (MAF_HEAD, (*H1047R, "S1", "37"), (*H1047R, "S2", "37"))))
    return path


def tiers(path: Path) -> dict[str, tuple[str, str]]:
    """Return tier and reason of each therapy of an interpretation."""
    content = json.loads(path.read_text())["content"]
    found = (match for finding in content["findings"] for match in finding["evidence"])
    return {match["evidence"]["therapy"]: (match["tier"], match["tier_reason"]) for match in found}


def test_options_answer_the_conditions_of_claims(run: Run, vcf: Path, tmp_path: Path) -> None:
    told = ("--stage", "metastatic", "--prior-therapy", "Tafinlar", "--age", "50", "--line", "2")
    assert run("interpret", vcf, "--tumor-type", "SKCM", *told, "--out", tmp_path / "out").code == 0
    found = tiers(tmp_path / "out" / "P1.json")
    assert "met: unresectable or metastatic disease (stage metastatic)" in found["Vemurafenib"][1]
    assert "not met now: no prior BRAF inhibitor (Dabrafenib given before)" in found["Trametinib"][1]
    assert "Dabrafenib was given before" in json.dumps(json.loads((tmp_path / "out" / "P1.json").read_text()))


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--receptor-status", "HER2=positive HER2=negative", "HER2 is stated positive and negative"),
        ("--line", "two", "'two' is no line"),
        ("--stage", "late", "'late' is no stage"),
        ("--prior-therapy", "osimertinb", "'osimertinb' is no drug or class"),
        ("--age", "old", "'old' is no age"),
    ],
)
@pytest.mark.parametrize("verb", ["report", "interpret"])
def test_an_option_that_cannot_be_is_named_and_nothing_is_written(
    run: Run, vcf: Path, tmp_path: Path, verb: str, option: str, text: str, said: str
) -> None:
    done = run(verb, vcf, "--tumor-type", "SKCM", option, text, "--out", tmp_path / "out")
    assert done.code == 2
    assert said in done.err
    assert f"'{option}'" in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out").exists()


def test_the_table_of_samples_answers_for_each(run: Run, maf: Path, tmp_path: Path) -> None:
    table = tmp_path / "samples.tsv"
    table.write_text("sample\ttumor_type\treceptor_status\nS1\tBRCA\tHR+/HER2-\nS2\tBRCA\ttriple-negative\n")
    done = run("interpret", maf, "--tumor-types", table, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    found = [tiers(tmp_path / "out" / f"{name}.json")["Alpelisib + Fulvestrant"][0] for name in ("S1", "S2")]
    assert found == ["I-A", "II-C"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("sample\ttumor_type\tstage\nS1\tBRCA\tIV\nS2\tBRCA\tlate", "row 3, column 'stage': 'late' is no stage"),
        ("sample\ttumor_type\treceptor_statu\nS1\tBRCA\tHR+\nS2\tBRCA\t", "Did you mean 'receptor_status'?"),
        ("sample\ttumor_type\tage\nS1\tBRCA\t50\nS1\tBRCA\t60", "sample 'S1' is there twice. Keep one row"),
        ("sample\ttumor_type\treceptor\nS1\tBRCA\tHR+\nS2\tBRCA\t", "column 'receptor': unknown column. Did you mean"),
        ("sample\ttumor_type\tconsent\nS1\tBRCA\tno\nS2\tBRCA\t", "column 'consent': unknown column"),
        ("sample\ttumor_type\tage\tage\nS1\tBRCA\t5\t6\nS2\tBRCA\t\t", "the column is there more than once. Keep one"),
        ("sample\ttumor_type\nS1\tBRCA\tIV\nS2\tBRCA", "row 2: 3 cells where the header has 2"),
        ("sample\ttumor_type\nS1\tBRCA\n\tBRCA", "the row names no sample. Write the Tumor_Sample_Barcode"),
        ("sample\ttumor_type\tsex\nS1\tBRCA\tF\nS2\tBRCA\t", "row 2, column 'sex': 'F' is not allowed"),
    ],
)
def test_a_wrong_table_of_samples_is_named_with_row_and_column(
    run: Run, maf: Path, tmp_path: Path, rows: str, said: str
) -> None:
    table = tmp_path / "samples.tsv"
    table.write_text(rows + "\n")
    done = run("interpret", maf, "--tumor-types", table, "--out", tmp_path / "out")
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "out").exists()


def test_all_that_is_wrong_with_a_table_of_samples_is_named_at_once(run: Run, maf: Path, tmp_path: Path) -> None:
    table = tmp_path / "samples.tsv"
    rows = ("sample\ttumor_type\tstage\tage", "S1\tNOSUCH\tlate\told", "S2\tBRCA\tIV\t-1", "S2\tBRCA\t\t")
    table.write_text("\n".join(rows) + "\n")
    done = run("interpret", maf, "--tumor-types", table, "--out", tmp_path / "out")
    assert done.code == 2
    for said in (
        "row 2, column 'tumor_type'",
        "row 2, column 'stage'",
        "row 2, column 'age'",
        "row 3, column 'age'",
        "row 4, column 'sample'",
    ):
        assert said in done.err, said
    assert not (tmp_path / "out").exists()


def test_options_that_are_both_wrong_are_both_named(run: Run, vcf: Path, tmp_path: Path) -> None:
    done = run("interpret", vcf, "--stage", "late", "--age", "old", "--out", tmp_path / "out")
    assert done.code == 2
    assert "option '--stage': 'late' is no stage" in done.err
    assert "option '--age': 'old' is no age" in done.err


def test_a_row_of_the_table_that_no_sample_has_is_told(run: Run, maf: Path, tmp_path: Path) -> None:
    table = tmp_path / "samples.tsv"
    table.write_text("sample\ttumor_type\nS1\tBRCA\nS2\tBRCA\nS9\tLUAD\n")
    for verb, more in (("interpret", ()), ("report", ("--no-pdf",))):
        done = run(verb, maf, "--tumor-types", table, *more, "--out", tmp_path / verb)
        assert done.code == 0
        assert "S9" in done.err
        assert "has no row of these samples" in done.err
    assert (
        "S9" not in run("interpret", maf, "--tumor-types", table, "--tumor-sample", "S1", "--out", tmp_path / "o").err
    )


def test_a_row_for_no_sample_beside_a_sample_without_a_row_is_refused(run: Run, maf: Path, tmp_path: Path) -> None:
    table = tmp_path / "samples.tsv"
    table.write_text("sample\ttumor_type\treceptor_status\nS1\tBRCA\tHR+\nS_2\tBRCA\ttriple-negative\n")
    done = run("interpret", maf, "--tumor-types", table, "--tumor-type", "BRCA", "--out", tmp_path / "out")
    assert done.code == 2
    assert "'S_2'" in done.err
    assert "'S2'" in done.err
    assert not (tmp_path / "out").exists()


def test_the_table_of_samples_says_sex_and_consent_for_each(run: Run, maf: Path, tmp_path: Path) -> None:
    table = tmp_path / "samples.tsv"
    table.write_text("sample\ttumor_type\tsex\tgermline_consent\nS1\tBRCA\tfemale\tno\nS2\tBRCA\tunknown\t\n")
    done = run("interpret", maf, "--tumor-types", table, "--germline-consent", "yes", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    who = [json.loads((tmp_path / "out" / f"{name}.json").read_text())["subject"] for name in ("S1", "S2")]
    assert [(one["sex"], one["germline_consent"]) for one in who] == [("female", False), (None, True)]


@pytest.mark.parametrize("verb", [("report", "--no-pdf"), ("interpret",)])
def test_the_sex_is_an_option_like_the_column_of_the_sheet(
    run: Run, vcf: Path, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    name, *more = verb
    assert run(name, vcf, *more, "--sex", "male", "--out", tmp_path / "out").code == 0
    made = json.loads((tmp_path / "out" / "P1.json").read_text())
    assert (made["subject"] if "subject" in made else made["patient"])["sex"] == "male"
    assert run(name, vcf, *more, "--sex", "m", "--out", tmp_path / "no").code == 2


def test_the_sex_of_one_is_refused_for_a_file_of_many(run: Run, maf: Path, tmp_path: Path) -> None:
    done = run("interpret", maf, "--sex", "male", "--out", tmp_path / "out")
    assert (done.code, "--sex is about one" in done.err) == (2, True)


def test_options_on_one_patient_are_refused_for_a_file_of_many_and_beside_the_table(
    run: Run, maf: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = run("interpret", maf, "--tumor-type", "BRCA", "--age", "50", "--out", out)
    assert (done.code, "the file holds 2 samples, and what --receptor-status" in done.err) == (2, True)
    table = tmp_path / "samples.tsv"
    table.write_text("sample\ttumor_type\tage\nS1\tBRCA\t50\nS2\tBRCA\t60\n")
    done = run("interpret", maf, "--tumor-types", table, "--tumor-sample", "S1", "--age", "51", "--out", out)
    assert (done.code, "given for the sample, and options that say the same" in done.err) == (2, True)
    assert not out.exists()
