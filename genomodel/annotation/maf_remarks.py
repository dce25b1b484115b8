"""What rows of a MAF do not say, or say twice: told with file, line and column, never passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.annotation.gene_names import why_no_symbol
from genomodel.annotation.protein_change import lacks_protein_change
from genomodel.core.errors import InputError
from genomodel.core.provenance import Step, StepStatus, name_some
from genomodel.core.variants import AnnotatedVariant

GENE = "Hugo_Symbol"
MUTE_STEP = "Protein changes of some rows"


@dataclass(frozen=True, slots=True)
class MafRow:
    """A row of one sample: its line in the file, its gene as written, and the variant that was read from it."""

    line: int
    gene: str
    variant: AnnotatedVariant


def is_named(gene: str) -> bool:
    """Whether the gene column says something."""
    return gene.lower() not in ("", "unknown")


def require_symbols(path: Path, genes: Iterable[tuple[int, str]]) -> None:
    """Refuse a file of which no gene goes by a symbol: all would be unknown, and its report would miss everything.

    Raises
    ------
    InputError
        Every named gene, given with its line, is a number, a date or an identifier.
    """
    named = [(line, gene) for line, gene in genes if is_named(gene)]
    if named and all(why_no_symbol(gene) for _, gene in named):
        line, gene = named[0]
        text = f"no gene goes by its symbol; {gene!r} is {why_no_symbol(gene)}"
        fix = "Give HGNC symbols such as BRAF; a table that a spreadsheet has changed is exported again from its source"
        raise InputError(text, path=path, row=line, column=GENE, fix=fix)


def remarks(
    file: str, rows: Sequence[MafRow], joined: Sequence[AnnotatedVariant], protein_columns: Sequence[str]
) -> Iterator[Step]:
    """Yield the remarks on the rows of one sample.

    Parameters
    ----------
    file
        Name of the MAF.
    rows
        As they stand in the file.
    joined
        Their variants once rows of the same allele are one.
    protein_columns
        Columns of protein changes that the file has.
    """
    damaged = [
        f"row {row.line}, column {GENE!r}: {row.gene!r} is {why}" for row in rows if (why := why_no_symbol(row.gene))
    ]
    if damaged:
        detail = f"{file}: no knowledge was looked up for them: {name_some(damaged)}"
        yield Step(name="Genes whose names are no symbols", status=StepStatus.SKIPPED, detail=detail)
    nameless = [f"row {row.line}" for row in rows if not is_named(row.gene)]
    if nameless:
        detail = f"{file}: they name no gene, so that only their place counts: {name_some(nameless)}"
        yield Step(name="Rows without a gene", status=StepStatus.SKIPPED, detail=detail)
    mute = [f"row {row.line}" for row in rows if lacks_protein_change(row.variant.consequence)]
    if mute:
        where = (
            f"they are empty in {', '.join(protein_columns)}" if protein_columns else "the file has no column of them"
        )
        detail = f"{file}: {where}, so that alleles, codons and hotspots could not be told: {name_some(mute)}"
        yield Step(name=MUTE_STEP, status=StepStatus.SKIPPED, detail=detail)
    again = [f"row {row.line}" for row, variant in zip(rows, joined, strict=True) if variant.repeats is not None]
    if again:
        detail = f"{file}: alleles of this sample that are given again and counted once: {name_some(again)}"
        yield Step(name="Rows that came twice", status=StepStatus.DONE, detail=detail)
