"""Parts that all resources of a bundle are made of: safe text, ids, references, narrative."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from html import escape
from typing import Any

from genomodel.report import words
from genomodel.report.fhir import guide

Json = dict[str, Any]
NAMESPACE = uuid.UUID("6f1c0a52-8c0b-5d3e-9b0a-3f0f5a7a1d11")
"""Of the ids of resources, which are made from the patient's id and the thing's own name: they stay the same."""
XHTML = "http://www.w3.org/1999/xhtml"
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def text(value: object) -> str:
    """Return text that a FHIR ``string`` may hold: no control characters, no space at its ends; may be empty."""
    return " ".join(words.printable(str(value)).split())


def concept(*codings: Json, said: object = "") -> Json:
    """Return a ``CodeableConcept`` of codes and text."""
    return without_empty({"coding": list(codings), "text": text(said)})


def without_empty(given: Mapping[str, Any]) -> Json:
    """Return a mapping without what is absent, which FHIR forbids: ``None``, empty text, list and mapping."""
    return {name: value for name, value in given.items() if value is not None and value not in ("", [], {})}


def iso_date(value: str | None) -> str | None:
    """Return a FHIR ``dateTime`` of year, month or day, or ``None`` where the text is none."""
    if value is None or not _DATE.fullmatch(value):
        return None
    try:
        date.fromisoformat(value + "-01" * (2 - value.count("-")))
    except ValueError:
        return None
    return value


def instant(value: str | None) -> str | None:
    """Return a FHIR ``instant``, which has seconds and an offset, or ``None`` where the text is none."""
    try:
        found = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return None if found.tzinfo is None else found.isoformat(timespec="seconds")


class Entries:
    """The resources of a bundle in their order, each under an id that is made from its name."""

    def __init__(self, patient: str) -> None:
        self._patient = patient
        self._resources: dict[str, Json] = {}

    def id_of(self, kind: str, name: str) -> str:
        """Return the id of a resource of a kind by its name."""
        return str(uuid.uuid5(NAMESPACE, "\n".join((self._patient, kind, name))))

    def add(self, kind: str, name: str, content: Mapping[str, Any], *, told: Iterable[str], profile: str = "") -> Json:
        """Add a resource and return a reference to it.

        Parameters
        ----------
        kind
            Type of the resource.
        name
            Of the thing it is about; a second one of the same name gets an id of its own.
        content
            Its elements; absent ones are left out.
        told
            Lines of its narrative.
        profile
            Id of the guide's profile; empty for none.
        """
        id_, times = self.id_of(kind, name), 1
        while id_ in self._resources:
            times += 1
            id_ = self.id_of(kind, f"{name}\n{times}")
        head: Json = {"resourceType": kind, "id": id_}
        if profile:
            head["meta"] = {"profile": [guide.PROFILES + profile]}
        self._resources[id_] = head | {"text": narrative(told)} | without_empty(content)
        return {"reference": f"urn:uuid:{id_}"}

    def entries(self) -> list[Json]:
        """Return the entries of the bundle."""
        return [{"fullUrl": f"urn:uuid:{id_}", "resource": one} for id_, one in self._resources.items()]


def narrative(lines: Iterable[str]) -> Json:
    """Return the text that people read where nothing of the rest is understood."""
    paragraphs = "".join(f"<p>{escape(text(line))}</p>" for line in lines if text(line))
    return {"status": "generated", "div": f'<div xmlns="{XHTML}">{paragraphs}</div>'}


def markdown(value: str) -> str:
    """Return text for a ``markdown`` element, in which no character is taken for markup of a page."""
    return text(value).replace("&", "&amp;").replace("<", "&lt;")


def extension(url: str, **value: Any) -> Json:
    """Return an extension with one value."""
    return {"url": url} | value


def component(profile: str, element: str, **value: Any) -> Json:
    """Return a component of an observation with the guide's code."""
    return {"code": {"coding": [guide.coding(profile, f"component:{element}")]}} | value
