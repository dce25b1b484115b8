"""From a FHIR bundle to rows of the sheets: what is mapped, what is told, what is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.cohort.from_fhir.sheet import UNMAPPED, Asked, SheetRows, rows_of_bundle, write_rows
from genomodel.cohort.sheets import read_cohort
from genomodel.core.errors import InputError
from tests.cohort.fhir_bundles import (
    CONDITION,
    HISTOLOGY,
    ICD_O,
    NORMAL,
    ONCOTREE,
    PATIENT,
    REQUEST,
    SNOMED,
    TUMOR,
    WHOLE,
    Json,
    bundle,
    concept,
    write,
)

NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
ON = Asked(on=date(2026, 3, 20), assay="panel")
Reader = Callable[..., SheetRows]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    return lambda *resources, asked=ON: rows_of_bundle(write(tmp_path, bundle(*resources)), asked)


def but(resource: Json, **changed: Any) -> Json:
    return {key: value for key, value in {**copy.deepcopy(resource), **changed}.items() if value is not None}


def whys(rows: SheetRows, words: str = "") -> list[str]:
    return [f"{one.path}: {one.why}" for one in rows.unmapped if words in f"{one.path} {one.why}"]


def test_a_whole_bundle_fills_both_sheets(read: Reader) -> None:
    rows = read(*WHOLE)
    assert rows.patient == {
        "patient": "ONC-7", "tumor_type": "LUAD", "assay": "panel", "sex": "female", "stage": "IIIC", "age": "64",
        "second_id": "MRN 4711", "requester": "Dr. B. Oncologist, General Hospital",
        "diagnosis": "NSCLC, adenocarcinoma",
    }  # fmt: skip
    tumor, normal = rows.samples
    assert tumor == {
        "patient": "ONC-7", "type": "tumor", "specimen": "H26/123", "block": "A3", "site": "left upper lobe",
        "collected": "2026-03-09", "received": "2026-03-11", "preservation": "ffpe", "cellularity": "0.65",
    }  # fmt: skip
    assert normal == {"patient": "ONC-7", "type": "normal", "collected": "2026-03-10", "preservation": "blood"}


def test_the_sheets_are_read_by_the_workflow_once_files_and_assay_are_there(read: Reader, tmp_path: Path) -> None:
    write_rows(read(*WHOLE[:2], TUMOR), tmp_path / "sheets", append=False)
    samples = tmp_path / "sheets" / "samples.tsv"
    (tmp_path / "x.vcf").write_text("x")
    header, row = samples.read_text().splitlines()
    cells = row.split("\t")
    cells[header.split("\t").index("vcf")] = str(tmp_path / "x.vcf")
    samples.write_text(header + "\n" + "\t".join(cells) + "\n")
    patient = read_cohort(tmp_path / "sheets" / "patients.tsv", samples).patients["ONC-7"].patient
    assert (patient.tumor_type.code, patient.clinical.stage, patient.tumor_accession.block) == ("LUAD", "IIIC", "A3")


def test_every_leaf_of_what_was_read_is_in_a_cell_or_told(read: Reader) -> None:
    odd = but(PATIENT, deceasedBoolean=False, maritalStatus={"text": "married"}, telecom=[{"value": "+1 555"}])
    rows = read(odd, but(CONDITION, severity={"text": "grave"}), but(TUMOR, quantityOfBlood=3), *WHOLE[3:])
    told = {one.path for one in rows.unmapped}
    assert {"Patient.deceasedBoolean", "Patient.maritalStatus", "Patient.telecom", "Patient.name"} <= told
    assert {"Condition.severity", "Specimen.quantityOfBlood", "Condition.stage[0].summary"} <= told
    assert not any("Anyperson" in one.value or "555" in one.value or "1961" in one.value for one in rows.unmapped)
    assert any("not as FHIR R4 has it" in one.why and "quantityOfBlood" in one.path for one in rows.unmapped)


def test_a_name_that_stands_beside_a_reference_is_shown_nowhere(read: Reader) -> None:
    named = {"reference": "Patient/p1", "display": "Ada Anyperson"}
    drug = {"resourceType": "MedicationStatement", "id": "m1", "subject": named, "status": "active"}
    kin = {"resourceType": "RelatedPerson", "id": "k1", "patient": named, "name": [{"text": "Bob Anyperson"}]}
    spread = but(CONDITION, id="c4", subject=named, meta={"profile": ["x/mcode-secondary-cancer-condition"]})
    about = [but(resource, subject=named) for resource in (CONDITION, TUMOR, REQUEST)]
    rows = read(PATIENT, *about, drug, kin, spread, *WHOLE[5:])
    assert {"MedicationStatement/m1", "RelatedPerson/k1", "Condition/c4"} <= {one.resource for one in rows.unmapped}
    assert not any("Anyperson" in one.value for one in rows.unmapped)


def test_shapes_of_earlier_releases_of_mcode_are_read(read: Reader) -> None:
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/onco-core-HistologyMorphologyBehavior-extension"
    extension = [{"url": url, "valueCodeableConcept": concept(ICD_O, "8140/3")}]
    stage = [{"summary": concept(SNOMED, "48105005", "Clinical stage III C (finding)")}]
    rows = read(PATIENT, but(CONDITION, extension=extension, stage=stage))
    assert (rows.patient["tumor_type"], rows.patient["stage"]) == ("LUAD", "IIIC")


def test_medication_is_told_and_never_taken_for_all_that_was_given(read: Reader) -> None:
    drug = {"resourceType": "MedicationStatement", "id": "m1", "medicationCodeableConcept": {"text": "cisplatin"}}
    rows = read(*WHOLE, drug)
    assert "prior_therapy" not in rows.patient
    assert any(one.resource == "MedicationStatement/m1" and "cisplatin" in one.value for one in rows.unmapped)


@pytest.mark.parametrize(
    ("code", "extension", "sites", "type_", "told"),
    [
        (concept(ONCOTREE, "SKCM"), None, [], "SKCM", ""),
        (concept("urn:oncotree", "MEL2"), None, [], "", "unknown OncoTree code"),
        (concept(ICD_O, "8500/3"), None, [concept(ICD_O, "C50.4")], "IDC", ""),
        (concept("urn:oid:2.16.840.1.113883.6.43.1", "8140/3"), None, [concept(ICD_O, "C25.9")], "PAAD", ""),
        (concept(ICD_O, "8140/3"), None, [], "", "may mean"),
        (concept(ICD_O, "8140/3"), None, [concept(ICD_O, "C71.9")], "", "maps no type"),
        (concept(ICD_O, "C34.1"), None, [], "", "no code of it can be looked up"),
        (concept(NCIT, "C3512"), None, [], "LUAD", ""),
        (concept(SNOMED, "254626006", "Lung Adenocarcinoma (disorder)"), None, [], "LUAD", ""),
        (concept(SNOMED, "254626006", "Adenocarcinoma of lung (disorder)"), None, [], "", "near by its words"),
        (concept("http://hl7.org/fhir/sid/icd-10", "C34.1"), None, [], "", "no code of it can be looked up"),
        ({"text": "some tumor"}, None, [], "", "no code of it can be looked up"),
        (concept(ONCOTREE, "SKCM"), concept(ICD_O, "8140/3"), [concept(ICD_O, "C34.1")], "SKCM", "means LUAD"),
        (concept(NCIT, "C3512"), concept(ICD_O, "8500/3"), [concept(ICD_O, "C50.9")], "", "different"),
    ],
)  # fmt: skip
def test_a_tumor_type_comes_from_codes_that_can_be_looked_up_or_stays_empty(
    read: Reader, code: Json, extension: Json | None, sites: list[Json], type_: str, told: str
) -> None:
    extensions = [{"url": HISTOLOGY, "valueCodeableConcept": extension}] if extension else None
    rows = read(PATIENT, but(CONDITION, code=code, extension=extensions, bodySite=sites))
    assert rows.patient.get("tumor_type", "") == type_
    assert bool(whys(rows, told)) if told else not whys(rows, "may mean")


@pytest.mark.parametrize(
    ("birth", "age", "told"),
    [
        ("1961-03-20", "65", ""),
        ("1961-03-21", "64", ""),
        ("2025-09-20", "0.5", ""),
        ("1961-02", "65", ""),
        ("1961", None, "either of two ages"),
        ("1961-02-30", None, "no such day"),
        ("2030-01-01", None, "after --on"),
        ("May 1961", None, "it is no date"),
        ("0000", None, "no such day"),
    ],
)
def test_an_age_is_that_of_the_day_given_and_never_guessed(
    read: Reader, birth: str, age: str | None, told: str
) -> None:
    rows = read(but(PATIENT, birthDate=birth))
    assert rows.patient.get("age") == age
    assert not told or whys(rows, told)
    assert "age" not in read(but(PATIENT, birthDate=birth), asked=Asked()).patient


def test_ids_that_cannot_name_files_become_the_second_one(read: Reader) -> None:
    mrn = but(PATIENT, identifier=[{"value": "MRN 4711"}])
    assert (read(mrn).patient["patient"], read(mrn).patient["second_id"]) == ("p1", "MRN 4711")
    pseudonym = read(*WHOLE, asked=Asked(patient="X-1"))
    assert (pseudonym.patient["patient"], pseudonym.patient["second_id"]) == ("X-1", "ONC-7")
    assert whys(pseudonym, "one further identifier")
    with pytest.raises(InputError, match="name a pseudonym with --patient"):
        read(but(PATIENT, id=None, identifier=None))
    with pytest.raises(InputError, match="'a b' cannot be a patient id"):
        read(PATIENT, asked=Asked(patient="a b"))


def test_a_stage_is_the_latest_of_observations_and_two_of_one_day_are_none(read: Reader) -> None:
    def staged(id_: str, day: str, stage: str) -> Json:
        value = concept(SNOMED, "1", f"American Joint Committee on Cancer stage {stage} (qualifier value)")
        code = concept("http://loinc.org", "21902-2")
        about = {"subject": {"reference": "Patient/p1"}, "effectiveDateTime": day, "valueCodeableConcept": value}
        return {"resourceType": "Observation", "id": id_, "status": "final", "code": code, **about}

    plain = but(CONDITION, stage=None)
    rows = read(PATIENT, plain, staged("o1", "2024-01-01", "IIB"), staged("o2", "2026-01-01", "IV"))
    assert rows.patient["stage"] == "IV"
    assert whys(rows, "check that it is")
    torn = read(PATIENT, plain, staged("o1", "2026-01-01", "IIB"), staged("o2", "2026-01-01", "IV"))
    assert "stage" not in torn.patient
    assert len(whys(torn, "several stages are told")) == 2


def test_conditions_that_are_not_the_tumor_are_told(read: Reader) -> None:
    diabetes = {"resourceType": "Condition", "id": "c2", "code": {"text": "diabetes"}, "subject": CONDITION["subject"]}
    refuted = but(CONDITION, id="c3", verificationStatus=concept("x", "refuted"))
    spread = but(CONDITION, id="c4", meta={"profile": ["x/mcode-secondary-cancer-condition"]})
    rows = read(PATIENT, diabetes, refuted, spread, CONDITION)
    assert rows.patient["tumor_type"] == "LUAD"
    assert {"c2", "c3", "c4"} <= {one.resource.partition("/")[2] for one in rows.unmapped}
    second = but(CONDITION, id="c5")
    with pytest.raises(InputError, match="2 Conditions may be the tumor: Condition/c1, Condition/c5"):
        read(PATIENT, CONDITION, second)
    assert read(PATIENT, CONDITION, second, asked=Asked(condition="c5")).patient["tumor_type"] == "LUAD"
    with pytest.raises(InputError, match=r"no Condition is 'c9'\. The bundle has: Condition/c1"):
        read(PATIENT, CONDITION, asked=Asked(condition="c9"))


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("matched normal (blood)", {"s1": "tumor", "x": "normal"}),
        ("non-tumor tissue", {"s1": "tumor", "x": "normal"}),
        ("tumor-free margin", {"s1": "tumor", "x": "normal"}),
        ("peripheral blood", {"s1": "tumor", "x": "normal"}),
        ("urine", {"s1": "tumor"}),
    ],
)
def test_tumor_and_normal_are_told_by_their_types(
    read: Reader, tmp_path: Path, words: str, kinds: dict[str, str]
) -> None:
    other = but(NORMAL, id="x", type={"text": words}, accessionIdentifier={"value": "x"}, collection=None)
    rows = read(PATIENT, CONDITION, but(TUMOR, accessionIdentifier={"value": "s1"}), other)
    assert {str(sample["specimen"]): str(sample["type"]) for sample in rows.samples} == kinds
    assert bool(whys(rows, "not told whether tumor or normal")) == ("x" not in kinds)


def test_blood_of_a_leukemia_is_neither_until_it_is_named(read: Reader) -> None:
    leukemia = but(CONDITION, code=concept(ONCOTREE, "AML"), extension=None, bodySite=None)
    assert read(PATIENT, leukemia, NORMAL).samples == ()
    named = read(PATIENT, leukemia, NORMAL, asked=Asked(tumor_specimen="s2"))
    assert [sample["type"] for sample in named.samples] == ["tumor"]
    with pytest.raises(InputError, match="no specimen is 's9'"):
        read(PATIENT, leukemia, NORMAL, asked=Asked(tumor_specimen="s9"))
    with pytest.raises(InputError, match="2 specimens may be the tumor"):
        read(PATIENT, CONDITION, TUMOR, but(TUMOR, id="s3"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [("fresh frozen tissue", "frozen"), ("not frozen", None), ("FFPE and frozen", None), ("unfixed", None)],
)
def test_preservation_is_never_guessed(read: Reader, text: str, kept: str | None) -> None:
    (tumor,) = read(PATIENT, but(TUMOR, processing=[{"description": text}])).samples
    assert tumor.get("preservation") == kept


def test_dates_that_are_no_days_or_in_the_wrong_order_are_told(read: Reader) -> None:
    rows = read(PATIENT, but(TUMOR, collection={"collectedDateTime": "2026-03"}, receivedTime="2026-03-11"))
    assert "collected" not in rows.samples[0]
    assert rows.samples[0]["received"] == "2026-03-11"
    assert whys(rows, "no whole day")
    rows = read(PATIENT, but(TUMOR, receivedTime="2026-03-01"))
    assert "received" not in rows.samples[0]
    assert whys(rows, "before the specimen was collected")


REFUSED: list[tuple[str, str]] = [
    ("{", "this is no JSON"),
    ("[]", "this is no FHIR resource"),
    ("null", "this is no FHIR resource"),
    ("<Bundle/>", "this is no JSON"),
    ('{"resourceType": "Bundle", "x": NaN}', "NaN is no number"),
    (json.dumps(PATIENT), "of type 'Patient', and no Bundle"),
    (json.dumps(bundle()), "the bundle holds no Patient"),
    (json.dumps(bundle(CONDITION)), "the bundle holds no Patient"),
    (json.dumps(bundle(PATIENT, but(PATIENT, id="p2"))), "holds 2 Patients: Patient/p1, Patient/p2"),
    (json.dumps(bundle(PATIENT, CONDITION, CONDITION)), "Condition/c1 is in the bundle more than once"),
    ('{"resourceType": "Bundle", "entry": {}}', "entries are no list"),
    ('{"resourceType": "Bundle", "entry": [{}]}', "the entry holds no resource with a type"),
    (json.dumps(bundle(PATIENT, but(TUMOR, subject={"reference": "Patient/p9"}))), "'Patient/p9' leads to nothing"),
    (json.dumps(bundle(PATIENT, but(REQUEST, requester={"reference": "#x"}))), "'#x' leads to nothing"),
    (
        json.dumps(bundle(PATIENT, {"resourceType": "Group", "id": "g"}, but(TUMOR, subject={"reference": "Group/g"}))),
        "it is about Group/g, and not about Patient/p1",
    ),
    ("[" * 100_000, "no JSON"),
]


@pytest.mark.parametrize(("content", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_is_no_bundle_of_one_patient_is_named(tmp_path: Path, content: str, said: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(InputError) as caught:
        rows_of_bundle(path, ON)
    assert said in str(caught.value)
    assert caught.value.path == str(path)


def test_references_of_all_kinds_are_followed(read: Reader) -> None:
    inside = but(
        REQUEST, contained=[{"resourceType": "Organization", "id": "o", "name": "Ward"}], requester={"reference": "#o"}
    )
    assert read(PATIENT, inside).patient["requester"] == "Ward"
    absolute = but(TUMOR, subject={"reference": "https://hospital.example/fhir/Patient/p1"})
    assert read(PATIENT, absolute).samples
    named = but(REQUEST, requester={"reference": "Practitioner/away", "display": "Dr. Away"})
    assert read(PATIENT, named).patient["requester"] == "Dr. Away"
    assert whys(read(PATIENT, but(TUMOR, subject=None)), "names no subject in the bundle")


def test_sheets_are_never_overwritten_and_appended_to_in_their_own_columns(read: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    write_rows(read(*WHOLE), folder, append=False)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(before) == {"patients.tsv", "samples.tsv", UNMAPPED}
    with pytest.raises(InputError, match=r"patients\.tsv: the file is there, and sheets are never overwritten"):
        write_rows(read(*WHOLE, asked=Asked(patient="B")), folder, append=False)
    with pytest.raises(InputError, match="row 2, column 'patient': patient 'onc-7' is already there"):
        write_rows(read(*WHOLE, asked=Asked(patient="onc-7")), folder, append=True)
    assert before == {path.name: path.read_text() for path in folder.iterdir()}
    write_rows(read(*WHOLE, asked=Asked(patient="B")), folder, append=True)
    for name, text in before.items():
        assert (folder / name).read_text().startswith(text)
    (folder / "patients.tsv").write_text("patient\tassay\nA\tpanel")
    with pytest.raises(InputError, match="column 'tumor_type': the sheet has no such column"):
        write_rows(read(*WHOLE, asked=Asked(patient="C")), folder, append=True)
    assert (folder / "patients.tsv").read_text() == "patient\tassay\nA\tpanel"


ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"


@pytest.mark.parametrize(
    ("code", "diagnosis"),
    [
        (concept(ICD_10, "C50.9", "Malignant neoplasm of breast"), "Malignant neoplasm of breast"),
        (concept(ICD_10, "D46.9"), "D46.9"),
        (concept(SNOMED, "254837009", "Malignant tumor of breast"), "Malignant tumor of breast"),
        (concept(NCIT, "C3512"), "C3512"),
        ({"text": "glioblastoma, WHO grade 4"}, "glioblastoma, WHO grade 4"),
        (concept(ICD_10, "E11.9", "Type 2 diabetes mellitus"), ""),
        (concept(ICD_10, "Z85.3", "Personal history of malignant neoplasm of breast"), ""),
        (concept(ICD_10, "Z80.3", "Family history of breast cancer"), ""),
        (concept(ICD_10, "C78.0", "Secondary malignant neoplasm of lung"), ""),
        ({"text": "hematoma of the thigh"}, ""),
    ],
)  # fmt: skip
def test_the_one_condition_of_a_bundle_is_the_diagnosis_only_where_it_is_of_a_tumor(
    read: Reader, code: Json, diagnosis: str
) -> None:
    rows = read(PATIENT, but(CONDITION, meta=None, extension=None, bodySite=None, stage=None, code=code))
    assert rows.patient.get("diagnosis", "") == diagnosis
    assert bool(whys(rows, "no Condition can be told for the tumor")) == (not diagnosis)


def test_a_tumor_that_is_one_of_several_possible_is_none_and_an_unsure_one_is_told(read: Reader) -> None:
    status = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    assert "tumor_type" not in read(PATIENT, but(CONDITION, verificationStatus=concept(status, "differential"))).patient
    unsure = read(PATIENT, but(CONDITION, verificationStatus=concept(status, "provisional")))
    assert unsure.patient["tumor_type"] == "LUAD"
    assert whys(unsure, "the tumor is provisional: check the diagnosis")


@pytest.mark.parametrize("kind", ["SS", "SB", "DL", "PPN"])
def test_a_number_of_the_person_outside_of_the_hospital_is_no_id_and_shown_nowhere(read: Reader, kind: str) -> None:
    civil = {"type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", kind), "value": "123-45-6789"}
    by_system = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "123-45-6789"}
    for one in (civil, by_system):
        rows = read(but(PATIENT, identifier=[one, {"value": "M1"}]))
        assert rows.patient["patient"] == "M1"
        assert "123-45-6789" not in str((rows.patient, rows.samples, rows.unmapped))
        assert whys(rows, "outside of the hospital")


@pytest.mark.parametrize(
    ("note", "share"),
    [
        ("Tumor content: 40%", "0.4"),
        ("tumor cells estimated at approx. 35 %", "0.35"),
        ("necrosis 30 %, 20 % tumor cells", "0.2"),
        ("Tumor content <20 %", None),
        ("> 50 % tumor cells", None),
        ("<20% tumor cells", None),
        ("60-70 % tumor cells", None),
        ("Tumor cells 60-70 %", None),
        ("Tumor cells present. Necrosis 40 %", None),
        ("viable tumor cells absent; necrosis 40 %", None),
    ],
)
def test_a_share_of_tumor_cells_is_neither_a_limit_nor_a_range_nor_of_something_else(
    read: Reader, note: str, share: str | None
) -> None:
    rows = read(PATIENT, CONDITION, but(TUMOR, note=[{"text": note}]))
    assert rows.samples[0].get("cellularity") == share
    assert bool(whys(rows, "Specimen.note")) == (share is None)


def test_a_specimen_that_is_not_fit_is_told(read: Reader) -> None:
    assert whys(read(PATIENT, CONDITION, but(TUMOR, status="unsatisfactory")), "check that it was sequenced")
    assert not whys(read(PATIENT, CONDITION, but(TUMOR, status="available")), "check that it was sequenced")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = {
    name: sorted(resource) for name, resource in (("Patient", PATIENT), ("Condition", CONDITION), ("Specimen", TUMOR))
}


@given(st.data())
def test_whatever_stands_in_an_element_it_is_mapped_told_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    changed = []
    for resource in (PATIENT, CONDITION, TUMOR):
        names = data.draw(st.lists(st.sampled_from(FIELDS[resource["resourceType"]]), max_size=3))
        kept = [name for name in names if name not in ("resourceType", "id")]
        changed.append({**resource, **{name: data.draw(JSON) for name in kept}})
    folder = tmp_path_factory.mktemp("fhir")
    try:
        rows = rows_of_bundle(write(folder, bundle(*changed)), ON)
    except InputError as error:
        assert error.path
        return
    for path in write_rows(rows, folder / "sheets", append=False):
        lines = path.read_text(encoding="utf-8").split("\n")
        assert {line.count("\t") for line in lines[:-1]} == {lines[0].count("\t")}
