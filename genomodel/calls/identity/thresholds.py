"""Limits of the checks of identity, as the configuration gives them."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from genomodel.core.errors import InputError
from genomodel.core.identity import IdentityThresholds


def identity_thresholds(pairs: Iterable[str]) -> IdentityThresholds:
    """Read limits given as ``name=value``.

    Raises
    ------
    InputError
        A name is unknown, or a value cannot be or would never warn.
    """
    values = dict(pair.partition("=")[::2] for pair in pairs)
    try:
        return IdentityThresholds.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            what = str(first["msg"]).removeprefix("Value error, ")
            raise InputError(what, column="identity", fix="Let warn be at most fail") from error
        name = str(first["loc"][0])
        if name in IdentityThresholds.model_fields:
            what = f"{name} cannot be '{values[name]}'"
            fix = "min_sites is a whole number of 10 or more, each other limit a share above 0 and at most 0.5"
            raise InputError(what, column=f"identity.{name}", fix=fix) from error
        known = ", ".join(IdentityThresholds.model_fields)
        raise InputError(f"{name}: no such threshold", column="--threshold", fix=f"Known: {known}") from error
