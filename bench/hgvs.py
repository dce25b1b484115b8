"""Benchmark of HGVS names: the transcript engine beside biocommons ``hgvs``, with ``bcftools csq`` as the baseline.

Random alleles of every class on the simulator's genome and on human genomes, where FASTA and gene models are given.
Prints, by class, how many c. and p. names agree, are explained by a rule and are not; then the reasons, and what csq
makes of the same alleles. Run as ``python -m bench.hgvs [--alleles N] [--genome FASTA GFF]``.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.machine import machine
from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.files import write_text
from tests.annotation.hgvs_oracle import Oracle
from tests.annotation.hgvs_oracle_csq import compare_csq, counts
from tests.annotation.hgvs_oracle_grounds import Genome, compare_many, synthetic
from tests.annotation.hgvs_oracle_reasons import UNEXPLAINED, Verdict, reasons, table
from tests.annotation.hgvs_oracle_variants import draw

OUT = Path(__file__).parent / "results" / "hgvs.json"
SEED = 411


def human_genomes(given: Sequence[Sequence[str]] | None) -> list[Genome]:
    """Return the genomes asked for, else those of the environment, several parted as in ``PATH``."""
    pairs = list(given or ())
    if not pairs:
        fasta, gff = (os.environ.get(f"GENOMODEL_BENCH_{name}", "") for name in ("FASTA", "GFF"))
        pairs = [pair for pair in zip(fasta.split(os.pathsep), gff.split(os.pathsep), strict=True) if all(pair)]
    return [Genome(Path(fasta).name.partition(".")[0], Path(fasta), Path(gff)) for fasta, gff in pairs]


def speed(genome: Genome, number: int) -> dict[str, float]:
    """Return alleles per second, all transcripts by the engine and one by biocommons."""
    oracle = Oracle(genome.fasta, genome.gff)
    drawn = list(draw(oracle, number, SEED))
    start = time.perf_counter()
    for one in drawn:
        oracle.names(one.chrom, one.pos, one.ref, one.alt, one.transcript)
    middle = time.perf_counter()
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        for one in drawn:
            engine.consequences(one.chrom, one.pos, one.ref, one.alt)
    return {"biocommons": number / (middle - start), "engine": number / (time.perf_counter() - middle)}


def measure(genome: Genome, number: int) -> dict[str, object]:
    """Return the figures of one genome."""
    verdicts = list(compare_many(genome, number, SEED))
    with tempfile.TemporaryDirectory() as folder:
        csq = counts(list(compare_csq(genome, number, SEED, Path(folder))))
    rate = {name: round(value) for name, value in speed(genome, min(number, 1000)).items()}
    return {
        "alleles": len(verdicts),
        "c_agree_or_explained": sum(one.c != UNEXPLAINED for one in verdicts) / len(verdicts),
        "p_agree_or_explained": sum(one.p != UNEXPLAINED for one in verdicts) / len(verdicts),
        "classes": table(verdicts),
        "reasons": reasons(verdicts),
        "unexplained": [_text(one) for one in verdicts if UNEXPLAINED in (one.c, one.p)],
        "csq": csq,
        "alleles_per_second": rate,
    }


def _text(one: Verdict) -> str:
    where = f"{one.drawn.chrom}:{one.drawn.pos} {one.drawn.ref}>{one.drawn.alt} {one.drawn.transcript}"
    return f"{where} {one.our_c} {one.our_p}, biocommons {one.theirs.c} {one.theirs.p}"


def as_table(title: str, rows: dict[str, dict[str, int]]) -> Table:
    """Return the counts by class for people, with their sums."""
    made = Table(title=title)
    columns = list(next(iter(rows.values())))
    for name in ("class", *columns):
        made.add_column(name, justify="left" if name == "class" else "right")
    total = {column: sum(row[column] for row in rows.values()) for column in columns}
    for kind, row in {**rows, "all": total}.items():
        made.add_row(kind, *(str(row[column]) for column in columns))
    return made


def main() -> None:
    """Print tables and write ``bench/results/hgvs.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alleles", type=int, default=5600, help="random alleles on each genome")
    parser.add_argument("--genome", nargs=2, action="append", metavar=("FASTA", "GFF"), help="may be given again")
    parser.add_argument("--quick", action="store_true", help="280 alleles each; writes nothing")
    args = parser.parse_args()
    console, found = Console(width=140), {}
    with tempfile.TemporaryDirectory() as folder:
        for genome in (synthetic(Path(folder)), *human_genomes(args.genome)):
            found[genome.name] = figures = measure(genome, 280 if args.quick else args.alleles)
            console.print(as_table(f"{genome.name}: engine and biocommons", figures["classes"]))  # type: ignore[arg-type]
            for name in ("reasons", "csq", "alleles_per_second", "unexplained"):
                console.print(f"{name}: {json.dumps(figures[name])}")
    if not args.quick:
        write_text(OUT, json.dumps({"machine": machine(), "seed": SEED, "genomes": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
