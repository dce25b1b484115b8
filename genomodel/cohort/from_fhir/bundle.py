"""A FHIR bundle read element by element, so that what nobody took can be told.

Elements are read as they stand: a bundle of FHIR R4 may hold fields of R4B or of a hospital's own profile, which are no
reason to refuse it. What is not of the type that FHIR gives it is passed over here, and thus told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from genomodel.core.errors import InputError
from genomodel.files import read_text

Json = dict[str, Any]
SHOWN = 160
"""Characters of a value that a message or table shows."""
PRIVATE = frozenset({"name", "telecom", "address", "contact", "photo", "birthDate"})
"""Elements of a patient whose values are told nowhere: they name the person."""
SUBJECTS = frozenset({"subject", "patient", "for", "individual"})
"""Elements of any resource that may give the person's name as a display."""
PERSONS = frozenset({"Patient", "Person", "RelatedPerson"})
NO_CONTENT = frozenset({"resourceType", "id", "meta", "text", "implicitRules", "language"})
"""What every resource has beside its content; the narrative repeats it."""
BUNDLE_FIX = "Name a FHIR R4 Bundle as JSON, with one Patient"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something in a bundle that is in no cell, or that a cell holds and a person has to look at."""

    resource: str
    path: str
    value: str
    why: str


@dataclass(slots=True)
class Resource:
    """One resource and which of its elements were taken."""

    content: Json
    label: str
    """``Patient/p1``, or the place in the bundle of a resource without an id."""
    full_url: str = ""
    used: set[tuple[str | int, ...]] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """Its type, such as ``Specimen``."""
        return str(self.content["resourceType"])

    @property
    def root(self) -> Element:
        """The resource as an element."""
        return Element(self, (), self.content)

    def profiled(self, name: str) -> bool:
        """Whether it says of itself that it fits a profile, named by the end of its URL."""
        return any(text.split("|")[0].endswith(name) for text in self.root.at("meta").texts("profile"))


@dataclass(frozen=True, slots=True)
class Element:
    """A place in a resource; an absent one is falsy and has nothing below it."""

    resource: Resource
    path: tuple[str | int, ...]
    value: Any = None

    def __bool__(self) -> bool:
        return self.value is not None

    def at(self, name: str) -> Element:
        """Return the element of a name below this one."""
        below = self.value.get(name) if isinstance(self.value, dict) else None
        return Element(self.resource, (*self.path, name), below)

    def each(self, name: str) -> list[Element]:
        """Return the elements of a list; one that stands alone where a list belongs is taken for a list of one."""
        found = self.at(name)
        if isinstance(found.value, list):
            return [Element(self.resource, (*found.path, index), value) for index, value in enumerate(found.value)]
        return [found] if isinstance(found.value, dict) else []

    def text(self, name: str) -> str:
        """Return a text below this element in one line, empty for none."""
        below = self.at(name).value
        return " ".join(below.split()) if isinstance(below, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return the texts of a list."""
        below = self.at(name).value
        return [one for one in below if isinstance(one, str)] if isinstance(below, list) else []

    def take(self) -> None:
        """Note that this element and all below it were used."""
        self.resource.used.add(self.path)

    @property
    def where(self) -> str:
        """The place as FHIRPath writes it."""
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"{self.resource.kind}{steps}"

    def unmapped(self, why: str) -> Unmapped:
        """Return a row that tells of this element."""
        return Unmapped(self.resource.label, self.where, self._shown(), why)

    def _shown(self) -> str:
        """Return the value in one line, without what names the person."""
        kind, value = self.resource.kind, self.value
        hidden = PRIVATE if kind == "Patient" else SUBJECTS
        if (self.path and self.path[0] in hidden) or (not self.path and kind in PERSONS):
            return "(not shown)"
        if not self.path:
            value = {key: one for key, one in value.items() if key not in NO_CONTENT | SUBJECTS}
        return shown(value)


@dataclass(slots=True)
class Bundle:
    """The resources of a bundle, and what they refer to."""

    path: Path
    resources: list[Resource]
    notes: list[Unmapped] = field(default_factory=list)
    by_name: dict[str, Resource] = field(init=False, default_factory=dict)
    """By full URL, by that without its server, and by type and id."""

    def __post_init__(self) -> None:
        for one in self.resources:
            names = [one.full_url, one.label]
            names += [_relative(one.full_url)] if one.full_url.startswith("http") else []
            for name in filter(None, names):
                self.by_name.setdefault(name, one)

    def of_kind(self, kind: str) -> list[Resource]:
        """Return the resources of a type, in their order."""
        return [resource for resource in self.resources if resource.kind == kind]

    def note(self, element: Element, why: str) -> None:
        """Tell of an element, which thereby is dealt with."""
        element.take()
        self.notes.append(element.unmapped(why))

    def resolve(self, reference: Element) -> Resource | None:
        """Return what a reference refers to, ``None`` where it gives no more than a name or an identifier.

        Raises
        ------
        InputError
            It leads to nothing in the bundle.
        """
        target = reference.text("reference")
        if not target:
            return None
        found = self._contained(reference, target) if target.startswith("#") else self._entry(target)
        if found is None:
            self.fail(reference, f"the reference '{target[:SHOWN]}' leads to nothing in the bundle")
        return found

    def fail(self, element: Element, what: str, fix: str = "Send the resource in the same bundle") -> NoReturn:
        """Raise an error that names an element."""
        raise InputError(f"{element.resource.label}: {what}", path=self.path, column=element.where, fix=fix)

    def _entry(self, target: str) -> Resource | None:
        bare = target.partition("/_history/")[0]
        if bare in self.by_name:
            return self.by_name[bare]
        # An absolute address may be of a resource that came without one.
        found = self.by_name.get(_relative(bare)) if bare.startswith("http") else None
        return found if found is not None and not found.full_url else None

    @staticmethod
    def _contained(reference: Element, target: str) -> Resource | None:
        for element in reference.resource.root.each("contained"):
            inside = element.value
            if (
                isinstance(inside, dict)
                and inside.get("id") == target[1:]
                and isinstance(inside.get("resourceType"), str)
            ):
                element.take()
                return Resource(inside, f"{reference.resource.label}{target}")
        return None

    def left_over(self) -> list[Unmapped]:
        """Return what was noted, and what nobody took of the bundle, at the highest place that is whole."""
        rows = list(self.notes)
        for resource in self.resources:
            if not resource.used:
                rows.append(resource.root.unmapped("no cell of a sheet is filled from such a resource"))
                continue
            for name, value in resource.content.items():
                if name not in NO_CONTENT:
                    rows += _untouched(Element(resource, (name,), value))
        return rows


def _untouched(element: Element) -> Iterator[Unmapped]:
    used = element.resource.used
    if any(element.path[: len(path)] == path for path in used):
        return
    below = any(path[: len(element.path)] == element.path for path in used)
    if not below:
        yield element.unmapped("no cell of a sheet holds it")
    elif isinstance(element.value, dict):
        for name, value in element.value.items():
            yield from _untouched(Element(element.resource, (*element.path, name), value))
    elif isinstance(element.value, list):
        for index, value in enumerate(element.value):
            yield from _untouched(Element(element.resource, (*element.path, index), value))


def _relative(url: str) -> str:
    """Return the end of an address, ``Patient/p1``."""
    return "/".join(url.split("/")[-2:])


def shown(value: Any) -> str:
    """Return a value in one line that a table can hold."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def read_bundle(path: Path) -> Bundle:
    """Read a bundle of one patient.

    Raises
    ------
    InputError
        It is no JSON, no Bundle, or holds no Patient or several.
    """
    content = _loaded(path)
    entries = content.get("entry", [])
    if not isinstance(entries, list):
        raise InputError("the bundle's entries are no list", path=path, column="Bundle.entry", fix=BUNDLE_FIX)
    resources = [_resource(path, number, entry) for number, entry in enumerate(entries)]
    bundle = Bundle(path, resources)
    patients = [resource.label for resource in bundle.of_kind("Patient")]
    if not patients:
        raise InputError("the bundle holds no Patient", path=path, fix=BUNDLE_FIX)
    if len(patients) > 1:
        what = f"the bundle holds {len(patients)} Patients: {', '.join(patients[:5])}"
        raise InputError(what, path=path, fix="Send one bundle for each patient")
    doubled = next((label for label, n in Counter(one.label for one in resources).items() if n > 1), None)
    if doubled:
        what = f"{doubled} is in the bundle more than once"
        raise InputError(what, path=path, fix="Send each resource once, in its present version")
    return bundle


def _loaded(path: Path) -> Json:
    try:
        content = json.loads(read_text(path, "FHIR bundle"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        what = f"this is no JSON ({error.msg}, character {error.colno})"
        raise InputError(what, path=path, row=error.lineno, fix=BUNDLE_FIX) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is no JSON that FHIR allows ({error})", path=path, fix=BUNDLE_FIX) from error
    kind = content.get("resourceType") if isinstance(content, dict) else None
    if kind != "Bundle":
        what = f"the resource is of type '{shown(kind)}', and no Bundle" if kind else "this is no FHIR resource"
        raise InputError(what, path=path, column="resourceType", fix=BUNDLE_FIX)
    found: Json = content
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _resource(path: Path, number: int, entry: Any) -> Resource:
    content = entry.get("resource") if isinstance(entry, dict) else None
    kind = content.get("resourceType") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(kind, str) or not kind:
        what = "the entry holds no resource with a type"
        raise InputError(what, path=path, column=f"Bundle.entry[{number}].resource", fix=BUNDLE_FIX)
    url, id_ = entry.get("fullUrl"), content.get("id")
    label = f"{kind}/{id_}" if isinstance(id_, str) and id_ else f"{kind} (entry {number})"
    return Resource(content, shown(label), url if isinstance(url, str) else "")
