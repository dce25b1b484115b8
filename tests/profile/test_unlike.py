from __future__ import annotations

import pytest

from genomodel.core.profile import GeneAlteration, TumorAlterations
from genomodel.core.variants import VariantClass
from genomodel.profile.build import build_profile
from genomodel.profile.features import Feature, FeatureKind
from genomodel.profile.unlike import find_unlike, unlike_alleles

MISSENSE, INSERTION = VariantClass.MISSENSE, VariantClass.INFRAME_INSERTION


@pytest.mark.parametrize(
    ("gene", "change", "kind", "found"),
    [
        ("EGFR", "T790M", MISSENSE, True),
        ("EGFR", "L858R", MISSENSE, False),
        ("EGFR", "D770_N771insSVD", INSERTION, True),
        ("EGFR", "A1048_V1049insGT", INSERTION, False),
        ("FLT3", "D835Y", MISSENSE, True),
        ("FLT3", "D83Y", MISSENSE, False),
        ("FLT3", "D8351Y", MISSENSE, False),
        ("BRAF", "D594N", MISSENSE, True),
        ("KIT", "D816V", MISSENSE, True),
        ("BRAF", "V600E", MISSENSE, False),
        ("ALK", "T790M", MISSENSE, False),
    ],
)
def test_changes_that_act_otherwise_are_found(gene: str, change: str, kind: VariantClass, found: bool) -> None:
    row = find_unlike(GeneAlteration(gene=gene, variant_class=kind, protein_change=change))
    assert (row is not None) is found


def test_every_row_has_a_source() -> None:
    assert all(row.source.strip() and row.what.strip() for row in unlike_alleles())


def test_a_resistance_mutation_does_not_borrow_the_hotspot_effect_of_its_gene() -> None:
    features = (
        Feature(FeatureKind.HOTSPOT, "EGFR"),
        Feature(FeatureKind.DRIVER, "EGFR"),
        Feature(FeatureKind.GROUP_DRIVER, "ERBB"),
    )

    def profile(*changes: str) -> dict[str, float]:
        mutations = tuple(GeneAlteration(gene="EGFR", variant_class=MISSENSE, protein_change=c) for c in changes)
        tumor = TumorAlterations(id="X", tissue="", mutations=mutations, mutation_genes=("*",))
        return build_profile(tumor, features).features

    assert set(profile("T790M").values()) == {0.0}
    assert set(profile("L858R", "T790M").values()) == {1.0}
