"""Whether a consequence, or an allele by its place, has an effect of some class on an exon."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from genomodel.annotation.exons import Exon, exons_of
from genomodel.annotation.protein_change import parse_protein_change
from genomodel.annotation.shape import Shape
from genomodel.core.patients import GenomeBuild
from genomodel.core.rearrangements import ACCEPTOR_BASES, DONOR_BASES
from genomodel.core.variants import Consequence, VariantClass

SILENT = frozenset({VariantClass.SYNONYMOUS, VariantClass.NONCODING})
OF_NO_EXON = frozenset({VariantClass.TRUNCATING, VariantClass.START_LOST}) | SILENT
"""Classes of which no in-frame change of an exon is."""
CANONICAL_BASES = 2
"""Intron bases at either end that nearly every splice site has alike (GT, AG): any change of them changes the site."""
FAR = 100
"""Bases between an allele and an exon beyond which residue numbers that say otherwise are of another isoform."""
LEAST_BESIDE_EXON = 15
"""Bases gained from which on they may be a duplication of an exon and not just a changed splice site or a stop."""
_OFFSET = re.compile(r"(\d+)([+-])(\d+)")
_BETWEEN = re.compile(r"[A-Z]?\d+_[A-Z]?\d+ins")
_INDEL_WORD = re.compile(r"del|ins|dup")


def has_effect(effect: str, consequence: Consequence, exon: Exon) -> bool:
    """Whether a consequence has an effect on an exon, by residues, coding bases or the annotator's exon number.

    Parameters
    ----------
    effect
        ``any`` change of residues in frame, ``deletion`` or ``insertion`` (residues lost or won in frame),
        ``frameshift``, ``truncating``, or ``skipping`` (a splice site of the exon, or all of it lost in frame).
    consequence
        On a transcript that counts residues as the exon's does.
    exon
        Of the same gene.
    """
    return _EFFECTS[effect](consequence, exon)


def is_elsewhere(shape: Shape | None, exon: Exon, build: GenomeBuild) -> bool:
    """Whether an allele's place contradicts residue numbers that put it into an exon."""
    if shape is None or shape.chrom != exon.chrom or build not in exon.places:
        return False
    first, last = exon.places[build]
    return shape.last < first - FAR or shape.first > last + FAR


def changes_length_inside(shape: Shape, exon: Exon, build: GenomeBuild, *, gain: bool) -> bool:
    """Whether an allele wins or loses whole codons within an exon, told by bases alone."""
    if shape.chrom != exon.chrom or build not in exon.places or not shape.net or shape.net % 3:
        return False
    first, last = exon.places[build]
    return first <= shape.first and shape.last <= last and (shape.net > 0) is gain


def changes_splice_site(shape: Shape, kind: VariantClass | None, exon: Exon, build: GenomeBuild) -> bool:
    """Whether an allele changes a splice site of an exon, told by its place.

    Any change of the `CANONICAL_BASES`; within the `ACCEPTOR_BASES` before or the `DONOR_BASES` after the exon a
    variant that the annotator calls one of a splice site, and any insertion or deletion: deletions of the
    polypyrimidine tract make MET skip exon 14 as well. A deletion that reaches into a neighboring exon takes more than
    this one away, and a duplication of the whole exon takes nothing.
    """
    if shape.chrom != exon.chrom or build not in exon.places or _reaches_neighbor(shape, exon, build):
        return False
    first, last = exon.places[build]
    if shape.gained and not shape.lost and shape.first < first and shape.last > last:
        return False
    whole = shape.is_substitution and kind is not VariantClass.SPLICE
    ends = (ACCEPTOR_BASES, DONOR_BASES) if exon.strand == "+" else (DONOR_BASES, ACCEPTOR_BASES)
    before, after = (CANONICAL_BASES, CANONICAL_BASES) if whole else ends
    return (shape.first < first and shape.last >= first - before) or (shape.last > last and shape.first <= last + after)


def loses_acceptor(shape: Shape, exon: Exon, build: GenomeBuild) -> bool:
    """Whether bases are lost from the end of the intron before an exon into the exon, the rest of which stays.

    KIT is then spliced in frame to an acceptor within exon 11 and lacks K550 to K558 (Chen 2005, PMID 15824741).
    """
    if shape.chrom != exon.chrom or build not in exon.places or shape.net >= 0:
        return False
    first, last = exon.places[build]
    return shape.first < first <= shape.last < last if exon.strand == "+" else first < shape.first <= last < shape.last


def _reaches_neighbor(shape: Shape, exon: Exon, build: GenomeBuild) -> bool:
    beside = exons_of(exon.gene, (exon.number - 1, exon.number + 1))
    return any(
        shape.first <= other.places[build][1] and shape.last >= other.places[build][0]
        for other in beside
        if build in other.places
    )


def duplicates_exon(shape: Shape, listed: Sequence[Exon], build: GenomeBuild) -> bool:
    """Whether an allele wins whole codons in exons or the introns between them, as internal tandem duplications do.

    Bases gained in an intron count where their own number reaches back into an exon, from `LEAST_BESIDE_EXON` on: they
    are then a copy of the exon's end with the intron's first bases.
    """
    places = [exon.places[build] for exon in listed if build in exon.places and exon.chrom == shape.chrom]
    if not places or shape.net <= 0 or shape.net % 3:
        return False
    if any(first <= shape.first and shape.last <= last for first, last in places):
        return True
    within = min(first for first, _ in places) <= shape.last and shape.first <= max(last for _, last in places)
    reach = (shape.first - shape.gained, shape.last + shape.gained)
    meets = any(reach[0] < last and reach[1] > first for first, last in places)
    return within and meets and shape.net >= LEAST_BESIDE_EXON


def _inside(consequence: Consequence, exon: Exon) -> bool:
    """Whether the change lies in the exon: by residue numbers, else by the annotator's exon number of as many exons.

    Of an insertion between two exons' residues the second tells: EGFR ``D761_E762insEAFQ`` is one of exon 20.
    """
    change = parse_protein_change(consequence.protein_change or consequence.hgvs_p)
    if change is not None:
        first = change.end if _BETWEEN.match(change.text) else change.start
        return first <= exon.last_codon and change.end >= exon.first_codon
    return consequence.exon == f"{exon.number}/{exon.of}"


def residues_won(consequence: Consequence) -> int:
    """Residues won or lost: by the protein change, else the sign of the variant's class."""
    change = parse_protein_change(consequence.protein_change or consequence.hgvs_p)
    if change is not None and change.net is not None:
        return change.net
    return {VariantClass.INFRAME_INSERTION: 1, VariantClass.INFRAME_DELETION: -1}.get(consequence.variant_class, 0)


def _keeps_frame(consequence: Consequence) -> bool:
    return consequence.variant_class not in OF_NO_EXON


def _is_deletion(consequence: Consequence, exon: Exon) -> bool:
    return _keeps_frame(consequence) and residues_won(consequence) < 0 and _inside(consequence, exon)


def _is_insertion(consequence: Consequence, exon: Exon) -> bool:
    return _keeps_frame(consequence) and residues_won(consequence) > 0 and _inside(consequence, exon)


def _is_any(consequence: Consequence, exon: Exon) -> bool:
    in_protein = _keeps_frame(consequence) and consequence.variant_class is not VariantClass.SPLICE
    return in_protein and _inside(consequence, exon)


def is_frameshift(consequence: Consequence) -> bool:
    """Whether the reading frame is lost: a stop gained by exchange of a base is none."""
    change = parse_protein_change(consequence.protein_change or consequence.hgvs_p)
    shifted = "frameshift_variant" in consequence.terms or (change is not None and change.kind == "frameshift")
    return consequence.variant_class is VariantClass.TRUNCATING and shifted


def _is_frameshift(consequence: Consequence, exon: Exon) -> bool:
    return is_frameshift(consequence) and _inside(consequence, exon)


def _is_truncating(consequence: Consequence, exon: Exon) -> bool:
    return consequence.variant_class is VariantClass.TRUNCATING and _inside(consequence, exon)


def _is_skipping(consequence: Consequence, exon: Exon) -> bool:
    """Whether a splice site at either end of the exon is changed, or the whole exon is lost in frame."""
    change = parse_protein_change(consequence.protein_change)
    if consequence.variant_class is VariantClass.SPLICE:
        if change is not None and change.kind == "splice":
            return change.start in (exon.first_codon, exon.last_codon)
        borders = {f"{exon.first_base}-", f"{exon.last_base}+"}
        at_border = {f"{base}{sign}" for base, sign, _ in _OFFSET.findall(consequence.hgvs_c)} & borders
        return bool(at_border) or consequence.exon == f"{exon.number}/{exon.of}"
    if _deletes_at_border(consequence.hgvs_c, exon):
        return True
    if change is None or not _is_deletion(consequence, exon):
        return False
    return change.start <= exon.first_codon + 1 and change.end >= exon.last_codon - 1


def _deletes_at_border(hgvs_c: str, exon: Exon) -> bool:
    """Whether an insertion or deletion named by coding bases touches the intron's bases of a splice site."""
    if not _INDEL_WORD.search(hgvs_c):
        return False
    for base, sign, offset in _OFFSET.findall(hgvs_c):
        near = ACCEPTOR_BASES if sign == "-" else DONOR_BASES
        border = exon.first_base if sign == "-" else exon.last_base
        if int(base) == border and int(offset) <= near:
            return True
    return False


_EFFECTS: dict[str, Callable[[Consequence, Exon], bool]] = {
    "any": _is_any,
    "deletion": _is_deletion,
    "insertion": _is_insertion,
    "frameshift": _is_frameshift,
    "truncating": _is_truncating,
    "skipping": _is_skipping,
}
EFFECTS = tuple(_EFFECTS)
