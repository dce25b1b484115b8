from __future__ import annotations

import re
from pathlib import Path

import pytest

from genomodel.core.errors import GenomodelError
from genomodel.report import catalog
from genomodel.report.catalog import say

REPORT = Path(catalog.__file__).parent
USED = re.compile(r"""\bsay\(\s*["']([a-z0-9_.]+)["']""")


def test_values_take_their_places() -> None:
    assert say("frame.patient", id="P1") == "Patient P1"


def test_a_text_with_two_forms_is_chosen_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "catalog", lambda: {"a.b": {"one": "{n} line", "other": "{n} lines"}})
    assert [say("a.b", n=n) for n in (0, 1, 2, "1")] == ["0 lines", "1 line", "2 lines", "1 line"]


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert say("frame.patient", id="{id} {x}") == "Patient {id} {x}"


def test_an_unknown_key_and_a_missing_value_are_defects() -> None:
    with pytest.raises(GenomodelError, match=r"no words for 'frame\.nothing'"):
        say("frame.nothing")
    with pytest.raises(GenomodelError, match="a value for 'id'"):
        say("frame.patient")


def test_every_key_that_code_or_template_asks_for_is_there() -> None:
    asked = {
        key
        for pattern in ("*.py", "*.j2")
        for path in REPORT.rglob(pattern)
        for key in USED.findall(path.read_text(encoding="utf-8"))
    }
    assert asked <= set(catalog.catalog()), sorted(asked - set(catalog.catalog()))


def test_no_key_is_left_that_nothing_asks_for() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for pattern in ("*.py", "*.j2") for path in REPORT.rglob(pattern))
    # A key may be put together from its table and a name that data gives.
    made_up = set(re.findall(r"""\bsay\(\s*f["']([a-z0-9_.]+)\.\{""", text))
    unused = [
        key
        for key in catalog.catalog()
        if f'"{key}"' not in text
        and f"'{key}'" not in text
        and not any(key.startswith(f"{prefix}.") for prefix in made_up)
    ]
    assert not unused, unused
