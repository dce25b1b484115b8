"""Measure purity, ploidy, loss of heterozygosity and lost parts of genes on simulated tumors of known truth.

Prints tables, writes JSON. Run as ``python -m bench.purity [--tumors N] [--only purity|parts]``; what is left out keeps
its figures.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import median

from bench.machine import machine
from genomodel.calls.copy_number.allelic import allelic_segments, with_copies
from genomodel.calls.copy_number.genes import call_genes
from genomodel.calls.copy_number.purity import estimate_purity_ploidy
from genomodel.calls.copy_number.states import Baseline
from genomodel.core.copy_number import PurityPloidy
from genomodel.simulate.tumor_genomes import (
    GeneSettings,
    TumorGenome,
    TumorSettings,
    simulate_genes,
    simulate_tumor,
)

KINDS: dict[str, TumorSettings] = {
    "40 segments, 16 altered, 40 sites each": TumorSettings(),
    "40 segments, 6 altered": TumorSettings(altered=0.15),
    "40 segments, 16 altered, 40 % of them subclonal": TumorSettings(subclonal=0.4),
    "10 sites each, depth 60": TumorSettings(sites=10, depth=60),
    "noisy: bins 0.4, waves 0.05": TumorSettings(bin_sd=0.4, wave_sd=0.05),
    "nothing altered": TumorSettings(altered=0.0),
}
NOISES: dict[str, GeneSettings] = {
    "normal": GeneSettings(),
    "2 % of the bins failed": GeneSettings(failed=0.02),
    "neighbors correlated by 0.3": GeneSettings(correlation=0.3),
    "unequal among genes": GeneSettings(unequal=0.3),
}
N_BINS, DEVIATIONS = (4, 6, 10, 20, 50), (0.15, 0.25)
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


def answers(settings: GeneSettings, seeds: Sequence[int], *, known: bool) -> tuple[Counter[str], Counter[str]]:
    """Return what was said of the genes that lost a part, and of the others."""
    lost: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    purity = PurityPloidy(purity=settings.purity, source="given") if known else None
    for seed in seeds:
        drawn = simulate_genes(settings, seed)
        calls, unanswered = call_genes(drawn.bins, drawn.segments, Baseline(purity, "female"))
        said = {call.gene: "part" if "of part" in call.note else call.state.value for call in calls}
        said |= {g: "indeterminate" if r.startswith("indeterminate") else "too noisy" for g, r in unanswered.items()}
        for gene, what in said.items():
            (lost if gene in drawn.altered else whole)[what] += 1
    return lost, whole


def measure_parts(tumors: int) -> dict[str, list[dict[str, object]]]:
    """Return false parts of genes that are alike throughout, and what is said of genes that lost half."""
    false: list[dict[str, object]] = []
    for (name, settings), deviation, n in product(NOISES.items(), DEVIATIONS, N_BINS):
        _, said = answers(replace(settings, bin_sd=deviation, bins=n), range(tumors), known=False)
        false.append({"noise": name, "sd": deviation, "bins": n, "genes": said.total(), **said})
        print(*false[-1].items(), flush=True)
    found: list[dict[str, object]] = []
    for left, purity, deviation, n, known in product((1, 0), PURITIES[1::2], DEVIATIONS, N_BINS[1:4], (False, True)):
        settings = GeneSettings(bins=n, purity=purity, left=left, bin_sd=deviation)
        said, _ = answers(settings, range(tumors), known=known)
        row = {"left": left, "purity": purity, "purity_known": known, "sd": deviation, "bins": n}
        found.append({**row, "genes": said.total(), **said})
        print(*found[-1].items(), flush=True)
    return {"alike": false, "half_lost": found}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tumors", type=int, default=20, help="for each kind, purity and genome, and each line on parts of genes"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "purity.json")
    parser.add_argument("--only", choices=("purity", "parts"))
    options = parser.parse_args()
    document = json.loads(options.out.read_text(encoding="utf-8")) if options.only and options.out.is_file() else {}
    if options.only != "parts":
        results = measure_purity(options.tumors)
        document |= {"machine": machine(), "tumors_by_purity": options.tumors, "purities": PURITIES, "results": results}
    if options.only != "purity":
        document["parts_of_genes"] = measure_parts(options.tumors)
    text = json.dumps(document, indent=1).replace(": NaN", ": null")
    options.out.write_text(text + "\n", encoding="utf-8")


def measure_purity(tumors: int) -> list[dict[str, object]]:
    """Return the lines of the table on purity, ploidy and loss of heterozygosity."""
    results: list[dict[str, object]] = []
    for kind, settings in KINDS.items():
        for doubled in (False, True):
            rows = []
            for purity in PURITIES:
                own = replace(settings, purity=purity, doubled=doubled)
                seeds = [10_000 * k + int(100 * purity) for k in range(tumors)]
                rows += measure(own, seeds)
            line: dict[str, object] = {"kind": kind, "genome": "doubled" if doubled else "not doubled"}
            line |= summarize(rows)
            if not results:
                print("\t".join(line))
            results.append(line)
            print("\t".join(str(round(v, 3) if isinstance(v, float) else v) for v in line.values()), flush=True)
    return results


if __name__ == "__main__":
    main()
