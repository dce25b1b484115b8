"""What the response model says about a tumor."""

from __future__ import annotations

from enum import StrEnum

from genomodel.core.base import Noun
from genomodel.core.provenance import Version

AS_USUAL = ", as usual in the tissue"
"""Ends the label of a contribution that is what was not observed."""


class Contribution(Noun):
    """Share of one feature in a prediction, in ln IC50 units; negative means more sensitive."""

    feature: str
    label: str
    ln_ic50: float


class AlterationSupport(Noun):
    """The screened lines that an alteration is known from."""

    label: str
    """As in ``Contribution.label``."""
    known_as: str = ""
    """What the lines have, in words, where the model does not know this very change, e.g. ``a hotspot change of EGFR``.

    Empty when the lines have the change itself.
    """
    n_lines: int
    n_lines_tissue: int
    lines: tuple[str, ...] = ()
    """Names of some of them, those of the tumor's tissue first."""


class DrugAccuracy(Noun):
    """How well one drug is predicted on cell lines the model has not seen (leave-line-out)."""

    n_lines: int
    pearson_r: float
    within_tissue_r: float
    within_tissue_r_lower: float | None = None
    """Lower end of a one-sided 95 % bootstrap interval over lines."""
    coverage90: float
    explained_overall: float | None = None
    """Share of the variation of measured ln IC50 that predictions of held-out lines explain, over all lines.

    1 - squared error / squared distance from the mean; below 0 where the mean does better. ``None``: not measured.
    """
    explained_within: float | None = None
    """The same inside tissues: measured and predicted values centered inside fold and tissue."""


class DrugPrediction(Noun):
    """Predicted response of one tumor to one drug, relative to the cell lines that were screened.

    Percentiles are of measured sensitivity: 97 means that the prediction is more sensitive than 97 % of the lines.
    """

    drug: str
    screen: str
    targets: tuple[str, ...] = ()
    pathway: str = ""
    approval: str = ""
    """By the Food and Drug Administration for any indication, not for this patient; empty when not looked up."""
    ln_ic50: float
    """Natural logarithm of the half-maximal inhibitory concentration in micromolar; never to be compared over drugs."""
    baseline_ln_ic50: float
    """Prediction for the same tissue with every gene looked at and found wild type.

    ``ln_ic50`` is the baseline plus all contributions, to 1e-6: the contributions add up exactly.
    """
    lower90: float
    upper90: float
    percentile_tissue: float | None
    """``None`` when the tissue has too few screened lines."""
    percentile_tissue_lower90: float | None
    percentile_tissue_upper90: float | None
    percentile_overall: float
    percentile_overall_lower90: float
    percentile_overall_upper90: float
    n_lines_tissue: int
    n_lines_overall: int
    tissue_deciles: tuple[float, ...] = ()
    """0th, 10th … 100th percentile of measured ln IC50, for drawing: of the lines of the tissue, or of all lines.

    Of all lines when the tissue has too few, which is when ``percentile_tissue`` is ``None``.
    """
    accuracy: DrugAccuracy
    predictable: bool
    """False: the held-out accuracy inside tissues is not above zero with confidence; shown without a number."""
    contributions: tuple[Contribution, ...] = ()
    """Exact additive contributions, largest first; what lies between ``baseline_ln_ic50`` and ``ln_ic50``."""


class UnpredictableDrug(Noun):
    """A drug that a model offers no number for, with the held-out accuracy that says why."""

    drug: str
    screen: str
    targets: tuple[str, ...] = ()
    pathway: str = ""
    approval: str = ""
    accuracy: DrugAccuracy


class FlagLevel(StrEnum):
    """How much an applicability flag should worry the reader."""

    NOTE = "note"
    CAUTION = "caution"


class ApplicabilityFlag(Noun):
    """A named reason why the model may not apply to this tumor."""

    name: str
    level: FlagLevel
    text: str


class CoverageShare(Noun):
    """Share of measured responses that lie inside their 90 % interval, over pairs of a held-out line and a drug."""

    n_lines: int
    """Lines with at least one such pair that was measured."""
    n_pairs: int
    share: float
    lower: float
    """Ends of the 95 % interval of the share, bootstrapped over patients."""
    upper: float


class SelectedCoverage(Noun):
    """How well intervals hold for the predictions that a report puts first: showing the strongest is a selection."""

    n_shown: int
    """Most predictions that are put first for one tumor."""
    n_lines_asked: int
    """Held-out lines to which the rule of reports was applied."""
    overall: CoverageShare
    tissue: CoverageShare | None = None
    """Of the lines of the tumor's tissue; ``None`` where too few."""
    few: CoverageShare | None = None
    """Of the lines of all tissues with too few, together; ``None`` where the tumor's is none of them."""
    unmended: CoverageShare | None = None
    """Of the intervals before those of the highest predictions were stretched; ``None`` where they were not."""
    stretch: tuple[float, float] = (1.0, 1.0)
    """Factors of the part of those intervals toward sensitivity and toward resistance."""


class ResponsePrediction(Noun):
    """All predictions for one tumor, ranked; never a probability of clinical benefit."""

    patient_id: str
    tissue: str
    tissue_source: str
    """How the OncoTree code was mapped, in words."""
    model: Version
    predictions: tuple[DrugPrediction, ...]
    """Predictable drugs by falling percentile over all lines, then the rest.

    Not by the percentile inside the tissue: that hides what most lines of a tissue respond to for the same reason.
    """
    not_predictable: tuple[UnpredictableDrug, ...] = ()
    """Drugs behind the gate, in the order of ``predictions``; filled by :meth:`gated`."""
    support: tuple[AlterationSupport, ...] = ()
    """For every alteration that contributes to a prediction."""
    flags: tuple[ApplicabilityFlag, ...] = ()
    sensitive_coverage: float | None = None
    """Share of truly sensitive pairs (z below -1.5) of held-out lines that the 90 % intervals hold."""
    selected_coverage: SelectedCoverage | None = None
    """Of the predictions that a report puts first, on held-out lines; ``None`` where it was not measured."""
    interval_inflation: float = 1.0
    """Factor by which the intervals were widened for unobserved features; it differs by drug, this is the median."""

    def gated(self) -> ResponsePrediction:
        """Return the same without the numbers of drugs that are not predictable: what a report may hold."""
        behind = tuple(
            UnpredictableDrug(**{name: getattr(row, name) for name in UnpredictableDrug.model_fields})
            for row in self.predictions
            if not row.predictable
        )
        shown = tuple(row for row in self.predictions if row.predictable)
        return self.model_copy(update={"predictions": shown, "not_predictable": (*self.not_predictable, *behind)})
