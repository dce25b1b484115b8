"""The chain laid out for one screen."""

from __future__ import annotations

import textwrap

from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report import words
from genomodel.report.explanation.chain import chain, outcome, statements, title
from genomodel.report.explanation.find import find_subject

WIDTH, HEIGHT = 80, 45
"""Characters and lines of a screen."""
MARGIN = 14
"""Width of the column that names the link."""


def explain(made: InterpretationFile, text: str, *, everything: bool = False) -> str:
    """Return the chain from record to tier of what a text names.

    Parameters
    ----------
    made
        The interpretation.
    text
        What to explain; see :func:`genomodel.report.explanation.find.find_subject`.
    everything
        Whether to go beyond one screen: all statements of evidence.

    Raises
    ------
    InputError
        Nothing, or more than one thing, has this name.
    """
    subject = find_subject(made, text)
    above = _wrapped(title(made, subject), "")
    if made.failures:
        above += _wrapped(words.failed_line(made.failures), "")
    for name, lines in chain(made, subject):
        above += _link(name, lines)
    below = [line for name, lines in outcome(made, subject) for line in _link(name, lines)]
    below += _wrapped(made.research_use_only, "")
    blocks = [_link("evidence" if number == 0 else "", lines) for number, lines in enumerate(statements(subject))]
    room = None if everything else HEIGHT - len(above) - len(below)
    return "\n".join((*above, *_fitting(blocks, room), *below)) + "\n"


def _fitting(blocks: list[list[str]], room: int | None) -> list[str]:
    """Return the lines of as many statements as there is room for, at least the best one, and say what is left out."""
    if not blocks:
        return _link("evidence", ["no statement matches"])
    lines: list[str] = []
    for number, block in enumerate(blocks):
        left = len(blocks) - number
        note = 0 if left == 1 else 1
        if room is not None and number and len(lines) + len(block) + note > room:
            return [*lines, *_link("", [f"and {words.plural(left, 'more statement')}: --all"])]
        lines += block
    return lines


def _link(name: str, lines: list[str]) -> list[str]:
    wrapped = [part for line in lines if line for part in _wrapped(words.printable(line), "  ", WIDTH - MARGIN)]
    return [f"{name if place == 0 else '':<{MARGIN}}{line}" for place, line in enumerate(wrapped)]


def _wrapped(text: str, indent: str, width: int = WIDTH) -> list[str]:
    plain = " ".join(text.split())
    return textwrap.wrap(plain, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
