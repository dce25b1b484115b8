"""The table of codes, and what a rule answers."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from genomodel.core.oncogenicity import CodeState


class Code(NamedTuple):
    """A row of the table of codes."""

    code: str
    key: str
    points: int
    not_with: tuple[str, ...]
    """Codes that cannot be used beside it."""
    text: str


class Answer(NamedTuple):
    """What a rule says of a variant."""

    state: CodeState
    reason: str
    source: str = ""
    points: int | None = None
    """Of a code that is met at another strength than the table's."""


@cache
def codes() -> tuple[Code, ...]:
    """Return the codes in the order of the table: oncogenic ones first, the strongest first."""
    return tuple(
        Code(
            row["code"],
            row["key"],
            int(row["points"]),
            tuple(name.rstrip("*+") for name in row["not_with"].split()),
            row["text"],
        )
        for row in rows_of("codes.tsv")
    )


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this folder."""
    lines = (files("genomodel.interpretation.oncogenicity") / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def met(reason: str, source: str = "", points: int | None = None) -> Answer:
    """Return that a code's rule holds."""
    return Answer(CodeState.MET, reason, source, points)


def not_met(reason: str, source: str = "") -> Answer:
    """Return that a code's rule does not hold, though its source was asked."""
    return Answer(CodeState.NOT_MET, reason, source)


def not_evaluated(give: str) -> Answer:
    """Return that the source is absent, with what to give."""
    return Answer(CodeState.NOT_EVALUATED, f"not evaluated: source absent: {give}")


def not_applicable(reason: str) -> Answer:
    """Return that the rule is about variants of another kind."""
    return Answer(CodeState.NOT_APPLICABLE, reason)
