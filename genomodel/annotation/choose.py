"""Which of several consequences is reported.

A protein change on a MANE Select transcript goes before a pick of the annotator (``PICK``) that changes no protein.
VEP's pick may fall on the intron of an overlapping gene or on a short transcript, and a driver would then be listed as
changing no protein. A pick that does change a protein is kept. All others stay in ``other_consequences``.
"""

from __future__ import annotations

from genomodel.annotation.dialects.base import MANE_PLUS, MANE_SELECT, Effect
from genomodel.annotation.terms import OUTSIDE_TRANSCRIPT, severity
from genomodel.core.variants import PROTEIN_CHANGING, Consequence
from genomodel.resources.mane import mane_status

_TIERS = {"select": MANE_SELECT, "plus_clinical": MANE_PLUS}


def choose_consequence(effects: tuple[Effect, ...]) -> tuple[Consequence | None, tuple[Consequence, ...]]:
    """Return the consequence to report and all the others, in their order.

    The rule, each step deciding only among equals of the one before: in a transcript rather than beside it, where
    some effect changes a protein; a protein change that is the annotator's pick or stands on a MANE Select transcript
    (as annotated, or by its name); the pick; MANE Select, then MANE Plus Clinical, then canonical; the most severe
    term; a protein-coding transcript; a stated protein change; the order of the file. A variant that hits no gene has
    none.
    """
    hits = [effect for effect in effects if effect.consequence.gene]
    if not hits:
        return None, tuple(effect.consequence for effect in effects)
    changing = any(effect.consequence.variant_class in PROTEIN_CHANGING for effect in hits)
    best = min(range(len(hits)), key=lambda index: _rank(hits[index], index, changing))
    chosen = hits[best]
    return chosen.consequence, tuple(effect.consequence for effect in effects if effect is not chosen)


def _rank(effect: Effect, index: int, changing: bool) -> tuple[bool, bool, bool, int, int, bool, bool, int]:
    terms = effect.consequence.terms
    tier = _TIERS.get(mane_status(effect.consequence.transcript), effect.tier)
    return (
        changing and all(term in OUTSIDE_TRANSCRIPT for term in terms),
        effect.consequence.variant_class not in PROTEIN_CHANGING or not (effect.picked or tier == MANE_SELECT),
        not effect.picked,
        tier,
        severity(terms),
        effect.biotype not in ("protein_coding", ""),
        not effect.consequence.protein_change,
        index,
    )
