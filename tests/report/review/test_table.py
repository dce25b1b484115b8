from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.errors import InputError
from genomodel.core.laboratory import Person
from genomodel.core.review import ReviewDecision
from genomodel.report.review.table import COLUMNS, TIERS, ReviewRow, read_review, write_review

DOE = (Person(id="doe", name="Dr. Jo Doe"), Person(id="roe", name="Roe"))
WHEN = "2026-03-20T14:30:00+01:00"
GOOD = ("P1", "7:1:A>T", "BRAF p.V600E", "I-A", "exclude", "", "artifact", "doe", WHEN)


def table(tmp_path: Path, *rows: tuple[str, ...], header: tuple[str, ...] = COLUMNS) -> Path:
    path = tmp_path / "P1.review.tsv"
    path.write_text("\n".join("\t".join(row) for row in (header, *rows)) + "\n", encoding="utf-8")
    return path


def changed(**cells: str) -> tuple[str, ...]:
    return tuple((dict(zip(COLUMNS, GOOD, strict=True)) | cells).values())


def test_what_a_spreadsheet_saves_is_read_alike(tmp_path: Path) -> None:
    plain = table(tmp_path, GOOD)
    want = read_review(plain, "P1", DOE).rows
    path = tmp_path / "excel.review.tsv"
    quoted = "\r\n".join("\t".join(f'"{cell}"' for cell in row) for row in (COLUMNS, GOOD)) + "\r\n\t\t\t\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + quoted.replace("exclude", " Exclude ").replace("I-A", "i-a").encode())
    assert read_review(path, "P1", DOE).rows == want
    old = tmp_path / "old.review.tsv"
    old.write_bytes(plain.read_bytes().replace(b"\n", b"\r"))
    assert read_review(old, "P1", DOE).rows == want
    for name, coding in (("little", "utf-16-le"), ("big", "utf-16-be")):
        wide = tmp_path / f"{name}.review.tsv"
        wide.write_bytes(f"\ufeff{quoted}".encode(coding))
        assert read_review(wide, "P1", DOE).rows == want
    moved = tmp_path / "moved.review.tsv"
    turned = "\n".join("\t".join(reversed(row)) for row in (COLUMNS, GOOD))
    moved.write_text(turned.replace("patient", "Patient\t\t"), encoding="utf-8")
    assert read_review(moved, "P1", DOE).rows == want


def test_a_row_without_decision_is_open_and_one_that_repeats_the_computed_tier_confirms(tmp_path: Path) -> None:
    open_ = changed(variant="a", decision="", comment="look again", person="", time="")
    same = changed(variant="b", decision="include", tier="I-A", comment="")
    read = read_review(table(tmp_path, open_, same), "P1", DOE)
    assert [row.comment for row in read.rows] == ["look again", ""]
    assert [(one.variant, one.decision, one.tier) for one in read.entries] == [("b", ReviewDecision.INCLUDE, "")]


@pytest.mark.parametrize(
    ("cells", "column", "told"),
    [
        ({"person": "dow"}, "person", "'dow' is unknown. Did you mean 'doe'"),
        ({"person": ""}, "person", "nobody is named"),
        ({"decision": "include", "tier": "I"}, "tier", "'I' is no tier"),
        ({"computed_tier": "1"}, "computed_tier", "'1' is no tier"),
        ({"time": "yesterday"}, "time", "'yesterday' is no day and time"),
        ({"time": "2026-03-20T14:30:00"}, "time", "no day and time with an offset"),
        ({"time": "2026-02-30T14:30:00Z"}, "time", "no day and time that there is"),
        ({"time": ""}, "time", "missing"),
        ({"comment": ""}, "comment", "excluded without a reason"),
        ({"decision": "include", "tier": "III", "comment": ""}, "comment", "given tier III without a reason"),
        ({"tier": "III"}, "tier", "what is excluded has no tier"),
        ({"decision": "yes"}, "decision", "'yes' is no decision"),
        ({"decision": ""}, "decision", "no decision"),
        ({"label": ""}, "label", "is empty"),
        ({"patient": "P2"}, "patient", "the row is of patient 'P2', and the table of 'P1'"),
        ({"comment": "a\x00b"}, "comment", "cannot be printed"),
    ],
)
def test_a_wrong_cell_is_named_with_its_place(tmp_path: Path, cells: dict[str, str], column: str, told: str) -> None:
    path = table(tmp_path, changed(variant="other"), changed(**cells))
    with pytest.raises(InputError) as caught:
        read_review(path, "P1", DOE)
    assert told in caught.value.message
    assert (caught.value.path, caught.value.row, caught.value.column) == (str(path), 3, column)
    assert caught.value.fix


def test_all_wrong_cells_are_named_at_once(tmp_path: Path) -> None:
    path = table(tmp_path, changed(person="x"), changed(variant="b", time="x"), GOOD)
    with pytest.raises(InputError) as caught:
        read_review(path, "P1", DOE)
    assert [f"row {row}" in caught.value.message for row in (2, 3, 4)] == [True, True, True]
    assert "already in row 2" in caught.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\n\n", "no header"),
        ("variant;label\n", "parted by another sign"),
        ("\t".join([*COLUMNS, "tiers"]), "Did you mean 'tier'"),
        ("\t".join([*COLUMNS, "tier"]), "there twice"),
        ("\t".join(COLUMNS[:-1]), "'time' is missing"),
        ("\t".join(COLUMNS) + "\na\tb\tc\td\te\tf\tg\th\ti\tj\n", "10 cells"),
        ("\t".join(COLUMNS) + '\na\t"b', "cannot be read"),
    ],
)
def test_what_is_no_review_table_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "P1.review.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told) as caught:
        read_review(path, "P1", DOE)
    assert caught.value.path == str(path)


@pytest.mark.parametrize("cell", ["0012", "3-4", "1/2", "1E5", "12:30", "=1+1", "+x", "'quoted"])
def test_a_cell_that_a_spreadsheet_would_turn_into_a_number_or_a_date_is_marked_as_text(
    tmp_path: Path, cell: str
) -> None:
    path = tmp_path / "0012.review.tsv"
    row = ReviewRow(patient="0012", variant="7:1:A>T", label="BRAF p.V600E", comment=cell)
    write_review(path, [row])
    cells = path.read_text(encoding="utf-8").splitlines()[1].split("\t")
    assert (cells[0], cells[1], cells[6]) == ("'0012", "7:1:A>T", f"'{cell}")
    assert read_review(path, "0012").rows == (row,)


def test_a_row_that_somebody_adds_without_a_patient_is_of_the_table_s_own(tmp_path: Path) -> None:
    assert read_review(table(tmp_path, changed(patient="")), "P1", DOE).rows[0].patient == "P1"


text = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(str.strip).filter(bool)
open_rows = st.builds(
    ReviewRow,
    patient=st.just("P1"),
    variant=text,
    label=text,
    computed_tier=st.sampled_from(["", *TIERS]),
    comment=text,
)
done_rows = st.builds(
    ReviewRow,
    patient=st.just("P1"),
    variant=text,
    label=text,
    computed_tier=st.sampled_from(["", *TIERS]),
    decision=st.just("include"),
    tier=st.sampled_from(["", *TIERS]),
    comment=text.map(lambda cell: f"{cell}\nand\tmore"),
    person=st.just("doe"),
    time=st.just(WHEN),
)


@given(rows=st.lists(open_rows | done_rows, max_size=8, unique_by=lambda row: row.variant))
def test_a_table_is_read_as_it_was_written_and_no_cell_is_a_formula(
    tmp_path_factory: pytest.TempPathFactory, rows: list[ReviewRow]
) -> None:
    path = tmp_path_factory.mktemp("table") / "P1.review.tsv"
    write_review(path, rows)
    assert list(read_review(path, "P1", DOE).rows) == rows
    cells = [cell.strip('"') for line in path.read_text(encoding="utf-8").split("\n") for cell in line.split("\t")]
    assert not [cell for cell in cells[len(COLUMNS) :] if cell.startswith(("=", "@"))]
