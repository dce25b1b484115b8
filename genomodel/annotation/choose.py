"""Which of several consequences is reported.

A protein change on a MANE Select transcript goes before any pick of the annotator (``PICK``). VEP's pick may fall on
the intron of an overlapping gene, and a driver would then be listed as changing no protein; or on a transcript by which
nobody speaks of the gene, as the one of BRAF that counts V600E as V640E. A pick that changes a protein goes before all
that changes none on MANE Select, and so does a change on MANE Plus Clinical, whose transcripts are for such variants.
All others stay in ``other_consequences``.
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
    some effect changes a protein; a protein change on a MANE Select transcript (as annotated, or by its name); one
    that is the annotator's pick or stands on a MANE Plus Clinical transcript; the pick; MANE Select, then MANE Plus
    Clinical, then canonical; the most severe term; a protein-coding transcript; a stated protein change; the order of
    the file. A variant that hits no gene has none.
    """
    hits = [effect for effect in effects if effect.consequence.gene]
    if not hits:
        return None, tuple(effect.consequence for effect in effects)
    changing = any(effect.consequence.variant_class in PROTEIN_CHANGING for effect in hits)
    best = min(range(len(hits)), key=lambda index: _rank(hits[index], index, changing))
    chosen = hits[best]
    return chosen.consequence, tuple(effect.consequence for effect in effects if effect is not chosen)


def _rank(effect: Effect, index: int, changing: bool) -> tuple[bool, int, bool, int, int, bool, bool, int]:
    terms = effect.consequence.terms
    tier = _TIERS.get(mane_status(effect.consequence.transcript), effect.tier)
    standing = 2
    if effect.consequence.variant_class in PROTEIN_CHANGING:
        standing = 0 if tier == MANE_SELECT else 1 if effect.picked or tier == MANE_PLUS else 2
    return (
        changing and all(term in OUTSIDE_TRANSCRIPT for term in terms),
        standing,
        not effect.picked,
        tier,
        severity(terms),
        effect.biotype not in ("protein_coding", ""),
        not effect.consequence.protein_change,
        index,
    )
