"""What textbooks, labels and guidelines say of an alteration is what a report says of it.

Expectations are written from their sources (column ``source``), not from what the program says.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.resources.drugs import normalize_therapy
from tests.interpretation.textbook import Case, disagreements, run, therapy_of

TABLE = Path(__file__).with_name("textbook_cases.tsv")
COLUMNS = [
    "id",
    "tumor_type",
    "alterations",
    "facts",
    "best_tier",
    "expect",
    "conditions",
    "never",
    "conflicts",
    "says",
    "source",
    "note",
]


def read_cases() -> tuple[Case, ...]:
    with TABLE.open(encoding="utf-8", newline="") as handle:
        return tuple(Case(row) for row in csv.DictReader(handle, delimiter="\t"))


CASES = read_cases()


def test_the_table_is_whole() -> None:
    assert len(CASES) >= 60
    assert len({case.row["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert list(case.row) == COLUMNS
        assert "http" in case.row["source"] or "PMID" in case.row["source"], case.row["id"]
        assert case.row["best_tier"] in {"I-A", "I-B", "II-C", "II-D", "III", "IV", "none"}, case.row["id"]
        assert case.row["expect"] or case.row["never"] or case.row["says"], case.row["id"]


@pytest.mark.parametrize("case", CASES, ids=[case.row["id"] for case in CASES])
def test_a_textbook_case_is_told_as_the_textbook_has_it(case: Case) -> None:
    found = disagreements(case, run(case))
    assert not found, "\n".join(found)


def test_agreement_with_the_textbook_is_printed(record_property: Callable[[str, object], None]) -> None:
    told = 0
    for case in CASES:
        try:
            told += not disagreements(case, run(case))
        except InputError:
            continue
    record_property("shown", f"textbook cases told as their sources have them: {told} of {len(CASES)}")
    assert told


def test_expectations_name_drugs_that_exist() -> None:
    """A misspelt drug would never appear, and so never be missed where it must not."""
    for case in CASES:
        for text in (*case.items("expect"), *case.items("never")):
            therapy = therapy_of(text)
            assert not normalize_therapy(therapy).unknown, (case.row["id"], therapy)


def test_a_wrong_expectation_is_told() -> None:
    row = next(case.row for case in CASES if case.row["id"] == "braf-v600e-melanoma")
    wrong = {
        "best_tier": ("I-B", "best tier I-A, expected I-B"),
        "expect": ("I-B sensitivity Vemurafenib", "I-B sensitivity Vemurafenib: got I-A"),
        "never": ("sensitivity ~Trametinib at I", "must not appear: sensitivity ~Trametinib at I"),
        "conditions": ("Trametinib: no prior BRAF inhibitor = met", "got not_given"),
        "conflicts": ("Vemurafenib", "no conflict is said for Vemurafenib"),
        "says": ("a word that nothing says", "nothing says 'a word that nothing says'"),
    }
    for column, (text, words) in wrong.items():
        case = Case({**row, column: text})
        assert any(words in line for line in disagreements(case, run(case))), column
