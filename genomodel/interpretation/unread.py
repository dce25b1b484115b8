"""Called variants of which the input does not say enough to hold evidence against them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from genomodel.annotation.gene_names import why_no_symbol
from genomodel.annotation.protein_change import lacks_protein_change
from genomodel.core.findings import NotAssessable
from genomodel.core.variants import AnnotatedVariant, Origin
from genomodel.interpretation.knowledge import rules_by_gene
from genomodel.resources.driver_genes import driver_role

NAMED_AT_MOST = 5
"""Variants that a row names; the others are counted."""


def unread_gaps(variants: Iterable[AnnotatedVariant]) -> list[NotAssessable]:
    """Return what could not be looked up of variants that may be of the tumor: for want of a gene, or of residues."""
    called = [item for item in variants if item.origin in (Origin.SOMATIC, Origin.UNCERTAIN)]
    nameless = [item for item in called if item.consequence is not None and why_no_symbol(item.consequence.gene)]
    mute = [item for item in called if item not in nameless and lacks_protein_change(item.consequence)]
    gaps = []
    if nameless:
        reason = "Their genes go by dates, numbers, identifiers or several symbols, so that no evidence was looked up: "
        gaps.append(NotAssessable(what=_how_many(nameless), reason=reason + _some(nameless) + "."))
    if mute:
        reason = "The input does not say which residues change, so that no evidence on alleles, codons or hotspots was "
        gaps.append(NotAssessable(what=_how_many(mute), reason=f"{reason}matched: {_some(mute)}."))
    return gaps


def unread_gaps_that_matter(variants: Iterable[AnnotatedVariant]) -> list[NotAssessable]:
    """Return the same of variants that may hide evidence: of a gene of evidence, a driver gene, or an unknown gene."""
    return unread_gaps(item for item in variants if item.consequence is not None and _matters(item.consequence.gene))


def _matters(gene: str) -> bool:
    return bool(why_no_symbol(gene)) or driver_role(gene) is not None or gene in rules_by_gene()


def _how_many(variants: Sequence[AnnotatedVariant]) -> str:
    return f"{len(variants)} called variant{'' if len(variants) == 1 else 's'}"


def _some(variants: Sequence[AnnotatedVariant]) -> str:
    """Name a few, those that may hide evidence first, in an order that is not the input's."""
    genes = [(item.consequence.gene if item.consequence else "", item.variant.key) for item in variants]
    names = [f"{gene} {key}" for gene, key in sorted(genes, key=lambda named: (not _matters(named[0]), *named))]
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
