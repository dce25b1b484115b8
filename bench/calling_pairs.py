"""Scenarios of the calling benchmark: simulate a pair, align it, run the workflow on it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from bench.machine import cores
from genomodel.core.errors import InputError, MissingToolError
from genomodel.files import sha256_of, write_text
from genomodel.simulate import hard_files
from genomodel.simulate.genome import build_genome
from genomodel.simulate.hard import ALL, FFPE, Scenario, build_case
from genomodel.simulate.hard_files import PairFiles, write_pair
from genomodel.simulate.loci import HOTSPOTS, Locus, loci_of, read_loci
from genomodel.simulate.writers import write_gff

WIDE = (0.01, 0.02, 0.05, 0.10, 0.20, 0.50)
STAMP = "simulated.json"
SAMPLES = ("tumor", "normal")


@dataclass(frozen=True)
class Pair:
    """A scenario and what it is simulated over.

    Attributes
    ----------
    bases
        Targeted bases of real genes; 0 for the simulator's own genome.
    preservation
        What the sample sheet says of the tumor.
    """

    scenario: Scenario
    bases: int
    preservation: str = "frozen"

    @property
    def name(self) -> str:
        """Name of the scenario, and of its patient."""
        return self.scenario.name


_HARD = Scenario("hard_200_60", 200, 60, purity=0.8, fractions=WIDE, per_fraction=70, artifacts=ALL, lost_loci=3)

FULL: tuple[Pair, ...] = (
    Pair(Scenario("easy_60_30", 60, 30, per_fraction=90), 400_000),
    Pair(Scenario("easy_200_60", 200, 60, per_fraction=90), 400_000),
    Pair(Scenario("easy_1000_300", 1000, 300, per_fraction=50), 100_000),
    Pair(_HARD, 250_000),
    Pair(replace(_HARD, name="hard_500_100", tumor_depth=500, normal_depth=100, purity=0.5, seed=2), 100_000),
    Pair(
        replace(
            _HARD, name="hard_80_40", tumor_depth=80, normal_depth=40, purity=0.2, fractions=(0.02, 0.05, 0.1), seed=3
        ),
        150_000,
    ),
    Pair(Scenario("ffpe_200_60", 200, 60, 0.6, (0.02, 0.05, 0.10, 0.20), 60, artifacts=FFPE, seed=4), 150_000, "ffpe"),
    Pair(
        Scenario(
            "synthetic_200_60", 200, 60, 0.8, (0.02, 0.05, 0.10, 0.20), 25, read_length=100, seed=5,
            artifacts=replace(ALL, paralogs=2, collapsed=2, repeats=0),
        ),
        0,
    ),
)  # fmt: skip
QUICK: tuple[Pair, ...] = (Pair(replace(_HARD, name="quick_200_60", per_fraction=25), 60_000),)


def loci_for(pair: Pair, genome: tuple[Path, Path] | None, folder: Path) -> list[Locus]:
    """Return what a scenario is simulated over: real genes, hotspot genes first, or the simulator's own."""
    if pair.bases and genome:
        return read_loci(*genome, pair.bases, [gene for gene, _ in HOTSPOTS])
    own = build_genome(pair.scenario.seed)
    write_gff(own, folder / "own.gff3")
    rows = [line for line in (folder / "own.gff3").read_text().splitlines() if line[:1] != "#"]
    return loci_of(own, rows)


def _run(command: str, log: Path) -> None:
    with log.open("ab") as handle:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], stdout=handle, stderr=handle, check=False)
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise InputError(f"a step of the benchmark failed:\n{tail}", path=log)


def _digest() -> str:
    """Identify the code that decides a pair's bytes."""
    modules = Path(hard_files.__file__).parent.glob("*.py")
    return "".join(sha256_of(path)[:8] for path in sorted(modules) if path.stem != "scoring")


def prepare(pair: Pair, genome: tuple[Path, Path] | None, folder: Path) -> PairFiles:
    """Simulate and align a pair, unless the folder holds it as this code would make it.

    Raises
    ------
    MissingToolError
        bwa or samtools is not there.
    """
    files = PairFiles(folder)
    wanted = {"pair": repr(pair), "genome": [str(path) for path in genome or ()], "simulator": _digest()}
    stamp = folder / STAMP
    if stamp.exists() and json.loads(stamp.read_text()) == wanted:
        return files
    missing = [tool for tool in ("bwa", "samtools") if shutil.which(tool) is None]
    if missing:
        raise MissingToolError(f"not installed: {', '.join(missing)}", fix="make setup installs both")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_pair(build_case(pair.scenario, loci_for(pair, genome, folder)), folder)
    log = folder / "align.log"
    _run(f"bwa index '{files.reference}'", log)
    for sample in SAMPLES:
        name, bam = f"{pair.name}.{sample}", folder / f"{sample}.bam"
        group = f"@RG\\tID:{name}.L1\\tSM:{name}\\tLB:{name}\\tPL:ILLUMINA\\tPU:L1"
        reads = f"'{files.reads(sample, 1)}' '{files.reads(sample, 2)}'"
        _run(
            f"bwa mem -t {cores()} -K 100000000 -R '{group}' '{files.reference}' {reads} | samtools fixmate -m -u - -"
            f" | samtools sort -u -T '{bam}' - | samtools markdup - '{bam}' && samtools index '{bam}'",
            log,
        )
        for mate in (1, 2):
            files.reads(sample, mate).unlink()
    write_text(stamp, json.dumps(wanted))
    return files


def _table(*rows: tuple[str, ...]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def write_sheets(pair: Pair, files: PairFiles, judge: str, engines: tuple[str, ...]) -> Path:
    """Write patients, samples and configuration of a run on the alignments, and return the configuration."""
    folder = files.folder
    write_text(
        folder / "patients.tsv",
        _table(
            ("patient", "tumor_type", "assay", "sex", "purity", "assay_bed"),
            (pair.name, "LUAD", "panel", "female", f"{pair.scenario.purity:.2f}", str(files.targets)),
        ),
    )
    write_text(
        folder / "samples.tsv",
        _table(
            ("patient", "type", "bam", "preservation"),
            (pair.name, "tumor", str(folder / "tumor.bam"), pair.preservation),
            (pair.name, "normal", str(folder / "normal.bam"), "blood"),
        ),
    )
    calling: dict[str, object] = {"judge": judge} | ({"engines": list(engines)} if engines else {})
    if pair.scenario.artifacts.contamination:
        calling["common_sites"] = str(files.common_sites)
    config = {
        "patients": str(folder / "patients.tsv"),
        "samples": str(folder / "samples.tsv"),
        "results": str(folder / "results"),
        "reference": {"genome": "synthetic", "fasta": str(files.reference), "gff": str(files.gff)},
        "calling": calling,
    }
    write_text(folder / "config.json", json.dumps(config, indent=1) + "\n")
    return folder / "config.json"


def run_workflow(
    pair: Pair, files: PairFiles, judge: str, engines: tuple[str, ...] = (), *, decide_only: bool = False
) -> Path:
    """Run the workflow up to the consensus calls of a pair and return its results folder.

    It starts from a fresh folder, or, with ``decide_only``, from what the engines of an earlier run wrote.
    """
    results = files.folder / "results"
    shutil.rmtree(results / "calls" / "consensus" if decide_only else results, ignore_errors=True)
    shutil.rmtree(results / "reference", ignore_errors=True)
    config = write_sheets(pair, files, judge, engines)
    log = files.folder / "workflow.log"
    log.unlink(missing_ok=True)
    command = (
        f"'{sys.executable}' -m snakemake --configfile '{config}' --cores {cores()} --nolock --show-failed-logs"
        f" '{results}/calls/consensus/{pair.name}.vcf.gz'"
    )
    _run(f"PATH='{Path(sys.executable).parent}':$PATH {command}", log)
    return results
