"""Genes by their symbols of today, whatever year the annotation is of.

Knowledge is kept under current symbols, and a gene that goes by a former one would match nothing: H3F3A is H3-3A.
Symbols that several genes have borne are told apart by the chromosome where it can, else kept and named.
"""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.annotation.gene_names import why_no_symbol
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.errors import InputError
from genomodel.core.provenance import Step, StepStatus, name_some
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedCalls, AnnotatedVariant, Consequence, JointChange
from genomodel.resources.gene_symbols import GeneSymbol, Standing, current_symbol, resolve_symbol


def with_current_symbols(calls: AnnotatedCalls) -> AnnotatedCalls:
    """Return calls in which every gene goes by its current symbol, with a step that says what was renamed or is open.

    Genes that HGNC does not know, and symbols that may mean several genes, keep the name that the annotation gives; of
    protein changes they are named in a step.
    """
    seen: dict[GeneSymbol, None] = {}
    variants = tuple(_renamed(variant, seen) for variant in calls.variants)
    steps = (*_steps(seen), *_unknown(calls))
    return calls.model_copy(update={"variants": variants, "steps": (*calls.steps, *steps)}) if steps else calls


def copy_number_by_current_symbols(profile: CopyNumberProfile | None) -> CopyNumberProfile | None:
    """Return gene-level copy number under current symbols, ``None`` for ``None``.

    Raises
    ------
    InputError
        A gene stands there under two of its symbols.
    """
    if profile is None:
        return None
    places = {call.gene: call.chrom for call in profile.calls}
    named = {gene: current_symbol(gene, chrom) for gene, chrom in places.items()}
    together: dict[str, list[str]] = {}
    for gene, symbol in named.items():
        together.setdefault(symbol, []).append(gene)
    for symbol, rows in together.items():
        if len(rows) > 1:
            text = f"{' and '.join(rows)} are symbols of one gene, {symbol}, and each has a copy number"
            raise InputError(text, path=profile.source.name, column="gene", fix=f"Keep one row for {symbol}")

    def of(gene: str) -> str:
        return named.get(gene) or current_symbol(gene)

    return profile.model_copy(
        update={
            "calls": tuple(
                call if named[call.gene] == call.gene else call.model_copy(update={"gene": named[call.gene]})
                for call in profile.calls
            ),
            "assayed_genes": None if profile.assayed_genes is None else tuple(map(of, profile.assayed_genes)),
            "not_assessed": {of(gene): reason for gene, reason in profile.not_assessed.items()},
        }
    )


def _renamed(variant: AnnotatedVariant, seen: dict[GeneSymbol, None]) -> AnnotatedVariant:
    chrom = variant.variant.chrom
    changes: dict[str, object] = {}
    if variant.consequence is not None and (own := _current(variant.consequence, chrom, seen)) is not None:
        changes["consequence"] = own
    others = [_current(item, chrom, seen) for item in variant.other_consequences]
    if any(item is not None for item in others):
        pairs = zip(others, variant.other_consequences, strict=True)
        changes["other_consequences"] = tuple(new or old for new, old in pairs)
    if variant.joint is not None:
        changes["joint"] = _joint(variant.joint, chrom, seen)
    return variant.model_copy(update=changes) if changes else variant


def _joint(joint: JointChange, chrom: str, seen: dict[GeneSymbol, None]) -> JointChange:
    together = joint.together and (_current(joint.together, chrom, seen) or joint.together)
    return joint.model_copy(
        update={"alone": _current(joint.alone, chrom, seen) or joint.alone, "together": together or None}
    )


def _current(consequence: Consequence, chrom: str, seen: dict[GeneSymbol, None]) -> Consequence | None:
    """Return a consequence under the current symbol of its gene, ``None`` where it has it; note what is not."""
    if not consequence.gene:
        return None
    found = resolve_symbol(consequence.gene, chrom)
    if found.standing is Standing.CURRENT and found.current == consequence.gene:
        return None
    if found.standing is not Standing.UNKNOWN:
        seen[found] = None
    return consequence.model_copy(update={"gene": found.current}) if found.current else None


def _steps(seen: Iterable[GeneSymbol]) -> Iterable[Step]:
    """Yield what to say of symbols that are not of today, letter case aside."""
    listed = sorted(seen, key=lambda symbol: (symbol.given, symbol.current))
    renamed = [f"{item.given} is now {item.current}" for item in listed if item.current]
    open_ = [f"{item.given} ({' or '.join(item.candidates)})" for item in listed if not item.current]
    if renamed:
        yield Step(name="Former gene symbols", status=StepStatus.DONE, detail=f"read by HGNC: {name_some(renamed)}")
    if open_:
        why = "several genes have borne them, or one that lies on another chromosome"
        detail = f"{why}, so that no knowledge was looked up: {name_some(open_)}"
        yield Step(name="Ambiguous gene symbols", status=StepStatus.SKIPPED, detail=detail)


def _unknown(calls: AnnotatedCalls) -> Iterable[Step]:
    """Yield what to say of reported protein changes whose gene no symbol names: a name misspelt matches nothing.

    Names that no symbol can be, dates and numbers, are told where their file is read.
    """
    reported = (variant.consequence for variant in calls.variants)
    changing = (item.gene for item in reported if item and item.variant_class in PROTEIN_CHANGING and item.gene)
    names = [gene for gene in dict.fromkeys(changing) if resolve_symbol(gene).standing is Standing.UNKNOWN]
    listed = sorted(gene for gene in names if not why_no_symbol(gene))
    if listed:
        detail = f"HGNC has none of them, so that no knowledge was looked up for {len(listed)}: {name_some(listed)}"
        yield Step(name="Unknown gene symbols", status=StepStatus.SKIPPED, detail=detail)
