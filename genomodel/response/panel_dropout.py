"""Which features a sequencing panel observes: training lines lose the others, as tumors sequenced with it do."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from genomodel.profile.features import (
    FUSION_KINDS,
    GROUP_KINDS,
    MUTATION_KINDS,
    TISSUE_KINDS,
    Feature,
    FeatureKind,
    FeatureList,
)
from genomodel.profile.pathways import GROUPS
from genomodel.resources.panels import GenePanel

Mask = npt.NDArray[np.bool_]


def panel_masks(panels: Sequence[GenePanel], features: FeatureList) -> Mask:
    """Tell which features each panel observes.

    What the source of a panel does not say to be assayed counts as not assayed. A feature of small variants is observed
    when the panel has its gene, a group of genes when the panel has all of them in every way that switches the group
    on, as in :func:`genomodel.profile.build.build_profile`; an amplification or deep deletion when copies of the gene
    are called that way; a fusion when one of its partners is targeted; microsatellite instability when it is stated.
    The tissue is always known.

    Parameters
    ----------
    panels, features
        Rows and columns.

    Returns
    -------
    array of bool of shape (panels, features)
    """
    rows = [[_observes(panel, feature) for feature in features] for panel in panels]
    return np.array(rows, dtype=np.bool_).reshape(len(panels), len(features))


def _observes(panel: GenePanel, feature: Feature) -> bool:
    if feature.kind in TISSUE_KINDS:
        return True
    if feature.kind is FeatureKind.MSI_HIGH:
        return panel.instability
    if feature.kind in FUSION_KINDS:
        return any(partner in (panel.fusion_genes or ()) for partner in feature.subject.split("::"))
    genes = GROUPS.get(feature.subject, ()) if feature.kind in GROUP_KINDS else (feature.subject,)
    return bool(genes) and all(_has(assayed, genes) for assayed in _assays(panel, feature.kind))


def _assays(panel: GenePanel, kind: FeatureKind) -> list[Collection[str] | None]:
    """Return the lists that must all have the genes behind a feature of a kind."""
    if kind in MUTATION_KINDS or kind is FeatureKind.GROUP_DRIVER:
        return [panel.genes]
    if kind in {FeatureKind.AMPLIFICATION, FeatureKind.GROUP_AMPLIFICATION}:
        return [panel.amplification_genes]
    if kind is FeatureKind.DEEP_DELETION:
        return [panel.deletion_genes]
    if kind is FeatureKind.GROUP_LOSS:
        return [panel.genes, panel.deletion_genes]
    # What is left are changes of few copies, which no source claims to see.
    return [None]


def _has(assayed: Collection[str] | None, genes: Sequence[str]) -> bool:
    return assayed is not None and all(gene in assayed for gene in genes)
