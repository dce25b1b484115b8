from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pysam
import pytest

from bench import calling, calling_pairs
from bench.calling_pairs import FULL, QUICK, Pair, loci_for, write_sheets
from genomodel.cohort.sheets import read_cohort
from genomodel.simulate.hard import Scenario
from genomodel.simulate.hard_files import PairFiles
from genomodel.simulate.scoring import Allele, Table, TrueCall, Truth
from genomodel.simulate.truth import Kind

ROOT = Path(__file__).resolve().parents[2]
HEADER = """##fileformat=VCFv4.2
##contig=<ID=c,length=1000>
##FILTER=<ID=weak,Description="weak">
##INFO=<ID=GM_ORIGIN,Number=1,Type=String,Description="o">
##INFO=<ID=GM_P_SOMATIC,Number=1,Type=Float,Description="p">
##INFO=<ID=GM_LABELS,Number=.,Type=String,Description="l">
##INFO=<ID=GM_ENGINES,Number=.,Type=String,Description="e">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="f">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tp.normal\tp.tumor
"""
ROWS = (
    "c\t10\t.\tA\tG\t.\tPASS\tGM_ORIGIN=somatic;GM_P_SOMATIC=0.99;GM_ENGINES=mutect2,pileup\tAF\t0\t0.2\n"
    "c\t20\t.\tA\tAT\t.\tweak\tGM_ORIGIN=uncertain;GM_P_SOMATIC=0.4;GM_LABELS=confirm;GM_ENGINES=pileup\tAF\t0\t0.02\n"
    "c\t30\t.\tA\t<DEL>\t.\tPASS\tGM_ORIGIN=somatic\tAF\t0\t.\n"
)


def write_vcf(path: Path, rows: str = ROWS, header: str = HEADER) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pysam.BGZFile(str(path), "wb") as handle:
        handle.write((header + rows).encode())
    return path


def test_calls_are_read_with_what_was_decided_about_them(tmp_path: Path) -> None:
    first, second = calling.read_records(write_vcf(tmp_path / "a.vcf.gz"), "p.tumor")
    assert first.allele == Allele("c", 9, "A", "G", pytest.approx(0.2))
    assert (first.passed, first.origin, first.engines) == (True, "somatic", ("mutect2", "pileup"))
    assert (second.passed, second.labels, second.somatic) == (False, ("confirm",), pytest.approx(0.4))


def test_an_engine_without_a_filter_counts_with_all_its_candidates(tmp_path: Path) -> None:
    plain = "\n".join(line for line in HEADER.splitlines() if "GM_" not in line) + "\n"
    rows = "c\t10\t.\tA\tG\t.\tPASS\t.\tAF\t0\t0.2\nc\t20\t.\tA\tG\t.\tweak\t.\tAF\t0\t0.2\n"
    for engine in ("mutect2", "freebayes"):
        write_vcf(tmp_path / "calls" / engine / "p.vcf.gz", rows, plain)
    sets = calling.engine_sets(tmp_path, "p")
    assert {name: len(calls) for name, calls in sets.items()} == {"mutect2": 1, "freebayes, candidates only": 2}


def test_the_judge_counts_an_allele_told_in_parts_once(tmp_path: Path) -> None:
    header = HEADER.replace("##INFO=<ID=GM_O", '##FILTER=<ID=GM_part_of_allele,Description="part">\n##INFO=<ID=GM_O')
    rows = (
        "c\t10\t.\tAA\tGG\t.\tPASS\tGM_P_SOMATIC=0.99\tAF\t0\t0.2\n"
        "c\t10\t.\tA\tG\t.\tGM_part_of_allele\tGM_P_SOMATIC=0.99\tAF\t0\t0.2\n"
        "c\t30\t.\tA\tC\t.\tweak\tGM_P_SOMATIC=0.91\tAF\t0\t0.2\n"
    )
    records = calling.read_records(write_vcf(tmp_path / "a.vcf.gz", rows, header), "p.tumor")
    assert [allele.pos for allele in calling.judged(records, 0.05)] == [9, 29]
    assert [allele.alt for allele in calling.judged(records, 0.02)] == ["GG"]
    truth = Truth({"c": "A" * 1000}, (TrueCall(Allele("c", 9, "AA", "GG", 0.2), Kind.SOMATIC, "plain", "", 9),), ())
    (rate,) = calling._rates(truth, {0.05: calling.judged(records, 0.05)})
    assert (rate["calls"], rate["false"], rate["observed"]) == (2, 1, 0.5)


def hotspot(pos: int, label: str) -> TrueCall:
    return TrueCall(Allele("c", pos, "A", "AT" if pos == 19 else "G", 0.02), Kind.SOMATIC, "plain", label, 4)


def test_a_hotspot_allele_is_called_kept_to_confirm_lost_or_unseen(tmp_path: Path) -> None:
    records = calling.read_records(write_vcf(tmp_path / "a.vcf.gz"), "p.tumor")
    truths = (hotspot(9, "X A1G"), hotspot(19, "X A2G"), hotspot(99, "X A3G"), hotspot(199, "X A4G"))
    truth = Truth({"c": "A" * 1000}, truths, ())
    rows = calling.hotspots(truth, records, [True, False, False, False], {("c", 99, "A", "G")})
    assert [(row["allele"], row["fate"]) for row in rows] == [
        ("X A1G", "called"),
        ("X A2G", "confirm"),
        ("X A3G", "lost"),
        ("X A4G", "unseen"),
    ]


def test_the_jobs_of_a_step_are_added_up(tmp_path: Path) -> None:
    header = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
    for path, seconds, memory in (("mutect2/a", 8, 500), ("decide/a", 10, 90), ("bwa/p/t", 3, 70), ("bwa/p/n", 4, 60)):
        file = tmp_path / "benchmarks" / f"{path}.tsv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{header}{seconds}\t0:00:01\t{memory}\t1\t1\t1\t1\t1\t1\t{seconds / 2}\n")
    used = calling.steps(tmp_path)
    assert used["bwa"] == {"seconds": 7.0, "cpu_seconds": 3.5, "max_rss_mb": 70.0}
    # Alignment is no step of calling.
    assert calling.times_own(used, "seconds") == 2.25
    assert calling.times_own({"decide": used["decide"]}, "seconds") is None


def test_strata_compare_the_consensus_with_the_best_engine() -> None:
    found = np.array([[True, True]] * 40 + [[True, False]] * 10)
    table = Table(
        ("mutect2", "consensus"),
        found,
        np.zeros((0, 2), dtype=np.bool_),
        {
            "scenario": ["s"] * 50,
            "type": ["snv"] * 40 + ["mnv"] * 10,
            "fraction": ["low"] * 50,
            "context": ["plain"] * 50,
        },
        {"scenario": [], "type": [], "fraction": [], "context": []},
    )
    rows = {(row["dimension"], row["stratum"]): row for row in calling.strata(table)}
    assert rows["type", "snv"]["consensus_less_best"]["value"] == 0.0
    assert rows["type", "mnv"]["sets"]["consensus"]["recall"]["value"] == 0.0
    assert rows["scenario", "s"]["consensus_less_best"]["upper"] < 0


def test_scenarios_cover_what_is_claimed() -> None:
    depths = {depth for pair in FULL for depth in (pair.scenario.tumor_depth, pair.scenario.normal_depth)}
    fractions = {fraction for pair in FULL for fraction in pair.scenario.fractions}
    purities = {pair.scenario.purity for pair in FULL}
    assert min(depths) == 30
    assert max(depths) == 1000
    assert (min(fractions), max(fractions)) == (0.01, 0.5)
    assert (min(purities), max(purities)) == (0.2, 1.0)
    names = [pair.name for pair in (*FULL, *QUICK)]
    assert len(names) == len(set(names))
    assert all(max(pair.scenario.fractions) <= pair.scenario.purity for pair in (*FULL, *QUICK))


def test_the_sheets_of_a_run_are_valid(tmp_path: Path) -> None:
    files = PairFiles(tmp_path)
    for name in ("tumor.bam", "normal.bam", "tumor.bam.bai", "normal.bam.bai", "targets.bed", "ref.fa"):
        (tmp_path / name).write_text("chr1\t0\t10\tx\n")
    config = json.loads(write_sheets(FULL[0], files, "likelihood", ("pileup",)).read_text())
    assert config["calling"] == {"judge": "likelihood", "engines": ["pileup"]}
    (patient,) = read_cohort(config["patients"], config["samples"]).patients.values()
    assert patient.patient.purity == FULL[0].scenario.purity


def test_without_a_genome_the_simulators_own_is_used(tmp_path: Path) -> None:
    loci = loci_for(Pair(Scenario("own", 10, 10), 100_000), None, tmp_path)
    assert {"chr7", "chr12"} <= {locus.contig for locus in loci}
    assert all(locus.gff for locus in loci)


def test_a_failed_step_is_told_with_its_last_lines(tmp_path: Path) -> None:
    with pytest.raises(calling.InputError, match="no such thing"):
        calling_pairs._run("echo no such thing >&2; false", tmp_path / "log")


def test_an_unknown_scenario_is_named_with_those_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.calling", "--scenario", "nope"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no scenario nope; known: easy_60_30" in done.stderr
