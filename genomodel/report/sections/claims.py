"""Statements of evidence in words: what each claims, on which conditions, and what speaks against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
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
from genomodel.report.medium import Medium

KINDS = {
    EvidenceType.PREDICTIVE: ("Therapies", "Therapy"),
    EvidenceType.DIAGNOSTIC: ("Diagnosis: no statement on a therapy", "Diagnosis"),
    EvidenceType.PROGNOSTIC: ("Outcome: no statement on a therapy", "Outcome"),
}
"""Heading of the table of a type of evidence, and of its first column."""
OTHER_KINDS = ("Other statements: none on a therapy", "Statement")
EFFECT = {
    Direction.SENSITIVITY: "\u25b2 sensitivity",
    Direction.RESISTANCE: "\u25bc resistance",
    Direction.REDUCED_SENSITIVITY: "\u25bc reduced sensitivity",
    Direction.ADVERSE_RESPONSE: "\u25bc adverse response",
    Direction.FOR_DIAGNOSIS: "for the diagnosis",
    Direction.AGAINST_DIAGNOSIS: "against the diagnosis",
    Direction.BETTER_OUTCOME: "better outcome",
    Direction.POOR_OUTCOME: "poor outcome",
}
TOGETHER = {
    TherapyInteraction.COMBINATION: "",
    TherapyInteraction.SEQUENTIAL: "one after the other",
    TherapyInteraction.SUBSTITUTES: "any one of them",
    None: "the source does not say how they belong together",
}
NO_FURTHER, NONE_STATED = "No further condition stated", "No condition stated by the source"
AS_THE_CORE = "No condition stated by the source: conditions as the core states them for this therapy"
STANDINGS = ("", "condition open", "condition not met")
"""How claims stand to what is known of the patient, the best first."""


def tables(finding: Finding, medium: Medium) -> dict[str, Any]:
    """Return the statements of a finding in one table for each type of evidence, capped for the medium, best first."""
    ordered = sorted(finding.evidence, key=words.evidence_order)
    shown = ordered[: medium.max_statements]
    made = []
    for kind in EvidenceType:
        matches = [match for match in shown if match.evidence.evidence_type is kind]
        if matches:
            title, column = KINDS.get(kind, OTHER_KINDS)
            groups = _groups(matches, _asked_by_core(finding))
            made.append({"kind": kind.value, "title": title, "column": column, "groups": groups})
    return {"tables": made, "left_out": len(ordered) - len(shown)}


def _claim(match: EvidenceMatch) -> tuple[object, ...]:
    return match.evidence.direction, match.evidence.therapies


def _asked_by_core(finding: Finding) -> frozenset[tuple[object, ...]]:
    """Return direction and drugs of the claims to which the core states conditions."""
    ours = (match for match in finding.evidence if match.evidence.knowledge_base == CORE and match.evidence.therapies)
    return frozenset(_claim(match) for match in ours if _answers(match))


def _groups(matches: Iterable[EvidenceMatch], asked: Collection[tuple[object, ...]]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, ...], list[EvidenceMatch]] = {}
    for match in matches:
        key = (match.tier, match.evidence.direction.value, words.tumor_type_match(match), match.escat)
        groups.setdefault(key, []).append(match)
    return [_group(group, asked) for group in groups.values()]


def _group(matches: list[EvidenceMatch], asked: Collection[tuple[object, ...]]) -> dict[str, Any]:
    """Return statements of one tier, direction and tumor type; what all of them share is said once."""
    first = matches[0]
    biomarkers = words.unique(_biomarker(match) for match in matches)
    shared: tuple[ConditionAnswer | str, ...] = ()
    if len(matches) > 1:
        stated = [_answers(match) for match in matches]
        shared = tuple(item for item in stated[0] if all(item in answers for answers in stated[1:]))
    common = [f"{label}: {text}" for label, text in condition_lines(shared, first)]
    return {
        "tier": first.tier,
        "level": words.tier_number(first.tier) or 9,
        "direction": first.evidence.direction.value,
        "effect": EFFECT.get(first.evidence.direction, first.evidence.direction.value.replace("_", " ")),
        "tumor_type": words.tumor_type_match(first),
        "escat": f"ESCAT {first.escat} suggested, for expert review" if first.escat else "",
        "common": "; ".join(
            [
                *(biomarkers if len(biomarkers) == 1 else ()),
                *([f"for all below: {_lower_first('; '.join(common))}"] if common else ()),
            ]
        ),
        "statements": [
            _statement(match, shared, several=len(biomarkers) > 1, asked=_claim(match) in asked) for match in matches
        ],
    }


def _statement(
    match: EvidenceMatch, shared: tuple[ConditionAnswer | str, ...], *, several: bool, asked: bool
) -> dict[str, Any]:
    item = match.evidence
    own = [answer for answer in _answers(match) if answer not in shared]
    published = f"{item.agency}: {item.source_name}" if item.agency not in item.source_name else item.source_name
    about = item.therapy if item.evidence_type is EvidenceType.PREDICTIVE else ""
    return {
        "therapy": about or item.claim[:1].upper() + item.claim[1:],
        "together": TOGETHER[item.interaction] if about and len(item.therapies) > 1 else "",
        "biomarker": _biomarker(match) if several else "",
        "conditions": condition_lines(own, match),
        "nothing": NO_FURTHER if shared else AS_THE_CORE if asked else NONE_STATED,
        "inherited": item.origin is VariantOrigin.GERMLINE,
        "conflicts": match.conflicts,
        "cautions": "; ".join(match.cautions),
        "reason": match.tier_reason,
        "tier": match.tier,
        "source": "; ".join((item.source_id, *_held(match))),
        "date": item.source_date,
        "published": published,
        "url": words.safe_link(item.source_url),
    }


def _held(match: EvidenceMatch) -> list[str]:
    """Return where the statement is kept: knowledge base, its number there, the base's own level, the approval."""
    item = match.evidence
    parts = [f"{item.knowledge_base}: {item.id}"]
    if item.level:
        parts.append(f"level {item.level}")
    if item.approved and item.approved != item.source_date:
        parts.append(f"approved {item.approved}")
    return parts


def _biomarker(match: EvidenceMatch) -> str:
    """Return the biomarker with what it was matched on, how finely, and what was not compared."""
    how = f"matched on {match.matched_on}"
    if match.resolution and match.resolution not in match.matched_on:
        how += f", by {match.resolution.replace('_', ' ')}"
    if match.ignored:
        how += f"; not compared: {', '.join(match.ignored)}"
    return f"{match.evidence.biomarker} ({how})"


def _answers(match: EvidenceMatch) -> tuple[ConditionAnswer | str, ...]:
    """Return the answers to a claim's conditions, and as they stand those that nobody held against the patient."""
    answered = {answer.condition for answer in match.conditions}
    return (*match.conditions, *(text for text in match.evidence.conditions if text not in answered))


def condition_lines(answers: Sequence[ConditionAnswer | str], match: EvidenceMatch) -> list[tuple[str, str]]:
    """Return conditions by how they stand to the patient: pairs of a heading word and what it holds for.

    Parameters
    ----------
    answers
        Answers, or the words of conditions that were not held against the patient.
    match
        The statement that asks for them; its tier is named where it depends on what is not known.
    """
    labels = _labels(match)
    depends = labels[ConditionStatus.NOT_GIVEN, False]
    by_label: dict[str, list[str]] = {label: [] for label in labels.values()}
    for item in answers:
        if isinstance(item, str):
            by_label.setdefault("Only if", []).append(item)
            continue
        label = labels[item.status, item.decides_disease and item.status is ConditionStatus.NOT_MET]
        by_label[label].append(item.condition + _compared(item))
    found = [(label, "; ".join(texts)) for label, texts in by_label.items() if texts]
    return [(label, f"{text}; status not given" if label == depends else text) for label, text in found]


def _compared(item: ConditionAnswer) -> str:
    """Return in brackets what a condition was held against; empty where that tells nothing more."""
    plain = item.status is ConditionStatus.NOT_GIVEN and item.reason.endswith("not given")
    return "" if plain or item.reason in ("", item.condition) else f" ({item.reason})"


def _labels(match: EvidenceMatch) -> dict[tuple[ConditionStatus, bool], str]:
    """Return the words of each status; the second part of a key is whether the condition decides the disease."""
    elsewhere = any(item.status is ConditionStatus.NOT_MET and item.decides_disease for item in match.conditions)
    depends = match.tumor_type_match is not TumorTypeMatch.OTHER and not elsewhere
    return {
        (ConditionStatus.NOT_MET, True): "Not met, so that the claim is not about this tumor",
        (ConditionStatus.NOT_MET, False): "Not met now",
        (ConditionStatus.NOT_GIVEN, False): f"{match.tier} only if" if depends else "Asked there",
        (ConditionStatus.FOR_READER, False): "For the reader",
        (ConditionStatus.MET, False): "Met",
        (ConditionStatus.FACT, False): "As stated",
    }


def _lower_first(text: str) -> str:
    """Begin with a small letter, but for a tier and other words in capitals."""
    return text if text[1:2].isupper() or text[1:2] == "-" else text[:1].lower() + text[1:]


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
