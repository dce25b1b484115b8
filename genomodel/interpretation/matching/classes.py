"""Criteria on a class of small variants: of a gene, an exon, a range of residues, or a named effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from genomodel.annotation.exon_effects import EFFECTS, changes_splice_site, has_effect, is_elsewhere, is_frameshift
from genomodel.annotation.exon_effects import residues_won as won
from genomodel.annotation.exons import Exon, exons_of, numbered
from genomodel.annotation.named_effects import BY_POSITION, effect_rows
from genomodel.annotation.shape import shape_of
from genomodel.core.builds import bare
from genomodel.core.copy_number import CopyNumberState, possible_deep_deletion
from genomodel.core.knowledge import Criterion, Profile
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import PROTEIN_CHANGING, Consequence, VariantClass, changed_span
from genomodel.interpretation.matching.alleles import CHANGE, CODON_SHARED, change_of, consequences_of, elsewhere
from genomodel.interpretation.matching.alterations import Alteration, GeneCopies, LostExons, SmallVariant, Tumor
from genomodel.interpretation.matching.answers import Doubt, Hit, Resolution
from genomodel.interpretation.matching.clinvar import held_benign, held_pathogenic
from genomodel.interpretation.matching.proteins import same_change
from genomodel.interpretation.matching.registry import (
    Found,
    criterion_gene,
    matcher,
    on_variants,
    on_variants_and_losses,
)
from genomodel.resources.driver_genes import driver_role
from genomodel.resources.hotspots import find_hotspot

LOSS_OF_FUNCTION = frozenset({VariantClass.TRUNCATING, VariantClass.SPLICE, VariantClass.START_LOST})
SILENT = frozenset({VariantClass.SYNONYMOUS, VariantClass.NONCODING})
INFRAME = frozenset({VariantClass.INFRAME_DELETION, VariantClass.INFRAME_INSERTION})
LOST, GAINED = "loss of function", "activating"
"""Roles of driver genes; a pathogenic allele is one of lost function but in genes that are activated.

Genes of hereditary cancer such as PALB2 and RAD51C have no role among the drivers.
"""
Predicate = Callable[[Consequence], bool]


def _is_nonsense(consequence: Consequence) -> bool:
    change = change_of(consequence)
    stopped = "stop_gained" in consequence.terms or (change is not None and change.alt == "*")
    return consequence.variant_class is VariantClass.TRUNCATING and stopped and not is_frameshift(consequence)


def _of(*classes: VariantClass) -> Predicate:
    return lambda consequence: consequence.variant_class in classes


CLASSES: dict[str, Predicate] = {
    "mutation": _of(*PROTEIN_CHANGING),
    "missense": _of(VariantClass.MISSENSE),
    "nonsense": _is_nonsense,
    "frameshift": is_frameshift,
    "splice": _of(VariantClass.SPLICE),
    "start_lost": _of(VariantClass.START_LOST),
    "truncating": _of(*LOSS_OF_FUNCTION),
    "inframe_deletion": lambda item: item.variant_class in INFRAME and won(item) < 0,
    "inframe_insertion": lambda item: item.variant_class in INFRAME and won(item) > 0,
}
WITHIN = {**CLASSES, "deletion": CLASSES["inframe_deletion"], "insertion": CLASSES["inframe_insertion"]}
"""Classes that a range of residues or bases may be asked for."""
_CLASS = f"({'|'.join(WITHIN)})"
EXCEPTED = rf"(except {CHANGE}(,{CHANGE})*)?"
EFFECTS_LISTED = r"[A-Z0-9_]+(,[A-Z0-9_]+)*"
_EXON_CLASSES = tuple(dict.fromkeys((*EFFECTS, "mutation", "missense")))


def told(criterion: Criterion, variant: SmallVariant) -> Consequence | None:
    """Return the consequence by which a variant's class is judged: the reported one, or the gene's first."""
    return next(iter(consequences_of(criterion, variant)), None)


def by_class(criterion: Criterion, variant: SmallVariant, fits: Predicate) -> Found:
    """Return a hit of gene and class; a doubt where the alleles of a codon together would be of another class."""
    consequence = told(criterion, variant)
    if consequence is None or not fits(consequence):
        return None
    if variant.together is not None and not fits(variant.together):
        return Doubt(variant.id, CODON_SHARED)
    return Hit(variant.id, Resolution.GENE, "gene class", elsewhere(consequence, variant))


@matcher(*CLASSES, silence=on_variants)
def _class(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, SmallVariant):
        return None
    return by_class(criterion, alteration, CLASSES[criterion.kind])


@matcher("loss_of_function", value=EXCEPTED, silence=on_variants_and_losses)
def _loss_of_function(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    """Match what truncates the protein, a loss of all copies, or what ClinVar holds to be pathogenic in such a gene.

    Changes that the value excepts do not match, as the stop of BRCA2 at K3326 that one in a hundred people carries, nor
    do those that ClinVar holds benign, as a change of a splice site that leaves a working transcript.
    """
    if isinstance(alteration, GeneCopies):
        if alteration.call.state is CopyNumberState.DEEP_DELETION:
            return Hit(alteration.id, Resolution.COPY_NUMBER, "deletion")
        return Doubt(alteration.id, alteration.call.note) if possible_deep_deletion(alteration.call) else None
    if not isinstance(alteration, SmallVariant) or _is_harmless(criterion, alteration):
        return None
    found = by_class(criterion, alteration, CLASSES["truncating"])
    role = driver_role(criterion_gene(criterion))
    if found is not None or role == GAINED:
        return found
    if not is_pathogenic(alteration):
        return _may_be_lost(criterion, alteration) if role == LOST else None
    named = by_class(criterion, alteration, CLASSES["mutation"])
    return Hit(alteration.id, Resolution.GENE, "pathogenic by ClinVar") if isinstance(named, Hit) else named


def _is_harmless(criterion: Criterion, variant: SmallVariant) -> bool:
    return _is_excepted(criterion, told(criterion, variant)) or held_benign(variant.variant.clinvar)


def _is_excepted(criterion: Criterion, consequence: Consequence | None) -> bool:
    """Whether a change is one that the value of a criterion excepts by name."""
    if consequence is None:
        return False
    text = consequence.protein_change or consequence.hgvs_p
    excepted = filter(None, criterion.value.removeprefix("except ").split(","))
    return any(same_change(name, text) is not None for name in excepted)


def _may_be_lost(criterion: Criterion, variant: SmallVariant) -> Doubt | None:
    """Return a doubt of a recurrent change in a gene that tumors lose, where no source at hand says what it does."""
    gene = criterion_gene(criterion)
    consequence = told(criterion, variant)
    if consequence is None or variant.common or not on_hotspot(gene, consequence):
        return None
    text = consequence.protein_change or consequence.hgvs_p
    return Doubt(variant.id, f"{gene} {text} recurs in tumors, and no source at hand says that it takes the function")


def is_pathogenic(variant: SmallVariant) -> bool:
    """Whether ClinVar holds an allele to be pathogenic or likely so, by stated criteria and without conflict."""
    return held_pathogenic(variant.variant.clinvar)


@matcher("hotspot", value=EXCEPTED, silence=on_variants)
def _hotspot(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    """Match a substitution that the hotspot collection has seen, or an in-frame change on one of its regions.

    Changes that the value excepts do not match themselves; that they are absent beside another is not asked.
    """
    if not isinstance(alteration, SmallVariant):
        return None
    gene = criterion_gene(criterion)

    def fits(consequence: Consequence) -> bool:
        return on_hotspot(gene, consequence) and not _is_excepted(criterion, consequence)

    found = by_class(criterion, alteration, fits)
    return Hit(found.alteration, found.resolution, "hotspot", found.transcript) if isinstance(found, Hit) else found


def on_hotspot(gene: str, consequence: Consequence) -> bool:
    """Whether tumors of the hotspot collection carry a substitution, or in-frame changes of the same region."""
    change = change_of(consequence)
    if change is None or consequence.variant_class in LOSS_OF_FUNCTION | SILENT:
        return False
    hotspot = find_hotspot(gene, change.text, consequence.transcript)
    return hotspot is not None and (hotspot.tumors_with_allele > 0 or change.kind != "substitution")


@matcher("effect", value=rf"{EFFECTS_LISTED}( except {EFFECTS_LISTED})?", silence=on_variants)
def _effect(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    """Match a variant of one of the named effects that has none of those that the value excepts."""
    if not isinstance(alteration, SmallVariant):
        return None
    wanted, excepted = effects_of(criterion)
    if any(effect.id in excepted for effect in alteration.variant.named_effects):
        return None
    for effect in alteration.variant.named_effects:
        if effect.id not in wanted:
            continue
        if alteration.shares_codon and _names_change(effect.id):
            return Doubt(alteration.id, CODON_SHARED)
        inferred = BY_POSITION in effect.basis and "skipping" in effect.name
        basis = f"{effect.name}, {effect.basis}" if inferred else effect.name
        return Hit(alteration.id, Resolution.EXON, basis)
    return None


def effects_of(criterion: Criterion) -> tuple[list[str], list[str]]:
    """Return the named effects that a criterion asks for, and those that it excepts."""
    wanted, _, excepted = criterion.value.partition(" except ")
    return wanted.split(","), [name for name in excepted.split(",") if name]


def _names_change(effect: str) -> bool:
    """Whether an effect is told by single changes of residues, which another allele of the codon may alter."""
    return any(row.id == effect and any(kind == "change" for kind, _ in row.clauses) for row in effect_rows())


def plain_criteria(profile: Profile) -> Iterator[Criterion]:
    """Yield the criteria of a profile, named effects as the alleles, residues and exons that they are told by."""
    for criterion in profile.criteria():
        if criterion.kind != "effect":
            yield criterion
            continue
        wanted, _ = effects_of(criterion)
        for kind, value in (clause for row in effect_rows() if row.id in wanted for clause in row.clauses):
            if (plain := _plain(kind, value)) is not None:
                yield criterion.model_copy(update={"kind": plain[0], "value": plain[1]})


def _plain(kind: str, value: str) -> tuple[str, str] | None:
    """Return a clause of the table of effects as kind and value of a criterion, ``None`` where no kind is as it."""
    if kind in ("exon", "codon"):
        return kind, value
    if kind == "duplication":
        return "exon", f"{value}:insertion"
    return {"splice": ("exon", f"{value}:skipping"), "change": ("allele", value)}.get(kind)


@matcher("protein_region", value=rf"\d+-\d+(:{_CLASS})?", silence=on_variants)
def _protein_region(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, SmallVariant):
        return None
    ends, _, name = criterion.value.partition(":")
    first, last = (int(end) for end in ends.split("-"))

    def fits(consequence: Consequence) -> bool:
        change = change_of(consequence)
        return change is not None and change.overlaps(first, last) and WITHIN[name or "mutation"](consequence)

    return _finer(by_class(criterion, alteration, fits), "residues and class")


def _finer(found: Found, basis: str, *ignored: str) -> Found:
    """Return a hit of gene and class as one of a part of the gene."""
    if not isinstance(found, Hit):
        return found
    return Hit(found.alteration, Resolution.EXON, basis, found.transcript, (*found.ignored, *ignored))


@matcher("region", value=rf"{_CLASS}?", silence=on_variants)
def _region(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, SmallVariant):
        return None
    found = by_class(criterion, alteration, WITHIN[criterion.value or "mutation"])
    return found if not isinstance(found, Hit) else _in_places(criterion, alteration, found)


def _in_places(criterion: Criterion, variant: SmallVariant, found: Hit) -> Found:
    inside = _overlaps(criterion, variant)
    if inside is None:
        builds = ", ".join(dict.fromkeys(place.build.value for place in criterion.places)) or "no build"
        return Doubt(variant.id, f"coordinates of {builds} not compared, the patient's are of {variant.build.value}")
    return _finer(found, "region and class", "told by the source's coordinates") if inside else None


def _overlaps(criterion: Criterion, variant: SmallVariant) -> bool | None:
    """Whether an allele overlaps a place of the criterion; ``None`` where it has none of the patient's build."""
    places = [place for place in criterion.places if place.build is variant.build]
    if not places or variant.build is GenomeBuild.UNKNOWN:
        return None
    first, last = changed_span(variant.variant.variant)
    chrom = bare(variant.variant.variant.chrom)
    return any(bare(place.chrom) == chrom and place.start <= last and first <= place.end for place in places)


@matcher("exon", value=rf"\d+(-\d+)?:({'|'.join(_EXON_CLASSES)})", silence=on_variants)
def _exon(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    numbers, _, effect = criterion.value.partition(":")
    listed = numbered(numbers)
    if isinstance(alteration, LostExons):
        same = (alteration.first, alteration.last) == (listed[0], listed[-1])
        hit = Hit(alteration.id, Resolution.EXON, "exon class", ignored=alteration.ignored)
        return hit if effect == "skipping" and same else None
    if not isinstance(alteration, SmallVariant):
        return None
    known = exons_of(criterion_gene(criterion), listed)
    if known:
        return _in_known_exons(criterion, alteration, effect, known)
    return _in_numbered_exons(criterion, alteration, effect, listed)


def _in_known_exons(criterion: Criterion, variant: SmallVariant, effect: str, known: Iterable[Exon]) -> Found:
    shape = shape_of(variant.variant.variant)
    here = [exon for exon in known if not is_elsewhere(shape, exon, variant.build)]

    def fits(consequence: Consequence) -> bool:
        return any(_has(effect, consequence, exon) for exon in here)

    found = by_class(criterion, variant, fits)
    if found is not None or effect != "skipping" or shape is None:
        return _finer(found, "exon class")
    consequence = told(criterion, variant)
    kind = None if consequence is None else consequence.variant_class
    if any(changes_splice_site(shape, kind, exon, variant.build) for exon in here):
        return Hit(variant.id, Resolution.EXON, f"exon class, {BY_POSITION} {variant.build.value}")
    return None


def _has(effect: str, consequence: Consequence, exon: Exon) -> bool:
    if effect in EFFECTS:
        return has_effect(effect, consequence, exon)
    if effect == "missense":
        return CLASSES["missense"](consequence) and has_effect("any", consequence, exon)
    return any(has_effect(name, consequence, exon) for name in ("any", "truncating", "skipping"))


def _in_numbered_exons(criterion: Criterion, variant: SmallVariant, effect: str, listed: range) -> Found:
    """Match by the annotator's exon numbers, else by the source's coordinates, in a gene whose exons are not listed."""
    predicate = WITHIN["mutation" if effect == "any" else effect] if effect != "skipping" else None
    if predicate is None or effect == "any":
        predicate = _any_in_frame if effect == "any" else WITHIN["splice"]
    found = by_class(criterion, variant, predicate)
    if not isinstance(found, Hit):
        return found
    counted = [item for item in consequences_of(criterion, variant) if item.exon]
    inside = _overlaps(criterion, variant)
    if not counted:
        if inside is None:
            gene = criterion_gene(criterion)
            return Doubt(variant.id, f"the annotation numbers no exons of {gene}")
        return _in_places(criterion, variant, found)
    first = counted[0]
    number = first.exon.partition("/")[0].partition("-")[0]
    if not number.isdigit() or int(number) not in listed:
        return None
    if inside is False:
        return Doubt(variant.id, "the source's coordinates are of another exon than the annotation's number")
    note = f"exons counted on transcript {first.transcript or 'of the annotation'}, the source names none"
    return _finer(found, "exon class", note)


def _any_in_frame(consequence: Consequence) -> bool:
    return consequence.variant_class in {VariantClass.MISSENSE, VariantClass.STOP_LOST} | INFRAME
