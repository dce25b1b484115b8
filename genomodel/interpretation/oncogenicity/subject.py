"""What the rules look at in a variant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from genomodel.core.variants import AnnotatedVariant, Consequence, VariantClass
from genomodel.interpretation.germline_genes import germline_policy
from genomodel.resources.driver_genes import GeneRole, RoleKind, gene_role
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.hotspots import SUBSTITUTION
from genomodel.resources.mane import is_mane_select

_PLACE = re.compile(r"^(?:[A-Z*]+|-)?(\d+)")
_SHIFTED = re.compile(r"fs\*(\d+)$")


@cache
def role_of(gene: str) -> GeneRole:
    """Return what a gene does in cancer, by today's symbol.

    A gene that intOGen alone finds lost in tumors is a bona fide tumor suppressor where its inherited loss predisposes
    to cancer: two sources of different kinds agree.
    """
    role, row = gene_role(gene), germline_policy().get(gene)
    if role.kind is RoleKind.LOST and row is not None and row.loss:
        return GeneRole(RoleKind.SUPPRESSOR, f"{role.source}; its inherited loss predisposes to cancer ({row.source})")
    return role


@dataclass(frozen=True, slots=True)
class Subject:
    """A variant with the gene's role and the parts of its protein change."""

    variant: AnnotatedVariant
    consequence: Consequence
    gene: str
    """Today's symbol."""
    role: GeneRole

    @classmethod
    def of(cls, variant: AnnotatedVariant, consequence: Consequence) -> Subject:
        """Return what the rules look at."""
        gene = current_symbol(consequence.gene, variant.variant.chrom)
        return cls(variant, consequence, gene, role_of(gene))

    @property
    def kind(self) -> VariantClass:
        """What it does to the protein."""
        return self.consequence.variant_class

    @property
    def change(self) -> str:
        """One-letter change without ``p.``."""
        return self.consequence.protein_change

    @property
    def on_mane_select(self) -> bool:
        """Whether residues are counted on MANE Select, which is taken for granted where no transcript is named."""
        return not self.consequence.transcript or is_mane_select(self.consequence.transcript)

    @property
    def substitution(self) -> tuple[str, int, str] | None:
        """Reference residue, position and new residue (``*`` for a stop) of a change of one residue."""
        match = SUBSTITUTION.match(self.change)
        return (match[1], int(match[2]), match[3]) if match else None

    @property
    def first_residue(self) -> int | None:
        """The first residue that changes, ``None`` where the change has no such number."""
        match = _PLACE.match(self.change)
        return int(match[1]) if match else None

    @property
    def new_stop(self) -> int | None:
        """The residue at which the shortened protein ends, ``None`` where it is not told."""
        first, shifted = self.first_residue, _SHIFTED.search(self.change)
        if first is None:
            return None
        if shifted:
            return first + int(shifted[1]) - 1
        return first if "*" in self.change and "fs" not in self.change else None
