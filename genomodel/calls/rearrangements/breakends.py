"""Breakends of a structural-variant VCF as junctions of two kept sides.

A junction joins two bases; of each it is known which side of the base is kept. The four orientations follow from the
notation of the VCF specification (section 5.4) for ``BND``; from delly's ``CT`` (``3to5`` and so on: which end of the
first place is joined to which of the second), or from the type for ``DEL``, ``DUP`` and ``INV``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from genomodel.calls.vcf_text import VcfReader, VcfRecord

_MATE = re.compile(
    r"^(?P<before>[A-Za-z.*]*)(?P<bracket>[\[\]])(?P<place>.+):(?P<pos>\d+)[\[\]](?P<after>[A-Za-z.*]*)$"
)
PASSED = ((), ("PASS",))
"""What FILTER holds where no filter speaks against a record."""
_SINGLE = re.compile(r"^(\.[A-Za-z]+|[A-Za-z]+\.)$")


class Side(StrEnum):
    """Which bases beside a breakend are kept: those to the left of it, or to the right, the base itself included."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Breakend:
    """The last kept base of one side, 1-based."""

    chrom: str
    pos: int
    side: Side


@dataclass(frozen=True, slots=True)
class Junction:
    """Two breakends that are joined, and the record that says so."""

    one: Breakend
    two: Breakend
    record: VcfRecord = field(compare=False)

    @property
    def is_deletion(self) -> bool:
        """Whether the bases between two places of one contig are lost."""
        low, high = sorted((self.one, self.two), key=lambda end: end.pos)
        return low.chrom == high.chrom and (low.side, high.side) == (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True)
class BreakendFile:
    """All junctions of a file, each once, and how many records are no junction."""

    reader: VcfReader
    junctions: tuple[Junction, ...]
    singles: tuple[VcfRecord, ...]
    """Single breakends, whose other side is not known."""
    other: int
    """Records of small variants, insertions and the like."""
    plain: int
    """Those of them that do not even claim a type."""

    @property
    def single(self) -> int:
        """Number of single breakends."""
        return len(self.singles)


def read_breakends(path: str | Path) -> BreakendFile:
    """Read the junctions of a VCF of delly, Manta, GRIDSS, PURPLE or another caller of such records.

    Raises
    ------
    InputError
        No VCF; an allele in brackets that cannot be read; a mate that the file names and does not hold; an ``END`` that
        is no place behind the record's own.
    """
    reader = VcfReader(path, require_sorted=False)
    found: dict[tuple[Breakend, Breakend], Junction] = {}
    singles: list[VcfRecord] = []
    other = plain = 0
    records = list(reader)
    ids = {record.columns[2] for record in records}
    for record in records:
        junctions = list(_junctions(record))
        if not junctions:
            if any(_SINGLE.match(alt) for alt in record.alts):
                singles.append(record)
            else:
                other += 1
                plain += not (record.info.get("SVTYPE") or any(alt.startswith("<") for alt in record.alts))
        mate = record.info.get("MATEID") or record.info.get("PARID")
        if junctions and mate and not ids.intersection(mate.split(",")):
            raise record.error(
                f"the mate '{mate}' of '{record.columns[2]}' is not in the file",
                column="INFO/MATEID",
                fix="Give the VCF with both breakends of each junction, as the caller wrote it",
            )
        for junction in junctions:
            key = _key(junction)
            known = found.setdefault(key, junction)
            if known.record.filters not in PASSED and record.filters in PASSED:
                found[key] = junction
    return BreakendFile(reader, tuple(found.values()), tuple(singles), other, plain)


def _key(junction: Junction) -> tuple[Breakend, Breakend]:
    one, two = sorted((junction.one, junction.two), key=lambda end: (end.chrom, end.pos, end.side))
    return one, two


def _junctions(record: VcfRecord) -> Iterator[Junction]:
    for alt in record.alts:
        if "[" in alt or "]" in alt:
            yield _from_brackets(record, alt)
        elif record.info.get("SVTYPE") in ("BND", "TRA") and not _SINGLE.match(alt):
            yield _from_delly_translocation(record)
        elif alt.startswith("<") or record.info.get("SVTYPE") in _BY_TYPE:
            yield from _from_type(record)


def _from_brackets(record: VcfRecord, alt: str) -> Junction:
    match = _MATE.match(alt)
    if match is None or bool(match["before"]) == bool(match["after"]):
        raise record.error(
            f"'{alt}' is no breakend", column="ALT", fix="The VCF specification writes t[chr:pos[ and so on"
        )
    here = Breakend(record.chrom, record.pos, Side.LEFT if match["before"] else Side.RIGHT)
    there = Side.RIGHT if match["bracket"] == "[" else Side.LEFT
    return Junction(here, Breakend(match["place"].strip("<>"), int(match["pos"]), there), record)


_BY_CT = {
    "3to5": (Side.LEFT, Side.RIGHT),
    "5to3": (Side.RIGHT, Side.LEFT),
    "3to3": (Side.LEFT, Side.LEFT),
    "5to5": (Side.RIGHT, Side.RIGHT),
}
_BY_TYPE = {"DEL": ("3to5",), "DUP": ("5to3",), "INV": ("3to3", "5to5")}


def _from_delly_translocation(record: VcfRecord) -> Junction:
    info = record.info
    # Delly before 0.7.8 and others write TRA, whose END is a place on the other contig.
    place = info.get("POS2", "" if info.get("SVTYPE") == "BND" else info.get("END", ""))
    ends = _BY_CT.get(info.get("CT", ""))
    if not place.isdigit() or "CHR2" not in info or ends is None:
        raise record.error(
            "a translocation without its other side (no breakend in ALT, no CHR2, POS2 and CT in INFO)",
            column="ALT",
            fix="Give the VCF as the caller wrote it",
        )
    return Junction(Breakend(record.chrom, record.pos, ends[0]), Breakend(info["CHR2"], int(place), ends[1]), record)


def _from_type(record: VcfRecord) -> Iterator[Junction]:
    info = record.info
    kind = (info.get("SVTYPE") or record.alts[0].strip("<>")).split(":")[0]
    if kind not in _BY_TYPE:
        return
    end = info.get("END", "")
    if not end and kind == "DEL" and not record.alts[0].startswith("<"):
        end = str(record.pos + len(record.ref) - 1)
    if not end.isdigit() or int(end) < record.pos:
        raise record.error(
            f"END '{end}' is no place behind {record.pos}", column="INFO/END", fix="Give the VCF as the caller wrote it"
        )
    cts = _BY_TYPE[kind]
    if info.get("CT") in cts:
        cts = (info["CT"],)
    elif kind == "INV" and ("INV3" in info or "INV5" in info):
        cts = ("3to3",) if "INV3" in info else ("5to5",)
    for ct in cts:
        one, two = _BY_CT[ct]
        yield Junction(
            Breakend(record.chrom, record.pos + (one is Side.RIGHT), one),
            Breakend(record.chrom, int(end) + (two is Side.RIGHT), two),
            record,
        )
