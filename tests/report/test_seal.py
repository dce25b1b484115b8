from __future__ import annotations

import json
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.report.compose import compose
from genomodel.report.seal import read_report, report_json
from tests.report import reports


def written(tmp_path: Path) -> Path:
    path = tmp_path / "P1.json"
    path.write_text(report_json(compose(reports.typical_report())), encoding="utf-8")
    return path


def test_a_report_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = written(tmp_path)
    read = read_report(path)
    assert len(read.digest) == 64
    assert report_json(read) == path.read_text(encoding="utf-8")


def test_a_report_edited_by_hand_is_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    text = path.read_text(encoding="utf-8")
    assert "V600E" in text
    path.write_text(text.replace("V600E", "V600K", 1), encoding="utf-8")
    with pytest.raises(InputError, match="not as it was written") as told:
        read_report(path)
    assert str(told.value.path) == str(path)
    assert told.value.column == "digest"


def test_a_report_of_another_schema_is_named_with_both_versions(tmp_path: Path) -> None:
    path = written(tmp_path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(raw | {"schema_version": "1.1"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"schema version .1\.1., and this genomodel reads 2\.0"):
        read_report(path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"patient": 1}'])
def test_what_is_no_report_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "P1.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"no JSON|no report|is empty"):
        read_report(path)


def test_a_digest_taken_out_is_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(raw | {"digest": ""}, indent=1), encoding="utf-8")
    with pytest.raises(InputError, match="carries no digest"):
        read_report(path)
