"""The JSON schema of a report, made from the model and committed.

``python -m genomodel.report.schema`` writes it again after a change of the nouns.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from genomodel.core.report import SCHEMA_VERSION, PatientReport

SCHEMA_PATH = Path(__file__).parent / "patient-report.schema.json"


def make_schema() -> dict[str, Any]:
    """Return the JSON schema (2020-12) of a report as `PatientReport.to_json` writes it."""
    schema = PatientReport.model_json_schema(mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:genomodel:patient-report:{SCHEMA_VERSION}",
    }
    return head | schema


def schema_text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(make_schema(), indent=1, ensure_ascii=False) + "\n"


def read_schema() -> dict[str, Any]:
    """Return the committed schema."""
    schema: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return schema
