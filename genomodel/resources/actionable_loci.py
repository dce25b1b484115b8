"""The table of actionable loci: what a tumor board asks about, told by gene and codon, so that any build has it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from genomodel.core.errors import InputError, raise_collected
from genomodel.core.loci import EventKind, LocusClass, LocusEvent
from genomodel.core.patients import GenomeBuild
from genomodel.files import read_text

COLUMNS = ("locus", "gene", "gene_aliases", "class", "place", "events", "source")
SHIPPED = "actionable_loci.tsv"

_RESIDUE = re.compile(r"([A-Z]?)(\d+)")
_RANGE = re.compile(r"([A-Z]?)(\d+)-([A-Z]?)(\d+)")
_BORDER = re.compile(r"([A-Z]?)(\d+) (acceptor|donor): (\d+) of the exon, (\d+) of the intron")
_POSITION = re.compile(r"(GRCh37|GRCh38) ([0-9XY]+):(\d+) ([ACGT])>([ACGT](?:/[ACGT])*)")
_EVENT = re.compile(r"([a-z ]+?) (\d+)(?:-(\d+))?")


@dataclass(frozen=True, slots=True)
class Residue:
    """A residue of a protein; the letter is empty where the table names the number alone."""

    letter: str
    number: int

    def __str__(self) -> str:
        return f"{self.letter}{self.number}"


@dataclass(frozen=True, slots=True)
class Residues:
    """A run of residues, both ends included; a codon is a run of one."""

    first: Residue
    last: Residue


@dataclass(frozen=True, slots=True)
class ExonBorder:
    """Bases on either side of an exon's end, which lies in or beside the codon of a residue."""

    residue: Residue
    donor: bool
    """The end of the exon; else its start."""
    exon_bases: int
    intron_bases: int


@dataclass(frozen=True, slots=True)
class Position:
    """One base of a human genome build, forward strand, 1-based."""

    chrom: str
    """Without ``chr``."""
    position: int
    ref: str
    alternates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocusRow:
    """A row of the table."""

    locus: str
    gene: str
    aliases: tuple[str, ...]
    locus_class: LocusClass
    place: Residues | ExonBorder | Mapping[GenomeBuild, Position]
    events: tuple[LocusEvent, ...]
    source: str
    row: int
    """1-based line of the file."""

    @property
    def anchors(self) -> tuple[Residue, ...]:
        """Residues that have to stand in the protein where the row says so."""
        if isinstance(self.place, Residues):
            return tuple(dict.fromkeys((self.place.first, self.place.last)))
        return (self.place.residue,) if isinstance(self.place, ExonBorder) else ()


def read_locus_table(path: str | Path | None = None) -> tuple[LocusRow, ...]:
    """Read a table of loci; without a path the one that is shipped.

    Parameters
    ----------
    path
        Tab-separated, with the columns :data:`COLUMNS`; lines that start with ``#`` are comments. ``docs/hotspots.md``
        describes each column.

    Raises
    ------
    InputError
        The file is missing or damaged, a column is absent, or rows cannot be read: all of these are named at once.
    """
    if path is None:
        text, name = (files("genomodel.resources") / SHIPPED).read_text(encoding="utf-8"), SHIPPED
    else:
        text, name = read_text(path, "table of loci"), str(path)
    lines = text.splitlines()
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    reader = csv.reader(io.StringIO("\n".join(line for _, line in numbered)), delimiter="\t", quoting=csv.QUOTE_NONE)
    table = [[cell.strip() for cell in cells] for cells in reader]
    header = table[0] if table else []
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        fix = f"Give a tab-separated table with the columns {', '.join(COLUMNS)}"
        raise InputError(f"columns of a table of loci are missing: {', '.join(missing)}", path=name, fix=fix)
    rows: list[LocusRow] = []
    errors: list[InputError] = []
    seen: dict[str, int] = {}
    for (number, _), cells in zip(numbered[1:], table[1:], strict=True):
        try:
            row = _row(dict(zip(header, [*cells, *[""] * len(header)], strict=False)), number, name)
            if row.locus in seen:
                text = f"'{row.locus}' is already on row {seen[row.locus]}"
                raise InputError(text, path=name, row=number, column="locus", fix="Name each locus once")
            seen[row.locus] = number
            rows.append(row)
        except InputError as error:
            errors.append(error)
    if not rows and not errors:
        errors.append(InputError("the table of loci has no rows", path=name))
    raise_collected(errors)
    return tuple(rows)


def _row(cells: Mapping[str, str], number: int, name: str) -> LocusRow:
    for column in ("locus", "gene"):
        if not cells[column]:
            raise InputError("is empty", path=name, row=number, column=column)
    known = {member.value: member for member in LocusClass}
    if cells["class"] not in known:
        text = f"class '{cells['class']}' is not known"
        raise InputError(text, path=name, row=number, column="class", fix=f"One of {', '.join(known)}")
    locus_class = known[cells["class"]]
    place = _place(locus_class, cells["place"])
    if place is None:
        text = f"'{cells['place']}' is no place of the class '{locus_class.value}'"
        raise InputError(text, path=name, row=number, column="place", fix=f"Write it as {_EXAMPLES[locus_class]}")
    events = _events(cells["events"])
    if not events:
        kinds = ", ".join(kind.value for kind in EventKind)
        text = f"'{cells['events']}' is no list of events with their lengths"
        fix = f"Write 'deletion 3-33; insertion 3-21', of {kinds}, lengths in bases from 1 on"
        raise InputError(text, path=name, row=number, column="events", fix=fix)
    return LocusRow(
        locus=cells["locus"],
        gene=cells["gene"],
        aliases=tuple(alias for alias in cells["gene_aliases"].split(";") if alias),
        locus_class=locus_class,
        place=place,
        events=events,
        source=cells["source"],
        row=number,
    )


_EXAMPLES = {
    LocusClass.CODON: "V600",
    LocusClass.POSITION: "GRCh37 5:1295228 G>A | GRCh38 5:1295113 G>A",
    LocusClass.SPLICE: "D1010 donor: 1 of the exon, 2 of the intron",
    LocusClass.INDEL: "K745-A759, or D963 acceptor: 0 of the exon, 25 of the intron",
}


def _place(locus_class: LocusClass, text: str) -> Residues | ExonBorder | dict[GenomeBuild, Position] | None:
    if locus_class is LocusClass.CODON and (match := _RESIDUE.fullmatch(text)):
        return _residues(match[1], match[2], match[1], match[2])
    if locus_class is LocusClass.INDEL and (match := _RANGE.fullmatch(text)):
        return _residues(match[1], match[2], match[3], match[4])
    if locus_class in (LocusClass.INDEL, LocusClass.SPLICE) and (match := _BORDER.fullmatch(text)):
        border = ExonBorder(Residue(match[1], int(match[2])), match[3] == "donor", int(match[4]), int(match[5]))
        return border if border.exon_bases + border.intron_bases and border.residue.number else None
    if locus_class is LocusClass.POSITION:
        matches = [_POSITION.fullmatch(part.strip()) for part in text.split("|")]
        found = {
            GenomeBuild(match[1]): Position(match[2], int(match[3]), match[4], tuple(match[5].split("/")))
            for match in matches
            if match
        }
        return found if len(found) == len(matches) else None
    return None


def _residues(first_letter: str, first: str, last_letter: str, last: str) -> Residues | None:
    ends = Residues(Residue(first_letter, int(first)), Residue(last_letter, int(last)))
    return ends if 0 < ends.first.number <= ends.last.number else None


def _events(text: str) -> tuple[LocusEvent, ...]:
    kinds = {kind.value: kind for kind in EventKind}
    events = []
    for part in text.split(";"):
        match = _EVENT.fullmatch(part.strip())
        if match is None or match[1] not in kinds:
            return ()
        shortest, longest = int(match[2]), int(match[3] or match[2])
        if not 0 < shortest <= longest:
            return ()
        events.append(LocusEvent(kind=kinds[match[1]], shortest=shortest, longest=longest))
    return tuple(events)
