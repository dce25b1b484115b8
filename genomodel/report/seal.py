"""The digest that a report's JSON carries of itself, and how a report is read back."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from pydantic import ValidationError

from genomodel.core.errors import GenomodelError, InputError
from genomodel.core.report import SCHEMA_VERSION, PatientReport
from genomodel.files import read_text
from genomodel.report.schema import read_schema

_DIGEST = re.compile(r'^ "digest": "([0-9a-f]{64})"$', re.MULTILINE)
_EMPTY = ' "digest": ""'


def report_json(report: PatientReport) -> str:
    """Return a report as JSON that carries its own digest, checked against the committed schema.

    Raises
    ------
    GenomodelError
        The report does not fit its schema, or a required number in it is not finite: a defect.
    """
    text = report.model_copy(update={"digest": ""}).to_json()
    if text.count(_EMPTY) != 1:
        raise GenomodelError(f"the report of {report.patient.id} has no place for its digest")
    text = text.replace(_EMPTY, f' "digest": "{_digest(text)}"')
    try:
        _schema().validate(json.loads(text))
        PatientReport.model_validate_json(text)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        raise GenomodelError(f"the report of {report.patient.id} does not fit its schema: {error}") from error
    return text


def read_report(path: str | Path) -> PatientReport:
    """Read a report's JSON.

    Raises
    ------
    InputError
        The file is missing, is no report, has another schema version, or was changed after it was written.
    """
    text = read_text(path, "report")
    raw = _loaded(text, path)
    version = raw.get("schema_version")
    if version != SCHEMA_VERSION:
        raise InputError(
            f"the report has schema version '{version}', and this genomodel reads {SCHEMA_VERSION}",
            path=path,
            column="schema_version",
            fix="Make the report again from its inputs, or read it with the genomodel that wrote it",
        )
    found = _DIGEST.search(text)
    if found is None or _digest(_DIGEST.sub(_EMPTY, text, count=1)) != found[1]:
        raise InputError(
            "the report is not as it was written: its content does not fit the digest that it carries"
            if found
            else "the report carries no digest of its content",
            path=path,
            column="digest",
            fix="Take the file that genomodel wrote; what has to change in it goes into the sheet or the review",
        )
    try:
        return PatientReport.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"this is no report of schema {SCHEMA_VERSION}: {first['msg']}",
            path=path,
            column=where or None,
            fix="Name a <patient>.json that genomodel report wrote",
        ) from error


def _loaded(text: str, path: str | Path) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise InputError("the report is no JSON", path=path, fix=f"Name a <patient>.json ({error})") from error
    if not isinstance(raw, dict) or "schema_version" not in raw or "patient" not in raw:
        raise InputError("this is no report", path=path, fix="Name a <patient>.json that genomodel report wrote")
    return raw


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _schema() -> Any:
    return jsonschema_rs.validator_for(read_schema())
