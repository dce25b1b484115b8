"""Ids, sex and age of the patient, and who asked."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from genomodel.cohort.from_fhir.bundle import Bundle, Element, Resource, Unmapped, shown
from genomodel.core.patients import ID_PATTERN

SEXES = ("female", "male", "unknown")
_BIRTH = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
NAMES = "name a pseudonym with --patient"
CIVIL = frozenset({"SS", "SB", "DL", "PPN", "TAX", "BRN"})
"""Types of HL7's table 0203 that are of the person outside of the hospital: social security and benefit, driver's
licence, passport, tax, birth registry. https://terminology.hl7.org/CodeSystem-v2-0203.html"""
SOCIAL_SECURITY = "http://hl7.org/fhir/sid/us-ssn"


def ids_of(bundle: Bundle, patient: Resource, pseudonym: str | None) -> tuple[str, str]:
    """Return the patient's id and the second one, empty for none.

    The pseudonym that is given comes first, then identifiers, the official one before others, then the resource's own
    id. What cannot be a file's name can still be the second id.

    Raises
    ------
    InputError
        Nothing of it can be the id.
    """
    order = {"official": 0, "usual": 1, "": 1, "secondary": 2}
    listed = patient.root.each("identifier")
    for one in filter(_is_civil, listed):
        one.take()
        why = "it names the person outside of the hospital, and a report carries no such number"
        bundle.notes.append(Unmapped(patient.label, one.where, "(not shown)", why))
    listed = [one for one in listed if not _is_civil(one)]
    known = [one for one in listed if one.text("value") and one.text("use") in order]
    known.sort(key=lambda one: order[one.text("use")])
    named = next((one for one in known if re.fullmatch(ID_PATTERN, one.text("value"))), None)
    id_ = pseudonym or (named.text("value") if named else patient.root.text("id"))
    if not re.fullmatch(ID_PATTERN, id_):
        what = f"'{shown(id_)}' cannot be a patient id" if id_ else "the Patient has neither an identifier nor an id"
        bundle.fail(patient.root.at("identifier"), what, f"Use letters, digits, dot, dash and underscore, or {NAMES}")
    others = [one for one in known if one.text("value") != id_]
    for one in (*(one for one in known if one.text("value") == id_), *others[:1]):
        one.take()
    for one in others[1:]:
        bundle.note(one, "the sheet holds one further identifier")
    return id_, others[0].text("value") if others else ""


def _is_civil(identifier: Element) -> bool:
    types = {one.text("code") for one in identifier.at("type").each("coding") if "0203" in one.text("system")}
    return bool(types & CIVIL) or identifier.text("system") == SOCIAL_SECURITY


def sex_of(bundle: Bundle, patient: Resource) -> str:
    """Return the sex that claims and chromosome X depend on, empty where the Patient does not say."""
    gender = patient.root.at("gender")
    if gender.value in SEXES:
        gender.take()
        return str(gender.value)
    if gender:
        bundle.note(gender, "the sheet knows female, male and unknown: write what holds for chromosome X")
    return ""


def age_of(bundle: Bundle, patient: Resource, on: date | None) -> str:
    """Return the age in whole years on a day; below one year in parts of it. Empty where it cannot be told for sure."""
    birth = patient.root.at("birthDate")
    if not birth:
        return ""
    match = _BIRTH.fullmatch(birth.value) if isinstance(birth.value, str) else None
    if on is None or match is None:
        why = "no day was given on which to take the age: --on" if match else "it is no date"
        bundle.note(birth, why)
        return ""
    try:
        ages = {_years(day, on) for day in _first_and_last(match)}
    except ValueError:
        bundle.note(birth, "there is no such day")
        return ""
    if len(ages) > 1 or min(ages) < 0:
        why = "a part of the date is missing, so that it may be either of two ages" if len(ages) > 1 else "after --on"
        bundle.note(birth, why)
        return ""
    birth.take()
    return f"{ages.pop():g}"


def _first_and_last(match: re.Match[str]) -> tuple[date, date]:
    """Return the days between which a date of year, year and month, or all three lies."""
    year, month, day = int(match[1]), match[2], match[3]
    last_month = int(month or 12)
    last_day = int(day) if day else monthrange(year, last_month)[1]
    return date(year, int(month or 1), int(day or 1)), date(year, last_month, last_day)


def _years(born: date, on: date) -> float:
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return months // 12 if months >= 12 or months < 0 else round(months / 12, 2)


def requester_of(bundle: Bundle) -> str:
    """Return who asked, from the ServiceRequests; empty where none says, or several say otherwise."""
    found: list[tuple[str, Element]] = []
    for request in bundle.of_kind("ServiceRequest"):
        element = request.root.at("requester")
        if request.root.text("status") != "entered-in-error" and element and (name := _party(bundle, element)):
            found.append((name, element))
    names = dict.fromkeys(name for name, _ in found)
    if len(names) > 1:
        for name, element in found:
            bundle.note(element, f"several asked, of them {shown(name)}: write the one whom the report is for")
        return ""
    for _, element in found:
        for name in ("requester", "subject", "status", "intent"):
            element.resource.root.at(name).take()
    return next(iter(names), "")


def _party(bundle: Bundle, reference: Element) -> str:
    """Return the name behind a reference: its display where the resource is not sent along."""
    display = reference.text("display")
    if (
        display
        and reference.text("reference") not in bundle.by_name
        and not reference.text("reference").startswith("#")
    ):
        return display
    return _name(bundle, bundle.resolve(reference)) or display


def _name(bundle: Bundle, party: Resource | None) -> str:
    if party is None:
        return ""
    if party.kind == "PractitionerRole":
        linked = [part for key in ("practitioner", "organization") if (part := party.root.at(key))]
        parts = [_party(bundle, part) for part in linked]
        for part in linked:
            part.take()
        return ", ".join(filter(None, parts))
    names = party.root.each("name")
    if not names:
        party.root.at("name").take()
        return party.root.text("name")
    names[0].take()
    spelled = " ".join([*names[0].texts("prefix"), *names[0].texts("given"), names[0].text("family")])
    return names[0].text("text") or " ".join(spelled.split())
