"""The verb that prints the chain from a record to its tier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genomodel.core.errors import InputError
from genomodel.interpretation.read_file import read_interpretation
from genomodel.report.explanation.overview import overview
from genomodel.report.explanation.screen import explain as explain_text

VARIANT_HELP = (
    "chrom:pos:ref>alt, 'BRAF V600E', a record's number, 'ERBB2 amplification', TMB, MSI, signatures, HRR. "
    "Without it the findings are listed."
)


def explain(
    patient: Annotated[str, typer.Argument(help="Id of the patient, or the interpretation's JSON.")],
    variant: Annotated[list[str] | None, typer.Argument(help=VARIANT_HELP)] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Folder of results, interpretations or reports; ./results by default.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every statement, beyond one screen.")] = False,
) -> None:
    """Explain a variant, an event or a marker: the chain from its record to its tier, with every source.

    Without a name it lists the findings, which can then be named.
    """
    made = read_interpretation(find_interpretation(patient, from_))
    text = explain_text(made, " ".join(variant), everything=all_) if variant else overview(made)
    typer.echo(text, nl=False)


def find_interpretation(patient: str, folder: Path | None) -> Path:
    """Return where the interpretation of a patient lies.

    Raises
    ------
    InputError
        There is none; the message says where it was looked for and which patients there are.
    """
    if folder is None and patient.endswith(".json"):
        return Path(patient)
    folders = [Path("results"), Path("interpretation"), Path("reports")] if folder is None else [folder]
    places = [place for one in folders for place in (one / "interpretation", one)]
    found = next((path for place in places if (path := place / f"{patient}.json").is_file()), None)
    if found is not None:
        return found
    known = sorted({path.stem for place in places for path in place.glob("*.json") if "." not in path.stem})
    listed = f"There are: {', '.join(known[:10])}" if known else "Give --from FOLDER, or the file itself"
    where = ", ".join(str(place) for place in places)
    raise InputError(f"no interpretation of '{patient}' in {where}", column="PATIENT", fix=listed)


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command("explain")(explain)
