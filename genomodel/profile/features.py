"""The feature list: what the response model looks at, chosen on training lines only and stored with the model."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from genomodel.annotation.hgvs import is_splice
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.profile import GeneAlteration, TumorAlterations
from genomodel.core.variants import VariantClass
from genomodel.files import read_text
from genomodel.profile.pathways import groups_of
from genomodel.profile.unlike import find_unlike
from genomodel.resources.driver_genes import driver_role
from genomodel.resources.hotspots import find_hotspot


class FeatureKind(StrEnum):
    """What a feature says; every feature is 0 or 1."""

    TISSUE = "tissue"
    TISSUE_FINE = "tissue_fine"
    ALLELE = "allele"
    """One exact protein change on a hotspot."""
    HOTSPOT = "hotspot"
    """A change on a hotspot of the gene."""
    TRUNCATING = "truncating"
    """A truncating or splice change."""
    OTHER = "other"
    """Any other protein change: mostly of unknown meaning."""
    DRIVER = "driver"
    """A change on a hotspot, or a truncating or splice change: what Iorio et al. 2016 count as a driver mutation."""
    AMPLIFICATION = "amplification"
    DEEP_DELETION = "deep_deletion"
    GAIN = "gain"
    """More copies than usual in the tumor, an amplification included."""
    LOSS = "loss"
    """Fewer copies than usual in the tumor, a deep deletion included."""
    FUSION = "fusion"
    """Two named genes joined, in either order."""
    FUSION_GENE = "fusion_gene"
    """A driver gene joined to any partner."""
    GROUP_DRIVER = "group_driver"
    """A driver mutation in any gene of a group."""
    GROUP_AMPLIFICATION = "group_amplification"
    GROUP_LOSS = "group_loss"
    """A driver mutation or deep deletion in any gene of a group."""
    MSI_HIGH = "msi_high"


MUTATION_KINDS = frozenset(
    {FeatureKind.ALLELE, FeatureKind.HOTSPOT, FeatureKind.TRUNCATING, FeatureKind.OTHER, FeatureKind.DRIVER}
)
FOCAL_KINDS = frozenset({FeatureKind.AMPLIFICATION, FeatureKind.DEEP_DELETION})
SHALLOW_KINDS = frozenset({FeatureKind.GAIN, FeatureKind.LOSS})
COPY_NUMBER_KINDS = FOCAL_KINDS | SHALLOW_KINDS
SHALLOW_STATES = frozenset({CopyNumberState.GAIN, CopyNumberState.LOSS})
GROUP_KINDS = frozenset({FeatureKind.GROUP_DRIVER, FeatureKind.GROUP_AMPLIFICATION, FeatureKind.GROUP_LOSS})
FUSION_KINDS = frozenset({FeatureKind.FUSION, FeatureKind.FUSION_GENE})
TISSUE_KINDS = frozenset({FeatureKind.TISSUE, FeatureKind.TISSUE_FINE})
TRUNCATING_CLASSES = frozenset({VariantClass.TRUNCATING, VariantClass.SPLICE, VariantClass.START_LOST})

MIN_LINES: Mapping[FeatureKind, int] = {
    FeatureKind.TISSUE: 1,
    FeatureKind.TISSUE_FINE: 3,
    FeatureKind.ALLELE: 3,
    FeatureKind.HOTSPOT: 3,
    FeatureKind.TRUNCATING: 5,
    FeatureKind.OTHER: 8,
    FeatureKind.DRIVER: 4,
    FeatureKind.AMPLIFICATION: 5,
    FeatureKind.DEEP_DELETION: 5,
    FeatureKind.GAIN: 20,
    FeatureKind.LOSS: 20,
    FeatureKind.FUSION: 3,
    FeatureKind.FUSION_GENE: 4,
    FeatureKind.GROUP_DRIVER: 5,
    FeatureKind.GROUP_AMPLIFICATION: 5,
    FeatureKind.GROUP_LOSS: 5,
    FeatureKind.MSI_HIGH: 1,
}
"""Fewest training lines that must carry a feature for it to be listed."""
DRIVER_GENES_ONLY = FUSION_KINDS | {FeatureKind.DRIVER}
"""Kinds that are listed for genes with a known role in cancer only; the others for every gene of the sources."""


@dataclass(frozen=True, slots=True, order=True)
class Feature:
    """One column of the model's input."""

    kind: FeatureKind
    subject: str
    """Gene, tissue, or the two genes of a fusion in alphabetical order joined by ``::``."""
    detail: str = ""
    """Protein change of an allele."""
    n_lines: int = 0
    """Training lines that carry it."""
    name: str = field(init=False, compare=False, repr=False)
    """Unique name, e.g. ``BRAF:V600E``, ``TP53:truncating``, ``tissue:skin``; made once, as it is asked for often."""

    def __post_init__(self) -> None:
        """Make the name."""
        object.__setattr__(self, "name", self._name())

    def _name(self) -> str:
        if self.kind in TISSUE_KINDS or self.kind in FUSION_KINDS:
            return f"{self.kind}:{self.subject}"
        if self.kind is FeatureKind.MSI_HIGH:
            return str(self.kind)
        return f"{self.subject}:{self.detail or self.kind}"


FeatureList = tuple[Feature, ...]
Present = dict[tuple[FeatureKind, str, str], tuple[str, ...]]
"""Feature key (kind, subject, detail) to the alterations behind it, in words."""


@cache
def _on_hotspot(gene: str, protein_change: str) -> bool:
    return find_hotspot(gene, protein_change) is not None


KINDS_OF_STATE: Mapping[CopyNumberState, tuple[FeatureKind, ...]] = {
    CopyNumberState.AMPLIFICATION: (FeatureKind.AMPLIFICATION, FeatureKind.GAIN),
    CopyNumberState.DEEP_DELETION: (FeatureKind.DEEP_DELETION, FeatureKind.LOSS),
    CopyNumberState.GAIN: (FeatureKind.GAIN,),
    CopyNumberState.LOSS: (FeatureKind.LOSS,),
}
"""A high-level event is a low-level one too."""
GROUPED: Mapping[FeatureKind, tuple[FeatureKind, ...]] = {
    FeatureKind.DRIVER: (FeatureKind.GROUP_DRIVER, FeatureKind.GROUP_LOSS),
    FeatureKind.AMPLIFICATION: (FeatureKind.GROUP_AMPLIFICATION,),
    FeatureKind.DEEP_DELETION: (FeatureKind.GROUP_LOSS,),
}
"""Which features of a gene switch on which features of its groups."""


def mutation_kinds(mutation: GeneAlteration) -> tuple[FeatureKind, ...]:
    """Return the kinds of feature that a small variant switches on."""
    if mutation.variant_class in TRUNCATING_CLASSES:
        return (FeatureKind.TRUNCATING, FeatureKind.DRIVER)
    if mutation.known_driver:
        return (FeatureKind.HOTSPOT, FeatureKind.DRIVER)
    if find_unlike(mutation) is not None:
        return (FeatureKind.ALLELE,)
    if mutation.protein_change and _on_hotspot(mutation.gene, mutation.protein_change):
        return (FeatureKind.HOTSPOT, FeatureKind.ALLELE, FeatureKind.DRIVER)
    return (FeatureKind.OTHER,)


def fusion_key(gene_5: str, gene_3: str) -> str:
    """Name a pair of joined genes regardless of their order."""
    return "::".join(sorted((gene_5, gene_3)))


def present_features(alterations: TumorAlterations) -> Present:
    """Return every feature that a tumor or a cell line has, listed or not, with the alterations behind it.

    This is the one place where alterations become features, for patients and for cell lines.
    """
    found: dict[tuple[FeatureKind, str, str], list[str]] = {}

    def add(kind: FeatureKind, subject: str, detail: str, evidence: str) -> None:
        found.setdefault((kind, subject, detail), []).append(evidence)

    if alterations.tissue:
        add(FeatureKind.TISSUE, alterations.tissue, "", alterations.tissue)
    if alterations.tissue_fine:
        add(FeatureKind.TISSUE_FINE, alterations.tissue_fine, "", alterations.tissue_fine)
    for mutation in alterations.mutations:
        told = mutation.protein_change and not is_splice(mutation.protein_change)
        change = f"p.{mutation.protein_change}" if told else mutation.variant_class.replace("_", " ")
        for kind in mutation_kinds(mutation):
            detail = mutation.protein_change if kind is FeatureKind.ALLELE else ""
            add(kind, mutation.gene, detail, f"{mutation.gene} {change}")
    for gene, state in alterations.copy_number.items():
        for kind in KINDS_OF_STATE.get(state, ()):
            add(kind, gene, "", f"{gene} {state.replace('_', ' ')}")
    for fusion in alterations.fusions:
        label = f"{fusion.gene_5}::{fusion.gene_3}"
        add(FeatureKind.FUSION, fusion_key(fusion.gene_5, fusion.gene_3), "", label)
        for gene in {fusion.gene_5, fusion.gene_3}:
            add(FeatureKind.FUSION_GENE, gene, "", label)
    if alterations.msi_high:
        add(FeatureKind.MSI_HIGH, "", "", "microsatellite instability")
    for (kind, gene, _), evidence in list(found.items()):
        for group_kind, group in itertools.product(GROUPED.get(kind, ()), groups_of(gene)):
            found.setdefault((group_kind, group, ""), []).extend(evidence)
    return {key: tuple(sorted(set(evidence))) for key, evidence in found.items()}


def choose_features(lines: Iterable[TumorAlterations], min_lines: Mapping[FeatureKind, int] = MIN_LINES) -> FeatureList:
    """List the features that enough training lines carry.

    Parameters
    ----------
    lines
        Training lines only.
    min_lines
        Fewest carriers by kind.

    Returns
    -------
    FeatureList
        Sorted by kind, subject and detail.
    """
    counts: Counter[tuple[FeatureKind, str, str]] = Counter()
    for line in lines:
        counts.update(present_features(line).keys())
    chosen = []
    for (kind, subject, detail), n in counts.items():
        if n < min_lines[kind]:
            continue
        if kind in DRIVER_GENES_ONLY and not any(driver_role(gene) for gene in subject.split("::")):
            continue
        chosen.append(Feature(kind, subject, detail, n))
    return tuple(sorted(chosen))


def tissue_columns(features: FeatureList) -> npt.NDArray[np.bool_]:
    """Tell which features are tissues, shape (features,)."""
    return np.array([feature.kind in TISSUE_KINDS for feature in features], dtype=np.bool_)


def features_to_tsv(features: FeatureList) -> str:
    """Return the feature list as tab-separated text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["name", *(part.name for part in fields(Feature) if part.init)])
    for feature in features:
        writer.writerow([feature.name, feature.kind, feature.subject, feature.detail, feature.n_lines])
    return out.getvalue()


def read_features(path: Path) -> FeatureList:
    """Read a feature list written by :func:`features_to_tsv`.

    Raises
    ------
    InputError
        A column is missing, a kind is unknown, a name does not fit its parts, or a name is there twice.
    """
    rows = csv.DictReader(io.StringIO(read_text(path, "feature list")), delimiter="\t")
    wanted = ["name", *(part.name for part in fields(Feature) if part.init)]
    if rows.fieldnames != wanted:
        raise InputError(
            f"the columns are {rows.fieldnames}", path=path, row=1, fix=f"A feature list has: {', '.join(wanted)}"
        )
    features: list[Feature] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        try:
            feature = Feature(FeatureKind(row["kind"]), row["subject"], row["detail"], int(row["n_lines"]))
        except (ValueError, TypeError) as error:
            raise InputError(f"not a feature ({error})", path=path, row=number) from error
        if feature.name != row["name"] or feature.name in seen:
            raise InputError(
                f"name '{row['name']}' does not fit its parts or is there twice", path=path, row=number, column="name"
            )
        seen.add(feature.name)
        features.append(feature)
    return tuple(features)
