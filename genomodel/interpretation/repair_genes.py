"""Genes of DNA repair whose loss of both alleles matters, whether or not tumors select for it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from genomodel.resources.gene_symbols import current_symbol

TABLE = Path(__file__).with_name("repair_genes.tsv")
HOMOLOGOUS_RECOMBINATION = "homologous_recombination"


@dataclass(frozen=True, slots=True)
class RepairGene:
    """A gene of a way of repair, with the publication that shows what its loss does."""

    gene: str
    repair: str
    source: str
    source_url: str


@cache
def repair_genes() -> dict[str, RepairGene]:
    """Return the rows of ``repair_genes.tsv`` by current symbol."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        lines = (line for line in handle if not line.startswith("#"))
        rows = [RepairGene(**row) for row in csv.DictReader(lines, delimiter="\t")]
    return {current_symbol(row.gene): row for row in rows}


def genes_of(repair: str) -> tuple[str, ...]:
    """Return the symbols of the genes of one way of repair."""
    return tuple(sorted(gene for gene, row in repair_genes().items() if row.repair == repair))
