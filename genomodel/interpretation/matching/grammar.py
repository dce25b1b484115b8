"""The text form of profiles: ``hotspot & !KRAS/mutation | allele:V600E``.

profile   = all { "|" all }
all       = not { "&" not }
not       = "!" not | "(" profile ")" | criterion
criterion = [ GENE "/" ] kind [ ":" value ]
"""

from __future__ import annotations

import re

from genomodel.core.errors import InputError
from genomodel.core.knowledge import Criterion, Operator, Profile
from genomodel.interpretation.matching.registry import check_criterion

_TOKEN = re.compile(r"\s*([|&!()]|[^|&!()\s][^|&!()]*)")
_GENE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
SIGNS = frozenset("|&!()")
DEEPEST = 50
"""Parentheses and negations within each other that are read; more is no rule that anybody wrote."""


def parse_rule(text: str, gene: str = "", former_symbols: tuple[str, ...] = ()) -> Profile:
    """Return the profile of a rule.

    Parameters
    ----------
    text
        Criteria joined by ``|`` (any), ``&`` (all) and ``!`` (not), which bind in this order from loose to tight, and
        parentheses. A criterion is ``kind`` or ``kind:value``, with ``GENE/`` before it where it is of another gene.
    gene, former_symbols
        Of the criteria that name no gene.

    Raises
    ------
    InputError
        The text is no such expression, or a criterion has no registered kind or not the value that the kind asks for.
    """
    tokens = [match[1].strip() for match in _TOKEN.finditer(text)]
    reader = _Reader(text, tokens, gene, former_symbols)
    profile = reader.any_of(0)
    if reader.tokens:
        raise InputError(f"'{text}' is no match rule: '{reader.tokens[0]}' is not expected there")
    return profile


class _Reader:
    """Recursive descent over the tokens that are left."""

    def __init__(self, text: str, tokens: list[str], gene: str, former_symbols: tuple[str, ...]) -> None:
        self.text = text
        self.tokens = tokens
        self.gene = gene
        self.former_symbols = former_symbols

    def any_of(self, depth: int) -> Profile:
        parts = [self.all_of(depth)]
        while self._takes("|"):
            parts.append(self.all_of(depth))
        return Profile.join(Operator.ANY, tuple(parts))

    def all_of(self, depth: int) -> Profile:
        parts = [self.one(depth)]
        while self._takes("&"):
            parts.append(self.one(depth))
        return Profile.join(Operator.ALL, tuple(parts))

    def one(self, depth: int) -> Profile:
        if depth > DEEPEST:
            raise InputError(f"'{self.text[:60]}' is no match rule: more than {DEEPEST} levels")
        if self._takes("!"):
            return Profile.join(Operator.NOT, (self.one(depth + 1),))
        if self._takes("("):
            inner = self.any_of(depth + 1)
            if not self._takes(")"):
                raise InputError(f"'{self.text}' is no match rule: a parenthesis is not closed")
            return inner
        if not self.tokens or self.tokens[0] in SIGNS:
            found = f"before '{self.tokens[0]}'" if self.tokens else "at the end"
            raise InputError(f"'{self.text}' is no match rule: a criterion is missing {found}")
        return Profile.of(self._criterion(self.tokens.pop(0)))

    def _takes(self, sign: str) -> bool:
        if not self.tokens or self.tokens[0] != sign:
            return False
        self.tokens.pop(0)
        return True

    def _criterion(self, text: str) -> Criterion:
        head, colon, value = text.partition(":")
        named, slash, kind = head.partition("/")
        if not slash:
            own = Criterion(gene=self.gene, former_symbols=self.former_symbols, kind=head, value=value)
        elif _GENE.fullmatch(named):
            former = self.former_symbols if named == self.gene else ()
            own = Criterion(gene=named, former_symbols=former, kind=kind, value=value)
        else:
            raise InputError(f"'{named}' is no gene symbol", fix="Write GENE/kind:value")
        if colon and not value:
            raise InputError(f"'{text}' has no value after the colon")
        check_criterion(own)
        return own
