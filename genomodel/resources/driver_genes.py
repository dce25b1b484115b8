"""The role that cancer genes play, after the intOGen compendium and, where two must agree, Vogelstein's landscape.

Martínez-Jiménez et al. 2020, doi:10.1038/s41568-020-0290-x; Vogelstein et al. 2013, doi:10.1126/science.1235122.
"""

from __future__ import annotations

import csv
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.tables import load_table


@cache
def _roles() -> dict[str, str]:
    return {current_symbol(row["gene"]): row["role"] for row in load_table("driver_genes")}


def driver_role(gene: str) -> str | None:
    """Return ``activating``, ``loss of function`` or ``ambiguous`` for a driver gene, ``None`` for any other gene.

    Former symbols of the gene are understood.
    """
    return _roles().get(current_symbol(gene))


def driver_genes() -> frozenset[str]:
    """Return the current symbols of all driver genes."""
    return frozenset(_roles())


class RoleKind(StrEnum):
    """How sure it is what a gene does in cancer."""

    SUPPRESSOR = "tumor suppressor"
    """Bona fide: the landscape counts it among the tumor suppressors, and intOGen does not call it activating."""
    ONCOGENE = "oncogene"
    """The landscape counts it among the oncogenes or, where it is silent, intOGen calls it activating."""
    LOST = "lost in tumors"
    """intOGen alone finds it to act by loss."""
    UNCLEAR = "unclear"
    """intOGen alone, which cannot tell its role; or the two disagree."""
    NONE = "none"
    """In neither list."""


class GeneRole(NamedTuple):
    """What a gene does in cancer, and who says so."""

    kind: RoleKind
    source: str


@cache
def _landscape() -> dict[str, str]:
    """Return ``tumor suppressor`` or ``oncogene`` by current symbol."""
    lines = (files("genomodel.resources") / "landscape_roles.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {current_symbol(row["gene"]): row["role"] for row in rows}


@cache
def gene_role(gene: str) -> GeneRole:
    """Return what a gene does in cancer as both lists have it; former symbols are understood."""
    said, found = _landscape().get(current_symbol(gene)), driver_role(gene)
    source = f"Vogelstein 2013: {said or 'not listed'}; intOGen 2020: {found or 'not listed'}"
    if said is None and found is None:
        return GeneRole(RoleKind.NONE, source)
    if said == "tumor suppressor":
        return GeneRole(RoleKind.UNCLEAR if found == "activating" else RoleKind.SUPPRESSOR, source)
    if said == "oncogene":
        return GeneRole(RoleKind.UNCLEAR if found == "loss of function" else RoleKind.ONCOGENE, source)
    alone = {"loss of function": RoleKind.LOST, "activating": RoleKind.ONCOGENE}
    return GeneRole(alone.get(found or "", RoleKind.UNCLEAR), source)
