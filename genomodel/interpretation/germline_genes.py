"""The genes whose inherited pathogenic variants are flagged, each with the source that says so."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from genomodel.core.patients import Patient
from genomodel.resources.gene_symbols import current_symbol

TABLE = Path(__file__).with_name("germline_policy.tsv")


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """What is done with the pathogenic variants of a gene."""

    gene: str
    strength: str
    """``recommended`` or ``consider``: what the source says of a follow-up."""
    tumor_only: bool
    """Whether an allele of a tumor without a normal is flagged as well."""
    loss: bool
    """Whether a loss of function is pathogenic."""
    variants: int
    """Pathogenic variants that there have to be."""
    remark: str
    source: str
    source_url: str

    @property
    def words(self) -> str:
        """The policy as a reader would say it."""
        return f"{self.strength}: {self.remark} ({self.source}, {self.source_url})"


@cache
def germline_policy() -> dict[str, PolicyRow]:
    """Return the rows of ``germline_policy.tsv`` by current symbol."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        lines = (line for line in handle if not line.startswith("#"))
        rows = [_row(cells) for cells in csv.DictReader(lines, delimiter="\t")]
    return {current_symbol(row.gene): row for row in rows}


def _row(cells: dict[str, str]) -> PolicyRow:
    return PolicyRow(
        gene=cells["gene"],
        strength=cells["strength"],
        tumor_only=cells["tumor_only"] == "yes",
        loss=cells["loss"] == "yes",
        variants=int(cells["variants"]),
        remark=cells["remark"],
        source=cells["source"],
        source_url=cells["source_url"],
    )


def negatives_withheld(patient: Patient) -> dict[str, str]:
    """Return the genes of the policy, each with why its silence says nothing, where the patient refused consent.

    They are the same for every such patient: that a gene is among them tells nothing of its variants.
    """
    if patient.germline_consent is not False:
        return {}
    return {gene: f"inherited variants of {gene}, if any, are withheld by consent" for gene in germline_policy()}
