"""Printing tables."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 160
"""Characters to a line where no terminal says how wide it is."""


def print_table(table: Table) -> None:
    """Print a table to standard output, as wide as the terminal; brackets and colons in it are text."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    Console(width=width, markup=False, emoji=False).print(table)
