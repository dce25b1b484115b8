"""Genes whose fusions, and losses of exons, matter to a tumor board."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FIVE, THREE = "5", "3"
"""Whether a gene is the upstream or the downstream partner of the fusions that matter."""


@dataclass(frozen=True, slots=True)
class FusionGene:
    """A gene of the list; what no source tells is empty."""

    gene: str
    role: str
    partners: tuple[str, ...]
    """Partners that the sources name; others are reported alike."""
    domain_exons: tuple[int, int] | None
    """Exons of the domain that a fusion has to keep."""
    n_exons: int | None
    """Exons of the RefSeq transcript that the numbers are of."""
    joined_exons: tuple[int, int] | None
    """Range of the exons at which reported fusions join the gene: the last kept one of a 5', the first of a 3' gene."""
    source: str

    @property
    def introns(self) -> tuple[int, ...]:
        """Introns in which the genome breaks in the reported fusions; empty where no source tells."""
        if self.joined_exons is None:
            return ()
        first, last = self.joined_exons
        shift = 1 if self.role == THREE else 0
        return tuple(range(first - shift, last - shift + 1))


@dataclass(frozen=True, slots=True)
class ExonLoss:
    """A loss of exons that has a name, by place on a genome build; 1-based, on the forward strand."""

    gene: str
    exons: tuple[int, int]
    build: str
    chrom: str
    last_base_before: int
    first_base_after: int
    ctat_name: str
    """What CTAT-Splicing calls it."""


def _span(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    first, _, last = text.partition("-")
    return int(first), int(last or first)


@cache
def fusion_genes() -> dict[str, FusionGene]:
    """Return the list by gene symbol; each row of ``actionable_fusions.tsv`` names its sources."""
    found = {}
    with (files("genomodel.resources") / "actionable_fusions.tsv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            found[row["gene"]] = FusionGene(
                gene=row["gene"],
                role=row["role"],
                partners=tuple(name for name in row["partners"].split(";") if name),
                domain_exons=_span(row["domain_exons"]),
                n_exons=int(row["n_exons"]) if row["n_exons"] else None,
                joined_exons=_span(row["joined_exons"]),
                source=row["source"],
            )
    return found


@cache
def exon_losses() -> tuple[ExonLoss, ...]:
    """Return the losses of exons that are reported: MET exon 14 and EGFR exons 2 to 7 (variant III)."""
    with (files("genomodel.resources") / "exon_losses.tsv").open(encoding="utf-8") as handle:
        return tuple(
            ExonLoss(
                gene=row["gene"],
                exons=(int(row["first_exon"]), int(row["last_exon"])),
                build=row["build"],
                chrom=row["chrom"],
                last_base_before=int(row["last_base_before"]),
                first_base_after=int(row["first_base_after"]),
                ctat_name=row["name_in_ctat"],
            )
            for row in csv.DictReader(handle, delimiter="\t")
        )


def actionable_partner(gene_5: str, gene_3: str) -> FusionGene | None:
    """Return the gene of the list that stands in its role, 3' before 5'."""
    genes = fusion_genes()
    for gene, role in ((gene_3, THREE), (gene_5, FIVE)):
        if gene in genes and genes[gene].role == role:
            return genes[gene]
    return None
