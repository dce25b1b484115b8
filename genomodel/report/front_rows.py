"""The table of the first page: what evidence of tier I and II says of each alteration, a row for each direction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, Finding, TumorTypeMatch
from genomodel.core.front_page import FrontRow
from genomodel.core.report import PatientReport
from genomodel.interpretation.conditions import conditions
from genomodel.report import page_room, words
from genomodel.report.catalog import say
from genomodel.report.claim_tuples import conditions_of
from genomodel.report.page_room import LINE, MM
from genomodel.report.sections.claims import EFFECT, STANDINGS, standing
from genomodel.report.sections.front import named_with_origin, tiered

TIER_COLUMN, NAME_COLUMN, THERAPY_COLUMN, STANDING_COLUMN, SOURCE_COLUMN = (
    width * MM for width in (23.0, 41.0, 45.0, 44.0, 31.0)
)
"""Widths of the columns in points, as the style sheet sets them."""
GAP = 2 * MM
"""Between two columns."""
BADGE = 11.5 * MM
"""Width of a tier."""
LONGEST_NUMBER = 30
"""Of a source, in characters: longer ones are made for programs, and stand in the section on evidence."""
ROW_PADDING = 0.95 * MM
KINDS = {
    EvidenceType.PREDICTIVE: 0,
    EvidenceType.DIAGNOSTIC: 2,
    EvidenceType.PROGNOSTIC: 3,
}
"""Order of the rows of an alteration: for a therapy, against one (1), on the diagnosis, on the outcome, the rest."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How many lines the columns of a row may take."""

    name: int
    claim: int
    also: int
    standing: int
    conflict: int
    source: int


DETAILS = (
    Detail(4, 4, 6, 8, 4, 4),
    Detail(4, 3, 3, 4, 3, 4),
    Detail(3, 3, 1, 3, 1, 3),
    Detail(2, 2, 1, 2, 1, 2),
    Detail(3, 3, 0, 2, 0, 1),
)
"""From the most that a row may say to the least."""


def rows(report: PatientReport, detail: Detail) -> list[FrontRow]:
    """Return the rows, best tier first, those of one alteration together."""
    found = []
    for finding in tiered(report):
        ways: dict[tuple[int, str], list[EvidenceMatch]] = {}
        for match in finding.evidence:
            if (words.tier_number(match.tier) or 9) <= 2:
                ways.setdefault(_way(match), []).append(match)
        found += [_row(finding, _ordered(ways[way]), detail) for way in sorted(ways)]
    return found


def _way(match: EvidenceMatch) -> tuple[int, str]:
    """Return the order of a claim's kind among the rows of an alteration; claims of one kind and effect share a row."""
    kind = match.evidence.evidence_type
    against = kind is EvidenceType.PREDICTIVE and match.evidence.direction in words.AGAINST_A_THERAPY
    return (1 if against else KINDS.get(kind, 4)), match.evidence.direction.value


def _ordered(matches: Iterable[EvidenceMatch]) -> list[EvidenceMatch]:
    """Return statements best first: by tier, then for this tumor, then those whose conditions hold.

    One whose conditions the patient does not meet comes after all others of tier I, or of tier II.
    """
    relations = list(TumorTypeMatch)
    return sorted(
        matches,
        key=lambda match: (
            words.tier_number(match.tier) or 9,
            standing(match) == STANDINGS[-1],
            match.tier,
            relations.index(match.tumor_type_match),
            STANDINGS.index(standing(match)),
            bool(match.conflicts),
        ),
    )


def _row(finding: Finding, matches: Sequence[EvidenceMatch], detail: Detail) -> FrontRow:
    first, item = matches[0], matches[0].evidence
    about_a_therapy = item.evidence_type is EvidenceType.PREDICTIVE
    claim = item.therapy if about_a_therapy else _other_claim(first)
    name = named_with_origin(finding)
    return FrontRow(
        finding_id=finding.id,
        alteration=finding.label,
        named=page_room.clipped(name, NAME_COLUMN - GAP, detail.name, bold=True),
        support=_support(finding),
        tier=first.tier,
        direction=item.direction.value,
        effect=EFFECT.get(item.direction, item.direction.value.replace("_", " ")) if about_a_therapy else "",
        evidence_type=item.evidence_type.value,
        therapy=item.therapy,
        claim=page_room.clipped(claim, THERAPY_COLUMN - GAP - 7 * MM, detail.claim, bold=True),
        n_further=len(_further(matches)),
        about=item.tumor_type_text or ", ".join(item.tumor_types),
        conditions=conditions_of(first),
        standing=_standing(first, detail),
        conflict=_conflict(first, detail),
        also=_also(matches, detail),
        source=page_room.clipped(_source(first, detail), SOURCE_COLUMN, detail.source),
        url=words.safe_link(item.source_url),
        evidence_id=item.id,
    )


def _support(finding: Finding) -> str:
    variant, call = finding.variant, finding.copy_number
    if variant is not None:
        fraction = variant.tumor.known_fraction
        return words.percent(fraction) if fraction is not None else ""
    if call is not None and call.copies is not None:
        return say("front.copies", n=words.decimal(call.copies, 0))
    return ""


def _further(matches: Sequence[EvidenceMatch]) -> dict[str, str]:
    """Return what the further statements claim, each once, with its best tier and what keeps it from holding."""
    told = [(_claimed(match), _tier_in_short(match)) for match in matches]
    return {name: tier for name, tier in reversed(told[1:]) if name and name != told[0][0]}


def _tier_in_short(match: EvidenceMatch) -> str:
    """Return the tier of a further claim, with what speaks against naming it without its conditions."""
    unmet = STANDINGS[-1] if standing(match) == STANDINGS[-1] else ""
    against = match.conflicts and match.evidence.direction is Direction.SENSITIVITY
    return ", ".join(filter(None, (match.tier, unmet, say("front.conflicting") if against else "")))


def _claimed(match: EvidenceMatch) -> str:
    item = match.evidence
    return item.therapy if item.evidence_type is EvidenceType.PREDICTIVE else item.claim


def _also(matches: Sequence[EvidenceMatch], detail: Detail) -> str:
    """Name the further therapies, each once with its best tier, as far as there is room; empty where there is none."""
    tiers = _further(matches)
    listed = [f"{name} ({tiers[name]})" for name in words.unique(map(_claimed, matches[1:])) if name in tiers]
    before, room = say("front.also", names=""), THERAPY_COLUMN - GAP
    if not listed or detail.also == 0:
        return ""
    if page_room.lines(before + listed[0] + _more(len(listed) - 1), room) > detail.also:
        return say("front.n_more", n=len(listed))
    return say("front.also", names=page_room.named(listed, room, detail.also, before=before))


def _standing(match: EvidenceMatch, detail: Detail) -> str:
    """Say for which tumor a statement holds where that is not this one, and what is not known to be met.

    Conditions are named as far as there is room, and else counted.
    """
    by_status = {
        status: [answer.condition for answer in match.conditions if answer.status is status]
        for status in ConditionStatus
    }
    unmet, missing = by_status[ConditionStatus.NOT_MET], sorted(by_status[ConditionStatus.NOT_GIVEN], key=_is_of_age)
    open_ones = [*missing, *by_status[ConditionStatus.FOR_READER], *_unanswered(match)]
    same = match.tumor_type_match is TumorTypeMatch.SAME
    relation = "" if same else words.sentence(_relation(match))
    short = "" if same else words.sentence(words.other_type(match) or words.tumor_type_match(match))
    if not (relation or unmet or open_ones):
        return say("front.all_met") if match.conditions else say("front.no_condition")
    refused = say("front.not_met", conditions="; ".join(unmet)) if unmet else ""
    n_refused = say("front.n_not_met", n=len(unmet)) if unmet else ""
    wordings = [
        _told(relation, refused, say("front.only_if", conditions="; ".join(open_ones[:n])) + _more(len(open_ones) - n))
        for n in range(len(open_ones), 0, -1)
    ]
    counted = say("front.n_conditions", n=len(open_ones)) if open_ones else ""
    wordings += [_told(relation, refused, counted), _told(relation, n_refused, counted)]
    wordings += [_told(short, n_refused, counted)]
    room = STANDING_COLUMN - GAP
    return next((text for text in wordings if page_room.lines(text, room) <= detail.standing), wordings[-1])


def _relation(match: EvidenceMatch) -> str:
    told = words.tumor_type_match(match)
    return say("front.stated_for", type=told) if match.tumor_type_match is TumorTypeMatch.AGNOSTIC else told


def _is_of_age(condition: str) -> bool:
    """Whether a condition asks for nothing but the age, which any board knows: what it has to think of comes first."""
    row = conditions().get(condition)
    atoms = [] if row is None or row.requirement is None else list(row.requirement.atoms())
    return bool(atoms) and all(atom.kind == "age" for atom in atoms)


def _told(*parts: str) -> str:
    return " ".join(filter(None, parts))


def _more(n: int) -> str:
    return say("front.and_more", n=n) if n else ""


def _unanswered(match: EvidenceMatch) -> list[str]:
    answered = {answer.condition for answer in match.conditions}
    return [text for text in match.evidence.conditions if text not in answered]


def _conflict(match: EvidenceMatch, detail: Detail) -> str:
    if not match.conflicts:
        return ""
    if detail.conflict == 0:
        return say("front.conflicts", n=len(match.conflicts))
    listed = page_room.named(
        match.conflicts, STANDING_COLUMN - GAP, detail.conflict, before=say("front.conflict", what=""), separator="; "
    )
    return say("front.conflict", what=listed)


def _other_claim(match: EvidenceMatch) -> str:
    """Return what is claimed on diagnosis or outcome; the tumor type is left out where it is the patient's."""
    item = match.evidence
    if match.tumor_type_match is TumorTypeMatch.SAME and item.direction is Direction.POOR_OUTCOME:
        return say("front.poor_outcome")
    if match.tumor_type_match is TumorTypeMatch.SAME and item.direction is Direction.BETTER_OUTCOME:
        return say("front.better_outcome")
    return item.claim[:1].upper() + item.claim[1:]


def _source(match: EvidenceMatch, detail: Detail) -> str:
    """Return one source in short: whose it is, its number, its year; the number alone where there is little room."""
    item = match.evidence
    year = item.source_date[:4]
    number = item.source_id if len(item.source_id) <= LONGEST_NUMBER else ""
    if detail.source == 1:
        return number or item.source_name
    if item.source_id.startswith(item.agency):
        return ", ".join(filter(None, (item.source_id, year)))
    return ", ".join(filter(None, (item.source_name, number, "" if year in item.source_name else year)))


def height(row: FrontRow) -> float:
    """Return how high a row is on paper, in points."""
    return LINE * max(_cells(row)) + ROW_PADDING


def _cells(row: FrontRow) -> tuple[int, ...]:
    """Return the lines of each cell; the sign of an effect, without its word, stands before the claim."""
    claim_lines = page_room.lines(f"{row.effect[:1]} {row.claim}", THERAPY_COLUMN - GAP, bold=True)
    if row.effect and row.direction != Direction.SENSITIVITY.value:
        claim_lines = page_room.lines(f"{row.effect} {row.claim}", THERAPY_COLUMN - GAP, bold=True)
    standing_lines = page_room.lines(row.standing, STANDING_COLUMN - GAP)
    return (
        2 if page_room.width(row.support) > TIER_COLUMN - GAP - BADGE else 1,
        page_room.lines(row.named, NAME_COLUMN - GAP, bold=True),
        claim_lines + page_room.lines(row.also, THERAPY_COLUMN - GAP),
        standing_lines + page_room.lines(row.conflict, STANDING_COLUMN - GAP, bold=True),
        page_room.lines(row.source, SOURCE_COLUMN),
    )
