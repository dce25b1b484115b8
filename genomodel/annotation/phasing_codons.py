"""What several alleles of one codon make together, from what is said of each alone; no genome is at hand here.

Two ways: from the codons that an annotator gives of each allele, or, where it gives residues only, from the genetic
code. The bases of BRAF V600E and V600M, for one, fit a single codon of valine on one strand, so that V600K follows.
Where several answers fit none is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from genomodel.annotation.hgvs import from_residues, three_letter
from genomodel.annotation.protein_change import parse_protein_change
from genomodel.core.codons import CODON_TABLE, COMPLEMENT, translate
from genomodel.core.variants import Consequence, Variant, VariantClass

_CODING = re.compile(r"^c\.(\d+)([+-]\d+)?(?:_(\d+)([+-]\d+)?)?([A-Za-z>=].*)$")
_MOST_CODONS = 50
"""Codons of one change that are looked at one by one; of a longer one only the two at its ends."""

_TERMS = {
    VariantClass.SYNONYMOUS: "synonymous_variant",
    VariantClass.MISSENSE: "missense_variant",
    VariantClass.TRUNCATING: "stop_gained",
    VariantClass.STOP_LOST: "stop_lost",
    VariantClass.START_LOST: "start_lost",
}

NOT_TOLD = ("coding_sequence_variant",)
"""Terms of an allele of which only the joint change with others is known."""

BaseChanges = tuple[tuple[int, str, str], ...]
"""Position, reference base and alternate base of each base that an allele exchanges, on the forward strand."""


def changed_bases(variant: Variant) -> frozenset[int]:
    """Return the 1-based positions that an allele exchanges or removes; none for an insertion."""
    return frozenset(place for place, _ in _events(variant))


def inserts_at(variant: Variant) -> int | None:
    """Return the base before which an allele inserts without removing any; ``None`` for every other allele."""
    pos, ref, _ = _without_shared(variant)
    return pos if not ref else None


def codons_touched(consequence: Consequence) -> frozenset[int]:
    """Return the codons whose bases a change exchanges, removes or parts.

    By the coding change where there is one, else by the residues. An insertion between two codons touches neither.
    """
    match = _CODING.match(consequence.hgvs_c)
    if match is None:
        if consequence.hgvs_c.startswith(("c.", "n.", "g.")) and not consequence.protein_change:
            return frozenset()
        change = parse_protein_change(consequence.protein_change)
        return frozenset() if change is None else frozenset((change.start, change.end))
    first, last = int(match[1]), int(match[3] or match[1])
    what = match[5]
    if match[2] and (match[4] or not match[3]):
        return frozenset()
    if what.startswith("dup"):
        first, last = last, last + 1
    if what.startswith(("dup", "ins")):
        return frozenset((_codon(first),)) if _codon(first) == _codon(last) else frozenset()
    ends = (_codon(first), _codon(last))
    whole = range(ends[0], ends[1] + 1)
    exchanged = not what.startswith("del") or what.startswith("delins")
    return frozenset(whole) if exchanged and len(whole) <= _MOST_CODONS else frozenset(ends)


def joint_from_codons(parts: Sequence[Consequence]) -> Consequence | None:
    """Return what substitutions of neighboring codons make together, from the codons given of each.

    Parameters
    ----------
    parts
        Consequences on one transcript, each with ``codons``.

    Returns
    -------
    Consequence or None
        ``None`` where codons or their numbers are not given, do not agree, or leave a gap.
    """
    bases: dict[int, tuple[str, str]] = {}
    for part in parts:
        placed = _placed_codons(part)
        if placed is None:
            return None
        for place, (ref, alt) in placed.items():
            known_ref, known_alt = bases.get(place, (ref, ref))
            if known_ref != ref or (known_alt != ref and alt not in (ref, known_alt)):
                return None
            bases[place] = (ref, alt if alt != ref else known_alt)
    places = sorted(bases)
    if not places or places[-1] - places[0] + 1 != len(places):
        return None
    codons = (
        "".join(bases[place][0] for place in places),
        "".join(bases[place][1] for place in places),
    )
    shown = [
        "".join(text[i].upper() if codons[0][i] != codons[1][i] else text[i].lower() for i in range(len(text)))
        for text in codons
    ]
    return _made(
        parts,
        translate(codons[0]),
        translate(codons[1]),
        _codon(places[0]),
        codons="/".join(shown),
        hgvs_c=_coding_change({place: bases[place] for place in places}),
    )


def joint_from_residues(alleles: Sequence[tuple[Variant, Consequence]]) -> Consequence | None:
    """Return what substitutions of one codon make together, where the genetic code leaves one answer.

    Parameters
    ----------
    alleles
        Alleles with their consequences on one transcript, each read alone.
    """
    frame = _frame(alleles)
    if frame is None:
        return None
    told = tuple((frozenset((i,)), residue) for i, residue in enumerate(frame.alone))
    answers = {
        CODON_TABLE[fit.changed(range(len(alleles)))]
        for fit in _fitting(frame.bases, frame.ref, told)
        if fit.codon in CODON_TABLE
    }
    if len(answers) != 1:
        return None
    return _made([consequence for _, consequence in alleles], frame.ref, answers.pop(), frame.number)


def alone_from_joint(alleles: Sequence[Variant], joint: Consequence) -> tuple[Consequence, ...]:
    """Return what each allele would do alone, where an annotator gives the joint change of all of them only.

    An allele for which the genetic code leaves several answers has a consequence without a protein change.
    """
    change = parse_protein_change(joint.protein_change)
    bases = [_base_changes(variant) for variant in alleles]
    fits: list[_Fit] = []
    if change is not None and change.kind == "substitution" and None not in bases:
        alt = change.ref if change.alt == "=" else change.alt
        told = ((frozenset(range(len(alleles))), alt),)
        fits = list(_fitting([found for found in bases if found is not None], change.ref, told))
    found = []
    for i in range(len(alleles)):
        answers = {CODON_TABLE[fit.changed((i,))] for fit in fits}
        if change is not None and len(answers) == 1:
            found.append(_made([joint], change.ref, answers.pop(), change.start))
        else:
            update = {"hgvs_c": "", "hgvs_p": "", "protein_change": "", "codons": "", "derived": ()}
            terms = {"terms": NOT_TOLD, "variant_class": VariantClass.NONCODING}
            found.append(joint.model_copy(update=update | terms))
    return tuple(found)


def _without_shared(variant: Variant) -> tuple[int, str, str]:
    """Return an allele without the bases that both sides share at either end; a side may become empty."""
    pos, ref, alt = variant.pos, variant.ref.upper().strip("-."), variant.alt.upper().strip("-.")
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return pos, ref, alt


def _events(variant: Variant) -> Iterator[tuple[int, str]]:
    pos, ref, alt = _without_shared(variant)
    for i, base in enumerate(ref):
        if len(ref) != len(alt) or base != alt[i]:
            yield pos + i, base


def _base_changes(variant: Variant) -> BaseChanges | None:
    """Return the exchanged bases of a substitution, ``None`` for any other allele."""
    pos, ref, alt = _without_shared(variant)
    if not ref or len(ref) != len(alt) or not set(ref + alt) <= set("ACGT"):
        return None
    return tuple((pos + i, a, b) for i, (a, b) in enumerate(zip(ref, alt, strict=True)) if a != b)


def _codon(place: int) -> int:
    return (place - 1) // 3 + 1


def _placed_codons(part: Consequence) -> dict[int, tuple[str, str]] | None:
    """Return coding place to reference and alternate base for all bases of the given codons."""
    ref, slash, alt = part.codons.upper().partition("/")
    if not slash or len(ref) != len(alt) or not ref or len(ref) % 3 or not set(ref + alt) <= set("ACGT"):
        return None
    coding, change = _CODING.match(part.hgvs_c), parse_protein_change(part.protein_change)
    if coding is not None:
        number = _codon(int(coding[1]))
    elif change is not None and len(ref) == 3:
        number = change.start
    else:
        return None
    start = 3 * (number - 1) + 1
    return {start + i: pair for i, pair in enumerate(zip(ref, alt, strict=True))}


def _coding_change(bases: Mapping[int, tuple[str, str]]) -> str:
    changed = [place for place, (ref, alt) in sorted(bases.items()) if ref != alt]
    if not changed:
        return ""
    if len(changed) == 1:
        ref, alt = bases[changed[0]]
        return f"c.{changed[0]}{ref}>{alt}"
    first, last = changed[0], changed[-1]
    return f"c.{first}_{last}delins" + "".join(bases[place][1] for place in range(first, last + 1))


def _made(
    parts: Sequence[Consequence], ref: str, alt: str, number: int, *, codons: str = "", hgvs_c: str = ""
) -> Consequence:
    """Return a consequence like those of its parts, with another effect."""
    kind = _class_of(ref, alt, number)
    change = from_residues(ref, alt, number)
    derived = {"hgvs_c": hgvs_c, "hgvs_p": three_letter(change), "protein_change": change, "codons": codons}
    same_exon = parts[0].exon if len({part.exon for part in parts}) == 1 else ""
    return parts[0].model_copy(
        update={
            **derived,
            "terms": (_TERMS[kind],),
            "variant_class": kind,
            "exon": same_exon,
            "derived": tuple(name for name, value in derived.items() if value),
        }
    )


def _class_of(ref: str, alt: str, number: int) -> VariantClass:
    if ref == alt:
        return VariantClass.SYNONYMOUS
    if number == 1 and ref[:1] == "M" and alt[:1] != "M":
        return VariantClass.START_LOST
    if "*" in ref:
        return VariantClass.STOP_LOST
    return VariantClass.TRUNCATING if "*" in alt else VariantClass.MISSENSE


@dataclass(frozen=True, slots=True)
class _Frame:
    """Substitutions of one codon: its number and residue, what each allele alone makes of it, and their bases."""

    number: int
    ref: str
    alone: tuple[str, ...]
    bases: tuple[BaseChanges, ...]


def _frame(alleles: Sequence[tuple[Variant, Consequence]]) -> _Frame | None:
    changes = [parse_protein_change(consequence.protein_change) for _, consequence in alleles]
    bases = [_base_changes(variant) for variant, _ in alleles]
    known = [change for change in changes if change is not None and change.kind == "substitution"]
    if len(known) != len(changes) or len({(change.start, change.ref) for change in known}) != 1:
        return None
    placed = tuple(found for found in bases if found is not None)
    if len(placed) != len(bases):
        return None
    alone = tuple(change.ref if change.alt == "=" else change.alt for change in known)
    return _Frame(known[0].start, known[0].ref, alone, placed)


@dataclass(frozen=True, slots=True)
class _Fit:
    """A codon, and where in it, in the direction of the transcript, each allele puts which bases."""

    codon: str
    edits: tuple[tuple[tuple[int, str, str], ...], ...]

    def changed(self, alleles: Sequence[int]) -> str:
        """Return the codon with some of the alleles."""
        bases = list(self.codon)
        for i in alleles:
            for offset, _, alt in self.edits[i]:
                bases[offset] = alt
        return "".join(bases)


def _fitting(bases: Sequence[BaseChanges], ref: str, told: Sequence[tuple[frozenset[int], str]]) -> Iterator[_Fit]:
    """Yield the codons and frames in which sets of alleles give the residues told."""
    places = sorted({place for changes in bases for place, _, _ in changes})
    if len(places) > 3:
        return
    for forward in (True, False):
        for offsets in combinations(range(3), len(places)):
            where = dict(zip(places, offsets if forward else offsets[::-1], strict=True))
            if not _in_one_row(where):
                continue
            edits = tuple(
                tuple((where[place], *_on_strand(one, other, forward)) for place, one, other in changes)
                for changes in bases
            )
            for codon, residue in CODON_TABLE.items():
                fit = _Fit(codon, edits)
                if residue != ref or any(codon[at] != old for allele in edits for at, old, _ in allele):
                    continue
                if all(CODON_TABLE[fit.changed(sorted(subset))] == alt for subset, alt in told):
                    yield fit


def _on_strand(ref: str, alt: str, forward: bool) -> tuple[str, str]:
    return (ref, alt) if forward else (ref.translate(COMPLEMENT), alt.translate(COMPLEMENT))


def _in_one_row(where: Mapping[int, int]) -> bool:
    """Whether bases beside each other on the genome are so in the codon; only an intron parts them."""
    pairs = combinations(sorted(where), 2)
    return all(right - left > 2 or abs(where[right] - where[left]) == right - left for left, right in pairs)
