"""The laboratory, the day and the specimen through the command line, to the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.test_clinical_options import H1047R, MAF_HEAD
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E

PLAIN = ("--no-pdf", "--form", "json")


def report_of(folder: Path, name: str = "P1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return found


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "P1.vcf"
    path.write_text(HEADER + COLUMNS + V600E)
    return path


@pytest.fixture
def maf(tmp_path: Path) -> Path:
    path = tmp_path / "two.maf"
    rows = (MAF_HEAD, (*H1047R, "S1", "37"), (*H1047R, "S2", "37"))
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return path


@pytest.fixture
def laboratory(tmp_path: Path) -> Path:
    path = tmp_path / "laboratory.yaml"
    path.write_text("laboratory: {name: Pathology, director: Dr. D}\npersons: [{id: jd, name: J. Doe}]\n")
    return path


def test_options_say_whose_the_tumor_is_and_who_reports(
    run: Run,
    vcf: Path,
    tmp_path: Path,
    laboratory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    told = ("--second-id", "MRN 7", "--requester", "Dr. A", "--diagnosis", "melanoma of the back")
    tumor = ("--specimen", "S-1", "--block", "A2", "--site", "back", "--collected", "2026-03-09")
    tumor += ("--received", "2026-03-11", "--cellularity", "0.6")
    normal = ("--normal-specimen", "N-1", "--normal-site", "blood", "--normal-collected", "2026-03-10")
    day = ("--laboratory", laboratory, "--reported-on", "2026-03-20")
    done = run("report", vcf, "--tumor-type", "SKCM", *told, *tumor, *normal, *day, *PLAIN, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    report = report_of(tmp_path / "out")
    patient = report["patient"]
    assert (patient["second_id"], patient["requester"], patient["diagnosis"]) == (told[1], told[3], told[5])
    assert patient["tumor_accession"] == {
        "specimen": "S-1", "block": "A2", "site": "back", "collected": "2026-03-09", "received": "2026-03-11",
        "cellularity": 0.6,
    }  # fmt: skip
    assert patient["normal_accession"]["specimen"] == "N-1"
    assert report["laboratory"] == {
        "name": "Pathology", "director": "Dr. D", "address": None, "contact": None, "accreditation": None,
        "identifier_system": None,
    }  # fmt: skip
    assert report["reported_on"] == "2026-03-20"
    assert "J. Doe" not in json.dumps(report)


def test_what_nobody_says_stays_open(run: Run, vcf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert run("report", vcf, "--tumor-type", "SKCM", *PLAIN, "--out", tmp_path / "out").code == 0
    report = report_of(tmp_path / "out")
    assert set(report["laboratory"].values()) == {None}
    assert report["reported_on"] is None
    assert set(report["patient"]["tumor_accession"].values()) == {None}


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--collected", "9.3.2026", "2026-03-09"),
        ("--normal-received", "soon", "'soon' is no date"),
        ("--cellularity", "60", "0.6 for 60"),
        ("--second-id", "a\x02b", "control character U+0002"),
        ("--reported-on", "2026-13-01", "'2026-13-01' is no day"),
    ],
)
def test_an_option_that_cannot_be_is_named_and_nothing_is_written(
    run: Run,
    vcf: Path,
    tmp_path: Path,
    option: str,
    text: str,
    said: str,
) -> None:
    done = run("report", vcf, "--tumor-type", "SKCM", option, text, "--out", tmp_path / "out")
    assert done.code == 2
    assert said in done.err
    assert f"option '{option}'" in done.err
    assert not (tmp_path / "out").exists()


def test_a_broken_laboratory_file_is_named_with_its_line_and_nothing_is_written(
    run: Run,
    vcf: Path,
    tmp_path: Path,
    laboratory: Path,
) -> None:
    laboratory.write_text("laboratory:\n  name: Pathology\n  directer: Dr. D\n")
    done = run("report", vcf, "--tumor-type", "SKCM", "--laboratory", laboratory, "--out", tmp_path / "out")
    assert done.code == 2
    assert f"{laboratory}, row 3" in done.err
    assert "Did you mean 'director'?" in done.err
    assert not (tmp_path / "out").exists()


def test_the_table_beside_a_maf_tells_of_each_specimen_and_options_of_one_alone(
    run: Run,
    maf: Path,
    tmp_path: Path,
) -> None:
    table, out = tmp_path / "types.tsv", tmp_path / "out"
    table.write_text("sample\ttumor_type\tspecimen\tsecond_id\nS1\tBRCA\tT-1\tA\nS2\tBRCA\t\t\n")
    done = run("report", maf, "--tumor-types", table, *PLAIN, "--out", out)
    assert done.code == 0, done.err
    found = [report_of(out, name)["patient"] for name in ("S1", "S2")]
    assert [patient["tumor_accession"]["specimen"] for patient in found] == ["T-1", None]
    assert [patient["second_id"] for patient in found] == ["A", None]
    of_one = run("report", maf, "--tumor-type", "BRCA", "--specimen", "T-9", "--out", tmp_path / "two")
    assert of_one.code == 2
    assert "holds 2 samples" in of_one.err
    chosen = ("report", maf, "--tumor-types", table, *PLAIN, "--specimen", "T-9")
    clash = run(*chosen, "--tumor-sample", "S1", "--out", tmp_path / "three")
    assert clash.code == 2
    assert "Give them in the table or as options" in clash.err
    assert run(*chosen, "--tumor-sample", "S2", "--out", out).code == 0
    assert report_of(out, "S2")["patient"]["tumor_accession"]["specimen"] == "T-9"


def test_a_batch_is_made_again_where_the_laboratory_or_the_day_changed_and_else_left(
    run: Run, tmp_path: Path, laboratory: Path
) -> None:
    (tmp_path / "P1.vcf").write_text(HEADER + COLUMNS + V600E)
    patients, samples = tmp_path / "patients.tsv", tmp_path / "samples.tsv"
    patients.write_text("patient\ttumor_type\tassay\nP1\tSKCM\tpanel\n")
    samples.write_text(f"patient\ttype\tvcf\tspecimen\nP1\ttumor\t{tmp_path}/P1.vcf\tS-1\n")
    sheets = ("report-cohort", "--patients", patients, "--samples", samples, "--results", tmp_path / "results")

    def made(*options: object) -> tuple[int, dict[str, Any]]:
        done = run(*sheets, *PLAIN, "--laboratory", laboratory, *options)
        assert done.code == 0, done.err
        folder = tmp_path / "results" / "reports"
        return (folder / "P1.json").stat().st_mtime_ns, report_of(folder)

    first, report = made()
    assert report["patient"]["tumor_accession"]["specimen"] == "S-1"
    assert made()[0] == first
    laboratory.write_text(laboratory.read_text().replace("Dr. D", "Dr. E"))
    second, report = made()
    assert second > first
    assert report["laboratory"]["director"] == "Dr. E"
    third, report = made("--reported-on", "2026-03-20")
    assert third > second
    assert report["reported_on"] == "2026-03-20"


def test_a_plan_names_a_broken_laboratory_file_before_anything_runs(run: Run, tmp_path: Path, laboratory: Path) -> None:
    (tmp_path / "P1.vcf").write_text(HEADER + COLUMNS + V600E)
    patients, samples, config = (tmp_path / name for name in ("patients.tsv", "samples.tsv", "config.yaml"))
    patients.write_text("patient\ttumor_type\tassay\nP1\tSKCM\tpanel\n")
    samples.write_text(f"patient\ttype\tvcf\nP1\ttumor\t{tmp_path}/P1.vcf\n")
    sheets = f"patients: {patients}\nsamples: {samples}\n"
    config.write_text(f"{sheets}laboratory: {laboratory}\nreference: {{fasta: x.fa, gff: x.gff3}}\n")
    planned = ("plan", "--patients", patients, "--samples", samples, "--config", config)
    assert run(*planned).code == 0
    laboratory.write_text("persons: [{id: jd, name: A}, {id: jd, name: B}]\n")
    done = run(*planned)
    assert done.code == 2
    assert "person 'jd' is already in line 1" in done.err
