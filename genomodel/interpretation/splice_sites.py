"""Whether a variant touches the splice sites of an exon, told by its place on the genome.

For annotators that give neither a coding change nor an exon number, ``bcftools csq`` among them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.core.builds import bare
from genomodel.core.patients import GenomeBuild
from genomodel.core.rearrangements import ACCEPTOR_BASES, DONOR_BASES
from genomodel.core.variants import Variant, VariantClass, changed_span


@dataclass(frozen=True, slots=True)
class ExonPlace:
    """An exon on the forward strand of a genome build, 1-based, ends included."""

    gene: str
    number: int
    build: GenomeBuild
    chrom: str
    first: int
    last: int


@cache
def exon_places() -> dict[tuple[str, int, GenomeBuild], ExonPlace]:
    """Return the exons that are known by place, by gene, number and build.

    ``exon_places.tsv`` holds the exon's ends in a RefSeq transcript as UCSC's refGene table of each build gives them;
    its 0-based start is counted from 1 here. Only genes of the forward strand are listed.
    """
    found = {}
    with (files("genomodel.interpretation") / "exon_places.tsv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            place = ExonPlace(
                gene=row["gene"],
                number=int(row["exon"]),
                build=GenomeBuild(row["build"]),
                chrom=row["chrom"],
                first=int(row["first"]),
                last=int(row["last"]),
            )
            found[place.gene, place.number, place.build] = place
    return found


def touches_splice_site(
    variant: Variant, effect: VariantClass, gene: str, numbers: Iterable[int], build: GenomeBuild
) -> bool:
    """Whether a variant changes a splice site of one of a gene's exons.

    Either a variant that the annotator puts on a splice site, or an insertion or deletion that reaches into the
    `ACCEPTOR_BASES` before the exon or the `DONOR_BASES` after it, whatever the annotator says of it: deletions of the
    polypyrimidine tract make MET skip exon 14 as well.

    Parameters
    ----------
    variant
        The allele as in the VCF.
    effect
        Its class on the gene's transcript.
    gene, numbers
        The exons.
    build
        Of the coordinates; nothing is known by place on a build other than GRCh37 and GRCh38.
    """
    for number in numbers:
        exon = exon_places().get((gene, number, build))
        if exon is None or bare(variant.chrom) != exon.chrom:
            continue
        first, last = changed_span(variant)
        before = first < exon.first and last >= exon.first - ACCEPTOR_BASES
        after = last > exon.last and first <= exon.last + DONOR_BASES
        if (before or after) and (effect is VariantClass.SPLICE or is_indel(variant)):
            return True
    return False


def is_indel(variant: Variant) -> bool:
    """Whether the allele inserts or deletes bases."""
    return len(variant.ref.strip("-")) != len(variant.alt.strip("-"))
