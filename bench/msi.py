"""Benchmark of microsatellite instability: ``make bench-msi``.

Draws the lengths that fragments of simulated tumors show, at three depths, three sizes of assay and three purities,
with a matched normal and without, and counts classes: right, indeterminate, wrong. Beside them stands that of a plain
rule on the same lengths, MSIsensor's: a chi-squared test at each site, false discovery rate 5 %, 10 % of the sites and
more high, below 3.5 % stable. Writes ``bench/results/msi.json``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import chi2_contingency, false_discovery_control

from bench.machine import machine
from genomodel.calls.microsatellites.baseline import BaselineSite, baseline_site
from genomodel.calls.microsatellites.job import SiteRow, against_baseline, against_normal, answer
from genomodel.calls.microsatellites.lengths import Lengths
from genomodel.calls.microsatellites.score import WITH_NORMAL, WITHOUT_NORMAL
from genomodel.core.microsatellites import InstabilityClass
from genomodel.files import write_text
from genomodel.simulate.slippage import (
    SimulatedSite,
    TumorKind,
    draw_normal,
    draw_person,
    draw_tumor,
    simulate_sites,
)

DEPTHS, SIZES, PURITIES = (100, 300, 800), (25, 120, 600), (0.2, 0.4, 0.8)
NORMALS = 20
UNSTABLE = (0.15, 0.55)
"""Share of sites that the deficient repair of a high tumor has changed, drawn from this range."""

EXTRA_SLIPPAGE = (1.5, 2.0)
MODES = ("tumor-normal", "tumor only", "plain rule")
OPEN = InstabilityClass.INDETERMINATE


@dataclass(frozen=True)
class Assay:
    """Repeats of an assay with the baseline of its normals."""

    sites: Sequence[SimulatedSite]
    baseline: Sequence[BaselineSite | None]


def make_assay(n: int, depth: float, rng: np.random.Generator) -> Assay:
    """Draw an assay and read its normals."""
    sites = simulate_sites(n, rng)
    normals = [draw_normal(sites, draw_person(sites, rng), depth, rng) for _ in range(NORMALS)]
    known = [baseline_site(place.site, [seen[i] for seen in normals], 20) for i, place in enumerate(sites)]
    return Assay(sites, known)


def classes(
    assay: Assay, kind: TumorKind, depth: float, rng: np.random.Generator, *, extra: float = 1.0
) -> dict[str, InstabilityClass]:
    """Draw one tumor with its normal and return its class by each method."""
    person = draw_person(assay.sites, rng)
    normal = draw_normal(assay.sites, person, depth, rng)
    tumor, _ = draw_tumor(assay.sites, person, kind, depth, rng, extra=extra)
    rows = [SiteRow(place.site, t, n) for place, t, n in zip(assay.sites, tumor, normal, strict=True)]
    paired = [against_normal(row, 20) for row in rows]
    alone = [against_baseline(row, known, 20) for row, known in zip(rows, assay.baseline, strict=True)]
    return {
        "tumor-normal": answer(paired, WITH_NORMAL, "", purity=kind.purity)[0].status,
        "tumor only": answer(alone, WITHOUT_NORMAL, "", purity=kind.purity)[0].status,
        "plain rule": plain_rule([(row.tumor, row.other) for row in rows]),
    }


def plain_rule(pairs: Sequence[tuple[Lengths, Lengths]]) -> InstabilityClass:
    """Return the class by chi-squared tests of whole distributions, as MSIsensor compares them."""
    p_values = []
    for tumor, normal in pairs:
        if sum(tumor.values()) < 20 or sum(normal.values()) < 20:
            continue
        lengths = sorted({*tumor, *normal})
        table = [[sample.get(length, 0) for length in lengths] for sample in (tumor, normal)]
        p_values.append(1.0 if len(lengths) == 1 else float(chi2_contingency(table, correction=False)[1]))
    if not p_values:
        return OPEN
    share = float(np.mean(false_discovery_control(p_values) < 0.05))
    if share >= WITH_NORMAL.high:
        return InstabilityClass.HIGH
    return InstabilityClass.STABLE if share < WITH_NORMAL.stable else OPEN


def stratum(
    facts: Mapping[str, Any], assays: Sequence[Assay], replicates: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return one row for each method: how many of the tumors of a stratum got which class."""
    told: dict[str, Counter[InstabilityClass]] = {mode: Counter() for mode in MODES}
    for i in range(replicates):
        unstable = float(rng.uniform(*UNSTABLE)) if facts["truth"] == "high" else 0.0
        kind = TumorKind(unstable, facts["purity"])
        found = classes(assays[i % len(assays)], kind, facts["depth"], rng, extra=facts["extra_slippage"])
        for mode, status in found.items():
            told[mode][status] += 1
    right = InstabilityClass(facts["truth"])
    return [
        {
            **facts,
            "method": mode,
            "tumors": replicates,
            "right": told[mode][right],
            "indeterminate": told[mode][OPEN],
            "wrong": replicates - told[mode][right] - told[mode][OPEN],
        }
        for mode in MODES
    ]


def run(replicates: int, seed: int) -> list[dict[str, Any]]:
    """Return all rows of the benchmark."""
    rng = np.random.default_rng(seed)
    rows = []
    for size in SIZES:
        for depth in DEPTHS:
            assays = [make_assay(size, depth, rng) for _ in range(2)]
            for purity in PURITIES:
                for truth, extra in (("stable", 1.0), ("high", 1.0), *(("stable", extra) for extra in EXTRA_SLIPPAGE)):
                    facts = {
                        "sites": size,
                        "depth": depth,
                        "purity": purity,
                        "truth": truth,
                        "extra_slippage": extra,
                    }
                    rows += stratum(facts, assays, replicates, rng)
    return rows


def pooled(rows: Sequence[Mapping[str, Any]], **facts: Any) -> tuple[int, int, int, int]:
    """Return tumors, right, indeterminate and wrong over the rows with the given facts."""
    chosen = [row for row in rows if all(row[key] == value for key, value in facts.items())]
    told = [sum(row[key] for row in chosen) for key in ("tumors", "right", "indeterminate", "wrong")]
    return told[0], told[1], told[2], told[3]


def print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print a line for each size and depth, and the sums."""
    console = Console(width=150)
    for truth, extra in (("stable", 1.0), ("high", 1.0), *(("stable", extra) for extra in EXTRA_SLIPPAGE)):
        more = "" if extra == 1.0 else f", tumor library slips {extra:g} times as much"
        table = Table(title=f"Truly {truth}{more}: right / indeterminate / WRONG", title_justify="left")
        for name in ("sites", "depth", *(f"{mode}, purity {p:g}" for mode in MODES[:2] for p in PURITIES), MODES[2]):
            table.add_column(name, justify="right")
        for size in SIZES:
            for depth in DEPTHS:
                facts = {"sites": size, "depth": depth, "truth": truth, "extra_slippage": extra}
                cells = [_cell(rows, **facts, method=mode, purity=p) for mode in MODES[:2] for p in PURITIES]
                table.add_row(str(size), str(depth), *cells, _cell(rows, **facts, method=MODES[2]))
        sums = [_cell(rows, truth=truth, extra_slippage=extra, method=m, purity=p) for m in MODES[:2] for p in PURITIES]
        table.add_row("all", "", *sums, _cell(rows, truth=truth, extra_slippage=extra, method=MODES[2]))
        console.print(table)


def _cell(rows: Sequence[Mapping[str, Any]], **facts: Any) -> str:
    _, right, still_open, wrong = pooled(rows, **facts)
    return f"{right} / {still_open} / {wrong}"


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=20, help="tumors in each stratum")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("bench/results/msi.json"))
    options = parser.parse_args()
    rows = run(options.replicates, options.seed)
    print_rows(rows)
    sums = {
        f"{mode}, truly {truth}, slippage x{extra:g}": dict(
            zip(
                ("tumors", "right", "indeterminate", "wrong"),
                pooled(rows, method=mode, truth=truth, extra_slippage=extra),
                strict=True,
            )
        )
        for mode in MODES
        for truth, extra in (("stable", 1.0), ("high", 1.0), *(("stable", extra) for extra in EXTRA_SLIPPAGE))
    }
    result = {"machine": machine(), "seed": options.seed, "sums": sums, "strata": rows}
    write_text(options.out, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
