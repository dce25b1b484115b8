"""Mutation testing of what decides tiers and oncogenicity: ``make mutation``.

Every function of the modules below is changed in one place at a time by mutmut, and the tests that reach it run: a
change that no test notices has survived. The share that is noticed is the score; 80 % are wanted. Changes of words
within a sentence count as well, though nobody asserts every word. Works on a copy of the tracked files, takes about
half an hour, prints the score by module and the survivors, and writes ``bench/results/mutation.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.machine import machine
from genomodel.files import write_text

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results" / "mutation.json"
WANTED = 0.8
MODULES = (
    "genomodel/interpretation/tiers.py",
    "genomodel/interpretation/escat.py",
    "genomodel/interpretation/without_evidence.py",
    "genomodel/interpretation/conditions.py",
    "genomodel/interpretation/contradictions.py",
    "genomodel/interpretation/oncogenicity/*",
)
TESTS = ("tests/interpretation",)
TOO_SLOW = (
    "tests/interpretation/knowledge_bases",
    "tests/interpretation/test_disagreements.py",
    "tests/interpretation/test_match_builds.py",
)
"""Tests left out: they read whole releases and reach the modules no further than the others do."""
KILLED, SURVIVED, UNREACHED, SLOWED = "killed", "survived", "no test reaches it", "ran out of time"
OUTCOMES = {0: SURVIVED, 1: KILLED, 3: KILLED, 5: UNREACHED, 33: UNREACHED, 24: SLOWED, -24: SLOWED, 36: SLOWED}
"""By the exit code of the tests. A mutant that runs without end counts as noticed."""
NOTICED = (KILLED, SLOWED)


def settings(modules: Sequence[str]) -> str:
    """Return what mutmut reads from ``pyproject.toml``."""
    options = ["-q", "-p", "no:cacheprovider", "-m", "not slow", *(f"--ignore={path}" for path in TOO_SLOW)]
    lines = {
        "source_paths": ["genomodel"],
        "only_mutate": list(modules),
        "also_copy": ["genomodel", "bench", "config", "docs", "envs", "workflow", "Snakefile", "README.md", "Makefile"],
        "pytest_add_cli_args": options,
        "pytest_add_cli_args_test_selection": list(TESTS),
    }
    return "\n[tool.mutmut]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())


def copy_tracked(folder: Path) -> None:
    """Copy the tracked files of the working tree, as they are now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def mutate(folder: Path, modules: Sequence[str], workers: int) -> dict[str, dict[str, str]]:
    """Run mutmut in a copy and return the outcome of every mutant by module."""
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as handle:
        handle.write(settings(modules))
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(workers)]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    found = {path: json.loads(path.read_text()) for path in sorted((folder / "mutants").rglob("*.py.meta"))}
    outcomes = {
        str(path.relative_to(folder / "mutants")).removesuffix(".meta"): {
            name: OUTCOMES.get(code, f"exit code {code}") for name, code in meta["exit_code_by_key"].items()
        }
        for path, meta in found.items()
        if meta["exit_code_by_key"]
    }
    if done.returncode or not outcomes:
        sys.exit(f"mutmut ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return outcomes


def score(outcomes: Mapping[str, str]) -> float:
    """Return the share of mutants that some test noticed."""
    return sum(outcome in NOTICED for outcome in outcomes.values()) / len(outcomes)


def show(by_module: Mapping[str, Mapping[str, str]], console: Console) -> float:
    """Print the score by module and return that of all."""
    table = Table("module", "mutants", *NOTICED, SURVIVED, UNREACHED, "score")
    every = {name: outcome for outcomes in by_module.values() for name, outcome in outcomes.items()}
    for module, outcomes in (*by_module.items(), ("all", every)):
        counts = Counter(outcomes.values())
        figures = [str(counts[kind]) for kind in (*NOTICED, SURVIVED, UNREACHED)]
        table.add_row(module, str(len(outcomes)), *figures, f"{score(outcomes):.1%}")
    console.print(table)
    return score(every)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--module", action="append", help="Mutate this file alone; nothing is written then.")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="genomodel-mutation-") as folder:
        copy_tracked(Path(folder))
        by_module = mutate(Path(folder), options.module or MODULES, options.workers)
    total = show(by_module, console)
    console.print(f"{total:.1%} of the mutants were noticed; wanted: {WANTED:.0%}")
    left = {m: sorted(name for name, outcome in o.items() if outcome not in NOTICED) for m, o in by_module.items()}
    for names in left.values():
        console.print("\n".join(names), highlight=False)
    if not options.module:
        modules = {
            module: {"mutants": len(outcomes), "score": round(score(outcomes), 4), "left": left[module]}
            for module, outcomes in by_module.items()
        }
        text = json.dumps({"machine": machine(), "score": round(total, 4), "modules": modules}, indent=1) + "\n"
        write_text(RESULTS, text)


if __name__ == "__main__":
    main()
