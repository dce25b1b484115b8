"""A tumor type that nobody knows, through ``genomodel report``: no tier of a tissue, and said on the first page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "P1.vcf"
    path.write_text(HEADER + COLUMNS + V600E)
    return path


def reported(run: Run, path: Path, out: Path, *options: str) -> tuple[dict[str, Any], str]:
    done = run("report", path, *options, "--no-pdf", "--out", out)
    assert done.code == 0, done
    return json.loads((out / "P1.json").read_text()), (out / "P1.html").read_text()


@pytest.mark.parametrize("options", [(), ("--tumor-type", "unknown"), ("--tumor-type", "")])
def test_without_a_tumor_type_nothing_is_above_ii_c_and_the_first_page_says_so(
    run: Run, vcf: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    report, page = reported(run, vcf, tmp_path / "out", *options)
    (finding,) = report["interpretation"]["findings"]
    assert {match["tier"] for match in finding["evidence"]} == {"II-C"}
    assert not [match for match in finding["evidence"] if match["tumor_type_match"] != "other"]
    assert all("tumor type is not given" in match["tier_reason"] for match in finding["evidence"])
    (gap,) = [row for row in report["interpretation"]["not_assessable"] if row["what"] == "Tumor type"]
    assert "Not given" in gap["reason"]
    (said,) = [line["text"] for line in report["front"]["limits"] if line["topic"] == "Not assessable"]
    assert said.startswith("Tumor type, ")
    assert said in page
    absent = [fact["label"] for group in report["front"]["head"] for fact in group["facts"] if not fact["provided"]]
    assert "Tumor type" in absent
    assert "(OncoTree UNKNOWN)" not in page
    assert "the tumor type is not given" in report["response"]["tissue_source"]


def test_with_a_tumor_type_the_same_file_has_no_such_gap(run: Run, vcf: Path, tmp_path: Path) -> None:
    report, _ = reported(run, vcf, tmp_path / "out", "--tumor-type", "SKCM")
    assert "I-A" in {match["tier"] for match in report["interpretation"]["findings"][0]["evidence"]}
    assert "Tumor type" not in {row["what"] for row in report["interpretation"]["not_assessable"]}


def test_a_table_of_tumor_types_may_leave_one_blank(run: Run, tmp_path: Path) -> None:
    maf, table, out = tmp_path / "both.maf", tmp_path / "types.tsv", tmp_path / "out"
    columns = ("Hugo_Symbol", "Chromosome", "Start_Position", "Reference_Allele", "Tumor_Seq_Allele2")
    head = (*columns, "Variant_Classification", "HGVSp_Short", "Tumor_Sample_Barcode", "NCBI_Build")
    row = ("BRAF", "7", "140453136", "A", "T", "Missense_Mutation", "p.V600E")
    lines = [head, (*row, "S1", "37"), (*row, "S2", "37")]
    maf.write_text("".join("\t".join(line) + "\n" for line in lines))
    table.write_text("sample\ttumor_type\nS1\tSKCM\nS2\t\n")
    done = run("report", maf, "--tumor-types", table, "--no-pdf", "--out", out)
    assert done.code == 0, done
    tiers = {}
    for name in ("S1", "S2"):
        report = json.loads((out / f"{name}.json").read_text())
        tiers[name] = min(match["tier"] for match in report["interpretation"]["findings"][0]["evidence"])
    assert tiers == {"S1": "I-A", "S2": "II-C"}


@pytest.mark.parametrize(("options", "told"), [((), True), (("--tumor-type", "SKCM"), False)])
def test_interpret_says_what_a_tumor_type_would_give(
    run: Run, vcf: Path, tmp_path: Path, options: tuple[str, ...], told: bool
) -> None:
    done = run("interpret", vcf, *options, "--out", tmp_path / "out")
    assert done.code == 0, done
    assert ("no tumor type is given: no tier is above II-C" in done.err) is told
    assert "--tumor-type" in done.err or not told
    assert f"genomodel explain P1 --from {tmp_path / 'out'}" in done.out


def test_a_wrong_tumor_type_names_its_option_the_nearest_code_and_how_to_find_others(
    run: Run, vcf: Path, tmp_path: Path
) -> None:
    done = run("interpret", vcf, "--tumor-type", "SKCMM", "--out", tmp_path / "out")
    assert done.code == 2
    assert "option '--tumor-type': unknown OncoTree code 'SKCMM'. Did you mean SKCM (" in done.err
    assert "Codes are listed by: genomodel tumor-type TEXT" in done.err
    assert not (tmp_path / "out").exists()
