"""Residues of known alterations that sources count on another transcript than MANE Select, by both numbers.

MYD88 L265P, as everybody calls it, is L252P on MANE Select; an annotation of that transcript alone would not be found
under the old name. Listed are residues that evidence or the hotspot collection names, each with the place by which both
numbers were counted; nothing is shifted by a rule.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.resources.mane import mane_status, without_version

_LEADING = re.compile(r"([A-Z]\d+)(?=[A-Z*=]|fs)(?!_)")


@dataclass(frozen=True, slots=True)
class ResidueNumber:
    """One residue under two numbers."""

    gene: str
    named: str
    """As sources name it, such as ``L265``."""
    transcript: str
    """On which it has that number."""
    ensembl: str
    """Ensembl's name of it, where CIViC's HGVS names or LRG's records pair the two; empty else."""
    mane: str
    """As it is on MANE Select, such as ``L252``."""
    mane_transcript: str
    place: str
    """A base of the codon, ``GRCh37:3:38182641``."""
    source: str


@cache
def residue_numbers() -> tuple[ResidueNumber, ...]:
    """Return the table."""
    with (files("genomodel.resources") / "residue_numbers.tsv").open(encoding="utf-8") as handle:
        return tuple(ResidueNumber(**row) for row in csv.DictReader(handle, delimiter="\t"))


@cache
def _by_gene() -> dict[str, tuple[ResidueNumber, ...]]:
    found: dict[str, list[ResidueNumber]] = defaultdict(list)
    for row in residue_numbers():
        found[row.gene].append(row)
    return {gene: tuple(rows) for gene, rows in found.items()}


@cache
def other_number(gene: str, change: str, transcript: str = "") -> tuple[str, ResidueNumber] | None:
    """Return a protein change under the number that it has on another transcript, with the row that says so.

    Parameters
    ----------
    gene
        Today's symbol.
    change
        One-letter change of a residue without ``p.``, such as ``L252P`` or ``Y287*``.
    transcript
        On which it was counted: MANE Select, or without a name taken to be so; the transcript of the older number; of
        any other nothing is known.
    """
    rows = _by_gene().get(gene, ())
    residue = _LEADING.match(change) if rows else None
    if residue is None:
        return None
    rest = change[residue.end() :]
    on_mane = not transcript or mane_status(transcript) == "select"
    for row in rows:
        named_here = _is_named_on(row, transcript)
        if named_here and row.named == residue[1]:
            return row.mane + rest, row
        if on_mane and not named_here and row.mane == residue[1]:
            return row.named + rest, row
    return None


def _is_named_on(row: ResidueNumber, transcript: str) -> bool:
    """Whether a transcript is the one of the older number; its version counts where two have the same name."""
    if without_version(transcript) == without_version(row.mane_transcript):
        return transcript == row.transcript
    return bool(transcript) and without_version(transcript) in (without_version(row.transcript), row.ensembl)
