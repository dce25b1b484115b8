"""Which patients' findings change from one release to the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.variants import VariantClass
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge_bases.civic import load_civic
from genomodel.interpretation.knowledge_bases.diff import TouchedFinding
from genomodel.interpretation.knowledge_bases.loaded import Loaded
from genomodel.interpretation.knowledge_bases.touched import Interpreted, Releases, touched
from tests.interpretation.builders import calls_of, interpreted, patient, profile_of, variant
from tests.interpretation.knowledge_bases.releases import EVIDENCE, full_release, write_civic

Rows = list[dict[str, str]]


def release(folder: Path, rows: Rows) -> Loaded:
    return load_civic([write_civic(folder, evidence=[EVIDENCE | row for row in rows])])


def found(tmp_path: Path, item: Interpreted, old: Rows, new: Rows) -> list[tuple[str, str, str]]:
    releases = Releases.of(release(tmp_path / "old", old), release(tmp_path / "new", new), {})
    return [(entry.finding, entry.change.id, entry.change.what) for entry in touched([item], releases)]


V600E = Interpreted(interpreted("MEL", variant("BRAF", "V600E")))
SAME = {"evidence_id": "1"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([SAME], [SAME], []),
        ([SAME], [SAME, {"evidence_id": "2"}], [("BRAF p.V600E", "EID2", "new")]),
        ([SAME, {"evidence_id": "2"}], [SAME], [("BRAF p.V600E", "EID2", "gone")]),
        ([SAME], [SAME | {"evidence_level": "B"}], [("BRAF p.V600E", "EID1", "level")]),
        ([SAME], [SAME | {"evidence_statement": "Other words."}], []),
        ([SAME | {"therapies": "A,B"}], [SAME | {"therapies": "B,A"}], []),
        ([SAME], [SAME | {"is_flagged": "true"}], [("BRAF p.V600E", "EID1", "matches no more")]),
        ([SAME | {"evidence_direction": "N/A"}], [SAME], [("BRAF p.V600E", "EID1", "direction")]),
        ([SAME], [SAME | {"molecular_profile": "KRAS G12D"}], [("BRAF p.V600E", "EID1", "profile")]),
        ([SAME], [SAME, {"evidence_id": "2", "molecular_profile": "KRAS G12D"}], []),
        ([SAME], [SAME, {"evidence_id": "2", "molecular_profile": "BRAF V600K"}], []),
        ([SAME], [SAME, {"evidence_id": "2", "molecular_profile": "NOT KRAS G12D"}], []),
    ],
)
def test_a_change_touches_the_patients_it_is_about(
    tmp_path: Path, old: Rows, new: Rows, expected: list[tuple[str, str, str]]
) -> None:
    assert found(tmp_path, V600E, old, new) == expected


def test_a_row_that_is_flagged_now_says_so(tmp_path: Path) -> None:
    old, new = release(tmp_path / "old", [SAME]), release(tmp_path / "new", [SAME | {"is_flagged": "true"}])
    (entry,) = touched([V600E], Releases.of(old, new, {}))
    assert entry == TouchedFinding("P1", "BRAF p.V600E", entry.change)
    assert "flagged" in entry.change.after


def test_other_tumor_types_are_left_out_where_the_patient_is_known(tmp_path: Path) -> None:
    lung = Interpreted(V600E.interpretation, patient("LUAD"))
    skin = Interpreted(V600E.interpretation, patient("SKCM"))
    rows: tuple[Rows, Rows] = ([SAME], [SAME, {"evidence_id": "2"}])
    assert found(tmp_path / "lung", lung, *rows) == []
    assert [what for _, _, what in found(tmp_path / "skin", skin, *rows)] == ["new"]


def test_copy_number_and_the_variants_without_evidence_count_too(tmp_path: Path) -> None:
    who = patient("BRCA")
    calls = calls_of(who, variant("BRIP1", "R831*", VariantClass.TRUNCATING))
    item = Interpreted(interpret(calls, profile_of("ERBB2", CopyNumberState.AMPLIFICATION)))
    names = ["ERBB2 Amplification", "ERBB2 Deletion", "BRIP1 Mutation", "BRIP1 Loss-of-function"]
    rows = [{"evidence_id": str(number), "molecular_profile": name} for number, name in enumerate(names, start=2)]
    told = {number for _, number, _ in found(tmp_path, item, [SAME], [SAME, *rows])}
    assert told == {"EID2", "EID4", "EID5"}


def test_rows_that_one_release_does_not_have_at_all_touch_nobody(tmp_path: Path) -> None:
    full = load_civic([full_release(tmp_path / "full")])
    alone = load_civic([write_civic(tmp_path / "alone", evidence=[EVIDENCE])])
    assert touched([V600E], Releases.of(full, alone, {})) == ()


def test_files_of_the_stage_and_reports_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from genomodel.cli.knowledge import Format, diff  # noqa: PLC0415

    stage, report = tmp_path / "stage.json", tmp_path / "report.json"
    content = json.loads(V600E.interpretation.to_json())
    stage.write_text(json.dumps({"patient": "P1", "synthetic": False, "content": content}))
    report.write_text(json.dumps({"patient": json.loads(patient("SKCM").to_json()), "interpretation": content}))
    old = write_civic(tmp_path / "old", evidence=[EVIDENCE])
    new = write_civic(tmp_path / "new", evidence=[EVIDENCE | {"evidence_level": "B"}])
    diff(str(old), str(new), Format.JSON, [stage, report])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(item["patient"], item["change"]["what"]) for item in findings] == [("P1", "level")]
    diff(str(old), str(new), Format.TEXT, [stage])
    assert "1 patients, 1 whose findings change." in capsys.readouterr().out
