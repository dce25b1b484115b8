"""The columns of the sheets, as the schemas know them, in the template sheets and in the table of config/README.md."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def schema(name: str) -> dict[str, dict[str, object]]:
    text = (ROOT / "genomodel" / "cohort" / "schemas" / f"{name}.schema.yaml").read_text()
    found: dict[str, dict[str, object]] = yaml.safe_load(text)["properties"]
    return found


@pytest.mark.parametrize("name", ["patients", "samples"])
def test_every_column_is_in_the_template_and_in_the_table(name: str) -> None:
    lines = (ROOT / "config" / f"{name}.tsv").read_text().splitlines()
    header = next(line for line in lines if not line.startswith("#"))
    columns = schema(name)
    assert sorted(header.split("\t")) == sorted(columns)
    part = (ROOT / "config" / "README.md").read_text().partition(f"## {name.capitalize()}: one row")[2]
    table = [line for line in part.partition("\n## ")[0].splitlines() if line.startswith("|")]
    assert {column for column in columns if not any(f"`{column}`" in row for row in table)} == set()


def test_the_values_of_sex_are_listed() -> None:
    text = (ROOT / "config" / "README.md").read_text()
    row = next(line for line in text.splitlines() if line.startswith("| `sex`"))
    values = schema("patients")["sex"]["enum"]
    assert isinstance(values, list)
    assert all(f"`{value}`" in row for value in values)


def test_the_keys_of_a_part_of_the_configuration_stand_together() -> None:
    rows = (ROOT / "config" / "README.md").read_text().partition("\n## ")[0].splitlines()
    parts = [row.split("`")[1].partition(".")[0] for row in rows if row.startswith("| `")]
    changes = [part for before, part in zip(["", *parts], parts, strict=False) if part != before]
    assert len(changes) == len(set(changes)), changes
