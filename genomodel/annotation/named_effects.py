"""Effects that no consequence engine names and evidence does: FLT3-ITD, exon 14 skipping of MET, classes of BRAF.

``named_effects.tsv`` has one row for each, with the source it is from. Its rule is one or more clauses ``kind:value``
joined by ``|``, any of which suffices; each kind is one registered function. Rules look at the reported consequence
of the row's gene, at the other transcripts for exact changes, and at the allele's place on GRCh37 or GRCh38, so that an
effect is found whatever the annotator calls the variant, and where it names no transcript at all.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.annotation.exon_effects import (
    EFFECTS,
    LEAST_BESIDE_EXON,
    SILENT,
    changes_length_inside,
    changes_splice_site,
    duplicates_exon,
    has_effect,
    is_elsewhere,
    is_frameshift,
    loses_acceptor,
    residues_won,
)
from genomodel.annotation.exons import Exon, exons, exons_of, numbered
from genomodel.annotation.hgvs import is_splice, one_letter
from genomodel.annotation.protein_change import ProteinChange, parse_protein_change
from genomodel.annotation.shape import Shape, shape_of
from genomodel.core.builds import bare
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import AnnotatedCalls, Consequence, NamedEffect, Variant, VariantClass

TABLE = "named_effects.tsv"
NEAR = 100
"""Bases around the places of a gene's rules within which an allele is held against them."""
BY_POSITION = "by position on"
"""In the basis of an effect: it was told by the place on a genome build, not by what the annotator says."""
_CODING_RUN = re.compile(r"^c\.(-?\d+)_(-?\d+)(?:del[ACGT]*ins|[ACGT]+>)([ACGT]+)$")
_PLACE = re.compile(r"(GRCh3[78]):(\w+):(\d+):([ACGT])>([ACGT])")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule is held against."""

    gene: str
    consequences: tuple[Consequence, ...]
    """On the transcripts of the rule's gene, the reported one first; none where no transcript is hit."""
    shape: Shape | None
    build: GenomeBuild

    @property
    def told(self) -> Consequence | None:
        """The consequence that classes of variants are judged by: the first that says something of the protein."""
        changing = (item for item in self.consequences if item.variant_class not in SILENT)
        return next(changing, next(iter(self.consequences), None))

    @property
    def kind(self) -> VariantClass | None:
        """The class of that consequence."""
        return None if self.told is None else self.told.variant_class

    @property
    def by_position(self) -> str:
        """What a match by place rests on."""
        return f"{BY_POSITION} {self.build.value}"


Rule = Callable[[str, Seen], str | None]
"""Takes a clause's value and what is seen; returns what the effect was told by, or ``None``."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of clause: what its value must look like, and the function that decides."""

    value: re.Pattern[str]
    tell: Rule


KINDS: dict[str, Kind] = {}


@dataclass(frozen=True, slots=True)
class EffectRow:
    """A row of the table."""

    id: str
    gene: str
    name: str
    clauses: tuple[tuple[str, str], ...]
    source: str
    note: str


def kind(name: str, value: str) -> Callable[[Rule], Rule]:
    """Register a function as the kind of clause ``name``, whose value must match the pattern as a whole."""

    def register(function: Rule) -> Rule:
        KINDS[name] = Kind(re.compile(value), function)
        return function

    return register


@cache
def effect_rows() -> tuple[EffectRow, ...]:
    """Return the rows of the table.

    Raises
    ------
    ValueError
        A clause is of no registered kind or its value not of the kind's form, which is a defect of the table.
    """
    with (files("genomodel.annotation") / TABLE).open(encoding="utf-8") as handle:
        return tuple(_row(row) for row in csv.DictReader(handle, delimiter="\t"))


def _row(row: dict[str, str]) -> EffectRow:
    clauses = tuple((name, value) for name, _, value in (part.partition(":") for part in row["rule"].split("|")))
    for name, value in clauses:
        if name not in KINDS or not KINDS[name].value.fullmatch(value):
            raise ValueError(f"{TABLE}, {row['id']}: '{name}:{value}' is no clause")
    return EffectRow(row["id"], row["gene"], row["name"], clauses, row["source"], row["note"])


def named_effects(
    variant: Variant,
    consequences: Sequence[Consequence],
    build: GenomeBuild,
    *,
    end: int | None = None,
    length: int | None = None,
) -> tuple[NamedEffect, ...]:
    """Return the effects of the table that a variant has, in the table's order.

    Parameters
    ----------
    variant
        The allele as its file has it, small letters, ``-`` and symbolic alleles included.
    consequences
        On whatever transcripts and genes, the reported one first; may be empty.
    build
        Genome build of the place; on another than GRCh37 and GRCh38 nothing is told by place.
    end, length
        ``END`` and ``SVLEN`` of a symbolic allele.

    Returns
    -------
    tuple of NamedEffect
        Each with what it was told by; an effect told by consequence and place names the consequence.
    """
    shape = shape_of(variant, end=end, length=length)
    found = []
    for row in _rows_about(variant, shape, consequences, build):
        own = tuple(item for item in consequences if item.gene == row.gene)
        seen = Seen(row.gene, own, shape, build)
        bases = (KINDS[name].tell(value, seen) for name, value in row.clauses)
        basis = next((basis for basis in bases if basis), None)
        if basis:
            found.append(NamedEffect(id=row.id, gene=row.gene, name=row.name, basis=basis, source=row.source))
    return tuple(found)


def _rows_about(
    variant: Variant, shape: Shape | None, consequences: Sequence[Consequence], build: GenomeBuild
) -> list[EffectRow]:
    """Return the rows whose gene a consequence names or near whose places the allele lies, in the table's order."""
    genes = {item.gene for item in consequences}
    near = _genes_by_chrom(build).get(bare(variant.chrom), ())
    if shape is not None:
        genes |= {gene for gene, first, last in near if shape.first <= last + NEAR and shape.last >= first - NEAR}
    return [row for row in effect_rows() if row.gene in genes]


@cache
def _genes_by_chrom(build: GenomeBuild) -> dict[str, tuple[tuple[str, int, int], ...]]:
    """Return by contig the genes with rules by place, with the first and last base that their rules name."""
    spans: dict[tuple[str, str], list[int]] = {}
    for row in effect_rows():
        for name, value in row.clauses:
            for of_build, chrom, pos, _, _ in _PLACE.findall(value) if name == "place" else ():
                if of_build == build.value:
                    spans.setdefault((chrom, row.gene), []).append(int(pos))
    for listed in exons().values():
        for exon in listed:
            spans.setdefault((exon.chrom, exon.gene), []).extend(exon.places.get(build, ()))
    found: dict[str, tuple[tuple[str, int, int], ...]] = {}
    for (chrom, gene), bases in spans.items():
        if bases:
            found[chrom] = (*found.get(chrom, ()), (gene, min(bases), max(bases)))
    return found


Extents = Mapping[tuple[int, str], tuple[int | None, int | None]]
"""``END`` and ``SVLEN`` of symbolic alleles, by ordinal of the record and allele."""


def name_effects(calls: AnnotatedCalls, build: GenomeBuild, extents: Extents | None = None) -> AnnotatedCalls:
    """Return calls with the named effects of every variant, told by its consequences and its place.

    Parameters
    ----------
    calls
        With genes by their current symbols; effects that they carry are told anew.
    build
        Genome build of the coordinates.
    extents
        Of symbolic alleles; those whose ends nobody gives are told by their consequences alone.
    """
    known = extents or {}
    variants = []
    for variant in calls.variants:
        reported = () if variant.consequence is None else (variant.consequence,)
        end, length = known.get((variant.record, variant.variant.alt), (None, None))
        told = (*reported, *variant.other_consequences)
        found = named_effects(variant.variant, told, build, end=end, length=length)
        same = found == variant.named_effects
        variants.append(variant if same else variant.model_copy(update={"named_effects": found}))
    return calls.model_copy(update={"variants": tuple(variants)})


@kind("place", rf"{_PLACE.pattern}(,{_PLACE.pattern})*")
def _place(value: str, seen: Seen) -> str | None:
    """Tell an exchanged base by its place, alone or in a run of exchanged bases."""
    for build, chrom, pos, ref, alt in _PLACE.findall(value):
        same = seen.shape is not None and build == seen.build.value and seen.shape.chrom == chrom
        if same and seen.shape is not None and seen.shape.exchanges(int(pos), ref, alt):
            return seen.by_position
    return None


@kind("coding", r"-?\d+([+-]\d+)?[ACGT]>[ACGT]")
def _coding(value: str, seen: Seen) -> str | None:
    """Tell an exchanged base by its number on the transcript, outside of introns also in a run of exchanged bases."""
    wanted = re.fullmatch(r"(-?\d+)[ACGT]>([ACGT])", value)
    for consequence in seen.consequences:
        text = consequence.hgvs_c
        run = _CODING_RUN.match(text)
        if text == f"c.{value}" or (wanted and run and _run_has(run, int(wanted[1]), wanted[2])):
            return f"by {text}"
    return None


def _run_has(run: re.Match[str], number: int, alt: str) -> bool:
    """Whether a run of as many bases as it exchanges has a base at a number."""
    first, last = sorted((int(run[1]), int(run[2])))
    return first <= number <= last and len(run[3]) == last - first + 1 and run[3][number - first] == alt


@kind("change", r"[A-Z]\d+\w*(,[A-Z]\d+\w*)*")
def _change(value: str, seen: Seen) -> str | None:
    """Tell an exact protein change, on any transcript of the gene."""
    wanted = value.split(",")
    return _on_any_transcript(seen, lambda change: change.text in wanted)


@kind("codon", r"[A-Z]\d+(,[A-Z]\d+)*")
def _codon(value: str, seen: Seen) -> str | None:
    """Tell an exchange of a residue for another, on any transcript of the gene."""
    wanted = value.split(",")

    def fits(change: ProteinChange) -> bool:
        exchanged = change.kind == "substitution" and change.alt not in ("*", "=", change.ref)
        return exchanged and f"{change.ref}{change.start}" in wanted

    return _on_any_transcript(seen, fits)


def _on_any_transcript(seen: Seen, fits: Callable[[ProteinChange], bool]) -> str | None:
    for index, consequence in enumerate(seen.consequences):
        change = parse_protein_change(consequence.protein_change or consequence.hgvs_p)
        if change is not None and fits(change):
            return f"by p.{change.text}" + (f" on {consequence.transcript}" if index and consequence.transcript else "")
    return None


@kind("codons", r"\d+-\d+:(truncating|deletion|insertion)")
def _codons(value: str, seen: Seen) -> str | None:
    """Tell a class of change by residue numbers of the reported transcript."""
    numbers, _, effect = value.partition(":")
    first, last = (int(number) for number in numbers.split("-"))
    consequence = seen.told
    change = parse_protein_change(consequence.protein_change) if consequence is not None else None
    if consequence is None or change is None or not first <= change.start <= last:
        return None
    truncating = consequence.variant_class is VariantClass.TRUNCATING
    won = 0 if truncating else residues_won(consequence)
    fits = {"truncating": truncating, "deletion": won < 0, "insertion": won > 0}[effect]
    return f"by p.{change.text}" if fits else None


@kind("label", r"\w+")
def _label(value: str, seen: Seen) -> str | None:
    """Tell an effect that a table writes in the place of a protein change."""
    for consequence in seen.consequences:
        if re.search(rf"(?<![A-Za-z]){value}(?![A-Za-z])", consequence.protein_change):
            return f"by its name in the input, {consequence.protein_change}"
    return None


@kind("exon", rf"\d+(-\d+)?:({'|'.join(EFFECTS)})")
def _exon(value: str, seen: Seen) -> str | None:
    """Tell a class of change of an exon by residues or the annotator's words, where none are given by place."""
    numbers, _, effect = value.partition(":")
    listed = exons_of(seen.gene, numbered(numbers))
    for exon in listed:
        if seen.told is not None and not is_elsewhere(seen.shape, exon, seen.build) and _fits(effect, seen, exon):
            return f"by exon {exon.number}, {_words(seen.told)}"
    silent = seen.told is None or not one_letter(seen.told.protein_change or seen.told.hgvs_p)
    if effect not in ("deletion", "insertion") or not silent or seen.shape is None:
        return None
    if seen.kind in (VariantClass.TRUNCATING, VariantClass.SYNONYMOUS, VariantClass.START_LOST):
        return None
    gain = effect == "insertion"
    inside = any(changes_length_inside(seen.shape, exon, seen.build, gain=gain) for exon in listed)
    return f"{seen.by_position}, {abs(seen.shape.net)} bases {'gained' if gain else 'lost'}" if inside else None


def _fits(effect: str, seen: Seen, exon: Exon) -> bool:
    return seen.told is not None and has_effect(effect, seen.told, exon)


def _words(consequence: Consequence) -> str:
    """Name the change as short as it says where it is."""
    if is_splice(consequence.protein_change):
        return consequence.hgvs_c or consequence.protein_change
    if consequence.protein_change:
        return f"p.{consequence.protein_change}"
    return consequence.hgvs_c or consequence.variant_class.value.replace("_", " ")


@kind("splice", r"\d+")
def _splice(value: str, seen: Seen) -> str | None:
    """Tell a changed splice site of an exon by place."""
    for exon in exons_of(seen.gene, (int(value),)):
        if seen.shape is not None and changes_splice_site(seen.shape, seen.kind, exon, seen.build):
            return seen.by_position
    return None


@kind("acceptor", r"\d+")
def _acceptor(value: str, seen: Seen) -> str | None:
    """Tell, by place, a deletion that takes an exon's acceptor and first bases."""
    listed = exons_of(seen.gene, (int(value),))
    lost = seen.shape is not None and any(loses_acceptor(seen.shape, exon, seen.build) for exon in listed)
    return seen.by_position if lost else None


@kind("duplication", r"\d+-\d+")
def _duplication(value: str, seen: Seen) -> str | None:
    """Tell an internal tandem duplication by place and length, unless the annotator sees the reading frame lost.

    By their bases and places 6 of 32 duplications of the leukemias of TCGA hold a stop, though their table has them in
    frame: a place one base off does that. They are named, and so is the doubt.
    """
    if seen.shape is None or seen.kind in (VariantClass.SYNONYMOUS, VariantClass.START_LOST):
        return None
    stop = seen.kind is VariantClass.TRUNCATING
    if stop and (seen.told is None or is_frameshift(seen.told) or seen.shape.net < LEAST_BESIDE_EXON):
        return None
    if not duplicates_exon(seen.shape, exons_of(seen.gene, numbered(value)), seen.build):
        return None
    doubt = ", with a stop among the residues as it is placed: to be confirmed by fragment length" if stop else ""
    return f"{seen.by_position}, {seen.shape.net} bases gained{doubt}"
