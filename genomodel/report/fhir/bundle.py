"""A report as a bundle of FHIR resources.

The bundle is of type ``collection``: a ``document`` is for what was written and attested as one text, which here is the
PDF that the diagnostic report carries, and would need a composition that says it all a second time.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Hashable
from typing import Any

from genomodel.core.findings import Finding
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.compose import composed
from genomodel.report.fhir import guide
from genomodel.report.fhir.elements import Entries, concept, extension, instant, text, without_empty
from genomodel.report.fhir.implications import add_implications
from genomodel.report.fhir.markers import Markers
from genomodel.report.fhir.people import Cast, absolute, cast_of
from genomodel.report.fhir.study import add_study
from genomodel.report.fhir.variants import Alterations
from genomodel.report.front_head import draft_note

Json = dict[str, Any]
REPORT = "genomic-report"


def fhir_bundle(report: PatientReport, pdf: bytes | None = None) -> str:
    """Return a report as the JSON of a FHIR R4 bundle.

    Parameters
    ----------
    report
        What to write.
    pdf
        The printed report, which the diagnostic report then carries.

    Returns
    -------
    str
        The same text for the same report and PDF. Germline and filtered alleles that the report sets aside, variants of
        tier IV, and predictions of the model are no observations of it.
    """
    report = composed(report)
    entries = Entries(report.patient.id)
    cast = cast_of(report, entries)
    status = report_status(report)
    study = add_study(report, entries, cast)
    results = _results(report, entries, cast, status)
    _diagnostic_report(report, entries, cast, results, study, pdf)
    number = f"{report.patient.id} {report.version.number}"
    bundle = without_empty(
        {
            "resourceType": "Bundle",
            "id": entries.id_of("Bundle", number),
            "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{entries.id_of('Bundle', number)}"},
            "type": "collection",
            "timestamp": instant(report.signature.time) if report.signature else None,
            "entry": entries.entries(),
        }
    )
    return json.dumps(_checked(bundle), ensure_ascii=False, separators=(",", ":")) + "\n"


def report_status(report: PatientReport) -> str:
    """Return FHIR's status of a report: final where it was signed, amended from the second version on."""
    if report.status != "final" or report.signature is None:
        return "preliminary"
    return "amended" if report.version.number > 1 else "final"


FIXED = frozenset(
    {"status", "intent", "use", "type", "system", "url", "contentType", "resourceType"}
    | {"effectiveDateTime", "collectedDateTime", "receivedTime", "issued", "timestamp"}
)
"""Elements whose words FHIR or the guide fixes, and days; all others hold numbers, references, or text made safe."""


def _checked(bundle: Json) -> Json:
    """Hold a bundle to the models of FHIR, which know no other elements than the standard.

    Of list items of one shape, such as entries, the first is held to them: thousands of variants are built alike, and
    the models take ten times as long as all the rest.
    """
    from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415  slow to import, and needed for this form alone

    Bundle.model_validate(_sampled(bundle)[1])
    return bundle


def _sampled(node: Any, name: str = "") -> tuple[Hashable, Any]:
    """Return an element's shape, and the element with one item of each shape in its lists.

    The shape is what decides whether the models take it: names, types, and words that are fixed.
    """
    if isinstance(node, dict):
        parts = {key: _sampled(value, key) for key, value in node.items()}
        shape = frozenset((key, one) for key, (one, _) in parts.items())
        return shape, {key: value for key, (_, value) in parts.items()}
    if isinstance(node, list):
        kinds: dict[Hashable, Any] = {}
        for item in node:
            kinds.setdefault(*_sampled(item, name))
        return frozenset(kinds), list(kinds.values())
    return (node if name in FIXED else type(node).__name__), node


def _results(report: PatientReport, entries: Entries, cast: Cast, status: str) -> list[Json]:
    """Add alterations, what they mean, and markers of the tumor; return references in reading order."""
    found = report.interpretation
    alterations, markers = Alterations(report, entries, cast, status), Markers(report, entries, cast, status)
    of_tumor = markers.add_all()
    kind = words.tumor_type(report.patient.tumor_type)
    results: list[Json] = []
    for finding in found.findings:
        made = [of_tumor[_marker(finding)]] if _marker(finding) in of_tumor else _added(finding, alterations, markers)
        results += made if made[0] not in of_tumor.values() else []
        results += add_implications(finding, made[0], entries, cast, status, kind)
    for finding in found.other_variants:
        if finding.tier != "IV":
            made = _added(finding, alterations, markers)
            results += [*made, *add_implications(finding, made[0], entries, cast, status, kind)]
    for finding in found.to_confirm:
        results += alterations.variant(finding, confirmed=False)
    return [*results, *of_tumor.values()]


def _added(finding: Finding, alterations: Alterations, markers: Markers) -> list[Json]:
    placed = finding.variant or finding.copy_number or finding.rearrangement
    return alterations.variant(finding) if placed is not None else [markers.of_finding(finding)]


def _marker(finding: Finding) -> str:
    """Return which marker of the tumor a finding rests on, empty for none."""
    name = finding.id.rpartition(":")[2]
    return {"msi_high": "msi", "tmb_high": "tmb"}.get(name, "")


def _diagnostic_report(
    report: PatientReport, entries: Entries, cast: Cast, results: list[Json], study: Json, pdf: bytes | None
) -> None:
    signed = report.signature
    identifier = f"{report.patient.id}.v{report.version.number}"
    conclusion = _conclusion(report)
    disclaimers = [report.research_use_only, *([words.SYNTHETIC_NOTE] if report.synthetic else [])]
    content = {
        "extension": [
            extension(guide.url(REPORT, "extension:genomic-study-reference"), valueReference=study),
            *(_note("test-disclaimer", said) for said in disclaimers),
        ],
        "identifier": [without_empty({"value": identifier, "system": absolute(report.laboratory.identifier_system)})],
        "basedOn": [cast.request] if cast.request else [],
        "status": report_status(report),
        "category": guide.categories(REPORT),
        "code": concept(guide.coding(REPORT, "code"), said=say("fhir.report")),
        "subject": cast.patient,
        "effectiveDateTime": cast.effective,
        "issued": instant(signed.time) if signed else None,
        # Who directs the laboratory answers for what it issues; who interpreted these results only a signature says.
        "performer": [*cast.performer, *([cast.director] if cast.director else [])],
        "resultsInterpreter": [cast.signer] if cast.signer else [],
        "specimen": [one for one in (cast.tumor, cast.normal) if one],
        "result": results,
        "conclusion": "\n".join(conclusion),
        "presentedForm": [_presented(report, pdf)] if pdf is not None else [],
    }
    dated = [say("fhir.reported_on", date=report.reported_on)] if report.reported_on else []
    told = [report.research_use_only, *dated, *conclusion]
    entries.add("DiagnosticReport", "report", content, told=told, profile=REPORT)


def _conclusion(report: PatientReport) -> list[str]:
    lines = [words.failed_line(report.failures)]
    if report_status(report) == "preliminary":
        lines.append(draft_note(report))
    lines += [f"{line.topic}: {line.text}" for line in report.front.summary]
    lost = [item.what for item in report.interpretation.not_assessable]
    if lost:
        lines.append(say("fhir.not_assessable", names="; ".join(lost)))
    return [text(line) for line in lines if text(line)]


def _note(kind: str, said: str) -> Json:
    code = {"coding": [guide.coding(REPORT, f"value:{kind}")]}
    named = [extension(guide.url(REPORT, "extension:annotation-code"), valueCodeableConcept=code)]
    uri = guide.url(REPORT, "extension:genomic-report-note")
    return extension(uri, valueAnnotation={"extension": named, "text": text(said) or say("fhir.no_words")})


def _presented(report: PatientReport, pdf: bytes) -> Json:
    return {
        "contentType": "application/pdf",
        "language": "en",
        "data": base64.b64encode(pdf).decode(),
        "size": len(pdf),
        # SHA-1 is what FHIR R4 asks of `Attachment.hash`; it guards against accidents, not against forgery.
        "hash": base64.b64encode(hashlib.sha1(pdf, usedforsecurity=False).digest()).decode(),
        "title": f"{report.patient.id}.pdf",
    }
