"""Benchmark of calling small variants: ``make bench-calling``.

Simulates tumor-normal pairs with known variants and known artifacts, runs the workflow on their alignments with all
engines that are there, and writes ``bench/results/calling.json``, ``calling.svg`` and ``calling_strata.svg``.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysam
from rich.console import Console
from rich.table import Table as Printed

from bench.calling_pairs import FULL, QUICK, Pair, prepare, run_workflow
from bench.machine import machine
from genomodel.calls.consensus import CONFIRM_LOD
from genomodel.calls.engines import ENGINES
from genomodel.core.errors import InputError
from genomodel.files import write_text
from genomodel.response.evaluation_plots import Dot, dot_plot
from genomodel.simulate.hard_files import PairFiles
from genomodel.simulate.scoring import (
    Allele,
    Figure,
    Score,
    Table,
    Truth,
    best_of,
    controlled,
    difference,
    figures,
    poisson_upper,
    pooled,
    read_truth,
    score,
    tabulate,
)

ASKED = (0.01, 0.05, 0.2)
CONSENSUS, JUDGE, EITHER = "consensus", "judge", "either"
CANDIDATES = "candidates only"
DIMENSIONS = ("scenario", "type", "fraction", "context")
OWN_TIME = "mutect2"
MOST_TIMES = 3.0
PART_OF_ALLELE = "GM_part_of_allele"
CALLING_STEPS = (*ENGINES, "forced", "decide")


Place = tuple[str, int, str, str]


@dataclass(frozen=True)
class Record:
    """One allele of a VCF with what the benchmark looks at."""

    allele: Allele
    passed: bool
    part: bool
    """Whether it is a part of another record's allele, which stands for it."""
    origin: str
    somatic: float
    labels: tuple[str, ...]
    engines: tuple[str, ...]
    verdicts: tuple[str, ...] = ()
    """What engines with filters of their own said of it."""
    odds: float = math.inf
    """Log10 odds against errors."""


def _words(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(word) for word in (value if isinstance(value, tuple) else (value,)))


def read_records(path: Path, tumor: str) -> list[Record]:
    """Read the calls of an engine or of the consensus, one alternate allele a record."""
    found = []
    with pysam.VariantFile(str(path)) as vcf:
        for r in vcf:
            if not r.alts or set(str(r.alts[0])) - set("ACGT"):
                continue
            info, fraction = dict(r.info), r.samples[tumor].get("AF")
            fraction = fraction[0] if isinstance(fraction, tuple) else fraction
            found.append(
                Record(
                    Allele(r.chrom, r.start, str(r.ref), str(r.alts[0]), None if fraction is None else float(fraction)),
                    "PASS" in r.filter,
                    PART_OF_ALLELE in r.filter,
                    str(info.get("GM_ORIGIN", "")),
                    float(info.get("GM_P_SOMATIC", 0.0)),
                    _words(info.get("GM_LABELS")),
                    _words(info.get("GM_ENGINES")),
                    tuple(word.partition(":")[2] for word in _words(info.get("GM_ENGINE_FILTERS"))),
                    float(info.get("GM_TLOD", math.inf)),
                )
            )
    return found


def engine_sets(results: Path, patient: str) -> dict[str, list[Allele]]:
    """Return the calls of every engine: those that pass its own filter, or all where it has none."""
    sets = {}
    for name, engine in ENGINES.items():
        path = results / "calls" / name / f"{patient}.vcf.gz"
        if path.exists():
            records = read_records(path, f"{patient}.tumor")
            if engine.filters:
                sets[name] = [r.allele for r in records if r.passed]
            else:
                sets[f"{name}, {CANDIDATES}"] = [r.allele for r in records]
    return sets


def judged(records: Sequence[Record], asked: float) -> list[Allele]:
    """Return what the judge alone calls somatic at a false discovery rate, every allele once."""
    whole = [r for r in records if not r.part]
    keep = controlled([r.somatic for r in whole], asked)
    return [r.allele for r, kept in zip(whole, keep, strict=True) if kept]


def proposed(results: Path, patient: str) -> set[Place]:
    """Return all alleles that any engine wrote, whatever it thought of them."""
    paths = (results / "calls" / name / f"{patient}.vcf.gz" for name in (*ENGINES, "forced"))
    return {r.allele[:4] for path in paths if path.exists() for r in read_records(path, f"{patient}.tumor")}


def hotspots(
    truth: Truth, records: Sequence[Record], found: Sequence[bool], seen: Container[Place]
) -> list[dict[str, Any]]:
    """Return what became of every hotspot allele.

    It is called, kept to ``confirm``, ``lost``, ``unseen`` by all engines, or within ``errors``: no engine with filters
    passed it, and its reads are no more than errors make (log10 odds below what is kept for confirmation).
    """
    at = {r.allele[:4]: r for r in records}
    rows = []
    for true, called in zip(truth.somatic, found, strict=True):
        if true.label:
            record = at.get(true.allele[:4])
            missed = "lost" if record is not None or true.allele[:4] in seen else "unseen"
            if record is not None and "PASS" not in record.verdicts and record.odds < CONFIRM_LOD:
                missed = "errors"
            kept = "confirm" if record is not None and "confirm" in record.labels else missed
            rows.append(
                {
                    "allele": true.label,
                    "fraction": round(true.allele.fraction or 0.0, 4),
                    "molecules": true.support,
                    "fate": "called" if called else kept,
                    "engines": list(record.engines) if record else [],
                }
            )
    return rows


def steps(results: Path) -> dict[str, dict[str, float]]:
    """Return seconds, processor seconds and most memory (MB) of every step, from Snakemake's benchmarks.

    The jobs of a step are added up. Processor time is sampled, and so misses what very short processes used.
    """
    found: dict[str, dict[str, float]] = {}
    for path in sorted((results / "benchmarks").rglob("*.tsv")):
        step = path.relative_to(results / "benchmarks").parts[0]
        with path.open(newline="") as handle:
            for row in csv.DictReader(handle, delimiter="\t"):
                one = found.setdefault(step, {"seconds": 0.0, "cpu_seconds": 0.0, "max_rss_mb": 0.0})
                one["seconds"] = round(one["seconds"] + _known(row["s"]), 2)
                one["cpu_seconds"] = round(one["cpu_seconds"] + _known(row["cpu_time"]), 2)
                one["max_rss_mb"] = max(one["max_rss_mb"], _known(row["max_rss"]))
    return found


def _known(text: str) -> float:
    return 0.0 if text in ("-", "NA") else float(text)


def times_own(used: Mapping[str, Mapping[str, float]], unit: str) -> float | None:
    """Return the time of all steps of calling, in that of Mutect2's own."""
    own = used.get(OWN_TIME, {}).get(unit)
    return round(sum(step[unit] for name, step in used.items() if name in CALLING_STEPS) / own, 2) if own else None


@dataclass(frozen=True)
class Outcome:
    """All that one scenario gave."""

    table: Table
    row: dict[str, Any]


def _false_row(one: Score, megabases: float) -> dict[str, Any]:
    n = len(one.false)
    return {
        "calls": one.calls,
        "false": n,
        "false_per_mb": round(n / megabases, 2),
        "false_per_mb_upper95": round(poisson_upper(n) / megabases, 2),
        "false_by_cause": dict(sorted(Counter(f.cause for f in one.false).items())),
    }


def _rates(truth: Truth, sets: Mapping[float, Sequence[Allele]]) -> list[dict[str, Any]]:
    rows = []
    for asked, calls in sets.items():
        one = score(truth, calls)
        # Variants found, not records: an allele may be told in several.
        n = int(one.found.sum()) + len(one.false)
        rows.append(
            {
                "asked": asked,
                "calls": n,
                "false": len(one.false),
                "observed": round(len(one.false) / n, 4) if n else None,
                "upper95": round(min(1.0, poisson_upper(len(one.false)) / n), 4) if n else None,
            }
        )
    return rows


def _targeted(path: Path) -> int:
    rows = (line.split("\t") for line in path.read_text().splitlines())
    return sum(int(row[2]) - int(row[1]) for row in rows)


def measure(pair: Pair, files: PairFiles, results: Path, judge: str) -> Outcome:
    """Score all call sets of a run."""
    truth = read_truth(files.truth, files.artifacts, files.reference)
    consensus = read_records(results / "calls" / CONSENSUS / f"{pair.name}.vcf.gz", f"{pair.name}.tumor")
    sets = engine_sets(results, pair.name)
    sets[JUDGE] = judged(consensus, 0.05)
    if OWN_TIME in sets:
        sets[EITHER] = list(dict.fromkeys([*sets[OWN_TIME], *sets[JUDGE]]))
    sets[CONSENSUS] = [r.allele for r in consensus if r.passed and r.origin == "somatic"]
    scores = {name: score(truth, calls) for name, calls in sets.items()}
    table = tabulate(truth, scores, pair.name)
    told = figures(table)
    bases = _targeted(files.targets)
    used = steps(results)
    calling = sum(step["seconds"] for name, step in used.items() if name in CALLING_STEPS)
    row: dict[str, Any] = {
        "tumor_depth": pair.scenario.tumor_depth,
        "normal_depth": pair.scenario.normal_depth,
        "purity": pair.scenario.purity,
        "judge": judge,
        "targeted_bases": bases,
        "somatic": len(truth.somatic),
        "sets": {name: _row(told[name]) | _false_row(one, bases / 1e6) for name, one in scores.items()},
        "false_discovery": _rates(truth, {asked: judged(consensus, asked) for asked in ASKED}),
        "hotspots": hotspots(
            truth, consensus, scores[CONSENSUS].found.tolist(), proposed(results, pair.name)
        ),
        "steps": used,
        "calling_seconds": round(calling, 1),
        "times_mutect2": times_own(used, "seconds"),
        "times_mutect2_cpu": times_own(used, "cpu_seconds"),
        "recall_less_either": difference(table, CONSENSUS, EITHER, "recall")._asdict() if EITHER in sets else None,
        "missed": [
            {"allele": f"{t.allele.contig}:{t.allele.pos + 1}{t.allele.ref}>{t.allele.alt}",
             "fraction": round(t.allele.fraction or 0.0, 4), "context": t.context, "molecules": t.support,
             "found_by": [name for name, one in scores.items() if one.found[i]]}
            for i, t in enumerate(truth.somatic) if not scores[CONSENSUS].found[i]
        ],
        "false_calls": [
            {"allele": f"{f.allele.contig}:{f.allele.pos + 1}{f.allele.ref}>{f.allele.alt}",
             "fraction": f.allele.fraction and round(f.allele.fraction, 4), "cause": f.cause, "context": f.context}
            for f in scores[CONSENSUS].false
        ],
    }  # fmt: skip
    return Outcome(table, row)


def _row(told: Mapping[str, Figure]) -> dict[str, Any]:
    return {key: figure._asdict() for key, figure in told.items()}


def rivals(table: Table) -> list[str]:
    """Return the engines with a filter of their own, which the consensus is compared with."""
    return [name for name in table.names if name in ENGINES]


def strata(table: Table) -> list[dict[str, Any]]:
    """Return, for every stratum, the figures of all sets and the consensus less the best single engine in pairs."""
    rows = []
    for dimension in DIMENSIONS:
        for value in table.values(dimension):
            part = table.of(dimension, value)
            engines = rivals(part)
            best = best_of(part, engines) if engines else None
            told = figures(part)
            rows.append(
                {
                    "dimension": dimension,
                    "stratum": value,
                    "variants": len(part.found),
                    "sets": {
                        name: _row(told[name]) | {"false": int(part.false[:, i].sum())}
                        for i, name in enumerate(part.names)
                    },
                    "best_engine": best,
                    "consensus_less_best": difference(part, CONSENSUS, best)._asdict() if best else None,
                    "recall_less_best": difference(part, CONSENSUS, best, "recall")._asdict() if best else None,
                }
            )
    return rows


def _shared(tables: Sequence[Table]) -> list[Table]:
    """Keep the call sets that all tables have, so that they can be pooled."""
    names = [name for name in tables[0].names if all(name in t.names for t in tables)]
    columns = [[t.column(name) for name in names] for t in tables]
    return [
        Table(tuple(names), t.found[:, c], t.false[:, c], t.true_strata, t.false_strata)
        for t, c in zip(tables, columns, strict=True)
    ]


def _wanted(row: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Return what is wanted of one scenario, with the figures, and whether it holds."""
    told: list[tuple[str, bool]] = []
    less = row["recall_less_either"]
    if less:
        false, limit = row["sets"][CONSENSUS]["false"], row["sets"][OWN_TIME]["false"]
        text = f"recall less that of either of the two, {_percent(less, interval=True)}"
        told.append((text, (less["value"] or 0.0) >= 0))
        told.append((f"{false} false calls, Mutect2 {limit}", false <= limit))
    for rate in row["false_discovery"]:
        counts = f"{rate['false']} of {rate['calls']}"
        text = f"false discovery rate {rate['asked']:g} asked for, {rate['observed'] or 0:g} observed ({counts})"
        told.append((text, (rate["observed"] or 0.0) <= rate["asked"]))
    lost = [hot["allele"] for hot in row["hotspots"] if hot["fate"] == "lost"]
    told.append((f"hotspot alleles lost: {', '.join(lost) or 'none'}", not lost))
    times = row["times_mutect2"]
    if times:
        told.append((f"{times:g} times Mutect2's own time", times <= MOST_TIMES))
    return told


def verdicts(report: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Return what is wanted of the consensus, in words with the figures, and whether it holds."""
    told = [(f"{name}: {text}", holds) for name, row in report["scenarios"].items() for text, holds in _wanted(row)]
    worse = [
        f"{one['dimension']} {one['stratum']} ({_percent(one['consensus_less_best'], interval=True)})"
        for one in report["strata"]
        if one["consensus_less_best"] and (one["consensus_less_best"]["upper"] or 0.0) < 0
    ]
    return [*told, (f"strata in which F1 is below the best engine's: {'; '.join(worse) or 'none'}", not worse)]


def _percent(figure: Mapping[str, float | None], *, interval: bool = False) -> str:
    value, lower, upper = figure["value"], figure["lower"], figure["upper"]
    if value is None or lower is None or upper is None:
        return "–"
    return f"{value:.3f}" + (f" ({lower:.3f}–{upper:.3f})" if interval else "")


def show(report: Mapping[str, Any], console: Console) -> None:
    """Print the tables."""
    for name, row in report["scenarios"].items():
        out = Printed(
            title=f"{name}: {row['somatic']} somatic variants on {row['targeted_bases'] / 1000:.0f} kb, decided by "
            f"{row['judge']}, {row['calling_seconds']:.0f} s, {row['times_mutect2'] or '–'} x Mutect2"
        )
        for column in ("calls of", "recall", "precision", "F1 (95 % interval)", "false", "per Mb (upper 95 %)"):
            out.add_column(column, justify="left" if column == "calls of" else "right")
        for set_name, one in row["sets"].items():
            out.add_row(
                set_name,
                _percent(one["recall"]),
                _percent(one["precision"]),
                _percent(one["f1"], interval=True),
                str(one["false"]),
                f"{one['false_per_mb']:.1f} ({one['false_per_mb_upper95']:.1f})",
            )
        console.print(out)
        asked = ", ".join(
            f"{r['asked']:g}: {r['observed']} ({r['false']} of {r['calls']})" for r in row["false_discovery"]
        )
        fates = Counter(r["fate"] for r in row["hotspots"])
        console.print(f"false discovery asked and observed: {asked}")
        console.print(f"false by cause: {row['sets'][CONSENSUS]['false_by_cause']}")
        console.print("hotspot alleles: " + ", ".join(f"{n} {fate}" for fate, n in sorted(fates.items())))
    out = Printed(title="all scenarios, by stratum")
    for column in ("stratum", "variants", "best engine", "its F1", "consensus", "difference (95 % interval)"):
        out.add_column(column, justify="left" if column in ("stratum", "best engine") else "right")
    for one in report["strata"]:
        best = one["best_engine"]
        out.add_row(
            f"{one['dimension']}: {one['stratum']}",
            str(one["variants"]),
            best or "–",
            _percent(one["sets"][best]["f1"]) if best else "–",
            _percent(one["sets"][CONSENSUS]["f1"]),
            _percent(one["consensus_less_best"], interval=True) if best else "–",
        )
    console.print(out)
    for text, holds in verdicts(report):
        console.print(f"{'met' if holds else 'NOT MET'}: {text}")
    console.print(f"machine: {report['machine']}")


def _dot(label: str, figure: Mapping[str, float | None], *, strong: bool) -> list[Dot]:
    value = figure["value"]
    return [] if value is None else [Dot(label, value, figure["lower"], figure["upper"], strong)]


def draw(report: Mapping[str, Any], folder: Path) -> None:
    """Draw F1 by scenario and set, and the paired differences by stratum."""
    dots: list[Dot] = []
    for name, row in report["scenarios"].items():
        for set_name, one in row["sets"].items():
            if CANDIDATES not in set_name:
                dots += _dot(f"{name}, {set_name}", one["f1"], strong=set_name == CONSENSUS)
    write_text(folder / "calling.svg", str(dot_plot(dots, "F1 of call sets by scenario", "F1")) + "\n")
    compared: list[Dot] = []
    for one in report["strata"]:
        if one["consensus_less_best"]:
            compared += _dot(f"{one['dimension']}: {one['stratum']}", one["consensus_less_best"], strong=True)
    if compared:
        plot = dot_plot(
            compared, "Consensus less best single engine, by stratum", "difference of F1", marks=((0.0, "equal"),)
        )
        write_text(folder / "calling_strata.svg", str(plot) + "\n")


def run(
    pairs: Sequence[Pair],
    genome: tuple[Path, Path] | None,
    work: Path,
    judge: str,
    say: Callable[[str], None],
    *,
    decide_only: bool = False,
) -> dict[str, Any]:
    """Run all scenarios and return the report; ``decide_only`` takes what the engines of an earlier run wrote."""
    outcomes: dict[str, Outcome] = {}
    for pair in pairs:
        say(f"{pair.name}: simulate and align")
        files = prepare(pair, genome, work.absolute() / pair.name)
        say(f"{pair.name}: call")
        results = run_workflow(pair, files, judge, decide_only=decide_only)
        say(f"{pair.name}: score")
        outcomes[pair.name] = measure(pair, files, results, judge)
    whole = pooled(_shared([outcome.table for outcome in outcomes.values()]))
    told = figures(whole)
    report: dict[str, Any] = {
        "machine": machine(),
        "judge": judge,
        "scenarios": {name: outcome.row for name, outcome in outcomes.items()},
        "all": {name: _row(told[name]) for name in whole.names},
        "strata": strata(whole),
    }
    report["verdicts"] = [{"wanted": text, "met": holds} for text, holds in verdicts(report)]
    return report


def _genome(arguments: argparse.Namespace) -> tuple[Path, Path] | None:
    if not arguments.fasta and not arguments.gff:
        return None
    if not arguments.fasta or not arguments.gff:
        raise SystemExit("--fasta and --gff go together: give the genome and its gene models")
    return Path(arguments.fasta), Path(arguments.gff)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small scenario")
    parser.add_argument("--scenario", action="append", help="only this one; several times")
    parser.add_argument("--judge", default="varlociraptor", choices=("varlociraptor", "likelihood"))
    parser.add_argument("--decide-only", action="store_true", help="take what the engines of an earlier run wrote")
    parser.add_argument("--fasta", default=os.environ.get("GENOMODEL_BENCH_FASTA"), help="human genome, indexed")
    parser.add_argument("--gff", default=os.environ.get("GENOMODEL_BENCH_GFF"), help="its gene models, GFF3 of Ensembl")
    parser.add_argument("--work", type=Path, default=Path("results/bench-calling"))
    parser.add_argument("--out", type=Path, default=Path("bench/results"))
    arguments = parser.parse_args()
    console = Console(stderr=True)
    genome = _genome(arguments)
    known = {pair.name: pair for pair in (*FULL, *QUICK)}
    unknown = set(arguments.scenario or ()) - known.keys()
    if unknown:
        raise SystemExit(f"no scenario {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    pairs = [known[name] for name in arguments.scenario or ()] or list(QUICK if arguments.quick else FULL)
    if genome is None:
        own = [pair for pair in pairs if not pair.bases or arguments.quick]
        for pair in pairs:
            if pair not in own:
                console.print(f"left out: {pair.name}, for which --fasta and --gff name a human genome")
        pairs = own
    if not pairs:
        raise SystemExit("no scenario is left to run")
    try:
        report = run(pairs, genome, arguments.work, arguments.judge, console.print, decide_only=arguments.decide_only)
    except InputError as error:
        raise SystemExit(error.message) from None
    name = "calling.json" if not arguments.quick else "calling_quick.json"
    write_text(arguments.out / name, json.dumps(report, indent=1) + "\n")
    draw(report, arguments.out)
    show(report, Console(width=120))


if __name__ == "__main__":
    main()
