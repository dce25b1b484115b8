"""Findings with evidence, findings without, and what could not be looked at."""

from __future__ import annotations

from typing import Any

from genomodel.core.findings import Finding
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.medium import Medium
from genomodel.report.sections.claims import tables
from genomodel.report.sections.front import no_actionable_sentence, tiered, untiered
from genomodel.report.sections.gaps import FUSIONS_OF
from genomodel.report.sections.inherited import WITHHELD
from genomodel.report.sections.oncogenicity import oncogenicity, second_allele
from genomodel.report.sections.rearrangements import support_lines

FUSION_REASONS = "For several reasons, which the section on rearrangements gives gene by gene."
TYPE_NOT_GIVEN = (
    "The tumor type is not given: no statement is graded above II-C, and none on diagnosis or outcome is listed."
)


def evidence(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the findings with their statements of evidence, and the sentence for none."""
    findings = tiered(report)
    actionable = any(words.is_actionable(finding) for finding in findings)
    return {
        "nothing": "" if actionable else no_actionable_sentence(report),
        "type_not_given": "" if report.patient.tumor_type.is_given else TYPE_NOT_GIVEN,
        "findings": [
            {**_finding(finding), "label": words.with_inheritance(finding), **tables(finding, medium)}
            for finding in findings
        ],
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
    return (
        f"{hotspot.residue}: {words.plural(hotspot.tumors_at_residue, 'tumor')} mutated at this residue, "
        f"{words.count(hotspot.tumors_with_allele)} with this change"
    )
