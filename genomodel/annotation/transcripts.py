"""Which transcript of a gene is reported, from the gene models themselves."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError
from genomodel.resources.mane import is_mane_select

_LRG_FIRST = re.compile(r"LRG_\d+t1$")
_TRANSCRIPT_ID = re.compile(r"(?:^|;)ID=transcript:([^;]+)")
_PARENT = re.compile(r"(?:^|;)Parent=(?:transcript|gene):([^;]+)")
_NAMES = re.compile(r"(?:^|;)(?:ID=transcript:|transcript_id=|equivalent=)([^;]+)")
_NAME = re.compile(r"(?:^|;)Name=([^;]+)")


@dataclass(frozen=True)
class GeneModels:
    """What of a GFF3 matters for the choice of transcripts."""

    contigs: frozenset[str]
    primary: frozenset[str]
    """One transcript per gene, as named after ``ID=transcript:``."""


@dataclass
class _Transcript:
    gene: str
    order: int
    standing: int
    coding_bases: int = field(default=0)


def read_gene_models(gff: str | Path, contigs: Collection[str] = ()) -> GeneModels:
    """Choose one transcript per gene: MANE Select, Ensembl canonical, first of its LRG, longest coding sequence.

    MANE Select is known by the tag that Ensembl's files carry, else by the names of the transcript.

    Parameters
    ----------
    gff
        GFF3 in Ensembl's style, plain or gzipped.
    contigs
        Contigs with variants; others are not looked at. Empty takes all.

    Raises
    ------
    InputError
        Not a GFF3, no transcripts in it, or none of ``contigs``.
    """
    path = Path(gff)
    wanted = set(contigs)
    found: set[str] = set()
    transcripts: dict[str, _Transcript] = {}
    with_biotype = False
    for row, line in read_lines(path, "GFF3"):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 9:
            text = f"{len(columns)} columns where a GFF3 has 9"
            raise InputError(text, path=path, row=row, fix="Give gene models as GFF3, columns parted by tabs")
        found.add(columns[0])
        if wanted and columns[0] not in wanted:
            continue
        parent = _PARENT.search(columns[8])
        if columns[2] == "CDS" and parent and parent.group(1) in transcripts:
            transcripts[parent.group(1)].coding_bases += int(columns[4]) - int(columns[3]) + 1
        own = _TRANSCRIPT_ID.search(columns[8])
        if own and parent:
            with_biotype = with_biotype or "biotype=" in columns[8]
            transcripts[own.group(1)] = _Transcript(parent.group(1), len(transcripts), _standing(columns[8]))
    if wanted and not wanted & found:
        asked, held = (", ".join(sorted(names)[:5]) for names in (wanted, found))
        text = f"no gene model on the contigs of the VCF ({asked}); it has {held}"
        raise InputError(text, path=path, fix="Use gene models of the same genome build; mind chr1 and 1")
    if not transcripts or not with_biotype:
        lacking = "biotype=... on its transcripts" if transcripts else "transcript (ID=transcript:...;Parent=gene:...)"
        fix = "bcftools csq reads GFF3 in Ensembl's style: ID=gene:..., ID=transcript:..., Parent=..., biotype=..."
        raise InputError(f"the gene models have no {lacking}", path=path, fix=fix)
    return GeneModels(frozenset(found), frozenset(_best_by_gene(transcripts)))


def _standing(attributes: str) -> int:
    if "MANE_Select" in attributes or any(is_mane_select(name) for name in _NAMES.findall(attributes)):
        return 0
    if "Ensembl_canonical" in attributes:
        return 1
    name = _NAME.search(attributes)
    return 2 if name and _LRG_FIRST.search(name.group(1)) else 3


def _best_by_gene(transcripts: dict[str, _Transcript]) -> list[str]:
    best: dict[str, tuple[tuple[int, int, int], str]] = {}
    for name, item in transcripts.items():
        rank = (item.standing, -item.coding_bases, item.order)
        if item.gene not in best or rank < best[item.gene][0]:
            best[item.gene] = (rank, name)
    return [name for _, name in best.values()]
