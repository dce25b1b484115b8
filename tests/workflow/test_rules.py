from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.workflow.conftest import ROOT, snakemake, tools_path, write_config

RULES = sorted((ROOT / "workflow" / "rules").glob("*.smk"))


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    (folder / "genome.fa").write_text(">chr7\nACGT\n")
    (folder / "genes.gff3").write_text("##gff-version 3\n")
    (folder / "panel.bed").write_text("chr7\t0\t4\tEGFR:exon1\n")
    for name in (
        "a_R1.fastq.gz",
        "a_R2.fastq.gz",
        "b_R1.fastq.gz",
        "b_R2.fastq.gz",
        "x.bam",
        "x.bam.bai",
        "x.vcf",
        "x.maf",
    ):
        (folder / name).write_bytes(b"x")
    return folder


def sheets(folder: Path, reference: Path, patients: list[str], samples: list[str]) -> Path:
    head = "patient\ttumor_type\tassay\tassay_bed\n"
    (folder / "patients.tsv").write_text(head + "".join(f"{p}\tLUAD\tpanel\t{reference}/panel.bed\n" for p in patients))
    head = "patient\ttype\tlane\tfastq_1\tfastq_2\tbam\tvcf\tmaf\n"
    (folder / "samples.tsv").write_text(head + "".join(f"{row}\n" for row in samples))
    return write_config(folder, reference)


def planned(done: subprocess.CompletedProcess[str]) -> Counter[str]:
    """Return the number of jobs by rule, from a dry run."""
    assert done.returncode == 0, done.stdout + done.stderr
    rows = re.findall(r"^(\w+) +(\d+)$", done.stdout + done.stderr, flags=re.MULTILINE)
    return Counter({rule: int(n) for rule, n in rows if rule not in ("all", "total")})


SHARED = {
    "index_fasta",
    "index_dict",
    "index_bwa",
    "list_hotspot_alleles",
    "report_cohort",
    "match_samples",
    "collect_quality",
    "build_copy_number_reference",
}


def per_patient(jobs: Counter[str]) -> int:
    return sum(n for rule, n in jobs.items() if rule not in SHARED)


def test_reads_of_tumor_and_normal_take_at_most_fifteen_jobs(tmp_path: Path, reference: Path) -> None:
    rows = [
        f"p1\ttumor\tL1\t{reference}/a_R1.fastq.gz\t{reference}/a_R2.fastq.gz\t\t\t",
        f"p1\tnormal\tL1\t{reference}/b_R1.fastq.gz\t{reference}/b_R2.fastq.gz\t\t\t",
    ]
    jobs = planned(snakemake(tmp_path, sheets(tmp_path, reference, ["p1"], rows), "-n"))
    assert per_patient(jobs) <= 15, jobs
    assert jobs["call_copy_number"] == jobs["decide_calls"] == jobs["annotate_calls"] == jobs["report_cohort"] == 1


def test_annotation_is_given_the_reads_of_the_tumor(tmp_path: Path, reference: Path) -> None:
    rows = [f"p1\ttumor\t\t\t\t{reference}/x.bam\t\t"]
    done = snakemake(tmp_path, sheets(tmp_path, reference, ["p1"], rows), "-n", "--printshellcmds")
    assert done.returncode == 0, done.stdout + done.stderr
    (command,) = re.findall(r"genomodel annotate .*", done.stdout + done.stderr)
    assert f"--bam={reference}/x.bam" in command


def test_alignment_given_skips_trimming_and_alignment(tmp_path: Path, reference: Path) -> None:
    jobs = planned(
        snakemake(tmp_path, sheets(tmp_path, reference, ["p1"], [f"p1\ttumor\t\t\t\t{reference}/x.bam\t\t"]), "-n")
    )
    assert not {"trim_reads", "align_lane", "mark_duplicates", "index_bwa", "build_copy_number_reference"} & set(jobs)
    assert jobs["check_alignment"] == jobs["call_freebayes"] == jobs["call_copy_number"] == 1


def test_a_tumor_alone_is_measured_against_the_pooled_normals_of_its_assay(tmp_path: Path, reference: Path) -> None:
    rows = []
    for name in ("p1.tumor", "p2.tumor", "p2.normal", "p3.tumor", "p3.normal"):
        for suffix in ("", ".bai"):
            shutil.copy(reference / f"x.bam{suffix}", tmp_path / f"{name}.bam{suffix}")
        rows.append(f"{name.replace('.', chr(9))}\t\t\t\t{tmp_path}/{name}.bam\t\t")
    config = sheets(tmp_path, reference, ["p1", "p2", "p3"], rows)
    done = snakemake(tmp_path, config, "-n")
    jobs = planned(done)
    assert (jobs["build_copy_number_reference"], jobs["call_copy_number"]) == (1, 3)
    one = sheets(tmp_path, reference, ["p1", "p2"], rows[:3])
    jobs = planned(snakemake(tmp_path, one, "-n"))
    assert (jobs["build_copy_number_reference"], jobs["call_copy_number"]) == (0, 2)
    refused = snakemake(tmp_path, one, "-n", "--config", "copy_number={reference: pooled}")
    assert refused.returncode != 0
    said = " ".join((refused.stdout + refused.stderr).split())
    assert "p1: the sheet has 1 normal of its assay, and a pooled reference for copy number takes 2 at least" in said


def test_calls_given_go_straight_to_the_report(tmp_path: Path, reference: Path) -> None:
    rows = [f"p1\ttumor\t\t\t\t\t{reference}/x.vcf\t", f"p2\ttumor\t\t\t\t\t\t{reference}/x.maf"]
    jobs = planned(snakemake(tmp_path, sheets(tmp_path, reference, ["p1", "p2"], rows), "-n"))
    assert per_patient(jobs) == 0, jobs
    assert jobs["report_cohort"] == 1


def test_three_hundred_patients_are_planned(
    tmp_path: Path, reference: Path, record_property: Callable[[str, object], None]
) -> None:
    patients = [f"p{i}" for i in range(300)]
    rows = []
    for patient in patients:
        shutil.copy(reference / "x.bam", tmp_path / f"{patient}.bam")
        shutil.copy(reference / "x.bam", tmp_path / f"{patient}.bam.bai")
        rows.append(f"{patient}\ttumor\t\t\t\t{tmp_path}/{patient}.bam\t\t")
    config = sheets(tmp_path, reference, patients, rows)
    start = time.monotonic()
    jobs = planned(snakemake(tmp_path, config, "-n", "--quiet", "rules"))
    seconds = time.monotonic() - start
    record_property("shown", f"Planning {sum(jobs.values())} jobs of 300 patients: {seconds:.1f} s")
    assert jobs["call_freebayes"] == 300


@pytest.mark.parametrize(
    ("patients", "sample", "said"),
    [
        (["p1"], "p2\ttumor\t\t\t\t\tVCF\t", "p2"),
        (["../p1"], "../p1\ttumor\t\t\t\t\tVCF\t", "../p1"),
        (["p1"], "p1\ttumor\t\t\t\t\tnowhere.vcf\t", "nowhere.vcf"),
        (["p1", "p1"], "p1\ttumor\t\t\t\t\tVCF\t", "already in row"),
    ],
)
def test_wrong_sheets_stop_before_any_job(
    tmp_path: Path, reference: Path, patients: list[str], sample: str, said: str
) -> None:
    config = sheets(tmp_path, reference, patients, [sample.replace("VCF", f"{reference}/x.vcf")])
    done = snakemake(tmp_path, config)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "results").exists()


def test_a_wrong_clinical_column_stops_before_any_job(tmp_path: Path, reference: Path) -> None:
    config = sheets(tmp_path, reference, ["p1"], [f"p1\ttumor\t\t\t\t\t{reference}/x.vcf\t"])
    table = tmp_path / "patients.tsv"
    first, *rows = table.read_text().splitlines()
    lines = [f"{first}\treceptor_status", *(f"{row}\tHER2=positive, HER2=negative" for row in rows)]
    table.write_text("\n".join(lines) + "\n")
    done = snakemake(tmp_path, config)
    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert "row 2, column 'receptor_status': HER2 is stated positive and negative" in told
    assert "Traceback" not in told
    assert not (tmp_path / "results").exists()


def test_unknown_configuration_key_is_refused(tmp_path: Path, reference: Path) -> None:
    config = sheets(tmp_path, reference, ["p1"], [f"p1\ttumor\t\t\t\t\t{reference}/x.vcf\t"])
    config.write_text(config.read_text() + "calling:\n  min_alternate_fracton: 0.1\n")
    done = snakemake(tmp_path, config, "-n")
    assert done.returncode != 0
    assert "min_alternate_fracton" in done.stdout + done.stderr


def test_lint_and_format_are_clean(tmp_path: Path, reference: Path) -> None:
    config = sheets(tmp_path, reference, ["p1"], [f"p1\ttumor\t\t\t\t\t{reference}/x.vcf\t"])
    lint = snakemake(tmp_path, config, "--lint")
    assert lint.returncode == 0, lint.stderr
    style = subprocess.run(
        ["snakefmt", "--check", "Snakefile", "workflow/rules"],
        cwd=ROOT, capture_output=True, text=True, env=tools_path(), check=False,
    )  # fmt: skip
    assert style.returncode == 0, style.stderr


def test_every_rule_has_log_benchmark_environment_resources_and_message() -> None:
    for path in RULES:
        for rule in re.split(r"(?m)^rule ", path.read_text())[1:]:
            for directive in ("log:", "benchmark:", "conda:", "resources:", "message:"):
                assert f"    {directive}" in rule, (path.name, rule.split(":")[0], directive)


def test_environments_pin_every_package_exactly() -> None:
    used = {name for path in RULES for name in re.findall(r"envs/(\w+\.yaml)", path.read_text())}
    assert used == {path.name for path in (ROOT / "envs").glob("*.yaml")}
    for name in used:
        environment = yaml.safe_load((ROOT / "envs" / name).read_text())
        assert environment["channels"] == ["conda-forge", "bioconda", "nodefaults"]
        for package in environment["dependencies"]:
            assert re.fullmatch(r"[a-z0-9-]+=\d+(\.\d+)+", package), (name, package)


def test_common_file_stays_small() -> None:
    assert len((ROOT / "workflow" / "rules" / "common.smk").read_text().splitlines()) < 80
    assert not (ROOT / "workflow" / "Snakefile").exists()


def test_knowledge_bases_of_the_configuration_reach_the_reports(tmp_path: Path, reference: Path) -> None:
    config = sheets(tmp_path, reference, ["p1"], [f"p1\ttumor\t\t\t\t\t{reference}/x.vcf\t"])
    done = snakemake(tmp_path, config, "-n", "-p", "--config", "knowledge=[core,civic]")
    assert "--knowledge core --knowledge civic" in done.stdout + done.stderr
    refused = snakemake(tmp_path, config, "-n", "--config", "knowledge=civic")
    assert refused.returncode != 0


def test_exports_of_the_configuration_are_asked_of_the_cohort(tmp_path: Path, reference: Path) -> None:
    config = sheets(tmp_path, reference, ["p1"], [f"p1\ttumor\t\t\t\t\t{reference}/x.vcf\t"])
    done = snakemake(tmp_path, config, "-n", "-p", "--config", "exports=[maf,tsv]")
    assert "--export maf --export tsv" in done.stdout + done.stderr
    assert "--export" not in (plain := snakemake(tmp_path, config, "-n", "-p")).stdout + plain.stderr
    refused = snakemake(tmp_path, config, "-n", "--config", "exports=[xlsx]")
    assert refused.returncode != 0


def test_further_forms_of_the_configuration_are_asked_beside_the_usual_ones(tmp_path: Path, reference: Path) -> None:
    config = sheets(tmp_path, reference, ["p1"], [f"p1\ttumor\t\t\t\t\t{reference}/x.vcf\t"])
    assert "--form" not in (plain := snakemake(tmp_path, config, "-n", "-p")).stdout + plain.stderr
    text = config.read_text()
    config.write_text(text + "report: {forms: [fhir]}\n")
    done = snakemake(tmp_path, config, "-n", "-p")
    assert "--form=html --form=pdf --form=dispositions --form=fhir" in done.stdout + done.stderr
    config.write_text(text + "report: {forms: [docx]}\n")
    assert snakemake(tmp_path, config, "-n").returncode != 0


def test_sources_of_the_configuration_are_asked_by_annotation_and_reports(tmp_path: Path, reference: Path) -> None:
    rows = [f"p1\ttumor\t\t\t\t{reference}/x.bam\t\t"]
    config = sheets(tmp_path, reference, ["p1"], rows)
    config.write_text(
        config.read_text() + "annotation:\n  population: gnomad.vcf.bgz\n  clinvar: clinvar.vcf.gz\n", encoding="utf-8"
    )
    done = snakemake(tmp_path, config, "-n", "-p")
    assert done.returncode == 0, done.stdout + done.stderr
    for verb in ("annotate", "report-cohort"):
        (command,) = re.findall(rf"genomodel {verb} .*", done.stdout + done.stderr)
        assert "--clinvar clinvar.vcf.gz --population gnomad.vcf.bgz" in command
    config.write_text(config.read_text().replace("clinvar.vcf.gz", "clinvar.vcf"), encoding="utf-8")
    refused = snakemake(tmp_path, config, "-n")
    assert refused.returncode != 0
    assert "clinvar" in refused.stdout + refused.stderr


def test_a_report_waits_for_the_laboratorys_file_and_a_broken_one_stops_the_run(
    tmp_path: Path, reference: Path
) -> None:
    config = sheets(tmp_path, reference, ["p1"], [f"p1\ttumor\t\t\t\t\t{reference}/x.vcf\t"])
    laboratory = tmp_path / "laboratory.yaml"
    laboratory.write_text("laboratory: {name: Pathology}\n")
    settings = f"laboratory: {laboratory}\nreport: {{reported_on: 2026-03-20}}\n"
    config.write_text(config.read_text() + settings)
    done = snakemake(tmp_path, config, "-n", "--printshellcmds")
    said = done.stdout + done.stderr
    assert planned(done)["report_cohort"] == 1
    files = snakemake(tmp_path, config, "--filegraph").stdout
    report = next(node for node in files.split("label=") if "report_cohort" in node)
    assert "laboratory.yaml" in report
    assert re.search(f"--laboratory {re.escape(str(laboratory))} .*--reported-on 2026-03-20", said)
    laboratory.write_text("laboratory: {nam: Pathology}\n")
    broken = snakemake(tmp_path, config, "-n")
    assert broken.returncode != 0
    assert "Did you mean 'name'?" in broken.stdout + broken.stderr


def test_what_reviewers_decided_is_an_input_of_the_reports_once_it_is_there(tmp_path: Path, reference: Path) -> None:
    rows = [f"{name}\ttumor\t\t\t\t\t{reference}/x.vcf\t" for name in ("p1", "p2")]
    config = sheets(tmp_path, reference, ["p1", "p2"], rows)

    def inputs() -> str:
        files = snakemake(tmp_path, config, "--filegraph").stdout
        return next(node for node in files.split("label=") if "report_cohort" in node)

    assert "review.tsv" not in inputs()
    table = tmp_path / "results" / "reports" / "review" / "p2.review.tsv"
    table.parent.mkdir(parents=True)
    table.write_text("variant\n")
    assert "p2.review.tsv" in inputs()
    named = tmp_path / "decided"
    named.mkdir()
    config.write_text(config.read_text() + f"report: {{reviews: {named}}}\n")
    assert "review.tsv" not in inputs()
    (named / "p1.review.tsv").write_text("variant\n")
    assert "p1.review.tsv" in inputs()
    done = snakemake(tmp_path, config, "-n", "-p")
    assert f"--reviews {named}" in done.stdout + done.stderr
