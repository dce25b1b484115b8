"""Verb that compares the samples of all patients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from genomodel.calls.identity.genotypes import read_genotypes
from genomodel.calls.identity.match import match_samples as find_matches
from genomodel.cohort.sheets import read_cohort
from genomodel.core.errors import InputError
from genomodel.core.identity import IdentityThresholds
from genomodel.core.paths import ResultPaths
from genomodel.files import write_text


def match_samples(
    patients: Annotated[Path, typer.Option(help="Patients sheet.")],
    samples: Annotated[Path, typer.Option(help="Samples sheet.")],
    results: Annotated[Path, typer.Option(help="Folder with the results of check-samples.")],
    out: Annotated[Path, typer.Option(help="JSON of the samples that are of one person.")],
    min_sites: Annotated[int, typer.Option(help="Fewest shared sites.", min=10)] = IdentityThresholds().min_sites,
) -> None:
    """Find samples of different patients that are of one person: given twice, or exchanged."""
    cohort, paths = read_cohort(patients, samples), ResultPaths(results)
    from_reads = [name for name, entry in cohort.patients.items() if entry.entry in ("fastq", "bam")]
    tables = {name: paths.genotypes(name) for name in from_reads}
    missing = [name for name, path in tables.items() if not path.is_file()]
    if missing:
        what = f"{len(missing)} of {len(tables)} patients have no genotypes, such as '{missing[0]}'"
        raise InputError(what, path=tables[missing[0]], fix="Run genomodel check-samples --genotypes for them first")
    found = find_matches(
        {name: read_genotypes(path) for name, path in tables.items()}, IdentityThresholds(min_sites=min_sites)
    )
    write_text(out, found.to_json())
    Console().print(f"{len(tables)} patients compared: {len(found.matches)} matches", highlight=False, soft_wrap=True)
    for match in found.matches:
        pair = f"{match.type} of {match.patient} and {match.other_type} of {match.other_patient}"
        Console().print(
            f"{pair}: {match.kind}, {match.agreement:.1%} of {match.n_sites} sites", highlight=False, soft_wrap=True
        )


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command("match-samples")(match_samples)
