"""Real tumors through the one command that needs nothing but Python."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from genomodel.report.schema import read_schema
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow


def read_report(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(path.read_text())
    Draft202012Validator(read_schema()).validate(report)
    return report


def test_a_breast_cancer_exome_names_its_driver_and_keeps_the_germline_out(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    vcf = next((shared_data / "hcc1395_exome").glob("*.vcf.gz"))
    outcome = run("report", vcf, "--tumor-type", "BRCA", "--patient", "HCC1395", "--assay", "wes", "--out", tmp_path)
    assert outcome.code == 0, outcome
    report = read_report(tmp_path / "HCC1395.json")
    interpretation = report["interpretation"]
    assert interpretation["n_records"] == 1140
    assert {d["record"] for d in interpretation["dispositions"]} == set(range(1, 1141))
    r175h = next(f["variant"] for f in interpretation["findings"] if f["label"] == "TP53 p.R175H")
    assert (r175h["tumor"]["alt_reads"], r175h["tumor"]["depth"]) == (84, 84)
    assert (r175h["normal"]["alt_reads"], r175h["normal"]["depth"]) == (0, 75)
    assert r175h["origin"] == "somatic"
    p72r = [d for d in interpretation["dispositions"] if d["variant"] == "chr17:7676154:G>C"]
    assert [d["kind"] for d in p72r] == ["germline"]
    listed = [v["variant"]["variant"] for v in interpretation["other_variants"]]
    assert {"chrom": "chr17", "pos": 7676154, "ref": "G", "alt": "C"} not in listed
    assert report["patient"]["genome"] == "GRCh38"
    response = report["response"]
    assert response["predictions"]
    assert all(row["predictable"] and row["contributions"] for row in response["predictions"])
    assert not any("ln_ic50" in row or "percentile_overall" in row for row in response["not_predictable"])
    assert next(row["n_lines"] for row in response["support"] if row["label"] == "TP53 p.R175H") > 0
    assert response["sensitive_coverage"] > 0.5


def test_a_leukemia_cohort_gives_one_report_each_and_the_cohort_page(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    maf = shared_data / "tcga_laml" / "tcga_laml.maf.gz"
    outcome = run("report", maf, "--tumor-type", "AML", "--out", tmp_path, "--jobs", "2")
    assert outcome.code == 0, outcome
    for suffix in ("html", "pdf"):
        assert len(list(tmp_path.glob(f"TCGA-*.{suffix}"))) == 193
    assert (tmp_path / "index.html").read_text().count("TCGA-AB-2802") >= 1
    genes: Counter[str] = Counter()
    for path in tmp_path.glob("*.json"):
        interpretation = json.loads(path.read_text())["interpretation"]
        genes.update({finding["gene"] for finding in interpretation["findings"]})
        assert len(interpretation["dispositions"]) == interpretation["n_records"]
    assert {"FLT3", "NPM1", "IDH1", "IDH2", "DNMT3A"} <= set(genes)
    assert genes["FLT3"] >= 45
    assert genes["NPM1"] >= 30


def test_one_sample_of_many_can_be_chosen(run: Run, shared_data: Path, tmp_path: Path) -> None:
    maf = shared_data / "tcga_laml" / "tcga_laml.maf.gz"
    arguments = ("--tumor-type", "AML", "--tumor-sample", "TCGA-AB-2826", "--patient", "P7", "--no-pdf")
    assert run("report", maf, *arguments, "--out", tmp_path).code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "P7.dispositions.tsv",
        "P7.html",
        "P7.json",
        "interpretation",
    ]
    assert read_report(tmp_path / "P7.json")["patient"]["genome"] == "GRCh37"


def test_an_unannotated_vcf_is_annotated_with_reference_and_gene_models(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    genome = shared_data / "genome"
    vcf = tmp_path / "P1.vcf"
    vcf.write_text(
        "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=159345973>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNORMAL\tTUMOR\n"
        "chr7\t140753336\t.\tA\tT\t.\tPASS\t.\tGT:AD\t0/0:80,0\t0/1:70,30\n"
    )
    models = ("--reference", genome / "GRCh38.sparse.fa.gz", "--gff", genome / "GRCh38.genes.gff3")
    outcome = run("report", vcf, "--tumor-type", "SKCM", *models, "--out", tmp_path / "out")
    assert outcome.code == 0, outcome
    report = read_report(tmp_path / "out" / "P1.json")
    assert [finding["label"] for finding in report["interpretation"]["findings"]] == ["BRAF p.V600E"]
    assert report["inputs"][0]["name"] == "P1.vcf"
