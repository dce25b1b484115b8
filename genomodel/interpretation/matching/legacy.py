"""Whether an alteration satisfies a rule of the evidence table.

A rule is one or more clauses ``kind:value`` joined by ``|``; any one suffices. Each kind is one registered function.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.annotation.hgvs import one_letter
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.knowledge import Criterion, Operator, Profile
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import Consequence, Fusion, Variant, VariantClass
from genomodel.interpretation.protein_change import ProteinChange, parse_protein_change
from genomodel.interpretation.splice_sites import touches_splice_site
from genomodel.resources.actionable_fusions import THREE, fusion_genes
from genomodel.resources.hotspots import find_hotspot

LOSS_OF_FUNCTION = frozenset({VariantClass.TRUNCATING, VariantClass.SPLICE, VariantClass.START_LOST})
BY_POSITION = "by position on"
"""In what a match rests on: it was told by the place on a genome build, not by the annotator's effect."""
SILENT = frozenset({VariantClass.SYNONYMOUS, VariantClass.NONCODING})


@dataclass(frozen=True, slots=True)
class Alteration:
    """What is held against a rule: the consequences of one variant, a copy-number state, or a fusion."""

    gene: str
    reported: Consequence | None = None
    others: tuple[Consequence, ...] = ()
    """Consequences on other transcripts of the same gene."""
    copy_number: CopyNumberState | None = None
    fusion: Fusion | None = None
    exons_lost: tuple[int, int] | None = None
    """First and last exon that the gene's transcripts lack, as reads of DNA or RNA across the gap show."""
    msi_high: bool = False
    """The tumor as a whole is of high microsatellite instability."""
    shares_codon: bool = False
    """Another change of the same codon was called, so that the protein's true change is not known."""
    place: Variant | None = None
    build: GenomeBuild = GenomeBuild.UNKNOWN
    """Reference genome of ``place``."""

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        """The reported consequence first, then those on other transcripts."""
        return (() if self.reported is None else (self.reported,)) + self.others


Matcher = Callable[[str, Alteration], str | None]
"""Takes a clause's value and an alteration; returns what the match rests on, or ``None``."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of clause: what its value must look like, and the function that decides."""

    value: re.Pattern[str]
    matches: Matcher


KINDS: dict[str, Kind] = {}


def matcher(name: str, value: str = "") -> Callable[[Matcher], Matcher]:
    """Register a function as the clause kind ``name``, whose value must match the pattern ``value`` as a whole."""

    def register(function: Matcher) -> Matcher:
        KINDS[name] = Kind(re.compile(value), function)
        return function

    return register


def parse_rule(text: str, gene: str = "", former_symbols: tuple[str, ...] = ()) -> Profile:
    """Return the profile of a rule, whose clauses are all of one gene.

    Raises
    ------
    InputError
        A clause has no registered kind, or its value is not of the form that the kind asks for.
    """
    clauses: list[Profile] = []
    for part in text.split("|"):
        kind, _, value = part.strip().partition(":")
        if kind not in KINDS:
            raise InputError(f"'{part}' is no match rule", fix=f"Known kinds: {', '.join(sorted(KINDS))}")
        if not KINDS[kind].value.fullmatch(value):
            raise InputError(f"'{value}' is no value of '{kind}'", fix=f"It must match {KINDS[kind].value.pattern}")
        clauses.append(Profile.of(Criterion(gene=gene, former_symbols=former_symbols, kind=kind, value=value)))
    return Profile.join(Operator.ANY, tuple(clauses))


def match_rule(profile: Profile, alteration: Alteration) -> str | None:
    """Return what the first satisfied criterion rests on, ``None`` when the profile is not satisfied."""
    if profile.criterion is not None:
        return KINDS[profile.criterion.kind].matches(profile.criterion.value, alteration)
    if profile.operator is not Operator.ANY:
        return None
    return next((found for part in profile.parts if (found := match_rule(part, alteration))), None)


@dataclass(frozen=True, slots=True)
class Exon:
    """Coding part of an exon: 1-based bases of the coding sequence and codons, ends included."""

    gene: str
    number: int
    of: int
    transcript: str
    first_base: int
    last_base: int
    first_codon: int
    last_codon: int


@cache
def exons() -> dict[tuple[str, int], tuple[Exon, ...]]:
    """Return the exons that rules speak of, by gene and number.

    The codons of ``exons.tsv`` are counted, not quoted: the lengths of the coding parts of a RefSeq transcript's exons
    on GRCh38 (UCSC refGene) are added up in the order of translation; a codon that an exon border splits belongs to
    both.
    """
    found: dict[tuple[str, int], tuple[Exon, ...]] = {}
    with (files("genomodel.interpretation") / "exons.tsv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            numbers = {name: int(row[name]) for name in ("first_base", "last_base", "first_codon", "last_codon")}
            exon = Exon(
                gene=row["gene"], number=int(row["exon"]), of=int(row["exons"]), transcript=row["transcript"], **numbers
            )
            key = (exon.gene, exon.number)
            found[key] = (*found.get(key, ()), exon)
    return found


@matcher("allele", r"[A-Z]\d+[A-Z](,[A-Z]\d+[A-Z])*")
def _allele(value: str, alteration: Alteration) -> str | None:
    if alteration.shares_codon:
        return None
    wanted = value.split(",")
    return _on_any_transcript(alteration, "allele", lambda change: change.text in wanted)


@matcher("codon", r"[A-Z]\d+(,[A-Z]\d+)*")
def _codon(value: str, alteration: Alteration) -> str | None:
    wanted = value.split(",")

    def fits(change: ProteinChange) -> bool:
        substituted = change.kind == "substitution" and change.alt not in ("*", "=", change.ref)
        return substituted and f"{change.ref}{change.start}" in wanted

    return _on_any_transcript(alteration, "codon", fits)


def _on_any_transcript(alteration: Alteration, name: str, fits: Callable[[ProteinChange], bool]) -> str | None:
    for consequence in alteration.consequences:
        change = parse_protein_change(consequence.protein_change or consequence.hgvs_p)
        if change is not None and fits(change):
            elsewhere = consequence is not alteration.reported
            return f"{name} {change.text} on transcript {consequence.transcript}" if elsewhere else name
    return None


@matcher("hotspot")
def _hotspot(value: str, alteration: Alteration) -> str | None:
    """Match a substitution that the hotspot collection has seen, or an in-frame change on one of its regions."""
    consequence = alteration.reported
    if consequence is None or consequence.variant_class in LOSS_OF_FUNCTION | SILENT:
        return None
    change = one_letter(consequence.protein_change)
    hotspot = find_hotspot(alteration.gene, change)
    if hotspot is None:
        return None
    parsed = parse_protein_change(change)
    substitution = parsed is not None and parsed.kind == "substitution"
    return "hotspot" if hotspot.tumors_with_allele or not substitution else None


@matcher("truncating")
def _truncating(value: str, alteration: Alteration) -> str | None:
    consequence = alteration.reported
    return "gene class" if consequence is not None and consequence.variant_class in LOSS_OF_FUNCTION else None


@matcher("amplification")
def _amplification(value: str, alteration: Alteration) -> str | None:
    return "amplification" if alteration.copy_number is CopyNumberState.AMPLIFICATION else None


@matcher("deep_deletion")
def _deep_deletion(value: str, alteration: Alteration) -> str | None:
    return "deletion" if alteration.copy_number is CopyNumberState.DEEP_DELETION else None


@matcher("fusion", r"[A-Z0-9-]*")
def _fusion(value: str, alteration: Alteration) -> str | None:
    """Match a fusion in which the gene stands where its fusions have it, with the partner if the value names one."""
    fusion, gene = alteration.fusion, alteration.gene
    if fusion is None or gene not in (fusion.gene_5, fusion.gene_3):
        return None
    listed = fusion_genes().get(gene)
    if listed is not None and gene != (fusion.gene_3 if listed.role == THREE else fusion.gene_5):
        return None
    partner = fusion.gene_5 if gene == fusion.gene_3 else fusion.gene_3
    return "fusion" if value in ("", partner) else None


@matcher("msi_high")
def _msi_high(value: str, alteration: Alteration) -> str | None:
    return "microsatellite instability, high" if alteration.msi_high else None


@matcher("exon", r"\d+(-\d+)?:(any|deletion|insertion|frameshift|skipping)")
def _exon(value: str, alteration: Alteration) -> str | None:
    numbers, _, effect = value.partition(":")
    first, _, last = numbers.partition("-")
    if alteration.exons_lost is not None:
        same = alteration.exons_lost == (int(first), int(last or first))
        return "exon class" if effect == "skipping" and same else None
    consequence = alteration.reported
    if consequence is None:
        return None
    listed = range(int(first), int(last or first) + 1)
    wanted = [exon for number in listed for exon in exons().get((alteration.gene, number), ())]
    if any(_EFFECTS[effect](consequence, exon) for exon in wanted):
        return "exon class"
    if effect == "skipping" and alteration.place is not None:
        touched = touches_splice_site(
            alteration.place, consequence.variant_class, alteration.gene, listed, alteration.build
        )
        return f"exon class, {BY_POSITION} {alteration.build.value}" if touched else None
    return None


def _inside(consequence: Consequence, exon: Exon) -> bool:
    """Whether the change lies in the exon: by residue numbers, else by the annotator's exon number of as many exons."""
    change = parse_protein_change(consequence.protein_change or consequence.hgvs_p)
    if change is not None:
        return change.overlaps(exon.first_codon, exon.last_codon)
    return consequence.exon == f"{exon.number}/{exon.of}"


def _won(consequence: Consequence) -> int:
    """Residues won or lost: by the protein change, else the sign of the variant's class."""
    change = parse_protein_change(consequence.protein_change or consequence.hgvs_p)
    if change is not None and change.net is not None:
        return change.net
    return {VariantClass.INFRAME_INSERTION: 1, VariantClass.INFRAME_DELETION: -1}.get(consequence.variant_class, 0)


def _keeps_frame(consequence: Consequence) -> bool:
    return consequence.variant_class not in {VariantClass.TRUNCATING, VariantClass.START_LOST} | SILENT


def _is_deletion(consequence: Consequence, exon: Exon) -> bool:
    return _keeps_frame(consequence) and _won(consequence) < 0 and _inside(consequence, exon)


def _is_insertion(consequence: Consequence, exon: Exon) -> bool:
    return _keeps_frame(consequence) and _won(consequence) > 0 and _inside(consequence, exon)


def _is_any(consequence: Consequence, exon: Exon) -> bool:
    in_protein = _keeps_frame(consequence) and consequence.variant_class is not VariantClass.SPLICE
    return in_protein and _inside(consequence, exon)


def _is_frameshift(consequence: Consequence, exon: Exon) -> bool:
    if consequence.variant_class is not VariantClass.TRUNCATING:
        return False
    change = parse_protein_change(consequence.protein_change or consequence.hgvs_p)
    shifted = "frameshift_variant" in consequence.terms or (change is not None and change.kind == "frameshift")
    return shifted and _inside(consequence, exon)


def _is_skipping(consequence: Consequence, exon: Exon) -> bool:
    """Whether a splice site at either end of the exon is changed, or the whole exon is lost in frame."""
    change = parse_protein_change(consequence.protein_change)
    if consequence.variant_class is VariantClass.SPLICE:
        if change is not None and change.kind == "splice":
            return change.start in (exon.first_codon, exon.last_codon)
        borders = {f"{exon.first_base}-", f"{exon.last_base}+"}
        at_border = {f"{base}{sign}" for base, sign in re.findall(r"(\d+)([+-])\d+", consequence.hgvs_c)} & borders
        return bool(at_border) or consequence.exon == f"{exon.number}/{exon.of}"
    if change is None or not _is_deletion(consequence, exon):
        return False
    return change.start <= exon.first_codon + 1 and change.end >= exon.last_codon - 1


_EFFECTS: dict[str, Callable[[Consequence, Exon], bool]] = {
    "any": _is_any,
    "deletion": _is_deletion,
    "insertion": _is_insertion,
    "frameshift": _is_frameshift,
    "skipping": _is_skipping,
}
