"""From alterations to a profile: feature values with the mask of what was observed."""

from __future__ import annotations

from functools import lru_cache

from genomodel.core.profile import Missing, Profile, TumorAlterations
from genomodel.core.rearrangements import NO_GENE
from genomodel.core.variants import Fusion
from genomodel.profile.features import (
    FOCAL_KINDS,
    FUSION_KINDS,
    GROUP_KINDS,
    MUTATION_KINDS,
    SHALLOW_KINDS,
    SHALLOW_STATES,
    TISSUE_KINDS,
    Feature,
    FeatureKind,
    FeatureList,
    present_features,
)
from genomodel.profile.pathways import GROUPS
from genomodel.resources.gene_symbols import current_symbol


def build_profile(alterations: TumorAlterations, feature_list: FeatureList) -> Profile:
    """Turn a tumor or a cell line into the model's features.

    Parameters
    ----------
    alterations
        What is altered and what was looked at.
    feature_list
        The features of one model.

    Returns
    -------
    Profile
        A feature that was not looked at is 0 and not observed; the model then takes what is usual in the tissue.
        A gene with a reported variant counts as looked at, one with a variant that was set aside does not.
    """
    alterations = with_symbols_of(alterations, feature_list)
    present = present_features(alterations)
    mutated = {mutation.gene for mutation in alterations.mutations}
    features: dict[str, float] = {}
    observed: dict[str, bool] = {}
    missing: dict[str, tuple[Missing, ...]] = {}
    evidence: dict[str, tuple[str, ...]] = {}
    small = _Genes(alterations.mutation_genes, mutated)
    # A gain may hide an amplification that nobody looked for, and a loss a deep deletion.
    focal = {gene for gene, state in alterations.copy_number.items() if state not in SHALLOW_STATES}
    copies = _Genes(alterations.copy_number_genes, focal)
    shallow = _Genes(alterations.shallow_copy_number_genes, set())
    for feature in feature_list:
        behind = present.get((feature.kind, feature.subject, feature.detail), ())
        lacking = (
            ()
            if behind
            else _missing(feature, alterations, small, shallow if feature.kind in SHALLOW_KINDS else copies)
        )
        features[feature.name] = 1.0 if behind else 0.0
        observed[feature.name] = not lacking
        if behind:
            evidence[feature.name] = behind
        if lacking:
            missing[feature.name] = lacking
    return Profile(
        id=alterations.id,
        tissue=alterations.tissue,
        tissue_fine=alterations.tissue_fine,
        features=features,
        observed=observed,
        missing=missing,
        evidence=evidence,
    )


def with_symbols_of(alterations: TumorAlterations, feature_list: FeatureList) -> TumorAlterations:
    """Return alterations with each gene under the symbol that the features have for it, current or former.

    A model keeps the symbols of the tables it was trained on: its WHSC1 is the NSD2 of today's annotation.
    """
    symbols = _symbols_in(feature_list)

    def named(gene: str) -> str:
        return gene if gene == NO_GENE else symbols.get(current_symbol(gene), gene)

    def all_named(genes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if genes is None else tuple(map(named, genes))

    return alterations.model_copy(
        update={
            "mutations": tuple(
                item if named(item.gene) == item.gene else item.model_copy(update={"gene": named(item.gene)})
                for item in alterations.mutations
            ),
            "mutation_genes": all_named(alterations.mutation_genes),
            "mutation_genes_set_aside": {
                named(gene): why for gene, why in alterations.mutation_genes_set_aside.items()
            },
            "copy_number": {named(gene): state for gene, state in alterations.copy_number.items()},
            "copy_number_genes": all_named(alterations.copy_number_genes),
            "amplification_open": all_named(alterations.amplification_open),
            "deep_deletion_open": all_named(alterations.deep_deletion_open),
            "shallow_copy_number_genes": all_named(alterations.shallow_copy_number_genes),
            "fusions": tuple(
                Fusion(gene_5=named(fusion.gene_5), gene_3=named(fusion.gene_3)) for fusion in alterations.fusions
            ),
        }
    )


@lru_cache(maxsize=8)
def _symbols_in(feature_list: FeatureList) -> dict[str, str]:
    """Return the symbols of a feature list, its groups included, by today's symbol of the gene."""
    of_genes = [item for item in feature_list if item.kind not in GROUP_KINDS | TISSUE_KINDS | {FeatureKind.MSI_HIGH}]
    genes = {gene for feature in of_genes for gene in feature.subject.split("::")}
    genes.update(gene for group in GROUPS.values() for gene in group)
    return {current_symbol(gene): gene for gene in sorted(genes)}


class _Genes:
    """Genes that were looked at, with those that were seen altered."""

    def __init__(self, assayed: tuple[str, ...] | None, altered: set[str]) -> None:
        self.every = assayed is not None and "*" in assayed
        self.genes = {*(assayed or ()), *altered}

    def __contains__(self, gene: str) -> bool:
        return self.every or gene in self.genes


def _missing(feature: Feature, alterations: TumorAlterations, small: _Genes, copies: _Genes) -> tuple[Missing, ...]:
    """Return what was needed to observe a feature that nothing switches on; nothing when it was observed."""
    if feature.kind in FUSION_KINDS:
        return () if alterations.fusions_assayed else (Missing.FUSIONS,)
    if feature.kind in TISSUE_KINDS:
        tissue = alterations.tissue if feature.kind is FeatureKind.TISSUE else alterations.tissue_fine
        return () if tissue else (Missing.TISSUE,)
    if feature.kind is FeatureKind.MSI_HIGH:
        return () if alterations.msi_high is not None else (Missing.INSTABILITY,)
    genes = GROUPS.get(feature.subject, ()) if feature.kind in GROUP_KINDS else (feature.subject,)
    lacking = []
    if feature.kind not in FOCAL_KINDS | SHALLOW_KINDS | {FeatureKind.GROUP_AMPLIFICATION}:
        aside = alterations.mutation_genes_set_aside
        if any(gene not in small and gene not in aside for gene in genes):
            lacking.append(Missing.GENES)
        if any(gene in aside for gene in genes):
            lacking.append(Missing.SET_ASIDE)
    open_ = _open_genes(feature.kind, alterations)
    unknown = any(gene not in copies or gene in open_ or "*" in open_ for gene in genes)
    if feature.kind not in MUTATION_KINDS | {FeatureKind.GROUP_DRIVER} and unknown:
        lacking.append(Missing.SHALLOW if feature.kind in SHALLOW_KINDS else Missing.COPY_NUMBER)
    return tuple(lacking)


def _open_genes(kind: FeatureKind, alterations: TumorAlterations) -> tuple[str, ...]:
    """Return assayed genes that may have a strong event of this kind all the same."""
    if kind in (FeatureKind.AMPLIFICATION, FeatureKind.GROUP_AMPLIFICATION):
        return alterations.amplification_open
    return alterations.deep_deletion_open if kind in (FeatureKind.DEEP_DELETION, FeatureKind.GROUP_LOSS) else ()
