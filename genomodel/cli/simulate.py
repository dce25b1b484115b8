"""The verb that writes the demo cohort."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genomodel.simulate.run import simulate_cohort


def simulate(
    out: Annotated[Path, typer.Option(help="Folder to write to; the sheets name files below it as given here.")],
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same files.")] = 1,
) -> None:
    """Write a small synthetic genome, gene models, a panel, and reads of demo patients with known variants."""
    if simulate_cohort(out, seed, typer.echo):
        typer.echo(f"Synthetic demo cohort written to {out}; the genome is not a human one.")
    else:
        typer.echo(f"Synthetic demo cohort in {out} is complete: nothing to be done.")


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("simulate")(simulate)
