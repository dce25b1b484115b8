"""Named reasons why the model may not apply to a tumor, each with what it does to the predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from genomodel.core.patients import TumorType
from genomodel.core.predictions import ApplicabilityFlag, FlagLevel
from genomodel.core.profile import Missing, Profile, TumorAlterations
from genomodel.profile.features import (
    FOCAL_KINDS,
    FUSION_KINDS,
    GROUP_KINDS,
    MUTATION_KINDS,
    SHALLOW_KINDS,
    FeatureKind,
    FeatureList,
)
from genomodel.profile.pathways import GROUPS
from genomodel.profile.unlike import find_unlike
from genomodel.resources.driver_genes import driver_role
from genomodel.response.encoder import Mask
from genomodel.response.neighbors import LIMIT_PERCENTILE, is_driver_event

MOST_EXPLAINED = 8
"""Genes set aside that are shown with their reason; the others by name."""
FILLED = "the model takes what is usual in the tissue instead of assuming wild type"
LEAST_TOLD = 1.005
"""Smaller factors of widening would be printed as 1.00."""


def burden(alterations: TumorAlterations) -> int:
    """Count the protein-changing variants in genes with a known role in cancer."""
    return sum(driver_role(mutation.gene) is not None for mutation in alterations.mutations)


def observed_but_for(profile: Profile, features: FeatureList) -> dict[str, Mask]:
    """Return, for each reason why features were not observed, the mask in which only these are not.

    Widening by such a mask is what that reason alone does. A feature that several reasons hide is in the mask of each.

    Returns
    -------
    dict
        Arrays of shape (features,) by reason.
    """
    reasons = sorted({reason for lacking in profile.missing.values() for reason in lacking})
    return {
        reason: np.array([reason not in profile.missing.get(feature.name, ()) for feature in features], dtype=np.bool_)
        for reason in reasons
    }


def applicability_flags(
    alterations: TumorAlterations,
    profile: Profile,
    features: FeatureList,
    tumor_type: TumorType,
    known_tissue: bool,
    burden_limit: int,
    *,
    nearest: float | None = None,
    nearest_limit: float | None = None,
    widening: Mapping[str, float] | None = None,
    widest: Mapping[str, tuple[str, float]] | None = None,
) -> tuple[ApplicabilityFlag, ...]:
    """Return the flags of one tumor, cautions first; each says what it does to the intervals.

    Parameters
    ----------
    alterations, profile, features
        The tumor, and its features.
    tumor_type
        As given by the user.
    known_tissue
        Whether lines of the tumor's tissue were screened.
    burden_limit
        Burden of the training lines that few exceed.
    nearest, nearest_limit
        Distance to the nearest line in driver space, and that which few training lines exceed; not judged when either
        is not given.
    widening
        Median factor over drugs by which each reason alone widens the intervals, by the name of the flag, or by
        ``Missing.TISSUE`` for an unseen tumor type. A reason that is not there does not widen them. No factor is told
        when this is not given.
    widest
        The drug whose interval each reason widens most, and its factor.
    """
    effects = _Effects(widening, widest or {})
    flags = [
        *_tumor_flags(alterations, profile, features, tumor_type, known_tissue, burden_limit, effects),
        *_unlike_flag(alterations, features, effects),
        *_distance_flag(nearest, nearest_limit, effects),
        *_assay_flags(alterations, profile, features, effects),
    ]
    return tuple(sorted(flags, key=lambda flag: flag.level is not FlagLevel.CAUTION))


class _Effects:
    """What a reason does to the intervals, as a sentence."""

    def __init__(self, widening: Mapping[str, float] | None, widest: Mapping[str, tuple[str, float]]) -> None:
        self.widening = widening
        self.widest = widest

    def of(self, reason: str, widens: bool) -> str:
        """``widens`` tells what is said when no factors are known."""
        if self.widening is None:
            return "The intervals are widened." if widens else "The intervals are not widened for this."
        factor = self.widening.get(reason, 1.0)
        drug, most = self.widest.get(reason, ("", 1.0))
        median = f"median over drugs; most {most:.2f}, {drug}" if most >= LEAST_TOLD else "median over drugs"
        if factor >= LEAST_TOLD:
            return f"This widens the 90 % intervals of this tumor by a factor of {factor:.2f} ({median})."
        if factor > 1.0:
            return f"This widens the 90 % intervals of this tumor by less than 1 % ({median})."
        return "The intervals are not widened for this."


def _no_lines(tumor_type: TumorType) -> str:
    if not tumor_type.is_given:
        return "The tumor type is not given."
    return f"No lines comparable with {tumor_type.name} ({tumor_type.code}) were screened."


def _tumor_flags(
    alterations: TumorAlterations,
    profile: Profile,
    features: FeatureList,
    tumor_type: TumorType,
    known_tissue: bool,
    burden_limit: int,
    effects: _Effects,
) -> Iterator[ApplicabilityFlag]:
    if not known_tissue:
        yield ApplicabilityFlag(
            name="unseen tumor type",
            level=FlagLevel.CAUTION,
            text=f"{_no_lines(tumor_type)} Predictions start "
            "from the average over all tissues, and percentiles are over all lines only. "
            f"{effects.of(Missing.TISSUE, widens=True)}",
        )
    if not any(profile.features[f.name] and is_driver_event(f) for f in features):
        yield ApplicabilityFlag(
            name="no driver event",
            level=FlagLevel.CAUTION,
            text="None of the alterations that the model knows was found. The predictions say little more than the "
            f"average of the tissue. {effects.of('no driver event', widens=False)}",
        )
    found = burden(alterations)
    if found > burden_limit:
        yield ApplicabilityFlag(
            name="burden beyond training",
            level=FlagLevel.CAUTION,
            text=f"{found} protein-changing variants in cancer genes; 99 % of the training lines have at most "
            f"{burden_limit}. Many of them are passengers that the model cannot tell from drivers. "
            f"{effects.of('burden beyond training', widens=False)}",
        )


def _unlike_flag(
    alterations: TumorAlterations, features: FeatureList, effects: _Effects
) -> Iterator[ApplicabilityFlag]:
    listed = {(f.subject, f.detail) for f in features if f.kind is FeatureKind.ALLELE}
    found = [
        f"{mutation.gene} p.{mutation.protein_change} ({row.what}; {row.source})"
        for mutation in alterations.mutations
        if (mutation.gene, mutation.protein_change) not in listed and (row := find_unlike(mutation))
    ]
    if found:
        yield ApplicabilityFlag(
            name="change not known to the model",
            level=FlagLevel.CAUTION,
            text=f"{'; '.join(found)}. Too few screened lines have it, and it acts otherwise than most hotspot changes "
            "of its gene, so that it counts as none of them: the predictions leave it out, and say nothing of the "
            f"resistance it may bring. {effects.of('change not known to the model', widens=False)}",
        )


def _distance_flag(nearest: float | None, limit: float | None, effects: _Effects) -> Iterator[ApplicabilityFlag]:
    if nearest is None or limit is None or nearest <= limit:
        return
    yield ApplicabilityFlag(
        name="far from all lines",
        level=FlagLevel.CAUTION,
        text=f"No screened line has driver events like those of this tumor: the nearest lies at a distance of "
        f"{nearest:.2f} (0 all events shared, 1 none); {LIMIT_PERCENTILE:.0f} % of the training lines have another one "
        f"within {limit:.2f}. The predictions add up effects that were never seen together. "
        f"{effects.of('far from all lines', widens=False)}",
    )


def _assay_flags(
    alterations: TumorAlterations, profile: Profile, features: FeatureList, effects: _Effects
) -> Iterator[ApplicabilityFlag]:
    """One flag for each kind of gap that hides a feature, named like its share in the predictions."""
    gaps = {reason for reasons in profile.missing.values() for reason in reasons}
    if Missing.GENES in gaps:
        yield _genes_flag(alterations, profile, features, effects)
    if Missing.SET_ASIDE in gaps:
        yield _set_aside_flag(alterations, features, effects)
    for kinds, reason, what in (
        (FOCAL_KINDS, Missing.COPY_NUMBER, "amplifications and deep deletions"),
        (SHALLOW_KINDS, Missing.SHALLOW, "gains and losses of few copies"),
        (FUSION_KINDS, Missing.FUSIONS, "fusions"),
        ({FeatureKind.MSI_HIGH}, Missing.INSTABILITY, "microsatellite instability"),
    ):
        if reason not in gaps:
            continue
        columns = [feature for feature in features if feature.kind in kinds]
        unknown = sum(not profile.observed[feature.name] for feature in columns)
        part = "were not assayed" if unknown == len(columns) else f"were assayed in part ({unknown} unknown)"
        part = part.replace("were", "was") if what.endswith("instability") else part
        yield ApplicabilityFlag(
            name=reason,
            level=FlagLevel.NOTE,
            text=f"{what.capitalize()} {part}; {FILLED}. {effects.of(reason, widens=True)}",
        )


def _genes_flag(
    alterations: TumorAlterations, profile: Profile, features: FeatureList, effects: _Effects
) -> ApplicabilityFlag:
    genes = {f.subject for f in features if f.kind in MUTATION_KINDS}
    unseen = {
        f.subject for f in features if f.kind in MUTATION_KINDS and Missing.GENES in profile.missing.get(f.name, ())
    }
    groups = sorted(
        {f.subject for f in features if f.kind in GROUP_KINDS and Missing.GENES in profile.missing.get(f.name, ())}
    )
    if unseen:
        what = f"{len(unseen)} of the model's {len(genes)} genes were not assayed for small variants"
    else:
        what = f"Not all genes of the model's groups {', '.join(groups)} were assayed for small variants"
    return ApplicabilityFlag(
        name=Missing.GENES,
        level=FlagLevel.CAUTION if len(unseen) > len(genes) / 2 else FlagLevel.NOTE,
        text=f"{what}{'' if alterations.mutation_genes is not None else ', or nobody said so'}; {FILLED}. "
        f"{effects.of(Missing.GENES, widens=True)}",
    )


def _set_aside_flag(alterations: TumorAlterations, features: FeatureList, effects: _Effects) -> ApplicabilityFlag:
    known = {f.subject for f in features if f.kind in MUTATION_KINDS}
    known.update(gene for f in features if f.kind in GROUP_KINDS for gene in GROUPS.get(f.subject, ()))
    aside = {gene: why for gene, why in alterations.mutation_genes_set_aside.items() if gene in known}
    named = [f"{gene} ({why})" for gene, why in list(aside.items())[:MOST_EXPLAINED]]
    rest = list(aside)[MOST_EXPLAINED:]
    if rest:
        named.append(f"for such reasons also {', '.join(rest)}")
    return ApplicabilityFlag(
        name=Missing.SET_ASIDE,
        level=FlagLevel.CAUTION,
        text=f"Variants that were set aside were not counted, nor their genes taken as wild type: "
        f"{'; '.join(named)}. For these genes {FILLED}. {effects.of(Missing.SET_ASIDE, widens=True)}",
    )
