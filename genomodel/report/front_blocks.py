"""The blocks of the first page below its table: what to settle, biomarkers, what cannot be excluded, predictions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genomodel.core.biomarkers import BurdenCall, RepairCall
from genomodel.core.front_page import FrontLine, FrontPrediction, FrontPredictions
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.report import PatientReport
from genomodel.core.report_settings import PredictionsShown
from genomodel.report import page_room, words
from genomodel.report.catalog import say
from genomodel.report.page_room import MM, PAGE_WIDTH
from genomodel.report.prediction_words import selected_coverage_in_short, shown_predictions, why_none_is_put_first
from genomodel.report.sections.front import confirm_lines, other_line, set_aside_lines, tiered, tiers_given
from genomodel.report.sections.gaps import gaps_in_short
from genomodel.report.sections.inherited import WITHHELD, inherited_in_short
from genomodel.report.sections.looked_for import adequate_negatives, looked_for_in_short

COLUMN_GAP = 5 * MM
COLUMN = (PAGE_WIDTH - COLUMN_GAP) / 2
"""Two blocks stand side by side."""
PREDICTION_ROOM = PAGE_WIDTH - 8 * MM


@dataclass(frozen=True, slots=True)
class Most:
    """How many lines each topic may take."""

    line: int
    marker: int
    names: int
    negatives: int
    predictions: int
    """Lines that predictions may take, whatever they are: no block gives way to them, or gains where they are few."""


def line_height_of(line: FrontLine, room: float) -> int:
    """Return how many lines a topic with its text takes, and with the page of the section that says more."""
    return page_room.lines(f"{headed(line.topic)}{line.text}", room) if line.text else 0


def headed(topic: str) -> str:
    """Return what stands before the text of a topic on paper, as wide as it may be."""
    return say("front.headed", topic=topic)


def check(report: PatientReport, most: Most) -> tuple[FrontLine, ...]:
    """Return what is to be settled before anything is decided."""
    review = report.review
    told = []
    if report.excluded:
        names = words.joined(words.unique(finding.label for finding in report.excluded), 6)
        told.append(say("front.excluded", n=len(report.excluded), names=names))
    if given := words.unique(tiers_given(report)):
        told.append(say("front.tiers_given", names=words.joined(given, 6)))
    if review.conflicts:
        told.append(say("front.conflicts_of_review", n=len(review.conflicts)))
    found = (
        (say("front.topic_caution"), [" ".join(_cautions(report))], "evidence"),
        (say("front.topic_confirm"), confirm_lines(report), "set-aside"),
        (say("front.topic_set_aside"), set_aside_lines(report), "set-aside"),
        (say("front.topic_review"), [" ".join(told)], "sign-off"),
        (say("front.topic_other"), [other_line(report)], "findings"),
    )
    return tuple(
        FrontLine(topic=topic, text=fitting(topic, wordings, PAGE_WIDTH, most.line), place=place)
        for topic, wordings, place in found
        if any(wordings)
    )


def fitting(topic: str, wordings: Sequence[str], room: float, most: int) -> str:
    """Return the fullest wording of a topic that fits, the shortest with an ellipsis where none does."""
    for wording in wordings:
        if page_room.lines(headed(topic) + wording, room) <= most:
            return wording
    return shortened(topic, wordings[-1], room, most)


def _cautions(report: PatientReport) -> list[str]:
    """Return what a reader must know before taking tiers of I and II at their word, each once with its alterations."""
    by_caution: dict[str, list[str]] = {}
    for finding in tiered(report):
        asked = [match for match in finding.evidence if (words.tier_number(match.tier) or 9) <= 2]
        for caution in words.unique(text for match in asked for text in match.cautions):
            of = words.unique(match.evidence.therapy for match in asked if caution in match.cautions)
            whole = all(caution in match.cautions for match in asked) or not all(of)
            name = (
                finding.label if whole else say("front.caution_of", name=finding.label, therapies=words.joined(of, 2))
            )
            by_caution.setdefault(caution, []).append(name)
    return [
        say("front.caution", name=words.joined(words.unique(names), 3), caution=words.sentence(caution))
        for caution, names in by_caution.items()
    ]


def _line(topic: str, text: str, room: float, most: int, place: str) -> FrontLine:
    """Return a topic with as much of its text as there is room for, and the section that says the rest."""
    return FrontLine(topic=topic, text=shortened(topic, text, room, most), place=place)


def shortened(topic: str, text: str, room: float, most: int) -> str:
    """Return as much of a topic's text as there is room for, with an ellipsis where its section says more."""
    before = headed(topic)
    return page_room.clipped(before + text, room, most).removeprefix(before)


def markers(report: PatientReport, most: Most) -> tuple[FrontLine, ...]:
    """Return the answers of the tumor's markers, and what may be said of inherited variants."""
    found = (
        (say("front.topic_burden"), _burden(report), "biomarkers"),
        (say("front.topic_microsatellites"), _microsatellites(report), "microsatellites"),
        (say("front.topic_signatures"), _signatures(report), "biomarkers"),
        (say("front.topic_repair"), _repair(report), "biomarkers"),
        (say("front.topic_inherited"), _inherited(report), "germline"),
    )
    return tuple(_line(topic, text, COLUMN, most.marker, place) for topic, text, place in found)


def _because(reason: str) -> str:
    return (
        say("front.not_assessable", reason=_lower_first(words.sentence(reason)))
        if reason
        else say("front.not_assessable_bare")
    )


def _lower_first(text: str) -> str:
    """Begin with a small letter, but for an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _burden(report: PatientReport) -> str:
    found = report.interpretation.biomarkers.burden
    if found is None:
        return say("front.burden_not_run")
    if found.call is BurdenCall.NOT_ASSESSABLE:
        return _because(found.reason)
    call = found.call.value.capitalize()
    if found.value is None or found.low is None or found.high is None:
        return say("front.burden_plain", call=call)
    ends = {"value": f"{found.value:.3g}", "low": f"{found.low:.3g}", "high": f"{found.high:.3g}"}
    return say("front.burden", call=call, **ends)


def _microsatellites(report: PatientReport) -> str:
    found = report.assays.msi
    if found is None:
        return say("front.microsatellites_not_run")
    if found.status is InstabilityClass.INDETERMINATE:
        return say("front.indeterminate")
    score = ""
    if found.score is not None and found.score_is_share and found.n_callable is not None:
        score = say("front.unstable_share", share=words.percent(found.score), n=words.count(found.n_callable))
    if found.status is InstabilityClass.HIGH:
        return say("front.unstable", score=score)
    return say("front.stable", score=score)


def _signatures(report: PatientReport) -> str:
    found = report.interpretation.biomarkers.signatures
    if found is None:
        return say("front.signatures_not_run")
    if not found.assessable:
        return _because(found.reason)
    names = [
        say("front.exposure", name=one.signature, share=words.percent(one.share), low=low, high=high)
        for one in found.exposures
        for low, high in [(words.percent(one.low), words.percent(one.high))]
    ]
    return say("front.exposures", names=words.joined(names, 2)) if names else say("front.no_exposure")


def _repair(report: PatientReport) -> str:
    found = report.interpretation.biomarkers.homologous_recombination
    if found is None:
        return say("front.repair_not_run")
    if found.call is RepairCall.DEFICIENT:
        return say("front.deficient", basis="; ".join(found.basis))
    return say("front.deficiency_not_shown") if found.call is RepairCall.NOT_SHOWN else _because(found.reason)


def _inherited(report: PatientReport) -> str:
    review = report.interpretation.germline
    if review.consent is False:
        return WITHHELD
    if review.flags:
        return inherited_in_short(review)
    return say("front.no_flags") if review.reason else say("front.not_reviewed")


def limits(report: PatientReport, most: Most) -> tuple[FrontLine, ...]:
    """Return what could not be assessed, and the negatives with what they exclude."""
    gaps = ""
    for n in (80, 60, 40, 30, 24, 20, 16, 12, 8, 6, 4, 3, 2, 1):
        gaps = words.sentence(gaps_in_short(report, n, n).partition(": ")[2])
        topic = say("front.topic_gaps")
        if page_room.lines(headed(topic) + gaps, COLUMN) <= most.names:
            break
    counted = looked_for_in_short(report) or say("front.not_looked_for")
    names = [say("front.negative", name=name, limit=limit) for name, limit in adequate_negatives(report)]
    if names:
        before = f"{headed(say('front.topic_negatives'))}{counted} {say('front.negatives', names='')}"
        listed = page_room.named(names, COLUMN, most.negatives, before=before)
    if names and page_room.lines(before + listed, COLUMN) <= most.negatives:
        counted = f"{counted} {say('front.negatives', names=listed)}"
    found = (
        (say("front.topic_gaps"), gaps or say("front.no_gaps"), most.names, "not-assessable"),
        (say("front.topic_negatives"), counted, most.negatives, "looked-for"),
    )
    return tuple(_line(topic, text, COLUMN, n, place) for topic, text, n, place in found)


def predictions(report: PatientReport, most: Most) -> FrontPredictions | None:
    """Return up to three predictions that fit their own room, each with interval, gate and flags, or why none is shown.

    Returns
    -------
    FrontPredictions | None
        ``None`` where the site wants no predictions on the first page.
    """
    if report.settings.predictions is not PredictionsShown.FRONT:
        return None
    response = report.response
    if response is None:
        reason = (report.response_absent_reason or say("front.reason_not_given")).rstrip(".")
        return FrontPredictions(
            nothing=say("front.no_predictions", reason=page_room.clipped(reason, PREDICTION_ROOM, 3))
        )
    found = shown_predictions(report)
    if not found:
        ranked = any(prediction.predictable for prediction in response.predictions)
        return FrontPredictions(
            nothing=why_none_is_put_first(response) if ranked else say("front.predictions_withheld")
        )
    rows = [
        FrontPrediction(
            drug=one.prediction.drug,
            standing=one.sentences[0],
            gate=words.sentence(one.gate),
            beside=" ".join(one.flags[:1]) if one.conflict or _speaks(one.flags) else "",
            conflict=one.conflict,
        )
        for one in found
    ]
    told = {row.beside for row in rows}
    caution = say("predictions.caution", name="")
    cautions = words.unique(text.removeprefix(caution) for one in found for text in one.flags if text not in told)
    listed = page_room.named(cautions, PREDICTION_ROOM, 2, before=say("front.cautions", names=""))
    notes = [
        say("front.cautions", names=listed) if cautions else say("front.no_caution"),
        selected_coverage_in_short(response),
    ]
    return _fitting(rows, notes, most.predictions)


def _speaks(flags: Sequence[str]) -> bool:
    """Whether the first flag is of evidence on the drug, which comes before the cautions on the tumor."""
    return bool(flags) and not flags[0].startswith(say("predictions.caution", name=""))


def _fitting(rows: Sequence[FrontPrediction], notes: Sequence[str], most: int) -> FrontPredictions:
    for n in range(len(rows), 0, -1):
        left = len(rows) - n
        told = [*notes, *([say("front.predictions_left_out", n=left)] if left else [])]
        if n == 1 or prediction_lines(rows[:n], told) <= most:
            return FrontPredictions(rows=tuple(rows[:n]), notes=tuple(told))
    return FrontPredictions(notes=tuple(notes))


def prediction_lines(rows: Iterable[FrontPrediction], notes: Iterable[str]) -> int:
    """Return how many lines predictions and their notes take on paper."""
    told = (f"{row.drug} {row.standing} {row.gate} {row.beside}" for row in rows)
    return sum(page_room.lines(text, PREDICTION_ROOM) for text in (*told, " ".join(notes)))
