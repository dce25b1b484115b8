"""Criteria that name an allele: by place, by HGVS name, by protein change, or by its residue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from genomodel.annotation.hgvs import one_letter
from genomodel.annotation.protein_change import ProteinChange, parse_protein_change
from genomodel.core.knowledge import Criterion
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import Consequence
from genomodel.interpretation.matching.alterations import Alteration, SmallVariant, Tumor, gene_key, keys_of
from genomodel.interpretation.matching.answers import Doubt, Hit, Resolution
from genomodel.interpretation.matching.places import (
    CodingName,
    alleles_of,
    builds_of,
    coding_name,
    coding_names,
    own_coding_name,
)
from genomodel.interpretation.matching.proteins import same_change
from genomodel.interpretation.matching.registry import Found, matcher, on_variants
from genomodel.resources.residue_numbers import other_number

_ALLELE = r"(GRCh37|GRCh38):[\w.]+:\d+:[ACGTacgt-]*:[ACGTacgt-]*"
_CODING = r"[\w.]+:[cn]\.[^,\s]+"
CHANGE = r"(?:[A-Z*]\d+(?:[A-Z*=?]|[A-Z]?fs(?:\*(?:\d+|\?)?)?|(?:_[A-Z*]\d+)?(?:del|dup|ins|delins|ext)[A-Z*\d?]*))"
CODON_SHARED = "another change of the same codon was called, and whether both lie on one molecule is not known"


@matcher("genomic", value=rf"({_ALLELE}(,{_ALLELE})*)?", silence=on_variants)
def _genomic(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, SmallVariant):
        return None
    return _by_place(criterion, alteration) or _other_build(criterion, tumor)


@matcher("hgvs", value=rf"({_CODING}(,{_CODING})*)?", silence=on_variants)
def _hgvs(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, SmallVariant):
        return None
    found = _by_place(criterion, alteration) or _by_name(criterion, alteration)
    if found is not None:
        return found
    wanted = {name.transcript for name in _coding_names(criterion)}
    named = (own_coding_name(item.transcript, item.hgvs_c) for item in consequences_of(criterion, alteration))
    return None if wanted & {name.transcript for name in named if name is not None} else _other_build(criterion, tumor)


@matcher("allele", value=rf"{CHANGE}(,{CHANGE})*", silence=on_variants)
def _allele(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, SmallVariant):
        return None
    finer = _by_place(criterion, alteration) or _by_name(criterion, alteration)
    return finer or _by_protein(criterion, alteration, tumor)


@matcher("codon", value=r"[A-Z]\d+(,[A-Z]\d+)*", silence=on_variants)
def _codon(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, SmallVariant):
        return None
    wanted = criterion.value.split(",")

    def exchanged(change: ProteinChange | None) -> bool:
        substituted = change is not None and change.kind == "substitution" and change.alt not in ("*", "=", change.ref)
        return substituted and change is not None and f"{change.ref}{change.start}" in wanted

    for consequence in consequences_of(criterion, alteration):
        fitting = [item for item in counted(consequence) if exchanged(parse_protein_change(item.text))]
        if not fitting:
            continue
        together = alteration.together
        if together is not None and not any(exchanged(parse_protein_change(item.text)) for item in counted(together)):
            return Doubt(alteration.id, CODON_SHARED)
        transcript = elsewhere(consequence, alteration)
        basis = f"codon {fitting[0].text} on transcript {transcript}" if transcript else "codon"
        return Hit(alteration.id, Resolution.CODON, basis, transcript, tuple(filter(None, (fitting[0].note,))))
    return None


def consequences_of(criterion: Criterion, variant: SmallVariant) -> tuple[Consequence, ...]:
    """Return the consequences on the criterion's gene, the reported one first.

    Of alleles of one codon on one molecule only what they do together counts: transcripts on which that was not told
    still have the effect of the record's own bases and are left out.
    """
    found = tuple(item for gene in keys_of(criterion) for item in variant.effects.get(gene, ()))
    joint, reported = variant.variant.joint, variant.variant.consequence
    if variant.stands_alone or joint is None or reported is None:
        return found
    alone, together = change_of(joint.alone), change_of(reported)
    return tuple(item for item in found if item == reported or not _is_alone(change_of(item), alone, together))


def _is_alone(found: ProteinChange | None, alone: ProteinChange | None, together: ProteinChange | None) -> bool:
    """Whether a change is the one that an allele makes by itself, on a transcript that may count residues otherwise."""
    if found is None or alone is None:
        return True
    same = (found.kind, found.ref, found.alt) == (alone.kind, alone.ref, alone.alt)
    return same and (together is None or (found.ref, found.alt) != (together.ref, together.alt))


def change_of(consequence: Consequence) -> ProteinChange | None:
    """Return the protein change of a consequence, parsed."""
    return parse_protein_change(consequence.protein_change or consequence.hgvs_p)


class Counted(NamedTuple):
    """A protein change by one count of the residues; ``note`` where it is not that of the consequence."""

    text: str
    note: str = ""


def counted(consequence: Consequence) -> tuple[Counted, ...]:
    """Return the protein change of a consequence as it stands, and by the residue's number that sources use."""
    text = consequence.protein_change or consequence.hgvs_p
    other = other_number(gene_key(consequence.gene), one_letter(text), consequence.transcript) if text else None
    if other is None:
        return (Counted(text),)
    change, row = other
    note = f"{row.named} on {row.transcript} and {row.mane} on MANE Select are one residue"
    return Counted(text), Counted(change, note)


def elsewhere(consequence: Consequence, variant: SmallVariant) -> str:
    """Return the transcript of a consequence that is not the one reported."""
    return "" if consequence == variant.variant.consequence else consequence.transcript


def _by_place(criterion: Criterion, variant: SmallVariant) -> Found:
    if not criterion.places and not criterion.hgvs:
        return None
    allele = variant.allele
    if allele is None or allele not in alleles_of(criterion) or not variant.stands_alone:
        return None
    if variant.shares_codon:
        return Doubt(variant.id, CODON_SHARED)
    return Hit(variant.id, Resolution.GENOMIC, "genomic allele", ignored=_differences(criterion, variant))


def _differences(criterion: Criterion, variant: SmallVariant) -> tuple[str, ...]:
    """Say where gene or protein change of an allele are not those that the source gives for the place."""
    found = consequences_of(criterion, variant)
    if criterion.gene and not found:
        named = ", ".join(gene for gene in variant.genes if gene) or "no gene"
        return (f"the annotation puts the allele on {named}, the source on {criterion.gene}",)
    if criterion.kind != "allele" or not found:
        return ()
    if _names(criterion.value.split(","), found) is not None:
        return ()
    texts = [item.protein_change or item.hgvs_p for item in found]
    told = ", ".join(dict.fromkeys(filter(None, texts))) or "no protein change"
    return (f"the source calls it {criterion.value}, the annotation {told}",)


def _by_name(criterion: Criterion, variant: SmallVariant) -> Found:
    wanted = _coding_names(criterion)
    if not wanted:
        return None
    for consequence in consequences_of(criterion, variant):
        name = own_coding_name(consequence.transcript, consequence.hgvs_c) if consequence.hgvs_c else None
        if name not in wanted:
            continue
        if variant.shares_codon:
            return Doubt(variant.id, CODON_SHARED)
        transcript = elsewhere(consequence, variant)
        basis = f"HGVS name on transcript {transcript}" if transcript else "HGVS name"
        return Hit(variant.id, Resolution.HGVS, basis, transcript, _not_compared(criterion, variant.build))
    return None


def _coding_names(criterion: Criterion) -> set[CodingName]:
    given = criterion.value.split(",") if criterion.kind == "hgvs" else ()
    return {*coding_names(criterion), *(found for text in given if (found := coding_name(text)) is not None)}


def _by_protein(criterion: Criterion, variant: SmallVariant, tumor: Tumor) -> Found:
    wanted = criterion.value.split(",")
    for consequence in consequences_of(criterion, variant):
        note = _names(wanted, (consequence,))
        if note is None:
            continue
        if variant.shares_codon:
            return Doubt(variant.id, CODON_SHARED)
        transcript = elsewhere(consequence, variant)
        text = consequence.protein_change or consequence.hgvs_p
        basis = f"allele {text} on transcript {transcript}" if transcript else "allele"
        ignored = (*_not_compared(criterion, tumor.build, names=True), *filter(None, (note,)))
        return Hit(variant.id, Resolution.PROTEIN, basis, transcript, ignored)
    return Doubt(variant.id, CODON_SHARED) if _may_be(wanted, criterion, variant) else None


def _names(wanted: Iterable[str], consequences: Iterable[Consequence]) -> str | None:
    texts = [item for consequence in consequences for item in counted(consequence)]
    pairs = ((same_change(name, item.text), item.note) for name in wanted for item in texts)
    notes = ["; ".join(filter(None, (note, number))) for note, number in pairs if note is not None]
    return min(notes, key=len, default=None)


def _may_be(wanted: list[str], criterion: Criterion, variant: SmallVariant) -> bool:
    """Whether alleles of unknown phase may make the wanted change together."""
    if not variant.shares_codon:
        return False
    if variant.together is not None:
        return _names(wanted, (variant.together,)) is not None
    codons = {change.start for item in consequences_of(criterion, variant) if (change := change_of(item)) is not None}
    named = (parse_protein_change(text) for text in wanted)
    return any(change is not None and change.kind == "substitution" and change.start in codons for change in named)


def _not_compared(criterion: Criterion, build: GenomeBuild, *, names: bool = False) -> tuple[str, ...]:
    """Say which finer handles of a criterion did not decide, and why."""
    builds = builds_of(criterion)
    if not builds:
        return ()
    if build in builds:
        return ("other bases than the source names, the same protein change",) if names else ()
    listed = ", ".join(item.value for item in builds)
    whose = f"the patient's are of {build.value}" if build is not GenomeBuild.UNKNOWN else "the patient's build is open"
    return (f"coordinates of {listed} not compared, {whose}",)


def _other_build(criterion: Criterion, tumor: Tumor) -> Found:
    """Return a doubt, on no alteration, where a criterion has places of another build alone."""
    builds = builds_of(criterion)
    if not builds or tumor.build in builds:
        return None
    return Doubt("", _not_compared(criterion, tumor.build)[0])
