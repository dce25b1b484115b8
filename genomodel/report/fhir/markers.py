"""Markers of the tumor as a whole as observations of the guide's molecular biomarker."""

from __future__ import annotations

from typing import Any

from genomodel.core.biomarkers import BurdenCall, MutationalBurden, RepairCall
from genomodel.core.findings import Finding
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.fhir import guide
from genomodel.report.fhir.elements import Entries, component, concept, markdown, text
from genomodel.report.fhir.people import Cast
from genomodel.report.fhir.variants import observation

Json = dict[str, Any]
MARKER = "molecular-biomarker"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
PER_MEGABASE = "1/1000000{Base}"


def absent(code: str, reason: str) -> Json:
    """Return why an observation has no value, with a code of FHIR's own list."""
    return {"coding": [{"system": ABSENT, "code": code}], "text": text(reason) or say("fhir.no_reason")}


class Markers:
    """Adds the markers of a report."""

    def __init__(self, report: PatientReport, entries: Entries, cast: Cast, status: str) -> None:
        self._report, self._entries, self._cast, self._status = report, entries, cast, status

    def add_all(self) -> dict[str, Json]:
        """Add mutational burden, instability of microsatellites, and repair; return references by name."""
        return {"tmb": self._burden(), "msi": self._instability(), "hrd": self._repair()}

    def of_finding(self, finding: Finding) -> Json:
        """Add a finding that has no place on the genome, such as the wild type of a gene that was looked at."""
        said = text(finding.support) or text(finding.why) or text(finding.label)
        content = {"code": concept(said=finding.label), "valueString": said}
        return self._add(finding.id, content, told=[finding.label, said])

    def _add(self, name: str, content: Json, *, told: list[str]) -> Json:
        group = {"coding": [guide.coding(MARKER, "value:molgen")]}
        content = observation(MARKER, self._status, self._cast) | content
        content["note"] = [*self._cast.failed, *content.get("note", [])]
        content["specimen"] = self._cast.tumor
        content["component"] = [component(MARKER, "biomarker-category", valueCodeableConcept=group)]
        return self._entries.add("Observation", name, content, told=told, profile=MARKER)

    def _not_looked_at(self, name: str, content: Json, title: str) -> Json:
        reason = say("fhir.not_looked_at")
        return self._add(name, content | {"dataAbsentReason": absent("not-performed", reason)}, told=[title, reason])

    def _burden(self) -> Json:
        found = self._report.interpretation.biomarkers.burden
        content: Json = {"code": {"coding": [guide.coding(MARKER, "code:tmb")]}}
        if found is None:
            return self._not_looked_at("tmb", content, say("fhir.tmb"))
        if found.value is None:
            content["dataAbsentReason"] = absent("unknown", found.reason)
        else:
            content["valueQuantity"] = {
                "value": float(f"{found.value:.6g}"),
                "unit": say("fhir.per_megabase"),
                "system": guide.url("variant", "system:ucum"),
                "code": PER_MEGABASE,
            }
        level = {BurdenCall.HIGH: "high", BurdenCall.LOW: "low"}.get(found.call)
        if level and found.value is not None:
            content["interpretation"] = [{"coding": [guide.coding(MARKER, f"value:{level}")]}]
        notes = _burden_notes(found)
        content["note"] = [{"text": markdown(note)} for note in notes]
        return self._add("tmb", content, told=[say("fhir.tmb"), *notes])

    def _instability(self) -> Json:
        found = self._report.assays.msi
        content: Json = {"code": {"coding": [guide.coding(MARKER, "code:msi")]}}
        if found is None:
            return self._not_looked_at("msi", content, say("fhir.msi"))
        known = {InstabilityClass.HIGH: "msi-high", InstabilityClass.STABLE: "msi-stable"}.get(found.status)
        coded = [guide.coding(MARKER, f"value:{known}")] if known else []
        content["valueCodeableConcept"] = concept(*coded, said=found.status.value)
        notes = [note for note in (found.reason, found.method) if text(note)]
        if found.score is not None:
            notes.insert(0, say("fhir.msi_score", score=words.decimal(found.score, 3)))
        content["note"] = [{"text": markdown(note)} for note in notes]
        return self._add("msi", content, told=[say("fhir.msi"), found.status.value, *notes])

    def _repair(self) -> Json:
        found = self._report.interpretation.biomarkers.homologous_recombination
        content: Json = {"code": concept(said=say("fhir.hrd"))}
        if found is None:
            return self._not_looked_at("hrd", content, say("fhir.hrd"))
        said = "; ".join(filter(None, (*map(text, found.basis), text(found.reason))))
        if found.call is RepairCall.NOT_ASSESSABLE:
            content["dataAbsentReason"] = absent("unknown", found.reason)
        else:
            content["valueCodeableConcept"] = concept(said=found.call.value.replace("_", " "))
            content["note"] = [{"text": markdown(said)}] if said else []
        return self._add("hrd", content, told=[say("fhir.hrd"), found.call.value.replace("_", " "), said])


def _burden_notes(found: MutationalBurden) -> list[str]:
    notes = []
    if found.low is not None and found.high is not None:
        notes.append(say("fhir.interval", low=words.decimal(found.low, 1), high=words.decimal(found.high, 1)))
    if found.cutoff is not None:
        notes.append(say("fhir.cutoff", cutoff=f"{found.cutoff:g}", source=found.cutoff_source))
    return [note for note in (*notes, found.rule, found.reason if found.value is not None else "") if text(note)]
