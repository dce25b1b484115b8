"""Targets and pathways of the screened drugs that are offered to readers.

Targets and pathways as the Genomics of Drug Sensitivity in Cancer lists them (screened compounds, release 8.4). The
table holds compounds with a named molecular target; chemotherapies and tool compounds take part in training only.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

SOURCE = "Genomics of Drug Sensitivity in Cancer, screened compounds, release 8.4"


class DrugTarget(NamedTuple):
    """What a drug acts on, in the words of the source."""

    targets: tuple[str, ...]
    pathway: str


@cache
def drug_targets() -> dict[str, DrugTarget]:
    """Return targets and pathway of every offered drug, by the name that the screens use."""
    text = (files("genomodel.response") / "drugs.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {
        row["drug"]: DrugTarget(tuple(t.strip() for t in row["targets"].split(",") if t.strip()), row["pathway"])
        for row in rows
    }
