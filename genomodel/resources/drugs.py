"""Names of drugs: one name for synonyms, development codes, salts and brands, and a combination as a set.

Names, classes and regimens stand in ``drugs.tsv``, each with what it was read in. Two rules do the rest: the name of a
salt after a drug's name is left off (``imatinib mesylate``), and so is the suffix of four letters by which the Food and
Drug Administration tells biologics apart (``amivantamab-vmjw``); both only where a known drug is left. What is another
drug stays another drug: ``trastuzumab deruxtecan`` is not ``trastuzumab``, nor is albumin-bound ``nab-paclitaxel``
``paclitaxel``. What is known to be a class, ``EGFR TKI``, is none of its drugs.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from genomodel.core.findings import TherapyInteraction

SALT = re.compile(
    r"\s+(acetate|adipate|anhydrous|besylate|bismesylate|camsylate|chloride|citrate|dihydrochloride|dimaleate"
    r"|dimesylate|dimethyl sulfoxide|disodium|ditosylate|edisylate|esylate|fumarate|hcl|hemiethanolate|hemifumarate"
    r"|hydrate|hydrobromide|hydrochloride|hydrogen sulfate|lactate|malate|maleate|mesilate|mesylate"
    r"|monohydrate|phosphate|potassium|s-malate|sodium"
    r"|succinate|sulfate|sulphate|tartrate|tosylate|trihydrate)$",
    re.IGNORECASE,
)
"""What a molecule is given as, after its name."""
SEPARATORS = re.compile(r"(\s\+\s|,\s*then\s+|\s+then\s+|\s+or\s+|\s+and\s+|\s*[,;/]\s*)", re.IGNORECASE)
DESCRIPTOR = re.compile(r"^.*\b(?:inhibitor|antibody)\s+(?=\S*\d)", re.IGNORECASE)
"""``Akt Inhibitor MK2206``: what a compound does, before its code."""


class NameKind(StrEnum):
    """What a name of the table is the name of."""

    DRUG = "drug"
    CLASS = "class"
    REGIMEN = "regimen"
    PROCEDURE = "procedure"
    """Treatment that is no drug: surgery, radiation."""


@dataclass(frozen=True, slots=True)
class Name:
    """A row of the table."""

    name: str
    kind: NameKind
    synonyms: tuple[str, ...]
    components: tuple[str, ...]
    """Drugs of a regimen, by their names; empty where they were not seen."""
    source: str


@dataclass(frozen=True, slots=True)
class Therapy:
    """What a text on a therapy names."""

    drugs: tuple[str, ...] = ()
    """Names of the table, sorted, each once."""
    unknown: tuple[str, ...] = ()
    """Parts that are no name of the table, as they are written."""
    classes: tuple[str, ...] = ()
    """Classes, regimens of unknown parts and treatments that are no drugs."""
    interaction: TherapyInteraction | None = None
    """How the parts belong together, as far as the text says; ``None`` for a single one."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Everything that the text names, sorted, each once."""
        return tuple(sorted({*self.drugs, *self.unknown, *self.classes}, key=str.casefold))


@cache
def drug_names() -> tuple[Name, ...]:
    """Return the rows of the table, in its order."""
    text = (files("genomodel.resources") / "drugs.tsv").read_text(encoding="utf-8")
    return tuple(
        Name(
            name=row["name"],
            kind=NameKind(row["kind"]),
            synonyms=tuple(part for part in row["synonyms"].split("|") if part),
            components=tuple(part for part in row["components"].split("|") if part),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
    )


@cache
def _by_key() -> dict[str, Name]:
    return {key_of(text): row for row in drug_names() for text in (row.name, *row.synonyms)}


def key_of(text: str) -> str:
    """Return a text without letter case, blanks and hyphens, in which spellings of one name differ."""
    return re.sub(r"[\s\-\u2010-\u2015_]+", "", text).casefold()


def find_name(text: str) -> Name | None:
    """Return the row that a name of a single drug, class or regimen belongs to; ``None`` where it is unknown."""
    return next((row for form in _forms(text.strip()) if (row := _by_key().get(key_of(form)))), None)


def _forms(text: str) -> Iterator[str]:
    """Yield a name as it is, then with less and less of what says how it is given."""
    yield text
    without = re.sub(r"\s*\([^()]*\)", "", text).strip()
    if without != text:
        yield without
    without = re.sub(r"\s+(regimen|protocol)$", "", without, flags=re.IGNORECASE)
    yield without
    plain = re.sub(r"(?<=[a-z]{5})-[a-z]{4}$", "", without)
    yield plain
    while SALT.search(plain):
        plain = SALT.sub("", plain)
        yield plain
    coded = DESCRIPTOR.sub("", without)
    if coded != without:
        yield coded


def normalize_therapy(text: str) -> Therapy:
    """Return the drugs that a text names, by the table's names.

    Parameters
    ----------
    text
        A drug or a combination as knowledge bases write it: ``Dabrafenib + Trametinib``, ``Dabrafenib,Trametinib``,
        ``Encorafenib and Cetuximab``, ``Larotrectinib Regimen``; notes in parentheses are passed over.

    Returns
    -------
    Therapy
        Empty for an empty text. A part that is no name of the table is kept as it is written, among the unknown.
    """
    drugs: set[str] = set()
    unknown: list[str] = []
    classes: set[str] = set()
    for part in _parts(text):
        row = find_name(part)
        if row is None:
            unknown.append(re.sub(r"\s*\([^()]*\)$", "", part).strip() or part)
        elif row.kind is NameKind.DRUG:
            drugs.add(row.name)
        elif row.components:
            drugs.update(row.components)
        else:
            classes.add(row.name)
    found = Therapy(tuple(sorted(drugs)), tuple(dict.fromkeys(unknown)), tuple(sorted(classes)))
    interaction = _interaction(text) if len(found.parts) > 1 else None
    return Therapy(found.drugs, found.unknown, found.classes, interaction)


def _parts(text: str) -> list[str]:
    """Return the names in a text; separators that are part of a known name, ``CP-724,714``, do not divide it."""
    text = text.strip()
    if not text:
        return []
    if find_name(text):
        return [text]
    tokens = SEPARATORS.split(text)
    parts: list[str] = []
    start = 0
    while start < len(tokens):
        end = next(
            (stop for stop in range(len(tokens), start, -2) if find_name("".join(tokens[start:stop]))), start + 1
        )
        part = "".join(tokens[start:end]).strip()
        if part:
            parts.append(part)
        start = end + 1
    return parts


def _interaction(text: str) -> TherapyInteraction:
    if re.search(r"\bthen\b", text, re.IGNORECASE):
        return TherapyInteraction.SEQUENTIAL
    if re.search(r"\sor\s", text, re.IGNORECASE) and not re.search(r"\s\+\s", text):
        return TherapyInteraction.SUBSTITUTES
    return TherapyInteraction.COMBINATION
