"""Genomes with gene models on which names are compared, and the comparison of many alleles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.simulate.genome import build_genome
from genomodel.simulate.writers import write_fasta, write_gff
from tests.annotation.hgvs_oracle import Oracle
from tests.annotation.hgvs_oracle_reasons import Verdict, compare
from tests.annotation.hgvs_oracle_variants import draw

BUILDS = ("GRCh37", "GRCh38")


@dataclass(frozen=True)
class Genome:
    """A FASTA and its gene models."""

    name: str
    fasta: Path
    gff: Path


def real(folder: Path, build: str) -> Genome:
    """The real genome of one build, where cancer genes are."""
    return Genome(build, folder / "genome" / f"{build}.sparse.fa.gz", folder / "genome" / f"{build}.genes.gff3")


def synthetic(folder: Path, seed: int = 1) -> Genome:
    """The simulator's genome, written into a folder."""
    made = build_genome(seed)
    fasta, gff = folder / "synthetic.fa", folder / "synthetic.gff3"
    write_fasta(made, fasta)
    write_gff(made, gff)
    return Genome("simulator", fasta, gff)


def compare_many(genome: Genome, number: int, seed: int) -> Iterator[Verdict]:
    """Yield the verdict of each of so many random alleles."""
    oracle = Oracle(genome.fasta, genome.gff)
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        for drawn in draw(oracle, number, seed):
            yield compare(oracle, drawn, engine.consequences(drawn.chrom, drawn.pos, drawn.ref, drawn.alt))
