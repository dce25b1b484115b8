"""The laboratory's file: what is taken from it, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.cohort.laboratory import read_laboratory
from genomodel.core.errors import InputError, each_of
from genomodel.core.laboratory import NO_LABORATORY_FILE, Laboratory, Person

ROOT = Path(__file__).resolve().parents[2]
WHOLE = """\
laboratory:
  name: Institute of Pathology
  address: |
    1 Road
    Town
  contact: lab@example.org
  accreditation: ISO 15189, 0007
  director: Dr. A. Director
  identifier_system: urn:oid:2.999.1
persons:
  - id: jd
    name: J. Doe
    role: pathologist
    licence: 0123
    may_sign: true
  - {id: mm, name: M. Mustermann}
"""


def read(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "laboratory.yaml"
    path.write_text(text, encoding="utf-8")
    return read_laboratory(path)


def test_all_facts_are_read_and_a_number_keeps_its_zero(tmp_path: Path) -> None:
    file = read(tmp_path, WHOLE)
    assert file.laboratory == Laboratory(
        name="Institute of Pathology",
        address="1 Road, Town",
        contact="lab@example.org",
        accreditation="ISO 15189, 0007",
        director="Dr. A. Director",
        identifier_system="urn:oid:2.999.1",
    )
    assert file.person("jd") == Person(id="jd", name="J. Doe", role="pathologist", licence="0123", may_sign=True)
    assert file.person("mm") == Person(id="mm", name="M. Mustermann")


def test_no_file_and_the_shipped_template_say_nothing() -> None:
    assert read_laboratory(None) == NO_LABORATORY_FILE
    assert read_laboratory(ROOT / "config" / "laboratory.yaml") == NO_LABORATORY_FILE


@pytest.mark.parametrize(
    ("text", "row", "said"),
    [
        ("laboratory:\n  name: [open\n", 3, "this is no YAML"),
        ("laboratory:\n\tname: x\n", 2, "this is no YAML"),
        ("laboratory: {a: &x [*x]}\n", 1, "unknown key"),
        ("- name\n", 1, "a list where keys and values are needed"),
        ("just words\n", 1, "'just words' where keys and values are needed"),
        ("laboratory:\n  directr: A\n", 2, "Did you mean 'director'?"),
        ("labratory:\n  name: A\n", 1, "Did you mean 'laboratory'?"),
        ("laboratory:\n  name: A\n  name: B\n", 3, "there more than once"),
        ("laboratory:\n  name: [A]\n", 2, "a list where a text is needed"),
        ("laboratory:\n  name: yes\n", 2, "'yes' where a text is needed"),
        ('laboratory:\n  name: "a\\0b"\n', 2, "control character U+0000"),
        ("laboratory:\n  identifier_system: our own\n", 2, "'our own' is no URI"),
        ("persons:\n  id: jd\n", 2, "a mapping where a list of persons is needed"),
        ("persons:\n  - jd\n", 2, "'jd' where keys and values are needed"),
        ("persons:\n  - id: jd\n", 2, "column 'persons[1].name': the value is missing"),
        ("persons:\n  - id: j d\n    name: J\n", 2, "'j d' is not allowed"),
        ("persons:\n  - id: jd\n    name: J\n    may_sign: sometimes\n", 4, "'sometimes' where true or false"),
        ("persons:\n  - {id: jd, name: J}\n  - {id: JD, name: K}\n", 3, "person 'JD' is already in line 2"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "unknown key"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, row: int, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    assert caught.value.row == row
    assert caught.value.path == str(tmp_path / "laboratory.yaml")


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "laboratory:\n  nam: A\n  director: [B]\npersons:\n  - name: K\n")
    assert [error.row for error in each_of(caught.value)] == [2, 3, 5]


def test_a_missing_or_empty_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="laboratory file does not exist"):
        read_laboratory(tmp_path / "none.yaml")
    (tmp_path / "empty.yaml").touch()
    with pytest.raises(InputError, match="empty"):
        read_laboratory(tmp_path / "empty.yaml")


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_taken_whole_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("laboratory") / "laboratory.yaml"
    escaped = "".join(f"\\U{ord(sign):08x}" for sign in text)
    path.write_text(f'laboratory: {{name: "{escaped}"}}\n')
    try:
        name = read_laboratory(path).laboratory.name
    except InputError as error:
        assert error.row == 1
        assert "control character" in error.what
        return
    assert (name or "") == ", ".join(line.strip() for line in text.split("\n") if line.strip())


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_file_or_an_error_that_names_it(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("laboratory") / "laboratory.yaml"
    path.write_bytes(content)
    try:
        read_laboratory(path)
    except InputError as error:
        assert all(one.path == str(path) for one in each_of(error))
