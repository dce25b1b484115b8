"""The table of conditions: what a row is read to, and how a broken one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.interpretation.conditions import Condition, load_conditions, refuse_unknown
from genomodel.interpretation.requirements import parse_requirement

HEADER = "condition\trequirement\tdecides"


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "conditions.tsv"
    path.write_text("\n".join((header, *rows)) + "\n")
    return path


def test_a_row_is_a_condition_of_the_disease_or_of_the_course_or_a_fact(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "HER2-low\treceptor:HER2=low\tdisease",
        " adult \tage:18+\tcourse",
        '"fit" now\treader\tcourse',
        "f\tfact\t",
    )
    assert load_conditions(path) == {
        "HER2-low": Condition("HER2-low", parse_requirement("receptor:HER2=low"), decides_disease=True),
        "adult": Condition("adult", parse_requirement("age:18+"), decides_disease=False),
        '"fit" now': Condition('"fit" now', parse_requirement("reader"), decides_disease=False),
        "f": Condition("f", None, decides_disease=False),
    }


@pytest.mark.parametrize(
    ("row", "what", "column", "fix"),
    [
        ("a\tage:18+\tcourse", "'a' is there twice", "condition", None),
        ("b\tfact\tcourse", "'course' is not allowed", "decides", "Leave it empty for a fact"),
        ("b\tage:18+\t", "'' is not allowed", "decides", "One of: disease, course"),
        ("b\tage:18+\tDISEASE", "'DISEASE' is not allowed", "decides", "One of: disease, course"),
        ("b | c\tage:18+\tcourse", "'b | c' is no single condition", "condition", None),
    ],
)
def test_a_broken_row_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, row: str, what: str, column: str, fix: str | None
) -> None:
    path = table(tmp_path, "a\tage:18+\tcourse", row)
    with pytest.raises(InputError) as caught:
        load_conditions(path)
    told = caught.value
    assert (told.what, told.path, told.row, told.column, told.fix) == (what, str(path), 3, column, fix)


def test_a_missing_column_or_table_is_told(tmp_path: Path) -> None:
    path = table(tmp_path, "a\tage:18+", header="condition\trequirement")
    with pytest.raises(InputError) as caught:
        load_conditions(path)
    told = caught.value
    assert (told.what, told.path, told.row, told.column) == ("the column is missing", str(path), 1, "decides")
    with pytest.raises(InputError, match="table of conditions"):
        load_conditions(tmp_path / "none.tsv")


def test_a_condition_that_resembles_none_is_told_without_a_guess() -> None:
    refuse_unknown(["HER2-negative", "reader: as the board decides"])
    with pytest.raises(InputError) as caught:
        refuse_unknown(["as the board decides"])
    assert caught.value.fix == (
        "Add a row to conditions.tsv, or write 'reader: as the board decides' to leave it to the reader"
    )
