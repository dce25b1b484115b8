"""Which alleles of the genome are recurrent somatic hotspots, told by position alone.

Callers and deciders work before any annotation, and must know a hotspot allele when they see one. The table of
hotspots speaks of genes and residues; here it is laid onto the genome of the run through its gene models, once, and
written as a table that each later step reads. Three kinds of places come out of it: codons with the residues that
tumors were seen to change them into, runs of residues with in-frame insertions and deletions, and the two bases of
the intron at each splice site that is mutated recurrently.

The residue numbers of the hotspot table belong to the transcripts that its authors used. Of each gene that transcript
is taken whose residues agree best with them. Where the gene models hold another isoform only (MET with 18 residues
more), those that disagree are moved together, if that makes every one of them agree; what then has no place is named.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import pysam

from genomodel.calls.gene_models import CodingTranscript, read_gene_models
from genomodel.calls.hotspot_assay.build_check import require_fitting_models
from genomodel.calls.hotspot_assay.gene_places import CodingReading, open_reference
from genomodel.core.codons import COMPLEMENT, translate
from genomodel.core.errors import InputError
from genomodel.core.variants import Variant, changed_span
from genomodel.files import read_text, write_text
from genomodel.resources.hotspots import HotspotRow, hotspot_rows

COLUMNS = ("gene", "residue", "kind", "transcript", "chrom", "strand", "positions", "bases", "changes")
CODON, INDEL, SPLICE = "single residue", "in-frame indel", "splice site"
CONTEXT = 60
"""Bases kept on each side of a run of residues: how far an indel within repeats is followed to its other spellings."""

_PLACE = re.compile(r"([A-Z])(\d+)")


@dataclass(frozen=True, slots=True)
class HotspotPlace:
    """A hotspot on the genome."""

    gene: str
    residue: str
    """``V600``, ``745-759`` or ``X1010``, as the hotspot table says it."""
    kind: str
    transcript: str
    chrom: str
    forward: bool
    positions: tuple[int, ...]
    """1-based: of a codon its three bases in the order of the transcript; of a splice site its two bases of the intron,
    the one at the exon first; of a run of residues first and last base on the genome."""
    bases: str
    """Forward strand of the genome: the bases at ``positions``; of a run of residues from :data:`CONTEXT` before its
    first base to :data:`CONTEXT` after its last."""
    changes: str
    """Residues that tumors have there instead; empty where the kind does not ask."""


@dataclass(frozen=True)
class HotspotPlaces:
    """What a genome and its gene models know of the hotspot table."""

    places: tuple[HotspotPlace, ...]
    not_placed: tuple[str, ...]
    """Hotspots of genes in the gene models whose residue is not there, as ``GENE residue``."""


@cache
def placed_rows(kind: str) -> dict[str, tuple[HotspotRow, ...]]:
    """Return the hotspots of a kind by gene, and among the residues the alleles that their table leaves out."""
    rows = hotspot_rows(kind)
    if kind != CODON:
        return rows
    text = (files("genomodel.resources") / "oncogenic_alleles.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    more = dict(rows)
    for row in csv.DictReader(lines, delimiter="\t"):
        change = row["protein_change"]
        number = int(change[1:-1])
        named = HotspotRow(change[:-1], number, number, tumors=0, alleles={change[-1]: 0}, q_value=None)
        more[row["gene"]] = (*more.get(row["gene"], ()), named)
    return more


def place_hotspots(gff: str | Path, reference: str | Path) -> HotspotPlaces:
    """Lay the shipped table of hotspots onto a genome.

    Parameters
    ----------
    gff
        Gene models in Ensembl's GFF3 style.
    reference
        FASTA with its index, of the same genome build.

    Raises
    ------
    InputError
        A file is missing or damaged, the two name no contig alike, or the gene models are of another build.
    """
    genes = {gene for kind in (CODON, INDEL, SPLICE) for gene in placed_rows(kind)}
    models = read_gene_models(gff, coding_of=genes)
    places: list[HotspotPlace] = []
    missing: list[str] = []
    with open_reference(reference) as fasta:
        known = set(fasta.references)
        if not models.contigs & known:
            here, there = (", ".join(sorted(names)[:5]) for names in (models.contigs, known))
            text = f"contig names of the gene models ({here}) are not in the reference ({there})"
            raise InputError(text, path=gff, fix="Use gene models of the same genome build; mind chr1 and 1")
        require_fitting_models(gff, models, reference)
        for gene in sorted(models.coding):
            drafts = [_Draft(gene, model, fasta) for model in models.coding[gene] if model.chrom in known]
            if drafts:
                best = max(drafts, key=lambda draft: draft.agreeing)
                places += best.places()
                missing += best.missing()
    return HotspotPlaces(tuple(places), tuple(missing))


class _Draft:
    """The hotspots of a gene, read on one of its transcripts."""

    def __init__(self, gene: str, model: CodingTranscript, fasta: pysam.FastaFile) -> None:
        self.gene, self.model, self.fasta = gene, model, fasta
        self.reading = CodingReading(model, fasta)

    def _fits(self, row: HotspotRow, shift: int) -> bool:
        """Whether the residues that a row names by letter stand where it says, moved by ``shift``."""
        text = row.residue if row.residue[0].isalpha() else max(row.alleles, key=lambda name: row.alleles[name])
        named = _PLACE.match(text)
        if row.end + shift > len(self.reading.protein):
            return False
        return named is None or self.reading.agrees((named[1], int(named[2])), shift)

    @cached_property
    def shift(self) -> int:
        """By how much the residues that do not agree are to be moved so that all of them do; 0 where that fails."""
        return self.reading.shift_of((row.residue[0], row.start) for row in placed_rows(CODON).get(self.gene, ()))

    @property
    def agreeing(self) -> int:
        rows = (*placed_rows(CODON).get(self.gene, ()), *placed_rows(INDEL).get(self.gene, ()))
        return sum(self._fits(row, 0) for row in rows)

    def missing(self) -> list[str]:
        found = {place.residue for place in self.places()}
        rows = [row for kind in (CODON, INDEL, SPLICE) for row in placed_rows(kind).get(self.gene, ())]
        return [f"{self.gene} {row.residue}" for row in rows if row.residue not in found]

    def places(self) -> list[HotspotPlace]:
        placed = []
        for kind in (CODON, INDEL, SPLICE):
            for row in placed_rows(kind).get(self.gene, ()):
                shift = 0 if kind == SPLICE or self._fits(row, 0) else self.shift
                if kind == SPLICE:
                    spans = list(self._splice_sites(row.start)) or list(self._splice_sites(row.start + self.shift))
                elif not self._fits(row, shift):
                    continue
                else:
                    covered = self.reading.codons(row.start + shift, row.end + shift)
                    spans = [tuple(covered)] if kind == CODON else list(_runs(covered))
                changes = "".join(sorted(set(row.alleles) - {row.residue[0]})) if kind == CODON else ""
                placed += [self._place(row, kind, span, changes) for span in spans]
        return placed

    def _splice_sites(self, residue: int) -> Iterator[tuple[int, ...]]:
        """Yield the two bases of the intron at each end of an exon whose last or first coding base is of a residue."""
        for index, donor in self.reading.exon_ends(residue):
            step = 1 if self.model.forward is donor else -1
            edge = self.reading.order[index]
            yield edge + step, edge + 2 * step

    def _place(self, row: HotspotRow, kind: str, positions: tuple[int, ...], changes: str) -> HotspotPlace:
        if kind == INDEL:
            first, last = positions
            bases = self.fasta.fetch(self.model.chrom, max(first - 1 - CONTEXT, 0), last + CONTEXT)
        else:
            bases = self.reading.bases(positions)
        return HotspotPlace(
            gene=self.gene,
            residue=row.residue,
            kind=kind,
            transcript=self.model.name,
            chrom=self.model.chrom,
            forward=self.model.forward,
            positions=positions,
            bases=bases.upper(),
            changes=changes,
        )


def _runs(positions: list[int]) -> list[tuple[int, ...]]:
    """Return first and last of each run of neighboring positions, in ascending order."""
    ends: list[list[int]] = []
    for position in sorted(positions):
        if ends and position == ends[-1][1] + 1:
            ends[-1][1] = position
        else:
            ends.append([position, position])
    return [(first, last) for first, last in ends]


def write_hotspot_alleles(found: HotspotPlaces, out: str | Path) -> None:
    """Write hotspot places as a tab-separated table; those without a place are named in a comment above it."""
    rows = [
        (
            place.gene,
            place.residue,
            place.kind,
            place.transcript,
            place.chrom,
            "+" if place.forward else "-",
            ",".join(str(position) for position in place.positions),
            place.bases,
            place.changes,
        )
        for place in found.places
    ]
    lines = [f"#not placed: {', '.join(found.not_placed)}"] if found.not_placed else []
    lines += ["\t".join(COLUMNS), *("\t".join(row) for row in rows)]
    write_text(out, "\n".join(lines) + "\n")


class HotspotAlleles:
    """The hotspot alleles of a genome.

    Parameters
    ----------
    places
        From :func:`place_hotspots`.
    """

    def __init__(self, places: tuple[HotspotPlace, ...]) -> None:
        self.places = places
        self._codons: Mapping[tuple[str, int], list[HotspotPlace]] = defaultdict(list)
        self._spans: Mapping[str, list[HotspotPlace]] = defaultdict(list)
        for place in places:
            if place.kind == CODON:
                for position in place.positions:
                    self._codons[place.chrom, position].append(place)
            else:
                self._spans[place.chrom].append(place)

    @classmethod
    def read(cls, path: str | Path) -> HotspotAlleles:
        """Read the table that ``genomodel hotspot-alleles`` wrote.

        Raises
        ------
        InputError
            The file is missing or not such a table.
        """
        lines = [line for line in read_text(path, "table of hotspot alleles").splitlines() if not line.startswith("#")]
        reader = csv.DictReader(lines, delimiter="\t")
        fix = "Make it with genomodel hotspot-alleles --gff GFF --reference FASTA --out FILE"
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InputError("this is no table of hotspot alleles", path=path, fix=fix)
        try:
            places = tuple(
                HotspotPlace(
                    gene=row["gene"],
                    residue=row["residue"],
                    kind=row["kind"],
                    transcript=row["transcript"],
                    chrom=row["chrom"],
                    forward=row["strand"] == "+",
                    positions=tuple(int(position) for position in row["positions"].split(",")),
                    bases=row["bases"],
                    changes=row["changes"],
                )
                for row in reader
            )
        except (TypeError, ValueError, AttributeError) as error:
            raise InputError("the table of hotspot alleles is damaged", path=path, fix=fix) from error
        return cls(places)

    def find(self, variant: Variant) -> str | None:
        """Return the hotspot that an allele is of, ``None`` for any other allele.

        Parameters
        ----------
        variant
            Alleles as in a VCF, aligned to the left or not; several bases may change at once.

        Returns
        -------
        str or None
            ``BRAF V600E`` for a substitution, ``EGFR 745-759 in-frame indel`` for an in-frame insertion or deletion,
            ``MET X1010 splice site`` for a change of the intron's first or last two bases.
        """
        ref, alt = variant.ref.upper(), variant.alt.upper()
        if not (ref + alt).isalpha() or ref == alt:
            return None
        if len(ref) == len(alt):
            changed = {
                variant.pos + index: new for index, (old, new) in enumerate(zip(ref, alt, strict=True)) if old != new
            }
            for position in changed:
                for place in self._codons.get((variant.chrom, position), ()):
                    residue = _residue(place, changed)
                    if residue in place.changes:
                        return f"{place.gene} {place.residue}{residue}"
            spans = [(position, position) for position in changed]
        else:
            spans = []
        for place in self._spans.get(variant.chrom, ()):
            if place.kind == SPLICE:
                low, high = min(place.positions), max(place.positions)
                touched = spans or [_lost_span(variant)]
                if any(first <= high and last >= low for first, last in touched):
                    return f"{place.gene} {place.residue} splice site"
            elif len(ref) != len(alt) and (len(alt) - len(ref)) % 3 == 0 and _overlaps(place, variant):
                return f"{place.gene} {place.residue} in-frame indel"
        return None


def _residue(place: HotspotPlace, changed: Mapping[int, str]) -> str:
    """Return the residue of a codon with some of its bases changed."""
    bases = "".join(changed.get(position, base) for position, base in zip(place.positions, place.bases, strict=True))
    return translate(bases if place.forward else bases.translate(COMPLEMENT))


def _lost_span(variant: Variant) -> tuple[int, int]:
    """Return first and last base that an indel takes away; last before first where it takes none."""
    first, last = changed_span(variant)
    return (last, first) if len(variant.alt) > len(variant.ref) and last == first + 1 else (first, last)


def _overlaps(place: HotspotPlace, variant: Variant) -> bool:
    """Whether an insertion or deletion, in any of its spellings, touches a run of residues."""
    first, last = place.positions
    low, high = changed_span(variant)
    start = max(first - 1 - CONTEXT, 0) + 1
    if high < start or low >= start + len(place.bases):
        return False
    return any(
        shifted_low <= last and shifted_high >= first
        for shifted_low, shifted_high in ((low + shift, high + shift) for shift in _shifts(variant, place.bases, start))
    )


def _shifts(variant: Variant, bases: str, start: int) -> Iterator[int]:
    """Yield by how many bases a pure insertion or deletion may be moved without a change of what it makes."""
    yield 0
    ref, alt = variant.ref.upper(), variant.alt.upper()
    longer, shorter = (ref, alt) if len(ref) > len(alt) else (alt, ref)
    shared = 0
    while shared < len(shorter) and longer[shared] == shorter[shared]:
        shared += 1
    extra = longer[shared : shared + len(longer) - len(shorter)]
    if longer[:shared] + longer[shared + len(extra) :] != shorter:
        return
    # The base after the moving unit, on the genome: right of what is deleted, or at the place of insertion.
    at = variant.pos + shared - start
    after = at + len(extra) if len(ref) > len(alt) else at
    unit, shift = extra, 0
    while 0 <= after + shift < len(bases) and bases[after + shift] == unit[0]:
        unit, shift = unit[1:] + unit[0], shift + 1
        yield shift
    unit, shift = extra, 0
    while 0 <= at + shift - 1 < len(bases) and bases[at + shift - 1] == unit[-1]:
        unit, shift = unit[-1] + unit[:-1], shift - 1
        yield shift
