"""Names of CIViC's molecular profiles as logical expressions over names of variants.

The grammar, of which ``NAME`` is the hard part, because names hold spaces, parentheses and words such as ``and``::

    expression = operand { "AND" operand } | operand { "OR" operand }
    operand    = "NOT" operand | "(" expression ")" | NAME

A release lists its variants, and the longest listed name that ends where an operator, a parenthesis or the text does is
the one taken; where a release lists none, a name goes on to the next operator. ``AND`` and ``OR`` side by side without
parentheses are refused: CIViC composes profiles in nested groups and never writes them so, and a guess at what binds
tighter could turn a condition round.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn

from genomodel.core.knowledge import Operator

_WORD = re.compile(r"\s*((?:AND|OR|NOT)(?=[\s(]|$)|[()])")
_NAME_ENDS = re.compile(r"\s+(?:AND|OR)(?=[\s(]|$)|\s*\)|\s*$")
_JOINS = {"AND": Operator.ALL, "OR": Operator.ANY}


class ProfileSyntaxError(ValueError):
    """A profile's name is no expression; the message says where."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed name: a variant's name (``ONE``), or parts joined by an operator."""

    operator: Operator
    name: str = ""
    known: bool = True
    """Whether the release lists the name among its variants; true where it lists none at all."""
    parts: tuple[Expression, ...] = ()

    def names(self) -> tuple[Expression, ...]:
        """Return the leaves in the order of the text."""
        if self.operator is Operator.ONE:
            return (self,)
        return tuple(leaf for part in self.parts for leaf in part.names())


class NameIndex:
    """Names of a release's variants by their first word, longest first."""

    def __init__(self, names: Collection[str]) -> None:
        found: dict[str, set[str]] = defaultdict(set)
        for name in names:
            found[name.split(" ", 1)[0]].add(name.rstrip())
        self._by_word = {word: sorted(listed, key=len, reverse=True) for word, listed in found.items()}

    def __bool__(self) -> bool:
        return bool(self._by_word)

    def longest(self, text: str, start: int) -> str | None:
        """Return the longest listed name at ``start`` of ``text`` that ends where a name may end."""
        word = text[start:].split(" ", 1)[0]
        for name in self._by_word.get(word, ()):
            if text.startswith(name, start) and _NAME_ENDS.match(text, start + len(name)):
                return name
        return None


def parse_profile(text: str, names: NameIndex | None = None) -> Expression:
    """Return the expression that a profile's name writes.

    Parameters
    ----------
    text
        Name of a molecular profile.
    names
        Names of the release's variants, gene first; without them names end at the next operator.

    Raises
    ------
    ProfileSyntaxError
        The text is empty, an operand or a parenthesis is missing, or ``AND`` and ``OR`` stand side by side.
    """
    parser = _Parser(text, names or NameIndex(()))
    expression = parser.expression()
    if not parser.at_end():
        parser.fail("an operator is missing")
    return expression


class _Parser:
    def __init__(self, text: str, names: NameIndex) -> None:
        self.text = text
        self.names = names
        self.place = 0

    def fail(self, what: str) -> NoReturn:
        raise ProfileSyntaxError(f"{what} at character {self.place + 1} of '{self.text}'")

    def at_end(self) -> bool:
        return not self.text[self.place :].strip()

    def word(self) -> str | None:
        """Return the operator or parenthesis that comes next."""
        found = _WORD.match(self.text, self.place)
        return found[1] if found else None

    def take(self) -> None:
        found = _WORD.match(self.text, self.place)
        self.place = found.end() if found else self.place

    def expression(self) -> Expression:
        parts = [self.operand()]
        join: str | None = None
        while (word := self.word()) in _JOINS:
            if join not in (None, word):
                self.fail(f"{join} and {word} without parentheses")
            join = word
            self.take()
            parts.append(self.operand())
        return parts[0] if join is None else Expression(_JOINS[join], parts=tuple(parts))

    def operand(self) -> Expression:
        word = self.word()
        if word == "NOT":
            self.take()
            return Expression(Operator.NOT, parts=(self.operand(),))
        if word == "(":
            self.take()
            inside = self.expression()
            if self.word() != ")":
                self.fail("a parenthesis is not closed")
            self.take()
            return inside
        if word is not None or self.at_end():
            self.fail("a variant is missing")
        return self.name()

    def name(self) -> Expression:
        self.place += len(self.text[self.place :]) - len(self.text[self.place :].lstrip())
        listed = self.names.longest(self.text, self.place)
        end = self.place + len(listed) if listed else self._free_end()
        name = self.text[self.place : end].strip()
        self.place = end
        return Expression(Operator.ONE, name=name, known=listed is not None or not self.names)

    def _free_end(self) -> int:
        """Return where a name that no list has ends: the next operator, or a parenthesis that it did not open."""
        place = self.place
        while found := _NAME_ENDS.search(self.text, place):
            name = self.text[self.place : found.start()]
            if found[0].strip() != ")" or name.count("(") == name.count(")"):
                return found.start()
            place = found.end()
        return len(self.text)
