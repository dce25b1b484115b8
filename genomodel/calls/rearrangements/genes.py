"""Transcripts with exons and coding parts, of the genes that breakends lie in and of the actionable list."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.mane import is_mane_select

_ATTRIBUTE = re.compile(r"([^=;]+)=([^;]*)")
_LRG_FIRST = re.compile(r"LRG_\d+t1$")


@dataclass
class Transcript:
    """One transcript; exons and coding parts in the order of the transcript, 1-based, ends included."""

    gene: str
    name: str
    chrom: str
    forward: bool
    start: int
    end: int
    rank: int
    """Smaller is reported first: MANE Select, Ensembl canonical, first of its LRG, others."""
    parts: list[tuple[int, int]] = field(default_factory=list, repr=False)
    coding: list[tuple[int, int]] = field(default_factory=list, repr=False)

    @cached_property
    def exons(self) -> tuple[tuple[int, int], ...]:
        """Exons in the order of the transcript."""
        return tuple(sorted(self.parts, reverse=not self.forward))

    @property
    def introns(self) -> tuple[tuple[int, int], ...]:
        """Introns in the order of the transcript; intron 1 follows exon 1."""
        pairs = zip(self.exons, self.exons[1:], strict=False)
        return tuple((min(a[1], b[1]) + 1, max(a[0], b[0]) - 1) for a, b in pairs)

    @property
    def coding_length(self) -> int:
        """Coding bases."""
        return sum(last - first + 1 for first, last in self.coding)

    def coding_before(self, pos: int) -> int:
        """Return the coding bases upstream of a position of the genome, the position itself left out."""
        if self.forward:
            return sum(min(last, pos - 1) - first + 1 for first, last in self.coding if first < pos)
        return sum(last - max(first, pos + 1) + 1 for first, last in self.coding if last > pos)


@dataclass(frozen=True)
class FusionModels:
    """Transcripts by contig, and every contig that the gene models name."""

    contigs: frozenset[str]
    by_contig: Mapping[str, tuple[Transcript, ...]]

    def at(self, chrom: str, pos: int) -> dict[str, Transcript]:
        """Return the transcript to report of each gene at a position."""
        found: dict[str, Transcript] = {}
        for item in self.by_contig.get(chrom) or self.by_contig.get(other_name(chrom), ()):
            if item.start <= pos <= item.end:
                known = found.get(item.gene)
                if known is None or _order(item) < _order(known):
                    found[item.gene] = item
        return found

    def of_gene(self, gene: str, *, n_exons: int | None = None) -> Transcript | None:
        """Return the transcript to report of a gene, of those with a number of exons where one is asked for."""
        listed = [item for items in self.by_contig.values() for item in items if item.gene == gene]
        fitting = [item for item in listed if n_exons is None or len(item.exons) == n_exons]
        return min(fitting, key=_order, default=None)


def other_name(chrom: str) -> str:
    """Return a contig's name in the other of the two styles, ``chr2`` and ``2``."""
    return chrom.removeprefix("chr") if chrom.startswith("chr") else f"chr{chrom}"


def _order(item: Transcript) -> tuple[int, int, str]:
    return (item.rank, -item.coding_length, item.name)


def read_fusion_models(
    gff: str | Path,
    positions: Iterable[tuple[str, int]] = (),
    *,
    genes: Collection[str] = (),
    any_contigs: bool = False,
) -> FusionModels:
    """Read the transcripts that lie over positions, and those of some genes.

    Parameters
    ----------
    gff
        GFF3 in Ensembl's style, plain or gzipped.
    positions
        Contig and 1-based position of breakends.
    genes
        Symbols whose transcripts are wanted wherever they lie.
    any_contigs
        Take positions on ``chr2`` and ``2`` alike, and those on contigs that the models do not have.

    Raises
    ------
    InputError
        Not a GFF3, no transcript in it, or the positions lie on contigs that it does not have.
    """
    wanted: dict[str, list[int]] = defaultdict(list)
    for chrom, pos in positions:
        for name in (chrom, other_name(chrom)) if any_contigs else (chrom,):
            wanted[name].append(pos)
    reader = _Reader({chrom: sorted(listed) for chrom, listed in wanted.items()}, frozenset(genes))
    for row, line in read_lines(gff, "GFF3"):
        if line and not line.startswith("#"):
            columns = line.split("\t")
            if len(columns) != 9:
                text = f"{len(columns)} columns where a GFF3 has 9"
                raise InputError(text, path=gff, row=row, fix="Give gene models as GFF3, columns parted by tabs")
            reader.take(columns)
    if not reader.any_transcript:
        fix = "Ensembl's style is needed: ID=gene:..., ID=transcript:..., Parent=..."
        raise InputError("the gene models have no transcript", path=gff, fix=fix)
    if wanted and not any_contigs and not reader.contigs & set(wanted):
        asked, held = (", ".join(sorted(names)[:5]) for names in (wanted, reader.contigs))
        text = f"no gene model on the contigs of the breakends ({asked}); it has {held}"
        raise InputError(text, path=gff, fix="Use gene models of the same genome build; mind chr1 and 1")
    by_contig: dict[str, list[Transcript]] = defaultdict(list)
    for item in reader.found.values():
        if item.parts:
            by_contig[item.chrom].append(item)
    return FusionModels(frozenset(reader.contigs), {name: tuple(items) for name, items in by_contig.items()})


class _Reader:
    """Keeps of a GFF3 the transcripts over some positions and those of some genes."""

    def __init__(self, wanted: Mapping[str, list[int]], genes: frozenset[str]) -> None:
        self.wanted, self.genes = wanted, genes
        self.symbols: dict[str, str] = {}
        self.found: dict[str, Transcript] = {}
        self.contigs: set[str] = set()
        self.any_transcript = False

    def take(self, columns: Sequence[str]) -> None:
        """Look at one row."""
        self.contigs.add(columns[0])
        attributes = dict(_ATTRIBUTE.findall(columns[8]))
        own, parent = attributes.get("ID", ""), attributes.get("Parent", "")
        if own.startswith("gene:"):
            name = attributes.get("Name", own.removeprefix("gene:"))
            self.symbols[own] = current_symbol(name, columns[0])
        elif own.startswith("transcript:"):
            self.any_transcript = True
            start, end = int(columns[3]), int(columns[4])
            gene = self.symbols.get(parent, parent.removeprefix("gene:"))
            if gene in self.genes or _hits(self.wanted.get(columns[0], []), start, end):
                forward, rank = columns[6] != "-", _rank(columns[8], attributes)
                name = own.removeprefix("transcript:")
                self.found[own] = Transcript(gene, name, columns[0], forward, start, end, rank)
        elif parent in self.found and columns[2] in ("exon", "CDS"):
            item = self.found[parent]
            (item.parts if columns[2] == "exon" else item.coding).append((int(columns[3]), int(columns[4])))


def _hits(positions: list[int], start: int, end: int) -> bool:
    at = bisect_left(positions, start)
    return at < len(positions) and positions[at] <= end


def _rank(text: str, attributes: Mapping[str, str]) -> int:
    names = [attributes.get(key, "") for key in ("transcript_id", "equivalent")]
    names.append(attributes.get("ID", "").removeprefix("transcript:"))
    if "MANE_Select" in text or any(name and is_mane_select(name) for name in names):
        return 0
    if "Ensembl_canonical" in text:
        return 1
    return 2 if _LRG_FIRST.search(attributes.get("Name", "")) else 3
