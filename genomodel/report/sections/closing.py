"""Methods and limitations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from genomodel.core.patients import CallingMode, GenomeBuild
from genomodel.core.provenance import StepStatus, Version
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.dispositions_table import table_digest
from genomodel.report.medium import Medium

_KINDS = ("knowledge", "model", "tool", "package")
_DIGITS_ON_PAPER = 16


def methods(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return steps, inputs and versions; checksums are cut to 16 digits on paper."""
    versions = _unique_versions(report)
    kinds = [*_KINDS, *sorted({version.kind for version in versions} - set(_KINDS))]
    groups = []
    for kind in kinds:
        rows = [_version(version, medium) for version in versions if version.kind == kind]
        if rows:
            groups.append({"title": _kind(kind), "rows": rows})
    return {
        "inputs": [
            {"name": item.name, "kind": item.kind.replace("_", " "), "sha256": _digest(item.sha256, medium)}
            for item in report.inputs
        ],
        "steps": [
            {
                "name": step.name,
                "status": step.status.value,
                "skipped": step.status is StepStatus.SKIPPED,
                "detail": step.detail,
            }
            for step in report.steps
        ],
        "groups": groups,
        "dates": _knowledge_dates(versions),
        "table_sha256": _digest(table_digest(report), medium),
        "shortened": medium is Medium.PRINT,
    }


def limitations(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return what this report cannot say, as sentences that hold for this input."""
    subject = report.patient
    withheld = report.interpretation.germline.consent is False
    said = {
        "synthetic": report.synthetic,
        "tumor_only": subject.mode is CallingMode.TUMOR_ONLY,
        "no_population": subject.mode is CallingMode.TUMOR_ONLY and report.calling.population is None,
        "mode_not_given": subject.mode is CallingMode.UNKNOWN,
        "build_not_given": subject.genome is GenomeBuild.UNKNOWN,
        "genes_not_given": subject.assayed_genes is None,
        "purity_not_given": subject.purity is None,
        "knowledge": True,
        "classes": True,
        "withheld": withheld,
        "flags": not withheld,
        "confirm": True,
        "predictions": report.response is not None,
    }
    return {"points": [say(f"limitations.point.{name}") for name, holds in said.items() if holds]}


def _unique_versions(report: PatientReport) -> list[Version]:
    """Return all versions of the report without repeats, by name."""
    versions = [*report.versions, *report.interpretation.sources]
    if report.response is not None:
        versions.append(report.response.model)
    return sorted(dict.fromkeys(versions), key=lambda version: (version.name.lower(), version.version))


def _version(version: Version, medium: Medium) -> dict[str, str]:
    return {
        "name": version.name,
        "version": version.version or words.NOT_GIVEN,
        "date": version.date,
        "licence": version.licence,
        "sha256": _digest(version.sha256, medium),
        "url": words.safe_link(version.url),
    }


def _digest(sha256: str, medium: Medium) -> str:
    return sha256[:_DIGITS_ON_PAPER] if medium is Medium.PRINT else sha256


def _kind(kind: str) -> str:
    """Return the heading of versions of a kind; data may name kinds that have no words."""
    return say(f"methods.kind.{kind}") if kind in _KINDS else kind.capitalize() or say("methods.other")


def _knowledge_dates(versions: Sequence[Version]) -> str:
    """Return between which dates the knowledge was released, empty where none is dated."""
    dates = sorted(version.date for version in versions if version.kind == "knowledge" and version.date)
    if not dates:
        return ""
    if dates[0] == dates[-1]:
        return say("methods.date", date=dates[0])
    return say("methods.dates", first=dates[0], last=dates[-1])
