"""Tumor and normal among the specimens of a bundle, and what each row of the samples sheet says of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from genomodel.cohort.accession import plain_text
from genomodel.cohort.from_fhir.bundle import Bundle, Element, Resource
from genomodel.cohort.from_fhir.tumors import codings, said
from genomodel.core.errors import InputError

TYPES = "v2-0487"
"""HL7's table of specimen types, http://terminology.hl7.org/CodeSystem/v2-0487."""
BLOOD = "BLD"
_NORMAL = re.compile(
    r"\b(normal|germ-?line|healthy|benign|non[\s-]?(?:neoplas|tumou?r|malignan)\w*|no (?:tumou?r|malignan\w*)"
    r"|tumou?r[\s-]free)\b",
    re.IGNORECASE,
)
_TUMOR = re.compile(r"\b(tumou?r|neoplas\w*|metasta\w*|\w*carcinoma|\w*sarcoma|melanoma|cancer)\b", re.IGNORECASE)
_BLOOD = re.compile(r"\b(blood|saliva|buccal)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(not|non|never|without|un\w+)[\s-]", re.IGNORECASE)
_KEPT = {
    "ffpe": re.compile(r"\b(ffpe|formalin|paraffin)", re.IGNORECASE),
    "frozen": re.compile(r"\b(frozen|snap-frozen|cryo\w*)\b", re.IGNORECASE),
    "plasma": re.compile(r"\bplasma\b", re.IGNORECASE),
    "cell_line": re.compile(r"\bcell[ _]line\b", re.IGNORECASE),
    "blood": re.compile(r"\b(whole |peripheral )?blood\b", re.IGNORECASE),
}
_SHARE = re.compile(
    r"(?:cellularity|tumou?r (?:cells|content))[\s:=]*(?:(?:of|is|was|are|about|approximately|approx\.?|ca\.?|circa"
    r"|estimated|at|as seen by a pathologist)[\s:=]+)*(\d+(?:\.\d+)?)\s*%"
    r"|(?<![\d.<>≤≥~–-])(?<![<>≤≥~–-]\s)(\d+(?:\.\d+)?)\s*%\s*(?:tumou?r cells|cellularity)",
    re.IGNORECASE,
)
"""A share said of the tumor's cells and of nothing else; a limit or a range is no share."""
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?")


def sorted_specimens(bundle: Bundle, chosen: dict[str, str], *, blood_is_tumor: bool) -> dict[str, Resource]:
    """Return the specimen of ``tumor`` and ``normal``, those that a bundle has.

    Parameters
    ----------
    bundle
        What was read.
    chosen
        Identifiers or ids that the user named, by ``tumor`` and ``normal``.
    blood_is_tumor
        Whether the tumor is of blood or lymph, so that blood says nothing.

    Raises
    ------
    InputError
        A specimen that was named is not there, or several may be the one that is meant.
    """
    known = [one for one in bundle.of_kind("Specimen") if one.root.text("status") != "entered-in-error"]
    found = {kind: _chosen(bundle, known, name, kind) for kind, name in chosen.items()}
    rest = [one for one in known if one not in found.values()]
    told = {"tumor": [one for one in rest if _states(one, _TUMOR, "TUMOR") and not _states(one, _NORMAL)]}
    told["normal"] = [one for one in rest if _states(one, _NORMAL)]
    blood = [one for one in rest if _is_blood(one) and one not in told["tumor"] + told["normal"]]
    if not told["normal"] and (told["tumor"] or "tumor" in found) and not blood_is_tumor:
        told["normal"] = blood
    for kind, candidates in told.items():
        if kind in found:
            continue
        if len(candidates) > 1:
            labels = ", ".join(one.label for one in candidates)
            what = f"{len(candidates)} specimens may be the {kind}: {labels}"
            bundle.fail(candidates[1].root, what, f"Name the one that was sequenced with --{kind}-specimen")
        if candidates:
            found[kind] = candidates[0]
    if not found and len(known) == 1 and not _is_blood(known[0]):
        found["tumor"] = known[0]
        bundle.notes.append(known[0].root.at("type").unmapped("taken for the tumor, as the one specimen: check it"))
    for one in known:
        if one not in found.values():
            bundle.note(
                one.root, "not told whether tumor or normal: name it with --tumor-specimen or --normal-specimen"
            )
    return found


def _chosen(bundle: Bundle, known: list[Resource], name: str, kind: str) -> Resource:
    for one in known:
        if name in (one.root.text("id"), one.label, *(value for value, _ in _numbers(one))):
            return one
    labels = ", ".join(one.label for one in known) or "none"
    fix = f"The bundle has: {labels}"
    raise InputError(f"no specimen is '{name}'", path=bundle.path, column=f"--{kind}-specimen", fix=fix)


def _numbers(specimen: Resource) -> list[tuple[str, Element]]:
    """Return numbers of a specimen, the accession first."""
    accession = specimen.root.at("accessionIdentifier")
    listed = [accession] if accession else []
    listed += [one for one in specimen.root.each("identifier") if "block" not in said(one.at("type")).lower()]
    return [(one.text("value"), one) for one in listed if one.text("value")]


def _states(specimen: Resource, words: re.Pattern[str], code: str = "") -> bool:
    kind = specimen.root.at("type")
    coded = any(code and TYPES in system and code == value for system, value, _ in codings(kind))
    # What a tumor specimen is named after is its type; of a body site "left normal breast" nobody speaks.
    return coded or bool(words.search(said(kind))) or (code == "TUMOR" and specimen.profiled("mcode-tumor-specimen"))


def _is_blood(specimen: Resource) -> bool:
    kind = specimen.root.at("type")
    coded = any(TYPES in system and value == BLOOD for system, value, _ in codings(kind))
    return coded or bool(_BLOOD.search(said(kind)))


def cells_of(bundle: Bundle, specimen: Resource) -> dict[str, str]:
    """Return the cells of a row of the samples sheet that a specimen fills."""
    root = specimen.root
    collection = root.at("collection")
    cells = {"specimen": "", "block": "", "site": ""}
    numbers = _numbers(specimen)
    for value, element in numbers:
        if value == numbers[0][0]:
            element.take()
    cells["specimen"] = numbers[0][0] if numbers else ""
    cells["block"] = _block(root)
    site = collection.at("bodySite")
    if said(site):
        site.take()
        cells["site"] = said(site)
    day = collection.at("collectedDateTime")
    cells["collected"] = _day(bundle, day if day else collection.at("collectedPeriod").at("start"))
    cells["received"] = _day(bundle, root.at("receivedTime"))
    if cells["collected"] and cells["received"] and cells["received"] < cells["collected"]:
        bundle.note(root.at("receivedTime"), f"before the specimen was collected, on {cells['collected']}")
        cells["received"] = ""
    cells["preservation"] = _preservation(bundle, specimen)
    cells["cellularity"] = _cellularity(root)
    root.at("type").take()
    root.at("subject").take()
    if root.text("status") in ("", "available"):
        root.at("status").take()
    else:
        bundle.note(root.at("status"), "the specimen is not to be had, or not fit: check that it was sequenced")
    return {name: text for name, text in cells.items() if _fits(bundle, root, name, text)}


def _fits(bundle: Bundle, root: Element, name: str, text: str) -> bool:
    try:
        return bool(plain_text(text))
    except InputError as error:
        bundle.notes.append(root.unmapped(f"{name}: {error.what}"))
        return False


def _block(root: Element) -> str:
    for one in root.each("identifier"):
        if "block" in said(one.at("type")).lower() and one.text("value"):
            one.take()
            return one.text("value")
    return ""


def _day(bundle: Bundle, element: Element) -> str:
    """Return the day of a moment, as it was where it was written."""
    if not element:
        return ""
    match = _DAY.fullmatch(element.value) if isinstance(element.value, str) else None
    if match is None:
        bundle.note(element, "no whole day: the sheet asks for year, month and day")
        return ""
    element.take()
    return match[1]


def _kept_words(specimen: Resource) -> Iterator[str]:
    root = specimen.root
    yield said(root.at("type"))
    for one in (*root.each("condition"), *(one.at("procedure") for one in root.each("processing"))):
        yield said(one)
    for part in (*root.each("processing"), *root.each("container")):
        yield part.text("description")
        yield said(part.at("additiveCodeableConcept"))


def _preservation(bundle: Bundle, specimen: Resource) -> str:
    """Return what the DNA was kept in; empty where words are missing, negated or of two kinds."""
    words = [text for text in _kept_words(specimen) if text]
    found = {kind for kind, pattern in _KEPT.items() for text in words if pattern.search(text)}
    found -= {"blood"} if "plasma" in found else set()
    doubtful = any(_NEGATED.search(text) and any(one.search(text) for one in _KEPT.values()) for text in words)
    if not found and any(TYPES in system and code == BLOOD for system, code, _ in codings(specimen.root.at("type"))):
        return "blood"
    if len(found) > 1 or (found and doubtful):
        bundle.notes.append(specimen.root.unmapped(f"preservation may be {' or '.join(sorted(found))}: write it"))
        return ""
    if found:
        for place in ("processing", "condition", "container"):
            specimen.root.at(place).take()
    return next(iter(found), "")


def _cellularity(root: Element) -> str:
    for note in root.each("note"):
        if match := _SHARE.search(note.text("text")):
            share = float(match[1] or match[2]) / 100
            if share <= 1:
                note.take()
                return f"{share:g}"
    return ""
