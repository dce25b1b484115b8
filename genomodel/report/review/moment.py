"""Moments of decisions and signatures."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

from genomodel.core.errors import InputError

EPOCH = "SOURCE_DATE_EPOCH"
FIX = "Write day, time and offset from UTC, as in 2026-03-20T14:30+01:00"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})")


def read_moment(text: str) -> datetime:
    """Return a moment that is written as ISO 8601 with its offset from UTC.

    Raises
    ------
    ValueError
        It is none, or has no offset.
    """
    if not _ISO.fullmatch(text):
        raise ValueError(f"'{text}' is no day and time with an offset from UTC")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is no day and time that there is ({error})") from error


def this_moment(given: str | None) -> str:
    """Return a moment as it is written down: what is given, else ``SOURCE_DATE_EPOCH``, else the clock's, to a second.

    Raises
    ------
    InputError
        What is given is no moment.
    """
    if given is not None:
        try:
            read_moment(given)
        except ValueError as error:
            raise InputError(str(error), column="--time", fix=FIX) from error
        return given
    epoch = os.environ.get(EPOCH)
    if epoch is None:
        return datetime.now(UTC).isoformat(timespec="seconds")
    try:
        return datetime.fromtimestamp(int(epoch), UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError) as error:
        fix = f"Set {EPOCH} to a whole number of seconds since 1970, or unset it"
        raise InputError(f"the variable {EPOCH} is '{epoch}', which is no number of seconds", fix=fix) from error
