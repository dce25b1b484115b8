"""Which called alleles may lie together on one DNA molecule, so that the protein change is not the one of either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from genomodel.core.variants import AnnotatedVariant, Label, Origin, Variant
from genomodel.interpretation.protein_change import ProteinChange, parse_protein_change

FRACTION_RATIO = 2.0
"""Two alleles on the same molecules have about the same allele fraction; beyond this ratio they are taken apart."""
NEVER_IN_PHASE = (Origin.NOT_CALLED, Origin.GERMLINE)

Clashes = dict[tuple[str, str], tuple[str, ...]]
"""By gene and variant key: the protein changes of the codon, its own among them."""


def codons_called_twice(variants: Iterable[AnnotatedVariant]) -> Clashes:
    """Return the substitutions that may lie in phase with another one of the same codon.

    Two neighboring base changes of one codon that lie on one DNA molecule give a third protein change (BRAF V600K is
    one such pair), which records of single bases do not show. Two alleles of the same base cannot lie on one molecule,
    nor do alleles whose fractions differ by more than `FRACTION_RATIO`; synonymous, inherited and not called alleles
    are not weighed, nor those to be confirmed first. An allele of unknown fraction is.
    """
    codons: dict[tuple[str, int], list[tuple[AnnotatedVariant, ProteinChange]]] = defaultdict(list)
    for variant in variants:
        change = _substitution(variant)
        weighed = variant.origin not in NEVER_IN_PHASE and Label.CONFIRM not in variant.labels
        if change is not None and variant.consequence is not None and weighed:
            codons[variant.consequence.gene, change.start].append((variant, change))
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (gene, _), listed in codons.items():
        for (first, change), (second, other) in combinations(listed, 2):
            if _may_share_molecule(first, second):
                for variant in (first, second):
                    found[gene, variant.variant.key] |= {change.text, other.text}
    return {allele: tuple(sorted(texts)) for allele, texts in found.items()}


def _substitution(variant: AnnotatedVariant) -> ProteinChange | None:
    """Return the residue that a variant exchanges, ``None`` for any other effect."""
    if variant.consequence is None:
        return None
    change = parse_protein_change(variant.consequence.protein_change)
    if change is None or change.kind != "substitution" or change.alt in ("=", change.ref):
        return None
    return change


def _may_share_molecule(first: AnnotatedVariant, second: AnnotatedVariant) -> bool:
    if changed_bases(first.variant) & changed_bases(second.variant):
        return False
    one, other = first.tumor.known_fraction, second.tumor.known_fraction
    return one is None or other is None or max(one, other) <= FRACTION_RATIO * min(one, other)


def changed_bases(variant: Variant) -> frozenset[int]:
    """Return the 1-based positions that an allele changes; all of its reference bases where the lengths differ."""
    if len(variant.ref) != len(variant.alt):
        return frozenset(range(variant.pos, variant.pos + max(len(variant.ref), 1)))
    pairs = zip(variant.ref.upper(), variant.alt.upper(), strict=True)
    return frozenset(variant.pos + place for place, (ref, alt) in enumerate(pairs) if ref != alt)
