"""Claims of evidence in words: what each says, on which conditions, after which sources, and what speaks against it.

A row of a table is one claim, with all statements that make it, so that many statements make no endless page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.findings import (
    Direction,
    EvidenceMatch,
    EvidenceType,
    Finding,
    TherapyInteraction,
    TumorTypeMatch,
    VariantOrigin,
)
from genomodel.interpretation.evidence_order import CORE
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.claim_tuples import Claim, claims
from genomodel.report.medium import Medium

OPEN_ROWS = 12
"""Claims of a table that stand open on the screen, and all of tier I; the others are folded below."""
IN_ANY_CASE = 3
"""Claims of each type, and against therapies, that are shown however many better ones there are."""
SOURCES = {Medium.SCREEN: 3, Medium.PRINT: 2}
"""Statements of a claim whose sources stand open."""
EFFECT = {direction: say(f"evidence.effect.{direction.value}") for direction in Direction}
STANDINGS = ("", say("evidence.condition_open"), say("evidence.condition_not_met"))
"""How claims stand to what is known of the patient, the best first."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a claim in words."""

    how: str
    """How it stands to the patient: ``Met``, ``Not met now``, ``I-A only if``."""
    what: str
    why: str = ""
    """What it was held against; empty where that tells nothing more."""
    status: str = "open"
    """``met``, ``not-met``, ``open`` or ``stated``, for its look."""


def tables(finding: Finding, medium: Medium) -> dict[str, Any]:
    """Return the claims of a finding in one table for each type of evidence, capped for the medium, best first."""
    every = claims(finding)
    shown = _chosen(every, medium.max_statements)
    asked = _asked_by_core(finding)
    kinds = [[claim for claim in shown if claim.first.evidence.evidence_type is kind] for kind in EvidenceType]
    made = [_table(of_kind, asked, medium) for of_kind in kinds if of_kind]
    for before, table in pairwise(made):
        table["said_before"] = before["biomarker"] == table["biomarker"]
    kept = {id(claim) for claim in shown}
    rest = [claim for claim in every if id(claim) not in kept]
    return {"tables": made, "left_out": len(rest), "left_out_what": " ".join((say("evidence.rest"), _against(rest)))}


def _chosen(every: Sequence[Claim], most: int) -> list[Claim]:
    """Return the best claims in their order, and in any case some that speak against a therapy, and of each type."""
    if len(every) <= most:
        return list(every)
    kept: dict[int, None] = {}
    seen: Counter[tuple[EvidenceType, bool]] = Counter()
    for number, claim in enumerate(every):
        item = claim.first.evidence
        group = (item.evidence_type, item.direction in words.AGAINST_A_THERAPY)
        if seen[group] < IN_ANY_CASE:
            kept[number] = None
        seen[group] += 1
    others = [number for number in range(len(every)) if number not in kept]
    return [every[number] for number in sorted([*kept, *others][: max(most, len(kept))])]


def _table(found: list[Claim], asked: Collection[tuple[object, ...]], medium: Medium) -> dict[str, Any]:
    kind = found[0].first.evidence.evidence_type
    title, column = _heads(kind)
    biomarkers = words.unique(_biomarker(match) for claim in found for match in claim.matches)
    rows = [_row(claim, asked, medium, several=len(biomarkers) > 1) for claim in found]
    best = max(OPEN_ROWS, sum(claim.key.tier == "I" for claim in found))
    n_open = best if medium is Medium.SCREEN and len(rows) > best + 2 else len(rows)
    return {
        "kind": kind.value,
        "title": title,
        "column": column,
        "biomarker": biomarkers[0] if len(biomarkers) == 1 else "",
        "said_before": False,
        "rows": rows[:n_open],
        "folded": rows[n_open:],
        "folded_title": _folded_title(found[n_open:]),
    }


def _heads(kind: EvidenceType) -> tuple[str, str]:
    """Return the heading of the table of a type of evidence, and of its column of claims."""
    if kind is EvidenceType.PREDICTIVE:
        return say("evidence.therapies"), say("evidence.therapy")
    if kind is EvidenceType.DIAGNOSTIC:
        return say("evidence.diagnoses"), say("evidence.diagnosis")
    if kind is EvidenceType.PROGNOSTIC:
        return say("evidence.outcomes"), say("evidence.outcome")
    return say("evidence.others"), say("evidence.statement")


def _folded_title(found: Sequence[Claim]) -> str:
    by_tier = Counter(claim.first.tier for claim in found)
    tiers = ", ".join(f"{tier} {n}" for tier, n in sorted(by_tier.items()))
    return " ".join((say("evidence.folded", n=len(found), tiers=tiers), _against(found))).strip()


def _against(found: Sequence[Claim]) -> str:
    """Return how many of some claims speak against a therapy, which must not be folded away unsaid; empty for none."""
    n = sum(claim.first.evidence.direction in words.AGAINST_A_THERAPY for claim in found)
    return say("evidence.of_them_against", n=n) if n else ""


def _drugs(match: EvidenceMatch) -> tuple[object, ...]:
    return match.evidence.direction, match.evidence.therapies


def _asked_by_core(finding: Finding) -> frozenset[tuple[object, ...]]:
    """Return direction and drugs of the claims to which the core states conditions."""
    ours = (match for match in finding.evidence if match.evidence.knowledge_base == CORE and match.evidence.therapies)
    return frozenset(_drugs(match) for match in ours if answers(match))


def _row(claim: Claim, asked: Collection[tuple[object, ...]], medium: Medium, *, several: bool) -> dict[str, Any]:
    first, matches = claim.first, claim.matches
    item = first.evidence
    about = item.therapy if item.evidence_type is EvidenceType.PREDICTIVE else ""
    tier = first.tier
    computed = words.unique(match.computed_tier for match in matches if match.computed_tier not in ("", tier))
    return {
        "tier": tier,
        "level": words.tier_number(tier) or 9,
        "computed": words.joined(computed),
        "direction": item.direction.value,
        "effect": EFFECT[item.direction],
        "therapy": about or item.claim[:1].upper() + item.claim[1:],
        "together": _together(item.interaction) if about and len(item.therapies) > 1 else "",
        "biomarkers": words.unique(map(_biomarker, matches)) if several else [],
        "about": claim.key.about,
        "relation": _relation(first),
        "escat": [say("evidence.escat", tier=escat) for escat in words.unique(m.escat for m in matches if m.escat)],
        "conditions": conditions(answers(first), first),
        "nothing": say("evidence.as_the_core") if _drugs(first) in asked else say("evidence.none_stated"),
        "inherited": item.origin is VariantOrigin.GERMLINE,
        "conflicts": words.unique(text for match in matches for text in match.conflicts),
        "cautions": words.unique(text for match in matches for text in match.cautions),
        "reasons": words.unique(match.tier_reason for match in matches if match.tier_reason),
        **_sources(matches, medium),
    }


def _relation(match: EvidenceMatch) -> str:
    """Return how the tumor type of a claim stands to the patient's."""
    if match.tumor_type_match is TumorTypeMatch.SAME:
        return say("evidence.this_type")
    if match.tumor_type_match is TumorTypeMatch.AGNOSTIC:
        return say("evidence.any_type")
    return words.other_type(match)


def _together(interaction: TherapyInteraction | None) -> str:
    """Return how several drugs of a claim belong together; empty for a combination, which the plus sign tells."""
    if interaction is TherapyInteraction.COMBINATION:
        return ""
    if interaction is TherapyInteraction.SEQUENTIAL:
        return say("evidence.one_after_the_other")
    if interaction is TherapyInteraction.SUBSTITUTES:
        return say("evidence.any_one")
    return say("evidence.not_said_how")


def _sources(matches: Sequence[EvidenceMatch], medium: Medium) -> dict[str, Any]:
    """Return the sources of a claim's statements, the first open, the others folded or counted."""
    every = list({tuple(one.items()): one for one in map(_source, matches)}.values())
    n_open = SOURCES[medium] if len(every) > SOURCES[medium] + 1 else len(every)
    return {
        "sources": every[:n_open],
        "more_sources": every[n_open:] if medium is Medium.SCREEN else [],
        "n_more": len(every) - n_open,
    }


def _source(match: EvidenceMatch) -> dict[str, str]:
    item = match.evidence
    return {
        "published": f"{item.agency}: {item.source_name}" if item.agency not in item.source_name else item.source_name,
        "url": words.safe_link(item.source_url),
        "date": item.source_date,
        "held": "; ".join((item.source_id, *_held(match))),
    }


def _held(match: EvidenceMatch) -> list[str]:
    """Return where the statement is kept: knowledge base, its number there, the base's own level, the approval."""
    item = match.evidence
    parts = [f"{item.knowledge_base}: {item.id}"]
    if item.level:
        parts.append(say("evidence.level", level=item.level))
    if item.approved and item.approved != item.source_date:
        parts.append(say("evidence.approved", date=item.approved))
    return parts


def _biomarker(match: EvidenceMatch) -> str:
    """Return the biomarker with what it was matched on, how finely, and what was not compared."""
    how = say("evidence.matched_on", on=match.matched_on)
    if match.resolution and match.resolution not in match.matched_on:
        how += say("evidence.matched_by", by=match.resolution.replace("_", " "))
    if match.ignored:
        how += say("evidence.not_compared", what=", ".join(match.ignored))
    return f"{match.evidence.biomarker} ({how})"


def answers(match: EvidenceMatch) -> tuple[ConditionAnswer | str, ...]:
    """Return the answers to a claim's conditions, and as they stand those that nobody held against the patient."""
    answered = {answer.condition for answer in match.conditions}
    return (*match.conditions, *(text for text in match.evidence.conditions if text not in answered))


def conditions(found: Sequence[ConditionAnswer | str], match: EvidenceMatch) -> list[Condition]:
    """Return conditions in words, in their order.

    Parameters
    ----------
    found
        Answers, or the words of conditions that were not held against the patient.
    match
        The statement that asks for them; its tier is named where it depends on what is not known.
    """
    depends = _depends(match)
    return [_condition(item, match, depends=depends) for item in found if not isinstance(item, str) or item]


def _depends(match: EvidenceMatch) -> bool:
    """Whether the tier of a claim depends on what is not known: not where it is about another disease anyway."""
    elsewhere = any(item.status is ConditionStatus.NOT_MET and item.decides_disease for item in match.conditions)
    return match.tumor_type_match is not TumorTypeMatch.OTHER and not elsewhere


def _condition(item: ConditionAnswer | str, match: EvidenceMatch, *, depends: bool) -> Condition:
    if isinstance(item, str):
        return Condition(say("evidence.only_if"), item)
    not_met = say("evidence.not_this_tumor") if item.decides_disease else say("evidence.not_met")
    open_yet = say("evidence.tier_only_if", tier=match.tier) if depends else say("evidence.asked_there")
    how, status = {
        ConditionStatus.MET: (say("evidence.met"), "met"),
        ConditionStatus.NOT_MET: (not_met, "not-met"),
        ConditionStatus.NOT_GIVEN: (open_yet, "open"),
        ConditionStatus.FOR_READER: (say("evidence.for_the_reader"), "open"),
        ConditionStatus.FACT: (say("evidence.as_stated"), "stated"),
    }[item.status]
    not_given = say("evidence.status_not_given") if depends and item.status is ConditionStatus.NOT_GIVEN else ""
    return Condition(how, item.condition, "; ".join(filter(None, (_compared(item), not_given))), status)


def _compared(item: ConditionAnswer) -> str:
    """Return in brackets what a condition was held against; empty where that tells nothing more."""
    plain = item.status is ConditionStatus.NOT_GIVEN and item.reason.endswith("not given")
    return "" if plain or item.reason in ("", item.condition) else f"({item.reason})"


def least_doubt(matches: Iterable[EvidenceMatch]) -> str:
    """Return the least of what keeps any of some statements from holding as they stand; empty where one holds.

    A statement without conditions, such as a study's, does not take away what an approval asks for.
    """
    found = list(matches)
    asked = [match for match in found if match.conditions] or found
    return min((standing(match) for match in asked), key=STANDINGS.index, default="")


def standing(match: EvidenceMatch) -> str:
    """Return in short what keeps a claim from holding as it stands: a condition not met, or one not known.

    Of a claim for another tumor type it makes no difference what is not known.
    """
    statuses = {item.status for item in match.conditions}
    holds, is_open, not_met = STANDINGS
    if ConditionStatus.NOT_MET in statuses:
        return not_met
    depends = ConditionStatus.NOT_GIVEN in statuses and match.tumor_type_match is not TumorTypeMatch.OTHER
    return is_open if depends else holds
