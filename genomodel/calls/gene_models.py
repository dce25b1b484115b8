"""Gene models of a GFF3: which transcript of a gene is reported, and where its codons lie on the genome."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.mane import is_mane_select, mane_status

_LRG_FIRST = re.compile(r"LRG_\d+t1$")
_TRANSCRIPT_ID = re.compile(r"(?:^|;)ID=transcript:([^;]+)")
_PARENT = re.compile(r"(?:^|;)Parent=(?:transcript|gene):([^;]+)")
_NAMES = re.compile(r"(?:^|;)(?:ID=transcript:|transcript_id=)([^;]+)")
_EQUIVALENT = re.compile(r"(?:^|;)equivalent=([^;]+)")
_NAME = re.compile(r"(?:^|;)Name=([^;]+)")
SELECT, PLUS_CLINICAL, LIKE_SELECT, CANONICAL, FIRST_OF_LRG, OTHER = range(6)
"""Standing of a transcript among those of its gene."""
_GENE_ID = re.compile(r"(?:^|;)ID=gene:([^;]+)")


@dataclass(frozen=True)
class GeneModels:
    """What of a GFF3 matters for the choice of transcripts."""

    contigs: frozenset[str]
    primary: frozenset[str]
    """One transcript per gene, as named after ``ID=transcript:``."""
    coding: dict[str, tuple[CodingTranscript, ...]] = field(default_factory=dict)
    """Transcripts of the genes asked for, by symbol, the one to report first."""


@dataclass(frozen=True)
class CodingTranscript:
    """Where the coding bases of a transcript lie, stop codon included where the gene models have it."""

    name: str
    chrom: str
    forward: bool
    segments: tuple[tuple[int, int], ...]
    """Coding parts of exons, 1-based, ends included, in the order of the transcript."""
    phase: int = 0
    """Bases before the first whole codon, of transcripts whose start is not known."""

    def positions(self) -> list[int]:
        """Return the genome position of each base, in the order of the transcript, from the first whole codon on."""
        order: list[int] = []
        for first, last in self.segments:
            order += range(first, last + 1) if self.forward else range(last, first - 1, -1)
        return order[self.phase :]


@dataclass
class _Transcript:
    gene: str
    order: int
    standing: int
    chrom: str
    forward: bool
    segments: list[tuple[int, int, int]] = field(default_factory=list)
    """First base, last base and phase of each CDS row."""

    @property
    def rank(self) -> tuple[int, int, int]:
        return (self.standing, -sum(last - first + 1 for first, last, _ in self.segments), self.order)

    def coding(self, name: str) -> CodingTranscript:
        ordered = sorted(self.segments, reverse=not self.forward)
        places = tuple((first, last) for first, last, _ in ordered)
        return CodingTranscript(name, self.chrom, self.forward, places, ordered[0][2])


def read_gene_models(gff: str | Path, contigs: Collection[str] = (), *, coding_of: Collection[str] = ()) -> GeneModels:
    """Choose one transcript per gene by :func:`standing`, then by the longest coding sequence.

    Parameters
    ----------
    gff
        GFF3 in Ensembl's style, plain or gzipped.
    contigs
        Contigs with variants; others are not looked at. Empty takes all.
    coding_of
        Symbols of genes whose coding transcripts are wanted, each under any of its names in the gene models.

    Raises
    ------
    InputError
        Not a GFF3, no transcripts in it, or none of ``contigs``.
    """
    path = Path(gff)
    wanted = set(contigs)
    asked = {current_symbol(gene): gene for gene in coding_of}
    found: set[str] = set()
    transcripts: dict[str, _Transcript] = {}
    symbols: dict[str, str] = {}
    with_biotype = False
    for row, line in read_lines(path, "GFF3"):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 9:
            text = f"{len(columns)} columns where a GFF3 has 9"
            raise InputError(text, path=path, row=row, fix="Give gene models as GFF3, columns parted by tabs")
        found.add(columns[0])
        # Rows of exons and untranslated parts, half of the file, have no ID.
        if (wanted and columns[0] not in wanted) or (columns[2] != "CDS" and "ID=" not in columns[8]):
            continue
        parent = _PARENT.search(columns[8])
        if columns[2] == "CDS":
            if parent and parent.group(1) in transcripts:
                phase = int(columns[7]) if columns[7].isdigit() else 0
                transcripts[parent.group(1)].segments.append((int(columns[3]), int(columns[4]), phase))
            continue
        own, gene, name = (pattern.search(columns[8]) for pattern in (_TRANSCRIPT_ID, _GENE_ID, _NAME))
        if gene and name and (known := asked.get(current_symbol(name.group(1), columns[0]))):
            symbols[gene.group(1)] = known
        if own and parent:
            with_biotype = with_biotype or "biotype=" in columns[8]
            transcripts[own.group(1)] = _Transcript(
                parent.group(1), len(transcripts), standing(columns[8]), columns[0], columns[6] != "-"
            )
    if wanted and not wanted & found:
        some, held = (", ".join(sorted(names)[:5]) for names in (wanted, found))
        text = f"no gene model on the contigs of the VCF ({some}); it has {held}"
        raise InputError(text, path=path, fix="Use gene models of the same genome build; mind chr1 and 1")
    if not transcripts or not with_biotype:
        lacking = "biotype=... on its transcripts" if transcripts else "transcript (ID=transcript:...;Parent=gene:...)"
        fix = "bcftools csq reads GFF3 in Ensembl's style: ID=gene:..., ID=transcript:..., Parent=..., biotype=..."
        raise InputError(f"the gene models have no {lacking}", path=path, fix=fix)
    return GeneModels(frozenset(found), frozenset(_best_by_gene(transcripts)), _coding(transcripts, symbols))


def standing(attributes: str) -> int:
    """Return how a transcript stands among those of its gene, 0 the first to report, from its attributes in a GFF3.

    By the tags of Ensembl's files, else by its names in the MANE table. A transcript that is only said to equal a MANE
    Select one (``equivalent=``) may have other untranslated exons.
    """
    own = {mane_status(name) for name in _NAMES.findall(attributes)}
    if "MANE_Select" in attributes or "select" in own:
        return SELECT
    if "MANE_Plus_Clinical" in attributes or "plus_clinical" in own:
        return PLUS_CLINICAL
    if any(is_mane_select(name) for name in _EQUIVALENT.findall(attributes)):
        return LIKE_SELECT
    if "Ensembl_canonical" in attributes:
        return CANONICAL
    name = _NAME.search(attributes)
    return FIRST_OF_LRG if name and _LRG_FIRST.search(name.group(1)) else OTHER


def _best_by_gene(transcripts: dict[str, _Transcript]) -> list[str]:
    best: dict[str, tuple[tuple[int, int, int], str]] = {}
    for name, item in transcripts.items():
        if item.gene not in best or item.rank < best[item.gene][0]:
            best[item.gene] = (item.rank, name)
    return [name for _, name in best.values()]


def _coding(transcripts: dict[str, _Transcript], symbols: dict[str, str]) -> dict[str, tuple[CodingTranscript, ...]]:
    of_gene: dict[str, list[tuple[tuple[int, int, int], CodingTranscript]]] = {}
    for name, item in transcripts.items():
        if item.gene in symbols and item.segments:
            of_gene.setdefault(symbols[item.gene], []).append((item.rank, item.coding(name)))
    return {
        gene: tuple(coding for _, coding in sorted(ranked, key=lambda pair: pair[0]))
        for gene, ranked in of_gene.items()
    }
