"""From profiles to the numbers that the model multiplies: unknown values filled, blocks weighted. numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from genomodel.core.profile import Profile
from genomodel.profile.features import FeatureKind, FeatureList

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BLOCKS: dict[str, tuple[frozenset[FeatureKind], float]] = {
    "tissue": (frozenset({FeatureKind.TISSUE}), 0.2),
    "tissue_fine": (frozenset({FeatureKind.TISSUE_FINE}), 0.3),
    "msi": (frozenset({FeatureKind.MSI_HIGH}), 0.1),
    "driver": (frozenset({FeatureKind.DRIVER}), 0.1),
    "allele": (frozenset({FeatureKind.ALLELE}), 0.25),
    "gene_class": (frozenset({FeatureKind.HOTSPOT, FeatureKind.TRUNCATING, FeatureKind.OTHER}), 0.4),
    "focal_copy_number": (frozenset({FeatureKind.AMPLIFICATION, FeatureKind.DEEP_DELETION}), 0.5),
    "shallow_copy_number": (frozenset({FeatureKind.GAIN, FeatureKind.LOSS}), 0.3),
    "fusion": (frozenset({FeatureKind.FUSION, FeatureKind.FUSION_GENE}), 0.1),
    "group": (
        frozenset({FeatureKind.GROUP_DRIVER, FeatureKind.GROUP_AMPLIFICATION, FeatureKind.GROUP_LOSS}),
        0.1,
    ),
}
"""Blocks of features with the variance that each is given beside the others before the ridge."""
PRIOR_LINES = 5.0
"""Weight of the overall frequency of a feature against its frequency in one tissue, in lines."""


def profile_arrays(profiles: Sequence[Profile], features: FeatureList) -> tuple[Array, Mask]:
    """Return values and observed mask, each of shape (profiles, features), in the order of the feature list."""
    names = [feature.name for feature in features]
    values = np.array([[profile.features[name] for name in names] for profile in profiles], dtype=np.float64)
    observed = np.array([[profile.observed[name] for name in names] for profile in profiles], dtype=np.bool_)
    return values.reshape(len(profiles), len(names)), observed.reshape(len(profiles), len(names))


@dataclass(frozen=True)
class Encoder:
    """How values become model input; fitted on training lines only."""

    tissues: tuple[str, ...]
    """Coarse tissues of the training lines, sorted."""
    expected: Array
    """Shape (tissues + 1, features): frequency of each feature in each tissue, last row over all lines."""
    center: Array
    scale: Array

    def tissue_row(self, tissue: str) -> int:
        """Return the row of ``expected`` for a tissue; the last one for an unknown tissue."""
        return self.tissues.index(tissue) if tissue in self.tissues else len(self.tissues)

    def fill(self, values: Array, observed: Mask, tissues: Sequence[str]) -> Array:
        """Replace unobserved values by their frequency in the tissue."""
        usual = self.expected[[self.tissue_row(tissue) for tissue in tissues]]
        return np.where(observed, values, usual)

    def encode(self, values: Array, observed: Mask, tissues: Sequence[str]) -> Array:
        """Return the model's input, shape (profiles, features)."""
        return np.asarray((self.fill(values, observed, tissues) - self.center) * self.scale)


def fit_encoder(values: Array, observed: Mask, tissues: Sequence[str], features: FeatureList) -> Encoder:
    """Learn the frequencies and scales of the features.

    Parameters
    ----------
    values, observed
        Shape (lines, features).
    tissues
        Coarse tissue of each line.
    features
        In the order of the columns.
    """
    known = tuple(sorted({tissue for tissue in tissues if tissue}))
    overall = (values * observed).sum(axis=0) / np.maximum(observed.sum(axis=0), 1)
    rows = []
    labels = np.array(tissues)
    for tissue in known:
        here = labels == tissue
        total = (values[here] * observed[here]).sum(axis=0) + PRIOR_LINES * overall
        rows.append(total / (observed[here].sum(axis=0) + PRIOR_LINES))
    expected = np.vstack([*rows, overall])
    draft = Encoder(known, expected, np.zeros(values.shape[1]), np.ones(values.shape[1]))
    filled = draft.fill(values, observed, tissues)
    center = filled.mean(axis=0)
    scale = np.zeros(values.shape[1])
    kinds = [feature.kind for feature in features]
    for members, weight in BLOCKS.values():
        columns = np.array([kind in members for kind in kinds])
        variance = float(((filled[:, columns] - center[columns]) ** 2).sum(axis=1).mean()) if columns.any() else 0.0
        if variance > 0:
            scale[columns] = np.sqrt(weight / variance)
    return Encoder(known, expected, center, scale)
