"""Changes that act otherwise than most hotspot changes of their gene, so that they may not borrow their effect.

A resistance mutation lies on a hotspot as an activating one does; with too few training lines to be a feature by itself
it would pass for a sensitizing change. The table names such changes with a source each. For the model they are
themselves where enough lines have them, and otherwise none of the gene's hotspot changes.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from genomodel.core.profile import GeneAlteration
from genomodel.core.variants import VariantClass

_POSITION = re.compile(r"[A-Z](\d+)")


class UnlikeAllele(NamedTuple):
    """One row: an exact change, a codon, or in-frame insertions between two codons."""

    gene: str
    match: str
    what: str
    source: str


@cache
def unlike_alleles() -> tuple[UnlikeAllele, ...]:
    """Return the table."""
    text = (files("genomodel.profile") / "unlike_alleles.tsv").read_text(encoding="utf-8")
    return tuple(UnlikeAllele(**row) for row in csv.DictReader(text.splitlines(), delimiter="\t"))


def find_unlike(mutation: GeneAlteration) -> UnlikeAllele | None:
    """Return the row that a small variant falls under, if any."""
    for row in unlike_alleles():
        if row.gene == mutation.gene and _falls_under(mutation, row.match):
            return row
    return None


def _falls_under(mutation: GeneAlteration, match: str) -> bool:
    change = mutation.protein_change
    position = _POSITION.match(change)
    if match.startswith("insertion:"):
        first, last = (int(end) for end in match.removeprefix("insertion:").split("-"))
        inserted = mutation.variant_class is VariantClass.INFRAME_INSERTION
        return inserted and position is not None and first <= int(position[1]) <= last
    if match[-1].isdigit():
        missense = mutation.variant_class is VariantClass.MISSENSE
        return missense and re.fullmatch(rf"{match}[A-Z]", change) is not None
    return change == match
