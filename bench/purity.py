"""Measure purity, ploidy and loss of heterozygosity on simulated tumors of known truth; prints a table, writes JSON.

Run as ``python -m bench.purity [--tumors N]``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench.machine import machine
from genomodel.calls.copy_number.allelic import allelic_segments, with_copies
from genomodel.calls.copy_number.purity import estimate_purity_ploidy
from genomodel.core.copy_number import PurityPloidy
from genomodel.simulate.tumor_genomes import TumorGenome, TumorSettings, simulate_tumor

KINDS: dict[str, TumorSettings] = {
    "40 segments, 16 altered, 40 sites each": TumorSettings(),
    "40 segments, 6 altered": TumorSettings(altered=0.15),
    "40 segments, 16 altered, 40 % of them subclonal": TumorSettings(subclonal=0.4),
    "10 sites each, depth 60": TumorSettings(sites=10, depth=60),
    "noisy: bins 0.4, waves 0.05": TumorSettings(bin_sd=0.4, wave_sd=0.05),
    "nothing altered": TumorSettings(altered=0.0),
}
PURITIES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def measure(settings: TumorSettings, seeds: Sequence[int]) -> list[tuple[TumorGenome, PurityPloidy, int, int, int]]:
    """Return for each tumor the estimate, and the segments with an answer on loss, wrong ones, and all."""
    rows = []
    for seed in seeds:
        tumor = simulate_tumor(settings, seed)
        segments = allelic_segments(tumor.segments, tumor.sites, tumor.bins)
        found = estimate_purity_ploidy(segments, tumor.sites, bins=tumor.bins)
        told = [s.loh for s in with_copies(tumor.segments, tumor.sites, found)]
        answered = [(said, lost) for said, lost in zip(told, tumor.lost, strict=True) if said is not None]
        rows.append((tumor, found, len(answered), sum(said != lost for said, lost in answered), len(told)))
    return rows


def summarize(rows: Sequence[tuple[TumorGenome, PurityPloidy, int, int, int]]) -> dict[str, float]:
    """Return the figures of one line of the table."""
    answers = [(tumor, found) for tumor, found, *_ in rows if found.purity is not None]
    errors = [abs((found.purity or 0) - tumor.purity) for tumor, found in answers]
    held = [(f.purity_low or 0) <= tumor.purity <= (f.purity_high or 0) for tumor, f in answers]
    ploidy = [abs((found.ploidy or 0) - tumor.ploidy) for tumor, found in answers]
    ploidy_held = [(f.ploidy_low or 0) <= tumor.ploidy <= (f.ploidy_high or 0) for tumor, f in answers]
    n = len(answers)
    told, wrong = sum(row[2] for row in rows), sum(row[3] for row in rows)
    return {
        "tumors": len(rows),
        "answered": n / len(rows),
        "median_error": median(errors) if n else float("nan"),
        "largest_error": max(errors, default=float("nan")),
        "off_by_0.1": sum(e > 0.1 for e in errors),
        "held": sum(held) / n if n else float("nan"),
        "width": median((f.purity_high or 0) - (f.purity_low or 0) for _, f in answers) if n else float("nan"),
        "ploidy_error": median(ploidy) if n else float("nan"),
        "ploidy_held": sum(ploidy_held) / n if n else float("nan"),
        "loh_told": told / sum(row[4] for row in rows),
        "loh_wrong": wrong,
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tumors", type=int, default=20, help="for each kind, purity and genome")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "purity.json")
    options = parser.parse_args()
    results: list[dict[str, object]] = []
    for kind, settings in KINDS.items():
        for doubled in (False, True):
            rows = []
            for purity in PURITIES:
                own = replace(settings, purity=purity, doubled=doubled)
                seeds = [10_000 * k + int(100 * purity) for k in range(options.tumors)]
                rows += measure(own, seeds)
            line: dict[str, object] = {"kind": kind, "genome": "doubled" if doubled else "not doubled"}
            line |= summarize(rows)
            if not results:
                print("\t".join(line))
            results.append(line)
            print("\t".join(str(round(v, 3) if isinstance(v, float) else v) for v in line.values()), flush=True)
    document = {"machine": machine(), "tumors_by_purity": options.tumors, "purities": PURITIES, "results": results}
    text = json.dumps(document, indent=1).replace(": NaN", ": null")
    options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
