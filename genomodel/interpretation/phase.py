"""Alleles of one codon in the findings: what is matched, once, and what a reader is told of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from genomodel.annotation.hgvs import is_splice
from genomodel.annotation.phasing import MOST_ALLELES
from genomodel.annotation.phasing_codons import NOT_TOLD
from genomodel.annotation.protein_change import parse_protein_change
from genomodel.core.variants import AnnotatedVariant, Consequence, JointChange, Origin, Phase, shorten_sequence


def is_open(variant: AnnotatedVariant) -> bool:
    """Whether the true protein change of an allele is not known for the sake of another allele of its codon.

    So it is where the phase is not known, or the alleles share a molecule and their joint effect cannot be told; but
    not where molecules carry the allele alone as well, nor where every reading gives the same protein change.
    """
    joint = variant.joint
    if joint is None or joint.also_alone or joint.phase is Phase.TRANS:
        return False
    if joint.together is None:
        return True
    return joint.phase is Phase.UNKNOWN and len({_effect(reading) for reading in _readings(variant, joint)}) > 1


def other_reading(variant: AnnotatedVariant) -> Consequence | None:
    """Return what an allele makes with the others of its codon, where that is open and can be told."""
    return variant.joint.together if variant.joint is not None and is_open(variant) else None


def _readings(variant: AnnotatedVariant, joint: JointChange) -> tuple[Consequence, ...]:
    found = (variant.consequence, joint.alone, joint.together)
    return tuple(reading for reading in found if reading is not None)


def _effect(consequence: Consequence) -> tuple[str, str]:
    return consequence.protein_change, consequence.variant_class.value


def place_in_codon(variant: AnnotatedVariant) -> tuple[int, str]:
    """Sort key of alleles of one codon, of which the first by its place stands for all in whatever order they came."""
    return variant.variant.pos, variant.variant.key


@dataclass(frozen=True)
class SharedCodons:
    """The alleles of a tumor that share a codon.

    Attributes
    ----------
    by_key
        Variants by the key of their allele, of several records of one the first that shares a codon.
    leaders
        Key of each allele that is part of a joint change to the variant as which the change is reported, once.
    """

    by_key: Mapping[str, AnnotatedVariant]
    leaders: Mapping[str, AnnotatedVariant]

    @classmethod
    def of(
        cls, variants: Iterable[AnnotatedVariant], may_be_reported: Callable[[AnnotatedVariant], bool]
    ) -> SharedCodons:
        """Take the variants of a file; a joint change is reported under its first allele by place that may be."""
        by_key: dict[str, AnnotatedVariant] = {}
        first: dict[frozenset[str], AnnotatedVariant] = {}
        leaders: dict[str, AnnotatedVariant] = {}
        sharing: list[AnnotatedVariant] = []
        for variant in variants:
            key = variant.variant.key
            if key not in by_key or by_key[key].joint is None:
                by_key[key] = variant
            if variant.joint is not None:
                sharing.append(variant)
        for variant in sorted(sharing, key=place_in_codon):
            key, joint = variant.variant.key, variant.joint
            whole = joint is not None and joint.phase is Phase.CIS and not joint.also_alone and joint.together
            if joint is not None and whole and may_be_reported(variant):
                leaders[key] = first.setdefault(frozenset((key, *joint.partners)), variant)
        return cls(by_key, leaders)

    def reported_with(self, variant: AnnotatedVariant) -> AnnotatedVariant | None:
        """Return the variant that stands for the joint change of another, ``None`` where it stands for itself."""
        leader = self.leaders.get(variant.variant.key)
        return None if leader is None or leader.variant.key == variant.variant.key else leader

    def changes(self, variant: AnnotatedVariant) -> tuple[str, ...]:
        """Return the protein changes that an allele and its partners may make, alone or together."""
        if variant.joint is None:
            return ()
        found = [reading.protein_change for reading in _readings(variant, variant.joint)]
        partners = (_alone(partner) for partner in self._partners(variant))
        found += [partner.protein_change for partner in partners if partner is not None]
        return tuple(sorted({change for change in found if change}))

    def words(self, variant: AnnotatedVariant) -> str:
        """Say what another allele of the codon means for this one; empty where there is none."""
        joint = variant.joint
        if joint is None:
            return ""
        partners = self._partners(variant)
        others = " and ".join(_name(partner) for partner in partners[:MOST_ALLELES]) or ", ".join(joint.partners)
        together = _change(joint.together) if joint.together is not None else ""
        basis = f"({joint.basis})"
        if joint.phase is Phase.TRANS:
            return f"{others} at the same codon lies on other DNA molecules {basis}"
        if joint.phase is Phase.CIS:
            return self._in_cis(variant, joint, others, together, basis)
        called = f"{_change(_alone(variant))} and {others} were both called at codon {_codon(joint)}"
        if joint.also_alone:
            return f"{called}, the other one at a lower allele fraction {basis}: this change is there in any case"
        if not is_open(variant):
            return f"{called}: the protein change is {together}, whether they lie on one DNA molecule or not"
        outcome = f"they make {together}" if together else "the protein change is another one"
        return (
            f"{called}, and it is not known whether they lie on one DNA molecule {basis}: if they do, {outcome}, so "
            "that no allele-specific evidence was matched; check the reads"
        )

    def _in_cis(self, variant: AnnotatedVariant, joint: JointChange, others: str, together: str, basis: str) -> str:
        if not together:
            return (
                f"it lies on one DNA molecule with {others} {basis}; what they make together cannot be told, so that "
                "no allele-specific evidence was matched"
            )
        if joint.also_alone:
            return f"some molecules carry it together with {others}, which makes {together} there {basis}"
        return (
            f"it lies on one DNA molecule with {others} {basis}: together they make {together}, alone this one would "
            f"be {_change(joint.alone)}"
        )

    def part_words(self, leader: AnnotatedVariant) -> str:
        """Say of which reported change an allele is a part."""
        effect = leader.consequence
        change = f"{effect.gene} {_change(effect)}" if effect is not None else leader.variant.key
        return f"Part of {change} with record {leader.record}, on one DNA molecule, and reported there once."

    def _partners(self, variant: AnnotatedVariant) -> list[AnnotatedVariant]:
        keys = variant.joint.partners if variant.joint is not None else ()
        return [self.by_key[key] for key in keys if key in self.by_key]


def _alone(variant: AnnotatedVariant) -> Consequence | None:
    return variant.joint.alone if variant.joint is not None else variant.consequence


def _change(consequence: Consequence | None) -> str:
    if consequence is None:
        return "no known change"
    if consequence.terms == NOT_TOLD:
        return "a change that the annotation does not give"
    if consequence.protein_change and not is_splice(consequence.protein_change):
        return shorten_sequence(f"p.{consequence.protein_change}", "residues")
    return shorten_sequence(consequence.hgvs_c or consequence.variant_class.value.replace("_", " "), "residues")


def _name(partner: AnnotatedVariant) -> str:
    inherited = "inherited " if partner.origin is Origin.GERMLINE else ""
    return f"{inherited}{_change(_alone(partner))} of record {partner.record}"


def _codon(joint: JointChange) -> str:
    for reading in (joint.alone, joint.together):
        change = parse_protein_change(reading.protein_change) if reading is not None else None
        if change is not None:
            return str(change.start)
    return "?"
