"""The verb that draws the quality of a whole cohort."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.assays import read_assays
from genomodel.calls.copy_number import read_copy_number
from genomodel.cohort.sheets import CohortPatient, read_cohort
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import GenomeBuild
from genomodel.report.multiqc import SHOWN_ASSAYS, SOURCES, PatientTables, write_multiqc


def multiqc(
    patients: Annotated[Path, typer.Option(help="Patients sheet.")],
    samples: Annotated[Path, typer.Option(help="Samples sheet.")],
    results: Annotated[Path, typer.Option(help="Results folder of the workflow.")],
    out: Annotated[Path, typer.Option(help="Page to write; its data go beside it.")],
    genome: Annotated[GenomeBuild, typer.Option(help="Genome build of the run.")] = GenomeBuild.UNKNOWN,
) -> None:
    """Draw the measurements of all samples that came as reads with MultiQC."""
    paths = ResultPaths(results)
    cohort = read_cohort(patients, samples, genome=genome)
    tables = [_tables(entry, paths) for entry in cohort.patients.values() if entry.entry in ("fastq", "bam")]
    write_multiqc(tables, out, synthetic=genome is GenomeBuild.SYNTHETIC)
    Console().print(f"{len(tables)} patients in {out}")


def _tables(entry: CohortPatient, paths: ResultPaths) -> PatientTables:
    name = entry.patient.id
    made = {kind: paths.assay(kind, name) for kind in SHOWN_ASSAYS}
    files: dict[str, tuple[str, ...]] = {kind: (str(path),) for kind, path in made.items() if path.is_file()}
    files |= {kind: given for kind, given in entry.given_assays.items() if kind in SHOWN_ASSAYS}
    copy_number, calls = paths.copy_number(name), paths.annotated(name)
    mutect2 = paths.results / "calls" / "mutect2" / f"{name}.vcf.gz"
    return PatientTables(
        patient=name,
        files=_program_files(entry, paths),
        assays=read_assays(files, patient=entry.patient),
        copy_number=read_copy_number(copy_number) if copy_number.is_file() else None,
        calls=calls if calls.is_file() else None,
        mutect2=mutect2 if mutect2.is_file() else None,
    )


def _program_files(entry: CohortPatient, paths: ResultPaths) -> dict[str, Path]:
    """Return the files that are there of the samples that the sheet names; those of other runs are left aside."""
    name, folder = entry.patient.id, paths.results / "qc"
    wanted: dict[str, Path] = {}
    for kind, rows in (("tumor", entry.tumor), ("normal", entry.normal)):
        if rows:
            wanted |= {f"{name}.{kind}.{end}": folder / f"{name}.{kind}.{end}" for end in SOURCES[1:]}
        for row in rows:
            wanted[f"{name}.{kind}.{row.lane}.{SOURCES[0]}"] = (
                folder / "fastp" / name / f"{kind}.{row.lane}.{SOURCES[0]}"
            )
    return {known_as: path for known_as, path in wanted.items() if path.is_file()}


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command("multiqc")(multiqc)
