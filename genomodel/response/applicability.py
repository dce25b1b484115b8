"""Named reasons why the model may not apply to a tumor, each with what it does to the predictions."""

from __future__ import annotations

from collections.abc import Iterator

from genomodel.core.patients import TumorType
from genomodel.core.predictions import ApplicabilityFlag, FlagLevel
from genomodel.core.profile import Profile, TumorAlterations
from genomodel.profile.features import (
    COPY_NUMBER_KINDS,
    FUSION_KINDS,
    MUTATION_KINDS,
    FeatureKind,
    FeatureList,
)
from genomodel.resources.driver_genes import driver_role

DRIVER_KINDS = {
    FeatureKind.ALLELE,
    FeatureKind.HOTSPOT,
    FeatureKind.DRIVER,
    FeatureKind.AMPLIFICATION,
    FeatureKind.DEEP_DELETION,
    FeatureKind.FUSION,
    FeatureKind.FUSION_GENE,
}
FILLED = "the model takes what is usual in the tissue instead of assuming wild type, and the intervals are widened"


def burden(alterations: TumorAlterations) -> int:
    """Count the protein-changing variants in genes with a known role in cancer."""
    return sum(driver_role(mutation.gene) is not None for mutation in alterations.mutations)


def applicability_flags(
    alterations: TumorAlterations,
    profile: Profile,
    features: FeatureList,
    tumor_type: TumorType,
    known_tissue: bool,
    burden_limit: int,
) -> tuple[ApplicabilityFlag, ...]:
    """Return the flags of one tumor, cautions first.

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
    """
    flags = [
        *_tumor_flags(alterations, profile, features, tumor_type, known_tissue, burden_limit),
        *_assay_flags(alterations, profile, features),
    ]
    return tuple(sorted(flags, key=lambda flag: flag.level is not FlagLevel.CAUTION))


def _tumor_flags(
    alterations: TumorAlterations,
    profile: Profile,
    features: FeatureList,
    tumor_type: TumorType,
    known_tissue: bool,
    burden_limit: int,
) -> Iterator[ApplicabilityFlag]:
    if not known_tissue:
        yield ApplicabilityFlag(
            name="unseen tumor type",
            level=FlagLevel.CAUTION,
            text=f"No lines comparable with {tumor_type.name} ({tumor_type.code}) were screened. Predictions start "
            "from the average over all tissues, percentiles are over all lines only, and the intervals are widened.",
        )
    if not any(f.kind in DRIVER_KINDS and profile.features[f.name] for f in features):
        yield ApplicabilityFlag(
            name="no driver event",
            level=FlagLevel.CAUTION,
            text="None of the alterations that the model knows was found. The predictions say little more than the "
            "average of the tissue.",
        )
    found = burden(alterations)
    if found > burden_limit:
        yield ApplicabilityFlag(
            name="burden beyond training",
            level=FlagLevel.CAUTION,
            text=f"{found} protein-changing variants in cancer genes; 99 % of the training lines have at most "
            f"{burden_limit}. Many of them are passengers that the model cannot tell from drivers; the intervals are "
            "not widened for this.",
        )


def _assay_flags(alterations: TumorAlterations, profile: Profile, features: FeatureList) -> Iterator[ApplicabilityFlag]:
    genes = {f.subject for f in features if f.kind in MUTATION_KINDS}
    unseen = {f.subject for f in features if f.kind in MUTATION_KINDS and not profile.observed[f.name]}
    if unseen:
        yield ApplicabilityFlag(
            name="genes not assayed",
            level=FlagLevel.CAUTION if len(unseen) > len(genes) / 2 else FlagLevel.NOTE,
            text=f"{len(unseen)} of the model's {len(genes)} genes were not assayed for small variants"
            f"{'' if alterations.mutation_genes is not None else ', or nobody said so'}; {FILLED}.",
        )
    for kinds, name, what in (
        (COPY_NUMBER_KINDS, "copy number not assayed", "copy-number events"),
        (FUSION_KINDS, "fusions not assayed", "fusions"),
        ({FeatureKind.MSI_HIGH}, "microsatellite instability not assayed", "microsatellite instability"),
    ):
        columns = [feature for feature in features if feature.kind in kinds]
        missing = sum(not profile.observed[feature.name] for feature in columns)
        if missing:
            part = "were not assayed" if missing == len(columns) else f"were assayed in part ({missing} unknown)"
            part = part.replace("were", "was") if what.endswith("instability") else part
            yield ApplicabilityFlag(name=name, level=FlagLevel.NOTE, text=f"{what.capitalize()} {part}; {FILLED}.")
