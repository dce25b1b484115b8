"""Names of genes that no gene can have: dates and numbers of spreadsheets, identifiers, several symbols at once.

Spreadsheets turn symbols such as SEPT9 into dates (Ziemann, Eren and El-Osta 2016, doi:10.1186/s13059-016-1044-7), and
one date may have been several genes. What a damaged name may have been is told to the reader and never looked up.
"""

from __future__ import annotations

import re
from functools import cache

from genomodel.resources.gene_symbols import Standing, resolve_symbol

_MONTHS = (
    ("JAN",),
    ("FEB",),
    ("MARCH", "MARC", "MAR"),
    ("APR",),
    ("MAY",),
    ("JUN",),
    ("JUL",),
    ("AUG",),
    ("SEPT", "SEP"),
    ("OCT",),
    ("NOV",),
    ("DEC",),
)
"""Beginnings of symbols that with a number after them read as a day of each month."""
_WORD = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-/. ]?{_WORD}(?:[-/., ]+\d{{2,4}})?")
_MONTH_FIRST = re.compile(rf"{_WORD}[-/. ](\d{{1,4}})(?:[-/., ]+\d{{2,4}})?")
_YEAR_FIRST = re.compile(r"\d{4}[-/](\d{1,2})[-/](\d{1,2})(?:[ T][\d:.]+)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/\d{2,4})?")
_NUMBER = re.compile(r"\d+")
_FLOATING = re.compile(r"\d+([.,]\d+)?(e[+-]?\d+)?|\d+[.,]\d+", re.IGNORECASE)
_PARTED = re.compile(r"\s*[;,|/&]\s*")
_ENSEMBL = re.compile(r"ENSG\d{11}(\.\d+)?")


@cache
def why_no_symbol(text: str) -> str:
    """Return why a text in the place of a gene symbol can be none, empty where it may be one.

    Returns
    -------
    str
        What the text is, and of a date which symbols it may have been before a spreadsheet read it.
    """
    name = text.strip()
    if resolve_symbol(name).standing is not Standing.UNKNOWN:
        return ""
    dates = _dates(name.lower())
    if dates:
        symbols = list(dict.fromkeys(symbol for month, day in dates for symbol in _symbols(month, day)))
        was = " or ".join(symbols) if symbols else "a symbol that HGNC does not know"
        return f"a date that a spreadsheet made of a symbol; it was {was}"
    if any(resolve_symbol(part).standing is not Standing.UNKNOWN for part in _PARTED.split(name)):
        return "several symbols in one cell, of which nothing says which is meant"
    if _NUMBER.fullmatch(name):
        return "a number, as an Entrez gene id or a date in a spreadsheet is, and no symbol"
    if _FLOATING.fullmatch(name):
        return "a number that a spreadsheet made of a name"
    return "an Ensembl id and no symbol" if _ENSEMBL.fullmatch(name) else ""


def _dates(name: str) -> list[tuple[int, int]]:
    """Return month and day of a text that reads as a date; both orders where the text leaves it open."""
    words = [names[0][:3].lower() for names in _MONTHS]
    if match := _DAY_FIRST.fullmatch(name):
        return [(words.index(match[2]) + 1, int(match[1]))]
    if match := _MONTH_FIRST.fullmatch(name):
        return [(words.index(match[1]) + 1, int(match[2]))]
    match = _YEAR_FIRST.fullmatch(name) or _SLASHED.fullmatch(name)
    numbers = (int(match[1]), int(match[2])) if match else (0, 0)
    orders = [numbers] if match and match.re is _YEAR_FIRST else [numbers, numbers[::-1]]
    return [(month, day) for month, day in dict.fromkeys(orders) if 1 <= month <= len(_MONTHS)]


def _symbols(month: int, day: int) -> list[str]:
    """Return the symbols that read as a day of a month, each with the gene or genes that it means today."""
    found = []
    for beginning in _MONTHS[month - 1]:
        symbol = resolve_symbol(f"{beginning}{day}")
        if symbol.standing is not Standing.UNKNOWN:
            today = symbol.current or " or ".join(symbol.candidates)
            found.append(symbol.given if today == symbol.given else f"{symbol.given} (today {today})")
    return found
