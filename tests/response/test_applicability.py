from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genomodel.core.predictions import FlagLevel
from genomodel.core.profile import Missing, TumorAlterations
from genomodel.profile.build import build_profile
from genomodel.profile.features import TISSUE_KINDS
from genomodel.resources.oncotree import resolve_tumor_type
from genomodel.response.applicability import applicability_flags, observed_but_for
from genomodel.response.bundle import Bundle
from tests.response.conftest import tumor


def flags(
    bundle: Bundle, alterations: TumorAlterations, *, known_tissue: bool = True, burden_limit: int = 99, **more: Any
) -> dict[str, str]:
    found = applicability_flags(
        alterations,
        build_profile(alterations, bundle.features),
        bundle.features,
        resolve_tumor_type("LUAD"),
        known_tissue,
        burden_limit,
        **more,
    )
    return {flag.name: flag.text for flag in found}


FULL = tumor("LUAD", "KRAS G12C")
LITTLE = FULL.model_copy(
    update={"mutation_genes": None, "copy_number_genes": None, "fusions_assayed": False, "msi_high": None}
)
NOT = "The intervals are not widened for this."


def test_a_typical_tumor_that_was_looked_at_everywhere_has_no_flag(released: Bundle) -> None:
    assert flags(released, FULL, nearest=0.7, nearest_limit=0.87, widening={}) == {}


def test_each_gap_says_by_how_much_it_widens_the_intervals(released: Bundle) -> None:
    factors = {Missing.GENES: 1.213, Missing.COPY_NUMBER: 1.052, Missing.FUSIONS: 1.0004, Missing.INSTABILITY: 1.0}
    found = flags(released, LITTLE, widening=factors)
    assert found["genes not assayed"].endswith(
        "This widens the 90 % intervals of this tumor by a factor of 1.21 (median over drugs)."
    )
    assert "by a factor of 1.05 (median over drugs)" in found["copy number not assayed"]
    assert found["fusions not assayed"].endswith("by less than 1 % (median over drugs).")
    assert found["microsatellite instability not assayed"].endswith(NOT)


def test_without_factors_each_flag_still_says_whether_it_widens(released: Bundle) -> None:
    found = flags(released, LITTLE, known_tissue=False, burden_limit=0)
    assert {name for name, text in found.items() if text.endswith("The intervals are widened.")} == {
        "unseen tumor type",
        "genes not assayed",
        "copy number not assayed",
        "fusions not assayed",
        "microsatellite instability not assayed",
    }
    assert found["burden beyond training"].endswith(NOT)


def test_unseen_tumor_type_tells_the_factor_of_the_unknown_tissue(released: Bundle) -> None:
    found = flags(released, FULL, known_tissue=False, widening={Missing.TISSUE: 1.4})
    assert "by a factor of 1.40" in found["unseen tumor type"]


def test_a_tumor_beyond_the_limit_is_far_from_all_lines(released: Bundle) -> None:
    far = flags(released, FULL, nearest=0.91, nearest_limit=0.87, widening={})["far from all lines"]
    assert "the nearest lies at a distance of 0.91" in far
    assert "within 0.87" in far
    assert far.endswith(NOT)
    widened = flags(released, FULL, nearest=0.91, nearest_limit=0.87, widening={"far from all lines": 1.1})
    assert "by a factor of 1.10" in widened["far from all lines"]


@pytest.mark.parametrize(("nearest", "limit"), [(0.87, 0.87), (None, 0.87), (0.99, None)])
def test_a_tumor_within_the_limit_or_of_unknown_distance_is_not(
    released: Bundle, nearest: float | None, limit: float | None
) -> None:
    assert flags(released, FULL, nearest=nearest, nearest_limit=limit) == {}


def test_no_driver_event_and_burden_say_what_they_do(released: Bundle) -> None:
    assert flags(released, tumor("LUAD"), widening={})["no driver event"].endswith(NOT)
    many = flags(released, FULL, burden_limit=0, widening={"burden beyond training": 1.18})
    assert "by a factor of 1.18" in many["burden beyond training"]
    assert "1 protein-changing variants" in many["burden beyond training"]


def test_cautions_come_before_notes(released: Bundle) -> None:
    found = applicability_flags(
        LITTLE,
        build_profile(LITTLE, released.features),
        released.features,
        resolve_tumor_type("LUAD"),
        known_tissue=True,
        burden_limit=9,
        nearest=0.95,
        nearest_limit=0.87,
    )
    levels = [flag.level for flag in found]
    assert levels == sorted(levels, key=lambda level: level is not FlagLevel.CAUTION)
    assert "far from all lines" in {flag.name for flag in found if flag.level is FlagLevel.CAUTION}


def test_each_reason_hides_its_own_features(released: Bundle) -> None:
    profile = build_profile(LITTLE.model_copy(update={"tissue": "", "tissue_fine": ""}), released.features)
    masks = observed_but_for(profile, released.features)
    assert set(masks) == {
        Missing.GENES,
        Missing.COPY_NUMBER,
        Missing.FUSIONS,
        Missing.INSTABILITY,
        Missing.TISSUE,
    }
    together = np.logical_and.reduce(list(masks.values()))
    assert together.tolist() == [profile.observed[feature.name] for feature in released.features]
    hidden = {feature.kind for feature, seen in zip(released.features, masks[Missing.TISSUE], strict=True) if not seen}
    assert hidden == set(TISSUE_KINDS)
    assert observed_but_for(build_profile(FULL, released.features), released.features) == {}
