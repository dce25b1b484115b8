"""Verbs about outside data."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from genomodel.cli.tables import print_table
from genomodel.core.errors import InputError
from genomodel.resources.registry import fetch, resources
from genomodel.resources.tables import SHIPPED, build_table

data_app = typer.Typer(
    no_args_is_help=True, help="Outside data: what is registered, where it comes from, and fetching it."
)


@data_app.command("list")
def list_() -> None:
    """Print the data registry: name, version, licence and use."""
    table = Table("name", "version", "licence", "use", "from")
    for row in resources().values():
        table.add_row(row.name, row.version, row.licence, row.use, row.url)
    print_table(table)


@data_app.command("fetch")
def fetch_(
    names: Annotated[list[str] | None, typer.Argument(help="Names in the registry; all when none is given.")] = None,
) -> None:
    """Fetch registered files into the cache, checked by SHA-256, and print where they are."""
    for name in names or resources():
        typer.echo(f"{name}\t{fetch(name)}")


@data_app.command("build")
def build(
    names: Annotated[list[str] | None, typer.Argument(help="Shipped tables; all when none is given.")] = None,
) -> None:
    """Make the tables that the package ships again from their registered sources."""
    for name in names or SHIPPED:
        if name not in SHIPPED:
            raise InputError(f"'{name}' is no shipped table", fix=f"Known: {', '.join(SHIPPED)}")
        typer.echo(f"{name}\t{build_table(name)}")


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.add_typer(data_app, name="data")
