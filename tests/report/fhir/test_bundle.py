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

from genomodel.core.findings import NotAssessable
from genomodel.core.report import PatientReport
from genomodel.core.review import ReviewDecision, ReviewMark
from genomodel.core.specimens import Accession
from genomodel.core.variants import Origin, TumorOnlyClass, Variant
from genomodel.report.claim_tuples import claim_tuples
from genomodel.report.fhir.bundle import _checked as checked
from genomodel.report.fhir.bundle import fhir_bundle, report_status
from genomodel.report.fhir.elements import instant, iso_date
from genomodel.report.forms import make_forms
from tests.report import reports
from tests.report.fhir.claims import claim_tuples_of_bundle
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


def components(resource: Json) -> Json:
    """Return the values of an observation's components by their code."""
    return {
        one["code"]["coding"][0]["code"]: next(value for key, value in one.items() if key.startswith("value"))
        for one in resource["component"]
        if "coding" in one["code"]
    }


def with_interpretation(report: PatientReport, **changed: object) -> PatientReport:
    interpretation = report.interpretation.model_copy(update=changed)
    return report.model_copy(update={"interpretation": interpretation})


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


def test_each_observation_of_a_failed_sample_says_that_it_failed() -> None:
    failed = {"status": "failed", "failures": ("quality: depth 12",)}
    read = json.loads(fhir_bundle(told_report().model_copy(update=failed)))
    profiles = ("variant", "molecular-biomarker", "therapeutic-implication", "diagnostic-implication")
    told = [one for profile in profiles for one in of(read, "Observation", profile)]
    assert all(of(read, "Observation", profile) for profile in profiles)
    assert all("not to be relied on" in one["note"][0]["text"] for one in told)
    assert "not to be relied on" not in json.dumps(bundle("typical"))


def test_what_waits_to_be_confirmed_is_indeterminate_and_has_no_implication() -> None:
    made = bundle("decided")
    by_answer: dict[str, list[str]] = {}
    for one in of(made, "Observation", "variant"):
        by_answer.setdefault(one["valueCodeableConcept"]["coding"][0]["display"], []).append(one["id"])
    assert len(by_answer["Indeterminate"]) == 1
    [unsure] = [one for one in of(made, "Observation", "variant") if one["id"] in by_answer["Indeterminate"]]
    said = components(unsure)["conclusion-string"]
    assert "to be confirmed" in said
    assert "tier" not in said
    derived = json.dumps([one["derivedFrom"] for one in of(made, "Observation", "therapeutic-implication")])
    assert by_answer["Indeterminate"][0] not in derived


def test_alleles_that_are_set_aside_and_predictions_are_not_in_the_bundle() -> None:
    made = bundle("decided")
    text = json.dumps(of(made, "Observation"))
    assert "C61G" not in text
    assert "Drug0" not in text.replace("Drugone", "")
    assert "BRAF p.V600E" in text


def test_other_predictions_change_no_byte_of_the_bundle() -> None:
    report = reports.typical_report()
    assert report.response is not None
    assert report.response.predictions
    none = report.response.model_copy(update={"predictions": (), "support": (), "flags": ()})
    assert fhir_bundle(report) == fhir_bundle(report.model_copy(update={"response": none}))


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


def test_what_is_not_assessable_can_be_read_neither_from_codes_nor_from_the_conclusion_as_a_negative() -> None:
    lost = {"BRAF V600": "depth 12", "Fusions of ALK, RET": "no RNA", "Purity": "none"}
    gaps = tuple(NotAssessable(what=what, reason=reason) for what, reason in lost.items())
    read = json.loads(fhir_bundle(with_interpretation(reports.typical_report(), not_assessable=gaps)))
    [analysis] = of(read, "Procedure", "genomic-study-analysis")
    [regions] = [one for one in analysis["extension"] if one["url"].endswith("-regions")]
    uncalled = [one["valueCodeableConcept"] for one in regions["extension"] if one["url"] == "uncalled"]
    assert [(one["text"], [code["code"] for code in one.get("coding", ())]) for one in uncalled] == [
        ("BRAF V600: depth 12", ["HGNC:1097"]),
        ("Fusions of ALK, RET: no RNA", ["HGNC:427"]),
        ("Fusions of ALK, RET: no RNA", ["HGNC:9967"]),
        ("Purity: none", []),
    ]
    [report] = of(read, "DiagnosticReport")
    assert "silence on it is no negative: BRAF V600; Fusions of ALK, RET; Purity" in report["conclusion"]


def test_a_rearrangement_that_is_not_confirmed_says_so_where_programs_and_people_read() -> None:
    read = json.loads(fhir_bundle(events_report(confirmed=False)))
    [fusion] = [one for one in of(read, "Observation", "variant") if "SO:0001565" in json.dumps(one)]
    said = components(fusion)
    assert "not confirmed" in said["conclusion-string"]
    assert said["variant-confidence-status"]["coding"][0]["code"] == "intermediate"
    assert fusion["note"][0]["text"].endswith("no matched normal")
    [sure] = [one for one in of(bundle("events"), "Observation", "variant") if "SO:0001565" in json.dumps(one)]
    assert "note" not in sure
    assert "variant-confidence-status" not in components(sure)


@pytest.mark.parametrize(
    ("ref", "alt", "kind"),
    [
        ("A", "T", "SNV"),
        ("AC", "TG", "MNV"),
        ("A", "AT", "insertion"),
        ("-", "AT", "insertion"),
        ("AT", "A", "deletion"),
        ("AT", "-", "deletion"),
        ("ATG", "AC", "delins"),
        ("A", "GT", "delins"),
    ],
)
def test_the_kind_of_change_follows_from_the_alleles(ref: str, alt: str, kind: str) -> None:
    allele = Variant(chrom="chr7", pos=7, ref=ref, alt=alt)
    found = reports.finding(1, "BRAF").model_copy(
        update={"variant": reports.variant(1, "BRAF", "V600E").model_copy(update={"variant": allele})}
    )
    [made] = of(json.loads(fhir_bundle(reports.report((found,)))), "Observation", "variant")
    said = components(made)
    assert said["48019-4"]["coding"][0]["display"] == kind
    # What is no allele of VCF stands in no element that asks for one.
    assert ("69547-8" in said, "69551-0" in said) == ((True, True) if "-" not in (ref, alt) else (False, False))


@pytest.mark.parametrize(
    ("origin", "verdict", "code"),
    [
        (Origin.SOMATIC, None, "LA6684-0"),
        (Origin.GERMLINE, None, "LA6683-2"),
        (Origin.UNCERTAIN, None, "LA18197-6"),
        (Origin.UNCERTAIN, TumorOnlyClass.SOMATIC, "LA18195-0"),
        (Origin.UNCERTAIN, TumorOnlyClass.LIKELY_GERMLINE, "LA18194-3"),
        (Origin.UNCERTAIN, TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS, "LA18197-6"),
        (Origin.UNCERTAIN, TumorOnlyClass.UNDETERMINED, "LA18197-6"),
    ],
)
def test_an_origin_that_is_not_known_is_coded_as_unknown(
    origin: Origin, verdict: TumorOnlyClass | None, code: str
) -> None:
    allele = reports.variant(1, "BRAF", "V600E").model_copy(update={"origin": origin, "tumor_only_class": verdict})
    found = reports.finding(1, "BRAF").model_copy(update={"variant": allele})
    [made] = of(json.loads(fhir_bundle(reports.report((found,)))), "Observation", "variant")
    assert components(made)["48002-0"]["coding"][0]["code"] == code


@pytest.mark.parametrize(("change", "name"), [("V600E", "p.Val600Glu"), ("X1010_splice", "p.?")])
def test_a_protein_change_is_written_as_hgvs_has_it(change: str, name: str) -> None:
    found = reports.finding(1, "MET").model_copy(update={"variant": reports.variant(1, "MET", change)})
    read = json.loads(fhir_bundle(reports.report((found,))))
    for profile in ("variant", "molecular-consequence"):
        [made] = of(read, "Observation", profile)
        assert components(made)["48005-3"]["coding"][0]["code"] == name


def test_the_part_of_a_gene_that_was_measured_is_not_given_for_the_ends_of_its_event() -> None:
    [made] = [one for one in of(bundle("events"), "Observation", "variant") if "SO:0001742" in json.dumps(one)]
    assert "81254-5" not in components(made)


def test_a_draft_names_nobody_as_its_interpreter_nor_its_request_as_done_nor_a_day_that_nobody_gave() -> None:
    draft = laboratory_report().model_copy(update={"status": "draft", "signature": None})
    undated = draft.patient.model_copy(update={"tumor_accession": Accession()})
    read = json.loads(fhir_bundle(draft.model_copy(update={"patient": undated})))
    [report] = of(read, "DiagnosticReport")
    assert "resultsInterpreter" not in report
    assert len(report["performer"]) == 2
    assert [one["status"] for one in of(read, "ServiceRequest")] == ["active"]
    assert not [one for one in (report, *of(read, "Observation")) if "effectiveDateTime" in one]
    assert "Reported on 2026-11-02" in report["text"]["div"]
    assert [one["status"] for one in of(bundle("laboratory"), "ServiceRequest")] == ["completed"]


def test_thousands_of_variants_are_held_to_the_models_once_for_each_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415

    held: list[int] = []
    whole = Bundle.model_validate

    def counted(given: Json) -> Bundle:
        held.append(len(given["entry"]))
        return whole(given)

    monkeypatch.setattr(Bundle, "model_validate", counted)
    listed = tuple(reports.finding(n, f"G{n}").model_copy(update={"tier": "III"}) for n in range(1, 301))
    made = with_interpretation(reports.report(()), other_variants=listed)
    assert len(json.loads(fhir_bundle(made))["entry"]) > 600
    assert held[0] < 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"effectiveDateTime": "yesterday"},
        {"unheard": 1},
        {"note": "no list"},
        {"component": [{"valueString": "no code"}]},
    ],
)
def test_one_resource_of_many_that_is_not_as_fhir_has_it_is_refused(wrong: Json) -> None:
    made = bundle("typical")
    checked(made)
    of(made, "Observation", "variant")[-1].update(wrong)
    with pytest.raises(ValueError, match="validation error"):
        checked(made)


@NAMES
def test_every_resource_is_as_the_models_have_it(name: str) -> None:
    from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415

    Bundle.model_validate(bundle(name))


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
