"""The JSON schemas of a report and of an interpretation, made from the models and committed.

``python -m genomodel.report.schema`` writes them again after a change of the nouns.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from genomodel.core import interpretation_file
from genomodel.core.base import Noun
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.report import SCHEMA_VERSION, PatientReport

FOLDER = Path(__file__).parent
SCHEMAS: dict[str, tuple[type[Noun], str]] = {
    "patient-report": (PatientReport, SCHEMA_VERSION),
    "interpretation": (InterpretationFile, interpretation_file.SCHEMA_VERSION),
}
"""Noun and version of each committed schema, by its name."""


def schema_path(name: str = "patient-report") -> Path:
    """Return where a schema is committed."""
    return FOLDER / f"{name}.schema.json"


def make_schema(name: str = "patient-report") -> dict[str, Any]:
    """Return the JSON schema (2020-12) of a file as ``to_json`` of its noun writes it."""
    noun, version = SCHEMAS[name]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:genomodel:{name}:{version}"}
    return head | noun.model_json_schema(mode="serialization")


def schema_text(name: str = "patient-report") -> str:
    """Return a schema as it is committed."""
    return json.dumps(make_schema(name), indent=1, ensure_ascii=False) + "\n"


def read_schema(name: str = "patient-report") -> dict[str, Any]:
    """Return a committed schema."""
    schema: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return schema
