"""Measure how often statements on the second allele are wrong, on drawn tumors of known truth.

A gene has ``c`` copies, ``b`` of the lesser parental allele, and ``m`` that carry a variant, somatic or inherited.
Reads are drawn with overdispersion; purity, copies and heterozygous sites are known with error, or not at all. Prints a
table, writes JSON. Run as ``python -m bench.second_allele [--genes N]``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from bench.machine import machine
from genomodel.core.biomarkers import AllelesHit, Certainty, SecondAllele
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState, PurityPloidy
from genomodel.core.findings import Finding
from genomodel.core.patients import Patient
from genomodel.core.provenance import SourceFile
from genomodel.core.variants import AlleleCounts, AnnotatedVariant, Consequence, Origin, Variant, VariantClass
from genomodel.interpretation.allelic_states import AllelicState, Inheritance, expected_fraction
from genomodel.interpretation.second_allele import second_allele
from genomodel.resources.oncotree import resolve_tumor_type

GENE = "RB1"
PURITIES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
DEPTHS = (50, 100, 300, 1000)
OVERDISPERSION = 0.005
"""Correlation of reads of one place, of a beta-binomial: a standard deviation of 3.5 % at a fraction of a half."""
KNOWLEDGE = (
    "sites and copies",
    "copies",
    "purity alone",
    "nothing",
    "sites, one copy too few",
    "one copy too few",
    "sites, purity off",
    "purity off",
)
TOO_FEW = KNOWLEDGE[4:6]
"""Copies counted one too few with an interval as narrow as ever, as of a doubled genome taken for a single one."""
PURITY_OFF = KNOWLEDGE[6:]
OFF = 0.15
"""By how much the purity is too high or too low there, with an interval as narrow as ever."""
SUBCLONE = 0.5


@dataclass(frozen=True, slots=True)
class Truth:
    """What a tumor has of a gene."""

    state: AllelicState
    lesser: int
    """Copies of the parental allele of which there are fewer."""
    share: float = 1.0
    """Share of the tumor cells that carry a somatic variant."""

    @property
    def hit(self) -> AllelesHit:
        """What is true: of a variant of a part of the cells, all of their copies or not."""
        return AllelesHit.BIALLELIC if self.state.none_free else AllelesHit.MONOALLELIC


def truths() -> Iterator[Truth]:
    """Yield genes of 1 to 5 copies with every number of copies that a clonal variant can have, and subclonal ones."""
    for copies in range(1, 6):
        for lesser in range(copies // 2 + 1):
            for carrying in range(1, copies - lesser + 1):
                yield Truth(AllelicState(copies, carrying), lesser)
                if carrying == 1:
                    yield Truth(AllelicState(copies, carrying), lesser, SUBCLONE)
            inherited = {copies - lesser, lesser} - {0}
            for carrying in sorted(inherited):
                yield Truth(AllelicState(copies, carrying, Inheritance.ONE_PARENT), lesser)


def draw(truth: Truth, purity: float, depth: int, rng: np.random.Generator) -> AlleleCounts:
    """Return reads of a place, beta-binomial around what is expected."""
    expected = expected_fraction(truth.state, purity) * truth.share
    total = 1 / OVERDISPERSION - 1
    share = rng.beta(expected * total, (1 - expected) * total) if 0 < expected < 1 else expected
    alternate = int(rng.binomial(depth, share))
    return AlleleCounts(depth=depth, alt_reads=alternate, ref_reads=depth - alternate)


def measured(
    truth: Truth, purity: float, known: str, rng: np.random.Generator
) -> tuple[Patient, CopyNumberProfile | None]:
    """Return what is known of a tumor with its errors: purity by 0.04 or :data:`OFF`, copies by 0.15 or one too few."""
    patient = Patient(id="P1", tumor_type=resolve_tumor_type("HGSOC"), sex="female")
    error = OFF * rng.choice((-1, 1)) if known in PURITY_OFF else rng.normal(0, 0.04)
    said = float(np.clip(purity + error, 0.05, 1.0))
    if known in ("nothing", "purity alone"):
        return patient.model_copy(update={"purity": None if known == "nothing" else said}), None
    counted = max(0.0, truth.state.copies - (known in TOO_FEW) + rng.normal(0, 0.15))
    call = CopyNumberCall(
        gene=GENE,
        state=CopyNumberState.NEUTRAL,
        copies=counted,
        copies_low=max(0.0, counted - 0.3),
        copies_high=counted + 0.3,
        loh=truth.lesser == 0 if known.startswith("sites") else None,
    )
    found = PurityPloidy(
        purity=said, purity_low=max(0.02, said - 0.08), purity_high=min(1.0, said + 0.08), source="estimated"
    )
    source = SourceFile(name="drawn", sha256="0" * 64, kind="copy_number")
    return patient, CopyNumberProfile(source=source, calls=(call,), purity=found)


def ask(truth: Truth, counts: AlleleCounts, patient: Patient, profile: CopyNumberProfile | None) -> SecondAllele:
    """Return what is said of a truncating variant with these reads."""
    inherited = truth.state.inheritance is not Inheritance.SOMATIC
    variant = AnnotatedVariant(
        record=1,
        variant=Variant(chrom="chr13", pos=1, ref="C", alt="T"),
        tumor=counts,
        origin=Origin.GERMLINE if inherited else Origin.SOMATIC,
        origin_reason="drawn",
        consequence=Consequence(gene=GENE, variant_class=VariantClass.TRUNCATING, protein_change="R320*"),
    )
    told = second_allele(Finding(id="1", gene=GENE, label=GENE, variant=variant, why="drawn"), patient, profile)
    if told is None:
        raise RuntimeError(f"nothing is said of {GENE}")
    return told


def measure(known: str, genes: int, seed: int) -> dict[str, dict[str, int]]:
    """Return, for clonal, subclonal and inherited variants, how often each statement was made, and wrong."""
    rng = np.random.default_rng(seed)
    counts: dict[str, Counter[str]] = {"somatic": Counter(), "of half of the cells": Counter(), "inherited": Counter()}
    for truth, purity, depth, _ in product(tuple(truths()), PURITIES, DEPTHS, range(genes)):
        reads = draw(truth, purity, depth, rng)
        if not reads.alt_reads:
            continue
        told = ask(truth, reads, *measured(truth, purity, known, rng))
        inherited = truth.state.inheritance is not Inheritance.SOMATIC
        kind = "inherited" if inherited else "somatic" if truth.share == 1.0 else "of half of the cells"
        certainty = told.certainty.value if told.certainty is not None else "none"
        counts[kind]["all"] += 1
        counts[kind][f"{told.hit.value} {certainty}"] += 1
        if told.hit is not AllelesHit.UNKNOWN and told.hit is not truth.hit:
            counts[kind][f"{told.hit.value} {certainty} wrong"] += 1
    return {kind: dict(sorted(found.items())) for kind, found in counts.items()}


def rows(results: dict[str, dict[str, dict[str, int]]]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of the table."""
    yield ("known", "variant", "genes", "statement", "made", "of all", "wrong", "error")
    for known, kinds in results.items():
        for kind, found in kinds.items():
            for hit, certainty in product((AllelesHit.BIALLELIC, AllelesHit.MONOALLELIC), Certainty):
                name = f"{hit.value} {certainty.value}"
                made, wrong = found.get(name, 0), found.get(f"{name} wrong", 0)
                if made:
                    share, error = f"{made / found['all']:.1%}", f"{wrong / made:.2%}"
                    yield (known, kind, str(found["all"]), name, str(made), share, str(wrong), error)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genes", type=int, default=20, help="for each state, purity and depth")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "second_allele.json")
    options = parser.parse_args()
    results = {known: measure(known, options.genes, seed) for seed, known in enumerate(KNOWLEDGE)}
    for row in rows(results):
        print("\t".join(row))
    document = {
        "machine": machine(),
        "genes_by_state": options.genes,
        "purities": PURITIES,
        "depths": DEPTHS,
        "results": results,
    }
    options.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
