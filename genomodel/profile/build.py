"""From alterations to a profile: feature values with the mask of what was observed."""

from __future__ import annotations

from genomodel.core.profile import Profile, TumorAlterations
from genomodel.profile.features import (
    COPY_NUMBER_KINDS,
    FUSION_KINDS,
    GROUP_KINDS,
    MUTATION_KINDS,
    TISSUE_KINDS,
    Feature,
    FeatureKind,
    FeatureList,
    present_features,
)
from genomodel.profile.pathways import GROUPS


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
        A gene with a reported variant counts as looked at.
    """
    present = present_features(alterations)
    mutated = {mutation.gene for mutation in alterations.mutations}
    features: dict[str, float] = {}
    observed: dict[str, bool] = {}
    evidence: dict[str, tuple[str, ...]] = {}
    small = _Genes(alterations.mutation_genes, mutated)
    copies = _Genes(alterations.copy_number_genes, set(alterations.copy_number))
    for feature in feature_list:
        behind = present.get((feature.kind, feature.subject, feature.detail), ())
        seen = bool(behind) or _is_observed(feature, alterations, small, copies)
        features[feature.name] = 1.0 if behind else 0.0
        observed[feature.name] = seen
        if behind:
            evidence[feature.name] = behind
    return Profile(
        id=alterations.id,
        tissue=alterations.tissue,
        tissue_fine=alterations.tissue_fine,
        features=features,
        observed=observed,
        evidence=evidence,
    )


class _Genes:
    """Genes that were looked at, with those that were seen altered."""

    def __init__(self, assayed: tuple[str, ...] | None, altered: set[str]) -> None:
        self.every = assayed is not None and "*" in assayed
        self.genes = {*(assayed or ()), *altered}

    def __contains__(self, gene: str) -> bool:
        return self.every or gene in self.genes


def _is_observed(feature: Feature, alterations: TumorAlterations, small: _Genes, copies: _Genes) -> bool:
    if feature.kind in MUTATION_KINDS:
        return feature.subject in small
    if feature.kind in COPY_NUMBER_KINDS:
        return feature.subject in copies
    if feature.kind in GROUP_KINDS:
        genes = GROUPS.get(feature.subject, ())
        mutations = feature.kind is FeatureKind.GROUP_AMPLIFICATION or all(gene in small for gene in genes)
        return mutations and (feature.kind is FeatureKind.GROUP_DRIVER or all(gene in copies for gene in genes))
    if feature.kind in FUSION_KINDS:
        return alterations.fusions_assayed
    if feature.kind in TISSUE_KINDS:
        return bool(alterations.tissue if feature.kind is FeatureKind.TISSUE else alterations.tissue_fine)
    return alterations.msi_high is not None
