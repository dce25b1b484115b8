"""The role that cancer genes play, after the intOGen compendium.

Martínez-Jiménez et al. 2020, doi:10.1038/s41568-020-0290-x.
"""

from __future__ import annotations

from functools import cache

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
