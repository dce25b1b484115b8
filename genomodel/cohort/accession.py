"""Who a sample came from and how the laboratory knows it: free text, dates and numbers of sheets and options."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from genomodel.core.errors import InputError, raise_collected
from genomodel.core.specimens import NO_ACCESSION, Accession

T = TypeVar("T")
PERSON_COLUMNS = ("second_id", "requester", "diagnosis")
ACCESSION_COLUMNS = ("specimen", "block", "site", "collected", "received", "cellularity")
LONGEST = 500
"""Characters that a free text may have: more is a document, which belongs beside a report."""
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_OTHER_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_FRACTION = re.compile(r"\d+(\.\d*)?|\.\d+")
_PERCENT = re.compile(r"(\d+(?:[.,]\d*)?)\s*%?")


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a sheet says of the person beside the tumor; what it leaves out stays ``None``."""

    second_id: str | None = None
    requester: str | None = None
    diagnosis: str | None = None


NO_PERSON = PersonFacts()


def person_facts(values: Mapping[str, str]) -> PersonFacts:
    """Return the texts of :data:`PERSON_COLUMNS`; an empty or missing one states nothing.

    Raises
    ------
    InputError
        A text has characters that no page can show, or is too long; ``column`` names the column, and several are told
        together.
    """
    errors: list[InputError] = []
    texts = {name: _read(values, name, plain_text, errors) for name in PERSON_COLUMNS}
    raise_collected(errors)
    return PersonFacts(**texts)


def accession_of(values: Mapping[str, str]) -> Accession:
    """Return how the laboratory knows a sample, from the texts of :data:`ACCESSION_COLUMNS`.

    Raises
    ------
    InputError
        A date that is none, one received before it was collected, a cellularity that is no fraction, or a text as in
        :func:`person_facts`; several are told together.
    """
    if not any(values.get(name, "").strip() for name in ACCESSION_COLUMNS):
        return NO_ACCESSION
    errors: list[InputError] = []
    texts = {name: _read(values, name, plain_text, errors) for name in ("specimen", "block", "site")}
    collected, received = (_read(values, name, iso_date, errors) for name in ("collected", "received"))
    cellularity = _read(values, "cellularity", _cellularity, errors)
    if collected and received and received < collected:
        what = f"received on {received}, before it was collected on {collected}"
        errors.append(InputError(what, column="received", fix="Correct one of the two dates"))
    raise_collected(errors)
    return Accession(**texts, collected=collected, received=received, cellularity=cellularity)


def _read(values: Mapping[str, str], name: str, read: Callable[[str], T], errors: list[InputError]) -> T | None:
    text = values.get(name, "").strip()
    if not text:
        return None
    try:
        return read(text)
    except InputError as error:
        errors.append(InputError(error.what, column=name, fix=error.fix))
        return None


def plain_text(text: str) -> str:
    """Return a text that can stand on a page: in one line, and without signs that have no shape.

    Raises
    ------
    InputError
        It holds a control character or half of a surrogate pair, which neither HTML nor PDF may hold, or is longer
        than :data:`LONGEST`.
    """
    odd = next((sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")), None)
    if odd is not None:
        what = f"the text holds the control character U+{ord(odd):04X} at place {text.index(odd) + 1}"
        raise InputError(what, fix="Write it anew as one line of plain text")
    if len(text) > LONGEST:
        fix = f"Keep what a reader needs, {LONGEST} characters at most"
        raise InputError(f"the text has {len(text)} characters: '{text[:40]}…'", fix=fix)
    return text


def iso_date(text: str) -> str:
    """Return a day as ISO 8601, ``2026-03-09``.

    Raises
    ------
    InputError
        It is written otherwise, or there is no such day.
    """
    if _ISO_DATE.fullmatch(text) and text.isascii():
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            fix = "Correct it; dates are year, month, day, as in 2026-03-09"
            raise InputError(f"'{text}' is no day of the calendar", fix=fix) from error
    fix = "Write year, month and day, as in 2026-03-09"
    if other := _OTHER_DATE.fullmatch(text):
        first, third, year = int(other[1]), int(other[3]), other[4]
        meant = {f"{year}-{month:02}-{day:02}" for month, day in ((third, first), (first, third)) if 1 <= month <= 12}
        fix += f": {' or '.join(sorted(meant))} for {text}" if meant else ""
    raise InputError(f"'{text}' is no date as ISO 8601 writes it", fix=fix)


def _cellularity(text: str) -> float:
    if _FRACTION.fullmatch(text) and text.isascii() and float(text) <= 1:
        return float(text)
    fix = "Write the share of tumor cells that the pathologist saw as a fraction of 0 to 1"
    percent = _PERCENT.fullmatch(text)
    share = float(percent[1].replace(",", ".")) / 100 if percent and text.isascii() else None
    if share is not None and share <= 1 and ("%" in text or share > 0.01):
        fix += f": {share:g} for {text}"
    raise InputError(f"'{text}' is no cellularity", fix=fix)
