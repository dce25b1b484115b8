"""Who a report is about, what was sampled, who asked for it and who answers for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from genomodel.core.patients import Patient
from genomodel.core.report import PatientReport
from genomodel.core.specimens import Accession, Specimen
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.fhir.elements import Entries, concept, iso_date, markdown, text, without_empty

Json = dict[str, Any]
ONCOTREE = "http://oncotree.mskcc.org"
GENDERS = {"female": "female", "male": "male", "other": "other", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Cast:
    """References to those whom all other resources name."""

    patient: Json
    condition: Json | None
    tumor: Json | None
    normal: Json | None
    laboratory: Json | None
    director: Json | None
    signer: Json | None
    requester: Json | None
    request: Json | None
    performer: list[Json] = field(default_factory=list)
    failed: list[Json] = field(default_factory=list)
    """Notes that the sample failed, which an observation taken apart from its report has to say; else none."""
    effective: str | None = None
    """When what was observed was so: the day on which the tumor was taken, which no day of a report stands for."""


def cast_of(report: PatientReport, entries: Entries) -> Cast:
    """Add the people, specimens and the request of a report, as far as it names them."""
    subject, lab = report.patient, report.laboratory
    patient = entries.add("Patient", "patient", _patient(report), told=[say("fhir.patient", id=subject.id)])
    laboratory = None
    if lab.name:
        told = [lab.name, lab.address or "", lab.accreditation or ""]
        laboratory = entries.add("Organization", "laboratory", _organization(report), told=told)
    director = _person(entries, "director", lab.director, say("fhir.director")) if lab.director else None
    signer = None
    if report.signature is not None:
        person = report.signature.person
        signer = _person(
            entries, f"person {person.id}", person.name, person.role, id_=person.id, licence=person.licence
        )
    requester = _person(entries, "requester", subject.requester, say("fhir.requester")) if subject.requester else None
    tumor = _specimen(entries, report, "tumor", subject.tumor_sample, subject.tumor_specimen, subject.tumor_accession)
    normal = _specimen(
        entries, report, "normal", subject.normal_sample, subject.normal_specimen, subject.normal_accession
    )
    condition = entries.add("Condition", "tumor", _condition(subject, patient), told=[_diagnosis(subject)])
    request = None
    if requester is not None:
        asked = {
            "status": "completed" if report.status == "final" else "active",
            "intent": "order",
            "code": concept(said=say("fhir.request")),
            "subject": patient,
            "requester": requester,
            "reasonReference": [condition],
            "specimen": [one for one in (tumor, normal) if one],
        }
        request = entries.add("ServiceRequest", "request", asked, told=[say("fhir.request"), subject.requester or ""])
    performer = [one for one in (laboratory,) if one]
    effective = iso_date(subject.tumor_accession.collected)
    people = (laboratory, director, signer, requester, request)
    failed = [{"text": markdown(words.failed_line(report.failures))}] if report.failures else []
    return Cast(patient, condition, tumor, normal, *people, performer, failed, effective)


def _identifier(report: PatientReport, value: str | None, use: str, said: str = "") -> Json | None:
    if not value or not text(value):
        return None
    system = absolute(report.laboratory.identifier_system)
    return without_empty({"use": use, "type": concept(said=said), "system": system, "value": text(value)})


def absolute(system: str | None) -> str | None:
    """Return a URI that may stand as a system, ``None`` for what is none."""
    return system if system and re.fullmatch(r"(https?://|urn:)\S+", system) else None


def _patient(report: PatientReport) -> Json:
    patient = report.patient
    identifiers = (
        _identifier(report, patient.id, "official"),
        _identifier(report, patient.second_id, "secondary"),
    )
    return {
        "identifier": [one for one in identifiers if one],
        "gender": GENDERS.get((patient.sex or "").lower()),
    }


def _organization(report: PatientReport) -> Json:
    lab = report.laboratory
    lines = [text(value) for value in (lab.contact, lab.accreditation) if value]
    return {
        "name": text(lab.name),
        "address": [{"text": text(lab.address)}] if lab.address else [],
        "contact": [{"name": {"text": line}} for line in lines[:1]] if lab.contact else [],
        "identifier": [{"type": concept(said=say("fhir.accreditation")), "value": text(lab.accreditation)}]
        if lab.accreditation
        else [],
    }


def _person(entries: Entries, name: str, person: str | None, role: str, *, id_: str = "", licence: str = "") -> Json:
    identifiers: list[Json] = [{"value": text(id_)}] if id_ else []
    if licence:
        identifiers.append({"type": concept(said=say("fhir.licence")), "value": text(licence)})
    content = {"identifier": identifiers, "name": [{"text": text(person)}] if text(person or "") else []}
    return entries.add("Practitioner", name, content, told=[", ".join(filter(None, (person, role)))])


def _specimen(
    entries: Entries,
    report: PatientReport,
    role: str,
    sample: str | None,
    specimen: Specimen | None,
    accession: Accession,
) -> Json | None:
    """Add a specimen where the sheet or the files name one: a sample, a number, or what was kept."""
    if sample is None and specimen is None and not any(accession.model_dump().values()):
        return None
    kept = specimen.preservation.value if specimen is not None else ""
    kind = say("fhir.tumor_specimen") if role == "tumor" else say("fhir.normal_specimen")
    number = _identifier(report, accession.specimen, "official", say("fhir.specimen_number"))
    identifiers = (
        number,
        _identifier(report, sample, "secondary", say("fhir.sample_name")),
        _identifier(report, accession.block, "secondary", say("fhir.block")),
    )
    share = accession.cellularity
    content = {
        "identifier": [one for one in identifiers if one],
        "accessionIdentifier": number,
        "type": concept(said=f"{kind} ({kept})" if kept and kept != "unknown" else kind),
        "subject": {"reference": f"urn:uuid:{entries.id_of('Patient', 'patient')}"},
        "receivedTime": iso_date(accession.received),
        "collection": without_empty(
            {
                "collectedDateTime": iso_date(accession.collected),
                "bodySite": concept(said=accession.site) if accession.site and text(accession.site) else None,
            }
        ),
        "note": [{"text": say("fhir.cellularity", share=words.percent(share))}] if share is not None else [],
    }
    return entries.add("Specimen", role, content, told=[kind, accession.specimen or sample or ""])


def _diagnosis(patient: Patient) -> str:
    return patient.diagnosis or (patient.tumor_type.name if patient.tumor_type.is_given else say("fhir.no_diagnosis"))


def _condition(patient: Patient, subject: Json) -> Json:
    kind = patient.tumor_type
    code = re.fullmatch(r"[A-Za-z0-9_.-]+", kind.oncotree_code)
    coded = [without_empty({"system": ONCOTREE, "code": kind.code, "display": text(kind.name)})] if code else []
    stage = patient.clinical.stage
    return {
        "code": concept(*coded, said=_diagnosis(patient)),
        "subject": subject,
        "stage": [{"summary": concept(said=stage.replace("_", " "))}] if stage and text(stage) else [],
    }
