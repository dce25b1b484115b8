"""Telling from genome and gene models what rows of a MAF leave open: their protein change, or their gene."""

from __future__ import annotations

from pathlib import Path

from genomodel.annotation.choose import choose_consequence
from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.annotation.completion import complete
from genomodel.annotation.dialects.base import Effect
from genomodel.annotation.gene_names import why_no_symbol
from genomodel.annotation.maf_remarks import MUTE_STEP
from genomodel.annotation.named_effects import name_effects
from genomodel.annotation.protein_change import lacks_protein_change
from genomodel.annotation.symbols import with_current_symbols
from genomodel.core.builds import spellings
from genomodel.core.provenance import Step, StepStatus
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant, Variant
from genomodel.resources.gene_symbols import current_symbol

TOLD_STEP = "Rows completed from genome and gene models"


def complete_maf(calls: AnnotatedCalls, reference: str | Path, gff: str | Path) -> AnnotatedCalls:
    """Return the calls of a MAF with what its rows leave open told by their bases.

    Rows that state a protein change, that change no residue, or whose gene goes by a damaged name, stay as they are.

    Parameters
    ----------
    calls
        As :func:`~genomodel.annotation.maf.read_maf` reads them.
    reference
        FASTA of the build of the calls.
    gff
        Gene models in Ensembl's GFF3 style.

    Returns
    -------
    AnnotatedCalls
        With a step that counts the rows that were told and those that stay open.

    Raises
    ------
    InputError
        A file is missing or damaged, or a reference allele is not what the genome holds.
    """
    open_ = [index for index, variant in enumerate(calls.variants) if _is_open(variant)]
    if not open_:
        return calls
    variants = list(calls.variants)
    with TranscriptEngine.open(reference, gff) as engine:
        for index in open_:
            variants[index] = _told(variants[index], engine)
    still = sum(_is_open(variants[index]) for index in open_)
    mute = any(lacks_protein_change(variant.consequence) for variant in variants)
    steps = [step for step in calls.steps if mute or step.name != MUTE_STEP]
    detail = f"{len(open_) - still} of {len(open_)} rows without a protein change or without a gene"
    steps.append(Step(name=TOLD_STEP, status=StepStatus.DONE, detail=detail))
    told = calls.model_copy(update={"variants": tuple(variants), "steps": tuple(steps)})
    return name_effects(with_current_symbols(told), calls.patient.genome)


def _is_open(variant: AnnotatedVariant) -> bool:
    one = variant.consequence
    return one is None or (lacks_protein_change(one) and not why_no_symbol(one.gene))


def _told(variant: AnnotatedVariant, engine: TranscriptEngine) -> AnnotatedVariant:
    chrom = variant.variant.chrom
    derived = tuple(
        one.model_copy(update={"gene": current_symbol(one.gene, chrom)})
        for one in engine.consequences(*_anchored(variant.variant, engine))
    )
    if not derived:
        return variant
    own = (*filter(None, (variant.consequence,)), *variant.other_consequences)
    chosen, others = choose_consequence(complete(tuple(Effect(one) for one in own), derived))
    return variant.model_copy(update={"consequence": chosen, "other_consequences": others})


def _anchored(variant: Variant, engine: TranscriptEngine) -> tuple[str, int, str, str]:
    """Return an allele as a VCF writes it: a MAF has ``-`` for nothing, and the base before an insertion as start."""
    chrom, pos, ref, alt = variant.chrom, variant.pos, variant.ref.strip("-"), variant.alt.strip("-")
    if (ref and alt) or not (ref or alt):
        return chrom, pos, ref, alt
    before = pos if not ref else pos - 1
    contig = next((name for name in spellings(chrom) if name in engine.sequence.lengths), chrom)
    base = engine.sequence.genome(contig, before - 1, before)
    return chrom, before, base + ref, base + alt
