"""Predictions in words, from measured quantities alone, for every place of a report that names one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from genomodel.core.predictions import CoverageShare, DrugPrediction, FlagLevel, ResponsePrediction
from genomodel.core.report import PatientReport
from genomodel.core.report_settings import PredictionsShown
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.prediction_conflicts import CuratedClaim, beside_evidence, curated
from genomodel.response.drugs import APPROVALS
from genomodel.response.shown import (
    LEAST_SHARE,
    N_LEADING,
    WANTED_COVERAGE,
    found_share,
    held_too_seldom,
    informative_overall,
    is_informative,
    leading,
    put_first,
)

N_NAMED = 3
"""Contributions that a sentence names."""
APPROVED, NOT_FOR_CANCER, WITHDRAWN, NOT_APPROVED = APPROVALS


@dataclass(frozen=True, slots=True)
class ShownPrediction:
    """A prediction that leads, with all that it must never stand without."""

    prediction: DrugPrediction
    sentences: tuple[str, ...]
    """Rank with interval, then what the model explains and what contributes."""
    gate: str
    flags: tuple[str, ...]
    """What limits it: conflicts with evidence first, then the cautions on the tumor."""
    conflict: bool
    """Whether curated evidence says resistance to the drug, its class or its target."""


def shown_predictions(report: PatientReport, n: int = N_LEADING) -> tuple[ShownPrediction, ...]:
    """Return the predictions that may stand on the first page, in words; none where the site wants them elsewhere.

    Parameters
    ----------
    report
        Its predictions and the evidence they are held against.
    n
        Most of them.
    """
    response = report.response
    if response is None or report.settings.predictions is not PredictionsShown.FRONT:
        return ()
    claims = curated(report)
    tissue = screened_tissue(response)
    return tuple(_shown(row, response, claims, tissue) for row in put_first(response, n))


def _shown(
    prediction: DrugPrediction, response: ResponsePrediction, claims: Sequence[CuratedClaim], tissue: str
) -> ShownPrediction:
    beside = beside_evidence(prediction, claims)
    cautions = [caution_words(flag.name) for flag in response.flags if flag.level is FlagLevel.CAUTION]
    return ShownPrediction(
        prediction=prediction,
        sentences=sentences(prediction, tissue),
        gate=gate(prediction),
        flags=(*((beside.text,) if beside.text else ()), *cautions),
        conflict=beside.conflict,
    )


def caution_words(name: str) -> str:
    """Return the name of an applicability flag as a reader is told of it."""
    return say("predictions.caution", name=name.replace("_", " "))


def screened_tissue(response: ResponsePrediction) -> str:
    """Return the tissue in words; empty when no line of it was screened."""
    return response.tissue if any(prediction.n_lines_tissue for prediction in response.predictions) else ""


def sentences(prediction: DrugPrediction, tissue: str) -> tuple[str, ...]:
    """Return a prediction in two sentences: where it stands and how surely, then what is behind it.

    Parameters
    ----------
    prediction
        One that passed the gate.
    tissue
        In words; empty when no line of the tumor's tissue was screened.
    """
    return rank(prediction, tissue), behind(prediction)


def rank(prediction: DrugPrediction, tissue: str) -> str:
    """Say where a prediction stands among the lines of its tissue and of all, or of all alone where there are too few.

    An interval wider than 50 percentile points reads "not informative", each for itself; where none is narrower, the
    sentence begins so.
    """
    overall = Place(
        prediction.percentile_overall,
        prediction.percentile_overall_lower90,
        prediction.percentile_overall_upper90,
        say("predictions.lines_all", n=words.count(prediction.n_lines_overall)),
    )
    lower, upper = prediction.percentile_tissue_lower90, prediction.percentile_tissue_upper90
    if prediction.percentile_tissue is None or lower is None or upper is None:
        why = say("predictions.too_few", tissue=tissue) if tissue else say("predictions.not_screened")
        return _said([replace(overall, lines=overall.lines + why)])
    n = words.count(prediction.n_lines_tissue)
    own = say("predictions.lines_tissue", n=n, tissue=tissue) if tissue else say("predictions.lines_its_tissue", n=n)
    return _said([Place(prediction.percentile_tissue, lower, upper, own), overall])


@dataclass(frozen=True, slots=True)
class Place:
    """A percentile among some lines, with its 90 % interval."""

    value: float
    lower: float
    upper: float
    lines: str
    """Which lines, in words."""

    @property
    def wide(self) -> bool:
        """Whether the interval says nothing of the rank."""
        return not is_informative(self.lower, self.upper)


def _said(places: Sequence[Place]) -> str:
    first, *others = places
    nothing = all(place.wide for place in places)
    values = _values(first, marked=not nothing)
    said = say("predictions.stands_wide", **values) if nothing else say("predictions.stands", **values)
    for place in others:
        said += say("predictions.among_all", **_values(place, marked=not nothing))
    return f"{said}."


def _values(place: Place, *, marked: bool) -> dict[str, str]:
    low, high = sorted((place.lower, place.upper))
    wide = say("predictions.wide") if marked and place.wide else ""
    ends = {"low": words.ordinal(low), "high": words.ordinal(high)}
    return {"value": words.ordinal(place.value), "lines": place.lines, "wide": wide, **ends}


def behind(prediction: DrugPrediction) -> str:
    """Say which share of the variation the model explains for the drug, and what contributes most."""
    largest = [item for item in prediction.contributions if item.feature != "rest"][:N_NAMED]
    named = words.joined([f"{item.label} {words.decimal(item.ln_ic50, 2, sign=True)}" for item in largest])
    made = say("predictions.contributions", named=named) if named else say("predictions.no_contribution")
    return say("predictions.behind", explained=explained(prediction), contributions=made)


def explained(prediction: DrugPrediction) -> str:
    """Say which share of the variation between held-out lines the model explains, within tissues and overall."""
    accuracy = prediction.accuracy
    n = words.count(accuracy.n_lines)
    if accuracy.explained_within is None or accuracy.explained_overall is None:
        return say("predictions.explained_by_r", n=n, within=_squared(accuracy.within_tissue_r))
    return say(
        "predictions.explained",
        n=n,
        within=_share(accuracy.explained_within),
        overall=_share(accuracy.explained_overall),
    )


def _share(share: float) -> str:
    return words.percent(share) if share > 0 else say("predictions.none_of_it")


def _squared(r: float) -> str:
    return _share(r * abs(r))


def gate(prediction: DrugPrediction) -> str:
    """Say that a prediction passed the gate, and by what."""
    accuracy = prediction.accuracy
    r = words.decimal(accuracy.within_tissue_r)
    if accuracy.within_tissue_r_lower is None:
        return say("predictions.gate", r=r)
    return say("predictions.gate_lower", r=r, lower=words.decimal(accuracy.within_tissue_r_lower))


def rank_source(prediction: DrugPrediction, tissue: str = "tissue") -> str:
    """Say that nothing found in the tumor puts a drug where it stands; empty where alterations add sensitivity.

    Parameters
    ----------
    prediction
        Its contributions, in ln IC50, tell what was found from what was not observed.
    tissue
        Empty when no line of the tumor's tissue was screened: the rank is then that of an average line.
    """
    source = say("predictions.from_tissue") if tissue else say("predictions.from_average")
    found = found_share(prediction)
    if found > LEAST_SHARE:
        return say("predictions.other_way", source=source)
    if found >= 0:
        return say("predictions.nothing_adds", source=source)
    if found > -LEAST_SHARE:
        return say("predictions.little_adds", source=source)
    if prediction.ln_ic50 >= prediction.baseline_ln_ic50:
        return say("predictions.outweighed", source=source)
    return ""


def overall_standing(prediction: DrugPrediction) -> str:
    """Return the percentile over all lines with its 90 % interval: ``97 (91–99)``."""
    ends = words.span(prediction.percentile_overall_lower90, prediction.percentile_overall_upper90)
    return say("predictions.standing", value=words.ordinal(prediction.percentile_overall), ends=ends)


def selected_coverage(response: ResponsePrediction) -> str:
    """Say how well the intervals of predictions chosen as these were held on held-out lines.

    Showing the strongest is a selection, so that the coverage of all intervals says nothing of these.
    """
    found = response.selected_coverage
    if found is None:
        return say("predictions.selected_unknown")
    said = say("predictions.selected", n=found.n_shown, **_coverage(found.overall))
    if found.tissue is not None and response.tissue:
        said += say("predictions.selected_tissue", tissue=response.tissue, **_coverage(found.tissue))
    elif found.few is not None:
        said += say("predictions.selected_few", **_coverage(found.few))
    said += "."
    if found.unmended is not None:
        said += " " + say("predictions.selected_mended", **_coverage(found.unmended))
    return said


def selected_coverage_in_short(response: ResponsePrediction) -> str:
    """Return the same for the first page: of the tissue, or those with as few lines, where that is known."""
    found = response.selected_coverage
    if found is None:
        return say("predictions.selected_unknown")
    own = say("predictions.short_tissue", tissue=response.tissue, **_coverage(found.tissue)) if found.tissue else ""
    few = say("predictions.short_few", **_coverage(found.few)) if found.few else ""
    return say("predictions.selected_short", **_coverage(found.overall), own=own or few)


def why_none_is_put_first(response: ResponsePrediction) -> str:
    """Say why no prediction is put first: intervals held too seldom for such tumors, or none says anything of it."""
    seldom = held_too_seldom(response)
    if seldom is None or not leading(response.predictions):
        return say("predictions.none_stands_out")
    where = say("predictions.held_in_all")
    if response.selected_coverage is not None and response.selected_coverage.tissue == seldom:
        where = say("predictions.held_in_tissue", tissue=response.tissue)
    elif response.selected_coverage is not None and response.selected_coverage.few == seldom:
        where = say("predictions.held_in_few")
    wanted = words.percent(WANTED_COVERAGE)
    return say("predictions.held_too_seldom", where=where, wanted=wanted, **_coverage(seldom))


def _coverage(share: CoverageShare) -> dict[str, str]:
    ends = (words.percent(share.lower), words.percent(share.upper))
    return {
        "share": words.percent(share.share),
        "low": ends[0],
        "high": ends[1],
        "pairs": words.count(share.n_pairs),
        "lines": words.count(share.n_lines),
    }


def approval(stored: str) -> str:
    """Say how a drug is approved: by the agency for any indication, never for this patient."""
    if stored == APPROVED:
        return say("predictions.approved")
    if stored == NOT_FOR_CANCER:
        return say("predictions.approved_otherwise")
    if stored == WITHDRAWN:
        return say("predictions.withdrawn")
    return say("predictions.not_approved") if stored == NOT_APPROVED else say("predictions.approval_unknown")


def is_wide(prediction: DrugPrediction) -> bool:
    """Whether the interval over all lines says nothing of the drug's rank."""
    return not informative_overall(prediction)
