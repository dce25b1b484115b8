"""Classes of drugs: which drugs are of a class, as far as the table tells.

Groups are those of the Anatomical Therapeutic Chemical classification (WHO Collaborating Centre for Drug Statistics
Methodology), named in ``drug_classes.tsv``. A drug that no class of the table holds is of none and of any: whether it
is of a given class is not known.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from genomodel.resources.drugs import NameKind, drug_names, find_name, key_of


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A row of the table."""

    name: str
    synonyms: tuple[str, ...]
    parts: tuple[str, ...]
    """Classes that are wholly of this one."""
    drugs: tuple[str, ...]
    """Drugs of the class that are of none of its parts."""
    source: str


class Membership(StrEnum):
    """Whether a treatment is of a class."""

    YES = "yes"
    MAY_BE = "may_be"
    """The treatment is named by a class that holds others too, or no class of the table holds it."""
    NO = "no"


@cache
def drug_classes() -> dict[str, DrugClass]:
    """Return the classes by name, in the order of the table."""
    text = (files("genomodel.resources") / "drug_classes.tsv").read_text(encoding="utf-8")
    return {
        row["class"]: DrugClass(
            name=row["class"],
            synonyms=_list(row["synonyms"]),
            parts=_list(row["parts"]),
            drugs=_list(row["drugs"]),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    }


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


@cache
def _names() -> dict[str, str]:
    """Return every name of the table by its spelling without case, blanks and hyphens."""
    found: dict[str, str] = {}
    for row in drug_classes().values():
        for text in (row.name, *row.synonyms):
            found[key_of(text)] = row.name
        for drug in row.drugs:
            found.setdefault(key_of(drug), drug)
    return found


def treatment_name(text: str) -> str | None:
    """Return the normalized name of one drug, class, regimen or procedure; ``None`` where no table knows it.

    The table of drugs is asked first, so that brands, salts and development codes are known; classes and drugs that it
    does not hold are looked up here.
    """
    known = _names().get(key_of(text))
    if known in drug_classes():
        return known
    row = find_name(text)
    return row.name if row is not None else known


@cache
def members(name: str) -> frozenset[str]:
    """Return the drugs and classes that are of a class, itself included; of a drug, the drug alone."""
    row = drug_classes().get(name)
    if row is None:
        return frozenset({name})
    return frozenset({name, *row.drugs}).union(*(members(part) for part in row.parts))


@cache
def _classified() -> frozenset[str]:
    return frozenset(drug for row in drug_classes().values() for drug in row.drugs)


@cache
def _is_several() -> frozenset[str]:
    """Return the names that stand for more than one drug, or for drugs that nobody looked up."""
    named = {row.name for row in drug_names() if row.kind in (NameKind.CLASS, NameKind.REGIMEN)}
    return frozenset({*named, *drug_classes()})


def is_procedure(name: str) -> bool:
    """Whether a normalized name is of a treatment that is no drug: surgery, radiation."""
    row = find_name(name)
    return row is not None and row.kind is NameKind.PROCEDURE


def membership(given: str, asked: str) -> Membership:
    """Return whether a treatment that was given is one that is asked for, a drug or a class.

    Parameters
    ----------
    given, asked
        Normalized names. A class that was given is of what is asked for if all its drugs are; a drug that was given is
        not of a class that does not name it, if some class names it.
    """
    if given in members(asked):
        return Membership.YES
    if is_procedure(given):
        return Membership.NO
    if given in _is_several():
        named = members(given)
        known = given in drug_classes()
        return Membership.MAY_BE if not known or named & members(asked) else Membership.NO
    asks_for_class = asked in _is_several()
    return Membership.MAY_BE if asks_for_class and given not in _classified() else Membership.NO


def normalized_parts(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what one entry of a list of treatments names: the drugs and classes, and what no table knows.

    Parameters
    ----------
    text
        A drug, class or regimen, or several joined by ``+`` or ``/``: ``FOLFOX``, ``carboplatin/pemetrexed``.
    """
    whole = treatment_name(text) or treatment_name(text.replace("/", "-"))
    if whole is not None:
        row = find_name(text)
        parts = row.components if row is not None and row.components else (whole,)
        return parts, ()
    pieces = [piece.strip() for piece in text.replace("/", "+").split("+") if piece.strip()]
    if len(pieces) < 2:
        return (), (text,)
    read = [normalized_parts(piece) for piece in pieces]
    return tuple(name for names, _ in read for name in names), tuple(name for _, names in read for name in names)
