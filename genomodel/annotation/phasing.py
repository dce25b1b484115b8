"""Alleles of one codon: which lie on one DNA molecule, and what they make there together.

BRAF V600K may arrive as two base changes, of which each alone reads V600E or V600M. Called alleles of any origin whose
changes touch one codon of one transcript are therefore held against each other, codons that an intron parts included.
What a file or the reads say of each pair (:class:`Linkage`) is settled, and the variants carry the outcome
(:class:`~genomodel.core.variants.JointChange`):

cis
    ``consequence`` is that of all together. Where molecules carry an allele without the others as well, as those of an
    older clone do, it keeps its own, for that is in the tumor too; the others carry the joint one.
trans
    Each keeps its own.
unknown
    Each keeps its own, and beside it stands what all would make together.

Alleles that exchange the same base, and those of one record, cannot share a molecule and are no partners.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from genomodel.annotation.hgvs import is_splice
from genomodel.annotation.phasing_codons import (
    alone_from_joint,
    changed_bases,
    codons_touched,
    inserts_at,
    joint_from_codons,
    joint_from_residues,
)
from genomodel.core.exact_test import fisher
from genomodel.core.provenance import Step, StepStatus
from genomodel.core.variants import (
    AnnotatedCalls,
    AnnotatedVariant,
    Consequence,
    JointChange,
    Label,
    Origin,
    Phase,
    Variant,
)

FRACTION_RATIO = 2.0
"""Ratio of allele fractions beyond which the allele of the larger one must lie on molecules without the other, too."""
FRACTION_ERROR = 0.001
"""Probability by which chance may give counts as unlike as that; counts that are not given are not asked."""
LEAST_SHARED = 0.7
"""Share of the rarer allele's molecules that must carry the other as well, by their fractions alone, to be cis."""
LEAST_DEPTH = 20
"""Depth from which fractions alone tell a phase."""
JOINT_STEP = "Joint effect of neighbors"
NOTHING_TELLS = "no phase set, and no reads were given"
MOST_ALLELES = 6
"""Alleles of one codon beyond which nothing is said of all together: no tumor has so many."""


@dataclass(frozen=True, slots=True)
class Linkage:
    """What one source says of two alleles."""

    phase: Phase
    basis: str
    also_alone: frozenset[str] = frozenset()
    """Keys of the alleles that molecules carry without the other as well."""
    counted: bool = False
    """Molecules were counted, so that their shares need not be guessed from allele fractions."""


class PhaseSource(Protocol):
    """What a file says of alleles that share a codon."""

    def linkages(self, first: str, second: str) -> Sequence[Linkage]:
        """Return what is said of two alleles, by their keys, the surest first."""

    def joint(self, alleles: frozenset[str], transcript: str) -> Consequence | None:
        """Return what the genome says that alleles make together on a transcript."""

    def read_as_one(self, allele: str) -> frozenset[str]:
        """Return the alleles, itself among them, that the annotator already read as one change."""

    def joined_on(self, allele: str) -> frozenset[str]:
        """Return the transcripts on which it did."""


class NothingKnown:
    """A source of calls that carries no phase."""

    def linkages(self, first: str, second: str) -> Sequence[Linkage]:
        """Say nothing."""
        return ()

    def joint(self, alleles: frozenset[str], transcript: str) -> Consequence | None:
        """Say nothing."""
        return None

    def read_as_one(self, allele: str) -> frozenset[str]:
        """Say that each allele was read alone."""
        return frozenset((allele,))

    def joined_on(self, allele: str) -> frozenset[str]:
        """Say that each allele was read alone."""
        return frozenset()


NOTHING_KNOWN = NothingKnown()


def settle(said: Sequence[Linkage]) -> Linkage:
    """Return what follows from all that is said of two alleles: sources that contradict each other leave it unknown."""
    speaking = [linkage for linkage in said if linkage.phase is not Phase.UNKNOWN]
    alone = frozenset[str]().union(*(linkage.also_alone for linkage in speaking))
    counted = any(linkage.counted for linkage in speaking)
    if len({linkage.phase for linkage in speaking}) > 1:
        basis = "sources disagree: " + "; ".join(f"{linkage.phase.value} by {linkage.basis}" for linkage in speaking)
        return Linkage(Phase.UNKNOWN, basis)
    basis = "; ".join(dict.fromkeys(linkage.basis for linkage in speaking or said))
    return Linkage(speaking[0].phase if speaking else Phase.UNKNOWN, basis or NOTHING_TELLS, alone, counted)


def may_share_molecule(first: Variant, second: Variant) -> bool:
    """Whether one DNA molecule can carry both alleles: they are not the same one and exchange no base in common."""
    if first.chrom != second.chrom or first.key == second.key or changed_bases(first) & changed_bases(second):
        return False
    places = inserts_at(first), inserts_at(second)
    return None in places or places[0] != places[1]


def join_codons(
    variants: Iterable[AnnotatedVariant], source: PhaseSource = NOTHING_KNOWN
) -> tuple[AnnotatedVariant, ...]:
    """Return the variants, those that share a codon with the outcome of their phase; all others as they are.

    Not called alleles, and those to be confirmed first, are no partners. Variants that already carry an outcome keep
    it.
    """
    listed = _with_pointed(list(variants), source)
    weighed = {i: variant for i, variant in enumerate(listed) if _is_weighed(variant)}
    pairs = _pairs(weighed, source)
    partners: dict[int, list[int]] = defaultdict(list)
    for first, second in pairs:
        partners[first].append(second)
        partners[second].append(first)
    settled = {}
    for pair in pairs:
        one, other = (weighed[i] for i in pair)
        said = source.linkages(one.variant.key, other.variant.key)
        settled[pair] = _by_fractions(one, other, said)
    codon = _Codon(weighed, settled, source)
    for i in sorted(partners):
        if listed[i].joint is None:
            once = {weighed[j].variant.key: j for j in sorted(partners[i], reverse=True)}
            listed[i] = codon.joined(i, sorted(once.values()))
    for i, variant in weighed.items():
        if i not in partners and variant.joint is None and len(source.read_as_one(variant.variant.key)) > 1:
            listed[i] = codon.joined_with_uncalled(i)
    return tuple(listed)


def _with_pointed(variants: list[AnnotatedVariant], source: PhaseSource) -> list[AnnotatedVariant]:
    """Give alleles whose joint change stands at a later record of the file what that record holds of it."""
    holders: dict[str, AnnotatedVariant] = {}
    for variant in variants:
        if variant.consequence is not None and source.joined_on(variant.variant.key):
            holders.setdefault(variant.variant.key, variant)
    for i, variant in enumerate(variants) if holders else ():
        others = source.read_as_one(variant.variant.key) - {variant.variant.key}
        holder = next((holders[key] for key in sorted(others) if key in holders), None)
        if variant.consequence is not None or holder is None:
            continue
        on = source.joined_on(variant.variant.key)
        found = [each for each in _on_transcripts(holder) if each.transcript in on]
        if found:
            update = {"consequence": found[0], "other_consequences": (*found[1:], *variant.other_consequences)}
            variants[i] = variant.model_copy(update=update)
    return variants


def with_joint_changes(calls: AnnotatedCalls, source: PhaseSource = NOTHING_KNOWN) -> AnnotatedCalls:
    """Return calls with the outcome of :func:`join_codons`, and what was done of it as steps."""
    variants = join_codons(calls.variants, source)
    return calls.model_copy(update={"variants": variants, "steps": (*calls.steps, *phase_steps(variants))})


def phase_steps(variants: Sequence[AnnotatedVariant]) -> tuple[Step, ...]:
    """Return what was told, and what could not be told, of alleles that share a codon; nothing where there are none."""
    by_key = {variant.variant.key: variant for variant in variants}
    told: dict[StepStatus, dict[frozenset[str], str]] = {StepStatus.DONE: {}, StepStatus.SKIPPED: {}}
    for variant in variants:
        joint = variant.joint
        if joint is None:
            continue
        group = [variant, *(by_key[key] for key in joint.partners if key in by_key)]
        names = [_alone_words(item) for item in sorted(group, key=lambda item: (item.record, item.variant.key))]
        outcome = f", together {joint.together.protein_change}" if joint.together else ""
        text = f"{' with '.join(names)}{outcome}: {joint.phase.value} ({joint.basis})"
        open_ = joint.phase is Phase.UNKNOWN or (joint.phase is Phase.CIS and joint.together is None)
        status = StepStatus.SKIPPED if open_ else StepStatus.DONE
        told[status].setdefault(frozenset(item.variant.key for item in group), text)
    said = {StepStatus.DONE: "", StepStatus.SKIPPED: "what alleles of one codon make together is not known; "}
    return tuple(
        Step(name=JOINT_STEP, status=status, detail=said[status] + "; ".join(texts.values()))
        for status, texts in told.items()
        if texts
    )


def _alone_words(variant: AnnotatedVariant) -> str:
    alone = variant.joint.alone if variant.joint is not None else variant.consequence
    if alone is None or not alone.protein_change or is_splice(alone.protein_change):
        return variant.variant.key
    return f"{alone.gene} p.{alone.protein_change}"


def _is_weighed(variant: AnnotatedVariant) -> bool:
    called = variant.origin is not Origin.NOT_CALLED and Label.CONFIRM not in variant.labels
    return called and variant.consequence is not None


def _on_transcripts(variant: AnnotatedVariant) -> Iterator[Consequence]:
    if variant.consequence is not None:
        yield variant.consequence
    yield from variant.other_consequences


def _pairs(weighed: Mapping[int, AnnotatedVariant], source: PhaseSource) -> list[tuple[int, int]]:
    """Return the variants that may share a molecule and touch one codon of a transcript that is reported."""
    reported = {(c.gene, c.transcript) for v in weighed.values() if (c := v.consequence) is not None}
    by_codon: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    by_key: dict[str, int] = {}
    for i, variant in weighed.items():
        by_key.setdefault(variant.variant.key, i)
        for consequence in _on_transcripts(variant):
            if (consequence.gene, consequence.transcript) in reported:
                for codon in codons_touched(consequence):
                    by_codon[consequence.gene, consequence.transcript, codon].append(i)
    groups = [*by_codon.values()]
    for key in by_key:
        as_one = source.read_as_one(key)
        if len(as_one) > 1:
            groups.append([by_key[other] for other in as_one if other in by_key])
    found = {
        (min(pair), max(pair))
        for group in groups
        if len(group) > 1
        for pair in combinations(sorted(set(group)), 2)
        if _may_be_one(weighed[pair[0]], weighed[pair[1]])
    }
    return sorted(found)


def _may_be_one(first: AnnotatedVariant, second: AnnotatedVariant) -> bool:
    """Whether one molecule can carry both: alleles of one record are alternatives of each other."""
    return first.record != second.record and may_share_molecule(first.variant, second.variant)


def _by_fractions(first: AnnotatedVariant, second: AnnotatedVariant, said: Sequence[Linkage]) -> Linkage:
    """Settle what is said of two alleles, and hold their allele fractions against it where nobody counted molecules."""
    told = settle(said)
    if told.counted:
        return told
    if not said and (shared := _least_shared(first, second)) >= LEAST_SHARED:
        told = Linkage(Phase.CIS, f"allele fractions, which leave no other way for {shared:.0%} of the rarer one's")
    larger = _clearly_larger(first, second)
    if larger is None or told.phase is Phase.TRANS:
        return told
    basis = f"{told.basis}; by its allele fraction most molecules with {larger} carry it alone"
    return Linkage(told.phase, basis, told.also_alone | {larger})


def _least_shared(first: AnnotatedVariant, second: AnnotatedVariant) -> float:
    """Return the least share of the rarer allele's molecules that carry the other one too, given both fractions."""
    fractions = [item.tumor.known_fraction for item in (first, second)]
    deep = all((item.tumor.depth or 0) >= LEAST_DEPTH for item in (first, second))
    one, other = fractions
    if not deep or not one or not other:
        return 0.0
    return max(0.0, one + other - 1) / min(one, other)


def _clearly_larger(first: AnnotatedVariant, second: AnnotatedVariant) -> str | None:
    """Return the key of the allele whose fraction is beyond doubt larger by `FRACTION_RATIO`, ``None`` for neither."""
    small, large = sorted((first, second), key=lambda item: item.tumor.known_fraction or 0.0)
    few, many = small.tumor.known_fraction, large.tumor.known_fraction
    if few is None or many is None or many <= FRACTION_RATIO * few:
        return None
    counts = [(item.tumor.alt_reads, item.tumor.depth) for item in (small, large)]
    table = [[reads, max(depth - reads, 0)] for reads, depth in counts if reads is not None and depth is not None]
    if len(table) == 2 and fisher(*table[0], *table[1]) > FRACTION_ERROR:
        return None
    return large.variant.key


@dataclass(frozen=True)
class _Codon:
    """The variants of a file, what is settled of pairs of them, and where joint changes come from."""

    variants: Mapping[int, AnnotatedVariant]
    settled: Mapping[tuple[int, int], Linkage]
    source: PhaseSource

    def joined(self, i: int, partners: Sequence[int]) -> AnnotatedVariant:
        """Return a variant with the outcome of its partners."""
        own = self.variants[i]
        said = {j: self.settled[min(i, j), max(i, j)] for j in partners}
        of = {phase: [j for j, linkage in said.items() if linkage.phase is phase] for phase in Phase}
        phase = next(phase for phase in (Phase.UNKNOWN, Phase.CIS, Phase.TRANS) if of[phase])
        with_it = sorted({*of[Phase.CIS], *of[Phase.UNKNOWN]}) if phase is not Phase.TRANS else []
        named = with_it or of[Phase.TRANS]
        alone = self._alone(i)
        together = self._together((i, *with_it), alone[0]) if with_it else None
        also_alone = _stands_alone(own, [self.variants[j] for j in with_it], [said[j] for j in with_it])
        outcome = JointChange(
            phase=phase,
            basis=_basis(own, [(self.variants[j], said[j]) for j in partners]),
            partners=tuple(self.variants[j].variant.key for j in named),
            alone=alone[0],
            together=together,
            also_alone=also_alone,
        )
        shown = alone
        if own.consequence is not None and not alone[0].protein_change:
            shown = (own.consequence, *own.other_consequences)
        surely = (i, *of[Phase.CIS])
        if of[Phase.CIS] and not also_alone:
            shown = tuple(self._together(surely, each) or each for each in shown)
        return own.model_copy(update={"consequence": shown[0], "other_consequences": shown[1:], "joint": outcome})

    def joined_with_uncalled(self, i: int) -> AnnotatedVariant:
        """Return a variant that the annotator joined with alleles that are not called: either reading may be true."""
        own = self.variants[i]
        alone, reported = self._alone(i), (own.consequence, *own.other_consequences)
        outcome = JointChange(
            phase=Phase.UNKNOWN,
            basis="bcftools csq joins it with an allele that is not called",
            partners=tuple(sorted(self.source.read_as_one(own.variant.key) - {own.variant.key})),
            alone=alone[0],
            together=own.consequence,
        )
        shown = alone if alone[0].protein_change else reported
        return own.model_copy(update={"consequence": shown[0], "other_consequences": shown[1:], "joint": outcome})

    def _alone(self, i: int) -> tuple[Consequence, ...]:
        """Return what an allele does by itself on each transcript, the reported one first."""
        own = self.variants[i]
        as_one = self.source.read_as_one(own.variant.key)
        if len(as_one) == 1:
            return tuple(_on_transcripts(own))
        keys = sorted(as_one)
        alleles = [variant_of_key(key) for key in keys]
        return tuple(
            alone_from_joint(alleles, consequence)[keys.index(own.variant.key)] for consequence in _on_transcripts(own)
        )

    def _together(self, members: Sequence[int], on: Consequence) -> Consequence | None:
        """Return what alleles make together on the transcript of a consequence, ``None`` where it cannot be told."""
        alleles = [self.variants[j] for j in sorted(members)]
        keys = frozenset(allele.variant.key for allele in alleles)
        if len(alleles) > MOST_ALLELES or not all(_may_be_one(a, b) for a, b in combinations(alleles, 2)):
            return None
        if any(self._apart(a, b) for a, b in combinations(sorted(members), 2)):
            return None
        if (known := self.source.joint(keys, on.transcript)) is not None:
            return known.model_copy(update={"gene": on.gene})
        parts = [_same_transcript(allele, on) for allele in alleles]
        found = [part for part in parts if part is not None]
        if len(found) != len(parts) or not _one_codon(found):
            return None
        as_one = self.source.read_as_one(alleles[0].variant.key)
        if len(as_one) > 1:
            return found[0] if keys == as_one else None
        placed = list(zip((allele.variant for allele in alleles), found, strict=True))
        return joint_from_codons(found) or joint_from_residues(placed)

    def _apart(self, first: int, second: int) -> bool:
        linkage = self.settled.get((first, second))
        return linkage is not None and linkage.phase is Phase.TRANS


def variant_of_key(key: str) -> Variant:
    """Return the allele that a key names."""
    place, _, alt = key.rpartition(">")
    chrom, pos, ref = place.rsplit(":", 2)
    return Variant(chrom=chrom, pos=int(pos), ref=ref, alt=alt)


def _same_transcript(variant: AnnotatedVariant, on: Consequence) -> Consequence | None:
    found = (c for c in _on_transcripts(variant) if (c.gene, c.transcript) == (on.gene, on.transcript))
    return next(found, None)


def _one_codon(parts: Sequence[Consequence]) -> bool:
    """Whether changes hang together by the codons that they touch."""
    left = [codons_touched(part) for part in parts]
    reached = set(left.pop(0))
    while left:
        near = next((codons for codons in left if codons & reached), None)
        if near is None:
            return False
        left.remove(near)
        reached |= near
    return True


def _stands_alone(own: AnnotatedVariant, partners: Sequence[AnnotatedVariant], said: Sequence[Linkage]) -> bool:
    """Whether molecules carry an allele without its partners: by counts, by fractions, or as an inherited one does.

    Normal cells carry an inherited allele without a somatic partner, so that its own change is real in any case.
    """
    if own.origin is Origin.GERMLINE and any(partner.origin is not Origin.GERMLINE for partner in partners):
        return True
    return bool(said) and all(own.variant.key in linkage.also_alone for linkage in said)


def _basis(own: AnnotatedVariant, said: Sequence[tuple[AnnotatedVariant, Linkage]]) -> str:
    """Say what tells the phase with each partner; of several partners, which one it is said of."""
    if len({(linkage.phase, linkage.basis) for _, linkage in said}) == 1:
        return said[0][1].basis
    return "; ".join(f"with {partner.variant.key} {link.phase.value}: {link.basis}" for partner, link in said)
