from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from genomodel.cli.main import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process and return exit code, standard output and standard error."""

    def runner(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["genomodel", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return runner
