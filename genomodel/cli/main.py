"""The command ``genomodel``: collects the verbs and turns errors into exit codes."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import tempfile
import traceback
from functools import cache
from pathlib import Path
from typing import NoReturn

import typer

import genomodel.cli
from genomodel import __version__
from genomodel.core.errors import InputError

NO_VERBS = ("accession", "changes", "clinical", "main", "reads", "request", "tables")

app = typer.Typer(
    name="genomodel",
    help="From a tumor's variants to a report for the molecular tumor board. Research use only.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"genomodel {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    pass


@cache
def collect_verbs() -> typer.Typer:
    """Register the verbs of every module in ``genomodel.cli``, once; a new verb costs one file."""
    for module in pkgutil.iter_modules(genomodel.cli.__path__):
        if module.name not in NO_VERBS:
            importlib.import_module(f"genomodel.cli.{module.name}").register(app)
    return app


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(code)


def main() -> None:
    """Run the command line: 0 done, 2 the input is wrong, 1 a defect of ours."""
    try:
        collect_verbs()()
    except InputError as error:
        _fail(f"genomodel: {error.message}", 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        handle, log = tempfile.mkstemp(prefix="genomodel-", suffix=".log")
        os.close(handle)
        Path(log).write_text(traceback.format_exc(), encoding="utf-8")
        _fail(
            f"genomodel: a defect of genomodel, not of your input ({type(error).__name__}: {error}); details: {log}", 1
        )


if __name__ == "__main__":
    main()
