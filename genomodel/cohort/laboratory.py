"""The laboratory's own file: who makes the reports, and who may review and sign them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import ValidationError

from genomodel.cohort.accession import plain_text
from genomodel.core.errors import InputError, raise_collected
from genomodel.core.laboratory import NO_LABORATORY, NO_LABORATORY_FILE, Laboratory, LaboratoryFile, Person
from genomodel.files import read_text

SECTIONS = ("laboratory", "persons")
_LABORATORY_KEYS = tuple(Laboratory.model_fields)
_PERSON_KEYS = tuple(Person.model_fields)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_ID_FIX = "Letters, digits, dot, dash, underscore and @, at most 64, beginning with a letter or digit"
_TEXT_FIX = "Write a text, in quotes where YAML would take it for something else"


def read_laboratory(path: str | Path | None) -> LaboratoryFile:
    """Read ``config/laboratory.yaml``; without a path nobody said anything.

    Numbers and dates are taken for the text that is written, so that a licence ``0123`` keeps its zero.

    Raises
    ------
    InputError
        The file is no YAML (with the line), has an unknown or repeated key, a value of another type, an id twice, or a
        person without id or name. All faults of the content are told together, each with its line.
    """
    if path is None:
        return NO_LABORATORY_FILE
    text = read_text(path, "laboratory file")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _broken(path, error) from error
    except RecursionError as error:
        raise InputError("values are nested too deep", path=path, fix="config/README.md shows the file") from error
    if root is None:
        return NO_LABORATORY_FILE
    reader = _Reader(path)
    found = reader.mapping(root, SECTIONS, "")
    laboratory = found.get("laboratory")
    facts = NO_LABORATORY if laboratory is None else reader.laboratory(laboratory)
    people = reader.persons(found["persons"]) if "persons" in found else ()
    raise_collected(reader.errors)
    return LaboratoryFile(laboratory=facts, persons=people)


def _broken(path: str | Path, error: yaml.YAMLError) -> InputError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    row = None if mark is None else mark.line + 1
    fix = "Keys and values are parted by a colon and a space; what belongs to a key is indented with spaces, not tabs"
    return InputError(f"this is no YAML ({problem})", path=path, row=row, fix=fix)


@dataclass
class _Reader:
    """Takes nodes apart and collects what is wrong with them, each with its line."""

    path: str | Path
    errors: list[InputError] = field(default_factory=list)

    def fault(self, node: yaml.Node, what: str, where: str, fix: str) -> None:
        row = node.start_mark.line + 1
        self.errors.append(InputError(what, path=self.path, row=row, column=where or None, fix=fix))

    def mapping(self, node: yaml.Node, known: Iterable[str], where: str) -> dict[str, yaml.Node]:
        """Return the nodes of a mapping by key, but those that are null."""
        names, found = list(known), dict[str, yaml.Node]()
        if not isinstance(node, yaml.MappingNode):
            fix = f"Write keys with their values: {', '.join(names)}"
            self.fault(node, f"{_kind(node)} where keys and values are needed", where, fix)
            return {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            place = f"{where}.{name}" if where else str(name)
            if name not in names:
                near = difflib.get_close_matches(str(name), names, n=1)
                hint = f"Did you mean '{near[0]}'? " if near else ""
                self.fault(key, "unknown key", place, f"{hint}Known: {', '.join(names)}")
            elif name in found:
                self.fault(key, "the key is there more than once", place, "Keep one of them")
            else:
                found[name] = value
        return {name: value for name, value in found.items() if not _is_null(value)}

    def text(self, node: yaml.Node, where: str) -> str | None:
        """Return what is written; lines of a block are joined by commas."""
        if not isinstance(node, yaml.ScalarNode) or node.tag.endswith((":bool", ":binary")):
            self.fault(node, f"{_kind(node)} where a text is needed", where, _TEXT_FIX)
            return None
        lines = [line.strip() for line in node.value.split("\n")]
        try:
            return plain_text(", ".join(filter(None, lines))) or None
        except InputError as error:
            self.fault(node, error.what, where, error.fix or "")
            return None

    def flag(self, node: yaml.Node, where: str) -> bool:
        if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":bool"):
            return bool(yaml.SafeLoader.bool_values[node.value.lower()])
        self.fault(node, f"{_kind(node)} where true or false is needed", where, "Write true or false, without quotes")
        return False

    def laboratory(self, node: yaml.Node) -> Laboratory:
        nodes = self.mapping(node, _LABORATORY_KEYS, "laboratory")
        facts = {name: self.text(value, f"laboratory.{name}") for name, value in nodes.items()}
        system = facts.get("identifier_system")
        if system and not _URI.fullmatch(system):
            fix = "Write a URI that is the laboratory's own, as in https://laboratory.example/ids or urn:oid:2.999.1"
            self.fault(nodes["identifier_system"], f"'{system}' is no URI", "laboratory.identifier_system", fix)
        return Laboratory(**facts)

    def persons(self, node: yaml.Node) -> tuple[Person, ...]:
        if not isinstance(node, yaml.SequenceNode):
            fix = "Begin each person with a dash, as in: - id: jd"
            self.fault(node, f"{_kind(node)} where a list of persons is needed", "persons", fix)
            return ()
        people: list[Person] = []
        lines: dict[str, int] = {}
        for number, item in enumerate(node.value, start=1):
            person = self.person(item, f"persons[{number}]")
            if person is None:
                continue
            if (first := lines.get(person.id.casefold())) is not None:
                what = f"person '{person.id}' is already in line {first}"
                self.fault(item, what, f"persons[{number}].id", "Give each person an id of their own")
            lines.setdefault(person.id.casefold(), item.start_mark.line + 1)
            people.append(person)
        return tuple(people)

    def person(self, node: yaml.Node, where: str) -> Person | None:
        n_before = len(self.errors)
        nodes = self.mapping(node, _PERSON_KEYS, where)
        readers: dict[str, Callable[[yaml.Node, str], str | bool | None]] = {"may_sign": self.flag}
        facts = {name: readers.get(name, self.text)(value, f"{where}.{name}") for name, value in nodes.items()}
        for name in ("id", "name"):
            if isinstance(node, yaml.MappingNode) and name not in nodes:
                self.fault(node, "the value is missing", f"{where}.{name}", "A person has an id and a name")
        if len(self.errors) > n_before:
            return None
        try:
            return Person.model_validate({name: value for name, value in facts.items() if value is not None})
        except ValidationError:
            wrong = "id" if facts.get("id") else "name"
            fix = _ID_FIX if facts.get("name") else "A person has an id and a name"
            self.fault(nodes.get(wrong, node), f"'{facts.get(wrong) or ''}' is not allowed", f"{where}.{wrong}", fix)
            return None


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return f"'{node.value[:40]}'" if node.value else "nothing"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
