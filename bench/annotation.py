"""Benchmark of looking alleles up in a file of a gigabyte: seconds, processor seconds and memory, beside bcftools.

Every run is a process of its own, so that its memory is told. Others may use the machine: ratios are of processor
seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.annotation_files import Variants, bases, write_file, write_variants
from bench.machine import cores, machine
from genomodel.annotation.sources.identity import identify
from genomodel.annotation.sources.population import POPULATION
from genomodel.annotation.sources.stream import Allele, AlleleFile
from genomodel.calls.tools import find_tool
from genomodel.calls.vcf_text import VcfReader
from genomodel.files import write_text

OUT = Path(__file__).parent / "results" / "annotation.json"
GIGABYTE = 1_000_000_000
WANTED_SECONDS = 60
Row = dict[str, str | int | float]


def look_up(file: Path, variants: Path) -> int:
    """Look all variants up, name the file, and return how many it holds."""
    alleles = [Allele(r.chrom, r.pos, r.ref, r.alts[0]) for r in VcfReader(variants)]
    with AlleleFile(POPULATION, file) as opened:
        found = opened.look_up(alleles, bases)
        opened.require_own_bases()
        identify(opened)
    return len(found)


def measure(command: list[str], out: Path) -> Row:
    """Run a command to its end; return seconds by the clock and of the processor, and its most memory."""
    start, most = time.perf_counter(), 0
    with out.open("wb") as handle, subprocess.Popen(command, stdout=handle) as process:
        done, status, used = 0, 0, None
        while not done:
            most = max(most, _memory(process.pid))
            time.sleep(0.02)
            done, status, used = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or used is None:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "memory_mb": round(most / 1024),
    }


def _memory(pid: int) -> int:
    """Return the most kilobytes that a process had; what the kernel tells at its end counts its parent's too."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def compare(file: Path, name: str, variants: Variants, folder: Path) -> list[Row]:
    """Look the variants up by this package and by ``bcftools annotate``.

    Raises
    ------
    RuntimeError
        One of them does not find what the file holds.
    """
    out = folder / "out"
    ours = measure([sys.executable, "-m", "bench.annotation", "--child", str(file), str(variants.path)], out)
    found = int(out.read_text(encoding="utf-8"))
    bcftools = [str(find_tool("bcftools")), "annotate", "-a", str(file), "-c", "INFO/AF_grpmax", str(variants.path)]
    theirs = measure(bcftools, out)
    with out.open(encoding="utf-8") as handle:
        found_there = sum("\tAF_grpmax=" in line for line in handle)
    if {found, found_there} != {variants.held}:
        raise RuntimeError(f"{name}: {variants.held} variants are in the file, found {found} and {found_there}")
    ratio = round(float(theirs["cpu_seconds"]) / max(float(ours["cpu_seconds"]), 0.1), 1)
    about: Row = {"variants": variants.n, "held": variants.held}
    return [
        {"set": name, "program": "genomodel", **about, **ours, "times_faster": ratio},
        {"set": name, "program": "bcftools annotate", **about, **theirs, "times_faster": 1.0},
    ]


def table_of(rows: list[Row], title: str) -> Table:
    """Return the rows as a table for people."""
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    return table


def main() -> None:
    """Make the files, run both programs, and write ``bench/results/annotation.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a file of 10 MB and 2,000 variants; writes nothing")
    parser.add_argument("--child", nargs=2, metavar=("FILE", "VARIANTS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(look_up(*map(Path, options.child)))
        return
    size, n = (GIGABYTE // 100, 2000) if options.quick else (GIGABYTE, 100_000)
    with tempfile.TemporaryDirectory(prefix="genomodel-bench-annotation-") as name:
        folder = Path(name)
        file = folder / "population.vcf.gz"
        records = write_file(file, size)
        sets = write_variants(folder, file, n)
        load = os.getloadavg()[0]
        rows = [row for name, variants in sets.items() for row in compare(file, name, variants, folder)]
        gigabytes = file.stat().st_size / GIGABYTE
    title = f"Look-up in {records} records, {gigabytes:.2f} GB, load average {load:.1f} on {cores()} cores"
    Console(width=140).print(table_of(rows, title))
    if not options.quick:
        about = {
            "machine": machine(),
            "load_average": round(load, 1),
            "file_gb": round(gigabytes, 3),
            "records": records,
        }
        write_text(OUT, json.dumps({**about, "wanted_seconds": WANTED_SECONDS, "runs": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
