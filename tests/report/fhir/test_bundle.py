"""A report as a FHIR bundle: what it says, to whom it points, and what it never says."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomodel.core.review import ReviewDecision, ReviewMark
from genomodel.report.claim_tuples import claim_tuples
from genomodel.report.fhir.bundle import fhir_bundle, report_status
from genomodel.report.fhir.elements import instant, iso_date
from genomodel.report.fhir.read import claim_tuples_of_bundle
from genomodel.report.forms import make_forms
from tests.report import reports
from tests.report.fhir.made import MADE, amended_report, events_report, failed_report, laboratory_report
from tests.report.told import told_report

Json = dict[str, Any]
NAMES = pytest.mark.parametrize("name", sorted(MADE))
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]")


def bundle(name: str) -> Json:
    made: Json = json.loads(fhir_bundle(MADE[name]()))
    return made


def of(made: Json, kind: str, profile: str = "") -> list[Json]:
    resources = [entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] == kind]
    return [one for one in resources if not profile or one["meta"]["profile"][0].endswith(f"/{profile}")]


def strings(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [node] if isinstance(node, str) else []


@NAMES
def test_the_same_report_gives_the_same_bundle_with_the_claims_of_the_report(name: str) -> None:
    assert fhir_bundle(MADE[name]()) == fhir_bundle(MADE[name]())
    assert claim_tuples_of_bundle(bundle(name)) == claim_tuples(MADE[name]())


@NAMES
def test_references_end_inside_the_bundle_and_ids_are_unique(name: str) -> None:
    made = bundle(name)
    urls = [entry["fullUrl"] for entry in made["entry"]]
    assert len(set(urls)) == len(urls)
    assert all(entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}" for entry in made["entry"])

    def referred(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["reference"]] if isinstance(node.get("reference"), str) else []
            return own + [text for value in node.values() for text in referred(value)]
        return [text for value in node for text in referred(value)] if isinstance(node, list) else []

    pointed = set(referred(made))
    assert pointed <= set(urls)
    assert set(urls) - pointed == {made["entry"][-1]["fullUrl"]}, "only the report itself is named by nothing"


@NAMES
def test_no_string_is_empty_or_has_a_character_that_fhir_forbids_and_narrative_is_escaped(name: str) -> None:
    for entry in bundle(name)["entry"]:
        for text in strings(entry):
            assert text.strip() == text != ""
            assert not FORBIDDEN.search(text)
        div = ElementTree.fromstring(entry["resource"]["text"]["div"])
        assert {node.tag.rpartition("}")[2] for node in div.iter()} <= {"div", "p"}


def test_an_empty_report_says_so_and_what_was_not_looked_at() -> None:
    made = bundle("empty")
    [report] = of(made, "DiagnosticReport")
    assert report["status"] == "preliminary"
    assert "DRAFT" in report["conclusion"]
    assert "No tier I or II" in report["conclusion"]
    assert "presentedForm" not in report
    [burden] = [one for one in of(made, "Observation") if one["code"].get("coding", [{}])[0].get("code") == "94076-7"]
    assert burden["dataAbsentReason"]["text"] == "Not looked at"


def test_the_pdf_travels_in_the_report_with_its_size_and_hash() -> None:
    made = make_forms(laboratory_report(), frozenset({"pdf", "fhir"}))
    [report] = of(json.loads(made["P1.fhir.json"]), "DiagnosticReport")
    [form] = report["presentedForm"]
    pdf = base64.b64decode(form["data"])
    assert pdf == made["P1.pdf"]
    assert form["size"] == len(pdf)
    assert base64.b64decode(form["hash"]) == hashlib.sha1(pdf, usedforsecurity=False).digest()
    assert form["contentType"] == "application/pdf"


def test_a_signed_report_names_those_who_answer_for_it_and_when() -> None:
    made = bundle("laboratory")
    [report] = of(made, "DiagnosticReport")
    assert (report["status"], report["issued"]) == ("final", "2026-11-02T10:11:12+01:00")
    assert report["effectiveDateTime"] == "2026-10-01"
    assert "DRAFT" not in report["conclusion"]
    names = {person["name"][0]["text"] for person in of(made, "Practitioner")}
    assert names == {"Ada Example", "Dr. Director", "Dr. Requester"}
    assert [lab["name"] for lab in of(made, "Organization")] == ["Example laboratory"]
    [patient] = of(made, "Patient")
    assert [one["value"] for one in patient["identifier"]] == ["P1", "H-0815"]
    assert {one["system"] for one in patient["identifier"]} == {"https://example.org/patients"}
    tumor = next(one for one in of(made, "Specimen") if one["type"]["text"].startswith("tumor"))
    assert tumor["accessionIdentifier"]["value"] == "S26-1"
    assert tumor["collection"] == {"collectedDateTime": "2026-10-01", "bodySite": {"text": "skin"}}
    assert of(made, "ServiceRequest")[0]["requester"]["reference"].startswith("urn:uuid:")
    assert {one["status"] for one in of(made, "Observation")} == {"final"}


def test_the_status_follows_signature_and_version_and_never_a_failed_sample() -> None:
    assert report_status(laboratory_report()) == "final"
    assert report_status(amended_report()) == "amended"
    assert report_status(failed_report()) == "preliminary"
    assert report_status(laboratory_report().model_copy(update={"signature": None})) == "preliminary"
    [report] = of(bundle("failed"), "DiagnosticReport")
    assert report["conclusion"].startswith("Quality failed") or "failed" in report["conclusion"].split("\n")[0]


def test_what_waits_to_be_confirmed_is_indeterminate_and_has_no_implication() -> None:
    made = bundle("decided")
    by_answer: dict[str, list[str]] = {}
    for one in of(made, "Observation", "variant"):
        by_answer.setdefault(one["valueCodeableConcept"]["coding"][0]["display"], []).append(one["id"])
    assert len(by_answer["Indeterminate"]) == 1
    derived = json.dumps([one["derivedFrom"] for one in of(made, "Observation", "therapeutic-implication")])
    assert by_answer["Indeterminate"][0] not in derived


def test_alleles_that_are_set_aside_and_predictions_are_not_in_the_bundle() -> None:
    made = bundle("decided")
    text = json.dumps(of(made, "Observation"))
    assert "C61G" not in text
    assert "Drug0" not in text.replace("Drugone", "")
    assert "BRAF p.V600E" in text


def test_an_event_of_each_kind_carries_its_codes() -> None:
    made = json.loads(fhir_bundle(events_report()))
    text = json.dumps(of(made, "Observation", "variant"))
    for part in ("SO:0001565", "HGNC:427", "SO:0001742", "82155-3", "LA21276-3", "G" * 200):
        assert part in text
    [unstable] = [one for one in of(made, "Observation") if "LA26203-2" in json.dumps(one)]
    [implied] = [one for one in of(made, "Observation", "therapeutic-implication") if "Drugmsi" in json.dumps(one)]
    assert implied["derivedFrom"][0]["reference"].endswith(unstable["id"])


def test_a_reviewed_variant_tells_the_computed_tier_beside_the_reviewers() -> None:
    mark = ReviewMark(
        decision=ReviewDecision.INCLUDE, computed_tier="I-A", tier="II-C", comment="<one> case", person="ada", time="x"
    )
    found = reports.finding(1, "BRAF", (reports.match(tier="II-C"),)).model_copy(update={"reviewed": mark})
    [variant] = of(json.loads(fhir_bundle(reports.report((found,)))), "Observation", "variant")
    assert variant["note"] == [{"text": "Reviewed by ada: tier II-C, computed I-A. &lt;one> case"}]


def test_genes_that_could_not_be_read_are_uncalled_regions_with_their_reasons() -> None:
    [analysis] = of(bundle("typical"), "Procedure", "genomic-study-analysis")
    [regions] = [one for one in analysis["extension"] if one["url"].endswith("-regions")]
    uncalled = [one["valueCodeableConcept"]["text"] for one in regions["extension"] if one["url"] == "uncalled"]
    assert "Gene fusions: Not assayed by this input." in uncalled
    assert len(uncalled) == 3


def test_each_condition_says_how_it_stands_to_the_patient() -> None:
    made = json.loads(fhir_bundle(told_report()))
    [implied] = of(made, "Observation", "therapeutic-implication")
    said = {one["code"]["text"]: one["valueString"] for one in implied["component"] if "coding" not in one["code"]}
    assert said["condition: not met"] == "asks not_met"
    assert said["condition: met"] == "asks met"
    assert said["condition: not given"] == "asks not_given"


@pytest.mark.parametrize(
    ("given", "read"),
    [("2026", "2026"), ("2026-02-30", None), ("2026-02-28", "2026-02-28"), ("<b>", None), (None, None)],
)
def test_only_a_date_is_a_date(given: str | None, read: str | None) -> None:
    assert iso_date(given) == read


def test_an_instant_has_an_offset() -> None:
    assert instant("2026-11-02T10:11:12") is None
    assert instant("2026-11-02T10:11:12+00:00") == "2026-11-02T10:11:12+00:00"


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_text_a_report_holds_its_bundle_is_valid_and_keeps_the_claims(mark: str) -> None:
    made = told_report(mark)
    found = reports.finding(9, mark or "G", (reports.match(mark or "G", therapy=mark, conditions=(mark, "adult")),))
    interpretation = made.interpretation
    made = made.model_copy(
        update={"interpretation": interpretation.model_copy(update={"findings": (*interpretation.findings, found)})}
    )
    read = json.loads(fhir_bundle(made))
    assert claim_tuples_of_bundle(read) == claim_tuples(made)
    assert all(text.strip() == text != "" for entry in read["entry"] for text in strings(entry))
