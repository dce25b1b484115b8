"""Errors written for the person who reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


class GenomodelError(Exception):
    """Base of all errors that genomodel raises on purpose."""

    exit_code = 1


class InputError(GenomodelError):
    """The user's input is wrong; the command ends with exit code 2.

    Parameters
    ----------
    what
        What is wrong, with the offending value.
    path
        The file it was found in.
    row
        1-based line number in ``path``, counting the header.
    column
        Column, field or option name.
    fix
        What the user can do about it.
    """

    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        path: str | Path | None = None,
        row: int | None = None,
        column: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.what = what
        self.path = None if path is None else str(path)
        self.row = row
        self.column = column
        self.fix = fix
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """One paragraph: where, what, and how to mend it."""
        where = self.path or ""
        if self.row is not None:
            where += f", row {self.row}" if where else f"row {self.row}"
        if self.column is not None:
            named = f"{'option' if self.column.startswith('--') else 'column'} '{self.column}'"
            where += f", {named}" if where else named
        text = f"{where}: {self.what}" if where else self.what
        return " ".join(part if part.endswith((".", "?", "!")) else part + "." for part in (text, self.fix) if part)


class InputErrors(InputError):
    """Several input errors found in one pass, reported together."""

    def __init__(self, errors: list[InputError]) -> None:
        self.errors = errors
        super().__init__("; ".join(error.message for error in errors))

    @property
    def message(self) -> str:
        """Each error on its own line."""
        return "\n".join(error.message for error in self.errors)


class MissingToolError(InputError):
    """A command-line program that a step needs is not installed."""


def each_of(error: InputError) -> list[InputError]:
    """Return the single errors of one that may stand for several."""
    return list(error.errors) if isinstance(error, InputErrors) else [error]


def placed(error: InputError, place: Callable[[InputError], InputError]) -> InputError:
    """Return an error, or each of those that it stands for, with the place that ``place`` adds."""
    found = [place(one) for one in each_of(error)]
    return found[0] if len(found) == 1 else InputErrors(found)


def raise_collected(errors: list[InputError]) -> None:
    """Raise what was collected: nothing, the one error, or all of them together."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputErrors(errors)
