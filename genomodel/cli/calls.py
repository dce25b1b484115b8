"""Verbs about calls: the somatic decision, copy number, and checks of reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from genomodel.calls.somatic import decide_vcf


def decide(
    vcf: Annotated[Path, typer.Argument(help="freebayes calls after bcftools norm -f REF -m -any.")],
    out: Annotated[Path, typer.Option(help="VCF to write, .vcf or .vcf.gz.")],
    tumor_sample: Annotated[str | None, typer.Option(help="Tumor sample in the VCF.")] = None,
    normal_sample: Annotated[str | None, typer.Option(help="Matched normal; without one, tumor-only.")] = None,
    purity: Annotated[float | None, typer.Option(min=0.01, max=1, help="Fraction of tumor cells, if known.")] = None,
) -> None:
    """Say of every record where its allele comes from, and why; none is dropped."""
    counts = decide_vcf(vcf, out, tumor_sample=tumor_sample, normal_sample=normal_sample, purity=purity)
    table = Table("origin", "records", title=f"{sum(counts.values())} records")
    for origin, count in counts.items():
        table.add_row(origin, str(count))
    Console().print(table)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("decide")(decide)
