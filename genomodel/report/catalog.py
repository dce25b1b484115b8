"""All words of a report, by key, so that a translation or a site's own wording is a matter of tables.

The words of a language are the files ``strings/<language>/*.toml``: one table for each section or module, its keys with
their texts. A text may have places for values, as in ``"{gene} was not read"``; one that depends on a number is a table
of its own with ``one`` and ``other``, chosen by the value ``n``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from genomodel.core.errors import GenomodelError

FOLDER = Path(__file__).parent / "strings"
LANGUAGE = "en"
NUMBERS = frozenset({"one", "other"})
_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def say(key: str, **values: object) -> str:
    """Return the words of a key with the values in their places.

    Parameters
    ----------
    key
        ``section.name``.
    values
        By the names of the places. ``n`` chooses between ``one`` and ``other`` where a text has both.

    Raises
    ------
    GenomodelError
        No such key, or a value for one of its places is missing: a defect, never a matter of the input.
    """
    text = catalog().get(key)
    if text is None:
        raise GenomodelError(f"the report has no words for '{key}'")
    if isinstance(text, dict):
        text = text["one" if values.get("n") in (1, "1") else "other"]

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise GenomodelError(f"the words '{key}' need a value for '{found[1]}'")
        return str(values[found[1]])

    return _PLACE.sub(value, text)


@cache
def catalog(language: str = LANGUAGE) -> dict[str, str | dict[str, str]]:
    """Return all words of a language by key; a key that two files give is a defect."""
    words: dict[str, str | dict[str, str]] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for key, text in _flat(tomllib.loads(path.read_text(encoding="utf-8"))):
            if key in words:
                raise GenomodelError(f"the words of '{key}' are given twice, once in {path.name}")
            words[key] = text
    return words


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str | dict[str, str]]]:
    """Return the texts of a table by their dotted keys; a table of ``one`` and ``other`` is a text."""
    found: list[tuple[str, str | dict[str, str]]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, str) or set(value) == NUMBERS:
            found.append((key, value))
        else:
            found += _flat(value, f"{key}.")
    return found
