"""Benchmark of the refit of mutational signatures: ``make bench-signatures``.

Draws tumors of known exposures from COSMIC's signatures, of exomes and genomes, and refits them: how much of the
substitutions goes to a wrong signature, how often the 95 % interval holds the truth, how many of the reported
signatures are there, and how often SBS3 is reported of tumors without it, and of tumors of which it made at least a
fifth. Beside it stands plain non-negative least squares over all signatures on the same draws. The tumors hold SBS1 and
SBS5 mostly, which the refit takes for granted; two kinds lack one of them, and one holds neither. Writes
``bench/results/signatures.json``; needs the files that ``cosmic_sbs_*`` of the data registry name.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.optimize import nnls

from bench.machine import machine
from genomodel.core.patients import Assay, GenomeBuild
from genomodel.files import write_text
from genomodel.interpretation.biomarkers.refit import Floats, bootstrap, interval, refit
from genomodel.interpretation.biomarkers.signatures import (
    ReferenceSignatures,
    reference_name,
    reference_signatures,
)

SIZES = (100, 200, 500, 1000, 5000)
TUMORS: dict[str, tuple[str, ...]] = {
    "clock": ("SBS1", "SBS5", "SBS40a"),
    "oxidative": ("SBS1", "SBS5", "SBS18"),
    "smoking": ("SBS4", "SBS5", "SBS1"),
    "ultraviolet": ("SBS7a", "SBS7b", "SBS1", "SBS5"),
    "ultraviolet alone": ("SBS7a", "SBS7b"),
    "APOBEC": ("SBS2", "SBS13", "SBS1", "SBS5"),
    "mismatch repair": ("SBS44", "SBS15", "SBS1", "SBS5"),
    "breast": ("SBS1", "SBS5", "SBS8", "SBS2", "SBS13"),
    "liver": ("SBS5", "SBS12", "SBS40a", "SBS16"),
    "flat": ("SBS8", "SBS39", "SBS5"),
    "temozolomide": ("SBS11", "SBS1", "SBS5"),
    "platinum": ("SBS31", "SBS35", "SBS1", "SBS5"),
    "recombination": ("SBS3", "SBS8", "SBS1", "SBS5"),
    "recombination, APOBEC": ("SBS3", "SBS2", "SBS13", "SBS1", "SBS5"),
}
MUCH = 0.2
SBS3 = "SBS3"


@dataclass
class Tally:
    """What became of the tumors of one size."""

    wrong: list[float]
    plain_wrong: list[float]
    held: list[bool]
    reported: list[bool]
    false_sbs3: list[bool]
    plain_false_sbs3: list[bool]
    found_sbs3: list[bool]

    @classmethod
    def empty(cls) -> Tally:
        """Return a tally of nothing."""
        return cls([], [], [], [], [], [], [])

    def row(self) -> dict[str, float]:
        """Return the shares, by name."""
        means = {name: float(np.mean(values)) for name, values in vars(self).items() if values}
        return {name: round(value, 4) for name, value in means.items()} | {"tumors": float(len(self.wrong))}


def misplaced(found: Floats, truth: Floats) -> float:
    """Return the share of the substitutions that is given to another signature than made it."""
    return float(np.abs(found - truth).sum() / 2)


def try_tumor(
    reference: ReferenceSignatures, kind: str, size: int, replicates: int, tally: Tally, rng: np.random.Generator
) -> None:
    """Draw one tumor, refit it both ways and add what came out."""
    dictionary, places = reference.dictionary, [reference.names.index(name) for name in TUMORS[kind]]
    truth = np.zeros(dictionary.size)
    truth[places] = rng.dirichlet(np.full(len(places), 3.0))
    spectrum = dictionary.matrix @ truth
    counts = rng.multinomial(size, spectrum / spectrum.sum()).astype(np.float64)
    found, drawn = refit(dictionary, counts), bootstrap(dictionary, counts, seed=1, replicates=replicates)
    shares = np.zeros(dictionary.size)
    shares[list(found.members)] = found.shares
    ends = interval(drawn, found.members)
    plain = nnls(dictionary.matrix, counts)[0]
    plain /= plain.sum()
    tally.wrong.append(misplaced(shares, truth))
    tally.plain_wrong.append(misplaced(plain, truth))
    said = {member: low for member, (low, _) in zip(found.members, ends, strict=True) if low > 0}
    tally.held += [low <= truth[m] <= high for m, (low, high) in zip(found.members, ends, strict=True)]
    tally.reported += [bool(truth[member] > 0) for member in said if member not in dictionary.background]
    sbs3 = reference.names.index(SBS3)
    if truth[sbs3] == 0:
        tally.false_sbs3.append(sbs3 in said)
        tally.plain_false_sbs3.append(bool(plain[sbs3] > 0))
    elif truth[sbs3] >= MUCH:
        tally.found_sbs3.append(sbs3 in said)


COLUMNS = (
    ("wrong", "misplaced"),
    ("plain_wrong", "misplaced, plain"),
    ("held", "interval holds"),
    ("reported", "reported and there"),
    ("false_sbs3", "SBS3 false"),
    ("plain_false_sbs3", "SBS3 false, plain"),
    ("found_sbs3", "SBS3 found"),
)


def run(reps: int, replicates: int) -> list[dict[str, Any]]:
    """Return a row for each kind of assay and number of substitutions."""
    rows = []
    for assay in (Assay.WES, Assay.WGS):
        reference = reference_signatures(reference_name(GenomeBuild.GRCH38, assay))
        if reference is None:
            raise SystemExit("the reference signatures are not at hand: see cosmic_sbs_* of the data registry")
        for size in SIZES:
            rng, tally = np.random.default_rng(size), Tally.empty()
            for kind in TUMORS:
                for _ in range(reps):
                    try_tumor(reference, kind, size, replicates, tally, rng)
            rows.append({"assay": assay.value, "substitutions": size, **tally.row()})
    return rows


def main() -> None:
    """Run, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a third of the tumors; nothing is written")
    quick = parser.parse_args().quick
    rows = run(*((1, 60) if quick else (3, 60)))
    table = Table(title="Refit of simulated tumors")
    for title in ("assay", "substitutions", *(title for _, title in COLUMNS)):
        table.add_column(title, justify="right")
    for row in rows:
        cells = (f"{row[name]:.3f}" if name in row else "-" for name, _ in COLUMNS)
        table.add_row(row["assay"], str(row["substitutions"]), *cells)
    Console(width=160).print(table)
    if not quick:
        result = {"machine": machine(), "rows": rows}
        write_text(Path("bench/results/signatures.json"), f"{json.dumps(result, indent=1)}\n")


if __name__ == "__main__":
    main()
