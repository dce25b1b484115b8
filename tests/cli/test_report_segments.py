from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E, assert_refused

SEG = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\nT\t7\t1\t159000000\t300\t2.3\n"
GFF = "##gff-version 3\nchr7\tt\tgene\t140719327\t140924929\t.\t-\t.\tID=gene:G1;Name=BRAF\n"


def files(folder: Path, seg: str = SEG) -> tuple[Path, Path, Path]:
    vcf, table, gff = folder / "P1.vcf", folder / "t.seg", folder / "genes.gff3"
    vcf.write_text(HEADER + COLUMNS + V600E)
    table.write_text(seg)
    gff.write_text(GFF)
    return vcf, table, gff


def test_segments_of_another_program_reach_the_report(run: Run, tmp_path: Path) -> None:
    vcf, table, gff = files(tmp_path)
    given = ("--copy-number", table, "--gff", gff, "--purity", "0.8", "--no-pdf")
    outcome = run("report", vcf, "--tumor-type", "SKCM", *given, "--out", tmp_path / "out")
    assert outcome.code == 0, outcome
    report = json.loads((tmp_path / "out" / "P1.json").read_text())
    (call,) = report["copy_number"]["calls"]
    assert (call["gene"], call["state"], call["n_regions"]) == ("BRAF", "amplification", 300)
    assert call["copies_low"] < call["copies"] < call["copies_high"]
    assert report["copy_number"]["purity"]["source"] == "given"
    page = (tmp_path / "out" / "P1.html").read_text()
    assert "80\u00a0% (given)" in page
    assert 'class="picture genome' in page


def test_segments_that_cannot_be_placed_are_refused_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    vcf, table, gff = files(tmp_path)
    base = (vcf, "--tumor-type", "SKCM", "--copy-number", table)
    assert_refused(run, tmp_path / "out", *base, says=("t.seg", "--gff"))
    table.write_text(SEG.replace("T\t7\t", "T\tNC_000007.14\t"))
    assert_refused(run, tmp_path / "out", *base, "--gff", gff, says=("NC_000007.14", "lie on 7"))
    table.write_text(SEG + "U\t7\t1\t9\t3\t0.1\n")
    assert_refused(run, tmp_path / "out", *base, "--gff", gff, says=("2 samples", "T, U", "--tumor-sample"))
    table.write_text(SEG.replace("2.3", "two"))
    assert_refused(run, tmp_path / "out", *base, "--gff", gff, says=("row 2", "seg.mean", "not a number"))


def test_the_segments_of_another_tumor_are_refused(run: Run, tmp_path: Path) -> None:
    vcf, table, gff = files(tmp_path, SEG.replace("T\t7\t", "SOMEBODY_ELSE\t7\t"))
    base = (vcf, "--tumor-type", "SKCM", "--copy-number", table, "--gff", gff)
    says = ("SOMEBODY_ELSE", "known as TUMOR", "--tumor-sample")
    assert_refused(run, tmp_path / "out", *base, "--tumor-sample", "TUMOR", "--normal-sample", "NORMAL", says=says)


def test_a_deep_deletion_by_hand_is_a_finding_with_a_purity_only(run: Run, tmp_path: Path) -> None:
    vcf, table, _ = files(tmp_path)
    table.write_text("gene\tstate\nCDKN2A\tdeep_deletion\nBRAF\tneutral\n")
    for purity, state in (((), "loss"), (("--purity", "0.6"), "deep_deletion")):
        out = tmp_path / state
        done = run("report", vcf, "--tumor-type", "SKCM", "--copy-number", table, *purity, "--no-pdf", "--out", out)
        assert done.code == 0, done
        report = json.loads((out / "P1.json").read_text())
        assert report["copy_number"]["calls"][0]["state"] == state
        labels = [finding["label"] for finding in report["interpretation"]["findings"]]
        assert ("CDKN2A deep deletion" in labels) == bool(purity)
        open_ = {row["what"]: row["reason"] for row in report["interpretation"]["not_assessable"]}
        assert open_.get("Deep deletions", "").endswith("Possible losses: CDKN2A.") == (not purity)
        assert ("deep deletions were not called" in (out / "P1.html").read_text()) == (not purity)
