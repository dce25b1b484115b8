"""One session of pytest in which every mutant is tried: run by :mod:`bench.mutation` in the folder that mutmut filled.

mutmut starts pytest anew for each mutant and has it collect thousands of tests. Here the tests are collected once, run
once to learn which reach each function and how long they take, and then each mutant runs, in a fork of its own, the
tests that reach its function, fastest first, up to the first that fails. What a function does while the knowledge is
read once and remembered is reached by few tests, so that such a mutant may count as survived though more would notice.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

import genomodel

UNREACHED = 33
"""As mutmut has it, of a function that no test calls."""
AT_MOST = 0.5
"""Seconds of the processor that a test may take to be run for each mutant."""
CPU_LIMIT = 60
BROKEN = 70
"""Exit code of a fork that could not run its tests, which is no verdict."""
CONTROL = "genomodel.interpretation.conditions.x_no_function__mutmut_0"
"""A mutant that does not exist: every test has to pass in a fork of its own too."""
MAY_FAIL = 10
"""Tests that may fail in the copy without a mutant, as one that is refused time: they judge no mutant."""
SEED = 8
"""Of the order in which mutants are tried, so that those tried in a limited time are a sample of all."""
AT_LOADING = ("conditions", "requirements", "rule_sets", "base_tiers", "sources")
"""Modules whose functions work while the knowledge is read, which is remembered from then on."""


class Mutants:
    """Plugin that takes the place of pytest's loop over tests."""

    def __init__(self, names: Iterable[str], workers: int, minutes: float, outcomes: Path) -> None:
        self.names = random.Random(SEED).sample(names := sorted(names), len(names))
        self.workers = workers
        self.seconds = 60 * minutes
        self.outcomes = outcomes
        self.took: dict[str, float] = {}
        self.failing: list[str] = []
        self.reaching: defaultdict[str, list[pytest.Item]] = defaultdict(list)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once as they are, then for each mutant."""
        self._learn(session)
        if len(self.failing) > MAY_FAIL:
            sys.exit(f"{len(self.failing)} tests fail without a mutant, among them {self.failing[:5]}")
        running: dict[int, str] = {}
        done: dict[str, int] = {}
        started = time.monotonic()
        for name, items in self._tasks():
            if time.monotonic() - started > self.seconds:
                break
            if len(running) == self.workers:
                _wait(running, done)
            if not items:
                done[name] = UNREACHED
                continue
            process = os.fork()
            if process == 0:
                _try(name, items, session)
            running[process] = name
            if len(done) % 50 == 0:
                self.outcomes.write_text(json.dumps(done), encoding="utf-8")
        while running:
            _wait(running, done)
        if done.pop(CONTROL) != 0:
            sys.exit("tests fail in a fork without a mutant")
        self.outcomes.write_text(json.dumps(done), encoding="utf-8")
        return True

    def _learn(self, session: pytest.Session) -> None:
        set_mutant_under_test("stats")
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            state()._stats.clear()
            started = time.process_time()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                session.testsfailed = 0
                self.failing.append(item.nodeid)
                continue
            self.took[item.nodeid] = time.process_time() - started
            for function in state()._stats:
                self.reaching[function].append(item)
        set_mutant_under_test("")

    def _tasks(self) -> Iterator[tuple[str, list[pytest.Item]]]:
        every = {item.nodeid: item for reaching in self.reaching.values() for item in reaching}
        yield CONTROL, [item for item in every.values() if self.took[item.nodeid] <= AT_MOST]
        for name in self.names:
            reaching = self.reaching.get(mangled_name_from_mutant_name(name), [])
            quick = [item for item in reaching if self.took[item.nodeid] <= AT_MOST] or reaching
            yield name, sorted(quick, key=lambda item: self.took[item.nodeid])


def _wait(running: dict[int, str], done: dict[str, int]) -> None:
    process, status = os.wait()
    done[running.pop(process)] = os.waitstatus_to_exitcode(status)


def _try(name: str, items: list[pytest.Item], session: pytest.Session) -> None:
    """Run tests with a mutant in this fork and leave it: 0 where all pass, 1 where one fails."""
    code = BROKEN
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT + 1))
        set_mutant_under_test(name)
        _forget(name.rpartition(".")[0])
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                break
        code = int(bool(session.testsfailed))
    finally:
        os._exit(code)


def _forget(module: str) -> None:
    """Clear what functions remember of a time before the mutant."""
    package, _, last = module.rpartition(".")
    whole = last in AT_LOADING or package.endswith(".oncogenicity")
    within = "genomodel.interpretation" if last in AT_LOADING else package if whole else module
    for name, loaded in list(sys.modules.items()):
        if name == within or name.startswith(f"{within}."):
            for item in vars(loaded).values():
                if hasattr(item, "cache_clear") and getattr(item, "__module__", "").startswith(within):
                    item.cache_clear()
    rule_sets = sys.modules.get("genomodel.interpretation.rule_sets")
    if rule_sets is not None and last == "tiers":
        rule_sets.rule_set()._drugs.clear()


def main() -> None:
    """Run the session in this folder: workers, minutes at most, file of the outcomes, then pytest's own arguments."""
    workers, minutes, outcomes, *arguments = sys.argv[1:]
    if not Path(genomodel.__file__).is_relative_to(Path.cwd()):
        sys.exit(f"the package is that of {genomodel.__file__}, not the copy with the mutants")
    metas = sorted(Path("genomodel").rglob("*.py.meta"))
    names = [name for meta in metas for name in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]]
    plugin = Mutants(names, int(workers), float(minutes), Path(outcomes))
    sys.exit(int(pytest.main(["--rootdir=.", *arguments], plugins=[plugin])))


if __name__ == "__main__":
    main()
