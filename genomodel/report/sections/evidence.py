"""Findings with evidence, findings without, and what could not be looked at."""

from __future__ import annotations

from typing import Any

from genomodel.core.findings import Direction, EvidenceMatch, Finding
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.medium import Medium
from genomodel.report.sections.front import no_actionable_sentence, tiered, untiered
from genomodel.report.sections.gaps import FUSIONS_OF
from genomodel.report.sections.rearrangements import support_lines

FUSION_REASONS = "For several reasons, which the section on rearrangements gives gene by gene."
_EFFECT = {
    Direction.SENSITIVITY: "\u25b2 sensitivity",
    Direction.RESISTANCE: "\u25bc resistance",
    Direction.REDUCED_SENSITIVITY: "\u25bc reduced sensitivity",
    Direction.ADVERSE_RESPONSE: "\u25bc adverse response",
    Direction.FOR_DIAGNOSIS: "for the diagnosis",
    Direction.AGAINST_DIAGNOSIS: "against the diagnosis",
    Direction.BETTER_OUTCOME: "better outcome",
    Direction.POOR_OUTCOME: "poor outcome",
}


def evidence(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the findings with their statements of evidence, and the sentence for none."""
    findings = tiered(report)
    actionable = any(words.is_actionable(finding) for finding in findings)
    return {
        "nothing": "" if actionable else no_actionable_sentence(report),
        "findings": [_with_statements(finding) for finding in findings],
    }


def other_findings(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the findings without evidence, capped for the medium."""
    findings = untiered(report)
    return {
        "rows": [_finding(finding) for finding in findings[: medium.max_findings]],
        "left_out": max(0, len(findings) - medium.max_findings),
    }


def set_aside(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the alleles that would matter but are not reported, those to be confirmed first, capped for the medium."""
    findings, waiting = report.interpretation.set_aside, report.interpretation.to_confirm
    return {
        "waiting": [_finding(finding) for finding in waiting],
        "rows": [_finding(finding) for finding in findings[: medium.max_findings]],
        "left_out": max(0, len(findings) - medium.max_findings),
    }


def not_assessable(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return what could not be assessed, grouped by reason in order of first appearance."""
    groups: dict[str, list[str]] = {}
    rows = report.interpretation.not_assessable
    several = len({row.reason for row in rows if row.what.startswith(FUSIONS_OF)}) > 1
    for item in rows:
        fused = several and item.what.startswith(FUSIONS_OF)
        names = groups.setdefault(FUSION_REASONS if fused else item.reason, [])
        names.append(item.what.removeprefix(FUSIONS_OF) if fused and names else item.what)
    return {"groups": list(groups.items())}


def _with_statements(finding: Finding) -> dict[str, Any]:
    groups: dict[tuple[str, Direction, str], list[EvidenceMatch]] = {}
    for match in sorted(finding.evidence, key=words.evidence_order):
        key = (match.tier, match.evidence.direction, words.tumor_type_match(match))
        groups.setdefault(key, []).append(match)
    return {**_finding(finding), "groups": [_group(matches) for matches in groups.values()]}


def _group(matches: list[EvidenceMatch]) -> dict[str, Any]:
    """Return statements of one tier, direction and tumor type; what all of them share is said once."""
    first = matches[0]
    biomarkers = words.unique(_biomarker(match) for match in matches)
    shared: tuple[str, ...] = ()
    if len(matches) > 1:
        stated = [match.evidence.conditions for match in matches]
        shared = tuple(item for item in stated[0] if all(item in conditions for conditions in stated[1:]))
    common = [*(biomarkers if len(biomarkers) == 1 else ()), *([f"all {words.conditions(shared)}"] if shared else ())]
    return {
        "tier": first.tier,
        "level": words.tier_number(first.tier) or 9,
        "direction": first.evidence.direction.value,
        "effect": _EFFECT.get(first.evidence.direction, first.evidence.direction.value.replace("_", " ")),
        "tumor_type": words.tumor_type_match(first),
        "common": "; ".join(common),
        "statements": [_statement(match, shared, several=len(biomarkers) > 1) for match in matches],
    }


def _statement(match: EvidenceMatch, shared: tuple[str, ...], *, several: bool) -> dict[str, Any]:
    item = match.evidence
    own = words.conditions([condition for condition in item.conditions if condition not in shared])
    published = f"{item.agency}: {item.source_name}" if item.agency not in item.source_name else item.source_name
    text = own or ("no further condition stated" if shared else "no condition stated")
    return {
        "therapy": item.therapy or item.claim[:1].upper() + item.claim[1:],
        "conditions": f"{_biomarker(match)}: {text}" if several else text[:1].upper() + text[1:],
        "cautions": "; ".join([*match.cautions, *(f"conflict: {text}" for text in match.conflicts)]),
        "source": item.source_id,
        "date": item.source_date,
        "published": published,
        "url": words.safe_link(item.source_url),
    }


def _biomarker(match: EvidenceMatch) -> str:
    return f"{match.evidence.biomarker} (matched on {match.matched_on})"


def _finding(finding: Finding) -> dict[str, Any]:
    """Return what both tables show of a finding."""
    variant, call = finding.variant, finding.copy_number
    support, origin, place, consequence = words.NOT_GIVEN, words.NOT_GIVEN, "", ""
    if variant is not None:
        support = words.fraction_with_reads(variant.tumor)
        origin = words.origin(variant)
        place = words.place(variant)
        consequence = words.consequence_terms(variant)
    elif call is not None:
        support = words.copy_number(call)
        origin = "copy number"
    elif finding.rearrangement is not None:
        event = finding.rearrangement
        support = "; ".join(support_lines(event))
        origin = "rearrangement" if event.confirmed else "rearrangement, not confirmed"
        place = f"{event.five.chrom}:{event.five.pos} to {event.three.chrom}:{event.three.pos}"
    elif finding.support:
        support, origin = finding.support, "the tumor as a whole"
    return {
        "gene": finding.gene,
        "label": finding.label,
        "tier": finding.tier,
        "support": support,
        "normal": words.normal_reads(variant) if variant else "",
        "origin": origin,
        "callers": words.callers(variant) if variant else "",
        "origin_reason": variant.origin_reason if variant else "",
        "place": place,
        "coding": words.coding_change(variant) if variant else "",
        "named": words.named_effects(variant) if variant else "",
        "phase": words.phase(variant) if variant else "",
        "clinvar": words.clinvar(variant) if variant else "",
        "consequence": consequence,
        "hotspot": _hotspot(finding),
        "driver_role": "" if (finding.driver_role or "") in finding.why else finding.driver_role,
        "why": finding.why,
    }


def _hotspot(finding: Finding) -> str:
    hotspot = finding.hotspot
    if hotspot is None:
        return ""
    return (
        f"{hotspot.residue}: {words.plural(hotspot.tumors_at_residue, 'tumor')} mutated at this residue, "
        f"{words.count(hotspot.tumors_with_allele)} with this change"
    )
