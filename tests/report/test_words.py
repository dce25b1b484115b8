"""Code holds no words of a report: they stand in the catalog, or come with the data."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from genomodel.report import catalog

REPORT = Path(catalog.__file__).parent
ON_SCREEN = frozenset({"changes", "explanation", "exports", "review", "schema", "signing"})
"""Packages whose words go to the terminal, or into files of other programs."""
WITH_DATA = frozenset({"compose.py", "drawn_reads.py", "multiqc.py", "proteins.py"})
"""Modules that write reasons into the report's data as the other rooms do, or into MultiQC's page."""
AS_DATA_HAVE_THEM = {
    "cohort/row.py": {"quality failed"},
    "fhir/implications.py": {"AMP/ASCO/CAP 2017", "ClinGen/CGC/VICC 2022", "{base}: {level}"},
    "sections/claims.py": {"not given"},
    "sections/copy_number.py": {"copy number"},
    "sections/gaps.py": {
        "Fusions of ",
        "Microsatellite instability",
        "Not covered by the assay",
        "Somatic or germline origin",
        "Tumor mutational burden",
    },
    "sections/oncogenicity.py": {"not evaluated: ", "source absent: "},
}
"""Names of guidelines and values of the data that code compares with; never what it says itself."""
ERRORS = frozenset({"GenomodelError", "InputError", "KeyError", "ValueError"})
_WORD = re.compile(r"[A-Za-z]{2,}")
_MARKUP = re.compile(r"""<[a-z!/]|="|=$|" [a-z-]+="|/>|: *\#?[0-9a-z]+;|^'?;|-src '""")


def modules() -> list[Path]:
    found = [path for path in REPORT.rglob("*.py") if path.relative_to(REPORT).parts[0] not in ON_SCREEN | WITH_DATA]
    return sorted(found)


def sayings(source: str) -> list[str]:
    """Return string literals of several words that are neither documentation, pattern, markup, nor part of an error."""
    tree = ast.parse(source)
    passed: set[int] = set()
    for node in ast.walk(tree):
        called = getattr(node, "func", None)
        name = getattr(called, "attr", getattr(called, "id", ""))
        documents = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if documents or isinstance(node, ast.Raise) or name in ERRORS | {"compile"}:
            passed |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.FunctionDef):
            passed |= _of_errors(node)
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [
        node.value
        for node in texts
        if id(node) not in passed
        and " " in node.value.strip()
        and len(_WORD.findall(node.value)) > 1
        and not _MARKUP.search(node.value)
    ]


def _of_errors(function: ast.FunctionDef) -> set[int]:
    """Return what is assigned to names that the function's errors are raised with."""
    raised = [inner for node in ast.walk(function) if isinstance(node, ast.Raise) for inner in ast.walk(node)]
    names = {node.id for node in raised if isinstance(node, ast.Name)}
    given = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    return {
        id(inner)
        for node in given
        if any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
        for inner in ast.walk(node.value)
    }


def test_sayings_are_found_and_what_no_reader_sees_is_not() -> None:
    assert sayings('x = f"{n} genes not read"') == [" genes not read"]
    assert sayings('def f():\n    """Say it well."""\n    return ["two words"]') == ["two words"]
    assert sayings('raise InputError("no such file", fix="Name one")\n') == []
    assert sayings('def f():\n    what = "no such file"\n    raise InputError(what)\n') == []
    assert sayings('x = f\'<g class="a b" fill="{c}"><title>\'') == []
    assert sayings('x = say("a.b", n=1)\ny = re.compile("no words here")') == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(REPORT)))
def test_a_module_holds_no_words(path: Path) -> None:
    allowed = AS_DATA_HAVE_THEM.get(str(path.relative_to(REPORT)), set())
    assert set(sayings(path.read_text(encoding="utf-8"))) == allowed
