from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.calls.fusion_models import write_gff, write_vcf
from tests.calls.test_fusion_tables import ARRIBA_2, arriba_row, table
from tests.cli.conftest import Outcome, Run

MAF = (
    "Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tVariant_Classification"
    "\tTumor_Sample_Barcode\tHGVSp_Short\tNCBI_Build\n"
    "TP53\t17\t7578406\tC\tT\tMissense_Mutation\tS1\tp.R175H\tGRCh37\n"
)


@pytest.fixture
def maf(tmp_path: Path) -> Path:
    path = tmp_path / "calls.maf"
    path.write_text(MAF)
    return path


def report(run: Run, maf: Path, *words: object) -> Outcome:
    out = maf.parent / "out"
    return run("report", maf, "--tumor-type", "LUAD", "--no-pdf", "--out", out, "--jobs", 1, *words)


def test_fusions_and_structural_variants_come_into_one_report(run: Run, maf: Path) -> None:
    folder = maf.parent
    fusions = table(folder / "fusions.tsv", ARRIBA_2, arriba_row(breakpoint1="chr1:2100", breakpoint2="chr2:109100"))
    sv = write_vcf(
        folder / "sv.vcf",
        ["chr1\t2500\ta\tA\tA]chr2:109500]\t.\tPASS\tSVTYPE=BND\tPR:SR\t40,0:50,0\t30,6:40,8"],
        meta="##source=GenerateSVCandidates\n",
    )
    done = report(run, maf, "--fusions", fusions, "--structural-variants", sv, "--gff", write_gff(folder))
    assert done.code == 0, done
    found = json.loads((folder / "out" / "S1.json").read_text())
    labels = {item["label"]: item for item in found["interpretation"]["findings"]}
    support = labels["EML4::ALK fusion"]["rearrangement"]["support"]
    assert [item["program"] for item in support] == ["Manta", "Arriba"]
    assert "EML4::ALK fusion" in (folder / "out" / "S1.html").read_text()


GRIDSS = '##gridssVersion=2.13.2\n##FORMAT=<ID=REFPAIR,Number=1,Type=Integer,Description="x">\n'
FRAGMENTS = "VF:REF:REFPAIR\t25:50:25\t0:50:40"


def test_columns_of_gridss_are_those_of_the_names_given_and_never_those_of_their_order(run: Run, maf: Path) -> None:
    folder = maf.parent
    row = f"chr1\t2500\ta\tA\tA]chr2:109500]\t.\tPASS\tSVTYPE=BND\t{FRAGMENTS}"
    option = ["--structural-variants", write_vcf(folder / "sv.vcf", [row], meta=GRIDSS, samples="S1\tBL")]
    done = report(run, maf, *option, "--gff", write_gff(folder), "--tumor-sample", "S1")
    assert done.code == 0, done
    found = json.loads((folder / "out" / "S1.json").read_text())
    assert "EML4::ALK fusion" in {item["label"] for item in found["interpretation"]["findings"]}
    write_vcf(folder / "sv.vcf", [row], meta=GRIDSS, samples="PT01_T\tPT01_BL")
    refused = report(run, maf, *option, "--gff", write_gff(folder))
    assert refused.code == 2
    assert "nothing says which is the tumor" in " ".join(refused.err.split())


@pytest.mark.parametrize(
    ("kind", "words"),
    [("version", "lacks reading_frame"), ("mates", "mate 'b'"), ("contigs", "no gene model on the contigs")],
)
def test_bad_input_ends_with_exit_code_2_and_without_a_report(run: Run, maf: Path, kind: str, words: str) -> None:
    folder = maf.parent
    gff = write_gff(folder)
    if kind == "version":
        option = ["--fusions", table(folder / "f.tsv", ARRIBA_2.replace("\treading_frame", ""), arriba_row())]
    else:
        row = "chr1\t2500\ta\tA\tA]chr2:109500]\t.\tPASS\tSVTYPE=BND{}\tGT\t."
        text = row.format(";MATEID=b") if kind == "mates" else row.format("").replace("chr", "")
        option = ["--structural-variants", write_vcf(folder / "sv.vcf", [text], samples="T"), "--gff", gff]
    done = report(run, maf, *option)
    assert done.code == 2, done
    assert words in " ".join(done.err.split())
    assert "Traceback" not in done.err
    assert not list((folder / "out").glob("S1*"))


def test_the_verb_names_a_missing_alignment(run: Run, tmp_path: Path) -> None:
    gff = write_gff(tmp_path)
    out, vcf = tmp_path / "o.json", tmp_path / "o.vcf.gz"
    done = run(
        "rearrangements", "--tumor", tmp_path / "no.bam", "--reference", gff, "--gff", gff, "--out", out, "--vcf", vcf
    )
    assert done.code == 2
    assert "no.bam" in done.err
    assert not (tmp_path / "o.json").exists()
    assert not (tmp_path / "o.vcf.gz").exists()
