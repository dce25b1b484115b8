"""Names and counts of the substitutions found at a codon or position, joined where one molecule carries several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from genomodel.calls.fragments import LETTERS
from genomodel.calls.hotspot_assay.limits import fraction_interval
from genomodel.calls.hotspot_assay.windows import BASES, Counts
from genomodel.core.codons import COMPLEMENT, translate
from genomodel.core.loci import AlleleSeen, Locus, LocusClass
from genomodel.core.variants import Variant

JOINED = 0.5
"""Share of the rarer substitution's fragments that show the other one too, from which the two are one change."""
_RESIDUE = re.compile(r"([A-Z])(\d+)$")


@dataclass(frozen=True)
class SeenBase:
    """A substitution that errors do not explain: 0-based place, bases of the forward strand, fragments."""

    place: int
    ref: str
    alt: str
    fragments: int
    depth: int


def changes_residue(locus: Locus, place: int, alt: str) -> bool:
    """Whether an alternate base is asked for: one that is named, or at a codon one that changes its residue."""
    if locus.alternates:
        return alt in locus.alternates
    if locus.locus_class is not LocusClass.CODON or len(locus.positions) != 3:
        return True
    return _residue(locus, {}) != _residue(locus, {place: alt})


def alleles_seen(locus: Locus, found: Sequence[SeenBase], codon: Counts | None) -> tuple[AlleleSeen, ...]:
    """Return the alleles of a locus that are made of the substitutions found there.

    Parameters
    ----------
    locus
        Where they were found.
    found
        Substitutions that errors do not explain, those included that change no residue on their own.
    codon
        Fragments by what they show at the codon's three bases, shape (9, 9, 9), where one window holds them.
    """
    if codon is not None and len({base.place for base in found}) > 1:
        joined, left = _joined(locus, found, codon)
    else:
        joined, left = [], list(found)
    single = [
        _told(locus, {base.place: base.alt}, base.fragments, base.depth)
        for base in left
        if changes_residue(locus, base.place, base.alt)
    ]
    return tuple(sorted((*joined, *single), key=lambda allele: (-allele.alt_fragments, allele.variant.key)))


def _joined(locus: Locus, found: Sequence[SeenBase], codon: Counts) -> tuple[list[AlleleSeen], list[SeenBase]]:
    """Return changes of several bases on one molecule, and the substitutions that are no part of one."""
    order = [position - 1 for position in locus.positions]
    options = [[None, *(base for base in found if base.place == place)] for place in order]
    depth = int(codon[:BASES, :BASES, :BASES].sum())
    joined: list[AlleleSeen] = []
    used: set[SeenBase] = set()
    several = sorted(product(*options), key=lambda bases: -sum(base is not None for base in bases))
    for bases in several:
        changed = [base for base in bases if base is not None]
        if len(changed) < 2 or used & set(changed):
            continue
        codes = tuple(
            LETTERS.index(base.alt if base else _base_at(locus, place))
            for base, place in zip(bases, order, strict=True)
        )
        fragments = int(codon[codes])
        if depth and fragments >= JOINED * min(base.fragments for base in changed):
            used |= set(changed)
            alts = {base.place: base.alt for base in changed}
            if _residue(locus, {}) != _residue(locus, alts):
                joined.append(_told(locus, alts, fragments, depth))
    return joined, [base for base in found if base not in used]


def _base_at(locus: Locus, place: int) -> str:
    return locus.bases[locus.positions.index(place + 1)]


def _residue(locus: Locus, alts: Mapping[int, str]) -> str:
    bases = "".join(alts.get(position - 1, base) for position, base in zip(locus.positions, locus.bases, strict=True))
    return translate(bases if locus.forward else bases.translate(COMPLEMENT))


def _told(locus: Locus, alts: Mapping[int, str], fragments: int, depth: int) -> AlleleSeen:
    places = sorted(alts)
    whole = range(places[0], places[-1] + 1)
    ref = "".join(_base_at(locus, place) for place in whole) if _all_known(locus, whole) else _base_at(locus, places[0])
    known = len(ref) == len(whole)
    alt = "".join(alts.get(place, _base_at(locus, place)) for place in whole) if known else alts[places[0]]
    variant = Variant(chrom=locus.chrom, pos=places[0] + 1, ref=ref, alt=alt)
    low, high = fraction_interval(fragments, depth)
    return AlleleSeen(
        variant=variant,
        name=_name(locus, alts, variant),
        alt_fragments=fragments,
        depth=depth,
        allele_fraction=round(fragments / depth, 6),
        fraction_low=round(low, 6),
        fraction_high=round(high, 6),
    )


def _all_known(locus: Locus, places: Sequence[int]) -> bool:
    return all(place + 1 in locus.positions for place in places)


def _name(locus: Locus, alts: Mapping[int, str], variant: Variant) -> str:
    named = _RESIDUE.search(locus.id)
    if locus.locus_class is LocusClass.CODON and named and len(locus.positions) == 3:
        return f"{named[0]}{_residue(locus, alts)}"
    return f"{variant.chrom}:{variant.pos}{variant.ref}>{variant.alt}"
