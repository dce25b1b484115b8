"""Filling what an annotator left open from what genome and gene models say, and keeping visible where they differ.

What the annotator gives stays. Fields that it leaves empty are filled and named in ``derived``. Where both name a
protein or coding change on one transcript and the names differ, the annotator's stays and the other stands in
``by_bases``; but of the csq that ``genomodel annotate`` runs itself, from the same genome and gene models, name, class
and terms by the bases are taken and csq's word stands in ``annotator_says``: of 16,800 random alleles csq was never
right where the two contradict (``make bench-hgvs``). A transcript that the annotator does not speak of is added with
the source ``bases``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from genomodel.annotation.dialects.base import CANONICAL, MANE_PLUS, MANE_SELECT, UNMARKED, Effect, Effects
from genomodel.annotation.hgvs import UNKNOWN_PROTEIN
from genomodel.annotation.protein_change import parse_protein_change
from genomodel.core.provenance import Step, StepStatus
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant, Consequence
from genomodel.resources.mane import mane_status, without_version

OWN_ANNOTATOR = "BCSQ"
"""Written beside the derived consequences and from the same gene models: its transcripts have their versions, and it
gives residues, not names, of changes in frame."""
_FRAMESHIFT = re.compile(r"^([A-Z*]\d+)([A-Z]?)fs(\*(?:\d+|\?))?$")
_EXTENSION = re.compile(r"^(\*\d+[A-Z])ext(\*(?:\d+|\?))?$")
_STOP_INSERTED = re.compile(r"^[A-Z](\d+)delins[A-Z]\*$")
_NONSENSE = re.compile(r"^[A-Z](\d+)\*$")
_REPEATED_BASES = re.compile(r"(del|dup|inv)[ACGT]+$")
_PLAIN_FIELDS = ("hgvs_c", "exon", "intron", "codons")
_TIERS = {"select": MANE_SELECT, "plus_clinical": MANE_PLUS}
_SHOWN = 5


def complete(effects: Effects, derived: tuple[Consequence, ...], primary: frozenset[str] = frozenset()) -> Effects:
    """Return the effects of one allele with their gaps filled, and those of further transcripts.

    Parameters
    ----------
    effects
        Of the annotator.
    derived
        By the bases, of the same allele, the best first.
    primary
        Names, without version, of transcripts to report.
    """
    left = {without_version(one.transcript): one for one in derived}
    found: list[Effect] = []
    for effect in effects:
        one = _of_transcript(effect.consequence, derived, left)
        if one is None:
            found.append(_with_mane(effect))
            continue
        if effect.consequence.source == OWN_ANNOTATOR and not _only_annotator_tells(effect.consequence, one):
            read = _as_bases(effect.consequence, one)
            found.append(replace(effect, consequence=read, tier=_tier(effect.tier, one, primary)))
            left.pop(without_version(one.transcript), None)
            continue
        filled = _filled(effect.consequence, one)
        found.append(_with_mane(replace(effect, consequence=filled, tier=_tier(effect.tier, filled, primary))))
        if not _lost_by_annotator(effect.consequence, one):
            left.pop(without_version(one.transcript), None)
    return (*found, *(Effect(one, tier=_tier(UNMARKED, one, primary)) for one in left.values()))


def _tier(given: int, consequence: Consequence, primary: frozenset[str]) -> int:
    name = without_version(consequence.transcript)
    return min(given, _TIERS.get(consequence.mane, UNMARKED), CANONICAL if name in primary else UNMARKED)


def _with_mane(effect: Effect) -> Effect:
    consequence = effect.consequence
    status = {MANE_SELECT: "select", MANE_PLUS: "plus_clinical"}.get(effect.tier, "")
    known = mane_status(consequence.transcript) or (status if consequence.source != OWN_ANNOTATOR else "")
    if consequence.mane or not known:
        return effect
    return replace(effect, consequence=consequence.model_copy(update={"mane": known}))


def _of_transcript(
    given: Consequence, derived: tuple[Consequence, ...], left: dict[str, Consequence]
) -> Consequence | None:
    """Return what the bases say of the annotator's transcript; of a gene named without one, of its first that fits."""
    if not given.transcript:
        same = (one for one in derived if one.gene == given.gene and one.variant_class is given.variant_class)
        return next(same, None) if given.gene else None
    one = left.get(without_version(given.transcript))
    if one is None:
        return None
    versions = {name.partition(".")[2] for name in (given.transcript, one.transcript)} - {""}
    return one if len(versions) < 2 else None


def _lost_by_annotator(given: Consequence, one: Consequence) -> bool:
    """Whether only the bases say that the protein changes: that must not be hidden behind the annotator's word."""
    return one.variant_class in PROTEIN_CHANGING and given.variant_class not in PROTEIN_CHANGING


def _only_annotator_tells(given: Consequence, one: Consequence) -> bool:
    """Whether the annotator names a protein change where the bases tell none: beside ``N``, out of frame."""
    return bool(given.protein_change) and one.hgvs_p == UNKNOWN_PROTEIN and not one.protein_change


def _as_bases(given: Consequence, one: Consequence) -> Consequence:
    """Return what the bases say, with the annotator's other word or with the names of what it left open."""
    if _contradicts(given, one):
        said = given.protein_change if given.protein_change != one.protein_change else ""
        return one.model_copy(update={"annotator_says": said or "&".join(given.terms[:1])})
    fields = ("transcript", *_PLAIN_FIELDS, "protein_change", "hgvs_p")
    names = tuple(name for name in fields if getattr(one, name) and getattr(given, name) != getattr(one, name))
    return one.model_copy(update={"source": given.source, "derived": names})


def _contradicts(given: Consequence, one: Consequence) -> bool:
    """Whether both name a protein change and the bases another, or they are of two classes."""
    classes = {given.variant_class, one.variant_class}
    if len(classes) == 2 and classes & PROTEIN_CHANGING:
        return True
    if not given.protein_change or not one.protein_change or _says_less(given, one):
        return False
    return given.protein_change != one.protein_change


def _filled(given: Consequence, one: Consequence) -> Consequence:
    if _lost_by_annotator(given, one):
        return given.model_copy(update={"by_bases": one.protein_change or one.terms[0]})
    less = _says_less(given, one)
    unlike = "" if less else _unlike(given, one)
    if unlike and given.source != OWN_ANNOTATOR and given.transcript != one.transcript:
        # It may be another version of the transcript: its numbers fit no other.
        return given.model_copy(update={"by_bases": unlike})
    names = [name for name in _PLAIN_FIELDS if not getattr(given, name) and getattr(one, name)]
    if less:
        names += ["protein_change", "hgvs_p"]
    elif not given.hgvs_p and one.hgvs_p and given.protein_change == one.protein_change:
        names.append("hgvs_p")
    if names and given.transcript != one.transcript:
        # A name stands for the version of the transcript by which it was made.
        names.append("transcript")
    if not names and not unlike:
        return given
    update: dict[str, object] = {name: getattr(one, name) for name in names}
    return given.model_copy(update={**update, "by_bases": unlike, "derived": (*given.derived, *names)})


def _unlike(given: Consequence, one: Consequence) -> str:
    """Return what the bases say instead of the annotator's protein or coding change, empty where they agree."""
    if given.protein_change != one.protein_change:
        return one.protein_change or one.terms[0]
    stated = _REPEATED_BASES.sub(r"\1", given.hgvs_c.rpartition(":")[2])
    return one.hgvs_c if stated and one.hgvs_c and stated != one.hgvs_c else ""


def _says_less(given: Consequence, one: Consequence) -> bool:
    """Whether the annotator's protein change is absent, or the same with less said."""
    mine, other = given.protein_change, one.protein_change
    if not other or mine == other:
        return False
    if not mine:
        return True
    for pattern in (_FRAMESHIFT, _EXTENSION):
        left, right = pattern.match(mine), pattern.match(other)
        if left and right:
            pairs = zip(left.groups(), right.groups(), strict=True)
            return all(part == full or part in ("", None, "*?") for part, full in pairs)
    return given.source == OWN_ANNOTATOR and _same_in_frame(mine, other)


def _same_in_frame(mine: str, other: str) -> bool:
    """Whether two names may be of one change in frame, written at different places of a repeat."""
    stopped, stop = _STOP_INSERTED.match(mine), _NONSENSE.match(other)
    if stopped and stop:
        return int(stopped[1]) + 1 == int(stop[1])
    left, right = parse_protein_change(mine), parse_protein_change(other)
    if left is None or right is None or left.net is None:
        return False
    # The neighbor by which csq places an insertion may be the one behind it.
    return left.kind == right.kind == "indel" and left.net == right.net and left.start <= right.end + 1


def differences(variants: Iterable[AnnotatedVariant]) -> tuple[Step, ...]:
    """Return the step that says what the bases added to reported consequences, and where they say something else.

    Parameters
    ----------
    variants
        With consequences as read; without any that was derived there is no step.
    """
    filled, unlike, instead = 0, [], []
    for variant in variants:
        one = variant.consequence
        if one is None:
            continue
        filled += bool(one.derived)
        if one.annotator_says:
            stated = one.protein_change or one.terms[0]
            instead.append(f"{one.gene} {one.transcript} {stated}, by csq {one.annotator_says}")
        if one.by_bases:
            stated = one.hgvs_c if one.by_bases.startswith(("c.", "n.")) else one.protein_change or "no change"
            unlike.append(f"{one.gene} {one.transcript} {stated}, by bases {one.by_bases}")
    if not filled and not unlike and not instead:
        return ()
    detail = f"{filled} reported consequences completed from genome and gene models"
    told = ((unlike, "say something else by the bases and stay as annotated"), (instead, "are taken from the bases"))
    for listed, what in told:
        if listed:
            more = f"; and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
            detail += f"; {len(listed)} {what}: " + "; ".join(listed[:_SHOWN]) + more
    return (Step(name="Consequences by the bases", status=StepStatus.DONE, detail=detail),)
