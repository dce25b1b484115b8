"""The demo cohort from reads to reports, once, and all that is to be said about the result."""

from __future__ import annotations

import csv
import gzip
import json
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from genomodel.simulate.cohort import PATIENTS
from tests.workflow.conftest import genomodel, snakemake, write_config

pytestmark = pytest.mark.slow

Key = tuple[str, int, str, str]
SPECS = {spec.patient: spec for spec in PATIENTS}


@pytest.fixture(scope="module")
def run(demo: Path) -> subprocess.CompletedProcess[str]:
    done = snakemake(demo.parent, demo / "config.yaml")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return done


@pytest.fixture(scope="module")
def results(run: subprocess.CompletedProcess[str], demo: Path) -> Path:
    return demo / "results"


def truth(demo: Path, patient: str) -> dict[Key, tuple[str, float]]:
    """Allele to origin and expected tumor fraction."""
    with pysam.VariantFile(str(demo / "truth" / f"{patient}.vcf.gz")) as vcf:
        return {(r.chrom, r.pos, r.ref, str(r.alts[0])): (r.info["ORIGIN"], r.info["TUMOR_AF"]) for r in vcf if r.alts}


def called(results: Path, patient: str) -> dict[Key, tuple[str, int]]:
    """Allele to the origin that was decided and the tumor depth."""
    with pysam.VariantFile(str(results / "annotated" / f"{patient}.vcf.gz")) as vcf:
        rows = {}
        for r in vcf:
            depth = r.samples[f"{patient}.tumor"]["DP"]
            rows[(r.chrom, r.pos, r.ref, str(r.alts[0]))] = (str(r.info["GM_ORIGIN"]).lower(), depth)
        return rows


def test_somatic_calls_against_the_truth(
    results: Path, demo: Path, record_property: Callable[[str, object], None]
) -> None:
    found: Counter[str] = Counter()
    there: Counter[str] = Counter()
    true, false = 0, list[str]()
    missed: list[str] = []
    for patient, spec in SPECS.items():
        expected, got = truth(demo, patient), called(results, patient)
        wanted = "somatic" if spec.normal else "uncertain"
        for key, (origin, fraction) in expected.items():
            group = f"{'SNV' if len(key[2]) == len(key[3]) else 'indel'} {'>= 10 %' if fraction >= 0.1 else '< 10 %'}"
            if origin == "somatic":
                there[group] += 1
                hit = got.get(key, ("", 0))[0] == wanted
                found[group] += hit
                if not hit and group == "SNV >= 10 %":
                    missed.append(f"{patient} {key} {fraction}")
            elif spec.normal and got.get(key, ("", 0))[0] != "germline":
                missed.append(f"{patient} germline {key} is {got.get(key)}")
        somatic = {key for key, (origin, _) in got.items() if origin == "somatic"}
        true += sum(expected.get(key, ("", 0))[0] == "somatic" for key in somatic)
        false += [f"{patient} {key}" for key in somatic if expected.get(key, ("", 0))[0] != "somatic"]
    recall = ", ".join(f"{group} {found[group]}/{there[group]}" for group in sorted(there, reverse=True))
    record_property("shown", f"Demo calls against the truth: recall {recall}; precision {true}/{true + len(false)}")
    # One in twenty is asked for; of so few calls twice that is chance.
    assert len(false) <= 0.1 * (true + len(false)), false
    assert not missed
    assert found["SNV >= 10 %"] == there["SNV >= 10 %"] >= 20


def test_tumor_only_calls_nothing_somatic(results: Path, demo: Path) -> None:
    calls = called(results, "demo-pancreas")
    assert "somatic" not in {origin for origin, _ in calls.values()}
    known = truth(demo, "demo-pancreas")
    inherited = [key for key, (origin, _) in known.items() if origin == "germline" and len(key[2]) == len(key[3])]
    assert len(inherited) > 5
    assert {calls.get(key, ("", 0))[0] for key in inherited} == {"uncertain"}
    with pysam.VariantFile(str(results / "annotated" / "demo-pancreas.vcf.gz")) as vcf:
        assert all(str(r.info["GM_REASON"]) for r in vcf)


def copy_states(results: Path, patient: str) -> dict[str, str]:
    with (results / "copy_number" / f"{patient}.tsv").open() as handle:
        rows = csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        return {row["gene"]: row["state"] for row in rows}


def test_copy_number_events_are_called_and_nothing_else_as_strong(results: Path) -> None:
    strong = {
        patient: {
            gene: state
            for gene, state in copy_states(results, patient).items()
            if state in ("amplification", "deep_deletion")
        }
        for patient in SPECS
    }
    assert strong.pop("demo-breast") == {"ERBB2": "amplification"}
    assert strong.pop("demo-melanoma") == {"CDKN2A": "deep_deletion"}
    assert all(not events for events in strong.values()), strong


FINDINGS = {
    "demo-melanoma": ["BRAF p.V600E", "CDKN2A"],
    "demo-lung-1": ["EGFR p.L858R", "TP53 p.R273H"],
    "demo-lung-2": ["EGFR p.E746_A750del"],
    "demo-colon": ["KRAS p.G12D", "APC p.R1450*", "TP53 p.R175H", "PIK3CA p.H1047R"],
    "demo-breast": ["ERBB2 amplification", "PIK3CA p.H1047R"],
    "demo-pancreas": ["KRAS p.G12V"],
}


@pytest.mark.parametrize("patient", FINDINGS)
def test_reports_name_the_findings_and_say_synthetic(results: Path, patient: str) -> None:
    report = json.loads((results / "reports" / f"{patient}.json").read_text())
    labels = [finding["label"] for finding in report["interpretation"]["findings"]]
    for wanted in FINDINGS[patient]:
        assert any(wanted in label for label in labels), (wanted, labels)
    assert report["synthetic"] is True
    assert (report["status"], report["failures"]) == ("draft", [])
    assert (results / "reports" / f"{patient}.pdf").read_bytes()[:5] == b"%PDF-"
    assert "synthetic" in (results / "reports" / f"{patient}.html").read_text().lower()


def test_region_without_reads_is_not_assessable(results: Path) -> None:
    report = json.loads((results / "reports" / "demo-melanoma.json").read_text())
    named = [row["what"] for row in report["interpretation"]["not_assessable"]]
    assert any(what.startswith("NRAS exon") for what in named), named
    assert any(what.startswith("STK11 exon") for what in named), named
    assert (results / "qc" / "multiqc.html").is_file()


def test_index_names_every_patient(results: Path) -> None:
    page = (results / "reports" / "index.html").read_text()
    assert all(patient in page for patient in SPECS)


def test_second_run_does_nothing_and_says_so(results: Path, demo: Path) -> None:
    files = {path: path.stat().st_mtime_ns for path in results.rglob("*") if path.is_file()}
    again = snakemake(demo.parent, demo / "config.yaml", "--quiet", "rules")
    assert again.returncode == 0, again.stderr
    assert "Nothing to be done" in again.stdout + again.stderr
    assert files == {path: path.stat().st_mtime_ns for path in results.rglob("*") if path.is_file()}


def test_intermediates_are_gone(results: Path) -> None:
    assert not list(results.rglob("*.fastq.gz"))
    assert not list((results / "aligned").rglob("lanes/**/*.bam"))


def test_duplicates_are_marked_over_lanes(results: Path) -> None:
    stats = (results / "qc" / "demo-melanoma.tumor.markdup.txt").read_text()
    counts = {name: int(n) for name, n in re.findall(r"^([A-Z ]+): (\d+)$", stats, flags=re.MULTILINE)}
    assert 0.06 < counts["DUPLICATE PAIR"] / counts["PAIRED"] < 0.11, counts


def entry_folder(demo: Path, tmp_path: Path, patient: str, rows: str) -> Path:
    (tmp_path / "patients.tsv").write_text(
        f"patient\ttumor_type\tassay\tassay_bed\n{patient}\tLUAD\tpanel\t{demo}/reference/panel.bed\n"
    )
    (tmp_path / "samples.tsv").write_text(rows)
    return write_config(tmp_path, demo / "reference")


def test_alignment_entry_gives_the_same_calls(results: Path, demo: Path, tmp_path: Path) -> None:
    """The sample names in the given files are others, as they are in the field, and one is a CRAM."""
    given = {}
    for kind, name, suffix in (("tumor", "T-17-x", "cram"), ("normal", "blood", "bam")):
        source = results / "aligned" / f"demo-lung-1.{kind}.bam"
        path = tmp_path / f"{kind}.{suffix}"
        header = pysam.samtools.view("-H", str(source)).replace(f"SM:demo-lung-1.{kind}", f"SM:{name}")
        (tmp_path / "header.sam").write_text(header)
        renamed = tmp_path / f"{kind}.renamed.bam"
        with renamed.open("wb") as handle:
            subprocess.run(["samtools", "reheader", tmp_path / "header.sam", source], stdout=handle, check=True)
        pysam.samtools.view(
            "-O", suffix, "-T", str(demo / "reference" / "genome.fa"), "-o", str(path), str(renamed), catch_stdout=False
        )
        pysam.samtools.index(str(path))
        given[kind] = path
    rows = "patient\ttype\tbam\n" + "".join(f"p1\t{kind}\t{path}\n" for kind, path in given.items())
    config = entry_folder(demo, tmp_path, "p1", rows)
    done = snakemake(
        tmp_path, config, f"{tmp_path}/results/annotated/p1.vcf.gz", f"{tmp_path}/results/copy_number/p1.tsv"
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert not (tmp_path / "results" / "aligned").exists()
    from_reads, from_given = called(results, "demo-lung-1"), called(tmp_path / "results", "p1")
    assert {key: origin for key, (origin, _) in from_given.items()} == {
        k: origin for k, (origin, _) in from_reads.items()
    }
    assert all(abs(depth - from_reads[key][1]) <= 0.05 * depth for key, (_, depth) in from_given.items())


def test_the_normals_reads_given_as_the_tumors_are_refused(results: Path, demo: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        for suffix in ("", ".bai"):
            (tmp_path / f"{name}.bam{suffix}").symlink_to(results / "aligned" / f"demo-breast.normal.bam{suffix}")
    rows = f"patient\ttype\tbam\np1\ttumor\t{tmp_path}/a.bam\np1\tnormal\t{tmp_path}/b.bam\n"
    done = snakemake(tmp_path, entry_folder(demo, tmp_path, "p1", rows), f"{tmp_path}/results/annotated/p1.vcf.gz")
    assert done.returncode != 0
    assert "carry the same sample name (SM) 'demo-breast.normal'" in done.stdout + done.stderr
    assert not (tmp_path / "results" / "calls" / "freebayes" / "p1.vcf.gz").exists()


def damaged_reads(demo: Path, tmp_path: Path, damage: str) -> list[Path]:
    paths = []
    for mate in (1, 2):
        data = (demo / "reads" / f"demo-breast.normal.L1.R{mate}.fastq.gz").read_bytes()
        path = tmp_path / f"R{mate}.fastq.gz"
        if mate == 2 and damage == "truncated":
            data = data[: len(data) // 2]
        path.write_bytes(data)
        paths.append(path)
    if damage == "unequal":
        lines = gzip.decompress(paths[1].read_bytes()).splitlines(keepends=True)
        paths[1].write_bytes(gzip.compress(b"".join(lines[:-40])))
    return paths


@pytest.mark.parametrize(
    ("damage", "said"), [("unequal", "35598 reads, but r1.fastq.gz has 35608"), ("truncated", "truncated")]
)
def test_damaged_reads_stop_before_alignment(demo: Path, tmp_path: Path, damage: str, said: str) -> None:
    first, second = damaged_reads(demo, tmp_path, damage)
    rows = f"patient\ttype\tfastq_1\tfastq_2\np1\ttumor\t{first}\t{second}\n"
    done = snakemake(tmp_path, entry_folder(demo, tmp_path, "p1", rows))
    text = done.stdout + done.stderr
    assert done.returncode != 0
    assert "R2.fastq.gz" in text
    assert said in text.lower(), text[-3000:]
    assert "Traceback" not in text
    assert not list((tmp_path / "results").rglob("*.bam"))


def test_plan_and_summary(results: Path, demo: Path) -> None:
    plan = genomodel("plan", "--patients", demo / "patients.tsv", "--samples", demo / "samples.tsv")
    assert plan.returncode == 0, plan.stderr
    assert "tumor-only" in plan.stdout
    summary = genomodel("summary", results / "reports" / "manifest.json")
    assert summary.returncode == 0, summary.stderr
    assert all(patient in summary.stdout for patient in SPECS)


def test_jobs_are_measured(results: Path) -> None:
    rules = defaultdict(float)
    for path in (results / "benchmarks").rglob("*.tsv"):
        with path.open() as handle:
            rules[path.relative_to(results / "benchmarks").parts[0]] += float(
                next(csv.DictReader(handle, delimiter="\t"))["s"]
            )
    print({rule: round(seconds, 1) for rule, seconds in sorted(rules.items(), key=lambda item: -item[1])})
    assert {"bwa", "markdup", "quality", "freebayes", "decide", "annotate", "report"} <= set(rules)
