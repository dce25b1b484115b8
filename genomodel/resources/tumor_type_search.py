"""What a code or free text may mean as a tumor type.

Looked at in this order: OncoTree codes; codes that OncoTree has renamed, merged or revoked, by its own history; ICD-O-3
morphology and topography; concepts of the NCI Thesaurus and UMLS; study abbreviations of TCGA, some of them codes of
another tumor; words of the names; all but one of the words; words that are spelled alike.

``icd_o.tsv`` holds the ICD-O-3 codes that OncoTree's ontology mappings give (``ontology_mappings.txt`` of
cBioPortal/oncotree, commit 01d20c6f, CC-BY-4.0); its topography is one code per site. Beside them stands infiltrating
duct carcinoma of the breast, 8500/3, after https://training.seer.cancer.gov/breast/types.html: OncoTree gives ``IDC``
the rarer ductular 8521/3 alone. ``tcga_studies.tsv`` lists the
studies whose abbreviation is no OncoTree code, or that of another tumor, after
https://gdc.cancer.gov/resources-tcga-users/tcga-code-tables/tcga-study-abbreviations.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.core.patients import TumorType
from genomodel.resources.oncotree import all_types, successors
from genomodel.resources.tables import load_table

ALIKE = 0.75
"""Ratio of :mod:`difflib` from which two words count as spelled alike."""
CODE_ALIKE = 0.85
"""Ratio from which a code is meant before names: one letter of three more, as ``AMLL`` for ``AML``."""
_MORPHOLOGY = re.compile(r"\b(\d{4}/\d)\b")
_TOPOGRAPHY = re.compile(r"\bC(\d\d)(?:\.?(\d))?\b", re.IGNORECASE)
_CODES_ALONE = re.compile(r"[\s,;]*(?:(?:\d{4}/\d|[A-Za-z]\d\d(?:\.?\d)?)[\s,;]*)+")
_CONCEPT = re.compile(r"^(?:NCIT?:)?(C\d{4,6})$|^(?:UMLS:)?(C\d{7})$", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_SPELLINGS = (
    ("tumour", "tumor"),
    ("leukaemia", "leukemia"),
    ("lymphoblastic leukemia", "lymphoblastic leukemia/lymphoma"),
    ("oesophag", "esophag"),
    ("haemat", "hemat"),
    ("haemangi", "hemangi"),
    ("paediatric", "pediatric"),
    ("anaemia", "anemia"),
    ("fibre", "fiber"),
)
"""British spellings, and names that OncoTree writes in one with another."""
_FILLERS = frozenset({"of", "the", "in", "and", "with", "a"})
_SAME_WORDS = {
    "cancer": ("carcinoma", "adenocarcinoma", "tumor", "neoplasm"),
    "renal": ("kidney",),
    "kidney": ("renal",),
    "gastric": ("stomach",),
    "stomach": ("gastric",),
    "hepatic": ("liver", "hepatocellular"),
    "liver": ("hepatocellular", "hepatic"),
    "colon": ("colorectal", "bowel"),
    "bowel": ("colorectal", "colon"),
    "womb": ("uterine", "endometrial"),
    "skin": ("cutaneous",),
    "cutaneous": ("skin",),
}
"""Plain words for what the names call otherwise."""


@dataclass(frozen=True, slots=True)
class TumorTypeMatch:
    """A tumor type that a text may mean."""

    tumor_type: TumorType
    how: str
    """What was found: ``code``, ``renamed from CLL``, ``ICD-O 8140/3 C34``, ``name`` …"""


def find_tumor_types(text: str, most: int = 15) -> list[TumorTypeMatch]:
    """Return what a text may mean, best first, each tumor type once.

    Parameters
    ----------
    text
        A code of OncoTree, ICD-O-3 (``8140/3 C34.1``, either alone), the NCI Thesaurus or UMLS, a study of TCGA, or
        words of a name or of its site; the beginnings of words suffice.
    most
        Matches to return at most.
    """
    found: dict[str, TumorTypeMatch] = {}
    types = all_types()
    # A code that is in no table is no word: of "C43.9" the 9 would find t(9;22).
    in_words = "" if _CODES_ALONE.fullmatch(text) else _american(text)
    words = [word for word in _WORD.findall(in_words) if word not in _FILLERS]
    sure = (*_by_code(text), *_by_icd_o(text), *_by_concept(text), *_by_study(text), *_by_words(words))
    if not sure and "nos" in words:
        words = [word for word in words if word != "nos"]
        sure = (*_by_code(" ".join(words)), *_by_words(words))
    for code, how in sure or _loosely(text, words):
        found.setdefault(code, TumorTypeMatch(types[code], how))
    return list(found.values())[:most]


def _by_code(text: str) -> Iterator[tuple[str, str]]:
    wanted = text.strip().upper()
    for code in all_types():
        if code.upper() == wanted:
            yield code, "code"
    for column, words in (("former_codes", "renamed or merged, was"), ("revoked_codes", "may be meant by the revoked")):
        for former, codes in successors(column).items():
            if former.upper() == wanted:
                yield from ((code, f"{words} {former}") for code in codes)


@cache
def icd_o_rows() -> tuple[tuple[str, str, str], ...]:
    """Return OncoTree code, ICD-O-3 topography and morphology, one for each of OncoTree's mappings."""
    with (files("genomodel.resources") / "icd_o.tsv").open(encoding="utf-8") as handle:
        rows = [(row["code"], row["topography"], row["morphology"]) for row in csv.DictReader(handle, delimiter="\t")]
    return tuple(rows)


def _by_icd_o(text: str) -> Iterator[tuple[str, str]]:
    """Yield types of the morphology at the site, then of the morphology, then of the site alone."""
    morphology = _MORPHOLOGY.search(text)
    topography = _TOPOGRAPHY.search(_MORPHOLOGY.sub(" ", text))
    if morphology is None and (topography is None or _CONCEPT.match(text.strip())):
        return
    form = morphology.group(1) if morphology else ""
    site = f"C{topography.group(1)}" if topography else ""
    rows = sorted(icd_o_rows(), key=lambda row: len(all_types()[row[0]].ancestors))
    both = [row for row in rows if row[2] == form and row[1].startswith(site)]
    yield from ((code, f"ICD-O {form} {place}") for code, place, _ in both)
    if site and not both:
        here = [row for row in rows if row[1].startswith(site)]
        yield from ((code, f"ICD-O {form} of another site, {place}") for code, place, one in rows if one == form)
        yield from ((code, f"ICD-O site {place}, as {one}") for code, place, one in here)


def _by_concept(text: str) -> Iterator[tuple[str, str]]:
    match = _CONCEPT.match(text.strip())
    if match is None:
        return
    column, name = ("nci", "NCI Thesaurus") if match.group(1) else ("umls", "UMLS")
    wanted = (match.group(1) or match.group(2)).upper()
    for row in load_table("oncotree"):
        if wanted in row[column].split(";") and row["code"] in all_types():
            yield row["code"], f"{name} {wanted}"


def _by_study(text: str) -> Iterator[tuple[str, str]]:
    wanted = text.strip().upper().removeprefix("TCGA-")
    with (files("genomodel.resources") / "tcga_studies.tsv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            if row["text"] == wanted:
                yield from ((code, f"TCGA's {wanted}, {row['note']}") for code in row["codes"].split(";"))


def _by_words(words: list[str], spared: int = 0) -> Iterator[tuple[str, str]]:
    """Yield types with each word, or its beginning, in the name; then those with each in name and site together.

    ``spared`` words at most may be missing.
    """
    named: list[tuple[int, int, int, str]] = []
    sited: list[tuple[int, int, int, str]] = []
    for code, tumor in all_types().items() if words else ():
        name = _WORD.findall(tumor.name.lower())
        site = _WORD.findall(f"{tumor.main_type} {tumor.tissue}".lower())
        for held, listed in ((name, named), ([*name, *site], sited)):
            costs = [_cost(word, held) for word in words]
            if costs.count(None) <= spared:
                cost = sum(cost or 0 for cost in costs) + abs(len(name) - len(words))
                listed.append((costs.count(None), cost, len(tumor.ancestors), code))
    more = f", {spared} word left out" if spared else ""
    yield from ((code, f"name{more}") for *_, code in sorted(named))
    yield from ((code, f"name and site{more}") for *_, code in sorted(sited))


def _cost(word: str, words: list[str]) -> int | None:
    """Return 0 where a word begins with the one wanted, more for plainer words of its meaning, ``None`` for none."""
    for cost, option in enumerate((word, *_SAME_WORDS.get(word, ()))):
        if any(item.startswith(option) for item in words):
            return cost
    return None


def _loosely(text: str, words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield types that have all words but one, or words, or a code, spelled alike."""
    if len(words) > 1:
        yield from _by_words(words, spared=1)
    known = sorted({word for tumor in all_types().values() for word in _WORD.findall(tumor.name.lower())})
    alike = [next(iter(difflib.get_close_matches(word, known, n=1, cutoff=ALIKE)), word) for word in words]
    wanted = text.strip().upper()
    codes = difflib.get_close_matches(wanted, all_types(), n=5, cutoff=ALIKE)
    nearest = [code for code in codes if difflib.SequenceMatcher(None, code, wanted).ratio() >= CODE_ALIKE]
    yield from ((code, "code spelled alike") for code in nearest)
    yield from ((code, "spelled alike") for code, _ in _by_words(alike))
    yield from ((code, "code spelled alike") for code in codes)


def _american(text: str) -> str:
    for old, new in _SPELLINGS:
        text = text.lower().replace(old, new)
    return text
