"""Which lines are held out together: whole patients, or whole tissues that the model then does not know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from genomodel.core.profile import Profile, TumorAlterations
from genomodel.profile.build import build_profile
from genomodel.profile.features import FeatureList, choose_features
from genomodel.response.dataset import ResponseData
from genomodel.response.ensemble import group_folds

N_FOLDS = 5
FOLD_SEED = 20
TISSUE_FOLDS = 9

Rows = npt.NDArray[np.int_]


class Split(StrEnum):
    """What is held out."""

    LINE = "line"
    TISSUE = "tissue"

    @property
    def description(self) -> str:
        """What is held out, in words."""
        if self is Split.LINE:
            return f"{N_FOLDS} folds of patients (sibling lines together), seed {FOLD_SEED}"
        return (
            f"{TISSUE_FOLDS} folds of whole tissues; the tissue of a held-out line is unknown to the model, and "
            "siblings of held-out lines are left out of training"
        )


@dataclass(frozen=True)
class Fold:
    """One fold: what a model learns from, and what it is asked."""

    test: Rows
    training: ResponseData
    features: FeatureList
    """Chosen on the training lines."""
    profiles: list[Profile]
    """Of the held-out lines."""


@dataclass(frozen=True)
class Folds:
    """All folds of a split; made once, so that every model gets the very same ones."""

    split: Split
    labels: Rows
    """Fold in which each line is held out."""
    parts: tuple[Fold, ...]


def tissue_folds(tissues: npt.NDArray[np.str_], n_folds: int = TISSUE_FOLDS) -> Rows:
    """Deal whole tissues into folds of about equal size, largest first, each into the smallest fold so far."""
    counts = Counter(tissues.tolist())
    sizes = [0] * min(n_folds, len(counts))
    fold_of: dict[str, int] = {}
    for tissue, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        fold_of[tissue] = sizes.index(min(sizes))
        sizes[fold_of[tissue]] += n
    return np.array([fold_of[tissue] for tissue in tissues.tolist()], dtype=np.int_)


def make_folds(data: ResponseData, split: Split = Split.LINE) -> Folds:
    """Split the lines, and choose the features of every fold on its training lines alone.

    Parameters
    ----------
    data
        All lines.
    split
        What is held out together.
    """
    by_line = split is Split.LINE
    labels = group_folds(data.groups, N_FOLDS, FOLD_SEED) if by_line else tissue_folds(data.tissues)
    parts = []
    for fold in range(int(labels.max()) + 1):
        test = np.flatnonzero(labels == fold)
        siblings = {data.groups[i] for i in test}
        train = np.array([i for i in np.flatnonzero(labels != fold) if data.groups[i] not in siblings], dtype=np.int_)
        training = data.subset(train)
        features = choose_features(training.lines)
        lines = [data.lines[i] if by_line else _without_tissue(data.lines[i]) for i in test]
        parts.append(Fold(test, training, features, [build_profile(line, features) for line in lines]))
    return Folds(split, labels, tuple(parts))


def _without_tissue(line: TumorAlterations) -> TumorAlterations:
    """Return a line as a tumor of a tissue that the model does not know would come."""
    return line.model_copy(update={"tissue": "", "tissue_fine": ""})
