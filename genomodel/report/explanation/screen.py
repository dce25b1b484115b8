"""The chain laid out for one screen."""

from __future__ import annotations

import textwrap

from genomodel.core.findings import EvidenceMatch
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report import words
from genomodel.report.explanation.chain import (
    chain,
    outcome,
    statement,
    statement_head,
    statements,
    title,
    without_statements,
)
from genomodel.report.explanation.find import find_subject

WIDTH, HEIGHT = 80, 45
"""Characters and lines of a screen."""
MARGIN = 14
"""Width of the column that names the link."""
MOST = 4
"""Lines that the reason of a tier or of a disposition may have on one screen."""


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
    above = wrapped(title(made, subject))
    if made.failures:
        above += wrapped(words.failed_line(made.failures))
    for name, lines in chain(made, subject):
        above += link(name, lines)
    below = [line for name, lines in outcome(made, subject) for line in link(name, lines, None if everything else MOST)]
    below += wrapped(made.research_use_only)
    room = None if everything else HEIGHT - len(above) - len(below)
    shown = []
    if subject.event is not None or subject.row is not None:
        matches = statements(subject)
        shown = _evidence(matches, room) if matches else link("evidence", [without_statements(subject)])
    return "\n".join((*above, *shown, *below)) + "\n"


def _evidence(matches: list[EvidenceMatch], room: int | None) -> list[str]:
    """Return as many statements in full as there is room for, the best one at least, and the others in a line each."""
    blocks = [link("evidence" if place == 0 else "", statement(match)) for place, match in enumerate(matches)]
    if room is None:
        return [line for block in blocks for line in block]
    full = 1
    while full < len(blocks) and sum(map(len, blocks[: full + 1])) + len(blocks) - full - 1 <= room:
        full += 1
    lines = [line for block in blocks[:full] for line in block]
    rest, free = matches[full:], max(0, room - len(lines))
    heads = rest if len(rest) <= free else rest[: max(0, free - 1)]
    lines += [f"{'':<{MARGIN}}{_cut(statement_head(match))}" for match in heads]
    left = len(rest) - len(heads)
    return lines + (link("", [f"and {words.plural(left, 'more statement')}: --all"]) if left else [])


def _cut(text: str) -> str:
    return textwrap.shorten(words.printable(text), WIDTH - MARGIN, placeholder=" ...")


def link(name: str, lines: list[str], most: int | None = None) -> list[str]:
    """Return the lines of a link behind its name; ``most`` is the number of lines that a text may have."""
    told = [part for line in lines if line for part in wrapped(words.printable(line), WIDTH - MARGIN, "  ", most)]
    shown = []
    for place, line in enumerate(told):
        # An address is of use only whole: a long one begins further to the left.
        margin = MARGIN if MARGIN + len(line) <= WIDTH or place == 0 else max(0, WIDTH - len(line))
        shown.append(f"{name if place == 0 else '':<{margin}}{line}")
    return shown


def wrapped(text: str, width: int = WIDTH, indent: str = "", most: int | None = None) -> list[str]:
    """Return a text in lines of a width; an address is never broken."""
    plain = " ".join(text.split())
    if plain.startswith(("http://", "https://")):
        return [plain]
    return textwrap.wrap(
        plain,
        width,
        subsequent_indent=indent,
        break_on_hyphens=False,
        max_lines=most,
        placeholder=" ... (--all)",
    ) or [""]
