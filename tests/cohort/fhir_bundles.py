"""Bundles as hospitals send them: the shapes of mCODE and of the genomics reporting guide, with made-up facts."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ICD_O = "http://terminology.hl7.org/CodeSystem/icd-o-3"
SNOMED = "http://snomed.info/sct"
ONCOTREE = "http://oncotree.mskcc.org"
HISTOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
SPECIMEN_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0487"
SUBJECT = {"reference": "Patient/p1"}


def concept(system: str, code: str, display: str = "") -> Json:
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [
        {"use": "usual", "system": "https://hospital.example/mrn", "value": "MRN 4711"},
        {"use": "official", "system": "https://study.example", "value": "ONC-7"},
    ],
    "name": [{"family": "Anyperson", "given": ["Ada"]}],
    "gender": "female",
    "birthDate": "1961-05-17",
}
CONDITION: Json = {
    "resourceType": "Condition",
    "id": "c1",
    "meta": {"profile": ["http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-primary-cancer-condition"]},
    "extension": [{"url": HISTOLOGY, "valueCodeableConcept": concept(ICD_O, "8140/3", "Adenocarcinoma, NOS")}],
    "verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
    "code": {**concept(SNOMED, "254637007", "Non-small cell lung cancer (disorder)"), "text": "NSCLC, adenocarcinoma"},
    "bodySite": [concept(ICD_O, "C34.1", "Upper lobe, lung")],
    "subject": SUBJECT,
    "stage": [{"summary": concept("http://cancerstaging.org", "3C", "IIIC")}],
}
TUMOR: Json = {
    "resourceType": "Specimen",
    "id": "s1",
    "accessionIdentifier": {"value": "H26/123"},
    "identifier": [{"type": {"text": "block"}, "value": "A3"}],
    "type": concept(SPECIMEN_TYPE, "TUMOR", "Tumor"),
    "subject": SUBJECT,
    "receivedTime": "2026-03-11T08:00:00+01:00",
    "collection": {
        "collectedDateTime": "2026-03-09T23:30:00-05:00",
        "bodySite": concept(SNOMED, "1", "left upper lobe"),
    },
    "processing": [{"description": "formalin fixed, paraffin embedded"}],
    "note": [{"text": "Tumor cells about 65 %"}],
}
NORMAL: Json = {
    "resourceType": "Specimen",
    "id": "s2",
    "type": concept(SPECIMEN_TYPE, "BLD", "Whole blood"),
    "subject": SUBJECT,
    "collection": {"collectedPeriod": {"start": "2026-03-10"}},
}
REQUEST: Json = {
    "resourceType": "ServiceRequest",
    "id": "r1",
    "status": "active",
    "intent": "order",
    "subject": SUBJECT,
    "requester": {"reference": "PractitionerRole/x1"},
}
PEOPLE: list[Json] = [
    {
        "resourceType": "PractitionerRole",
        "id": "x1",
        "practitioner": {"reference": "Practitioner/d1"},
        "organization": {"reference": "Organization/o1"},
    },
    {
        "resourceType": "Practitioner",
        "id": "d1",
        "name": [{"prefix": ["Dr."], "given": ["B."], "family": "Oncologist"}],
    },
    {"resourceType": "Organization", "id": "o1", "name": "General Hospital"},
]
WHOLE = [PATIENT, CONDITION, TUMOR, NORMAL, REQUEST, *PEOPLE]


def bundle(*resources: Json) -> Json:
    entries = [
        {"fullUrl": f"https://hospital.example/fhir/{one['resourceType']}/{one.get('id')}", "resource": one}
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": copy.deepcopy(entries)}


def write(folder: Path, content: object, name: str = "bundle.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
