"""Benchmark of the hotspot assay: limits by resampling, limits of indels at real loci, speed and memory."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.hotspot_copies import copies_strata
from bench.hotspot_limits import DEPTHS, ERRORS, Stratum, resample
from bench.hotspot_real import indel_strata
from bench.hotspot_speed import measure_speed
from bench.machine import machine
from genomodel.files import write_text

OUT = Path(__file__).parent / "results" / "hotspots.json"
UNEVEN = ((100, 0.003, 0, 0.5), (1000, 0.003, 0, 0.5), (1000, 0.003, 300, 0.5), (5000, 0.001, 1000, 1.0))
"""Depth, error, depth of the normal, and variance between places over the squared mean."""


def limits(n: int) -> list[Stratum]:
    """Resample every stratum of depth and error, and some in which places of a kind differ."""
    found = [resample(depth, error, n) for depth in DEPTHS for error in ERRORS]
    return found + [resample(depth, error, n, normal=normal, spread=spread) for depth, error, normal, spread in UNEVEN]


def limits_table(found: list[Stratum]) -> Table:
    """Return the strata as a table for people."""
    table = Table(title="Limits over resamplings of one allele")
    for name in ("depth", "error", "normal", "spread", "coverage", "at limit", "worst", "limit", "ideal", "width",
                 "no error"):  # fmt: skip
        table.add_column(name, justify="right")
    for s in found:
        table.add_row(
            str(s.depth), f"{s.error:.1%}", str(s.normal_depth), f"{s.site_spread:g}", f"{s.coverage_drawn:.3f}",
            f"{s.coverage_at_limit:.3f}", f"{s.exact_worst:.4f}", f"{s.limit:.3%}", f"{s.ideal:.3%}",
            f"{s.width:.2f}", f"{s.error_free:.3%}",
        )  # fmt: skip
    return table


def _as_table(title: str, rows: Sequence[Mapping[str, object]]) -> Table:
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    return table


def main() -> None:
    """Run all parts and write ``bench/results/hotspots.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100 resamplings and small files; writes nothing")
    quick = parser.parse_args().quick
    console = Console(width=140)
    strata = limits(100 if quick else 1000)
    console.print(limits_table(strata))
    copies = copies_strata(30 if quick else 300)
    console.print(_as_table("Limits of amplicon fragments that are copies of so many molecules", copies))
    indels = indel_strata(quick=quick)
    table = Table(title="Limits of insertions and deletions at real loci, spiked reads aligned by bwa mem")
    for name in (
        "locus",
        "event",
        "length",
        "inserted",
        "reads",
        "recognized",
        "backed",
        "least coverage",
        "width",
        "known share",
    ):
        table.add_column(name, justify="left" if name in ("locus", "event") else "right")
    for row in indels:
        table.add_row(*(str(row[name]) for name in table_columns()))
    console.print(table)
    speed = measure_speed(quick=quick)
    console.print(_as_table("Speed and memory", speed))
    if not quick:
        result = {
            "machine": machine(),
            "limits": [stratum.as_row() for stratum in strata],
            "copies": copies,
            "indels": indels,
            "speed": speed,
        }
        write_text(OUT, json.dumps(result, indent=1) + "\n")


def table_columns() -> tuple[str, ...]:
    """Return the columns of the table of insertions and deletions."""
    return (
        "locus",
        "kind",
        "length",
        "inserted",
        "read_length",
        "recognized",
        "backed",
        "least_coverage",
        "width",
        "width_known_share",
    )


if __name__ == "__main__":
    main()
