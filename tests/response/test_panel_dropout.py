from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.errors import InputError
from genomodel.core.profile import TumorAlterations
from genomodel.profile.build import build_profile
from genomodel.profile.features import Feature, FeatureKind
from genomodel.resources.panels import GenePanel, gene_panels
from genomodel.response.bundle import Bundle
from genomodel.response.panel_dropout import panel_masks

GENES = ("KRAS", "BRAF", "ARAF", "RAF1", "MYC", "MYCN", "MYCL", "TP53")
FEATURES = (
    Feature(FeatureKind.TISSUE, "skin"),
    Feature(FeatureKind.TISSUE_FINE, "melanoma"),
    Feature(FeatureKind.MSI_HIGH, ""),
    Feature(FeatureKind.ALLELE, "BRAF", "V600E"),
    Feature(FeatureKind.FUSION, "BCR::KRAS"),
    Feature(FeatureKind.FUSION_GENE, "MYC"),
    *(Feature(FeatureKind.DRIVER, gene) for gene in GENES),
    *(Feature(FeatureKind.OTHER, gene) for gene in GENES),
    *(Feature(FeatureKind.AMPLIFICATION, gene) for gene in GENES),
    *(Feature(FeatureKind.DEEP_DELETION, gene) for gene in GENES),
    *(
        Feature(kind, group)
        for kind, group in itertools.product(
            (FeatureKind.GROUP_DRIVER, FeatureKind.GROUP_AMPLIFICATION, FeatureKind.GROUP_LOSS), ("RAF", "MYC")
        )
    ),
)
some_genes = st.frozensets(st.sampled_from(GENES))


def observed_names(panel: GenePanel) -> set[str]:
    return {feature.name for feature, seen in zip(FEATURES, panel_masks([panel], FEATURES)[0], strict=True) if seen}


@given(some_genes, st.none() | some_genes, st.booleans(), st.booleans())
def test_a_panel_observes_what_a_wild_type_tumor_with_its_genes_does(
    genes: frozenset[str], copies: frozenset[str] | None, fusions: bool, msi: bool
) -> None:
    everything = frozenset({"MYC", "BCR"})
    panel = GenePanel("P", genes, copies, copies, everything if fusions else None, msi)
    tumor = TumorAlterations(
        id="T",
        tissue="skin",
        tissue_fine="melanoma",
        mutation_genes=tuple(genes),
        copy_number_genes=None if copies is None else tuple(copies),
        fusions_assayed=fusions,
        msi_high=False if msi else None,
    )
    observed = build_profile(tumor, FEATURES).observed
    assert observed_names(panel) == {name for name, seen in observed.items() if seen}


def test_gains_and_losses_have_their_own_genes() -> None:
    panel = GenePanel("P", frozenset(GENES), frozenset({"MYC", "MYCN", "MYCL"}), frozenset({"TP53", "RAF1"}))
    names = observed_names(panel)
    assert {"MYC:amplification", "MYC:group_amplification", "TP53:deep_deletion"} <= names
    assert not {"MYC:deep_deletion", "TP53:amplification", "MYC:group_loss", "RAF:group_loss"} & names


def test_a_fusion_is_seen_from_either_partner() -> None:
    panel = GenePanel("P", frozenset(), fusion_genes=frozenset({"KRAS"}))
    assert "fusion:BCR::KRAS" in observed_names(panel)
    assert "fusion_gene:MYC" not in observed_names(panel)


@given(some_genes, some_genes)
def test_a_larger_panel_observes_no_less(one: frozenset[str], other: frozenset[str]) -> None:
    assert observed_names(GenePanel("P", one)) <= observed_names(GenePanel("Q", one | other))


def test_a_group_that_nobody_knows_is_not_observed() -> None:
    assert not panel_masks([GenePanel("P", frozenset(GENES))], (Feature(FeatureKind.GROUP_DRIVER, "no group"),)).any()


def test_no_panel_is_an_empty_table() -> None:
    assert panel_masks([], FEATURES).shape == (0, len(FEATURES))


def test_real_panels_leave_the_model_part_of_its_features(
    released: Bundle, shared_data: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    try:
        panels = gene_panels()
    except InputError as error:
        pytest.skip(f"panel lists cannot be had: {error}")
    masks = panel_masks(panels, released.features)
    assert masks.shape == (len(panels), len(released.features))
    name = [feature.name for feature in released.features]
    focus = dict(zip(name, masks[[panel.name for panel in panels].index("PHS-FOCUS-V1")], strict=True))
    assert focus["BRAF:V600E"]
    assert not focus["ERBB2:amplification"]
    tso = dict(zip(name, masks[[panel.name for panel in panels].index("TSO500")], strict=True))
    assert tso["ERBB2:amplification"]
    assert not tso["CDKN2A:deep_deletion"]
    assert tso["NRF2:group_driver"]
    kinds = np.array([feature.kind for feature in released.features])
    drivers = masks[:, kinds == FeatureKind.DRIVER].mean(axis=1)
    record_property(
        "shown",
        f"{len(panels)} panels observe {masks.mean(axis=1).min():.1%} to {masks.mean(axis=1).max():.1%} of the "
        f"{len(name)} features, and {drivers.min():.1%} to {drivers.max():.1%} of the driver-mutation features",
    )
