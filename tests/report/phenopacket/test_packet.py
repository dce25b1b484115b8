"""The phenopacket of a report: the schema takes it, what the schema requires is there, and nothing is invented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict, MessageToJson, Parse
from hypothesis import given
from hypothesis import strategies as st
from phenopackets import Phenopacket

from genomodel.core.biomarkers import BurdenCall, MutationalBurden
from genomodel.core.findings import Direction
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.patients import GenomeBuild
from genomodel.core.report import PatientReport
from genomodel.core.variants import Origin, Variant
from genomodel.report.forms import DEFAULT_FORMS, FORMS, make_forms
from genomodel.report.phenopacket import terms
from genomodel.report.phenopacket.packet import duration, phenopacket
from genomodel.resources.oncotree import UNKNOWN_TYPE, all_types
from tests.report import reports
from tests.report.fhir import made
from tests.report.told import told_report


def untyped_report() -> PatientReport:
    """Return a report of a tumor whose type nobody gave."""
    report = told_report()
    return report.model_copy(update={"patient": report.patient.model_copy(update={"tumor_type": UNKNOWN_TYPE})})


REPORTS = {"told": told_report, "whole": made.laboratory_report, "untyped": untyped_report}
REQUIRED = {
    "Phenopacket": ("id", "metaData"),
    "MetaData": ("created", "createdBy", "resources", "phenopacketSchemaVersion"),
    "Resource": ("id", "name", "url", "version", "namespacePrefix", "iriPrefix"),
    "Individual": ("id",),
    "Biosample": ("id",),
    "Disease": ("term",),
    "OntologyClass": ("id", "label"),
    "Interpretation": ("id", "progressStatus"),
    "Diagnosis": ("disease",),
    "GenomicInterpretation": ("subjectOrBiosampleId", "interpretationStatus"),
    "VariantInterpretation": ("therapeuticActionability", "variationDescriptor"),
    "VariationDescriptor": ("id",),
    "VcfRecord": ("genomeAssembly", "chrom", "pos", "ref", "alt"),
    "Expression": ("syntax", "value"),
    "Extension": ("name",),
    "GeneDescriptor": ("symbol",),
    "Measurement": ("assay", "value"),
    "Quantity": ("unit", "value"),
    "File": ("uri",),
}
"""By message, what the schema's own documentation has as 1..1 or 1..*; of the gene, the symbol."""


def messages(message: Any) -> Iterator[Any]:
    yield message
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for one in value if field.is_repeated else [value]:
            yield from messages(one)


def parsed(report: PatientReport) -> Any:
    return Parse(phenopacket(report), Phenopacket())


def content(report: PatientReport) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(phenopacket(report))
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_the_schema_takes_it_and_gives_it_back(name: str) -> None:
    text = phenopacket(REPORTS[name]())
    packet = Parse(text, Phenopacket())
    assert Phenopacket.FromString(packet.SerializeToString()) == packet
    assert Parse(MessageToJson(packet), Phenopacket()) == packet
    assert text == phenopacket(REPORTS[name]())


@pytest.mark.parametrize("name", REPORTS)
def test_all_that_the_schema_requires_is_there(name: str) -> None:
    seen = set()
    for message in messages(parsed(REPORTS[name]())):
        kind = message.DESCRIPTOR.name
        seen.add(kind)
        given_fields = MessageToDict(message, always_print_fields_with_no_presence=True)
        missing = [field for field in REQUIRED.get(kind, ()) if not given_fields.get(field)]
        assert not missing, (kind, missing, given_fields)
    assert {"Phenopacket", "VcfRecord", "VariationDescriptor", "Resource", "Diagnosis"} <= seen


@pytest.mark.parametrize("name", REPORTS)
def test_each_term_is_sourced_and_has_its_resource(name: str) -> None:
    report = REPORTS[name]()
    packet = parsed(report)
    prefixes = {resource.namespace_prefix for resource in packet.meta_data.resources}
    sourced = set(terms.terms()) | {found["id"] for found in [terms.diagnosis(report.patient.tumor_type)] if found}
    used = {message.id for message in messages(packet) if message.DESCRIPTOR.name == "OntologyClass"}
    genes = {message.value_id for message in messages(packet) if message.DESCRIPTOR.name == "GeneDescriptor"} - {""}
    assert used <= sourced
    assert {id_.partition(":")[0] for id_ in used | genes} == prefixes
    assert all(re.fullmatch(r"HGNC:\d+", id_) for id_ in genes)


def test_the_table_of_terms_tells_where_each_was_read() -> None:
    for one in terms.terms().values():
        assert one.source.startswith("https://")
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", one.seen_on)
        assert one.label


@pytest.mark.parametrize("name", REPORTS)
def test_every_finding_of_the_genome_is_in_it_with_place_name_and_tier(name: str) -> None:
    report = REPORTS[name]()
    on_genome = [one for one in report.interpretation.findings if one.variant or one.copy_number or one.rearrangement]
    made_of = content(report)["interpretations"][0]["diagnosis"]["genomicInterpretations"]
    assert len(made_of) == len(on_genome) > 0
    for finding, one in zip(on_genome, made_of, strict=True):
        descriptor = one["variantInterpretation"]["variationDescriptor"]
        facts = {extension["name"]: extension.get("value") for extension in descriptor["extensions"]}
        assert (descriptor["id"], descriptor["label"]) == (finding.id, finding.label)
        assert facts.get("tier") == finding.tier
        if finding.variant is not None:
            place = finding.variant.variant
            assert facts["allele"] == place.key
            assert descriptor.get("vcfRecord", {}).get("pos", str(place.pos)) == str(place.pos)
            assert "allelicState" not in descriptor


def test_person_specimens_and_laboratory_are_told() -> None:
    report = made.laboratory_report().model_copy(update={"reported_on": "2026-11-02"})
    packet = content(report)
    assert packet["subject"]["alternateIds"] == ["H-0815"]
    tumor = packet["biosamples"][0]
    assert (tumor["id"], tumor["individualId"]) == ("S26-1", report.patient.id)
    assert tumor["timeOfCollection"] == {"timestamp": "2026-10-01T00:00:00Z"}
    assert "taken at skin" in tumor["description"]
    assert tumor["materialSample"]["id"] == "EFO:0009655"
    meta = packet["metaData"]
    assert (meta["created"], meta["submittedBy"]) == ("2026-11-02T00:00:00Z", "Example laboratory")
    assert meta["phenopacketSchemaVersion"] == "2.0"
    assert packet["interpretations"][0]["progressStatus"] == "COMPLETED"
    assert "Dr. Requester" not in json.dumps(packet)


def test_a_draft_says_so_and_what_it_may_be_used_for() -> None:
    packet = content(told_report())
    assert packet["interpretations"][0]["progressStatus"] == "IN_PROGRESS"
    assert packet["interpretations"][0]["summary"].startswith("Research use only.")
    assert "Draft" in packet["interpretations"][0]["summary"]
    assert packet["metaData"]["created"] == "1970-01-01T00:00:00Z"


def test_what_is_not_known_is_left_out() -> None:
    report = told_report()
    unknown = report.patient.model_copy(update={"tumor_type": UNKNOWN_TYPE, "genome": GenomeBuild.UNKNOWN})
    packet = content(report.model_copy(update={"patient": unknown}))
    assert "diseases" not in packet
    assert packet["interpretations"][0]["diagnosis"]["disease"] == {"id": "NCIT:C3262", "label": "Neoplasm"}
    assert "histologicalDiagnosis" not in packet["biosamples"][0]
    assert "vcfRecord" not in json.dumps(packet)
    assert "ONCOTREE" not in {one["namespacePrefix"] for one in packet["metaData"]["resources"]}


def test_an_allele_as_maf_has_it_is_no_record_of_vcf() -> None:
    allele = reports.variant(1, "BRAF", "V600E").model_copy(
        update={"variant": Variant(chrom="chr7", pos=7, ref="-", alt="AT")}
    )
    found = reports.finding(1, "BRAF").model_copy(update={"variant": allele})
    assert "vcfRecord" not in phenopacket(reports.report((found,)))
    assert "vcfRecord" in phenopacket(reports.report((reports.finding(1, "BRAF"),)))


def test_a_tumor_type_is_of_the_nci_thesaurus_where_oncotree_maps_one_code() -> None:
    assert terms.diagnosis(all_types()["LUAD"]) == {"id": "NCIT:C3512", "label": "Lung Adenocarcinoma"}
    found = [terms.diagnosis(one) for one in all_types().values()]
    assert all(one and re.fullmatch(r"NCIT:C\d+|ONCOTREE:\S+", one["id"]) for one in found)


def test_burden_and_instability_are_measurements() -> None:
    report = made.laboratory_report()
    burden = MutationalBurden(call=BurdenCall.HIGH, value=12.5, rule="coding substitutions")
    marks = report.interpretation.biomarkers.model_copy(update={"burden": burden})
    told = report.model_copy(update={"interpretation": report.interpretation.model_copy(update={"biomarkers": marks})})
    found = {one["assay"]["id"]: one for one in content(told)["measurements"]}
    quantity = found["LOINC:94076-7"]["value"]["quantity"]
    assert (quantity["value"], quantity["unit"]["id"]) == (12.5, "UCUM:1/1000000{Base}")
    if told.assays.msi is not None and told.assays.msi.status is InstabilityClass.HIGH:
        assert found["LOINC:81695-9"]["value"]["ontologyClass"]["label"] == "MSI-H"


def test_a_therapy_that_works_makes_a_finding_actionable_and_resistance_does_not() -> None:
    works, fails = reports.match(), reports.match(direction=Direction.RESISTANCE)
    found = [reports.finding(1, evidence=(works,)), reports.finding(2, evidence=(fails,)), reports.finding(3)]
    base = told_report()
    report = base.model_copy(
        update={"interpretation": base.interpretation.model_copy(update={"findings": tuple(found)})}
    )
    made_of = content(report)["interpretations"][0]["diagnosis"]["genomicInterpretations"]
    assert [one["variantInterpretation"]["therapeuticActionability"] for one in made_of] == [
        "ACTIONABLE", "UNKNOWN_ACTIONABILITY", "UNKNOWN_ACTIONABILITY",
    ]  # fmt: skip


def test_an_inherited_allele_is_the_persons() -> None:
    base = told_report()
    own = reports.finding(1).model_copy(update={"variant": reports.variant(1, origin=Origin.GERMLINE)})
    report = base.model_copy(update={"interpretation": base.interpretation.model_copy(update={"findings": (own,)})})
    (one,) = content(report)["interpretations"][0]["diagnosis"]["genomicInterpretations"]
    assert one["subjectOrBiosampleId"] == report.patient.id


@pytest.mark.parametrize(("years", "text"), [(61, "P61Y"), (0.5, "P6M"), (1.25, "P1Y3M"), (0, "P0Y"), (0.999, "P1Y")])
def test_an_age_is_written_as_the_schema_asks(years: float, text: str) -> None:
    assert duration(years) == text


def test_it_is_a_form_that_is_made_where_it_is_asked_for() -> None:
    assert "phenopacket" in FORMS
    assert "phenopacket" not in DEFAULT_FORMS
    report = told_report()
    files = make_forms(report, frozenset({"phenopacket"}))
    assert list(files) == [f"{report.patient.id}.phenopacket.json"]


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_stands_in_it_as_it_is(label: str, site: str) -> None:
    base = made.laboratory_report()
    first = base.interpretation.findings[0].model_copy(update={"label": label})
    accession = base.patient.tumor_accession.model_copy(update={"site": site})
    report = base.model_copy(
        update={
            "interpretation": base.interpretation.model_copy(update={"findings": (first,)}),
            "patient": base.patient.model_copy(update={"tumor_accession": accession}),
        }
    )
    packet = parsed(report)
    (one,) = packet.interpretations[0].diagnosis.genomic_interpretations
    assert one.variant_interpretation.variation_descriptor.label == label
    assert site in packet.biosamples[0].description
