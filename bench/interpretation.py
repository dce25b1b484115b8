"""Benchmark of interpretation: a genome of 100,000 annotated variants, a dense one, and panels of a batch.

Each stage of a file runs in a process of its own, so that its memory is told. Others may use the machine: the limits
are for processor seconds of one core, and the ratios are to splitting the same file into records in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bench.annotation import Row, measure, table_of
from bench.interpretation_files import DENSE, GENOME, write_vcf
from bench.machine import cores, machine
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.batch import load_tumor
from genomodel.calls.vcf_text import VcfReader
from genomodel.cases import ReportRequest, cases_of_file
from genomodel.core.patients import CallingMode, Patient
from genomodel.files import write_noun, write_text
from genomodel.interpretation.interpret import interpret
from genomodel.resources.oncotree import resolve_tumor_type
from genomodel.workup import interpret_tumor, interpretation_file

OUT = Path(__file__).parent / "results" / "interpretation.json"
VARIANTS = 100_000
PANELS, PANEL_VARIANTS = 200, 40
WANTED = {"genome_cpu_seconds": 60, "genome_memory_mb": 1000, "panel_seconds": 0.1}
STAGES = ("split into records", "read as calls", "read and interpret", "the same, and write")
Panels = dict[str, float | int]


def _patient(name: str) -> Patient:
    return Patient(id=name, tumor_type=resolve_tumor_type("LUAD"), mode=CallingMode.TUMOR_NORMAL)


def run_stage(stage: str, path: Path) -> int:
    """Do one stage of the work on a file, and return how many records or outcomes it gave."""
    if stage == STAGES[0]:
        return sum(len(record.info) > 0 for record in VcfReader(path))
    if stage == STAGES[3]:
        (case,) = cases_of_file(ReportRequest(path=path, tumor_type="LUAD"))
        made = interpretation_file(interpret_tumor(load_tumor(case)))
        write_noun(path.with_suffix(".json"), made)
        return len(made.content.dispositions)
    calls = read_annotated_vcf(path, _patient("P1"))
    return len(calls.variants) if stage == STAGES[1] else len(interpret(calls, None).dispositions)


def measure_stages(name: str, path: Path, records: int, folder: Path) -> list[Row]:
    """Run every stage on a file.

    Raises
    ------
    RuntimeError
        A stage does not give as many outcomes as the file has records.
    """
    rows: list[Row] = []
    for stage in STAGES:
        out = folder / "out"
        found = measure([sys.executable, "-m", "bench.interpretation", "--child", stage, str(path)], out)
        if int(out.read_text(encoding="utf-8")) != records:
            raise RuntimeError(f"{name}, {stage}: {out.read_text(encoding='utf-8')} of {records} records")
        rows.append({"set": name, "stage": stage, "variants": records, **found})
    least = max(float(rows[0]["cpu_seconds"]), 0.1)
    return [{**row, "times_the_splitting": round(float(row["cpu_seconds"]) / least, 1)} for row in rows]


def measure_panels(folder: Path, patients: int) -> Panels:
    """Read panels of many patients, then interpret each: seconds per patient once the knowledge is loaded."""
    calls = []
    for number in range(patients):
        path = folder / f"panel{number}.vcf"
        write_vcf(path, PANEL_VARIANTS, DENSE, seed=number, drivers_alone=True)
        calls.append(read_annotated_vcf(path, _patient(f"P{number}")))
    started = time.perf_counter()
    interpret(calls[0], None)
    first = time.perf_counter() - started
    seconds = []
    for one in calls:
        started = time.process_time()
        interpret(one, None)
        seconds.append(time.process_time() - started)
    return {
        "patients": patients,
        "variants_each": PANEL_VARIANTS,
        "first_seconds": round(first, 3),
        "mean_seconds": round(sum(seconds) / len(seconds), 4),
        "worst_seconds": round(max(seconds), 4),
    }


def main() -> None:
    """Make the files, run the stages, and write ``bench/results/interpretation.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2,000 variants and 10 panels; writes nothing")
    parser.add_argument("--child", nargs=2, metavar=("STAGE", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(run_stage(options.child[0], Path(options.child[1])))
        return
    variants, patients = (2000, 10) if options.quick else (VARIANTS, PANELS)
    load = os.getloadavg()[0]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="genomodel-bench-interpretation-") as name:
        folder = Path(name)
        for kind, weights in (("genome", GENOME), ("dense", DENSE)):
            path = folder / f"{kind}.vcf"
            rows += measure_stages(kind, path, write_vcf(path, variants, weights), folder)
        panels = measure_panels(folder, patients)
    title = f"Interpretation, load average {load:.1f} on {cores()} cores; wanted of the genome {WANTED}"
    console = Console(width=140)
    console.print(table_of(rows, title))
    console.print(f"Panels, interpretation alone: {panels}")
    if not options.quick:
        about = {"machine": machine(), "load_average": round(load, 1), "wanted": WANTED}
        write_text(OUT, json.dumps({**about, "runs": rows, "panels": panels}, indent=1) + "\n")


if __name__ == "__main__":
    main()
