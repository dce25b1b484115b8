"""What every dialect's parser gives: effects by alternate allele."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from genomodel.calls.vcf_text import VcfRecord
from genomodel.core.variants import ClinVarRecord, Consequence, InSilicoScore

MANE_SELECT, MANE_PLUS, CANONICAL, UNMARKED = range(4)


@dataclass(frozen=True, slots=True)
class Effect:
    """A consequence with what helps to choose among several."""

    consequence: Consequence
    picked: bool = False
    """The annotator marked it as the one to report."""
    tier: int = UNMARKED
    """Standing of the transcript, from ``MANE_SELECT`` to ``UNMARKED``."""
    biotype: str = ""
    population_frequency: float | None = None
    """Highest frequency of the allele in any population that the annotation names."""
    frequencies: Mapping[str, float] = field(default_factory=dict)
    """Frequencies of the allele by the columns that they stand in."""
    predictions: tuple[InSilicoScore, ...] = ()
    """What computational predictors say of the change on this transcript."""
    clinvar: ClinVarRecord | None = None
    """What ClinVar says of the allele, where the annotation has columns of it."""


Effects = tuple[Effect, ...]
Parser = Callable[[VcfRecord], tuple[Effects, ...]]
"""Takes a record, gives the effects of each of its alternate alleles, in their order."""


def annotator_alleles(ref: str, alts: tuple[str, ...]) -> list[set[str]]:
    """Spellings by which annotators may name each alternate allele of a record.

    SnpEff writes the allele as it stands. VEP cuts the first base from all alleles when it is shared and one of them
    differs in length from the reference, and writes ``-`` for nothing; with ``--minimal`` it trims each allele alone.
    """
    spellings = [{alt} for alt in alts]
    plain = [alt for alt in alts if alt.isalpha()]
    if any(len(alt) != len(ref) for alt in plain) and all(alt[0] == ref[0] for alt in plain):
        for alt, names in zip(alts, spellings, strict=True):
            if alt.isalpha():
                names.add(alt[1:] or "-")
    for alt, names in zip(alts, spellings, strict=True):
        if alt.isalpha():
            names.add(_minimal(ref, alt) or "-")
    return spellings


def _minimal(ref: str, alt: str) -> str:
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        ref, alt = ref[1:], alt[1:]
    return alt


def assign_by_allele(record: VcfRecord, named: list[tuple[str, Effect]]) -> tuple[Effects, ...]:
    """Give effects, each with the allele name its annotator wrote, to the alternate alleles of the record.

    With one alternate allele all effects are its own. An exact spelling wins over a trimmed one that another allele
    shares; an allele name that fits none of several alleles is dropped, for guessing would move an effect.
    """
    if len(record.alts) <= 1:
        effects = tuple(effect for _, effect in named)
        return (effects,) * len(record.alts)
    spellings = annotator_alleles(record.ref, record.alts)
    result: list[list[Effect]] = [[] for _ in record.alts]
    for allele, effect in named:
        exact = [index for index, alt in enumerate(record.alts) if alt == allele]
        fitting = exact or [index for index, names in enumerate(spellings) if allele in names]
        if len(fitting) == 1:
            result[fitting[0]].append(effect)
    return tuple(tuple(effects) for effects in result)
