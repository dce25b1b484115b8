"""Which of several consequences is reported."""

from __future__ import annotations

from genomodel.annotation.dialects.base import MANE_SELECT, Effect
from genomodel.annotation.terms import OUTSIDE_TRANSCRIPT, severity
from genomodel.core.variants import PROTEIN_CHANGING, Consequence
from genomodel.resources.mane import is_mane_select


def choose_consequence(effects: tuple[Effect, ...]) -> tuple[Consequence | None, tuple[Consequence, ...]]:
    """Return the consequence to report and all the others, in their order.

    The rule, each step deciding only among equals of the one before: in a transcript rather than beside it, where
    some effect changes a protein; the annotator's own pick (``PICK``); MANE Select (as annotated, else by the
    transcript's name), then MANE Plus Clinical, then canonical; the most severe term; a protein-coding transcript; a
    stated protein change; the order of the file. A variant that hits no gene has none.
    """
    hits = [effect for effect in effects if effect.consequence.gene]
    if not hits:
        return None, tuple(effect.consequence for effect in effects)
    changing = any(effect.consequence.variant_class in PROTEIN_CHANGING for effect in hits)
    best = min(range(len(hits)), key=lambda index: _rank(hits[index], index, changing))
    chosen = hits[best]
    return chosen.consequence, tuple(effect.consequence for effect in effects if effect is not chosen)


def _rank(effect: Effect, index: int, changing: bool) -> tuple[bool, bool, int, int, bool, bool, int]:
    terms = effect.consequence.terms
    return (
        changing and all(term in OUTSIDE_TRANSCRIPT for term in terms),
        not effect.picked,
        MANE_SELECT if is_mane_select(effect.consequence.transcript) else effect.tier,
        severity(terms),
        effect.biotype not in ("protein_coding", ""),
        not effect.consequence.protein_change,
        index,
    )
