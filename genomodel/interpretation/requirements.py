"""What a condition of a claim asks of a patient, as a logical expression over facts of the sheet and the tumor.

requirement = all { "|" all }
all         = one { "&" one }
one         = "!" one | "(" requirement ")" | "tumor:{" match rule "}" | kind ":" value | "reader"

``reader`` stands for what no column answers. Whatever is not known stays so: the values are joined by Kleene's logic,
with two values for what is open, so that "not given" is told from "for the reader".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from genomodel.core.errors import InputError
from genomodel.core.knowledge import Profile
from genomodel.interpretation.matching import parse_rule
from genomodel.resources.drug_classes import treatment_name
from genomodel.resources.oncotree import all_types

RECEPTORS = ("ER", "PR", "HR", "HER2")
EXTENTS = ("early", "locally_advanced", "metastatic", "advanced")
GROUPS = ("0", "I", "II", "III", "IV")
_TOKEN = re.compile(r"\s*([|&!()]|tumor:\{[^{}]*\}|[a-z]+(?::[^|&!(){}]+)?)")
_AGES = re.compile(r"(?P<low>\d+(?:\.\d+)?)\+|<(?P<high>\d+)|(?P<first>\d+)-(?P<last>\d+)")
_SIGNS = frozenset("|&!()")


class Join(StrEnum):
    """How the parts of a requirement are joined."""

    ATOM = "atom"
    ALL = "all"
    ANY = "any"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Ages:
    """Years of age, the lower end included, the upper one not."""

    low: float = 0.0
    below: float = float("inf")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A node of the expression; of an atom ``kind`` and what the kind asks for."""

    join: Join = Join.ATOM
    parts: tuple[Requirement, ...] = ()
    kind: str = ""
    value: str = ""
    names: tuple[str, ...] = ()
    """Receptor and state, stage groups, OncoTree codes, or the normalized treatment."""
    ages: Ages = Ages()
    profile: Profile | None = None
    """Of kind ``tumor``: what its alterations must satisfy."""

    def atoms(self) -> Iterable[Requirement]:
        """Yield the atoms in the order of the text."""
        if self.join is Join.ATOM:
            yield self
        for part in self.parts:
            yield from part.atoms()


def parse_requirement(text: str) -> Requirement:
    """Return the requirement that a text of the table states.

    Raises
    ------
    InputError
        The text is no such expression, or names a kind, receptor, drug, stage or tumor type that is not known.
    """
    tokens, end = [], 0
    for match in _TOKEN.finditer(text):
        if match.start() != end:
            break
        tokens.append(match[1].strip())
        end = match.end()
    if text[end:].strip():
        raise InputError(f"'{text}' is no requirement: '{text[end:].strip()}' is not expected there", fix=_FORM)
    reader = _Reader(text, tokens)
    found = reader.any_of()
    if reader.tokens:
        raise InputError(f"'{text}' is no requirement: '{reader.tokens[0]}' is not expected there", fix=_FORM)
    return found


class _Reader:
    """Recursive descent over the tokens that are left."""

    def __init__(self, text: str, tokens: list[str]) -> None:
        self.text = text
        self.tokens = tokens

    def any_of(self) -> Requirement:
        return self._joined(Join.ANY, "|", lambda: self._joined(Join.ALL, "&", self.one))

    def _joined(self, join: Join, sign: str, read: Callable[[], Requirement]) -> Requirement:
        parts = [read()]
        while self.tokens and self.tokens[0] == sign:
            self.tokens.pop(0)
            parts.append(read())
        return parts[0] if len(parts) == 1 else Requirement(join, tuple(parts))

    def one(self) -> Requirement:
        if not self.tokens or self.tokens[0] in "|&)":
            raise InputError(f"'{self.text}' is no requirement: a part is missing", fix=_FORM)
        token = self.tokens.pop(0)
        if token == "!":
            return Requirement(Join.NOT, (self.one(),))
        if token != "(":
            return _atom(token)
        inner = self.any_of()
        if not self.tokens or self.tokens.pop(0) != ")":
            raise InputError(f"'{self.text}' is no requirement: a parenthesis is not closed", fix=_FORM)
        return inner


def _atom(text: str) -> Requirement:
    kind, _, value = (part.strip() for part in text.partition(":"))
    build = KINDS.get(kind)
    if build is None:
        raise InputError(f"'{kind}' is no kind of requirement", fix=_FORM)
    return build(kind, value)


def _receptor(kind: str, value: str) -> Requirement:
    name, _, state = value.partition("=")
    if name not in RECEPTORS or state not in ("positive", "negative", *(("low",) if name == "HER2" else ())):
        raise InputError(f"'{value}' is no state of a receptor", fix="As in receptor:HER2=negative")
    return Requirement(kind=kind, value=value, names=(name, state))


def _line(kind: str, value: str) -> Requirement:
    if not re.fullmatch(r"[1-9]\d?\+?", value):
        raise InputError(f"'{value}' is no line of treatment", fix="As in line:1 or line:2+")
    return Requirement(kind=kind, value=value)


def _stage(kind: str, value: str) -> Requirement:
    return Requirement(kind=kind, value=_of(EXTENTS, value, "extent of the disease"))


def _group(kind: str, value: str) -> Requirement:
    return Requirement(
        kind=kind, value=value, names=tuple(_of(GROUPS, part, "stage group") for part in value.split(","))
    )


def _prior(kind: str, value: str) -> Requirement:
    if value == "any":
        return Requirement(kind=kind, value=value)
    name = treatment_name(value)
    if name is None or name != value:
        hint = f"Write it as {name}" if name else "Drugs and classes are in drugs.tsv and drug_classes.tsv"
        raise InputError(f"'{value}' is no drug or class by its normalized name", fix=hint)
    return Requirement(kind=kind, value=value, names=(name,))


def _age(kind: str, value: str) -> Requirement:
    match = _AGES.fullmatch(value)
    if match is None:
        raise InputError(f"'{value}' is no range of ages", fix="As in age:18+, age:<60 or age:16-60")
    if match["low"]:
        return Requirement(kind=kind, value=value, ages=Ages(low=float(match["low"])))
    if match["high"]:
        return Requirement(kind=kind, value=value, ages=Ages(below=float(match["high"])))
    return Requirement(kind=kind, value=value, ages=Ages(float(match["first"]), float(match["last"]) + 1))


def _sex(kind: str, value: str) -> Requirement:
    return Requirement(kind=kind, value=_of(("female", "male"), value, "sex"))


def _type(kind: str, value: str) -> Requirement:
    codes = tuple(_of(tuple(all_types()), code, "OncoTree code") for code in value.split(","))
    return Requirement(kind=kind, value=value, names=codes)


def _origin(kind: str, value: str) -> Requirement:
    return Requirement(kind=kind, value=_of(("germline", "somatic"), value, "origin"))


def _tumor(kind: str, value: str) -> Requirement:
    if not (value.startswith("{") and value.endswith("}")):
        raise InputError(f"'{value}' is no match rule in braces", fix="As in tumor:{KRAS/hotspot | NRAS/hotspot}")
    return Requirement(kind=kind, value=value[1:-1].strip(), profile=parse_rule(value[1:-1].strip()))


def _for_reader(kind: str, value: str) -> Requirement:
    return Requirement(kind=kind, value=value)


def _of(allowed: tuple[str, ...], value: str, what: str) -> str:
    if value not in allowed:
        listed = f": {', '.join(allowed)}" if len(allowed) < 10 else ""
        raise InputError(f"'{value}' is no {what}{listed}", fix=_FORM)
    return value


KINDS: dict[str, Callable[[str, str], Requirement]] = {
    "receptor": _receptor,
    "line": _line,
    "stage": _stage,
    "group": _group,
    "prior": _prior,
    "age": _age,
    "sex": _sex,
    "type": _type,
    "origin": _origin,
    "tumor": _tumor,
    "reader": _for_reader,
}
"""Kinds of atoms, each with what reads its value."""

_FORM = f"Kinds: {', '.join(KINDS)}; as in stage:metastatic & !prior:ALK Inhibitor, or the one word fact or reader"
