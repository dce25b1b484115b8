"""Lay the table of actionable loci onto a genome, through the gene models that the annotation uses.

Residues are numbered as in the MANE Select transcripts. Of each gene that transcript is read whose residues agree best
with the loci and the recurrent hotspots of the gene; where it differs from MANE by a stretch of residues (MET with 18
more), the loci beyond that stretch are moved together, if that makes every one of them agree. A locus whose residue is
not there has no place, and is named with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pysam

from genomodel.calls.gene_models import GeneModels, read_gene_models
from genomodel.calls.hotspot_alleles import CODON, placed_rows
from genomodel.calls.hotspot_assay.build_check import check_same_build, reading_frames
from genomodel.calls.hotspot_assay.gene_places import Anchor, CodingReading, open_reference
from genomodel.core.builds import bare, build_of_lengths
from genomodel.core.errors import InputError, raise_collected
from genomodel.core.loci import Locus, LocusEvent
from genomodel.core.patients import GenomeBuild
from genomodel.files import write_text
from genomodel.resources.actionable_loci import ExonBorder, LocusRow, Position, Residues, read_locus_table


@dataclass(frozen=True)
class PlacedLoci:
    """The loci of a table that a genome has a place for, and why it has none for the others."""

    loci: tuple[Locus, ...]
    not_placed: dict[str, str]


class _NoPlace(Exception):
    """A locus that this genome has no place for."""

    def __init__(self, reason: str, column: str = "place") -> None:
        super().__init__(reason)
        self.column = column


def place_loci(
    gff: str | Path,
    reference: str | Path,
    *,
    genome: GenomeBuild | None = None,
    table: str | Path | None = None,
) -> PlacedLoci:
    """Derive the positions of actionable loci.

    Parameters
    ----------
    gff
        Gene models in Ensembl's GFF3 style.
    reference
        FASTA with its index, of the same genome build; contigs named with or without ``chr``.
    genome
        The build, where it is known; else it is told by the lengths of the contigs. Single positions outside genes
        (the TERT promoter) are known for GRCh37 and GRCh38 alone.
    table
        A table of the user's own instead of the shipped one, in the same layout.

    Returns
    -------
    PlacedLoci
        In the order of the table.

    Raises
    ------
    InputError
        A file is missing or damaged; the gene models are of another build than the reference; or a row of the user's
        own table has no place (every such row is named).
    """
    rows = read_locus_table(table)
    models = read_gene_models(gff, coding_of={name for row in rows for name in (row.gene, *row.aliases)})
    placed: list[Locus] = []
    missing: list[tuple[LocusRow, _NoPlace]] = []
    with open_reference(reference) as fasta:
        contigs = {bare(name): name for name in fasta.references}
        check_same_build(gff, models, reference, fasta, genome)
        build = genome or build_of_lengths(dict(zip(fasta.references, fasta.lengths, strict=True)))
        genes = _read_genes(rows, models, fasta, contigs)
        reading_frames([gene.reading for gene in genes.values()], gff, reference)
        for row in rows:
            try:
                placed.append(_locus(row, genes.get(row.gene), build, fasta, contigs))
            except _NoPlace as reason:
                missing.append((row, reason))
    if table is not None:
        fix = "Residues are numbered as in MANE Select; give gene models that hold the gene, of the reference's build"
        raise_collected(
            [
                InputError(f"{row.locus}: {reason}", path=table, row=row.row, column=reason.column, fix=fix)
                for row, reason in missing
            ]
        )
    return PlacedLoci(tuple(placed), {row.locus: str(reason) for row, reason in missing})


@dataclass(frozen=True)
class _Gene:
    """The transcript that a gene's loci are read on."""

    reading: CodingReading
    shift: int
    shifted_from: int
    """Residue of the table from which on the shift holds."""

    def shift_at(self, number: int) -> int:
        return self.shift if self.shift and number >= self.shifted_from else 0


def _read_genes(
    rows: Sequence[LocusRow], models: GeneModels, fasta: pysam.FastaFile, contigs: dict[str, str]
) -> dict[str, _Gene]:
    """Choose for each gene of the table the transcript that its residues agree with best."""
    by_gene: dict[str, list[LocusRow]] = defaultdict(list)
    for row in rows:
        by_gene[row.gene].append(row)
    genes = {}
    for symbol, own in by_gene.items():
        names = list(dict.fromkeys((symbol, *(alias for row in own for alias in row.aliases))))
        named, recurrent = list(_anchors(own)), list(_hotspot_anchors(names))
        readings = [
            CodingReading(model, fasta, contigs[bare(model.chrom)])
            for name in names
            for model in models.coding.get(name, ())
            if bare(model.chrom) in contigs
        ]
        if readings:
            best = max(readings, key=lambda reading: (_agreeing(reading, named), _agreeing(reading, recurrent)))
            unlike = [anchor for anchor in named if not best.agrees(anchor)]
            shift = (best.shift_of(named) or best.shift_of([*named, *recurrent])) if unlike else 0
            genes[symbol] = _Gene(best, shift, min((number for _, number in unlike), default=0))
    return genes


def _agreeing(reading: CodingReading, anchors: Iterable[Anchor]) -> int:
    return sum(reading.agrees(anchor) for anchor in anchors)


def _anchors(rows: Iterable[LocusRow]) -> Iterator[Anchor]:
    return ((residue.letter, residue.number) for row in rows for residue in row.anchors if residue.letter)


def _hotspot_anchors(names: Iterable[str]) -> Iterator[Anchor]:
    return ((row.residue[0], row.start) for name in names for row in placed_rows(CODON).get(name, ()))


def _locus(
    row: LocusRow, gene: _Gene | None, build: GenomeBuild, fasta: pysam.FastaFile, contigs: dict[str, str]
) -> Locus:
    if not isinstance(row.place, Residues | ExonBorder):
        if build not in row.place:
            told = " and ".join(known.value for known in row.place)
            raise _NoPlace(f"its position is told for {told}, and this genome is of another build")
        return _single_position(row, row.place[build], fasta, contigs)
    if gene is None:
        raise _NoPlace(f"the gene models hold no coding transcript of {row.gene}", "gene")
    reading = gene.reading
    for residue in row.anchors:
        number = residue.number + gene.shift_at(residue.number)
        found = reading.residue_at(number)
        if not found:
            length = len(reading.protein.rstrip("*"))
            raise _NoPlace(f"codon {residue.number} lies outside the protein of {length} residues ({_named(reading)})")
        if found == "X" or (residue.letter and found != residue.letter):
            what = "the reference has unknown bases" if found == "X" else f"the reference codes for {found}"
            raise _NoPlace(f"{what} at codon {number}, where {residue} is asked for ({_named(reading)})")
    if isinstance(row.place, ExonBorder):
        positions = _border(reading, row.place, gene.shift_at(row.place.residue.number))
    else:
        first, last = (end.number + gene.shift_at(end.number) for end in (row.place.first, row.place.last))
        longest = max(event.longest for event in row.events)
        positions = _without_short_introns(reading.codons(first, last), longest)
    bases = reading.bases(positions)
    if set(bases) - set("ACGT"):
        raise _NoPlace("the reference has unknown bases there")
    return _told(row, row.events, reading.contig, positions, bases, reading.model.forward, reading.model.name)


def _named(reading: CodingReading) -> str:
    return f"{reading.model.name}, the transcript that fits best"


def _single_position(row: LocusRow, place: Position, fasta: pysam.FastaFile, contigs: dict[str, str]) -> Locus:
    contig = contigs.get(place.chrom)
    if contig is None:
        raise _NoPlace(f"the reference has no contig {place.chrom}")
    found = fasta.fetch(contig, place.position - 1, place.position).upper()
    if found != place.ref:
        raise _NoPlace(f"the reference has {found or 'nothing'} there, not {place.ref}")
    located = _told(row, row.events, contig, [place.position], found, True, "")
    return located.model_copy(update={"alternates": place.alternates})


def _told(
    row: LocusRow,
    events: tuple[LocusEvent, ...],
    chrom: str,
    positions: Sequence[int],
    bases: str,
    forward: bool,
    transcript: str,
) -> Locus:
    return Locus(
        id=row.locus,
        gene=row.gene,
        locus_class=row.locus_class,
        chrom=chrom,
        positions=tuple(positions),
        bases=bases,
        forward=forward,
        transcript=transcript,
        events=events,
        source=row.source,
        residues=(row.anchors[0].number, row.anchors[-1].number) if row.anchors else None,
    )


def _border(reading: CodingReading, border: ExonBorder, shift: int) -> list[int]:
    """Return the bases on both sides of an exon's end, in the order of the transcript."""
    number = border.residue.number + shift
    ends = [index for index, donor in reading.exon_ends(number) if donor is border.donor]
    if not ends:
        side = "ends" if border.donor else "starts"
        raise _NoPlace(f"no exon {side} in codon {number} ({_named(reading)})")
    index, step = ends[0], 1 if reading.model.forward else -1
    edge = reading.order[index]
    if border.donor:
        inside = reading.order[index + 1 - border.exon_bases : index + 1]
        return [*inside, *(edge + step * far for far in range(1, border.intron_bases + 1))]
    before = [edge - step * far for far in range(border.intron_bases, 0, -1)]
    return [*before, *reading.order[index : index + border.exon_bases]]


def _without_short_introns(positions: Sequence[int], longest: int) -> list[int]:
    """Take in the introns that an event of ``longest`` bases can reach across: FLT3's of 90 bases between its ITDs."""
    filled = list(positions[:1])
    for left, right in pairwise(positions):
        step = 1 if right > left else -1
        if 1 < abs(right - left) <= longest:
            filled += range(left + step, right, step)
        filled.append(right)
    return filled


TABLE_COLUMNS = ("locus", "gene", "class", "transcript", "chrom", "strand", "positions", "bases", "events", "source")


def write_loci(found: PlacedLoci, out: str | Path) -> None:
    """Write placed loci as a tab-separated table; those without a place are named in comments above it."""
    lines = [f"#not placed: {locus}: {reason}" for locus, reason in found.not_placed.items()]
    lines.append("\t".join(TABLE_COLUMNS))
    for locus in found.loci:
        cells = (
            locus.id,
            locus.gene,
            locus.locus_class.value,
            locus.transcript,
            locus.chrom,
            "+" if locus.forward else "-",
            _spans(locus.positions),
            locus.bases,
            "; ".join(f"{event.kind.value} {event.shortest}-{event.longest}" for event in locus.events),
            locus.source,
        )
        lines.append("\t".join(cells))
    write_text(out, "\n".join(lines) + "\n")


def _spans(positions: Sequence[int]) -> str:
    """Return positions as runs in their order: ``140453137-140453135``, ``100-101,201``."""
    runs: list[list[int]] = []
    for position in positions:
        if runs and abs(position - runs[-1][1]) == 1:
            runs[-1][1] = position
        else:
            runs.append([position, position])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
