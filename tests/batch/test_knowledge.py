"""Knowledge bases beside the core, in a batch of reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from genomodel.batch import Case, _bundle, inputs_digest, run_batch
from genomodel.core.errors import InputError
from genomodel.core.paths import ResultPaths
from genomodel.interpretation.knowledge_bases.bases import chosen, indexed_base
from genomodel.report.presentation import WITHOUT_PDF
from tests.batch.test_batch import case
from tests.interpretation.knowledge_bases.releases import EVIDENCE, full_release, write_civic


def report_of(item: Case, results: Path) -> dict[str, object]:
    paths = ResultPaths(results)
    (record,) = run_batch([item], paths.reports, show=WITHOUT_PDF, stages=paths)
    assert record.error is None, record.error
    return dict(json.loads((paths.reports / f"{item.patient.id}.json").read_text()))


def test_other_knowledge_adds_statements_with_their_source_and_changes_no_prediction(tmp_path: Path) -> None:
    folder = full_release(tmp_path / "civic")
    plain = case(tmp_path, "P1")
    more = plain.model_copy(update={"knowledge": chosen(["core", str(folder)])})
    without, given = (report_of(item, tmp_path / f"r{number}") for number, item in enumerate((plain, more)))
    core, both = (statements_of(report) for report in (without, given))
    assert {match["evidence"]["knowledge_base"] for match in core} == {"core"}
    assert [match for match in both if match["evidence"]["knowledge_base"] == "core"] == core
    added = {match["evidence"]["id"]: match for match in both if match not in core}
    assert {name: match["tier"] for name, match in added.items()} == {"EID1": "I-A", "AID7": "I-A"}
    assert {match["evidence"]["knowledge_base"] for match in added.values()} == {"civic"}
    assert all(match["evidence"]["source_url"] for match in added.values())
    assert given["response"] == without["response"]
    names = [source["name"] for source in given["interpretation"]["sources"]]  # type: ignore[index]
    assert names == [*(item["name"] for item in without["interpretation"]["sources"]), "civic"]  # type: ignore[index]
    (step,) = [step for step in given["steps"] if step["name"].startswith("knowledge")]  # type: ignore[attr-defined]
    assert step["name"] == "knowledge: civic 2024-08-01"
    assert "2 of 2 statements are graded" in step["detail"]


def statements_of(report: dict[str, object]) -> list[dict[str, Any]]:
    findings = report["interpretation"]["findings"]  # type: ignore[index]
    return [match for finding in findings for match in finding["evidence"]]


def test_another_release_makes_the_report_again(tmp_path: Path) -> None:
    digests = []
    for level in "AB":
        folder = write_civic(tmp_path / level, evidence=[EVIDENCE | {"evidence_level": level}])
        item = case(tmp_path, "P1").model_copy(update={"knowledge": chosen([str(folder)])})
        digests.append(inputs_digest(item, _bundle(None), WITHOUT_PDF))
    assert len(set(digests)) == 2


@pytest.mark.parametrize(
    ("names", "message"), [(["oncokb"], "kb match alone"), (["core", "civik"], "neither a file nor a registered")]
)
def test_a_wrong_knowledge_base_stops_before_any_patient(names: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        chosen(names)


def test_the_core_is_always_read_and_a_base_once(tmp_path: Path) -> None:
    folder = str(full_release(tmp_path / "civic"))
    assert chosen(["core"]) == chosen([]) == ()
    assert chosen([folder, "core", folder]) == (folder,)
    assert indexed_base(folder) is indexed_base(folder)
