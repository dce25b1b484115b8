"""Recurrently mutated residues with tumor counts, after cancerhotspots.org v2."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from genomodel.core.findings import Hotspot
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.residue_numbers import other_number
from genomodel.resources.tables import load_table

SUBSTITUTION = re.compile(r"^([A-Z*])(\d+)([A-Z*])$")
INFRAME = re.compile(r"^([A-Z]*)(\d+)(?:_[A-Z]?(\d+))?(?:(?:delins|del|dup|ins)(?:[A-Z*]*|\d+)|([A-Z]*)>\d*[A-Z*]+)$")
"""In-frame changes, with or without the letters of the residues, and the arrows of older mutation tables."""

_LETTER_OF_PLACE = re.compile(r"[A-Z](?=\d)")
SPLICE = re.compile(r"^(?:X(\d+)_splice|[A-Z](\d+)_?splice)$")


class HotspotRow(NamedTuple):
    """A row of the table: a residue, a run of residues, or the residue at a splice site."""

    residue: str
    start: int
    end: int
    tumors: int
    alleles: dict[str, int]
    q_value: float | None


@cache
def hotspot_rows(kind: str) -> dict[str, tuple[HotspotRow, ...]]:
    """Return the rows of a kind (``single residue``, ``in-frame indel``, ``splice site``) by current symbol."""
    genes: dict[str, list[HotspotRow]] = {}
    for row in load_table("hotspots"):
        if row["kind"] != kind:
            continue
        numbers = [int(number) for number in re.findall(r"\d+", row["residue"])]
        alleles = {name: int(count) for name, _, count in (item.rpartition(":") for item in row["alleles"].split("|"))}
        genes.setdefault(current_symbol(row["gene"]), []).append(
            HotspotRow(
                residue=row["residue"],
                start=numbers[0],
                end=numbers[-1],
                tumors=int(row["tumors"]),
                alleles=alleles,
                q_value=float(row["q_value"]) if row["q_value"] else None,
            )
        )
    return {gene: tuple(rows) for gene, rows in genes.items()}


def find_hotspot(gene: str, protein_change: str, transcript: str = "") -> Hotspot | None:
    """Return the hotspot that a protein change falls on.

    Parameters
    ----------
    gene
        Gene symbol, current or former.
    protein_change
        One-letter change without ``p.``, e.g. ``V600E``, ``E746_A750del``, ``X1010_splice``. Of an in-frame change
        the residue numbers suffice: ``599_600insDFREYEY``.
    transcript
        On which the residues are counted, where known.

    Returns
    -------
    Hotspot or None
        For a substitution, the hotspot of its residue (the reference amino acid must agree), under the number of MANE
        Select or the one that the collection has. For an in-frame deletion or insertion, the hotspot region that its
        residues overlap. Frameshifts are on no hotspot.
    """
    gene = current_symbol(gene)
    if match := SUBSTITUTION.match(protein_change):
        reference, position, alternate = match.groups()
        rows = [row for row in hotspot_rows("single residue").get(gene, ()) if row.residue == f"{reference}{position}"]
        other = None if rows else other_number(gene, protein_change, transcript)
        return find_hotspot(gene, other[0]) if other is not None else _hotspot(rows, alternate)
    if match := INFRAME.match(protein_change):
        start = int(match[2])
        end = int(match[3]) if match[3] else start + max(len(match[1]), len(match[4] or ""), 1) - 1
        rows = [row for row in hotspot_rows("in-frame indel").get(gene, ()) if row.start <= end and start <= row.end]
        return _hotspot(rows, protein_change)
    if match := SPLICE.match(protein_change):
        position = match[1] or match[2]
        rows = [row for row in hotspot_rows("splice site").get(gene, ()) if row.start == int(position)]
        return _hotspot(rows, "sp")
    return None


def is_hotspot_allele(gene: str, protein_change: str) -> bool:
    """Whether tumors of the collection carry this very change, or, of in-frame indels, one of the same region."""
    hotspot = find_hotspot(gene, protein_change)
    return hotspot is not None and (hotspot.tumors_with_allele > 0 or INFRAME.match(protein_change) is not None)


def _hotspot(rows: list[HotspotRow], allele: str) -> Hotspot | None:
    if not rows:
        return None
    row = max(rows, key=lambda row: row.tumors)
    same = [count for name, count in row.alleles.items() if allele in (name, _LETTER_OF_PLACE.sub("", name))]
    return Hotspot(
        residue=row.residue,
        tumors_at_residue=row.tumors,
        tumors_with_allele=sum(same),
        q_value=row.q_value,
    )
