"""The mutation profile: model features with a mask of what was looked at."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.variants import Fusion, VariantClass


class GeneAlteration(Noun):
    """A protein-changing variant reduced to what both a cell-line table and a patient's calls can say."""

    gene: str
    variant_class: VariantClass
    protein_change: str = ""
    known_driver: bool = False
    """The source calls it a driver mutation without saying which change it is."""


class Missing(StrEnum):
    """Why a feature was not observed."""

    GENES = "genes not assayed"
    SET_ASIDE = "variants set aside"
    """A variant of the gene was seen, but may be inherited, so that nobody knows whether the tumor gained it."""
    COPY_NUMBER = "copy number not assayed"
    SHALLOW = "gains and losses of few copies not assayed"
    FUSIONS = "fusions not assayed"
    INSTABILITY = "microsatellite instability not assayed"
    TISSUE = "tissue unknown"


class TumorAlterations(Noun):
    """The common form of a tumor and a cell line, before features are made.

    ``None`` for a set of genes means that nobody looked; an empty tuple means that somebody looked at nothing.
    """

    id: str
    tissue: str
    """Tissue of the response data, coarse level; empty when it cannot be mapped."""
    tissue_fine: str = ""
    mutations: tuple[GeneAlteration, ...] = ()
    mutation_genes: tuple[str, ...] | None = None
    """Genes assayed for small variants; ``("*",)`` means every gene."""
    mutation_genes_set_aside: dict[str, str] = Field(default_factory=dict)
    """Genes with a variant that was not counted because it may be inherited, each with the variant and the reason.

    They are neither mutated nor wild type.
    """
    copy_number: dict[str, CopyNumberState] = Field(default_factory=dict)
    copy_number_genes: tuple[str, ...] | None = None
    """Genes assayed for amplifications and deep deletions; ``("*",)`` means every gene."""
    amplification_open: tuple[str, ...] = ()
    """Genes among them that may be amplified all the same: neither amplified nor not."""
    deep_deletion_open: tuple[str, ...] = ()
    """Genes among them that may have lost all copies; ``("*",)`` where no deep deletion could be called."""
    shallow_copy_number_genes: tuple[str, ...] | None = None
    """Genes assayed for gains and losses of few copies as well."""
    fusions: tuple[Fusion, ...] = ()
    fusions_assayed: bool = False
    msi_high: bool | None = None


class Profile(Noun):
    """Feature values with the mask of what was observed; unobserved is unknown, never wild type."""

    id: str
    tissue: str
    tissue_fine: str
    features: dict[str, float]
    """Value of every feature of the feature list, 0 where unobserved."""
    observed: dict[str, bool]
    missing: dict[str, tuple[Missing, ...]] = Field(default_factory=dict)
    """For each unobserved feature, all that would have been needed to observe it."""
    evidence: dict[str, tuple[str, ...]]
    """For each non-zero feature, the alterations behind it, e.g. ``{"BRAF:V600E": ("BRAF p.V600E",)}``."""
