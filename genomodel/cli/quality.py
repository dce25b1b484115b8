"""The verb that measures the quality of a patient's reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from genomodel.calls.quality.limits import quality_limits
from genomodel.calls.quality.measure import QualityInputs, SampleReads, measure_quality
from genomodel.calls.quality.metrics import METRICS, failures, limit_text
from genomodel.cli.tables import print_table
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay
from genomodel.core.sample_quality import SampleQuality, exons_in_words
from genomodel.core.specimens import Library, Preservation, Specimen, UmiDesign
from genomodel.interpretation.knowledge import rules_by_gene
from genomodel.resources.driver_genes import driver_genes


def quality(
    tumor: Annotated[Path, typer.Option(help="BAM or CRAM of the tumor, with its index.")],
    reference: Annotated[Path, typer.Option(help="Reference FASTA with its index.")],
    out: Annotated[Path, typer.Option(help="JSON to write; a table goes beside it (.tsv).")],
    normal: Annotated[Path | None, typer.Option(help="BAM or CRAM of the matched normal.")] = None,
    bed: Annotated[Path | None, typer.Option(help="Assayed regions, named GENE or GENE:exon.")] = None,
    gff: Annotated[Path | None, typer.Option(help="Gene models, for exons that the BED does not name.")] = None,
    assay: Annotated[Assay, typer.Option(help="Sets the default limits.")] = Assay.PANEL,
    tumor_specimen: Annotated[str, typer.Option(help="Library and material, as in 'amplicon ffpe'.")] = "",
    normal_specimen: Annotated[str, typer.Option(help="The same of the normal.")] = "",
    tumor_umi: Annotated[Path | None, typer.Option(help="Table of the tumor's molecules.")] = None,
    normal_umi: Annotated[Path | None, typer.Option(help="Table of the normal's molecules.")] = None,
    limit: Annotated[
        list[str] | None, typer.Option(help="As in mean_depth.warn=300, insert_size.fail=none or exon_depth=200.")
    ] = None,
    tables: Annotated[
        Path | None, typer.Option(help="Start of the names under which the programs' own files are kept.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Measure depth, exons of actionable genes, duplicates, insert size and errors, and hold them to limits."""
    limits = quality_limits(assay, limit or [])
    samples = [SampleReads("tumor", tumor, _specimen(tumor_specimen, "--tumor-specimen", tumor_umi), tumor_umi)]
    if normal is not None:
        specimen = _specimen(normal_specimen, "--normal-specimen", normal_umi)
        samples.append(SampleReads("normal", normal, specimen, normal_umi))
    evidence = frozenset(rules_by_gene())
    inputs = QualityInputs(
        samples=tuple(samples),
        reference=reference,
        bed=bed,
        gff=gff,
        genes=evidence | driver_genes(),
        named_off_assay=evidence,
    )
    _show(measure_quality(inputs, limits, out, tables=tables, threads=threads))


def _specimen(text: str, option: str, umi: Path | None) -> Specimen:
    known: dict[str, Library | Preservation] = {}
    for word in text.split():
        if word in {*Library}:
            known["library"] = Library(word)
        elif word in {*Preservation}:
            known["preservation"] = Preservation(word)
        else:
            fix = f"Libraries: {', '.join(Library)}; materials: {', '.join(Preservation)}"
            raise InputError(f"'{word}' is neither a library nor a material", column=option, fix=fix)
    return Specimen.model_validate({"library": Library.CAPTURE, **known, "umi": _ANY_UMI if umi else None})


_ANY_UMI = UmiDesign(kind="simplex", read_structures=("1M+T", "+T"))
"""That there are identifiers is all that matters here."""


def _show(found: SampleQuality) -> None:
    table = Table("sample", "metric", "value", "limits", "verdict", title="Quality")
    for sample in found.samples:
        for measure in sample.measures:
            status = measure.status.value if measure.status else measure.reason or "no limit"
            metric = METRICS[measure.name]
            table.add_row(sample.type, metric.label, metric.text(measure.value), limit_text(measure), status)
    print_table(table)
    failed = exons_in_words((exon.gene, exon.exon) for exon in found.failed_exons)
    names = "; ".join(f"{gene} {numbers}" for gene, numbers in failed.items())
    console = Console()
    console.print(f"{len(found.failed_exons)} of {len(found.exons)} exons fail{': ' if names else ''}{names}")
    if reasons := failures(found):
        console.print(f"Quality failed: {'; '.join(reasons)}")


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command("quality")(quality)
