"""All that is altered in one tumor, and what was looked at, as statements are held against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from genomodel.core.biomarkers import MutationalBurden
from genomodel.core.copy_number import CopyNumberCall
from genomodel.core.knowledge import Criterion
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import AnnotatedVariant, Consequence, Phase
from genomodel.interpretation.biomarkers.scars import ScarStanding
from genomodel.interpretation.matching.places import Allele, allele_of
from genomodel.resources.gene_symbols import Standing, resolve_symbol


def gene_key(symbol: str, chrom: str = "") -> str:
    """Return the symbol by which a gene is compared: today's where there is one, else as given."""
    return resolve_symbol(symbol, chrom).best if symbol else ""


def keys_of(criterion: Criterion) -> tuple[str, ...]:
    """Return the symbols by which a criterion's gene is found.

    A former symbol that the source lists counts only where no other gene bears it today.
    """
    if not criterion.gene:
        return ()
    former = (name for name in criterion.former_symbols if _is_free(name))
    return tuple(dict.fromkeys((gene_key(criterion.gene), *former)))


def _is_free(symbol: str) -> bool:
    return resolve_symbol(symbol).standing in (Standing.AMBIGUOUS, Standing.UNKNOWN)


@dataclass(frozen=True, slots=True)
class SmallVariant:
    """A called allele with its consequences, by gene."""

    id: str
    variant: AnnotatedVariant
    build: GenomeBuild
    effects: Mapping[str, tuple[Consequence, ...]] = field(hash=False)
    """By symbol as :func:`gene_key` gives it: the consequence that is reported, or the gene's first, before others."""
    shares_codon: bool = False
    """The protein's true change is not known, for another called allele of the codon may lie on the same molecule."""
    together: Consequence | None = None
    """The other reading then, where it can be told."""
    common: bool = False
    """Known in the population so often that its class says nothing of the tumor."""
    doubt: str = ""
    """Why it may be none of the gene's, where that is so; empty else."""

    allele: Allele | None = field(init=False)
    """The allele by place, ``None`` where it has no bases of its own."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "allele", allele_of(self.variant.variant, self.build))

    @property
    def genes(self) -> tuple[str, ...]:
        """Symbols of the genes it touches, those of named effects that no transcript shows among them."""
        named = (effect.gene for effect in self.variant.named_effects)
        return tuple(dict.fromkeys((*self.effects, *named)))

    @property
    def stands_alone(self) -> bool:
        """Whether the record's own bases say what became of the protein: not where others share codon and molecule."""
        joint = self.variant.joint
        return joint is None or joint.phase is not Phase.CIS or joint.also_alone


@dataclass(frozen=True, slots=True)
class GeneCopies:
    """Copy number of a gene."""

    id: str
    gene: str
    call: CopyNumberCall = field(hash=False)

    @property
    def genes(self) -> tuple[str, ...]:
        """Symbol of the gene."""
        return (self.gene,)


@dataclass(frozen=True, slots=True)
class JoinedGenes:
    """Two genes joined, 5' partner first."""

    id: str
    gene_5: str
    gene_3: str
    exon_5: int | None = None
    """Last exon kept of the 5' gene."""
    exon_3: int | None = None
    """First exon kept of the 3' gene."""
    withheld: str = ""
    """Why it is no fusion in the sense of claims: out of frame, the needed exons lost; empty where it is one."""
    ignored: tuple[str, ...] = ()
    """What is not known of it: its frame, whether it was confirmed."""

    @property
    def genes(self) -> tuple[str, ...]:
        """Symbols of both."""
        return (self.gene_5, self.gene_3)


@dataclass(frozen=True, slots=True)
class LostExons:
    """Exons that a gene's transcripts lack, as reads across the gap show."""

    id: str
    gene: str
    first: int
    last: int
    ignored: tuple[str, ...] = ()

    @property
    def genes(self) -> tuple[str, ...]:
        """Symbol of the gene."""
        return (self.gene,)


Alteration = SmallVariant | GeneCopies | JoinedGenes | LostExons


@dataclass(frozen=True, slots=True)
class Assayed:
    """Where silence is a negative. Each mapping has genes by symbol and why silence there says nothing."""

    genes: frozenset[str] | None = None
    """Genes whose small variants were looked for; ``None`` where nobody said."""
    distrusted: str = ""
    """Why no silence on small variants is a negative: the sample failed, or the normal may hide what is the tumor's."""
    failed: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Assayed genes of which a part was not read well enough."""
    copies: frozenset[str] | None = None
    """Genes with a copy-number answer; ``None`` where only events are listed, or nothing was looked for."""
    copies_failed: Mapping[str, str] = field(default_factory=dict, hash=False)
    copies_absent: str = "copy number was not assayed"
    """Why there is no negative where ``copies`` is ``None``."""
    no_deep_deletions: str = ""
    """Why no deep deletion was called in any gene; empty where they were looked for."""
    fusions: frozenset[str] = frozenset()
    """Genes of which a fusion would have been seen."""
    fusions_failed: Mapping[str, str] = field(default_factory=dict, hash=False)
    fusions_absent: str = "fusions were not assayed"
    every_fusion: bool = False
    """Whether a fusion of any two genes would have been seen."""
    remarks: tuple[str, ...] = ()
    """What is not known of the assay and taken for granted by a negative."""

    def silence_on_variants(self, gene: str) -> str:
        """Return why the absence of small variants in a gene says nothing; empty where it is a negative."""
        if self.genes is None:
            return "nobody stated which genes were assayed"
        if gene not in self.genes:
            return f"{gene} was not assayed"
        if self.distrusted:
            return self.distrusted
        return self.failed.get(gene, "")

    def silence_on_copies(self, gene: str, *, deep: bool = False) -> str:
        """Return why the absence of a copy-number event in a gene says nothing, ``deep`` of a deep deletion."""
        if gene in self.copies_failed:
            return self.copies_failed[gene]
        if self.copies is None:
            return self.copies_absent
        if gene not in self.copies:
            return f"the copy number of {gene} was not assayed"
        return f"no deep deletion was called: {self.no_deep_deletions}" if deep and self.no_deep_deletions else ""

    def silence_on_fusions(self, gene: str) -> str:
        """Return why the absence of a fusion of a gene says nothing."""
        if gene in self.fusions_failed:
            return self.fusions_failed[gene]
        if gene in self.fusions or self.every_fusion:
            return ""
        return self.fusions_absent or f"fusions of {gene} were not looked for"


@dataclass(frozen=True)
class Tumor:
    """One tumor: what is altered, what may be, and what was looked at.

    ``doubtful`` are alleles that were seen and are not reported as the tumor's: to be confirmed, filtered or inherited.
    They match nothing, and where one of them would, its absence is not concluded.
    """

    alterations: tuple[Alteration, ...] = ()
    doubtful: tuple[SmallVariant, ...] = ()
    assayed: Assayed = Assayed()
    build: GenomeBuild = GenomeBuild.UNKNOWN
    msi: InstabilityClass | None = None
    """``None`` where nobody looked."""
    burden: MutationalBurden | None = None
    """``None`` where nobody counted."""
    scar: ScarStanding | None = None
    """``None`` where no score of genomic scars was given."""

    @cached_property
    def by_gene(self) -> dict[str, tuple[Alteration, ...]]:
        """Alterations by the symbols of their genes."""
        return _by_gene(self.alterations)

    @cached_property
    def by_id(self) -> dict[str, Alteration]:
        """Alterations by their ids."""
        return {item.id: item for item in self.alterations}

    @cached_property
    def doubtful_by_gene(self) -> dict[str, tuple[Alteration, ...]]:
        """Doubtful alleles by the symbols of their genes."""
        return _by_gene(self.doubtful)

    @cached_property
    def by_allele(self) -> dict[Allele, tuple[SmallVariant, ...]]:
        """Small variants by place and bases."""
        found: dict[Allele, list[SmallVariant]] = {}
        for item in self.alterations:
            if isinstance(item, SmallVariant) and item.allele is not None:
                found.setdefault(item.allele, []).append(item)
        return {allele: tuple(items) for allele, items in found.items()}

    def of(self, genes: Iterable[str]) -> tuple[Alteration, ...]:
        """Return the alterations of any of the genes, each once."""
        return _united(self.by_gene, genes)

    def doubtful_of(self, genes: Iterable[str]) -> tuple[Alteration, ...]:
        """Return the doubtful alleles of any of the genes."""
        return _united(self.doubtful_by_gene, genes)

    def as_if_having(self, alteration: SmallVariant) -> Tumor:
        """Return the tumor as it would be if it had one more allele."""
        kept = tuple(item for item in self.doubtful if item.id != alteration.id)
        return replace(self, alterations=(*self.alterations, alteration), doubtful=kept)


def _by_gene(items: Iterable[Alteration]) -> dict[str, tuple[Alteration, ...]]:
    found: dict[str, list[Alteration]] = {}
    for item in items:
        for gene in dict.fromkeys(item.genes):
            found.setdefault(gene, []).append(item)
    return {gene: tuple(listed) for gene, listed in found.items()}


def _united(by_gene: Mapping[str, tuple[Alteration, ...]], genes: Iterable[str]) -> tuple[Alteration, ...]:
    found = {id(item): item for gene in genes for item in by_gene.get(gene, ())}
    return tuple(found.values())
