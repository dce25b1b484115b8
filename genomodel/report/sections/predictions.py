"""What the model says, always after the evidence and never mixed with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from genomodel.core.predictions import (
    AlterationSupport,
    ApplicabilityFlag,
    Contribution,
    DrugPrediction,
    FlagLevel,
    ResponsePrediction,
)
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium
from genomodel.report.pictures.contributions import contribution_bars
from genomodel.report.pictures.forest import forest_plot
from genomodel.report.prediction_conflicts import CuratedClaim, beside_evidence, curated
from genomodel.report.prediction_words import (
    approval,
    explained,
    gate,
    is_wide,
    overall_standing,
    rank,
    rank_source,
    screened_tissue,
    selected_coverage,
    why_none_is_put_first,
)
from genomodel.response.metrics import SENSITIVE_Z
from genomodel.response.shown import N_TOP, leading, put_first

N_CONTRIBUTIONS = 3
N_BARS = 5
LEAST_INFLATION = 1.01
"""Smaller factors are told by the flags alone."""


def predictions(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the strongest predictions, the further ones, the drugs without a number, and the flags."""
    response = report.response
    if response is None:
        reason = (report.response_absent_reason or say("predictions.no_reason")).rstrip(".")
        return {"response": None, "absent": say("predictions.absent", reason=reason)}
    response = response.gated()
    ranked = response.predictions
    silent = words.unique(gated.drug for gated in response.not_predictable)
    top, further = ranked[:N_TOP], ranked[N_TOP:]
    claims = curated(report)
    support = {entry.label: entry for entry in response.support}
    tissue = screened_tissue(response)
    drawn = [prediction.drug for prediction in leading(response.predictions)]
    return {
        "response": response,
        "head": _head(response),
        "flags": [_flag(flag) for flag in _ordered(response.flags)],
        "selected": selected_coverage(response),
        "sensitive": _sensitive_coverage(response),
        "chosen": _chosen(len(top), len(ranked)),
        "leads": "" if put_first(response) else why_none_is_put_first(response),
        "forest": forest_plot(top, tissue) or "",
        "top": [_card(prediction, claims, support, tissue, bars=prediction.drug in drawn) for prediction in top],
        "further": [_row(prediction, claims, tissue) for prediction in further[: medium.max_predictions]],
        "n_further": len(further),
        "silent": silent,
        "support": _supporting_lines(tissue, top, support),
    }


standing = overall_standing


def _head(response: ResponsePrediction) -> str:
    model = f"{response.model.name} {response.model.version}".strip()
    tissue = response.tissue or words.NOT_GIVEN
    said = say("predictions.head", model=model, tissue=tissue, source=response.tissue_source)
    if response.interval_inflation < LEAST_INFLATION:
        return said
    return f"{said} {say('predictions.inflated', factor=f'{response.interval_inflation:.2f}')}"


def _ordered(flags: Sequence[ApplicabilityFlag]) -> list[ApplicabilityFlag]:
    return sorted(flags, key=lambda flag: flag.level is not FlagLevel.CAUTION)


def _flag(flag: ApplicabilityFlag) -> dict[str, Any]:
    name = flag.name.replace("_", " ")
    caution = flag.level is FlagLevel.CAUTION
    title = say("predictions.flag_caution", name=name) if caution else say("predictions.flag_note", name=name)
    return {"caution": caution, "title": title, "text": flag.text}


def _chosen(n_top: int, n_all: int) -> str:
    if n_all > n_top:
        return say("predictions.highest", n=n_top, all=n_all)
    return say("predictions.all", n=n_all)


def _row(prediction: DrugPrediction, claims: Sequence[CuratedClaim], tissue: str) -> dict[str, Any]:
    beside = beside_evidence(prediction, claims)
    source = rank_source(prediction, tissue)
    notes = [beside.text, words.sentence(source) if source else ""]
    return {
        "drug": prediction.drug,
        "targets": words.joined(prediction.targets, 4) or say("predictions.no_targets"),
        "approval": approval(prediction.approval),
        "rank": rank(prediction, tissue),
        "percentile": words.ordinal(prediction.percentile_overall),
        "sort": f"{prediction.percentile_overall:.3f}",
        "interval": words.span(prediction.percentile_overall_lower90, prediction.percentile_overall_upper90),
        "wide": is_wide(prediction),
        "within": _within(prediction),
        "explained": explained(prediction),
        "gate": gate(prediction),
        "r_within": words.decimal(prediction.accuracy.within_tissue_r),
        "n_held_out": words.count(prediction.accuracy.n_lines),
        "coverage": words.percent(prediction.accuracy.coverage90),
        "note": beside.text,
        "rank_source": source,
        "notes": " ".join(filter(None, notes)),
        "conflict": beside.conflict,
    }


def _within(prediction: DrugPrediction) -> str:
    """Say where the prediction stands among the tissue's lines."""
    lower, upper = prediction.percentile_tissue_lower90, prediction.percentile_tissue_upper90
    if prediction.percentile_tissue is None or lower is None or upper is None:
        return say("predictions.too_few_lines")
    value = words.ordinal(prediction.percentile_tissue)
    return say("predictions.standing", value=value, ends=words.span(lower, upper))


def _card(
    prediction: DrugPrediction,
    claims: Sequence[CuratedClaim],
    support: Mapping[str, AlterationSupport],
    tissue: str,
    *,
    bars: bool,
) -> dict[str, Any]:
    shown = prediction.contributions[:N_CONTRIBUTIONS]
    rest = prediction.contributions[N_CONTRIBUTIONS:]
    total = words.decimal(sum(item.ln_ic50 for item in rest), 2, sign=True)
    return _row(prediction, claims, tissue) | {
        "bars": (contribution_bars(prediction, N_BARS) or Markup()) if bars else Markup(),
        "contributions": [_contribution(item, support.get(item.label)) for item in shown],
        "rest": say("predictions.all_others", total=total) if rest else "",
    }


def _contribution(item: Contribution, support: AlterationSupport | None) -> dict[str, str]:
    """Return a contribution with the number of lines behind it and what they have; not observed, it has none."""
    value = words.decimal(item.ln_ic50, 2, sign=True)
    if support is None:
        return {"label": item.label, "value": value, "lines": ""}
    lines = (
        say("predictions.n_lines", n=words.count(support.n_lines)) if support.n_lines else say("predictions.no_line")
    )
    if support.known_as:
        lines = say("predictions.lines_with", lines=lines, what=support.known_as)
    return {"label": item.label, "value": value, "lines": lines}


def _supporting_lines(
    tissue: str, shown: Sequence[DrugPrediction], support: Mapping[str, AlterationSupport]
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
    instead = say("predictions.not_by_itself") if support.known_as else ""
    if not n:
        return instead + say("predictions.no_line_has", what=support.known_as or say("predictions.it"))
    has = say("predictions.have", n=n, what=support.known_as) if support.known_as else ""
    more = n - len(support.lines)
    named = words.joined(support.lines) + (say("predictions.and_more", n=words.count(more)) if more else "")
    here = _of_tissue(n, support.n_lines_tissue, tissue)
    return instead + say("predictions.screened_lines", n=words.count(n), has=has, here=here, named=named)


def _of_tissue(n: int, here: int, tissue: str) -> str:
    if not tissue:
        return ""
    if not here:
        return say("predictions.none_here")
    if n > 1:
        return say("predictions.some_here", here=words.count(here), tissue=tissue)
    return say("predictions.one_here", tissue=tissue)


def _sensitive_coverage(response: ResponsePrediction) -> str:
    """Say how the intervals did where the response was strong; empty when that was not measured."""
    share = response.sensitive_coverage
    if share is None:
        return ""
    return say("predictions.sensitive", z=f"{-SENSITIVE_Z:g}", share=words.percent(share))
