"""The phase of two alleles by the molecules that reach over both.

Every fragment that shows a base at both places counts once, its two mates as one; reads and bases below the limits of
:class:`~genomodel.calls.fragments.ReadLimits`, duplicates, and fragments that show a third allele at either place do
not. Four numbers follow: fragments with both alleles, with either one only, with none. With `ERROR`, the probability
that a fragment shows an allele wrongly (a base of quality 20, the least that counts, is wrong in 1 of 100):

- a kind of molecule is *there* if its fragments are at least `LEAST_SHARE` of those of the allele in question, and
  errors alone would give so many with a probability below `CHANCE`;
- it is *ruled out* if it is not there and the upper 95 % limit of its share (Clopper and Pearson) is below
  `RULED_OUT`, for which nine fragments of the allele without one of that kind are needed.

Both alleles together are there, and at least one of the alleles alone is ruled out: cis. Together is ruled out for the
allele with fewer fragments, so that either is there alone: trans. Anything else, molecules of all three kinds among it,
is unknown, with the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scipy.special import bdtrc, betaincinv

from genomodel.annotation.phasing import Linkage
from genomodel.calls.fragments import FragmentReader, ReadLimits
from genomodel.calls.read_alleles import ALT, REF
from genomodel.core.variants import Phase, Variant

ERROR = 0.01
CHANCE = 0.001
LEAST_SHARE = 0.1
RULED_OUT = 0.3


@dataclass(frozen=True, slots=True)
class SharedFragments:
    """Fragments over two alleles, by what they carry."""

    both: int
    first: int
    """With the first allele and the reference base in place of the second."""
    second: int
    neither: int

    @property
    def carriers(self) -> int:
        """Fragments with at least one of the alleles."""
        return self.both + self.first + self.second


def read_linkages(
    alignment: str | Path,
    reference: str | Path,
    pairs: Sequence[tuple[Variant, Variant]],
    limits: ReadLimits | None = None,
) -> dict[frozenset[str], Linkage]:
    """Return what the reads of a tumor say of pairs of alleles.

    Parameters
    ----------
    alignment
        Sorted, indexed BAM or CRAM.
    reference
        FASTA that it was aligned to.
    pairs
        Alleles that may share a molecule.
    limits
        Reads and bases that count.

    Raises
    ------
    InputError
        A file cannot be read.
    """
    if not pairs:
        return {}
    alleles = {variant.key: variant for pair in pairs for variant in pair}
    reader = FragmentReader(alignment, reference, limits)
    try:
        order = {name: i for i, name in enumerate(reader.contigs)}
        listed = sorted(alleles.values(), key=lambda v: (order.get(v.chrom, len(order)), v.pos, v.ref, v.alt))
        shown = reader.alleles_of_fragments([variant for variant in listed if variant.chrom in order])
    finally:
        reader.close()
    return {
        frozenset((one.key, other.key)): judge(
            one.key, other.key, count_shared(shown.get(one.key, {}), shown.get(other.key, {}))
        )
        for one, other in pairs
    }


def count_shared(first: Mapping[str, int], second: Mapping[str, int]) -> SharedFragments:
    """Count the fragments that speak for an allele or the reference at both of two places, given by name."""
    kinds = [(first[name], second[name]) for name in first.keys() & second.keys()]
    return SharedFragments(
        both=kinds.count((ALT, ALT)),
        first=kinds.count((ALT, REF)),
        second=kinds.count((REF, ALT)),
        neither=kinds.count((REF, REF)),
    )


def judge(first: str, second: str, seen: SharedFragments) -> Linkage:
    """Return the phase of two alleles, by the rule that the module states, with the numbers as its basis."""
    together = seen.both
    alone = {first: seen.first, second: seen.second}
    rarer = min(seen.first, seen.second) + together
    there = {key for key, count in alone.items() if _is_there(count, count + together)}
    missing = {key for key, count in alone.items() if key not in there and _is_ruled_out(count, count + together)}
    basis = (
        f"reads: {together} of {seen.carriers} fragments with either carry both, {seen.first} only {first}, "
        f"{seen.second} only {second}"
    )
    if _is_there(together, rarer) and missing and len(missing | there) == 2:
        return Linkage(Phase.CIS, basis, frozenset(there), counted=True)
    if not _is_there(together, rarer) and _is_ruled_out(together, rarer):
        return Linkage(Phase.TRANS, basis, frozenset(there), counted=True)
    if not seen.carriers:
        basis = "reads: no fragment reaches over both with either allele"
    return Linkage(Phase.UNKNOWN, basis, counted=True)


def _is_there(count: int, of: int) -> bool:
    return count >= LEAST_SHARE * of and float(bdtrc(count - 1, of, ERROR)) < CHANCE


def _is_ruled_out(count: int, of: int) -> bool:
    return count < of and float(betaincinv(count + 1, of - count, 0.95)) < RULED_OUT
