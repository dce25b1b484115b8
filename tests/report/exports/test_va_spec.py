"""VA-Spec statements, held to the classes of the reference implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ga4gh.va_spec import aac_2017, ccv_2022
from pydantic import BaseModel, ValidationError

from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report.exports.va_spec import write_va_spec
from tests.report.exports.builders import enriched, interpreted, write_vcf

CLASSES: dict[str, type[BaseModel]] = {
    "VariantTherapeuticResponseProposition": aac_2017.VariantTherapeuticResponseStudyStatement,
    "VariantDiagnosticProposition": aac_2017.VariantDiagnosticStudyStatement,
    "VariantPrognosticProposition": aac_2017.VariantPrognosticStudyStatement,
    "VariantOncogenicityProposition": ccv_2022.VariantOncogenicityStudyStatement,
}


def content_of(made: InterpretationFile, folder: Path) -> dict[str, Any]:
    path = folder / "P1.va-spec.json"
    write_va_spec(made, path)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@pytest.fixture
def made(tmp_path: Path) -> InterpretationFile:
    return enriched(interpreted(write_vcf(tmp_path)))


def check(statement: dict[str, Any]) -> None:
    CLASSES[statement["proposition"]["type"]].model_validate(statement)
    for line in statement.get("hasEvidenceLines", ()):
        ccv_2022.VariantOncogenicityEvidenceLine.model_validate(line)


def test_a_tumor_type_that_is_not_given_has_a_name_and_no_code(tmp_path: Path) -> None:
    blank = interpreted(write_vcf(tmp_path, name="P3"), "P3", "")
    content = content_of(blank, tmp_path)
    text = json.dumps(content)
    assert '"name": "tumor type not given"' in text
    assert '"code": "UNKNOWN"' not in text


def test_every_statement_is_one_of_the_reference_implementation(made: InterpretationFile, tmp_path: Path) -> None:
    statements = content_of(made, tmp_path)["statements"]
    for statement in statements:
        check(statement)
    kinds = [statement["proposition"]["type"] for statement in statements]
    assert set(kinds) == set(CLASSES)
    assert len({statement["id"] for statement in statements}) == len(statements)


@pytest.mark.parametrize(
    ("name", "predicate", "tier", "level"),
    [
        ("t-both", "predictsSensitivityTo", "Tier I", "Level B"),
        ("t-against", "predictsResistanceTo", "Tier II", "Level D"),
        ("d-for", "isDiagnosticInclusionCriterionFor", "Tier I", "Level A"),
        ("d-against", "isDiagnosticExclusionCriterionFor", "Tier I", "Level A"),
        ("p-poor", "associatedWithWorseOutcomeFor", "Tier II", "Level C"),
        ("p-better", "associatedWithBetterOutcomeFor", "Tier II", "Level C"),
    ],
)
def test_direction_tier_and_level_are_those_of_the_match(
    made: InterpretationFile, tmp_path: Path, name: str, predicate: str, tier: str, level: str
) -> None:
    statements = content_of(made, tmp_path)["statements"]
    (one,) = [statement for statement in statements if statement["id"].endswith(f"|core:{name}")]
    assert one["proposition"]["predicate"] == predicate
    assert one["classification"]["primaryCoding"]["code"] == tier
    assert one["strength"]["primaryCoding"]["code"] == level
    assert one["direction"] == ("disputes" if name == "t-against" else "supports")
    told = {extension["name"]: extension["value"] for extension in one["extensions"]}
    assert told["conditions"][0]["status"] == "not_given"
    assert told["conflicts"] == ["a conflict"]


def test_a_combination_is_a_group_of_its_drugs(made: InterpretationFile, tmp_path: Path) -> None:
    statements = content_of(made, tmp_path)["statements"]
    (one,) = [statement for statement in statements if statement["id"].endswith("|core:t-both")]
    therapy = one["proposition"]["objectTherapeutic"]
    assert (therapy["membershipOperator"], [drug["name"] for drug in therapy["therapies"]]) == ("AND", ["A", "B"])


def test_what_the_specification_has_no_words_for_is_named(made: InterpretationFile, tmp_path: Path) -> None:
    left_out = content_of(made, tmp_path)["left_out"]
    assert [item["statement"] for item in left_out] == ["core:t-reduced"]
    assert "reduced_sensitivity" in left_out[0]["reason"]


def test_codes_are_lines_of_evidence_with_points_and_direction(made: InterpretationFile, tmp_path: Path) -> None:
    statements = content_of(made, tmp_path)["statements"]
    found = [s for s in statements if s["proposition"]["type"] == "VariantOncogenicityProposition"]
    one = next(s for s in found if s["classification"]["name"] == "likely oncogenic")
    lines = {line["specifiedBy"]["methodType"]: line for line in one["hasEvidenceLines"]}
    assert {code: line["scoreOfEvidenceProvided"] for code, line in lines.items()} == {
        "OS3": 4, "OS2": 2, "OP4": 1, "OVS1": 0, "SBS1": 0,
    }  # fmt: skip
    assert lines["OS3"]["evidenceOutcome"]["primaryCoding"]["code"] == "OS3"
    assert lines["OS2"]["evidenceOutcome"]["primaryCoding"]["code"] == "OS2_moderate"
    assert lines["OVS1"]["evidenceOutcome"]["primaryCoding"]["code"] == "OVS1_not_met"
    assert lines["OVS1"]["directionOfEvidenceProvided"] == "neutral"
    (extension,) = one["extensions"]
    assert [code["code"] for code in extension["value"]] == ["OM1", "OP1"]
    benign = next(s for s in found if s["classification"]["name"] == "benign")
    assert benign["direction"] == "disputes"
    assert [line["directionOfEvidenceProvided"] for line in benign["hasEvidenceLines"]] == ["disputes"]


def test_the_judge_refuses_a_tier_that_is_none(made: InterpretationFile, tmp_path: Path) -> None:
    statement = content_of(made, tmp_path)["statements"][0]
    statement["classification"]["primaryCoding"]["code"] = "Tier V"
    with pytest.raises(ValidationError, match="must be one of"):
        check(statement)
