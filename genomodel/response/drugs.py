"""Targets, pathways and approval of the screened drugs that are offered to readers.

Targets and pathways as the Genomics of Drug Sensitivity in Cancer lists them (screened compounds, release 8.4). The
table holds compounds with a named molecular target; chemotherapies and tool compounds take part in training only.

Approval is that of the Food and Drug Administration of the United States for any indication, never for one patient.
Each entry names what it was read in; a drug without entry was not looked up, which says nothing about it.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

SOURCE = "Genomics of Drug Sensitivity in Cancer, screened compounds, release 8.4"
APPROVALS = ("FDA approved for cancer", "FDA approved, not for cancer", "withdrawn", "not FDA approved")
"""What the table can say about approval, apart from nothing."""


class DrugTarget(NamedTuple):
    """What a drug acts on, in the words of the source, and whether it is approved."""

    targets: tuple[str, ...]
    pathway: str
    approval: str = ""
    """One of ``APPROVALS``; empty when it was not looked up."""
    approval_source: str = ""


@cache
def drug_targets() -> dict[str, DrugTarget]:
    """Return targets, pathway and approval of every offered drug, by the name that the screens use."""
    text = (files("genomodel.response") / "drugs.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {
        row["drug"]: DrugTarget(
            tuple(t.strip() for t in row["targets"].split(",") if t.strip()),
            row["pathway"],
            row["approval"],
            row["approval_source"],
        )
        for row in rows
    }
