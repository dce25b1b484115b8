"""The exons that rules speak of, by the residues of a transcript and by place on both genome builds."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from genomodel.core.patients import GenomeBuild

TABLE = "exons.tsv"


@dataclass(frozen=True, slots=True)
class Exon:
    """Coding part of an exon: 1-based bases of the coding sequence and codons, ends included."""

    gene: str
    number: int
    of: int
    transcript: str
    first_base: int
    last_base: int
    first_codon: int
    last_codon: int
    chrom: str
    strand: str
    places: Mapping[GenomeBuild, tuple[int, int]] = field(hash=False)
    """First and last base on the forward strand of each build."""


@cache
def exons() -> dict[tuple[str, int], tuple[Exon, ...]]:
    """Return the exons that rules speak of, by gene and number; several where transcripts number residues otherwise.

    The codons of ``exons.tsv`` are counted, not quoted: the lengths of the coding parts of a RefSeq transcript's exons
    in UCSC's refGene table, the same on both builds, are added up in the order of translation; a codon that an exon
    border splits belongs to both. Its places are the ends of the coding part there, the 0-based start counted from 1.
    """
    found: dict[tuple[str, int], tuple[Exon, ...]] = {}
    with (files("genomodel.annotation") / TABLE).open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            exon = _exon(row)
            key = (exon.gene, exon.number)
            found[key] = (*found.get(key, ()), exon)
    return found


def _exon(row: Mapping[str, str]) -> Exon:
    numbers = {name: int(row[name]) for name in ("first_base", "last_base", "first_codon", "last_codon")}
    builds = (GenomeBuild.GRCH37, GenomeBuild.GRCH38)
    return Exon(
        gene=row["gene"],
        number=int(row["exon"]),
        of=int(row["exons"]),
        transcript=row["transcript"],
        chrom=row["chrom"],
        strand=row["strand"],
        places={build: (int(row[f"{build.value}_first"]), int(row[f"{build.value}_last"])) for build in builds},
        **numbers,
    )


def numbered(text: str) -> range:
    """Return the exon numbers of ``14`` or ``14-15``."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def exons_of(gene: str, numbers: Iterable[int]) -> tuple[Exon, ...]:
    """Return the listed exons of a gene, those of every transcript."""
    return tuple(exon for number in numbers for exon in exons().get((gene, number), ()))


def knows_place(gene: str, number: int, build: GenomeBuild) -> bool:
    """Whether an exon's place on a build is known."""
    return any(build in exon.places for exon in exons().get((gene, number), ()))
