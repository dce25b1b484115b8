"""The terms that a report uses, for a reader who does not live with them."""

from __future__ import annotations

from typing import Any

from genomodel.core.findings import EvidenceMatch, Finding
from genomodel.core.patients import CallingMode
from genomodel.core.report import PatientReport
from genomodel.report.catalog import say
from genomodel.report.medium import Medium


def glossary(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the terms that this report uses, each with what it means here."""
    found, markers = report.interpretation, report.interpretation.biomarkers
    named = (*found.findings, *found.other_variants, *found.set_aside, *found.to_confirm)
    used = {
        "tier": True,
        "conditions": any(match.conditions for match in _matches(found.findings)),
        "escat": any(match.escat for match in _matches(found.findings)),
        "oncogenicity": any(finding.oncogenicity for finding in named),
        "uncertain": bool(found.other_variants),
        "fraction": any(finding.variant for finding in named),
        "purity": report.patient.purity is not None or report.copy_number is not None,
        "germline": True,
        "tumor_only": report.patient.mode is CallingMode.TUMOR_ONLY,
        "hotspot": any(finding.hotspot for finding in named) or report.assays.hotspots is not None,
        "negative": True,
        "second_allele": any(finding.second_allele for finding in named),
        "burden": markers.burden is not None,
        "instability": report.assays.msi is not None,
        "signature": markers.signatures is not None,
        "repair": markers.homologous_recombination is not None,
        "log_ratio": report.copy_number is not None,
        "frame": report.assays.rearrangements is not None,
        "percentile": report.response is not None,
        "interval": report.response is not None,
        "gate": report.response is not None,
        "digest": True,
    }
    terms = [
        (say(f"glossary.term.{name}"), say(f"glossary.meaning.{name}")) for name, is_used in used.items() if is_used
    ]
    return {"terms": sorted(terms, key=lambda term: term[0].lower())}


def _matches(findings: tuple[Finding, ...]) -> list[EvidenceMatch]:
    return [match for finding in findings for match in finding.evidence]
