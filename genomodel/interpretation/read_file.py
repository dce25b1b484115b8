"""Reading an interpretation that was written to disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from genomodel.core.errors import InputError
from genomodel.core.findings import DispositionKind, Interpretation
from genomodel.core.interpretation_file import SCHEMA_VERSION, InterpretationFile
from genomodel.files import read_text

AGAIN = "Make it again with 'genomodel interpret', or with 'genomodel report-cohort'"
_NAME = "Name results/interpretation/<patient>.json, or a file that 'genomodel interpret' wrote"
_SHOWN = frozenset({DispositionKind.FINDING, DispositionKind.LISTED, DispositionKind.BENIGN})
"""What became of the alleles that the file holds in full, each once."""
_MOST = 5
"""Broken fields that an error names."""


def read_interpretation(path: str | Path) -> InterpretationFile:
    """Read ``results/interpretation/<patient>.json``.

    Raises
    ------
    InputError
        The file is missing, no interpretation, of another schema version, or a field of it is broken; the field is
        named by its path inside the file, such as ``content.findings.0.label``. Or not every record has a disposition,
        or not every variant that is shown.
    """
    path = Path(path)
    text = read_text(path, "interpretation")
    try:
        found = InterpretationFile.model_validate_json(text)
    except ValidationError as error:
        raise _refusal(path, text, error) from error
    if found.schema_version != SCHEMA_VERSION:
        raise _refusal(path, text)
    if found.patient != found.subject.id or found.patient != found.content.patient_id:
        names = ", ".join(dict.fromkeys((found.patient, found.subject.id, found.content.patient_id)))
        raise InputError(
            f"the parts of the file are of several patients: {names}", path=path, column="patient", fix=AGAIN
        )
    if missing := _unaccounted(found.content):
        raise InputError(missing, path=path, column="content.dispositions", fix=AGAIN)
    return found


def _unaccounted(content: Interpretation) -> str:
    """Say what of a file's records and variants has no disposition, or the other way around; empty for nothing."""
    records = {item.record for item in content.dispositions}
    if len(records) != content.n_records:
        return f"{content.n_records} records came in, and the file tells what became of {len(records)}"
    shown = (one.variant for one in (*content.findings, *content.other_variants))
    held = {(one.record, one.variant.key) for one in shown if one is not None}
    told = {(item.record, item.variant) for item in content.dispositions if item.kind in _SHOWN}
    apart = sorted(held ^ told)
    return f"allele {apart[0][1]} of record {apart[0][0]} is shown, or said to be, on one side only" if apart else ""


def _refusal(path: Path, text: str, error: ValidationError | None = None) -> InputError:
    """Return why a text cannot be read as an interpretation, the coarsest reason first."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as fault:
        what = f"this is no whole JSON ({fault.msg})"
        return InputError(what, path=path, row=fault.lineno, fix=f"{_NAME}. {AGAIN} if the file was cut")
    if not isinstance(raw, dict):
        return InputError("this is no interpretation: the file holds no JSON object", path=path, fix=_NAME)
    version = raw.get("schema_version")
    if version is None or "content" not in raw:
        missing = "schema_version" if version is None else "content"
        return InputError("this is no interpretation: the field is absent", path=path, column=missing, fix=_fix(raw))
    if version != SCHEMA_VERSION or error is None:
        what = f"the interpretation has schema version {version!r}, and this genomodel reads {SCHEMA_VERSION!r}"
        return InputError(what, path=path, column="schema_version", fix=AGAIN)
    return _broken(path, error)


def _fix(raw: dict[str, Any]) -> str:
    if "content" in raw and "patient" in raw:
        return f"It is of a version before schemas were numbered. {AGAIN}"
    return _NAME


def _broken(path: Path, error: ValidationError) -> InputError:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    named = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:_MOST]]
    more = f" (and {len(faults) - _MOST} more)" if len(faults) > _MOST else ""
    first = ".".join(map(str, faults[0]["loc"]))
    fix = f"The file was changed by hand, or by another version. {AGAIN}"
    return InputError("; ".join(named) + more, path=path, column=first, fix=fix)
