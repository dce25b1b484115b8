"""Claims of evidence as the guide's therapeutic and diagnostic implications.

The guide has no element for the conditions of a claim: they are components whose code is words alone, as its open
slicing allows, and how each stands to the patient is part of those words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, Finding
from genomodel.core.oncogenicity import Oncogenicity
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.claim_tuples import Claim, claims
from genomodel.report.fhir import guide
from genomodel.report.fhir.elements import Entries, component, concept, extension, markdown, text, without_empty
from genomodel.report.fhir.people import Cast
from genomodel.report.fhir.variants import observation

Json = dict[str, Any]
THERAPEUTIC, DIAGNOSTIC = "therapeutic-implication", "diagnostic-implication"
AMP, OWN = "AMP/ASCO/CAP 2017", "{base}: {level}"
ONCOGENICITY = "ClinGen/CGC/VICC 2022"
CONDITION = "condition"
"""How the code of a component begins that is a condition; its status follows after a colon."""


def add_implications(
    finding: Finding, derived_from: Json, entries: Entries, cast: Cast, status: str, tumor_type: str
) -> list[Json]:
    """Add what a finding means, one observation for each claim, and one for its oncogenicity.

    Parameters
    ----------
    finding
        The finding.
    derived_from
        Reference to its observation.
    entries, cast
        The bundle, and whom it is about.
    status
        Of observations.
    tumor_type
        The patient's, in words.

    Returns
    -------
    list of dict
        References to what was added.
    """
    source = [derived_from | {"display": text(finding.label)}]
    made = []
    for number, claim in enumerate(claims(finding), start=1):
        profile = THERAPEUTIC if claim.first.evidence.evidence_type is EvidenceType.PREDICTIVE else DIAGNOSTIC
        content = observation(profile, status, cast) | {
            "derivedFrom": source,
            "extension": _sources(profile, claim.matches),
            "component": _claim_components(profile, claim),
            "note": [*cast.failed, *_notes(claim.matches)],
        }
        told = [f"{finding.label}: {claim.first.evidence.claim}", f"{AMP} {claim.first.tier}", *claim.key.conditions]
        name = f"{finding.id} claim {number}"
        made.append(entries.add("Observation", name, content, told=told, profile=profile))
    if finding.oncogenicity is not None:
        content = observation(DIAGNOSTIC, status, cast) | {"derivedFrom": source, "note": cast.failed}
        made.append(_oncogenicity(finding, finding.oncogenicity, content, entries, tumor_type))
    return made


def _claim_components(profile: str, claim: Claim) -> list[Json]:
    about, first = claim.key, claim.first
    said = f"{first.evidence.claim} ({words.tumor_type_match(first)})"
    made = [component(profile, "conclusion-string", valueString=text(said))]
    place = "phenotypic-treatment-context" if profile == THERAPEUTIC else "predicted-phenotype"
    if about.about:
        made.append(component(profile, place, valueCodeableConcept=concept(said=about.about)))
    if profile == THERAPEUTIC:
        if about.therapy:
            made.append(component(profile, "medication-assessed", valueCodeableConcept=concept(said=about.therapy)))
        made.append(component(profile, THERAPEUTIC, valueCodeableConcept=_direction(first.evidence.direction)))
    else:
        made.append(component(profile, "clinical-significance", valueCodeableConcept=concept(said=about.direction)))
    levels = [f"{AMP}: {first.tier}"]
    levels += [OWN.format(base=one.evidence.knowledge_base, level=one.evidence.level) for one in claim.matches]
    known = dict.fromkeys(text(level) for level in levels if not level.endswith(": "))
    made += [component(profile, "evidence-level", valueCodeableConcept=concept(said=level)) for level in known]
    return made + _conditions(claim)


def _direction(direction: Direction) -> Json:
    element = f"value:{direction.value}"
    coded = [guide.coding(THERAPEUTIC, element)] if guide.has(THERAPEUTIC, element) else []
    return concept(*coded, said=direction.value)


def _conditions(claim: Claim) -> list[Json]:
    """Return a component for each condition, its status and what it was held against in words."""
    answers = {answer.condition: answer for answer in claim.first.conditions}
    held = {text(condition): answer for condition, answer in answers.items()}
    made = []
    for condition in claim.key.conditions:
        answer = held.get(condition)
        status = answer.status if answer is not None else ConditionStatus.NOT_GIVEN
        name = f"{CONDITION}: {status.value.replace('_', ' ')}"
        made.append({"code": {"text": name}, "valueString": condition})
    return made


def _notes(matches: Sequence[EvidenceMatch]) -> list[Json]:
    first = matches[0]
    reasons = [f"{answer.condition}: {answer.reason}" for answer in first.conditions if text(answer.reason)]
    lines = [first.tier_reason, *reasons]
    lines += [say("fhir.conflict", text=one) for match in matches for one in match.conflicts]
    lines += [say("fhir.caution", text=one) for match in matches for one in match.cautions]
    if first.computed_tier and first.computed_tier != first.tier:
        lines.append(say("fhir.computed", tier=first.computed_tier))
    return [{"text": markdown(line)} for line in dict.fromkeys(lines) if text(line)]


def _sources(profile: str, matches: Sequence[EvidenceMatch]) -> list[Json]:
    """Return the documents that statements rest on, each once."""
    uri = guide.url(profile, "extension:workflow-relatedArtifact")
    made: dict[tuple[str, str], Json] = {}
    for match in matches:
        item = match.evidence
        said = text(", ".join(filter(None, (item.agency, item.source_name, item.source_id, item.source_date))))
        artifact = {"type": "citation", "citation": markdown(said), "url": words.safe_link(item.source_url)}
        made[said, item.source_url] = extension(uri, valueRelatedArtifact=without_empty(artifact))
    return list(made.values())


def _oncogenicity(finding: Finding, found: Oncogenicity, base: Json, entries: Entries, tumor_type: str) -> Json:
    plain = found.classification.value.replace("_", " ")
    points = say("fhir.points", n=found.points, standard=ONCOGENICITY)
    codes = ", ".join(code.code for code in found.met)
    content = base | {
        "component": [
            component(DIAGNOSTIC, "conclusion-string", valueString=text(f"{finding.label}: {found.words}")),
            component(DIAGNOSTIC, "predicted-phenotype", valueCodeableConcept=concept(said=tumor_type)),
            component(DIAGNOSTIC, "clinical-significance", valueCodeableConcept=concept(said=plain)),
            component(DIAGNOSTIC, "evidence-level", valueCodeableConcept=concept(said=points)),
        ],
        "note": [*base["note"], *([{"text": markdown(say("fhir.codes", codes=codes))}] if codes else [])],
    }
    told = [f"{finding.label}: {found.words}", points]
    return entries.add("Observation", f"{finding.id} oncogenicity", content, told=told, profile=DIAGNOSTIC)
