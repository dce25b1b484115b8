"""The interpretation on disk: written, read back, held to its schema, and refused by name when it is not sound."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic_core import to_json

from genomodel.batch import load_tumor
from genomodel.core.errors import InputError
from genomodel.core.findings import Finding, Interpretation
from genomodel.core.interpretation_file import SCHEMA_VERSION, InterpretationFile
from genomodel.core.oncogenicity import (
    BY_KEY,
    CodeState,
    Oncogenicity,
    OncogenicityClass,
    OncogenicityCode,
    SharedOncogenicity,
)
from genomodel.core.patients import Patient
from genomodel.interpretation.read_file import read_interpretation
from genomodel.report.schema import read_schema
from genomodel.resources.oncotree import resolve_tumor_type
from genomodel.workup import interpret_tumor, interpretation_file
from tests.batch.test_batch import case
from tests.cli.test_report_bad_input import COLUMNS, EARLIER, HEADER, V600E

Edit = Callable[[dict[str, Any]], object]
TWO_RECORDS = HEADER + COLUMNS + EARLIER.replace("missense_variant", "synonymous_variant").replace("V/E", "V") + V600E


@pytest.fixture
def made(tmp_path: Path) -> InterpretationFile:
    return interpretation_file(interpret_tumor(load_tumor(case(tmp_path, "P1", TWO_RECORDS))))


def write(folder: Path, made: InterpretationFile, edit: Edit = lambda raw: None) -> Path:
    raw = json.loads(made.to_json())
    edit(raw)
    path = folder / "P1.json"
    path.write_text(json.dumps(raw, indent=1))
    return path


def test_what_was_written_is_read_back_whole_and_fits_the_committed_schema(
    tmp_path: Path, made: InterpretationFile
) -> None:
    path = tmp_path / "P1.json"
    path.write_text(made.to_json())
    assert read_interpretation(path) == made
    assert [finding.label for finding in made.content.findings] == ["BRAF p.V600E"]
    Draft202012Validator(read_schema("interpretation")).validate(json.loads(path.read_text()))


def test_the_order_of_the_fields_does_not_matter(tmp_path: Path, made: InterpretationFile) -> None:
    raw = json.loads(made.to_json())
    path = tmp_path / "P1.json"
    path.write_text(json.dumps(dict(reversed(raw.items()))))
    assert read_interpretation(path) == made


def broken_label(raw: dict[str, Any]) -> None:
    raw["content"]["findings"][0]["label"] = 7


def in_finding(*path: str | int, value: object) -> Edit:
    """Return an edit that puts a value at a place inside the first finding."""

    def edit(raw: dict[str, Any]) -> None:
        item = raw["content"]["findings"][0]
        for step in path[:-1]:
            item = item[step]
        item[path[-1]] = value

    return edit


def code_points(raw: dict[str, Any]) -> None:
    raw["oncogenicity"]["codes"]["OVS1.1"]["points"] = 4


def of_class(**values: object) -> Edit:
    """Return an edit of what is written once of the first class of oncogenicity."""

    def edit(raw: dict[str, Any]) -> None:
        raw["oncogenicity"]["classes"]["O1"] |= values

    return edit


@pytest.mark.parametrize(
    ("edit", "column", "says"),
    [
        (lambda raw: raw.update(schema_version="0.9"), "schema_version", ("'0.9'", repr(SCHEMA_VERSION), "again")),
        (lambda raw: raw.pop("schema_version"), "schema_version", ("before schemas were numbered", "again")),
        (lambda raw: raw.pop("content"), "content", ("no interpretation", "genomodel interpret")),
        (broken_label, "content.findings.0.label", ("valid string", "changed by hand")),
        (lambda raw: raw.update(extra=1), "extra", ("Extra inputs", "again")),
        (lambda raw: raw["content"].pop("n_records"), "content.n_records", ("required",)),
        (lambda raw: raw.update(patient="P2"), "patient", ("P2, P1",)),
        (lambda raw: raw["content"]["dispositions"].pop(), "content.dispositions", ("records came in", "again")),
        (lambda raw: raw["content"].update(findings=[]), "content.dispositions", ("one side only", "A>T", "again")),
        (in_finding("evidence", 0, "tier", value="I-Z"), "content.findings.0.evidence.0.tier", ("I-", "again")),
        (in_finding("tier_without_evidence", value="V"), "content.findings.0.tier_without_evidence", ("again",)),
        (lambda raw: raw["content"]["dispositions"][0].update(tier="X"), "content.dispositions.0.tier", ("again",)),
        (
            lambda raw: raw["content"]["dispositions"][1].update(tier="IV"),
            "content.dispositions.1.tier",
            ("IV", "I-A", "again"),
        ),
        (of_class(points=-8), "oncogenicity.classes.O1.points", ("-8", "points of its codes", "again")),
        (
            of_class(classification="benign"),
            "oncogenicity.classes.O1.classification",
            ("benign", "points", "again"),
        ),
        (of_class(codes=["OVS1.9"]), "oncogenicity.classes.O1.codes", ("no code 'OVS1.9'", "again")),
        (code_points, "oncogenicity.codes.OVS1.1.points", ("has 4 points", "again")),
        (in_finding("oncogenicity", value="O9"), "content.findings.0.oncogenicity", ("no key", "again")),
        (in_finding("oncogenicity", value={}), "content.findings.0.oncogenicity", ("no key", "again")),
        (in_finding("evidence", 0, "conditions", value=[]), "content.findings.0.evidence.0.conditions", ("again",)),
        (
            in_finding("evidence", 0, "evidence", "therapy", value="Hope"),
            "content.findings.0.evidence.0.evidence.therapy",
            ("braf-", "evidence table", "again"),
        ),
        (
            in_finding("evidence", 0, "evidence", "tumor_types", value=["LUAD"]),
            "content.findings.0.evidence.0.evidence.tumor_types",
            ("evidence table", "again"),
        ),
        (
            in_finding("evidence", 0, "evidence", "id", value="made-up"),
            "content.findings.0.evidence.0.evidence.id",
            ("no statement 'made-up'", "again"),
        ),
        (in_finding("gene", value="KRAS"), "content.dispositions.1.gene", ("'BRAF'", "'KRAS'", "again")),
        (
            lambda raw: raw["content"]["dispositions"][1].update(gene="KRAS"),
            "content.dispositions.1.gene",
            ("'KRAS'", "'BRAF'", "again"),
        ),
        (
            lambda raw: raw["oncogenicity"]["codes"]["OVS1.1"].update(code="OVS9"),
            "oncogenicity.codes.OVS1.1.code",
            ("no code 'OVS9'", "again"),
        ),
        (lambda raw: raw.update(alleles=[]), "alleles", ("nothing is told of", "again")),
        (lambda raw: raw["alleles"][0].update(record=9), "alleles", ("record 9", "no disposition", "again")),
    ],
)
def test_what_is_not_sound_is_refused_with_the_field_and_what_to_do(
    tmp_path: Path, made: InterpretationFile, edit: Edit, column: str, says: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as caught:
        read_interpretation(write(tmp_path, made, edit))
    assert caught.value.column == column
    assert caught.value.path == str(tmp_path / "P1.json")
    for words in says:
        assert words in caught.value.message


def test_a_file_that_holds_the_codes_in_each_finding_is_refused_with_both_versions(
    tmp_path: Path, made: InterpretationFile
) -> None:
    def as_before(raw: dict[str, Any]) -> None:
        del raw["oncogenicity"]
        raw["schema_version"] = "1.0"
        for finding in raw["content"]["findings"]:
            finding["oncogenicity"] = {"classification": "oncogenic", "points": 10, "codes": []}

    with pytest.raises(InputError, match=f"schema version '1.0', and this genomodel reads '{SCHEMA_VERSION}'"):
        read_interpretation(write(tmp_path, made, as_before))


CODES = st.builds(
    OncogenicityCode,
    key=st.sampled_from(("null_in_tumor_suppressor", "hotspot_strong")),
    code=st.sampled_from(("OVS1", "OS3")),
    state=st.just(CodeState.MET),
    points=st.integers(-8, 8),
    reason=st.sampled_from(("a", "b")) | st.text(max_size=3),
    source=st.sampled_from(("", "x")),
)


@given(found=st.lists(st.none() | st.lists(CODES, max_size=4), max_size=6))
def test_every_oncogenicity_is_read_back_exactly_and_written_once(found: list[list[OncogenicityCode] | None]) -> None:
    values = [
        None if codes is None else Oncogenicity(classification=OncogenicityClass.BENIGN, points=1, codes=tuple(codes))
        for codes in found
    ]
    findings = tuple(
        Finding(id=str(number), gene="A", label="A p.V1K", why="b\nc", oncogenicity=value)
        for number, value in enumerate(values)
    )
    content = Interpretation(patient_id="P1", findings=findings[::2], other_variants=findings[1::2], n_records=0)
    patient = Patient(id="P1", tumor_type=resolve_tumor_type("LUAD"))
    made = InterpretationFile(
        schema_version=SCHEMA_VERSION, synthetic=False, patient="P1", subject=patient, content=content
    )
    text = made.to_json()
    raw = json.loads(text)
    shared = SharedOncogenicity.model_validate(raw["oncogenicity"])
    context = {BY_KEY: shared.resolved()}
    read = InterpretationFile.model_validate_json(text, context=context)
    assert read.model_copy(update={"oncogenicity": SharedOncogenicity()}) == made
    states = {code for value in values if value is not None for code in value.codes}
    assert len(shared.codes) == len(set(shared.codes.values())) == len(states)
    assert len(shared.classes) == len({value for value in values if value is not None})
    whole = to_json(made.model_copy(update={"oncogenicity": shared}), inf_nan_mode="null")
    keyed = {None: None} | {value: key for key, value in context[BY_KEY].items()}
    expected = json.loads(whole)
    for name in ("findings", "other_variants"):
        for one, finding in zip(expected["content"][name], getattr(content, name), strict=True):
            one["oncogenicity"] = keyed[finding.oncogenicity]
    assert raw == expected


@pytest.mark.parametrize(("text", "says"), [("[]", "no JSON object"), ('{"schema_version": ', "no whole JSON")])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "P1.json"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        read_interpretation(path)


def test_a_report_is_told_from_an_interpretation(tmp_path: Path, made: InterpretationFile) -> None:
    path = tmp_path / "P1.json"
    path.write_text(json.dumps({"schema_version": "1.1", "interpretation": json.loads(made.content.to_json())}))
    with pytest.raises(InputError, match="results/interpretation"):
        read_interpretation(path)
