"""Whether an alteration satisfies a rule of the evidence table.

A rule is one or more clauses ``kind:value`` joined by ``|``; any one suffices. Each kind is one registered function.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from genomodel.annotation.exon_effects import SILENT, changes_splice_site, has_effect
from genomodel.annotation.exons import exons_of, numbered
from genomodel.annotation.hgvs import one_letter
from genomodel.annotation.named_effects import BY_POSITION
from genomodel.annotation.protein_change import ProteinChange, parse_protein_change
from genomodel.annotation.shape import shape_of
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.knowledge import Criterion, Operator, Profile
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import Consequence, Fusion, Variant, VariantClass
from genomodel.resources.actionable_fusions import THREE, fusion_genes
from genomodel.resources.hotspots import find_hotspot

LOSS_OF_FUNCTION = frozenset({VariantClass.TRUNCATING, VariantClass.SPLICE, VariantClass.START_LOST})


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


@matcher("exon", r"\d+(-\d+)?:(any|deletion|insertion|frameshift|truncating|skipping)")
def _exon(value: str, alteration: Alteration) -> str | None:
    numbers, _, effect = value.partition(":")
    listed = numbered(numbers)
    if alteration.exons_lost is not None:
        same = alteration.exons_lost == (listed[0], listed[-1])
        return "exon class" if effect == "skipping" and same else None
    consequence = alteration.reported
    if consequence is None:
        return None
    wanted = exons_of(alteration.gene, listed)
    if any(has_effect(effect, consequence, exon) for exon in wanted):
        return "exon class"
    shape = None if alteration.place is None else shape_of(alteration.place)
    if effect == "skipping" and shape is not None:
        kind = consequence.variant_class
        touched = any(changes_splice_site(shape, kind, exon, alteration.build) for exon in wanted)
        return f"exon class, {BY_POSITION} {alteration.build.value}" if touched else None
    return None
