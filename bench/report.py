"""Benchmark of reports: a batch of patients, one PDF, one VCF, long lists, and the cohort page in a browser.

Each measurement runs in a process of its own. Others may use the machine, so that seconds of the processor stand beside
those of the clock; the limits are for the clock of two idle cores, on which a batch takes half its processor seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

from bench.annotation import Row, measure, table_of
from bench.interpretation_files import DENSE, write_vcf
from bench.machine import cores, machine
from genomodel.batch import Case, load_tumor, run_batch
from genomodel.cases import ReportRequest, cases_of_file
from genomodel.core.report import PatientReport
from genomodel.files import write_text
from genomodel.report.cohort.page import write_index
from genomodel.report.cohort.row import CohortRow
from genomodel.report.compose import compose
from genomodel.report.pdf import render_pdf
from genomodel.report.presentation import WITHOUT_PDF
from genomodel.report.render import render_html
from genomodel.report.seal import read_report, report_json
from genomodel.workup import interpret_tumor

OUT = Path(__file__).parent / "results" / "report.json"
FILES, VARIANTS, JOBS = 50, 12, 2
"""Different VCFs that patients of a batch are made of, variants of each, and processes of a batch."""
WANTED = {"batch_seconds": 300, "pdf_seconds": 3, "cli_seconds": 5, "page_seconds": 2, "html_bytes": 1_500_000}
TUMOR_TYPES = ("LUAD", "COAD", "MEL", "BRCA")


def _cases(folder: Path, n: int) -> list[Case]:
    """Return patients of a batch, many of one file each under an id of its own."""
    first = []
    for number in range(min(n, FILES)):
        request = ReportRequest(path=folder / f"panel{number}.vcf", tumor_type=TUMOR_TYPES[number % len(TUMOR_TYPES)])
        first += cases_of_file(request)
    return [
        case.model_copy(update={"patient": case.patient.model_copy(update={"id": f"P{number:04d}"})})
        for number, case in ((number, first[number % len(first)]) for number in range(n))
    ]


def interpret_alone(folder: Path, n: int) -> int:
    """Read and interpret the patients without a report: what the batch is compared to."""
    return len([interpret_tumor(load_tumor(case)) for case in _cases(folder, n)])


def report_batch(folder: Path, n: int) -> int:
    """Write HTML, JSON and the table of records of the patients, and the cohort page."""
    out = folder / "reports"
    records = list(run_batch(_cases(folder, n), out, jobs=JOBS, show=WITHOUT_PDF))
    rows = [record.row for record in records if record.error is None]
    write_index(rows, out / "index.html")
    write_text(folder / "rows.json", json.dumps([json.loads(row.to_json()) for row in rows]))
    return len(rows)


WORK: dict[str, Callable[[Path, int], int]] = {"interpreted alone": interpret_alone, "reported": report_batch}


def run_child(name: str, folder: Path, n: int) -> str:
    """Do one piece of work and return how much came of it, and the most memory of one process in MB."""
    done = WORK[name](folder, n)
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return f"{done} {round(most / 1024)}"


def measure_batches(folder: Path, sizes: tuple[int, ...]) -> list[Row]:
    """Measure batches of several sizes beside interpretation alone of the first size.

    Raises
    ------
    RuntimeError
        A patient got no report.
    """
    rows: list[Row] = []
    alone, reported = WORK
    for name, n in ((alone, sizes[0]), *((reported, size) for size in sizes)):
        out = folder / "out"
        found = measure([sys.executable, "-m", "bench.report", "--child", name, str(folder), str(n)], out)
        done, most = out.read_text(encoding="utf-8").split()
        if int(done) != n:
            raise RuntimeError(f"{name}: {done} of {n} patients")
        rows.append({"work": name, "patients": n, **found, "memory_mb": int(most)})
    least = float(rows[0]["cpu_seconds"]) / sizes[0]
    return [
        {
            **row,
            "cpu_per_patient": round(float(row["cpu_seconds"]) / int(row["patients"]), 3),
            "times_interpretation": round(float(row["cpu_seconds"]) / int(row["patients"]) / least, 1),
        }
        for row in rows
    ]


def _least(work: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Return seconds of clock and processor of the quickest of several runs."""
    found = []
    for _ in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - clock, time.process_time() - processor))
    return min(found)


def measure_forms(folder: Path) -> list[Row]:
    """Measure the forms of one report, each beside its HTML."""
    report = read_report(folder / "reports" / "P0000.json")
    made = {"html": lambda: render_html(report), "json": lambda: report_json(report), "pdf": lambda: render_pdf(report)}
    times = {name: _least(work) for name, work in made.items()}
    return [
        {
            "form": name,
            "seconds": round(clock, 3),
            "cpu_seconds": round(processor, 3),
            "times_html": round(processor / max(times["html"][1], 1e-6), 1),
        }
        for name, (clock, processor) in times.items()
    ]


def measure_cli(folder: Path) -> list[Row]:
    """Measure ``genomodel report`` on one VCF in a new process, beside ``genomodel --help``: the quicker of two."""
    program = [str(Path(sys.executable).with_name("genomodel"))]
    vcf = ["report", str(folder / "panel0.vcf"), "--tumor-type", "LUAD", "--out", str(folder / "one")]
    named = {"help": ["--help"], "report": vcf, "report --no-pdf": [*vcf, "--no-pdf"]}
    found = {name: [measure([*program, *words], folder / "out") for _ in range(2)] for name, words in named.items()}
    return [{"command": name, **min(runs, key=lambda run: float(run["seconds"]))} for name, runs in found.items()]


def measure_lists(folder: Path) -> list[Row]:
    """Measure pages of long lists of records."""
    report = read_report(folder / "reports" / "P0000.json")
    rows: list[Row] = []
    for n in (VARIANTS, 5_000, 100_000):
        longer = _with_records(report, n)
        start = time.perf_counter()
        size = len(render_html(longer).encode())
        rows.append({"records": n, "html_bytes": size, "seconds": round(time.perf_counter() - start, 2)})
    return rows


def _with_records(report: PatientReport, n: int) -> PatientReport:
    found = report.interpretation
    each = n // max(len(found.dispositions), 1) + 1
    dispositions = tuple(
        item.model_copy(update={"record": number})
        for number, item in enumerate((found.dispositions * each)[:n], start=1)
    )
    others = (found.other_variants * (each + 1))[: n // 2]
    longer = found.model_copy(update={"dispositions": dispositions, "other_variants": others, "n_records": n})
    return compose(report.model_copy(update={"interpretation": longer}))


def measure_page(folder: Path) -> Row:
    """Write the cohort page of the largest batch and open it in a browser, where there is one."""
    rows = [CohortRow.model_validate(row) for row in json.loads((folder / "rows.json").read_text(encoding="utf-8"))]
    page = folder / "reports" / "index.html"
    clock, processor = _least(lambda: write_index(rows, page))
    row: Row = {"patients": len(rows), "made_seconds": round(clock, 2), "made_cpu": round(processor, 2)}
    row["bytes"] = page.stat().st_size
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return row
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        loads, filters = [], []
        for _ in range(5):
            tab = started.new_page()
            tab.goto(page.as_uri(), wait_until="load")
            loads.append(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            filters.append(tab.evaluate(FILTER))
            tab.close()
        started.close()
    return {**row, "load_ms": round(sorted(loads)[2]), "first_filter_ms": round(sorted(filters)[2])}


FILTER = """() => new Promise((done) => {
  const start = performance.now(), field = document.getElementById("filter");
  field.value = "p01";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start), 0));
})"""
"""Until the rows that fit are drawn."""


def main() -> None:
    """Make the patients, measure, print, and write ``bench/results/report.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 and 30 patients; writes nothing")
    parser.add_argument("--child", nargs=3, metavar=("WORK", "FOLDER", "N"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(run_child(options.child[0], Path(options.child[1]), int(options.child[2])))
        return
    load, console = os.getloadavg()[0], Console(width=140)
    with tempfile.TemporaryDirectory(prefix="genomodel-bench-report-") as name:
        folder = Path(name)
        for number in range(FILES):
            write_vcf(folder / f"panel{number}.vcf", VARIANTS, DENSE, seed=number, drivers_alone=True)
        batches = measure_batches(folder, (10, 30) if options.quick else (100, 1000))
        console.print(table_of(batches, f"Batches, load average {load:.1f} on {cores()} cores; wanted {WANTED}"))
        results = {"batches": batches, "forms": measure_forms(folder), "cli": measure_cli(folder)}
        results |= {"lists": measure_lists(folder), "cohort_page": [measure_page(folder)]}
    for title in ("forms", "cli", "lists", "cohort_page"):
        console.print(table_of(results[title], title.replace("_", " ").capitalize()))
    if not options.quick:
        about = {"machine": machine(), "load_average": round(load, 1), "wanted": WANTED}
        write_text(OUT, json.dumps({**about, **results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
