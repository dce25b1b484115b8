"""The direct path: what a drug's own targets, and the genes next to them, add to what drugs share. numpy only.

A rare driver that matters to few drugs (ERBB2 amplification to ERBB2 inhibitors) is shrunk away where all drugs share a
few components. Here every drug has a small ridge regression of its own, on the driver events of its targets and of the
genes that act just before or after them, fitted to what the shared part leaves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from genomodel.profile.features import Feature, FeatureKind, FeatureList
from genomodel.resources.driver_genes import driver_role
from genomodel.response.drugs import drug_targets
from genomodel.response.types import ScreenedDrug

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_CHANGED = frozenset({FeatureKind.ALLELE, FeatureKind.HOTSPOT, FeatureKind.FUSION, FeatureKind.FUSION_GENE})
_GAINED = _CHANGED | {FeatureKind.AMPLIFICATION}
_LOST = _CHANGED | {FeatureKind.TRUNCATING, FeatureKind.DRIVER, FeatureKind.DEEP_DELETION}
_KINDS_OF_ROLE: dict[str | None, frozenset[FeatureKind]] = {"activating": _GAINED, "loss of function": _LOST}
"""Events with a direct path, by the role of the gene in cancer: a gene that drives by gain is not lost on purpose."""
DIRECT_PENALTIES = np.exp(np.linspace(np.log(2.0), np.log(3000.0), 20))

_MAPK = ("BRAF", "KRAS", "NRAS", "HRAS", "NF1", "MAP2K1")
_PI3K = ("PIK3CA", "PIK3CB", "PTEN", "PIK3R1", "KRAS")
_GENES_OF_TARGET: dict[str, tuple[str, ...]] = {
    "EGFR": ("EGFR", "ERBB2", "ERBB3", "KRAS", "NRAS", "BRAF"),
    "ERBB2": ("ERBB2", "EGFR", "ERBB3", "KRAS"),
    "BRAF": _MAPK,
    "RAF1": _MAPK,
    "MEK1": _MAPK,
    "MEK2": _MAPK,
    "ERK1": (*_MAPK, "MAPK1"),
    "ERK2": (*_MAPK, "MAPK1"),
    "PI3K": _PI3K,
    "PI3KALPHA": _PI3K,
    "PI3KBETA": _PI3K,
    "PI3KDELTA": (*_PI3K, "PIK3CD"),
    "PI3KGAMMA": (*_PI3K, "PIK3CG"),
    "AKT1": (*_PI3K, "AKT1"),
    "AKT2": (*_PI3K, "AKT2"),
    "MTOR": ("MTOR", "PIK3CA", "PTEN", "TSC1", "TSC2", "STK11"),
    "MTORC1": ("MTOR", "PIK3CA", "PTEN", "TSC1", "TSC2", "STK11"),
    "MDM2": ("MDM2", "TP53", "CDKN2A"),
    "CDK4": ("CDK4", "CDK6", "RB1", "CDKN2A", "CCND1", "CCNE1"),
    "CDK6": ("CDK4", "CDK6", "RB1", "CDKN2A", "CCND1", "CCNE1"),
    "PARP1": ("BRCA1", "BRCA2", "ATM", "EWSR1", "FLI1"),
    "ABL": ("ABL1", "BCR"),
    "BCR-ABL": ("ABL1", "BCR"),
    "MET": ("MET", "KRAS"),
}
"""Genes whose driver events may have a path of their own to a drug with such a target.

A modelling choice of ours, not a statement about any gene or drug; whether it helps is decided by held-out lines. A
target that is not here stands for the gene of that name.
"""


def direct_genes(drug: str) -> frozenset[str]:
    """Return the genes with a direct path to a drug; none for a drug without a known target."""
    target = drug_targets().get(drug)
    if target is None:
        return frozenset()
    genes: set[str] = set()
    for name in target.targets:
        plain = name.upper().split(" (")[0]
        genes.update(_GENES_OF_TARGET.get(plain, (plain,)))
    return frozenset(genes)


def direct_columns(features: FeatureList, drugs: Sequence[ScreenedDrug]) -> tuple[npt.NDArray[np.int_], Mask]:
    """Find the features with a direct path.

    Parameters
    ----------
    features
        Of the model.
    drugs
        Columns of the responses.

    Returns
    -------
    tuple
        Columns of the features that any drug uses, and which drug uses which, shape (columns, drugs).
    """
    genes = [direct_genes(drug.drug) for drug in drugs]
    wanted = frozenset[str]().union(*genes)
    events = [_genes_of_event(feature) for feature in features]
    columns = [j for j, partners in enumerate(events) if not wanted.isdisjoint(partners)]
    used = [[not chosen.isdisjoint(events[j]) for chosen in genes] for j in columns]
    return np.array(columns, dtype=np.int_), np.array(used, dtype=np.bool_).reshape(len(columns), len(drugs))


def _genes_of_event(feature: Feature) -> frozenset[str]:
    """Genes whose role in cancer fits the feature as an event."""
    return frozenset(
        gene
        for gene in feature.subject.split("::")
        if feature.kind in _KINDS_OF_ROLE.get(driver_role(gene), _GAINED | _LOST)
    )


def direct_weights(inputs: Array, residuals: Array, used: Mask) -> tuple[Array, Array]:
    """Fit every drug's own ridge regression to what the shared part leaves.

    Parameters
    ----------
    inputs
        Centered features with a direct path, shape (lines, columns).
    residuals
        Standardised responses minus their shared prediction without the line itself, shape (lines, drugs), NaN where
        not measured.
    used
        From :func:`direct_columns`.

    Returns
    -------
    tuple
        Weights of shape (columns, drugs), and the penalty of each drug by generalised cross-validation. Where no
        penalty is better than leaving the path out, the weights are 0.
    """
    weights = np.zeros(used.shape)
    penalties = np.full(used.shape[1], DIRECT_PENALTIES[-1])
    for drug in np.flatnonzero(used.any(axis=0)):
        columns = np.flatnonzero(used[:, drug])
        known = ~np.isnan(residuals[:, drug])
        if known.sum() <= 2:
            continue
        own, left = inputs[np.ix_(known, columns)], residuals[known, drug]
        own, left = own - own.mean(axis=0), left - left.mean()
        basis, scale, back = np.linalg.svd(own, full_matrices=False)
        rotated, n = basis.T @ left, len(left)
        shrink = scale**2 / (scale**2 + DIRECT_PENALTIES[:, None])
        squares = left @ left - (rotated**2).sum() + ((1 - shrink) ** 2 @ rotated**2)
        criterion = squares / (1 - (1 + shrink.sum(axis=1)) / n) ** 2
        best = int(criterion.argmin())
        if criterion[best] < left @ left / (1 - 1 / n) ** 2:
            penalties[drug] = DIRECT_PENALTIES[best]
            weights[columns, drug] = back.T @ (scale / (scale**2 + penalties[drug]) * rotated)
    return weights, penalties
