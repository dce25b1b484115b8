"""Mutation testing of what decides tiers and oncogenicity: ``make mutation``.

Every function of the modules below is changed in one place at a time by mutmut, and the tests that reach it run: a
change that no test notices has survived. The share that is noticed is the score; 80 % are wanted. Changes of words
within a sentence count as well, though nobody asserts every word. Works on a copy of the last commit, prints the score
by module and the survivors, and writes ``bench/results/mutation.json``.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tarfile
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
    "genomodel/interpretation/requirements.py",
    "genomodel/interpretation/patient_facts.py",
    "genomodel/interpretation/contradictions.py",
    "genomodel/interpretation/evidence_search.py",
    "genomodel/interpretation/gene_claims.py",
    "genomodel/interpretation/rule_sets.py",
    "genomodel/interpretation/knowledge_bases/base_tiers.py",
    "genomodel/interpretation/oncogenicity/*",
)
TESTS = ("tests/interpretation",)
TOO_SLOW = (
    "tests/interpretation/knowledge_bases",
    "tests/interpretation/biomarkers",
    "tests/interpretation/test_disagreements.py",
    "tests/interpretation/test_match_builds.py",
    "tests/interpretation/test_match_alleles.py",
    "tests/interpretation/test_match_events.py",
    "tests/interpretation/test_match_logic.py",
    "tests/interpretation/test_match_residue_numbers.py",
    "tests/interpretation/test_metamorphic.py",
    "tests/interpretation/test_metamorphic_files.py",
    "tests/interpretation/test_tier_properties.py",
    "tests/interpretation/test_named_effects_matched.py",
    "tests/interpretation/test_read_file.py",
    "tests/interpretation/test_repair.py",
    "tests/interpretation/test_second_allele.py",
    "tests/interpretation/test_second_hits.py",
    "tests/interpretation/test_allelic_states.py",
    "tests/interpretation/test_trials.py",
    "tests/interpretation/test_germline_policy.py",
    "tests/interpretation/test_microsatellites.py",
    "tests/interpretation/test_depth_gaps.py",
    "tests/interpretation/test_copy_number_gaps.py",
    "tests/interpretation/test_looked_for.py",
    "tests/interpretation/test_unread.py",
    "tests/interpretation/test_splice_sites.py",
)
"""Tests left out: of other parts, or over whole tumors and releases, which would take minutes for each mutant."""
NOT_FOR_MUTANTS = (
    "tests/interpretation/test_tiers.py::test_no_tumor_type_breaks_the_grading",
    "tests/interpretation/test_interpret.py::test_every_allele_of_every_record_has_one_disposition",
    "tests/interpretation/test_oncogenicity.py::test_a_passenger_is_classified_in_less_than_50_microseconds",
    "tests/interpretation/test_textbook.py::test_agreement_with_the_textbook_is_printed",
)
"""Single tests left out: slow ones that notice nothing more, and one that measures time."""
KILLED, SURVIVED, UNREACHED, SLOWED = "killed", "survived", "no test reaches it", "ran out of time"
OUTCOMES = {0: SURVIVED, 1: KILLED, 3: KILLED, 5: UNREACHED, 33: UNREACHED, 24: SLOWED, -24: SLOWED, 36: SLOWED}
"""By the exit code of the tests. A mutant that runs without end counts as noticed."""
NOTICED = (KILLED, SLOWED)


def settings(modules: Sequence[str]) -> str:
    """Return what mutmut reads from ``pyproject.toml``."""
    lines = {
        "source_paths": ["genomodel"],
        "only_mutate": list(modules),
        "also_copy": ["genomodel", "bench", "config", "docs", "envs", "workflow", "Snakefile", "README.md", "Makefile"],
    }
    return "\n[tool.mutmut]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())


def copy_commit(folder: Path) -> str:
    """Unpack the last commit, without what is not committed yet, and return its name."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True)
    return head.stdout.strip()


GENERATE = (
    "from mutmut import __main__ as m; m.copy_src_dir(); m.copy_also_copy_files(); m.setup_source_paths(); "
    "m.create_mutants(1)"
)
"""What mutmut does before it runs tests: the copy in ``mutants`` with every mutant of a function beside it."""


def mutate(folder: Path, modules: Sequence[str], workers: int, minutes: float) -> tuple[dict[str, dict[str, str]], int]:
    """Try the mutants in a copy, in an order drawn by a seed; return the outcomes, and how many mutants there are."""
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as handle:
        handle.write(settings(modules))
    subprocess.run([sys.executable, "-c", GENERATE], cwd=folder, check=True, capture_output=True)
    outcomes = folder / "outcomes.json"
    session = [sys.executable, "-m", "bench.mutation_session", str(workers), str(minutes), str(outcomes)]
    options = ["-q", "-p", "no:cacheprovider", "-m", "not slow", *(f"--ignore={path}" for path in TOO_SLOW)]
    options += [f"--deselect={test}" for test in NOT_FOR_MUTANTS]
    done = subprocess.run(
        [*session, *options, *TESTS], cwd=folder / "mutants", check=False, capture_output=True, text=True
    )
    if done.returncode or not outcomes.is_file():
        sys.exit(f"the session ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    by_module: dict[str, dict[str, str]] = {}
    for name, code in sorted(json.loads(outcomes.read_text(encoding="utf-8")).items()):
        module = name.rpartition(".")[0].replace(".", "/") + ".py"
        by_module.setdefault(module, {})[name] = OUTCOMES.get(code, f"exit code {code}")
    metas = (folder / "mutants").rglob("*.py.meta")
    return by_module, sum(len(json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]) for meta in metas)


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
    parser.add_argument("--minutes", type=float, default=120, help="Try no further mutants after this time.")
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="genomodel-mutation-") as folder:
        commit = copy_commit(Path(folder))
        by_module, there_are = mutate(Path(folder), options.module or MODULES, options.workers, options.minutes)
    total = show(by_module, console)
    tried = sum(len(outcomes) for outcomes in by_module.values())
    console.print(f"{tried} of {there_are} mutants tried, {total:.1%} of them noticed; wanted: {WANTED:.0%}")
    left = {m: sorted(name for name, outcome in o.items() if outcome not in NOTICED) for m, o in by_module.items()}
    for names in left.values():
        console.print("\n".join(names), highlight=False)
    if not options.module:
        modules = {
            module: {"tried": len(outcomes), "score": round(score(outcomes), 4), "left": left[module]}
            for module, outcomes in by_module.items()
        }
        counts = {"score": round(total, 4), "mutants": there_are, "tried": tried}
        text = json.dumps({"machine": machine(), "commit": commit, **counts, "modules": modules}, indent=1) + "\n"
        write_text(RESULTS, text)


if __name__ == "__main__":
    main()
