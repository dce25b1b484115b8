"""What every dialect's parser gives: effects by alternate allele."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from genomodel.calls.vcf_text import VcfRecord
from genomodel.core.variants import ClinVarRecord, Consequence, InSilicoScore

_SEQUENCE = frozenset("ACGTN-")
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


def _of_parted(ref: str, alt: str, names: set[str]) -> set[str]:
    """Return the names that are the one allele's; all where none fits, or there is but one.

    What parts a record may trim its alleles as well, so that a name may begin with bases that the allele has no more.
    A substitution of one base is never named by another single base: that was picked for the allele it stood beside.
    """
    if len(ref) == len(alt) == 1:
        names = {name for name in names if len(name) > 1 or name.upper() == alt.upper()}
    if len(names) == 1:
        return names
    spelled = annotator_alleles(ref, (alt,))[0]
    own = {alt} & names or spelled & names
    minimal = _minimal(ref, alt)
    return own or {name for name in names if minimal and name.endswith(minimal)} or names


def assign_by_allele(record: VcfRecord, named: list[tuple[str, Effect]]) -> tuple[Effects, ...]:
    """Give effects, each with the allele name its annotator wrote, to the alternate alleles of the record.

    With one alternate allele all effects are its own, unless the record was parted from one of several alleles, whose
    effects it still carries (:func:`_of_parted`). A single name that is no sequence, as ``RPL`` or ``deletion``, is of
    the whole record. An exact spelling wins over a trimmed one that another allele shares; an allele name that fits
    none of several alleles is dropped, for guessing would move an effect.
    """
    names = {name for name, _ in named}
    of_all = len(names) == 1 and not _SEQUENCE.issuperset(*names)
    if of_all or len(record.alts) <= 1:
        chosen = names if of_all or not record.alts else _of_parted(record.ref, record.alts[0], names)
        effects = tuple(effect for name, effect in named if name in chosen)
        return (effects,) * len(record.alts)
    spellings = annotator_alleles(record.ref, record.alts)
    result: list[list[Effect]] = [[] for _ in record.alts]
    for allele, effect in named:
        exact = [index for index, alt in enumerate(record.alts) if alt == allele]
        fitting = exact or [index for index, names in enumerate(spellings) if allele in names]
        if len({record.alts[index] for index in fitting}) == 1:
            for index in fitting:
                result[index].append(effect)
    return tuple(tuple(effects) for effects in result)
