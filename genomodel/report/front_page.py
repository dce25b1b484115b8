"""The first page in words, composed from the facts of a report so that one printed page holds it.

What fits is reckoned with the widths of letters (:mod:`genomodel.report.page_room`): the page is composed with as much
detail as there may be, then with less, until it fits; rows that still do not are named with the place where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genomodel.core.front_page import FrontLine, FrontPage, FrontRow
from genomodel.core.report import PatientReport
from genomodel.report import front_head, page_room, words
from genomodel.report.catalog import say
from genomodel.report.front_blocks import (
    COLUMN,
    Most,
    check,
    fitting,
    limits,
    line_height_of,
    markers,
    predictions,
)
from genomodel.report.front_rows import DETAILS, Detail, height, rows
from genomodel.report.page_room import LINE, MM, PAGE_HEIGHT, PAGE_WIDTH
from genomodel.report.sections.biomarkers import markers_in_short
from genomodel.report.sections.front import (
    evidence_lines,
    limits_line,
    no_actionable_sentence,
    other_claims_lines,
    resistance_lines,
    tiered,
)

TITLE = 6.9 * MM
HEADING = 7.2 * MM
TABLE_HEAD = 4.4 * MM
FORETOLD = HEADING + 3.6 * MM
"""Heights of parts in points, as the style sheet sets them, with the space around them."""
SAFETY = 0.98
"""Share of the page that is filled by reckoning: kerning, badges and rules take the rest."""

SUMMARY_LINES = 5
MOST_ROWS = 50
"""No page holds more, be each row of one line."""
ROOMIER = 1.36
"""How much higher the same text runs in the larger letters of a page that leaves much of it free."""


@dataclass(frozen=True, slots=True)
class Level:
    """How much each part of the page may say."""

    fact: int
    summary: int
    detail: Detail
    most: Most


LEVELS = (
    Level(3, 4, DETAILS[0], Most(line=6, marker=6, names=12, negatives=10, predictions=12)),
    Level(3, 4, DETAILS[1], Most(line=6, marker=4, names=10, negatives=8, predictions=12)),
    Level(3, 3, DETAILS[2], Most(line=3, marker=3, names=8, negatives=5, predictions=12)),
    Level(2, 3, DETAILS[2], Most(line=2, marker=2, names=7, negatives=4, predictions=10)),
    Level(2, 2, DETAILS[3], Most(line=2, marker=2, names=7, negatives=4, predictions=9)),
    Level(2, 2, DETAILS[4], Most(line=2, marker=2, names=7, negatives=4, predictions=9)),
    Level(2, 1, DETAILS[4], Most(line=1, marker=2, names=7, negatives=4, predictions=9)),
    Level(1, 1, DETAILS[4], Most(line=1, marker=2, names=6, negatives=3, predictions=9)),
    Level(1, 1, DETAILS[4], Most(line=1, marker=1, names=5, negatives=2, predictions=9)),
)


def front_page(report: PatientReport) -> FrontPage:
    """Return the first page of a report, as detailed as its one printed page has room for."""
    many = len(tiered(report)) > MOST_ROWS
    for level in LEVELS[-1:] if many else LEVELS:
        page = _composed(report, level)
        if _height(page, report, level) <= PAGE_HEIGHT * SAFETY:
            page = _filled(page, report, level)
            return page.model_copy(update={"roomy": _height(page, report, level) * ROOMIER <= PAGE_HEIGHT})
    return _without_rows_that_do_not_fit(page, report)


def _filled(page: FrontPage, report: PatientReport, level: Level) -> FrontPage:
    """Return a page that fits, each row of which, from the first, says as much more as there is room left for."""
    room = PAGE_HEIGHT * SAFETY - _height(page, report, level)
    better = dict.fromkeys(above.detail for above in LEVELS[: LEVELS.index(level)])
    wordings = list(zip(*(rows(report, detail) for detail in better), strict=True))
    found = list(page.rows)
    for index, fuller in enumerate(wordings):
        for row in fuller:
            more = height(row) - height(found[index])
            if more <= room:
                room -= more
                found[index] = row
                break
    return page.model_copy(update={"rows": tuple(found)})


def _composed(report: PatientReport, level: Level) -> FrontPage:
    found = tuple(rows(report, level.detail))
    return FrontPage(
        status=front_head.status(report),
        head=front_head.head(report, level.fact),
        summary=_summary(report, level.summary),
        rows=found,
        nothing="" if found else no_actionable_sentence(report),
        check=check(report, level.most),
        markers=markers(report, level.most),
        limits=limits(report, level.most),
        predictions=predictions(report, level.most),
    )


def _summary(report: PatientReport, most: int) -> tuple[FrontLine, ...]:
    """Return at most five topics, in five printed lines where shorter wordings reach that.

    What speaks of absence is never shortened.
    """
    evidence = evidence_lines(report)
    inside = words.sentence("; ".join(markers_in_short(report.interpretation.biomarkers)))
    found = (
        (say("front.topic_evidence"), evidence, "evidence"),
        (say("front.topic_resistance"), resistance_lines(report), "evidence"),
        (say("front.topic_claims"), other_claims_lines(report), "evidence"),
        (say("front.topic_markers"), [inside], "biomarkers"),
        (say("front.topic_limits"), [limits_line(report)], "limitations"),
    )
    asked = [each for each in found if any(each[1])]
    told = [_line(topic, wordings, place, 1) for topic, wordings, place in asked]
    for index, (topic, wordings, place) in enumerate(asked):
        others = sum(line_height_of(line, PAGE_WIDTH) for line in [*told[:index], *told[index + 1 :]])
        told[index] = _line(topic, wordings, place, max(1, min(most, SUMMARY_LINES - others)))
    return tuple(told)


def _line(topic: str, wordings: Sequence[str], place: str, most: int) -> FrontLine:
    return FrontLine(topic=topic, text=_fitting(topic, wordings, most), place=place)


def _fitting(topic: str, wordings: Sequence[str], most: int) -> str:
    """Return the fullest wording that fits; a single one, which may speak of absence, stays whole."""
    return wordings[0] if len(wordings) == 1 else fitting(topic, wordings, PAGE_WIDTH, most)


def _height(page: FrontPage, report: PatientReport, level: Level) -> float:
    """Return how high a page is on paper, in points; predictions count alike whatever they say."""
    failed = words.failed_line(report.failures)
    high = TITLE + front_head.height(page.head) + HEADING
    if failed:
        high += (page_room.lines(failed, PAGE_WIDTH - 8 * MM, bold=True) + 1) * LINE * 1.12 + 5 * MM
    high += sum(line_height_of(line, PAGE_WIDTH) * LINE + 0.5 * MM for line in page.summary)
    high += HEADING + (TABLE_HEAD if page.rows else 0) + sum(map(height, page.rows))
    high += (page_room.lines(page.nothing, PAGE_WIDTH) + page_room.lines(page.rows_left_out, PAGE_WIDTH)) * LINE + MM
    if page.check:
        high += HEADING + sum(line_height_of(line, PAGE_WIDTH) * LINE + 0.5 * MM for line in page.check)
    columns = (page.markers, page.limits)
    high += HEADING + max(sum(line_height_of(line, COLUMN) * LINE + 0.5 * MM for line in part) for part in columns)
    return high + FORETOLD + level.most.predictions * LINE


def _without_rows_that_do_not_fit(page: FrontPage, report: PatientReport) -> FrontPage:
    """Return a page with as many rows as fit, the last ones named with the section that they stand in."""
    for n in range(min(len(page.rows) - 1, MOST_ROWS), 0, -1):
        shorter = page.model_copy(update={"rows": page.rows[:n], "rows_left_out": _left_out(page.rows[n:])})
        if _height(shorter, report, LEVELS[-1]) <= PAGE_HEIGHT * SAFETY:
            return shorter
    if len(page.rows) > 1:
        return page.model_copy(update={"rows": page.rows[:1], "rows_left_out": _left_out(page.rows[1:])})
    return page


def _left_out(left: Sequence[FrontRow]) -> str:
    names = words.unique(f"{row.named} ({row.tier})" for row in left)
    before = say("front.rows_left_out", n=len(left), names="")
    return say("front.rows_left_out", n=len(left), names=page_room.named(names, PAGE_WIDTH, 2, before=before))
