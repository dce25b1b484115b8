"""The panel of targeted drugs that models are judged on, fixed before they are trained.

A drug belongs to the panel when all of this holds:

1. GDSC2 measured it in more than 600 cell lines.
2. Its structure is public: compounds known by a company's code alone are left out.
3. Its main target in the GDSC target table is the product of a gene, or the direct effector of one, for which somatic
   alterations predict response, sensitivity or resistance, to that class of drugs. *Predict* means accepted evidence of
   CIViC at level A or B, an entry of the Molecular Oncology Almanac from a label, guideline or clinical trial, or a
   published clinical trial, for this drug or for another with the same main target. Drugs of which such a gene is a
   side target (inhibitors of angiogenesis) do not count.
4. At least five of the training lines carry an alteration that the evidence names. Left out for this reason: inhibitors
   of IDH1, IDH2, JAK2, BTK, NTRK, FLT3 and the estrogen receptor.

The rule looks at mechanisms, at published evidence and at what the lines carry. No accuracy of any drug under any model
was looked at to choose, and classes are taken whole, with drugs whose marker is known not to show in cell lines (PARP
and KRAS G12C inhibitors).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FEWEST_LINES = 600
"""A drug of the panel is measured in more lines than this."""


@dataclass(frozen=True)
class TargetedDrug:
    """One drug of the panel."""

    drug: str
    target: str
    """As the GDSC target table lists it."""
    reason: str
    source: str
    """Identifiers, separated by semicolons: CIViC evidence items, almanac assertions, DOIs."""


@cache
def targeted_drug_rows() -> tuple[TargetedDrug, ...]:
    """Return the panel with targets, reasons and sources, ordered by name."""
    text = (files("genomodel.response") / "targeted_drugs.tsv").read_text(encoding="utf-8")
    return tuple(
        TargetedDrug(row["drug"], row["target"], row["reason"], row["source"])
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
    )


def targeted_drugs() -> tuple[str, ...]:
    """Return the names of the panel's drugs, as the GDSC2 screen uses them."""
    return tuple(row.drug for row in targeted_drug_rows())
