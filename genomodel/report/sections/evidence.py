"""Findings with evidence, findings without, and what could not be looked at."""

from __future__ import annotations

from typing import Any

from genomodel.core.findings import Finding
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium
from genomodel.report.sections.claims import tables
from genomodel.report.sections.front import no_actionable_sentence, tiered, untiered
from genomodel.report.sections.gaps import FUSIONS_OF
from genomodel.report.sections.inherited import WITHHELD
from genomodel.report.sections.oncogenicity import oncogenicity, second_allele
from genomodel.report.sections.rearrangements import support_lines

FUSION_REASONS = say("findings.fusion_reasons")


def evidence(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the findings with their statements of evidence, and the sentence for none."""
    findings = tiered(report)
    actionable = any(words.is_actionable(finding) for finding in findings)
    return {
        "nothing": "" if actionable else no_actionable_sentence(report),
        "type_not_given": "" if report.patient.tumor_type.is_given else say("evidence.type_not_given"),
        "findings": [
            {
                **_finding(finding),
                "alteration": finding.label,
                "support": _support(finding, absent=say("evidence.no_reads")),
                "inherited_word": words.with_inheritance(finding).removeprefix(finding.label),
                "facts": _facts(finding),
                "review": _review(finding),
                **tables(finding, medium),
            }
            for finding in findings
        ],
    }


def other_findings(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the findings without evidence, capped for the medium."""
    findings = untiered(report)
    return {
        "rows": [{**_finding(finding), "support": _support(finding)} for finding in findings[: medium.max_findings]],
        "left_out": max(0, len(findings) - medium.max_findings),
    }


def set_aside(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the alleles that would matter but are not reported, those to be confirmed first, capped for the medium."""
    findings, waiting = report.interpretation.set_aside, report.interpretation.to_confirm
    return {
        "waiting": [_finding(finding) for finding in waiting],
        "withheld": WITHHELD if report.interpretation.germline.consent is False else "",
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


def _support(finding: Finding, absent: str = words.NOT_GIVEN) -> str:
    """Return what a called finding rests on; a fraction of 0 contradicts the call and is told as the input's own."""
    shown = str(_finding(finding)["support"])
    if finding.variant is None:
        return shown
    counts = finding.variant.tumor
    if counts is not None and counts.known_fraction == 0:
        return say("evidence.contradicts", reads=shown)
    return absent if shown == words.NOT_GIVEN else shown


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
        origin = say("evidence.of_copy_number")
    elif finding.rearrangement is not None:
        event = finding.rearrangement
        support = "; ".join(support_lines(event))
        told = event.confirmed
        origin = say("evidence.of_rearrangement") if told else say("evidence.of_rearrangement_unconfirmed")
        ends = [f"{side.chrom}:{side.pos}" for side in (event.five, event.three)]
        place = say("evidence.junction", five=ends[0], three=ends[1])
    elif finding.support:
        support, origin = finding.support, say("evidence.of_whole_tumor")
    return {
        "gene": finding.gene,
        "label": finding.label,
        "tier": finding.tier,
        "level": words.tier_number(finding.tier) or 9,
        "oncogenicity": oncogenicity(finding.oncogenicity, finding.tier),
        "second_allele": second_allele(finding.second_allele),
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
    return say(
        "evidence.hotspot_counts",
        residue=hotspot.residue,
        n=words.count(hotspot.tumors_at_residue),
        same=words.count(hotspot.tumors_with_allele),
    )


def _facts(finding: Finding) -> list[str]:
    """Return what is known of a finding beside its support and its coding change, in the order of reading."""
    shown = _finding(finding)
    hotspot = shown["hotspot"]
    parts = (
        shown["normal"],
        say("evidence.origin", origin=shown["origin"]),
        shown["consequence"],
        say("evidence.named", name=shown["named"]) if shown["named"] else "",
        say("evidence.hotspot", hotspot=hotspot) if hotspot else "",
        shown["phase"],
        shown["clinvar"],
        shown["callers"],
    )
    return [part for part in parts if part]


def _review(finding: Finding) -> str:
    """Return what a reviewer made of a finding, beside the tier that was computed; empty where nobody reviewed it."""
    mark = finding.reviewed
    if mark is None:
        return ""
    computed = mark.computed_tier or say("evidence.review.none")
    if mark.tier and mark.tier != mark.computed_tier:
        said = say("evidence.review.changed", person=mark.person, tier=mark.tier, computed=computed)
    else:
        said = say("evidence.review.confirmed", person=mark.person, computed=computed)
    comment = say("evidence.review.comment", comment=mark.comment) if mark.comment else ""
    aside = words.unique(f"{match.tier} {match.evidence.claim}" for match in finding.evidence_set_aside)
    left = say("evidence.review.set_aside", n=len(aside), claims="; ".join(aside)) if aside else ""
    return " ".join(filter(None, (said, comment, words.sentence(left))))
