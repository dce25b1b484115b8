from __future__ import annotations

import pytest

from genomodel.annotation.gene_names import why_no_symbol


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1-Mar", ("MARCH1 (today MARCHF1)", "MARC1 (today MTARC1)")),
        ("01-Mar", ("MARCH1 (today MARCHF1)", "MARC1 (today MTARC1)")),
        ("Mar-01", ("MARCH1 (today MARCHF1)", "MARC1 (today MTARC1)")),
        ("2-Mar", ("MARCH2 (today MARCHF2)", "MARC2 (today MTARC2)")),
        ("Sep-9", ("SEPT9 (today SEPTIN9)",)),
        ("9-Sept", ("SEPT9 (today SEPTIN9)",)),
        ("2006/09/02", ("SEPT2",)),
        ("2006-09-02", ("SEPT2",)),
        ("2006-09-02 00:00:00", ("SEPT2",)),
        ("9/2/2006", ("SEPT2",)),
        ("14/9/2006", ("SEPT14",)),
        ("1-Dec", ("DEC1 (today DELEC1 or BHLHE40)",)),
        ("4-Oct", ("OCT4 (today POU5F1)",)),
        ("31-Jan", ("a symbol that HGNC does not know",)),
    ],
)
def test_dates_are_told_with_what_they_may_have_been(text: str, readings: tuple[str, ...]) -> None:
    said = why_no_symbol(text)
    assert all(reading in said for reading in readings)
    assert ("date" in said) is bool(readings)


@pytest.mark.parametrize("text", ["BRAF;KRAS", "BRAF, KRAS", "BRAF|LOC1", "NONE;BRAF", "BRAF/NDUFB2"])
def test_several_symbols_in_one_cell_are_none(text: str) -> None:
    assert why_no_symbol(text) == "several symbols in one cell, of which nothing says which is meant"


@pytest.mark.parametrize(
    "text", ["673", "43891", "2.31E+13", "2,31E+13", "1e5", "ENSG00000157764", "ENSG00000157764.14"]
)
def test_numbers_and_identifiers_are_no_symbols(text: str) -> None:
    assert why_no_symbol(text)


@pytest.mark.parametrize(
    "text",
    [
        "BRAF",
        "braf",
        "SEPT9",
        "MARCH1",
        "DEC1",
        "JUN",
        "NOV",
        "MLL2",
        "HLA-A",
        "APR-2",
        "7SK",
        "C9orf72",
        "Unknown",
        "",
    ],
)
def test_symbols_of_any_year_and_unknown_names_are_left_alone(text: str) -> None:
    assert why_no_symbol(text) == ""
