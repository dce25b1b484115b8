"""What a reviewer excluded, in the common form of a tumor: not known, which is neither altered nor wild type."""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.core.findings import Finding
from genomodel.core.profile import TumorAlterations
from genomodel.profile.alterations import EVERY_GENE


def without_excluded(alterations: TumorAlterations, excluded: Iterable[Finding]) -> TumorAlterations:
    """Return the alterations of a tumor without those that a reviewer excluded.

    Parameters
    ----------
    alterations
        As they were found.
    excluded
        Findings that a reviewer took out.
    """
    for finding in excluded:
        if finding.variant is not None:
            alterations = _without_variant(alterations, finding)
        elif finding.copy_number is not None:
            alterations = _without_copies(alterations, finding.copy_number.gene)
        elif finding.rearrangement is not None:
            genes = {finding.rearrangement.five.gene, finding.rearrangement.three.gene}
            left = tuple(one for one in alterations.fusions if {one.gene_5, one.gene_3} != genes)
            alterations = alterations.model_copy(update={"fusions": left, "fusions_assayed": False})
        elif finding.id.endswith(":msi_high"):
            alterations = alterations.model_copy(update={"msi_high": None})
    return alterations


def _without_variant(alterations: TumorAlterations, finding: Finding) -> TumorAlterations:
    variant = finding.variant
    told = variant.consequence if variant is not None else None
    if told is None:
        return alterations
    own = (told.gene, told.variant_class, told.protein_change)
    left = tuple(one for one in alterations.mutations if (one.gene, one.variant_class, one.protein_change) != own)
    aside, reason = alterations.mutation_genes_set_aside, f"{finding.label} was excluded by a reviewer"
    return alterations.model_copy(
        update={"mutations": left, "mutation_genes_set_aside": aside | {told.gene: aside.get(told.gene, reason)}}
    )


def _without_copies(alterations: TumorAlterations, gene: str) -> TumorAlterations:
    states = {name: state for name, state in alterations.copy_number.items() if name != gene}
    asked, shallow = alterations.copy_number_genes, alterations.shallow_copy_number_genes
    both = ("amplification_open", "deep_deletion_open")
    told: dict[str, object] = {name: tuple(sorted({*getattr(alterations, name), gene})) for name in both}
    if asked is not None and asked != EVERY_GENE:
        told["copy_number_genes"] = tuple(name for name in asked if name != gene)
    if shallow is not None:
        rest = None if shallow == EVERY_GENE else tuple(name for name in shallow if name != gene)
        told["shallow_copy_number_genes"] = rest
    return alterations.model_copy(update={"copy_number": states, **told})
