"""Kinds of criteria: what their value looks like, what satisfies them, and when silence is no negative."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from genomodel.core.errors import InputError
from genomodel.core.knowledge import Criterion
from genomodel.interpretation.matching.alterations import Alteration, Tumor, gene_key
from genomodel.interpretation.matching.answers import Doubt, Hit, Truth

Found = Hit | Doubt | None
Matcher = Callable[[Criterion, Alteration, Tumor], Found]
"""Whether one alteration of the criterion's gene satisfies it."""
Silence = Callable[[Criterion, Tumor], str]
"""Why nothing found says nothing; empty where it is a negative."""
Whole = Callable[[Criterion, Tumor], tuple[Truth, Hit | str]]
"""Decides a criterion on the tumor or the gene as a whole: the truth, and what it rests on or what is not known."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of criterion; either ``matches`` with ``silence``, or ``whole``, decides it."""

    value: re.Pattern[str]
    matches: Matcher | None = None
    silence: Silence | None = None
    whole: Whole | None = None


KINDS: dict[str, Kind] = {}


def matcher(*names: str, silence: Silence, value: str = "") -> Callable[[Matcher], Matcher]:
    """Register a function for kinds of criteria on single alterations, whose value matches a pattern as a whole."""

    def register(function: Matcher) -> Matcher:
        for name in names:
            KINDS[name] = Kind(re.compile(value), matches=function, silence=silence)
        return function

    return register


def whole(*names: str, value: str = "") -> Callable[[Whole], Whole]:
    """Register a function for kinds of criteria on a gene or a tumor as a whole."""

    def register(function: Whole) -> Whole:
        for name in names:
            KINDS[name] = Kind(re.compile(value), whole=function)
        return function

    return register


def check_criterion(criterion: Criterion) -> None:
    """Raise unless a criterion is of a registered kind and its value of the form that the kind asks for.

    Raises
    ------
    InputError
        With the known kinds, or the form.
    """
    kind = KINDS.get(criterion.kind)
    if kind is None:
        raise InputError(f"'{criterion.kind}' is no match rule", fix=f"Known kinds: {', '.join(sorted(KINDS))}")
    if not kind.value.fullmatch(criterion.value):
        raise InputError(
            f"'{criterion.value}' is no value of '{criterion.kind}'", fix=f"It must match {kind.value.pattern}"
        )


def on_variants(criterion: Criterion, tumor: Tumor) -> str:
    """Return why the absence of small variants in a criterion's gene says nothing."""
    return tumor.assayed.silence_on_variants(criterion_gene(criterion))


def on_copies(criterion: Criterion, tumor: Tumor) -> str:
    """Return why the absence of a gain in a criterion's gene says nothing."""
    return tumor.assayed.silence_on_copies(criterion_gene(criterion))


def on_losses(criterion: Criterion, tumor: Tumor) -> str:
    """Return why the absence of a loss of all copies in a criterion's gene says nothing."""
    return tumor.assayed.silence_on_copies(criterion_gene(criterion), deep=True)


def on_variants_and_losses(criterion: Criterion, tumor: Tumor) -> str:
    """Return why the absence of small variants and of deep deletions says nothing."""
    return on_variants(criterion, tumor) or on_losses(criterion, tumor)


def on_fusions(criterion: Criterion, tumor: Tumor) -> str:
    """Return why the absence of a fusion of a criterion's gene says nothing."""
    return tumor.assayed.silence_on_fusions(criterion_gene(criterion))


def criterion_gene(criterion: Criterion) -> str:
    """Return the symbol by which what was assayed is asked."""
    return gene_key(criterion.gene)
