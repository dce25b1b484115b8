"""A report as a GA4GH Phenopacket of schema version 2.0.

What a packet holds, and which fields the schema requires, is at https://phenopacket-schema.readthedocs.io. A term
stands in it only where it can be sourced: sites and stages, which the sheet gives as words, stay words, and nothing is
said of the tumor's progression. Alleles have no allelic state: its terms are of a genotype, and a tumor's reads are of
a mixture; the share of reads is given instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from genomodel import __version__
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.patients import Patient
from genomodel.core.report import PatientReport
from genomodel.core.specimens import Accession, Specimen
from genomodel.report.catalog import say
from genomodel.report.phenopacket.findings import genomic_interpretations
from genomodel.report.phenopacket.terms import diagnosis, resources_of, term

Json = dict[str, Any]
SCHEMA = "2.0"
NO_DAY = "1970-01-01"
"""Day of a packet whose report has none: the field is required, and the clock is never asked."""
SEXES = {"female": "FEMALE", "male": "MALE"}
MSI_CODES = {InstabilityClass.HIGH: "LOINC:LA26203-2", InstabilityClass.STABLE: "LOINC:LA14122-8"}
PER_MEGABASE = "UCUM:1/1000000{Base}"
_CURIE = re.compile(r"([A-Za-z][A-Za-z0-9]*):\S+")


def phenopacket(report: PatientReport) -> str:
    """Return the packet of a report as JSON: same report, same bytes.

    The schema's own protobuf messages read it first, and refuse what is not of the schema.
    """
    made = _packet(report)
    prefixes = {match[1] for id_ in _term_ids(made) if (match := _CURIE.fullmatch(id_))}
    made["metaData"] = _meta_data(report, prefixes)
    # No other form needs them, and they take a tenth of a second.
    from google.protobuf.json_format import ParseDict  # noqa: PLC0415
    from phenopackets import Phenopacket  # noqa: PLC0415

    content = _without_empty(made)
    ParseDict(content, Phenopacket())
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _without_empty(value: Any) -> Any:
    """Return a value without empty texts, lists and objects, which mean the same to the schema as nothing."""
    if isinstance(value, dict):
        return {key: below for key, one in value.items() if (below := _without_empty(one)) not in ("", [], {})}
    return [_without_empty(one) for one in value] if isinstance(value, list) else value


def _packet(report: PatientReport) -> Json:
    patient = report.patient
    samples = _biosamples(report)
    tumor = samples[0]["id"]
    term_ = diagnosis(patient.tumor_type)
    found: Json = {
        "id": patient.id,
        "subject": _individual(patient),
        "measurements": _measurements(report),
        "biosamples": samples,
        "interpretations": [_interpretation(report, term_, tumor)],
        "files": _files(report),
    }
    if term_ is not None:
        found["diseases"] = [{"term": term_}]
    return found


def _individual(patient: Patient) -> Json:
    found: Json = {"id": patient.id, "taxonomy": term("NCBITaxon:9606")}
    if patient.second_id:
        found["alternateIds"] = [patient.second_id]
    if patient.sex in SEXES:
        found["sex"] = SEXES[patient.sex]
    if patient.clinical.age is not None:
        found["timeAtLastEncounter"] = {"age": {"iso8601duration": duration(patient.clinical.age)}}
    return found


def duration(years: float) -> str:
    """Return an age as ISO 8601, in years and whole months."""
    months = round(years * 12)
    text = (f"{months // 12}Y" if months >= 12 else "") + (f"{months % 12}M" if months % 12 else "")
    return f"P{text or '0Y'}"


def _biosamples(report: PatientReport) -> list[Json]:
    """Return the tumor's sample, and the normal's where there is one."""
    patient = report.patient
    found = [
        _biosample(
            patient, "tumor", patient.tumor_sample, patient.tumor_specimen, patient.tumor_accession, "EFO:0009655"
        )
    ]
    term_ = diagnosis(patient.tumor_type)
    if term_ is not None:
        found[0]["histologicalDiagnosis"] = term_
    normal = patient.normal_accession
    if patient.normal_sample or patient.normal_specimen or any(normal.model_dump().values()):
        found.append(
            _biosample(patient, "normal", patient.normal_sample, patient.normal_specimen, normal, "EFO:0009654")
        )
    if found[1:] and found[1]["id"] == found[0]["id"]:
        found[1]["id"] += ".normal"
    return found


def _biosample(
    patient: Patient, kind: str, sample: str | None, specimen: Specimen | None, accession: Accession, status: str
) -> Json:
    facts = {
        "block": accession.block,
        "site": accession.site,
        "received": accession.received,
        "cellularity": None if accession.cellularity is None else f"{accession.cellularity:g}",
        "preservation": specimen.preservation.value if specimen is not None else None,
        "diagnosis": patient.diagnosis if kind == "tumor" else None,
        "oncotree": patient.tumor_type.oncotree_code if kind == "tumor" else None,
        "stage": patient.clinical.stage if kind == "tumor" else None,
        "sample": sample,
    }
    told = [say(f"phenopacket.fact.{name}", value=value) for name, value in facts.items() if value]
    made: Json = {
        "id": accession.specimen or sample or f"{patient.id}.{kind}",
        "individualId": patient.id,
        "description": "; ".join(told),
        "taxonomy": term("NCBITaxon:9606"),
        "materialSample": term(status),
    }
    if accession.collected:
        made["timeOfCollection"] = {"timestamp": f"{accession.collected}T00:00:00Z"}
    return made


def _measurements(report: PatientReport) -> list[Json]:
    found: list[Json] = []
    burden, msi = report.interpretation.biomarkers.burden, report.assays.msi
    if burden is not None and burden.value is not None:
        quantity: Json = {"unit": term(PER_MEGABASE), "value": burden.value}
        told = say("phenopacket.burden", rule=burden.rule, call=burden.call.value.replace("_", " "))
        found.append({"assay": term("LOINC:94076-7"), "value": {"quantity": quantity}, "description": told})
    if msi is not None and msi.status in MSI_CODES:
        value = {"ontologyClass": term(MSI_CODES[msi.status])}
        found.append({"assay": term("LOINC:81695-9"), "value": value, "description": msi.method})
    return found


def _interpretation(report: PatientReport, disease: Json | None, tumor: str) -> Json:
    said = [report.research_use_only]
    said += [say("phenopacket.synthetic")] if report.synthetic else []
    said += [say("phenopacket.failed", reason=reason) for reason in report.failures]
    said += [say("phenopacket.not_final")] if report.status != "final" else []
    # The schema requires a disease: of a tumor whose type nobody gave, that it is one is all that is known.
    about: Json = {
        "genomicInterpretations": genomic_interpretations(report, tumor),
        "disease": disease or term("NCIT:C3262"),
    }
    return {
        "id": f"{report.patient.id}.report",
        "progressStatus": "COMPLETED" if report.status == "final" else "IN_PROGRESS",
        "diagnosis": about,
        "summary": " ".join(said),
    }


def _files(report: PatientReport) -> list[Json]:
    """Return the files that were read, by name: where they lay is no part of a report."""
    sample = report.patient.tumor_sample
    return [
        {
            "uri": one.name,
            "individualToFileIdentifiers": {report.patient.id: sample} if sample else {},
            "fileAttributes": {
                "fileFormat": one.kind,
                "genomeAssembly": report.patient.genome.value,
                "sha256": one.sha256,
            },
        }
        for one in report.inputs
    ]


def _meta_data(report: PatientReport, prefixes: set[str]) -> Json:
    return {
        "created": f"{report.reported_on or NO_DAY}T00:00:00Z",
        "createdBy": f"genomodel {__version__}",
        "submittedBy": report.laboratory.name or "",
        "resources": resources_of(prefixes),
        "phenopacketSchemaVersion": SCHEMA,
    }


def _term_ids(value: Any) -> Iterator[str]:
    """Yield ids of terms and of genes, which are all that a packet has a resource for."""
    if isinstance(value, dict):
        if value.keys() == {"id", "label"}:
            yield value["id"]
        if "valueId" in value:
            yield value["valueId"]
        for below in value.values():
            yield from _term_ids(below)
    elif isinstance(value, list):
        for below in value:
            yield from _term_ids(below)
