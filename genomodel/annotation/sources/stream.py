"""One pass over a sorted, bgzipped VCF for many alleles: places without any are jumped over by the index.

Alleles are compared in their leftmost, shortest form on the reference. A row may be written otherwise: with bases that
its alleles share, among several alternate alleles, or further right in a repeat. So a row is read when it reaches any
place that an allele could be written at, and each of its alleles is aligned before it is looked up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import pysam

from genomodel.annotation.sources.base import Facts, RowReader, Source
from genomodel.annotation.sources.index import PlaceIndex, find_index, read_index
from genomodel.calls.alleles import Bases, left_aligned, trimmed
from genomodel.calls.vcf_text import VcfHeader, VcfReader
from genomodel.core.builds import spellings
from genomodel.core.errors import InputError
from genomodel.files import require_file

PLAIN = frozenset("ACGT")
LONGEST_SHIFT = 2000
"""Bases that an insertion or deletion is followed to the right in a repeat."""
CHECKED_ROWS = 400
"""Rows of a file whose reference bases are compared with the genome."""
WRONG_SHARE = 0.02
"""Share of rows with other bases than the genome from which a file is of another build: by chance three in four of
single bases differ, and a file of the right build has none."""


class Allele(NamedTuple):
    """An allele as a VCF writes it, 1-based."""

    chrom: str
    pos: int
    ref: str
    alt: str


class _Row(NamedTuple):
    pos: int
    identifier: bytes
    ref: bytes
    alt: bytes
    rest: bytes
    """From QUAL on."""


@dataclass
class Tally:
    """What a pass over a file met."""

    read: int = 0
    """Rows read at all; a jump to a place reads some before it."""
    rows: int = 0
    """Rows that reach into a place where an allele is wanted."""
    no_sequence: int = 0
    """Alleles of rows that are no plain sequence (``*``, ``<DEL>``) and were passed over."""
    compared: int = 0
    wrong: int = 0
    """Rows whose reference bases are not those of the genome, of the compared."""
    first_wrong: str = ""


@dataclass
class _Wanted:
    """Alleles of one contig: their facts by shortest form, and the places where rows may hold them."""

    found: dict[tuple[int, str, str], list[Facts]] = field(default_factory=dict)
    told: list[tuple[int, int]] = field(default_factory=list)
    """First and last base of rows that tell of the places around them, in their order."""
    spans: list[tuple[int, int]] = field(default_factory=list)


def _info(row: _Row) -> dict[str, str]:
    fields = row.rest.split(b"\t", 3)
    text = fields[2].decode("utf-8", "replace").rstrip("\r\n") if len(fields) > 2 else ""
    return dict(part.partition("=")[::2] for part in text.split(";"))


class AlleleFile:
    """A bgzipped, indexed VCF to look alleles up in; use it as a context.

    Raises
    ------
    InputError
        The file or its index is missing, damaged or out of date, or the header lacks what the source needs.
    """

    def __init__(self, source: Source, path: str | Path) -> None:
        self.source = source
        self.path = require_file(path, f"{source.title} VCF")
        self.header: VcfHeader = VcfReader(self.path).header
        with self.path.open("rb") as handle:
            start = handle.read(16)
        if start[:2] != b"\x1f\x8b" or start[12:14] != b"BC":
            fix = "Compress it with bgzip (not gzip) and index it with tabix -p vcf"
            raise InputError("the file is not compressed by bgzip", path=self.path, fix=fix)
        self.index: PlaceIndex = read_index(find_index(self.path))
        self._read: RowReader = source.make_reader(self.header)
        self._file = pysam.BGZFile(str(self.path), "rb")
        self.tally = Tally()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After a damaged block the library cannot close without another complaint.
        with suppress(OSError):
            self._file.close()

    def contig(self, chrom: str) -> str | None:
        """Return the file's own name of a contig, ``None`` when it has none."""
        return next((name for name in spellings(chrom) if name in self.index.contigs), None)

    def look_up(
        self, alleles: Iterable[Allele], bases: Bases, *, without: frozenset[str] = frozenset()
    ) -> dict[Allele, Facts]:
        """Return what the file says of alleles.

        Parameters
        ----------
        alleles
            In any order and form; those that are no plain sequence are in no file.
        bases
            The reference, by the contig names of the alleles.
        without
            Contigs of the alleles that the file must not be asked for.

        Raises
        ------
        InputError
            The file is damaged or unsorted, its index is that of another file, or its reference bases are not those
            of the genome.
        """
        forms: dict[Allele, tuple[int, str, str]] = {}
        wanted: dict[str, _Wanted] = defaultdict(_Wanted)
        for allele in alleles:
            ref, alt = allele.ref.upper(), allele.alt.upper()
            if allele in forms or allele.chrom in without or not PLAIN.issuperset(ref + alt):
                continue
            form = left_aligned(allele.chrom, allele.pos, ref, alt, bases)
            forms[allele] = form
            for part in (form, *(self._parts(form))):
                if part not in wanted[allele.chrom].found:
                    wanted[allele.chrom].found[part] = []
                    first, last = _span(allele.chrom, part, bases)
                    near = self.source.neighborhood
                    wanted[allele.chrom].spans.append((max(1, first - near), last + near))
        for chrom, asked in wanted.items():
            self._search(chrom, asked, bases)
        answers = {
            allele: self._nearby(self._answer(wanted[allele.chrom].found, form), form, wanted[allele.chrom].told)
            for allele, form in forms.items()
        }
        return {allele: facts for allele, facts in answers.items() if facts is not None}

    def _parts(self, form: tuple[int, str, str]) -> list[tuple[int, str, str]]:
        pos, ref, alt = form
        if self.source.of_parts is None or len(ref) != len(alt) or len(ref) == 1:
            return []
        return [(pos + index, old, new) for index, (old, new) in enumerate(zip(ref, alt, strict=True)) if old != new]

    def _answer(
        self, found: Mapping[tuple[int, str, str], Sequence[Facts]], form: tuple[int, str, str]
    ) -> Facts | None:
        if found[form]:
            return self.source.join(found[form])
        parts = [found[part] for part in self._parts(form)]
        if self.source.of_parts is None or not parts or not all(parts):
            return None
        return self.source.of_parts([self.source.join(part) for part in parts])

    def _nearby(
        self, answer: Facts | None, form: tuple[int, str, str], told: Sequence[tuple[int, int]]
    ) -> Facts | None:
        """Add to what the file says of an allele what rows beside it tell of the place."""
        if not self.source.neighborhood:
            return answer
        near, (pos, ref, _) = self.source.neighborhood, form
        at = bisect_left(told, (pos - near, 0))
        if at == len(told) or told[at][0] > pos + len(ref) - 1 + near:
            return answer
        return {**(answer or {}), **(self.source.nearby or {})}

    def _search(self, chrom: str, asked: _Wanted, bases: Bases) -> None:
        contig = self.contig(chrom)
        if contig is None:
            return
        for row in self._rows(contig, _merged(asked.spans)):
            self.tally.rows += 1
            self._compare(chrom, row, bases)
            alts = row.alt.split(b",")
            if self.source.neighborhood and self.source.is_counted(row.rest):
                asked.told.append((row.pos, row.pos + len(row.ref) - 1))
            for index, written in enumerate(alts):
                ref, alt = row.ref.decode().upper(), written.decode().upper()
                if not PLAIN.issuperset(alt):
                    self.tally.no_sequence += 1
                    continue
                if len(ref) == len(alt):
                    form = trimmed(row.pos, ref, alt)
                elif PLAIN.issuperset(ref):
                    form = left_aligned(chrom, row.pos, ref, alt, bases)
                else:
                    continue
                facts = asked.found.get(form)
                if facts is not None:
                    said = self._said(row, index, len(alts))
                    if said is not None:
                        facts.append(said)

    def _said(self, row: _Row, index: int, n_alleles: int) -> Facts | None:
        return self._read(row.identifier.decode("utf-8", "replace"), _info(row), index, n_alleles)

    def _rows(self, contig: str, spans: Iterable[tuple[int, int]]) -> Iterator[_Row]:
        """Yield the rows that reach into any of the spans, each once."""
        name = contig.encode()
        waiting: _Row | None = None
        last = 0
        started = False
        for first, end in spans:
            offset = self.index.start(contig, first - 1)
            if offset is None:
                return
            if not started or offset >> 16 > self._file.tell() >> 16:
                self._seek(offset)
                waiting, last, started = None, 0, True
            while waiting is None or waiting.pos <= end:
                if waiting is not None and waiting.pos + len(waiting.ref) > first:
                    yield waiting
                waiting = self._next_row(name)
                if waiting is None:
                    return
                if waiting.pos < last:
                    text = f"records are not sorted: {contig}:{waiting.pos} comes after {contig}:{last}"
                    raise InputError(text, path=self.path, fix="Sort it with bcftools sort, and index it again")
                last = waiting.pos

    def _seek(self, offset: int) -> None:
        try:
            self._file.seek(offset)
        except OSError as error:
            raise self._misplaced() from error

    def _next_row(self, contig: bytes) -> _Row | None:
        """Return the next row of a contig, ``None`` at its end."""
        try:
            line = self._file.readline()
        except OSError as error:
            text = "the file is truncated or damaged, or the index is that of another file"
            raise InputError(text, path=self.path, fix="Copy the file again, with its index") from error
        if not line:
            return None
        self.tally.read += 1
        fields = line.split(b"\t", 5)
        if fields[0] == contig and len(fields) == 6 and fields[1].isdigit():
            return _Row(int(fields[1]), fields[2], fields[3], fields[4], fields[5])
        if len(fields) == 6 and fields[1].isdigit() and fields[0].decode("utf-8", "replace") in self.index.contigs:
            return None
        raise self._misplaced()

    def _misplaced(self) -> InputError:
        text = "where the index says that records begin there are none: it is that of another file"
        return InputError(text, path=self.path, fix="Index it again: tabix -f -p vcf FILE")

    def _compare(self, chrom: str, row: _Row, bases: Bases) -> None:
        tally = self.tally
        if tally.compared >= CHECKED_ROWS:
            return
        ref = row.ref.decode().upper()
        found = bases(chrom, row.pos - 1, row.pos - 1 + len(ref)).upper()
        if not found or not PLAIN.issuperset(found) or not PLAIN.issuperset(ref):
            return
        tally.compared += 1
        if found != ref:
            tally.wrong += 1
            tally.first_wrong = tally.first_wrong or f"{chrom}:{row.pos} is {found[:20]}, the file has {ref[:20]}"

    def require_own_bases(self) -> None:
        """Raise when the rows read so far do not stand on the genome.

        Raises
        ------
        InputError
            More than :data:`WRONG_SHARE` of the compared rows have other reference bases.
        """
        tally = self.tally
        if tally.wrong > WRONG_SHARE * tally.compared:
            share = f"{tally.wrong} of {tally.compared} reference alleles ({tally.wrong / tally.compared:.1%})"
            text = f"{share} of the {self.source.title} VCF are not those of the reference: {tally.first_wrong}"
            raise InputError(text, path=self.path, fix="Give the file of the genome build that the calls were made on")


def _span(chrom: str, form: tuple[int, str, str], bases: Bases) -> tuple[int, int]:
    """Return first and last position at which a row can hold an allele: a repeat lets it be written further right."""
    pos, ref, alt = form
    first, last = pos, pos + len(ref) - 1
    if min(len(ref), len(alt)) != 1 or len(ref) == len(alt) or ref[0] != alt[0]:
        return first, last
    unit, shift = ref[1:] or alt[1:], 0
    while shift < LONGEST_SHIFT:
        # Counted from 0, the base after the reference allele is at its last position.
        window = bases(chrom, last + shift, last + shift + 64)
        for base in window:
            if base.upper() != unit[shift % len(unit)]:
                return first, last + shift + 1
            shift += 1
        if len(window) < 64:
            break
    return first, last + shift + 1


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
