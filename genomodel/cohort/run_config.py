"""The configuration of a run, read outside of Snakemake and held against the schema where that is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from genomodel.core.errors import InputError
from genomodel.files import read_text

SCHEMA = Path("workflow", "schemas", "config.schema.yaml")
"""Where a workflow keeps the schema of its configuration."""


def read_run_config(path: str | Path) -> tuple[dict[str, Any], bool]:
    """Read a configuration and check it against the schema of the workflow that it lies in, or that is run from here.

    Returns
    -------
    tuple
        The configuration as it is written, and whether a schema was found.

    Raises
    ------
    InputError
        The file is no YAML mapping, or a key or value is not what the schema allows.
    """
    loaded = _mapping(Path(path))
    schema = _schema_of(Path(path))
    if schema is None:
        return loaded, False
    errors = sorted(Draft202012Validator(_mapping(schema)).iter_errors(loaded), key=lambda e: [*map(str, e.path)])
    if errors:
        key = ".".join(map(str, errors[0].path)) or None
        raise InputError(
            errors[0].message, path=path, column=key, fix="config/README.md lists the keys and their values"
        )
    return loaded, True


def _schema_of(path: Path) -> Path | None:
    folders = (*path.resolve().parents, Path.cwd())
    return next((folder / SCHEMA for folder in folders if (folder / SCHEMA).is_file()), None)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(read_text(path, "configuration"))
    except yaml.YAMLError as error:
        raise InputError(f"this is no YAML ({' '.join(str(error).split())})", path=path) from error
    if not isinstance(loaded, dict):
        raise InputError("a configuration is a mapping of keys to values", path=path)
    return loaded
