"""Write the whole demo cohort into a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from genomodel.core.errors import InputError
from genomodel.files import sha256_of, write_text
from genomodel.simulate.cohort import NORMAL_DEPTH, PATIENTS, TUMOR_DEPTH, PatientSpec
from genomodel.simulate.genome import Genome, build_genome
from genomodel.simulate.reads import Library, fastq_bytes, simulate_pairs
from genomodel.simulate.truth import TrueVariant, true_variants
from genomodel.simulate.writers import (
    SYNTHETIC,
    write_fasta,
    write_gff,
    write_gzip,
    write_panel,
    write_truth_copy_number,
    write_truth_vcf,
)

FACT_COLUMNS = ("second_id", "requester", "diagnosis", "line", "stage", "prior_therapy", "age")
SPECIMEN_COLUMNS = ("preservation", "specimen", "block", "site", "collected", "received", "cellularity")
PATIENT_COLUMNS = ("patient", "tumor_type", "assay", "sex", "purity", "assay_bed", *FACT_COLUMNS, "notes")
SAMPLE_COLUMNS = ("patient", "type", "lane", "fastq_1", "fastq_2", *SPECIMEN_COLUMNS)
LABORATORY = f"""# {SYNTHETIC}
laboratory:
  name: Synthetic laboratory
  address: 1 Synthetic Street, Nowhere
  contact: laboratory@synthetic.example
  accreditation: none, synthetic
  director: Dr. Synthetic Director
  identifier_system: https://synthetic.example/identifiers
persons:
  - id: reviewer
    name: Dr. Synthetic Reviewer
    role: Molecular pathologist (synthetic)
  - id: director
    name: Dr. Synthetic Director
    role: Director (synthetic)
    licence: SYN-1
    may_sign: true
"""
MANIFEST = "simulated.json"


def library_of(spec: PatientSpec, variants: list[TrueVariant], *, tumor: bool) -> Library:
    """Describe the reads of a patient's tumor or normal sample."""
    ratios = {e.gene: (spec.purity * e.copies + (1 - spec.purity) * 2) / 2 for e in spec.copy_number} if tumor else {}
    return Library(variants, tumor, TUMOR_DEPTH if tumor else NORMAL_DEPTH, ratios, spec.dropouts)


def _write_sample(
    genome: Genome, spec: PatientSpec, variants: list[TrueVariant], out: Path, *, tumor: bool
) -> list[dict[str, str]]:
    """Write the FASTQ files of one sample and return its rows of the sample sheet."""
    kind = "tumor" if tumor else "normal"
    rng = np.random.default_rng([genome.seed, 2, int(tumor), *spec.patient.encode()])
    pairs = simulate_pairs(rng, genome, library_of(spec, variants, tumor=tumor))
    n_lanes = spec.tumor_lanes if tumor else 1
    rows = []
    for lane in range(1, n_lanes + 1):
        part = pairs.rows(np.arange(lane - 1, len(pairs), n_lanes))
        row = {"patient": spec.patient, "type": kind, "lane": f"L{lane}"}
        for mate in (1, 2):
            path = out / "reads" / f"{spec.patient}.{kind}.L{lane}.R{mate}.fastq.gz"
            write_gzip(path, fastq_bytes(part, mate - 1, f"synthetic:{spec.patient}:{kind}:L{lane}:"))
            row[f"fastq_{mate}"] = path.as_posix()
        rows.append(row)
    return rows


def sheets(out: Path) -> dict[str, str]:
    """Return sheets, laboratory file and ``config.yaml`` for a cohort written to ``out``, as texts by name."""
    patients, samples = ([f"# {SYNTHETIC}", "\t".join(columns)] for columns in (PATIENT_COLUMNS, SAMPLE_COLUMNS))
    for spec in PATIENTS:
        bed = (out / "reference" / "panel.bed").as_posix()
        facts = [spec.facts.get(column, "") for column in FACT_COLUMNS]
        row = [spec.patient, spec.tumor_type, "panel", spec.sex, f"{spec.purity:.2f}", bed, *facts, spec.notes]
        patients.append("\t".join(row))
        lanes = [("tumor", lane) for lane in range(1, spec.tumor_lanes + 1)] + [("normal", 1)] * spec.normal
        for kind, lane in lanes:
            stem = (out / "reads" / f"{spec.patient}.{kind}.L{lane}").as_posix()
            known = [spec.specimens.get(kind, {}).get(column, "") for column in SPECIMEN_COLUMNS]
            reads = [f"{stem}.R1.fastq.gz", f"{stem}.R2.fastq.gz"]
            samples.append("\t".join([spec.patient, kind, f"L{lane}", *reads, *known]))
    folder = out.as_posix()
    config = (
        f"# {SYNTHETIC}\n"
        f"patients: {folder}/patients.tsv\n"
        f"samples: {folder}/samples.tsv\n"
        f"results: {folder}/results\n"
        f"laboratory: {folder}/laboratory.yaml\n"
        "reference:\n"
        "  genome: synthetic\n"
        f"  fasta: {folder}/reference/genome.fa\n"
        f"  gff: {folder}/reference/genes.gff3\n"
    )
    return {
        "patients.tsv": "\n".join(patients) + "\n",
        "samples.tsv": "\n".join(samples) + "\n",
        "laboratory.yaml": LABORATORY,
        "config.yaml": config,
    }


def is_current(out: Path, seed: int) -> bool:
    """Whether ``out`` holds, complete and of the right sizes, what this code would write for this seed."""
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        sizes: dict[str, int] = manifest["files"]
        same = manifest["seed"] == seed and manifest["simulator"] == _code_hash()
        return bool(same and all((out / name).stat().st_size == size for name, size in sizes.items()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _code_hash() -> str:
    return "".join(sha256_of(path)[:8] for path in sorted(Path(__file__).parent.glob("*.py")))


def _refuse_foreign_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise InputError("is a file, a folder is needed", path=out)
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).exists() and not (out / "reference").is_dir():
        raise InputError(
            "folder is not empty and was not made by genomodel simulate", path=out, fix="Name a new or empty folder"
        )


def simulate_cohort(out: Path, seed: int = 1, say: Callable[[str], None] = lambda _: None) -> bool:
    """Write genome, gene models, panel, reads, truth and sheets of the demo cohort.

    Parameters
    ----------
    out
        Folder to write to; paths in the sheets begin with it as given.
    seed
        Same seed, same bytes.
    say
        Called with one line per step.

    Returns
    -------
    bool
        False when everything was there already.

    Raises
    ------
    InputError
        ``out`` is a file, or a folder of something else.
    """
    _refuse_foreign_folder(out)
    if is_current(out, seed):
        return False
    (out / MANIFEST).unlink(missing_ok=True)
    for folder in ("reference", "reads", "truth"):
        shutil.rmtree(out / folder, ignore_errors=True)
        (out / folder).mkdir(parents=True)
    genome = build_genome(seed)
    write_fasta(genome, out / "reference" / "genome.fa")
    write_gff(genome, out / "reference" / "genes.gff3")
    write_panel(genome, out / "reference" / "panel.bed")
    for spec in PATIENTS:
        say(f"{spec.patient}: {spec.tumor_type}, {'tumor and normal' if spec.normal else 'tumor only'}")
        variants = true_variants(genome, spec)
        write_truth_vcf(genome, spec, variants, out / "truth" / f"{spec.patient}.vcf.gz")
        write_truth_copy_number(genome, spec, out / "truth" / f"{spec.patient}.copy_number.tsv")
        for tumor in (True, False)[: 1 + spec.normal]:
            _write_sample(genome, spec, variants, out, tumor=tumor)
    for name, text in sheets(out).items():
        write_text(out / name, text)
    _write_manifest(out, seed)
    return True


def _write_manifest(out: Path, seed: int) -> None:
    names = list(sheets(out))
    for folder in ("reference", "reads", "truth"):
        names += sorted(f"{folder}/{path.name}" for path in (out / folder).iterdir())
    sizes = {name: (out / name).stat().st_size for name in names}
    manifest = {"synthetic": SYNTHETIC, "seed": seed, "simulator": _code_hash(), "files": sizes}
    write_text(out / MANIFEST, json.dumps(manifest, indent=1) + "\n")
