"""Profiles, codes and cardinalities of the HL7 Genomics Reporting guide STU3, from the table beside this module.

No code of the guide, of LOINC or of the Sequence Ontology stands anywhere else: what is not in the table is not
written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from genomodel.core.errors import GenomodelError

TABLE = Path(__file__).with_name("guide.tsv")
PROFILES = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GuideRow:
    """One element that the guide fixes, or one code of a value set that it binds."""

    resource: str
    profile: str
    """Id of the profile."""
    element: str
    """``category:laboratory``, ``code``, ``component:gene-studied``, ``value:somatic``, ``extension:…`` …"""
    system: str
    """URI of the code system, or of the extension."""
    code: str
    display: str
    """As the source shows it; empty where it shows none."""
    cardinality: str
    source: str
    seen_on: str


@cache
def guide() -> tuple[GuideRow, ...]:
    """Return the rows of the table."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return tuple(GuideRow(*line.split("\t")) for line in lines[1:])


@cache
def _by_place() -> dict[tuple[str, str], GuideRow]:
    return {(row.profile, row.element): row for row in guide()}


def row(profile: str, element: str) -> GuideRow:
    """Return the row of an element of a profile.

    Raises
    ------
    GenomodelError
        The table has none: a defect.
    """
    found = _by_place().get((profile, element))
    if found is None:
        raise GenomodelError(f"the table of the FHIR guide has no '{element}' of '{profile}'")
    return found


def coding(profile: str, element: str) -> Json:
    """Return a code as a ``Coding``."""
    found = row(profile, element)
    made = {"system": found.system, "code": found.code}
    return made | ({"display": found.display} if found.display else {})


def has(profile: str, element: str) -> bool:
    """Whether the table has an element of a profile."""
    return (profile, element) in _by_place()


def url(profile: str, element: str) -> str:
    """Return the URI of an extension or of a code system."""
    return row(profile, element).system


def categories(profile: str) -> list[Json]:
    """Return the categories of a profile, in the order of the table."""
    rows = [item for item in guide() if item.profile == profile and item.element.startswith("category:")]
    return [{"coding": [coding(profile, item.element)]} for item in rows]
