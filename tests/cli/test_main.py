from __future__ import annotations

import pytest
import typer

from genomodel import __version__
from genomodel.cli import main as main_module
from genomodel.core.errors import InputError
from tests.cli.conftest import Run


def test_version_is_printed(run: Run) -> None:
    assert run("--version").out.strip() == f"genomodel {__version__}"


def test_an_unknown_option_exits_2(run: Run) -> None:
    outcome = run("report", "--no-such-option")
    assert outcome.code == 2
    assert "no-such-option" in outcome.err


@pytest.mark.parametrize("error", [InputError("the cell is wrong", path="a.tsv", row=3), ValueError("defect")])
def test_input_errors_exit_2_and_defects_exit_1_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    broken = typer.Typer()

    @broken.command()
    def verb() -> None:
        raise error

    monkeypatch.setattr(main_module, "collect_verbs", lambda: broken)
    outcome = run()
    assert outcome.code == (2 if isinstance(error, InputError) else 1)
    assert "Traceback" not in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


def test_tumor_types_are_listed_for_free_text(run: Run) -> None:
    outcome = run("tumor-type", "lung adeno")
    assert outcome.code == 0
    assert "LUAD" in outcome.out


def test_the_registry_is_listed_with_licences(run: Run) -> None:
    outcome = run("data", "list")
    assert outcome.code == 0
    assert "CC-BY-4.0" in outcome.out
