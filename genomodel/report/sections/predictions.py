"""What the model says, always after the evidence and never mixed with it."""

from __future__ import annotations

from typing import Any

from genomodel.core.findings import Direction
from genomodel.core.predictions import (
    AS_USUAL,
    AlterationSupport,
    Contribution,
    DrugPrediction,
    FlagLevel,
    ResponsePrediction,
)
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.drawings import forest
from genomodel.report.medium import Medium
from genomodel.resources.drugs import normalize_therapy
from genomodel.response.metrics import SENSITIVE_Z

CuratedClaim = tuple[frozenset[str], Direction]
"""Names of the drugs of a curated claim, and which way it points."""
N_TOP = 10
N_CONTRIBUTIONS = 3
WIDEST_INFORMATIVE = 50.0
"""Percentile points; a 90 % interval wider than this says nothing about a drug's rank."""
APPROVAL = {
    "FDA approved for cancer": "approved for cancer in the US (any indication)",
    "FDA approved, not for cancer": "approved in the US, not for cancer",
    "withdrawn": "US approval withdrawn",
    "not FDA approved": "not approved in the US when looked up",
}
"""Approval in the words of a report: of the drug, never for this patient."""
APPROVAL_UNKNOWN = "approval not looked up"
LEAST_INFLATION = 1.01
"""Smaller factors are told by the flags alone."""
LEAST_SHARE = 0.05
"""In ln IC50; what alterations add up to counts as a direction only from here on."""


def predictions(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the strongest predictions, the further ones, the drugs without a number, and the flags."""
    response = report.response
    if response is None:
        reason = (report.response_absent_reason or f"reason {words.NOT_GIVEN}").rstrip(".")
        return {"response": None, "absent": reason}
    response = response.gated()
    ranked = response.predictions
    silent = [gated.drug for gated in response.not_predictable]
    top, further = ranked[:N_TOP], ranked[N_TOP:]
    statements = _curated(report)
    support = {entry.label: entry for entry in response.support}
    inflation = response.interval_inflation
    tissue = _screened_tissue(response)
    return {
        "response": response,
        "model": f"{response.model.name} {response.model.version}".strip(),
        "top": [_row(prediction, statements, support, tissue) for prediction in top],
        "further": [_short_row(prediction, statements, tissue) for prediction in further[: medium.max_predictions]],
        "n_predictable": len(ranked),
        "n_further": len(further),
        "silent": words.unique(silent),
        "support": _supporting_lines(tissue, top, support),
        "sensitive": _sensitive_coverage(response),
        "cautions": [flag for flag in response.flags if flag.level is FlagLevel.CAUTION],
        "notes": [flag for flag in response.flags if flag.level is FlagLevel.NOTE],
        "inflation": f"{inflation:.2f}" if inflation >= LEAST_INFLATION else "",
    }


def leading(response: ResponsePrediction, n: int) -> list[DrugPrediction]:
    """Return up to ``n`` of the highest predictions, for a single line.

    Only those whose interval says something of rank, and whose rank does not come from the tissue alone: a drug that
    most lines of the tissue respond to says nothing of a tumor without the alteration that makes them do so.
    """
    first = [prediction for prediction in response.predictions if prediction.predictable][:N_TOP]
    return [prediction for prediction in first if _informative(prediction) and not rank_source(prediction)][:n]


def rank_source(prediction: DrugPrediction, tissue: str = "tissue") -> str:
    """Say that nothing found in the tumor puts a drug where it stands; empty where alterations add sensitivity.

    Parameters
    ----------
    prediction
        Its contributions, in ln IC50, tell what was found from what was not observed.
    tissue
        Empty when no line of the tumor's tissue was screened: the rank is then that of an average line.
    """
    shift = prediction.ln_ic50 - prediction.baseline_ln_ic50
    found = shift - sum(item.ln_ic50 for item in prediction.contributions if item.label.endswith(AS_USUAL))
    source = "the rank comes from the tissue" if tissue else "the rank is that of an average line"
    if found > LEAST_SHARE:
        return f"{source}: what was found in this tumor points the other way"
    if found >= 0:
        return f"{source}: nothing found in this tumor adds to it"
    if found > -LEAST_SHARE:
        return f"{source}: what was found in this tumor adds next to nothing to it"
    return f"{source}: what was not observed outweighs what was found in this tumor" if shift >= 0 else ""


def standing(prediction: DrugPrediction) -> str:
    """Return the percentile over all lines with its 90 % interval: ``97 (91–99)``."""
    ends = words.span(prediction.percentile_overall_lower90, prediction.percentile_overall_upper90)
    return f"{words.ordinal(prediction.percentile_overall)} ({ends})"


def _informative(prediction: DrugPrediction) -> bool:
    width = prediction.percentile_overall_upper90 - prediction.percentile_overall_lower90
    return abs(width) <= WIDEST_INFORMATIVE


def _curated(report: PatientReport) -> list[CuratedClaim]:
    return [
        (frozenset(evidence.therapies or normalize_therapy(evidence.therapy).parts), evidence.direction)
        for finding in report.interpretation.findings
        for evidence in (match.evidence for match in finding.evidence)
    ]


def _evidence_note(drug: str, statements: list[CuratedClaim]) -> str:
    """Say when curated evidence speaks of the same drug, however it is called; a conflict is named as such."""
    named = set(normalize_therapy(drug).parts)
    directions = {direction for drugs, direction in statements if named <= drugs}
    if Direction.RESISTANCE in directions:
        return "Conflict: curated evidence above says resistance; the evidence counts."
    if Direction.SENSITIVITY in directions:
        return "Curated evidence above speaks of this drug too."
    return ""


def _within(prediction: DrugPrediction) -> str:
    """Say where the prediction stands among the tissue's lines; empty where the tissue has too few."""
    lower, upper = prediction.percentile_tissue_lower90, prediction.percentile_tissue_upper90
    if prediction.percentile_tissue is None or lower is None or upper is None:
        return ""
    lines = words.plural(prediction.n_lines_tissue, "line")
    return f"{words.ordinal(prediction.percentile_tissue)} ({words.span(lower, upper)}) of {lines} of its tissue"


def _short_row(prediction: DrugPrediction, statements: list[CuratedClaim], tissue: str) -> dict[str, Any]:
    value = prediction.percentile_overall
    lower, upper = prediction.percentile_overall_lower90, prediction.percentile_overall_upper90
    accuracy = prediction.accuracy
    return {
        "drug": prediction.drug,
        "targets": words.joined(prediction.targets, 4),
        "pathway": prediction.pathway,
        "approval": APPROVAL.get(prediction.approval, APPROVAL_UNKNOWN),
        "percentile": words.ordinal(value),
        "sort": f"{value:.3f}",
        "interval": words.span(lower, upper),
        "informative": _informative(prediction),
        "among": f"of {words.plural(prediction.n_lines_overall, 'line')} of all tissues",
        "within": _within(prediction),
        "r_overall": words.decimal(accuracy.pearson_r),
        "r_within": words.decimal(accuracy.within_tissue_r),
        "r_lower": words.decimal(accuracy.within_tissue_r_lower) if accuracy.within_tissue_r_lower is not None else "",
        "n_held_out": words.count(accuracy.n_lines),
        "coverage": words.percent(accuracy.coverage90),
        "note": _evidence_note(prediction.drug, statements),
        "rank_source": rank_source(prediction, tissue),
        "conflict": _evidence_note(prediction.drug, statements).startswith("Conflict"),
    }


def _row(
    prediction: DrugPrediction,
    statements: list[CuratedClaim],
    support: dict[str, AlterationSupport],
    tissue: str,
) -> dict[str, Any]:
    row = _short_row(prediction, statements, tissue)
    label = (
        f"{prediction.drug}: predicted percentile {row['percentile']}, 90 % interval {row['interval']}, {row['among']}"
    )
    shown = prediction.contributions[:N_CONTRIBUTIONS]
    rest = sum(item.ln_ic50 for item in prediction.contributions[N_CONTRIBUTIONS:])
    return {
        **row,
        "picture": forest(prediction, label),
        "contributions": [_contribution(item, support.get(item.label)) for item in shown],
        "rest": words.decimal(rest, 2, sign=True) if len(prediction.contributions) > N_CONTRIBUTIONS else "",
    }


def _contribution(item: Contribution, support: AlterationSupport | None) -> dict[str, str]:
    """Return a contribution with the number of lines behind it and what they have; not observed, it has none."""
    value = words.decimal(item.ln_ic50, 2, sign=True)
    if support is None:
        return {"label": item.label, "value": value, "lines": "", "known_as": ""}
    lines = words.plural(support.n_lines, "line") if support.n_lines else "no line"
    return {"label": item.label, "value": value, "lines": lines, "known_as": support.known_as}


def _screened_tissue(response: ResponsePrediction) -> str:
    """Return the tissue in words; empty when no line of it was screened."""
    return response.tissue if any(prediction.n_lines_tissue for prediction in response.predictions) else ""


def _supporting_lines(
    tissue: str, shown: tuple[DrugPrediction, ...], support: dict[str, AlterationSupport]
) -> list[dict[str, str]]:
    """Name the lines behind the contributions that are shown, each alteration once, in order of appearance."""
    labels = words.unique(item.label for prediction in shown for item in prediction.contributions[:N_CONTRIBUTIONS])
    return [{"label": label, "text": support_text(support[label], tissue)} for label in labels if label in support]


def support_text(support: AlterationSupport, tissue: str) -> str:
    """Say how many screened lines are behind an alteration and what they have, and who some of them are.

    Parameters
    ----------
    support
        From the prediction. Lines are said to have the alteration itself only where ``known_as`` is empty.
    tissue
        In words; empty when no line of the tumor's tissue was screened, which is then not said of every alteration.
    """
    n = support.n_lines
    instead = "the model does not know this change by itself; " if support.known_as else ""
    if not n:
        return f"{instead}no screened line has {support.known_as or 'it'}"
    has = f" {'has' if n == 1 else 'have'} {support.known_as}" if support.known_as else ""
    more = n - len(support.lines)
    named = words.joined(support.lines) + (f" and {words.count(more)} more" if more else "")
    here = _of_tissue(n, support.n_lines_tissue, tissue)
    return f"{instead}{words.plural(n, 'screened line')}{has}{here}: {named}"


def _of_tissue(n: int, here: int, tissue: str) -> str:
    if not tissue:
        return ""
    if not here:
        return ", none of this tissue"
    return f", {words.count(here)} of them {tissue}" if n > 1 else f", {tissue}"


def _sensitive_coverage(response: ResponsePrediction) -> str:
    """Say how the intervals did where the response was strong; empty when that was not measured."""
    share = response.sensitive_coverage
    if share is None:
        return ""
    return (
        "Of the held-out pairs of line and drug with a truly strong response (more than "
        f"{-SENSITIVE_Z:g} standard deviations below the mean of the drug), the 90 % intervals held "
        f"{words.percent(share)}: a strong response may lie outside its interval."
    )
