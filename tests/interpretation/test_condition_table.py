"""The table of conditions: what a row is read to, how a broken one is told, and that it holds those of the core."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from genomodel.core.clinical import ConditionStatus
from genomodel.core.errors import InputError
from genomodel.interpretation.conditions import (
    CONDITION_TABLE,
    Condition,
    answer_conditions,
    conditions,
    load_conditions,
    refuse_unknown,
)
from genomodel.interpretation.knowledge import EVIDENCE_TABLE, load_evidence_table
from genomodel.interpretation.requirements import KINDS, parse_requirement
from tests.interpretation.builders import patient

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
        ("\tfact\t", "'' is no single condition", "condition", None),
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


def test_every_condition_of_the_core_is_in_the_table_and_no_other() -> None:
    used = {text for rule in load_evidence_table().rules for text in rule.evidence.conditions}
    receptors = {"HER2-positive"}
    """What CIViC's diseases ask for beyond the conditions of the core."""
    assert used | receptors == set(conditions())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a part is missing"),
        ("receptor:HER2=maybe", "no state of a receptor"),
        ("receptor:ER=low", "no state of a receptor"),
        ("recptor:HER2=low", "'recptor' is no kind"),
        ("line:0", "no line"),
        ("stage:late", "no extent"),
        ("group:V", "no stage group"),
        ("prior:Osimertinb", "no drug or class"),
        ("prior:Tagrisso", "no drug or class by its normalized name"),
        ("age:old", "no range of ages"),
        ("sex:unknown", "no sex"),
        ("type:XYZ", "no OncoTree code"),
        ("origin:both", "no origin"),
        ("tumor:KRAS", "no match rule in braces"),
        ("tumor:{KRAS/hotspott}", "no match rule"),
        ("age:18+ &", "a part is missing"),
        ("(age:18+", "not closed"),
        ("age:18+ age:2+", "no range of ages"),
        ("age:18+ )", "not expected"),
        ("reader ?", "not expected"),
    ],
)
def test_a_broken_requirement_is_told_with_its_row(tmp_path: Path, text: str, said: str) -> None:
    path = table(tmp_path, "adult\tage:18+\tcourse", f"odd\t{text}\tcourse")
    with pytest.raises(InputError) as caught:
        load_conditions(path)
    assert said in caught.value.what
    assert (caught.value.path, caught.value.row, caught.value.column) == (str(path), 3, "requirement")
    assert caught.value.fix


def edited(folder: Path, condition: str) -> tuple[Path, int]:
    """Return a copy of the core's table with one condition in place of another, and its line."""
    lines = EVIDENCE_TABLE.read_text().splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith("pik3ca-mut-breast-alpelisib\t"))
    lines[number] = lines[number].replace("HER2-negative", condition)
    path = folder / "evidence.tsv"
    path.write_text("\n".join(lines) + "\n")
    return path, number + 1


def test_a_core_table_with_a_condition_that_is_not_known_is_told_with_row_column_and_the_nearest(
    tmp_path: Path,
) -> None:
    path, row = edited(tmp_path, "HER2-negativ")
    with pytest.raises(InputError, match="the condition 'HER2-negativ' is not known") as caught:
        load_evidence_table(path)
    assert (caught.value.path, caught.value.row, caught.value.column) == (str(path), row, "conditions")
    assert "Did you mean 'HER2-negative'?" in str(caught.value.fix)
    assert "'reader: HER2-negativ'" in str(caught.value.fix)


def test_a_condition_may_be_left_to_the_reader_by_its_mark(tmp_path: Path) -> None:
    path, _ = edited(tmp_path, "reader: as the board decides")
    rule = next(r for r in load_evidence_table(path).rules if r.evidence.id == "pik3ca-mut-breast-alpelisib")
    assert "as the board decides" in rule.evidence.conditions
    assert answer_conditions(["as the board decides"], patient("BRCA"))[0].status is ConditionStatus.FOR_READER


def test_every_kind_of_requirement_is_used_by_the_table() -> None:
    with CONDITION_TABLE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    read = [parse_requirement(row["requirement"]) for row in rows if row["requirement"] != "fact"]
    assert {atom.kind for item in read for atom in item.atoms()} == set(KINDS)
    assert [row["condition"] for row in rows] == sorted((row["condition"] for row in rows), key=str.casefold)
