"""Methods and limitations."""

from __future__ import annotations

from typing import Any

from genomodel.core.patients import CallingMode, GenomeBuild
from genomodel.core.provenance import StepStatus, Version
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.medium import Medium

_KINDS = {"knowledge": "Knowledge", "model": "Model", "tool": "Tools", "package": "Packages"}
_DIGITS_ON_PAPER = 16
WITHHELD_LIMIT = "Inherited variants are withheld for want of consent, with the therapies that rest on one."


def methods(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return steps, inputs and versions; checksums are cut to 16 digits on paper."""
    versions = _unique_versions(report)
    kinds = [*_KINDS, *sorted({version.kind for version in versions} - set(_KINDS))]
    groups = []
    for kind in kinds:
        rows = [_version(version, medium) for version in versions if version.kind == kind]
        if rows:
            groups.append({"title": _KINDS.get(kind, kind.capitalize() or "Other"), "rows": rows})
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
        "shortened": medium is Medium.PRINT,
    }


def limitations(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return what this report cannot say, as sentences that hold for this input."""
    subject = report.patient
    points = []
    if report.synthetic:
        points.append("The genome and the patient are simulated. Nothing here is about a person.")
    if subject.mode is CallingMode.TUMOR_ONLY:
        points.append(
            "There was no matched normal: somatic and germline variants cannot be told apart with certainty. "
            "A finding of uncertain origin needs confirmation in normal tissue, under the patient's consent."
        )
        if report.calling.population is None:
            points.append(
                "No population frequencies were looked up, so that no variant of this tumor is called somatic: common "
                "inherited variants may be among those listed."
            )
    elif subject.mode is CallingMode.UNKNOWN:
        points.append("It is not given whether a matched normal was used, so origins are as the input states them.")
    if subject.genome is GenomeBuild.UNKNOWN:
        points.append("The genome build is not given; coordinates cannot be checked against a reference.")
    if subject.assayed_genes is None:
        points.append("The genes assayed are not given: an alteration that is not listed may not have been looked for.")
    if subject.purity is None:
        points.append("The purity is not given: a low allele fraction may mean few tumor cells or a subclone.")
    points += [
        "Tiers follow from the knowledge listed under Methods with its dates. Approvals change, and what the knowledge "
        "does not hold is not reported; conditions of a claim that the sheet does not answer are left open.",
        "A suggested ESCAT tier is for expert review. Oncogenicity rests on the codes that could be evaluated; "
        "a code whose source was absent gave no points.",
        WITHHELD_LIMIT
        if report.interpretation.germline.consent is False
        else "A flag of an inherited variant is no germline result, and that none is flagged is no negative one.",
        "Every finding needs confirmation by a validated assay before it guides anything.",
    ]
    if report.response is not None:
        points.append(
            "Predictions come from cancer cell lines in culture: no immune system, no dosing, no earlier therapy. "
            "They are no probability of clinical benefit and have no coverage guarantee for patients."
        )
    return {"points": points}


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
