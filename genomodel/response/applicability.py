"""Named reasons why the model may not apply to a tumor, each with what it does to the predictions."""

from __future__ import annotations

from collections.abc import Iterator

from genomodel.core.patients import TumorType
from genomodel.core.predictions import ApplicabilityFlag, FlagLevel
from genomodel.core.profile import Missing, Profile, TumorAlterations
from genomodel.profile.features import (
    COPY_NUMBER_KINDS,
    FUSION_KINDS,
    GROUP_KINDS,
    MUTATION_KINDS,
    FeatureKind,
    FeatureList,
)
from genomodel.profile.pathways import GROUPS
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
MOST_EXPLAINED = 8
"""Genes set aside that are shown with their reason; the others by name."""
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
    """One flag for each kind of gap that hides a feature, named like its share in the predictions."""
    gaps = {reason for reasons in profile.missing.values() for reason in reasons}
    if Missing.GENES in gaps:
        yield _genes_flag(alterations, profile, features)
    if Missing.SET_ASIDE in gaps:
        yield _set_aside_flag(alterations, features)
    for kinds, reason, what in (
        (COPY_NUMBER_KINDS, Missing.COPY_NUMBER, "copy-number events"),
        (FUSION_KINDS, Missing.FUSIONS, "fusions"),
        ({FeatureKind.MSI_HIGH}, Missing.INSTABILITY, "microsatellite instability"),
    ):
        if reason not in gaps:
            continue
        columns = [feature for feature in features if feature.kind in kinds]
        unknown = sum(not profile.observed[feature.name] for feature in columns)
        part = "were not assayed" if unknown == len(columns) else f"were assayed in part ({unknown} unknown)"
        part = part.replace("were", "was") if what.endswith("instability") else part
        yield ApplicabilityFlag(name=reason, level=FlagLevel.NOTE, text=f"{what.capitalize()} {part}; {FILLED}.")


def _genes_flag(alterations: TumorAlterations, profile: Profile, features: FeatureList) -> ApplicabilityFlag:
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
        text=f"{what}{'' if alterations.mutation_genes is not None else ', or nobody said so'}; {FILLED}.",
    )


def _set_aside_flag(alterations: TumorAlterations, features: FeatureList) -> ApplicabilityFlag:
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
        text=f"Variants that may be inherited were not counted, nor their genes taken as wild type: "
        f"{'; '.join(named)}. For these genes {FILLED}.",
    )
