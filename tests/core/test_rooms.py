from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "genomodel"
ORDER = [
    "core",
    "files",
    "resources",
    "cohort",
    "calls",
    "annotation",
    "interpretation",
    "profile",
    "response",
    "report",
    "simulate",
    "assays",
    "workup",
    "one_by_one",
    "batch",
    "interpreting",
    "cases",
    "cli",
]
RULES = sorted((PACKAGE.parent / "workflow" / "rules").glob("*.smk"))
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names if node.module == "genomodel")
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name.split(".")[1] for name in names if name.startswith("genomodel.")} - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_rooms_to_its_left(path: Path) -> None:
    room = room_of(path)
    assert room in ORDER, f"'{room}' has no place in the house"
    for other in imported_rooms(path) - {room}:
        assert ORDER.index(other) < ORDER.index(room), f"{path} reaches from {room} to {other}"


def test_the_map_has_every_room_in_order() -> None:
    rooms = (PACKAGE.parent / "docs" / "code.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", rooms, re.MULTILINE) == ORDER


@pytest.mark.parametrize("room", ["report", "interpretation"])
def test_the_map_has_every_module_of_the_largest_rooms(room: str) -> None:
    text = (PACKAGE.parent / "docs" / "code.md").read_text(encoding="utf-8")
    told = text.partition(f"\n## {room.capitalize()}\n")[2].partition("\n## ")[0]
    named = {name for quoted in re.findall(r"`([^`]+)`", told) for name in re.findall(r"\w+", quoted)}
    inside = [path for path in (PACKAGE / room).iterdir() if path.suffix == ".py" or path.is_dir()]
    assert {path.stem for path in inside} - {"__init__", "__pycache__"} <= named


def test_core_does_no_input_or_output() -> None:
    for path in (PACKAGE / "core").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"open", "print", "input"}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_rules_import_from_no_room_behind_the_calls(path: Path) -> None:
    """What is done later is a verb's work; the rules plan files and read the configuration."""
    for room in re.findall(r"^\s*(?:from|import) genomodel\.(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
        assert ORDER.index(room) <= ORDER.index("calls"), f"{path.name} reaches to {room}"
