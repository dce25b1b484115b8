"""Truncations that leave the function, whatever their class says, each with its source."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from genomodel.core.variants import Consequence
from genomodel.interpretation.matching.proteins import same_change
from genomodel.resources.gene_symbols import current_symbol


class HarmlessTruncation(NamedTuple):
    """A truncation that is known to leave the function of its gene."""

    change: str
    reason: str
    source: str

    @property
    def words(self) -> str:
        """Say that the allele takes no function, and by which source."""
        return f"a truncation that leaves the function: {self.reason} ({self.source})"


@cache
def _truncations() -> dict[str, tuple[HarmlessTruncation, ...]]:
    text = (files("genomodel.interpretation.matching") / "harmless_truncations.tsv").read_text(encoding="utf-8")
    found: dict[str, tuple[HarmlessTruncation, ...]] = {}
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        gene = current_symbol(row["gene"])
        said = HarmlessTruncation(row["change"], row["reason"], f"{row['source']}, {row['source_url']}")
        found[gene] = (*found.get(gene, ()), said)
    return found


def harmless_truncation(consequence: Consequence | None) -> HarmlessTruncation | None:
    """Return the truncation that a consequence is, if it is one that leaves the function; else ``None``."""
    if consequence is None:
        return None
    text = consequence.protein_change or consequence.hgvs_p
    listed = _truncations().get(current_symbol(consequence.gene), ())
    return next((one for one in listed if same_change(one.change, text) is not None), None)
