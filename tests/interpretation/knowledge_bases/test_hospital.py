from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.interpretation.knowledge import EVIDENCE_TABLE, load_evidence_table
from genomodel.interpretation.knowledge_bases.bases import load_base
from genomodel.interpretation.knowledge_bases.hospital import columns, load_hospital


def core_rows(number: int) -> list[dict[str, str]]:
    with EVIDENCE_TABLE.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["evidence_type"] == "predictive"]
    return rows[:number]


def write(path: Path, rows: Iterable[dict[str, str]], left_out: tuple[str, ...] = ()) -> Path:
    text = io.StringIO()
    names = [name for name in columns() if name not in left_out]
    writer = csv.DictWriter(text, names, delimiter="\t", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def test_the_core_itself_is_a_sound_table(tmp_path: Path) -> None:
    loaded = load_hospital([EVIDENCE_TABLE])
    core = load_evidence_table().rules
    assert [item.evidence.id for item in loaded.statements] == [item.evidence.id for item in core]
    assert {item.evidence.knowledge_base for item in loaded.statements} == {"hospital"}
    assert [item.profile for item in loaded.statements] == [item.profile for item in core]


def test_optional_columns_may_be_absent(tmp_path: Path) -> None:
    path = write(tmp_path / "own.tsv", core_rows(3), left_out=("xrefs", "differs"))
    loaded = load_hospital([path])
    assert len(loaded.statements) == 3
    assert loaded.version.name == "hospital (own.tsv)"


def test_every_flaw_of_every_row_is_named_with_row_and_column(tmp_path: Path) -> None:
    rows = core_rows(6)
    rows[0]["direction"] = "helps"
    rows[0]["source_url"] = ""
    rows[1]["scope"] = "lung"
    rows[2]["biomarker"] = "<script>alert(1)</script>"
    rows[3]["source_name"] = '=HYPERLINK("x")'
    rows[4]["match"] = "horoscope:lion"
    rows[5]["id"] = rows[4]["id"]
    rows[5]["withdrawn"] = "last year"
    with pytest.raises(InputError) as error:
        load_hospital([write(tmp_path / "own.tsv", rows)])
    lines = error.value.message.splitlines()
    for row, column in (
        *((2, "direction"), (2, "source_url"), (3, "scope"), (4, "biomarker"), (5, "source_name")),
        *((7, "id"), (7, "withdrawn")),
    ):
        assert any(f"row {row}, column '{column}'" in line for line in lines), (row, column)
    assert any("row 6" in line and "horoscope" in line for line in lines)


@pytest.mark.parametrize(
    ("level", "tier"),
    [("approved", "I-A"), ("guideline", "I-A"), ("A", "I-A"), ("B", "II-C"), ("C", "II-D"), ("D", "II-D")],
)
def test_a_row_without_a_tier_has_that_of_its_level(tmp_path: Path, level: str, tier: str) -> None:
    rows = core_rows(2)
    rows[0] |= {"tier": "", "level": level}
    rows[1] |= {"tier": "I-B", "level": level}
    path = write(tmp_path / "own.tsv", rows)
    assert [item.tier for item in load_base(str(path)).statements] == [tier, "I-B"]


def test_an_ended_approval_without_a_tier_gets_none(tmp_path: Path) -> None:
    rows = core_rows(1)
    rows[0] |= {"tier": "", "level": "approved", "withdrawn": "2024-03-26"}
    assert load_base(str(write(tmp_path / "own.tsv", rows))).statements[0].tier == ""


@pytest.mark.parametrize(
    "value", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-cmd", "<b>x</b>", "a &amp; b", '<img src="x">']
)
def test_html_and_formulas_are_refused(tmp_path: Path, value: str) -> None:
    rows = core_rows(1)
    rows[0]["conditions"] = value
    with pytest.raises(InputError, match="'conditions'"):
        load_hospital([write(tmp_path / "own.tsv", rows)])


@pytest.mark.parametrize("value", ["p<0.05 and n>3", "-5 % of cells", "+2 copies", "R&D", "HER2-positive"])
def test_what_only_looks_like_them_is_taken(tmp_path: Path, value: str) -> None:
    rows = core_rows(1)
    rows[0]["conditions"] = value
    assert load_hospital([write(tmp_path / "own.tsv", rows)]).statements[0].evidence.conditions == (value,)


def test_an_unknown_tumor_type_is_an_error_with_near_ones(tmp_path: Path) -> None:
    rows = core_rows(1)
    rows[0] |= {"scope": "listed", "tumor_types": "LUAX"}
    with pytest.raises(InputError, match=r"(?s)row 2, column 'tumor_types'.*LUAD"):
        load_hospital([write(tmp_path / "own.tsv", rows)])


def test_missing_columns_are_all_listed(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        load_hospital([write(tmp_path / "own.tsv", core_rows(1), left_out=("tier", "agency"))])
    assert "'tier'" in error.value.message
    assert "'agency'" in error.value.message


def test_a_row_with_too_few_columns_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "own.tsv", core_rows(2))
    path.write_text(path.read_text() + "short\trow\n")
    with pytest.raises(InputError, match="row 4: 2 columns where the header has"):
        load_hospital([path])


def test_many_errors_end_in_their_number(tmp_path: Path) -> None:
    rows = [row | {"id": f"{number}", "direction": "helps"} for number, row in enumerate(core_rows(1) * 70)]
    with pytest.raises(InputError) as error:
        load_hospital([write(tmp_path / "own.tsv", rows)])
    assert "20 more errors" in error.value.message
