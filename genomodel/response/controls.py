"""Gene-drug pairs that a response model must know, and pairs that it must not claim.

Both lists were measured on the cell lines that the model is trained on, before it was trained: the difference in ln
IC50 between lines with and without the event, adjusted for tissue by least squares. The events are the features of
Iorio et al. 2016 (doi:10.1016/j.cell.2016.06.017). Pairs *in the data* show it beyond doubt. Pairs *not in the data*
are expected from the clinic but do not show in these lines: a model that states them has not learned them from there.

Every pair names one alteration, in the tissue where it is usual, that stands for the event; the table says why.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.profile import GeneAlteration, TumorAlterations
from genomodel.core.variants import Fusion, VariantClass
from genomodel.profile.build import build_profile
from genomodel.profile.features import TISSUE_KINDS
from genomodel.profile.tissues import screen_tissue
from genomodel.resources.oncotree import resolve_tumor_type
from genomodel.response.bundle import Bundle
from genomodel.response.predict import explain, predict

CLAIM_POINTS = 5.0
"""Fewest percentile points over all lines by which an alteration must move a predictable drug to count as a claim."""


@dataclass(frozen=True)
class Control:
    """One gene-drug pair, with the alteration that stands for the gene."""

    gene: str
    alteration: str
    """``BRAF V600E``, ``ERBB2 amplification``, ``RB1 deep deletion`` or ``BCR::ABL1``."""
    tumor_type: str
    """OncoTree code."""
    drug: str
    direction: str
    """``sensitive`` or ``resistant``."""
    in_data: bool
    """Whether the lines show the pair; otherwise the clinic alone does."""
    n_lines: str
    """Lines with the event among those measured with the drug."""
    adjusted_difference: str
    """Difference in ln IC50, adjusted for tissue."""
    p: str
    choice: str
    """Why this alteration and this tissue."""
    source: str

    @property
    def sign(self) -> int:
        """Of the expected share in ln IC50: -1 for sensitive, 1 for resistant."""
        return -1 if self.direction == "sensitive" else 1


@dataclass(frozen=True)
class ControlResult:
    """What a model says about a pair."""

    control: Control
    share: float
    """Share of the alteration in ln IC50, from the explanation."""
    points: float
    """By how many percentile points over all lines the alteration moves the drug; positive is more sensitive."""
    predictable: bool
    """Whether the drug passes the gate, so that a report gives numbers for it."""

    @property
    def sign_right(self) -> bool:
        """Whether the share has the expected sign."""
        return self.share * self.control.sign > 0

    @property
    def claimed(self) -> bool:
        """Whether a report would tell a reader of the effect.

        The drug is shown with numbers, and the alteration alone moves it by at least ``CLAIM_POINTS`` percentile points
        over all lines in the expected direction.
        """
        return self.predictable and -self.points * self.control.sign >= CLAIM_POINTS


@cache
def controls() -> tuple[Control, ...]:
    """Return all pairs: first those in the data, then those that are not."""
    text = (files("genomodel.response") / "positive_controls.tsv").read_text(encoding="utf-8")
    return tuple(
        Control(in_data=row.pop("in_data") == "yes", **row) for row in csv.DictReader(text.splitlines(), delimiter="\t")
    )


def control_tumor(control: Control) -> TumorAlterations:
    """Return a tumor that was looked at everywhere and carries the alteration of a pair and nothing else."""
    return _tumor(control.tumor_type, **_alteration(control.alteration))


def recovered(bundle: Bundle) -> tuple[ControlResult, ...]:
    """Ask a model's explanations about every pair in the data.

    Parameters
    ----------
    bundle
        The model.

    Returns
    -------
    tuple
        One result for each pair, in the order of the table. A drug that the model does not offer has a share of 0.
    """
    return _ask(bundle, (control for control in controls() if control.in_data))


def not_in_data(bundle: Bundle) -> tuple[ControlResult, ...]:
    """Ask a model's explanations about every pair that is not in the data; none should be ``claimed``."""
    return _ask(bundle, (control for control in controls() if not control.in_data))


def control_figures(bundle: Bundle) -> dict[str, Any]:
    """Return how a model does on all pairs as plain values, for its card."""
    known, absent = recovered(bundle), not_in_data(bundle)
    return {
        "pairs": len(known),
        "sign_right": sum(result.sign_right for result in known),
        "claimed": sum(result.claimed for result in known),
        "claim_points": CLAIM_POINTS,
        "pairs_not_in_data": len(absent),
        "claimed_not_in_data": sum(result.claimed for result in absent),
        "rows": control_rows(known),
        "rows_not_in_data": control_rows(absent),
    }


def control_rows(results: Iterable[ControlResult]) -> list[dict[str, str]]:
    """Return results as rows of text: pair, expected direction, share, percentile points, sign and claim."""
    return [
        {
            "pair": f"{result.control.alteration} → {result.control.drug}",
            "expected": result.control.direction,
            "share": f"{result.share:+.2f}",
            "points": f"{result.points:+.0f}",
            "sign right": "yes" if result.sign_right else "no",
            "claimed": "yes" if result.claimed else "no",
        }
        for result in results
    ]


def _ask(bundle: Bundle, asked: Iterable[Control]) -> tuple[ControlResult, ...]:
    place = {drug.drug: j for j, drug in enumerate(bundle.drugs)}
    results = []
    for control in asked:
        if control.drug not in place:
            results.append(ControlResult(control, 0.0, 0.0, predictable=False))
            continue
        altered = control_tumor(control)
        share = _share(bundle, altered, place[control.drug])
        tumor_type = resolve_tumor_type(control.tumor_type)
        rows = [
            next(row for row in predict(bundle, tumor, tumor_type).predictions if row.drug == control.drug)
            for tumor in (_tumor(control.tumor_type), altered)
        ]
        points = rows[1].percentile_overall - rows[0].percentile_overall
        results.append(ControlResult(control, share, points, predictable=rows[1].predictable))
    return tuple(results)


def _share(bundle: Bundle, alterations: TumorAlterations, j: int) -> float:
    """Sum of the shares of everything that is altered; 0 when the model has no feature for it."""
    profile = build_profile(alterations, bundle.features)
    _, shares = explain(bundle, profile)
    tissues = {feature.name for feature in bundle.features if feature.kind in TISSUE_KINDS}
    labels = {label for name, causes in profile.evidence.items() if name not in tissues for label in causes}
    return sum(float(shares[label][j]) for label in sorted(labels) if label in shares)


def _tumor(code: str, **altered: Any) -> TumorAlterations:
    tissue = screen_tissue(resolve_tumor_type(code))
    return TumorAlterations(
        id="control",
        tissue=tissue.coarse,
        tissue_fine=tissue.fine,
        mutation_genes=("*",),
        copy_number_genes=("*",),
        shallow_copy_number_genes=("*",),
        fusions_assayed=True,
        msi_high=False,
        **altered,
    )


def _alteration(text: str) -> dict[str, object]:
    """Read ``GENE CHANGE``, ``GENE amplification``, ``GENE deep deletion``, ``GENE splice`` or ``GENE::GENE``."""
    if "::" in text:
        one, other = text.split("::")
        return {"fusions": (Fusion(gene_5=one, gene_3=other),)}
    gene, change = text.split(" ", 1)
    state = change.replace(" ", "_")
    if state in {CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION}:
        return {"copy_number": {gene: CopyNumberState(state)}}
    if change == "splice":
        return {"mutations": (GeneAlteration(gene=gene, variant_class=VariantClass.SPLICE),)}
    kind = VariantClass.MISSENSE
    if change.endswith(("*", "fs")):
        kind = VariantClass.TRUNCATING
    elif change.endswith("del"):
        kind = VariantClass.INFRAME_DELETION
    elif "ins" in change:
        kind = VariantClass.INFRAME_INSERTION
    return {"mutations": (GeneAlteration(gene=gene, variant_class=kind, protein_change=change),)}
