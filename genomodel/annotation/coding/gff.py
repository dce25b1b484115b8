"""Reading transcripts with exons and coding parts from gene models in Ensembl's GFF3 style."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from genomodel.annotation.coding.transcripts import Transcript, make_offsets
from genomodel.calls.gene_models import standing
from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError

_VERSIONED = re.compile(r"\.\d+$")
_PARTS = frozenset({"exon", "CDS"})
_STYLE = (
    "Gene models in Ensembl's style: ID=gene:..., ID=transcript:..., Parent=..., biotype=..., with exon and CDS rows"
)


@dataclass(slots=True)
class _Rows:
    """What the rows of one transcript say."""

    attributes: str
    chrom: str
    forward: bool
    row: int
    exons: list[tuple[int, int]] = field(default_factory=list)
    coding: list[tuple[int, int, int]] = field(default_factory=list)


def read_transcripts(gff: str | Path, contigs: Collection[str] = ()) -> tuple[Transcript, ...]:
    """Read every transcript that has exons or coding rows, in the order of the file.

    Parameters
    ----------
    gff
        GFF3 in Ensembl's style, plain or gzipped.
    contigs
        Contigs that are wanted, named as in the file; empty takes all.

    Raises
    ------
    InputError
        Not a GFF3, no transcript with exons in it, or exons of a transcript that overlap.
    """
    path = Path(gff)
    symbols: dict[str, str] = {}
    found: dict[str, _Rows] = {}
    for row, columns in _rows(path, frozenset(contigs)):
        kind, text = columns[2], columns[8]
        if kind in _PARTS:
            parent = _value(text, "Parent=transcript:")
            held = found.get(parent)
            if held is None:
                continue
            first, last = _span(columns, path, row)
            if kind == "exon":
                held.exons.append((first - 1, last))
            else:
                held.coding.append((first - 1, last, int(columns[7]) if columns[7].isdigit() else 0))
        elif "ID=transcript:" in text:
            found[_value(text, "ID=transcript:")] = _Rows(text, columns[0], columns[6] != "-", row)
        elif "ID=gene:" in text:
            attributes = _attributes(text)
            symbols[attributes["ID"].removeprefix("gene:")] = attributes.get("Name", "")
    transcripts = tuple(
        _transcript(name, held, symbols, path) for name, held in found.items() if held.exons or held.coding
    )
    if not transcripts:
        raise InputError("the gene models hold no transcript with exons", path=path, fix=_STYLE)
    return transcripts


def _rows(path: Path, wanted: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    for row, line in read_lines(path, "GFF3"):
        if not line or line.startswith("#") or (wanted and line.partition("\t")[0] not in wanted):
            continue
        columns = line.split("\t")
        if len(columns) != 9:
            text = f"{len(columns)} columns where a GFF3 has 9"
            raise InputError(text, path=path, row=row, fix="Give gene models as GFF3, columns parted by tabs")
        yield row, columns


def _value(text: str, key: str) -> str:
    """Return what follows a key up to the next ``;``, empty without the key."""
    start = text.find(key)
    return "" if start < 0 else text[start + len(key) :].partition(";")[0]


def _attributes(text: str) -> dict[str, str]:
    return {key: value for key, _, value in (part.partition("=") for part in text.split(";"))}


def _span(columns: list[str], path: Path, row: int) -> tuple[int, int]:
    try:
        first, last = int(columns[3]), int(columns[4])
    except ValueError as error:
        text = f"start {columns[3]!r} and end {columns[4]!r} are not both numbers"
        raise InputError(text, path=path, row=row) from error
    if not 1 <= first <= last:
        raise InputError(f"start {first} and end {last} do not bound a stretch of bases", path=path, row=row)
    return first, last


def _transcript(name: str, held: _Rows, symbols: dict[str, str], path: Path) -> Transcript:
    def on_strand(first: int, after: int) -> tuple[int, int]:
        return (first, after) if held.forward else (-after, -first)

    # Some gene models have coding rows only; their untranslated bases are not known.
    rows = held.exons or [(first, after) for first, after, _ in held.coding]
    exons = tuple(sorted(on_strand(first, after) for first, after in rows))
    if any(left[1] > right[0] for left, right in pairwise(exons)):
        raise InputError(f"exons of transcript {name} overlap", path=path, row=held.row, fix=_STYLE)
    offsets = make_offsets(exons)
    attributes = _attributes(held.attributes)
    tags = attributes.get("tag", "").replace("%2C", ",").split(",")
    version = attributes.get("version", "")
    gene_id = attributes.get("Parent", "").removeprefix("gene:")
    coding, phase, sound = None, 0, True
    if held.coding:
        parts = sorted((*on_strand(first, after), phase) for first, after, phase in held.coding)
        coding, sound = _coding(exons, offsets, [(first, after) for first, after, _ in parts])
        phase = parts[0][2]
    return Transcript(
        name=f"{name}.{version}" if version and not _VERSIONED.search(name) else name,
        id=name,
        gene=symbols.get(gene_id) or gene_id,
        gene_id=gene_id,
        chrom=held.chrom,
        forward=held.forward,
        biotype=attributes.get("biotype", ""),
        exons=exons,
        coding=coding,
        phase=phase,
        start_known=phase == 0 and "cds_start_NF" not in tags,
        end_known="cds_end_NF" not in tags,
        sound=sound,
        standing=standing(held.attributes),
        offsets=offsets,
    )


def _coding(
    exons: tuple[tuple[int, int], ...], offsets: tuple[int, ...], parts: list[tuple[int, int]]
) -> tuple[tuple[int, int] | None, bool]:
    """Return the coding stretch over the exons, and whether the rows are the exons between their ends."""
    start, end = parts[0][0], parts[-1][1]
    within = [(max(start, first), min(end, after)) for first, after in exons if first < end and start < after]
    counted = []
    for place in (start, end - 1):
        index = next((i for i, (first, after) in enumerate(exons) if first <= place < after), None)
        if index is None:
            return None, False
        counted.append(offsets[index] + place - exons[index][0])
    return (counted[0], counted[1] + 1), within == parts
