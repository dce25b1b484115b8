"""Which screened lines a tumor resembles in its driver events, and which lines an alteration is known from. numpy only.

Distance is one minus the weighted Jaccard index over the driver features that were observed in the tumor; an event
weighs the more the fewer lines carry it (minus the logarithm of its frequency).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from genomodel.core.profile import Profile
from genomodel.profile.features import GROUP_KINDS, TISSUE_KINDS, Feature, FeatureKind, FeatureList
from genomodel.resources.driver_genes import driver_role

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

DRIVER_KINDS = frozenset(
    {
        FeatureKind.ALLELE,
        FeatureKind.HOTSPOT,
        FeatureKind.DRIVER,
        FeatureKind.AMPLIFICATION,
        FeatureKind.DEEP_DELETION,
        FeatureKind.FUSION,
        FeatureKind.FUSION_GENE,
    }
)
"""Kinds of feature that may be driver events."""
DRIVERS_IN_ANY_GENE = frozenset({FeatureKind.ALLELE, FeatureKind.HOTSPOT})
"""Kinds that are driver events whatever the gene, as hotspots are known from tumors."""
LIMIT_PERCENTILE = 95.0
"""Percentile of the distances of training lines to their nearest line, beyond which a tumor is far from all lines."""


def is_driver_event(feature: Feature) -> bool:
    """Tell whether a feature is a driver event: on a hotspot, or of a gene with a known role in cancer."""
    if feature.kind in DRIVERS_IN_ANY_GENE:
        return True
    return feature.kind in DRIVER_KINDS and any(driver_role(gene) is not None for gene in feature.subject.split("::"))


def driver_weights(features: FeatureList, line_values: Mask) -> Array:
    """Weigh the features for the distance: minus the logarithm of the share of lines that carry a driver event.

    Parameters
    ----------
    features
        In the order of the columns.
    line_values
        Shape (lines, features).

    Returns
    -------
    array of shape (features,)
        Positive for driver events, 0 for all other features.
    """
    carriers = line_values.sum(axis=0)
    is_driver = np.array([is_driver_event(feature) for feature in features], dtype=np.bool_)
    # One line more with and one without, so that neither an event of no line nor one of all lines breaks the logarithm.
    return np.where(is_driver, -np.log((carriers + 1.0) / (len(line_values) + 2.0)), 0.0)


def driver_distance(values: Array | Mask, observed: Mask, line_values: Mask, weights: Array) -> Array:
    """Distance of one tumor to every line.

    Parameters
    ----------
    values, observed
        Features of the tumor, shape (features,); an unobserved feature counts neither way.
    line_values
        Shape (lines, features).
    weights
        From :func:`driver_weights`.

    Returns
    -------
    array of shape (lines,)
        0 where all events are shared, also when neither has any; 1 where none is.
    """
    columns = np.flatnonzero(observed & (weights > 0))
    used = weights[columns]
    own = used * np.greater(np.asarray(values)[columns], 0)
    lines = line_values[:, columns].astype(np.float64)
    shared = lines @ own
    either = own.sum() + lines @ used - shared
    share = np.where(either > 0, shared / np.where(either > 0, either, 1.0), 1.0)
    # Sums in another order may differ in the last digit.
    return np.clip(1.0 - share, 0.0, 1.0)


def distance_limit(
    line_values: Mask, weights: Array, groups: Sequence[str] | None = None, percentile: float = LIMIT_PERCENTILE
) -> float:
    """Return the distance to the nearest other line that few training lines exceed.

    Parameters
    ----------
    line_values
        Shape (lines, features).
    weights
        From :func:`driver_weights`.
    groups
        Lines of one group are not compared; each line is its own when not given.
    percentile
        Of the nearest distances.
    """
    labels = np.arange(len(line_values)) if groups is None else np.unique(groups, return_inverse=True)[1]
    everything = np.ones(line_values.shape[1], dtype=np.bool_)
    nearest = []
    for line, label in zip(line_values, labels, strict=True):
        others = labels != label
        if others.any():
            nearest.append(driver_distance(line, everything, line_values[others], weights).min())
    return float(np.percentile(nearest, percentile)) if nearest else 1.0


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A line near a tumor."""

    line: int
    distance: float
    shared: tuple[int, ...]
    """Columns of the observed driver events that both have, rarest first."""


def nearest_lines(
    values: Array | Mask, observed: Mask, line_values: Mask, weights: Array, n: int = 5
) -> tuple[Neighbor, ...]:
    """Return the nearest lines, nearest first, ties in the order of the lines; arguments as in the distance."""
    distance = driver_distance(values, observed, line_values, weights)
    has = np.greater(values, 0) & observed & (weights > 0)
    found = []
    for line in np.argsort(distance, kind="stable")[:n]:
        columns = np.flatnonzero(has & line_values[line])
        shared = columns[np.argsort(-weights[columns], kind="stable")]
        found.append(Neighbor(int(line), float(distance[line]), tuple(int(column) for column in shared)))
    return tuple(found)


def alteration_columns(profile: Profile, features: FeatureList) -> dict[str, tuple[int, ...]]:
    """Return the columns that each alteration of a tumor switches on, by its label in ``profile.evidence``.

    Tissues are no alterations. A group of genes counts only for an alteration that switches on nothing else.
    """
    own: dict[str, list[int]] = {}
    of_groups: dict[str, list[int]] = {}
    for column, feature in enumerate(features):
        if feature.kind in TISSUE_KINDS:
            continue
        target = of_groups if feature.kind in GROUP_KINDS else own
        for label in profile.evidence.get(feature.name, ()):
            target.setdefault(label, []).append(column)
    return {label: tuple(columns) for label, columns in sorted((of_groups | own).items())}


@dataclass(frozen=True, slots=True)
class SupportingLines:
    """The lines that an alteration is known from."""

    n: int
    n_same_tissue: int
    names: tuple[str, ...]
    """At most as many as were asked for, those of the same tissue first."""


def supporting_lines(
    columns: Sequence[int], line_values: Mask, line_ids: Sequence[str], tissues: Sequence[str], tissue: str, n_max: int
) -> SupportingLines:
    """Find the lines that carry an alteration, so that a reader sees what a contribution rests on.

    Parameters
    ----------
    columns
        All features that the alteration switches on; a line supports it when it has them all. For BRAF V600E these are
        the lines with that allele, for an allele that is no feature those with any hotspot change of the gene.
    line_values
        Shape (lines, features).
    line_ids, tissues
        Of every line.
    tissue
        Of the tumor; its lines are named first, each part in alphabetical order.
    n_max
        Most names.
    """
    if not columns:
        return SupportingLines(0, 0, ())
    carriers = np.flatnonzero(line_values[:, list(columns)].all(axis=1))
    ordered = sorted(carriers.tolist(), key=lambda line: (tissues[line] != tissue, line_ids[line]))
    same = sum(tissues[line] == tissue for line in ordered)
    return SupportingLines(len(ordered), same, tuple(line_ids[line] for line in ordered[:n_max]))
