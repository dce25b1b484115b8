from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.core.findings import EvidenceMatch, Finding, Interpretation, TumorTypeMatch
from genomodel.interpretation.knowledge import load_evidence_table
from genomodel.interpretation.knowledge_bases.civic import load_civic
from genomodel.interpretation.knowledge_bases.diff import (
    as_json,
    as_tsv,
    compare,
    count,
    not_compared,
    only_spelled_otherwise,
    touched_findings,
)
from genomodel.interpretation.knowledge_bases.loaded import Loaded
from tests.interpretation.knowledge_bases.releases import EVIDENCE, full_release, write_civic


def release(folder: Path, *rows: dict[str, str]) -> Loaded:
    return load_civic([write_civic(folder, evidence=[EVIDENCE | row for row in rows])])


def test_every_kind_of_change_is_found(tmp_path: Path) -> None:
    old = release(tmp_path / "old", *({"evidence_id": str(number)} for number in range(1, 9)))
    changed = [
        {"evidence_id": "2", "molecular_profile": "BRAF V600"},
        {"evidence_id": "3", "disease": "Skin Melanoma"},
        {"evidence_id": "4", "therapies": "Dabrafenib"},
        {"evidence_id": "5", "evidence_level": "B"},
        {"evidence_id": "6", "significance": "Resistance"},
        {"evidence_id": "7", "evidence_statement": "Said in other words."},
        {"evidence_id": "8"},
        {"evidence_id": "9"},
    ]
    changes = compare(old, release(tmp_path / "new", *changed))
    assert [(change.id, change.what) for change in changes] == [
        ("EID9", "new"),
        ("EID1", "gone"),
        ("EID2", "profile"),
        ("EID3", "disease"),
        ("EID4", "therapies"),
        ("EID5", "level"),
        ("EID6", "direction"),
    ]
    assert (changes[5].before, changes[5].after) == ("A", "B")


def test_flagged_rows_are_compared_too(tmp_path: Path) -> None:
    old = release(tmp_path / "old", {"evidence_id": "1"})
    new = release(tmp_path / "new", {"evidence_id": "1", "is_flagged": "true", "evidence_level": "E"})
    assert [change.what for change in compare(old, new)] == ["level"]


def test_the_same_release_has_no_changes(tmp_path: Path) -> None:
    old = release(tmp_path / "old", {"evidence_id": "1"}, {"evidence_id": "2"})
    assert compare(old, old) == ()


def test_case_blanks_and_order_are_told_from_content(tmp_path: Path) -> None:
    old = release(tmp_path / "old", {"therapies": "Trametinib,Dabrafenib"})
    other = release(tmp_path / "new", {"therapies": "Dabrafenib,Trametinib", "molecular_profile": "BRAF V600e "})
    changes = compare(old, other)
    assert count(changes)["therapies"] == count(changes)["profile"] == 1
    assert only_spelled_otherwise(changes) == {"therapies": 1, "profile": 1}


def test_assertions_are_not_gone_where_the_other_release_has_no_table_of_them(tmp_path: Path) -> None:
    full = load_civic([full_release(tmp_path / "old")])
    alone = release(tmp_path / "new", {})
    assert compare(full, alone) == ()
    assert not_compared(full, alone) == {"AID": 1}


def test_a_table_holds_no_formula_and_json_all_rows(tmp_path: Path) -> None:
    old = release(tmp_path / "old", {"disease": "Melanoma"})
    changes = compare(old, release(tmp_path / "new", {"disease": "=cmd()"}, {"evidence_id": "2"}))
    rows = list(csv.DictReader(io.StringIO(as_tsv(changes)), delimiter="\t"))
    assert [row["after"] for row in rows if row["what"] == "disease"] == ["'=cmd()"]
    content = json.loads(as_json(changes, ()))
    assert content["counts"]["new"] == 1
    assert len(content["changes"]) == 2


def finding(patient: str, evidence_id: str) -> Interpretation:
    core = {rule.evidence.id: rule.evidence for rule in load_evidence_table().rules}
    match = EvidenceMatch(
        evidence=core[evidence_id],
        matched_on="allele",
        tumor_type_match=TumorTypeMatch.SAME,
        tier="I-A",
        tier_reason="",
    )
    item = Finding(id=f"{patient}:x", gene="ABL1", label="ABL1 p.F317L", evidence=(match,), why="")
    return Interpretation(patient_id=patient, findings=(item,), n_records=1)


def test_findings_that_rest_on_a_changed_row_are_named(tmp_path: Path) -> None:
    """``abl1-f317l-cml-dasatinib-resistance`` rests on EID637 and refers to EID6309."""
    old = release(tmp_path / "old", *({"evidence_id": number} for number in ("637", "6309", "1")))
    changed = [{"evidence_id": "637", "evidence_level": "C"}, {"evidence_id": "6309"}, {"evidence_id": "1"}]
    patients = [finding("P1", "abl1-f317l-cml-dasatinib-resistance"), finding("P2", "abl1-t315i-cml-asciminib")]
    references = {rule.evidence.id: rule.cross_references for rule in load_evidence_table().rules}
    (touched,) = touched_findings(patients, compare(old, release(tmp_path / "new", *changed)), references)
    assert (touched.patient, touched.change.id, touched.change.what) == ("P1", "EID637", "level")
    gone = release(tmp_path / "gone", {"evidence_id": "637"}, {"evidence_id": "1"})
    (touched,) = touched_findings(patients, compare(old, gone), references)
    assert (touched.change.id, touched.change.what) == ("EID6309", "gone")


def test_the_two_dates_of_civic_differ_as_counted(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    old, new = (load_civic([shared_data / "knowledge" / name]) for name in ("civic_2024-08-01", "civic_2026-05"))
    changes = compare(old, new)
    found = count(changes)
    assert {name: found[name] for name in ("new", "gone", "profile", "therapies", "level")} == {
        "new": 490,
        "gone": 11,
        "profile": 1014,
        "therapies": 396,
        "level": 11,
    }
    spelled = only_spelled_otherwise(changes)
    record_property("shown", f"CIViC 2024-08-01 to 2026-05: {found}; in case, blanks or order alone: {spelled}")


@pytest.mark.parametrize("release_name", ["civic_2024-08-01", "civic_2026-05"])
def test_the_same_files_give_the_same_bytes(shared_data: Path, release_name: str) -> None:
    empty = Loaded(version=load_evidence_table().version, statements=(), n_rows=0)
    folder = shared_data / "knowledge" / release_name
    one, two = (as_tsv(compare(empty, load_civic([folder]))) for _ in range(2))
    assert one == two
