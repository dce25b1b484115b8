"""Which tumor a Condition states, by codes that can be looked up, and its stage.

Codes of OncoTree are taken as they are, those of ICD-O-3 (morphology and topography together), the NCI Thesaurus and
UMLS through OncoTree's own mappings. There is no free table from SNOMED CT or ICD-10 to OncoTree: of them, only a
display that is the very name of a type counts. Nothing is guessed: where codes may mean several types that do not lie
one above the other, the cell stays empty and the candidates are told.

Systems after https://terminology.hl7.org (``icd-o-3``, ``urn:oid:2.16.840.1.113883.6.43.1``) and
https://hl7.org/fhir/R4/terminologies-systems.html; extension for the morphology and codes of stage groups after mCODE
(https://hl7.org/fhir/us/mcode, histology-morphology-behavior, TNM stage group: LOINC 21908-9, 21902-2, 21914-7).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from genomodel.cohort.clinical import clinical_facts
from genomodel.cohort.from_fhir.bundle import Bundle, Element, Resource
from genomodel.core.errors import InputError
from genomodel.core.patients import TumorType
from genomodel.resources.oncotree import all_types, near_matches, resolve_tumor_type
from genomodel.resources.tables import load_table
from genomodel.resources.tumor_type_search import icd_o_rows

HISTOLOGY = "histologymorphologybehavior"
"""In the URL of the extension, in lower case and without hyphens: its releases write it in two ways."""
STAGE_CODES = frozenset({"21908-9", "21902-2", "21914-7"})
LOINC = "http://loinc.org"
NOT_TRUE = frozenset({"refuted", "entered-in-error", "differential"})
"""Verification statuses of what the patient does not have, or has only as one of several that it may be."""
NOT_SURE = frozenset({"unconfirmed", "provisional"})
_NEOPLASM = re.compile(r"C(?!7[789])\d\d|D[0-4]\d")
"""Codes of ICD-10's chapter of neoplasms, but for those of metastases: the sheet holds the primary tumor."""
_TUMOR = re.compile(
    r"tumou?r|neoplas|cancer|malignan|leuka?emi|carcinoma|sarcoma|melanoma|lymphoma|myeloma|blastoma|glioma"
    r"|astrocytoma|mesothelioma|myelodysplas",
    re.IGNORECASE,
)
_NOT_HERE = re.compile(
    r"\b(history|family|screening|suspect\w*|risk|predispos\w*|susceptib\w*|rule out|no evidence|fear|secondary)\b",
    re.IGNORECASE,
)
_MORPHOLOGY = re.compile(r"M?-?(\d{4}/\d)")
_TOPOGRAPHY = re.compile(r"(C\d\d)(?:\.?(\d))?", re.IGNORECASE)
_STAGE = re.compile(r"\bstage\s+(?:group\s+)?(0|IV|I{1,3}|[1-4])\s?([A-E]?\d?)\b", re.IGNORECASE)
_SEMANTIC_TAG = re.compile(r"\s*\((?:disorder|morphologic abnormality|finding)\)$", re.IGNORECASE)
NOW = "taken for the stage; the sheet asks for the extent of the disease now: check that it is"


@dataclass(frozen=True, slots=True)
class Coded:
    """A tumor type that a Condition states, and the element that does."""

    tumor_type: TumorType
    element: Element
    exact: bool
    """Stated by OncoTree's own code."""


def codings(concept: Element) -> list[tuple[str, str, Element]]:
    """Return system, code and element of the codings of a concept."""
    return [(one.text("system"), one.text("code"), one) for one in concept.each("coding")]


def said(concept: Element) -> str:
    """Return what a concept says in words: its text, else a display, else a code."""
    shown = [one.text("display") or one.text("code") for one in concept.each("coding")]
    return concept.text("text") or next(filter(None, shown), "")


def is_icd_o(system: str) -> bool:
    """Whether a system is ICD-O-3, by its URL or its OID."""
    return "icd-o" in system.lower() or system.startswith("urn:oid:2.16.840.1.113883.6.43")


def histologies(condition: Resource) -> list[Element]:
    """Return the concepts of the mCODE extension for the morphology."""
    return [
        one.at("valueCodeableConcept")
        for one in condition.root.each("extension")
        if HISTOLOGY in one.text("url").lower().replace("-", "")
    ]


def may_be_tumor(condition: Resource) -> bool:
    """Whether the one Condition of a bundle is of a tumor: by a code, the chapter of ICD-10, or its words."""
    code = condition.root.at("code")
    for system, value, element in codings(code):
        column = _concept_column(system)
        if (column and value and _by_concept(column, value)) or _named(element.text("display")):
            return True
        if "icd-10" in system.lower() and _NEOPLASM.match(value.upper()):
            return True
    told = " ".join([code.text("text"), *(element.text("display") for _, _, element in codings(code))])
    return bool(_TUMOR.search(told)) and not _NOT_HERE.search(told)


def coded_types(bundle: Bundle, condition: Resource) -> list[Coded]:
    """Return the tumor types that the codes of a Condition mean, and tell of codes that mean none."""
    concepts = [condition.root.at("code"), *histologies(condition)]
    found: list[Coded] = []
    for concept in concepts:
        for system, code, element in codings(concept):
            if "oncotree" in system.lower():
                found += _oncotree(bundle, code, element)
            elif (column := _concept_column(system)) and code:
                found += _mapped(bundle, element, code, _by_concept(column, code))
    found += _by_icd_o(bundle, condition, concepts)
    if not found:
        found = [
            Coded(tumor_type, element, exact=False)
            for concept in concepts
            for _, _, element in codings(concept)
            if (tumor_type := _named(element.text("display")))
        ]
    return found


def _oncotree(bundle: Bundle, code: str, element: Element) -> list[Coded]:
    try:
        found = resolve_tumor_type(code)
    except InputError as error:
        bundle.note(element, f"{error.what}. {error.fix or ''}".strip())
        return []
    return [Coded(found, element, exact=True)]


def _concept_column(system: str) -> str:
    lower = system.lower()
    if "ncicb.nci.nih.gov" in lower or "ncithesaurus" in lower or system.endswith("2.16.840.1.113883.3.26.1.1"):
        return "nci"
    return "umls" if lower.endswith("/umls") else ""


def _by_concept(column: str, code: str) -> list[str]:
    wanted = code.upper().removeprefix("NCIT:")
    return [row["code"] for row in load_table("oncotree") if wanted in row[column].split(";")]


def _by_icd_o(bundle: Bundle, condition: Resource, concepts: list[Element]) -> list[Coded]:
    """Look morphology and topography up together: a morphology is of many sites, and a site of many tumors."""
    sites = [one for concept in (*condition.root.each("bodySite"), *concepts) for one in codings(concept)]
    places = [
        (match, one) for system, code, one in sites if is_icd_o(system) and (match := _TOPOGRAPHY.fullmatch(code))
    ]
    found: list[Coded] = []
    for concept in concepts:
        for system, code, element in codings(concept):
            morphology = _MORPHOLOGY.fullmatch(code) if is_icd_o(system) else None
            if morphology is None:
                continue
            rows = [(topography, type_) for type_, topography, form in icd_o_rows() if form == morphology[1]]
            types = _at_site(rows, [match for match, _ in places])
            if found_here := _mapped(bundle, element, f"{code} {' '.join(m[0] for m, _ in places)}".strip(), types):
                found += found_here
                for _, place in places:
                    place.take()
    return found


def _at_site(rows: list[tuple[str, str]], places: list[re.Match[str]]) -> list[str]:
    """Return types at the exact place, else of the organ without a part, else, where no place is told, all."""
    if not places:
        return [type_ for _, type_ in rows]
    found: list[str] = []
    for place in places:
        organ = place[1].upper()
        exact = [type_ for topography, type_ in rows if place[2] and topography == f"{organ}.{place[2]}"]
        found += exact or [type_ for topography, type_ in rows if topography == f"{organ}.9"]
    return found


def _mapped(bundle: Bundle, element: Element, code: str, types: Iterable[str]) -> list[Coded]:
    """Return the type above all that a code may mean; where there is none, tell of it."""
    known = [all_types()[one] for one in dict.fromkeys(types) if one in all_types()]
    top = widest(known)
    if top is not None:
        return [Coded(top, element, exact=False)]
    names = ", ".join(f"{one.code} ({one.name})" for one in known[:6])
    why = f"may mean {names}: write the one that is meant" if known else "OncoTree maps no type to it"
    bundle.note(element, f"'{code}' {why}")
    return []


def widest(types: list[TumorType]) -> TumorType | None:
    """Return the type that all others lie below, ``None`` where there is none."""
    return next((one for one in types if all(other.is_a(one.code) for other in types)), None)


def _named(display: str) -> TumorType | None:
    wanted = _SEMANTIC_TAG.sub("", display).casefold()
    same = [one for one in all_types().values() if wanted and one.name.casefold() == wanted]
    return same[0] if len(same) == 1 else None


def tumor_type_of_condition(bundle: Bundle, condition: Resource) -> str:
    """Return the OncoTree code that a Condition states, empty where it states none or contradicts itself."""
    found = coded_types(bundle, condition)
    stated = [one for one in found if one.exact] or found
    narrowest = [one for one in stated if all(one.tumor_type.is_a(other.tumor_type.code) for other in stated)]
    code = condition.root.at("code")
    if not stated:
        near = ", ".join(f"{one.code} ({one.name})" for one in near_matches(said(code), most=3)) if said(code) else ""
        why = "no code of it can be looked up in OncoTree" + (f"; near by its words: {near}" if near else "")
        bundle.notes.append(code.unmapped(why))
        return ""
    if not narrowest:
        names = ", ".join(sorted({one.tumor_type.code for one in stated}))
        bundle.notes.append(code.unmapped(f"its codes mean different tumor types: {names}"))
        return ""
    chosen = narrowest[0].tumor_type
    for one in found:
        one.element.take()
        if one.element.path[0] == "extension":
            Element(condition, one.element.path[:2]).take()
        if not chosen.is_a(one.tumor_type.code) and not one.tumor_type.is_a(chosen.code):
            bundle.note(one.element, f"means {one.tumor_type.code}, and OncoTree's own code {chosen.code} was taken")
    return chosen.code


def stage_of(bundle: Bundle, condition: Resource) -> str:
    """Return the stage of the Condition, else of the latest stage group among the Observations; empty for none."""
    stages = [one.at("summary") for one in condition.root.each("stage")]
    found = [(text, one) for one in stages if (text := _stage_text(one))]
    if not found:
        found = _observed_stage(bundle)
    if len({text for text, _ in found}) > 1:
        for text, element in found:
            bundle.note(element, f"several stages are told, of them {text}: write the extent of the disease now")
        return ""
    for _, element in found:
        bundle.note(element, NOW)
    return found[0][0] if found else ""


def _observed_stage(bundle: Bundle) -> list[tuple[str, Element]]:
    dated: list[tuple[str, str, Element]] = []
    for observation in bundle.of_kind("Observation"):
        root = observation.root
        codes = [code for system, code, _ in codings(root.at("code")) if system == LOINC]
        value = root.at("valueCodeableConcept")
        if STAGE_CODES & set(codes) and root.text("status") not in NOT_TRUE and (text := _stage_text(value)):
            dated.append((root.text("effectiveDateTime"), text, root))
    latest = max((day for day, _, _ in dated), default="")
    return [(text, element) for day, text, element in dated if day == latest]


def _stage_text(concept: Element) -> str:
    for text in (
        concept.text("text"),
        *(one.text(key) for one in concept.each("coding") for key in ("display", "code")),
    ):
        for candidate in (text, "".join(match.groups()) if (match := _STAGE.search(text)) else ""):
            if not candidate:
                continue
            try:
                return clinical_facts({"stage": candidate}).stage or ""
            except InputError:
                continue
    return ""
